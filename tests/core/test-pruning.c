/* SPDX-License-Identifier: MIT */
#include "kb-pruning.h"
#include "kb-test.h"

#include <glib/gstdio.h>
#include <string.h>

#define WHOLE "BEGIN TRANSACTION;COMMIT;"
#define OLD_1 "db-v0.9.4_2018-05-01_10-11-12.dump"
#define OLD_2 "db-v0.7.2_2018-02-01_10-11-12.dump"
#define FRESH "db-v0.19.5_2026-05-01_10-11-12.dump"
#define FRESH_2 "db-v0.19.5_2026-06-01_10-11-12.dump"
#define LESS_FRESH "db-v0.19.4_2026-04-01_10-11-12.dump"

/* What goes of a folder, joined by bars. */
static char *
predict (const char *const *names)
{
    g_autoptr (GPtrArray) all = g_ptr_array_new();

    for (; *names != NULL; names++)
        g_ptr_array_add (all, (gpointer) *names);
    g_autoptr (GPtrArray) gone = kb_pruning_predict (all);
    g_ptr_array_add (gone, NULL);
    return g_strjoinv ("|", (char **) gone->pdata);
}

static void
assert_predicted (const char *const *names, const char *expected)
{
    g_autofree char *gone = predict (names);

    g_assert_cmpstr (gone, ==, expected);
}

static void
test_order (void)
{
    assert_predicted ((const char *[]){NULL}, "");
    assert_predicted ((const char *[]){FRESH, OLD_1, NULL}, "");
    assert_predicted ((const char *[]){FRESH, OLD_2, OLD_1, NULL}, FRESH);
    assert_predicted ((const char *[]){OLD_2, LESS_FRESH, FRESH, OLD_1, NULL},
                      FRESH "|" LESS_FRESH);
    assert_predicted (
        (const char *[]){FRESH, "x.dump", "db-v9", "Db-v9.dump", "db-v9.dump.gz", OLD_1, NULL}, "");
}

/* Python sorts by characters, and has numbers of its own for bytes that are no UTF-8. */
static void
test_order_of_odd_names (void)
{
    assert_predicted ((const char *[]){"db-vz.dump", "db-v\xff.dump", "db-v\xee\x80\x80.dump",
                                       "db-v\xf0\x9d\x84\x9e.dump", NULL},
                      "db-v\xff.dump|db-vz.dump");
    assert_predicted ((const char *[]){"db-v.dump", "db-v..dump", "db-v.dump.dump", NULL},
                      "db-v..dump");
}

static void
put (const KbHome *home, const char *name)
{
    g_autofree char *path = g_build_filename (kb_home_get_backups_dir (home), name, NULL);

    kb_test_write (path, WHOLE, strlen (WHOLE));
}

static void
move_out_of_reach (const KbHome *home, const char *name)
{
    g_autofree char *from = g_build_filename (kb_home_get_backups_dir (home), name, NULL);
    g_autofree char *to = g_build_filename (kb_home_get_protected_dir (home), name, NULL);

    g_assert_cmpint (g_rename (from, to), ==, 0);
}

static void
set_version (const KbHome *home, const char *version)
{
    g_autoptr (GError) error = NULL;
    const KbOwner us = kb_test_us();

    kb_test_assert_ok (kb_home_write_data_version (home, version, &us, &error), error);
}

/* The fresh ones that would go, joined by bars. */
static char *
read_endangered (const KbHome *home)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) entries = kb_catalog_list (home, NULL, &error);
    GString *names = g_string_new (NULL);

    g_assert_no_error (error);
    g_autoptr (KbPruning) pruning = kb_pruning_read (home, entries);
    for (guint i = 0; i < pruning->endangered->len; i++) {
        const KbEntry *entry = pruning->endangered->pdata[i];
        g_string_append_printf (names, "%s%s", i > 0 ? "|" : "", entry->name);
    }
    return g_string_free (names, FALSE);
}

static void
assert_endangered (const KbHome *home, const char *expected)
{
    g_autofree char *names = read_endangered (home);

    g_assert_cmpstr (names, ==, expected);
}

static void
test_endangered (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home_with_dirs (dir);

    set_version (home, "0.19.5");
    put (home, LESS_FRESH);
    put (home, FRESH);
    assert_endangered (home, ""); /* the oldest goes, as Kolibri means it to */
    put (home, OLD_1);
    assert_endangered (home, FRESH "|" LESS_FRESH);
    put (home, OLD_2);
    put (home, FRESH_2);
    assert_endangered (home, FRESH_2 "|" FRESH); /* Kolibri would not keep a third */
    move_out_of_reach (home, FRESH_2);
    assert_endangered (home, FRESH);
    move_out_of_reach (home, OLD_1);
    assert_endangered (home, FRESH);
    move_out_of_reach (home, OLD_2);
    assert_endangered (home, "");
}

/* An upgrade from or to a developer's version makes no backup, so nothing is deleted. */
static void
test_no_automatic_backup (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home_with_dirs (dir);

    put (home, FRESH);
    put (home, OLD_1);
    put (home, OLD_2);
    set_version (home, "0.19.5");
    assert_endangered (home, FRESH);
    set_version (home, "0.19.5.dev0");
    assert_endangered (home, "");
    set_version (home, NULL);
    assert_endangered (home, "");
}

/* The digits of 0.19.10 come before those of 0.19.9. */
static void
test_patch_releases (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home_with_dirs (dir);
    const char *newer = "db-v0.19.10_2026-06-01_10-11-12.dump";

    put (home, "db-v0.19.9_2026-05-01_10-11-12.dump");
    put (home, newer);
    set_version (home, "0.19.10");
    assert_endangered (home, newer);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/pruning/order", test_order);
    g_test_add_func ("/pruning/order-of-odd-names", test_order_of_odd_names);
    g_test_add_func ("/pruning/endangered", test_endangered);
    g_test_add_func ("/pruning/no-automatic-backup", test_no_automatic_backup);
    g_test_add_func ("/pruning/patch-releases", test_patch_releases);
    return g_test_run();
}
