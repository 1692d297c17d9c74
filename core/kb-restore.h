/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-replace.h"
#include "kb-summary.h"

G_BEGIN_DECLS

/**
 * KbRestoreOptions:
 * @home: the data folder
 * @file: the backup
 * @from_catalog: whether @file is a name of the catalog, which may not be a symbolic link
 * @accept_newer: whether data may be brought in that is newer than what is there, where no
 *     installed Kolibri can be found to compare with
 * @stop_kolibri: whether a running Kolibri may be stopped, and started again
 * @hook: (nullable): for tests
 * @hook_data: for @hook
 */
typedef struct {
    KbHome *home;
    const char *file;
    gboolean from_catalog;
    gboolean accept_newer;
    gboolean stop_kolibri;
    KbReplaceHook hook;
    gpointer hook_data;
} KbRestoreOptions;

/**
 * KbRestoreResult:
 * @version: the version of the restored data
 * @version_is_disputed: whether name and rows disagree; @version is the lower one then
 * @will_upgrade: whether the installed Kolibri will upgrade the data when it starts
 * @summary: what is in it
 * @kept: (nullable): the name under which the replaced data is kept
 * @was_damaged: whether the replaced data could not be opened any more
 * @kolibri_was_stopped: whether Kolibri ran before
 * @kolibri_was_started: whether it was then started again
 */
typedef struct {
    char *version;
    gboolean version_is_disputed;
    gboolean will_upgrade;
    KbSummary *summary;
    char *kept;
    gboolean was_damaged;
    gboolean kolibri_was_stopped;
    gboolean kolibri_was_started;
} KbRestoreResult;

KbRestoreResult *kb_restore_run (const KbRestoreOptions *options,
                                 KbProgress *progress,
                                 GCancellable *cancellable,
                                 GError **error);
void kb_restore_result_free (KbRestoreResult *self);

gboolean kb_restore_needs_consent (const char *version,
                                   const char *installed_version,
                                   const char *data_version);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbRestoreResult, kb_restore_result_free)

G_END_DECLS
