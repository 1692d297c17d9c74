/* SPDX-License-Identifier: MIT */
#include "kb-error.h"
#include "kb-file.h"
#include "kb-scratch.h"
#include "kb-test.h"

#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static KbSqlite *
create (const KbScratchOptions *options)
{
    g_autoptr (GError) error = NULL;
    KbSqlite *db = kb_scratch_create (options, &error);

    g_assert_no_error (error);
    g_assert_nonnull (db);
    return db;
}

static void
assert_setting (KbSqlite *db, const char *name, const char *expected)
{
    g_autofree char *sql = g_strdup_printf ("PRAGMA %s", name);
    g_autofree char *value = kb_sqlite_query_text (db, sql, NULL);

    g_assert_cmpstr (value, ==, expected);
}

static void
test_file_is_made (void)
{
    const KbOwner owner = {.uid = geteuid(), .gid = getegid(), .file_mode = 0664};
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_file (dir, "db");
    const KbScratchOptions options = {.path = path, .owner = &owner};
    KbSqlite *db = create (&options);

    kb_test_run_sql (db, "CREATE TABLE t(a); INSERT INTO t VALUES(7)");
    kb_sqlite_close (db);
    kb_test_assert_mode (path, 0664);
    g_autoptr (KbSqlite) again = kb_sqlite_open_for_reading (path, NULL);
    g_autofree char *text = kb_sqlite_query_text (again, "SELECT a FROM t", NULL);
    g_assert_cmpstr (text, ==, "7");
}

static void
test_file_is_secret_without_an_owner (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_file (dir, "db");
    const KbScratchOptions options = {.path = path};
    g_autoptr (KbSqlite) db = create (&options);

    g_assert_nonnull (db);
    kb_test_assert_mode (path, 0600);
}

static void
test_name_in_use_is_refused (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_write (dir, "db", "");
    g_autofree char *soft = kb_test_dir_file (dir, "soft");
    g_autofree char *target = kb_test_dir_file (dir, "target");
    const KbScratchOptions taken = {.path = path};
    const KbScratchOptions dangling = {.path = soft};
    g_autoptr (GError) error = NULL;

    g_assert_cmpint (symlink (target, soft), ==, 0);
    g_assert_null (kb_scratch_create (&taken, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_IO);
    g_assert_null (kb_scratch_create (&dangling, NULL));
    g_assert_false (g_file_test (target, G_FILE_TEST_EXISTS));
}

static void
test_folder_is_missing (void)
{
    const KbScratchOptions options = {.path = "/no/such/folder/db"};
    g_autoptr (GError) error = NULL;

    g_assert_null (kb_scratch_create (&options, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_NOT_FOUND);
}

static void
test_temporary_one (void)
{
    const KbScratchOptions options = {.path = "", .page_size = 1024};
    g_autoptr (KbSqlite) db = create (&options);

    kb_test_run_sql (db, "CREATE TABLE t(a); INSERT INTO t VALUES(zeroblob(1000000))");
    assert_setting (db, "page_size", "1024");
    g_assert_cmpstr (sqlite3_db_filename (db, "main"), ==, "");
}

static void
test_page_sizes (void)
{
    static const unsigned sizes[] = {512, 1024, 2048, 4096, 8192, 16384, 32768, 65536};

    for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
        g_autoptr (KbTestDir) dir = kb_test_dir_new();
        g_autofree char *path = kb_test_dir_file (dir, "db");
        g_autofree char *expected = g_strdup_printf ("%u", sizes[i]);
        const KbScratchOptions options = {.path = path, .page_size = sizes[i]};
        g_autoptr (KbSqlite) db = create (&options);
        kb_test_run_sql (db, "CREATE TABLE t(a)");
        assert_setting (db, "page_size", expected);
        g_assert_cmpuint (kb_file_size (path), ==, 2 * sizes[i]);
    }
}

/* The number comes from a file that nobody has to trust. */
static void
test_page_sizes_that_are_none (void)
{
    static const unsigned sizes[] = {0, 1, 256, 511, 513, 1000, 4095, 65535, 131072, 4294967295u};

    for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
        const KbScratchOptions options = {.path = "", .page_size = sizes[i]};
        g_autoptr (KbSqlite) db = create (&options);
        kb_test_run_sql (db, "CREATE TABLE t(a)");
        assert_setting (db, "page_size", "4096");
    }
}

