/* SPDX-License-Identifier: MIT */
#include "kb-root.h"
#include "kb-test.h"

#include <glib/gstdio.h>
#include <pwd.h>
#include <unistd.h>

static void
make_dirs (const KbTestDir *dir, const char *name)
{
    kb_test_only_posix ("paths of Linux");
    g_autofree char *path = kb_test_dir_file (dir, name);

    g_assert_cmpint (g_mkdir_with_parents (path, 0755), ==, 0);
}

static void
test_path (void)
{
    kb_test_only_posix ("paths of Linux");
    g_autofree char *inside = kb_root_path ("/tree", "/etc/passwd");
    g_autofree char *real = kb_root_path (NULL, "/etc/passwd");

    g_assert_cmpstr (inside, ==, "/tree/etc/passwd");
    g_assert_cmpstr (real, ==, "/etc/passwd");
}

static void
test_user_home (void)
{
    g_autofree char *real = kb_root_user_home (NULL);
    g_autofree char *inside = kb_root_user_home ("/tree");
    g_autofree char *expected = g_build_filename ("/tree", real, NULL);

    g_assert_cmpstr (real, ==, g_get_home_dir());
    g_assert_cmpstr (inside, ==, expected);
}

static void
assert_home_of (const char *root, const char *user, const char *expected)
{
    g_autofree char *home = kb_root_home_of (root, user);

    kb_test_only_posix ("paths of Linux");
    g_assert_cmpstr (home, ==, expected);
}

static void
test_home_of (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *expected = kb_test_dir_file (dir, "home/pi");

    make_dirs (dir, "etc");
    assert_home_of (dir->path, "pi", NULL);
    g_free (kb_test_dir_write (dir, "etc/passwd",
                               "# pi:x:1:1::/wrong:/bin/sh\npi2:x:1:1::/wrong:/bin/sh\n"
                               "short:x:1:1\nbare:x:1:1:::/bin/sh\npi:x:1:1::/home/pi:/bin/sh\n"));
    assert_home_of (dir->path, "pi", expected);
    assert_home_of (dir->path, "p", NULL);
    assert_home_of (dir->path, "short", NULL);
    assert_home_of (dir->path, "bare", NULL);
    assert_home_of (NULL, g_get_user_name(), getpwuid (geteuid())->pw_dir);
    assert_home_of (NULL, "no such user", NULL);
}

static void
assert_program (const KbTestDir *dir, const char *expected)
{
    g_autofree char *program = kb_root_find_program (dir->path, "kolibri");
    g_autofree char *path = expected != NULL ? kb_test_dir_file (dir, expected) : NULL;

    g_assert_cmpstr (program, ==, path);
}

static void
test_find_program (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *before = g_strdup (g_getenv ("PATH"));

    g_setenv ("PATH", "relative:/bin:/opt/bin", TRUE);
    make_dirs (dir, "bin/kolibri"); /* a folder is no program */
    make_dirs (dir, "opt/bin");
    make_dirs (dir, "venv/bin");
    assert_program (dir, NULL);
    g_autofree char *program = kb_test_dir_write (dir, "venv/bin/kolibri", "#!/bin/false\n");
    g_autofree char *soft = kb_test_dir_file (dir, "opt/bin/kolibri");
    g_assert_cmpint (symlink ("/venv/bin/kolibri", soft), ==, 0);
    assert_program (dir, NULL); /* it may not be run */
    g_assert_cmpint (g_chmod (program, 0755), ==, 0);
    assert_program (dir, "venv/bin/kolibri");
    g_assert_cmpint (g_unlink (soft), ==, 0);
    g_assert_cmpint (symlink ("../../venv/bin/kolibri", soft), ==, 0);
    assert_program (dir, "venv/bin/kolibri");
    g_assert_cmpint (g_unlink (soft), ==, 0);
    g_assert_cmpint (symlink ("/opt/bin/kolibri", soft), ==, 0);
    assert_program (dir, NULL); /* it leads nowhere */
    g_setenv ("PATH", before, TRUE);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/root/path", test_path);
    g_test_add_func ("/root/user-home", test_user_home);
    g_test_add_func ("/root/home-of", test_home_of);
    g_test_add_func ("/root/find-program", test_find_program);
    return g_test_run();
}
