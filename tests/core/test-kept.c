/* SPDX-License-Identifier: MIT */
#include "kb-error.h"
#include "kb-file.h"
#include "kb-kept.h"
#include "kb-test.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Builds a kept database as a restore does, up to the publishing. */
static void
build (const KbKept *kept, const KbHome *home)
{
    const KbOwner owner = kb_test_us();
    g_autofree char *part = kb_kept_part_dir (kept);
    g_autofree char *database = g_build_filename (part, "db.sqlite3", NULL);
    g_autoptr (GError) error = NULL;

    kb_test_assert_ok (kb_kept_begin (kept, home, &owner, &error), error);
    kb_test_write (database, "old data", 8);
    kb_test_assert_ok (kb_kept_save (kept, part, &owner, &error), error);
}

static void
build_and_publish (const KbKept *kept, const KbHome *home)
{
    g_autoptr (GError) error = NULL;

    build (kept, home);
    kb_test_assert_ok (kb_kept_publish (kept, home, &error), error);
}

/* Makes one with this name and this time, or without a time where @time is %NULL. */
static void
make_named (const KbHome *home, const char *name, const char *time)
{
    g_autofree char *dir = g_build_filename (kb_home_get_replaced_dir (home), name, NULL);
    g_autofree char *database = g_build_filename (dir, "db.sqlite3", NULL);
    g_autofree char *ini = g_build_filename (dir, "kept.ini", NULL);
    g_autofree char *text =
        g_strdup_printf ("[Kept]\n%s%s\n", time != NULL ? "time=" : "", time != NULL ? time : "");

    g_assert_cmpint (g_mkdir_with_parents (dir, 0700), ==, 0);
    kb_test_write (database, "x", 1);
    kb_test_write (ini, text, strlen (text));
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
test_name_and_paths (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home_with_dirs (dir);
    g_autoptr (KbKept) kept = kb_kept_new (home, "0.17.5");
    g_autofree char *expected_dir =
        g_build_filename (kb_home_get_replaced_dir (home), kept->name, NULL);
    g_autofree char *expected_database = g_build_filename (expected_dir, "db.sqlite3", NULL);
    g_autofree char *expected_part = g_strconcat (expected_dir, ".part", NULL);
    g_autofree char *part = kb_kept_part_dir (kept);

    g_assert_true (g_regex_match_simple (
        "^replaced-v0\\.17\\.5_\\d{4}-\\d\\d-\\d\\d_\\d\\d-\\d\\d-\\d\\d$", kept->name, 0, 0));
    g_assert_cmpstr (kept->dir, ==, expected_dir);
    g_assert_cmpstr (kept->database, ==, expected_database);
    g_assert_cmpstr (part, ==, expected_part);
    g_assert_cmpstr (kept->data_version, ==, "0.17.5");
    g_assert_cmpint (g_date_time_get_utc_offset (kept->time), ==, 0);
    g_assert_false (kb_test_exists (kb_home_get_replaced_dir (home))); /* nothing is written yet */
}

static void
test_name_without_a_version (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home_with_dirs (dir);
    g_autoptr (KbKept) kept = kb_kept_new (home, NULL);

    g_assert_true (g_str_has_prefix (kept->name, "replaced-vunknown_"));
    g_assert_null (kept->data_version);
}

/* Two restores within one second, which a person cannot do and a program can. */
static void
test_names_do_not_clash (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home_with_dirs (dir);
    g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

    for (int i = 0; i < 20; i++) {
        g_autoptr (KbKept) kept = kb_kept_new (home, "0.17.5");
        g_assert_true (g_hash_table_add (names, g_strdup (kept->name)));
        build_and_publish (kept, home);
        g_autoptr (KbKept) back = kb_kept_load (home, kept->name, NULL);
        g_assert_nonnull (back);
    }
}

static void
test_round_trip (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home_with_dirs (dir);
    g_autoptr (KbKept) kept = kb_kept_new (home, "0.17.5");
    g_autoptr (GError) error = NULL;

    kept->database_id = g_strdup ("8e824ecd9fbd4eaa85dd36a6cc020000");
    kept->was_used = TRUE;
    kept->summary = kb_summary_new();
    kept->summary->device_name = g_strdup ("Lab \xf0\x9f\x98\x80");
    kept->summary->facility_name = g_strnfill (200, 'x');
    build_and_publish (kept, home);
    g_autoptr (KbKept) back = kb_kept_load (home, kept->name, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (back->name, ==, kept->name);
    g_assert_cmpstr (back->dir, ==, kept->dir);
    g_assert_cmpstr (back->database, ==, kept->database);
    g_assert_cmpstr (back->data_version, ==, "0.17.5");
    g_assert_cmpstr (back->database_id, ==, "8e824ecd9fbd4eaa85dd36a6cc020000");
    g_assert_cmpint (g_date_time_to_unix (back->time), ==, g_date_time_to_unix (kept->time));
    g_assert_false (back->was_damaged);
    g_assert_true (back->was_used);
    g_assert_cmpstr (back->summary->device_name, ==, "Lab \xf0\x9f\x98\x80");
    g_assert_cmpuint (back->size_bytes, ==, 8);
}

static void
test_round_trip_of_little (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home_with_dirs (dir);
    g_autoptr (KbKept) kept = kb_kept_new (home, NULL);

    kept->was_damaged = TRUE;
    build_and_publish (kept, home);
    g_autoptr (KbKept) back = kb_kept_load (home, kept->name, NULL);
    g_assert_null (back->data_version);
    g_assert_null (back->database_id);
    g_assert_null (back->summary);
    g_assert_true (back->was_damaged);
    g_assert_false (back->was_used);
    kb_kept_free (NULL);
}

static void
test_modes (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home_with_dirs (dir);
    g_autoptr (KbKept) kept = kb_kept_new (home, "0.17.5");
    g_autofree char *ini = g_build_filename (kept->dir, "kept.ini", NULL);

    build_and_publish (kept, home);
    kb_test_assert_mode (kb_home_get_replaced_dir (home), 0775);
    kb_test_assert_mode (kept->dir, 0775);
    kb_test_assert_mode (ini, 0664);
}

static void
test_part_does_not_count (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home_with_dirs (dir);
    g_autoptr (KbKept) kept = kb_kept_new (home, "0.17.5");
    g_autofree char *part_name = g_strconcat (kept->name, ".part", NULL);
    g_autofree char *part = kb_kept_part_dir (kept);

    build (kept, home);
    assert_cannot_load (home, kept->name);
    assert_cannot_load (home, part_name);
    g_autoptr (GPtrArray) before = kb_kept_list (home);
    g_assert_cmpuint (before->len, ==, 0);
    g_assert_true (kb_kept_publish (kept, home, NULL));
    g_assert_false (kb_test_exists (part));
    g_autoptr (GPtrArray) after = kb_kept_list (home);
    g_assert_cmpuint (after->len, ==, 1);
}

static void
test_publish_without_a_part (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home_with_dirs (dir);
    g_autoptr (KbKept) kept = kb_kept_new (home, "0.17.5");
    g_autoptr (GError) error = NULL;

    g_assert_false (kb_kept_publish (kept, home, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_NOT_FOUND);
}

static void
test_begin_fails (void)
{
    const KbOwner owner = kb_test_us();
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home_with_dirs (dir);
    g_autoptr (KbKept) kept = kb_kept_new (home, "0.17.5");
    g_autoptr (GError) error = NULL;

    kb_test_write (kb_home_get_replaced_dir (home), "in the way", 10);
    g_assert_false (kb_kept_begin (kept, home, &owner, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_IO);
}

static void
test_list_is_newest_first (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home_with_dirs (dir);

    for (int i = 0; i < 20; i++) { /* in many orders, whatever the folder makes of them */
        int minute = i * 7 % 20;
        g_autofree char *name = g_strdup_printf ("replaced-v%02d", i);
        g_autofree char *time = g_strdup_printf ("2026-05-04T10:%02d:00Z", minute);
        g_autofree char *unknown = g_strdup_printf ("replaced-v%02dx", i);
        make_named (home, name, time);
        make_named (home, unknown, i % 2 == 0 ? "rubbish" : NULL);
    }
    make_named (home, "replaced-vzone", "2026-05-04T11:30:00+01:00");
    g_autoptr (GPtrArray) list = kb_kept_list (home);
    g_assert_cmpuint (list->len, ==, 41);
    g_assert_cmpstr (((KbKept *) list->pdata[0])->name, ==, "replaced-vzone");
    for (guint i = 0; i < list->len; i++) {
        const KbKept *kept = list->pdata[i];
        g_assert_true ((kept->time != NULL) == (i < 21)); /* what has no time comes last */
        if (i > 0 && i < 21)
            g_assert_cmpint (g_date_time_get_minute (kept->time), ==, 20 - (int) i);
    }
}

static void
test_list_of_nothing (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home_with_dirs (dir);
    g_autoptr (GPtrArray) list = kb_kept_list (home);

    g_assert_cmpuint (list->len, ==, 0);
}

/* Whatever lies beside them is none of ours. */
static void
test_list_leaves_strangers_out (void)
{
    static const char *const names[] = {
        "other", "db-v0.17.5", "replaced", "replaced-vx.part", "Replaced-v1", "xreplaced-v1"};
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home_with_dirs (dir);

    kb_test_only_posix ("names that differ in capitals alone");
    for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
        make_named (home, names[i], "2026-05-04T10:00:00Z");
        assert_cannot_load (home, names[i]);
    }
    g_autofree char *file = g_build_filename (kb_home_get_replaced_dir (home), "replaced-v2", NULL);
    kb_test_write (file, "x", 1);
    make_named (home, "replaced-v1", "2026-05-04T10:00:00Z");
    g_autoptr (GPtrArray) list = kb_kept_list (home);
    g_assert_cmpuint (list->len, ==, 1);
}

int
main (int argc, char **argv)
{
    g_setenv ("TZ", "Africa/Nairobi", TRUE); /* so that local time would be seen */
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/kept/name-and-paths", test_name_and_paths);
    g_test_add_func ("/kept/name-without-a-version", test_name_without_a_version);
    g_test_add_func ("/kept/names-do-not-clash", test_names_do_not_clash);
    g_test_add_func ("/kept/round-trip", test_round_trip);
    g_test_add_func ("/kept/round-trip-of-little", test_round_trip_of_little);
    g_test_add_func ("/kept/modes", test_modes);
    g_test_add_func ("/kept/part-does-not-count", test_part_does_not_count);
    g_test_add_func ("/kept/publish-without-a-part", test_publish_without_a_part);
    g_test_add_func ("/kept/begin-fails", test_begin_fails);
    g_test_add_func ("/kept/list-is-newest-first", test_list_is_newest_first);
    g_test_add_func ("/kept/list-of-nothing", test_list_of_nothing);
    g_test_add_func ("/kept/list-leaves-strangers-out", test_list_leaves_strangers_out);
    return g_test_run();
}
