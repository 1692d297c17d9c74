/* SPDX-License-Identifier: MIT */
/* The second half of kb-kept: names that lead elsewhere, links, and what is removed. */
#include "kb-error.h"
#include "kb-file.h"
#include "kb-kept.h"
#include "kb-test.h"

#include <glib/gstdio.h>
#include <grp.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define GOOD "replaced-v0.17.5_2026-05-04_10-11-12"

static KbHome *
make_home (const KbTestDir *dir)
{
    const KbOwner owner = kb_test_us();
    KbHome *home = kb_test_make_home_with_dirs (dir);

    g_assert_true (kb_platform_make_dir (kb_home_get_replaced_dir (home), &owner, NULL));
    return home;
}

/* A folder that looks like a kept database, anywhere. */
static void
make_folder (const char *path)
{
    g_autofree char *database = g_build_filename (path, "db.sqlite3", NULL);
    g_autofree char *ini = g_build_filename (path, "kept.ini", NULL);

    g_assert_cmpint (g_mkdir_with_parents (path, 0755), ==, 0);
    kb_test_write (database, "x", 1);
    kb_test_write (ini, "[Kept]\n", 7);
}

static char *
make_named (const KbHome *home, const char *name)
{
    char *path = g_build_filename (kb_home_get_replaced_dir (home), name, NULL);

    make_folder (path);
    return path;
}

static void
assert_cannot_load (const KbHome *home, const char *name)
{
    g_autoptr (GError) error = NULL;

    if (kb_kept_load (home, name, &error) != NULL)
        g_error ("loaded: %s", name);
    g_assert_error (error, KB_ERROR, KB_ERROR_NOT_FOUND);
}

static void
remove_kept (const KbHome *home, const char *name)
{
    g_autoptr (GError) error = NULL;

    kb_test_assert_ok (kb_kept_remove (home, name, &error), error);
}

static void
test_load_needs_its_files (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = make_home (dir);
    g_autofree char *path = make_named (home, GOOD);
    g_autofree char *database = g_build_filename (path, "db.sqlite3", NULL);
    g_autofree char *ini = g_build_filename (path, "kept.ini", NULL);

    assert_cannot_load (home, "replaced-v0.0.0_2026-05-04_10-11-12");
    kb_test_write (ini, "rubbish", 7);
    assert_cannot_load (home, GOOD);
    kb_test_write (ini, "[Kept]\n", 7);
    g_autoptr (KbKept) kept = kb_kept_load (home, GOOD, NULL);
    g_assert_nonnull (kept);
    g_assert_cmpint (g_unlink (database), ==, 0);
    assert_cannot_load (home, GOOD);
    g_assert_cmpint (g_mkdir (database, 0700), ==, 0);
    assert_cannot_load (home, GOOD);
}

static void
test_load_never_leaves_the_folder (void)
{
    static const char *const names[] = {
        "replaced-v/../../replaced-vx",
        "../replaced/" GOOD,
        "replaced-v/" GOOD,
        "/" GOOD,
        "",
        ".",
        "..",
        "replaced-v\\" GOOD,
    };
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = make_home (dir);

    g_free (make_named (home, GOOD));
    g_free (make_named (home, "replaced-v"));
    for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
        if (strchr (names[i], '\\') == NULL && *names[i] != '\0')
            make_folder (kb_home_get_replaced_dir (home));
        assert_cannot_load (home, names[i]);
    }
}

static void
test_load_takes_no_endless_name (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = make_home (dir);
    g_autofree char *digits = g_strnfill (189, '1');
    g_autofree char *fits = g_strconcat ("replaced-v", digits, NULL);
    g_autofree char *too_long = g_strconcat (fits, "1", NULL);

    kb_test_only_posix ("paths of more than 260 characters");
    g_free (make_named (home, fits));
    g_free (make_named (home, too_long));
    g_autoptr (KbKept) kept = kb_kept_load (home, fits, NULL);
    g_assert_nonnull (kept);
    assert_cannot_load (home, too_long);
}

/* On a shared computer others may be able to write there. */
static void
test_load_follows_no_links (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = make_home (dir);
    g_autofree char *outside = kb_test_dir_file (dir, "outside");
    g_autofree char *soft = g_build_filename (kb_home_get_replaced_dir (home), GOOD, NULL);
    g_autofree char *other = make_named (home, "replaced-v2");
    g_autofree char *database = g_build_filename (other, "db.sqlite3", NULL);
    g_autofree char *secret = kb_test_dir_write (dir, "secret", "x");

    make_folder (outside);
    g_assert_cmpint (symlink (outside, soft), ==, 0);
    assert_cannot_load (home, GOOD);
    g_assert_cmpint (g_unlink (database), ==, 0);
    g_assert_cmpint (symlink (secret, database), ==, 0);
    assert_cannot_load (home, "replaced-v2");
    g_autoptr (GPtrArray) list = kb_kept_list (home);
    g_assert_cmpuint (list->len, ==, 0);
}

static void
test_remove_a_finished_one (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = make_home (dir);
    g_autofree char *path = make_named (home, GOOD);
    g_autofree char *other = make_named (home, "replaced-v2");
    g_autofree char *part = g_strconcat (path, ".part", NULL);

    remove_kept (home, GOOD);
    g_assert_false (kb_test_exists (path) || kb_test_exists (part));
    g_assert_true (kb_test_exists (other));
    remove_kept (home, GOOD); /* gone already */
}

