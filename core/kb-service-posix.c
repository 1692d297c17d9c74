/* SPDX-License-Identifier: MIT */
/* Services as systemd knows them (systemctl(1)), and the right to them as polkit gives it
 * (pkexec(1)). */
#include "kb-error.h"
#include "kb-service.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#define POLL_US (G_USEC_PER_SEC / 50)
#define QUERY_LIMIT_US (2 * G_USEC_PER_SEC)
#define RUN_LIMIT_US (180 * G_USEC_PER_SEC) /* systemd itself gives up after 90 s */
#define OUTPUT_MAX_BYTES 4096

/* pkexec(1), RETURN VALUE */
#define PKEXEC_DISMISSED 126
#define PKEXEC_REFUSED 127

static gboolean
has_program (const char *name)
{
    g_autofree char *path = g_find_program_in_path (name);

    return path != NULL;
}

/**
 * kb_service_own_rights:
 *
 * Returns: whether this process, outside of any sandbox and without a runner, may stop services
 */
KbServiceRights
kb_service_own_rights (void)
{
    if (!has_program ("systemctl"))
        return KB_SERVICE_RIGHTS_NONE;
    if (geteuid() == 0)
        return KB_SERVICE_RIGHTS_OURS;
    return has_program ("pkexec") ? KB_SERVICE_RIGHTS_ASK : KB_SERVICE_RIGHTS_NONE;
}

/* GLib's own thread looks after children, so no main loop is needed to see one end. */
static gboolean
has_ended (GSubprocess *process)
{
    return g_subprocess_get_identifier (process) == NULL;
}

static gboolean
wait_for (GSubprocess *process, gint64 limit_us)
{
    gint64 deadline_us = g_get_monotonic_time() + limit_us;

    while (!has_ended (process) && g_get_monotonic_time() < deadline_us)
        g_usleep (POLL_US);
    return has_ended (process);
}

/* What a process that has ended left in its pipe; never waits for more. */
static char *
read_output (GSubprocess *process)
{
    GInputStream *stream = g_subprocess_get_stdout_pipe (process);
    g_autofree char *bytes = g_malloc0 (OUTPUT_MAX_BYTES + 1);
    gssize length = g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (stream),
                                                              bytes, OUTPUT_MAX_BYTES, NULL, NULL);

    return length > 0 ? g_steal_pointer (&bytes) : NULL;
}

static gboolean
has_line (char **lines, const char *line)
{
    return g_strv_contains ((const char *const *) lines, line);
}

/* systemctl(1), show: lines KEY=VALUE in every language. */
static KbServiceState
understand (const char *output)
{
    g_auto (GStrv) lines = g_strsplit (output, "\n", -1);

    if (has_line (lines, "LoadState=not-found") || has_line (lines, "LoadState=masked"))
        return KB_SERVICE_STATE_ABSENT;
    if (has_line (lines, "ActiveState=inactive") || has_line (lines, "ActiveState=failed"))
        return KB_SERVICE_STATE_INACTIVE;
    if (has_line (lines, "ActiveState=active") && has_line (lines, "SubState=exited"))
        return KB_SERVICE_STATE_EXITED;
    return strstr (output, "ActiveState=") != NULL ? KB_SERVICE_STATE_RUNNING
                                                   : KB_SERVICE_STATE_UNKNOWN;
}

/**
 * kb_service_ask_system:
 * @service: a service
 *
 * Returns: what systemd says of it, %KB_SERVICE_STATE_UNKNOWN where there is no systemd
 */
KbServiceState
kb_service_ask_system (KbService service)
{
    g_autofree char *unit = g_strconcat (kb_service_get_name (service), ".service", NULL);
    g_autoptr (GSubprocess) process = g_subprocess_new (
        G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL, "systemctl",
        "show", "--property=LoadState,ActiveState,SubState", unit, NULL);

    if (process == NULL)
        return KB_SERVICE_STATE_UNKNOWN;
    if (!wait_for (process, QUERY_LIMIT_US)) {
        g_subprocess_force_exit (process);
        return KB_SERVICE_STATE_UNKNOWN;
    }
    g_autofree char *output = g_subprocess_get_successful (process) ? read_output (process) : NULL;
    return output != NULL ? understand (output) : KB_SERVICE_STATE_UNKNOWN;
}

/* What counts as started although nothing runs, as Debian's `kolibri` does after a stop by its
 * flag, `start` leaves alone (systemd.service(5), RemainAfterExit). */
static const char *
get_verb (KbServiceAction action)
{
    return action == KB_SERVICE_STOP ? "stop" : "restart";
}

/* As long as pkexec asks, the signal ends it; later it is root's, and is waited for. */
static void
wait_for_person (GSubprocess *process, GCancellable *cancellable)
{
    gboolean was_told = FALSE;

    while (!has_ended (process)) {
        if (!was_told && g_cancellable_is_cancelled (cancellable)) {
            g_subprocess_send_signal (process, SIGTERM);
            was_told = TRUE;
        }
        g_usleep (POLL_US);
    }
}

static gboolean
fail (const char *what, KbErrorCode code, const char *unit, const char *verb, GError **error)
{
    g_set_error (error, KB_ERROR, code, "%s %s: %s", verb, unit, what);
    return FALSE;
}

static gboolean
judge (GSubprocess *process, gboolean is_asking, const char *unit, const char *verb, GError **error)
{
    KbErrorCode code = strcmp (verb, "stop") == 0 ? KB_ERROR_BUSY : KB_ERROR_NOT_FOUND;

    if (g_subprocess_get_successful (process))
        return TRUE;
    if (is_asking && (!g_subprocess_get_if_exited (process) ||
                      g_subprocess_get_exit_status (process) == PKEXEC_DISMISSED)) {
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "%s %s: no password was given", verb,
                     unit);
        return FALSE;
    }
    if (is_asking && g_subprocess_get_exit_status (process) == PKEXEC_REFUSED)
        return fail ("not allowed", KB_ERROR_NOT_ALLOWED, unit, verb, error);
    return fail ("systemd says no", code, unit, verb, error);
}

/**
 * kb_service_run_here:
 * @service: a service
 * @action: what to do with it
 * @cancellable: (nullable): ends the wait for a password
 * @error: return location for a #GError
 *
 * Does what kb_service_run() says, in this process.
 *
 * Errors: as kb_service_run().
 *
 * Returns: %TRUE if it has been done
 */
gboolean
kb_service_run_here (KbService service,
                     KbServiceAction action,
                     GCancellable *cancellable,
                     GError **error)
{
    g_autofree char *unit = g_strconcat (kb_service_get_name (service), ".service", NULL);
    const char *verb = get_verb (action);
    gboolean is_asking = geteuid() != 0;
    const char *const words[] = {"pkexec", "systemctl", verb, unit, NULL};
    g_autoptr (GSubprocess) process = g_subprocess_newv (
        is_asking ? words : words + 1,
        G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL);

    if (process == NULL)
        return fail ("there is no such program", KB_ERROR_PERMISSION, unit, words[0], error);
    if (is_asking)
        wait_for_person (process, cancellable);
    else if (!wait_for (process, RUN_LIMIT_US))
        return fail ("it takes too long", KB_ERROR_BUSY, unit, verb, error);
    return judge (process, is_asking, unit, verb, error);
}
