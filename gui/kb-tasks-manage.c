/* SPDX-License-Identifier: MIT */
/* The jobs that look after backups: see inside, keep, note, delete, copy, import. */
#include "config.h"

#include "kb-catalog-change.h"
#include "kb-catalog-delete.h"
#include "kb-error.h"
#include "kb-report.h"
#include "kb-tasks-private.h"
#include "kb-text-result.h"

#include <string.h>

/* Where the platform's notion of success is all there is to say. */
static gpointer
done (gboolean success)
{
    return success ? g_strdup ("") : NULL;
}

/**
 * kb_task_params_free:
 * @data: (transfer full): a #KbTaskParams
 */
void
kb_task_params_free (gpointer data)
{
    KbTaskParams *self = data;

    g_free (self->path);
    g_free (self->text);
    kb_home_unref (self->home);
    kb_entry_unref (self->entry);
    g_clear_pointer (&self->entries, g_ptr_array_unref);
    g_clear_error (&self->error);
    g_free (self);
}

/**
 * kb_task_params_new:
 * @path: (nullable): a file, a folder, or a name
 * @home: (nullable): the data folder
 * @entry: (nullable): a backup in it
 *
 * Returns: (transfer full): what a job takes along
 */
KbTaskParams *
kb_task_params_new (const char *path, KbHome *home, KbEntry *entry)
{
    KbTaskParams *self = g_new0 (KbTaskParams, 1);

    self->path = g_strdup (path);
    self->home = home != NULL ? kb_home_ref (home) : NULL;
    self->entry = entry != NULL ? kb_entry_ref (entry) : NULL;
    return self;
}

/**
 * kb_inside_free:
 * @self: (nullable) (transfer full): what is in a backup
 */
void
kb_inside_free (KbInside *self)
{
    if (self == NULL)
        return;
    kb_entry_unref (self->entry);
    kb_summary_free (self->summary);
    g_free (self->version);
    g_free (self);
}

static gboolean
find_summary (KbInside *self,
              const KbTaskParams *params,
              KbProgress *progress,
              GCancellable *cancellable,
              GError **error)
{
    const KbEntry *entry = params->entry;

    self->version = g_strdup (entry->version);
    self->summary = kb_summary_copy (entry->summary);
    if (self->summary != NULL || entry->origin == KB_ORIGIN_BEFORE_RESTORE)
        return TRUE;
    g_autoptr (KbVerifyResult) found =
        kb_verify_entry (params->home, params->entry, progress, cancellable, error);
    if (found == NULL)
        return FALSE;
    self->summary = kb_summary_copy (found->summary);
    g_free (self->version);
    self->version = g_strdup (found->version);
    return TRUE;
}

/* Ours say what is in them; the others are loaded once, and then it is remembered. */
static gpointer
look_inside (gpointer data, KbProgress *progress, GCancellable *cancellable, GError **error)
{
    const KbTaskParams *params = data;
    g_autoptr (KbInside) self = g_new0 (KbInside, 1);

    self->entry = kb_entry_ref (params->entry);
    if (!find_summary (self, params, progress, cancellable, error))
        return NULL;
    self->knows_difference =
        self->entry->time != NULL &&
        kb_difference_since_backup (params->home, self->entry->time, self->summary,
                                    &self->difference, cancellable, NULL);
    return g_steal_pointer (&self);
}

/**
 * kb_tasks_look_inside:
 * @home: the data folder
 * @entry: a backup in it
 *
 * Returns: (transfer full): a job whose result is a #KbInside
 */
KbJob *
kb_tasks_look_inside (KbHome *home, KbEntry *entry)
{
    return kb_job_new (look_inside, kb_task_params_new (NULL, home, entry), kb_task_params_free,
                       (GDestroyNotify) kb_inside_free);
}

static gpointer
keep (gpointer data,
      G_GNUC_UNUSED KbProgress *progress,
      G_GNUC_UNUSED GCancellable *cancellable,
      GError **error)
{
    const KbTaskParams *params = data;

    return done (kb_catalog_set_keep (params->home, params->entry->name, params->keep, error));
}

/**
 * kb_tasks_keep:
 * @home: the data folder
 * @entry: a backup in it
 * @is_kept: whether it is to be kept
 *
 * Returns: (transfer full): a job whose result is not %NULL on success
 */
