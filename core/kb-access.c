/* SPDX-License-Identifier: MIT */
#include "kb-access.h"

#include "kb-catalog-change.h"
#include "kb-catalog-delete.h"
#include "kb-error.h"
#include "kb-file.h"
#include "kb-helper-client.h"
#include "kb-transfer.h"
#include "kb-wire.h"

#include <string.h>

/* Has the helper do one operation; the words end with a %NULL. */
static JsonObject *
ask_helper (const KbHome *home,
            const char *operation,
            const char *const *words,
            KbProgress *progress,
            GCancellable *cancellable,
            GError **error)
{
    const KbHelperCall call = {.operation = operation, .arguments = words};

    return kb_helper_call (home, &call, progress, cancellable, error);
}

/* What has no result but that it is done. */
static gboolean
have_done (const KbHome *home,
           const char *operation,
           const char *name,
           const char *text,
           GError **error)
{
    const char *words[] = {name, text, NULL};
    g_autoptr (JsonObject) result = ask_helper (home, operation, words, NULL, NULL, error);

    return result != NULL;
}

static gpointer
refuse_answer (GError **error)
{
    g_set_error (error, KB_ERROR, KB_ERROR_INTERNAL, "helper: an answer that cannot be");
    return NULL;
}

static const char *
flag (gboolean is_set)
{
    return is_set ? "1" : "0";
}

/**
 * kb_access_recover:
 * @home: a data folder
 * @out: (out): what had happened
 * @error: return location for a #GError
 *
 * Does what kb_recover_run() does, with data of this user. The helper does it by itself, before
 * all else.
 *
 * Errors: as kb_recover_run().
 *
 * Returns: %TRUE on success
 */
gboolean
kb_access_recover (const KbHome *home, KbRecovered *out, GError **error)
{
    *out = (KbRecovered){0};
    return kb_helper_is_needed (home) || kb_recover_run (home, out, error);
}

static gboolean
is_locked_folder (const char *path)
{
    g_autoptr (GError) local = NULL;
    g_autoptr (GDir) dir = g_dir_open (path, 0, &local);

    return g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_ACCES);
}

static gboolean
is_hidden (const KbHome *home)
{
    return kb_helper_is_needed (home) && (is_locked_folder (kb_home_get_backups_dir (home)) ||
                                          is_locked_folder (kb_home_get_protected_dir (home)));
}

/**
 * kb_access_list:
 * @home: a data folder
 * @cancellable: (nullable): looked at between any two files
 * @error: return location for a #GError
 *
 * Lists the backups as kb_catalog_list() does, and through the helper only where this user may not
 * look into the folders.
 *
 * Errors: as kb_catalog_list() and kb_helper_call().
 *
 * Returns: (transfer full) (element-type KbEntry): the list
 */
GPtrArray *
kb_access_list (const KbHome *home, GCancellable *cancellable, GError **error)
{
    const char *words[] = {NULL};
    g_autoptr (GPtrArray) objects =
        g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);
    const KbHelperCall call = {.operation = "list", .arguments = words, .entries = objects};

    if (!is_hidden (home))
        return kb_catalog_list (home, cancellable, error);
    g_autoptr (JsonObject) result = kb_helper_call (home, &call, NULL, cancellable, error);
    if (result == NULL)
        return NULL;
    GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) kb_entry_unref);
    for (guint i = 0; i < objects->len; i++) {
        KbEntry *entry = kb_wire_to_entry (objects->pdata[i], home);
        if (entry != NULL)
            g_ptr_array_add (list, entry);
    }
    return list;
}

