/* SPDX-License-Identifier: MIT */
#pragma once

/* Brings a finished database into use: steps 3 to 7 of design.md §4. Whatever happens on the way,
 * the database in use is wholly the old or wholly the new one. */

#include "kb-home.h"
#include "kb-progress.h"

G_BEGIN_DECLS

/**
 * KbReplaceStep:
 * @KB_REPLACE_RECORDED: `restore.ini` is on the disk
 * @KB_REPLACE_HELD: the database in use is ours alone
 * @KB_REPLACE_KEPT: the old data is kept, synced, and has its name
 * @KB_REPLACE_FOLDED: the log is folded in
 * @KB_REPLACE_COPIED: all pages but one are copied
 * @KB_REPLACE_MARKED: `.data_version` says the lower version
 * @KB_REPLACE_COMMITTED: the new data counts
 * @KB_REPLACE_TIDIED: `.data_version` says the new version, the log is folded in
 * @KB_REPLACE_RELEASED: everybody may use the database again
 *
 * The steps, each behind one function. Tests stop and look after each.
 */
typedef enum {
    KB_REPLACE_RECORDED,
    KB_REPLACE_HELD,
    KB_REPLACE_KEPT,
    KB_REPLACE_FOLDED,
    KB_REPLACE_COPIED,
    KB_REPLACE_MARKED,
    KB_REPLACE_COMMITTED,
    KB_REPLACE_TIDIED,
    KB_REPLACE_RELEASED,
} KbReplaceStep;

/**
 * KbReplaceHook:
 * @step: the step that has just ended
 * @user_data: as given
 * @error: return location for a #GError
 *
 * For tests: called in the worker after each step. Failing makes the step fail.
 */
typedef gboolean (*KbReplaceHook) (KbReplaceStep step, gpointer user_data, GError **error);

/**
 * KbReplaceOptions:
 * @home: the data folder, whose lock the caller holds
 * @owner: to whom what is written shall belong
 * @source: the database to bring in
 * @new_version: (nullable): what `.data_version` shall say afterwards
 * @new_id: Morango's id of the database to bring in; no other has it
 * @is_undo: whether this is an undo
 * @hook: (nullable): for tests
 * @hook_data: for @hook
 */
typedef struct {
    KbHome *home;
    const KbOwner *owner;
    const char *source;
    const char *new_version;
    const char *new_id;
    gboolean is_undo;
    KbReplaceHook hook;
    gpointer hook_data;
} KbReplaceOptions;

/**
 * KbReplaceResult:
 * @kept: the name under which the old data is kept; %NULL when there was none
 * @was_damaged: whether the old database could not be opened any more
 */
typedef struct {
    char *kept;
    gboolean was_damaged;
} KbReplaceResult;

gboolean kb_replace_run (const KbReplaceOptions *options,
                         KbReplaceResult *result,
                         KbProgress *progress,
                         GCancellable *cancellable,
                         GError **error);

G_END_DECLS
