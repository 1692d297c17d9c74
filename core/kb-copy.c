/* SPDX-License-Identifier: MIT */
#include "kb-copy.h"

#include "kb-backup-notes.h"
#include "kb-error.h"
#include "kb-file.h"
#include "kb-kept.h"
#include "kb-transfer.h"

#include <string.h>
#include <unistd.h>

#define PART_PREFIX "kolibri-backup-copy-"
#define KEPT_PREFIX "replaced-"
#define SPACE_RESERVE (1024 * 1024) /* for note, text and folder */

/* What FAT, exFAT and NTFS have in no name (Microsoft, Naming Files, Paths, and Namespaces). */
#define FORBIDDEN "\"*/:<>?\\|"

/* A copy on its way. */
typedef struct {
    const KbCopyOptions *options;
    KbProgress *progress;
    GCancellable *cancellable;

    KbFd from;
    guint64 size_bytes;
    KbOwner owner; /* of the source; a disk may know no owners */
    gboolean folder_is_new;
    gboolean has_begun; /* to write */
    char *part;
    KbFd to;
    KbFd lock;
    char *name;
    char *path;
    GPtrArray *made; /* what goes again when it fails */
} Run;

static void
run_clear (Run *self)
{
    kb_fd_close (self->from);
    kb_fd_close (self->to);
    kb_fd_close (self->lock);
    g_free (self->part);
    g_free (self->name);
    g_free (self->path);
    g_ptr_array_unref (self->made);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Run, run_clear)

/**
 * kb_copy_result_free:
 * @self: (nullable) (transfer full): a result
 */
void
kb_copy_result_free (KbCopyResult *self)
{
    if (self == NULL)
        return;
    g_free (self->path);
    g_free (self->name);
    g_free (self);
}

/**
 * kb_copy_make_name:
 * @entry: a backup, or what a restore has replaced
 *
 * Makes a name that every disk takes. What a restore has replaced is a database and no dump, which
 * Kolibri's own dbrestore must never be given: so it is not called one.
 *
 * Returns: (transfer full): the name of a copy, unless there is another file of that name
 */
char *
kb_copy_make_name (const KbEntry *entry)
{
    g_autofree char *name =
        kb_kept_name_is_safe (entry->name)
            ? g_strconcat ("db-", entry->name + strlen (KEPT_PREFIX), ".sqlite3", NULL)
            : g_strdup (entry->name);
    char *valid = g_utf8_make_valid (name, -1);

    for (char *c = valid; *c != '\0'; c++)
        if (g_ascii_iscntrl (*c) || strchr (FORBIDDEN, *c) != NULL)
            *c = '_';
    return valid;
}

static gboolean
open_source (Run *self, GError **error)
{
    const KbCopyOptions *options = self->options;
    const char *path = options->entry->path;

    if (options->home != NULL && kb_file_is_same (path, kb_home_get_database (options->home))) {
        g_set_error (error, KB_ERROR, KB_ERROR_UNSUPPORTED, "copy: %s: this is the data in use",
                     path);
        return FALSE;
    }
    self->from = kb_platform_open_regular (path, !options->from_catalog, error);
    if (self->from < 0 || !kb_transfer_refuse_journals (path, error) ||
        !kb_platform_read_owner (path, &self->owner, error))
        return FALSE;
    self->size_bytes = (guint64) MAX (0, lseek (self->from, 0, SEEK_END));
    return TRUE;
}

/* Where the disk knows owners, what root copies belongs to whom the backup belongs. */
static void
hand_over (const Run *self, const char *path)
{
    kb_platform_give_to_owner (path, &self->owner, NULL);
}

/* Parts of copies that ended with the program, or the drive. Who is still at work holds a lock. */
static void
sweep (const Run *self)
{
    g_autoptr (GDir) dir = g_dir_open (self->options->folder, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
        if (!g_str_has_prefix (name, PART_PREFIX) || !g_str_has_suffix (name, KB_PART_SUFFIX))
            continue;
        g_autofree char *path = g_build_filename (self->options->folder, name, NULL);
        gboolean taken;
        g_auto (KbFd) lock = kb_platform_lock (path, NULL, &taken, NULL);
        if (lock >= 0)
            kb_platform_remove (path, NULL);
    }
}

