/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-catalog.h"

G_BEGIN_DECLS

/**
 * KbPruning:
 * @deleted: (element-type filename): the names that go, of those in `backups/` now
 * @deletes_its_own: whether the backup that Kolibri has just made then goes at once
 * @endangered: (element-type KbEntry): fresh backups that go while an older one stays
 *
 * What the next automatic backup of Kolibri would delete.
 */
typedef struct {
    GPtrArray *deleted;
    gboolean deletes_its_own;
    GPtrArray *endangered;
} KbPruning;

GPtrArray *kb_pruning_predict (const GPtrArray *names);
KbPruning *kb_pruning_read (const KbHome *home, const GPtrArray *entries);
void kb_pruning_free (KbPruning *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbPruning, kb_pruning_free)

G_END_DECLS
