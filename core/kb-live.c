/* SPDX-License-Identifier: MIT */
#include "kb-live.h"

#include "kb-error.h"
#include "kb-file.h"
#include "kb-scratch.h"

#define PAGES_PER_STEP 256

struct _KbLive {
    KbSqlite *db;
    KbSqlite *source;       /* of the copy under way */
    sqlite3_backup *backup; /* the copy under way: a write transaction on @db */
};

static void
end_copy (KbLive *self)
{
    if (self->backup != NULL)
        sqlite3_backup_finish (self->backup); /* rolls back what is not committed */
    self->backup = NULL;
    g_clear_pointer (&self->source, kb_sqlite_close);
}

/**
 * kb_live_release:
 * @self: (nullable) (transfer full): a held database
 *
 * Lets go. A copy that has not been committed is rolled back: the old data is whole.
 */
void
kb_live_release (KbLive *self)
{
    if (self == NULL)
        return;
    end_copy (self);
    kb_sqlite_close (self->db);
    g_free (self);
}

/* In WAL mode SQLite refuses while any other connection is open. BEGIN and COMMIT take the lock,
 * the locking mode keeps it; a transaction that stayed open would forbid checkpoint and backup.
 * The journal is synced with its folder (EXTRA): a commit must not come undone after a power cut,
 * when `.data_version` says otherwise already. */
static gboolean
take_lock (KbSqlite *db, GError **error)
{
    return kb_sqlite_exec (db,
                           "PRAGMA locking_mode=EXCLUSIVE; PRAGMA wal_autocheckpoint=0;"
                           "PRAGMA synchronous=EXTRA; BEGIN EXCLUSIVE; COMMIT",
                           error);
}

