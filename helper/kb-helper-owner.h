/* SPDX-License-Identifier: MIT */
#pragma once

#include <gio/gio.h>
#include <sys/types.h>

G_BEGIN_DECLS

gboolean kb_helper_find_owner (const char *home, uid_t *uid, GError **error);
gboolean kb_helper_become (uid_t uid, GError **error);

G_END_DECLS
