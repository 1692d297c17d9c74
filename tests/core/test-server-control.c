/* SPDX-License-Identifier: MIT */
/* Stops a server and starts it again: fake_kolibri.py, which does what a real one does to its
 * files. The real one is in tests/interop/test_control.py. */
#include "kb-error.h"
#include "kb-file.h"
#include "kb-server-control.h"
#include "kb-test.h"

#include <glib/gstdio.h>
#include <grp.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utime.h>

#define WAIT_S 30
#define HIDDEN_PID (G_MAXINT32 - 1)
#define LONG_AGO (-100)

typedef struct {
    KbTestDir *dir;
    KbHome *home;
    char *program;
} Fixture;

static void
fixture_set_up (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *source = g_test_build_filename (G_TEST_DIST, "fake_kolibri.py", NULL);
    g_autofree char *text = NULL;
    gsize length;

    self->dir = kb_test_dir_new();
    self->home = kb_test_make_home (self->dir, "home", NULL);
    self->program = kb_test_dir_file (self->dir, "kolibri");
    g_assert_true (g_file_get_contents (source, &text, &length, NULL));
    kb_test_write (self->program, text, length);
    g_assert_cmpint (g_chmod (self->program, 0755), ==, 0);
    g_assert_cmpint (g_chmod (self->dir->path, 0755), ==, 0);
    g_free (kb_test_dir_write (self->dir, "home/db.sqlite3", ""));
}

static char *
home_file (const Fixture *self, const char *name)
{
    return g_build_filename (kb_home_get_path (self->home), name, NULL);
}

