/* SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *kb_pex_find_version (const char *path);

G_END_DECLS
