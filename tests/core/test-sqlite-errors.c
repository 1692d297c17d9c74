/* SPDX-License-Identifier: MIT */
/* The second half of kb-sqlite: what its failures mean to the person, and how a cancel ends it. */
#include "kb-error.h"
#include "kb-sqlite.h"
#include "kb-test.h"

#include <grp.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define CREATE (SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)

static KbSqlite *
open_db (const char *path)
{
    g_autoptr (GError) error = NULL;
    KbSqlite *db = kb_sqlite_open (path, CREATE, &error);

    g_assert_no_error (error);
    sqlite3_busy_timeout (db, 0);
    return db;
}

static void
assert_fails (KbSqlite *db, const char *sql, KbErrorCode code)
{
    g_autoptr (GError) error = NULL;

    g_assert_false (kb_sqlite_exec (db, sql, &error));
    g_assert_error (error, KB_ERROR, (int) code);
}

static void
test_codes_become_ours (void)
{
    static const struct {
        int rc;
        KbErrorCode code;
    } cases[] = {
        {SQLITE_BUSY, KB_ERROR_BUSY},
        {SQLITE_BUSY_SNAPSHOT, KB_ERROR_BUSY},
        {SQLITE_LOCKED, KB_ERROR_BUSY},
        {SQLITE_PROTOCOL, KB_ERROR_BUSY},
        {SQLITE_CORRUPT, KB_ERROR_CORRUPT},
        {SQLITE_CORRUPT_INDEX, KB_ERROR_CORRUPT},
        {SQLITE_NOTADB, KB_ERROR_CORRUPT},
        {SQLITE_FULL, KB_ERROR_NO_SPACE},
        {SQLITE_IOERR_SHMSIZE, KB_ERROR_NO_SPACE},
        {SQLITE_READONLY, KB_ERROR_PERMISSION},
        {SQLITE_READONLY_DIRECTORY, KB_ERROR_PERMISSION},
        {SQLITE_PERM, KB_ERROR_PERMISSION},
        {SQLITE_CANTOPEN, KB_ERROR_NOT_FOUND},
        {SQLITE_NOMEM, KB_ERROR_IO},
        {SQLITE_IOERR, KB_ERROR_IO},
        {SQLITE_IOERR_READ, KB_ERROR_IO},
        {SQLITE_ERROR, KB_ERROR_INTERNAL},
        {SQLITE_AUTH, KB_ERROR_INTERNAL},
        {SQLITE_TOOBIG, KB_ERROR_INTERNAL},
        {SQLITE_CONSTRAINT, KB_ERROR_INTERNAL},
        {SQLITE_MISUSE, KB_ERROR_INTERNAL},
    };

    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (GError) error = NULL;
        g_assert_false (kb_sqlite_set_error (&error, NULL, cases[i].rc, "step"));
        g_assert_error (error, KB_ERROR, (int) cases[i].code);
        g_autofree char *expected =
            g_strdup_printf ("step: database: %s (%d)", sqlite3_errstr (cases[i].rc), cases[i].rc);
        g_assert_cmpstr (error->message, ==, expected);
    }
}

static void
test_interrupt_is_a_cancel (void)
{
    g_autoptr (GError) error = NULL;

    g_assert_false (kb_sqlite_set_error (&error, NULL, SQLITE_INTERRUPT, "step"));
    g_assert_true (kb_error_is_cancelled (error));
    g_assert_false (kb_sqlite_set_error (NULL, NULL, SQLITE_INTERRUPT, "step"));
    g_assert_false (kb_sqlite_set_error (NULL, NULL, SQLITE_BUSY, "step"));
}

static void
test_error_names_the_file (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_file (dir, "some name");
    g_autoptr (KbSqlite) db = open_db (path);
    g_autoptr (GError) error = NULL;

    g_assert_false (kb_sqlite_exec (db, "SELECT missing", &error));
    g_assert_nonnull (strstr (error->message, path));
    g_assert_nonnull (strstr (error->message, "no such column: missing"));
}

/* SQLite quotes what it was given, and a window shows only text. */
static void
test_error_is_text (void)
{
    g_autoptr (KbSqlite) db = open_db ("");
    g_autoptr (GError) error = NULL;

    g_assert_false (kb_sqlite_exec (db, "SELECT \xff\xfe FROM \xc3\xa9", &error));
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
    g_assert_nonnull (strstr (error->message, "\xc3\xa9"));
}

