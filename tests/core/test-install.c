/* SPDX-License-Identifier: MIT */
#include "kb-install.h"
#include "kb-test.h"

#include <glib/gstdio.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

/* Puts a program and the file VERSION of its package where an installer would. */
static void
install (const char *prefix, const char *packages, const char *version)
{
    g_autofree char *bin = g_build_filename (prefix, "bin", NULL);
    g_autofree char *program = g_build_filename (bin, "kolibri", NULL);
    g_autofree char *package = g_build_filename (prefix, "lib", packages, "kolibri", NULL);
    g_autofree char *path = g_build_filename (package, "VERSION", NULL);

    g_assert_cmpint (g_mkdir_with_parents (bin, 0755), ==, 0);
    g_assert_cmpint (g_mkdir_with_parents (package, 0755), ==, 0);
    kb_test_write (program, "#!/bin/false\n", 13);
    g_assert_cmpint (g_chmod (program, 0755), ==, 0);
    if (version != NULL)
        kb_test_write (path, version, strlen (version));
}

static void
set_path (const char *prefix)
{
    g_autofree char *bin = g_build_filename (prefix, "bin", NULL);
    g_autofree char *path = g_strconcat ("/no/such/folder:", bin, ":/usr/bin", NULL);

    kb_test_only_posix ("paths of Linux");
    g_setenv ("PATH", path, TRUE);
}

/* What is found beside the program on the PATH. */
static void
assert_finds (const char *prefix, const char *expected)
{
    set_path (prefix);
    g_autofree char *version = kb_install_find_version();
    g_assert_cmpstr (version, ==, expected);
}

/* What is found where a test has put nothing: a Kolibri of this very computer, or nothing. */
static char *
version_of_this_computer (void)
{
    kb_test_only_posix ("paths of Linux");
    g_setenv ("PATH", "/no/such/folder", TRUE);
    return kb_install_find_version();
}

static void
test_beside_the_program (void)
{
    static const char *const packages[] = {
        "python3.11/site-packages",
        "python3/dist-packages",
        "python3.9/dist-packages",
        "python2.7/site-packages",
    };

    for (gsize i = 0; i < G_N_ELEMENTS (packages); i++) {
        g_autoptr (KbTestDir) dir = kb_test_dir_new();
        install (dir->path, packages[i], "0.17.5");
        assert_finds (dir->path, "0.17.5");
    }
}

static void
test_forms_of_the_file (void)
{
    static const char *const forms[][2] = {
        {"0.17.5\n", "0.17.5"},
        {" 0.16.0b3 \r\n", "0.16.0b3"},
        {"0.18.0.dev0+git.20240101000000", "0.18.0.dev0+git.20240101000000"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS (forms); i++) {
        g_autoptr (KbTestDir) dir = kb_test_dir_new();
        install (dir->path, "python3.11/site-packages", forms[i][0]);
        assert_finds (dir->path, forms[i][1]);
    }
}

/* pipx and the like put a link on the PATH, and the program into a virtual environment. */
static void
test_link_to_the_program (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *venv = kb_test_dir_file (dir, "venv");
    g_autofree char *program = kb_test_dir_file (dir, "venv/bin/kolibri");
    g_autofree char *bin = kb_test_dir_file (dir, "bin");
    g_autofree char *soft = kb_test_dir_file (dir, "bin/kolibri");

    install (venv, "python3.11/site-packages", "0.17.5");
    g_assert_cmpint (g_mkdir (bin, 0755), ==, 0);
    g_assert_cmpint (symlink (program, soft), ==, 0);
    assert_finds (dir->path, "0.17.5");
}

static void
test_first_program_on_the_path (void)
{
    g_autoptr (KbTestDir) first = kb_test_dir_new();
    g_autoptr (KbTestDir) second = kb_test_dir_new();

    install (first->path, "python3.11/site-packages", "0.17.5");
    install (second->path, "python3.11/site-packages", "0.16.2");
    g_autofree char *path = g_strdup_printf ("%s/bin:%s/bin", first->path, second->path);
    kb_test_only_posix ("paths of Linux");
    g_setenv ("PATH", path, TRUE);
    g_autofree char *version = kb_install_find_version();
    g_assert_cmpstr (version, ==, "0.17.5");
}

/* What lies there says nothing: it must not be believed, and must not stop the search. */
static void
test_rubbish (void)
{
    g_autofree char *elsewhere = version_of_this_computer();
    g_autofree char *long_text = g_strnfill (100000, '1');
    const char *const texts[] = {NULL, "", "rubbish", "0.17.5/../..", "\xff\xfe", long_text};

    for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
        g_autoptr (KbTestDir) dir = kb_test_dir_new();
        install (dir->path, "python3.11/site-packages", texts[i]);
        assert_finds (dir->path, elsewhere);
        install (dir->path, "python3.11/dist-packages", "0.17.5");
        assert_finds (dir->path, "0.17.5");
    }
}

