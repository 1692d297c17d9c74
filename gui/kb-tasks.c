/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "kb-tasks.h"

#include "kb-catalog-delete.h"
#include "kb-error.h"
#include "kb-tasks-private.h"

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
    g_free (self->lost);
    g_clear_pointer (&self->entries, g_ptr_array_unref);
    kb_status_free (self->status);
    kb_entry_unref (self->found);
    g_free (self->found_on);
    g_free (self);
}

/**
 * kb_backed_up_free:
 * @self: (nullable) (transfer full): a backup that was made
 */
void
kb_backed_up_free (KbBackedUp *self)
{
    if (self == NULL)
        return;
    kb_backup_result_free (self->result);
    kb_copy_result_free (self->copy);
    g_clear_error (&self->copy_error);
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

/* Who deletes a backup to make space has that space for what comes next. What cannot be removed
 * now is removed at the next start. */
static void
free_deleted (KbHome *home)
{
    kb_catalog_empty_deleted (home, NULL, NULL);
}

/* Who starts anew on this computer may have backups on a drive. */
static void
find_on_drives (KbLook *self, GCancellable *cancellable)
{
    g_autoptr (GPtrArray) drives = kb_drive_list();
    const KbDrive *drive;

    self->found = kb_drive_find_backup (drives, cancellable, &drive);
    if (self->found != NULL)
        self->found_on = g_strdup (drive->name);
}

/* The folder that was asked for, else the one of the last time, else the usual one. KOLIBRI_HOME
 * comes before what was remembered, as it does for Kolibri. */
static KbHome *
open_home (KbLook *self, const KbTaskParams *params, GError **error)
{
    const char *variable = g_getenv ("KOLIBRI_HOME");
    g_autoptr (GError) local = NULL;

    if (params->path != NULL || params->text == NULL || (variable != NULL && *variable != '\0'))
        return kb_home_open (params->path, error);
    g_autoptr (KbHome) home = kb_home_open (params->text, &local);
    if (home != NULL && kb_home_looks_like_one (home))
        return g_steal_pointer (&home);
    if (home == NULL && !g_error_matches (local, KB_ERROR, KB_ERROR_NOT_FOUND)) {
        g_propagate_error (error, g_steal_pointer (&local));
        return NULL;
    }
    self->lost = g_strdup (params->text);
    return kb_home_open (NULL, error);
}

/* The first look finds the data folder, and puts right what an interrupted run has left; where
 * that is not for us to do, it is left to who may. */
static gpointer
look (gpointer data, G_GNUC_UNUSED KbProgress *progress, GCancellable *cancellable, GError **error)
{
    KbTaskParams *params = data;
    g_autoptr (KbLook) self = g_new0 (KbLook, 1);
    g_autoptr (GError) local = NULL;

    if (params->home != NULL) {
        self->home = kb_home_ref (params->home);
    } else {
        self->home = open_home (self, params, &local);
        if (self->home == NULL && !g_error_matches (local, KB_ERROR, KB_ERROR_NOT_FOUND)) {
            g_propagate_error (error, g_steal_pointer (&local));
            return NULL;
        }
        if (self->home != NULL) {
            kb_recover_run (self->home, &self->recovered, NULL);
            free_deleted (self->home);
        }
    }
    if (self->home == NULL) {
        self->entries = g_ptr_array_new();
        return g_steal_pointer (&self);
    }
    self->entries = kb_catalog_list (self->home, cancellable, error);
    if (self->entries == NULL)
        return NULL;
    if (self->entries->len == 0)
        find_on_drives (self, cancellable);
    self->status = kb_status_read (self->home, self->entries, params->old_after_days, cancellable);
    return g_steal_pointer (&self);
}

/**
 * kb_tasks_look:
 * @home_path: (nullable): the data folder to find; %NULL for the usual one
 * @remembered: the data folder that was chosen the last time; "" for none
 * @home: (nullable): the data folder, when it has been found already
 * @old_after_days: from how many days on a backup counts as old
 *
 * Returns: (transfer full): a job whose result is a #KbLook
 */
KbJob *
kb_tasks_look (const char *home_path, const char *remembered, KbHome *home, unsigned old_after_days)
{
    KbTaskParams *params = kb_task_params_new (home_path, home, NULL);

    params->text = *remembered != '\0' ? g_strdup (remembered) : NULL;
    params->old_after_days = old_after_days;
    return kb_job_new (look, params, kb_task_params_free, (GDestroyNotify) kb_look_free);
}

static gpointer
find_homes (gpointer data,
            G_GNUC_UNUSED KbProgress *progress,
            G_GNUC_UNUSED GCancellable *cancellable,
            G_GNUC_UNUSED GError **error)
{
    const KbTaskParams *params = data;

    return params->path != NULL ? kb_find_homes_around (NULL, params->path) : kb_find_homes (NULL);
}

/**
 * kb_tasks_find_homes:
 * @home_path: (nullable): the one that is shown, to come first
 *
 * Returns: (transfer full): a job whose result is a #GPtrArray of #KbFound
 */
KbJob *
kb_tasks_find_homes (const char *home_path)
{
    return kb_job_new (find_homes, kb_task_params_new (home_path, NULL, NULL), kb_task_params_free,
                       (GDestroyNotify) g_ptr_array_unref);
}

/* A backup is a success, whatever becomes of its copy. */
static void
copy_backup (KbBackedUp *self,
             const KbTaskParams *params,
             KbProgress *progress,
             GCancellable *cancellable)
{
    g_autoptr (KbEntry) entry =
        kb_catalog_find (params->home, self->result->name, &self->copy_error);

    if (entry != NULL)
        self->copy = kb_tasks_run_copy (params->home, entry, TRUE, params->path, progress,
                                        cancellable, &self->copy_error);
}

static gpointer
backup (gpointer data, KbProgress *progress, GCancellable *cancellable, GError **error)
{
    const KbTaskParams *params = data;
    const KbBackupOptions options = {.home = params->home, .program_version = KB_VERSION};
    g_autoptr (KbBackedUp) self = g_new0 (KbBackedUp, 1);

    free_deleted (params->home);
    self->result = kb_backup_run (&options, progress, cancellable, error);
    if (self->result == NULL)
        return NULL;
    if (*params->path != '\0')
        copy_backup (self, params, progress, cancellable);
    return g_steal_pointer (&self);
}

/**
 * kb_tasks_backup:
 * @home: the data folder
 * @copy_folder: where else to copy the backup; "" for nowhere
 *
 * Returns: (transfer full): a job whose result is a #KbBackedUp
 */
KbJob *
kb_tasks_backup (KbHome *home, const char *copy_folder)
{
    return kb_job_new (backup, kb_task_params_new (copy_folder, home, NULL), kb_task_params_free,
                       (GDestroyNotify) kb_backed_up_free);
}

/* What a restore would take away; clocks and damaged data may leave it unknown. */
static void
read_difference (KbChecked *self, const KbTaskParams *params, GCancellable *cancellable)
{
    GDateTime *time = self->entry->time != NULL ? self->entry->time : self->result->time;

    self->knows_difference =
        time != NULL && kb_difference_since_backup (params->home, time, self->result->summary,
                                                    &self->difference, cancellable, NULL);
}

static gpointer
check (gpointer data, KbProgress *progress, GCancellable *cancellable, GError **error)
{
    const KbTaskParams *params = data;
    g_autoptr (KbChecked) self = g_new0 (KbChecked, 1);

    self->from_catalog = TRUE;
    self->entry = kb_entry_ref (params->entry);
    self->result = kb_verify_entry (params->home, params->entry, progress, cancellable, error);
    if (self->result == NULL)
        return NULL;
    read_difference (self, params, cancellable);
    return g_steal_pointer (&self);
}

static gpointer
check_file (gpointer data, KbProgress *progress, GCancellable *cancellable, GError **error)
{
    const KbTaskParams *params = data;
    g_autoptr (KbChecked) self = g_new0 (KbChecked, 1);

    self->entry = kb_catalog_describe_file (params->path, error);
    if (self->entry == NULL)
        return NULL;
    self->result = kb_verify_run (params->path, TRUE, progress, cancellable, error);
    if (self->result == NULL)
        return NULL;
    read_difference (self, params, cancellable);
    return g_steal_pointer (&self);
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
    return kb_job_new (check, kb_task_params_new (NULL, home, entry), kb_task_params_free,
                       (GDestroyNotify) kb_checked_free);
}

/**
 * kb_tasks_check_file:
 * @home: the data folder
 * @path: a file from anywhere
 *
 * Returns: (transfer full): a job whose result is a #KbChecked
 */
KbJob *
kb_tasks_check_file (KbHome *home, const char *path)
{
    return kb_job_new (check_file, kb_task_params_new (path, home, NULL), kb_task_params_free,
                       (GDestroyNotify) kb_checked_free);
}

static gpointer
restore (gpointer data, KbProgress *progress, GCancellable *cancellable, GError **error)
{
    const KbTaskParams *params = data;
    const KbRestoreOptions options = {
        .home = params->home,
        .file = params->entry->path,
        .from_catalog = params->from_catalog,
        .accept_newer = TRUE, /* the dialog has warned */
        .stop_kolibri = params->stop_kolibri,
    };

    free_deleted (params->home);
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
    KbTaskParams *params = kb_task_params_new (NULL, home, checked->entry);

    params->from_catalog = checked->from_catalog;
    params->stop_kolibri = stop_kolibri;
    return kb_job_new (restore, params, kb_task_params_free,
                       (GDestroyNotify) kb_restore_result_free);
}

static gpointer
find_undo (gpointer data,
           G_GNUC_UNUSED KbProgress *progress,
           G_GNUC_UNUSED GCancellable *cancellable,
           GError **error)
{
    const KbTaskParams *params = data;
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
    return kb_job_new (find_undo, kb_task_params_new (name, home, NULL), kb_task_params_free,
                       (GDestroyNotify) kb_undoable_free);
}

static gpointer
undo (gpointer data, KbProgress *progress, GCancellable *cancellable, GError **error)
{
    const KbTaskParams *params = data;
    const KbUndoOptions options = {
        .home = params->home,
        .name = params->path,
        .accept_newer = TRUE, /* it was in use here before */
        .stop_kolibri = params->stop_kolibri,
    };

    free_deleted (params->home);
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
    KbTaskParams *params = kb_task_params_new (undoable->kept->name, home, NULL);

    params->stop_kolibri = stop_kolibri;
    return kb_job_new (undo, params, kb_task_params_free, (GDestroyNotify) kb_undo_result_free);
}
