/* SPDX-License-Identifier: MIT */
/* The one boundary between the window and the engine: docs/threading.md. */
#include "kb-job.h"

#define POLL_INTERVAL_MS 100

/* All that the worker can reach. It knows neither GTK nor the job, so it does not matter which
 * thread lets go of it last. */
typedef struct {
    KbJobFunc func;
    gpointer params;
    GDestroyNotify params_free;
    KbProgress *progress;
} Work;

struct _KbJob {
    GObject parent_instance;

    Work *work; /* until the start */
    KbProgress *progress;
    GCancellable *cancellable;
    guint poll_id;
    gpointer result;
    GDestroyNotify result_free;
};

G_DEFINE_FINAL_TYPE (KbJob, kb_job, G_TYPE_OBJECT)

enum { SIGNAL_PROGRESS, SIGNAL_FINISHED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
work_free (gpointer data)
{
    Work *work = data;

    if (work->params_free != NULL)
        work->params_free (work->params);
    kb_progress_unref (work->progress);
    g_free (work);
}

static void
run_in_worker (GTask *task,
               G_GNUC_UNUSED gpointer source,
               gpointer task_data,
               GCancellable *cancellable)
{
    Work *work = task_data;
    GError *error = NULL;
    gpointer result = work->func (work->params, work->progress, cancellable, &error);

    if (error != NULL)
        g_task_return_error (task, error);
    else
        g_task_return_pointer (task, result, NULL);
}

static gboolean
on_poll (gpointer user_data)
{
    g_signal_emit (user_data, signals[SIGNAL_PROGRESS], 0);
    return G_SOURCE_CONTINUE;
}

static void
on_task_done (G_GNUC_UNUSED GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr (KbJob) self = user_data; /* the reference that kb_job_start() took */
    g_autoptr (GError) error = NULL;

    self->result = g_task_propagate_pointer (G_TASK (result), &error);
    g_clear_handle_id (&self->poll_id, g_source_remove);
    g_signal_emit (self, signals[SIGNAL_FINISHED], 0, error);
}

/**
 * kb_job_start:
 * @self: a job that has not been started
 *
 * Runs the job in a worker. `progress` is emitted ten times a second, `finished` once, when the
 * worker has really stopped; a cancel may come too late, and then the result says what happened.
 * The job stays alive until then. Main thread.
 */
void
kb_job_start (KbJob *self)
{
    g_return_if_fail (KB_IS_JOB (self) && self->work != NULL);

    g_autoptr (GTask) task =
        g_task_new (NULL, self->cancellable, on_task_done, g_object_ref (self));
    g_task_set_source_tag (task, kb_job_start);
    g_task_set_check_cancellable (task, FALSE);
    g_task_set_task_data (task, g_steal_pointer (&self->work), work_free);
    self->poll_id = g_timeout_add (POLL_INTERVAL_MS, on_poll, self);
    g_task_run_in_thread (task, run_in_worker);
}

/**
 * kb_job_cancel:
 * @self: a job
 *
 * Asks the worker to stop. Main thread.
 */
void
kb_job_cancel (KbJob *self)
{
    g_return_if_fail (KB_IS_JOB (self));

    g_cancellable_cancel (self->cancellable);
}

/**
 * kb_job_get_progress:
 * @self: a job
 * @out: (out): how far it is
 *
 * Main thread.
 */
void
kb_job_get_progress (KbJob *self, KbProgressSnapshot *out)
{
    kb_progress_snapshot (self->progress, out);
}

/**
 * kb_job_steal_result:
 * @self: a job that has finished
 *
 * Main thread.
 *
 * Returns: (transfer full) (nullable): the result of the function, once
 */
gpointer
kb_job_steal_result (KbJob *self)
{
    return g_steal_pointer (&self->result);
}

/**
 * kb_job_new:
 * @func: what to run
 * @params: (transfer full): for @func; a copy of everything that it needs
 * @params_free: (nullable): frees @params, in any thread
 * @result_free: (nullable): frees a result that nobody has taken, in the main thread
 *
 * Main thread.
 *
 * Returns: (transfer full): a job, to be started with kb_job_start()
 */
KbJob *
kb_job_new (KbJobFunc func, gpointer params, GDestroyNotify params_free, GDestroyNotify result_free)
{
    KbJob *self = g_object_new (KB_TYPE_JOB, NULL);

    self->result_free = result_free;
    self->work = g_new0 (Work, 1);
    self->work->func = func;
    self->work->params = params;
    self->work->params_free = params_free;
    self->work->progress = kb_progress_ref (self->progress);
    return self;
}

static void
kb_job_finalize (GObject *object)
{
    KbJob *self = KB_JOB (object);

    g_clear_handle_id (&self->poll_id, g_source_remove);
    g_clear_pointer (&self->work, work_free);
    g_clear_pointer (&self->progress, kb_progress_unref);
    g_clear_object (&self->cancellable);
    if (self->result != NULL && self->result_free != NULL)
        self->result_free (self->result);
    G_OBJECT_CLASS (kb_job_parent_class)->finalize (object);
}

static void
kb_job_class_init (KbJobClass *klass)
{
    G_OBJECT_CLASS (klass)->finalize = kb_job_finalize;
    signals[SIGNAL_PROGRESS] = g_signal_new ("progress", KB_TYPE_JOB, G_SIGNAL_RUN_LAST, 0, NULL,
                                             NULL, NULL, G_TYPE_NONE, 0);
    signals[SIGNAL_FINISHED] = g_signal_new ("finished", KB_TYPE_JOB, G_SIGNAL_RUN_LAST, 0, NULL,
                                             NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
kb_job_init (KbJob *self)
{
    self->progress = kb_progress_new();
    self->cancellable = g_cancellable_new();
}
