/* SPDX-License-Identifier: MIT */
#include "kb-catalog-change.h"

#include "kb-backup-notes.h"
#include "kb-file.h"
#include "kb-lock.h"

/* What a change of the notes works on. */
typedef struct {
    KbLock *lock;
    KbOwner owner;
    KbEntry *entry;
    KbBackupNotes *notes;
} Change;

static void
change_clear (Change *self)
{
    kb_entry_unref (self->entry);
    kb_backup_notes_free (self->notes);
    kb_lock_release (self->lock);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Change, change_clear)

/* Under the lock, so that no two changes read the same notes and one of them gets lost. */
static gboolean
begin (Change *self, const KbHome *home, const char *name, GError **error)
{
    self->entry = kb_catalog_find_any (home, name, error);
    if (self->entry == NULL || !kb_home_read_owner (home, &self->owner, error))
        return FALSE;
    self->lock = kb_lock_acquire (home, &self->owner, error);
    if (self->lock == NULL)
        return FALSE;
    self->notes = kb_backup_notes_load_to_change (home, name, error);
    return self->notes != NULL;
}

/* What the person has marked is out of reach of Kolibri's pruning, whoever made it (design.md §3).
 * It stays so when the mark goes: only the person deletes it. */
static gboolean
protect (const Change *self, const KbHome *home, GError **error)
{
    const char *dir = kb_home_get_protected_dir (home);
    g_autofree char *path = g_build_filename (dir, self->entry->name, NULL);

    if (self->entry->is_protected)
        return TRUE;
    return kb_file_link_or_copy (self->entry->path, path, &self->owner, NULL, error) !=
               KB_NAMING_FAILED &&
           kb_platform_sync_dir (dir, error);
}

static gboolean
save (const Change *self, const KbHome *home, GError **error)
{
    return kb_backup_notes_save (self->notes, home, self->entry->name, &self->owner, error);
}

/**
 * kb_catalog_set_keep:
 * @home: a data folder
 * @name: the name of a backup in it, or of what a restore has replaced
 * @keep: whether tidying up shall never take it
 * @error: return location for a #GError
 *
 * Marks a backup as one to keep, or takes the mark away. A backup that is marked gets a second name
 * in `protected/`, which it does not lose again. Blocks; on a disk without hard links it copies the
 * file.
 *
 * Errors: %KB_ERROR_NOT_FOUND, %KB_ERROR_NOT_A_BACKUP when it is no regular file, %KB_ERROR_BUSY
 * when another program of ours is at work, %KB_ERROR_PERMISSION, %KB_ERROR_NO_SPACE,
 * %KB_ERROR_READ_ONLY, %KB_ERROR_IO. With any of them the mark is as it was.
 *
 * Returns: %TRUE on success
 */
gboolean
kb_catalog_set_keep (const KbHome *home, const char *name, gboolean keep, GError **error)
{
    g_auto (Change) self = {0};

    if (!begin (&self, home, name, error) || (keep && !protect (&self, home, error)))
        return FALSE;
    self.notes->keep = keep;
    return save (&self, home, error);
}

/**
 * kb_catalog_set_note:
 * @home: a data folder
 * @name: the name of a backup in it, or of what a restore has replaced
 * @note: (nullable): what the person writes about it, made fit by kb_backup_notes_clean(); %NULL or
 *     nothing but spaces to take a note away
 * @error: return location for a #GError
 *
 * Writes a note to a backup, which also gets a second name in `protected/`. Blocks, as
 * kb_catalog_set_keep() does.
 *
 * Errors: as kb_catalog_set_keep(). With any of them the note is as it was.
 *
 * Returns: %TRUE on success
 */
gboolean
kb_catalog_set_note (const KbHome *home, const char *name, const char *note, GError **error)
{
    g_autofree char *clean = kb_backup_notes_clean (note);
    g_auto (Change) self = {0};

    if (!begin (&self, home, name, error) || (clean != NULL && !protect (&self, home, error)))
        return FALSE;
    g_free (self.notes->note);
    self.notes->note = g_steal_pointer (&clean);
    return save (&self, home, error);
}

/**
 * kb_catalog_set_checked:
 * @home: a data folder
 * @name: the file name of a backup in it
 * @result: `ok`, or the name of an error code
 * @summary: (nullable): what the check has found in it
 * @error: return location for a #GError
 *
 * Remembers that a backup was checked just now, and what is in it.
 *
 * Errors: as kb_catalog_set_keep().
 *
 * Returns: %TRUE on success
 */
gboolean
kb_catalog_set_checked (const KbHome *home,
                        const char *name,
                        const char *result,
                        const KbSummary *summary,
                        GError **error)
{
    g_auto (Change) self = {0};
    KbFileStamp stamp;

    if (!begin (&self, home, name, error))
        return FALSE;
    if (!kb_file_stamp_read (self.entry->path, &stamp))
        return TRUE;
    kb_backup_notes_set_checked (self.notes, result, &stamp);
    if (summary != NULL) {
        kb_summary_free (self.notes->summary);
        self.notes->summary = kb_summary_copy (summary);
        self.notes->summary_stamp = stamp;
    }
    return save (&self, home, error);
}
