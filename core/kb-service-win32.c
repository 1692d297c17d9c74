/* SPDX-License-Identifier: MIT */
/* The service of the app for Windows: `Kolibri`, run by NSSM (kolibri-app, installer/kolibri.iss).
 */
#include "kb-error.h"
#include "kb-service.h"

#include <windows.h>
/* behind windows.h */
#include <objbase.h>
#include <shellapi.h>

#define SERVICE_NAME L"Kolibri"
#define POLL_MS 100
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

/**
 * kb_service_own_rights:
 *
 * Returns: whether this process may stop the service; where it may not, Windows asks an
 *     administrator (User Account Control)
 */
KbServiceRights
kb_service_own_rights (void)
{
    g_auto (Handles) handles = {0};
    DWORD code = open_service (&handles, SERVICE_START | SERVICE_STOP);

    if (code == ERROR_SUCCESS)
        return KB_SERVICE_RIGHTS_OURS;
    return code == ERROR_ACCESS_DENIED ? KB_SERVICE_RIGHTS_ASK : KB_SERVICE_RIGHTS_NONE;
}

/**
 * kb_service_ask_system:
 * @service: a service
 *
 * Returns: what the service manager says of it; every user may ask
 */
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

    g_set_error (error, KB_ERROR, code == ERROR_ACCESS_DENIED ? KB_ERROR_NOT_ALLOWED : failed,
                 "%s the service Kolibri: %s", is_stop ? "stop" : "start", text);
    return FALSE;
}

/* A service that somebody has just told to stop, or to start, is waited for. */
static gboolean
run_ourselves (SC_HANDLE service, gboolean is_stop, GError **error)
{
    SERVICE_STATUS status;
    BOOL done = is_stop ? ControlService (service, SERVICE_CONTROL_STOP, &status)
                        : StartServiceW (service, 0, NULL);
    DWORD code = done != 0 ? ERROR_SUCCESS : GetLastError();

    return code == ERROR_SUCCESS || code == ERROR_SERVICE_CANNOT_ACCEPT_CTRL ||
           code == (DWORD) (is_stop ? ERROR_SERVICE_NOT_ACTIVE : ERROR_SERVICE_ALREADY_RUNNING) ||
           fail (code, is_stop, error);
}

/* As long as Windows asks, nothing ends it but the person: the call comes back with the answer.
 * What then runs as an administrator is `net`, of Windows itself, with fixed words. */
static gboolean
run_elevated (gboolean is_stop, GCancellable *cancellable, GError **error)
{
    DWORD exit_code = 0;
    wchar_t program[MAX_PATH + 16];
    SHELLEXECUTEINFOW info = {
        .cbSize = sizeof info,
        .fMask = SEE_MASK_NOCLOSEPROCESS | SEE_MASK_NOASYNC | SEE_MASK_FLAG_NO_UI,
        .lpVerb = L"runas",
        .lpFile = program,
        .lpParameters = is_stop ? L"stop " SERVICE_NAME : L"start " SERVICE_NAME,
        .nShow = SW_HIDE,
    };
    UINT length = GetSystemDirectoryW (program, MAX_PATH);

    g_return_val_if_fail (length > 0 && length < MAX_PATH, FALSE);
    wcscat (program, L"\\net.exe");
    HRESULT com = CoInitializeEx (NULL, COINIT_APARTMENTTHREADED | COINIT_DISABLE_OLE1DDE);
    DWORD code = ShellExecuteExW (&info) != 0 ? ERROR_SUCCESS : GetLastError();
    if (SUCCEEDED (com))
        CoUninitialize();
    if (code == ERROR_CANCELLED) {
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                     "service Kolibri: no administrator said yes");
        return FALSE;
    }
    if (code != ERROR_SUCCESS) /* a policy forbids to ask */
        return fail (ERROR_ACCESS_DENIED, is_stop, error);
    while (info.hProcess != NULL && WaitForSingleObject (info.hProcess, POLL_MS) == WAIT_TIMEOUT)
        if (g_cancellable_is_cancelled (cancellable))
            break; /* it goes on by itself; kb_service_run_here() waits for what it does */
    if (info.hProcess != NULL) {
        GetExitCodeProcess (info.hProcess, &exit_code);
        CloseHandle (info.hProcess);
    }
    return exit_code == 0 || exit_code == STILL_ACTIVE ||
           fail (ERROR_SERVICE_REQUEST_TIMEOUT, is_stop, error);
}

/**
 * kb_service_run_here:
 * @service: a service
 * @action: what to do with it
 * @cancellable: (nullable): ends the wait for the program that an administrator has let run
 * @error: return location for a #GError
 *
 * Does what kb_service_run() says; where this process may not, Windows asks an administrator.
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
    g_auto (Handles) handles = {0};
    gboolean is_stop = action == KB_SERVICE_STOP;
    DWORD access = SERVICE_QUERY_STATUS | (is_stop ? SERVICE_STOP : SERVICE_START);

    if (service != KB_SERVICE_KOLIBRI)
        return fail (ERROR_SERVICE_DOES_NOT_EXIST, is_stop, error);
    DWORD code = open_service (&handles, access);
    gboolean must_ask = code == ERROR_ACCESS_DENIED;
    if (must_ask) {
        handles_clear (&handles);
        handles = (Handles){0};
        code = open_service (&handles, SERVICE_QUERY_STATUS);
    }
    if (code != ERROR_SUCCESS)
        return fail (code, is_stop, error);
    if (!(must_ask ? run_elevated (is_stop, cancellable, error)
                   : run_ourselves (handles.service, is_stop, error)))
        return FALSE;
    return wait_for (handles.service, is_stop ? SERVICE_STOPPED : SERVICE_RUNNING) ||
           fail (ERROR_SERVICE_REQUEST_TIMEOUT, is_stop, error);
}
