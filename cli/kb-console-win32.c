/* SPDX-License-Identifier: MIT */
#include "kb-console.h"

#include <stdio.h>
#include <windows.h>

#define LINE_CHARS 64

/* The console is given wide letters, whatever its code page; files and pipes get UTF-8. */
static void
write_text (FILE *stream, DWORD which, const char *text)
{
    HANDLE handle = GetStdHandle (which);
    DWORD mode;
    DWORD written;

    if (!GetConsoleMode (handle, &mode)) {
        fputs (text, stream);
        fflush (stream);
        return;
    }
    g_autofree char *valid = g_utf8_make_valid (text, -1);
    glong length = 0;
    g_autofree gunichar2 *wide = g_utf8_to_utf16 (valid, -1, NULL, &length, NULL);
    WriteConsoleW (handle, wide, (DWORD) length, &written, NULL);
}

static void
print (const char *text)
{
    write_text (stdout, STD_OUTPUT_HANDLE, text);
}

static void
print_error (const char *text)
{
    write_text (stderr, STD_ERROR_HANDLE, text);
}

char **
kb_console_open (G_GNUC_UNUSED char **argv)
{
    g_set_print_handler (print);
    g_set_printerr_handler (print_error);
    return g_win32_get_command_line(); /* main() is given what the code page leaves of them */
}

gboolean
kb_console_read_line (char *line, int size)
{
    gunichar2 wide[LINE_CHARS];
    DWORD length = 0;

    if (!ReadConsoleW (GetStdHandle (STD_INPUT_HANDLE), wide, LINE_CHARS, &length, NULL))
        return FALSE;
    g_autofree char *text = g_utf16_to_utf8 (wide, (glong) length, NULL, NULL, NULL);
    g_strlcpy (line, text != NULL ? text : "", (gsize) size);
    return length > 0;
}
