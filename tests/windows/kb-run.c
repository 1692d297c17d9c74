/* SPDX-License-Identifier: MIT */
/* Runs a program with folders of the user that Wine would otherwise take from its prefix:
 *   kb-run.exe PROGRAM WORD...
 * KB_WINDOWS_ENV holds lines NAME=VALUE. */
#include <glib.h>
#include <string.h>
#include <windows.h>

int
main (void)
{
    const char *list = g_getenv ("KB_WINDOWS_ENV");
    g_auto (GStrv) lines = g_strsplit (list != NULL ? list : "", "\n", -1);
    STARTUPINFOW how = {.cb = sizeof how};
    PROCESS_INFORMATION process;
    DWORD code = 0;

    for (char **line = lines; *line != NULL; line++) {
        char *equals = strchr (*line, '=');
        if (equals == NULL)
            continue;
        *equals = '\0';
        g_setenv (*line, equals + 1, TRUE);
    }
    g_unsetenv ("KB_WINDOWS_ENV");
    /* our own name goes; the other words stay as they are */
    wchar_t *rest = GetCommandLineW();
    wchar_t *end = *rest == L'"' ? wcschr (rest + 1, L'"') : wcschr (rest, L' ');
    if (end == NULL)
        return 127;
    end += 1 + wcsspn (end + 1, L" ");
    if (CreateProcessW (NULL, end, NULL, NULL, TRUE, 0, NULL, NULL, &how, &process) == 0)
        return 127;
    WaitForSingleObject (process.hProcess, INFINITE);
    GetExitCodeProcess (process.hProcess, &code);
    return (int) code;
}
