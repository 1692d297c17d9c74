/* SPDX-License-Identifier: MIT */
#include "kb-backup-name.h"
#include "kb-backup.h"
#include "kb-error.h"
#include "kb-file.h"
#include "kb-lock.h"
#include "kb-test.h"
#include "kb-verify.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static KbBackupResult *
back_up (KbHome *home, const char *folder, GError **error)
{
    const KbBackupOptions options = {.home = home, .folder = folder, .program_version = "test"};

    return kb_backup_run (&options, NULL, NULL, error);
}

static guint
count_files (const char *path)
{
    g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
    guint n = 0;

    while (dir != NULL && g_dir_read_name (dir) != NULL)
        n++;
    return n;
}

static void
test_two_names_for_one_file (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home (dir, "home", "0.19");
    g_autofree char *before = kb_test_digest_home (home);
    g_autoptr (GError) error = NULL;
    g_autoptr (KbBackupResult) result = back_up (home, NULL, &error);
    KbFileId public_id;
    KbFileId protected_id;

    g_assert_no_error (error);
    g_assert_true (result->is_protected);
    g_autofree char *protected_path =
        g_build_filename (kb_home_get_protected_dir (home), result->name, NULL);
    g_assert_true (kb_platform_file_id (result->path, &public_id));
    g_assert_true (kb_platform_file_id (protected_path, &protected_id));
    g_assert_cmpuint (public_id.inode, ==, protected_id.inode);
    g_assert_cmpint (g_remove (result->path), ==, 0);
    g_autofree char *after = kb_test_digest_home (home);
    g_assert_cmpstr (before, ==, after);
}

