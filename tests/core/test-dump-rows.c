/* SPDX-License-Identifier: MIT */
#include "kb-dump-writer.h"
#include "kb-error.h"
#include "kb-file.h"
#include "kb-test.h"

#include <fcntl.h>
#include <string.h>

/* Tables that are cut in all ways: gaps, ends of the numbers, no rows, no rowids, rows larger than
 * a block. */
static const char awkward[] =
    "PRAGMA journal_mode=WAL;"
    "CREATE TABLE dense(id INTEGER PRIMARY KEY, t);"
    "WITH RECURSIVE c(n) AS (VALUES(1) UNION ALL SELECT n+1 FROM c WHERE n<30000)"
    "  INSERT INTO dense SELECT n, printf('%0*d', n % 300, n) FROM c;"
    "CREATE TABLE hidden(t);"
    "INSERT INTO hidden SELECT t FROM dense;"
    "DELETE FROM hidden WHERE rowid % 7 = 0 OR rowid BETWEEN 5000 AND 9000;"
    "CREATE TABLE sparse(t);"
    "INSERT INTO sparse(rowid, t) VALUES(-9223372036854775808,'min'),(-1,'a'),(0,'b'),(1,'c'),"
    "  (4611686018427387904,'d'),(9223372036854775806,'e'),(9223372036854775807,'max');"
    "CREATE TABLE empty(t);"
    "CREATE TABLE big(t);"
    "INSERT INTO big SELECT hex(zeroblob(3000000)) FROM dense LIMIT 3;"
    "INSERT INTO big SELECT 'small' FROM dense LIMIT 1000;"
    "CREATE TABLE keys(k TEXT PRIMARY KEY, t) WITHOUT ROWID;"
    "INSERT INTO keys SELECT hex(id), t FROM dense;"
    "CREATE TABLE taken(rowid TEXT, oid TEXT, _rowid_ TEXT);"
    "INSERT INTO taken SELECT id, t, t FROM dense LIMIT 5000;"
    "CREATE TABLE counted(id INTEGER PRIMARY KEY AUTOINCREMENT, t);"
    "INSERT INTO counted(t) SELECT t FROM dense LIMIT 9;"
    "ANALYZE;";

static char *
make_awkward (const KbTestDir *dir)
{
    char *path = kb_test_dir_file (dir, "awkward.sqlite3");
    g_autoptr (GError) error = NULL;
    g_autoptr (KbSqlite) db =
        kb_sqlite_open (path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &error);

    g_assert_no_error (error);
    kb_test_assert_ok (kb_sqlite_exec (db, awkward, &error), error);
    return path;
}

/* The text of a dump by so many readers. */
static char *
dump (const KbTestDir *dir, const char *database, guint n_readers, gsize *length)
{
    g_autofree char *path = kb_test_dir_file (dir, "dump.sql");
    g_autoptr (GError) error = NULL;
    g_autoptr (KbHeader) header = kb_header_new();
    g_autoptr (KbFooter) footer = NULL;
    g_autoptr (KbSnapshot) snapshot = kb_snapshot_open (database, n_readers, NULL, &error);
    char *text = NULL;

    g_assert_no_error (error);
    g_assert_cmpuint (snapshot->n_readers, ==, n_readers);
    header->time = g_date_time_new_from_unix_utc (0);
    {
        g_auto (KbFd) fd = kb_platform_create (path, NULL, &error);
        kb_test_assert_ok (kb_dump_write (snapshot, header, fd, path, &footer, NULL, &error),
                           error);
    }
    g_assert_true (g_file_get_contents (path, &text, length, NULL));
    g_assert_true (kb_platform_remove (path, NULL));
    return text;
}

static void
test_same_text (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = make_awkward (dir);
    gsize length, length_again;
    g_autofree char *text = dump (dir, path, 1, &length);

    for (int i = 0; i < 10; i++) {
        g_autofree char *again = dump (dir, path, 2, &length_again);
        g_assert_cmpuint (length_again, ==, length);
        g_assert_true (memcmp (text, again, length) == 0);
    }
}

static const char *
next_line (const char *line, const char *end)
{
    const char *newline = memchr (line, '\n', (gsize) (end - line));

    return newline != NULL && newline + 1 < end ? newline + 1 : NULL;
}

