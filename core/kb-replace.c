/* SPDX-License-Identifier: MIT */
#include "kb-replace.h"

#include "kb-error.h"
#include "kb-file.h"
#include "kb-kept.h"
#include "kb-live.h"
#include "kb-morango.h"
#include "kb-recover.h"
#include "kb-restore-record.h"
#include "kb-summary-reader.h"
#include "kb-version.h"

#define SPACE_RESERVE (8 * 1024 * 1024)

/* A Kolibri before this version does not start with task tables of another (issue 11047). */
#define FIRST_VERSION_THAT_REPAIRS_JOBS "0.15"

typedef struct {
    const KbReplaceOptions *options;
    KbProgress *progress;
    GCancellable *cancellable;

    KbRestoreRecord record;
    KbKept *kept;
    KbLive *live;
    gboolean committed;
} Run;

static void
run_clear (Run *self)
{
    g_free (self->record.old_version);
    kb_kept_free (self->kept);
    kb_live_release (self->live);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Run, run_clear)

static gboolean
passed (Run *self, KbReplaceStep step, GError **error)
{
    const KbReplaceOptions *options = self->options;

    return options->hook == NULL || options->hook (step, options->hook_data, error);
}

/* What is written from here to the end: the old data once more, and all new pages in a log or all
 * old ones in a journal. */
static gboolean
find_space (Run *self, GError **error)
{
    const char *database = kb_home_get_database (self->options->home);
    g_autofree char *dir = g_path_get_dirname (database);
    uint64_t old_bytes = kb_file_size (database);
    uint64_t new_bytes = kb_file_size (self->options->source);
    uint64_t needed = old_bytes + MAX (old_bytes, new_bytes) + SPACE_RESERVE;
    uint64_t available;

    if (!kb_platform_free_space (dir, &available, error))
        return FALSE;
    if (available < needed) {
        kb_error_set_space (error, needed, available, dir);
        return FALSE;
    }
    return TRUE;
}

static gboolean
write_record (Run *self, GError **error)
{
    const KbReplaceOptions *options = self->options;

    self->record.old_version = kb_home_read_data_version (options->home);
    self->kept = kb_kept_new (options->home, self->record.old_version);
    self->record.new_version = (char *) options->new_version;
    self->record.new_id = (char *) options->new_id;
    self->record.kept = self->kept->name;
    self->record.is_undo = options->is_undo;
    return kb_restore_record_save (&self->record, options->home, options->owner, error) &&
           passed (self, KB_REPLACE_RECORDED, error);
}

/* What the kept copy says about itself; a database in which it cannot be read is kept all the
 * same. */
static void
describe_kept (Run *self)
{
    KbSqlite *db = kb_live_get_connection (self->live);

    self->kept->database_id = kb_morango_read_current_id (db, NULL);
    self->kept->summary = kb_summary_read (db, NULL);
}

static gboolean
keep_old (Run *self, GError **error)
{
    const KbReplaceOptions *options = self->options;
    g_autofree char *part = kb_kept_part_dir (self->kept);
    g_autofree char *copy = g_build_filename (part, "db.sqlite3", NULL);

    describe_kept (self);
    kb_progress_set (self->progress, KB_PHASE_KEEPING, 0, 0);
    return kb_kept_begin (self->kept, options->home, options->owner, error) &&
           kb_live_keep (self->live, copy, options->owner, self->progress, self->cancellable,
                         error) &&
           kb_kept_save (self->kept, part, options->owner, error) &&
           kb_kept_publish (self->kept, options->home, error) &&
           passed (self, KB_REPLACE_KEPT, error);
}

/* Kolibri keeps device settings here for ten minutes; the new data has its own. */
static void
remove_process_cache (Run *self)
{
    g_autofree char *path =
        g_build_filename (kb_home_get_path (self->options->home), "process_cache", NULL);

    kb_file_remove_tree (path, NULL);
}

static gboolean
fold_wal (Run *self, GError **error)
{
    if (!kb_live_fold_wal (self->live, error))
        return FALSE;
    remove_process_cache (self);
    return passed (self, KB_REPLACE_FOLDED, error);
}

