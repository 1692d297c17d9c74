/* SPDX-License-Identifier: MIT */
#include "kb-error.h"
#include "kb-lock.h"
#include "kb-test.h"

#include <glib/gstdio.h>
#include <grp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static KbLock *
acquire (const KbHome *home)
{
    const KbOwner owner = kb_test_us();
    g_autoptr (GError) error = NULL;
    KbLock *lock = kb_lock_acquire (home, &owner, &error);

    g_assert_no_error (error);
    return lock;
}

static void
assert_busy (const KbHome *home)
{
    const KbOwner owner = kb_test_us();
    g_autoptr (GError) error = NULL;

    g_assert_null (kb_lock_acquire (home, &owner, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_BUSY);
}

static void
test_makes_what_it_needs (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home (dir, "home", NULL);
    g_autofree char *path =
        g_build_filename (kb_home_get_backups_dir (home), ".kolibri-backup.lock", NULL);
    g_autoptr (KbLock) lock = acquire (home);

    g_assert_nonnull (lock);
    g_assert_true (g_file_test (kb_home_get_protected_dir (home), G_FILE_TEST_IS_DIR));
    kb_test_assert_mode (path, 0664);
    kb_test_assert_mode (kb_home_get_backups_dir (home), 0775);
}

static void
test_only_one_at_a_time (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home (dir, "home", NULL);
    KbLock *lock = acquire (home);

    assert_busy (home);
    kb_lock_release (lock);
    g_autoptr (KbLock) again = acquire (home);
    g_assert_nonnull (again);
    kb_lock_release (NULL);
}

static void
test_data_folders_do_not_share_it (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) first = kb_test_make_home (dir, "first", NULL);
    g_autoptr (KbHome) second = kb_test_make_home (dir, "second", NULL);
    g_autoptr (KbLock) first_lock = acquire (first);
    g_autoptr (KbLock) second_lock = acquire (second);

    g_assert_nonnull (second_lock);
}

/* Starts a process that holds the lock until it is killed. */
static pid_t
hold_in_another_process (const KbHome *home)
{
    int ends[2];
    char ready;

    g_assert_cmpint (pipe (ends), ==, 0);
    pid_t pid = fork();
    if (pid == 0) {
        prctl (PR_SET_PDEATHSIG, SIGKILL);
        g_assert_nonnull (acquire (home));
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
test_another_process_holds_it (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home (dir, "home", NULL);
    pid_t pid = hold_in_another_process (home);

    assert_busy (home);
    kill (pid, SIGKILL); /* as a crash or a power cut ends it */
    g_assert_cmpint (waitpid (pid, NULL, 0), ==, pid);
    g_autoptr (KbLock) lock = acquire (home);
    g_assert_nonnull (lock);
}

static void
test_another_process_finds_it_taken (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home (dir, "home", NULL);
    g_autoptr (KbLock) lock = acquire (home);
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        assert_busy (home);
        _exit (0);
    }
    g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
    g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
    g_assert_nonnull (lock);
}

/* Whoever takes it next finds the same file: one that came and went would be two locks. */
static void
test_file_stays (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home (dir, "home", NULL);
    g_autofree char *path =
        g_build_filename (kb_home_get_backups_dir (home), ".kolibri-backup.lock", NULL);
    struct stat before, after;

    kb_lock_release (acquire (home));
    g_assert_cmpint (stat (path, &before), ==, 0);
    kb_lock_release (acquire (home));
    g_assert_cmpint (stat (path, &after), ==, 0);
    g_assert_cmpuint (before.st_ino, ==, after.st_ino);
}

static void
test_folder_of_somebody_else (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home (dir, "home", NULL);
    int status;

    g_assert_cmpint (chmod (dir->path, 0755), ==, 0);
    g_assert_cmpint (chmod (kb_home_get_path (home), 0555), ==, 0);
    pid_t pid = fork();
    if (pid == 0) {
        g_autoptr (GError) error = NULL;
        if (geteuid() == 0 && (setgroups (0, NULL) != 0 || setuid (KB_TEST_NOBODY) != 0))
            _exit (2);
        const KbOwner owner = kb_test_us();
        g_assert_null (kb_lock_acquire (home, &owner, &error));
        g_assert_error (error, KB_ERROR, KB_ERROR_PERMISSION);
        _exit (0);
    }
    g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
    g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
    g_assert_cmpint (chmod (kb_home_get_path (home), 0755), ==, 0);
}

/* Root was killed after it had made the file, and before it gave it away. */
static void
test_file_of_root (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home (dir, "home", NULL);
    g_autofree char *path =
        g_build_filename (kb_home_get_backups_dir (home), ".kolibri-backup.lock", NULL);
    gboolean taken = TRUE;
    int status;

    if (geteuid() != 0) {
        g_test_skip ("needs root");
        return;
    }
    g_assert_cmpint (g_mkdir_with_parents (kb_home_get_backups_dir (home), 0755), ==, 0);
    g_assert_cmpint (chmod (dir->path, 0755), ==, 0);
    int fd = kb_platform_lock (path, NULL, &taken, NULL);
    g_assert_cmpint (fd, >=, 0);
    close (fd);
    pid_t pid = fork();
    if (pid == 0) {
        if (setgroups (0, NULL) != 0 || setgid (KB_TEST_NOBODY) != 0 ||
            setuid (KB_TEST_NOBODY) != 0)
            _exit (2);
        fd = kb_platform_lock (path, NULL, &taken, NULL);
        _exit (fd >= 0 && !taken ? 0 : 1);
    }
    g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
    g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
}

static void
test_folder_in_its_place (void)
{
    const KbOwner owner = kb_test_us();
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home (dir, "home", NULL);
    g_autofree char *path =
        g_build_filename (kb_home_get_backups_dir (home), ".kolibri-backup.lock", NULL);
    g_autoptr (GError) error = NULL;

    g_assert_cmpint (g_mkdir_with_parents (path, 0700), ==, 0);
    g_assert_null (kb_lock_acquire (home, &owner, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_IO);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/lock/only-one-at-a-time", test_only_one_at_a_time);
    g_test_add_func ("/lock/makes-what-it-needs", test_makes_what_it_needs);
    g_test_add_func ("/lock/data-folders-do-not-share-it", test_data_folders_do_not_share_it);
    g_test_add_func ("/lock/another-process-holds-it", test_another_process_holds_it);
    g_test_add_func ("/lock/another-process-finds-it-taken", test_another_process_finds_it_taken);
    g_test_add_func ("/lock/file-stays", test_file_stays);
    g_test_add_func ("/lock/folder-of-somebody-else", test_folder_of_somebody_else);
    g_test_add_func ("/lock/file-of-root", test_file_of_root);
    g_test_add_func ("/lock/folder-in-its-place", test_folder_in_its_place);
    return g_test_run();
}
