/* SPDX-License-Identifier: MIT */
/* The computers of tests/trees.py are in tests/cli/test_find.py; here are the odd ones. */
#include "kb-candidates.h"
#include "kb-root.h"
#include "kb-test.h"

#include <glib/gstdio.h>
#include <string.h>

static void
put (const KbTestDir *dir, const char *name, const char *text)
{
    g_autofree char *path = kb_test_dir_file (dir, name);
    g_autofree char *folder = g_path_get_dirname (path);

    g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
    kb_test_write (path, text, strlen (text));
}

static KbTestDir *
new_tree (void)
{
    kb_test_only_posix ("paths of Linux");
    KbTestDir *dir = kb_test_dir_new();

    g_unsetenv ("KOLIBRI_HOME");
    put (dir, "etc/passwd",
         "kolibri:x:1:1::/var/kolibri:/bin/sh\namina:x:2:2::/home/amina:/bin/sh\n");
    return dir;
}

/* The first candidate that settings name, or NULL. */
static char *
settled (const KbTestDir *dir, const char **source)
{
    g_autoptr (GPtrArray) list = kb_candidates_list (dir->path);
    const KbCandidate *first = list->pdata[0];

    if (first->reason != KB_REASON_SETTINGS)
        return NULL;
    if (source != NULL)
        *source = g_intern_string (first->source);
    return g_strdup (first->path + strlen (dir->path));
}

static void
assert_settled (const KbTestDir *dir, const char *expected)
{
    g_autofree char *path = settled (dir, NULL);

    g_assert_cmpstr (path, ==, expected);
}

static void
test_nothing_installed (void)
{
    g_autoptr (KbTestDir) dir = new_tree();
    g_autoptr (GPtrArray) list = kb_candidates_list (dir->path);
    g_autofree char *home = kb_root_user_home (dir->path);
    g_autofree char *own = g_build_filename (home, ".kolibri", NULL);
    g_autofree char *missing = kb_test_dir_file (dir, "missing");

    assert_settled (dir, NULL);
    g_assert_cmpint (kb_candidates_find (list, own)->reason, ==, KB_REASON_OWN_FOLDER);
    g_assert_null (kb_candidates_find (list, missing));
}

static void
test_username (void)
{
    static const char *const names[][2] = {
        {"amina", "/home/amina/.kolibri"},    {"amina\n", "/home/amina/.kolibri"},
        {"", "/var/kolibri/.kolibri"},        {"kolibri", "/var/kolibri/.kolibri"},
        {"../../x", "/var/kolibri/.kolibri"}, {"two\nlines", "/var/kolibri/.kolibri"},
        {"nobody-of-here", "/home/.kolibri"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
        g_autoptr (KbTestDir) dir = new_tree();
        put (dir, "etc/kolibri/username", names[i][0]);
        assert_settled (dir, names[i][1]);
    }
}

/* conf.d in the order of its names, then daemon.conf; the last one counts. */
static void
test_order_of_settings (void)
{
    g_autoptr (KbTestDir) dir = new_tree();
    const char *source = NULL;

    put (dir, "etc/default/kolibri",
         "export KOLIBRI_USER=\"kolibri\"\nKOLIBRI_HOME=\"~/.kolibri\"\n");
    put (dir, "etc/kolibri/username", "amina");
    assert_settled (dir, "/home/amina/.kolibri");
    put (dir, "etc/kolibri/conf.d/20.conf", "KOLIBRI_HOME=/srv/20\n");
    for (char name[] = "etc/kolibri/conf.d/10.conf"; name[20] <= '9'; name[20]++)
        put (dir, name, "KOLIBRI_HOME=/srv/10\n"); /* 10 to 19: in no order on the disk */
    put (dir, "etc/kolibri/conf.d/30.conf.bak", "KOLIBRI_HOME=/srv/30\n");
    g_autofree char *path = settled (dir, &source);
    g_assert_cmpstr (path, ==, "/srv/20");
    g_assert_cmpstr (source, ==, "/etc/kolibri/conf.d/20.conf");
    put (dir, "etc/kolibri/daemon.conf", "KOLIBRI_HOME=/srv/daemon\n");
    assert_settled (dir, "/srv/daemon");
}

/* KOLIBRI_HOME is worked out before daemon.conf is read: another user alone changes nothing. */
static void
test_another_user_alone (void)
{
    g_autoptr (KbTestDir) dir = new_tree();

    put (dir, "etc/kolibri/username", "amina");
    put (dir, "etc/kolibri/daemon.conf", "KOLIBRI_USER=kolibri\n");
    assert_settled (dir, "/home/amina/.kolibri");
    g_autoptr (GPtrArray) list = kb_candidates_list (dir->path);
    for (guint i = 0; i < 2; i++)
        g_assert_true (((const KbCandidate *) list->pdata[i])->is_contradicted);
    g_assert_true (
        g_str_has_suffix (((const KbCandidate *) list->pdata[1])->path, "/var/kolibri/.kolibri"));
}

static void
test_unit_that_names_none (void)
{
    g_autoptr (KbTestDir) dir = new_tree();

    put (dir, "etc/systemd/system/kolibri.service", "[Service]\nEnvironment=KOLIBRI_HOME=x\n");
    assert_settled (dir, NULL);
    put (dir, "etc/systemd/system/kolibri.service", "[Service]\nEnvironment=KOLIBRI_HOME=/srv/x\n");
    assert_settled (dir, "/srv/x");
}

static void
test_environment (void)
{
    g_autoptr (KbTestDir) dir = new_tree();
    g_autofree char *path = kb_test_dir_file (dir, "srv/x");

    g_setenv ("KOLIBRI_HOME", "/srv/x", TRUE);
    g_autoptr (GPtrArray) list = kb_candidates_list (dir->path);
    g_assert_cmpint (kb_candidates_find (list, path)->reason, ==, KB_REASON_ENVIRONMENT);
    put (dir, "etc/kolibri/username", "kolibri");
    put (dir, "etc/kolibri/daemon.conf", "KOLIBRI_HOME=/srv/x\n");
    g_autoptr (GPtrArray) again = kb_candidates_list (dir->path);
    const KbCandidate *both = kb_candidates_find (again, path);
    g_assert_cmpint (both->reason, ==, KB_REASON_ENVIRONMENT);
    g_assert_cmpint (both->kind, ==, KB_INSTALL_DEBIAN);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/candidates/nothing-installed", test_nothing_installed);
    g_test_add_func ("/candidates/username", test_username);
    g_test_add_func ("/candidates/order-of-settings", test_order_of_settings);
    g_test_add_func ("/candidates/another-user-alone", test_another_user_alone);
    g_test_add_func ("/candidates/unit-that-names-none", test_unit_that_names_none);
    g_test_add_func ("/candidates/environment", test_environment);
    return g_test_run();
}
