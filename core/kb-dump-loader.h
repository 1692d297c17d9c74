/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-dump-reader.h"
#include "kb-progress.h"
#include "kb-sqlite.h"

G_BEGIN_DECLS

gboolean kb_dump_load (KbDumpReader *reader,
                       KbSqlite *scratch,
                       KbProgress *progress,
                       GCancellable *cancellable,
                       GError **error);

G_END_DECLS
