/* SPDX-License-Identifier: MIT */
#include "kb-error.h"
#include "kb-home.h"
#include "kb-test.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const variables[] = {
    "KOLIBRI_DATABASE_ENGINE",
    "KOLIBRI_DATABASE_NAME",
    "KOLIBRI_URL_PATH_PREFIX",
};

/* A data folder with these settings, and nothing else in it. */
static KbHome *
open_with (const KbTestDir *dir, const char *options)
{
    g_autoptr (GError) error = NULL;

    g_free (options != NULL ? kb_test_dir_write (dir, "options.ini", options) : NULL);
    KbHome *home = kb_home_open (dir->path, &error);
    g_assert_no_error (error);
    return home;
}

static void
assert_database (const KbHome *home, const char *expected)
{
    g_assert_cmpstr (kb_home_get_database (home), ==, expected);
}

static void
test_paths (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = open_with (dir, NULL);
    const char *const found[] = {
        kb_home_get_database (home),     kb_home_get_scratch (home),
        kb_home_get_backups_dir (home),  kb_home_get_protected_dir (home),
        kb_home_get_replaced_dir (home), kb_home_get_deleted_dir (home),
        kb_home_get_restore_ini (home),
    };
    static const char *const expected[] = {
        "db.sqlite3",
        "db.sqlite3.restoring",
        "backups",
        "backups/protected",
        "backups/protected/replaced",
        "backups/protected/deleted",
        "backups/protected/restore.ini",
    };

    g_assert_cmpstr (kb_home_get_path (home), ==, dir->path);
    g_assert_cmpstr (kb_home_get_url_prefix (home), ==, "/");
    g_assert_true (kb_home_uses_sqlite (home));
    for (gsize i = 0; i < G_N_ELEMENTS (expected); i++) {
        g_autofree char *path = kb_test_dir_file (dir, expected[i]);
        g_assert_cmpstr (found[i], ==, path);
    }
}

