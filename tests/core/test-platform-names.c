/* SPDX-License-Identifier: MIT */
/* The second half of kb-platform: names, places and space. */
#include "kb-error.h"
#include "kb-file.h"
#include "kb-platform.h"
#include "kb-test.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

static void
assert_text (const char *path, const char *expected)
{
    g_autofree char *text = NULL;

    g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
    g_assert_cmpstr (text, ==, expected);
}

static void
test_link_is_the_same_file (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *file = kb_test_dir_write (dir, "file", "x");
    g_autofree char *second = kb_test_dir_file (dir, "second");
    g_autoptr (GError) error = NULL;
    KbFileId a, b;

    g_assert_cmpint (kb_platform_link (file, second, &error), ==, KB_NAMING_DONE);
    g_assert_no_error (error);
    g_assert_true (kb_platform_file_id (file, &a) && kb_platform_file_id (second, &b));
    g_assert_true (a.inode == b.inode);
}

static void
test_link_never_replaces (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *file = kb_test_dir_write (dir, "file", "new");
    g_autofree char *taken = kb_test_dir_write (dir, "taken", "old");
    g_autoptr (GError) error = NULL;

    g_assert_cmpint (kb_platform_link (file, taken, &error), ==, KB_NAMING_EXISTS);
    g_assert_no_error (error);
    assert_text (taken, "old");
}

static void
test_link_across_disks_is_no_error (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *second = kb_test_dir_file (dir, "second");
    g_autoptr (GError) error = NULL;

    g_assert_cmpint (kb_platform_link ("/proc/self/status", second, &error), ==,
                     KB_NAMING_NO_LINKS);
    g_assert_no_error (error);
    g_assert_false (kb_test_exists (second));
}

static void
test_link_of_nothing_fails (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *missing = kb_test_dir_file (dir, "missing");
    g_autofree char *second = kb_test_dir_file (dir, "second");
    g_autoptr (GError) error = NULL;

    g_assert_cmpint (kb_platform_link (missing, second, &error), ==, KB_NAMING_FAILED);
    g_assert_error (error, KB_ERROR, KB_ERROR_NOT_FOUND);
}

static void
test_publish_takes_the_part_away (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *part = kb_test_dir_write (dir, "file.part", "new");
    g_autofree char *path = kb_test_dir_file (dir, "file");
    g_autoptr (GError) error = NULL;

    g_assert_cmpint (kb_platform_publish (part, path, &error), ==, KB_NAMING_DONE);
    g_assert_no_error (error);
    assert_text (path, "new");
    g_assert_false (kb_test_exists (part));
}

static void
test_publish_never_replaces (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *part = kb_test_dir_write (dir, "file.part", "new");
    g_autofree char *path = kb_test_dir_write (dir, "file", "old");
    g_autofree char *dangling = kb_test_dir_file (dir, "dangling");
    g_autoptr (GError) error = NULL;

    g_assert_cmpint (symlink ("/no/such/file", dangling), ==, 0);
    g_assert_cmpint (kb_platform_publish (part, path, &error), ==, KB_NAMING_EXISTS);
    g_assert_cmpint (kb_platform_publish (part, dangling, &error), ==, KB_NAMING_EXISTS);
    g_assert_no_error (error);
    assert_text (path, "old");
    assert_text (part, "new");
}

/* With fs.protected_hardlinks, Linux refuses (EPERM) to link a file of another user: as FAT does.
 */
static void
publish_without_links (const char *path)
{
    g_autofree char *part = g_build_filename (path, "file.part", NULL);
    g_autofree char *file = g_build_filename (path, "file", NULL);
    g_autofree char *taken = g_build_filename (path, "taken", NULL);
    g_autofree char *deep = g_build_filename (path, "no/such/file", NULL);
    g_autoptr (GError) error = NULL;

    g_assert_cmpint (kb_platform_link (part, file, NULL), ==, KB_NAMING_NO_LINKS);
    g_assert_cmpint (kb_platform_publish (part, taken, &error), ==, KB_NAMING_EXISTS);
    g_assert_no_error (error);
    g_assert_true (kb_test_exists (part));
    g_assert_cmpint (kb_platform_publish (part, file, &error), ==, KB_NAMING_DONE);
    g_assert_no_error (error);
    g_assert_true (kb_test_exists (file) && !kb_test_exists (part));
    g_assert_cmpint (kb_platform_publish (part, deep, &error), ==, KB_NAMING_FAILED);
    g_assert_error (error, KB_ERROR, KB_ERROR_NOT_FOUND);
}

