/* SPDX-License-Identifier: MIT */
#include "kb-error.h"
#include "kb-restore-record.h"
#include "kb-test.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void
save (const KbRestoreRecord *record, const KbHome *home)
{
    const KbOwner owner = kb_test_us();
    g_autoptr (GError) error = NULL;

    kb_test_assert_ok (kb_restore_record_save (record, home, &owner, &error), error);
}

static void
test_all_of_it (void)
{
    const KbRestoreRecord record = {
        .old_version = (char *) "0.17.5",
        .new_version = (char *) "0.16.2",
        .new_id = (char *) "8e824ecd9fbd4eaa85dd36a6cc020000",
        .kept = (char *) "replaced-v0.17.5_2026-05-04_10-11-12",
        .moves_aside = TRUE,
        .kolibri_ran = TRUE,
        .is_undo = TRUE,
    };
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home_with_dirs (dir);

    save (&record, home);
    g_autoptr (KbRestoreRecord) back = kb_restore_record_load (home, NULL);
    g_assert_cmpstr (back->old_version, ==, "0.17.5");
    g_assert_cmpstr (back->new_version, ==, "0.16.2");
    g_assert_cmpstr (back->new_id, ==, "8e824ecd9fbd4eaa85dd36a6cc020000");
    g_assert_cmpstr (back->kept, ==, "replaced-v0.17.5_2026-05-04_10-11-12");
    g_assert_true (back->moves_aside);
    g_assert_true (back->kolibri_ran);
    g_assert_true (back->is_undo);
}

/* Each of the three says its own. */
static void
test_flags (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home_with_dirs (dir);

    for (unsigned mask = 0; mask < 8; mask++) {
        const KbRestoreRecord record = {
            .moves_aside = (mask & 1) != 0,
            .kolibri_ran = (mask & 2) != 0,
            .is_undo = (mask & 4) != 0,
        };
        save (&record, home);
        g_autoptr (KbRestoreRecord) back = kb_restore_record_load (home, NULL);
        g_assert_true (back->moves_aside == record.moves_aside);
        g_assert_true (back->kolibri_ran == record.kolibri_ran);
        g_assert_true (back->is_undo == record.is_undo);
    }
}

static void
test_what_is_not_known_stays_so (void)
{
    const KbRestoreRecord record = {0};
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home_with_dirs (dir);

    save (&record, home);
    g_autoptr (KbRestoreRecord) back = kb_restore_record_load (home, NULL);
    g_assert_nonnull (back); /* there is a restore under way, whatever else it says */
    g_assert_null (back->old_version);
    g_assert_null (back->new_version);
    g_assert_null (back->new_id);
    g_assert_null (back->kept);
}

/* The names are the file format: docs/format.md, and recovery by a later version. */
static void
test_format (void)
{
    const KbRestoreRecord record = {
        .old_version = (char *) "0.17.5", .kept = (char *) "k", .is_undo = TRUE};
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home_with_dirs (dir);
    g_autofree char *text = NULL;

    save (&record, home);
    g_assert_true (g_file_get_contents (kb_home_get_restore_ini (home), &text, NULL, NULL));
    g_assert_cmpstr (text, ==,
                     "[Restore]\nold_version=0.17.5\nkept=k\nmoves_aside=false\n"
                     "kolibri_ran=false\nundo=true\n");
}

static void
test_belongs_to_the_owner (void)
{
    const KbRestoreRecord record = {0};
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home_with_dirs (dir);

    save (&record, home);
    kb_test_assert_mode (kb_home_get_restore_ini (home), 0664);
}

static void
test_none (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home_with_dirs (dir);
    g_autoptr (KbHome) bare = kb_test_make_home (dir, "bare", NULL);

    g_assert_null (kb_restore_record_load (home, NULL));
    g_assert_null (kb_restore_record_load (bare, NULL));
    kb_restore_record_free (NULL);
}

