/* SPDX-License-Identifier: MIT */
/* status, list, info: what there is. */
#include "config.h"

#include "kb-cli-json.h"
#include "kb-cli.h"
#include "kb-gettext.h"
#include "kb-text-date.h"
#include "kb-text-entry.h"
#include "kb-text-result.h"
#include "kb-text-status.h"

#define OLD_AFTER_DAYS 14

/* Which Kolibri this folder belongs to, why it is the one, and what is odd about it. */
static void
print_found (const KbStatus *status)
{
    g_autofree char *found = kb_text_found (status->found);
    g_autofree char *plain = kb_cli_make_plain (found);
    g_autofree char *agreement =
        kb_text_agreement (status->agreement, status->installed_version, status->data_version);
    g_autofree char *others = kb_text_other_homes (status->homes);

    g_autofree char *server = kb_text_server_advice (status->look);

    g_print ("%s\n%s\n", plain, agreement);
    if (server != NULL)
        g_print ("%s\n", server);
    for (int i = 0; i < KB_N_FIND_PROBLEMS; i++)
        if (kb_found_has_problem (status->found, (KbFindProblem) i))
            g_print ("%s\n", kb_text_find_problem ((KbFindProblem) i));
    if (others != NULL) {
        g_autofree char *plain_others = kb_cli_make_plain (others);
        g_print ("%s\n", plain_others);
    }
}

/* Fresh backups that Kolibri will delete, and the name of each, for the command keep. */
static void
print_endangered (const GPtrArray *endangered)
{
    if (endangered->len == 0)
        return;
    g_autofree char *text = kb_text_endangered (endangered->len);
    g_print ("%s\n", text);
    for (guint i = 0; i < endangered->len; i++) {
        const KbEntry *entry = endangered->pdata[i];
        g_print ("    %s\n", entry->name);
    }
}

/**
 * kb_cli_status:
 * @self: the run
 * @argc: the number of words
 * @argv: the words, the name of the command first
 *
 * `status`: whether the data is safe, and which Kolibri this is.
 *
 * Returns: the exit code
 */
int
kb_cli_status (KbCli *self, int argc, char **argv)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (GDateTime) now = g_date_time_new_now_local();

    const GOptionEntry entries_of_tests[] = {
        {"root", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_FILENAME, &self->root, NULL, NULL},
        {0},
    };

    if (!kb_cli_parse (self, &argc, &argv, NULL, entries_of_tests, 0, 0))
        return KB_EXIT_USAGE;
    if (!kb_cli_open_home (self, &error))
        return kb_cli_fail (self, KB_OPERATION_OPEN, error);
    g_autoptr (GPtrArray) entries = kb_catalog_list (self->home, NULL, &error);
    if (entries == NULL)
        return kb_cli_fail (self, KB_OPERATION_OPEN, error);

    g_autoptr (KbStatus) status = kb_status_read (self->home, entries, OLD_AFTER_DAYS, NULL);
    if (self->json) {
        JsonObject *object = kb_cli_json_status (status);
        kb_cli_json_set_text (object, "recovered", self->recovered);
        kb_cli_print_json (object);
        return KB_EXIT_OK;
    }
    g_autofree char *detail = kb_text_verdict_detail (status, now);
    g_autofree char *kolibri = kb_text_kolibri (status);
    g_print ("%s\n%s\n%s\n%s\n", kb_text_verdict (status->verdict), detail, kolibri, status->home);
    print_found (status);
    print_endangered (status->pruning->endangered);
    return KB_EXIT_OK;
}

static void
print_entry (const KbEntry *entry, GDateTime *now)
{
    g_autofree char *when =
        entry->time != NULL ? kb_text_date_relative (entry->time, now) : g_strdup ("");
    g_autofree char *facts = kb_text_entry_facts (entry);
    g_autofree char *version = kb_text_entry_version (entry, NULL);
    const char *check = kb_text_entry_check (entry);

    g_print ("%s\n    %s · %s · %s · %s%s%s\n", entry->name, when, version, facts,
             kb_text_origin (entry->origin, entry->is_ours), *check != '\0' ? " · " : "", check);
    if (entry->note != NULL) {
        g_autofree char *note = kb_cli_make_plain (entry->note);
        g_print ("    “%s”\n", note);
    }
}

/**
 * kb_cli_list:
 * @self: the run
 * @argc: the number of words
 * @argv: the words, the name of the command first
 *
 * `list`: the backups, newest first.
 *
 * Returns: the exit code
 */
