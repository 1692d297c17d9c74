/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-header.h"
#include "kb-home.h"
#include "kb-progress.h"

G_BEGIN_DECLS

/**
 * KbBackupOptions:
 * @home: the data folder
 * @folder: (nullable): where the backup shall go; %NULL for the data folder's own backups
 * @program_version: the version of this program, for the first line
 * @note: (nullable): what the person wants to remember; only with a backup in the data folder
 */
typedef struct {
    KbHome *home;
    const char *folder;
    const char *program_version;
    const char *note;
} KbBackupOptions;

/**
 * KbBackupResult:
 * @path: where the backup is
 * @name: its file name
 * @version: the version of the data
 * @summary: what is in it
 * @size_bytes: its size
 * @is_protected: whether it is out of reach of Kolibri's pruning
 * @is_too_long_for_kolibri: whether Kolibri's own dbrestore would refuse it for its length
 */
typedef struct {
    char *path;
    char *name;
    char *version;
    KbSummary *summary;
    guint64 size_bytes;
    gboolean is_protected;
    gboolean is_too_long_for_kolibri;
} KbBackupResult;

/* Python 3.11 and later take no script that is longer (facts, 0.2). */
#define KB_KOLIBRI_MAX_DUMP_BYTES 1000000000

KbBackupResult *kb_backup_run (const KbBackupOptions *options,
                               KbProgress *progress,
                               GCancellable *cancellable,
                               GError **error);
void kb_backup_result_free (KbBackupResult *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbBackupResult, kb_backup_result_free)

G_END_DECLS