static gboolean
open_folder (Run *self, GError **error)
{
    const char *folder = self->options->folder;
    gboolean found;

    if (!kb_file_look (folder, &found, error))
        return FALSE;
    if (found && !g_file_test (folder, G_FILE_TEST_IS_DIR)) {
        g_set_error (error, KB_ERROR, KB_ERROR_NOT_FOUND, "copy: %s: no folder", folder);
        return FALSE;
    }
    if (found) {
        sweep (self);
        return TRUE;
    }
    self->folder_is_new = TRUE;
    if (!kb_platform_make_dir (folder, NULL, error))
        return FALSE;
    hand_over (self, folder);
    return TRUE;
}

/* The first name that is free, or that the same bytes have already. */
static gboolean
find_name (Run *self, gboolean *is_there, GError **error)
{
    g_autofree char *wanted = kb_copy_make_name (self->options->entry);
    gboolean is_taken = TRUE;

    *is_there = FALSE;
    for (int i = 1; i <= KB_TRANSFER_NAME_TRIES && is_taken && !*is_there; i++) {
        g_free (self->name);
        g_free (self->path);
        self->name = kb_transfer_make_name (wanted, i);
        self->path = g_build_filename (self->options->folder, self->name, NULL);
        if (!kb_file_look (self->path, &is_taken, error) ||
            (is_taken && !kb_transfer_compare (self->from, self->options->entry->path, self->path,
                                               is_there, self->cancellable, error)))
            return FALSE;
    }
    if (is_taken && !*is_there)
        g_set_error (error, KB_ERROR, KB_ERROR_IO, "copy: %s: no free name", self->path);
    return !is_taken || *is_there;
}

static gboolean
find_space (const Run *self, GError **error)
{
    const char *folder = self->options->folder;
    uint64_t largest = kb_platform_largest_file (folder);

    if (self->size_bytes > largest) {
        g_set_error (error, KB_ERROR, KB_ERROR_FILE_TOO_LARGE,
                     "find space: %s: holds no file of more than %" G_GUINT64_FORMAT " bytes",
                     folder, (guint64) largest);
        return FALSE;
    }
    return kb_file_require_space (folder, self->size_bytes + SPACE_RESERVE, error);
}

/* Made first, for a drive that is read-only says so now and not that it is full. */
static gboolean
make_part (Run *self, GError **error)
{
    g_autofree char *uuid = g_uuid_string_random();
    g_autofree char *base = g_strconcat (PART_PREFIX, uuid, KB_PART_SUFFIX, NULL);
    gboolean taken;

    self->part = g_build_filename (self->options->folder, base, NULL);
    self->to = kb_platform_create (self->part, NULL, error);
    if (self->to < 0)
        return FALSE;
    self->has_begun = TRUE;
    g_ptr_array_add (self->made, g_strdup (self->part));
    self->lock = kb_platform_lock (self->part, NULL, &taken, NULL);
    hand_over (self, self->part);
    return TRUE;
}

/* Windows renames nothing that is open, and FUSE hides what is removed while it is (fuse(8),
 * hard_remove). */
static void
close_part (Run *self)
{
    kb_fd_close (self->to);
    kb_fd_close (self->lock);
    self->to = -1;
    self->lock = -1;
}

static gboolean
publish (Run *self, GError **error)
{
    close_part (self);
    KbNaming naming = kb_platform_publish (self->part, self->path, error);
    if (naming == KB_NAMING_DONE)
        g_ptr_array_add (self->made, g_strdup (self->path));
    if (naming == KB_NAMING_EXISTS)
        g_set_error (error, KB_ERROR, KB_ERROR_BUSY, "copy: %s: somebody else copies to there",
                     self->path);
    return naming == KB_NAMING_DONE;
}

/* A file beside the copy, which goes again with it unless somebody else's was there. */
static gboolean
write_beside (Run *self, const char *path, const char *text, gboolean replace, GError **error)
{
    gboolean found;

    if (!kb_file_look (path, &found, error))
        return FALSE;
    if (found && !replace)
        return TRUE;
    if (!found)
        g_ptr_array_add (self->made, g_strdup (path));
    if (!kb_file_save_text (path, text, strlen (text), NULL, error))
        return FALSE;
    hand_over (self, path);
    return TRUE;
}

/* Notes change, so a newer one replaces that of an earlier copy; texts of that name may be
 * somebody's own. */
static gboolean
write_texts (Run *self, GError **error)
{
    const KbCopyOptions *options = self->options;
    const char *note = options->note != NULL ? options->note : options->entry->note;
    g_autofree char *note_text = kb_backup_notes_format_note (note);
    g_autofree char *note_path = g_strconcat (self->path, ".ini", NULL);

    if (note_text != NULL && !write_beside (self, note_path, note_text, TRUE, error))
        return FALSE;
    if (options->guide_name == NULL || options->guide_text == NULL)
        return TRUE;
    g_autofree char *guide_path = g_build_filename (options->folder, options->guide_name, NULL);
    return write_beside (self, guide_path, options->guide_text, FALSE, error);
}

