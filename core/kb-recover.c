/* SPDX-License-Identifier: MIT */
#include "kb-recover.h"

#include "kb-control.h"
#include "kb-error.h"
#include "kb-file.h"
#include "kb-kept.h"
#include "kb-load.h"
#include "kb-lock.h"
#include "kb-morango.h"
#include "kb-restore-record.h"
#include "kb-version.h"

#include <string.h>

static const char *const scratch_suffixes[] = {"-journal",        "-wal",    "-shm",
                                               "-vacuum-journal", "-vacuum", KB_LOAD_SECOND_SUFFIX};
#define KEPT_PREFIX "replaced-v"
#define OUR_PREFIX "kolibri-backup-"
#define DATABASE_PART ".dump" KB_PART_SUFFIX "-" /* what SQLite puts beside a part of an import */

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

/* Which data is in use. */
typedef enum {
    DATA_OLD,
    DATA_NEW,
    DATA_UNKNOWN, /* damaged since, or restored by somebody else */
} Data;

/* SQLite calls a read that fails damage (SQLITE_IOERR_CORRUPTFS), so damage has to show twice. */
static gboolean
read_id (const KbHome *home, char **out, gboolean *is_readable, GError **error)
{
    g_autoptr (GError) local = NULL;

    *out = NULL;
    *is_readable = FALSE;
    for (int i = 0; i < 2 && !*is_readable; i++) {
        g_clear_error (&local);
        g_autoptr (KbSqlite) db = kb_sqlite_open_for_reading (kb_home_get_database (home), &local);
        *out = db != NULL ? kb_morango_read_current_id (db, &local) : NULL;
        *is_readable = local == NULL;
        if (local != NULL && !g_error_matches (local, KB_ERROR, KB_ERROR_CORRUPT)) {
            g_propagate_error (error, g_steal_pointer (&local));
            return FALSE;
        }
    }
    return TRUE;
}

/* Where files are copied in, the id tells. SQLite itself has finished or undone a commit by the
 * time that it is read. */
static Data
tell_by_id (const KbRestoreRecord *record, const char *id, gboolean is_readable)
{
    if (is_readable && record->old_id != NULL && g_strcmp0 (id, record->old_id) == 0)
        return DATA_OLD;
    if (is_readable && record->new_id != NULL && g_strcmp0 (id, record->new_id) == 0)
        return DATA_NEW;
    if (is_readable && record->new_id == NULL && record->old_id != NULL)
        return DATA_NEW;
    return DATA_UNKNOWN;
}

/* Where a file is renamed into place, it is the new one as soon as it has lost its first name. That
 * it went this way, and not by the recovery before, its number proves; but on FAT the numbers of
 * files, and everywhere those of disks, are others after a restart. Then what was a database is
 * damaged now, or the other way round. */
static Data
tell_by_file (const KbHome *home,
              const KbRestoreRecord *record,
              const char *id,
              gboolean is_readable)
{
    g_autofree char *file = kb_restore_record_name_file (kb_home_get_database (home));
    Data data = tell_by_id (record, id, is_readable);

    if (file != NULL && g_strcmp0 (file, record->new_file) == 0)
        return DATA_NEW;
    if (data != DATA_UNKNOWN)
        return data;
    gboolean has_turned = is_readable ? record->old_id == NULL : record->new_id == NULL;
    return has_turned ? DATA_NEW : DATA_UNKNOWN;
}

/* Nothing is replaced before the old data is kept, or as long as a file that was to be renamed into
 * place waits beside. */
static gboolean
has_not_begun (const KbHome *home, const KbRestoreRecord *record, gboolean *out, GError **error)
{
    gboolean found = TRUE;

    if (record->moves_aside)
        return kb_file_look (kb_home_get_scratch (home), out, error);
    if (record->kept != NULL) {
        g_autofree char *dir =
            g_build_filename (kb_home_get_replaced_dir (home), record->kept, NULL);
        if (!kb_file_look (dir, &found, error))
            return FALSE;
    }
    *out = !found;
    return TRUE;
}

static gboolean
tell (const KbHome *home, const KbRestoreRecord *record, Data *out, GError **error)
{
    g_autofree char *id = NULL;
    gboolean is_readable;
    gboolean is_old;
    gboolean found;

    *out = DATA_OLD;
    if (!has_not_begun (home, record, &is_old, error))
        return FALSE;
    if (is_old)
        return TRUE;
    *out = DATA_UNKNOWN;
    if (!kb_file_look (kb_home_get_database (home), &found, error))
        return FALSE;
    if (!found)
        return TRUE;
    if (!read_id (home, &id, &is_readable, error))
        return FALSE;
    *out = record->moves_aside ? tell_by_file (home, record, id, is_readable)
                               : tell_by_id (record, id, is_readable);
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
    g_autofree char *present = NULL;

    if (!kb_home_load_data_version (home, &present, error))
        return FALSE;
    if (g_strcmp0 (present, lower) != 0 || g_strcmp0 (present, right) == 0)
        return TRUE;
    return kb_home_write_data_version (home, right, owner, error);
}

