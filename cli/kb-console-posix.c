/* SPDX-License-Identifier: MIT */
#include "kb-console.h"

#include <stdio.h>

/**
 * kb_console_open:
 * @argv: what main() was given
 *
 * Makes the terminal ready for sentences in any language. Called once, before anything is printed.
 *
 * Returns: (transfer full): the words of the command line, in the encoding of file names
 */
char **
kb_console_open (char **argv)
{
    return g_strdupv (argv);
}

/**
 * kb_console_read_line:
 * @line: (out): a line that somebody typed, in UTF-8; cut where it is too long
 * @size: how many bytes there is room for
 *
 * Waits for a line.
 *
 * Returns: %FALSE if there is none
 */
gboolean
kb_console_read_line (char *line, int size)
{
    return fgets (line, size, stdin) != NULL;
}