static void
test_locked_database_is_busy (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_file (dir, "db");
    g_autoptr (KbSqlite) first = open_db (path);
    g_autoptr (KbSqlite) second = open_db (path);

    kb_test_run_sql (first, "CREATE TABLE t(a); BEGIN EXCLUSIVE");
    assert_fails (second, "BEGIN IMMEDIATE", KB_ERROR_BUSY);
    kb_test_run_sql (first, "COMMIT");
    kb_test_run_sql (second, "BEGIN IMMEDIATE; COMMIT");
}

static void
test_rubbish_is_corrupt (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *rubbish = g_strnfill (5000, 'x');
    g_autofree char *path = kb_test_dir_write (dir, "db", rubbish);
    g_autoptr (KbSqlite) db = open_db (path);

    assert_fails (db, "SELECT * FROM sqlite_master", KB_ERROR_CORRUPT);
}

static void
test_damaged_page_is_corrupt (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_file (dir, "db");
    g_autofree char *bytes = NULL;
    gsize length;
    KbSqlite *writer = open_db (path);

    kb_test_run_sql (writer, "PRAGMA page_size=1024; CREATE TABLE t(a); INSERT INTO t VALUES(1)");
    kb_sqlite_close (writer);
    g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
    g_assert_cmpuint (length, ==, 2048);
    memset (bytes + 1024, 0xff, 16);
    kb_test_write (path, bytes, length);
    g_autoptr (KbSqlite) db = open_db (path);
    assert_fails (db, "SELECT * FROM t", KB_ERROR_CORRUPT);
}

static void
test_full_database_is_no_space (void)
{
    g_autoptr (KbSqlite) db = open_db ("");

    kb_test_run_sql (db, "CREATE TABLE t(a); PRAGMA max_page_count=10");
    assert_fails (db, "INSERT INTO t VALUES(zeroblob(1000000))", KB_ERROR_NO_SPACE);
}

/* To SQLite this is an I/O error; what the system said decides, where SQLite has kept that: not
 * when it is the commit that writes, so the cache is made small. */
static void
write_beyond_limit (const char *path)
{
    const struct rlimit limit = {100000, 100000};
    g_autoptr (KbSqlite) db = open_db (path);

    signal (SIGXFSZ, SIG_IGN);
    kb_test_run_sql (db, "PRAGMA journal_mode=OFF; PRAGMA cache_size=10; CREATE TABLE t(a)");
    g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
    assert_fails (db, "INSERT INTO t VALUES(zeroblob(1000000))", KB_ERROR_FILE_TOO_LARGE);
}

static void
test_file_too_large_for_its_disk_is_no_space (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_file (dir, "db");

    kb_test_in_child (write_beyond_limit, path);
}

