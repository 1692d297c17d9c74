/* SPDX-License-Identifier: MIT */
/* backup, check: what changes no data. */
#include "config.h"

#include "kb-backup.h"
#include "kb-cli-json.h"
#include "kb-cli.h"
#include "kb-text-entry.h"
#include "kb-text-result.h"
#include "kb-verify.h"

#include <glib/gi18n.h>

static gpointer
work_backup (gpointer data, KbProgress *progress, GCancellable *cancellable, GError **error)
{
    return kb_backup_run (data, progress, cancellable, error);
}

static void
print_backup (KbCli *self, const KbBackupResult *result)
{
    if (self->json) {
        JsonObject *object = json_object_new();
        kb_cli_json_set_text (object, "name", result->name);
        kb_cli_json_set_text (object, "path", result->path);
        kb_cli_json_set_text (object, "version", result->version);
        json_object_set_int_member (object, "size", (gint64) result->size_bytes);
        json_object_set_boolean_member (object, "protected", result->is_protected);
        json_object_set_boolean_member (object, "kolibri_can_restore",
                                        !result->is_too_long_for_kolibri);
        kb_cli_json_set_summary (object, result->summary);
        kb_cli_print_json (object);
        return;
    }
    g_autofree char *sentence = kb_text_backed_up (result);
    g_print ("%s\n%s\n", sentence, result->path);
}

/**
 * kb_cli_backup:
 * @self: the run
 * @argc: the number of words
 * @argv: the words, the name of the command first
 *
 * `backup [FOLDER]`: backs up, to the data folder's own backups or elsewhere.
 *
 * Returns: the exit code
 */
int
kb_cli_backup (KbCli *self, int argc, char **argv)
{
    g_autofree char *note = NULL;
    const GOptionEntry entries[] = {
        {"note", 0, 0, G_OPTION_ARG_STRING, &note, N_ ("A note to remember the backup by"),
         /* Translators: a placeholder in the list of options. */
         N_ ("TEXT")},
        {0},
    };
    g_autoptr (GError) error = NULL;

    if (!kb_cli_parse (self, &argc, &argv, _ ("[FOLDER]"), entries, 0, 1))
        return KB_EXIT_USAGE;
    if (!kb_cli_open_home (self, &error))
        return kb_cli_fail (self, KB_OPERATION_OPEN, error);

    KbBackupOptions options = {
        .home = self->home,
        .folder = argc > 1 ? argv[1] : NULL,
        .program_version = KB_VERSION,
        .note = note,
    };
    g_autoptr (KbBackupResult) result = kb_cli_run (self, work_backup, &options, &error);
    if (result == NULL)
        return kb_cli_fail (self, KB_OPERATION_BACKUP, error);
    print_backup (self, result);
    return KB_EXIT_OK;
}

/* What to check: a backup of the list, or a file from anywhere. */
typedef struct {
    KbHome *home;
    KbEntry *entry;
    const char *path;
} Check;

static gpointer
work_check (gpointer data, KbProgress *progress, GCancellable *cancellable, GError **error)
{
    const Check *check = data;

    if (check->entry != NULL)
        return kb_verify_entry (check->home, check->entry, progress, cancellable, error);
    return kb_verify_run (check->path, TRUE, progress, cancellable, error);
}

static void
print_check (KbCli *self, const KbVerifyResult *result)
{
    if (self->json) {
        JsonObject *object = json_object_new();
        json_object_set_string_member (object, "result", "ok");
        kb_cli_json_set_text (object, "version", result->version);
        json_object_set_boolean_member (object, "version_is_disputed", result->version_is_disputed);
        json_object_set_boolean_member (object, "newer_than_known", result->has_unknown);
        json_object_set_int_member (object, "orphans", result->orphans);
        json_object_set_string_member (object, "origin", kb_origin_to_string (result->origin));
        kb_cli_json_set_time (object, "time", result->time);
        kb_cli_json_set_summary (object, result->summary);
        kb_cli_print_json (object);
        return;
    }
    g_autofree char *sentence = kb_text_checked (result);
    g_autoptr (GPtrArray) lines = kb_text_summary_lines (result->summary);
    if (result->version != NULL)
        g_ptr_array_insert (lines, 0, g_strdup_printf (_ ("Kolibri %s"), result->version));
    kb_cli_print_facts (sentence, lines);
}

/**
 * kb_cli_check:
 * @self: the run
 * @argc: the number of words
 * @argv: the words, the name of the command first
 *
 * `check FILE`: whether a backup could be restored.
 *
 * Returns: the exit code
 */
int
kb_cli_check (KbCli *self, int argc, char **argv)
{
    g_autoptr (GError) error = NULL;
    gboolean from_catalog;

    if (!kb_cli_parse (self, &argc, &argv, _ ("FILE"), NULL, 1, 1))
        return KB_EXIT_USAGE;
    kb_cli_open_home (self, NULL); /* a file can be checked without any Kolibri */
    g_autofree char *path = kb_cli_find_file (self, argv[1], &from_catalog);
    g_autoptr (KbEntry) entry = from_catalog ? kb_catalog_find (self->home, argv[1], NULL) : NULL;
    Check check = {.home = self->home, .entry = entry, .path = path};
    g_autoptr (KbVerifyResult) result = kb_cli_run (self, work_check, &check, &error);
    if (result == NULL)
        return kb_cli_fail (self, KB_OPERATION_CHECK, error);
    print_check (self, result);
    return KB_EXIT_OK;
}
