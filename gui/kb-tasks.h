/* SPDX-License-Identifier: MIT */
#pragma once

/* What the window has done by the engine, each as a job: nothing here touches GTK, and nothing in
 * the rest of gui/ touches a file. */

#include "kb-backup.h"
#include "kb-catalog.h"
#include "kb-job.h"
#include "kb-recover.h"
#include "kb-restore.h"
#include "kb-status.h"
#include "kb-undo.h"
#include "kb-verify.h"

G_BEGIN_DECLS

/**
 * KbLook:
 * @home: (nullable): the data folder; %NULL when there is none
 * @recovered: what an interrupted run had left there
 * @entries: (element-type KbEntry): the backups, newest first
 * @status: (nullable): what the top of the window says; %NULL without @home
 *
 * What there is.
 */
typedef struct {
    KbHome *home;
    KbRecovered recovered;
    GPtrArray *entries;
    KbStatus *status;
} KbLook;

/**
 * KbChecked:
 * @entry: what the file says about itself
 * @from_catalog: whether it is in the data folder
 * @result: what the check has found
 *
 * A backup that can be restored.
 */
typedef struct {
    KbEntry *entry;
    gboolean from_catalog;
    KbVerifyResult *result;
} KbChecked;

/**
 * KbUndoable:
 * @kept: what a restore has replaced
 * @knows_difference: whether @difference could be read
 * @difference: what has been done since that restore
 *
 * A restore that can be undone.
 */
typedef struct {
    KbKept *kept;
    gboolean knows_difference;
    KbDifference difference;
} KbUndoable;

KbJob *kb_tasks_look (const char *home_path, KbHome *home, unsigned old_after_days);
KbJob *kb_tasks_backup (KbHome *home);
KbJob *kb_tasks_check (KbHome *home, KbEntry *entry);
KbJob *kb_tasks_check_file (const char *path);
KbJob *kb_tasks_restore (KbHome *home, const KbChecked *checked, gboolean stop_kolibri);
KbJob *kb_tasks_find_undo (KbHome *home, const char *name);
KbJob *kb_tasks_undo (KbHome *home, const KbUndoable *undoable, gboolean stop_kolibri);

void kb_look_free (KbLook *self);
void kb_checked_free (KbChecked *self);
void kb_undoable_free (KbUndoable *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbLook, kb_look_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbChecked, kb_checked_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbUndoable, kb_undoable_free)

G_END_DECLS