/* The newest entry that fits, of a list that only the helper can see. */
static KbEntry *
find_hidden (const KbHome *home, const char *name, gboolean is_kept, GError **error)
{
    g_autoptr (GPtrArray) list = kb_access_list (home, NULL, error);

    for (guint i = 0; list != NULL && i < list->len; i++) {
        KbEntry *entry = list->pdata[i];
        gboolean fits = is_kept == (entry->origin == KB_ORIGIN_BEFORE_RESTORE);
        if (name != NULL ? strcmp (entry->name, name) == 0
                         : fits && entry->state == KB_ENTRY_COMPLETE)
            return kb_entry_ref (entry);
    }
    if (list != NULL)
        g_set_error (error, KB_ERROR, KB_ERROR_NOT_FOUND, "find: %s: not in the list",
                     name != NULL ? name : kb_home_get_path (home));
    return NULL;
}

/**
 * kb_access_find:
 * @home: a data folder
 * @name: what the list shows
 * @error: return location for a #GError
 *
 * Errors: as kb_catalog_find_any() and kb_access_list().
 *
 * Returns: (transfer full): its entry
 */
KbEntry *
kb_access_find (const KbHome *home, const char *name, GError **error)
{
    return is_hidden (home) ? find_hidden (home, name, FALSE, error)
                            : kb_catalog_find_any (home, name, error);
}

/**
 * kb_access_find_latest:
 * @home: a data folder
 * @error: return location for a #GError
 *
 * Errors: as kb_catalog_find_latest() and kb_access_list().
 *
 * Returns: (transfer full): the newest backup that a restore could bring back
 */
KbEntry *
kb_access_find_latest (const KbHome *home, GError **error)
{
    return is_hidden (home) ? find_hidden (home, NULL, FALSE, error)
                            : kb_catalog_find_latest (home, error);
}

/**
 * kb_access_find_undo:
 * @home: a data folder
 * @name: (nullable): the name of kept data; %NULL for what was replaced last
 * @error: return location for a #GError
 *
 * Errors: as kb_undo_find() and kb_access_list().
 *
 * Returns: (transfer full): what an undo would bring back; where only the helper can see it, no
 *     more than its name, version and time
 */
KbKept *
kb_access_find_undo (const KbHome *home, const char *name, GError **error)
{
    if (!is_hidden (home))
        return kb_undo_find (home, name, error);
    g_autoptr (KbEntry) entry = find_hidden (home, name, TRUE, error);
    if (entry == NULL)
        return NULL;
    KbKept *kept = g_new0 (KbKept, 1);
    kept->name = g_strdup (entry->name);
    kept->data_version = g_strdup (entry->version);
    kept->time = entry->time != NULL ? g_date_time_ref (entry->time) : NULL;
    return kept;
}

/**
 * kb_access_backup:
 * @options: what to back up, and where to
 * @progress: (nullable): as in kb_backup_run()
 * @cancellable: (nullable): as in kb_backup_run()
 * @error: return location for a #GError
 *
 * Backs up. Into a folder of this user's choice only what this user may read himself.
 *
 * Errors: as kb_backup_run() and kb_helper_call().
 *
 * Returns: (transfer full): the backup
 */
KbBackupResult *
kb_access_backup (const KbBackupOptions *options,
                  KbProgress *progress,
                  GCancellable *cancellable,
                  GError **error)
{
    const char *words[] = {options->note != NULL ? options->note : "", NULL};

    if (options->folder != NULL || !kb_helper_is_needed (options->home))
        return kb_backup_run (options, progress, cancellable, error);
    g_autoptr (JsonObject) result =
        ask_helper (options->home, "backup", words, progress, cancellable, error);
    if (result == NULL)
        return NULL;
    KbBackupResult *backup = kb_wire_to_backup (result, options->home);
    return backup != NULL ? backup : refuse_answer (error);
}

static gboolean
may_read (const char *path)
{
    g_auto (KbFd) fd = kb_platform_open_regular (path, FALSE, NULL);

    return fd >= 0;
}

