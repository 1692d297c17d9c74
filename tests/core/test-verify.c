/* SPDX-License-Identifier: MIT */
/* A check finds every damage to a backup of ours, wherever it is. */
#include "kb-dump-writer.h"
#include "kb-error.h"
#include "kb-file.h"
#include "kb-test.h"
#include "kb-verify.h"

#include <glib/gstdio.h>
#include <string.h>

/* The least that a check takes for a database of Kolibri. */
#define TINY_SCHEMA                                                                                \
    "CREATE TABLE django_migrations(id INTEGER PRIMARY KEY, app, name);"                           \
    "INSERT INTO django_migrations VALUES(1,'exams','0001_initial');"                              \
    "CREATE TABLE kolibriauth_facilityuser(id, full_name);"                                        \
    "INSERT INTO kolibriauth_facilityuser VALUES('a','Ng''ombe'),('b',X'00ff'),('c',1.5);"         \
    "CREATE TABLE kolibriauth_collection(id, name, kind);"                                         \
    "CREATE INDEX i ON kolibriauth_collection(kind);"

/* A dump of ours of a tiny database. */
static char *
make_tiny_dump (const KbTestDir *dir)
{
    g_autofree char *database = kb_test_dir_file (dir, "tiny.sqlite3");
    char *path = kb_test_dir_file (dir, "db-v0.4.0_2026-05-04_10-11-12.dump");
    g_autoptr (GError) error = NULL;
    g_autoptr (KbHeader) header = kb_header_new();
    g_autoptr (KbFooter) footer = NULL;
    g_autoptr (KbSqlite) db =
        kb_sqlite_open (database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &error);
    g_auto (KbFd) fd = kb_platform_create (path, NULL, &error);

    g_assert_no_error (error);
    header->time = g_date_time_new_now_local();
    header->kolibri_version = g_strdup ("0.4.0");
    kb_test_assert_ok (kb_sqlite_exec (db, TINY_SCHEMA, &error), error);
    g_autoptr (KbSnapshot) snapshot = kb_snapshot_open (database, 2, NULL, &error);
    g_assert_no_error (error);
    kb_test_assert_ok (kb_dump_write (snapshot, header, fd, path, &footer, NULL, &error), error);
    return path;
}

static gboolean
is_sound (const char *path)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (KbVerifyResult) result = kb_verify_run (path, FALSE, NULL, NULL, &error);

    g_assert_true ((result == NULL) == (error != NULL));
    if (error != NULL && !g_error_matches (error, KB_ERROR, KB_ERROR_CORRUPT) &&
        !g_error_matches (error, KB_ERROR, KB_ERROR_NOT_A_BACKUP) &&
        !g_error_matches (error, KB_ERROR, KB_ERROR_TOO_NEW))
        g_error ("unexpected: %s", error->message);
    return result != NULL;
}

static gboolean
is_sound_with (const char *path, const char *bytes, gsize length)
{
    kb_test_write (path, bytes, length);
    return is_sound (path);
}

static void
test_every_bit (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = make_tiny_dump (dir);
    g_autofree char *bytes = NULL;
    gsize length;

    g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
    g_assert_true (is_sound (path));
    for (gsize i = 0; i < length; i++)
        for (unsigned bit = 0; bit < 8; bit++) {
            bytes[i] = (char) (bytes[i] ^ (1 << bit));
            if (is_sound_with (path, bytes, length))
                g_error ("bit %u of byte %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT
                         " is not missed: %.60s",
                         bit, i, length, bytes + i);
            bytes[i] = (char) (bytes[i] ^ (1 << bit));
        }
    g_test_message ("%" G_GSIZE_FORMAT " bits flipped", 8 * length);
}

static void
test_every_truncation (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = make_tiny_dump (dir);
    g_autofree char *bytes = NULL;
    gsize length;

    g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
    for (gsize n = 0; n < length; n++)
        if (is_sound_with (path, bytes, n))
            g_error ("cut to %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " bytes: not noticed", n,
                     length);
}