static KbLiveState
try_to_hold (const char *path, KbLive **out, GError **error)
{
    g_autoptr (GError) local = NULL;
    g_autoptr (KbSqlite) db = kb_sqlite_open (path, SQLITE_OPEN_READWRITE, &local);

    if (db != NULL) /* one that turns out damaged shall keep its log when it is closed */
        sqlite3_db_config (db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    if (db != NULL && take_lock (db, &local)) {
        if (sqlite3_db_readonly (db, "main") == 1) {
            g_set_error (error, KB_ERROR, KB_ERROR_PERMISSION, "hold: %s: read-only", path);
            return KB_LIVE_FAILED;
        }
        sqlite3_db_config (db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
        *out = g_new0 (KbLive, 1);
        (*out)->db = g_steal_pointer (&db);
        return KB_LIVE_HELD;
    }
    if (g_error_matches (local, KB_ERROR, KB_ERROR_CORRUPT))
        return KB_LIVE_UNREADABLE;
    g_propagate_error (error, g_steal_pointer (&local));
    return KB_LIVE_FAILED;
}

/**
 * kb_live_hold:
 * @path: the real path of the database in use
 * @out: (out) (transfer full): the held database, only with %KB_LIVE_HELD
 * @error: return location for a #GError
 *
 * Takes the database for us alone; late comers get "locked" until kb_live_release(). Waits up to
 * five seconds for somebody who is just writing. SQLite calls a read that fails damage
 * (SQLITE_IOERR_CORRUPTFS), so damage has to show twice.
 *
 * Errors: %KB_ERROR_BUSY when somebody else has it open, %KB_ERROR_PERMISSION, %KB_ERROR_IO.
 *
 * Returns: how it ended
 */
KbLiveState
kb_live_hold (const char *path, KbLive **out, GError **error)
{
    gboolean found;

    *out = NULL;
    if (!kb_file_look (path, &found, error))
        return KB_LIVE_FAILED;
    if (!found)
        return KB_LIVE_MISSING;
    KbLiveState state = try_to_hold (path, out, error);
    return state == KB_LIVE_UNREADABLE ? try_to_hold (path, out, error) : state;
}

/**
 * kb_live_get_connection:
 * @self: a held database
 *
 * Returns: (transfer none): the connection that holds it, for reading
 */
KbSqlite *
kb_live_get_connection (KbLive *self)
{
    return self->db;
}

/* Copies pages until one is left, so that the caller decides when the copy ends. */
static gboolean
step_to_last_page (sqlite3_backup *backup,
                   KbSqlite *to,
                   KbPhase phase,
                   KbProgress *progress,
                   GCancellable *cancellable,
                   GError **error)
{
    int rc = sqlite3_backup_step (backup, 0);

    while (rc == SQLITE_OK && sqlite3_backup_remaining (backup) > 1) {
        if (g_cancellable_set_error_if_cancelled (cancellable, error))
            return FALSE;
        int left = sqlite3_backup_remaining (backup);
        rc = sqlite3_backup_step (backup, MIN (PAGES_PER_STEP, left - 1));
        kb_progress_set (progress, phase, (uint64_t) (sqlite3_backup_pagecount (backup) - left),
                         (uint64_t) sqlite3_backup_pagecount (backup));
    }
    return rc == SQLITE_OK || rc == SQLITE_DONE ||
           kb_sqlite_set_error (error, to, rc, "copy pages");
}

static gboolean
step_last_page (sqlite3_backup *backup, KbSqlite *to, GError **error)
{
    int rc = sqlite3_backup_step (backup, -1);

    return rc == SQLITE_DONE || kb_sqlite_set_error (error, to, rc, "copy the last page");
}

static gboolean
copy_out (KbLive *self,
          KbSqlite *to,
          KbProgress *progress,
          GCancellable *cancellable,
          GError **error)
{
    sqlite3_backup *backup = sqlite3_backup_init (to, "main", self->db, "main");

    if (backup == NULL)
        return kb_sqlite_set_error (error, to, sqlite3_extended_errcode (to), "start copy");
    gboolean ok = step_to_last_page (backup, to, KB_PHASE_KEEPING, progress, cancellable, error) &&
                  step_last_page (backup, to, error);
    sqlite3_backup_finish (backup);
    return ok;
}

/**
 * kb_live_keep:
 * @self: a held database
 * @path: a name that is free
 * @owner: to whom the copy shall belong
 * @progress: (nullable): counts pages
 * @cancellable: (nullable): looked at every 256 pages
 * @error: return location for a #GError
 *
 * Copies the database, with what is still in its log, and syncs the copy.
 *
 * Errors: %KB_ERROR_NO_SPACE, %KB_ERROR_PERMISSION, %KB_ERROR_IO, %G_IO_ERROR_CANCELLED.
 *
 * Returns: %TRUE on success
 */
gboolean
kb_live_keep (KbLive *self,
              const char *path,
              const KbOwner *owner,
              KbProgress *progress,
              GCancellable *cancellable,
              GError **error)
{
    const KbScratchOptions options = {.path = path, .owner = owner};
    KbSqlite *to = kb_scratch_create (&options, error);

    if (to == NULL)
        return FALSE;
    gboolean ok = copy_out (self, to, progress, cancellable, error);
    kb_sqlite_close (to);
    return ok && kb_file_sync (path, error);
}

/**
 * kb_live_fold_wal:
 * @self: a held database
 * @error: return location for a #GError
 *
 * Brings what is in the log into the database and empties the log. Without a log it does nothing.
 *
 * Errors: %KB_ERROR_NO_SPACE, %KB_ERROR_IO.
 *
 * Returns: %TRUE on success
 */
gboolean
kb_live_fold_wal (KbLive *self, GError **error)
{
    int rc = sqlite3_wal_checkpoint_v2 (self->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);

    return rc == SQLITE_OK || kb_sqlite_set_error (error, self->db, rc, "fold in the log");
}

/**
 * kb_live_set_page_size:
 * @self: a held database whose log has been folded in
 * @page_size: the page size in bytes of what is to be copied in
 * @error: return location for a #GError
 *
 * Makes the database ready for pages of another size: only one without a log takes them.
 *
 * Errors: %KB_ERROR_NO_SPACE, %KB_ERROR_IO.
 *
 * Returns: %TRUE on success
 */
gboolean
kb_live_set_page_size (KbLive *self, unsigned page_size, GError **error)
{
    gint64 present;

    if (!kb_sqlite_query_int64 (self->db, "PRAGMA page_size", &present, error))
        return FALSE;
    return present == page_size || kb_sqlite_exec (self->db, "PRAGMA journal_mode=DELETE", error);
}

/**
 * kb_live_copy_in:
 * @self: a held database
 * @source: a whole database
 * @progress: (nullable): counts pages
 * @cancellable: (nullable): looked at every 256 pages
 * @error: return location for a #GError
 *
 * Copies every page of @source but one into the database, within one transaction that stays open.
 * Until kb_live_commit() the old data is what counts, whatever happens.
 *
 * Errors: %KB_ERROR_NO_SPACE, %KB_ERROR_IO, %G_IO_ERROR_CANCELLED.
 *
 * Returns: %TRUE on success; on failure the database is as it was
 */
gboolean
kb_live_copy_in (KbLive *self,
                 const char *source,
                 KbProgress *progress,
                 GCancellable *cancellable,
                 GError **error)
{
    self->source = kb_sqlite_open (source, SQLITE_OPEN_READWRITE, error);
    if (self->source == NULL)
        return FALSE;
    self->backup = sqlite3_backup_init (self->db, "main", self->source, "main");
    gboolean ok =
        self->backup != NULL ||
        kb_sqlite_set_error (error, self->db, sqlite3_extended_errcode (self->db), "start copy");
    ok = ok && step_to_last_page (self->backup, self->db, KB_PHASE_REPLACING, progress, cancellable,
                                  error);
    if (!ok)
        end_copy (self);
    return ok;
}

/**
 * kb_live_commit:
 * @self: a held database, after kb_live_copy_in()
 * @progress: (nullable): says that nobody can cancel now
 * @error: return location for a #GError
 *
 * Copies the last page and commits, synced. This is the moment at which the new data counts.
 *
 * Errors: %KB_ERROR_NO_SPACE, %KB_ERROR_IO; then the old data still counts.
 *
 * Returns: %TRUE on success
 */
gboolean
kb_live_commit (KbLive *self, KbProgress *progress, GError **error)
{
    kb_progress_set (progress, KB_PHASE_COMMITTING, 0, 0);
    gboolean ok = step_last_page (self->backup, self->db, error);
    end_copy (self);
    return ok;
}