/**
 * kb_access_verify:
 * @home: a data folder
 * @entry: a backup in it
 * @progress: (nullable): as in kb_verify_entry()
 * @cancellable: (nullable): as in kb_verify_entry()
 * @error: return location for a #GError
 *
 * Checks a backup. One of another user that this user may read needs no helper; then what came out
 * is not remembered.
 *
 * Errors: as kb_verify_entry() and kb_helper_call().
 *
 * Returns: (transfer full): what it has found
 */
KbVerifyResult *
kb_access_verify (const KbHome *home,
                  const KbEntry *entry,
                  KbProgress *progress,
                  GCancellable *cancellable,
                  GError **error)
{
    const char *words[] = {entry->name, NULL};

    if (!kb_helper_is_needed (home))
        return kb_verify_entry (home, entry, progress, cancellable, error);
    if (may_read (entry->path))
        return kb_verify_run (entry->path, FALSE, progress, cancellable, error);
    g_autoptr (JsonObject) result = ask_helper (home, "check", words, progress, cancellable, error);
    return result != NULL ? kb_wire_to_verify (result) : NULL;
}

/* A file of this user goes to the helper as bytes. */
static JsonObject *
send_file (const KbHome *home,
           const char *operation,
           const char *file,
           const char *accept_newer,
           const char *stop_kolibri,
           KbProgress *progress,
           GCancellable *cancellable,
           GError **error)
{
    g_autofree char *name = g_path_get_basename (file);
    g_autofree char *size = g_strdup_printf ("%" G_GUINT64_FORMAT, kb_file_size (file));
    const char *words[] = {name, size, accept_newer, stop_kolibri, NULL};
    const KbHelperCall call = {.operation = operation, .arguments = words, .input = file};
    g_auto (KbFd) fd = kb_platform_open_regular (file, TRUE, error);

    if (fd < 0 || !kb_transfer_refuse_journals (file, error))
        return NULL;
    return kb_helper_call (home, &call, progress, cancellable, error);
}

static gboolean
is_data_in_use (const KbHome *home, const char *file, GError **error)
{
    if (!kb_file_is_same (file, kb_home_get_database (home)))
        return FALSE;
    g_set_error (error, KB_ERROR, KB_ERROR_UNSUPPORTED, "helper: %s: this is the data in use",
                 file);
    return TRUE;
}

/**
 * kb_access_restore:
 * @options: what to restore, and where
 * @progress: (nullable): as in kb_restore_run()
 * @cancellable: (nullable): as in kb_restore_run()
 * @error: return location for a #GError
 *
 * Restores a backup of the list, or a file that this user may read.
 *
 * Errors: as kb_restore_run() and kb_helper_call(); %KB_ERROR_UNSUPPORTED also for a database with
 * a log beside it, for data of another user.
 *
 * Returns: (transfer full): what happened
 */
KbRestoreResult *
kb_access_restore (const KbRestoreOptions *options,
                   KbProgress *progress,
                   GCancellable *cancellable,
                   GError **error)
{
    const char *newer = flag (options->accept_newer);
    const char *stop = flag (options->stop_kolibri);
    g_autofree char *name = g_path_get_basename (options->file);
    const char *words[] = {name, newer, stop, NULL};
    g_autoptr (JsonObject) result = NULL;

    if (!kb_helper_is_needed (options->home))
        return kb_restore_run (options, progress, cancellable, error);
    if (options->from_catalog)
        result = ask_helper (options->home, "restore", words, progress, cancellable, error);
    else if (!is_data_in_use (options->home, options->file, error))
        result = send_file (options->home, "restore-file", options->file, newer, stop, progress,
                            cancellable, error);
    return result != NULL ? kb_wire_to_restore (result) : NULL;
}

/**
 * kb_access_undo:
 * @options: what to bring back, and where
 * @progress: (nullable): as in kb_undo_run()
 * @cancellable: (nullable): as in kb_undo_run()
 * @error: return location for a #GError
 *
 * Undoes a restore.
 *
 * Errors: as kb_undo_run() and kb_helper_call().
 *
 * Returns: (transfer full): what happened
 */
