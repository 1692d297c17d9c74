/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "kb-cli.h"
#include "kb-gettext.h"
#include "kb-text-progress.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#define TICK_US (G_USEC_PER_SEC / 10)
#define LINE_CHARS 60

/* One operation in a thread: what it needs and what it gave. */
typedef struct {
    KbCliWork work;
    gpointer data;
    KbProgress *progress;
    GCancellable *cancellable;

    GMutex lock;
    GCond ended;
    gboolean done; /* under lock */
    gpointer result;
    GError *error;
} Job;

/* The only state that a signal handler may touch. */
static volatile sig_atomic_t interrupted;

static void
on_signal (G_GNUC_UNUSED int signal_number)
{
    interrupted = 1;
}

static gpointer
run_in_thread (gpointer user_data)
{
    Job *job = user_data;

    job->result = job->work (job->data, job->progress, job->cancellable, &job->error);
    g_mutex_lock (&job->lock);
    job->done = TRUE;
    g_cond_signal (&job->ended);
    g_mutex_unlock (&job->lock);
    return NULL;
}

static void
show (const KbProgressSnapshot *now)
{
    g_autofree char *line =
        /* Translators: what is being done, and how much of it in percent. */
        g_strdup_printf (C_ ("progress line", "%s %d %%"), kb_text_phase (now->phase),
                         (int) (now->fraction * 100));

    g_printerr ("\r%-*s", LINE_CHARS, line);
}

/* Waits a tick, or until the job has ended. */
static gboolean
has_ended (Job *job)
{
    gint64 tick_end = g_get_monotonic_time() + TICK_US;

    g_mutex_lock (&job->lock);
    while (!job->done && g_cond_wait_until (&job->ended, &job->lock, tick_end))
        ;
    gboolean done = job->done;
    g_mutex_unlock (&job->lock);
    return done;
}

static void
wait_for (Job *job, gboolean shows_progress)
{
    KbProgressSnapshot now;

    while (!has_ended (job)) {
        if (interrupted)
            g_cancellable_cancel (job->cancellable);
        kb_progress_snapshot (job->progress, &now);
        if (shows_progress)
            show (&now);
    }
    if (shows_progress)
        g_printerr ("\r%*s\r", LINE_CHARS, "");
}

/**
 * kb_cli_run:
 * @self: the run
 * @work: an operation
 * @data: for @work
 * @error: return location for a #GError
 *
 * Runs an operation in a thread, shows its progress where somebody watches, and cancels it when
 * the person presses Ctrl+C: it then ends cleanly, and says so.
 *
 * Returns: what @work gave
 */
gpointer
kb_cli_run (KbCli *self, KbCliWork work, gpointer data, GError **error)
{
    g_autoptr (KbProgress) progress = kb_progress_new();
    g_autoptr (GCancellable) cancellable = g_cancellable_new();
    Job job = {.work = work, .data = data, .progress = progress, .cancellable = cancellable};
    gboolean shows_progress = !self->json && isatty (STDERR_FILENO);

    g_mutex_init (&job.lock);
    g_cond_init (&job.ended);
    signal (SIGINT, on_signal);
    signal (SIGTERM, on_signal);
    GThread *thread = g_thread_new ("kb-job", run_in_thread, &job);
    wait_for (&job, shows_progress);
    g_thread_join (thread);
    signal (SIGINT, SIG_DFL);
    signal (SIGTERM, SIG_DFL);
    g_mutex_clear (&job.lock);
    g_cond_clear (&job.ended);
    if (job.error != NULL)
        g_propagate_error (error, job.error);
    return job.result;
}
