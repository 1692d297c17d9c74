/* SPDX-License-Identifier: MIT */
#include "kb-error.h"
#include "kb-file.h"
#include "kb-platform.h"
#include "kb-test.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct stat
look_at (const char *path)
{
    struct stat info;

    g_assert_cmpint (lstat (path, &info), ==, 0);
    return info;
}

static void
assert_text (const char *path, const char *expected)
{
    g_autofree char *text = NULL;

    g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
    g_assert_cmpstr (text, ==, expected);
}

static void
test_owner_of_a_file (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_write (dir, "file", "x");
    g_autoptr (GError) error = NULL;
    KbOwner owner;

    g_assert_cmpint (chmod (path, 0640), ==, 0);
    kb_test_assert_ok (kb_platform_read_owner (path, &owner, &error), error);
    g_assert_cmpuint (owner.uid, ==, look_at (path).st_uid);
    g_assert_cmpuint (owner.gid, ==, look_at (path).st_gid);
    g_assert_cmpuint (owner.file_mode, ==, 0640);
    g_assert_cmpuint (owner.dir_mode, ==, 0750);
}

static void
test_folder_mode_lets_in_who_may_read (void)
{
    static const unsigned modes[][3] = {
        {0644, 0644, 0755}, {0600, 0600, 0700}, {0664, 0664, 0775}, {0666, 0666, 0777},
        {0755, 0644, 0755}, {0400, 0400, 0700}, {0604, 0604, 0705}, {0622, 0622, 0722},
    };
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_write (dir, "file", "x");
    KbOwner owner;

    for (gsize i = 0; i < G_N_ELEMENTS (modes); i++) {
        g_assert_cmpint (chmod (path, modes[i][0]), ==, 0);
        g_assert_true (kb_platform_read_owner (path, &owner, NULL));
        g_assert_cmphex (owner.file_mode, ==, modes[i][1]);
        g_assert_cmphex (owner.dir_mode, ==, modes[i][2]);
    }
}

