/* SPDX-License-Identifier: MIT */
#pragma once

/* The thin layer over SQLite. Its codes become ours in kb_sqlite_set_error() and nowhere else.
 * A connection belongs to one thread (SQLITE_OPEN_NOMUTEX). */

#include <gio/gio.h>
#include <sqlite3.h>

G_BEGIN_DECLS

typedef sqlite3 KbSqlite;
typedef sqlite3_stmt KbStmt;

/**
 * KbStep:
 * @KB_STEP_FAILED: there is an error
 * @KB_STEP_ROW: a row is there
 * @KB_STEP_DONE: no row is left
 *
 * How kb_sqlite_step() ended.
 */
typedef enum { KB_STEP_FAILED, KB_STEP_ROW, KB_STEP_DONE } KbStep;

KbSqlite *kb_sqlite_open (const char *path, int flags, GError **error);
KbSqlite *kb_sqlite_open_for_reading (const char *path, GError **error);
void kb_sqlite_close (KbSqlite *db);
gboolean kb_sqlite_set_error (GError **error, KbSqlite *db, int rc, const char *step);

gboolean kb_sqlite_exec (KbSqlite *db, const char *sql, GError **error);
gboolean kb_sqlite_execf (KbSqlite *db, GError **error, const char *format, ...);
KbStmt *kb_sqlite_prepare (KbSqlite *db, const char *sql, GError **error);
void kb_sqlite_finalize (KbStmt *stmt);
KbStep kb_sqlite_step (KbStmt *stmt, GError **error);
gboolean kb_sqlite_bind_text (KbStmt *stmt, int index, const char *text, GError **error);
gboolean kb_sqlite_bind_int64 (KbStmt *stmt, int index, gint64 value, GError **error);

gboolean kb_sqlite_query_int64 (KbSqlite *db, const char *sql, gint64 *out, GError **error);
char *kb_sqlite_query_text (KbSqlite *db, const char *sql, GError **error);
gboolean kb_sqlite_has_column (KbSqlite *db, const char *table, const char *column);
gboolean kb_sqlite_has_table (KbSqlite *db, const char *table);

void kb_sqlite_watch_cancel (KbSqlite *db, GCancellable *cancellable);
char *kb_sqlite_quote_name (const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbSqlite, kb_sqlite_close)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbStmt, kb_sqlite_finalize)

G_END_DECLS