static gboolean
exists (const char *path)
{
    return g_file_test (path, G_FILE_TEST_EXISTS) || kb_platform_is_link (path);
}

/* Renames what is there to where nothing is. */
static gboolean
move_to_free_name (const char *from, const char *to, GError **error)
{
    gboolean is_there, is_taken;

    if (!kb_file_look (from, &is_there, error) || !kb_file_look (to, &is_taken, error))
        return FALSE;
    return !is_there || is_taken || kb_platform_replace (from, to, error);
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
        if (!move_to_free_name (kept, live, error))
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
        if (!move_to_free_name (from, to, error))
            return FALSE;
    }
    return kb_file_sync_parent (kb_home_get_database (home), error);
}

/* The old data is in use, so its kept copy is not needed. In any other case it stays. */
static gboolean
forget_kept (const KbHome *home, const KbRestoreRecord *record, GError **error)
{
    if (record->kept == NULL)
        return TRUE;
    g_autofree char *dir = g_build_filename (kb_home_get_replaced_dir (home), record->kept, NULL);
    g_autofree char *part = g_strconcat (dir, KB_PART_SUFFIX, NULL);
    if (record->moves_aside && (!move_back (home, part, error) || !move_back (home, dir, error)))
        return FALSE;
    return kb_kept_remove (home, record->kept, error);
}

static gboolean
finish_restore (const KbHome *home, const KbOwner *owner, KbRecovered *out, GError **error)
{
    g_autoptr (GError) local = NULL;
    g_autoptr (KbRestoreRecord) record = kb_restore_record_load (home, &local);
    Data data;

    if (local != NULL) {
        g_propagate_error (error, g_steal_pointer (&local));
        return FALSE;
    }
    if (record == NULL)
        return TRUE;
    if (!tell (home, record, &data, error) ||
        (data == DATA_OLD && !forget_kept (home, record, error)) ||
        (data != DATA_UNKNOWN &&
         !fix_data_version (home, record, data == DATA_NEW, owner, error)) ||
        (data == DATA_NEW && record->moves_aside && record->is_undo &&
         !move_journals_in (home, error)))
        return FALSE;
    out->kolibri_was_stopped = record->kolibri_ran;
    if (data != DATA_UNKNOWN)
        out->kind = data == DATA_NEW ? KB_RECOVERED_NEW_DATA : KB_RECOVERED_OLD_DATA;
    else
        out->kind = KB_RECOVERED_LEFTOVERS;
    return TRUE;
}

/* Names that only this program gives. */
static gboolean
is_our_part (const char *name)
{
    return g_str_has_suffix (name, ".dump" KB_PART_SUFFIX) ||
           (g_str_has_prefix (name, OUR_PREFIX) && strstr (name, DATABASE_PART) != NULL) ||
           g_str_has_suffix (name, ".ini" KB_PART_SUFFIX) ||
           g_str_has_suffix (name, ".data_version" KB_PART_SUFFIX) ||
           (g_str_has_prefix (name, KEPT_PREFIX) && g_str_has_suffix (name, KB_PART_SUFFIX));
}

/* Removes unfinished files of a folder, and, when they are kept data, of what is kept. With @fix
 * being %FALSE it only looks whether there are any. */
static gboolean
sweep_parts (const char *path, gboolean fix, gboolean *found, GError **error)
{
    g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
        g_autofree char *file = g_build_filename (path, name, NULL);
        if (!is_our_part (name)) {
            if (g_str_has_prefix (name, KEPT_PREFIX) && !sweep_parts (file, fix, found, error))
                return FALSE;
            continue;
        }
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

    for (size_t i = 0; i < G_N_ELEMENTS (scratch_suffixes); i++) {
        g_autofree char *journal = g_strconcat (scratch, scratch_suffixes[i], NULL);
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
           sweep_parts (kb_home_get_replaced_dir (home), fix, found, error) &&
           sweep_parts (kb_home_get_deleted_dir (home), fix, found, error);
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
    gboolean is_recorded;

    *out = (KbRecovered){0};
    if (!finish_restore (home, owner, out, error) || !sweep (home, TRUE, &found, error) ||
        !kb_file_look (kb_home_get_restore_ini (home), &is_recorded, error))
        return FALSE;
    if (found && out->kind == KB_RECOVERED_NOTHING)
        out->kind = KB_RECOVERED_LEFTOVERS;
    return !is_recorded || kb_restore_record_remove (home, error);
}

/**
 * kb_recover_run:
 * @home: a data folder
 * @out: (out): what had happened
 * @error: return location for a #GError
 *
 * Does what kb_recover_locked() does, at the start of a program, and then starts the Kolibri that
 * had been stopped, where that is a matter of one word. Takes the lock only when there is something
 * to put right. While another program of ours is at work, everything is left to it.
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
    g_autoptr (KbRestoreRecord) record = kb_restore_record_load (home, NULL);
    if (!kb_recover_locked (home, &owner, out, error))
        return FALSE;
    kb_lock_release (g_steal_pointer (&lock));
    if (out->kolibri_was_stopped && record != NULL)
        out->kolibri_was_started = kb_control_resume (home, record->stopped_by);
    return TRUE;
}
