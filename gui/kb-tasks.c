/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "kb-tasks.h"

#include "kb-error.h"

/* What a job takes along: a copy of all that it needs. */
typedef struct {
    char *path;
    KbHome *home;
    KbEntry *entry;
    gboolean from_catalog;
    gboolean stop_kolibri;
    unsigned old_after_days;
} Params;

static void
params_free (gpointer data)
{
    Params *self = data;

    g_free (self->path);
    kb_home_unref (self->home);
    kb_entry_unref (self->entry);
    g_free (self);
}

static Params *
params_new (const char *path, KbHome *home, KbEntry *entry)
{
    Params *self = g_new0 (Params, 1);

    self->path = g_strdup (path);
    self->home = home != NULL ? kb_home_ref (home) : NULL;
    self->entry = entry != NULL ? kb_entry_ref (entry) : NULL;
    return self;
}

/**
 * kb_look_free:
 * @self: (nullable) (transfer full): what there is
 */
void
kb_look_free (KbLook *self)
{
    if (self == NULL)
        return;
    kb_home_unref (self->home);
    g_clear_pointer (&self->entries, g_ptr_array_unref);
    kb_status_free (self->status);
    g_free (self);
}

/**
 * kb_checked_free:
 * @self: (nullable) (transfer full): a checked backup
 */
void
kb_checked_free (KbChecked *self)
{
    if (self == NULL)
        return;
    kb_entry_unref (self->entry);
    kb_verify_result_free (self->result);
    g_free (self);
}

/**
 * kb_undoable_free:
 * @self: (nullable) (transfer full): a restore that can be undone
 */
void
kb_undoable_free (KbUndoable *self)
{
    if (self == NULL)
        return;
    kb_kept_free (self->kept);
    g_free (self);
}

/* The first look finds the data folder, and puts right what an interrupted run has left; where
 * that is not for us to do, it is left to who may. */
static gpointer
look (gpointer data, G_GNUC_UNUSED KbProgress *progress, GCancellable *cancellable, GError **error)
{
    Params *params = data;
    g_autoptr (KbLook) self = g_new0 (KbLook, 1);
    g_autoptr (GError) local = NULL;

    if (params->home != NULL) {
        self->home = kb_home_ref (params->home);
    } else {
        self->home = kb_home_open (params->path, &local);
        if (self->home == NULL && !g_error_matches (local, KB_ERROR, KB_ERROR_NOT_FOUND)) {
            g_propagate_error (error, g_steal_pointer (&local));
            return NULL;
        }
        if (self->home != NULL)
            kb_recover_run (self->home, &self->recovered, NULL);
    }
    if (self->home == NULL) {
        self->entries = g_ptr_array_new();
        return g_steal_pointer (&self);
    }
    self->entries = kb_catalog_list (self->home, cancellable, error);
    if (self->entries == NULL)
        return NULL;
    self->status = kb_status_read (self->home, self->entries, params->old_after_days, cancellable);
    return g_steal_pointer (&self);
}

/**
 * kb_tasks_look:
 * @home_path: (nullable): the data folder to find; %NULL for the usual one
 * @home: (nullable): the data folder, when it has been found already
 * @old_after_days: from how many days on a backup counts as old
 *
 * Returns: (transfer full): a job whose result is a #KbLook
 */
KbJob *
kb_tasks_look (const char *home_path, KbHome *home, unsigned old_after_days)
{
    Params *params = params_new (home_path, home, NULL);

    params->old_after_days = old_after_days;
    return kb_job_new (look, params, params_free, (GDestroyNotify) kb_look_free);
}

static gpointer
backup (gpointer data, KbProgress *progress, GCancellable *cancellable, GError **error)
{
    const Params *params = data;
    const KbBackupOptions options = {.home = params->home, .program_version = KB_VERSION};

    return kb_backup_run (&options, progress, cancellable, error);
}

/**
 * kb_tasks_backup:
 * @home: the data folder
 *
 * Returns: (transfer full): a job whose result is a #KbBackupResult
 */
KbJob *
kb_tasks_backup (KbHome *home)
{
    return kb_job_new (backup, params_new (NULL, home, NULL), params_free,
                       (GDestroyNotify) kb_backup_result_free);
}

static gpointer
check (gpointer data, KbProgress *progress, GCancellable *cancellable, GError **error)
{
    const Params *params = data;
    g_autoptr (KbChecked) self = g_new0 (KbChecked, 1);

    self->from_catalog = TRUE;
    self->entry = kb_entry_ref (params->entry);
    self->result = kb_verify_entry (params->home, params->entry, progress, cancellable, error);
    return self->result != NULL ? g_steal_pointer (&self) : NULL;
}