static void
test_places_that_are_none (void)
{
    g_autofree char *elsewhere = version_of_this_computer();
    static const char *const packages[] = {"site-packages", "python3.11", "python3.11/lib-dynload",
                                           "ruby/site-packages"};

    for (gsize i = 0; i < G_N_ELEMENTS (packages); i++) {
        g_autoptr (KbTestDir) dir = kb_test_dir_new();
        install (dir->path, packages[i], "0.17.5");
        assert_finds (dir->path, elsewhere);
    }
}

/* Nothing but the file is looked at: the program itself is never run. */
static void
test_program_is_not_run (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *witness = kb_test_dir_file (dir, "witness");
    g_autofree char *script = g_strdup_printf ("#!/bin/sh\ntouch '%s'\n", witness);
    g_autofree char *program = kb_test_dir_file (dir, "bin/kolibri");

    install (dir->path, "python3.11/site-packages", "0.17.5");
    kb_test_write (program, script, strlen (script));
    g_assert_cmpint (g_chmod (program, 0755), ==, 0);
    assert_finds (dir->path, "0.17.5");
    g_assert_false (g_file_test (witness, G_FILE_TEST_EXISTS));
}

/* GLib reads HOME once in a process, so this needs one of its own. */
static void
test_own_folder_of_the_user (void)
{
    if (!g_test_subprocess()) {
        g_autoptr (KbTestDir) dir = kb_test_dir_new();
        g_autofree char *local = kb_test_dir_file (dir, ".local");
        g_autofree char *elsewhere = version_of_this_computer();
        if (elsewhere != NULL) {
            g_test_skip ("a Kolibri of the whole computer comes first");
            return;
        }
        install (local, "python3.11/site-packages", "0.17.5");
        g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
        g_test_trap_assert_passed();
        return;
    }
    g_setenv ("PATH", "/no/such/folder", TRUE);
    g_autofree char *version = kb_install_find_version();
    g_assert_cmpstr (version, ==, "0.17.5");
}

/* Puts a disk of its own over a folder of the system, which nobody else sees. */
static void
find_in_system_folder (const char *folder, const char *package)
{
    g_autofree char *path = g_build_filename (folder, package, "VERSION", NULL);
    g_autofree char *dir = g_path_get_dirname (path);

    if (unshare (CLONE_NEWNS) != 0 || mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount ("none", folder, "tmpfs", 0, NULL) != 0)
        _exit (77);
    g_assert_cmpint (g_mkdir_with_parents (dir, 0755), ==, 0);
    kb_test_write (path, "0.14.7", 6);
    g_autofree char *version = version_of_this_computer();
    g_assert_cmpstr (version, ==, "0.14.7");
    _exit (0);
}

static void
test_folders_of_the_system (void)
{
    static const char *const places[][2] = {
        {"/usr/lib/python3/dist-packages", "kolibri"},
        {"/usr/local/lib", "python3.11/dist-packages/kolibri"},
    };
    g_autofree char *elsewhere = version_of_this_computer();

    for (gsize i = 0; i < G_N_ELEMENTS (places) && elsewhere == NULL; i++) {
        int status;
        pid_t pid = fork();
        if (pid == 0)
            find_in_system_folder (places[i][0], places[i][1]);
        g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
        g_assert_true (WIFEXITED (status));
        if (WEXITSTATUS (status) == 77)
            g_test_skip ("needs the right to mount a disk, and Python");
        else
            g_assert_cmpint (WEXITSTATUS (status), ==, 0);
    }
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/install/beside-the-program", test_beside_the_program);
    g_test_add_func ("/install/forms-of-the-file", test_forms_of_the_file);
    g_test_add_func ("/install/link-to-the-program", test_link_to_the_program);
    g_test_add_func ("/install/first-program-on-the-path", test_first_program_on_the_path);
    g_test_add_func ("/install/rubbish", test_rubbish);
    g_test_add_func ("/install/places-that-are-none", test_places_that_are_none);
    g_test_add_func ("/install/program-is-not-run", test_program_is_not_run);
    g_test_add_func ("/install/own-folder-of-the-user", test_own_folder_of_the_user);
    g_test_add_func ("/install/folders-of-the-system", test_folders_of_the_system);
    return g_test_run();
}
