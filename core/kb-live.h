/* SPDX-License-Identifier: MIT */
#pragma once

/* The database in use, held so that nobody else reads or writes it, kept, and written over as one
 * transaction of SQLite's: design.md §4, steps 4 to 7. While it is held, nobody in this process
 * opens the file, its -wal or its -shm by other means: closing such a descriptor would drop the
 * lock without a word. */

#include "kb-platform.h"
#include "kb-progress.h"
#include "kb-sqlite.h"

G_BEGIN_DECLS

/**
 * KbLiveState:
 * @KB_LIVE_FAILED: it could not be had; there is an error
 * @KB_LIVE_HELD: it is ours alone
 * @KB_LIVE_UNREADABLE: SQLite says that it is no database, or too damaged to be opened; nobody
 *     holds it
 * @KB_LIVE_MISSING: there is no such file
 */
typedef enum {
    KB_LIVE_FAILED,
    KB_LIVE_HELD,
    KB_LIVE_UNREADABLE,
    KB_LIVE_MISSING,
} KbLiveState;

/**
 * KbLive:
 *
 * A database under our exclusive lock. One thread.
 */
typedef struct _KbLive KbLive;

KbLiveState kb_live_hold (const char *path, KbLive **out, GError **error);
void kb_live_release (KbLive *self);
KbSqlite *kb_live_get_connection (KbLive *self);

gboolean kb_live_keep (KbLive *self,
                       const char *path,
                       const KbOwner *owner,
                       KbProgress *progress,
                       GCancellable *cancellable,
                       GError **error);
gboolean kb_live_fold_wal (KbLive *self, GError **error);
gboolean kb_live_set_page_size (KbLive *self, unsigned page_size, GError **error);

gboolean kb_live_copy_in (KbLive *self,
                          const char *source,
                          KbProgress *progress,
                          GCancellable *cancellable,
                          GError **error);
gboolean kb_live_commit (KbLive *self, KbProgress *progress, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbLive, kb_live_release)

G_END_DECLS
