/* SPDX-License-Identifier: MIT */
#include "kb-difference.h"
#include "kb-error.h"
#include "kb-test.h"

static void
run_sql (const KbHome *home, const char *sql)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (KbSqlite) db =
        kb_sqlite_open (kb_home_get_database (home), SQLITE_OPEN_READWRITE, &error);

    g_assert_no_error (error);
    kb_test_run_sql (db, sql);
}

static KbHome *
make_home (const KbTestDir *dir)
{
    KbHome *home = kb_test_make_home (dir, "home", "0.19");

    run_sql (home, "UPDATE logger_attemptlog SET end_timestamp='2026-05-01 10:00:00.000000';"
                   "UPDATE logger_attemptlog SET end_timestamp='2026-05-01 12:00:00.500000(Asia/"
                   "Kolkata)' WHERE rowid IN (SELECT rowid FROM logger_attemptlog LIMIT 3);"
                   "UPDATE kolibriauth_facilityuser SET date_joined='2026-05-01 10:00:00';"
                   "UPDATE kolibriauth_facilityuser SET date_joined='2026-05-03 00:00:00' WHERE "
                   "rowid IN (SELECT rowid FROM kolibriauth_facilityuser LIMIT 2)");
    return home;
}

static void
assert_since (const KbHome *home, const char *time, gint64 answers, gint64 users)
{
    g_autoptr (GDateTime) since = g_date_time_new_from_iso8601 (time, NULL);
    g_autoptr (GError) error = NULL;
    KbDifference difference;

    kb_test_assert_ok (kb_difference_since_backup (home, since, NULL, &difference, NULL, &error),
                       error);
    g_assert_cmpint (difference.answers, ==, answers);
    g_assert_cmpint (difference.users, ==, users);
}

static void
test_counts (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = make_home (dir);

    assert_since (home, "2026-05-01T11:00:00Z", 3, 2);
    assert_since (home, "2026-05-02T00:00:00Z", 0, 2);
    assert_since (home, "2026-05-04T00:00:00Z", 0, 0);
    assert_since (home, "2026-05-01T09:00:00Z", 661, 44);
}

/* What Kolibri stores is in UTC, whatever the zone behind it says. */
static void
test_zones (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = make_home (dir);

    assert_since (home, "2026-05-01T16:30:00+05:00", 3, 2); /* 11:30 UTC */
    assert_since (home, "2026-05-01T18:30:00+05:00", 0, 2); /* 13:30 UTC */
}

/* Rows of a clock that was wrong look old; that there are more than in the backup still shows. */
static void
test_totals (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = make_home (dir);
    g_autoptr (GDateTime) since = g_date_time_new_from_iso8601 ("2026-05-04T00:00:00Z", NULL);
    g_autoptr (KbSummary) then = kb_summary_new();
    g_autoptr (GError) error = NULL;
    KbDifference difference;

    then->exercises = 600;
    then->learners = 38;
    then->coaches = 4;
    kb_test_assert_ok (kb_difference_since_backup (home, since, then, &difference, NULL, &error),
                       error);
    g_assert_cmpint (difference.answers, ==, 61);
    g_assert_cmpint (difference.users, ==, 1);
}

/* A Kolibri that lacks a table or column has done nothing there. */
static void
test_other_versions (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = make_home (dir);

    run_sql (home, "PRAGMA foreign_keys=OFF; DROP TABLE logger_attemptlog");
    assert_since (home, "2026-05-01T11:00:00Z", 0, 2);
}

static void
test_nothing_to_compare (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home (dir, "empty", NULL);
    g_autoptr (KbHome) full = make_home (dir);
    g_autoptr (GDateTime) now = g_date_time_new_now_local();
    g_autoptr (GError) no_data = NULL;
    g_autoptr (GError) no_time = NULL;
    KbDifference difference;

    g_assert_false (kb_difference_since_backup (home, now, NULL, &difference, NULL, &no_data));
    g_assert_error (no_data, KB_ERROR, KB_ERROR_NOT_FOUND);
    g_assert_false (kb_difference_since_backup (full, NULL, NULL, &difference, NULL, &no_time));
    g_assert_error (no_time, KB_ERROR, KB_ERROR_NOT_FOUND);
}

static void
test_cancelled (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = make_home (dir);
    g_autoptr (GDateTime) since = g_date_time_new_utc (2026, 1, 1, 0, 0, 0);
    g_autoptr (GCancellable) cancellable = g_cancellable_new();
    g_autoptr (GError) error = NULL;
    KbDifference difference;

    run_sql (home,
             "PRAGMA foreign_keys=OFF; DROP TABLE logger_attemptlog;"
             "CREATE TABLE logger_attemptlog AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL "
             "SELECT i+1 FROM n WHERE i<300000) SELECT i, '2026-05-01' AS end_timestamp FROM n");
    g_cancellable_cancel (cancellable);
    g_assert_false (
        kb_difference_since_backup (home, since, NULL, &difference, cancellable, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/difference/counts", test_counts);
    g_test_add_func ("/difference/zones", test_zones);
    g_test_add_func ("/difference/other-versions", test_other_versions);
    g_test_add_func ("/difference/totals", test_totals);
    g_test_add_func ("/difference/nothing-to-compare", test_nothing_to_compare);
    g_test_add_func ("/difference/cancelled", test_cancelled);
    return g_test_run();
}
