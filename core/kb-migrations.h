/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-sqlite.h"

G_BEGIN_DECLS

char *kb_migrations_find_version (KbSqlite *db, gboolean *has_unknown, GError **error);
gboolean kb_migrations_contradict (const char *proven, const char *claimed);

G_END_DECLS
