/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-sqlite.h"

#include <stdint.h>

G_BEGIN_DECLS

gboolean kb_dump_functions_prepare (KbSqlite *db, GError **error);
void kb_dump_functions_limit (KbSqlite *db, uint64_t longest_bytes);

G_END_DECLS
