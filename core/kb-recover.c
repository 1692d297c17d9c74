/* SPDX-License-Identifier: MIT */
#include "kb-recover.h"

#include "kb-error.h"
#include "kb-file.h"
#include "kb-kept.h"
#include "kb-lock.h"
#include "kb-morango.h"
#include "kb-restore-record.h"
#include "kb-version.h"

static const char *const journal_suffixes[] = {"-journal", "-wal", "-shm", "-vacuum"};

/**
 * kb_recovered_to_string:
 * @kind: what had happened
 *
 * Returns: its name for machines
 */
const char *
kb_recovered_to_string (KbRecoveredKind kind)
{
    static const char *const names[] = {
        [KB_RECOVERED_NOTHING] = "nothing",
        [KB_RECOVERED_LEFTOVERS] = "leftovers",
        [KB_RECOVERED_OLD_DATA] = "old-data",
        [KB_RECOVERED_NEW_DATA] = "new-data",
    };

    return names[kind];
}

static gboolean
read_id (const KbHome *home, char **out, GError **error)
{
    g_autoptr (GError) local = NULL;
    g_autoptr (KbSqlite) db = kb_sqlite_open_for_reading (kb_home_get_database (home), &local);

    *out = db != NULL ? kb_morango_read_current_id (db, &local) : NULL;
    if (local == NULL || g_error_matches (local, KB_ERROR, KB_ERROR_CORRUPT))
        return TRUE;
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
}

/* Whether the database in use is the new one: the file that was to be renamed into place, or the
 * one with the new id. SQLite itself has finished or undone a commit by the time that the id is
 * read. A database that cannot be read is not the new one, which was checked. */
static gboolean
is_new_data (const KbHome *home, const KbRestoreRecord *record, gboolean *out, GError **error)
{
    g_autofree char *id = NULL;

    *out = FALSE;
    if (record->moves_aside && record->new_file != NULL) {
        g_autofree char *file = kb_restore_record_name_file (kb_home_get_database (home));
        *out = g_strcmp0 (file, record->new_file) == 0;
        return TRUE;
    }
    if (!kb_home_has_database (home))
        return TRUE;
    if (!read_id (home, &id, error))
        return FALSE;
    if (record->new_id != NULL)
        *out = g_strcmp0 (id, record->new_id) == 0;
    else
        *out = record->old_id != NULL && g_strcmp0 (id, record->old_id) != 0;
    return TRUE;
}

/* Puts `.data_version` right, but only where it still says what the restore wrote before its
 * commit: whatever else it says, Kolibri has written since. */
static gboolean
fix_data_version (const KbHome *home,
                  const KbRestoreRecord *record,
                  gboolean is_new,
                  const KbOwner *owner,
                  GError **error)
{
    gboolean new_is_lower = kb_version_compare_text (record->new_version, record->old_version) < 0;
    const char *lower = new_is_lower ? record->new_version : record->old_version;
    const char *right = is_new ? record->new_version : record->old_version;
    g_autofree char *present = kb_home_read_data_version (home);

    if (g_strcmp0 (present, lower) != 0 || g_strcmp0 (present, right) == 0)
        return TRUE;
    return kb_home_write_data_version (home, right, owner, error);
}

static gboolean
exists (const char *path)
{
    return g_file_test (path, G_FILE_TEST_EXISTS) || g_file_test (path, G_FILE_TEST_IS_SYMLINK);
}

/* A restore that was to move a damaged database aside may have been caught half way: what has
 * been moved goes back. */
static gboolean
move_back (const KbHome *home, const char *kept_dir, GError **error)
{
    static const char *const suffixes[] = {"", "-wal", "-journal", "-shm"};

    for (size_t i = 0; i < G_N_ELEMENTS (suffixes); i++) {
        g_autofree char *name = g_strconcat ("db.sqlite3", suffixes[i], NULL);
        g_autofree char *kept = g_build_filename (kept_dir, name, NULL);
        g_autofree char *live = g_strconcat (kb_home_get_database (home), suffixes[i], NULL);
        if (exists (kept) && !exists (live) && !kb_platform_replace (kept, live, error))
            return FALSE;
    }
    return kb_file_sync_parent (kb_home_get_database (home), error);
}

/* What an undo brings back may have been damaged, with logs of its own: they follow it. */
static gboolean
move_journals_in (const KbHome *home, GError **error)
{
    static const char *const suffixes[] = {"-wal", "-journal"};

    for (size_t i = 0; i < G_N_ELEMENTS (suffixes); i++) {
        g_autofree char *from = g_strconcat (kb_home_get_scratch (home), suffixes[i], NULL);
        g_autofree char *to = g_strconcat (kb_home_get_database (home), suffixes[i], NULL);
        if (exists (from) && !exists (to) && !kb_platform_replace (from, to, error))
            return FALSE;
    }
    return TRUE;
}

/* The old data is in use, so its kept copy is not needed; or the new data is, and the copy is. */
static gboolean
settle_kept (const KbHome *home, const KbRestoreRecord *record, gboolean is_new, GError **error)
{
    if (record->kept == NULL)
        return TRUE;
    g_autofree char *dir = g_build_filename (kb_home_get_replaced_dir (home), record->kept, NULL);
    g_autofree char *part = g_strconcat (dir, KB_PART_SUFFIX, NULL);
    if (is_new)
        return !exists (part) || exists (dir) || kb_platform_replace (part, dir, error);
    if (record->moves_aside && (!move_back (home, part, error) || !move_back (home, dir, error)))
        return FALSE;
    return kb_kept_remove (home, record->kept, error);
}

