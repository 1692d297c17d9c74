/* SPDX-License-Identifier: MIT */
/* Where shall the copy go: a drive that is plugged in, or a folder. */
#include "config.h"

#include "kb-copy-dialog.h"

#include "kb-chooser.h"
#include "kb-desktop.h"
#include "kb-gettext.h"
#include "kb-tasks.h"
#include "kb-text-place.h"

struct _KbCopyDialog {
    GtkDialog parent_instance;

    KbEntry *entry;
    KbJob *job;
    gboolean search_again;
    GPtrArray *drives; /* of KbDrive, as the rows show them */
    char *folder;      /* chosen by hand */

    GtkListBox *list;
    GtkWidget *frame;
    GtkWidget *nothing;
    GtkWidget *copy;
};

G_DEFINE_FINAL_TYPE (KbCopyDialog, kb_copy_dialog, GTK_TYPE_DIALOG)

static void find_drives (KbCopyDialog *self);

static const KbDrive *
get_selected (KbCopyDialog *self)
{
    GtkListBoxRow *row = gtk_list_box_get_selected_row (self->list);

    return row != NULL ? self->drives->pdata[gtk_list_box_row_get_index (row)] : NULL;
}

/**
 * kb_copy_dialog_get_entry:
 * @self: the dialog
 *
 * Returns: (transfer none): what is to be copied
 */
KbEntry *
kb_copy_dialog_get_entry (KbCopyDialog *self)
{
    return self->entry;
}

/**
 * kb_copy_dialog_get_folder:
 * @self: the dialog
 *
 * Returns: (transfer full) (nullable): the folder that was chosen, which may not be there yet
 */
char *
kb_copy_dialog_get_folder (KbCopyDialog *self)
{
    const KbDrive *drive = get_selected (self);

    if (self->folder != NULL)
        return g_strdup (self->folder);
    return drive != NULL ? kb_drive_get_folder (drive) : NULL;
}

/**
 * kb_copy_dialog_get_name:
 * @self: the dialog
 * @is_drive: (out): whether it is a drive, which can be unplugged
 *
 * Returns: (transfer full) (nullable): what people call the place that was chosen
 */
char *
kb_copy_dialog_get_name (KbCopyDialog *self, gboolean *is_drive)
{
    const KbDrive *drive = get_selected (self);

    *is_drive = self->folder == NULL && drive != NULL;
    if (self->folder != NULL)
        return g_filename_display_basename (self->folder);
    return drive != NULL ? g_strdup (drive->name) : NULL;
}

/* A drive that cannot take the backup says why instead of failing later. */
static GtkWidget *
make_row (const KbDrive *drive, const KbEntry *entry)
{
    GtkWidget *row = gtk_list_box_row_new();
    gboolean fits = !drive->is_read_only && drive->free_bytes > entry->size_bytes;
    g_autofree char *text = kb_text_drive (drive, fits);
    GtkWidget *label = gtk_label_new (text);

    gtk_label_set_xalign (GTK_LABEL (label), 0);
    gtk_label_set_line_wrap (GTK_LABEL (label), TRUE);
    gtk_widget_set_margin_start (label, 12);
    gtk_widget_set_margin_end (label, 12);
    gtk_widget_set_margin_top (label, 9);
    gtk_widget_set_margin_bottom (label, 9);
    gtk_container_add (GTK_CONTAINER (row), label);
    gtk_widget_set_sensitive (row, fits);
    gtk_list_box_row_set_selectable (GTK_LIST_BOX_ROW (row), fits);
    atk_object_set_name (gtk_widget_get_accessible (row), text);
    gtk_widget_show_all (row);
    return row;
}

static void
update_copy (KbCopyDialog *self)
{
    gtk_widget_set_sensitive (self->copy, get_selected (self) != NULL);
}

static void
select_first_that_fits (KbCopyDialog *self)
{
    for (guint i = 0; i < self->drives->len; i++) {
        GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->list, (int) i);
        if (gtk_list_box_row_get_selectable (row)) {
            gtk_list_box_select_row (self->list, row);
            return;
        }
    }
}

