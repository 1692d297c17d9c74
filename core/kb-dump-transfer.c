/* SPDX-License-Identifier: MIT */
#include "kb-dump-transfer.h"

#include "kb-error.h"

#define INSERT "INSERT INTO main.\"%w\" SELECT * FROM second.\"%w\""

/**
 * kb_dump_transfer_begin:
 * @db: a database, not under an authorizer
 * @path: a database of the same encoding that nobody has open
 * @error: return location for a #GError
 *
 * Opens another database beside @db, from which to take tables.
 *
 * Errors: as kb_sqlite_set_error().
 *
 * Returns: %TRUE on success
 */
gboolean
kb_dump_transfer_begin (KbSqlite *db, const char *path, GError **error)
{
    sqlite3_limit (db, SQLITE_LIMIT_ATTACHED, 1);
    return kb_sqlite_execf (db, error, "ATTACH %Q AS second", path);
}

/* Whole records, with their rowids and those of the indexes, are copied where both tables are alike
 * (insert.c, xferOptimization()); else SQLite would take rows apart and number them anew. Its
 * program tells: builds with the pre-update hook say RowData, others RowCell. */
static gboolean
copies_records (KbSqlite *db, const char *table, GError **error)
{
    char *sql = sqlite3_mprintf ("EXPLAIN " INSERT, table, table);
    g_autoptr (KbStmt) stmt = sql != NULL ? kb_sqlite_prepare (db, sql, error) : NULL;
    KbStep step = KB_STEP_FAILED;

    sqlite3_free (sql);
    while (stmt != NULL && (step = kb_sqlite_step (stmt, error)) == KB_STEP_ROW) {
        const char *opcode = (const char *) sqlite3_column_text (stmt, 1);
        if (g_strcmp0 (opcode, "RowData") == 0 || g_strcmp0 (opcode, "RowCell") == 0)
            return TRUE;
    }
    if (step == KB_STEP_DONE)
        g_set_error (error, KB_ERROR, KB_ERROR_UNSUPPORTED, "transfer: %s: not alike", table);
    return FALSE;
}

/**
 * kb_dump_transfer_table:
 * @db: a database with another beside it
 * @table: a table of both, without rows in @db; it has a primary key
 * @least_rows: how many rows it must have at least
 * @error: return location for a #GError
 *
 * Copies the rows of a table and of its indexes as they are.
 *
 * Errors: %KB_ERROR_UNSUPPORTED when the tables are not alike; as kb_sqlite_set_error().
 *
 * Returns: %TRUE on success
 */
gboolean
kb_dump_transfer_table (KbSqlite *db, const char *table, uint64_t least_rows, GError **error)
{
    if (!copies_records (db, table, error) || !kb_sqlite_execf (db, error, INSERT, table, table))
        return FALSE;
    if ((uint64_t) sqlite3_changes64 (db) >= least_rows)
        return TRUE;
    g_set_error (error, KB_ERROR, KB_ERROR_INTERNAL, "transfer: %s: rows are missing", table);
    return FALSE;
}

/**
 * kb_dump_transfer_end:
 * @db: a database with another beside it, and no transaction
 * @error: return location for a #GError
 *
 * Closes the other database.
 *
 * Errors: as kb_sqlite_set_error().
 *
 * Returns: %TRUE on success
 */
gboolean
kb_dump_transfer_end (KbSqlite *db, GError **error)
{
    gboolean ok = kb_sqlite_exec (db, "DETACH second", error);

    sqlite3_limit (db, SQLITE_LIMIT_ATTACHED, 0);
    return ok;
}
