/* SPDX-License-Identifier: MIT */
#include "kb-error.h"
#include "kb-morango.h"
#include "kb-test.h"

#include <string.h>

#define TABLE                                                                                      \
    "CREATE TABLE morango_databaseidmodel(id char(32) NOT NULL PRIMARY KEY, current bool NOT "     \
    "NULL,"                                                                                        \
    "date_generated datetime NOT NULL, initial_instance_id varchar(32) NOT NULL);"

static void
test_id_of_real_data (void)
{
    static const char *const fixtures[][2] = {
        {"0.16", "56ee3b2e20974a559812564ebd837645"},
        {"0.19", "8e824ecd9fbd4eaa85dd36a6cc020000"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS (fixtures); i++) {
        g_autoptr (KbTestDir) dir = kb_test_dir_new();
        g_autoptr (KbHome) home = kb_test_make_home (dir, "home", fixtures[i][0]);
        g_autoptr (KbSqlite) db = kb_sqlite_open_for_reading (kb_home_get_database (home), NULL);
        g_autoptr (GError) error = NULL;
        g_autofree char *id = kb_morango_read_current_id (db, &error);
        g_assert_no_error (error);
        g_assert_cmpstr (id, ==, fixtures[i][1]);
    }
}

static void
test_only_the_current_id_counts (void)
{
    g_autoptr (KbSqlite) db =
        kb_test_make_database (TABLE "INSERT INTO morango_databaseidmodel VALUES"
                                     "('old',0,'x',''),('new',1,'x',''),('older',0,'x','')");
    g_autofree char *id = kb_morango_read_current_id (db, NULL);

    g_assert_cmpstr (id, ==, "new");
}

static void
test_no_current_id (void)
{
    g_autoptr (KbSqlite) empty = kb_test_make_database (TABLE);
    g_autoptr (KbSqlite) old =
        kb_test_make_database (TABLE "INSERT INTO morango_databaseidmodel VALUES('old',0,'x','')");
    g_autoptr (GError) error = NULL;

    g_assert_null (kb_morango_read_current_id (empty, &error));
    g_assert_null (kb_morango_read_current_id (old, &error));
    g_assert_no_error (error);
}

/* Kolibri up to 0.3 has no such table, and what is no Kolibri either. */
static void
test_no_table (void)
{
    g_autoptr (KbSqlite) db =
        kb_test_make_database ("CREATE TABLE t(a); CREATE VIEW morango_databaseidmodel AS "
                               "SELECT 'x' AS id, 1 AS current");
    g_autoptr (GError) error = NULL;

    g_assert_null (kb_morango_read_current_id (db, &error));
    g_assert_no_error (error);
    g_assert_null (kb_morango_add_current_id (db, &error));
    g_assert_no_error (error);
}

static void
test_table_of_somebody_else (void)
{
    g_autoptr (KbSqlite) db = kb_test_make_database ("CREATE TABLE morango_databaseidmodel(a)");
    g_autoptr (GError) reading = NULL;
    g_autoptr (GError) writing = NULL;

    g_assert_null (kb_morango_read_current_id (db, &reading));
    g_assert_error (reading, KB_ERROR, KB_ERROR_INTERNAL);
    g_assert_null (kb_morango_add_current_id (db, &writing));
    g_assert_error (writing, KB_ERROR, KB_ERROR_INTERNAL);
}

static void
test_damaged_database (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *rubbish = g_strnfill (9000, 'x');
    g_autofree char *path = kb_test_dir_write (dir, "db", rubbish);
    g_autoptr (KbSqlite) db = kb_sqlite_open (path, SQLITE_OPEN_READWRITE, NULL);
    g_autoptr (GError) reading = NULL;
    g_autoptr (GError) writing = NULL;

    g_assert_null (kb_morango_read_current_id (db, &reading));
    g_assert_error (reading, KB_ERROR, KB_ERROR_CORRUPT);
    g_assert_null (kb_morango_add_current_id (db, &writing));
    g_assert_error (writing, KB_ERROR, KB_ERROR_CORRUPT);
}

/* As DatabaseIDModel.objects.create() of Kolibri's own dbrestore leaves it: facts, 5.5. */
static void
test_new_id (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home (dir, "home", "0.19");
    g_autoptr (KbSqlite) db =
        kb_sqlite_open (kb_home_get_database (home), SQLITE_OPEN_READWRITE, NULL);
    g_autoptr (GError) error = NULL;
    g_autofree char *id = kb_morango_add_current_id (db, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (strlen (id), ==, 32);
    g_assert_cmpuint (strspn (id, "0123456789abcdef"), ==, 32);
    g_assert_cmpint (id[12], ==, '4'); /* a random UUID */
    g_autofree char *found = kb_morango_read_current_id (db, &error);
    g_assert_cmpstr (found, ==, id);
    g_assert_cmpint (kb_test_query_int64 (db, "SELECT count(*) FROM morango_databaseidmodel"), ==,
                     2);
    g_assert_cmpint (kb_test_query_int64 (db, "SELECT sum(current) FROM morango_databaseidmodel"),
                     ==, 1);
    g_assert_cmpint (kb_test_query_int64 (db, "SELECT count(*) FROM morango_databaseidmodel "
                                              "WHERE current=1 AND initial_instance_id=''"),
                     ==, 1);
}

/* `YYYY-MM-DD HH:MM:SS.ffffff` in UTC, as Django writes it: it sorts as text. */
static void
test_time_of_the_new_id (void)
{
    g_autoptr (KbSqlite) db = kb_test_make_database (TABLE);
    g_autoptr (GDateTime) before = g_date_time_new_now_utc();
    g_autofree char *id = kb_morango_add_current_id (db, NULL);
    g_autoptr (GDateTime) after = g_date_time_new_now_utc();
    g_autofree char *time =
        kb_sqlite_query_text (db, "SELECT date_generated FROM morango_databaseidmodel", NULL);
    g_autofree char *earliest = g_date_time_format (before, "%Y-%m-%d %H:%M:%S.%f");
    g_autofree char *latest = g_date_time_format (after, "%Y-%m-%d %H:%M:%S.%f");

    g_assert_nonnull (id);
    g_assert_true (
        g_regex_match_simple ("^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{6}$", time, 0, 0));
    g_assert_cmpstr (time, >=, earliest);
    g_assert_cmpstr (time, <=, latest);
}

static void
test_ids_differ (void)
{
    g_autoptr (KbSqlite) db = kb_test_make_database (TABLE);

    for (int i = 1; i <= 20; i++) {
        g_autofree char *id = kb_morango_add_current_id (db, NULL);
        g_assert_nonnull (id);
        g_assert_cmpint (kb_test_query_int64 (db, "SELECT count(*) FROM morango_databaseidmodel"),
                         ==, i);
        g_assert_cmpint (
            kb_test_query_int64 (db, "SELECT sum(current) FROM morango_databaseidmodel"), ==, 1);
    }
}

/* Somebody else's transaction is neither joined nor ended. */
static void
test_open_transaction_is_left_alone (void)
{
    g_autoptr (KbSqlite) db =
        kb_test_make_database (TABLE "BEGIN; INSERT INTO morango_databaseidmodel "
                                     "VALUES('old',1,'x','')");
    g_autoptr (GError) error = NULL;

    g_assert_null (kb_morango_add_current_id (db, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_INTERNAL);
    g_assert_false (sqlite3_get_autocommit (db));
    g_autofree char *id = kb_morango_read_current_id (db, NULL);
    g_assert_cmpstr (id, ==, "old");
}

/* Half of it would leave a database that Kolibri cannot start with. */
static void
test_all_or_nothing (void)
{
    g_autoptr (KbSqlite) db = kb_test_make_database (TABLE "INSERT INTO morango_databaseidmodel "
                                                           "VALUES('old',1,'x','');"
                                                           "CREATE TRIGGER r BEFORE INSERT ON "
                                                           "morango_databaseidmodel BEGIN "
                                                           "SELECT raise(ABORT, 'no'); END");
    g_autoptr (GError) error = NULL;

    g_assert_null (kb_morango_add_current_id (db, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_INTERNAL);
    g_assert_true (sqlite3_get_autocommit (db)); /* nothing is left open */
    g_autofree char *id = kb_morango_read_current_id (db, NULL);
    g_assert_cmpstr (id, ==, "old");
}

static void
assert_device (const char *sql, const char *expected)
{
    g_autoptr (KbSqlite) db = kb_test_make_database (sql);
    g_autoptr (GError) error = NULL;
    g_autofree char *id = kb_morango_read_device_id (db, &error);

    g_assert_no_error (error);
    g_assert_cmpstr (id, ==, expected);
}

#define INSTANCES "CREATE TABLE morango_instanceidmodel(id, system_id, current);"

static void
test_device_id (void)
{
    assert_device ("CREATE TABLE t(a)", NULL);
    assert_device (INSTANCES, NULL);
    assert_device (INSTANCES "INSERT INTO morango_instanceidmodel VALUES('i1','s',0),('i2','s2',1)",
                   "s2");
    assert_device (INSTANCES "INSERT INTO morango_instanceidmodel VALUES('i1','',1)", "i1");
    assert_device ("CREATE TABLE morango_instanceidmodel(id, current);"
                   "INSERT INTO morango_instanceidmodel VALUES('i1',1)",
                   "i1");
}

int
main (int argc, char **argv)
{
    g_setenv ("TZ", "Africa/Nairobi", TRUE); /* so that local time would be seen */
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/morango/id-of-real-data", test_id_of_real_data);
    g_test_add_func ("/morango/only-the-current-id-counts", test_only_the_current_id_counts);
    g_test_add_func ("/morango/no-current-id", test_no_current_id);
    g_test_add_func ("/morango/no-table", test_no_table);
    g_test_add_func ("/morango/table-of-somebody-else", test_table_of_somebody_else);
    g_test_add_func ("/morango/damaged-database", test_damaged_database);
    g_test_add_func ("/morango/new-id", test_new_id);
    g_test_add_func ("/morango/time-of-the-new-id", test_time_of_the_new_id);
    g_test_add_func ("/morango/ids-differ", test_ids_differ);
    g_test_add_func ("/morango/open-transaction-is-left-alone",
                     test_open_transaction_is_left_alone);
    g_test_add_func ("/morango/all-or-nothing", test_all_or_nothing);
    g_test_add_func ("/morango/device-id", test_device_id);
    return g_test_run();
}
