/* SPDX-License-Identifier: MIT */
#include "kb-replace.h"

#include "kb-control.h"
#include "kb-error.h"
#include "kb-file.h"
#include "kb-kept.h"
#include "kb-live.h"
#include "kb-morango.h"
#include "kb-recover.h"
#include "kb-restore-record.h"
#include "kb-summary-reader.h"
#include "kb-version.h"

/* A Kolibri before this version does not start with task tables of another (issue 11047). */
#define FIRST_VERSION_THAT_REPAIRS_JOBS "0.15"

static const char *const journal_suffixes[] = {"-wal", "-journal", "-shm"};

typedef struct {
    const KbReplaceOptions *options;
    KbProgress *progress;
    GCancellable *cancellable;

    const char *database;
    KbRestoreRecord record;
    KbKept *kept;
    KbLive *live;
    KbStopped *server;
    gboolean committed;
} Run;

static void
run_clear (Run *self)
{
    g_free (self->record.old_version);
    g_free (self->record.old_id);
    g_free (self->record.new_file);
    g_free (self->record.stopped_by);
    kb_kept_free (self->kept);
    kb_live_release (self->live);
    kb_stopped_free (self->server);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Run, run_clear)

/**
 * kb_replace_enter:
 * @home: a data folder
 * @owner: (out): to whom the database belongs
 * @error: return location for a #GError
 *
 * Begins an operation that replaces data: refuses what it cannot work on, takes the lock, and puts
 * right what an interrupted run has left.
 *
 * Errors: %KB_ERROR_UNSUPPORTED for PostgreSQL, %KB_ERROR_PERMISSION when the data belongs to
 * another user, %KB_ERROR_BUSY when another program of ours is at work, %KB_ERROR_IO.
 *
 * Returns: (transfer full): the lock, to be held to the end
 */
KbLock *
kb_replace_enter (const KbHome *home, KbOwner *owner, GError **error)
{
    KbRecovered recovered;

    if (!kb_home_check_usable (home, error) || !kb_home_read_owner (home, owner, error))
        return NULL;
    if (!kb_platform_owner_is_us (owner)) {
        g_set_error (error, KB_ERROR, KB_ERROR_PERMISSION, "replace: %s: belongs to another user",
                     kb_home_get_database (home));
        return NULL;
    }
    g_autoptr (KbLock) lock = kb_lock_acquire (home, owner, error);
    if (lock == NULL || !kb_recover_locked (home, owner, &recovered, error))
        return NULL;
    return g_steal_pointer (&lock);
}

/**
 * kb_replace_refuse_newer:
 * @version: (nullable): the version of the data to bring in
 * @installed_version: (nullable): the version of the program, where one was found
 * @data_version: (nullable): the version of the data in use
 * @accept_newer: whether the person has been warned: only where there is no program to ask
 * @error: return location for a #GError
 *
 * With an installed Kolibri the rule is firm. Without one to ask, the data in use says what Kolibri
 * there was, and the person may know better.
 *
 * Errors: %KB_ERROR_TOO_NEW.
 *
 * Returns: %TRUE if Kolibri can work with the data
 */
gboolean
kb_replace_refuse_newer (const char *version,
                         const char *installed_version,
                         const char *data_version,
                         gboolean accept_newer,
                         GError **error)
{
    const char *limit = installed_version != NULL ? installed_version : data_version;

    if (limit == NULL || kb_version_compare_release (version, limit) <= 0)
        return TRUE;
    if (installed_version == NULL && accept_newer)
        return TRUE;
    g_autofree char *text =
        g_strdup_printf ("replace: the data needs Kolibri %s, there is %s", version, limit);
    kb_error_set_version (error, KB_ERROR_TOO_NEW, version, text);
    return FALSE;
}

/**
 * kb_replace_refuse_running:
 * @home: a data folder
 * @cancellable: (nullable): ends the wait for an answer
 * @error: return location for a #GError
 *
 * Asks whether Kolibri runs. An idle server has no file open and holds no lock, so nothing else
 * tells. Where nobody can see it, it counts as running.
 *
 * Errors: %KB_ERROR_BUSY, %G_IO_ERROR_CANCELLED.
 *
 * Returns: %TRUE if it does not run
 */