/* The name carries the version of the data, never that of a program. */
static void
test_version_of_the_data (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home (dir, "home", "0.16");
    g_autofree char *mark = g_build_filename (kb_home_get_path (home), ".data_version", NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (KbBackupResult) first = back_up (home, NULL, &error);

    g_assert_no_error (error);
    g_assert_true (g_str_has_prefix (first->name, "db-v0.16.2_"));

    g_assert_cmpint (g_remove (mark), ==, 0); /* then the rows say what they can */
    g_autoptr (KbBackupResult) second = back_up (home, NULL, &error);
    g_assert_no_error (error);
    g_assert_true (g_str_has_prefix (second->name, "db-v0.16."));
    g_autoptr (KbVerifyResult) checked = kb_verify_run (second->path, FALSE, NULL, NULL, &error);
    g_assert_no_error (error);

    kb_test_write (mark, "0.15.8",
                   6); /* what an older Kolibri does that is started on newer data */
    g_autoptr (KbBackupResult) third = back_up (home, NULL, &error);
    g_assert_no_error (error);
    g_assert_true (g_str_has_prefix (third->name, "db-v0.16."));
}

static void
test_no_version_at_all (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home (dir, "home", "0.16");
    g_autofree char *mark = g_build_filename (kb_home_get_path (home), ".data_version", NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (KbSqlite) db =
        kb_sqlite_open (kb_home_get_database (home), SQLITE_OPEN_READWRITE, &error);

    kb_test_assert_ok (kb_sqlite_exec (db, "DELETE FROM django_migrations", &error), error);
    g_assert_cmpint (g_remove (mark), ==, 0);
    g_assert_null (back_up (home, NULL, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_UNSUPPORTED);
    g_assert_cmpuint (count_files (kb_home_get_protected_dir (home)), ==, 0);
}

/* A name that is taken is never overwritten, whoever has it. */
static void
test_taken_name (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home (dir, "home", "0.16");
    g_autofree char *folder = kb_test_dir_file (dir, "stick");
    g_autoptr (GDateTime) now = g_date_time_new_now_local();
    g_autoptr (GError) error = NULL;

    g_assert_cmpint (g_mkdir (folder, 0755), ==, 0);
    for (int i = 0; i < 3; i++) {
        g_autoptr (GDateTime) then = g_date_time_add_seconds (now, i);
        g_autofree char *name = kb_backup_name_format ("0.16.2", then);
        g_autofree char *path = g_build_filename (folder, name, NULL);
        kb_test_write (path, "precious", 8);
    }
    g_autoptr (KbBackupResult) result = back_up (home, folder, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (count_files (folder), ==, 4);
    g_assert_cmpuint (result->size_bytes, >, 1000);
}

static void
test_cancel_leaves_nothing (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home (dir, "home", "0.19");
    g_autoptr (GCancellable) cancellable = g_cancellable_new();
    const KbBackupOptions options = {.home = home, .program_version = "test"};
    g_autoptr (GError) error = NULL;

    g_cancellable_cancel (cancellable);
    g_assert_null (kb_backup_run (&options, NULL, cancellable, &error));
    g_assert_true (kb_error_is_cancelled (error));
    g_assert_cmpuint (count_files (kb_home_get_protected_dir (home)), ==, 0);
}

static void
test_one_writer_a_folder (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home (dir, "home", "0.16");
    g_autoptr (GError) error = NULL;
    KbOwner owner;

    kb_test_assert_ok (kb_home_read_owner (home, &owner, &error), error);
    g_autoptr (KbLock) lock = kb_lock_acquire (home, &owner, &error);
    g_assert_no_error (error);
    g_assert_null (back_up (home, NULL, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_BUSY);
    g_clear_error (&error);
    g_clear_pointer (&lock, kb_lock_release);
    g_autoptr (KbBackupResult) result = back_up (home, NULL, &error);
    g_assert_no_error (error);
}

/* A log that a crash left is read, and neither folded in nor removed: its owner comes back. */
static void
test_leaves_the_log_of_a_crash (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home (dir, "home", "0.16");
    const char *database = kb_home_get_database (home);
    g_autofree char *wal = g_strconcat (database, "-wal", NULL);
    g_autofree char *copy = g_strconcat (database, "-copy", NULL);
    g_autofree char *copy_wal = g_strconcat (copy, "-wal", NULL);
    g_autoptr (GError) error = NULL;
    g_autofree char *bytes = NULL;
    gsize length;
    KbSqlite *db = kb_sqlite_open (database, SQLITE_OPEN_READWRITE, &error);

    kb_test_assert_ok (kb_sqlite_exec (db, "DELETE FROM logger_attemptlog", &error), error);
    const char *const pairs[][2] = {{database, copy}, {wal, copy_wal}};
    for (gsize i = 0; i < 2; i++) { /* what a pulled plug would leave */
        g_autofree char *file = NULL;
        g_assert_true (g_file_get_contents (pairs[i][0], &file, &length, NULL));
        kb_test_write (pairs[i][1], file, length);
    }
    kb_sqlite_close (db);
    g_assert_cmpint (g_rename (copy, database), ==, 0);
    g_assert_cmpint (g_rename (copy_wal, wal), ==, 0);

    g_autoptr (KbBackupResult) result = back_up (home, NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpint (result->summary->exercises, ==, 0);
    g_assert_true (g_file_get_contents (wal, &bytes, &length, NULL));
    g_assert_cmpuint (length, >, 0);
}

static void
test_nothing_to_back_up (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home (dir, "home", NULL);
    g_autoptr (GError) error = NULL;

    g_assert_null (back_up (home, NULL, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_NOT_FOUND);
    g_assert_cmpuint (count_files (kb_home_get_path (home)), ==, 0);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/backup/two-names-for-one-file", test_two_names_for_one_file);
    g_test_add_func ("/backup/version-of-the-data", test_version_of_the_data);
    g_test_add_func ("/backup/no-version-at-all", test_no_version_at_all);
    g_test_add_func ("/backup/taken-name", test_taken_name);
    g_test_add_func ("/backup/cancel-leaves-nothing", test_cancel_leaves_nothing);
    g_test_add_func ("/backup/one-writer-a-folder", test_one_writer_a_folder);
    g_test_add_func ("/backup/leaves-the-log-of-a-crash", test_leaves_the_log_of_a_crash);
    g_test_add_func ("/backup/nothing-to-back-up", test_nothing_to_back_up);
    return g_test_run();
}
