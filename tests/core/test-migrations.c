/* SPDX-License-Identifier: MIT */
#include "kb-error.h"
#include "kb-migrations.h"
#include "kb-test.h"

/* A database whose `django_migrations` holds these rows, "app.name" each. */
static KbSqlite *
make_db (const char *const *rows)
{
    g_autoptr (GError) error = NULL;
    KbSqlite *db = kb_sqlite_open ("", SQLITE_OPEN_READWRITE, NULL);

    kb_test_assert_ok (kb_sqlite_exec (db,
                                       "CREATE TABLE django_migrations(id INTEGER PRIMARY KEY, "
                                       "app varchar(255), name varchar(255), applied datetime)",
                                       &error),
                       error);
    for (; *rows != NULL; rows++) {
        g_auto (GStrv) parts = g_strsplit (*rows, ".", 2);
        kb_test_assert_ok (kb_sqlite_execf (db, &error,
                                            "INSERT INTO django_migrations(app,name) VALUES(%Q,%Q)",
                                            parts[0], parts[1]),
                           error);
    }
    return db;
}

static void
assert_found (KbSqlite *db, const char *version, gboolean has_unknown)
{
    g_autoptr (GError) error = NULL;
    gboolean unknown = !has_unknown;
    g_autofree char *found = kb_migrations_find_version (db, &unknown, &error);

    g_assert_no_error (error);
    g_assert_cmpstr (found, ==, version);
    g_assert_true (unknown == has_unknown);
}

static void
assert_found_in_rows (const char *const *rows, const char *version, gboolean has_unknown)
{
    g_autoptr (KbSqlite) db = make_db (rows);

    assert_found (db, version, has_unknown);
}

static void
assert_found_in_fixture (const char *fixture, const char *version, gboolean has_unknown)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home (dir, "home", fixture);
    g_autoptr (KbSqlite) db = kb_sqlite_open_for_reading (kb_home_get_database (home), NULL);

    assert_found (db, version, has_unknown);
}

static void
test_data_of_016 (void)
{
    assert_found_in_fixture ("0.16", "0.16.2", FALSE);
}

/* Made by 0.19.5, which added nothing to the apps of Kolibri. */
static void
test_data_of_019 (void)
{
    assert_found_in_fixture ("0.19", "0.19.4", FALSE);
}