static void
test_rubbish (void)
{
    g_autofree char *long_text = g_strnfill (100000, '\n');
    const char *const texts[] = {
        "",         "rubbish", "[Restore", "old_version=0.17.5\n", "[Other]\nkept=x\n",
        "\xff\xfe", long_text,
    };
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home_with_dirs (dir);

    for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
        kb_test_write (kb_home_get_restore_ini (home), texts[i], strlen (texts[i]));
        g_assert_null (kb_restore_record_load (home, NULL));
    }
}

static void
test_values_of_wrong_types (void)
{
    const char *text = "[Restore]\nmoves_aside=perhaps\nkolibri_ran=\nundo=2\nkept=\xff\n"
                       "new_id=\\q\nunknown=1\n";
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home_with_dirs (dir);

    kb_test_write (kb_home_get_restore_ini (home), text, strlen (text));
    g_autoptr (KbRestoreRecord) back = kb_restore_record_load (home, NULL);
    g_assert_nonnull (back);
    g_assert_false (back->moves_aside);
    g_assert_false (back->kolibri_ran);
    g_assert_false (back->is_undo);
    g_assert_null (back->kept);
}

/* Recovery renames and removes by that name. */
static void
test_name_that_leads_elsewhere (void)
{
    static const char *const names[] = {"../../..", "replaced-v1/../../..", "/etc", "a/b",
                                        "..\\\\.."};
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home_with_dirs (dir);

    for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
        g_autofree char *text = g_strdup_printf ("[Restore]\nkept=%s\nundo=true\n", names[i]);
        kb_test_write (kb_home_get_restore_ini (home), text, strlen (text));
        g_autoptr (KbRestoreRecord) back = kb_restore_record_load (home, NULL);
        g_assert_true (back == NULL || back->kept == NULL);
    }
}

static void
test_cannot_be_saved (void)
{
    const KbOwner owner = kb_test_us();
    const KbRestoreRecord record = {0};
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) bare = kb_test_make_home (dir, "bare", NULL);
    g_autoptr (GError) error = NULL;

    g_assert_false (kb_restore_record_save (&record, bare, &owner, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_NOT_FOUND);
}

static void
test_remove (void)
{
    const KbRestoreRecord record = {0};
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home_with_dirs (dir);
    g_autoptr (GError) error = NULL;

    save (&record, home);
    kb_test_assert_ok (kb_restore_record_remove (home, &error), error);
    g_assert_null (kb_restore_record_load (home, NULL));
    kb_test_assert_ok (kb_restore_record_remove (home, &error), error); /* gone already */
}

static void
test_cannot_be_removed (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home_with_dirs (dir);
    g_autoptr (KbHome) bare = kb_test_make_home (dir, "bare", NULL);
    g_autofree char *child = g_build_filename (kb_home_get_restore_ini (home), "child", NULL);
    g_autoptr (GError) in_the_way = NULL;
    g_autoptr (GError) no_folder = NULL;

    g_assert_cmpint (g_mkdir_with_parents (child, 0700), ==, 0);
    g_assert_false (kb_restore_record_remove (home, &in_the_way));
    g_assert_error (in_the_way, KB_ERROR, KB_ERROR_IO);
    g_assert_false (kb_restore_record_remove (bare, &no_folder));
    g_assert_error (no_folder, KB_ERROR, KB_ERROR_NOT_FOUND);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/restore-record/all-of-it", test_all_of_it);
    g_test_add_func ("/restore-record/flags", test_flags);
    g_test_add_func ("/restore-record/what-is-not-known-stays-so", test_what_is_not_known_stays_so);
    g_test_add_func ("/restore-record/format", test_format);
    g_test_add_func ("/restore-record/belongs-to-the-owner", test_belongs_to_the_owner);
    g_test_add_func ("/restore-record/none", test_none);
    g_test_add_func ("/restore-record/rubbish", test_rubbish);
    g_test_add_func ("/restore-record/values-of-wrong-types", test_values_of_wrong_types);
    g_test_add_func ("/restore-record/cannot-be-saved", test_cannot_be_saved);
    g_test_add_func ("/restore-record/remove", test_remove);
    g_test_add_func ("/restore-record/cannot-be-removed", test_cannot_be_removed);
    g_test_add_func ("/restore-record/name-that-leads-elsewhere", test_name_that_leads_elsewhere);
    return g_test_run();
}
