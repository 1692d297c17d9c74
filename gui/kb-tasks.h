/* SPDX-License-Identifier: MIT */
#pragma once

/* What the window has done by the engine, each as a job: nothing here touches GTK, and nothing in
 * the rest of gui/ touches a file. */

#include "kb-backup.h"
#include "kb-catalog.h"
#include "kb-copy.h"
#include "kb-difference.h"
#include "kb-drive.h"
#include "kb-import.h"
#include "kb-job.h"
#include "kb-recover.h"
#include "kb-restore.h"
#include "kb-status.h"
#include "kb-text.h"
#include "kb-undo.h"
#include "kb-verify.h"

G_BEGIN_DECLS

/**
 * KbLook:
 * @home: (nullable): the data folder; %NULL when there is none
 * @lost: (nullable): the data folder of the last time, when it is not there any more
 * @recovered: what an interrupted run had left there
 * @entries: (element-type KbEntry): the backups, newest first
 * @status: (nullable): what the top of the window says; %NULL without @home
 * @found: (nullable): while there are no backups, the newest one on a drive
 * @found_on: (nullable): the name of that drive
 *
 * What there is.
 */
typedef struct {
    KbHome *home;
    char *lost;
    KbRecovered recovered;
    GPtrArray *entries;
    KbStatus *status;
    KbEntry *found;
    char *found_on;
} KbLook;

/**
 * KbBackedUp:
 * @result: the backup
 * @copy: (nullable): the copy of it in the folder of the preferences
 * @copy_error: (nullable): why there is no such copy
 *
 * A backup that was made, and copied where the preferences want it.
 */
typedef struct {
    KbBackupResult *result;
    KbCopyResult *copy;
    GError *copy_error;
} KbBackedUp;

/**
 * KbChecked:
 * @entry: what the file says about itself
 * @from_catalog: whether it is in the data folder
 * @result: what the check has found
 * @knows_difference: whether @difference could be read
 * @difference: what has been done since the backup was made
 *
 * A backup that can be restored.
 */
typedef struct {
    KbEntry *entry;
    gboolean from_catalog;
    KbVerifyResult *result;
    gboolean knows_difference;
    KbDifference difference;
} KbChecked;

/**
 * KbInside:
 * @entry: a backup, or what a restore has replaced
 * @summary: (nullable): what is in it
 * @version: (nullable): the version of Kolibri that it is of
 * @knows_difference: whether @difference could be read
 * @difference: what has been done since it was made
 *
 * What is in a backup, to be compared with what there is now.
 */
typedef struct {
    KbEntry *entry;
    KbSummary *summary;
    char *version;
    gboolean knows_difference;
    KbDifference difference;
} KbInside;

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

KbJob *kb_tasks_look (const char *home_path,
                      const char *remembered,
                      KbHome *home,
                      unsigned old_after_days);
KbJob *kb_tasks_find_homes (const char *home_path);
KbJob *kb_tasks_backup (KbHome *home, const char *copy_folder);
KbJob *kb_tasks_check (KbHome *home, KbEntry *entry);
KbJob *kb_tasks_check_file (KbHome *home, const char *path);
KbJob *kb_tasks_restore (KbHome *home, const KbChecked *checked, gboolean stop_kolibri);
KbJob *kb_tasks_find_undo (KbHome *home, const char *name);
KbJob *kb_tasks_undo (KbHome *home, const KbUndoable *undoable, gboolean stop_kolibri);

KbJob *kb_tasks_look_inside (KbHome *home, KbEntry *entry);
KbJob *kb_tasks_keep (KbHome *home, KbEntry *entry, gboolean is_kept);
KbJob *kb_tasks_keep_all (KbHome *home, GPtrArray *entries);
KbJob *kb_tasks_note (KbHome *home, KbEntry *entry, const char *text);
KbJob *kb_tasks_delete (KbHome *home, KbEntry *entry);
KbJob *kb_tasks_undelete (KbHome *home, const char *name);
KbJob *kb_tasks_empty_deleted (KbHome *home, const char *name);
KbJob *kb_tasks_find_drives (void);
KbJob *kb_tasks_copy (KbHome *home, KbEntry *entry, const char *folder);
KbJob *kb_tasks_import (KbHome *home, const char *path);
KbJob *
kb_tasks_save_report (const char *path, KbHome *home, KbOperation operation, const GError *error);

void kb_look_free (KbLook *self);
void kb_backed_up_free (KbBackedUp *self);
void kb_inside_free (KbInside *self);
void kb_checked_free (KbChecked *self);
void kb_undoable_free (KbUndoable *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbLook, kb_look_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbBackedUp, kb_backed_up_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbInside, kb_inside_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbChecked, kb_checked_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbUndoable, kb_undoable_free)

G_END_DECLS
