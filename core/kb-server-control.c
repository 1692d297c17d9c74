/* SPDX-License-Identifier: MIT */
#include "kb-server-control.h"

#include "kb-error.h"
#include "kb-file.h"

#include <string.h>

#define POLL_US (G_USEC_PER_SEC / 10)
#define STOP_TIMEOUT_S 60
#define START_TIMEOUT_S 60

/* Kolibri 0.16 that is told to stop within a second of its start hangs: give it three. */
#define SETTLE_S 3

struct _KbStoppedServer {
    char **arguments;
    char **environment;
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

static gboolean
has_settled (const KbHome *home)
{
    g_autofree char *path = g_build_filename (kb_home_get_path (home), "server.pid", NULL);
    g_autoptr (GDateTime) now = g_date_time_new_now_utc();

    return g_date_time_to_unix (now) - kb_file_mtime (path) >= SETTLE_S;
}

/* A server that is told to stop while it starts never ends. */
static gboolean
wait_until_ready (const KbHome *home, GCancellable *cancellable, GError **error)
{
    for (int i = 0; i < STOP_TIMEOUT_S * 10; i++) {
        KbServerState state = kb_server_query (home, cancellable);
        if (state == KB_SERVER_STOPPED)
            return TRUE;
        if (state == KB_SERVER_NOT_RESPONDING)
            return busy ("it does not respond", home, error);
        if (state == KB_SERVER_RUNNING && has_settled (home))
            return TRUE;
        if (g_cancellable_set_error_if_cancelled (cancellable, error))
            return FALSE;
        g_usleep (POLL_US);
    }
    return busy ("it does not finish starting", home, error);
}

/* server.pid goes first, and the process half a second later. Nobody can cancel here: a server that
 * has been told to stop does, and must then be started again. */
static gboolean
wait_until_gone (const KbHome *home, gint64 pid, GError **error)
{
    for (int i = 0; i < STOP_TIMEOUT_S * 10; i++) {
        KbServerPid file;
        if (!kb_platform_process_exists (pid))
            return !kb_server_read_pid_file (home, &file) ||
                   !kb_platform_process_exists (file.pid) || busy ("it started again", home, error);
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
 * Stops the server of @home by its control flag, as `kolibri stop` begins to; unlike that, it never
 * kills: what is committed is folded in, and the process ends by itself. Waits for server.pid and
 * for the process to go.
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

    if (!wait_until_ready (home, cancellable, error) || !kb_server_read_pid_file (home, &file) ||
        kb_server_query (home, cancellable) == KB_SERVER_STOPPED)
        return NULL;

    g_autoptr (KbStoppedServer) self = g_new0 (KbStoppedServer, 1);
    g_auto (GStrv) arguments = kb_platform_process_arguments (file.pid);
    self->environment = kb_platform_process_environment (file.pid);
    if (arguments != NULL)
        self->arguments = without_foreground (arguments);
    if (!write_stop_flag (home, error) || !wait_until_gone (home, file.pid, error))
        return NULL;
    return g_steal_pointer (&self);
}

static gboolean
spawn (KbStoppedServer *self, const KbHome *home, GError **error)
{
    g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
        G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
    const char *const fallback[] = {"kolibri", "start", NULL};
    g_autoptr (GError) local = NULL;

    if (self->environment != NULL)
        g_subprocess_launcher_set_environ (launcher, self->environment);
    g_subprocess_launcher_setenv (launcher, "KOLIBRI_HOME", kb_home_get_path (home), TRUE);
    g_subprocess_launcher_set_cwd (launcher, "/");
    g_autoptr (GSubprocess) process = g_subprocess_launcher_spawnv (
        launcher, self->arguments != NULL ? (const char *const *) self->arguments : fallback,
        &local);
    if (process == NULL || !g_subprocess_wait_check (process, NULL, &local)) {
        g_set_error (error, KB_ERROR, KB_ERROR_NOT_FOUND, "start Kolibri: %s", local->message);
        return FALSE;
    }
    return TRUE;
}

/**
 * kb_server_start_again:
 * @self: what kb_server_stop() gave
 * @home: a data folder
 * @cancellable: (nullable): ends the wait, not the server
 * @error: return location for a #GError
 *
 * Starts a server as it was started before, in the background, and waits up to a minute until it
 * answers; one that upgrades its data may take longer, and is left to it.
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
    if (!spawn (self, home, error))
        return FALSE;
    for (int i = 0; i < START_TIMEOUT_S * 10; i++) {
        if (kb_server_query (home, cancellable) == KB_SERVER_RUNNING ||
            g_cancellable_is_cancelled (cancellable))
            break;
        g_usleep (POLL_US);
    }
    return TRUE;
}