KbUndoResult *
kb_access_undo (const KbUndoOptions *options,
                KbProgress *progress,
                GCancellable *cancellable,
                GError **error)
{
    const char *words[] = {options->name != NULL ? options->name : "", flag (options->accept_newer),
                           flag (options->stop_kolibri), NULL};

    if (!kb_helper_is_needed (options->home))
        return kb_undo_run (options, progress, cancellable, error);
    g_autoptr (JsonObject) result =
        ask_helper (options->home, "undo", words, progress, cancellable, error);
    return result != NULL ? kb_wire_to_undo (result) : NULL;
}

/**
 * kb_access_import:
 * @home: a data folder
 * @file: a backup from anywhere
 * @progress: (nullable): as in kb_import_run()
 * @cancellable: (nullable): as in kb_import_run()
 * @error: return location for a #GError
 *
 * Brings a backup into the list.
 *
 * Errors: as kb_import_run() and kb_helper_call(); %KB_ERROR_UNSUPPORTED also for a database with a
 * log beside it, for data of another user.
 *
 * Returns: (transfer full): what is in the list now
 */
KbImportResult *
kb_access_import (KbHome *home,
                  const char *file,
                  KbProgress *progress,
                  GCancellable *cancellable,
                  GError **error)
{
    if (!kb_helper_is_needed (home))
        return kb_import_run (home, file, progress, cancellable, error);
    if (is_data_in_use (home, file, error))
        return NULL;
    g_autoptr (JsonObject) result =
        send_file (home, "import", file, NULL, NULL, progress, cancellable, error);
    if (result == NULL)
        return NULL;
    KbImportResult *import = kb_wire_to_import (result, home);
    return import != NULL ? import : refuse_answer (error);
}

/* Brings a backup that this user may not read into a folder of his own, and copies it from there.
 */
static KbCopyResult *
copy_through (const KbCopyOptions *options,
              const char *folder,
              KbProgress *progress,
              GCancellable *cancellable,
              GError **error)
{
    const KbEntry *entry = options->entry;
    const char *words[] = {entry->name, NULL};
    g_autofree char *path = g_build_filename (folder, entry->name, NULL);
    const KbHelperCall call = {.operation = "copy-out", .arguments = words, .output = path};
    g_autoptr (JsonObject) result =
        kb_helper_call (options->home, &call, progress, cancellable, error);

    if (result == NULL)
        return NULL;
    g_autoptr (JsonObject) described = kb_wire_from_entry (entry);
    g_autoptr (KbEntry) fetched = kb_wire_to_entry (described, options->home);
    if (fetched == NULL)
        return refuse_answer (error);
    g_free (fetched->path);
    fetched->path = g_strdup (path);
    KbCopyOptions again = *options;
    again.entry = fetched;
    again.from_catalog = FALSE;
    if (again.note == NULL)
        again.note = entry->note;
    return kb_copy_run (&again, progress, cancellable, error);
}

/**
 * kb_access_copy:
 * @options: what to copy, and where to
 * @progress: (nullable): as in kb_copy_run()
 * @cancellable: (nullable): as in kb_copy_run()
 * @error: return location for a #GError
 *
 * Copies a backup to a drive, which this user writes to as himself.
 *
 * Errors: as kb_copy_run() and kb_helper_call().
 *
 * Returns: (transfer full): the copy
 */
KbCopyResult *
kb_access_copy (const KbCopyOptions *options,
                KbProgress *progress,
                GCancellable *cancellable,
                GError **error)
{
    if (!options->from_catalog || options->home == NULL || !kb_helper_is_needed (options->home) ||
        may_read (options->entry->path))
        return kb_copy_run (options, progress, cancellable, error);

    g_autofree char *uuid = g_uuid_string_random();
    g_autofree char *base = g_strconcat ("kolibri-backup-", uuid, NULL);
    g_autofree char *folder = g_build_filename (kb_platform_temp_dir(), base, NULL);
    if (!kb_platform_make_dir (folder, NULL, error))
        return NULL;
    KbCopyResult *result = copy_through (options, folder, progress, cancellable, error);
    kb_file_remove_tree (folder, NULL);
    return result;
}