int
kb_cli_list (KbCli *self, int argc, char **argv)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (GDateTime) now = g_date_time_new_now_local();

    if (!kb_cli_parse (self, &argc, &argv, NULL, NULL, 0, 0))
        return KB_EXIT_USAGE;
    if (!kb_cli_open_home (self, &error))
        return kb_cli_fail (self, KB_OPERATION_OPEN, error);
    g_autoptr (GPtrArray) entries = kb_catalog_list (self->home, NULL, &error);
    if (entries == NULL)
        return kb_cli_fail (self, KB_OPERATION_OPEN, error);

    if (self->json) {
        JsonObject *object = json_object_new();
        JsonArray *array = json_array_new();
        for (guint i = 0; i < entries->len; i++)
            json_array_add_object_element (array, kb_cli_json_entry (entries->pdata[i]));
        json_object_set_array_member (object, "backups", array);
        kb_cli_print_json (object);
        return KB_EXIT_OK;
    }
    for (guint i = 0; i < entries->len; i++)
        print_entry (entries->pdata[i], now);
    if (entries->len == 0)
        g_print ("%s\n", _ ("There are no backups."));
    return KB_EXIT_OK;
}

/* A backup, and what is there now. */
typedef struct {
    const KbEntry *entry;
    KbSummary *present; /* NULL when nobody knows */
    gboolean has_difference;
    KbDifference difference;
} Comparison;

static void
compare (Comparison *self, const KbHome *home)
{
    self->present = kb_status_read_summary (home, NULL);
    self->has_difference =
        self->present != NULL &&
        kb_difference_since_backup (home, self->entry->time, self->entry->summary,
                                    &self->difference, NULL, NULL);
}

static void
set_same_device (JsonObject *object, const KbSummary *a, const KbSummary *b)
{
    if (a == NULL || b == NULL || a->device_id == NULL || b->device_id == NULL)
        json_object_set_null_member (object, "same_device");
    else
        json_object_set_boolean_member (object, "same_device",
                                        !kb_summary_is_of_other_device (a, b));
}

static void
print_info_json (const Comparison *self)
{
    JsonObject *object = kb_cli_json_entry (self->entry);

    set_same_device (object, self->entry->summary, self->present);
    if (self->present != NULL)
        json_object_set_object_member (object, "present", kb_summary_to_json (self->present));
    if (self->has_difference) {
        JsonObject *difference = json_object_new();
        json_object_set_int_member (difference, "answers", self->difference.answers);
        json_object_set_int_member (difference, "users", self->difference.users);
        json_object_set_object_member (object, "difference", difference);
    }
    kb_cli_print_json (object);
}

static void
print_summary (const KbSummary *summary)
{
    g_autoptr (GPtrArray) lines = kb_text_summary_lines (summary);

    for (guint i = 0; i < lines->len; i++) {
        g_autofree char *line = kb_cli_make_plain (lines->pdata[i]);
        g_print ("    %s\n", line);
    }
}

static void
print_info (const Comparison *self)
{
    g_autoptr (GDateTime) now = g_date_time_new_now_local();

    print_entry (self->entry, now);
    if (self->entry->summary != NULL)
        print_summary (self->entry->summary);
    if (self->present != NULL) {
        g_print ("%s\n", _ ("What is there now:"));
        print_summary (self->present);
    }
    if (self->has_difference) {
        g_autofree char *text = kb_text_difference (&self->difference, self->entry->time, now);
        g_print ("%s\n", text);
    }
    g_autofree char *device = kb_text_other_device (self->entry->summary, self->present);
    if (device != NULL)
        g_print ("%s\n", device);
}

/**
 * kb_cli_info:
 * @self: the run
 * @argc: the number of words
 * @argv: the words, the name of the command first
 *
 * `info FILE`: what a backup says about itself, without checking it; what is there now, and what
 * has been done since.
 *
 * Returns: the exit code
 */
int
kb_cli_info (KbCli *self, int argc, char **argv)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (KbSummary) present = NULL;
    gboolean from_catalog;

    if (!kb_cli_parse (self, &argc, &argv, _ ("FILE"), NULL, 1, 1))
        return KB_EXIT_USAGE;
    kb_cli_open_home (self, NULL); /* a file can be looked at without any Kolibri */
    g_autoptr (KbEntry) entry = kb_cli_find_entry (self, argv[1], &from_catalog, &error);
    if (entry == NULL)
        return kb_cli_fail (self, KB_OPERATION_LOOK, error);
    Comparison comparison = {.entry = entry};
    if (self->home != NULL)
        compare (&comparison, self->home);
    present = comparison.present;
    if (self->json)
        print_info_json (&comparison);
    else
        print_info (&comparison);
    return KB_EXIT_OK;
}
