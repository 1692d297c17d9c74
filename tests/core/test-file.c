/* SPDX-License-Identifier: MIT */
#include "kb-error.h"
#include "kb-file.h"
#include "kb-test.h"

#include <grp.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void
test_text_up_to_the_limit (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_file (dir, "file");
    g_autoptr (GError) error = NULL;
    gsize length = 99;

    kb_test_write (path, "ab\0de", 5);
    g_autofree char *text = kb_file_read_text (path, 5, &length, &error);
    g_assert_no_error (error);
    g_assert_cmpmem (text, (int) length + 1, "ab\0de", 6); /* with the NUL behind it */
    g_autofree char *without_length = kb_file_read_text (path, 1000, NULL, &error);
    g_assert_cmpstr (without_length, ==, "ab");
}

static void
test_text_beyond_the_limit (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_write (dir, "file", "abcdef");
    g_autoptr (GError) error = NULL;

    g_assert_null (kb_file_read_text (path, 5, NULL, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_NOT_A_BACKUP);
}

static void
test_text_of_an_empty_file (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_write (dir, "file", "");
    gsize length = 99;
    g_autofree char *text = kb_file_read_text (path, 0, &length, NULL);

    g_assert_cmpstr (text, ==, "");
    g_assert_cmpuint (length, ==, 0);
}

static void
test_text_of_what_is_no_file (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *fifo = kb_test_dir_file (dir, "fifo");
    g_autoptr (GError) error = NULL;
    g_autoptr (GError) missing = NULL;

    g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
    g_assert_null (kb_file_read_text (fifo, 10, NULL, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_NOT_A_BACKUP);
    g_assert_null (kb_file_read_text ("/no/such/file", 10, NULL, &missing));
    g_assert_error (missing, KB_ERROR, KB_ERROR_NOT_FOUND);
}

/* People keep settings elsewhere, and put a link in their place. */
static void
test_text_behind_a_link (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *file = kb_test_dir_write (dir, "file", "abc");
    g_autofree char *soft = kb_test_dir_file (dir, "soft");

    g_assert_cmpint (symlink (file, soft), ==, 0);
    g_autofree char *text = kb_file_read_text (soft, 10, NULL, NULL);
    g_assert_cmpstr (text, ==, "abc");
}

/* A regular file as far as anybody can see, but its first bytes are nowhere. */
static void
test_text_that_cannot_be_read (void)
{
    g_autoptr (GError) error = NULL;

    g_assert_null (kb_file_read_text ("/proc/self/mem", 10, NULL, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_IO);
}

static void
test_save_text_replaces (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_file (dir, "file");
    g_autofree char *part = kb_test_dir_file (dir, "file.part");
    g_autoptr (GError) error = NULL;

    kb_test_assert_ok (kb_file_save_text (path, "old text", 8, NULL, &error), error);
    kb_test_assert_ok (kb_file_save_text (path, "n\0w", 3, NULL, &error), error);
    kb_test_assert_file (path, "n\0w", 3);
    g_assert_false (kb_test_exists (part));
}

static void
test_save_text_for_its_owner (void)
{
    const KbOwner owner = {.uid = geteuid(), .gid = getegid(), .file_mode = 0664};
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_file (dir, "file");

    g_assert_true (kb_file_save_text (path, "x", 1, &owner, NULL));
    kb_test_assert_mode (path, 0664);
}

/* A crash leaves a part; a link by that name must not lead our text elsewhere. */
static void
test_save_text_over_an_old_part (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_file (dir, "file");
    g_autofree char *part = kb_test_dir_file (dir, "file.part");
    g_autofree char *victim = kb_test_dir_write (dir, "victim", "precious");
    g_autoptr (GError) error = NULL;

    g_assert_cmpint (symlink (victim, part), ==, 0);
    kb_test_assert_ok (kb_file_save_text (path, "new", 3, NULL, &error), error);
    kb_test_assert_file (path, "new", 3);
    kb_test_assert_file (victim, "precious", 8);
    g_assert_false (kb_test_exists (part));
}

static void
test_failed_save_leaves_nothing (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *folder = kb_test_dir_file (dir, "folder");
    g_autofree char *part = kb_test_dir_file (dir, "folder.part");
    g_autofree char *deep = kb_test_dir_file (dir, "no/such/file");
    g_autoptr (GError) error = NULL;

    g_assert_cmpint (mkdir (folder, 0700), ==, 0);
    g_assert_false (kb_file_save_text (folder, "x", 1, NULL, &error)); /* cannot be renamed over */
    g_assert_error (error, KB_ERROR, KB_ERROR_IO);
    g_assert_false (kb_test_exists (part));
    g_assert_false (kb_file_save_text (deep, "x", 1, NULL, NULL));
}

/* A limit on the size of files stands in for the full disk. */
static void
save_beyond_limit (const char *path)
{
    const struct rlimit limit = {1000, 1000};
    g_autofree char *text = g_strnfill (5000, 'x');
    g_autoptr (GError) error = NULL;

    signal (SIGXFSZ, SIG_IGN);
    g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
    g_assert_false (kb_file_save_text (path, text, 5000, NULL, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_FILE_TOO_LARGE);
}

static void
test_full_disk_keeps_the_old_text (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_write (dir, "file", "old");
    g_autofree char *part = kb_test_dir_file (dir, "file.part");

    kb_test_in_child (save_beyond_limit, path);
    kb_test_assert_file (path, "old", 3);
    g_assert_false (kb_test_exists (part));
}

static void
test_folder_in_the_place_of_the_part (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_write (dir, "file", "old");
    g_autofree char *child = kb_test_dir_file (dir, "file.part/child");
    g_autoptr (GError) error = NULL;

    g_assert_cmpint (g_mkdir_with_parents (child, 0700), ==, 0);
    g_assert_false (kb_file_save_text (path, "new", 3, NULL, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_IO);
    kb_test_assert_file (path, "old", 3);
}

static void
test_no_descriptor_is_lost (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_file (dir, "file");
    int before = dup (0);

    close (before);
    for (int i = 0; i < 3; i++) {
        g_assert_true (kb_file_save_text (path, "x", 1, NULL, NULL));
        g_free (kb_file_read_text (path, 10, NULL, NULL));
        g_assert_true (kb_file_sync (path, NULL));
    }
    int after = dup (0);
    g_assert_cmpint (after, ==, before); /* the lowest number that is free */
    close (after);
}

static void
test_size (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_write (dir, "file", "a");

    g_assert_cmpuint (kb_file_size (path), ==, 1);
    g_assert_cmpuint (kb_file_size ("/no/such/file"), ==, 0);
}

/* What lies behind a link is not ours. */
static void
test_remove_tree_follows_no_links (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *outside = kb_test_dir_file (dir, "outside");
    g_autofree char *precious = kb_test_dir_file (dir, "outside/precious");
    g_autofree char *tree = kb_test_dir_file (dir, "tree");
    g_autofree char *deep = kb_test_dir_file (dir, "tree/a/b");
    g_autofree char *file = kb_test_dir_file (dir, "tree/a/b/file");
    g_autofree char *soft = kb_test_dir_file (dir, "tree/a/soft");
    g_autofree char *to_tree = kb_test_dir_file (dir, "to-tree");
    g_autoptr (GError) error = NULL;

    g_assert_cmpint (mkdir (outside, 0700), ==, 0);
    g_assert_cmpint (g_mkdir_with_parents (deep, 0700), ==, 0);
    kb_test_write (precious, "x", 1);
    kb_test_write (file, "x", 1);
    g_assert_cmpint (symlink (outside, soft), ==, 0);
    g_assert_cmpint (symlink (outside, to_tree), ==, 0);
    kb_test_assert_ok (kb_file_remove_tree (tree, &error), error);
    kb_test_assert_ok (kb_file_remove_tree (to_tree, &error), error);
    kb_test_assert_ok (kb_file_remove_tree (tree, &error), error); /* gone already */
    g_assert_false (kb_test_exists (tree) || kb_test_exists (to_tree));
    g_assert_true (kb_test_exists (precious));
}

static void
test_remove_tree_without_the_right (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *tree = kb_test_dir_file (dir, "tree");
    g_autofree char *file = kb_test_dir_file (dir, "tree/file");
    int status;

    g_assert_cmpint (mkdir (tree, 0755), ==, 0);
    kb_test_write (file, "x", 1);
    g_assert_cmpint (chmod (tree, 0555), ==, 0);
    g_assert_cmpint (chmod (dir->path, 0755), ==, 0);
    pid_t pid = fork();
    if (pid == 0) {
        g_autoptr (GError) error = NULL;
        if (geteuid() == 0 && (setgroups (0, NULL) != 0 || setuid (KB_TEST_NOBODY) != 0))
            _exit (2);
        g_assert_false (kb_file_remove_tree (tree, &error));
        g_assert_error (error, KB_ERROR, KB_ERROR_PERMISSION);
        _exit (0);
    }
    g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
    g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
    g_assert_true (kb_test_exists (file));
    g_assert_cmpint (chmod (tree, 0755), ==, 0);
}

static void
test_sync_of_a_file_and_its_folder (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_write (dir, "file", "x");
    g_autofree char *deep = kb_test_dir_file (dir, "no/such/file");
    g_autofree char *soft = kb_test_dir_file (dir, "soft");
    g_autoptr (GError) error = NULL;
    g_autoptr (GError) missing = NULL;

    kb_test_assert_ok (kb_file_sync (path, &error), error);
    kb_test_assert_ok (kb_file_sync_parent (path, &error), error);
    g_assert_false (kb_file_sync (deep, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_NOT_FOUND);
    g_assert_cmpint (symlink (path, soft), ==, 0);
    g_assert_false (kb_file_sync (soft, NULL)); /* whatever that leads to, we have not written it */
    g_assert_false (kb_file_sync_parent (deep, &missing));
    g_assert_error (missing, KB_ERROR, KB_ERROR_NOT_FOUND);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/file/text-up-to-the-limit", test_text_up_to_the_limit);
    g_test_add_func ("/file/text-beyond-the-limit", test_text_beyond_the_limit);
    g_test_add_func ("/file/text-of-an-empty-file", test_text_of_an_empty_file);
    g_test_add_func ("/file/text-of-what-is-no-file", test_text_of_what_is_no_file);
    g_test_add_func ("/file/text-behind-a-link", test_text_behind_a_link);
    g_test_add_func ("/file/text-that-cannot-be-read", test_text_that_cannot_be_read);
    g_test_add_func ("/file/full-disk-keeps-the-old-text", test_full_disk_keeps_the_old_text);
    g_test_add_func ("/file/folder-in-the-place-of-the-part", test_folder_in_the_place_of_the_part);
    g_test_add_func ("/file/no-descriptor-is-lost", test_no_descriptor_is_lost);
    g_test_add_func ("/file/save-text-replaces", test_save_text_replaces);
    g_test_add_func ("/file/save-text-for-its-owner", test_save_text_for_its_owner);
    g_test_add_func ("/file/save-text-over-an-old-part", test_save_text_over_an_old_part);
    g_test_add_func ("/file/failed-save-leaves-nothing", test_failed_save_leaves_nothing);
    g_test_add_func ("/file/size", test_size);
    g_test_add_func ("/file/remove-tree-follows-no-links", test_remove_tree_follows_no_links);
    g_test_add_func ("/file/remove-tree-without-the-right", test_remove_tree_without_the_right);
    g_test_add_func ("/file/sync-of-a-file-and-its-folder", test_sync_of_a_file_and_its_folder);
    return g_test_run();
}
