/* SPDX-License-Identifier: MIT */
/* The second half of kb-source: what it refuses, and how much it takes. */
#include "kb-error.h"
#include "kb-source.h"
#include "kb-test.h"

#include <grp.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB (1024 * 1024)

static void
assert_fails (const char *path, gboolean follow_links, KbErrorCode code)
{
    g_autoptr (GError) error = NULL;

    g_assert_null (kb_source_open (path, follow_links, &error));
    g_assert_error (error, KB_ERROR, (int) code);
}

static void
test_missing_file (void)
{
    assert_fails ("/no/such/file", TRUE, KB_ERROR_NOT_FOUND);
}

static void
test_what_is_no_file (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *fifo = kb_test_dir_file (dir, "fifo");

    g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
    assert_fails (fifo, TRUE, KB_ERROR_NOT_A_BACKUP);
    assert_fails (dir->path, TRUE, KB_ERROR_NOT_A_BACKUP);
    assert_fails ("/dev/zero", TRUE, KB_ERROR_NOT_A_BACKUP);
}

static void
test_links_only_when_told (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *file = kb_test_dir_write (dir, "file", "x");
    g_autofree char *soft = kb_test_dir_file (dir, "soft");
    g_autoptr (GError) error = NULL;

    g_assert_cmpint (symlink (file, soft), ==, 0);
    assert_fails (soft, FALSE, KB_ERROR_NOT_A_BACKUP);
    g_autoptr (KbSource) source = kb_source_open (soft, TRUE, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (kb_source_get_path (source), ==, soft);
}

static void
test_secret_file (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_write (dir, "file", "x");
    int status;

    g_assert_cmpint (chmod (dir->path, 0755), ==, 0);
    g_assert_cmpint (chmod (path, 0), ==, 0);
    pid_t pid = fork();
    if (pid == 0) {
        if (geteuid() == 0 && (setgroups (0, NULL) != 0 || setuid (KB_TEST_NOBODY) != 0))
            _exit (2);
        assert_fails (path, FALSE, KB_ERROR_PERMISSION);
        _exit (0);
    }
    g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
    g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
}

/* Writes so many MiB of zeros as gzip, which makes them about a thousand times smaller. */
static char *
write_zeros (const KbTestDir *dir, guint n_mib)
{
    char *path = kb_test_dir_file (dir, "zeros.gz");
    g_autofree char *command = g_strdup_printf (
        "dd if=/dev/zero bs=1M count=%u 2>/dev/null | gzip -9 > '%s'", n_mib, path);

    kb_test_only_posix ("dd and gzip");
    g_assert_cmpint (system (command), ==, 0);
    return path;
}

/* Reads to the end; returns how much came, and the error of the end. */
static uint64_t
drain (KbSource *source, GError **error)
{
    g_autofree char *buffer = g_malloc (MIB);
    uint64_t total = 0;
    gssize n;

    while ((n = kb_source_read (source, buffer, MIB, error)) > 0)
        total += (uint64_t) n;
    return total;
}

static long
peak_memory_kib (void)
{
    struct rusage usage;

    g_assert_cmpint (getrusage (RUSAGE_SELF, &usage), ==, 0);
    return usage.ru_maxrss;
}

static void
test_bomb_is_refused (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = write_zeros (dir, 80);
    g_autoptr (GError) error = NULL;
    long before = peak_memory_kib();
    g_autoptr (KbSource) source = kb_source_open (path, FALSE, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (kb_source_get_size (source), <, MIB);
    uint64_t came = drain (source, &error);
    g_assert_error (error, KB_ERROR, KB_ERROR_CORRUPT);
    g_assert_cmpuint (came, <=, 64 * MIB);
    g_assert_cmpint (peak_memory_kib() - before, <, 16 * 1024);
}

/* A small file may grow: a database with much the same in its rows does. */
static void
test_growth_within_the_allowance (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = write_zeros (dir, 60);
    g_autoptr (GError) error = NULL;
    g_autoptr (KbSource) source = kb_source_open (path, FALSE, &error);

    g_assert_cmpuint (drain (source, &error), ==, 60 * MIB);
    g_assert_no_error (error);
}

/* A large file may grow to 200 times its size; it is 1 MiB of noise and then 150 MiB of zeros. */
static void
test_growth_in_proportion (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *zeros = write_zeros (dir, 150);
    g_autofree char *path = kb_test_dir_file (dir, "file.gz");
    g_autofree char *command =
        g_strdup_printf ("(head -c 1000000 /dev/urandom | gzip -1; cat '%s') > '%s'", zeros, path);
    g_autoptr (GError) error = NULL;

    g_assert_cmpint (system (command), ==, 0);
    g_autoptr (KbSource) source = kb_source_open (path, FALSE, &error);
    g_assert_cmpuint (drain (source, &error), ==, 150 * MIB + 1000000);
    g_assert_no_error (error);
}

/* Only compression is held to a measure. */
static void
test_plain_zeros_are_no_bomb (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_write (dir, "file", "");
    g_autoptr (GError) error = NULL;

    g_assert_cmpint (truncate (path, 80 * MIB), ==, 0);
    g_autoptr (KbSource) source = kb_source_open (path, FALSE, &error);
    g_assert_cmpuint (drain (source, &error), ==, 80 * MIB);
    g_assert_no_error (error);
}

static void
test_position_follows_the_file (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_write (dir, "file", "0123456789abcdefghijklmnop");
    g_autoptr (KbSource) source = kb_source_open (path, FALSE, NULL);
    char bytes[32];

    g_assert_cmpuint (kb_source_get_position (source), ==, 16); /* it has looked at the format */
    g_assert_cmpint (kb_source_read (source, bytes, 10, NULL), ==, 10);
    g_assert_cmpint (kb_source_read (source, bytes, 10, NULL), ==, 6);
    g_assert_cmpuint (kb_source_get_position (source), ==, 16);
    g_assert_cmpint (kb_source_read (source, bytes, 4, NULL), ==, 4);
    g_assert_cmpuint (kb_source_get_position (source), ==, 20);
}

/* A drive that is pulled, or somebody who writes to the file: the end comes sooner. */
static void
test_file_shrinks_while_it_is_read (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_file (dir, "file.gz");
    g_autofree char *command =
        g_strdup_printf ("head -c 1000000 /dev/urandom | gzip -1 > '%s'", path);
    g_autoptr (GError) error = NULL;

    kb_test_only_posix ("head and gzip");
    g_assert_cmpint (system (command), ==, 0);
    g_autoptr (KbSource) source = kb_source_open (path, FALSE, &error);
    g_assert_cmpint (truncate (path, 500000), ==, 0);
    drain (source, &error);
    g_assert_error (error, KB_ERROR, KB_ERROR_CORRUPT);
}

static void
test_free_accepts_nothing (void)
{
    kb_source_free (NULL);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/source/open/bomb-is-refused", test_bomb_is_refused);
    g_test_add_func ("/source/open/missing-file", test_missing_file);
    g_test_add_func ("/source/open/what-is-no-file", test_what_is_no_file);
    g_test_add_func ("/source/open/links-only-when-told", test_links_only_when_told);
    g_test_add_func ("/source/open/secret-file", test_secret_file);
    g_test_add_func ("/source/open/growth-within-the-allowance", test_growth_within_the_allowance);
    g_test_add_func ("/source/open/growth-in-proportion", test_growth_in_proportion);
    g_test_add_func ("/source/open/plain-zeros-are-no-bomb", test_plain_zeros_are_no_bomb);
    g_test_add_func ("/source/open/position-follows-the-file", test_position_follows_the_file);
    g_test_add_func ("/source/open/file-shrinks-while-it-is-read",
                     test_file_shrinks_while_it_is_read);
    g_test_add_func ("/source/open/free-accepts-nothing", test_free_accepts_nothing);
    return g_test_run();
}
