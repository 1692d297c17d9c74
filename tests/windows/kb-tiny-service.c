/* SPDX-License-Identifier: MIT */
/* A service that runs until it is told to stop, as the app for Windows has one. */
#include <windows.h>

static SERVICE_STATUS_HANDLE handle;
static HANDLE stop;

static void
say (DWORD state)
{
    SERVICE_STATUS status = {
        .dwServiceType = SERVICE_WIN32_OWN_PROCESS,
        .dwCurrentState = state,
        .dwControlsAccepted = state == SERVICE_RUNNING ? SERVICE_ACCEPT_STOP : 0,
    };

    SetServiceStatus (handle, &status);
}

static void WINAPI
on_control (DWORD control)
{
    if (control == SERVICE_CONTROL_STOP) {
        say (SERVICE_STOP_PENDING);
        SetEvent (stop);
    }
}

static void WINAPI
run (DWORD argc, wchar_t **argv)
{
    (void) argc;
    (void) argv;
    stop = CreateEventW (NULL, TRUE, FALSE, NULL);
    handle = RegisterServiceCtrlHandlerW (L"Kolibri", on_control);
    say (SERVICE_RUNNING);
    WaitForSingleObject (stop, INFINITE);
    say (SERVICE_STOPPED);
}

int
main (void)
{
    static wchar_t name[] = L"Kolibri";
    const SERVICE_TABLE_ENTRYW table[] = {{name, run}, {NULL, NULL}};

    return StartServiceCtrlDispatcherW (table) != 0 ? 0 : 1;
}
