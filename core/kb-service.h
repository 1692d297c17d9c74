/* SPDX-License-Identifier: MIT */
#pragma once

/* The services of the computer that run a Kolibri: a fixed list, and nothing that a caller names.
 * kb-service-posix.c asks systemd, kb-service-win32.c the service manager of Windows. */

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * KbService:
 * @KB_SERVICE_KOLIBRI: Debian's `kolibri`, the unit of Internet-in-a-Box, the service of the app
 *     for Windows
 * @KB_SERVICE_KOLIBRI_SERVER: Debian's `kolibri-server`
 * @KB_SERVICE_ENDLESS: the daemon of Endless OS
 *
 * A service that runs Kolibri (facts, 3.2). Its number is what the privileged parent of our helper
 * is asked by: it never changes.
 */
typedef enum {
    KB_SERVICE_KOLIBRI = 0,
    KB_SERVICE_KOLIBRI_SERVER = 1,
    KB_SERVICE_ENDLESS = 2,
    KB_N_SERVICES /*< skip >*/
} KbService;

/**
 * KbServiceState:
 * @KB_SERVICE_STATE_UNKNOWN: nobody here can be asked, or nobody answers
 * @KB_SERVICE_STATE_ABSENT: there is no such service
 * @KB_SERVICE_STATE_INACTIVE: it does not run
 * @KB_SERVICE_STATE_EXITED: it counts as started, and has no process: whether Kolibri runs, only
 *     Kolibri can say
 * @KB_SERVICE_STATE_RUNNING: it runs, or is on its way up or down
 *
 * What the computer says of a service.
 */
typedef enum {
    KB_SERVICE_STATE_UNKNOWN,
    KB_SERVICE_STATE_ABSENT,
    KB_SERVICE_STATE_INACTIVE,
    KB_SERVICE_STATE_EXITED,
    KB_SERVICE_STATE_RUNNING,
} KbServiceState;

/**
 * KbServiceAction:
 * @KB_SERVICE_STOP: stop it, and wait until it has
 * @KB_SERVICE_START: start it, also where it counts as started already and has no process
 *
 * What can be done with a service.
 */
typedef enum {
    KB_SERVICE_STOP = 0,
    KB_SERVICE_START = 1,
    KB_N_SERVICE_ACTIONS /*< skip >*/
} KbServiceAction;

/**
 * KbServiceRights:
 * @KB_SERVICE_RIGHTS_OURS: this process may, or has a parent that may
 * @KB_SERVICE_RIGHTS_ASK: the computer will ask for the password of an administrator
 * @KB_SERVICE_RIGHTS_NONE: there is no way from here: a sandbox, or nobody who could ask
 *
 * Whether this process may stop and start services.
 */
typedef enum {
    KB_SERVICE_RIGHTS_OURS,
    KB_SERVICE_RIGHTS_ASK,
    KB_SERVICE_RIGHTS_NONE,
} KbServiceRights;

/**
 * KbServiceRunner:
 * @service: which service
 * @action: what to do with it
 * @user_data: as given
 * @error: return location for a #GError
 *
 * Has somebody with more rights do it, and waits. Called in the thread of kb_service_run().
 */
typedef gboolean (*KbServiceRunner) (KbService service,
                                     KbServiceAction action,
                                     gpointer user_data,
                                     GError **error);

void kb_service_set_runner (KbServiceRunner runner, gpointer user_data);
const char *kb_service_get_name (KbService service);
KbServiceRights kb_service_find_rights (const char *root);
KbServiceState kb_service_query (const char *root, KbService service);
gboolean kb_service_run (const char *root,
                         KbService service,
                         KbServiceAction action,
                         GCancellable *cancellable,
                         GError **error);

/* What each system does its own way; for kb-service.c, which knows of sandboxes and parents. */
KbServiceRights kb_service_own_rights (void);
KbServiceState kb_service_ask_system (KbService service);
gboolean kb_service_run_here (KbService service,
                              KbServiceAction action,
                              GCancellable *cancellable,
                              GError **error);

G_END_DECLS