static gboolean
copy_in (Run *self, GError **error)
{
    return kb_live_copy_in (self->live, self->options->source, self->progress, self->cancellable,
                            error) &&
           passed (self, KB_REPLACE_COPIED, error);
}

/* Around the commit the lower of both versions: data under a mark that is too old is upgraded once
 * more, data under one that is too new never. */
static gboolean
mark_version (Run *self, GError **error)
{
    const char *old_version = self->record.old_version;
    const char *new_version = self->options->new_version;

    if (kb_version_compare_text (new_version, old_version) < 0 &&
        !kb_home_write_data_version (self->options->home, new_version, self->options->owner, error))
        return FALSE;
    return passed (self, KB_REPLACE_MARKED, error);
}

static gboolean
commit (Run *self, GError **error)
{
    if (g_cancellable_set_error_if_cancelled (self->cancellable, error) ||
        !kb_live_commit (self->live, self->progress, error))
        return FALSE;
    self->committed = TRUE;
    return passed (self, KB_REPLACE_COMMITTED, error);
}

static void
move_job_storage (Run *self)
{
    const KbReplaceOptions *options = self->options;

    if (kb_version_compare_text (options->new_version, FIRST_VERSION_THAT_REPAIRS_JOBS) >= 0)
        return;
    g_autofree char *from =
        g_build_filename (kb_home_get_path (options->home), "job_storage.sqlite3", NULL);
    g_autofree char *to = g_build_filename (self->kept->dir, "job_storage.sqlite3", NULL);
    if (g_file_test (from, G_FILE_TEST_EXISTS))
        kb_platform_replace (from, to, NULL);
}

/* The data is restored; nothing that fails from here on makes that undone. */
static gboolean
tidy (Run *self, GError **error)
{
    const KbReplaceOptions *options = self->options;
    gboolean differ = g_strcmp0 (options->new_version, self->record.old_version) != 0;

    if (differ &&
        !kb_home_write_data_version (options->home, options->new_version, options->owner, error))
        return FALSE;
    move_job_storage (self);
    if (self->live != NULL)
        kb_live_fold_wal (self->live, NULL); /* on a full disk whoever comes next does it */
    return passed (self, KB_REPLACE_TIDIED, error);
}

static gboolean
replace_held (Run *self, GError **error)
{
    return passed (self, KB_REPLACE_HELD, error) && keep_old (self, error) &&
           fold_wal (self, error) && copy_in (self, error) && mark_version (self, error) &&
           commit (self, error) && tidy (self, error);
}

/* No lock can be had on what is no database, so only the system can say whether somebody has it
 * open. */
static gboolean
check_nobody_has_it (const char *database, GError **error)
{
    int64_t pid = kb_platform_find_user_of_file (database);

    if (pid == 0)
        return TRUE;
    g_set_error (error, KB_ERROR, KB_ERROR_BUSY,
                 "move aside: %s: process %" G_GINT64_FORMAT " has it open", database, pid);
    return FALSE;
}

/* A new file in the place of a database must not meet the log of the old one: SQLite would bring
 * the old rows back (facts, 0.1). So the log goes first. */
static gboolean
move_journals (Run *self, const char *part, GError **error)
{
    static const char *const suffixes[] = {"-wal", "-journal", "-shm"};

    for (size_t i = 0; i < G_N_ELEMENTS (suffixes); i++) {
        g_autofree char *name = g_strconcat ("db.sqlite3", suffixes[i], NULL);
        g_autofree char *from =
            g_strconcat (kb_home_get_database (self->options->home), suffixes[i], NULL);
        g_autofree char *to = g_build_filename (part, name, NULL);
        if (g_file_test (from, G_FILE_TEST_EXISTS) && !kb_platform_replace (from, to, error))
            return FALSE;
    }
    return TRUE;
}

/* The old file gets a second name, so that there is a database at every moment; where the disk has
 * no links, it is renamed. */
