/* SPDX-License-Identifier: MIT */
#include "kb-error.h"
#include "kb-summary-reader.h"
#include "kb-test.h"

#include <string.h>

#define SESSIONS                                                                                   \
    "CREATE TABLE logger_usersessionlog(start_timestamp, last_interaction_timestamp);"             \
    "CREATE TABLE logger_contentsessionlog(start_timestamp, end_timestamp);"
#define USERS                                                                                      \
    "CREATE TABLE kolibriauth_facilityuser(id, date_deleted);"                                     \
    "CREATE TABLE kolibriauth_role(user_id, kind);"

static KbSummary *
read_db (KbSqlite *db)
{
    g_autoptr (GError) error = NULL;
    KbSummary *summary = kb_summary_read (db, &error);

    g_assert_no_error (error);
    g_assert_nonnull (summary);
    return summary;
}

static KbSummary *
read_sql (const char *sql)
{
    g_autoptr (KbSqlite) db = kb_test_make_database (sql);

    return read_db (db);
}

/* What a database with these sessions says, or "unknown". */
static void
assert_last_activity (const char *rows, const char *expected)
{
    g_autofree char *sql = g_strconcat (SESSIONS, rows, NULL);
    g_autoptr (KbSummary) summary = read_sql (sql);
    g_autofree char *text =
        summary->last_activity != NULL ? g_date_time_format_iso8601 (summary->last_activity) : NULL;

    g_assert_cmpstr (text != NULL ? text : "unknown", ==, expected);
}

static void
assert_fixture (const char *fixture, gint64 learners, const char *last_activity)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home (dir, "home", fixture);
    g_autoptr (KbSqlite) db = kb_sqlite_open_for_reading (kb_home_get_database (home), NULL);
    g_autoptr (KbSummary) summary = read_db (db);
    g_autofree char *time = g_date_time_format_iso8601 (summary->last_activity);

    g_assert_cmpstr (summary->device_name, ==, "vm");
    g_assert_cmpstr (summary->facility_name, ==,
                     "Shule ya Msingi \xe2\x80\x9cNg'ombe\xe2\x80\x9d \xe2\x80\x94 "
                     "\xc3\xa9"
                     "cole \xe2\x84\x96"
                     "1");
    g_assert_cmpint (summary->facilities, ==, 1);
    g_assert_cmpint (summary->classes, ==, 2);
    g_assert_cmpint (summary->learners, ==, learners);
    g_assert_cmpint (summary->coaches, ==, 4);
    g_assert_cmpint (summary->lessons, ==, 6);
    g_assert_cmpint (summary->quizzes, ==, 4);
    g_assert_cmpint (summary->exercises, ==, 661);
    g_assert_cmpstr (time, ==, last_activity);
    g_assert_true (kb_summary_is_kolibri (db));
}

static void
test_data_of_016 (void)
{
    assert_fixture ("0.16", 40, "2026-11-22T18:27:04Z");
}

/* One user has been deleted softly, which older versions do not know. */
static void
test_data_of_019 (void)
{
    assert_fixture ("0.19", 39, "2026-11-22T18:27:51Z");
}

static void
test_empty_database (void)
{
    g_autoptr (KbSummary) summary = read_sql ("");

    g_assert_null (summary->device_name);
    g_assert_null (summary->facility_name);
    g_assert_cmpint (summary->facilities, ==, -1);
    g_assert_cmpint (summary->classes, ==, -1);
    g_assert_cmpint (summary->learners, ==, -1);
    g_assert_cmpint (summary->coaches, ==, -1);
    g_assert_cmpint (summary->lessons, ==, -1);
    g_assert_cmpint (summary->quizzes, ==, -1);
    g_assert_cmpint (summary->exercises, ==, -1);
    g_assert_null (summary->last_activity);
}

