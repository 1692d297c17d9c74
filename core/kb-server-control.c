/* SPDX-License-Identifier: MIT */
#include "kb-server-control.h"

#include "kb-error.h"
#include "kb-file.h"

#include <string.h>

#define POLL_US (G_USEC_PER_SEC / 10)
#define QUIET_POLLS 30 /* three seconds */
#define STOP_TIMEOUT_S 60
#define START_TIMEOUT_S 60

/* While Kolibri announces itself to the network it already says that it runs; told to stop then, it
 * goes back to starting, and hangs (0.16, kolibri/utils/server.py, ZeroConfPlugin.RUN()). That
 * takes a second, on a slow machine some. */
#define SETTLE_S 10

struct _KbStoppedServer {
    char **arguments;
    char **environment;
    gboolean has_owner;
    KbOwner owner;
};

/**
 * kb_stopped_server_free:
 * @self: (nullable) (transfer full): a server that has been stopped
 */
void
kb_stopped_server_free (KbStoppedServer *self)
{
    if (self == NULL)
        return;
    g_strfreev (self->arguments);
    g_strfreev (self->environment);
    g_free (self);
}

static gboolean
busy (const char *what, const KbHome *home, GError **error)
{
    g_set_error (error, KB_ERROR, KB_ERROR_BUSY, "stop Kolibri: %s: %s", kb_home_get_path (home),
                 what);
    return FALSE;
}

/* A clock that was put back says nothing, and must not make us wait for ever. */
static gboolean
has_settled (const KbHome *home)
{
    g_autofree char *path = g_build_filename (kb_home_get_path (home), "server.pid", NULL);
    g_autoptr (GDateTime) now = g_date_time_new_now_utc();

    gint64 age_s = g_date_time_to_unix (now) - kb_file_mtime (path);
    return age_s < 0 || age_s >= SETTLE_S;
}

/**
 * kb_server_wait_until_ready:
 * @home: a data folder
 * @cancellable: (nullable): ends the wait
 * @error: return location for a #GError
 *
 * Waits until the server of @home, if there is one, can be told to stop: told so while it starts,
 * it would never end. Takes up to a minute.
 *
 * Errors: %KB_ERROR_BUSY when it does not respond or does not finish starting;
 * %G_IO_ERROR_CANCELLED.
 *
 * Returns: %TRUE if it can
 */
gboolean
kb_server_wait_until_ready (const KbHome *home, GCancellable *cancellable, GError **error)
{
    for (int i = 0; i < STOP_TIMEOUT_S * 10; i++) {
        KbServerState state = kb_server_query (home, cancellable);
        if (g_cancellable_set_error_if_cancelled (cancellable, error)) /* it may have answered */
            return FALSE;
        if (state == KB_SERVER_STOPPED)
            return TRUE;
        if (state == KB_SERVER_NOT_RESPONDING)
            return busy ("it does not respond", home, error);
        if (state == KB_SERVER_RUNNING && has_settled (home))
            return TRUE;
        g_usleep (POLL_US);
    }
    return busy ("it does not finish starting", home, error);
}

/* server.pid goes first, and the process half a second later. A process that a sandbox hides is
 * gone when server.pid is, or when nobody answers for a while. Nobody can cancel here: a server
 * that has been told to stop does, and must then be started again. */
static gboolean
wait_until_gone (const KbHome *home, gint64 pid, GError **error)
{
    gboolean was_seen = FALSE;
    int n_quiet = 0;

    for (int i = 0; i < STOP_TIMEOUT_S * 10; i++) {
        KbServerPid file = {.pid = pid};
        gboolean is_seen = kb_platform_process_exists (pid);
        gboolean has_file = kb_server_read_pid_file (home, &file);
        was_seen = was_seen || is_seen;
        if (!is_seen && kb_server_query (home, NULL) == KB_SERVER_STOPPED) {
            if (was_seen || !has_file || ++n_quiet >= QUIET_POLLS)
                return TRUE;
        } else if (!is_seen && file.pid != pid) {
            return busy ("it started again", home, error);
        }
        g_usleep (POLL_US);
    }
    return busy ("it does not stop", home, error);
}

/* Kolibri looks at the time of this file each second (kolibri/utils/server, ProcessControlPlugin).
 * It appears with its content: an empty one would be taken for an order to do nothing. */
static gboolean
write_stop_flag (const KbHome *home, GError **error)
{
    g_autofree char *path =
        g_build_filename (kb_home_get_path (home), "process_control.flag", NULL);
    KbOwner owner;

    return kb_home_read_owner (home, &owner, error) &&
           kb_file_save_text (path, "stop", strlen ("stop"), &owner, error);
}

/* Before Kolibri 0.15 there is no flag: `kolibri stop` sends a signal (kolibri/utils/server.py,
 * stop()). Only to what surely is Kolibri. */
static gboolean
tell_to_stop (const KbHome *home, const KbServerPid *file, GError **error)
{
    if (file->has_control_flag)
        return write_stop_flag (home, error);
    return (kb_server_is_kolibri (file->pid) && kb_platform_process_terminate (file->pid)) ||
           busy ("its process cannot be told to stop", home, error);
}

