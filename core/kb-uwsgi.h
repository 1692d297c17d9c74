/* SPDX-License-Identifier: MIT */
#pragma once

#include <gio/gio.h>
#include <stdint.h>

G_BEGIN_DECLS

int64_t kb_uwsgi_find (const char *root, const char *home, gboolean is_its_home);

G_END_DECLS
