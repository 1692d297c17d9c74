/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-sqlite.h"
#include "kb-summary.h"

G_BEGIN_DECLS

KbSummary *kb_summary_read (KbSqlite *db, GError **error);
gboolean kb_summary_is_kolibri (KbSqlite *db);

G_END_DECLS
