/* SPDX-License-Identifier: MIT */
/* The computers of tests/trees.py are in tests/cli/test_find.py; here is which folder is meant. */
#include "kb-find.h"
#include "kb-root.h"
#include "kb-test.h"

#include <glib/gstdio.h>
#include <string.h>
#include <utime.h>

#define FLATPAK ".var/app/org.learningequality.Kolibri/data/kolibri"

static KbTestDir *
new_tree (void)
{
    kb_test_only_posix ("paths of Linux");
    KbTestDir *dir = kb_test_dir_new();

    g_unsetenv ("KOLIBRI_HOME");
    return dir;
}

/* A folder below HOME of the tree, with a file of that many bytes for a database. */
static char *
make_home (const KbTestDir *dir, const char *name, const char *database, int age)
{
    g_autofree char *home = kb_root_user_home (dir->path);
    char *path = g_build_filename (home, name, NULL);
    g_autofree char *file = g_build_filename (path, "db.sqlite3", NULL);
    const struct utimbuf times = {.actime = 1000 - age, .modtime = 1000 - age};

    g_assert_cmpint (g_mkdir_with_parents (path, 0755), ==, 0);
    if (database != NULL) {
        kb_test_write (file, database, strlen (database));
        g_assert_cmpint (utime (file, &times), ==, 0);
    }
    return path;
}

static void
put_pid (const char *home, pid_t pid)
{
    g_autofree char *path = g_build_filename (home, "server.pid", NULL);
    g_autofree char *text = g_strdup_printf ("%d\n8080\n8081\n0\n", (int) pid);

    kb_test_write (path, text, strlen (text));
}

static void
assert_default (const KbTestDir *dir, const char *expected)
{
    g_autofree char *path = kb_find_default_home (dir->path);

    g_assert_cmpstr (path, ==, expected);
}

static void
test_nothing (void)
{
    g_autoptr (KbTestDir) dir = new_tree();
    g_autofree char *own = make_home (dir, ".kolibri", NULL, 0);
    g_autoptr (GPtrArray) homes = kb_find_homes (dir->path);

    g_assert_cmpuint (homes->len, ==, 0);
    assert_default (dir, own);
}

static void
test_variable (void)
{
    g_autoptr (KbTestDir) dir = new_tree();
    g_autofree char *own = make_home (dir, ".kolibri", "data", 0);
    g_autofree char *expected = kb_test_dir_file (dir, "srv/x");

    g_setenv ("KOLIBRI_HOME", "/srv/x", TRUE);
    assert_default (dir, expected);
    g_assert_cmpint (g_mkdir_with_parents (expected, 0755), ==, 0);
    g_free (kb_test_dir_write (dir, "srv/x/.data_version", "0.19.5"));
    g_autoptr (GPtrArray) homes = kb_find_homes (dir->path);
    g_assert_cmpuint (homes->len, ==, 2);
    g_assert_cmpstr (((const KbFound *) homes->pdata[0])->path, ==, expected);
    g_setenv ("KOLIBRI_HOME", "", TRUE);
    assert_default (dir, own);
}

static void
test_own_is_missing_or_empty (void)
{
    g_autoptr (KbTestDir) dir = new_tree();
    g_autofree char *other = make_home (dir, FLATPAK, "data", 500);

    assert_default (dir, other);
    g_autofree char *own = make_home (dir, ".kolibri", "", 0);
    assert_default (dir, other);
    g_free (make_home (dir, ".kolibri", "data", 999));
    assert_default (dir, own);
}

static void
test_newest_of_others (void)
{
    g_autoptr (KbTestDir) dir = new_tree();
    g_autofree char *older = make_home (dir, FLATPAK, "data", 500);
    g_autofree char *newer =
        make_home (dir, ".var/app/org.learningequality.Kolibri.Devel/data/kolibri", "data", 400);

    assert_default (dir, newer);
    g_autofree char *wal = g_build_filename (older, "db.sqlite3-wal", NULL);
    kb_test_write (wal, "x", 1);
    assert_default (dir, older);
}

static void
test_running_one (void)
{
    g_autoptr (KbTestDir) dir = new_tree();
    g_autofree char *own = make_home (dir, ".kolibri", "data", 0);
    g_autofree char *other = make_home (dir, FLATPAK, "data", 500);
    pid_t pid = kb_test_start_process ("kolibri");

    put_pid (other, pid);
    assert_default (dir, other);
    put_pid (own, pid);
    assert_default (dir, own);
    kb_test_end_process (pid);
    assert_default (dir, own);
}

static void
test_relative_variable_is_none_of_the_tree (void)
{
    g_autoptr (KbTestDir) dir = new_tree();

    g_setenv ("KOLIBRI_HOME", "x", TRUE);
    assert_default (dir, "x");
}

static void
test_program_of_the_folder (void)
{
    g_autoptr (KbTestDir) dir = new_tree();
    g_autofree char *own = make_home (dir, ".kolibri", "data", 0);
    g_autofree char *other = make_home (dir, FLATPAK, "data", 0);
    g_autofree char *home = kb_root_user_home (dir->path);
    g_autofree char *package =
        g_build_filename (home, ".local/lib/python3.11/site-packages/kolibri", NULL);
    g_autofree char *file = g_build_filename (package, "VERSION", NULL);

    g_assert_cmpint (g_mkdir_with_parents (package, 0755), ==, 0);
    kb_test_write (file, "0.17.5", 6);
    g_autofree char *of_own = kb_find_program_version (dir->path, own);
    g_autofree char *of_other = kb_find_program_version (dir->path, other);
    g_autofree char *of_unknown = kb_find_program_version (dir->path, dir->path);
    g_assert_cmpstr (of_own, ==, "0.17.5");
    g_assert_cmpstr (of_other, ==, NULL); /* not a Flatpak's */
    g_assert_cmpstr (of_unknown, ==, "0.17.5");
}

static void
test_names_of_problems (void)
{
    for (int i = 0; i < KB_N_FIND_PROBLEMS; i++)
        for (int j = 0; j < i; j++)
            g_assert_cmpstr (kb_find_problem_to_string ((KbFindProblem) i), !=,
                             kb_find_problem_to_string ((KbFindProblem) j));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/find/nothing", test_nothing);
    g_test_add_func ("/find/variable", test_variable);
    g_test_add_func ("/find/own-is-missing-or-empty", test_own_is_missing_or_empty);
    g_test_add_func ("/find/newest-of-others", test_newest_of_others);
    g_test_add_func ("/find/running-one", test_running_one);
    g_test_add_func ("/find/relative-variable", test_relative_variable_is_none_of_the_tree);
    g_test_add_func ("/find/program-of-the-folder", test_program_of_the_folder);
    g_test_add_func ("/find/names-of-problems", test_names_of_problems);
    return g_test_run();
}
