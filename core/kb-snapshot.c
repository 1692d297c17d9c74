/* SPDX-License-Identifier: MIT */
#include "kb-snapshot.h"

#include "kb-error.h"

#define TRIES 16
#define SHORT_TIMEOUT_MS 20

/**
 * kb_snapshot_free:
 * @self: (nullable) (transfer full): a snapshot
 *
 * Ends the read transactions. A reader that stays makes Kolibri's log grow: do not keep one.
 */
void
kb_snapshot_free (KbSnapshot *self)
{
    if (self == NULL)
        return;
    for (guint i = 0; i < self->n_readers; i++)
        kb_sqlite_close (self->readers[i]);
    g_free (self);
}

/**
 * kb_snapshot_useful_readers:
 *
 * Returns: how many readers gain time on this machine
 */
guint
kb_snapshot_useful_readers (void)
{
    return MIN (g_get_num_processors(), KB_SNAPSHOT_MAX_READERS);
}

/* BEGIN alone takes no lock and fixes no moment: the first read does. */
static gboolean
begin (KbSqlite *db, GError **error)
{
    gint64 n;

    return kb_sqlite_exec (db, "BEGIN", error) &&
           kb_sqlite_query_int64 (db, "SELECT count(*) FROM sqlite_master", &n, error);
}

static void
roll_back (KbSqlite *db)
{
    if (!sqlite3_get_autocommit (db))
        kb_sqlite_exec (db, "ROLLBACK", NULL);
}

/* `PRAGMA data_version` changes for a connection with every commit of another. The first reader
 * begins between two looks of the second: when both are equal, nothing was committed in between,
 * and both see the same moment. */
static gboolean
begin_together (KbSnapshot *self, gboolean *is_one_moment, GError **error)
{
    KbSqlite *second = self->readers[1];
    gint64 before, after;

    if (!kb_sqlite_query_int64 (second, "PRAGMA data_version", &before, error) ||
        !begin (self->readers[0], error) || !begin (second, error) ||
        !kb_sqlite_query_int64 (second, "PRAGMA data_version", &after, error))
        return FALSE;
    *is_one_moment = before == after;
    return TRUE;
}

/* Outside of WAL mode a writer that waits for the first reader to end keeps the second from
 * beginning: that is no error, but a reason to begin again. */
static gboolean
try_together (KbSnapshot *self, gboolean *is_one_moment, GError **error)
{
    g_autoptr (GError) local = NULL;

    *is_one_moment = FALSE;
    if (!begin_together (self, is_one_moment, &local) &&
        !g_error_matches (local, KB_ERROR, KB_ERROR_BUSY)) {
        g_propagate_error (error, g_steal_pointer (&local));
        return FALSE;
    }
    if (!*is_one_moment) {
        roll_back (self->readers[0]);
        roll_back (self->readers[1]);
    }
    return TRUE;
}

static gboolean
add_reader (KbSnapshot *self, const char *database, GCancellable *cancellable, GError **error)
{
    KbSqlite *db = kb_sqlite_open_for_reading (database, error);

    if (db == NULL)
        return FALSE;
    kb_sqlite_watch_cancel (db, cancellable);
    self->readers[self->n_readers++] = db;
    return TRUE;
}

/**
 * kb_snapshot_open:
 * @database: a database that others may be writing to
 * @max_readers: how many readers would be of use
 * @cancellable: (nullable): ends every statement of the readers; must outlive them
 * @error: return location for a #GError
 *
 * Opens one moment of a database. Where somebody writes so often that two readers do not meet in
 * one moment, there is one reader.
 *
 * Errors: as kb_sqlite_open_for_reading(), %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full): the snapshot; each reader may be used by one thread at a time
 */
KbSnapshot *
kb_snapshot_open (const char *database,
                  guint max_readers,
                  GCancellable *cancellable,
                  GError **error)
{
    g_autoptr (KbSnapshot) self = g_new0 (KbSnapshot, 1);
    gboolean is_one_moment = FALSE;

    if (!add_reader (self, database, cancellable, error))
        return NULL;
    if (max_readers > 1) {
        if (!add_reader (self, database, cancellable, error))
            return NULL;
        sqlite3_busy_timeout (self->readers[1], SHORT_TIMEOUT_MS);
        for (int i = 0; i < TRIES && !is_one_moment; i++)
            if (!try_together (self, &is_one_moment, error))
                return NULL;
        if (is_one_moment)
            return g_steal_pointer (&self);
        kb_sqlite_close (self->readers[--self->n_readers]);
    }
    return begin (self->readers[0], error) ? g_steal_pointer (&self) : NULL;
}
