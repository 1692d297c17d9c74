/* SPDX-License-Identifier: MIT */
/* The jobs of the guides. */
#include "config.h"

#include "kb-catalog-change.h"
#include "kb-tasks-private.h"

/* On the way back the backup to go back to and today's both have to outlive an uninstaller. */
static gpointer
copy (gpointer data, KbProgress *progress, GCancellable *cancellable, GError **error)
{
    const KbTaskParams *params = data;
    const KbGuide *guide = params->guide;
    gboolean is_way_back = guide->kind == KB_GUIDE_DOWNGRADE;
    g_autoptr (KbCopyResult) second = NULL;

    if (is_way_back && !kb_catalog_set_keep (params->home, guide->backup->name, TRUE, error))
        return NULL;
    if (is_way_back && guide->today != NULL) {
        second = kb_tasks_run_copy (params->home, guide->today, TRUE, params->path, progress,
                                    cancellable, error);
        if (second == NULL)
            return NULL;
    }
    g_autoptr (KbCopyResult) result = kb_tasks_run_copy (
        params->home, guide->backup, TRUE, params->path, progress, cancellable, error);
    if (result == NULL || !kb_guide_begin (guide, params->home, error) ||
        !kb_guide_record_note_copy (kb_home_get_path (params->home), guide->backup->name,
                                    result->path, error))
        return NULL;
    return g_steal_pointer (&result);
}

static KbTaskParams *
make_params (const char *path, KbHome *home, KbGuide *guide)
{
    KbTaskParams *params = kb_task_params_new (path, home, NULL);

    params->guide = kb_guide_ref (guide);
    return params;
}

/**
 * kb_tasks_guide_copy:
 * @home: the data folder
 * @guide: a guide with a backup
 * @folder: where to
 *
 * Copies what the guide is about, and remembers where to.
 *
 * Returns: (transfer full): a job whose result is a #KbCopyResult
 */
KbJob *
kb_tasks_guide_copy (KbHome *home, KbGuide *guide, const char *folder)
{
    return kb_job_new (copy, make_params (folder, home, guide), kb_task_params_free,
                       (GDestroyNotify) kb_copy_result_free);
}

static gpointer
skip (gpointer data,
      G_GNUC_UNUSED KbProgress *progress,
      G_GNUC_UNUSED GCancellable *cancellable,
      GError **error)
{
    const KbTaskParams *params = data;
    const KbGuideStep *next = kb_guide_get_next (params->guide);
    KbGuideStepKind step = next != NULL ? next->kind : KB_N_GUIDE_STEPS;

    return kb_guide_skip (params->guide, params->home, step, error) ? g_strdup ("") : NULL;
}

/**
 * kb_tasks_guide_skip:
 * @home: the data folder
 * @guide: a guide
 *
 * Remembers that the present step needs no more doing.
 *
 * Returns: (transfer full): a job whose result is not %NULL on success
 */
KbJob *
kb_tasks_guide_skip (KbHome *home, KbGuide *guide)
{
    return kb_job_new (skip, make_params (NULL, home, guide), kb_task_params_free, g_free);
}

static gpointer
forget (gpointer data,
        G_GNUC_UNUSED KbProgress *progress,
        G_GNUC_UNUSED GCancellable *cancellable,
        GError **error)
{
    const KbTaskParams *params = data;

    return kb_guide_record_remove (kb_home_get_path (params->home), error) ? g_strdup ("") : NULL;
}

/**
 * kb_tasks_guide_forget:
 * @home: the data folder
 *
 * Forgets the guide: it has come to its end, or begins anew.
 *
 * Returns: (transfer full): a job whose result is not %NULL on success
 */
KbJob *
kb_tasks_guide_forget (KbHome *home)
{
    return kb_job_new (forget, kb_task_params_new (NULL, home, NULL), kb_task_params_free, g_free);
}
