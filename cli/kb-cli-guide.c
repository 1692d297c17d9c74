/* SPDX-License-Identifier: MIT */
/* guide: the steps of an upgrade and of the way back, with the commands that do each. */
#include "config.h"

#include "kb-cli-json.h"
#include "kb-cli.h"
#include "kb-gettext.h"
#include "kb-guide.h"
#include "kb-text-guide.h"
#include "kb-version.h"

#include <string.h>

/* The days do not matter here: no verdict is shown. */
#define OLD_AFTER_DAYS 14

/* A command line of ours, to be typed into a shell. */
G_GNUC_NULL_TERMINATED static void
add_command (GPtrArray *commands, const KbCli *self, const char *verb, ...)
{
    GString *line = g_string_new ("kolibri-backup");
    const char *word;
    va_list words;

    if (self->home_path != NULL) {
        g_autofree char *home = g_shell_quote (self->home_path);
        g_string_append_printf (line, " --home %s", home);
    }
    g_string_append_printf (line, " %s", verb);
    va_start (words, verb);
    while ((word = va_arg (words, const char *)) != NULL) {
        g_autofree char *quoted = g_shell_quote (word);
        gboolean is_plain = strpbrk (word, " '\"\\$&;()<>|*?") == NULL;
        g_string_append_printf (line, " %s", is_plain ? word : quoted);
    }
    va_end (words);
    g_ptr_array_add (commands, g_string_free (line, FALSE));
}

/* What does a step; an installer is nothing that we start. */
static GPtrArray *
list_commands (const KbCli *self, const KbGuide *guide, const KbGuideStep *step)
{
    GPtrArray *commands = g_ptr_array_new_with_free_func (g_free);
    const KbEntry *backup = guide->backup;

    if (step->state == KB_GUIDE_DONE || step->state == KB_GUIDE_LATER)
        return commands;
    if (step->kind == KB_GUIDE_STEP_BACKUP)
        add_command (commands, self, "backup", NULL);
    if (step->kind == KB_GUIDE_STEP_COPY && backup != NULL) {
        if (guide->kind == KB_GUIDE_DOWNGRADE)
            add_command (commands, self, "keep", backup->name, NULL);
        add_command (commands, self, "copy", backup->name, "FOLDER", NULL);
        if (guide->today != NULL && guide->today != backup)
            add_command (commands, self, "copy", guide->today->name, "FOLDER", NULL);
    }
    if (step->kind == KB_GUIDE_STEP_RESTORE && backup != NULL)
        add_command (commands, self, "restore", guide->backup_is_here ? backup->name : backup->path,
                     NULL);
    if (step->kind == KB_GUIDE_STEP_RESTORE && backup == NULL)
        add_command (commands, self, "restore", "FILE", NULL);
    return commands;
}

static void
print_steps (const KbCli *self, const KbGuide *guide)
{
    g_autoptr (GDateTime) now = g_date_time_new_now_local();

    for (guint i = 0; i < guide->n_steps; i++) {
        const KbGuideStep *step = &guide->steps[i];
        g_autofree char *title = kb_text_guide_step_title (guide, step->kind);
        g_autofree char *detail = kb_text_guide_step_detail (guide, step, now);
        g_autoptr (GPtrArray) commands = list_commands (self, guide, step);
        /* Translators: a step: its number, what is to be done, and how far it is. */
        g_print (C_ ("step", "%u. %s – %s"), i + 1, title, kb_text_guide_state (step->state));
        g_print ("\n");
        if (detail != NULL)
            g_print ("   %s\n", detail);
        for (guint j = 0; j < commands->len; j++) {
            g_autofree char *command = kb_cli_make_plain (commands->pdata[j]);
            g_print ("       %s\n", command);
        }
    }
}

static void
print_guide (const KbCli *self, const KbGuide *guide)
{
    g_autofree char *problem = kb_text_guide_problem (guide);
    g_autofree char *note = kb_text_guide_note (guide);

    if (note != NULL)
        g_printerr ("%s\n", note);
    if (problem != NULL) {
        g_printerr ("%s\n", problem);
        return;
    }
    g_print ("%s\n%s\n", kb_text_guide_title (guide->kind), kb_text_guide_intro (guide));
    print_steps (self, guide);
}

static JsonArray *
describe_steps (const KbCli *self, const KbGuide *guide)
{
    g_autoptr (GDateTime) now = g_date_time_new_now_local();
    JsonArray *steps = json_array_new();

    for (guint i = 0; i < guide->n_steps; i++) {
        const KbGuideStep *step = &guide->steps[i];
        g_autofree char *detail = kb_text_guide_step_detail (guide, step, now);
        g_autoptr (GPtrArray) commands = list_commands (self, guide, step);
        JsonObject *object = json_object_new();
        JsonArray *lines = json_array_new();
        json_object_set_string_member (object, "step", kb_guide_step_to_string (step->kind));
        json_object_set_string_member (object, "state", kb_guide_state_to_string (step->state));
        kb_cli_json_set_text (object, "text", detail);
        for (guint j = 0; j < commands->len; j++) {
            g_autofree char *valid = g_utf8_make_valid (commands->pdata[j], -1);
            json_array_add_string_element (lines, valid);
        }
        json_object_set_array_member (object, "commands", lines);
        json_array_add_object_element (steps, object);
    }
    return steps;
}