static void
test_appended (void)
{
    static const char *const tails[] = {"\n",        " ",         ";",
                                        "-- more\n", "COMMIT;\n", "INSERT INTO i VALUES(1);\n"};
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = make_tiny_dump (dir);
    g_autofree char *text = NULL;

    g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
    for (gsize i = 0; i < G_N_ELEMENTS (tails); i++) {
        g_autofree char *longer = g_strconcat (text, tails[i], NULL);
        g_assert_false (is_sound_with (path, longer, strlen (longer)));
    }
    g_autofree char *twice = g_strconcat (text, text, NULL);
    g_assert_false (is_sound_with (path, twice, strlen (twice)));
}

static void
test_every_appended_byte (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = make_tiny_dump (dir);
    g_autofree char *bytes = NULL;
    gsize length;

    g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
    g_autofree char *longer = g_malloc0 (length + 4096);
    memcpy (longer, bytes, length);
    for (unsigned byte = 0; byte < 256; byte++)
        for (gsize n = 1; n <= 4096; n *= 64) {
            memset (longer + length, (int) byte, n);
            if (is_sound_with (path, longer, length + n))
                g_error ("%" G_GSIZE_FORMAT " bytes %u behind the end: not noticed", n, byte);
        }
}

/* A byte too much or too few, anywhere. */
static void
test_every_insertion_and_deletion (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = make_tiny_dump (dir);
    g_autofree char *bytes = NULL;
    gsize length;

    g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
    g_autofree char *changed = g_malloc (length + 1);
    for (gsize at = 0; at <= length; at++) {
        const char inserted[] = {' ', '0', '\n', at > 0 ? bytes[at - 1] : ';'};
        memcpy (changed, bytes, at);
        for (gsize i = 0; i < G_N_ELEMENTS (inserted); i++) {
            changed[at] = inserted[i];
            memcpy (changed + at + 1, bytes + at, length - at);
            if (is_sound_with (path, changed, length + 1))
                g_error ("inserted '%c' at %" G_GSIZE_FORMAT ": not noticed", inserted[i], at);
        }
        if (at == length)
            break;
        memcpy (changed + at, bytes + at + 1, length - at - 1);
        if (is_sound_with (path, changed, length - 1))
            g_error ("removed byte %" G_GSIZE_FORMAT ": not noticed", at);
    }
    g_test_message ("%" G_GSIZE_FORMAT " insertions and deletions", 5 * length);
}

/* Random places of a backup of 30 MB; in the suite `slow` alone. */
static void
test_large_backup (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *database = kb_test_dir_file (dir, "tiny.sqlite3");
    g_autoptr (GError) error = NULL;

    if (!g_test_slow()) {
        g_test_skip ("slow");
        return;
    }
    KbSqlite *db = kb_sqlite_open (database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &error);
    kb_test_assert_ok (kb_sqlite_exec (db,
                                       "CREATE TABLE big(id INTEGER PRIMARY KEY, a, b);"
                                       "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM "
                                       "c LIMIT 150000) INSERT INTO big SELECT x, hex(randomblob("
                                       "80)), random() FROM c",
                                       &error),
                       error);
    kb_sqlite_close (db);
    g_autofree char *path = make_tiny_dump (dir);
    g_autofree char *bytes = NULL;
    gsize length;
    g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
    g_assert_cmpuint (length, >, 25 * 1000 * 1000);
    for (unsigned i = 0; i < 150; i++) {
        gsize at = (gsize) g_test_rand_int_range (0, (gint32) length);
        char before = bytes[at];
        bytes[at] = (char) (before ^ (1 << g_test_rand_int_range (0, 8)));
        g_assert_false (is_sound_with (path, bytes, length));
        bytes[at] = before;
        g_assert_false (is_sound_with (path, bytes, at));
    }
    g_assert_true (is_sound_with (path, bytes, length));
    g_test_message ("150 bits flipped, 150 truncations of %" G_GSIZE_FORMAT " bytes", length);
}

