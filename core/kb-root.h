/* SPDX-License-Identifier: MIT */
#pragma once

/* Where the computer begins. All absolute paths that are looked for, not given, go through
 * kb_root_path(), so that a tree of files can stand for a whole computer (docs/testing.md). */

#include <gio/gio.h>

G_BEGIN_DECLS

char *kb_root_path (const char *root, const char *path);
char *kb_root_user_home (const char *root);
char *kb_root_home_of (const char *root, const char *user);
gboolean kb_root_is_sandbox (const char *root);
char *kb_root_find_program (const char *root, const char *name);

G_END_DECLS