/* Recovery calls it for what may be finished or not. */
static void
test_remove_an_unfinished_one (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = make_home (dir);
    g_autofree char *first = make_named (home, GOOD ".part");
    g_autofree char *second = make_named (home, "replaced-v2.part");

    remove_kept (home, GOOD);
    g_assert_false (kb_test_exists (first));
    remove_kept (home, "replaced-v2.part");
    g_assert_false (kb_test_exists (second));
}

static void
test_remove_follows_no_links (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = make_home (dir);
    g_autofree char *outside = kb_test_dir_file (dir, "outside");
    g_autofree char *precious = kb_test_dir_file (dir, "outside/db.sqlite3");
    g_autofree char *soft = g_build_filename (kb_home_get_replaced_dir (home), GOOD, NULL);
    g_autofree char *soft_part =
        g_build_filename (kb_home_get_replaced_dir (home), "replaced-v2.part", NULL);
    g_autofree char *folder = make_named (home, "replaced-v3");
    g_autofree char *within = g_build_filename (folder, "within", NULL);

    make_folder (outside);
    g_assert_cmpint (symlink (outside, soft), ==, 0);
    g_assert_cmpint (symlink (outside, soft_part), ==, 0);
    g_assert_cmpint (symlink (outside, within), ==, 0);
    remove_kept (home, GOOD);
    remove_kept (home, "replaced-v2.part");
    remove_kept (home, "replaced-v3");
    g_assert_false (kb_test_exists (soft) || kb_test_exists (soft_part) || kb_test_exists (folder));
    g_assert_true (kb_test_exists (precious));
}

static void
test_remove_refuses_other_names (void)
{
    static const char *const names[] = {"", ".", "..", "other", "../x", "replaced-v/../../x", "/"};
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = make_home (dir);
    g_autofree char *other = make_named (home, "other");

    for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
        g_autoptr (GError) error = NULL;
        g_assert_false (kb_kept_remove (home, names[i], &error));
        g_assert_error (error, KB_ERROR, KB_ERROR_NOT_FOUND);
    }
    g_assert_true (kb_test_exists (other));
}

/* The name may come from a restore.ini that somebody else has written. */
static void
test_remove_never_leaves_the_folder (void)
{
    static const char *const names[] = {"../../../precious.part",
                                        "replaced-v/../../../../precious.part", "x.part"};
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = make_home (dir);
    g_autofree char *precious = kb_test_dir_file (dir, "home/precious.part");
    g_autofree char *stranger = make_named (home, "x.part");
    g_autofree char *stepping_stone = make_named (home, "replaced-v");

    make_folder (precious);
    for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
        g_autoptr (GError) error = NULL;
        g_assert_false (kb_kept_remove (home, names[i], &error));
        g_assert_error (error, KB_ERROR, KB_ERROR_NOT_FOUND);
        g_assert_true (kb_test_exists (precious));
        g_assert_true (kb_test_exists (stranger));
    }
}

static void
test_remove_without_the_right (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = make_home (dir);
    g_autofree char *path = make_named (home, GOOD);
    g_autofree char *part = make_named (home, "replaced-v2.part");
    int status;

    g_assert_cmpint (chmod (dir->path, 0755), ==, 0);
    g_assert_cmpint (chmod (kb_home_get_replaced_dir (home), 0555), ==, 0);
    pid_t pid = fork();
    if (pid == 0) {
        g_autoptr (GError) finished = NULL;
        g_autoptr (GError) unfinished = NULL;
        if (geteuid() == 0 && (setgroups (0, NULL) != 0 || setuid (KB_TEST_NOBODY) != 0))
            _exit (2);
        g_assert_false (kb_kept_remove (home, GOOD, &finished));
        g_assert_error (finished, KB_ERROR, KB_ERROR_PERMISSION);
        g_assert_false (kb_kept_remove (home, "replaced-v2.part", &unfinished));
        g_assert_error (unfinished, KB_ERROR, KB_ERROR_PERMISSION);
        _exit (0);
    }
    g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
    g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
    g_assert_cmpint (chmod (kb_home_get_replaced_dir (home), 0755), ==, 0);
    g_autoptr (KbKept) kept = kb_kept_load (home, GOOD, NULL);
    g_assert_nonnull (kept); /* wholly there, as before */
    g_assert_true (kb_test_exists (path) && kb_test_exists (part));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/kept/paths/load-needs-its-files", test_load_needs_its_files);
    g_test_add_func ("/kept/paths/load-never-leaves-the-folder", test_load_never_leaves_the_folder);
    g_test_add_func ("/kept/paths/load-takes-no-endless-name", test_load_takes_no_endless_name);
    g_test_add_func ("/kept/paths/load-follows-no-links", test_load_follows_no_links);
    g_test_add_func ("/kept/paths/remove-a-finished-one", test_remove_a_finished_one);
    g_test_add_func ("/kept/paths/remove-an-unfinished-one", test_remove_an_unfinished_one);
    g_test_add_func ("/kept/paths/remove-follows-no-links", test_remove_follows_no_links);
    g_test_add_func ("/kept/paths/remove-refuses-other-names", test_remove_refuses_other_names);
    g_test_add_func ("/kept/paths/remove-without-the-right", test_remove_without_the_right);
    g_test_add_func ("/kept/paths/remove-never-leaves-the-folder",
                     test_remove_never_leaves_the_folder);
    return g_test_run();
}
