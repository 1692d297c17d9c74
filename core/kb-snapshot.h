/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-sqlite.h"

G_BEGIN_DECLS

#define KB_SNAPSHOT_MAX_READERS 2

/**
 * KbSnapshot:
 * @readers: connections, each within a read transaction
 * @n_readers: how many: 1 or 2
 *
 * One moment of a database, seen by every reader.
 */
typedef struct {
    KbSqlite *readers[KB_SNAPSHOT_MAX_READERS];
    guint n_readers;
} KbSnapshot;

KbSnapshot *kb_snapshot_open (const char *database,
                              guint max_readers,
                              GCancellable *cancellable,
                              GError **error);
void kb_snapshot_free (KbSnapshot *self);
guint kb_snapshot_useful_readers (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbSnapshot, kb_snapshot_free)

G_END_DECLS