gboolean
kb_replace_refuse_running (const KbHome *home, GCancellable *cancellable, GError **error)
{
    g_autoptr (KbServerLook) look = kb_server_look_new (home, cancellable);

    if (g_cancellable_set_error_if_cancelled (cancellable, error)) /* it may have answered */
        return FALSE;
    if (look->state == KB_SERVER_STOPPED)
        return TRUE;
    g_set_error (error, KB_ERROR, KB_ERROR_BUSY, "replace: Kolibri is %s, by %s",
                 kb_server_state_to_string (look->state), kb_server_proof_to_string (look->proof));
    return FALSE;
}

/**
 * kb_replace_refuse_hopeless:
 * @home: a data folder
 * @stop_kolibri: whether a running Kolibri may be stopped
 * @cancellable: (nullable): ends the wait for an answer
 * @error: return location for a #GError
 *
 * Refuses, before there is any work, what a running Kolibri would prevent in the end: it may not be
 * stopped, or cannot from here.
 *
 * Errors: %KB_ERROR_BUSY, %G_IO_ERROR_CANCELLED.
 *
 * Returns: %TRUE if Kolibri does not run, or can be stopped
 */
gboolean
kb_replace_refuse_hopeless (const KbHome *home,
                            gboolean stop_kolibri,
                            GCancellable *cancellable,
                            GError **error)
{
    g_autoptr (KbServerLook) look = NULL;

    if (!stop_kolibri)
        return kb_replace_refuse_running (home, cancellable, error);
    look = kb_server_look_new (home, cancellable);
    return !g_cancellable_set_error_if_cancelled (cancellable, error) &&
           kb_control_check (look, home, error);
}

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
    g_autofree char *dir = g_path_get_dirname (self->database);
    uint64_t old_bytes = kb_file_size (self->database);
    uint64_t new_bytes = kb_file_size (self->options->source);

    return kb_file_require_space (
        dir, old_bytes + MAX (old_bytes, new_bytes) + KB_FILE_SPACE_RESERVE, error);
}

static gboolean
save_record (Run *self, GError **error)
{
    return kb_restore_record_save (&self->record, self->options->home, self->options->owner, error);
}

/* Recovery tells the old data by it. A database that is damaged or missing has none. */
static gboolean
read_old_id (Run *self, GError **error)
{
    g_autoptr (GError) local = NULL;
    gboolean found;

    if (!kb_file_look (self->database, &found, error))
        return FALSE;
    g_autoptr (KbSqlite) db = found ? kb_sqlite_open_for_reading (self->database, &local) : NULL;
    self->record.old_id = db != NULL ? kb_morango_read_current_id (db, &local) : NULL;
    if (local == NULL || g_error_matches (local, KB_ERROR, KB_ERROR_CORRUPT))
        return TRUE;
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
}

static gboolean
write_record (Run *self, GError **error)
{
    const KbReplaceOptions *options = self->options;

    if (!kb_home_load_data_version (options->home, &self->record.old_version, error) ||
        !read_old_id (self, error))
        return FALSE;
    self->kept = kb_kept_new (options->home, self->record.old_version);
    self->record.new_version = (char *) options->new_version;
    self->record.new_id = (char *) options->new_id;
    self->record.kept = self->kept->name;
    self->record.is_undo = options->is_undo;
    return save_record (self, error) && passed (self, KB_REPLACE_RECORDED, error);
}

static gboolean
stop_server (Run *self, GError **error)
{
    const KbHome *home = self->options->home;
    g_autoptr (GError) local = NULL;

    kb_progress_set (self->progress, KB_PHASE_STOPPING, 0, 0);
    g_autoptr (KbServerLook) look = kb_server_look_new (home, self->cancellable);
    self->record.kolibri_ran = look->state != KB_SERVER_STOPPED;
    if (self->record.kolibri_ran) {
        self->record.stopped_by = kb_server_look_name_way (look);
        if (!save_record (self, error))
            return FALSE;
    }
    self->server = kb_control_stop (home, look, self->cancellable, &local);
    if (local == NULL)
        return TRUE;
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
}

static gboolean
stop_kolibri (Run *self, GError **error)
{
    const KbReplaceOptions *options = self->options;
    gboolean stopped = options->stop_kolibri
                           ? stop_server (self, error)
                           : kb_replace_refuse_running (options->home, self->cancellable, error);

    return stopped && passed (self, KB_REPLACE_STOPPED, error);
}

/* Nobody else may use the data while it is replaced. In WAL mode the lock says so; but an idle
 * server has no connection, and in the other modes an idle connection has no lock. */