static void
test_missing_folder (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *missing = kb_test_dir_file (dir, "missing");
    g_autofree char *file = kb_test_dir_write (dir, "file", "x");
    g_autoptr (GError) error = NULL;
    g_autoptr (GError) no_folder = NULL;

    g_assert_null (kb_home_open (missing, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_NOT_FOUND);
    g_assert_nonnull (strstr (error->message, missing));
    g_assert_null (kb_home_open (file, &no_folder));
    g_assert_error (no_folder, KB_ERROR, KB_ERROR_NOT_FOUND);
}

static void
test_default_path_is_the_variable (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (GError) error = NULL;

    g_setenv ("KOLIBRI_HOME", dir->path, TRUE);
    g_autoptr (KbHome) home = kb_home_open (NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (kb_home_get_path (home), ==, dir->path);
}

/* GLib reads HOME once in a process, so this needs one of its own. */
static void
test_tilde (void)
{
    static const char *const forms[] = {"~/school data", "~/./school data/", "~/x/../school data"};

    if (!g_test_subprocess()) {
        g_autoptr (KbTestDir) dir = kb_test_dir_new();
        g_autofree char *folder = kb_test_dir_file (dir, "school data");
        g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
        g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
        g_test_trap_assert_passed();
        return;
    }
    g_autofree char *folder = g_build_filename (g_getenv ("HOME"), "school data", NULL);
    for (gsize i = 0; i < G_N_ELEMENTS (forms); i++) {
        g_autoptr (GError) error = NULL;
        g_setenv ("KOLIBRI_HOME", forms[i], TRUE);
        g_autoptr (KbHome) home = kb_home_open (NULL, &error);
        g_assert_no_error (error);
        g_assert_cmpstr (kb_home_get_path (home), ==, folder);
    }
    g_autoptr (KbHome) alone = kb_home_open ("~", NULL);
    g_assert_cmpstr (kb_home_get_path (alone), ==, g_getenv ("HOME"));
    g_assert_null (kb_home_open ("~root/x", NULL));
}

static void
test_relative_path_becomes_absolute (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *before = g_get_current_dir();
    g_autofree char *folder = kb_test_dir_file (dir, "data");

    g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
    g_assert_cmpint (g_chdir (dir->path), ==, 0);
    g_autoptr (KbHome) home = kb_home_open ("./data", NULL);
    g_assert_cmpint (g_chdir (before), ==, 0);
    g_assert_cmpstr (kb_home_get_path (home), ==, folder);
}

/* What ConfigObj takes, which is how Kolibri reads the file. */
static void
test_forms_of_a_setting (void)
{
    static const char *const forms[] = {
        "[Database]\nDATABASE_NAME=other.sqlite3\n",
        "[Database]\nDATABASE_NAME = other.sqlite3\n",
        "[Database]\nDATABASE_NAME = \"other.sqlite3\"\n",
        "[Database]\nDATABASE_NAME = 'other.sqlite3'\n",
        "[Database]\nDATABASE_NAME = \"other.sqlite3\" # the old one\n",
        "[Database]\nDATABASE_NAME = other.sqlite3 # the old one\n",
        "[Database]\nDATABASE_NAME = other.sqlite3# the old one\n",
        "[Database]\n   DATABASE_NAME = other.sqlite3   \n",
        "[Database]\r\nDATABASE_NAME = other.sqlite3\r\n",
        "\xef\xbb\xbf[Database]\nDATABASE_NAME = other.sqlite3",
        "# all comments\n\n[Paths]\nCONTENT_DIR = x\n[Database]\n# DATABASE_NAME = no\n"
        "DATABASE_NAME = other.sqlite3\n[Server]\n",
    };

    for (gsize i = 0; i < G_N_ELEMENTS (forms); i++) {
        g_autoptr (KbTestDir) dir = kb_test_dir_new();
        g_autoptr (KbHome) home = open_with (dir, forms[i]);
        g_autofree char *expected = kb_test_dir_file (dir, "other.sqlite3");
        g_autofree char *scratch = kb_test_dir_file (dir, "other.sqlite3.restoring");
        assert_database (home, expected);
        g_assert_cmpstr (kb_home_get_scratch (home), ==, scratch);
    }
}

/* The file that Kolibri makes is some hundred lines of comments. */
static void
test_setting_behind_many_lines (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *expected = kb_test_dir_file (dir, "other.sqlite3");
    GString *text = g_string_new ("[Database]\n");

    for (int i = 0; i < 2000; i++)
        g_string_append (text, "# DATABASE_NAME = what it could be\n");
    g_string_append (text, "DATABASE_NAME = other.sqlite3\n");
    g_autoptr (KbHome) home = open_with (dir, text->str);
    assert_database (home, expected);
    g_string_free (text, TRUE);
}

static void
test_signs_within_quotes (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = open_with (dir, "[Database]\nDATABASE_NAME = \"it's #1 db\" # x\n");
    g_autofree char *expected = kb_test_dir_file (dir, "it's #1 db");

    assert_database (home, expected);
}

static void
test_settings_that_say_nothing (void)
{
    static const char *const forms[] = {
        "",
        "\xef\xbb\xbf",
        "# nothing\n",
        "[Database]\n",
        "[Database]\nDATABASE_NAME =\n",
        "[Database]\nDATABASE_NAME = \"\"\n",
        "[Database]\nDATABASE_NAME = # none\n",
        "[Other]\nDATABASE_NAME = wrong.sqlite3\n",
        "[database]\nDATABASE_NAME = wrong.sqlite3\n",
    };

    for (gsize i = 0; i < G_N_ELEMENTS (forms); i++) {
        g_autoptr (KbTestDir) dir = kb_test_dir_new();
        g_autoptr (KbHome) home = open_with (dir, forms[i]);
        g_autofree char *expected = kb_test_dir_file (dir, "db.sqlite3");
        assert_database (home, expected);
        g_assert_true (kb_home_uses_sqlite (home));
    }
}

static void
test_settings_that_nobody_understands (void)
{
    static const char *const forms[] = {
        "DATABASE_NAME = x\n[Database]\n",
        "[Database\nDATABASE_NAME = x\n",
        "[Database]\nno equals sign\n",
        "\x1f\x8b\x08 rubbish",
    };

    for (gsize i = 0; i < G_N_ELEMENTS (forms); i++) {
        g_autoptr (KbTestDir) dir = kb_test_dir_new();
        g_autofree char *path = kb_test_dir_write (dir, "options.ini", forms[i]);
        g_autoptr (GError) error = NULL;
        g_assert_null (kb_home_open (dir->path, &error));
        g_assert_error (error, KB_ERROR, KB_ERROR_UNSUPPORTED);
        g_assert_nonnull (strstr (error->message, path));
    }
}

static void
test_settings_that_are_no_file (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_file (dir, "options.ini");
    g_autoptr (GError) error = NULL;

    g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
    g_assert_null (kb_home_open (dir->path, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_UNSUPPORTED);
}

static void
test_settings_without_end (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *text = g_strnfill (1024 * 1024 + 1, '\n');
    g_autofree char *path = kb_test_dir_write (dir, "options.ini", text);
    g_autoptr (GError) error = NULL;

    g_assert_null (kb_home_open (dir->path, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_UNSUPPORTED);
}

static void
test_absolute_database (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbTestDir) elsewhere = kb_test_dir_new();
    g_autofree char *database = kb_test_dir_write (elsewhere, "data.sqlite3", "x");
    g_autofree char *options = g_strdup_printf ("[Database]\nDATABASE_NAME=%s\n", database);
    g_autoptr (KbHome) home = open_with (dir, options);
    g_autofree char *scratch = g_strconcat (database, ".restoring", NULL);
    g_autofree char *backups = kb_test_dir_file (dir, "backups");

    assert_database (home, database);
    g_assert_cmpstr (kb_home_get_scratch (home), ==, scratch);
    g_assert_cmpstr (kb_home_get_backups_dir (home), ==, backups);
    g_assert_true (kb_home_has_database (home));
}

static void
test_environment_before_settings (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *expected = kb_test_dir_file (dir, "from env #1");

    g_setenv ("KOLIBRI_DATABASE_NAME", "from env #1", TRUE);
    g_setenv ("KOLIBRI_URL_PATH_PREFIX", "kolibri/", TRUE);
    g_autoptr (KbHome) home =
        open_with (dir, "[Database]\nDATABASE_NAME=x\n[Deployment]\nURL_PATH_PREFIX=/y/\n");
    assert_database (home, expected);
    g_assert_cmpstr (kb_home_get_url_prefix (home), ==, "kolibri/");
    for (gsize i = 0; i < G_N_ELEMENTS (variables); i++)
        g_unsetenv (variables[i]);
    g_autoptr (KbHome) without = kb_home_open (dir->path, NULL);
    g_assert_cmpstr (kb_home_get_url_prefix (without), ==, "/y/");
}

static void
test_links_are_resolved (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *real_folder = kb_test_dir_file (dir, "real");
    g_autofree char *real = kb_test_dir_file (dir, "real/main.sqlite3");
    g_autofree char *data = kb_test_dir_file (dir, "data");
    g_autofree char *link_path = kb_test_dir_file (dir, "data/db.sqlite3");
    g_autofree char *soft = kb_test_dir_file (dir, "soft");
    g_autofree char *scratch = g_strconcat (real, ".restoring", NULL);

    g_assert_cmpint (g_mkdir (real_folder, 0700), ==, 0);
    g_assert_cmpint (g_mkdir (data, 0700), ==, 0);
    kb_test_write (real, "x", 1);
    g_assert_cmpint (symlink (real, link_path), ==, 0);
    g_assert_cmpint (symlink (data, soft), ==, 0);
    g_autoptr (KbHome) home = kb_home_open (soft, NULL);
    assert_database (home, real);
    g_assert_cmpstr (kb_home_get_scratch (home), ==, scratch);
    g_assert_cmpstr (kb_home_get_path (home), ==, soft);
}

/* A database on a drive that is not plugged in. */
static void
test_database_in_a_missing_folder (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = open_with (dir, "[Database]\nDATABASE_NAME=/no/such/folder/db\n");
    g_autoptr (GError) error = NULL;

    assert_database (home, "/no/such/folder/db");
    g_assert_false (kb_home_has_database (home));
    g_assert_false (kb_home_check_usable (home, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_UNSUPPORTED);
}

static void
test_postgres_is_not_usable (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *database = kb_test_dir_write (dir, "db.sqlite3", "x");
    g_autofree char *other = kb_test_dir_write (dir, "school", "x");
    g_autoptr (KbHome) home =
        open_with (dir, "[Database]\nDATABASE_ENGINE = postgres\nDATABASE_NAME = school\n");
    g_autoptr (GError) error = NULL;

    g_assert_false (kb_home_uses_sqlite (home));
    g_assert_false (kb_home_has_database (home));
    assert_database (home, database); /* the name is one of a server, and no path */
    g_assert_false (kb_home_check_usable (home, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_UNSUPPORTED);
}

static void
test_sqlite_is_usable (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = open_with (dir, "[Database]\nDATABASE_ENGINE = \"sqlite\" # x\n");
    g_autoptr (GError) error = NULL;

    kb_test_assert_ok (kb_home_check_usable (home, &error), error);
}

static void
test_reference_counts (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    KbHome *home = open_with (dir, NULL);

    g_assert_true (kb_home_ref (home) == home);
    kb_home_unref (home);
    g_assert_cmpstr (kb_home_get_path (home), ==, dir->path);
    kb_home_unref (home);
    kb_home_unref (NULL);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS (variables); i++)
        g_unsetenv (variables[i]);
    g_test_add_func ("/home/paths", test_paths);
    g_test_add_func ("/home/missing-folder", test_missing_folder);
    g_test_add_func ("/home/default-path-is-the-variable", test_default_path_is_the_variable);
    g_test_add_func ("/home/tilde", test_tilde);
    g_test_add_func ("/home/relative-path-becomes-absolute", test_relative_path_becomes_absolute);
    g_test_add_func ("/home/forms-of-a-setting", test_forms_of_a_setting);
    g_test_add_func ("/home/setting-behind-many-lines", test_setting_behind_many_lines);
    g_test_add_func ("/home/signs-within-quotes", test_signs_within_quotes);
    g_test_add_func ("/home/settings-that-say-nothing", test_settings_that_say_nothing);
    g_test_add_func ("/home/settings-that-nobody-understands",
                     test_settings_that_nobody_understands);
    g_test_add_func ("/home/absolute-database", test_absolute_database);
    g_test_add_func ("/home/environment-before-settings", test_environment_before_settings);
    g_test_add_func ("/home/links-are-resolved", test_links_are_resolved);
    g_test_add_func ("/home/database-in-a-missing-folder", test_database_in_a_missing_folder);
    g_test_add_func ("/home/postgres-is-not-usable", test_postgres_is_not_usable);
    g_test_add_func ("/home/sqlite-is-usable", test_sqlite_is_usable);
    g_test_add_func ("/home/reference-counts", test_reference_counts);
    g_test_add_func ("/home/settings-that-are-no-file", test_settings_that_are_no_file);
    g_test_add_func ("/home/settings-without-end", test_settings_without_end);
    return g_test_run();
}