static gboolean
has_file (const Fixture *self, const char *name)
{
    g_autofree char *path = home_file (self, name);

    return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
wait_for_state (const Fixture *self, KbServerState state)
{
    for (int i = 0; kb_server_query (self->home, NULL) != state; i++) {
        g_assert_cmpint (i, <, WAIT_S * 50);
        g_usleep (G_USEC_PER_SEC / 50);
    }
}

/* A server that was told to end while it starts may hang; one that runs for long is free to. */
static void
set_age (const Fixture *self, int seconds)
{
    g_autofree char *path = home_file (self, "server.pid");
    time_t then = time (NULL) + seconds;
    struct utimbuf times = {then, then};

    g_assert_cmpint (utime (path, &times), ==, 0);
}

/* What to start, how, and as whom. */
typedef struct {
    const char *program; /* NULL: that of the fixture */
    const char *words[4];
    uid_t user;
} Start;

static void
become (gpointer data)
{
    const Start *how = data;

    if (how->user != 0 &&
        (setgroups (0, NULL) != 0 || setgid (how->user) != 0 || setuid (how->user) != 0))
        _exit (126);
}

static KbServerPid
start (const Fixture *self, const Start *how)
{
    const char *const argv[] = {
        "/usr/bin/env", "python3",     how->program != NULL ? how->program : self->program,
        how->words[0],  how->words[1], how->words[2],
        how->words[3],  NULL};
    g_auto (GStrv) environment = g_get_environ();
    g_autoptr (GError) error = NULL;
    KbServerPid file;

    environment =
        g_environ_setenv (environment, "KOLIBRI_HOME", kb_home_get_path (self->home), TRUE);
    environment = g_environ_setenv (environment, "PWD", self->dir->path, TRUE);
    environment = g_environ_setenv (environment, "MARK", "ours", TRUE);
    kb_test_assert_ok (g_spawn_async (self->dir->path, (char **) argv, environment, G_SPAWN_DEFAULT,
                                      become, (gpointer) how, NULL, &error),
                       error);
    wait_for_state (self, KB_SERVER_RUNNING);
    set_age (self, LONG_AGO);
    g_assert_true (kb_server_read_pid_file (self->home, &file));
    return file;
}

static void
end_server (const Fixture *self)
{
    KbServerPid file;

    if (!kb_server_read_pid_file (self->home, &file) || file.pid == HIDDEN_PID)
        return;
    kill ((pid_t) file.pid, SIGKILL);
    while (kb_platform_process_exists (file.pid))
        g_usleep (1000);
}

static void
fixture_tear_down (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    end_server (self);
    g_free (self->program);
    kb_home_unref (self->home);
    kb_test_dir_free (self->dir);
}

static KbStoppedServer *
stop (const Fixture *self)
{
    g_autoptr (GError) error = NULL;
    KbStoppedServer *stopped = kb_server_stop (self->home, NULL, &error);

    g_assert_no_error (error);
    g_assert_nonnull (stopped);
    g_assert_cmpint (kb_server_query (self->home, NULL), ==, KB_SERVER_STOPPED);
    return stopped;
}

static void
start_again (const Fixture *self, KbStoppedServer *stopped)
{
    g_autoptr (GError) error = NULL;

    kb_test_assert_ok (kb_server_start_again (stopped, self->home, NULL, &error), error);
    g_assert_cmpint (kb_server_query (self->home, NULL), ==, KB_SERVER_RUNNING);
}

static void
assert_starts (const Fixture *self, const char *first, const char *second)
{
    g_autofree char *path = home_file (self, "starts.log");
    g_autofree char *text = kb_file_read_text (path, 4096, NULL, NULL);
    g_auto (GStrv) lines = g_strsplit (text, "\n", 0);

    g_assert_true (g_str_has_prefix (lines[0], first));
    g_assert_true (g_str_has_suffix (lines[0], "mark ours"));
    if (second != NULL) {
        g_assert_true (g_str_has_prefix (lines[1], second));
        g_assert_true (g_str_has_suffix (lines[1], "mark ours"));
        g_assert_cmpstr (lines[2], ==, "");
    } else
        g_assert_cmpstr (lines[1], ==, "");
}

static void
assert_stop_fails (const Fixture *self, GCancellable *cancellable, GQuark domain, int code)
{
    g_autoptr (GError) error = NULL;

    g_assert_null (kb_server_stop (self->home, cancellable, &error));
    g_assert_error (error, domain, code);
}

static void
test_nothing_runs (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr (GError) error = NULL;

    g_assert_null (kb_server_stop (self->home, NULL, &error));
    g_assert_no_error (error);
    g_assert_false (has_file (self, "process_control.flag"));
}

/* Stopped, it is gone with its process; started again, it is as it was, another process. */
static void
stop_and_start (const Fixture *self, const Start *how, const char *first, const char *second)
{
    KbServerPid before = start (self, how);
    KbServerPid after;

    g_autoptr (KbStoppedServer) stopped = stop (self);
    g_assert_false (has_file (self, "server.pid"));
    g_assert_false (kb_platform_process_exists (before.pid));
    start_again (self, stopped);
    g_assert_true (kb_server_read_pid_file (self->home, &after));
    g_assert_cmpint (after.pid, !=, before.pid);
    assert_starts (self, first, second);
    g_assert_cmpint (getsid ((pid_t) after.pid), !=, getsid (0));
}

static void
test_in_the_background (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    const Start how = {.words = {"start"}};

    stop_and_start (self, &how, "start;", "start;");
    g_assert_true (has_file (self, "process_control.flag"));
}

static void
test_in_the_foreground (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    const Start how = {.words = {"start", "--foreground"}};

    stop_and_start (self, &how, "start --foreground;", "start;");
}

/* The process that we start is the server: nobody waits for it to end. */
static void
test_program_that_stays (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    const Start how = {.words = {"services"}};

    stop_and_start (self, &how, "services;", "services;");
}

/* Before 0.15: no flag, two lines. */
static void
test_old_server_takes_a_signal (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    const Start how = {.words = {"start", "--old"}};

    stop_and_start (self, &how, "start --old;", "start --old;");
    g_assert_false (has_file (self, "process_control.flag"));
}

static void
test_program_by_a_relative_path (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    const Start how = {.program = "./kolibri", .words = {"start"}};

    stop_and_start (self, &how, "start;", "start;");
}

/* Root who restores for somebody does not leave them a server of root's. */
static void
test_server_of_another_user (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    const Start how = {.words = {"start"}, .user = KB_TEST_NOBODY};
    g_autofree char *first = g_strdup_printf ("start; user %d, groups [", KB_TEST_NOBODY);

    if (geteuid() != 0) {
        g_test_skip ("only root can be somebody else");
        return;
    }
    g_autofree char *database = home_file (self, "db.sqlite3");
    g_assert_cmpint (chown (database, KB_TEST_NOBODY, KB_TEST_NOBODY), ==, 0);
    g_assert_cmpint (chown (kb_home_get_path (self->home), KB_TEST_NOBODY, KB_TEST_NOBODY), ==, 0);
    stop_and_start (self, &how, first, first);
    g_autofree char *path = home_file (self, "starts.log");
    g_autofree char *text = kb_file_read_text (path, 4096, NULL, NULL);
    g_assert_null (strstr (text, "groups [0"));
}

/* In a sandbox nobody sees its process: it is gone when it does not answer. */
static void
test_hidden_process (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    const Start how = {.words = {"start", "--hidden"}};

    start (self, &how);
    g_autoptr (KbStoppedServer) stopped = stop (self);
    g_assert_false (has_file (self, "server.pid"));
    assert_starts (self, "start --hidden;", NULL);
}

static void
test_it_starts_again_by_itself (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    const Start how = {.words = {"start", "--twice"}};

    start (self, &how);
    assert_stop_fails (self, NULL, KB_ERROR, KB_ERROR_BUSY);
    wait_for_state (self, KB_SERVER_RUNNING);
}

static void
test_somebody_else_has_started_it (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    const Start how = {.words = {"start"}};

    start (self, &how);
    g_autoptr (KbStoppedServer) stopped = stop (self);
    start (self, &how);
    start_again (self, stopped);
    assert_starts (self, "start;", "start;");
}

static void
assert_start_fails (const Fixture *self, KbStoppedServer *stopped)
{
    g_autoptr (GError) error = NULL;

    g_assert_false (kb_server_start_again (stopped, self->home, NULL, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_NOT_FOUND);
}

static void
test_it_does_not_start_any_more (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    const Start how = {.words = {"start", "--fail"}};

    start (self, &how);
    g_autoptr (KbStoppedServer) stopped = stop (self);
    assert_start_fails (self, stopped);
}

static void
test_its_program_is_gone (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    const Start how = {.words = {"start"}};

    start (self, &how);
    g_autoptr (KbStoppedServer) stopped = stop (self);
    g_assert_cmpint (g_remove (self->program), ==, 0);
    assert_start_fails (self, stopped);
}

static void
test_it_does_not_respond (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    const Start how = {.words = {"start"}};
    KbServerPid file = start (self, &how);

    g_assert_cmpint (kill ((pid_t) file.pid, SIGSTOP), ==, 0);
    wait_for_state (self, KB_SERVER_NOT_RESPONDING); /* a signal takes its time */
    assert_stop_fails (self, NULL, KB_ERROR, KB_ERROR_BUSY);
    g_assert_false (has_file (self, "process_control.flag"));
}

static void
test_cancelled_before_it_is_told (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    const Start how = {.words = {"start"}};
    g_autoptr (GCancellable) cancellable = g_cancellable_new();

    start (self, &how);
    set_age (self, 0);
    g_cancellable_cancel (cancellable);
    assert_stop_fails (self, cancellable, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_assert_false (has_file (self, "process_control.flag"));
    wait_for_state (self, KB_SERVER_RUNNING);
}

/* The flag is ten seconds younger than server.pid was. */
static void
test_it_may_finish_starting (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    const Start how = {.words = {"start"}};

    start (self, &how);
    set_age (self, -7);
    g_autofree char *pid_file = home_file (self, "server.pid");
    gint64 started = kb_file_mtime (pid_file);
    g_autoptr (KbStoppedServer) stopped = stop (self);
    g_autofree char *flag = home_file (self, "process_control.flag");
    g_assert_cmpint (kb_file_mtime (flag), >=, started + 10);
}

static void
test_clock_was_put_back (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    const Start how = {.words = {"start"}};

    start (self, &how);
    set_age (self, 100000);
    g_autoptr (KbStoppedServer) stopped = stop (self);
}

static void
add (const char *name, void (*test) (Fixture *, gconstpointer))
{
    g_autofree char *path = g_strconcat ("/server-control/", name, NULL);

    g_test_add (path, Fixture, NULL, fixture_set_up, test, fixture_tear_down);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    add ("nothing-runs", test_nothing_runs);
    add ("in-the-background", test_in_the_background);
    add ("in-the-foreground", test_in_the_foreground);
    add ("program-that-stays", test_program_that_stays);
    add ("old-server-takes-a-signal", test_old_server_takes_a_signal);
    add ("program-by-a-relative-path", test_program_by_a_relative_path);
    add ("server-of-another-user", test_server_of_another_user);
    add ("hidden-process", test_hidden_process);
    add ("it-starts-again-by-itself", test_it_starts_again_by_itself);
    add ("somebody-else-has-started-it", test_somebody_else_has_started_it);
    add ("it-does-not-start-any-more", test_it_does_not_start_any_more);
    add ("its-program-is-gone", test_its_program_is_gone);
    add ("it-does-not-respond", test_it_does_not_respond);
    add ("cancelled-before-it-is-told", test_cancelled_before_it_is_told);
    add ("it-may-finish-starting", test_it_may_finish_starting);
    add ("clock-was-put-back", test_clock_was_put_back);
    return g_test_run();
}
