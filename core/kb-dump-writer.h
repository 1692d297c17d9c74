/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-header.h"
#include "kb-progress.h"
#include "kb-snapshot.h"

G_BEGIN_DECLS

gboolean kb_dump_describe (KbSqlite *db, KbHeader *header, GError **error);
gboolean kb_dump_write (KbSnapshot *snapshot,
                        const KbHeader *header,
                        int fd,
                        const char *path,
                        KbFooter **footer,
                        KbProgress *progress,
                        GError **error);

G_END_DECLS