static void
on_drives_found (KbJob *job, G_GNUC_UNUSED const GError *error, gpointer user_data)
{
    KbCopyDialog *self = user_data;
    GtkListBoxRow *row;

    while ((row = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
        gtk_widget_destroy (GTK_WIDGET (row));
    g_ptr_array_unref (self->drives);
    self->drives = kb_job_steal_result (job);
    g_clear_object (&self->job);
    for (guint i = 0; i < self->drives->len; i++)
        gtk_list_box_insert (self->list, make_row (self->drives->pdata[i], self->entry), -1);
    gtk_widget_set_visible (self->frame, self->drives->len > 0);
    gtk_widget_set_visible (self->nothing, self->drives->len == 0);
    select_first_that_fits (self);
    update_copy (self);
    if (self->search_again)
        find_drives (self);
}

static void
find_drives (KbCopyDialog *self)
{
    self->search_again = self->job != NULL;
    if (self->job != NULL)
        return;
    self->job = kb_tasks_find_drives();
    g_signal_connect_object (self->job, "finished", G_CALLBACK (on_drives_found), self, 0);
    kb_job_start (self->job);
}

static void
on_folder_response (GtkFileChooser *chooser, int response, gpointer user_data)
{
    KbCopyDialog *self = user_data;

    self->folder = kb_chooser_take (chooser, response);
    if (self->folder != NULL)
        gtk_dialog_response (GTK_DIALOG (self), GTK_RESPONSE_ACCEPT);
}

static void
on_other_clicked (G_GNUC_UNUSED GtkButton *button, gpointer user_data)
{
    GtkFileChooser *chooser =
        kb_chooser_new (GTK_WINDOW (user_data), _ ("Choose a Folder"),
                        GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _ ("_Copy Here"));

    kb_chooser_show (chooser, G_CALLBACK (on_folder_response), user_data);
}

static void
on_row_selected (G_GNUC_UNUSED GtkListBox *list,
                 G_GNUC_UNUSED GtkListBoxRow *row,
                 gpointer user_data)
{
    update_copy (user_data);
}

/**
 * kb_copy_dialog_new:
 * @parent: the window
 * @entry: what to copy
 *
 * Returns: (transfer floating): the dialog; %GTK_RESPONSE_ACCEPT means to copy
 */
GtkWidget *
kb_copy_dialog_new (GtkWindow *parent, KbEntry *entry)
{
    KbCopyDialog *self = g_object_new (KB_TYPE_COPY_DIALOG, "transient-for", parent, NULL);

    self->entry = kb_entry_ref (entry);
    find_drives (self);
    return GTK_WIDGET (self);
}

static void
kb_copy_dialog_finalize (GObject *object)
{
    KbCopyDialog *self = KB_COPY_DIALOG (object);

    kb_entry_unref (self->entry);
    g_clear_object (&self->job);
    g_ptr_array_unref (self->drives);
    g_free (self->folder);
    G_OBJECT_CLASS (kb_copy_dialog_parent_class)->finalize (object);
}

static void
kb_copy_dialog_class_init (KbCopyDialogClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

    G_OBJECT_CLASS (klass)->finalize = kb_copy_dialog_finalize;
    gtk_widget_class_set_template_from_resource (
        widget_class, "/io/github/kolibri_backup/KolibriBackup/kb-copy-dialog.ui");
    gtk_widget_class_bind_template_child (widget_class, KbCopyDialog, list);
    gtk_widget_class_bind_template_child (widget_class, KbCopyDialog, frame);
    gtk_widget_class_bind_template_child (widget_class, KbCopyDialog, nothing);
    gtk_widget_class_bind_template_child (widget_class, KbCopyDialog, copy);
    gtk_widget_class_bind_template_callback (widget_class, on_other_clicked);
    gtk_widget_class_bind_template_callback (widget_class, on_row_selected);
}

static void
kb_copy_dialog_init (KbCopyDialog *self)
{
    gtk_widget_init_template (GTK_WIDGET (self));
    self->drives = g_ptr_array_new();
    g_signal_connect_object (kb_desktop_get(), "drives-changed", G_CALLBACK (find_drives), self,
                             G_CONNECT_SWAPPED);
}