static void
test_empty_tables (void)
{
    g_autoptr (KbSummary) summary = read_sql (
        SESSIONS USERS "CREATE TABLE kolibriauth_collection(name, kind);"
                       "CREATE TABLE device_devicesettings(name); CREATE TABLE lessons_lesson(id);"
                       "CREATE TABLE exams_exam(id); CREATE TABLE logger_attemptlog(id);");

    g_assert_null (summary->device_name);
    g_assert_cmpint (summary->facilities, ==, 0);
    g_assert_cmpint (summary->learners, ==, 0);
    g_assert_cmpint (summary->coaches, ==, 0);
    g_assert_cmpint (summary->lessons, ==, 0);
    g_assert_cmpint (summary->quizzes, ==, 0);
    g_assert_cmpint (summary->exercises, ==, 0);
    g_assert_null (summary->last_activity);
}

/* Before Kolibri 0.14 a device had no name, and the tables of another program have other columns.
 */
static void
test_missing_columns (void)
{
    g_autoptr (KbSummary) summary = read_sql (
        "CREATE TABLE device_devicesettings(is_provisioned); INSERT INTO device_devicesettings "
        "VALUES(1); CREATE TABLE kolibriauth_collection(title); INSERT INTO kolibriauth_collection "
        "VALUES('x'); CREATE TABLE logger_usersessionlog(a); CREATE TABLE "
        "logger_contentsessionlog(a); CREATE TABLE kolibriauth_facilityuser(id);");

    g_assert_null (summary->device_name);
    g_assert_null (summary->facility_name);
    g_assert_cmpint (summary->facilities, ==, -1);
    g_assert_cmpint (summary->learners, ==, -1);
    g_assert_null (summary->last_activity);
}

static void
test_who_is_a_coach (void)
{
    g_autoptr (KbSummary) summary = read_sql (
        USERS "INSERT INTO kolibriauth_facilityuser(id) VALUES('a'),('b'),('c'),('d'),('e');"
              "INSERT INTO kolibriauth_role VALUES('a','admin'),('b','coach'),('b','coach'),"
              "('c','classroom assignable coach'),('gone','coach')");

    g_assert_cmpint (summary->coaches, ==, 3);
    g_assert_cmpint (summary->learners, ==, 2);
}

static void
test_deleted_users_do_not_count (void)
{
    g_autoptr (KbSummary) summary =
        read_sql (USERS "INSERT INTO kolibriauth_facilityuser VALUES('a',NULL),('b','2026-01-01'),"
                        "('c',NULL),('d','2026-01-01'); INSERT INTO kolibriauth_role VALUES"
                        "('a','coach'),('b','coach')");

    g_assert_cmpint (summary->coaches, ==, 1);
    g_assert_cmpint (summary->learners, ==, 1);
}

static void
test_collections_by_kind (void)
{
    g_autoptr (KbSummary) summary = read_sql (
        "CREATE TABLE kolibriauth_collection(name, kind); INSERT INTO kolibriauth_collection "
        "VALUES('c1','classroom'),('second','facility'),('third','facility'),('g','learnergroup'),"
        "('a','adhoclearnersgroup'),('c2','classroom'),('c3','classroom')");

    g_assert_cmpstr (summary->facility_name, ==, "second");
    g_assert_cmpint (summary->facilities, ==, 2);
    g_assert_cmpint (summary->classes, ==, 3);
}

static void
test_names_are_cut (void)
{
    GString *sql = g_string_new ("CREATE TABLE device_devicesettings(name);"
                                 "INSERT INTO device_devicesettings VALUES('");

    for (int i = 0; i < 1000; i++)
        g_string_append (sql, "\xf0\x9f\x98\x80");
    g_string_append (sql, "')");
    g_autoptr (KbSummary) summary = read_sql (sql->str);
    g_assert_cmpint (g_utf8_strlen (summary->device_name, -1), ==, 200);
    g_assert_true (g_utf8_validate (summary->device_name, -1, NULL));
    g_string_free (sql, TRUE);
}

