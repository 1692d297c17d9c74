/* SPDX-License-Identifier: MIT */
/* backup, check, copy, import, keep, note, delete: what works on backups and changes no data. */
#include "config.h"

#include "kb-access.h"
#include "kb-catalog-delete.h"
#include "kb-cli-json.h"
#include "kb-cli.h"
#include "kb-gettext.h"
#include "kb-guide-record.h"
#include "kb-text-entry.h"
#include "kb-text-result.h"

static gpointer
work_backup (gpointer data, KbProgress *progress, GCancellable *cancellable, GError **error)
{
    return kb_access_backup (data, progress, cancellable, error);
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
    if (argc == 1) /* into a folder goes only what we may read */
        kb_cli_announce_password (self);

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
        return kb_access_verify (check->home, check->entry, progress, cancellable, error);
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
    g_autoptr (KbEntry) entry = from_catalog ? kb_access_find (self->home, argv[1], NULL) : NULL;
    Check check = {.home = self->home, .entry = entry, .path = path};
    g_autoptr (KbVerifyResult) result = kb_cli_run (self, work_check, &check, &error);
    if (result == NULL)
        return kb_cli_fail (self, KB_OPERATION_CHECK, error);
    print_check (self, result);
    return KB_EXIT_OK;
}

/* Says what became of a backup: a sentence, or all that is known of it now. */
static int
print_entry_again (KbCli *self, const char *name, const char *sentence)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (KbEntry) entry = self->json ? kb_access_find (self->home, name, &error) : NULL;

    if (error != NULL)
        return kb_cli_fail (self, KB_OPERATION_NOTE, error);
    if (entry != NULL)
        kb_cli_print_json (kb_cli_json_entry (entry));
    else
        g_print ("%s\n", sentence);
    return KB_EXIT_OK;
}

/**
 * kb_cli_keep:
 * @self: the run
 * @argc: the number of words
 * @argv: the words, the name of the command first
 *
 * `keep NAME [--off]`: marks a backup as one that tidying up never takes.
 *
 * Returns: the exit code
 */
int
kb_cli_keep (KbCli *self, int argc, char **argv)
{
    gboolean off = FALSE;
    const GOptionEntry entries[] = {
        {"off", 0, 0, G_OPTION_ARG_NONE, &off, N_ ("Take the mark away"), NULL},
        {0},
    };
    g_autoptr (GError) error = NULL;

    if (!kb_cli_parse (self, &argc, &argv, _ ("NAME"), entries, 1, 1))
        return KB_EXIT_USAGE;
    if (!kb_cli_open_home (self, &error))
        return kb_cli_fail (self, KB_OPERATION_OPEN, error);
    kb_cli_announce_password (self);
    if (!kb_access_set_keep (self->home, argv[1], !off, &error))
        return kb_cli_fail (self, KB_OPERATION_NOTE, error);
    return print_entry_again (self, argv[1],
                              off ? _ ("The backup is no longer marked to be kept.")
                                  : _ ("The backup is marked to be kept."));
}

/**
 * kb_cli_note:
 * @self: the run
 * @argc: the number of words
 * @argv: the words, the name of the command first
 *
 * `note NAME TEXT`: writes a note to a backup; "" removes it.
 *
 * Returns: the exit code
 */
int
kb_cli_note (KbCli *self, int argc, char **argv)
{
    g_autoptr (GError) error = NULL;

    if (!kb_cli_parse (self, &argc, &argv, _ ("NAME TEXT"), NULL, 2, 2))
        return KB_EXIT_USAGE;
    if (!kb_cli_open_home (self, &error))
        return kb_cli_fail (self, KB_OPERATION_OPEN, error);
    kb_cli_announce_password (self);
    if (!kb_access_set_note (self->home, argv[1], argv[2], &error))
        return kb_cli_fail (self, KB_OPERATION_NOTE, error);
    return print_entry_again (self, argv[1],
                              *argv[2] != '\0' ? _ ("The note has been saved.")
                                               : _ ("The note has been removed."));
}

static gpointer
work_copy (gpointer data, KbProgress *progress, GCancellable *cancellable, GError **error)
{
    return kb_access_copy (data, progress, cancellable, error);
}

static void
print_copy (KbCli *self, const KbCopyResult *result)
{
    if (self->json) {
        JsonObject *object = json_object_new();
        kb_cli_json_set_text (object, "name", result->name);
        kb_cli_json_set_text (object, "path", result->path);
        json_object_set_int_member (object, "size", (gint64) result->size_bytes);
        json_object_set_boolean_member (object, "was_there_already", result->was_there_already);
        kb_cli_print_json (object);
        return;
    }
    g_autofree char *folder = g_path_get_dirname (result->path);
    g_autofree char *name = g_filename_display_basename (folder);
    g_autofree char *plain = kb_cli_make_plain (name);
    g_autofree char *sentence = kb_text_copied (plain, FALSE, result->was_there_already);
    g_autofree char *path = kb_cli_make_plain (result->path);
    g_print ("%s\n%s\n", sentence, path);
}

/**
 * kb_cli_copy:
 * @self: the run
 * @argc: the number of words
 * @argv: the words, the name of the command first
 *
 * `copy NAME FOLDER`: copies a backup to a USB drive or another folder.
 *
 * Returns: the exit code
 */
