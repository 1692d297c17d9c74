/* SPDX-License-Identifier: MIT */
#pragma once

/* The operations as a person has them: with data of this user they are those of the same name, and
 * with data of another user the helper does them. Whoever calls these need not know which. */

#include "kb-backup.h"
#include "kb-copy.h"
#include "kb-import.h"
#include "kb-recover.h"
#include "kb-restore.h"
#include "kb-undo.h"
#include "kb-verify.h"

G_BEGIN_DECLS

gboolean kb_access_recover (const KbHome *home, KbRecovered *out, GError **error);
GPtrArray *kb_access_list (const KbHome *home, GCancellable *cancellable, GError **error);
KbEntry *kb_access_find (const KbHome *home, const char *name, GError **error);
KbEntry *kb_access_find_latest (const KbHome *home, GError **error);
KbKept *kb_access_find_undo (const KbHome *home, const char *name, GError **error);
KbBackupResult *kb_access_backup (const KbBackupOptions *options,
                                  KbProgress *progress,
                                  GCancellable *cancellable,
                                  GError **error);
KbVerifyResult *kb_access_verify (const KbHome *home,
                                  const KbEntry *entry,
                                  KbProgress *progress,
                                  GCancellable *cancellable,
                                  GError **error);
KbRestoreResult *kb_access_restore (const KbRestoreOptions *options,
                                    KbProgress *progress,
                                    GCancellable *cancellable,
                                    GError **error);
KbUndoResult *kb_access_undo (const KbUndoOptions *options,
                              KbProgress *progress,
                              GCancellable *cancellable,
                              GError **error);
KbImportResult *kb_access_import (KbHome *home,
                                  const char *file,
                                  KbProgress *progress,
                                  GCancellable *cancellable,
                                  GError **error);
KbCopyResult *kb_access_copy (const KbCopyOptions *options,
                              KbProgress *progress,
                              GCancellable *cancellable,
                              GError **error);
gboolean kb_access_set_keep (const KbHome *home, const char *name, gboolean keep, GError **error);
gboolean
kb_access_set_note (const KbHome *home, const char *name, const char *note, GError **error);
gboolean kb_access_delete (const KbHome *home, const char *name, GError **error);
gboolean kb_access_undelete (const KbHome *home, const char *name, GError **error);
gboolean kb_access_delete_for_good (const KbHome *home, const char *name, GError **error);
gboolean kb_access_empty_deleted (const KbHome *home, const char *name, GError **error);

G_END_DECLS