/* What was started in a terminal comes back in the background: nobody waits for it there. */
static char **
without_foreground (char **arguments)
{
    g_autoptr (GStrvBuilder) builder = g_strv_builder_new();

    for (char **argument = arguments; *argument != NULL; argument++)
        if (strcmp (*argument, "--foreground") != 0)
            g_strv_builder_add (builder, *argument);
    return g_strv_builder_end (builder);
}

/**
 * kb_server_stop:
 * @home: a data folder
 * @cancellable: (nullable): looked at until it has been told to stop
 * @error: return location for a #GError
 *
 * Stops the server of @home by its control flag, as `kolibri stop` begins to, or by SIGTERM where
 * it has none; unlike `kolibri stop` it never kills: what is committed is folded in, and the
 * process ends by itself. Waits for server.pid and for the process to go.
 *
 * Errors: %KB_ERROR_BUSY when it does not respond, stop, or starts again; %KB_ERROR_PERMISSION,
 * %KB_ERROR_IO, %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full) (nullable): how to start it again; %NULL without an error when it did
 * not run
 */
KbStoppedServer *
kb_server_stop (const KbHome *home, GCancellable *cancellable, GError **error)
{
    KbServerPid file;

    if (!kb_server_wait_until_ready (home, cancellable, error) ||
        !kb_server_read_pid_file (home, &file) ||
        kb_server_query (home, cancellable) == KB_SERVER_STOPPED)
        return NULL;

    g_autoptr (KbStoppedServer) self = g_new0 (KbStoppedServer, 1);
    g_auto (GStrv) arguments = kb_platform_process_arguments (file.pid);
    self->environment = kb_platform_process_environment (file.pid);
    if (arguments != NULL)
        self->arguments = without_foreground (arguments);
    self->has_owner = kb_platform_process_owner (file.pid, &self->owner);
    if (!tell_to_stop (home, &file, error) || !wait_until_gone (home, file.pid, error))
        return NULL;
    return g_steal_pointer (&self);
}

static char *
find_working_dir (const KbStoppedServer *self)
{
    const char *dir =
        self->environment != NULL ? g_environ_getenv (self->environment, "PWD") : NULL;

    return g_strdup (dir != NULL && g_file_test (dir, G_FILE_TEST_IS_DIR) ? dir : "/");
}

static GSubprocess *
spawn (const KbStoppedServer *self, const KbHome *home, GError **error)
{
    g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
        G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
    const char *const fallback[] = {"kolibri", "start", NULL};
    g_autofree char *dir = find_working_dir (self);

    if (self->environment != NULL)
        g_subprocess_launcher_set_environ (launcher, self->environment);
    g_subprocess_launcher_setenv (launcher, "KOLIBRI_HOME", kb_home_get_path (home), TRUE);
    g_subprocess_launcher_set_cwd (launcher, dir);
    kb_platform_run_as (launcher, self->has_owner ? &self->owner : NULL);
    return g_subprocess_launcher_spawnv (
        launcher, self->arguments != NULL ? (const char *const *) self->arguments : fallback,
        error);
}

/* `kolibri start` ends when the server runs in the background; other installations start a process
 * that is the server, and stays. */
static gboolean
wait_until_running (GSubprocess *process,
                    const KbHome *home,
                    GCancellable *cancellable,
                    GError **error)
{
    KbServerState state = KB_SERVER_STOPPED;
    gboolean has_ended = FALSE;

    for (int i = 0; i < START_TIMEOUT_S * 10; i++) {
        state = kb_server_query (home, cancellable);
        if (state == KB_SERVER_RUNNING || g_cancellable_is_cancelled (cancellable))
            return TRUE;
        has_ended = has_ended || g_subprocess_get_identifier (process) == NULL;
        if (has_ended && state == KB_SERVER_STOPPED &&
            !g_subprocess_wait_check (process, NULL, error))
            return FALSE;
        g_usleep (POLL_US);
    }
    if (!has_ended || state != KB_SERVER_STOPPED)
        return TRUE;
    g_set_error (error, KB_ERROR, KB_ERROR_NOT_FOUND, "no server has come");
    return FALSE;
}

/**
 * kb_server_start_again:
 * @self: what kb_server_stop() gave
 * @home: a data folder
 * @cancellable: (nullable): ends the wait, not the server
 * @error: return location for a #GError
 *
 * Starts a server as it was started before, in the background, and waits up to a minute until it
 * answers; one that upgrades its data may take longer, and is left to it. Where somebody else has
 * started it meanwhile, as a service does, there is nothing to start.
 *
 * Errors: %KB_ERROR_NOT_FOUND when it cannot be started.
 *
 * Returns: %TRUE if it runs, or is on its way
 */
gboolean
kb_server_start_again (KbStoppedServer *self,
                       const KbHome *home,
                       GCancellable *cancellable,
                       GError **error)
{
    g_autoptr (GError) local = NULL;

    if (kb_server_query (home, cancellable) != KB_SERVER_STOPPED)
        return TRUE;
    g_autoptr (GSubprocess) process = spawn (self, home, &local);
    if (process != NULL && wait_until_running (process, home, cancellable, &local))
        return TRUE;
    g_set_error (error, KB_ERROR, KB_ERROR_NOT_FOUND, "start Kolibri: %s", local->message);
    return FALSE;
}
