/* SPDX-License-Identifier: MIT */
/* The lower half of kb-file: bytes through descriptors. */
#include "kb-error.h"
#include "kb-file.h"
#include "kb-test.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define MANY_BYTES (3 * 1024 * 1024 + 17)

static guint8 *
make_bytes (gsize length)
{
    guint8 *bytes = g_malloc (length);

    for (gsize i = 0; i < length; i++)
        bytes[i] = (guint8) (i * 31 + (i >> 8) + (i >> 16));
    return bytes;
}

static void
on_alarm (G_GNUC_UNUSED int number)
{
}

/* Makes every blocking call of this process end with EINTR now and then. */
static void
interrupt_every_ms (int ms)
{
    const struct itimerval timer = {{0, ms * 1000}, {0, ms * 1000}};
    struct sigaction action = {.sa_handler = ms > 0 ? on_alarm : SIG_DFL};

    if (ms > 0)
        g_assert_cmpint (sigaction (SIGALRM, &action, NULL), ==, 0);
    g_assert_cmpint (setitimer (ITIMER_REAL, &timer, NULL), ==, 0);
    if (ms == 0)
        g_assert_cmpint (sigaction (SIGALRM, &action, NULL), ==, 0);
}

typedef struct {
    int fd;
    guint8 *bytes;
    gssize result;
} PipeEnd;

static void *
read_pipe (void *data)
{
    PipeEnd *end = data;

    g_usleep (20000); /* the pipe fills, so that the writer waits and is interrupted */
    end->result = kb_file_read (end->fd, end->bytes, MANY_BYTES, "pipe", NULL);
    return NULL;
}

static void *
write_pipe (void *data)
{
    PipeEnd *end = data;

    g_usleep (20000); /* the pipe is empty, so that the reader waits and is interrupted */
    end->result = kb_file_write_all (end->fd, end->bytes, MANY_BYTES, "pipe", NULL);
    close (end->fd);
    return NULL;
}

/* Starts a thread that the alarm leaves alone. */
static pthread_t
start_other_end (void *(*func) (void *), PipeEnd *end)
{
    pthread_t thread;
    sigset_t alarm_only;

    sigemptyset (&alarm_only);
    sigaddset (&alarm_only, SIGALRM);
    pthread_sigmask (SIG_BLOCK, &alarm_only, NULL); /* the thread inherits it */
    g_assert_cmpint (pthread_create (&thread, NULL, func, end), ==, 0);
    pthread_sigmask (SIG_UNBLOCK, &alarm_only, NULL);
    return thread;
}

static void
test_interrupted_write_loses_nothing (void)
{
    g_autofree guint8 *bytes = make_bytes (MANY_BYTES);
    g_autofree guint8 *received = g_malloc0 (MANY_BYTES);
    g_autoptr (GError) error = NULL;
    int ends[2];

    g_assert_cmpint (pipe (ends), ==, 0);
    PipeEnd end = {.fd = ends[0], .bytes = received};
    pthread_t reader = start_other_end (read_pipe, &end);
    interrupt_every_ms (1);
    gboolean ok = kb_file_write_all (ends[1], bytes, MANY_BYTES, "pipe", &error);
    interrupt_every_ms (0);
    close (ends[1]);
    g_assert_cmpint (pthread_join (reader, NULL), ==, 0);
    close (ends[0]);
    kb_test_assert_ok (ok, error);
    g_assert_cmpmem (received, (int) end.result, bytes, MANY_BYTES);
}

static void
test_interrupted_read_loses_nothing (void)
{
    g_autofree guint8 *bytes = make_bytes (MANY_BYTES);
    g_autofree guint8 *received = g_malloc0 (MANY_BYTES - 5);
    guint8 rest[10];
    g_autoptr (GError) error = NULL;
    int ends[2];

    g_assert_cmpint (pipe (ends), ==, 0);
    PipeEnd end = {.fd = ends[1], .bytes = bytes};
    pthread_t writer = start_other_end (write_pipe, &end);
    interrupt_every_ms (1);
    gssize n = kb_file_read (ends[0], received, MANY_BYTES - 5, "pipe", &error);
    gssize n_rest = kb_file_read (ends[0], rest, sizeof rest, "pipe", &error);
    interrupt_every_ms (0);
    g_assert_no_error (error);
    g_assert_cmpint (pthread_join (writer, NULL), ==, 0);
    close (ends[0]);
    g_assert_cmpmem (received, (int) n, bytes, MANY_BYTES - 5);
    g_assert_cmpmem (rest, (int) n_rest, bytes + MANY_BYTES - 5, 5);
}

