/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-sqlite.h"

G_BEGIN_DECLS

gboolean kb_dump_functions_add (KbSqlite *db, GError **error);

G_END_DECLS
