/* SPDX-License-Identifier: MIT */
/* The service of the app for Windows: `Kolibri`, run by NSSM (kolibri-app, installer/kolibri.iss).
 */
#include "kb-error.h"
#include "kb-service.h"

#include <windows.h>

#define SERVICE_NAME L"Kolibri"
#define POLL_US (G_USEC_PER_SEC / 10)
#define RUN_LIMIT_US (120 * G_USEC_PER_SEC)

/* Both handles, or neither. */
typedef struct {
    SC_HANDLE manager;
    SC_HANDLE service;
} Handles;

static void
handles_clear (Handles *self)
{
    if (self->service != NULL)
        CloseServiceHandle (self->service);
    if (self->manager != NULL)
        CloseServiceHandle (self->manager);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Handles, handles_clear)

static DWORD
open_service (Handles *self, DWORD access)
{
    self->manager = OpenSCManagerW (NULL, NULL, SC_MANAGER_CONNECT);
    if (self->manager != NULL)
        self->service = OpenServiceW (self->manager, SERVICE_NAME, access);
    return self->service != NULL ? ERROR_SUCCESS : GetLastError();
}

KbServiceRights
kb_service_own_rights (void)
{
    g_auto (Handles) handles = {0};

    return open_service (&handles, SERVICE_START | SERVICE_STOP) == ERROR_SUCCESS
               ? KB_SERVICE_RIGHTS_OURS
               : KB_SERVICE_RIGHTS_NONE;
}

KbServiceState
kb_service_ask_system (KbService service)
{
    g_auto (Handles) handles = {0};
    SERVICE_STATUS status;

    if (service != KB_SERVICE_KOLIBRI)
        return KB_SERVICE_STATE_ABSENT;
    DWORD code = open_service (&handles, SERVICE_QUERY_STATUS);
    if (code == ERROR_SERVICE_DOES_NOT_EXIST)
        return KB_SERVICE_STATE_ABSENT;
    if (code != ERROR_SUCCESS || QueryServiceStatus (handles.service, &status) == 0)
        return KB_SERVICE_STATE_UNKNOWN;
    return status.dwCurrentState == SERVICE_STOPPED ? KB_SERVICE_STATE_INACTIVE
                                                    : KB_SERVICE_STATE_RUNNING;
}

static gboolean
wait_for (SC_HANDLE service, DWORD state)
{
    gint64 deadline_us = g_get_monotonic_time() + RUN_LIMIT_US;
    SERVICE_STATUS status;

    while (QueryServiceStatus (service, &status) != 0) {
        if (status.dwCurrentState == state)
            return TRUE;
        if (g_get_monotonic_time() > deadline_us)
            return FALSE;
        g_usleep (POLL_US);
    }
    return FALSE;
}

static gboolean
fail (DWORD code, gboolean is_stop, GError **error)
{
    g_autofree char *text = g_win32_error_message ((int) code);
    KbErrorCode failed = is_stop ? KB_ERROR_BUSY : KB_ERROR_NOT_FOUND;

    g_set_error (error, KB_ERROR, code == ERROR_ACCESS_DENIED ? KB_ERROR_PERMISSION : failed,
                 "%s the service Kolibri: %s", is_stop ? "stop" : "start", text);
    return FALSE;
}

/* Nobody is asked here, so there is no wait that could be cancelled. */
gboolean
kb_service_run_here (KbService service,
                     KbServiceAction action,
                     G_GNUC_UNUSED GCancellable *cancellable,
                     GError **error)
{
    g_auto (Handles) handles = {0};
    gboolean is_stop = action == KB_SERVICE_STOP;
    DWORD access = SERVICE_QUERY_STATUS | (is_stop ? SERVICE_STOP : SERVICE_START);
    SERVICE_STATUS status;

    if (service != KB_SERVICE_KOLIBRI)
        return fail (ERROR_SERVICE_DOES_NOT_EXIST, is_stop, error);
    DWORD code = open_service (&handles, access);
    if (code != ERROR_SUCCESS)
        return fail (code, is_stop, error);
    BOOL done = is_stop ? ControlService (handles.service, SERVICE_CONTROL_STOP, &status)
                        : StartServiceW (handles.service, 0, NULL);
    code = done != 0 ? ERROR_SUCCESS : GetLastError();
    if (code != ERROR_SUCCESS &&
        code != (DWORD) (is_stop ? ERROR_SERVICE_NOT_ACTIVE : ERROR_SERVICE_ALREADY_RUNNING))
        return fail (code, is_stop, error);
    return wait_for (handles.service, is_stop ? SERVICE_STOPPED : SERVICE_RUNNING) ||
           fail (ERROR_SERVICE_REQUEST_TIMEOUT, is_stop, error);
}