static gboolean
keep_damaged (Run *self, GError **error)
{
    const KbReplaceOptions *options = self->options;
    const char *database = kb_home_get_database (options->home);
    g_autofree char *part = kb_kept_part_dir (self->kept);
    g_autofree char *copy = g_build_filename (part, "db.sqlite3", NULL);

    self->kept->was_damaged = TRUE;
    kb_progress_set (self->progress, KB_PHASE_KEEPING, 0, 0);
    if (!check_nobody_has_it (database, error) ||
        !kb_kept_begin (self->kept, options->home, options->owner, error))
        return FALSE;
    KbNaming naming = kb_platform_link (database, copy, error);
    if (naming == KB_NAMING_NO_LINKS && kb_platform_replace (database, copy, error))
        naming = KB_NAMING_DONE;
    return naming == KB_NAMING_DONE && move_journals (self, part, error) &&
           kb_kept_save (self->kept, part, options->owner, error) &&
           kb_kept_publish (self->kept, options->home, error) &&
           kb_file_sync_parent (database, error) && passed (self, KB_REPLACE_KEPT, error);
}

static gboolean
rename_in (Run *self, GError **error)
{
    const KbReplaceOptions *options = self->options;
    const char *database = kb_home_get_database (options->home);

    kb_progress_set (self->progress, KB_PHASE_COMMITTING, 0, 0);
    if (g_cancellable_set_error_if_cancelled (self->cancellable, error) ||
        !kb_platform_replace (options->source, database, error))
        return FALSE;
    self->committed = TRUE;
    return kb_file_sync_parent (database, error) && passed (self, KB_REPLACE_COMMITTED, error);
}

/* For a database that cannot be opened, or is not there: design.md §4, the last paragraph of
 * Restore. */
static gboolean
replace_unreadable (Run *self, gboolean is_missing, GError **error)
{
    const KbReplaceOptions *options = self->options;

    self->record.moves_aside = TRUE;
    if (is_missing)
        self->record.kept = NULL;
    if (!kb_restore_record_save (&self->record, options->home, options->owner, error) ||
        !kb_file_sync (options->source, error))
        return FALSE;
    if (!is_missing && !keep_damaged (self, error))
        return FALSE;
    remove_process_cache (self);
    return mark_version (self, error) && rename_in (self, error) && tidy (self, error);
}

/* Releasing rolls back what is not committed; what lies around is then put right as after a crash,
 * by the same code. Where that fails the record stays, and the next start goes on. */
static gboolean
finish (Run *self, gboolean ok, KbReplaceResult *result, GError **error)
{
    const KbReplaceOptions *options = self->options;
    KbRecovered recovered;

    g_clear_pointer (&self->live, kb_live_release);
    ok = ok && passed (self, KB_REPLACE_RELEASED, error);
    kb_recover_locked (options->home, options->owner, &recovered, NULL);
    if (!self->committed)
        return FALSE;
    if (!ok && error != NULL)
        g_clear_error (error);
    result->kept = g_strdup (self->record.kept);
    result->was_damaged = self->record.moves_aside && self->record.kept != NULL;
    return TRUE;
}

/**
 * kb_replace_run:
 * @options: what to bring in
 * @result: (out): what happened to the old data
 * @progress: (nullable): counts pages
 * @cancellable: (nullable): looked at until just before the commit
 * @error: return location for a #GError
 *
 * Keeps the database in use and copies another over it, as one synced transaction under an
 * exclusive lock.
 *
 * Errors: %KB_ERROR_BUSY when somebody has the database open, %KB_ERROR_NO_SPACE,
 * %KB_ERROR_PERMISSION, %KB_ERROR_IO, %G_IO_ERROR_CANCELLED. With any of them the old data is in
 * use, unchanged.
 *
 * Returns: %TRUE if the new data is in use
 */
gboolean
kb_replace_run (const KbReplaceOptions *options,
                KbReplaceResult *result,
                KbProgress *progress,
                GCancellable *cancellable,
                GError **error)
{
    g_auto (Run) self = {.options = options, .progress = progress, .cancellable = cancellable};
    gboolean ok = FALSE;

    *result = (KbReplaceResult){0};
    if (!find_space (&self, error))
        return FALSE;
    if (write_record (&self, error)) {
        KbLiveState state = kb_live_hold (kb_home_get_database (options->home), &self.live, error);
        if (state == KB_LIVE_HELD)
            ok = replace_held (&self, error);
        else if (state != KB_LIVE_FAILED)
            ok = replace_unreadable (&self, state == KB_LIVE_MISSING, error);
    }
    return finish (&self, ok, result, error);
}
