/* SPDX-License-Identifier: MIT */
#include "kb-backup.h"
#include "kb-catalog-change.h"
#include "kb-catalog.h"
#include "kb-error.h"
#include "kb-file.h"
#include "kb-status.h"
#include "kb-test.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Writes a file into the folder of Kolibri's backups. */
static void
add_file (const KbHome *home, const char *name, const char *text)
{
    const char *folder = kb_home_get_backups_dir (home);
    g_autofree char *path = g_build_filename (folder, name, NULL);

    g_mkdir (folder, 0755);
    kb_test_write (path, text, strlen (text));
}

static GPtrArray *
list (const KbHome *home)
{
    g_autoptr (GError) error = NULL;
    GPtrArray *entries = kb_catalog_list (home, NULL, &error);

    g_assert_no_error (error);
    return entries;
}

static const KbEntry *
only_entry (GPtrArray *entries)
{
    g_assert_cmpuint (entries->len, ==, 1);
    return entries->pdata[0];
}

#define WHOLE "BEGIN TRANSACTION;COMMIT;"

static void
test_newest_first (void)
{
    static const char *const names[] = {
        "db-v0.9.4_2024-01-01_00-00-00.dump",
        "db-v0.16.2_2026-05-01_00-00-00.dump",
        "db-v0.10.0_2025-05-01_00-00-00.dump",
    };
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home (dir, "home", NULL);

    for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
        add_file (home, names[i], WHOLE);
    g_autoptr (GPtrArray) entries = list (home);
    g_assert_cmpuint (entries->len, ==, 3);
    g_assert_cmpstr (((KbEntry *) entries->pdata[0])->version, ==, "0.16.2");
    g_assert_cmpstr (((KbEntry *) entries->pdata[1])->version, ==, "0.10.0");
    g_assert_cmpstr (((KbEntry *) entries->pdata[2])->version, ==, "0.9.4");
}

/* What a list would show differently is not equal. */
static void
test_equal (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home (dir, "home", "0.19");
    g_autoptr (GError) error = NULL;

    add_file (home, "db-v0.16.2_2026-05-01_00-00-00.dump", WHOLE);
    g_autoptr (GPtrArray) before = list (home);
    g_autoptr (GPtrArray) same = list (home);
    g_assert_true (kb_entry_equal (only_entry (before), only_entry (same)));
    kb_test_assert_ok (
        kb_catalog_set_keep (home, "db-v0.16.2_2026-05-01_00-00-00.dump", TRUE, &error), error);
    g_autoptr (GPtrArray) kept = list (home);
    g_assert_false (kb_entry_equal (only_entry (before), only_entry (kept)));
    kb_test_assert_ok (kb_catalog_set_note (home, "db-v0.16.2_2026-05-01_00-00-00.dump",
                                            "before the exams", &error),
                       error);
    g_autoptr (GPtrArray) noted = list (home);
    g_assert_false (kb_entry_equal (only_entry (kept), only_entry (noted)));
}

static void
test_states (void)
{
    static const struct {
        const char *text;
        KbEntryState state;
    } cases[] = {
        {WHOLE, KB_ENTRY_COMPLETE},
        {"BEGIN TRANSACTION;CREATE TABLE t(a);COMMIT;\n\n", KB_ENTRY_COMPLETE},
        {"PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCOMMIT;\n", KB_ENTRY_COMPLETE},
        {"BEGIN TRANSACTION;CREATE TABLE t(a);", KB_ENTRY_INCOMPLETE},
        {"", KB_ENTRY_INCOMPLETE},
        {"Dear teacher, COMMIT;", KB_ENTRY_FOREIGN},
        {"-- kolibri-backup 1 {}\nBEGIN;COMMIT;", KB_ENTRY_INCOMPLETE},
        {"-- kolibri-backup 1 {", KB_ENTRY_INCOMPLETE},
        {"-- kolibri-backup 2 {}\nBEGIN;COMMIT;\n", KB_ENTRY_TOO_NEW},
    };

    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (KbTestDir) dir = kb_test_dir_new();
        g_autoptr (KbHome) home = kb_test_make_home (dir, "home", NULL);
        add_file (home, "db-v0.16.2_2026-05-01_00-00-00.dump", cases[i].text);
        g_autoptr (GPtrArray) entries = list (home);
        if (only_entry (entries)->state != cases[i].state)
            g_error ("%s: %s", cases[i].text,
                     kb_entry_state_to_string (only_entry (entries)->state));
    }
}

