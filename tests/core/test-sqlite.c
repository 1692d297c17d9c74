/* SPDX-License-Identifier: MIT */
#include "kb-error.h"
#include "kb-file.h"
#include "kb-sqlite.h"
#include "kb-test.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CREATE (SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)

static KbSqlite *
open_db (const char *path, int flags)
{
    g_autoptr (GError) error = NULL;
    KbSqlite *db = kb_sqlite_open (path, flags, &error);

    g_assert_no_error (error);
    g_assert_nonnull (db);
    return db;
}

static void
test_open_makes_only_when_told (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_file (dir, "db");
    g_autoptr (GError) error = NULL;

    g_assert_null (kb_sqlite_open (path, SQLITE_OPEN_READWRITE, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_NOT_FOUND);
    g_assert_nonnull (strstr (error->message, path));
    g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
    g_autoptr (KbSqlite) db = open_db (path, CREATE);
    kb_test_run_sql (db, "CREATE TABLE t(a)");
    g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
test_open_is_defensive (void)
{
    g_autoptr (KbSqlite) db = open_db ("", CREATE);
    g_autoptr (GError) error = NULL;

    kb_test_run_sql (db, "CREATE TABLE t(a); PRAGMA writable_schema=1");
    g_assert_false (kb_sqlite_exec (db, "UPDATE sqlite_master SET sql='x'", &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_INTERNAL);
}

/* Django's CHECKs use a function that SQLite 3.40 gives to trusted schemas alone. */
static void
test_schema_may_check_json (void)
{
    g_autoptr (KbSqlite) db = open_db ("", CREATE);
    g_autoptr (GError) error = NULL;

    kb_test_run_sql (
        db, "CREATE TABLE t(a CHECK (json_valid(a) OR a IS NULL)); INSERT INTO t VALUES('[]')");
    g_assert_false (kb_sqlite_exec (db, "INSERT INTO t VALUES('[')", &error));
    g_assert_nonnull (strstr (error->message, "CHECK constraint failed"));
}

static void
test_open_waits_for_others (void)
{
    g_autoptr (KbSqlite) db = open_db ("", CREATE);

    g_assert_cmpint (kb_test_query_int64 (db, "PRAGMA busy_timeout"), ==, 5000);
}

/* A connection belongs to one thread, so nothing is paid for locking it. */
static void
test_open_makes_no_mutex (void)
{
    g_autoptr (KbSqlite) db = open_db ("", CREATE);

    g_assert_null (sqlite3_db_mutex (db));
}

static void
test_codes_are_extended (void)
{
    g_autoptr (KbSqlite) db = open_db ("", CREATE);

    kb_test_run_sql (db, "CREATE TABLE t(a UNIQUE); INSERT INTO t VALUES(1)");
    g_assert_cmpint (sqlite3_exec (db, "INSERT INTO t VALUES(1)", NULL, NULL, NULL), ==,
                     SQLITE_CONSTRAINT_UNIQUE);
}

/* The reader's own rules: it never writes, and rolls back what a crash has left. */
static void
test_reading_connection_writes_nothing (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_file (dir, "db");
    g_autoptr (GError) error = NULL;
    KbSqlite *writer = open_db (path, CREATE);

    kb_test_run_sql (writer, "CREATE TABLE t(a); INSERT INTO t VALUES(7)");
    kb_sqlite_close (writer);
    g_autoptr (KbSqlite) db = kb_sqlite_open_for_reading (path, &error);
    g_assert_no_error (error);
    g_assert_cmpint (kb_test_query_int64 (db, "SELECT a FROM t"), ==, 7);
    g_assert_false (kb_sqlite_exec (db, "INSERT INTO t VALUES(8)", &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_PERMISSION);
}

static void
test_reading_makes_no_database (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_file (dir, "db");
    g_autoptr (GError) error = NULL;

    g_assert_null (kb_sqlite_open_for_reading (path, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_NOT_FOUND);
    g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

/* SQLite itself would find out with the first query only. */
static void
test_reading_of_what_is_no_database (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *rubbish = g_strnfill (5000, 'x');
    g_autofree char *path = kb_test_dir_write (dir, "db", rubbish);
    g_autoptr (GError) error = NULL;

    g_assert_null (kb_sqlite_open_for_reading (path, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_CORRUPT);
}

/* A copy of database and log, as a power cut leaves them. */
static void
make_left_over_wal (const char *from, const char *to)
{
    g_autoptr (KbSqlite) db = open_db (from, CREATE);
    static const char *const suffixes[] = {"", "-wal"};

    kb_test_run_sql (db, "PRAGMA journal_mode=WAL; CREATE TABLE t(a); INSERT INTO t VALUES(7)");
    for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++) {
        g_autofree char *source = g_strconcat (from, suffixes[i], NULL);
        g_autofree char *target = g_strconcat (to, suffixes[i], NULL);
        g_autofree char *bytes = NULL;
        gsize length;
        g_assert_true (g_file_get_contents (source, &bytes, &length, NULL));
        kb_test_write (target, bytes, length);
    }
}

static void
test_reading_leaves_the_log_of_a_crash (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *from = kb_test_dir_file (dir, "from");
    g_autofree char *path = kb_test_dir_file (dir, "db");
    g_autofree char *wal = kb_test_dir_file (dir, "db-wal");
    g_autoptr (GError) error = NULL;

    make_left_over_wal (from, path);
    uint64_t size = kb_file_size (wal);
    g_assert_cmpuint (size, >, 0);
    KbSqlite *db = kb_sqlite_open_for_reading (path, &error);
    g_assert_no_error (error);
    g_assert_cmpint (kb_test_query_int64 (db, "SELECT a FROM t"), ==, 7);
    kb_sqlite_close (db);
    g_assert_cmpuint (kb_file_size (wal), ==, size);
}

static void
test_reading_tidies_its_own_log (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_file (dir, "db");
    g_autofree char *wal = kb_test_dir_file (dir, "db-wal");
    g_autofree char *shm = kb_test_dir_file (dir, "db-shm");
    g_autoptr (GError) error = NULL;
    KbSqlite *writer = open_db (path, CREATE);

    kb_test_run_sql (writer, "PRAGMA journal_mode=WAL; CREATE TABLE t(a)");
    kb_sqlite_close (writer);
    KbSqlite *db = kb_sqlite_open_for_reading (path, &error);
    g_assert_no_error (error);
    g_assert_cmpint (kb_test_query_int64 (db, "SELECT count(*) FROM t"), ==, 0);
    g_assert_true (g_file_test (wal, G_FILE_TEST_EXISTS));
    kb_sqlite_close (db);
    g_assert_false (g_file_test (wal, G_FILE_TEST_EXISTS));
    g_assert_false (g_file_test (shm, G_FILE_TEST_EXISTS));
}

static void
test_exec_runs_all_statements (void)
{
    g_autoptr (KbSqlite) db = open_db ("", CREATE);

    kb_test_run_sql (
        db, "CREATE TABLE t(a); INSERT INTO t VALUES(1); SELECT * FROM t; INSERT INTO t VALUES(2)");
    g_assert_cmpint (kb_test_query_int64 (db, "SELECT sum(a) FROM t"), ==, 3);
}

static void
test_execf_quotes (void)
{
    g_autoptr (KbSqlite) db = open_db ("", CREATE);
    g_autoptr (GError) error = NULL;

    kb_test_assert_ok (kb_sqlite_execf (db, &error,
                                        "CREATE TABLE \"%w\"(a); INSERT INTO \"%w\" VALUES(%Q)",
                                        "na\"me", "na\"me", "it's; DROP"),
                       error);
    g_autofree char *text = kb_sqlite_query_text (db, "SELECT a FROM \"na\"\"me\"", &error);
    g_assert_cmpstr (text, ==, "it's; DROP");
    g_assert_false (kb_sqlite_execf (db, &error, "nonsense %d", 1));
    g_assert_error (error, KB_ERROR, KB_ERROR_INTERNAL);
}

static void
test_prepare_refuses_nonsense (void)
{
    g_autoptr (KbSqlite) db = open_db ("", CREATE);
    g_autoptr (GError) error = NULL;

    g_assert_null (kb_sqlite_prepare (db, "SELECT * FROM missing", &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_INTERNAL);
    g_assert_nonnull (strstr (error->message, "no such table: missing"));
}

static void
test_step_tells_how_rows_end (void)
{
    g_autoptr (KbSqlite) db = open_db ("", CREATE);
    g_autoptr (GError) error = NULL;
    g_autoptr (KbStmt) good = kb_sqlite_prepare (db, "SELECT 1 UNION ALL SELECT 2", &error);
    g_autoptr (KbStmt) bad =
        kb_sqlite_prepare (db, "SELECT json(column1) FROM (VALUES('[]'),('{'))", &error);

    g_assert_cmpint (kb_sqlite_step (good, &error), ==, KB_STEP_ROW);
    g_assert_cmpint (kb_sqlite_step (good, &error), ==, KB_STEP_ROW);
    g_assert_cmpint (kb_sqlite_step (good, &error), ==, KB_STEP_DONE);
    g_assert_no_error (error);
    g_assert_cmpint (kb_sqlite_step (bad, &error), ==, KB_STEP_ROW);
    g_assert_cmpint (kb_sqlite_step (bad, &error), ==, KB_STEP_FAILED);
    g_assert_error (error, KB_ERROR, KB_ERROR_INTERNAL);
}

static void
test_bind (void)
{
    g_autoptr (KbSqlite) db = open_db ("", CREATE);
    g_autoptr (GError) error = NULL;
    g_autoptr (KbStmt) stmt =
        kb_sqlite_prepare (db, "SELECT ?1, ?2, typeof(?3), length(?1)", &error);
    char text[] = "\xc3\xa9'x";

    kb_test_assert_ok (kb_sqlite_bind_text (stmt, 1, text, &error), error);
    kb_test_assert_ok (kb_sqlite_bind_int64 (stmt, 2, G_MININT64, &error), error);
    kb_test_assert_ok (kb_sqlite_bind_text (stmt, 3, NULL, &error), error);
    memset (text, 'y', strlen (text)); /* the value has been copied */
    g_assert_cmpint (kb_sqlite_step (stmt, &error), ==, KB_STEP_ROW);
    g_assert_cmpstr ((const char *) sqlite3_column_text (stmt, 0), ==, "\xc3\xa9'x");
    g_assert_cmpint (sqlite3_column_int64 (stmt, 1), ==, G_MININT64);
    g_assert_cmpstr ((const char *) sqlite3_column_text (stmt, 2), ==, "null");
    g_assert_cmpint (sqlite3_column_int (stmt, 3), ==, 3);
}

static void
test_bind_to_what_is_not_there (void)
{
    g_autoptr (KbSqlite) db = open_db ("", CREATE);
    g_autoptr (KbStmt) stmt = kb_sqlite_prepare (db, "SELECT ?1", NULL);
    g_autoptr (GError) text = NULL;
    g_autoptr (GError) integer = NULL;

    g_assert_false (kb_sqlite_bind_text (stmt, 2, "x", &text));
    g_assert_error (text, KB_ERROR, KB_ERROR_INTERNAL);
    g_assert_false (kb_sqlite_bind_int64 (stmt, 0, 1, &integer));
    g_assert_error (integer, KB_ERROR, KB_ERROR_INTERNAL);
}

static void
test_query_a_number (void)
{
    g_autoptr (KbSqlite) db = open_db ("", CREATE);
    g_autoptr (GError) error = NULL;
    gint64 value = 5;

    g_assert_cmpint (kb_test_query_int64 (db, "SELECT 9223372036854775807"), ==, G_MAXINT64);
    g_assert_cmpint (kb_test_query_int64 (db, "SELECT 1 WHERE 0"), ==, 0);
    g_assert_false (kb_sqlite_query_int64 (db, "SELECT missing", &value, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_INTERNAL);
    g_assert_cmpint (value, ==, 0);
    g_clear_error (&error);
    g_assert_false (kb_sqlite_query_int64 (db, "SELECT json('{')", &value, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_INTERNAL);
}

static void
test_query_a_text (void)
{
    g_autoptr (KbSqlite) db = open_db ("", CREATE);
    g_autoptr (GError) error = NULL;
    g_autofree char *text = kb_sqlite_query_text (db, "SELECT 'a' UNION ALL SELECT 'b'", &error);

    g_assert_cmpstr (text, ==, "a");
    g_assert_null (kb_sqlite_query_text (db, "SELECT NULL", &error));
    g_assert_null (kb_sqlite_query_text (db, "SELECT 'a' WHERE 0", &error));
    g_assert_no_error (error);
    g_assert_null (kb_sqlite_query_text (db, "SELECT json('{')", &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_INTERNAL);
}

static void
test_tables_and_columns (void)
{
    g_autoptr (KbSqlite) db = open_db ("", CREATE);

    kb_test_run_sql (
        db,
        "CREATE TABLE t(a, \"b c\"); CREATE TEMP TABLE only_temp(a); CREATE VIEW v AS SELECT 1");
    g_assert_true (kb_sqlite_has_table (db, "t"));
    g_assert_true (kb_sqlite_has_column (db, "t", "a"));
    g_assert_true (kb_sqlite_has_column (db, "t", "b c"));
    g_assert_false (kb_sqlite_has_column (db, "t", "b"));
    g_assert_false (kb_sqlite_has_column (db, "missing", "a"));
    g_assert_false (kb_sqlite_has_table (db, "missing"));
    g_assert_false (kb_sqlite_has_table (db, "only_temp"));
    g_assert_false (kb_sqlite_has_table (db, "v"));
}

static void
test_quoted_names (void)
{
    static const char *const names[] = {"t",    "",       "a\"b",         "\"",
                                        "\"\"", "x'y;--", "\xe8\xa1\xa8", "[a]"};

    for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
        g_autoptr (KbSqlite) db = open_db ("", CREATE);
        g_autofree char *quoted = kb_sqlite_quote_name (names[i]);
        g_autofree char *sql = g_strdup_printf ("CREATE TABLE %s(%s)", quoted, quoted);
        kb_test_run_sql (db, sql);
        g_assert_true (kb_sqlite_has_column (db, names[i], names[i]));
    }
}

static void
test_close_accepts_nothing (void)
{
    kb_sqlite_close (NULL);
    kb_sqlite_finalize (NULL);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/sqlite/open-makes-only-when-told", test_open_makes_only_when_told);
    g_test_add_func ("/sqlite/open-is-defensive", test_open_is_defensive);
    g_test_add_func ("/sqlite/schema-may-check-json", test_schema_may_check_json);
    g_test_add_func ("/sqlite/open-waits-for-others", test_open_waits_for_others);
    g_test_add_func ("/sqlite/open-makes-no-mutex", test_open_makes_no_mutex);
    g_test_add_func ("/sqlite/codes-are-extended", test_codes_are_extended);
    g_test_add_func ("/sqlite/reading-connection-writes-nothing",
                     test_reading_connection_writes_nothing);
    g_test_add_func ("/sqlite/reading-makes-no-database", test_reading_makes_no_database);
    g_test_add_func ("/sqlite/reading-of-what-is-no-database", test_reading_of_what_is_no_database);
    g_test_add_func ("/sqlite/reading-leaves-the-log-of-a-crash",
                     test_reading_leaves_the_log_of_a_crash);
    g_test_add_func ("/sqlite/reading-tidies-its-own-log", test_reading_tidies_its_own_log);
    g_test_add_func ("/sqlite/exec-runs-all-statements", test_exec_runs_all_statements);
    g_test_add_func ("/sqlite/execf-quotes", test_execf_quotes);
    g_test_add_func ("/sqlite/prepare-refuses-nonsense", test_prepare_refuses_nonsense);
    g_test_add_func ("/sqlite/step-tells-how-rows-end", test_step_tells_how_rows_end);
    g_test_add_func ("/sqlite/bind", test_bind);
    g_test_add_func ("/sqlite/bind-to-what-is-not-there", test_bind_to_what_is_not_there);
    g_test_add_func ("/sqlite/query-a-number", test_query_a_number);
    g_test_add_func ("/sqlite/query-a-text", test_query_a_text);
    g_test_add_func ("/sqlite/tables-and-columns", test_tables_and_columns);
    g_test_add_func ("/sqlite/quoted-names", test_quoted_names);
    g_test_add_func ("/sqlite/close-accepts-nothing", test_close_accepts_nothing);
    return g_test_run();
}
