/* SPDX-License-Identifier: MIT */
/* restore, undo: what changes data. */
#include "config.h"

#include "kb-catalog.h"
#include "kb-cli-json.h"
#include "kb-cli.h"
#include "kb-find.h"
#include "kb-gettext.h"
#include "kb-restore.h"
#include "kb-text-place.h"
#include "kb-text-result.h"

static gpointer
work_restore (gpointer data, KbProgress *progress, GCancellable *cancellable, GError **error)
{
    return kb_restore_run (data, progress, cancellable, error);
}

/* What FILE or --latest means. */
static KbEntry *
find_entry (KbCli *self, const char *argument, gboolean *from_catalog, GError **error)
{
    *from_catalog = TRUE;
    if (argument == NULL)
        return kb_catalog_find_latest (self->home, error);
    g_autofree char *path = kb_cli_find_file (self, argument, from_catalog);
    return *from_catalog ? kb_catalog_find (self->home, argument, error)
                         : kb_catalog_describe_file (path, error);
}

static void
set_server (JsonObject *object, gboolean was_stopped, gboolean was_started)
{
    json_object_set_boolean_member (object, "kolibri_was_stopped", was_stopped);
    json_object_set_boolean_member (object, "kolibri_was_started", was_started);
}

static void
print_restored (KbCli *self, const KbRestoreResult *result, const KbEntry *entry)
{
    g_autoptr (GDateTime) now = g_date_time_new_now_local();

    if (self->json) {
        JsonObject *object = json_object_new();
        kb_cli_json_set_text (object, "restored", entry->path);
        kb_cli_json_set_text (object, "version", result->version);
        json_object_set_boolean_member (object, "version_is_disputed", result->version_is_disputed);
        json_object_set_boolean_member (object, "kolibri_will_upgrade", result->will_upgrade);
        kb_cli_json_set_text (object, "kept", result->kept);
        json_object_set_boolean_member (object, "replaced_was_damaged", result->was_damaged);
        set_server (object, result->kolibri_was_stopped, result->kolibri_was_started);
        kb_cli_json_set_summary (object, result->summary);
        kb_cli_print_json (object);
        return;
    }
    g_autofree char *sentence = kb_text_restored (result, entry->time, now);
    g_print ("%s\n", sentence);
}

/* What is asked about. */
typedef struct {
    const KbEntry *entry;
    const char *data_version;
} Choice;

static char *
say_warning (gconstpointer data)
{
    const Choice *choice = data;

    return kb_text_newer_warning (choice->entry->version, choice->data_version);
}

static char *
say_restore (gconstpointer data)
{
    const Choice *choice = data;
    g_autoptr (GDateTime) now = g_date_time_new_now_local();

    return kb_text_restore_question (choice->entry->time, now);
}

static char *
say_folder (gconstpointer data)
{
    g_autofree char *text = kb_text_folder_is (data);

    return kb_cli_make_plain (text);
}

/* Who has several data folders and did not say which one hears it before the data goes. */
static void
warn_of_folder (const KbCli *self)
{
    g_autoptr (GPtrArray) homes = kb_find_homes (self->root);

    if (self->home_path == NULL && homes->len > 1)
        kb_cli_warn (say_folder, kb_home_get_path (self->home));
}

/* The question, and, where the backup is newer than what is there, the warning before it. */
static gboolean
ask (KbCli *self, const KbEntry *entry)
{
    g_autofree char *installed_version = kb_home_find_program_version (self->home);
    g_autofree char *data_version = kb_home_read_data_version (self->home);
    const Choice choice = {.entry = entry, .data_version = data_version};

    warn_of_folder (self);
    if (kb_restore_needs_consent (entry->version, installed_version, data_version))
        kb_cli_warn (say_warning, &choice);
    return kb_cli_ask (self, say_restore, &choice);
}

static int
restore_entry (KbCli *self, const KbEntry *entry, gboolean from_catalog, gboolean stop_kolibri)
{
    g_autoptr (GError) error = NULL;
    KbRestoreOptions options = {
        .home = self->home,
        .file = entry->path,
        .from_catalog = from_catalog,
        .accept_newer = TRUE, /* ask() has warned, or --yes has answered */
        .stop_kolibri = stop_kolibri,
    };
    g_autoptr (KbRestoreResult) result = kb_cli_run (self, work_restore, &options, &error);

    if (result == NULL)
        return kb_cli_fail (self, KB_OPERATION_RESTORE, error);
    print_restored (self, result, entry);
    return KB_EXIT_OK;
}

/**
 * kb_cli_restore:
 * @self: the run
 * @argc: the number of words
 * @argv: the words, the name of the command first
 *
 * `restore FILE` and `restore --latest`: brings a backup back.
 *
 * Returns: the exit code
 */