/* Where the rows are and nothing else: the shell counts them in another way. */
static void
test_all_rows (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = make_awkward (dir);
    gsize length;
    g_autofree char *text = dump (dir, path, 2, &length);
    static const struct {
        const char *prefix;
        guint n;
    } expected[] = {
        {"INSERT INTO \"dense\" ", 30000}, {"INSERT INTO \"sparse\"", 7},
        {"INSERT INTO \"empty\"", 0},      {"INSERT INTO \"big\" ", 1003},
        {"INSERT INTO \"keys\" ", 30000},  {"INSERT INTO \"taken\" ", 5000},
        {"INSERT INTO \"counted\" ", 9},   {"INSERT INTO \"sqlite_sequence\" ", 1},
    };

    for (gsize i = 0; i < G_N_ELEMENTS (expected); i++) {
        guint n = 0;
        for (const char *line = text; line != NULL; line = next_line (line, text + length))
            n += strncmp (line, expected[i].prefix, strlen (expected[i].prefix)) == 0;
        g_test_message ("%s", expected[i].prefix);
        g_assert_cmpuint (n, ==, expected[i].n);
    }
}

static void
test_cancelled_in_the_middle (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = make_awkward (dir);
    g_autofree char *file = kb_test_dir_file (dir, "dump.sql");

    for (guint n_readers = 1; n_readers <= 2; n_readers++) {
        g_autoptr (GError) error = NULL;
        g_autoptr (GCancellable) cancellable = g_cancellable_new();
        g_autoptr (KbHeader) header = kb_header_new();
        g_autoptr (KbFooter) footer = NULL;
        g_autoptr (KbSnapshot) snapshot = kb_snapshot_open (path, n_readers, cancellable, &error);
        g_auto (KbFd) fd = kb_platform_create (file, NULL, &error);
        g_assert_no_error (error);
        header->time = g_date_time_new_from_unix_utc (0);
        g_cancellable_cancel (cancellable);
        g_assert_false (kb_dump_write (snapshot, header, fd, file, &footer, NULL, &error));
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
        g_assert_null (footer);
        g_assert_true (kb_platform_remove (file, NULL));
    }
}

/* The disk is full while both readers have blocks ready: they end, too. */
static void
test_write_fails (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = make_awkward (dir);

    for (guint i = 0; i < 20; i++) {
        g_autoptr (GError) error = NULL;
        g_autoptr (KbHeader) header = kb_header_new();
        g_autoptr (KbFooter) footer = NULL;
        g_autoptr (KbSnapshot) snapshot = kb_snapshot_open (path, 1 + i % 2, NULL, &error);
        g_auto (KbFd) fd = open ("/dev/full", O_WRONLY);
        g_assert_cmpint (fd, >=, 0);
        header->time = g_date_time_new_from_unix_utc (0);
        g_assert_false (kb_dump_write (snapshot, header, fd, "/dev/full", &footer, NULL, &error));
        g_assert_error (error, KB_ERROR, KB_ERROR_NO_SPACE);
    }
}

/* A page of a table is overwritten: whichever reader comes upon it, the dump fails. */
static void
test_damage_is_an_error (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = make_awkward (dir);
    g_autoptr (GError) error = NULL;
    g_autofree char *bytes = NULL;
    gsize length;

    g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
    memset (bytes + length / 2, 0x5a, 64 * 1024);
    g_assert_true (g_file_set_contents (path, bytes, (gssize) length, NULL));
    for (guint n_readers = 1; n_readers <= 2; n_readers++) {
        g_autofree char *file = kb_test_dir_file (dir, "dump.sql");
        g_autoptr (KbHeader) header = kb_header_new();
        g_autoptr (KbFooter) footer = NULL;
        g_autoptr (KbSnapshot) snapshot = kb_snapshot_open (path, n_readers, NULL, &error);
        g_auto (KbFd) fd = kb_platform_create (file, NULL, NULL);
        g_assert_no_error (error);
        header->time = g_date_time_new_from_unix_utc (0);
        g_assert_false (kb_dump_write (snapshot, header, fd, file, &footer, NULL, &error));
        g_assert_error (error, KB_ERROR, KB_ERROR_CORRUPT);
        g_clear_error (&error);
        g_assert_true (kb_platform_remove (file, NULL));
    }
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/dump-rows/same-text", test_same_text);
    g_test_add_func ("/dump-rows/all-rows", test_all_rows);
    g_test_add_func ("/dump-rows/cancelled", test_cancelled_in_the_middle);
    g_test_add_func ("/dump-rows/write-fails", test_write_fails);
    g_test_add_func ("/dump-rows/damage", test_damage_is_an_error);
    return g_test_run();
}
