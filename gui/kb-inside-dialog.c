/* SPDX-License-Identifier: MIT */
/* What is in a backup, beside what there is now. */
#include "config.h"

#include "kb-inside-dialog.h"

#include "kb-facts.h"
#include "kb-gettext.h"
#include "kb-text-result.h"

struct _KbInsideDialog {
    GtkDialog parent_instance;

    GtkLabel *heading;
    KbFacts *facts;
    GtkLabel *note;
    GtkLabel *difference;
    GtkButton *restore;
    GtkWidget *close;
};

G_DEFINE_FINAL_TYPE (KbInsideDialog, kb_inside_dialog, GTK_TYPE_DIALOG)

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
        inside->knows_difference
            ? kb_text_difference (&inside->difference, inside->entry->time, now)
            : NULL;

    const KbContents contents = {
        .heading = _ ("In this backup"),
        .present_heading = _ ("There now"),
        .version = inside->version,
        .summary = inside->summary,
    };

    gtk_label_set_text (self->heading, heading);
    kb_facts_fill (self->facts, &contents, status);
    show_text (self->note, inside->entry->note);
    show_text (self->difference, difference);
    if (inside->entry->origin == KB_ORIGIN_BEFORE_RESTORE)
        gtk_button_set_label (self->restore, _ ("_Undo Restore…"));
    gtk_widget_grab_focus (self->close);
    return GTK_WIDGET (self);
}

static void
kb_inside_dialog_class_init (KbInsideDialogClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

    g_type_ensure (KB_TYPE_FACTS);
    gtk_widget_class_set_template_from_resource (
        widget_class, "/io/github/kolibri_backup/KolibriBackup/kb-inside-dialog.ui");
    gtk_widget_class_bind_template_child (widget_class, KbInsideDialog, heading);
    gtk_widget_class_bind_template_child (widget_class, KbInsideDialog, facts);
    gtk_widget_class_bind_template_child (widget_class, KbInsideDialog, note);
    gtk_widget_class_bind_template_child (widget_class, KbInsideDialog, difference);
    gtk_widget_class_bind_template_child (widget_class, KbInsideDialog, restore);
    gtk_widget_class_bind_template_child (widget_class, KbInsideDialog, close);
}

static void
kb_inside_dialog_init (KbInsideDialog *self)
{
    gtk_widget_init_template (GTK_WIDGET (self));
}
