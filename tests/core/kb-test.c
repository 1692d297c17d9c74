/* SPDX-License-Identifier: MIT */
#include "kb-test.h"

#include "kb-checksum.h"
#include "kb-dump-load.h"
#include "kb-file.h"
#include "kb-scratch.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/**
 * kb_test_dir_new:
 *
 * Makes a folder of the test's own, and points HOME and KOLIBRI_HOME into it.
 *
 * Returns: (transfer full): the folder
 */
KbTestDir *
kb_test_dir_new (void)
{
    KbTestDir *self = g_new0 (KbTestDir, 1);
    g_autoptr (GError) error = NULL;

    self->path = g_dir_make_tmp ("kb-test-XXXXXX", &error);
    g_assert_no_error (error);
    g_autofree char *kolibri_home = g_build_filename (self->path, "none", NULL);
    g_setenv ("HOME", self->path, TRUE);
    g_setenv ("KOLIBRI_HOME", kolibri_home, TRUE);
    return self;
}

/**
 * kb_test_dir_free:
 * @self: (nullable) (transfer full): a folder
 *
 * Removes the folder and everything in it.
 */
void
kb_test_dir_free (KbTestDir *self)
{
    if (self == NULL)
        return;
    g_assert_true (kb_file_remove_tree (self->path, NULL));
    g_free (self->path);
    g_free (self);
}

/**
 * kb_test_dir_file:
 * @self: a folder
 * @name: a name in it
 *
 * Returns: (transfer full): the path
 */
char *
kb_test_dir_file (const KbTestDir *self, const char *name)
{
    return g_canonicalize_filename (name, self->path);
}

/**
 * kb_test_write:
 * @path: a file
 * @bytes: what it shall hold
 * @length: how many bytes
 */
void
kb_test_write (const char *path, const void *bytes, gsize length)
{
    g_autoptr (GError) error = NULL;

    kb_test_assert_ok (g_file_set_contents (path, bytes, (gssize) length, &error), error);
}

/**
 * kb_test_dir_write:
 * @self: a folder
 * @name: a name in it
 * @text: what the file shall hold
 *
 * Returns: (transfer full): the path
 */
char *
kb_test_dir_write (const KbTestDir *self, const char *name, const char *text)
{
    char *path = kb_test_dir_file (self, name);

    kb_test_write (path, text, strlen (text));
    return path;
}

/**
 * kb_test_fixture_dump:
 * @self: a folder
 * @fixture: a version with a fixture, "0.16" or "0.19"
 *
 * Copies a dump that a real Kolibri wrote, under the name that Kolibri would give it.
 *
 * Returns: (transfer full): the path
 */
char *
kb_test_fixture_dump (const KbTestDir *self, const char *fixture)
{
    g_autofree char *base = g_strdup_printf ("kolibri-%s.dump.gz", fixture);
    g_autofree char *packed = g_test_build_filename (G_TEST_DIST, "..", "fixtures", base, NULL);
    g_autofree char *name = g_strdup_printf ("db-v%s_2026-05-04_10-11-12.dump",
                                             strcmp (fixture, "0.16") == 0 ? "0.16.2" : "0.19.5");
    char *path = kb_test_dir_file (self, name);
    g_autoptr (GError) error = NULL;
    g_autoptr (GByteArray) bytes = g_byte_array_new();
    g_autoptr (KbSource) source = kb_source_open (packed, TRUE, &error);
    guint8 buffer[65536];
    gssize n;

    g_assert_no_error (error);
    while ((n = kb_source_read (source, buffer, sizeof buffer, &error)) > 0)
        g_byte_array_append (bytes, buffer, (guint) n);
    g_assert_no_error (error);
    kb_test_write (path, bytes->data, bytes->len);
    return path;
}

/**
 * kb_test_make_home:
 * @self: a folder
 * @name: a name in it
 * @fixture: (nullable): the data, "0.16" or "0.19"; %NULL for an empty folder
 *
 * Makes a data folder as Kolibri leaves it: a database in WAL mode, and `.data_version`.
 *
 * Returns: (transfer full): the data folder
 */
