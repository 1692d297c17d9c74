/* SPDX-License-Identifier: MIT */
#pragma once

/* Brings a finished database into use: steps 3 to 7 of design.md §4. Whatever happens on the way,
 * the database in use is wholly the old or wholly the new one. */

#include "kb-home.h"
#include "kb-lock.h"
#include "kb-progress.h"

G_BEGIN_DECLS

/**
 * KbReplaceStep:
 * @KB_REPLACE_RECORDED: `restore.ini` is on the disk
 * @KB_REPLACE_STOPPED: Kolibri does not run
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
    KB_REPLACE_STOPPED,
    KB_REPLACE_HELD,
    KB_REPLACE_KEPT,
    KB_REPLACE_FOLDED,
    KB_REPLACE_COPIED,
    KB_REPLACE_MARKED,
    KB_REPLACE_COMMITTED,
    KB_REPLACE_TIDIED,
    KB_REPLACE_RELEASED,
    KB_N_REPLACE_STEPS /*< skip >*/
} KbReplaceStep;

/**
 * KbReplaceHook:
 * @step: the step that has just ended
 * @user_data: as given
 * @error: return location for a #GError
 *
 * Called in the worker after each step. Failing makes the step fail.
 */
typedef gboolean (*KbReplaceHook) (KbReplaceStep step, gpointer user_data, GError **error);

/**
 * KbReplaceOptions:
 * @home: the data folder, whose lock the caller holds
 * @owner: to whom what is written shall belong
 * @source: the database to bring in; only read, unless it is kb_home_get_scratch()
 * @source_is_damaged: whether @source is no database that SQLite opens, and has journals beside it:
 *     it is renamed into place instead of copied in
 * @new_version: (nullable): what `.data_version` shall say afterwards
 * @new_id: (nullable): Morango's id of the database to bring in; no other has it
 * @is_undo: whether this is an undo
 * @stop_kolibri: whether a running Kolibri may be stopped, and started again
 * @hook: (nullable): called after each step
 * @hook_data: for @hook
 */
typedef struct {
    KbHome *home;
    const KbOwner *owner;
    const char *source;
    gboolean source_is_damaged;
    const char *new_version;
    const char *new_id;
    gboolean is_undo;
    gboolean stop_kolibri;
    KbReplaceHook hook;
    gpointer hook_data;
} KbReplaceOptions;

/**
 * KbReplaceResult:
 * @kept: the name under which the old data is kept; %NULL when there was none
 * @was_damaged: whether the old database could not be opened any more
 * @kolibri_was_stopped: whether Kolibri ran before
 * @kolibri_was_started: whether it was then started again
 */
typedef struct {
    char *kept;
    gboolean was_damaged;
    gboolean kolibri_was_stopped;
    gboolean kolibri_was_started;
} KbReplaceResult;

KbLock *kb_replace_enter (const KbHome *home, KbOwner *owner, GError **error);
gboolean kb_replace_refuse_newer (const char *version,
                                  const char *installed_version,
                                  const char *data_version,
                                  gboolean accept_newer,
                                  GError **error);
gboolean kb_replace_refuse_running (const KbHome *home, GCancellable *cancellable, GError **error);
gboolean kb_replace_refuse_hopeless (const KbHome *home,
                                     gboolean stop_kolibri,
                                     GCancellable *cancellable,
                                     GError **error);
gboolean kb_replace_run (const KbReplaceOptions *options,
                         KbReplaceResult *result,
                         KbProgress *progress,
                         GCancellable *cancellable,
                         GError **error);

G_END_DECLS
