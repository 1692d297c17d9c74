/* SPDX-License-Identifier: MIT */
#include "kb-control.h"

#include "kb-error.h"
#include "kb-server-control.h"

#define POLL_US (G_USEC_PER_SEC / 5)
#define STOP_LIMIT_US (60 * G_USEC_PER_SEC)
#define START_LIMIT_US (60 * G_USEC_PER_SEC)

struct _KbStopped {
    KbServerWay way;
    KbService service;
    KbDaemonId daemon;
    KbStoppedServer *server; /* for a flag and a signal */
};

/**
 * kb_stopped_free:
 * @self: (nullable) (transfer full): a Kolibri that has been stopped
 */
void
kb_stopped_free (KbStopped *self)
{
    if (self == NULL)
        return;
    kb_stopped_server_free (self->server);
    g_free (self);
}

static gboolean
busy (const char *what, const KbHome *home, GError **error)
{
    g_set_error (error, KB_ERROR, KB_ERROR_BUSY, "stop Kolibri: %s: %s", kb_home_get_path (home),
                 what);
    return FALSE;
}

/**
 * kb_control_check:
 * @look: what kb_server_look_new() said of @home
 * @home: a data folder
 * @error: return location for a #GError
 *
 * Says before anything is done whether a Kolibri that runs could be stopped from here.
 *
 * Errors: %KB_ERROR_BUSY when it cannot, hangs, or nobody can see whether it runs.
 *
 * Returns: %TRUE if it does not run, or can be stopped
 */
gboolean
kb_control_check (const KbServerLook *look, const KbHome *home, GError **error)
{
    if (look->state == KB_SERVER_STOPPED)
        return TRUE;
    if (look->state == KB_SERVER_UNKNOWN)
        return busy ("nobody can see from here whether it runs", home, error);
    if (look->state == KB_SERVER_NOT_RESPONDING)
        return busy ("it does not respond", home, error);
    return look->rights != KB_SERVICE_RIGHTS_NONE || busy ("no right to", home, error);
}

static gboolean
tell (const KbStopped *self,
      const KbHome *home,
      gboolean is_stop,
      GCancellable *cancellable,
      GError **error)
{
    if (self->way == KB_SERVER_WAY_DAEMON)
        return kb_daemon_run (self->daemon, is_stop ? KB_DAEMON_STOP : KB_DAEMON_START, cancellable,
                              error);
    return kb_service_run (kb_home_get_root (home), self->service,
                           is_stop ? KB_SERVICE_STOP : KB_SERVICE_START, cancellable, error);
}

static KbServerState
look_at_state (const KbHome *home)
{
    g_autoptr (KbServerLook) look = kb_server_look_new (home, NULL);

    return look->state;
}

static gboolean
wait_until_gone (const KbHome *home, GError **error)
{
    gint64 deadline_us = g_get_monotonic_time() + STOP_LIMIT_US;

    while (look_at_state (home) != KB_SERVER_STOPPED) {
        if (g_get_monotonic_time() > deadline_us)
            return busy ("it does not stop", home, error);
        g_usleep (POLL_US);
    }
    return TRUE;
}

/* What has been told to stop and does not, may have lost a part of itself. Where that needs no
 * password, it is put right again. */
static gboolean
stop_by_others (const KbStopped *self,
                const KbHome *home,
                KbServiceRights rights,
                GCancellable *cancellable,
                GError **error)
{
    g_autoptr (GError) local = NULL;

    if (!kb_server_wait_until_ready (home, cancellable, error))
        return FALSE;
    if (tell (self, home, TRUE, cancellable, &local) && wait_until_gone (home, &local))
        return TRUE;
    if (g_error_matches (local, KB_ERROR, KB_ERROR_BUSY) && rights == KB_SERVICE_RIGHTS_OURS)
        tell (self, home, FALSE, NULL, NULL);
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
}

/**
 * kb_control_stop:
 * @home: a data folder
 * @look: what kb_server_look_new() said of @home
 * @cancellable: (nullable): looked at until Kolibri has been told to stop
 * @error: return location for a #GError
 *
 * Stops the Kolibri that uses @home the way that suits its installation, and waits until it is
 * gone. Nothing is killed. Where that takes rights that this process has not, the computer asks
 * for the password of an administrator.
 *
 * Errors: as kb_control_check(); %KB_ERROR_BUSY when it does not respond, stop, or starts again;
 * %KB_ERROR_PERMISSION when the right was refused; %KB_ERROR_IO; %G_IO_ERROR_CANCELLED, also when
 * the person did not want to give the password.
 *
 * Returns: (transfer full) (nullable): how to start it again; %NULL without an error when it did
 *     not run
 */
