/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-difference.h"
#include "kb-kept.h"
#include "kb-replace.h"

G_BEGIN_DECLS

/**
 * KbUndoOptions:
 * @home: the data folder
 * @name: (nullable): which kept data to bring back; %NULL for what was replaced last
 * @accept_newer: as in #KbRestoreOptions
 * @stop_kolibri: whether a running Kolibri may be stopped, and started again
 * @hook: (nullable): for tests
 * @hook_data: for @hook
 */
typedef struct {
    KbHome *home;
    const char *name;
    gboolean accept_newer;
    gboolean stop_kolibri;
    KbReplaceHook hook;
    gpointer hook_data;
} KbUndoOptions;

/**
 * KbUndoResult:
 * @undone: the kept data that was brought back
 * @kept: (nullable): the name under which the data that was there before is kept now
 * @kolibri_was_stopped: whether Kolibri ran before
 * @kolibri_was_started: whether it was then started again
 */
typedef struct {
    KbKept *undone;
    char *kept;
    gboolean kolibri_was_stopped;
    gboolean kolibri_was_started;
} KbUndoResult;

KbUndoResult *kb_undo_run (const KbUndoOptions *options,
                           KbProgress *progress,
                           GCancellable *cancellable,
                           GError **error);
void kb_undo_result_free (KbUndoResult *self);

KbKept *kb_undo_find (const KbHome *home, const char *name, GError **error);
gboolean kb_undo_read_difference (const KbHome *home, const KbKept *kept, KbDifference *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbUndoResult, kb_undo_result_free)

G_END_DECLS