KbHome *
kb_test_make_home (const KbTestDir *self, const char *name, const char *fixture)
{
    g_autofree char *path = kb_test_dir_file (self, name);
    g_autoptr (GError) error = NULL;

    g_assert_cmpint (g_mkdir (path, 0755), ==, 0);
    if (fixture != NULL) {
        g_autofree char *dump = kb_test_fixture_dump (self, fixture);
        g_autofree char *database = g_build_filename (path, "db.sqlite3", NULL);
        g_autofree char *version = g_build_filename (path, ".data_version", NULL);
        const KbScratchOptions options = {.path = database};
        KbSource *source = kb_source_open (dump, TRUE, &error);
        g_assert_no_error (error);
        g_autoptr (KbDumpReader) reader = kb_dump_reader_new (source, &error);
        g_assert_no_error (error);
        KbSqlite *db = kb_scratch_create (&options, &error);
        g_assert_no_error (error);
        kb_test_assert_ok (kb_dump_load (reader, db, NULL, NULL, &error), error);
        kb_sqlite_close (db);
        db = kb_sqlite_open (database, SQLITE_OPEN_READWRITE, &error);
        kb_test_assert_ok (kb_sqlite_exec (db, "PRAGMA journal_mode=WAL", &error), error);
        kb_sqlite_close (db);
        const char *text = strcmp (fixture, "0.16") == 0 ? "0.16.2" : "0.19.5";
        kb_test_write (version, text, strlen (text));
        g_remove (dump);
    }
    KbHome *home = kb_home_open (path, &error);
    g_assert_no_error (error);
    return home;
}

static void
digest_table (KbSqlite *db, const char *table, KbChecksum *checksum)
{
    g_autofree char *quoted = kb_sqlite_quote_name (table);
    g_autofree char *sql = g_strdup_printf ("SELECT * FROM %s", quoted);
    g_autoptr (GError) error = NULL;
    g_autoptr (KbStmt) stmt = kb_sqlite_prepare (db, sql, &error);

    g_assert_no_error (error);
    while (kb_sqlite_step (stmt, &error) == KB_STEP_ROW)
        for (int i = 0; i < sqlite3_column_count (stmt); i++) {
            int type = sqlite3_column_type (stmt, i);
            double real = sqlite3_column_double (stmt, i);
            kb_checksum_update (checksum, &type, sizeof type);
            if (type == SQLITE_FLOAT)
                kb_checksum_update (checksum, &real, sizeof real);
            const void *bytes = sqlite3_column_blob (stmt, i);
            if (type != SQLITE_FLOAT && bytes != NULL)
                kb_checksum_update (checksum, bytes, (gsize) sqlite3_column_bytes (stmt, i));
            kb_checksum_update (checksum, "|", 1);
        }
    g_assert_no_error (error);
}

/**
 * kb_test_digest:
 * @database: a database
 *
 * Returns: (transfer full): a checksum of its schema and of all its rows, types included
 */
char *
kb_test_digest (const char *database)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (KbChecksum) checksum = kb_checksum_new();
    g_autoptr (KbSqlite) db = kb_sqlite_open_for_reading (database, &error);

    g_assert_no_error (error);
    g_autoptr (KbStmt) stmt = kb_sqlite_prepare (
        db, "SELECT type, name, coalesce(sql,'') FROM sqlite_master ORDER BY 1,2", &error);
    g_assert_no_error (error);
    while (kb_sqlite_step (stmt, &error) == KB_STEP_ROW) {
        const char *type = (const char *) sqlite3_column_text (stmt, 0);
        const char *name = (const char *) sqlite3_column_text (stmt, 1);
        const char *sql = (const char *) sqlite3_column_text (stmt, 2);
        kb_checksum_update (checksum, name, strlen (name));
        kb_checksum_update (checksum, sql, strlen (sql));
        if (strcmp (type, "table") == 0)
            digest_table (db, name, checksum);
    }
    g_assert_no_error (error);
    return kb_checksum_to_string (checksum);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
    return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/**
 * kb_test_digest_home:
 * @home: a data folder
 *
 * Says what "unchanged" means (design.md §4): the content of the database, `.data_version`,
 * options.ini and every backup.
 *
 * Returns: (transfer full): a text that is equal when nothing has changed
 */
