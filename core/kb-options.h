/* SPDX-License-Identifier: MIT */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

GKeyFile *kb_options_load (const char *home, GError **error);
char *kb_options_get (GKeyFile *options, const char *group, const char *name, const char *fallback);

G_END_DECLS
