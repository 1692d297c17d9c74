/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-tasks.h"

G_BEGIN_DECLS

/**
 * KbTaskParams:
 * @path: (nullable): a file, a folder, or a name
 * @text: (nullable): what is to be written
 * @home: (nullable): the data folder
 * @entry: (nullable): a backup in it
 * @entries: (nullable) (element-type KbEntry): some backups in it
 * @from_catalog: whether what is restored is in the data folder
 * @stop_kolibri: whether a running Kolibri may be stopped, and started again
 * @keep: whether the backup is to be kept
 * @operation: what was being done when @error came
 * @error: (nullable): for a report
 * @old_after_days: from how many days on a backup counts as old
 *
 * What a job takes along: a copy of all that it needs.
 */
typedef struct {
    char *path;
    char *text;
    KbHome *home;
    KbEntry *entry;
    GPtrArray *entries;
    gboolean from_catalog;
    gboolean stop_kolibri;
    gboolean keep;
    KbOperation operation;
    GError *error;
    unsigned old_after_days;
} KbTaskParams;

KbTaskParams *kb_task_params_new (const char *path, KbHome *home, KbEntry *entry);
void kb_task_params_free (gpointer data);
KbCopyResult *kb_tasks_run_copy (KbHome *home,
                                 KbEntry *entry,
                                 gboolean from_catalog,
                                 const char *folder,
                                 KbProgress *progress,
                                 GCancellable *cancellable,
                                 GError **error);

G_END_DECLS