char *
kb_test_digest_home (const KbHome *home)
{
    GString *out = g_string_new (NULL);
    const char *const files[] = {".data_version", "options.ini"};
    g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
    g_autoptr (GDir) dir = g_dir_open (kb_home_get_backups_dir (home), 0, NULL);
    const char *name;

    if (kb_home_has_database (home)) {
        g_autofree char *digest = kb_test_digest (kb_home_get_database (home));
        g_string_append_printf (out, "db %s\n", digest);
    }
    for (gsize i = 0; i < G_N_ELEMENTS (files); i++) {
        g_autofree char *path = g_build_filename (kb_home_get_path (home), files[i], NULL);
        g_autofree char *text = NULL;
        if (g_file_get_contents (path, &text, NULL, NULL))
            g_string_append_printf (out, "%s %s\n", files[i], text);
    }
    while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
        if (g_str_has_suffix (name, ".dump"))
            g_ptr_array_add (names, g_strdup (name));
    g_ptr_array_sort (names, compare_names);
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *path =
            g_build_filename (kb_home_get_backups_dir (home), names->pdata[i], NULL);
        g_autofree char *bytes = NULL;
        gsize length;
        g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
        g_autofree char *sum =
            g_compute_checksum_for_data (G_CHECKSUM_SHA256, (guchar *) bytes, length);
        g_string_append_printf (out, "%s %s\n", (char *) names->pdata[i], sum);
    }
    return g_string_free (out, FALSE);
}

/**
 * kb_test_us:
 *
 * Returns: this user as the owner of data, with the rights that a data folder has
 */
KbOwner
kb_test_us (void)
{
    return (KbOwner){.uid = geteuid(), .gid = getegid(), .file_mode = 0664, .dir_mode = 0775};
}

/**
 * kb_test_make_home_with_dirs:
 * @self: the test's folder
 *
 * Returns: (transfer full): an empty data folder, `home`, that has its folders for backups
 */
KbHome *
kb_test_make_home_with_dirs (const KbTestDir *self)
{
    const KbOwner owner = kb_test_us();
    KbHome *home = kb_test_make_home (self, "home", NULL);

    g_assert_true (kb_home_make_backup_dirs (home, &owner, NULL));
    return home;
}

/**
 * kb_test_exists:
 * @path: a name
 *
 * Returns: %TRUE if there is something of that name, be it a link to nothing
 */
gboolean
kb_test_exists (const char *path)
{
    struct stat info;

    return lstat (path, &info) == 0;
}

/**
 * kb_test_assert_file:
 * @path: a file
 * @bytes: what shall be in it
 * @length: how many
 */
void
kb_test_assert_file (const char *path, const void *bytes, gsize length)
{
    g_autofree char *found = NULL;
    gsize found_length = 0;

    g_assert_true (g_file_get_contents (path, &found, &found_length, NULL));
    g_assert_cmpmem (found, (int) found_length, bytes, (int) length);
}

/**
 * kb_test_make_database:
 * @sql: what shall be in it
 *
 * Returns: (transfer full): a database that vanishes with the connection
 */
KbSqlite *
kb_test_make_database (const char *sql)
{
    KbSqlite *db = kb_sqlite_open ("", SQLITE_OPEN_READWRITE, NULL);

    kb_test_run_sql (db, sql);
    return db;
}

/**
 * kb_test_run_sql:
 * @db: a connection
 * @sql: statements that shall succeed
 */
void
kb_test_run_sql (KbSqlite *db, const char *sql)
{
    g_autoptr (GError) error = NULL;

    kb_test_assert_ok (kb_sqlite_exec (db, sql, &error), error);
}

/**
 * kb_test_query_int64:
 * @db: a connection
 * @sql: a query that shall succeed
 *
 * Returns: its number
 */
gint64
kb_test_query_int64 (KbSqlite *db, const char *sql)
{
    g_autoptr (GError) error = NULL;
    gint64 value = -99;

    kb_test_assert_ok (kb_sqlite_query_int64 (db, sql, &value, &error), error);
    return value;
}
