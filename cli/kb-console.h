/* SPDX-License-Identifier: MIT */
#pragma once

/* The terminal, and the words that somebody typed there. kb-console-posix.c and kb-console-win32.c
 * implement it. */

#include <glib.h>

G_BEGIN_DECLS

char **kb_console_open (char **argv);
gboolean kb_console_read_line (char *line, int size);

G_END_DECLS