static gpointer
check_file (gpointer data, KbProgress *progress, GCancellable *cancellable, GError **error)
{
    const Params *params = data;
    g_autoptr (KbChecked) self = g_new0 (KbChecked, 1);

    self->entry = kb_catalog_describe_file (params->path, error);
    if (self->entry == NULL)
        return NULL;
    self->result = kb_verify_run (params->path, TRUE, progress, cancellable, error);
    return self->result != NULL ? g_steal_pointer (&self) : NULL;
}

/**
 * kb_tasks_check:
 * @home: the data folder
 * @entry: a backup in it
 *
 * Returns: (transfer full): a job whose result is a #KbChecked
 */
KbJob *
kb_tasks_check (KbHome *home, KbEntry *entry)
{
    return kb_job_new (check, params_new (NULL, home, entry), params_free,
                       (GDestroyNotify) kb_checked_free);
}

/**
 * kb_tasks_check_file:
 * @path: a file from anywhere
 *
 * Returns: (transfer full): a job whose result is a #KbChecked
 */
KbJob *
kb_tasks_check_file (const char *path)
{
    return kb_job_new (check_file, params_new (path, NULL, NULL), params_free,
                       (GDestroyNotify) kb_checked_free);
}

static gpointer
restore (gpointer data, KbProgress *progress, GCancellable *cancellable, GError **error)
{
    const Params *params = data;
    const KbRestoreOptions options = {
        .home = params->home,
        .file = params->entry->path,
        .from_catalog = params->from_catalog,
        .accept_newer = TRUE, /* the dialog has warned */
        .stop_kolibri = params->stop_kolibri,
    };

    return kb_restore_run (&options, progress, cancellable, error);
}

/**
 * kb_tasks_restore:
 * @home: the data folder
 * @checked: the backup
 * @stop_kolibri: whether a running Kolibri may be stopped for it, and started again
 *
 * Returns: (transfer full): a job whose result is a #KbRestoreResult
 */
KbJob *
kb_tasks_restore (KbHome *home, const KbChecked *checked, gboolean stop_kolibri)
{
    Params *params = params_new (NULL, home, checked->entry);

    params->from_catalog = checked->from_catalog;
    params->stop_kolibri = stop_kolibri;
    return kb_job_new (restore, params, params_free, (GDestroyNotify) kb_restore_result_free);
}

static gpointer
find_undo (gpointer data,
           G_GNUC_UNUSED KbProgress *progress,
           G_GNUC_UNUSED GCancellable *cancellable,
           GError **error)
{
    const Params *params = data;
    g_autoptr (KbUndoable) self = g_new0 (KbUndoable, 1);

    self->kept = kb_undo_find (params->home, params->path, error);
    if (self->kept == NULL)
        return NULL;
    self->knows_difference = kb_undo_read_difference (params->home, self->kept, &self->difference);
    return g_steal_pointer (&self);
}

/**
 * kb_tasks_find_undo:
 * @home: the data folder
 * @name: (nullable): the name of what a restore has replaced; %NULL for the last one
 *
 * Looks at what an undo would bring back, and what it would take away.
 *
 * Returns: (transfer full): a job whose result is a #KbUndoable
 */
KbJob *
kb_tasks_find_undo (KbHome *home, const char *name)
{
    return kb_job_new (find_undo, params_new (name, home, NULL), params_free,
                       (GDestroyNotify) kb_undoable_free);
}

static gpointer
undo (gpointer data, KbProgress *progress, GCancellable *cancellable, GError **error)
{
    const Params *params = data;
    const KbUndoOptions options = {
        .home = params->home,
        .name = params->path,
        .accept_newer = TRUE, /* it was in use here before */
        .stop_kolibri = params->stop_kolibri,
    };

    return kb_undo_run (&options, progress, cancellable, error);
}

/**
 * kb_tasks_undo:
 * @home: the data folder
 * @undoable: the restore
 * @stop_kolibri: whether a running Kolibri may be stopped for it, and started again
 *
 * Returns: (transfer full): a job whose result is a #KbUndoResult
 */
KbJob *
kb_tasks_undo (KbHome *home, const KbUndoable *undoable, gboolean stop_kolibri)
{
    Params *params = params_new (undoable->kept->name, home, NULL);

    params->stop_kolibri = stop_kolibri;
    return kb_job_new (undo, params, params_free, (GDestroyNotify) kb_undo_result_free);
}