static void
print_guide_json (const KbCli *self, const KbGuide *guide)
{
    JsonObject *object = json_object_new();
    JsonArray *versions = json_array_new();

    json_object_set_string_member (object, "guide", kb_guide_kind_to_string (guide->kind));
    json_object_set_string_member (object, "problem", kb_guide_problem_to_string (guide->problem));
    json_object_set_string_member (object, "hint", kb_guide_hint_to_string (guide->hint));
    json_object_set_boolean_member (object, "finished", guide->is_finished);
    json_object_set_string_member (object, "installation",
                                   kb_install_kind_to_string (guide->install));
    kb_cli_json_set_text (object, "installed_version", guide->program_version);
    kb_cli_json_set_text (object, "from", guide->from_version);
    kb_cli_json_set_text (object, "to", guide->to_version);
    kb_cli_json_set_text (object, "copy", guide->copy);
    for (guint i = 0; i < guide->versions->len; i++)
        json_array_add_string_element (versions, guide->versions->pdata[i]);
    json_object_set_array_member (object, "versions", versions);
    if (guide->backup != NULL)
        json_object_set_object_member (object, "backup", kb_cli_json_entry (guide->backup));
    if (guide->automatic != NULL)
        json_object_set_object_member (object, "automatic", kb_cli_json_entry (guide->automatic));
    json_object_set_array_member (object, "steps", describe_steps (self, guide));
    kb_cli_print_json (object);
}

static gboolean
read_kind (const char *word, KbGuideKind *kind)
{
    for (int i = 0; i < KB_N_GUIDES; i++) {
        *kind = (KbGuideKind) i;
        if (strcmp (word, kb_guide_kind_to_string (*kind)) == 0)
            return TRUE;
    }
    return FALSE;
}

static int
exit_code (const KbGuide *guide)
{
    switch (guide->problem) {
    case KB_GUIDE_PROBLEM_NO_DATA:
    case KB_GUIDE_PROBLEM_NO_BACKUP:
        return KB_EXIT_NOT_FOUND;
    case KB_GUIDE_PROBLEM_NOT_OLDER:
        return KB_EXIT_USAGE;
    case KB_GUIDE_PROBLEM_NONE:
        break;
    }
    return KB_EXIT_OK;
}

/* A guide that is named is remembered from now on, and one that is remembered goes on. */
static int
run (KbCli *self, const KbGuideKind *kind, const char *version, gboolean start_over)
{
    g_autoptr (GError) error = NULL;

    if (!kb_cli_open_home (self, &error) ||
        (start_over && !kb_guide_record_remove (kb_home_get_path (self->home), &error)))
        return kb_cli_fail (self, KB_OPERATION_OPEN, error);
    g_autoptr (GPtrArray) entries = kb_catalog_list (self->home, NULL, &error);
    if (entries == NULL)
        return kb_cli_fail (self, KB_OPERATION_OPEN, error);
    g_autoptr (KbStatus) status = kb_status_read (self->home, entries, OLD_AFTER_DAYS, NULL);
    g_autoptr (KbGuide) guide = kb_guide_read (self->home, status, entries, kind, version, NULL);
    if (self->json)
        print_guide_json (self, guide);
    else
        print_guide (self, guide);
    if (guide->problem == KB_GUIDE_PROBLEM_NONE && !guide->is_finished &&
        (kind != NULL || guide->hint == KB_GUIDE_HINT_GO_ON) &&
        !kb_guide_begin (guide, self->home, &error))
        return kb_cli_fail (self, KB_OPERATION_NOTE, error);
    return exit_code (guide);
}

/**
 * kb_cli_guide:
 * @self: the run
 * @argc: the number of words
 * @argv: the words, the name of the command first
 *
 * `guide [upgrade|downgrade] [--to VERSION]`: what to do before an upgrade, or to go back.
 *
 * Returns: the exit code
 */
int
kb_cli_guide (KbCli *self, int argc, char **argv)
{
    g_autofree char *version = NULL;
    gboolean start_over = FALSE;
    const GOptionEntry entries[] = {
        {"to", 0, 0, G_OPTION_ARG_STRING, &version, N_ ("The version to go back to"),
         /* Translators: a placeholder in the list of options. */
         N_ ("VERSION")},
        {"start-over", 0, 0, G_OPTION_ARG_NONE, &start_over, N_ ("Forget what has been done"),
         NULL},
        {0},
    };
    KbGuideKind kind = KB_GUIDE_DOWNGRADE;
    KbVersion parsed;

    if (!kb_cli_parse (self, &argc, &argv, "[upgrade|downgrade]", entries, 0, 1))
        return KB_EXIT_USAGE;
    gboolean is_right =
        (argc < 2 || read_kind (argv[1], &kind)) &&
        (version == NULL || (kind == KB_GUIDE_DOWNGRADE && kb_version_parse (version, &parsed)));
    if (!is_right) {
        g_printerr ("%s\n", _ ("Say “upgrade”, “downgrade”, or “downgrade --to 0.17.5”."));
        return KB_EXIT_USAGE;
    }
    return run (self, argc > 1 || version != NULL ? &kind : NULL, version, start_over);
}