static void
test_encodings (void)
{
    static const char *const encodings[][2] = {
        {"UTF-8", "C3A9"},
        {"UTF-16le", "E900"},
        {"UTF-16be", "00E9"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS (encodings); i++) {
        const KbScratchOptions options = {.path = "", .encoding = encodings[i][0]};
        g_autoptr (KbSqlite) db = create (&options);
        kb_test_run_sql (db, "CREATE TABLE t(a); INSERT INTO t VALUES('\xc3\xa9')");
        g_autofree char *bytes =
            kb_sqlite_query_text (db, "SELECT hex(CAST(a AS BLOB)) FROM t", NULL);
        assert_setting (db, "encoding", encodings[i][0]);
        g_assert_cmpstr (bytes, ==, encodings[i][1]);
    }
}

static void
test_encodings_that_are_none (void)
{
    static const char *const encodings[] = {NULL,     "",       "utf-16",
                                            "UTF-16", "latin1", "UTF-16le'; DROP TABLE x; --"};

    for (gsize i = 0; i < G_N_ELEMENTS (encodings); i++) {
        const KbScratchOptions options = {.path = "", .encoding = encodings[i]};
        g_autoptr (KbSqlite) db = create (&options);
        kb_test_run_sql (db, "CREATE TABLE t(a)");
        assert_setting (db, "encoding", "UTF-8");
    }
}

static void
test_limit_of_its_size (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_file (dir, "db");
    const KbScratchOptions options = {.path = path, .page_size = 1024, .max_bytes = 20 * 1024};
    g_autoptr (KbSqlite) db = create (&options);
    g_autoptr (GError) error = NULL;

    kb_test_run_sql (db, "CREATE TABLE t(a); INSERT INTO t VALUES(zeroblob(10000))");
    g_assert_false (kb_sqlite_exec (db, "INSERT INTO t VALUES(zeroblob(100000))", &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_NO_SPACE);
    g_assert_cmpuint (kb_file_size (path), <=, 21 * 1024);
}

/* It is the file that grows beyond reason, and no disk that is full. */
static void
test_limit_is_told_from_a_full_disk (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_file (dir, "db");
    const char *const paths[] = {path, ""};

    for (gsize i = 0; i < G_N_ELEMENTS (paths); i++) {
        const KbScratchOptions options = {.path = paths[i], .max_bytes = 50000};
        g_autoptr (KbSqlite) db = create (&options);
        g_autoptr (GError) error = NULL;
        kb_test_run_sql (db, "BEGIN; CREATE TABLE t(a)");
        while (kb_sqlite_exec (db, "INSERT INTO t VALUES(zeroblob(2000))", &error))
            ;
        g_assert_error (error, KB_ERROR, KB_ERROR_NO_SPACE);
        g_assert_true (kb_scratch_is_full (db));
    }
}

/* Fills a small disk of its own; exits with 77 where the system gives none. */
static void
fill_a_disk (const char *mount_point)
{
    g_autofree char *path = g_build_filename (mount_point, "db", NULL);
    const KbScratchOptions options = {.path = path, .max_bytes = G_GUINT64_CONSTANT (1) << 40};
    g_autoptr (GError) error = NULL;

    if (unshare (CLONE_NEWNS) != 0 || mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount ("none", mount_point, "tmpfs", 0, "size=256k") != 0)
        _exit (77);
    KbSqlite *db = create (&options);
    kb_test_run_sql (db, "PRAGMA cache_size=10; BEGIN; CREATE TABLE t(a)");
    while (kb_sqlite_exec (db, "INSERT INTO t VALUES(zeroblob(2000))", &error))
        ;
    g_assert_error (error, KB_ERROR, KB_ERROR_NO_SPACE);
    g_assert_false (kb_scratch_is_full (db));
    _exit (0);
}

static void
test_full_disk_is_told_from_the_limit (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    int status;
    pid_t pid = fork();

    if (pid == 0)
        fill_a_disk (dir->path);
    g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
    g_assert_true (WIFEXITED (status));
    if (WEXITSTATUS (status) == 77)
        g_test_skip ("needs the right to mount a disk");
    else
        g_assert_cmpint (WEXITSTATUS (status), ==, 0);
}

/* One that is as large as it may be takes the last page. */
static void
test_limit_is_reached_exactly (void)
{
    const KbScratchOptions options = {.path = "", .page_size = 1024, .max_bytes = 20 * 1024};
    g_autoptr (KbSqlite) db = create (&options);

    assert_setting (db, "max_page_count", "21");
}

static void
test_no_limit (void)
{
    const KbScratchOptions options = {.path = ""};
    const KbScratchOptions huge = {.path = "", .max_bytes = G_MAXUINT64};
    g_autoptr (KbSqlite) db = create (&options);
    g_autoptr (KbSqlite) other = create (&huge);

    assert_setting (db, "max_page_count", "4294967294");
    assert_setting (other, "max_page_count", "4294967294");
}

/* What is not whole yet is thrown away after a crash, so nothing is paid for its safety. */
static void
test_no_journal_and_no_sync (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_file (dir, "db");
    g_autofree char *journal = kb_test_dir_file (dir, "db-journal");
    const KbScratchOptions options = {.path = path};
    g_autoptr (KbSqlite) db = create (&options);

    assert_setting (db, "journal_mode", "off");
    assert_setting (db, "synchronous", "0");
    assert_setting (db, "locking_mode", "exclusive");
    assert_setting (db, "cache_size", "-16384");
    kb_test_run_sql (db, "BEGIN; CREATE TABLE t(a); INSERT INTO t VALUES(zeroblob(9000))");
    g_assert_false (g_file_test (journal, G_FILE_TEST_EXISTS));
    kb_test_run_sql (db, "COMMIT");
}

static void
test_is_defensive (void)
{
    const KbScratchOptions options = {.path = ""};
    g_autoptr (KbSqlite) db = create (&options);
    g_autoptr (GError) error = NULL;
    int defensive = -1;

    sqlite3_db_config (db, SQLITE_DBCONFIG_DEFENSIVE, -1, &defensive);
    g_assert_cmpint (defensive, ==, 1);
    kb_test_run_sql (db, "CREATE TABLE t(a); PRAGMA writable_schema=1");
    g_assert_false (kb_sqlite_exec (db, "DELETE FROM sqlite_master", &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_INTERNAL);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/scratch/file-is-made", test_file_is_made);
    g_test_add_func ("/scratch/file-is-secret-without-an-owner",
                     test_file_is_secret_without_an_owner);
    g_test_add_func ("/scratch/name-in-use-is-refused", test_name_in_use_is_refused);
    g_test_add_func ("/scratch/folder-is-missing", test_folder_is_missing);
    g_test_add_func ("/scratch/temporary-one", test_temporary_one);
    g_test_add_func ("/scratch/page-sizes", test_page_sizes);
    g_test_add_func ("/scratch/page-sizes-that-are-none", test_page_sizes_that_are_none);
    g_test_add_func ("/scratch/encodings", test_encodings);
    g_test_add_func ("/scratch/encodings-that-are-none", test_encodings_that_are_none);
    g_test_add_func ("/scratch/limit-of-its-size", test_limit_of_its_size);
    g_test_add_func ("/scratch/limit-is-reached-exactly", test_limit_is_reached_exactly);
    g_test_add_func ("/scratch/no-limit", test_no_limit);
    g_test_add_func ("/scratch/no-journal-and-no-sync", test_no_journal_and_no_sync);
    g_test_add_func ("/scratch/is-defensive", test_is_defensive);
    g_test_add_func ("/scratch/full-disk-is-told-from-the-limit",
                     test_full_disk_is_told_from_the_limit);
    g_test_add_func ("/scratch/limit-is-told-from-a-full-disk",
                     test_limit_is_told_from_a_full_disk);
    return g_test_run();
}