static void
test_folder_is_no_database (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (GError) error = NULL;

    kb_test_only_posix ("another word for folders than for what is not allowed");
    g_assert_null (kb_sqlite_open (dir->path, CREATE, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_IO);
    g_assert_true (g_str_has_prefix (error->message, dir->path));
}

static void
open_without_right (const char *path)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (GError) reading = NULL;

    g_assert_null (kb_sqlite_open (path, SQLITE_OPEN_READWRITE, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_PERMISSION);
    g_assert_null (kb_sqlite_open_for_reading (path, &reading));
    g_assert_error (reading, KB_ERROR, KB_ERROR_PERMISSION);
}

static void
test_secret_file_is_permission (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_write (dir, "db", "");

    g_assert_cmpint (chmod (dir->path, 0755), ==, 0);
    g_assert_cmpint (chmod (path, 0600), ==, 0);
    g_assert_cmpint (geteuid() == 0 ? 0 : chmod (path, 0), ==, 0);
    kb_test_as_nobody (open_without_right, path);
}

static void
write_without_right (const char *path)
{
    g_autoptr (KbSqlite) db = open_db (path);

    kb_test_run_sql (db, "SELECT * FROM t");
    assert_fails (db, "INSERT INTO t VALUES(1)", KB_ERROR_PERMISSION);
}

static void
test_read_only_file_is_permission (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_file (dir, "db");
    KbSqlite *writer = open_db (path);

    kb_test_run_sql (writer, "CREATE TABLE t(a)");
    kb_sqlite_close (writer);
    g_assert_cmpint (chmod (dir->path, 0755), ==, 0);
    g_assert_cmpint (chmod (path, 0444), ==, 0);
    kb_test_as_nobody (write_without_right, path);
}

/* In WAL mode even a reader has to write, beside the database. */
static void
read_without_right (const char *path)
{
    g_autoptr (KbSqlite) db = open_db (path);
    g_autoptr (GError) error = NULL;

    g_assert_false (kb_sqlite_exec (db, "SELECT * FROM t", &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_PERMISSION);
}

static void
test_read_only_folder_of_a_wal_database_is_permission (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_file (dir, "db");
    KbSqlite *writer = open_db (path);

    kb_test_run_sql (writer, "PRAGMA journal_mode=WAL; CREATE TABLE t(a)");
    kb_sqlite_close (writer);
    g_assert_cmpint (chmod (path, 0666), ==, 0);
    g_assert_cmpint (chmod (dir->path, 0555), ==, 0);
    kb_test_as_nobody (read_without_right, path);
    g_assert_cmpint (chmod (dir->path, 0755), ==, 0);
}

static const char *const long_query =
    "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n) SELECT count(*) FROM n";

static void *
cancel_soon (gpointer cancellable)
{
    g_usleep (10000);
    g_cancellable_cancel (cancellable);
    return NULL;
}

/* The query never ends by itself. */
static void
test_cancel_ends_a_statement (void)
{
    g_autoptr (KbSqlite) db = open_db ("");
    g_autoptr (GCancellable) cancellable = g_cancellable_new();
    g_autoptr (GError) error = NULL;

    kb_sqlite_watch_cancel (db, cancellable);
    GThread *thread = g_thread_new ("cancel", cancel_soon, cancellable);
    g_assert_false (kb_sqlite_exec (db, long_query, &error));
    g_thread_join (thread);
    g_assert_true (kb_error_is_cancelled (error));
    g_clear_error (&error);
    g_autoptr (KbStmt) stmt = kb_sqlite_prepare (db, long_query, NULL);
    g_assert_cmpint (kb_sqlite_step (stmt, &error), ==, KB_STEP_FAILED);
    g_assert_true (kb_error_is_cancelled (error));
}

static void
test_cancel_is_looked_at_no_longer (void)
{
    g_autoptr (KbSqlite) db = open_db ("");
    g_autoptr (GCancellable) cancellable = g_cancellable_new();

    kb_sqlite_watch_cancel (db, cancellable);
    g_cancellable_cancel (cancellable);
    kb_sqlite_watch_cancel (db, NULL);
    g_clear_object (&cancellable);
    kb_test_run_sql (db,
                     "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n LIMIT 50000)"
                     "SELECT count(*) FROM n");
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/sqlite/errors/codes-become-ours", test_codes_become_ours);
    g_test_add_func ("/sqlite/errors/interrupt-is-a-cancel", test_interrupt_is_a_cancel);
    g_test_add_func ("/sqlite/errors/error-names-the-file", test_error_names_the_file);
    g_test_add_func ("/sqlite/errors/error-is-text", test_error_is_text);
    g_test_add_func ("/sqlite/errors/locked-database-is-busy", test_locked_database_is_busy);
    g_test_add_func ("/sqlite/errors/rubbish-is-corrupt", test_rubbish_is_corrupt);
    g_test_add_func ("/sqlite/errors/damaged-page-is-corrupt", test_damaged_page_is_corrupt);
    g_test_add_func ("/sqlite/errors/full-database-is-no-space", test_full_database_is_no_space);
    g_test_add_func ("/sqlite/errors/file-too-large-for-its-disk-is-no-space",
                     test_file_too_large_for_its_disk_is_no_space);
    g_test_add_func ("/sqlite/errors/folder-is-no-database", test_folder_is_no_database);
    g_test_add_func ("/sqlite/errors/secret-file-is-permission", test_secret_file_is_permission);
    g_test_add_func ("/sqlite/errors/read-only-file-is-permission",
                     test_read_only_file_is_permission);
    g_test_add_func ("/sqlite/errors/read-only-folder-of-a-wal-database-is-permission",
                     test_read_only_folder_of_a_wal_database_is_permission);
    g_test_add_func ("/sqlite/errors/cancel-ends-a-statement", test_cancel_ends_a_statement);
    g_test_add_func ("/sqlite/errors/cancel-is-looked-at-no-longer",
                     test_cancel_is_looked_at_no_longer);
    return g_test_run();
}