int
kb_cli_restore (KbCli *self, int argc, char **argv)
{
    gboolean latest = FALSE;
    gboolean stop_kolibri = FALSE;
    const GOptionEntry entries[] = {
        {"latest", 'l', 0, G_OPTION_ARG_NONE, &latest, N_ ("Restore the newest backup"), NULL},
        {"yes", 'y', 0, G_OPTION_ARG_NONE, &self->yes, N_ ("Do not ask"), NULL},
        {"stop-kolibri", 0, 0, G_OPTION_ARG_NONE, &stop_kolibri,
         N_ ("Stop a running Kolibri, and start it again"), NULL},
        {0},
    };
    g_autoptr (GError) error = NULL;
    gboolean from_catalog;

    if (!kb_cli_parse (self, &argc, &argv, _ ("FILE | --latest"), entries, 0, 1) ||
        latest == (argc > 1)) {
        if (latest == (argc > 1))
            g_printerr ("%s\n", _ ("Name a backup, or say --latest."));
        return KB_EXIT_USAGE;
    }
    if (!kb_cli_open_home (self, &error))
        return kb_cli_fail (self, KB_OPERATION_OPEN, error);
    g_autoptr (KbEntry) entry = find_entry (self, latest ? NULL : argv[1], &from_catalog, &error);
    if (entry == NULL)
        return kb_cli_fail (self, KB_OPERATION_RESTORE, error);

    if (!ask (self, entry))
        return KB_EXIT_USAGE;
    return restore_entry (self, entry, from_catalog, stop_kolibri);
}

static gpointer
work_undo (gpointer data, KbProgress *progress, GCancellable *cancellable, GError **error)
{
    return kb_undo_run (data, progress, cancellable, error);
}

/* What would go. */
typedef struct {
    const KbDifference *difference;
    GDateTime *since;
} Loss;

static char *
say_loss (gconstpointer data)
{
    const Loss *loss = data;
    g_autoptr (GDateTime) now = g_date_time_new_now_local();

    return kb_text_difference (loss->difference, loss->since, now);
}

static char *
say_undo (gconstpointer data)
{
    g_autoptr (GDateTime) now = g_date_time_new_now_local();

    return kb_text_undo_question (data, now);
}

/* What would go comes before the question. */
static gboolean
ask_undo (KbCli *self, const KbKept *kept)
{
    KbDifference difference;

    warn_of_folder (self);
    if (kb_undo_read_difference (self->home, kept, &difference)) {
        const Loss loss = {.difference = &difference, .since = kept->time};
        kb_cli_warn (say_loss, &loss);
    }
    return kb_cli_ask (self, say_undo, kept);
}

static void
print_undone (KbCli *self, const KbUndoResult *result)
{
    g_autoptr (GDateTime) now = g_date_time_new_now_local();

    if (self->json) {
        JsonObject *object = json_object_new();
        kb_cli_json_set_text (object, "undone", result->undone->name);
        kb_cli_json_set_text (object, "version", result->undone->data_version);
        kb_cli_json_set_text (object, "kept", result->kept);
        set_server (object, result->kolibri_was_stopped, result->kolibri_was_started);
        kb_cli_print_json (object);
        return;
    }
    g_autofree char *sentence = kb_text_undone (result, now);
    g_print ("%s\n", sentence);
}

/**
 * kb_cli_undo:
 * @self: the run
 * @argc: the number of words
 * @argv: the words, the name of the command first
 *
 * `undo [NAME]`: brings back what a restore replaced, the last one by default.
 *
 * Returns: the exit code
 */
int
kb_cli_undo (KbCli *self, int argc, char **argv)
{
    KbUndoOptions options = {.accept_newer = TRUE};
    const GOptionEntry entries[] = {
        {"yes", 'y', 0, G_OPTION_ARG_NONE, &self->yes, N_ ("Do not ask"), NULL},
        {"stop-kolibri", 0, 0, G_OPTION_ARG_NONE, &options.stop_kolibri,
         N_ ("Stop a running Kolibri, and start it again"), NULL},
        {0},
    };
    g_autoptr (GError) error = NULL;

    if (!kb_cli_parse (self, &argc, &argv, _ ("[NAME]"), entries, 0, 1))
        return KB_EXIT_USAGE;
    if (!kb_cli_open_home (self, &error))
        return kb_cli_fail (self, KB_OPERATION_OPEN, error);
    g_autoptr (KbKept) kept = kb_undo_find (self->home, argc > 1 ? argv[1] : NULL, &error);
    if (kept == NULL)
        return kb_cli_fail (self, KB_OPERATION_UNDO, error);
    if (!ask_undo (self, kept))
        return KB_EXIT_USAGE;

    options.home = self->home;
    options.name = kept->name;
    g_autoptr (KbUndoResult) result = kb_cli_run (self, work_undo, &options, &error);
    if (result == NULL)
        return kb_cli_fail (self, KB_OPERATION_UNDO, error);
    print_undone (self, result);
    return KB_EXIT_OK;
}
