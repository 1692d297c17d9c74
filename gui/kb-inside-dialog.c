/* SPDX-License-Identifier: MIT */
/* What is in a backup, beside what there is now. */
#include "config.h"

#include "kb-inside-dialog.h"

#include "kb-text-date.h"
#include "kb-text-entry.h"
#include "kb-text-result.h"

#include <glib/gi18n.h>

struct _KbInsideDialog {
    GtkDialog parent_instance;

    GtkLabel *heading;
    GtkGrid *facts;
    GtkLabel *note;
    GtkLabel *difference;
    GtkButton *restore;
    int n_rows;
};

G_DEFINE_FINAL_TYPE (KbInsideDialog, kb_inside_dialog, GTK_TYPE_DIALOG)

static GtkWidget *
make_label (const char *text, const char *class)
{
    GtkWidget *label = gtk_label_new (text);

    gtk_label_set_xalign (GTK_LABEL (label), 0);
    gtk_label_set_yalign (GTK_LABEL (label), 0);
    gtk_label_set_line_wrap (GTK_LABEL (label), TRUE);
    gtk_label_set_line_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
    gtk_label_set_max_width_chars (GTK_LABEL (label), 24);
    if (class != NULL)
        gtk_style_context_add_class (gtk_widget_get_style_context (label), class);
    gtk_widget_show (label);
    return label;
}

/* A row of the table: what, in the backup, now. Rows of which nothing is known are left out. */
static void
add_row (KbInsideDialog *self, const char *what, const char *inside, const char *now)
{
    if (inside == NULL && now == NULL)
        return;
    const char *unknown = C_ ("count", "not known");
    gtk_grid_attach (self->facts, make_label (what, "dim-label"), 0, self->n_rows, 1, 1);
    gtk_grid_attach (self->facts, make_label (inside != NULL ? inside : unknown, NULL), 1,
                     self->n_rows, 1, 1);
    gtk_grid_attach (self->facts, make_label (now != NULL ? now : unknown, NULL), 2, self->n_rows,
                     1, 1);
    self->n_rows++;
}

static char *
format_count (gint64 count)
{
    return count >= 0 ? g_strdup_printf ("%'d", (int) MIN (count, G_MAXINT)) : NULL;
}

static void
add_count (KbInsideDialog *self, const char *what, gint64 inside, gint64 now)
{
    g_autofree char *left = format_count (inside);
    g_autofree char *right = format_count (now);

    add_row (self, what, left, right);
}

static char *
format_time (GDateTime *time)
{
    g_autoptr (GDateTime) local = time != NULL ? g_date_time_to_local (time) : NULL;

    return local != NULL ? kb_text_date_exact (local) : NULL;
}

static void
add_summaries (KbInsideDialog *self, const KbSummary *inside, const KbSummary *now)
{
    g_autofree char *active = format_time (inside->last_activity);
    g_autofree char *active_now = format_time (now->last_activity);

    add_row (self, _ ("Device"), inside->device_name, now->device_name);
    add_row (self, _ ("Facility"), inside->facility_name, now->facility_name);
    add_count (self, _ ("Classes"), inside->classes, now->classes);
    add_count (self, _ ("Learners"), inside->learners, now->learners);
    add_count (self, _ ("Coaches"), inside->coaches, now->coaches);
    add_count (self, _ ("Lessons"), inside->lessons, now->lessons);
    add_count (self, _ ("Quizzes"), inside->quizzes, now->quizzes);
    add_count (self, _ ("Answers given"), inside->exercises, now->exercises);
    add_row (self, _ ("Last activity recorded"), active, active_now);
}

static void
fill (KbInsideDialog *self, const KbInside *inside, const KbStatus *status)
{
    g_autoptr (KbSummary) unknown = kb_summary_new();
    g_autofree char *size = g_format_size (inside->entry->size_bytes);
    g_autofree char *size_now = g_format_size (status->database_bytes);

    gtk_grid_attach (self->facts, make_label (_ ("In this backup"), "kb-row-title"), 1, 0, 1, 1);
    gtk_grid_attach (self->facts, make_label (_ ("There now"), "kb-row-title"), 2, 0, 1, 1);
    self->n_rows = 1;
    add_row (self, _ ("Kolibri"), inside->version, status->data_version);
    add_summaries (self, inside->summary != NULL ? inside->summary : unknown,
                   status->summary != NULL ? status->summary : unknown);
    add_row (self, _ ("Size"), size, status->has_database ? size_now : NULL);
}

static void
show_text (GtkLabel *label, const char *text)
{
    gtk_label_set_text (label, text != NULL ? text : "");
    gtk_widget_set_visible (GTK_WIDGET (label), text != NULL);
}

/**
 * kb_inside_dialog_new:
 * @parent: the window
 * @inside: what is in a backup
 * @status: what there is now
 *
 * Returns: (transfer floating): the dialog; %GTK_RESPONSE_ACCEPT means to go on to a restore
 */
GtkWidget *
kb_inside_dialog_new (GtkWindow *parent, const KbInside *inside, const KbStatus *status)
{
    KbInsideDialog *self = g_object_new (KB_TYPE_INSIDE_DIALOG, "transient-for", parent, NULL);
    g_autoptr (GDateTime) now = g_date_time_new_now_local();
    g_autofree char *heading = kb_text_inside_heading (inside->entry, now);
    g_autofree char *difference =
        inside->knows_difference ? kb_text_difference (&inside->difference) : NULL;

    gtk_label_set_text (self->heading, heading);
    fill (self, inside, status);
    show_text (self->note, inside->entry->note);
    show_text (self->difference, difference);
    if (inside->entry->origin == KB_ORIGIN_BEFORE_RESTORE)
        gtk_button_set_label (self->restore, _ ("_Undo Restore…"));
    return GTK_WIDGET (self);
}

static void
kb_inside_dialog_class_init (KbInsideDialogClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

    gtk_widget_class_set_template_from_resource (
        widget_class, "/io/github/kolibri_backup/KolibriBackup/kb-inside-dialog.ui");
    gtk_widget_class_bind_template_child (widget_class, KbInsideDialog, heading);
    gtk_widget_class_bind_template_child (widget_class, KbInsideDialog, facts);
    gtk_widget_class_bind_template_child (widget_class, KbInsideDialog, note);
    gtk_widget_class_bind_template_child (widget_class, KbInsideDialog, difference);
    gtk_widget_class_bind_template_child (widget_class, KbInsideDialog, restore);
}

static void
kb_inside_dialog_init (KbInsideDialog *self)
{
    gtk_widget_init_template (GTK_WIDGET (self));
}
