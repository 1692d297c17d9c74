/* SPDX-License-Identifier: MIT */
#include "kb-backup-name.h"

#include <string.h>

static void
assert_parses (const char *name, const char *version, const char *time)
{
    g_autoptr (KbBackupName) parsed = kb_backup_name_parse (name);

    if (parsed == NULL)
        g_error ("not taken for a backup: %s", name);
    g_autofree char *text = g_date_time_format (parsed->time, "%Y-%m-%d %H:%M:%S");
    g_assert_cmpstr (parsed->version, ==, version);
    g_assert_cmpstr (text, ==, time);
}

static void
test_names_of_kolibri (void)
{
    assert_parses ("db-v0.17.5_2024-05-01_10-11-12.dump", "0.17.5", "2024-05-01 10:11:12");
    assert_parses ("db-v0.9.4_2019-12-31_23-59-59.dump", "0.9.4", "2019-12-31 23:59:59");
    assert_parses ("db-v0.16.0rc1.dev0+git.4.g12_2024-02-29_00-00-00.dump",
                   "0.16.0rc1.dev0+git.4.g12", "2024-02-29 00:00:00");
}

/* Kolibri's own pattern lets anything follow the date. */
static void
test_words_behind_the_time (void)
{
    assert_parses ("db-v0.16.2_2024-05-01_10-11-12 before exam.dump", "0.16.2",
                   "2024-05-01 10:11:12");
    assert_parses ("db-v0.16.2_2024-05-01_10-11-12_2.dump", "0.16.2", "2024-05-01 10:11:12");
    assert_parses ("db-v0.16.2_2024-05-01_10-11-12.dump.dump", "0.16.2", "2024-05-01 10:11:12");
    assert_parses ("db-v0.16.2_2024-05-01_10-11-12 \xc3\xa9t\xc3\xa9.dump", "0.16.2",
                   "2024-05-01 10:11:12");
}

/* 0.6 betas put the newline of .data_version into the name; what the version is worth is for
 * kb-version to say. */
static void
test_version_need_not_parse (void)
{
    assert_parses ("db-v0.6.0\n_2018-05-01_10-11-12.dump", "0.6.0\n", "2018-05-01 10:11:12");
    assert_parses ("db-vunknown_2018-05-01_10-11-12.dump", "unknown", "2018-05-01 10:11:12");
}

static void
test_other_names (void)
{
    static const char *const names[] = {
        "",
        "db-v",
        ".dump",
        "db-v.dump",
        "db-v_2024-05-01_10-11-12.dump",
        "db-v0.16.2.dump",
        "db-v0.16.2_.dump",
        "db-v0.16.2_2024-05-01.dump",
        "db-v0.16.2_2024-05-01_10-11.dump",
        "db-v0.16.2_2024-05-01_10-11-12",
        "db-v0.16.2_2024-05-01_10-11-12.dump.gz",
        "db-v0.16.2_2024-05-01_10-11-12.sqlite3",
        "db-v0.16.2_2024-05-01 10-11-12.dump",
        "db-v0.16.2_2024-05-01_10:11:12.dump",
        "db-v0.16.2_2024/05/01_10-11-12.dump",
        "db-v0.16.2_20240501_101112-000000.dump",
        "db-v0.16.2_-024-05-01_10-11-12.dump",
        "DB-v0.16.2_2024-05-01_10-11-12.dump",
        "xdb-v0.16.2_2024-05-01_10-11-12.dump",
        "notifications_2024-05-01_10-11-12.dump",
        "0.16.2_2024-05-01_10-11-12.dump",
    };

    for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
        if (kb_backup_name_parse (names[i]) != NULL)
            g_error ("taken for a backup: %s", names[i]);
}

static void
test_times_that_no_clock_shows (void)
{
    static const char *const times[] = {
        "2024-13-01_10-11-12", "2024-00-01_10-11-12", "2024-02-30_10-11-12", "2023-02-29_10-11-12",
        "2024-05-00_10-11-12", "2024-05-32_10-11-12", "2024-05-01_24-00-00", "2024-05-01_10-60-00",
        "2024-05-01_10-11-60", "0000-05-01_10-11-12",
    };

    for (gsize i = 0; i < G_N_ELEMENTS (times); i++) {
        g_autofree char *name = g_strconcat ("db-v0.16.2_", times[i], ".dump", NULL);
        if (kb_backup_name_parse (name) != NULL)
            g_error ("taken for a backup: %s", name);
    }
}