static void
test_names_that_are_none (void)
{
    g_autoptr (KbSummary) empty = read_sql ("CREATE TABLE device_devicesettings(name);"
                                            "INSERT INTO device_devicesettings VALUES('')");
    g_autoptr (KbSummary) invalid =
        read_sql ("CREATE TABLE device_devicesettings(name);"
                  "INSERT INTO device_devicesettings VALUES(CAST(X'41ff42' AS TEXT))");

    g_assert_null (empty->device_name);
    g_assert_true (g_utf8_validate (invalid->device_name, -1, NULL));
    g_assert_true (g_str_has_prefix (invalid->device_name, "A"));
}

/* Kolibri writes the zone of the device behind it, but the time itself is in UTC. */
static void
test_last_activity_is_in_utc (void)
{
    assert_last_activity ("INSERT INTO logger_usersessionlog VALUES('2024-01-01 00:00:00',"
                          "'2024-05-01 23:59:59.999999(Africa/Nairobi)')",
                          "2024-05-01T23:59:59Z");
    assert_last_activity ("INSERT INTO logger_contentsessionlog VALUES('2024-01-01 00:00:00',"
                          "'2024-05-01 01:02:03')",
                          "2024-05-01T01:02:03Z");
}

static void
test_last_activity_is_the_later_one (void)
{
    assert_last_activity (
        "INSERT INTO logger_usersessionlog VALUES('2024-01-01 00:00:00','2024-05-02 01:00:00'),"
        "('2024-01-01 00:00:00','2024-05-01 01:00:00');"
        "INSERT INTO logger_contentsessionlog VALUES('2024-01-01 00:00:00','2024-05-01 01:00:00')",
        "2024-05-02T01:00:00Z");
    assert_last_activity (
        "INSERT INTO logger_usersessionlog VALUES('2024-01-01 00:00:00','2024-05-01 01:00:00');"
        "INSERT INTO logger_contentsessionlog VALUES('2024-01-01 00:00:00','2024-05-03 01:00:00')",
        "2024-05-03T01:00:00Z");
}

/* Before 2016 there was no Kolibri: such a clock had lost the time. */
static void
test_clock_that_lost_the_time (void)
{
    assert_last_activity (
        "INSERT INTO logger_usersessionlog VALUES('1970-01-01 00:00:00','2024-05-01 01:00:00');"
        "INSERT INTO logger_contentsessionlog VALUES('2015-12-31 23:59:59','2024-05-01 01:00:00')",
        "unknown");
    assert_last_activity (
        "INSERT INTO logger_usersessionlog VALUES('1970-01-01 00:00:00','2031-05-01 01:00:00'),"
        "('2016-01-01 00:00:01','2017-05-01 01:00:00')",
        "2017-05-01T01:00:00Z");
}

static void
test_rubbish_times (void)
{
    static const char *const values[] = {
        "NULL",
        "''",
        "'rubbish'",
        "'2024'",
        "'2024-13-01 00:00:00'",
        "'9999-99-99 99:99:99'",
        "'2024-02-30 00:00:00'",
        "5",
        "1e300",
        "X'ff'",
        "'2024-05-01T01:00:00'",
        "'-999-01-01 00:00:00'",
        "'2024-05-01 in:00:00'",
        "'2024-05-01 01:00:nan'",
        "'2024-05-01 01:00'",
    };

    for (gsize i = 0; i < G_N_ELEMENTS (values); i++) {
        g_autofree char *rows = g_strdup_printf (
            "INSERT INTO logger_usersessionlog VALUES('2024-01-01', %s)", values[i]);
        assert_last_activity (rows, "unknown");
    }
}

/* Overwrites the only page of a table. */
static void
damage_table (const char *path, const char *table)
{
    g_autofree char *sql =
        g_strdup_printf ("SELECT rootpage FROM sqlite_master WHERE name='%s'", table);
    g_autofree char *bytes = NULL;
    gsize length;
    gint64 page = 0;
    KbSqlite *db = kb_sqlite_open (path, SQLITE_OPEN_READWRITE, NULL);

    g_assert_true (kb_sqlite_query_int64 (db, sql, &page, NULL));
    kb_sqlite_close (db);
    g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
    memset (bytes + (page - 1) * 4096, 0x55, 4096);
    kb_test_write (path, bytes, length);
}