/**
 * kb_access_set_keep:
 * @home: a data folder
 * @name: the name of a backup in it
 * @keep: whether tidying up never takes it
 * @error: return location for a #GError
 *
 * Errors: as kb_catalog_set_keep() and kb_helper_call().
 *
 * Returns: %TRUE on success
 */
gboolean
kb_access_set_keep (const KbHome *home, const char *name, gboolean keep, GError **error)
{
    return kb_helper_is_needed (home) ? have_done (home, "keep", name, flag (keep), error)
                                      : kb_catalog_set_keep (home, name, keep, error);
}

/**
 * kb_access_set_note:
 * @home: a data folder
 * @name: the name of a backup in it
 * @note: (nullable): what to remember of it
 * @error: return location for a #GError
 *
 * Errors: as kb_catalog_set_note() and kb_helper_call().
 *
 * Returns: %TRUE on success
 */
gboolean
kb_access_set_note (const KbHome *home, const char *name, const char *note, GError **error)
{
    return kb_helper_is_needed (home)
               ? have_done (home, "note", name, note != NULL ? note : "", error)
               : kb_catalog_set_note (home, name, note, error);
}

/**
 * kb_access_delete:
 * @home: a data folder
 * @name: the name of a backup in it, or of what a restore has replaced
 * @error: return location for a #GError
 *
 * Deletes a backup so that kb_access_undelete() brings it back.
 *
 * Errors: as kb_catalog_delete() and kb_helper_call().
 *
 * Returns: %TRUE on success
 */
gboolean
kb_access_delete (const KbHome *home, const char *name, GError **error)
{
    return kb_helper_is_needed (home) ? have_done (home, "delete", name, NULL, error)
                                      : kb_catalog_delete (home, name, error);
}

/**
 * kb_access_undelete:
 * @home: a data folder
 * @name: the name of a deleted backup
 * @error: return location for a #GError
 *
 * Errors: as kb_catalog_undelete() and kb_helper_call().
 *
 * Returns: %TRUE on success
 */
gboolean
kb_access_undelete (const KbHome *home, const char *name, GError **error)
{
    return kb_helper_is_needed (home) ? have_done (home, "undelete", name, NULL, error)
                                      : kb_catalog_undelete (home, name, error);
}

/**
 * kb_access_delete_for_good:
 * @home: a data folder
 * @name: the name of a backup in it, also of one that is deleted already
 * @error: return location for a #GError
 *
 * Errors: as kb_catalog_delete(), kb_catalog_empty_deleted() and kb_helper_call().
 *
 * Returns: %TRUE if it is gone
 */
gboolean
kb_access_delete_for_good (const KbHome *home, const char *name, GError **error)
{
    if (kb_helper_is_needed (home))
        return have_done (home, "delete-for-good", name, NULL, error);
    g_autoptr (KbEntry) entry = kb_catalog_find_any (home, name, NULL);
    return (entry == NULL || kb_catalog_delete (home, name, error)) &&
           kb_catalog_empty_deleted (home, name, error);
}

/**
 * kb_access_empty_deleted:
 * @home: a data folder
 * @name: (nullable): the name of one deleted backup; %NULL for all
 * @error: return location for a #GError
 *
 * Makes the space free that deleted backups take, with data of this user. Nobody is asked for a
 * password for that alone: the helper does it before it backs up or restores.
 *
 * Errors: as kb_catalog_empty_deleted().
 *
 * Returns: %TRUE on success
 */
gboolean
kb_access_empty_deleted (const KbHome *home, const char *name, GError **error)
{
    return kb_helper_is_needed (home) || kb_catalog_empty_deleted (home, name, error);
}