static void
test_owner_of_nothing (void)
{
    g_autoptr (GError) error = NULL;
    KbOwner owner;

    g_assert_false (kb_platform_read_owner ("/no/such/file", &owner, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_NOT_FOUND);
}

static void
test_give_away (void)
{
    const KbOwner owner = {.uid = 12, .gid = 34, .file_mode = 0640, .dir_mode = 0750};
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *file = kb_test_dir_write (dir, "file", "x");
    g_autofree char *folder = kb_test_dir_file (dir, "folder");
    g_autoptr (GError) error = NULL;

    if (geteuid() != 0) {
        g_test_skip ("only root can give a file away");
        return;
    }
    g_assert_cmpint (mkdir (folder, 0700), ==, 0);
    kb_test_assert_ok (kb_platform_give_to_owner (file, &owner, &error), error);
    kb_test_assert_ok (kb_platform_give_to_owner (folder, &owner, &error), error);
    g_assert_cmpuint (look_at (file).st_uid, ==, 12);
    g_assert_cmpuint (look_at (file).st_gid, ==, 34);
    kb_test_assert_mode (file, 0640);
    g_assert_cmpuint (look_at (folder).st_uid, ==, 12);
    kb_test_assert_mode (folder, 0750);
}

static void
test_give_away_user_or_group_alone (void)
{
    KbOwner owner = {.uid = 12, .gid = 0, .file_mode = 0600};
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *file = kb_test_dir_write (dir, "file", "x");

    if (geteuid() != 0) {
        g_test_skip ("only root can give a file away");
        return;
    }
    g_assert_true (kb_platform_give_to_owner (file, &owner, NULL));
    g_assert_cmpuint (look_at (file).st_uid, ==, 12);
    owner.gid = 34;
    g_assert_true (kb_platform_give_to_owner (file, &owner, NULL));
    g_assert_cmpuint (look_at (file).st_gid, ==, 34);
}

/* It must not wait for somebody who writes into it. */
static void
test_give_away_a_fifo (void)
{
    const KbOwner owner = {.uid = geteuid(), .gid = getegid(), .file_mode = 0640};
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *fifo = kb_test_dir_file (dir, "fifo");

    g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
    g_assert_true (kb_platform_give_to_owner (fifo, &owner, NULL));
    kb_test_assert_mode (fifo, 0640);
}

/* A link in a folder that others can write to must not make us give /etc/shadow away. */
static void
test_give_away_refuses_links (void)
{
    const KbOwner owner = {.uid = 12, .gid = 34, .file_mode = 0666, .dir_mode = 0777};
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *target = kb_test_dir_write (dir, "target", "x");
    g_autofree char *path = kb_test_dir_file (dir, "link");
    g_autoptr (GError) error = NULL;

    g_assert_cmpint (chmod (target, 0600), ==, 0);
    g_assert_cmpint (symlink (target, path), ==, 0);
    g_assert_false (kb_platform_give_to_owner (path, &owner, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_IO);
    kb_test_assert_mode (target, 0600);
    g_assert_cmpuint (look_at (target).st_uid, ==, geteuid());
}

static void
give_as_nobody (const char *path)
{
    const KbOwner other = {.uid = 12, .gid = 34, .file_mode = 0604, .dir_mode = 0705};
    g_autofree char *own = g_build_filename (path, "own", NULL);
    g_autoptr (GError) error = NULL;

    g_assert_true (g_file_set_contents (own, "x", 1, NULL));
    kb_test_assert_ok (kb_platform_give_to_owner (own, &other, &error), error);
    kb_test_assert_mode (own, 0604);
    g_assert_cmpuint (look_at (own).st_uid, ==, geteuid());
}

/* Only root may change who owns a file; the mode is all that others can do for the owner. */
static void
test_nobody_gives_the_mode_alone (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();

    g_assert_cmpint (chmod (dir->path, 0777), ==, 0);
    kb_test_as_nobody (give_as_nobody, dir->path);
}

static void
give_what_is_not_ours (const char *path)
{
    const KbOwner owner = {.uid = geteuid(), .gid = getegid(), .file_mode = 0666};
    g_autoptr (GError) error = NULL;

    g_assert_false (kb_platform_give_to_owner (path, &owner, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_PERMISSION);
}

static void
test_give_away_without_the_right (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_write (dir, "file", "x");

    g_assert_cmpint (chmod (dir->path, 0755), ==, 0);
    g_assert_cmpint (chmod (path, 0644), ==, 0);
    if (geteuid() == 0)
        kb_test_as_nobody (give_what_is_not_ours, path);
    kb_test_assert_mode (path, 0644);
}

static void
who_is_us (G_GNUC_UNUSED const char *path)
{
    const KbOwner us = {.uid = geteuid()};
    const KbOwner other = {.uid = geteuid() + 1};

    g_assert_true (kb_platform_owner_is_us (&us));
    g_assert_false (kb_platform_owner_is_us (&other));
}

static void
test_nobody_is_only_himself (void)
{
    kb_test_as_nobody (who_is_us, NULL);
}

static void
test_root_is_everybody (void)
{
    const KbOwner other = {.uid = 12};

    kb_test_only_posix ("owners by number");
    g_assert_true (kb_platform_owner_is_us (&other) == (geteuid() == 0));
}

static void
test_file_id_is_that_of_the_file (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *first = kb_test_dir_write (dir, "first", "x");
    g_autofree char *hard = kb_test_dir_file (dir, "hard");
    g_autofree char *soft = kb_test_dir_file (dir, "soft");
    g_autofree char *other = kb_test_dir_write (dir, "other", "x");
    KbFileId a, b, c, d;

    g_assert_cmpint (link (first, hard), ==, 0);
    g_assert_cmpint (symlink (first, soft), ==, 0);
    g_assert_true (kb_platform_file_id (first, &a) && kb_platform_file_id (hard, &b));
    g_assert_true (kb_platform_file_id (soft, &c) && kb_platform_file_id (other, &d));
    g_assert_true (a.device == b.device && a.inode == b.inode);
    g_assert_true (a.device == c.device && a.inode == c.inode);
    g_assert_true (a.inode != d.inode);
    g_assert_false (kb_platform_file_id ("/no/such/file", &a));
}

static void
test_open_regular_reads (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_write (dir, "file", "abc");
    g_autoptr (GError) error = NULL;
    g_auto (KbFd) fd = kb_platform_open_regular (path, FALSE, &error);
    char bytes[4] = {0};

    g_assert_no_error (error);
    g_assert_cmpint (read (fd, bytes, 4), ==, 3);
    g_assert_cmpstr (bytes, ==, "abc");
    g_assert_cmpint (fcntl (fd, F_GETFD) & FD_CLOEXEC, ==, FD_CLOEXEC);
}

static void
assert_open_fails (const char *path, gboolean follow_links, KbErrorCode code)
{
    g_autoptr (GError) error = NULL;

    g_assert_cmpint (kb_platform_open_regular (path, follow_links, &error), ==, -1);
    g_assert_error (error, KB_ERROR, (int) code);
}

static void
test_open_regular_refuses_what_is_no_file (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *fifo = kb_test_dir_file (dir, "fifo");

    g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
    assert_open_fails (fifo, TRUE,
                       KB_ERROR_NOT_A_BACKUP); /* would hang if it waited for a writer */
    assert_open_fails (dir->path, TRUE, KB_ERROR_NOT_A_BACKUP);
    assert_open_fails ("/dev/zero", TRUE, KB_ERROR_NOT_A_BACKUP);
    assert_open_fails ("/no/such/file", TRUE, KB_ERROR_NOT_FOUND);
}

static void
test_open_regular_follows_links_only_when_told (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *file = kb_test_dir_write (dir, "file", "x");
    g_autofree char *path = kb_test_dir_file (dir, "link");

    g_assert_cmpint (symlink (file, path), ==, 0);
    assert_open_fails (path, FALSE, KB_ERROR_NOT_A_BACKUP);
    g_auto (KbFd) fd = kb_platform_open_regular (path, TRUE, NULL);
    g_assert_cmpint (fd, >=, 0);
}

static void
open_as_nobody (const char *path)
{
    assert_open_fails (path, FALSE, KB_ERROR_PERMISSION);
}

static void
test_open_regular_without_the_right (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_write (dir, "file", "x");

    g_assert_cmpint (chmod (dir->path, 0755), ==, 0);
    g_assert_cmpint (chmod (path, 0), ==, 0);
    kb_test_as_nobody (open_as_nobody, path);
}

static void
test_create_is_for_us_alone (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_file (dir, "new");
    g_autoptr (GError) error = NULL;
    g_auto (KbFd) fd = kb_platform_create (path, NULL, &error);

    g_assert_no_error (error);
    g_assert_cmpint (write (fd, "x", 1), ==, 1);
    kb_test_assert_mode (path, 0600);
    g_assert_cmpint (fcntl (fd, F_GETFD) & FD_CLOEXEC, ==, FD_CLOEXEC);
}

/* The umask must not decide about a file that Kolibri, another user, has to read. */
static void
test_create_for_an_owner (void)
{
    const KbOwner owner = {.uid = geteuid(), .gid = getegid(), .file_mode = 0666};
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_file (dir, "new");
    g_autoptr (GError) error = NULL;
    mode_t old_umask = umask (0077);
    g_auto (KbFd) fd = kb_platform_create (path, &owner, &error);

    umask (old_umask);
    g_assert_no_error (error);
    kb_test_assert_mode (path, 0666);
}

static void
test_create_never_takes_a_name_in_use (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *file = kb_test_dir_write (dir, "file", "old");
    g_autofree char *dangling = kb_test_dir_file (dir, "dangling");
    g_autofree char *target = kb_test_dir_file (dir, "target");
    g_autoptr (GError) error = NULL;

    g_assert_cmpint (symlink (target, dangling), ==, 0);
    g_assert_cmpint (kb_platform_create (file, NULL, &error), ==, -1);
    g_assert_error (error, KB_ERROR, KB_ERROR_IO);
    assert_text (file, "old");
    g_assert_cmpint (kb_platform_create (dangling, NULL, NULL), ==, -1);
    g_assert_false (g_file_test (target, G_FILE_TEST_EXISTS));
}

static void
test_make_dir_for_an_owner (void)
{
    const KbOwner owner = {.uid = geteuid(), .gid = getegid(), .file_mode = 0664, .dir_mode = 0775};
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *shared = kb_test_dir_file (dir, "shared");
    g_autofree char *own = kb_test_dir_file (dir, "own");
    g_autoptr (GError) error = NULL;

    kb_test_assert_ok (kb_platform_make_dir (shared, &owner, &error), error);
    kb_test_assert_ok (kb_platform_make_dir (own, NULL, &error), error);
    kb_test_assert_mode (shared, 0775);
    kb_test_assert_mode (own, 0700);
}

static void
test_make_dir_leaves_an_old_one_alone (void)
{
    const KbOwner owner = {.uid = 12, .gid = 34, .file_mode = 0666, .dir_mode = 0777};
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_file (dir, "folder");
    g_autoptr (GError) error = NULL;

    g_assert_cmpint (mkdir (path, 0710), ==, 0);
    kb_test_assert_ok (kb_platform_make_dir (path, &owner, &error), error);
    kb_test_assert_mode (path, 0710);
    kb_test_only_posix ("owners by number");
    g_assert_cmpuint (look_at (path).st_uid, ==, geteuid());
}

static void
test_make_dir_fails (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *file = kb_test_dir_write (dir, "file", "x");
    g_autofree char *deep = kb_test_dir_file (dir, "no/such/folder");
    g_autoptr (GError) in_the_way = NULL;
    g_autoptr (GError) no_parent = NULL;

    g_assert_false (kb_platform_make_dir (file, NULL, &in_the_way));
    g_assert_error (in_the_way, KB_ERROR, KB_ERROR_IO);
    g_assert_false (kb_platform_make_dir (deep, NULL, &no_parent));
    g_assert_error (no_parent, KB_ERROR, KB_ERROR_NOT_FOUND);
}

static void
test_sync (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_write (dir, "file", "x");
    g_autoptr (GError) error = NULL;
    g_auto (KbFd) fd = kb_platform_open_regular (path, FALSE, NULL);

    kb_test_assert_ok (kb_platform_sync_fd (fd, path, &error), error);
    kb_test_assert_ok (kb_platform_sync_dir (dir->path, &error), error);
    kb_platform_drop_cache (fd);
    assert_text (path, "x");
    g_assert_false (kb_platform_sync_fd (-1, path, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_IO);
}

/* Some file systems, /proc among them, say EINVAL when a folder is to be synced. */
static void
test_sync_dir_where_that_is_not_known (void)
{
    g_autoptr (GError) error = NULL;

    kb_test_assert_ok (kb_platform_sync_dir ("/proc", &error), error);
}

static void
test_sync_dir_fails (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_write (dir, "file", "x");
    g_autoptr (GError) no_folder = NULL;
    g_autoptr (GError) missing = NULL;

    g_assert_false (kb_platform_sync_dir (path, &no_folder));
    g_assert_error (no_folder, KB_ERROR, KB_ERROR_NOT_FOUND);
    g_assert_false (kb_platform_sync_dir ("/no/such/folder", &missing));
    g_assert_error (missing, KB_ERROR, KB_ERROR_NOT_FOUND);
}

static void
test_whose_folders (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *missing = kb_test_dir_file (dir, "missing");
    g_autofree char *own = kb_platform_user_home (g_get_user_name());

    g_assert_false (kb_platform_is_network (dir->path));
    g_assert_false (kb_platform_is_network (missing));
    g_assert_cmpstr (own, ==, getpwuid (geteuid())->pw_dir);
    g_assert_true (kb_platform_is_same_disk (dir->path, dir->path));
    g_assert_true (kb_platform_is_same_disk (missing, dir->path));
    g_assert_false (kb_platform_is_same_disk (dir->path, "/proc"));
    g_assert_false (kb_platform_is_same_disk (dir->path, missing));
    g_assert_null (kb_platform_user_home ("no such user"));
    g_assert_null (kb_platform_program_data());
    g_assert_null (kb_platform_registry_text ("HKLM\\Software\\Kolibri", "Version"));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/platform/owner-of-a-file", test_owner_of_a_file);
    g_test_add_func ("/platform/folder-mode-lets-in-who-may-read",
                     test_folder_mode_lets_in_who_may_read);
    g_test_add_func ("/platform/owner-of-nothing", test_owner_of_nothing);
    g_test_add_func ("/platform/give-away", test_give_away);
    g_test_add_func ("/platform/give-away-user-or-group-alone", test_give_away_user_or_group_alone);
    g_test_add_func ("/platform/give-away-a-fifo", test_give_away_a_fifo);
    g_test_add_func ("/platform/give-away-without-the-right", test_give_away_without_the_right);
    g_test_add_func ("/platform/give-away-refuses-links", test_give_away_refuses_links);
    g_test_add_func ("/platform/nobody-gives-the-mode-alone", test_nobody_gives_the_mode_alone);
    g_test_add_func ("/platform/nobody-is-only-himself", test_nobody_is_only_himself);
    g_test_add_func ("/platform/root-is-everybody", test_root_is_everybody);
    g_test_add_func ("/platform/file-id-is-that-of-the-file", test_file_id_is_that_of_the_file);
    g_test_add_func ("/platform/open-regular-reads", test_open_regular_reads);
    g_test_add_func ("/platform/open-regular-refuses-what-is-no-file",
                     test_open_regular_refuses_what_is_no_file);
    g_test_add_func ("/platform/open-regular-follows-links-only-when-told",
                     test_open_regular_follows_links_only_when_told);
    g_test_add_func ("/platform/open-regular-without-the-right",
                     test_open_regular_without_the_right);
    g_test_add_func ("/platform/create-is-for-us-alone", test_create_is_for_us_alone);
    g_test_add_func ("/platform/create-for-an-owner", test_create_for_an_owner);
    g_test_add_func ("/platform/create-never-takes-a-name-in-use",
                     test_create_never_takes_a_name_in_use);
    g_test_add_func ("/platform/make-dir-for-an-owner", test_make_dir_for_an_owner);
    g_test_add_func ("/platform/make-dir-leaves-an-old-one-alone",
                     test_make_dir_leaves_an_old_one_alone);
    g_test_add_func ("/platform/make-dir-fails", test_make_dir_fails);
    g_test_add_func ("/platform/sync", test_sync);
    g_test_add_func ("/platform/sync-dir-where-that-is-not-known",
                     test_sync_dir_where_that_is_not_known);
    g_test_add_func ("/platform/sync-dir-fails", test_sync_dir_fails);
    g_test_add_func ("/platform/whose-folders", test_whose_folders);
    return g_test_run();
}