/* A page that cannot be read is no small number of rows. */
static void
test_damaged_tables (void)
{
    static const char *const tables[] = {
        "kolibriauth_collection", "kolibriauth_facilityuser", "kolibriauth_role",
        "logger_usersessionlog",  "logger_contentsessionlog", "logger_attemptlog",
    };

    for (gsize i = 0; i < G_N_ELEMENTS (tables); i++) {
        g_autoptr (KbTestDir) dir = kb_test_dir_new();
        g_autofree char *path = kb_test_dir_file (dir, "db");
        g_autoptr (GError) error = NULL;
        KbSqlite *db = kb_sqlite_open (path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
        g_assert_true (kb_sqlite_exec (db,
                                       SESSIONS USERS
                                       "CREATE TABLE kolibriauth_collection(name, kind);"
                                       "CREATE TABLE logger_attemptlog(id);"
                                       "INSERT INTO kolibriauth_facilityuser(id) VALUES('a')",
                                       NULL));
        kb_sqlite_close (db);
        damage_table (path, tables[i]);
        db = kb_sqlite_open_for_reading (path, NULL);
        g_assert_null (kb_summary_read (db, &error));
        g_assert_error (error, KB_ERROR, KB_ERROR_CORRUPT);
        kb_sqlite_close (db);
    }
}

static void
test_what_is_kolibri (void)
{
    static const char *const tables[] = {
        "CREATE TABLE django_migrations(a);",
        "CREATE TABLE kolibriauth_facilityuser(a);",
        "CREATE TABLE kolibriauth_collection(a);",
    };

    for (unsigned mask = 0; mask < 8; mask++) {
        g_autoptr (KbSqlite) db = kb_test_make_database ("");
        for (unsigned i = 0; i < 3; i++)
            if (mask & 1u << i)
                g_assert_true (kb_sqlite_exec (db, tables[i], NULL));
        g_assert_true (kb_summary_is_kolibri (db) == (mask == 7));
    }
}

int
main (int argc, char **argv)
{
    g_setenv ("TZ", "Africa/Nairobi", TRUE); /* so that local time would be seen */
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/summary-reader/data-of-0.16", test_data_of_016);
    g_test_add_func ("/summary-reader/data-of-0.19", test_data_of_019);
    g_test_add_func ("/summary-reader/empty-database", test_empty_database);
    g_test_add_func ("/summary-reader/empty-tables", test_empty_tables);
    g_test_add_func ("/summary-reader/missing-columns", test_missing_columns);
    g_test_add_func ("/summary-reader/who-is-a-coach", test_who_is_a_coach);
    g_test_add_func ("/summary-reader/deleted-users-do-not-count", test_deleted_users_do_not_count);
    g_test_add_func ("/summary-reader/collections-by-kind", test_collections_by_kind);
    g_test_add_func ("/summary-reader/names-are-cut", test_names_are_cut);
    g_test_add_func ("/summary-reader/names-that-are-none", test_names_that_are_none);
    g_test_add_func ("/summary-reader/last-activity-is-in-utc", test_last_activity_is_in_utc);
    g_test_add_func ("/summary-reader/last-activity-is-the-later-one",
                     test_last_activity_is_the_later_one);
    g_test_add_func ("/summary-reader/clock-that-lost-the-time", test_clock_that_lost_the_time);
    g_test_add_func ("/summary-reader/rubbish-times", test_rubbish_times);
    g_test_add_func ("/summary-reader/damaged-tables", test_damaged_tables);
    g_test_add_func ("/summary-reader/what-is-kolibri", test_what_is_kolibri);
    return g_test_run();
}
