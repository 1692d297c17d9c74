/* SPDX-License-Identifier: MIT */
#include "kb-undo.h"

#include "kb-error.h"
#include "kb-file.h"
#include "kb-morango.h"
#include "kb-recover.h"
#include "kb-sqlite.h"

typedef struct {
    const KbUndoOptions *options;
    KbProgress *progress;
    GCancellable *cancellable;
    KbOwner owner;
    KbKept *kept;
    gboolean is_first_use;
} Run;

/**
 * kb_undo_result_free:
 * @self: (nullable) (transfer full): a result
 */
void
kb_undo_result_free (KbUndoResult *self)
{
    if (self == NULL)
        return;
    kb_kept_free (self->undone);
    g_free (self->kept);
    g_free (self);
}

/**
 * kb_undo_find:
 * @home: a data folder
 * @name: (nullable): the name of kept data; %NULL for what was replaced last
 * @error: return location for a #GError
 *
 * Says what an undo would bring back.
 *
 * Errors: %KB_ERROR_NOT_FOUND, %KB_ERROR_PERMISSION, %KB_ERROR_IO.
 *
 * Returns: (transfer full): the kept data
 */
KbKept *
kb_undo_find (const KbHome *home, const char *name, GError **error)
{
    return name != NULL ? kb_kept_load (home, name, error) : kb_kept_find_latest (home, error);
}

/**
 * kb_undo_read_difference:
 * @home: a data folder
 * @kept: what a restore has replaced
 * @out: (out): what has been done since that restore
 *
 * Says what an undo would take away.
 *
 * Returns: %TRUE if that can be known
 */
gboolean
kb_undo_read_difference (const KbHome *home, const KbKept *kept, KbDifference *out)
{
    return kept->time != NULL &&
           kb_difference_of_data (kb_home_get_database (home), kept->time, out, NULL);
}

/* The first time, data goes back with its own database id: nothing has used it since. */
static gboolean
has_fresh_id (Run *self)
{
    g_autoptr (KbSqlite) db =
        kb_sqlite_open_for_reading (kb_home_get_database (self->options->home), NULL);
    g_autofree char *live_id = db != NULL ? kb_morango_read_current_id (db, NULL) : NULL;

    return !self->kept->was_used && g_strcmp0 (live_id, self->kept->database_id) != 0;
}

/* Every later time it needs a new one, as in a restore: its sync counters have been used. So a copy
 * is brought in, and the kept data stays as it is. */
static char *
copy_with_new_id (Run *self, GError **error)
{
    const char *scratch = kb_home_get_scratch (self->options->home);

    if (!kb_file_copy (self->kept->database, scratch, &self->owner, self->progress,
                       self->cancellable, error))
        return NULL;
    g_autoptr (KbSqlite) db = kb_sqlite_open (scratch, SQLITE_OPEN_READWRITE, error);
    return db != NULL ? kb_morango_add_current_id (db, error) : NULL;
}

/* Just before the commit the kept data counts as used, so that its id never comes twice. */
static gboolean
on_step (KbReplaceStep step, gpointer user_data, GError **error)
{
    Run *self = user_data;
    const KbUndoOptions *options = self->options;

    if (step == KB_REPLACE_MARKED && self->is_first_use) {
        self->kept->was_used = TRUE;
        if (!kb_kept_save (self->kept, self->kept->dir, &self->owner, error))
            return FALSE;
    }
    return options->hook == NULL || options->hook (step, options->hook_data, error);
}

static gboolean
replace (Run *self, KbReplaceResult *replaced, GError **error)
{
    g_autofree char *new_id = NULL;
    g_autoptr (GError) local = NULL;
    KbReplaceOptions options = {
        .home = self->options->home,
        .owner = &self->owner,
        .source = self->kept->database,
        .source_is_damaged = self->kept->was_damaged,
        .new_version = self->kept->data_version,
        .new_id = self->kept->database_id,
        .is_undo = TRUE,
        .stop_kolibri = self->options->stop_kolibri,
        .hook = on_step,
        .hook_data = self,
    };

    self->is_first_use = self->kept->was_damaged || has_fresh_id (self);
    if (!self->is_first_use) {
        new_id = copy_with_new_id (self, &local);
        if (local != NULL) {
            g_propagate_error (error, g_steal_pointer (&local));
            return FALSE;
        }
        options.source = kb_home_get_scratch (self->options->home);
        options.new_id = new_id;
    }
    return kb_replace_run (&options, replaced, self->progress, self->cancellable, error);
}

static KbUndoResult *
run_locked (Run *self, GError **error)
{
    g_autofree char *installed_version = kb_home_find_program_version (self->options->home);
    g_autoptr (KbKept) kept = kb_undo_find (self->options->home, self->options->name, error);
    g_autofree char *data_version = NULL;
    KbReplaceResult replaced;

    self->kept = kept;
    if (kept == NULL || !kb_home_load_data_version (self->options->home, &data_version, error) ||
        !kb_replace_refuse_newer (kept->data_version, installed_version, data_version,
                                  self->options->accept_newer, error) ||
        !replace (self, &replaced, error))
        return NULL;

    KbUndoResult *result = g_new0 (KbUndoResult, 1);
    result->undone = g_steal_pointer (&kept);
    result->kept = replaced.kept;
    result->kolibri_was_stopped = replaced.kolibri_was_stopped;
    result->kolibri_was_started = replaced.kolibri_was_started;
    kb_progress_set (self->progress, KB_PHASE_DONE, 1, 1);
    return result;
}

/**
 * kb_undo_run:
 * @options: what to bring back, and where
 * @progress: (nullable): counts bytes, then pages
 * @cancellable: (nullable): looked at every 256 pages, until just before the commit
 * @error: return location for a #GError
 *
 * Undoes a restore: keeps the data in use and brings back what the restore replaced, exactly as it
 * was, with its `.data_version`. An undo can be undone. Blocks; call it from a worker thread.
 *
 * Errors: %KB_ERROR_NOT_FOUND when there is nothing to undo, %KB_ERROR_TOO_NEW when the installed
 * Kolibri is older than the data, and as kb_restore_run(). With any of them the data in use is
 * unchanged.
 *
 * Returns: (transfer full): what happened
 */
KbUndoResult *
kb_undo_run (const KbUndoOptions *options,
             KbProgress *progress,
             GCancellable *cancellable,
             GError **error)
{
    static const KbPhaseWeight plan[] = {
        {KB_PHASE_PREPARING, 1}, {KB_PHASE_COPYING, 14},   {KB_PHASE_STOPPING, 5},
        {KB_PHASE_KEEPING, 25},  {KB_PHASE_REPLACING, 40}, {KB_PHASE_COMMITTING, 10},
        {KB_PHASE_STARTING, 5},
    };
    Run self = {.options = options, .progress = progress, .cancellable = cancellable};
    KbRecovered recovered;

    kb_progress_plan (progress, plan, G_N_ELEMENTS (plan));
    kb_progress_set (progress, KB_PHASE_PREPARING, 0, 0);
    g_autoptr (KbLock) lock = kb_replace_enter (options->home, &self.owner, error);
    if (lock == NULL ||
        !kb_replace_refuse_hopeless (options->home, options->stop_kolibri, cancellable, error))
        return NULL;
    KbUndoResult *result = run_locked (&self, error);
    if (result == NULL) /* what was copied is of no use */
        kb_recover_locked (options->home, &self.owner, &recovered, NULL);
    return result;
}
