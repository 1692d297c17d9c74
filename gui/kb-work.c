/* SPDX-License-Identifier: MIT */
/* What is being done, how far it is, and the button that stops it. */
#include "config.h"

#include "kb-work.h"

#include "kb-text-progress.h"
#include "kb-time-left.h"

struct _KbWork {
    GtkRevealer parent_instance;

    KbJob *job;
    KbOperation operation;
    gulong progress_id;
    KbTimeLeft time_left;

    GtkLabel *step;
    GtkProgressBar *progress;
    GtkLabel *left;
    GtkButton *cancel;
};

G_DEFINE_FINAL_TYPE (KbWork, kb_work, GTK_TYPE_REVEALER)

/* What stops the work fits the step; a step that nothing stops says so in its place. */
static void
show_cancel (KbWork *self, KbPhase phase)
{
    const char *label = kb_text_cancel_label (self->operation, phase);

    if (label != NULL)
        gtk_button_set_label (self->cancel, label);
    gtk_widget_set_visible (GTK_WIDGET (self->cancel), label != NULL);
}

static void
show (KbWork *self, const KbProgressSnapshot *now)
{
    int seconds = kb_time_left_update (&self->time_left, now->fraction, g_get_monotonic_time());
    const char *cannot_cancel = kb_text_cannot_cancel (now->phase);
    g_autofree char *step = kb_text_step (now);
    g_autofree char *left = kb_text_time_left (seconds);

    gtk_label_set_text (self->step, step);
    gtk_progress_bar_set_fraction (self->progress, now->fraction);
    show_cancel (self, now->phase);
    if (cannot_cancel != NULL)
        gtk_label_set_text (self->left, cannot_cancel);
    else
        gtk_label_set_text (self->left, left != NULL ? left : "");
}

static void
on_progress (KbJob *job, gpointer user_data)
{
    KbProgressSnapshot now;

    kb_job_get_progress (job, &now);
    show (user_data, &now);
}

static void
drop_job (KbWork *self)
{
    if (self->job != NULL)
        g_clear_signal_handler (&self->progress_id, self->job);
    g_clear_object (&self->job);
}

/**
 * kb_work_begin:
 * @self: the widget
 * @operation: what is being done
 * @job: the job that does it
 *
 * Shows a job until kb_work_end().
 */
void
kb_work_begin (KbWork *self, KbOperation operation, KbJob *job)
{
    const KbProgressSnapshot start = {.phase = KB_PHASE_PREPARING};

    drop_job (self);
    self->job = g_object_ref (job);
    self->operation = operation;
    self->time_left = (KbTimeLeft){0};
    show (self, &start);
    self->progress_id = g_signal_connect (job, "progress", G_CALLBACK (on_progress), self);
    gtk_widget_show (GTK_WIDGET (self));
    gtk_revealer_set_reveal_child (GTK_REVEALER (self), TRUE);
}

/**
 * kb_work_end:
 * @self: the widget
 */
void
kb_work_end (KbWork *self)
{
    drop_job (self);
    gtk_revealer_set_reveal_child (GTK_REVEALER (self), FALSE);
}

static void
kb_work_dispose (GObject *object)
{
    drop_job (KB_WORK (object));
    G_OBJECT_CLASS (kb_work_parent_class)->dispose (object);
}

static void
kb_work_class_init (KbWorkClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

    G_OBJECT_CLASS (klass)->dispose = kb_work_dispose;
    gtk_widget_class_set_template_from_resource (
        widget_class, "/io/github/kolibri_backup/KolibriBackup/kb-work.ui");
    gtk_widget_class_bind_template_child (widget_class, KbWork, step);
    gtk_widget_class_bind_template_child (widget_class, KbWork, progress);
    gtk_widget_class_bind_template_child (widget_class, KbWork, left);
    gtk_widget_class_bind_template_child (widget_class, KbWork, cancel);
}

static void
kb_work_init (KbWork *self)
{
    gtk_widget_init_template (GTK_WIDGET (self));
}
