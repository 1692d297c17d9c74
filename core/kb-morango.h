/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-sqlite.h"

G_BEGIN_DECLS

char *kb_morango_read_current_id (KbSqlite *db, GError **error);
char *kb_morango_add_current_id (KbSqlite *db, GError **error);

char *kb_morango_read_device_id (KbSqlite *db, GError **error);

G_END_DECLS
