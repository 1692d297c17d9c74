/* SPDX-License-Identifier: MIT */
/* The second half of kb-home: what lies in a data folder. */
#include "kb-error.h"
#include "kb-home.h"
#include "kb-test.h"

#include <glib/gstdio.h>
#include <grp.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static KbHome *
open_home (const KbTestDir *dir)
{
    g_autoptr (GError) error = NULL;
    KbHome *home = kb_home_open (dir->path, &error);

    g_assert_no_error (error);
    return home;
}

static void
test_has_database (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = open_home (dir);

    g_assert_false (kb_home_has_database (home));
    g_free (kb_test_dir_write (dir, "db.sqlite3", ""));
    g_assert_true (kb_home_has_database (home));
}

static void
test_folder_is_no_database (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_file (dir, "db.sqlite3");
    g_autoptr (KbHome) home = open_home (dir);

    g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
    g_assert_false (kb_home_has_database (home));
    g_assert_false (kb_home_looks_like_one (home));
}

static void
test_looks_like_one (void)
{
    g_autoptr (KbTestDir) with_database = kb_test_dir_new();
    g_autoptr (KbTestDir) with_version = kb_test_dir_new();
    g_autoptr (KbTestDir) empty = kb_test_dir_new();
    g_autoptr (KbHome) first = open_home (with_database);
    g_autoptr (KbHome) second = open_home (with_version);
    g_autoptr (KbHome) third = open_home (empty);

    g_free (kb_test_dir_write (with_database, "db.sqlite3", ""));
    g_free (kb_test_dir_write (with_version, ".data_version", ""));
    g_free (kb_test_dir_write (empty, "options.ini", ""));
    g_assert_true (kb_home_looks_like_one (first));
    g_assert_true (kb_home_looks_like_one (second));
    g_assert_false (kb_home_looks_like_one (third));
}

static void
test_owner_is_that_of_the_database (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_write (dir, "db.sqlite3", "");
    g_autoptr (KbHome) home = open_home (dir);
    g_autoptr (GError) error = NULL;
    KbOwner owner;

    g_assert_cmpint (chmod (path, 0664), ==, 0);
    g_assert_cmpint (geteuid() == 0 ? chown (path, 12, 34) : 0, ==, 0);
    kb_test_assert_ok (kb_home_read_owner (home, &owner, &error), error);
    g_assert_cmpuint (owner.uid, ==, geteuid() == 0 ? 12 : geteuid());
    g_assert_cmphex (owner.file_mode, ==, 0664);
    g_assert_cmphex (owner.dir_mode, ==, 0775);
}

static void
test_owner_is_that_of_the_folder (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = open_home (dir);
    g_autoptr (GError) error = NULL;
    KbOwner owner;

    g_assert_cmpint (chmod (dir->path, 0755), ==, 0);
    kb_test_assert_ok (kb_home_read_owner (home, &owner, &error), error);
    g_assert_cmpuint (owner.uid, ==, geteuid());
    g_assert_cmphex (owner.file_mode, ==, 0644);
    g_assert_cmphex (owner.dir_mode, ==, 0755);
}

