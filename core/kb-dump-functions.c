/* SPDX-License-Identifier: MIT */
#include "kb-dump-functions.h"

#include "kb-dump-authorizer.h"
#include "kb-sql-scan.h"

#include <string.h>

#define MAX_COLUMNS 256 /* the widest table of Kolibri has less than 40 */

/* unistr(X): X is not of us, but no longer than SQLITE_LIMIT_LENGTH. */
static void
unistr (sqlite3_context *context, G_GNUC_UNUSED int n_arguments, sqlite3_value **arguments)
{
    const char *text = (const char *) sqlite3_value_text (arguments[0]);
    gsize length = (gsize) sqlite3_value_bytes (arguments[0]);

    if (text == NULL)
        return; /* NULL gives NULL */
    char *copy = sqlite3_malloc64 (length + 1);
    if (copy == NULL) {
        sqlite3_result_error_nomem (context);
        return;
    }
    memcpy (copy, text, length);
    if (kb_sql_decode_escapes (copy, length, &length)) {
        sqlite3_result_text64 (context, copy, length, sqlite3_free, SQLITE_UTF8);
        return;
    }
    sqlite3_free (copy);
    sqlite3_result_error (context, "invalid Unicode escape", -1);
}

static void
refuse (sqlite3_context *context,
        G_GNUC_UNUSED int n_arguments,
        G_GNUC_UNUSED sqlite3_value **arguments)
{
    sqlite3_result_error (context, "a function that no backup calls", -1);
}

/* Built-in functions are hidden one by one: no authorizer is asked for those in a DEFAULT, nor for
 * any in the schema of a database that is opened as it is (resolve.c, resolveExprStep()). Aggregate
 * functions have no place in a schema, and our own queries need some. */
static gboolean
hide_others (KbSqlite *db, GError **error)
{
    g_autoptr (KbStmt) stmt = kb_sqlite_prepare (
        db, "SELECT DISTINCT name, narg FROM pragma_function_list WHERE type='s'", error);
    g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
    g_autoptr (GArray) counts = g_array_new (FALSE, FALSE, sizeof (int));
    KbStep step;
    int rc = SQLITE_OK;

    if (stmt == NULL)
        return FALSE;
    while ((step = kb_sqlite_step (stmt, error)) == KB_STEP_ROW) {
        const char *name = (const char *) sqlite3_column_text (stmt, 0);
        int count = sqlite3_column_int (stmt, 1);
        if (kb_dump_allows_function (name))
            continue;
        g_ptr_array_add (names, g_strdup (name));
        g_array_append_val (counts, count);
    }
    sqlite3_reset (stmt); /* a function cannot change under a statement that runs */
    for (guint i = 0; i < names->len && rc == SQLITE_OK; i++)
        rc = sqlite3_create_function_v2 (db, names->pdata[i], g_array_index (counts, int, i),
                                         SQLITE_UTF8 | SQLITE_INNOCUOUS, NULL, refuse, NULL, NULL,
                                         NULL);
    if (rc != SQLITE_OK)
        return kb_sqlite_set_error (error, db, rc, "hide functions");
    return step == KB_STEP_DONE;
}

/**
 * kb_dump_functions_prepare:
 * @db: a connection for a database of strangers
 * @error: return location for a #GError
 *
 * Leaves to @db the scalar functions that a backup may call (kb-dump-authorizer) and no others,
 * whoever asks for them. Adds what dumps of a newer SQLite call and SQLite 3.40 lacks: unistr(),
 * which the sqlite3 shell writes since 3.50 and a schema may hold; where SQLite has it, ours
 * replaces it and does the same. Triggers do not fire and views cannot be read any more.
 *
 * Errors: as kb_sqlite_set_error().
 *
 * Returns: %TRUE on success
 */
gboolean
kb_dump_functions_prepare (KbSqlite *db, GError **error)
{
    int rc = sqlite3_create_function_v2 (db, "unistr", 1,
                                         SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS,
                                         NULL, unistr, NULL, NULL, NULL);

    if (rc != SQLITE_OK)
        return kb_sqlite_set_error (error, db, rc, "add functions");
    sqlite3_db_config (db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_db_config (db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    return hide_others (db, error);
}

/**
 * kb_dump_functions_limit:
 * @db: a connection for a database of strangers
 * @longest_bytes: the length of the longest value or row that it may have
 *
 * Bounds what expressions of a schema can make of little: a row holds as many values at a time as
 * it has columns (sqlite.org/security.html).
 */
void
kb_dump_functions_limit (KbSqlite *db, uint64_t longest_bytes)
{
    sqlite3_limit (db, SQLITE_LIMIT_LENGTH, (int) MIN (longest_bytes, 1000000000));
    sqlite3_limit (db, SQLITE_LIMIT_COLUMN, MAX_COLUMNS);
    sqlite3_limit (db, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 100);
    sqlite3_limit (db, SQLITE_LIMIT_EXPR_DEPTH, 100);
    sqlite3_limit (db, SQLITE_LIMIT_TRIGGER_DEPTH, 0);
    sqlite3_limit (db, SQLITE_LIMIT_WORKER_THREADS, 0);
}
