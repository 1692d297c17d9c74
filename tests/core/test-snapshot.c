/* SPDX-License-Identifier: MIT */
#include "kb-error.h"
#include "kb-file.h"
#include "kb-snapshot.h"
#include "kb-test.h"

#define SNAPSHOTS 1000
#define PATIENCE_S 60

/* Somebody who writes all the time. */
typedef struct {
    const char *path;
    gulong pause_us; /* outside of WAL mode nobody else would get in without one */
    int stop;        /* atomic */
    int n_commits;   /* atomic */
} Writer;

static gpointer
run_writer (gpointer user_data)
{
    Writer *self = user_data;
    g_autoptr (GError) error = NULL;
    g_autoptr (KbSqlite) db = kb_sqlite_open (self->path, SQLITE_OPEN_READWRITE, &error);

    g_assert_no_error (error);
    while (!g_atomic_int_get (&self->stop)) {
        if (kb_sqlite_exec (db, "BEGIN IMMEDIATE; UPDATE a SET n=n+1; UPDATE b SET n=n+1; COMMIT",
                            NULL))
            g_atomic_int_inc (&self->n_commits);
        else if (!sqlite3_get_autocommit (db))
            kb_sqlite_exec (db, "ROLLBACK", NULL);
        g_usleep (self->pause_us);
    }
    return NULL;
}

static char *
make_database (const KbTestDir *dir, const char *journal_mode)
{
    char *path = kb_test_dir_file (dir, "live.sqlite3");
    g_autoptr (GError) error = NULL;
    g_autoptr (KbSqlite) db =
        kb_sqlite_open (path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &error);

    g_assert_no_error (error);
    kb_test_assert_ok (kb_sqlite_execf (db, &error,
                                        "PRAGMA journal_mode=%s; PRAGMA synchronous=OFF;"
                                        "CREATE TABLE a(n); INSERT INTO a VALUES(0);"
                                        "CREATE TABLE b(n); INSERT INTO b VALUES(0);",
                                        journal_mode),
                       error);
    return path;
}

static void
check_moments (const char *path, guint *n_pairs)
{
    for (int i = 0; i < SNAPSHOTS; i++) {
        g_autoptr (GError) error = NULL;
        g_autoptr (KbSnapshot) snapshot = kb_snapshot_open (path, 2, NULL, &error);
        g_assert_no_error (error);
        gint64 n = kb_test_query_int64 (snapshot->readers[0], "SELECT n FROM a");
        for (guint j = 0; j < snapshot->n_readers; j++) {
            g_assert_cmpint (kb_test_query_int64 (snapshot->readers[j], "SELECT n FROM a"), ==, n);
            g_assert_cmpint (kb_test_query_int64 (snapshot->readers[j], "SELECT n FROM b"), ==, n);
        }
        *n_pairs += snapshot->n_readers - 1;
    }
}

/* Both readers see the same moment, while somebody writes. */
static void
test_one_moment (gconstpointer journal_mode)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = make_database (dir, journal_mode);
    Writer writer = {.path = path, .pause_us = g_str_equal (journal_mode, "WAL") ? 0 : 200};
    GThread *thread = g_thread_new ("writer", run_writer, &writer);
    guint n_pairs = 0;

    while (g_atomic_int_get (&writer.n_commits) == 0)
        g_usleep (1000);
    int before = g_atomic_int_get (&writer.n_commits);
    gint64 end = g_get_monotonic_time() + PATIENCE_S * G_USEC_PER_SEC;
    int n_commits = 0;
    do { /* on a busy machine the writer, or the readers, may have to wait for their turn */
        check_moments (path, &n_pairs);
        n_commits = g_atomic_int_get (&writer.n_commits) - before;
    } while ((n_pairs == 0 || n_commits == 0) && g_get_monotonic_time() < end);
    g_atomic_int_set (&writer.stop, TRUE);
    g_thread_join (thread);
    g_test_message ("%u pairs, %d commits meanwhile", n_pairs, n_commits);
    g_assert_cmpuint (n_pairs, >, 0);
    g_assert_cmpint (n_commits, >, 0);
}

static void
test_one_reader (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = make_database (dir, "WAL");
    g_autoptr (GError) error = NULL;
    g_autoptr (KbSnapshot) snapshot = kb_snapshot_open (path, 1, NULL, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (snapshot->n_readers, ==, 1);
    g_assert_false (sqlite3_get_autocommit (snapshot->readers[0]));
}

static void
test_cancelled (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = make_database (dir, "WAL");
    g_autoptr (GCancellable) cancellable = g_cancellable_new();
    g_autoptr (GError) error = NULL;
    g_autoptr (KbSnapshot) snapshot = kb_snapshot_open (path, 2, cancellable, &error);
    gint64 n;

    g_assert_no_error (error);
    g_cancellable_cancel (cancellable);
    for (guint i = 0; i < 2; i++) {
        g_assert_false (kb_sqlite_query_int64 (
            snapshot->readers[i],
            "WITH RECURSIVE c(n) AS (VALUES(1) UNION ALL SELECT n+1 FROM c WHERE n<1000000)"
            "SELECT count(*) FROM c",
            &n, &error));
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
        g_clear_error (&error);
    }
}

static void
test_missing (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_file (dir, "none.sqlite3");
    g_autoptr (GError) error = NULL;

    g_assert_null (kb_snapshot_open (path, 2, NULL, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_NOT_FOUND);
    g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_data_func ("/snapshot/one-moment/wal", "WAL", test_one_moment);
    g_test_add_data_func ("/snapshot/one-moment/delete", "DELETE", test_one_moment);
    g_test_add_func ("/snapshot/one-reader", test_one_reader);
    g_test_add_func ("/snapshot/cancelled", test_cancelled);
    g_test_add_func ("/snapshot/missing", test_missing);
    return g_test_run();
}
