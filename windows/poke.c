/* SPDX-License-Identifier: MIT */
/* Tells the window that runs what Windows would tell it: poke.exe colours|end. Its exit code is
 * the answer; 9 if there is no window. */
#include <string.h>
#include <windows.h>

int
main (int argc, char **argv)
{
    HWND window = FindWindowW (L"KolibriBackupDesktop", NULL);
    const char *what = argc > 1 ? argv[1] : "";

    if (window == NULL)
        return 9;
    if (strcmp (what, "colours") == 0)
        return (int) SendMessageW (window, WM_SETTINGCHANGE, 0, 0);
    if (strcmp (what, "end") == 0)
        return (int) SendMessageW (window, WM_QUERYENDSESSION, 0, 0);
    return 8;
}