KbStopped *
kb_control_stop (const KbHome *home,
                 const KbServerLook *look,
                 GCancellable *cancellable,
                 GError **error)
{
    g_autoptr (KbStopped) self = g_new0 (KbStopped, 1);

    if (look->state == KB_SERVER_STOPPED || !kb_control_check (look, home, error))
        return NULL;
    self->way = look->way;
    self->service = look->service;
    self->daemon = look->daemon;
    if (look->way == KB_SERVER_WAY_FLAG || look->way == KB_SERVER_WAY_SIGNAL) {
        self->server = kb_server_stop (home, cancellable, error);
        return self->server != NULL ? g_steal_pointer (&self) : NULL;
    }
    if (!stop_by_others (self, home, look->rights, cancellable, error))
        return NULL;
    return g_steal_pointer (&self);
}

static gboolean
wait_until_running (const KbHome *home, GCancellable *cancellable, GError **error)
{
    gint64 deadline_us = g_get_monotonic_time() + START_LIMIT_US;
    KbServerState state;

    while ((state = look_at_state (home)) != KB_SERVER_RUNNING) {
        if (g_cancellable_is_cancelled (cancellable))
            return TRUE;
        if (g_get_monotonic_time() > deadline_us)
            break;
        g_usleep (POLL_US);
    }
    if (state != KB_SERVER_STOPPED)
        return TRUE;
    g_set_error (error, KB_ERROR, KB_ERROR_NOT_FOUND, "start Kolibri: no server has come");
    return FALSE;
}

/**
 * kb_control_start_again:
 * @self: what kb_control_stop() gave
 * @home: a data folder
 * @cancellable: (nullable): ends the wait, not the server
 * @error: return location for a #GError
 *
 * Starts Kolibri again the way it was stopped, and waits up to a minute until it answers; one that
 * upgrades its data may take longer, and is left to it. Where somebody else has started it
 * meanwhile, there is nothing to start.
 *
 * Errors: %KB_ERROR_NOT_FOUND, %KB_ERROR_BUSY, %KB_ERROR_PERMISSION or %G_IO_ERROR_CANCELLED when
 * it cannot be started.
 *
 * Returns: %TRUE if it runs, or is on its way
 */
gboolean
kb_control_start_again (KbStopped *self,
                        const KbHome *home,
                        GCancellable *cancellable,
                        GError **error)
{
    if (self->server != NULL)
        return kb_server_start_again (self->server, home, cancellable, error);
    if (look_at_state (home) != KB_SERVER_STOPPED)
        return TRUE;
    return tell (self, home, FALSE, cancellable, error) &&
           wait_until_running (home, cancellable, error);
}

static gboolean
is_way (const KbServerLook *look, const char *way)
{
    g_autofree char *name = kb_server_look_name_way (look);

    return g_strcmp0 (name, way) == 0;
}

/* The service or the daemon of that name. */
static gboolean
parse_way (const char *way, KbStopped *out)
{
    KbServerLook look = {.way = KB_SERVER_WAY_SERVICE};
    gboolean found = FALSE;

    for (int i = 0; i < KB_N_SERVICES && !found; i++) {
        look.service = (KbService) i;
        found = is_way (&look, way);
    }
    if (!found)
        look.way = KB_SERVER_WAY_DAEMON;
    for (int i = 0; i < KB_N_DAEMONS && !found; i++) {
        look.daemon = (KbDaemonId) i;
        found = is_way (&look, way);
    }
    out->way = look.way;
    out->service = look.service;
    out->daemon = look.daemon;
    return found;
}

/**
 * kb_control_resume:
 * @home: a data folder
 * @way: (nullable): how Kolibri had been stopped by a program of ours that did not live to start it
 *     again, as kb_server_look_name_way() names it
 *
 * Starts that Kolibri where a service or a daemon does, and nobody has to be asked for a password;
 * does not wait for it.
 *
 * Returns: %TRUE if it runs, or has been told to
 */
gboolean
kb_control_resume (const KbHome *home, const char *way)
{
    KbStopped stopped = {0};
    KbServerState state = look_at_state (home);

    if (state == KB_SERVER_RUNNING || state == KB_SERVER_STARTING)
        return TRUE;
    if (!parse_way (way, &stopped) ||
        (stopped.way == KB_SERVER_WAY_SERVICE &&
         kb_service_find_rights (kb_home_get_root (home)) != KB_SERVICE_RIGHTS_OURS))
        return FALSE;
    return tell (&stopped, home, FALSE, NULL, NULL);
}
