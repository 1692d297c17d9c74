/* SPDX-License-Identifier: MIT */
#include "kb-service.h"

#include "kb-error.h"
#include "kb-root.h"

/* Set once, before there is a second thread. */
static struct {
    KbServiceRunner func;
    gpointer data;
} runner;

/**
 * kb_service_set_runner:
 * @new_runner: (nullable): does what kb_service_run() is asked for
 * @user_data: for @new_runner
 *
 * Says who has the right to stop and start services, where this process has given it up: the child
 * of our helper asks its parent. To be called before there is a second thread.
 */
void
kb_service_set_runner (KbServiceRunner new_runner, gpointer user_data)
{
    runner.func = new_runner;
    runner.data = user_data;
}

/**
 * kb_service_get_name:
 * @service: a service
 *
 * Returns: its name for machines, the same on every system
 */
const char *
kb_service_get_name (KbService service)
{
    static const char *const names[KB_N_SERVICES] = {
        [KB_SERVICE_KOLIBRI] = "kolibri",
        [KB_SERVICE_KOLIBRI_SERVER] = "kolibri-server",
        [KB_SERVICE_ENDLESS] = "dbus-org.learningequality.Kolibri.Daemon",
    };

    return names[service];
}

/**
 * kb_service_find_rights:
 * @root: (nullable): a folder that stands for `/`
 *
 * Returns: whether this process may stop and start services
 */
KbServiceRights
kb_service_find_rights (const char *root)
{
    if (runner.func != NULL)
        return KB_SERVICE_RIGHTS_OURS;
    return kb_root_is_sandbox (root) ? KB_SERVICE_RIGHTS_NONE : kb_service_own_rights();
}

/**
 * kb_service_query:
 * @root: (nullable): a folder that stands for `/`
 * @service: a service
 *
 * Asks what a service does; changes nothing and needs no rights. Takes up to two seconds where
 * nobody answers.
 *
 * Returns: its state; from within a sandbox always %KB_SERVICE_STATE_UNKNOWN
 */
KbServiceState
kb_service_query (const char *root, KbService service)
{
    return kb_root_is_sandbox (root) ? KB_SERVICE_STATE_UNKNOWN : kb_service_ask_system (service);
}

/**
 * kb_service_run:
 * @root: (nullable): a folder that stands for `/`
 * @service: a service
 * @action: what to do with it
 * @cancellable: (nullable): ends the wait for a password; what has begun is waited for
 * @error: return location for a #GError
 *
 * Stops or starts a service, and waits until that is done. Where this process has no right to, the
 * computer asks for the password of an administrator, as long as that takes.
 *
 * Errors: %KB_ERROR_PERMISSION when the right cannot be had, %KB_ERROR_NOT_ALLOWED when it was
 * refused, %KB_ERROR_BUSY when the service does not stop, %KB_ERROR_NOT_FOUND when it does not
 * start or does not exist, %G_IO_ERROR_CANCELLED when the person did not want to give the password.
 *
 * Returns: %TRUE if it has been done
 */
gboolean
kb_service_run (const char *root,
                KbService service,
                KbServiceAction action,
                GCancellable *cancellable,
                GError **error)
{
    g_return_val_if_fail ((unsigned) service < KB_N_SERVICES, FALSE);
    g_return_val_if_fail ((unsigned) action < KB_N_SERVICE_ACTIONS, FALSE);

    if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
    if (runner.func != NULL)
        return runner.func (service, action, runner.data, error);
    if (kb_service_find_rights (root) != KB_SERVICE_RIGHTS_NONE)
        return kb_service_run_here (service, action, cancellable, error);
    g_set_error (error, KB_ERROR, KB_ERROR_PERMISSION, "service %s: no right to %s it",
                 kb_service_get_name (service), action == KB_SERVICE_STOP ? "stop" : "start");
    return FALSE;
}
