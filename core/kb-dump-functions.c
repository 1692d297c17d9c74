/* SPDX-License-Identifier: MIT */
#include "kb-dump-functions.h"

#include "kb-sql-scan.h"

#include <string.h>

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

/**
 * kb_dump_functions_add:
 * @db: a connection
 * @error: return location for a #GError
 *
 * Adds to @db the functions that dumps of a newer SQLite call and SQLite 3.40 lacks: unistr(),
 * which the sqlite3 shell writes since 3.50 and a schema may hold. Where SQLite has it, ours
 * replaces it and does the same.
 *
 * Errors: as kb_sqlite_set_error().
 *
 * Returns: %TRUE on success
 */
gboolean
kb_dump_functions_add (KbSqlite *db, GError **error)
{
    int rc = sqlite3_create_function_v2 (db, "unistr", 1,
                                         SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS,
                                         NULL, unistr, NULL, NULL, NULL);

    return rc == SQLITE_OK || kb_sqlite_set_error (error, db, rc, "add functions");
}