static gboolean
check_alone (Run *self, GError **error)
{
    int64_t pid = kb_platform_find_user_of_file (self->database);

    if (pid != 0) {
        g_set_error (error, KB_ERROR, KB_ERROR_BUSY,
                     "hold: %s: process %" G_GINT64_FORMAT " has it open", self->database, pid);
        return FALSE;
    }
    return kb_replace_refuse_running (self->options->home, self->cancellable, error);
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
    return passed (self, KB_REPLACE_MARKED, error) && check_alone (self, error) &&
           !g_cancellable_set_error_if_cancelled (self->cancellable, error);
}

static gboolean
commit (Run *self, GError **error)
{
    if (!kb_live_commit (self->live, self->progress, error))
        return FALSE;
    self->committed = TRUE;
    return passed (self, KB_REPLACE_COMMITTED, error);
}

static void
move_job_storage (Run *self)
{
    const KbReplaceOptions *options = self->options;

    if (self->record.kept == NULL ||
        kb_version_compare_text (options->new_version, FIRST_VERSION_THAT_REPAIRS_JOBS) >= 0)
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
prepare_page_size (Run *self, GError **error)
{
    g_autoptr (KbSqlite) source =
        kb_sqlite_open (self->options->source, SQLITE_OPEN_READWRITE, error);
    gint64 page_size;

    return source != NULL &&
           kb_sqlite_query_int64 (source, "PRAGMA page_size", &page_size, error) &&
           kb_live_set_page_size (self->live, (unsigned) page_size, error);
}

/* A file that is to be renamed into place is told by having lost its name; so that is on the disk
 * before the record is. */
static gboolean
record_file (Run *self, GError **error)
{
    self->record.moves_aside = TRUE;
    self->record.new_file = kb_restore_record_name_file (kb_home_get_scratch (self->options->home));
    return kb_file_sync_parent (self->database, error) && save_record (self, error);
}

static gboolean
copy_file (Run *self, const char *from, const char *to, GError **error)
{
    return kb_file_copy (from, to, self->options->owner, self->progress, self->cancellable, error);
}

/* Only the scratch file may be renamed away: of anything else a copy. */
static gboolean
make_scratch (Run *self, GError **error)
{
    const char *source = self->options->source;
    const char *scratch = kb_home_get_scratch (self->options->home);

    if (g_strcmp0 (source, scratch) == 0)
        return kb_file_sync (scratch, error);
    if (!copy_file (self, source, scratch, error))
        return FALSE;
    for (size_t i = 0; i < 2 && self->options->source_is_damaged; i++) {
        g_autofree char *from = g_strconcat (source, journal_suffixes[i], NULL);
        g_autofree char *to = g_strconcat (scratch, journal_suffixes[i], NULL);
        gboolean found;
        if (!kb_file_look (from, &found, error) || (found && !copy_file (self, from, to, error)))
            return FALSE;
    }
    return TRUE;
}

static gboolean
rename_in (Run *self, GError **error)
{
    const char *scratch = kb_home_get_scratch (self->options->home);

    kb_progress_set (self->progress, KB_PHASE_COMMITTING, 0, 0);
    if (!kb_platform_copy_attributes (self->database, scratch, error) ||
        !kb_platform_replace (scratch, self->database, error))
        return FALSE;
    self->committed = TRUE;
    return kb_file_sync_parent (self->database, error) &&
           passed (self, KB_REPLACE_COMMITTED, error);
}

/* What was kept because SQLite could not open it goes back as it was, in the place of data that it
 * can: keep that, let go, rename. */
static gboolean
replace_by_damaged (Run *self, GError **error)
{
    if (!keep_old (self, error) || !fold_wal (self, error) || !make_scratch (self, error) ||
        !record_file (self, error))
        return FALSE;
    g_clear_pointer (&self->live, kb_live_release);
    return mark_version (self, error) && rename_in (self, error) && tidy (self, error);
}

static gboolean
replace_held (Run *self, GError **error)
{
    if (!passed (self, KB_REPLACE_HELD, error) || !check_alone (self, error))
        return FALSE;
    if (self->options->source_is_damaged)
        return replace_by_damaged (self, error);
    return keep_old (self, error) && fold_wal (self, error) && prepare_page_size (self, error) &&
           copy_in (self, error) && mark_version (self, error) && commit (self, error) &&
           tidy (self, error);
}

/* A new file in the place of a database must not meet the log of the old one: SQLite would bring
 * the old rows back (facts, 0.1). So the log goes first. */
static gboolean
move_journals (Run *self, const char *part, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS (journal_suffixes); i++) {
        g_autofree char *name = g_strconcat ("db.sqlite3", journal_suffixes[i], NULL);
        g_autofree char *from = g_strconcat (self->database, journal_suffixes[i], NULL);
        g_autofree char *to = g_build_filename (part, name, NULL);
        gboolean found;
        if (!kb_file_look (from, &found, error) ||
            (found && !kb_platform_replace (from, to, error)))
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
    g_autofree char *part = kb_kept_part_dir (self->kept);
    g_autofree char *copy = g_build_filename (part, "db.sqlite3", NULL);

    self->kept->was_damaged = TRUE;
    kb_progress_set (self->progress, KB_PHASE_KEEPING, 0, 0);
    if (!kb_kept_begin (self->kept, options->home, options->owner, error))
        return FALSE;
    KbNaming naming = kb_platform_link (self->database, copy, error);
    if (naming == KB_NAMING_NO_LINKS && kb_platform_replace (self->database, copy, error))
        naming = KB_NAMING_DONE;
    return naming == KB_NAMING_DONE && move_journals (self, part, error) &&
           kb_kept_save (self->kept, part, options->owner, error) &&
           kb_kept_publish (self->kept, options->home, error) &&
           kb_file_sync_parent (self->database, error) && passed (self, KB_REPLACE_KEPT, error);
}

/* For a database that cannot be opened, or is not there: design.md §4, the last paragraph of
 * Restore. */
static gboolean
replace_unreadable (Run *self, gboolean is_missing, GError **error)
{
    if (!make_scratch (self, error) || !check_alone (self, error))
        return FALSE;
    if (is_missing)
        self->record.kept = NULL;
    if (!record_file (self, error) || (!is_missing && !keep_damaged (self, error)))
        return FALSE;
    remove_process_cache (self);
    return mark_version (self, error) && rename_in (self, error) && tidy (self, error);
}

static void
start_kolibri (Run *self, KbReplaceResult *result)
{
    if (self->server == NULL)
        return;
    kb_progress_set (self->progress, KB_PHASE_STARTING, 0, 0);
    result->kolibri_was_stopped = TRUE;
    result->kolibri_was_started =
        kb_control_start_again (self->server, self->options->home, NULL, NULL);
}

/* Releasing rolls back what is not committed; what lies around is then put right as after a crash,
 * by the same code. That code also knows the outcome: a commit whose last sync fails may count all
 * the same. Where it fails the record stays, and the next start goes on. What ran before runs
 * again, whatever happened. */
static gboolean
finish (Run *self, gboolean ok, KbReplaceResult *result, GError **error)
{
    const KbReplaceOptions *options = self->options;
    KbRecovered recovered;

    g_clear_pointer (&self->live, kb_live_release);
    ok = ok && passed (self, KB_REPLACE_RELEASED, error);
    if (kb_recover_locked (options->home, options->owner, &recovered, NULL) &&
        recovered.kind == KB_RECOVERED_NEW_DATA)
        self->committed = TRUE;
    start_kolibri (self, result);
    if (!self->committed)
        return FALSE;
    if (!ok && error != NULL)
        g_clear_error (error);
    result->kept = g_strdup (self->record.kept);
    result->was_damaged = self->kept->was_damaged;
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
 * Errors: %KB_ERROR_BUSY when Kolibri runs and may not be stopped, or somebody has the database
 * open; %KB_ERROR_NO_SPACE, %KB_ERROR_PERMISSION, %KB_ERROR_IO, %G_IO_ERROR_CANCELLED. With any of
 * them the old data is in use, unchanged.
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
    g_auto (Run) self = {
        .options = options,
        .progress = progress,
        .cancellable = cancellable,
        .database = kb_home_get_database (options->home),
    };
    gboolean ok = FALSE;

    *result = (KbReplaceResult){0};
    if (!find_space (&self, error))
        return FALSE;
    if (write_record (&self, error) && stop_kolibri (&self, error)) {
        KbLiveState state = kb_live_hold (self.database, &self.live, error);
        if (state == KB_LIVE_HELD)
            ok = replace_held (&self, error);
        else if (state != KB_LIVE_FAILED)
            ok = replace_unreadable (&self, state == KB_LIVE_MISSING, error);
    }
    return finish (&self, ok, result, error);
}