static void
test_read_stops_where_it_was_told (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_write (dir, "file", "abcdef");
    g_auto (KbFd) fd = open (path, O_RDONLY);
    char bytes[8] = "XXXXXXX";

    g_assert_cmpint (kb_file_read (fd, bytes, 4, path, NULL), ==, 4);
    g_assert_cmpstr (bytes, ==, "abcdXXX");
    g_assert_cmpint (kb_file_read (fd, bytes, 4, path, NULL), ==, 2);
    g_assert_cmpint (kb_file_read (fd, bytes, 4, path, NULL), ==, 0);
}

static void
test_full_disk_is_no_space (void)
{
    g_autoptr (GError) error = NULL;
    g_auto (KbFd) fd = open ("/dev/full", O_WRONLY);

    g_assert_false (kb_file_write_all (fd, "x", 1, "/dev/full", &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_NO_SPACE);
    g_assert_nonnull (strstr (error->message, "write: /dev/full: "));
}

/* A write that reaches the limit is taken in part, and the next one fails. */
static void
write_beyond_limit (const char *path)
{
    const struct rlimit limit = {1000, 1000};
    g_autofree guint8 *bytes = make_bytes (MANY_BYTES);
    g_autoptr (GError) error = NULL;
    g_auto (KbFd) fd = open (path, O_WRONLY);

    signal (SIGXFSZ, SIG_IGN);
    g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
    g_assert_false (kb_file_write_all (fd, bytes, MANY_BYTES, path, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_FILE_TOO_LARGE);
    g_assert_cmpuint (kb_file_size (path), ==, 1000);
}

static void
test_file_too_large_for_its_disk (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_write (dir, "file", "");

    kb_test_in_child (write_beyond_limit, path);
}

static void
test_read_error_is_told (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (GError) error = NULL;
    g_auto (KbFd) fd = open (dir->path, O_RDONLY);
    char byte;

    g_assert_cmpint (kb_file_read (fd, &byte, 1, dir->path, &error), ==, -1); /* EISDIR */
    g_assert_error (error, KB_ERROR, KB_ERROR_IO);
    g_assert_true (g_str_has_prefix (error->message, "read: "));
}

/* Opens two files and copies one into the other. */
static gboolean
copy (const char *from,
      off_t offset,
      const char *to,
      KbProgress *progress,
      GCancellable *cancel,
      GError **error)
{
    g_auto (KbFd) in = open (from, O_RDONLY);
    g_auto (KbFd) out = open (to, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    g_assert_cmpint (lseek (in, offset, SEEK_SET), ==, offset);
    return kb_file_copy_bytes (in, out, to, progress, KB_PHASE_COPYING, cancel, error);
}

static void
test_copy_is_equal (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *from = kb_test_dir_file (dir, "from");
    g_autofree char *to = kb_test_dir_file (dir, "to");
    g_autofree guint8 *bytes = make_bytes (MANY_BYTES);
    g_autoptr (KbProgress) progress = kb_progress_new();
    g_autoptr (GError) error = NULL;
    KbProgressSnapshot snapshot;

    kb_test_write (from, bytes, MANY_BYTES);
    kb_test_assert_ok (copy (from, 0, to, progress, NULL, &error), error);
    kb_test_assert_file (to, bytes, MANY_BYTES);
    kb_progress_snapshot (progress, &snapshot);
    g_assert_cmpint (snapshot.phase, ==, KB_PHASE_COPYING);
    g_assert_cmpuint (snapshot.done, ==, MANY_BYTES);
    g_assert_cmpuint (snapshot.total, ==, MANY_BYTES);
}

static void
test_copy_begins_at_the_position (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *from = kb_test_dir_write (dir, "from", "0123456789");
    g_autofree char *to = kb_test_dir_file (dir, "to");
    g_autoptr (KbProgress) progress = kb_progress_new();
    g_autoptr (GError) error = NULL;
    KbProgressSnapshot snapshot;

    kb_test_assert_ok (copy (from, 4, to, progress, NULL, &error), error);
    kb_test_assert_file (to, "456789", 6);
    kb_progress_snapshot (progress, &snapshot);
    g_assert_cmpuint (snapshot.total, ==, 6);
}

static void
test_copy_of_little (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *to = kb_test_dir_file (dir, "to");
    g_autofree char *one = kb_test_dir_write (dir, "one", "x");
    g_autofree char *none = kb_test_dir_write (dir, "none", "");
    g_autoptr (GError) error = NULL;

    kb_test_assert_ok (copy (one, 0, to, NULL, NULL, &error), error);
    kb_test_assert_file (to, "x", 1);
    kb_test_assert_ok (copy (none, 0, to, NULL, NULL, &error), error);
    kb_test_assert_file (to, "", 0);
}

/* Where there is no size, the total is not known. */
static void
test_copy_from_a_pipe (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *to = kb_test_dir_file (dir, "to");
    g_autoptr (KbProgress) progress = kb_progress_new();
    g_autoptr (GError) error = NULL;
    g_auto (KbFd) out = open (to, O_WRONLY | O_CREAT, 0600);
    KbProgressSnapshot snapshot;
    int ends[2];

    g_assert_cmpint (pipe (ends), ==, 0);
    g_assert_cmpint (write (ends[1], "abc", 3), ==, 3);
    close (ends[1]);
    kb_test_assert_ok (
        kb_file_copy_bytes (ends[0], out, to, progress, KB_PHASE_COPYING, NULL, &error), error);
    close (ends[0]);
    kb_test_assert_file (to, "abc", 3);
    kb_progress_snapshot (progress, &snapshot);
    g_assert_cmpuint (snapshot.done, ==, 3);
    g_assert_cmpuint (snapshot.total, ==, 0);
}

static void
test_copy_is_cancelled (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *from = kb_test_dir_write (dir, "from", "0123456789");
    g_autofree char *to = kb_test_dir_file (dir, "to");
    g_autoptr (GCancellable) cancel = g_cancellable_new();
    g_autoptr (GError) error = NULL;

    g_cancellable_cancel (cancel);
    g_assert_false (copy (from, 0, to, NULL, cancel, &error));
    g_assert_true (kb_error_is_cancelled (error));
    kb_test_assert_file (to, "", 0);
}

static void
test_copy_to_a_full_disk (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *from = kb_test_dir_write (dir, "from", "0123456789");
    g_autoptr (GError) error = NULL;

    g_assert_false (copy (from, 0, "/dev/full", NULL, NULL, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_NO_SPACE);
}

static void
test_copy_of_what_cannot_be_read (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *to = kb_test_dir_file (dir, "to");
    g_autoptr (GError) error = NULL;

    g_assert_false (copy (dir->path, 0, to, NULL, NULL, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_IO);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/file/bytes/interrupted-write-loses-nothing",
                     test_interrupted_write_loses_nothing);
    g_test_add_func ("/file/bytes/interrupted-read-loses-nothing",
                     test_interrupted_read_loses_nothing);
    g_test_add_func ("/file/bytes/read-stops-where-it-was-told", test_read_stops_where_it_was_told);
    g_test_add_func ("/file/bytes/full-disk-is-no-space", test_full_disk_is_no_space);
    g_test_add_func ("/file/bytes/file-too-large-for-its-disk", test_file_too_large_for_its_disk);
    g_test_add_func ("/file/bytes/read-error-is-told", test_read_error_is_told);
    g_test_add_func ("/file/bytes/copy-is-equal", test_copy_is_equal);
    g_test_add_func ("/file/bytes/copy-of-little", test_copy_of_little);
    g_test_add_func ("/file/bytes/copy-from-a-pipe", test_copy_from_a_pipe);
    g_test_add_func ("/file/bytes/copy-is-cancelled", test_copy_is_cancelled);
    g_test_add_func ("/file/bytes/copy-to-a-full-disk", test_copy_to_a_full_disk);
    g_test_add_func ("/file/bytes/copy-of-what-cannot-be-read", test_copy_of_what_cannot_be_read);
    g_test_add_func ("/file/bytes/copy-begins-at-the-position", test_copy_begins_at_the_position);
    return g_test_run();
}