static gboolean
copy (Run *self, GError **error)
{
    const KbCopyOptions *options = self->options;

    return make_part (self, error) && find_space (self, error) &&
           kb_transfer_run (self->from, options->entry->path, self->to, self->part, self->progress,
                            self->cancellable, error) &&
           !g_cancellable_set_error_if_cancelled (self->cancellable, error) &&
           write_texts (self, error) && publish (self, error) &&
           kb_platform_sync_dir (options->folder, error);
}

/* Nothing is left behind. A drive that is gone is no matter of a wrong name. */
static void
take_back (Run *self, GError **error)
{
    close_part (self);
    while (self->made->len > 0) {
        kb_platform_remove (self->made->pdata[self->made->len - 1], NULL);
        g_ptr_array_remove_index (self->made, self->made->len - 1);
    }
    if (self->folder_is_new)
        kb_platform_remove (self->options->folder, NULL);
    if (self->has_begun && error != NULL && g_error_matches (*error, KB_ERROR, KB_ERROR_NOT_FOUND))
        (*error)->code = KB_ERROR_IO;
}

static KbCopyResult *
finish (Run *self, gboolean was_there_already)
{
    KbCopyResult *result = g_new0 (KbCopyResult, 1);

    result->path = g_steal_pointer (&self->path);
    result->name = g_steal_pointer (&self->name);
    result->size_bytes = self->size_bytes;
    result->was_there_already = was_there_already;
    kb_progress_set (self->progress, KB_PHASE_DONE, 1, 1);
    return result;
}

/**
 * kb_copy_run:
 * @options: what to copy, and where to
 * @progress: (nullable): counts bytes of the copying, then of the reading back
 * @cancellable: (nullable): looked at every 256 KiB; a cancel leaves nothing behind
 * @error: return location for a #GError
 *
 * Copies a backup to a USB drive or any other folder: looks for the space and for what the drive
 * can hold, copies, syncs, reads the copy back from the drive and compares, and only then gives it
 * its name. A file that is there is never replaced: one with the same bytes is the copy, one with
 * other bytes makes the copy take the next free name. The note goes beside it as NAME.ini, and the
 * guide, where there is none yet. Needs no lock, and no owners on the drive. Blocks; call it from a
 * worker thread.
 *
 * Errors: %KB_ERROR_NOT_FOUND when there is no such backup, or no place for the folder;
 * %KB_ERROR_NO_SPACE, %KB_ERROR_FILE_TOO_LARGE, %KB_ERROR_READ_ONLY, %KB_ERROR_PERMISSION,
 * %KB_ERROR_UNSUPPORTED for the data in use and for a database that has a log beside it,
 * %KB_ERROR_NOT_A_BACKUP when it is no regular file, %KB_ERROR_BUSY when somebody takes the name
 * meanwhile, %KB_ERROR_IO, also when the drive is pulled, %G_IO_ERROR_CANCELLED. With any of them
 * the backup itself is unchanged.
 *
 * Returns: (transfer full): the copy
 */
KbCopyResult *
kb_copy_run (const KbCopyOptions *options,
             KbProgress *progress,
             GCancellable *cancellable,
             GError **error)
{
    static const KbPhaseWeight plan[] = {
        {KB_PHASE_PREPARING, 2},
        {KB_PHASE_COPYING, 50},
        {KB_PHASE_SYNCING, 28},
        {KB_PHASE_CHECKING, 20},
    };
    g_auto (Run) self = {.options = options,
                         .progress = progress,
                         .cancellable = cancellable,
                         .from = -1,
                         .to = -1,
                         .lock = -1,
                         .made = g_ptr_array_new_with_free_func (g_free)};
    g_autoptr (GError) local = NULL;
    gboolean is_there = FALSE;

    kb_progress_plan (progress, plan, G_N_ELEMENTS (plan));
    kb_progress_set (progress, KB_PHASE_PREPARING, 0, 0);
    if (open_source (&self, &local) && open_folder (&self, &local) &&
        find_name (&self, &is_there, &local) && (is_there || copy (&self, &local))) {
        if (is_there)
            write_texts (&self, NULL); /* a drive that is read-only has the copy all the same */
        return finish (&self, is_there);
    }
    take_back (&self, &local);
    g_propagate_error (error, g_steal_pointer (&local));
    return NULL;
}
