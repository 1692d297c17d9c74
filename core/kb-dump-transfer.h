/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-sqlite.h"

#include <stdint.h>

G_BEGIN_DECLS

gboolean kb_dump_transfer_begin (KbSqlite *db, const char *path, GError **error);
gboolean
kb_dump_transfer_table (KbSqlite *db, const char *table, uint64_t least_rows, GError **error);
gboolean kb_dump_transfer_end (KbSqlite *db, GError **error);

G_END_DECLS
