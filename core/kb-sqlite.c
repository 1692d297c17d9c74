/* SPDX-License-Identifier: MIT */
#include "kb-sqlite.h"

#include "kb-error.h"
#include "kb-file.h"

#define BUSY_TIMEOUT_MS 5000
#define OPS_BETWEEN_CANCEL_CHECKS 10000 /* about a millisecond */

static KbErrorCode
code_from_system (KbSqlite *db, KbErrorCode fallback)
{
    int error_number = db != NULL ? sqlite3_system_errno (db) : 0;

    return error_number != 0
               ? kb_error_code_from_errno (kb_platform_errno_from_system (error_number))
               : fallback;
}

/* Whatever else a system call said once the file was open, the disk failed. */
static KbErrorCode
code_of_disk (KbErrorCode code)
{
    return code == KB_ERROR_NO_SPACE || code == KB_ERROR_FILE_TOO_LARGE ? code : KB_ERROR_IO;
}

static KbErrorCode
code_from_sqlite (KbSqlite *db, int rc)
{
    switch (rc & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
        return KB_ERROR_BUSY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return KB_ERROR_CORRUPT;
    case SQLITE_FULL:
        return KB_ERROR_NO_SPACE;
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return KB_ERROR_PERMISSION;
    case SQLITE_CANTOPEN:
        return code_from_system (db, KB_ERROR_NOT_FOUND);
    case SQLITE_NOMEM:
        return KB_ERROR_IO;
    case SQLITE_IOERR:
        if (rc == SQLITE_IOERR_SHMSIZE) /* errno is lost on its way through a backup */
            return KB_ERROR_NO_SPACE;
        return code_of_disk (code_from_system (db, KB_ERROR_IO));
    default:
        return KB_ERROR_INTERNAL;
    }
}

/**
 * kb_sqlite_set_error:
 * @error: (nullable): where to put it
 * @db: (nullable): the connection, for its message
 * @rc: what SQLite returned
 * @step: what was being done
 *
 * Turns a result of SQLite into an error of ours. An interrupt means that the person cancelled.
 *
 * Returns: always %FALSE, so that callers can return it
 */
gboolean
kb_sqlite_set_error (GError **error, KbSqlite *db, int rc, const char *step)
{
    gboolean is_known = db != NULL && (sqlite3_extended_errcode (db) & 0xff) == (rc & 0xff);
    const char *message = is_known ? sqlite3_errmsg (db) : sqlite3_errstr (rc);

    if ((rc & 0xff) == SQLITE_INTERRUPT) {
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "%s: cancelled", step);
        return FALSE;
    }
    const char *path = db != NULL ? sqlite3_db_filename (db, "main") : NULL;
    g_autofree char *detail = g_strdup_printf (
        "%s: %s: %s (%d)", step, path != NULL && *path != '\0' ? path : "database", message, rc);
    g_autofree char *valid = g_utf8_make_valid (detail, -1); /* SQLite quotes what it was given */
    g_set_error_literal (error, KB_ERROR, (int) code_from_sqlite (db, rc), valid);
    return FALSE;
}

/**
 * kb_sqlite_open:
 * @path: the database in the GLib file name encoding; "" for a temporary one on disk that vanishes
 *     with the connection
 * @flags: SQLITE_OPEN_READWRITE and the like
 * @error: return location for a #GError
 *
 * Opens a connection for the calling thread, with a busy time-out of five seconds.
 *
 * Errors: %KB_ERROR_NOT_FOUND, %KB_ERROR_PERMISSION, %KB_ERROR_IO.
 *
 * Returns: (transfer full): the connection
 */