KbJob *
kb_tasks_keep (KbHome *home, KbEntry *entry, gboolean is_kept)
{
    KbTaskParams *params = kb_task_params_new (NULL, home, entry);

    params->keep = is_kept;
    return kb_job_new (keep, params, kb_task_params_free, g_free);
}

static gpointer
keep_all (gpointer data,
          G_GNUC_UNUSED KbProgress *progress,
          G_GNUC_UNUSED GCancellable *cancellable,
          GError **error)
{
    const KbTaskParams *params = data;

    for (guint i = 0; i < params->entries->len; i++) {
        const KbEntry *entry = params->entries->pdata[i];
        if (!kb_catalog_set_keep (params->home, entry->name, TRUE, error))
            return NULL;
    }
    return done (TRUE);
}

/**
 * kb_tasks_keep_all:
 * @home: the data folder
 * @entries: (element-type KbEntry): backups in it; they do not change any more
 *
 * Returns: (transfer full): a job whose result is not %NULL on success
 */
KbJob *
kb_tasks_keep_all (KbHome *home, GPtrArray *entries)
{
    KbTaskParams *params = kb_task_params_new (NULL, home, NULL);

    params->entries = g_ptr_array_ref (entries);
    return kb_job_new (keep_all, params, kb_task_params_free, g_free);
}

static gpointer
note (gpointer data,
      G_GNUC_UNUSED KbProgress *progress,
      G_GNUC_UNUSED GCancellable *cancellable,
      GError **error)
{
    const KbTaskParams *params = data;

    return done (kb_catalog_set_note (params->home, params->entry->name, params->text, error));
}

/**
 * kb_tasks_note:
 * @home: the data folder
 * @entry: a backup in it
 * @text: what to remember of it; "" for nothing
 *
 * Returns: (transfer full): a job whose result is not %NULL on success
 */
KbJob *
kb_tasks_note (KbHome *home, KbEntry *entry, const char *text)
{
    KbTaskParams *params = kb_task_params_new (NULL, home, entry);

    params->text = *text != '\0' ? g_strdup (text) : NULL;
    return kb_job_new (note, params, kb_task_params_free, g_free);
}

static gpointer delete (gpointer data,
                        G_GNUC_UNUSED KbProgress *progress,
                        G_GNUC_UNUSED GCancellable *cancellable,
                        GError **error)
{
    const KbTaskParams *params = data;

    return done (kb_catalog_delete (params->home, params->entry->name, error));
}

/**
 * kb_tasks_delete:
 * @home: the data folder
 * @entry: a backup in it, or what a restore has replaced
 *
 * Returns: (transfer full): a job whose result is not %NULL on success
 */
KbJob *
kb_tasks_delete (KbHome *home, KbEntry *entry)
{
    return kb_job_new (delete, kb_task_params_new (NULL, home, entry), kb_task_params_free, g_free);
}

static gpointer
undelete (gpointer data,
          G_GNUC_UNUSED KbProgress *progress,
          G_GNUC_UNUSED GCancellable *cancellable,
          GError **error)
{
    const KbTaskParams *params = data;

    return done (kb_catalog_undelete (params->home, params->path, error));
}

/**
 * kb_tasks_undelete:
 * @home: the data folder
 * @name: the name of a deleted backup
 *
 * Returns: (transfer full): a job whose result is not %NULL on success
 */
KbJob *
kb_tasks_undelete (KbHome *home, const char *name)
{
    return kb_job_new (undelete, kb_task_params_new (name, home, NULL), kb_task_params_free,
                       g_free);
}

static gpointer
empty_deleted (gpointer data,
               G_GNUC_UNUSED KbProgress *progress,
               G_GNUC_UNUSED GCancellable *cancellable,
               GError **error)
{
    const KbTaskParams *params = data;

    return done (kb_catalog_empty_deleted (params->home, params->path, error));
}

/**
 * kb_tasks_empty_deleted:
 * @home: the data folder
 * @name: the name of a deleted backup
 *
 * Returns: (transfer full): a job whose result is not %NULL on success
 */
KbJob *
kb_tasks_empty_deleted (KbHome *home, const char *name)
{
    return kb_job_new (empty_deleted, kb_task_params_new (name, home, NULL), kb_task_params_free,
                       g_free);
}

static gpointer
find_drives (G_GNUC_UNUSED gpointer data,
             G_GNUC_UNUSED KbProgress *progress,
             G_GNUC_UNUSED GCancellable *cancellable,
             G_GNUC_UNUSED GError **error)
{
    return kb_drive_list();
}