/* Random places of a real backup. */
static void
test_real_backup (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home (dir, "home", "0.19");
    g_autofree char *path = kb_test_dir_file (dir, "db-v0.19.5_2026-05-04_10-11-12.dump");
    g_autoptr (GError) error = NULL;
    g_autoptr (KbHeader) header = kb_header_new();
    g_autoptr (KbFooter) footer = NULL;
    g_autoptr (KbSnapshot) snapshot =
        kb_snapshot_open (kb_home_get_database (home), 2, NULL, &error);
    g_autofree char *bytes = NULL;
    gsize length;

    header->time = g_date_time_new_now_local();
    {
        g_auto (KbFd) fd = kb_platform_create (path, NULL, &error);
        kb_test_assert_ok (kb_dump_write (snapshot, header, fd, path, &footer, NULL, &error),
                           error);
    }
    g_assert_true (is_sound (path));
    g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
    for (unsigned i = 0; i < 40; i++) {
        gsize at = (gsize) g_test_rand_int_range (0, (gint32) length);
        char before = bytes[at];
        bytes[at] = (char) (before ^ (1 << g_test_rand_int_range (0, 8)));
        g_assert_false (is_sound_with (path, bytes, length));
        bytes[at] = before;
        g_assert_false (is_sound_with (path, bytes, at));
    }
}

static void
test_what_it_finds (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_fixture_dump (dir, "0.16");
    g_autoptr (GError) error = NULL;
    g_autoptr (KbVerifyResult) result = kb_verify_run (path, FALSE, NULL, NULL, &error);

    g_assert_no_error (error);
    g_assert_cmpstr (result->version, ==, "0.16.2");
    g_assert_false (result->version_is_disputed);
    g_assert_cmpint (result->summary->learners, ==, 40);
    g_assert_cmpint (result->orphans, ==, 0);
}

/* A name may lie: Kolibri 0.19 has dumped data of 0.16 under its own name. The lower one counts. */
static void
test_name_that_lies (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_fixture_dump (dir, "0.16");
    g_autofree char *renamed = kb_test_dir_file (dir, "db-v0.19.5_2026-05-04_10-11-12.dump");
    g_autoptr (GError) error = NULL;

    g_assert_cmpint (g_rename (path, renamed), ==, 0);
    g_autoptr (KbVerifyResult) result = kb_verify_run (renamed, FALSE, NULL, NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (result->version, ==, "0.16.2");
    g_assert_true (result->version_is_disputed);
}

static void
test_leaves_nothing (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home (dir, "home", "0.19");
    g_autofree char *tmp = kb_test_dir_file (dir, "tmp");
    g_autoptr (GError) error = NULL;

    g_assert_cmpint (g_mkdir (tmp, 0755), ==, 0);
    g_setenv ("SQLITE_TMPDIR", tmp, TRUE);
    g_autoptr (KbVerifyResult) result =
        kb_verify_run (kb_home_get_database (home), FALSE, NULL, NULL, &error);
    g_unsetenv ("SQLITE_TMPDIR");
    g_assert_no_error (error);
    g_assert_cmpint (result->summary->learners, ==, 39);
    g_assert_cmpint (g_rmdir (tmp), ==, 0);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/verify/every-bit", test_every_bit);
    g_test_add_func ("/verify/every-truncation", test_every_truncation);
    g_test_add_func ("/verify/appended", test_appended);
    g_test_add_func ("/verify/every-appended-byte", test_every_appended_byte);
    g_test_add_func ("/verify/every-insertion-and-deletion", test_every_insertion_and_deletion);
    g_test_add_func ("/verify/large-backup", test_large_backup);
    g_test_add_func ("/verify/real-backup", test_real_backup);
    g_test_add_func ("/verify/what-it-finds", test_what_it_finds);
    g_test_add_func ("/verify/name-that-lies", test_name_that_lies);
    g_test_add_func ("/verify/leaves-nothing", test_leaves_nothing);
    return g_test_run();
}