int
kb_cli_copy (KbCli *self, int argc, char **argv)
{
    g_autoptr (GError) error = NULL;
    gboolean from_catalog;

    if (!kb_cli_parse (self, &argc, &argv, _ ("NAME FOLDER"), NULL, 2, 2))
        return KB_EXIT_USAGE;
    kb_cli_open_home (self, NULL); /* a file can be copied without any Kolibri */
    g_autoptr (KbEntry) entry = kb_cli_find_entry (self, argv[1], &from_catalog, &error);
    if (entry == NULL)
        return kb_cli_fail (self, KB_OPERATION_LOOK, error);

    g_autofree char *copy_name = kb_copy_make_name (entry);
    g_autofree char *guide = kb_text_how_to (copy_name, entry->version, entry->size_bytes);
    KbCopyOptions options = {
        .home = self->home,
        .entry = entry,
        .from_catalog = from_catalog,
        .folder = argv[2],
        .guide_name = kb_text_guide_name(),
        .guide_text = guide,
    };
    g_autoptr (KbCopyResult) result = kb_cli_run (self, work_copy, &options, &error);
    if (result == NULL)
        return kb_cli_fail (self, KB_OPERATION_COPY, error);
    if (from_catalog) {
        g_autofree char *path = g_canonicalize_filename (result->path, NULL);
        kb_guide_record_note_copy (kb_home_get_path (self->home), entry->name, path, NULL);
    }
    print_copy (self, result);
    return KB_EXIT_OK;
}

/* A file from anywhere, and the list that it shall be in. */
typedef struct {
    KbHome *home;
    const char *path;
} Import;

static gpointer
work_import (gpointer data, KbProgress *progress, GCancellable *cancellable, GError **error)
{
    const Import *import = data;

    return kb_access_import (import->home, import->path, progress, cancellable, error);
}

static void
print_import (KbCli *self, const KbImportResult *result)
{
    if (self->json) {
        JsonObject *object = json_object_new();
        kb_cli_json_set_text (object, "name", result->name);
        kb_cli_json_set_text (object, "path", result->path);
        json_object_set_boolean_member (object, "was_there_already", result->was_there_already);
        kb_cli_json_set_text (object, "version", result->checked->version);
        kb_cli_json_set_summary (object, result->checked->summary);
        kb_cli_print_json (object);
        return;
    }
    g_autofree char *sentence = kb_text_imported (result);
    g_print ("%s\n%s\n", sentence, result->name);
}

/**
 * kb_cli_import:
 * @self: the run
 * @argc: the number of words
 * @argv: the words, the name of the command first
 *
 * `import FILE`: adds a backup from elsewhere to the list.
 *
 * Returns: the exit code
 */
int
kb_cli_import (KbCli *self, int argc, char **argv)
{
    g_autoptr (GError) error = NULL;

    if (!kb_cli_parse (self, &argc, &argv, _ ("FILE"), NULL, 1, 1))
        return KB_EXIT_USAGE;
    if (!kb_cli_open_home (self, &error))
        return kb_cli_fail (self, KB_OPERATION_OPEN, error);
    kb_cli_announce_password (self);
    Import import = {.home = self->home, .path = argv[1]};
    g_autoptr (KbImportResult) result = kb_cli_run (self, work_import, &import, &error);
    if (result == NULL)
        return kb_cli_fail (self, KB_OPERATION_IMPORT, error);
    print_import (self, result);
    return KB_EXIT_OK;
}

static int
delete_for_good (KbCli *self, const char *name)
{
    g_autoptr (GError) error = NULL;

    if (!kb_access_delete_for_good (self->home, name, &error))
        return kb_cli_fail (self, KB_OPERATION_DELETE, error);
    if (self->json) {
        JsonObject *object = json_object_new();
        kb_cli_json_set_text (object, "deleted", name);
        kb_cli_print_json (object);
    } else {
        g_print ("%s\n", _ ("The backup has been deleted."));
    }
    return KB_EXIT_OK;
}

static char *
say_delete (gconstpointer data)
{
    g_autoptr (GDateTime) now = g_date_time_new_now_local();

    return kb_text_delete_question (data, now);
}

/**
 * kb_cli_delete:
 * @self: the run
 * @argc: the number of words
 * @argv: the words, the name of the command first
 *
 * `delete NAME`: deletes a backup for good, also one that an interrupted run has left deleted and
 * not emptied.
 *
 * Returns: the exit code
 */
int
kb_cli_delete (KbCli *self, int argc, char **argv)
{
    const GOptionEntry entries[] = {
        {"yes", 'y', 0, G_OPTION_ARG_NONE, &self->yes, N_ ("Do not ask"), NULL},
        {0},
    };
    g_autoptr (GError) error = NULL;

    if (!kb_cli_parse (self, &argc, &argv, _ ("NAME"), entries, 1, 1))
        return KB_EXIT_USAGE;
    if (!kb_cli_open_home (self, &error))
        return kb_cli_fail (self, KB_OPERATION_OPEN, error);
    kb_cli_announce_password (self);
    g_autoptr (KbEntry) entry = kb_access_find (self->home, argv[1], &error);
    if (entry == NULL && !kb_catalog_has_deleted (self->home, argv[1]))
        return kb_cli_fail (self, KB_OPERATION_DELETE, error);
    if (!kb_cli_ask (self, say_delete, entry))
        return KB_EXIT_USAGE;
    return delete_for_good (self, argv[1]);
}