/**
 * kb_tasks_find_drives:
 *
 * Returns: (transfer full): a job whose result is a #GPtrArray of #KbDrive
 */
KbJob *
kb_tasks_find_drives (void)
{
    return kb_job_new (find_drives, NULL, NULL, (GDestroyNotify) g_ptr_array_unref);
}

/**
 * kb_tasks_run_copy:
 * @home: the data folder
 * @entry: what to copy
 * @from_catalog: whether @entry is of the list of @home
 * @folder: where to; made if only its last part is missing
 * @progress: to count in
 * @cancellable: to look at
 * @error: return location for a #GError
 *
 * Copies a backup, with a text beside it that says how to restore. Within a job.
 *
 * Returns: (transfer full): the copy
 */
KbCopyResult *
kb_tasks_run_copy (KbHome *home,
                   KbEntry *entry,
                   gboolean from_catalog,
                   const char *folder,
                   KbProgress *progress,
                   GCancellable *cancellable,
                   GError **error)
{
    g_autofree char *guide = kb_text_how_to (entry->name, entry->version, entry->size_bytes);
    const KbCopyOptions options = {
        .home = home,
        .entry = entry,
        .from_catalog = from_catalog,
        .folder = folder,
        .guide_name = kb_text_guide_name(),
        .guide_text = guide,
    };

    return kb_copy_run (&options, progress, cancellable, error);
}

static gpointer
copy (gpointer data, KbProgress *progress, GCancellable *cancellable, GError **error)
{
    const KbTaskParams *params = data;

    return kb_tasks_run_copy (params->home, params->entry, TRUE, params->path, progress,
                              cancellable, error);
}

/**
 * kb_tasks_copy:
 * @home: the data folder
 * @entry: a backup in it, or what a restore has replaced
 * @folder: where to
 *
 * Returns: (transfer full): a job whose result is a #KbCopyResult
 */
KbJob *
kb_tasks_copy (KbHome *home, KbEntry *entry, const char *folder)
{
    return kb_job_new (copy, kb_task_params_new (folder, home, entry), kb_task_params_free,
                       (GDestroyNotify) kb_copy_result_free);
}

static gpointer
import (gpointer data, KbProgress *progress, GCancellable *cancellable, GError **error)
{
    const KbTaskParams *params = data;

    return kb_import_run (params->home, params->path, progress, cancellable, error);
}

/**
 * kb_tasks_import:
 * @home: the data folder
 * @path: a file from anywhere
 *
 * Returns: (transfer full): a job whose result is a #KbImportResult
 */
KbJob *
kb_tasks_import (KbHome *home, const char *path)
{
    return kb_job_new (import, kb_task_params_new (path, home, NULL), kb_task_params_free,
                       (GDestroyNotify) kb_import_result_free);
}

/* A report says how things are now; where nothing can be read, that is what it says. */
static gpointer
save_report (gpointer data,
             G_GNUC_UNUSED KbProgress *progress,
             GCancellable *cancellable,
             GError **error)
{
    const KbTaskParams *params = data;
    g_autoptr (GPtrArray) entries =
        params->home != NULL ? kb_catalog_list (params->home, cancellable, NULL) : NULL;
    g_autoptr (KbStatus) status =
        entries != NULL ? kb_status_read (params->home, entries, 1, cancellable) : NULL;
    g_autofree char *text = kb_report_new (status, entries, params->operation, params->error);
    g_autoptr (GFile) file = g_file_new_for_path (params->path);

    return done (g_file_replace_contents (file, text, strlen (text), NULL, FALSE,
                                          G_FILE_CREATE_NONE, NULL, cancellable, error));
}

/**
 * kb_tasks_save_report:
 * @path: where the person wants it
 * @home: (nullable): the data folder
 * @operation: what was being done last
 * @error: (nullable): what went wrong then
 *
 * Returns: (transfer full): a job whose result is not %NULL on success
 */
KbJob *
kb_tasks_save_report (const char *path, KbHome *home, KbOperation operation, const GError *error)
{
    KbTaskParams *params = kb_task_params_new (path, home, NULL);

    params->operation = operation;
    params->error = error != NULL ? g_error_copy (error) : NULL;
    return kb_job_new (save_report, params, kb_task_params_free, g_free);
}