static void
test_format (void)
{
    g_autoptr (GDateTime) time = g_date_time_new_local (2024, 5, 1, 9, 1, 2.9);
    g_autofree char *name = kb_backup_name_format ("0.17.5", time);

    g_assert_cmpstr (name, ==, "db-v0.17.5_2024-05-01_09-01-02.dump");
}

/* Digits must be ASCII in every language: Kolibri reads the name, too. */
static void
test_what_is_formatted_parses (void)
{
    for (int day = 1; day <= 366; day++) {
        g_autoptr (GDateTime) start = g_date_time_new_local (2024, 1, 1, 12, 34, 56);
        g_autoptr (GDateTime) time = g_date_time_add_days (start, day);
        g_autofree char *name = kb_backup_name_format ("0.16.0rc1", time);
        g_autoptr (KbBackupName) parsed = kb_backup_name_parse (name);
        g_assert_nonnull (parsed);
        g_assert_cmpstr (parsed->version, ==, "0.16.0rc1");
        g_assert_true (g_date_time_equal (parsed->time, time));
        g_assert_true (kb_backup_name_is_safe (name));
    }
}

static void
test_time_is_local (void)
{
    g_autoptr (KbBackupName) parsed = kb_backup_name_parse ("db-v0.17.5_2024-05-01_10-11-12.dump");
    g_autoptr (GDateTime) utc = g_date_time_to_utc (parsed->time);

    g_assert_cmpint (g_date_time_get_hour (parsed->time), ==, 10);
    g_assert_cmpint (g_date_time_get_hour (utc), ==, 7); /* main() has set Nairobi */
}

static void
test_safe_names (void)
{
    static const char *const names[] = {
        "db-v0.17.5_2024-05-01_10-11-12.dump",
        "db-v0.17.5_2024-05-01_10-11-12 before exam.dump",
        "db-vwhatever.dump",
    };

    for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
        g_assert_true (kb_backup_name_is_safe (names[i]));
}

static void
test_names_that_lead_out_of_the_folder (void)
{
    static const char *const names[] = {
        "db-v/../../etc/passwd.dump",
        "../db-v1.dump",
        "db-v1/x.dump",
        "/db-v1.dump",
        "db-v..\\..\\x.dump",
        "db-v1.dump/",
        "db-v1.dump.gz",
        "",
        "..",
        "protected",
        "db-v1",
        "x.dump",
    };
    g_autofree char *longest = g_strnfill (255 - strlen ("db-v.dump"), '1');
    g_autofree char *fits = g_strconcat ("db-v", longest, ".dump", NULL);
    g_autofree char *too_long = g_strconcat ("db-v", longest, "1.dump", NULL);

    for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
        if (kb_backup_name_is_safe (names[i]))
            g_error ("taken for safe: %s", names[i]);
    g_assert_true (kb_backup_name_is_safe (fits)); /* 255 bytes is what file systems take */
    g_assert_false (kb_backup_name_is_safe (too_long));
}

static void
test_free_accepts_nothing (void)
{
    kb_backup_name_free (NULL);
}

int
main (int argc, char **argv)
{
    g_setenv ("TZ", "Africa/Nairobi", TRUE);
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/backup-name/names-of-kolibri", test_names_of_kolibri);
    g_test_add_func ("/backup-name/words-behind-the-time", test_words_behind_the_time);
    g_test_add_func ("/backup-name/version-need-not-parse", test_version_need_not_parse);
    g_test_add_func ("/backup-name/other-names", test_other_names);
    g_test_add_func ("/backup-name/times-that-no-clock-shows", test_times_that_no_clock_shows);
    g_test_add_func ("/backup-name/format", test_format);
    g_test_add_func ("/backup-name/what-is-formatted-parses", test_what_is_formatted_parses);
    g_test_add_func ("/backup-name/time-is-local", test_time_is_local);
    g_test_add_func ("/backup-name/safe-names", test_safe_names);
    g_test_add_func ("/backup-name/names-that-lead-out-of-the-folder",
                     test_names_that_lead_out_of_the_folder);
    g_test_add_func ("/backup-name/free-accepts-nothing", test_free_accepts_nothing);
    return g_test_run();
}