/* Each release that the table has since 0.17.1, by one of its migrations. */
static void
test_releases_of_018_and_019 (void)
{
    static const char *const pairs[][2] = {
        {"0.18.0", "content.0038_alter_localfile_extension"},
        {"0.18.0", "exams.0010_add_exam_report_visibility_field"},
        {"0.18.1", "kolibriauth.0028_facilityuser_date_deleted"},
        {"0.19.0", "kolibriauth.0031_session"},
        {"0.19.1", "content.0042_remove_modality"},
        {"0.19.2", "courses.0001_initial"},
        {"0.19.2", "kolibritasks.0002_add_retries_fields"},
        {"0.19.3", "attendance.0001_initial_attendance_models"},
        {"0.19.4", "notifications.0008_learnerprogressnotification_course_session_id"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++)
        assert_found_in_rows ((const char *[]){"exams.0001_initial", pairs[i][1], NULL},
                              pairs[i][0], FALSE);
}

static void
test_latest_migration_counts (void)
{
    assert_found_in_rows ((const char *[]){"exams.0001_initial", NULL}, "0.4.0", FALSE);
    assert_found_in_rows (
        (const char *[]){"exams.0001_initial", "lessons.0001_initial", "device.0001_initial", NULL},
        "0.8.0", FALSE);
    assert_found_in_rows ((const char *[]){"kolibriauth.0026_update_language_code_nyn_to_ny",
                                           "exams.0001_initial", NULL},
                          "0.16.2", FALSE);
}

/* 0.9 before 0.10, which text would turn round. */
static void
test_versions_are_no_text (void)
{
    assert_found_in_rows (
        (const char *[]){"content.0010_merge_20180504_1540",
                         "kolibriauth.0011_facilitydataset_show_download_button_in_learn", NULL},
        "0.10.0", FALSE);
    assert_found_in_rows (
        (const char *[]){"kolibriauth.0011_facilitydataset_show_download_button_in_learn",
                         "content.0010_merge_20180504_1540", NULL},
        "0.10.0", FALSE);
}

/* Django's own apps, and those of plugins, say nothing of Kolibri's version. */
static void
test_other_apps_do_not_matter (void)
{
    assert_found_in_rows ((const char *[]){"auth.0001_initial", "sessions.0001_initial",
                                           "contenttypes.0001_initial", "morango.0099_future",
                                           "plugin.0001_initial", NULL},
                          NULL, FALSE);
    assert_found_in_rows (
        (const char *[]){"auth.0099_future", "tasks.0099_future", "exams.0001_initial", NULL},
        "0.4.0", FALSE);
}

static void
test_unknown_migration_of_kolibri (void)
{
    assert_found_in_rows ((const char *[]){"exams.0001_initial", "exams.0099_future", NULL},
                          "0.4.0", TRUE);
    assert_found_in_rows ((const char *[]){"exams.0099_future", NULL}, NULL, TRUE);
    assert_found_in_rows ((const char *[]){"kolibriauth.0099_future", "exams.0001_initial",
                                           "lessons.0001_initial", NULL},
                          "0.8.0", TRUE);
}

static void
test_no_rows (void)
{
    assert_found_in_rows ((const char *[]){NULL}, NULL, FALSE);
}

static void
test_no_table (void)
{
    g_autoptr (KbSqlite) db = kb_sqlite_open ("", SQLITE_OPEN_READWRITE, NULL);

    assert_found (db, NULL, FALSE);
}

static void
test_rows_of_wrong_types (void)
{
    g_autoptr (KbSqlite) db = make_db ((const char *[]){"exams.0001_initial", NULL});

    g_assert_true (kb_sqlite_exec (db,
                                   "INSERT INTO django_migrations(app,name) VALUES(NULL,NULL),"
                                   "(NULL,'0001_initial'),('lessons',NULL),(1,2),(x'00ff',x'ff'),"
                                   "('','')",
                                   NULL));
    assert_found (db, "0.4.0", FALSE);
}

static void
test_table_of_somebody_else (void)
{
    g_autoptr (KbSqlite) db = kb_sqlite_open ("", SQLITE_OPEN_READWRITE, NULL);
    g_autoptr (GError) error = NULL;
    gboolean unknown = TRUE;

    g_assert_true (kb_sqlite_exec (db, "CREATE TABLE django_migrations(a)", NULL));
    g_assert_null (kb_migrations_find_version (db, &unknown, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_INTERNAL);
    g_assert_false (unknown);
}

/* An end of the rows that is none: the file is damaged behind the first page of rows. */
static void
test_damaged_table (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home (dir, "home", "0.16");
    const char *path = kb_home_get_database (home);
    g_autoptr (GError) error = NULL;
    g_autofree char *bytes = NULL;
    gboolean unknown;
    gint64 leaf = 0;
    gsize length;
    KbSqlite *db = kb_sqlite_open (path, SQLITE_OPEN_READWRITE, NULL);

    g_assert_true (kb_sqlite_query_int64 (
        db, "SELECT max(pageno) FROM dbstat WHERE name='django_migrations' AND pagetype='leaf'",
        &leaf, NULL));
    kb_sqlite_close (db);
    g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
    bytes[(leaf - 1) * 4096] = 0x55;
    kb_test_write (path, bytes, length);
    g_autoptr (KbSqlite) damaged = kb_sqlite_open_for_reading (path, NULL);
    g_assert_null (kb_migrations_find_version (damaged, &unknown, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_CORRUPT);
}

static void
test_claims_that_fit (void)
{
    static const char *const pairs[][2] = {
        {"0.16.2", "0.16.2"}, {"0.17.1", "0.17.1"}, {"0.17.1", "0.17.5"}, {"0.18.1", "0.18.4"},
        {"0.19.4", "0.19.5"}, {"0.17.0", "0.17.0"}, {"0.14.0", "0.14.0"}, {"0.14.0", "0.14.6"},
        {"0.14.7", "0.14.7"}, {"0.19.4", "1.0.0"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++)
        if (kb_migrations_contradict (pairs[i][0], pairs[i][1]))
            g_error ("%s contradicts %s", pairs[i][0], pairs[i][1]);
}

/* The rows are of a later release than the name says. */
static void
test_claims_too_low (void)
{
    g_assert_true (kb_migrations_contradict ("0.16.2", "0.16.1"));
    g_assert_true (kb_migrations_contradict ("0.17.1", "0.17.0"));
    g_assert_true (kb_migrations_contradict ("0.10.0", "0.9.4"));
    g_assert_true (kb_migrations_contradict ("0.19.4", "0.15.12"));
    g_assert_true (kb_migrations_contradict ("0.17.0", "0.16.2rc1"));
}

/* The rows lack what the release in the name would have added. */
static void
test_claims_too_high (void)
{
    g_assert_true (kb_migrations_contradict ("0.16.2", "0.17.0"));
    g_assert_true (kb_migrations_contradict ("0.16.1", "0.16.2"));
    g_assert_true (kb_migrations_contradict ("0.9.2", "0.17.5"));
    g_assert_true (kb_migrations_contradict ("0.17.0", "0.17.1"));
    g_assert_true (kb_migrations_contradict ("0.17.1", "0.18.0"));
    g_assert_true (kb_migrations_contradict ("0.19.3", "0.19.5"));
}

/* A pre-release has some of the migrations of its release: which, nobody knows. */
static void
test_claims_of_a_pre_release (void)
{
    g_assert_false (kb_migrations_contradict ("0.17.0", "0.17.0rc1"));
    g_assert_false (kb_migrations_contradict ("0.16.2", "0.17.0a1"));
    g_assert_false (kb_migrations_contradict ("0.17.1", "0.17.1.dev0+git.5"));
    g_assert_true (kb_migrations_contradict ("0.17.1", "0.17.0rc1"));
}

static void
test_claims_that_say_nothing (void)
{
    g_assert_false (kb_migrations_contradict (NULL, "0.17.0"));
    g_assert_false (kb_migrations_contradict ("0.17.0", NULL));
    g_assert_false (kb_migrations_contradict (NULL, NULL));
    g_assert_true (kb_migrations_contradict ("0.17.0", "unknown"));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/migrations/data-of-0.16", test_data_of_016);
    g_test_add_func ("/migrations/data-of-0.19", test_data_of_019);
    g_test_add_func ("/migrations/releases-of-0.18-and-0.19", test_releases_of_018_and_019);
    g_test_add_func ("/migrations/latest-migration-counts", test_latest_migration_counts);
    g_test_add_func ("/migrations/versions-are-no-text", test_versions_are_no_text);
    g_test_add_func ("/migrations/other-apps-do-not-matter", test_other_apps_do_not_matter);
    g_test_add_func ("/migrations/unknown-migration-of-kolibri", test_unknown_migration_of_kolibri);
    g_test_add_func ("/migrations/no-rows", test_no_rows);
    g_test_add_func ("/migrations/no-table", test_no_table);
    g_test_add_func ("/migrations/rows-of-wrong-types", test_rows_of_wrong_types);
    g_test_add_func ("/migrations/table-of-somebody-else", test_table_of_somebody_else);
    g_test_add_func ("/migrations/damaged-table", test_damaged_table);
    g_test_add_func ("/migrations/claims-that-fit", test_claims_that_fit);
    g_test_add_func ("/migrations/claims-too-low", test_claims_too_low);
    g_test_add_func ("/migrations/claims-too-high", test_claims_too_high);
    g_test_add_func ("/migrations/claims-of-a-pre-release", test_claims_of_a_pre_release);
    g_test_add_func ("/migrations/claims-that-say-nothing", test_claims_that_say_nothing);
    return g_test_run();
}
