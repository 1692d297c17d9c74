/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-dump-reader.h"
#include "kb-sqlite.h"

G_BEGIN_DECLS

/**
 * KbDumpLoader:
 *
 * Executes the statements of a dump in a scratch database, as far as a backup may hold them. One
 * thread.
 */
typedef struct _KbDumpLoader KbDumpLoader;

KbDumpLoader *kb_dump_loader_new (KbSqlite *scratch,
                                  const char *path,
                                  gboolean is_ours,
                                  GCancellable *cancellable,
                                  GError **error);
void kb_dump_loader_free (KbDumpLoader *self);

KbSqlite *kb_dump_loader_get_db (const KbDumpLoader *self);
gboolean kb_dump_loader_take (KbDumpLoader *self, const KbStatement *statement, GError **error);
gboolean kb_dump_loader_pass (KbDumpLoader *self, const KbStatement *statement, GError **error);
void kb_dump_loader_set_trusted (KbDumpLoader *self, gboolean trusted);
gboolean kb_dump_loader_finish (KbDumpLoader *self,
                                const KbHeader *header,
                                const KbFooter *footer,
                                GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbDumpLoader, kb_dump_loader_free)

G_END_DECLS
