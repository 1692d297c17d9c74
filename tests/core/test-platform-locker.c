/* SPDX-License-Identifier: MIT */
/* Who has a database open, told by SQLite's own locks, without touching one of them. */
#include "kb-platform.h"
#include "kb-test.h"

#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static char *
make_database (const KbTestDir *dir, const char *journal_mode)
{
    char *path = kb_test_dir_file (dir, "db.sqlite3");
    g_autoptr (KbSqlite) db =
        kb_sqlite_open (path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
    g_autofree char *sql =
        g_strdup_printf ("PRAGMA journal_mode=%s; CREATE TABLE t (x)", journal_mode);

    kb_test_run_sql (db, sql);
    return path;
}

/* Another process that has run some SQL, and keeps its connection. */
static pid_t
start_user (const char *path, const char *sql)
{
    int ends[2];
    char ready;

    g_assert_cmpint (pipe (ends), ==, 0);
    pid_t pid = fork();
    if (pid == 0) {
        sqlite3 *db;
        prctl (PR_SET_PDEATHSIG, SIGKILL); /* a failed test leaves nothing behind */
        if (sqlite3_open (path, &db) != SQLITE_OK ||
            sqlite3_exec (db, sql, NULL, NULL, NULL) != SQLITE_OK)
            _exit (1);
        (void) !write (ends[1], "r", 1);
        for (;;)
            pause();
    }
    close (ends[1]);
    g_assert_cmpint (read (ends[0], &ready, 1), ==, 1);
    close (ends[0]);
    return pid;
}

static void
end_user (pid_t pid)
{
    kill (pid, SIGKILL);
    g_assert_cmpint (waitpid (pid, NULL, 0), ==, pid);
}

static void
test_idle_reader_of_a_log (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = make_database (dir, "WAL");

    g_assert_cmpint (kb_platform_find_locker (path), ==, 0);
    pid_t user = start_user (path, "SELECT count(*) FROM t");
    g_assert_cmpint (kb_platform_find_locker (path), ==, user);
    end_user (user);
    g_assert_cmpint (kb_platform_find_locker (path), ==, 0);
}

static void
test_writer_of_a_journal (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = make_database (dir, "DELETE");
    pid_t user = start_user (path, "BEGIN IMMEDIATE");

    g_assert_cmpint (kb_platform_find_locker (path), ==, user);
    end_user (user);
}

static void
try_to_write (const char *path)
{
    sqlite3 *db;

    g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
    g_assert_cmpint (sqlite3_exec (db, "INSERT INTO t VALUES (1)", NULL, NULL, NULL), ==,
                     SQLITE_BUSY);
    sqlite3_close (db);
}

/* The first law: asking must not drop a lock of ours. */
static void
test_our_own_lock_stays (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = make_database (dir, "DELETE");
    g_autoptr (KbSqlite) db = kb_sqlite_open (path, SQLITE_OPEN_READWRITE, NULL);

    kb_test_run_sql (db, "PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE");
    g_assert_cmpint (kb_platform_find_locker (path), ==, 0);
    kb_test_in_child (try_to_write, path);
}

/* As inside of a sandbox: the lock is seen, and its process is not. */
static void
look_from_inside (const char *path)
{
    if (unshare (CLONE_NEWPID) != 0)
        return;
    pid_t inside = fork();
    if (inside == 0)
        _exit (kb_platform_find_locker (path) == -1 ? 0 : 1);
    int status;
    g_assert_cmpint (waitpid (inside, &status, 0), ==, inside);
    g_assert_cmpint (status, ==, 0);
}

static void
test_process_that_is_hidden (void)
{
    if (geteuid() != 0) {
        g_test_skip ("only root may make a namespace");
        return;
    }
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = make_database (dir, "WAL");
    pid_t user = start_user (path, "SELECT count(*) FROM t");

    kb_test_in_child (look_from_inside, path);
    end_user (user);
}

static void
test_no_database (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_file (dir, "db.sqlite3");

    g_assert_cmpint (kb_platform_find_locker (path), ==, 0);
    g_assert_false (kb_test_exists (path));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/platform/locker/idle-reader-of-a-log", test_idle_reader_of_a_log);
    g_test_add_func ("/platform/locker/writer-of-a-journal", test_writer_of_a_journal);
    g_test_add_func ("/platform/locker/our-own-lock-stays", test_our_own_lock_stays);
    g_test_add_func ("/platform/locker/process-that-is-hidden", test_process_that_is_hidden);
    g_test_add_func ("/platform/locker/no-database", test_no_database);
    return g_test_run();
}
