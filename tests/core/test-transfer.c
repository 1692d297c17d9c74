/* SPDX-License-Identifier: MIT */
#include "kb-backup-name.h"
#include "kb-error.h"
#include "kb-file.h"
#include "kb-test.h"
#include "kb-transfer.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static int
open_to_write (const char *path)
{
    int fd = open (path, O_RDWR | O_CREAT, 0600);

    g_assert_cmpint (fd, >=, 0);
    return fd;
}

/* More than one buffer, and no multiple of it. */
static char *
make_bytes (gsize *length)
{
    char *bytes = g_malloc (*length = 600 * 1024 + 7);

    for (gsize i = 0; i < *length; i++)
        bytes[i] = (char) (i * 31 + i / 997);
    return bytes;
}

static void
test_copies (void)
{
    gsize length;
    g_autofree char *bytes = make_bytes (&length);
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *source = kb_test_dir_file (dir, "source");
    g_autofree char *target = kb_test_dir_file (dir, "target");
    g_autoptr (GError) error = NULL;

    kb_test_write (source, bytes, length);
    g_auto (KbFd) from = open (source, O_RDONLY);
    g_auto (KbFd) to = open_to_write (target);
    kb_test_assert_ok (kb_transfer_run (from, source, to, target, NULL, NULL, &error), error);
    kb_test_assert_file (target, bytes, length);
}

/* What the disk has is compared, not what was written. */
static void
test_disk_that_lies (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *source = kb_test_dir_write (dir, "source", "abc");
    g_autofree char *target = kb_test_dir_write (dir, "target", "xyz and more");
    g_autoptr (GError) error = NULL;
    g_auto (KbFd) from = open (source, O_RDONLY);
    g_auto (KbFd) to = open_to_write (target);

    g_assert_false (kb_transfer_run (from, source, to, target, NULL, NULL, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_IO);
}

static void
test_cancelled (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *source = kb_test_dir_write (dir, "source", "abc");
    g_autofree char *target = kb_test_dir_file (dir, "target");
    g_autoptr (GCancellable) cancellable = g_cancellable_new();
    g_autoptr (GError) error = NULL;
    g_auto (KbFd) from = open (source, O_RDONLY);
    g_auto (KbFd) to = open_to_write (target);

    g_cancellable_cancel (cancellable);
    g_assert_false (kb_transfer_run (from, source, to, target, NULL, cancellable, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_compare (void)
{
    static const struct {
        const char *there; /* NULL: nothing */
        gboolean is_equal;
    } cases[] = {{"abc", TRUE}, {"abd", FALSE}, {"ab", FALSE}, {"abcd", FALSE}, {NULL, FALSE}};

    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (KbTestDir) dir = kb_test_dir_new();
        g_autofree char *source = kb_test_dir_write (dir, "source", "abc");
        g_autofree char *path = kb_test_dir_file (dir, "there");
        g_autoptr (GError) error = NULL;
        g_auto (KbFd) from = open (source, O_RDONLY);
        gboolean is_equal;
        if (cases[i].there != NULL)
            kb_test_write (path, cases[i].there, strlen (cases[i].there));
        kb_test_assert_ok (kb_transfer_compare (from, source, path, &is_equal, NULL, &error),
                           error);
        g_assert_cmpint (is_equal, ==, cases[i].is_equal);
    }
}

/* A link to the same bytes is no copy. */
static void
test_compare_with_a_link (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *source = kb_test_dir_write (dir, "source", "abc");
    g_autofree char *path = kb_test_dir_file (dir, "there");
    g_autoptr (GError) error = NULL;
    g_auto (KbFd) from = open (source, O_RDONLY);
    gboolean is_equal;

    g_assert_cmpint (symlink (source, path), ==, 0);
    kb_test_assert_ok (kb_transfer_compare (from, source, path, &is_equal, NULL, &error), error);
    g_assert_false (is_equal);
}

static void
test_journals (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_write (dir, "db.sqlite3", "x");
    g_autofree char *empty = kb_test_dir_write (dir, "db.sqlite3-journal", "");
    g_autoptr (GError) error = NULL;

    kb_test_assert_ok (kb_transfer_refuse_journals (path, &error), error);
    g_autofree char *wal = kb_test_dir_write (dir, "db.sqlite3-wal", "rows");
    g_assert_false (kb_transfer_refuse_journals (path, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_UNSUPPORTED);
}

static void
test_names (void)
{
    static const struct {
        const char *name;
        int number;
        const char *expected;
    } cases[] = {
        {"db-v0.17.5_2026-05-01_10-11-12.dump", 1, "db-v0.17.5_2026-05-01_10-11-12.dump"},
        {"db-v0.17.5_2026-05-01_10-11-12.dump", 2, "db-v0.17.5_2026-05-01_10-11-12.2.dump"},
        {"db-v0.17.5_2026-05-01_10-11-12 exam.dump", 9,
         "db-v0.17.5_2026-05-01_10-11-12 exam.9.dump"},
        {"copy.sqlite3", 3, "copy.3.sqlite3"},
        {"noend", 2, "noend.2"},
        {".hidden", 2, ".hidden.2"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autofree char *name = kb_transfer_make_name (cases[i].name, cases[i].number);
        g_assert_cmpstr (name, ==, cases[i].expected);
    }
}

/* To this program, and to Kolibri, a backup of the same time. */
static void
test_numbered_names_are_backups (void)
{
    g_autofree char *name = kb_transfer_make_name ("db-v0.17.5_2026-05-01_10-11-12.dump", 2);
    g_autoptr (KbBackupName) parsed = kb_backup_name_parse (name);

    g_assert_true (kb_backup_name_is_safe (name));
    g_assert_cmpstr (parsed->version, ==, "0.17.5");
    g_assert_cmpint (g_date_time_get_second (parsed->time), ==, 12);
    g_assert_true (
        g_regex_match_simple ("^db-v[^_]+_2026-05-01_10-11-12(?![0-9_-]).*\\.dump$", name, 0, 0));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/transfer/copies", test_copies);
    g_test_add_func ("/transfer/disk-that-lies", test_disk_that_lies);
    g_test_add_func ("/transfer/cancelled", test_cancelled);
    g_test_add_func ("/transfer/compare", test_compare);
    g_test_add_func ("/transfer/compare-with-a-link", test_compare_with_a_link);
    g_test_add_func ("/transfer/journals", test_journals);
    g_test_add_func ("/transfer/names", test_names);
    g_test_add_func ("/transfer/numbered-names-are-backups", test_numbered_names_are_backups);
    return g_test_run();
}