static void
test_owner_of_a_folder_that_went (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_file (dir, "home");
    g_autoptr (GError) error = NULL;
    KbOwner owner;

    g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
    g_autoptr (KbHome) home = kb_home_open (path, NULL);
    g_assert_cmpint (g_rmdir (path), ==, 0);
    g_assert_false (kb_home_read_owner (home, &owner, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_NOT_FOUND);
}

static void
test_backup_folders_are_made (void)
{
    const KbOwner owner = {.uid = geteuid(), .gid = getegid(), .dir_mode = 0775};
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = open_home (dir);
    g_autoptr (GError) error = NULL;

    kb_test_assert_ok (kb_home_make_backup_dirs (home, &owner, &error), error);
    kb_test_assert_ok (kb_home_make_backup_dirs (home, &owner, &error), error);
    kb_test_assert_mode (kb_home_get_backups_dir (home), 0775);
    kb_test_assert_mode (kb_home_get_protected_dir (home), 0775);
    g_assert_false (g_file_test (kb_home_get_replaced_dir (home), G_FILE_TEST_EXISTS));
}

static void
test_backup_folders_cannot_be_made (void)
{
    const KbOwner owner = {.uid = geteuid(), .gid = getegid(), .dir_mode = 0775};
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *in_the_way = kb_test_dir_write (dir, "backups", "x");
    g_autoptr (KbHome) home = open_home (dir);
    g_autoptr (GError) error = NULL;

    g_assert_false (kb_home_make_backup_dirs (home, &owner, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_IO);
}

static void
make_without_right (const KbHome *home)
{
    const KbOwner owner = {.uid = geteuid(), .gid = getegid(), .dir_mode = 0775};
    g_autoptr (GError) error = NULL;

    g_assert_false (kb_home_make_backup_dirs (home, &owner, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_PERMISSION);
    g_clear_error (&error);
    g_assert_false (kb_home_write_data_version (home, "0.17.5", &owner, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_PERMISSION);
}

static void
test_secret_settings (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_write (dir, "options.ini", "[Database]\n");
    int status;

    g_assert_cmpint (chmod (dir->path, 0755), ==, 0);
    g_assert_cmpint (chmod (path, 0), ==, 0);
    pid_t pid = fork();
    if (pid == 0) {
        g_autoptr (GError) error = NULL;
        if (geteuid() == 0 && (setgroups (0, NULL) != 0 || setuid (KB_TEST_NOBODY) != 0))
            _exit (2);
        g_assert_null (kb_home_open (dir->path, &error));
        g_assert_error (error, KB_ERROR, KB_ERROR_PERMISSION);
        _exit (0);
    }
    g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
    g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
}

static void
test_data_folder_of_somebody_else (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = open_home (dir);
    int status;

    g_assert_cmpint (chmod (dir->path, 0555), ==, 0);
    pid_t pid = fork();
    if (pid == 0) {
        if (geteuid() == 0 && (setgroups (0, NULL) != 0 || setuid (KB_TEST_NOBODY) != 0))
            _exit (2);
        make_without_right (home);
        _exit (0);
    }
    g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
    g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
    g_assert_cmpint (chmod (dir->path, 0755), ==, 0);
}

static void
test_data_version (void)
{
    static const char *const good[][2] = {
        {"0.17.5", "0.17.5"},
        {"0.6.0\n", "0.6.0"},
        {" 0.16.0rc1 \r\n\n", "0.16.0rc1"},
        {"0.18.0.dev0+git.123.g1234567", "0.18.0.dev0+git.123.g1234567"},
    };
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = open_home (dir);

    for (gsize i = 0; i < G_N_ELEMENTS (good); i++) {
        g_free (kb_test_dir_write (dir, ".data_version", good[i][0]));
        g_autofree char *version = kb_home_read_data_version (home);
        g_assert_cmpstr (version, ==, good[i][1]);
    }
}

static void
test_data_version_is_rubbish (void)
{
    static const char *const bad[] = {
        "",
        "\n",
        "0",
        "None",
        "0.17.5/../../x",
        "0.17.5\n0.18.0",
        "\xff\xfe",
        "0.17_5",
        "\xef\xbb\xbf"
        "0.17.5",
    };
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = open_home (dir);
    g_autofree char *long_text = g_strnfill (100000, '1');

    g_assert_null (kb_home_read_data_version (home)); /* there is no file */
    for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
        g_free (kb_test_dir_write (dir, ".data_version", bad[i]));
        g_assert_null (kb_home_read_data_version (home));
    }
    g_free (kb_test_dir_write (dir, ".data_version", long_text));
    g_assert_null (kb_home_read_data_version (home));
}

static void
test_data_version_is_a_folder (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_file (dir, ".data_version");
    g_autoptr (KbHome) home = open_home (dir);

    g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
    g_assert_null (kb_home_read_data_version (home));
}

/* Kolibri compares the text with its own version, so there must be no newline. */
static void
test_data_version_is_written (void)
{
    const KbOwner owner = {.uid = geteuid(), .gid = getegid(), .file_mode = 0664};
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_file (dir, ".data_version");
    g_autoptr (KbHome) home = open_home (dir);
    g_autoptr (GError) error = NULL;
    g_autofree char *text = NULL;

    kb_test_assert_ok (kb_home_write_data_version (home, "0.18.0", &owner, &error), error);
    kb_test_assert_ok (kb_home_write_data_version (home, "0.17.5", &owner, &error), error);
    g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
    g_assert_cmpstr (text, ==, "0.17.5");
    kb_test_assert_mode (path, 0664);
}

static void
test_data_version_is_removed (void)
{
    const KbOwner owner = {.uid = geteuid(), .gid = getegid(), .file_mode = 0664};
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_write (dir, ".data_version", "0.17.5");
    g_autoptr (KbHome) home = open_home (dir);
    g_autoptr (GError) error = NULL;

    kb_test_assert_ok (kb_home_write_data_version (home, NULL, &owner, &error), error);
    g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
    kb_test_assert_ok (kb_home_write_data_version (home, NULL, &owner, &error), error);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/home/files/has-database", test_has_database);
    g_test_add_func ("/home/files/folder-is-no-database", test_folder_is_no_database);
    g_test_add_func ("/home/files/looks-like-one", test_looks_like_one);
    g_test_add_func ("/home/files/owner-is-that-of-the-database",
                     test_owner_is_that_of_the_database);
    g_test_add_func ("/home/files/owner-is-that-of-the-folder", test_owner_is_that_of_the_folder);
    g_test_add_func ("/home/files/owner-of-a-folder-that-went", test_owner_of_a_folder_that_went);
    g_test_add_func ("/home/files/backup-folders-are-made", test_backup_folders_are_made);
    g_test_add_func ("/home/files/backup-folders-cannot-be-made",
                     test_backup_folders_cannot_be_made);
    g_test_add_func ("/home/files/secret-settings", test_secret_settings);
    g_test_add_func ("/home/files/data-folder-of-somebody-else", test_data_folder_of_somebody_else);
    g_test_add_func ("/home/files/data-version", test_data_version);
    g_test_add_func ("/home/files/data-version-is-rubbish", test_data_version_is_rubbish);
    g_test_add_func ("/home/files/data-version-is-a-folder", test_data_version_is_a_folder);
    g_test_add_func ("/home/files/data-version-is-written", test_data_version_is_written);
    g_test_add_func ("/home/files/data-version-is-removed", test_data_version_is_removed);
    return g_test_run();
}