/* Links and pipes in the folder are not followed, and other names are not ours to list. */
static void
test_strangers_are_left_out (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home (dir, "home", NULL);
    g_autofree char *secret = kb_test_dir_write (dir, "secret", WHOLE);
    g_autofree char *link = NULL;
    g_autofree char *pipe = NULL;

    add_file (home, "notifications_2024-01-01.dump", WHOLE);
    add_file (home, "readme.txt", WHOLE);
    add_file (home, "db-v0.16.2.txt", WHOLE);
    link = g_build_filename (kb_home_get_backups_dir (home), "db-v1.0.0_2026-05-01_00-00-00.dump",
                             NULL);
    pipe = g_build_filename (kb_home_get_backups_dir (home), "db-v1.0.0_2026-05-02_00-00-00.dump",
                             NULL);
    g_assert_cmpint (symlink (secret, link), ==, 0);
    g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
    g_autoptr (GPtrArray) entries = list (home);
    g_assert_cmpuint (entries->len, ==, 0);
}

static void
test_names_never_lead_away (void)
{
    static const char *const names[] = {
        "../db-v1_x.dump", "/etc/passwd", "db-v1/../../x.dump", "db-v1\\x.dump", "", "."};
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home (dir, "home", NULL);

    for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
        g_autoptr (GError) error = NULL;
        g_assert_null (kb_catalog_find (home, names[i], &error));
        g_assert_error (error, KB_ERROR, KB_ERROR_NOT_FOUND);
    }
}

static void
test_ours_says_what_is_in_it (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home (dir, "home", "0.19");
    const KbBackupOptions options = {.home = home, .program_version = "test", .note = "a note"};
    g_autoptr (GError) error = NULL;
    g_autoptr (KbBackupResult) result = kb_backup_run (&options, NULL, NULL, &error);

    g_assert_no_error (error);
    g_assert_cmpint (g_remove (result->path), ==, 0); /* as Kolibri's pruning does */
    g_autoptr (GPtrArray) entries = list (home);
    const KbEntry *entry = only_entry (entries);
    g_assert_true (entry->is_ours && entry->is_protected);
    g_assert_cmpint (entry->state, ==, KB_ENTRY_COMPLETE);
    g_assert_cmpint (entry->origin, ==, KB_ORIGIN_MANUAL);
    g_assert_cmpint (entry->summary->learners, ==, 39);
    g_assert_cmpstr (entry->note, ==, "a note");
    g_assert_cmpstr (entry->check_result, ==, "ok");
}

