/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "kb-note-dialog.h"

struct _KbNoteDialog {
    GtkDialog parent_instance;

    KbEntry *entry;
    GtkEntry *note;
};

G_DEFINE_FINAL_TYPE (KbNoteDialog, kb_note_dialog, GTK_TYPE_DIALOG)

/**
 * kb_note_dialog_get_entry:
 * @self: the dialog
 *
 * Returns: (transfer none): the backup that the note is about
 */
KbEntry *
kb_note_dialog_get_entry (KbNoteDialog *self)
{
    return self->entry;
}

/**
 * kb_note_dialog_get_text:
 * @self: the dialog
 *
 * Returns: (transfer full): what was written, without spaces around it
 */
char *
kb_note_dialog_get_text (KbNoteDialog *self)
{
    return g_strstrip (g_strdup (gtk_entry_get_text (self->note)));
}

/**
 * kb_note_dialog_new:
 * @parent: the window
 * @entry: a backup
 *
 * Returns: (transfer floating): the dialog; %GTK_RESPONSE_ACCEPT means to save the note
 */
GtkWidget *
kb_note_dialog_new (GtkWindow *parent, KbEntry *entry)
{
    KbNoteDialog *self = g_object_new (KB_TYPE_NOTE_DIALOG, "transient-for", parent, NULL);

    self->entry = kb_entry_ref (entry);
    if (entry->note != NULL)
        gtk_entry_set_text (self->note, entry->note);
    return GTK_WIDGET (self);
}

static void
kb_note_dialog_finalize (GObject *object)
{
    kb_entry_unref (KB_NOTE_DIALOG (object)->entry);
    G_OBJECT_CLASS (kb_note_dialog_parent_class)->finalize (object);
}

static void
kb_note_dialog_class_init (KbNoteDialogClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

    G_OBJECT_CLASS (klass)->finalize = kb_note_dialog_finalize;
    gtk_widget_class_set_template_from_resource (
        widget_class, "/io/github/kolibri_backup/KolibriBackup/kb-note-dialog.ui");
    gtk_widget_class_bind_template_child (widget_class, KbNoteDialog, note);
}

static void
kb_note_dialog_init (KbNoteDialog *self)
{
    gtk_widget_init_template (GTK_WIDGET (self));
}