static void
test_publish_where_links_are_refused (void)
{
    g_autofree char *protects = NULL;
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *part = kb_test_dir_write (dir, "file.part", "new");
    g_autofree char *taken = kb_test_dir_write (dir, "taken", "old");

    g_file_get_contents ("/proc/sys/fs/protected_hardlinks", &protects, NULL, NULL);
    if (geteuid() != 0 || protects == NULL || *protects != '1') {
        g_test_skip ("needs root, and fs.protected_hardlinks=1");
        return;
    }
    g_assert_cmpint (chmod (dir->path, 0777), ==, 0);
    g_assert_cmpint (chmod (part, 0600), ==, 0);
    kb_test_as_nobody (publish_without_links, dir->path);
    assert_text (taken, "old");
}

static void
test_publish_across_disks_fails (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_file (dir, "file");
    g_autoptr (GError) error = NULL;

    g_assert_cmpint (kb_platform_publish ("/proc/self/status", path, &error), ==, KB_NAMING_FAILED);
    g_assert_error (error, KB_ERROR, KB_ERROR_IO);
    g_assert_false (kb_test_exists (path));
}

static void
test_replace_a_file (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *part = kb_test_dir_write (dir, "file.part", "new");
    g_autofree char *path = kb_test_dir_write (dir, "file", "old");
    g_autoptr (GError) error = NULL;

    kb_test_assert_ok (kb_platform_replace (part, path, &error), error);
    assert_text (path, "new");
    g_assert_false (kb_test_exists (part));
}