/* What was found out about a file is forgotten when it is another file. */
static void
test_check_of_another_file (void)
{
    const char *name = "db-v0.16.2_2026-05-01_00-00-00.dump";
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home (dir, "home", NULL);
    g_autoptr (KbSummary) summary = kb_summary_new();
    g_autoptr (GError) error = NULL;

    summary->learners = 7;
    add_file (home, name, WHOLE);
    kb_test_assert_ok (kb_catalog_set_checked (home, name, "ok", summary, &error), error);
    g_autoptr (KbEntry) checked = kb_catalog_find (home, name, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (checked->check_result, ==, "ok");
    g_assert_cmpint (checked->summary->learners, ==, 7);

    add_file (home, name, WHOLE "\n");
    g_autoptr (KbEntry) changed = kb_catalog_find (home, name, &error);
    g_assert_no_error (error);
    g_assert_null (changed->check_result);
    g_assert_null (changed->summary);
}

static void
test_latest_is_one_that_can_be_restored (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home (dir, "home", NULL);
    g_autoptr (GError) error = NULL;

    add_file (home, "db-v0.16.2_2026-05-03_00-00-00.dump", "BEGIN TRANSACTION;");
    g_assert_null (kb_catalog_find_latest (home, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_NOT_FOUND);
    g_clear_error (&error);
    add_file (home, "db-v0.16.2_2026-05-01_00-00-00.dump", WHOLE);
    add_file (home, "db-v0.16.2_2026-05-02_00-00-00.dump", WHOLE);
    g_autoptr (KbEntry) latest = kb_catalog_find_latest (home, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (latest->name, ==, "db-v0.16.2_2026-05-02_00-00-00.dump");
}

static KbVerdict
verdict (const KbHome *home, unsigned old_after_days)
{
    g_autoptr (GPtrArray) entries = list (home);
    g_autoptr (KbStatus) status = kb_status_read (home, entries, old_after_days, NULL);

    g_assert_cmpuint (status->free_bytes, >, 0);
    g_assert_cmpstr (status->sqlite_version, ==, sqlite3_libversion());
    return status->verdict;
}

static void
add_backup_of (const KbHome *home, int days_ago)
{
    g_autoptr (GDateTime) now = g_date_time_new_now_local();
    g_autoptr (GDateTime) then = g_date_time_add_days (now, -days_ago);
    g_autofree char *name = g_date_time_format (then, "db-v0.19.5_%Y-%m-%d_%H-%M-%S.dump");

    add_file (home, name, WHOLE);
}

static void
test_verdicts (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) empty = kb_test_make_home (dir, "empty", NULL);
    g_autoptr (KbHome) home = kb_test_make_home (dir, "home", "0.19");

    g_assert_cmpint (verdict (empty, 14), ==, KB_VERDICT_NO_KOLIBRI);
    g_assert_cmpint (verdict (home, 14), ==, KB_VERDICT_NO_BACKUP);
    add_backup_of (home, 20);
    g_assert_cmpint (verdict (home, 14), ==, KB_VERDICT_GETTING_OLD);
    g_assert_cmpint (verdict (home, 30), ==, KB_VERDICT_SAFE);
    add_backup_of (home, 2);
    g_assert_cmpint (verdict (home, 14), ==, KB_VERDICT_SAFE);
    kb_test_write (kb_home_get_database (home), "rubbish", 7);
    g_assert_cmpint (verdict (home, 14), ==, KB_VERDICT_DAMAGED);
}

/* An installed program of another version will upgrade the data: a backup of today is needed. */
static void
test_verdict_before_an_upgrade (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home (dir, "home", "0.16");
    g_autofree char *package = kb_test_dir_file (dir, "lib/python3.11/site-packages/kolibri");
    g_autofree char *version = g_build_filename (package, "VERSION", NULL);
    g_autofree char *bin = kb_test_dir_file (dir, "bin");
    g_autofree char *program = g_build_filename (bin, "kolibri", NULL);
    g_autofree char *path = g_strdup (g_getenv ("PATH"));

    kb_test_only_posix ("a program with #!, beside its packages");
    g_assert_cmpint (g_mkdir_with_parents (package, 0755), ==, 0);
    g_assert_cmpint (g_mkdir (bin, 0755), ==, 0);
    kb_test_write (version, "0.19.5", 6);
    kb_test_write (program, "#!/bin/sh\n", 10);
    g_assert_cmpint (g_chmod (program, 0755), ==, 0);
    g_setenv ("PATH", bin, TRUE); /* no Kolibri of this computer */
    add_backup_of (home, 3);
    g_assert_cmpint (verdict (home, 14), ==, KB_VERDICT_AT_RISK);
    add_backup_of (home, 0);
    g_assert_cmpint (verdict (home, 14), ==, KB_VERDICT_SAFE);

    kb_test_write (version, "0.15.9", 6);
    g_assert_cmpint (verdict (home, 14), ==, KB_VERDICT_TOO_OLD);
    /* started, it puts its own version there: the database knows better */
    g_autofree char *mark = kb_test_dir_file (dir, "home/.data_version");
    kb_test_write (mark, "0.15.9", 6);
    g_assert_cmpint (verdict (home, 14), ==, KB_VERDICT_TOO_OLD);
    g_setenv ("PATH", path, TRUE);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/catalog/newest-first", test_newest_first);
    g_test_add_func ("/catalog/equal", test_equal);
    g_test_add_func ("/catalog/states", test_states);
    g_test_add_func ("/catalog/strangers-are-left-out", test_strangers_are_left_out);
    g_test_add_func ("/catalog/names-never-lead-away", test_names_never_lead_away);
    g_test_add_func ("/catalog/ours-says-what-is-in-it", test_ours_says_what_is_in_it);
    g_test_add_func ("/catalog/check-of-another-file", test_check_of_another_file);
    g_test_add_func ("/catalog/latest-can-be-restored", test_latest_is_one_that_can_be_restored);
    g_test_add_func ("/status/verdicts", test_verdicts);
    g_test_add_func ("/status/before-an-upgrade", test_verdict_before_an_upgrade);
    return g_test_run();
}