KbSqlite *
kb_sqlite_open (const char *path, int flags, GError **error)
{
    KbSqlite *db = NULL;
    int rc = sqlite3_open_v2 (path, &db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);

    if (rc != SQLITE_OK) {
        kb_sqlite_set_error (error, db, rc, "open database");
        g_prefix_error (error, "%s: ", path);
        sqlite3_close (db);
        return NULL;
    }
    sqlite3_busy_timeout (db, BUSY_TIMEOUT_MS);
    /* The schema has to stay trusted: SQLite 3.40 calls json_valid() unsafe, which Django's CHECKs
     * use. Which functions a backup may bring along, kb-dump-authorizer decides. */
    sqlite3_db_config (db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    return db;
}

/**
 * kb_sqlite_open_for_reading:
 * @path: a database that others may be using
 * @error: return location for a #GError
 *
 * Opens a connection that reads and never writes a row. It is opened read-write all the same: only
 * such a connection can roll back what a crash left half done, and tidies away the -wal and -shm
 * that it made. A log that a crash of somebody else left is neither folded in nor removed: that is
 * left to who comes next.
 *
 * Errors: %KB_ERROR_NOT_FOUND, %KB_ERROR_PERMISSION, %KB_ERROR_BUSY, %KB_ERROR_CORRUPT when it is
 * no database, %KB_ERROR_IO.
 *
 * Returns: (transfer full): the connection
 */
KbSqlite *
kb_sqlite_open_for_reading (const char *path, GError **error)
{
    g_autofree char *wal = g_strconcat (path, "-wal", NULL);
    gboolean leave_wal = kb_file_size (wal) > 0;
    g_autoptr (KbSqlite) db = kb_sqlite_open (path, SQLITE_OPEN_READWRITE, error);

    if (db == NULL)
        return NULL;
    sqlite3_db_config (db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, leave_wal, NULL);
    /* SQLite opens anything; only the first read finds out whether it is a database. */
    if (!kb_sqlite_exec (db, "PRAGMA query_only=1; SELECT 1 FROM sqlite_master LIMIT 1", error))
        return NULL;
    return g_steal_pointer (&db);
}

/**
 * kb_sqlite_close:
 * @db: (nullable) (transfer full): a connection
 *
 * Closes a connection. Statements that are still open do not keep it: that would be a defect, and
 * is asserted.
 */
void
kb_sqlite_close (KbSqlite *db)
{
    int rc = sqlite3_close (db);

    g_assert (rc == SQLITE_OK);
}

/**
 * kb_sqlite_exec:
 * @db: a connection
 * @sql: one or more statements of ours, never of a stranger
 * @error: return location for a #GError
 *
 * Runs statements and forgets their rows.
 *
 * Errors: as kb_sqlite_set_error().
 *
 * Returns: %TRUE on success
 */
gboolean
kb_sqlite_exec (KbSqlite *db, const char *sql, GError **error)
{
    int rc = sqlite3_exec (db, sql, NULL, NULL, NULL);

    return rc == SQLITE_OK || kb_sqlite_set_error (error, db, rc, sql);
}

/**
 * kb_sqlite_execf:
 * @db: a connection
 * @error: return location for a #GError
 * @format: a format of sqlite3_mprintf(): %w quotes a name, %Q a text
 * @...: its arguments
 *
 * Runs statements that hold names or numbers.
 *
 * Errors: as kb_sqlite_set_error().
 *
 * Returns: %TRUE on success
 */
gboolean
kb_sqlite_execf (KbSqlite *db, GError **error, const char *format, ...)
{
    va_list args;

    va_start (args, format);
    char *sql = sqlite3_vmprintf (format, args);
    va_end (args);
    if (sql == NULL)
        return kb_sqlite_set_error (error, NULL, SQLITE_NOMEM, "format statement");
    gboolean ok = kb_sqlite_exec (db, sql, error);
    sqlite3_free (sql);
    return ok;
}

/**
 * kb_sqlite_prepare:
 * @db: a connection
 * @sql: one statement
 * @error: return location for a #GError
 *
 * Errors: as kb_sqlite_set_error().
 *
 * Returns: (transfer full): the statement; it must go before @db
 */
KbStmt *
kb_sqlite_prepare (KbSqlite *db, const char *sql, GError **error)
{
    KbStmt *stmt = NULL;
    int rc = sqlite3_prepare_v2 (db, sql, -1, &stmt, NULL);

    if (rc != SQLITE_OK) {
        kb_sqlite_set_error (error, db, rc, sql);
        return NULL;
    }
    return stmt;
}

/**
 * kb_sqlite_finalize:
 * @stmt: (nullable) (transfer full): a statement
 */
void
kb_sqlite_finalize (KbStmt *stmt)
{
    sqlite3_finalize (stmt);
}

/**
 * kb_sqlite_step:
 * @stmt: a statement
 * @error: return location for a #GError
 *
 * Goes to the next row. A loop over rows must look how it ended: an I/O error is not the end of
 * the data.
 *
 * Errors: as kb_sqlite_set_error().
 *
 * Returns: whether there is a row
 */
KbStep
kb_sqlite_step (KbStmt *stmt, GError **error)
{
    int rc = sqlite3_step (stmt);

    if (rc == SQLITE_ROW)
        return KB_STEP_ROW;
    if (rc == SQLITE_DONE)
        return KB_STEP_DONE;
    kb_sqlite_set_error (error, sqlite3_db_handle (stmt), rc, sqlite3_sql (stmt));
    return KB_STEP_FAILED;
}

/**
 * kb_sqlite_bind_text:
 * @stmt: a statement
 * @index: the parameter, from 1
 * @text: (nullable): the value, copied
 * @error: return location for a #GError
 *
 * Errors: as kb_sqlite_set_error().
 *
 * Returns: %TRUE on success
 */
gboolean
kb_sqlite_bind_text (KbStmt *stmt, int index, const char *text, GError **error)
{
    int rc = sqlite3_bind_text (stmt, index, text, -1, SQLITE_TRANSIENT);

    return rc == SQLITE_OK ||
           kb_sqlite_set_error (error, sqlite3_db_handle (stmt), rc, "bind text");
}

/**
 * kb_sqlite_bind_int64:
 * @stmt: a statement
 * @index: the parameter, from 1
 * @value: the value
 * @error: return location for a #GError
 *
 * Errors: as kb_sqlite_set_error().
 *
 * Returns: %TRUE on success
 */
gboolean
kb_sqlite_bind_int64 (KbStmt *stmt, int index, gint64 value, GError **error)
{
    int rc = sqlite3_bind_int64 (stmt, index, value);

    return rc == SQLITE_OK ||
           kb_sqlite_set_error (error, sqlite3_db_handle (stmt), rc, "bind number");
}

/**
 * kb_sqlite_query_int64:
 * @db: a connection
 * @sql: a statement whose first row starts with a number
 * @out: (out): the number; 0 when there is no row
 * @error: return location for a #GError
 *
 * Errors: as kb_sqlite_set_error().
 *
 * Returns: %TRUE on success
 */
gboolean
kb_sqlite_query_int64 (KbSqlite *db, const char *sql, gint64 *out, GError **error)
{
    g_autoptr (KbStmt) stmt = kb_sqlite_prepare (db, sql, error);

    *out = 0;
    if (stmt == NULL)
        return FALSE;
    KbStep step = kb_sqlite_step (stmt, error);
    if (step == KB_STEP_ROW)
        *out = sqlite3_column_int64 (stmt, 0);
    return step != KB_STEP_FAILED;
}

/**
 * kb_sqlite_query_text:
 * @db: a connection
 * @sql: a statement whose first row starts with a text
 * @error: return location for a #GError
 *
 * Errors: as kb_sqlite_set_error().
 *
 * Returns: (transfer full) (nullable): the text; %NULL without an error when there is no row, or
 *     NULL in it
 */
char *
kb_sqlite_query_text (KbSqlite *db, const char *sql, GError **error)
{
    g_autoptr (KbStmt) stmt = kb_sqlite_prepare (db, sql, error);

    if (stmt == NULL || kb_sqlite_step (stmt, error) != KB_STEP_ROW)
        return NULL;
    const char *text = (const char *) sqlite3_column_text (stmt, 0);
    if (text == NULL && sqlite3_errcode (db) == SQLITE_NOMEM)
        kb_sqlite_set_error (error, db, SQLITE_NOMEM, sql);
    return g_strdup (text);
}

/**
 * kb_sqlite_has_column:
 * @db: a connection
 * @table: a table of its main database
 * @column: (nullable): a column; %NULL asks for the table alone
 *
 * Returns: %TRUE if there is such a table with such a column
 */
gboolean
kb_sqlite_has_column (KbSqlite *db, const char *table, const char *column)
{
    return sqlite3_table_column_metadata (db, "main", table, column, NULL, NULL, NULL, NULL,
                                          NULL) == SQLITE_OK;
}

/**
 * kb_sqlite_has_table:
 * @db: a connection
 * @table: a table of its main database
 *
 * Returns: %TRUE if there is such a table
 */
gboolean
kb_sqlite_has_table (KbSqlite *db, const char *table)
{
    return kb_sqlite_has_column (db, table, NULL);
}

static int
on_progress (void *user_data)
{
    return g_cancellable_is_cancelled (user_data);
}

/**
 * kb_sqlite_watch_cancel:
 * @db: a connection
 * @cancellable: (nullable): looked at about every millisecond of work; must outlive its use here
 *
 * Makes every statement of @db end with %G_IO_ERROR_CANCELLED soon after a cancel. The look is
 * taken in the thread that runs the statement, so nobody can race with closing @db.
 */
void
kb_sqlite_watch_cancel (KbSqlite *db, GCancellable *cancellable)
{
    sqlite3_progress_handler (db, cancellable != NULL ? OPS_BETWEEN_CANCEL_CHECKS : 0,
                              cancellable != NULL ? on_progress : NULL, cancellable);
}

/**
 * kb_sqlite_quote_name:
 * @name: the name of a table or column
 *
 * Returns: (transfer full): @name in double quotes, as SQL wants it
 */
char *
kb_sqlite_quote_name (const char *name)
{
    GString *quoted = g_string_new ("\"");

    for (const char *c = name; *c != '\0'; c++) {
        if (*c == '"')
            g_string_append_c (quoted, '"');
        g_string_append_c (quoted, *c);
    }
    g_string_append_c (quoted, '"');
    return g_string_free (quoted, FALSE);
}