static void
test_replace_by_nothing_keeps_the_file (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *part = kb_test_dir_file (dir, "file.part");
    g_autofree char *path = kb_test_dir_write (dir, "file", "old");
    g_autoptr (GError) error = NULL;

    g_assert_false (kb_platform_replace (part, path, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_NOT_FOUND);
    assert_text (path, "old");
}

static void
test_remove_a_name (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *file = kb_test_dir_write (dir, "file", "x");
    g_autofree char *target = kb_test_dir_write (dir, "target", "x");
    g_autofree char *soft = kb_test_dir_file (dir, "soft");
    g_autofree char *folder = kb_test_dir_file (dir, "folder");
    g_autoptr (GError) error = NULL;

    g_assert_cmpint (symlink (target, soft), ==, 0);
    g_assert_cmpint (mkdir (folder, 0700), ==, 0);
    kb_test_assert_ok (kb_platform_remove (file, &error), error);
    kb_test_assert_ok (kb_platform_remove (soft, &error), error);
    kb_test_assert_ok (kb_platform_remove (folder, &error), error);
    kb_test_assert_ok (kb_platform_remove (folder, &error), error); /* gone already */
    g_assert_false (kb_test_exists (file) || kb_test_exists (soft) || kb_test_exists (folder));
    g_assert_true (kb_test_exists (target));
}

static void
test_remove_keeps_a_full_folder (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *file = kb_test_dir_write (dir, "file", "x");
    g_autofree char *below = g_build_filename (file, "below", NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (GError) no_folder = NULL;

    g_assert_false (kb_platform_remove (dir->path, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_IO);
    g_assert_true (kb_test_exists (file));
    kb_test_only_posix ("a word for a file in the place of a folder");
    g_assert_false (kb_platform_remove (below, &no_folder));
    g_assert_error (no_folder, KB_ERROR, KB_ERROR_NOT_FOUND);
}

/* The disk is used by others meanwhile, so it is held against bounds that nothing moves. */
static void
test_free_space (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (GError) error = NULL;
    struct statvfs info;
    uint64_t bytes = 0;

    g_assert_cmpint (statvfs (dir->path, &info), ==, 0);
    kb_test_assert_ok (kb_platform_free_space (dir->path, &bytes, &error), error);
    g_assert_cmpuint (bytes, <=, (uint64_t) info.f_blocks * info.f_frsize);
    g_assert_cmpuint (bytes, >=, (uint64_t) info.f_bavail * info.f_frsize / 2);
    g_assert_false (kb_platform_free_space ("/no/such/folder", &bytes, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_NOT_FOUND);
}

static void
test_real_path_resolves_links (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *folder = kb_test_dir_file (dir, "folder");
    g_autofree char *soft_folder = kb_test_dir_file (dir, "soft");
    g_autofree char *file = kb_test_dir_file (dir, "folder/file");
    g_autofree char *soft_file = kb_test_dir_file (dir, "link");

    g_assert_cmpint (mkdir (folder, 0700), ==, 0);
    g_assert_cmpint (symlink (folder, soft_folder), ==, 0);
    kb_test_write (file, "x", 1);
    g_autofree char *through = g_build_filename (soft_folder, "..", "soft", "file", NULL);
    g_assert_cmpint (symlink (through, soft_file), ==, 0);
    errno = ENOENT; /* of some call before: it says nothing here */
    g_autofree char *real = kb_platform_real_path (soft_file);
    g_assert_cmpstr (real, ==, file);
}

static void
test_real_path_of_what_is_not_there_yet (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *folder = kb_test_dir_file (dir, "folder");
    g_autofree char *soft = kb_test_dir_file (dir, "soft");
    g_autofree char *expected = g_build_filename (folder, "new", NULL);
    g_autofree char *asked = g_build_filename (soft, "new", NULL);
    g_autofree char *deep = g_build_filename (soft, "no", "new", NULL);

    g_assert_cmpint (mkdir (folder, 0700), ==, 0);
    g_assert_cmpint (symlink (folder, soft), ==, 0);
    g_autofree char *real = kb_platform_real_path (asked);
    g_assert_cmpstr (real, ==, expected);
    g_assert_null (kb_platform_real_path (deep));
}

static void
test_temp_dir_follows_sqlite (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *first = kb_test_dir_file (dir, "first");
    g_autofree char *second = kb_test_dir_file (dir, "second");

    g_assert_cmpint (mkdir (first, 0700), ==, 0);
    g_assert_cmpint (mkdir (second, 0700), ==, 0);
    kb_test_only_posix ("the same variables: Windows has TMP and TEMP");
    g_setenv ("SQLITE_TMPDIR", first, TRUE);
    g_setenv ("TMPDIR", second, TRUE);
    g_assert_cmpstr (kb_platform_temp_dir(), ==, first);
    g_unsetenv ("SQLITE_TMPDIR");
    g_assert_cmpstr (kb_platform_temp_dir(), ==, second);
    g_unsetenv ("TMPDIR");
    g_assert_cmpstr (kb_platform_temp_dir(), ==, "/var/tmp");
}

static void
find_temp_dir (const char *path)
{
    g_setenv ("SQLITE_TMPDIR", path, TRUE);
    g_unsetenv ("TMPDIR");
    g_assert_cmpstr (kb_platform_temp_dir(), ==, "/var/tmp");
}

static void
test_temp_dir_must_be_a_folder_to_write_to (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *program = kb_test_dir_write (dir, "file", "x");

    g_assert_cmpint (chmod (program, 0755), ==, 0);
    find_temp_dir (program);
    g_assert_cmpint (chmod (dir->path, 0555), ==, 0);
    kb_test_as_nobody (find_temp_dir, dir->path);
    g_assert_cmpint (chmod (dir->path, 0666), ==, 0);
    kb_test_as_nobody (find_temp_dir, dir->path);
    g_assert_cmpint (chmod (dir->path, 0700), ==, 0);
    g_unsetenv ("SQLITE_TMPDIR");
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/platform/names/link-is-the-same-file", test_link_is_the_same_file);
    g_test_add_func ("/platform/names/link-never-replaces", test_link_never_replaces);
    g_test_add_func ("/platform/names/link-across-disks-is-no-error",
                     test_link_across_disks_is_no_error);
    g_test_add_func ("/platform/names/link-of-nothing-fails", test_link_of_nothing_fails);
    g_test_add_func ("/platform/names/publish-takes-the-part-away",
                     test_publish_takes_the_part_away);
    g_test_add_func ("/platform/names/publish-never-replaces", test_publish_never_replaces);
    g_test_add_func ("/platform/names/publish-where-links-are-refused",
                     test_publish_where_links_are_refused);
    g_test_add_func ("/platform/names/publish-across-disks-fails", test_publish_across_disks_fails);
    g_test_add_func ("/platform/names/replace-a-file", test_replace_a_file);
    g_test_add_func ("/platform/names/replace-by-nothing-keeps-the-file",
                     test_replace_by_nothing_keeps_the_file);
    g_test_add_func ("/platform/names/remove-a-name", test_remove_a_name);
    g_test_add_func ("/platform/names/remove-keeps-a-full-folder", test_remove_keeps_a_full_folder);
    g_test_add_func ("/platform/names/free-space", test_free_space);
    g_test_add_func ("/platform/names/real-path-resolves-links", test_real_path_resolves_links);
    g_test_add_func ("/platform/names/real-path-of-what-is-not-there-yet",
                     test_real_path_of_what_is_not_there_yet);
    g_test_add_func ("/platform/names/temp-dir-follows-sqlite", test_temp_dir_follows_sqlite);
    g_test_add_func ("/platform/names/temp-dir-must-be-a-folder-to-write-to",
                     test_temp_dir_must_be_a_folder_to_write_to);
    return g_test_run();
}