static gboolean
finish_restore (const KbHome *home, const KbOwner *owner, KbRecovered *out, GError **error)
{
    g_autoptr (KbRestoreRecord) record = kb_restore_record_load (home);
    gboolean is_new = FALSE;

    if (record == NULL)
        return TRUE;
    if (!is_new_data (home, record, &is_new, error) || !settle_kept (home, record, is_new, error) ||
        !fix_data_version (home, record, is_new, owner, error))
        return FALSE;
    if (is_new && record->moves_aside && record->is_undo && !move_journals_in (home, error))
        return FALSE;
    out->kind = is_new ? KB_RECOVERED_NEW_DATA : KB_RECOVERED_OLD_DATA;
    out->kolibri_was_stopped = record->kolibri_ran;
    return TRUE;
}

/* Names that only this program gives. */
static gboolean
is_our_part (const char *name)
{
    return g_str_has_suffix (name, ".dump" KB_PART_SUFFIX) ||
           g_str_has_suffix (name, ".ini" KB_PART_SUFFIX) ||
           g_str_has_suffix (name, ".data_version" KB_PART_SUFFIX) ||
           (g_str_has_prefix (name, "replaced-v") && g_str_has_suffix (name, KB_PART_SUFFIX));
}

/* Removes unfinished files of a folder, or, when @fix is %FALSE, looks whether there are any. */
static gboolean
sweep_parts (const char *path, gboolean fix, gboolean *found, GError **error)
{
    g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
        g_autofree char *file = g_build_filename (path, name, NULL);
        if (!is_our_part (name))
            continue;
        *found = TRUE;
        if (fix && !kb_file_remove_tree (file, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
sweep_scratch (const KbHome *home, gboolean fix, gboolean *found, GError **error)
{
    const char *scratch = kb_home_get_scratch (home);

    for (size_t i = 0; i < G_N_ELEMENTS (journal_suffixes); i++) {
        g_autofree char *journal = g_strconcat (scratch, journal_suffixes[i], NULL);
        *found = *found || exists (journal);
        if (fix && !kb_platform_remove (journal, error))
            return FALSE;
    }
    *found = *found || exists (scratch);
    return !fix || kb_platform_remove (scratch, error);
}

static gboolean
sweep (const KbHome *home, gboolean fix, gboolean *found, GError **error)
{
    return sweep_scratch (home, fix, found, error) &&
           sweep_parts (kb_home_get_path (home), fix, found, error) &&
           sweep_parts (kb_home_get_backups_dir (home), fix, found, error) &&
           sweep_parts (kb_home_get_protected_dir (home), fix, found, error) &&
           sweep_parts (kb_home_get_replaced_dir (home), fix, found, error);
}

/**
 * kb_recover_locked:
 * @home: a data folder whose lock the caller holds
 * @owner: to whom what is written shall belong
 * @out: (out): what had happened
 * @error: return location for a #GError
 *
 * Puts right what an interrupted run of ours left around the database; the database itself is
 * whole without us. It may be interrupted itself, any number of times.
 *
 * Errors: %KB_ERROR_BUSY, %KB_ERROR_PERMISSION, %KB_ERROR_NO_SPACE, %KB_ERROR_IO.
 *
 * Returns: %TRUE on success
 */
gboolean
kb_recover_locked (const KbHome *home, const KbOwner *owner, KbRecovered *out, GError **error)
{
    gboolean found = FALSE;

    *out = (KbRecovered){0};
    if (!finish_restore (home, owner, out, error) || !sweep (home, TRUE, &found, error))
        return FALSE;
    if (found && out->kind == KB_RECOVERED_NOTHING)
        out->kind = KB_RECOVERED_LEFTOVERS;
    return !exists (kb_home_get_restore_ini (home)) || kb_restore_record_remove (home, error);
}

/**
 * kb_recover_run:
 * @home: a data folder
 * @out: (out): what had happened
 * @error: return location for a #GError
 *
 * Does what kb_recover_locked() does, at the start of a program. Takes the lock only when there is
 * something to put right. While another program of ours is at work, everything is left to it.
 *
 * Errors: as kb_recover_locked().
 *
 * Returns: %TRUE on success
 */
gboolean
kb_recover_run (const KbHome *home, KbRecovered *out, GError **error)
{
    g_autoptr (GError) local = NULL;
    gboolean found = exists (kb_home_get_restore_ini (home));
    KbOwner owner;

    *out = (KbRecovered){0};
    if (!sweep (home, FALSE, &found, error))
        return FALSE;
    if (!found)
        return TRUE;
    if (!kb_home_read_owner (home, &owner, error))
        return FALSE;
    g_autoptr (KbLock) lock = kb_lock_acquire (home, &owner, &local);
    if (lock == NULL) {
        if (g_error_matches (local, KB_ERROR, KB_ERROR_BUSY))
            return TRUE;
        g_propagate_error (error, g_steal_pointer (&local));
        return FALSE;
    }
    return kb_recover_locked (home, &owner, out, error);
}
