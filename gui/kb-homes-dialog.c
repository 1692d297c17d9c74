/* SPDX-License-Identifier: MIT */
/* The data folders of this computer, and which of them to look at. */
#include "config.h"

#include "kb-homes-dialog.h"

#include "kb-chooser.h"
#include "kb-gettext.h"
#include "kb-tasks.h"
#include "kb-text-status.h"

struct _KbHomesDialog {
    GtkDialog parent_instance;

    KbJob *job;       /* finds them */
    GPtrArray *homes; /* of KbFound, as the rows show them */
    char *folder;     /* chosen by hand */

    GtkListBox *list;
    GtkWidget *frame;
    GtkWidget *nothing;
    GtkWidget *open;
};

G_DEFINE_FINAL_TYPE (KbHomesDialog, kb_homes_dialog, GTK_TYPE_DIALOG)

static const KbFound *
get_selected (KbHomesDialog *self)
{
    GtkListBoxRow *row = gtk_list_box_get_selected_row (self->list);

    return row != NULL ? self->homes->pdata[gtk_list_box_row_get_index (row)] : NULL;
}

/**
 * kb_homes_dialog_get_path:
 * @self: the dialog
 *
 * Returns: (transfer full) (nullable): the folder that was chosen
 */
char *
kb_homes_dialog_get_path (KbHomesDialog *self)
{
    const KbFound *found = get_selected (self);

    if (self->folder != NULL)
        return g_strdup (self->folder);
    return found != NULL ? g_strdup (found->path) : NULL;
}

static GtkWidget *
make_label (const char *text, const char *class)
{
    GtkWidget *label = gtk_label_new (text);

    gtk_label_set_xalign (GTK_LABEL (label), 0);
    gtk_label_set_line_wrap (GTK_LABEL (label), TRUE);
    gtk_label_set_line_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
    gtk_label_set_max_width_chars (GTK_LABEL (label), 60);
    if (class != NULL)
        gtk_style_context_add_class (gtk_widget_get_style_context (label), class);
    return label;
}

static GtkWidget *
make_row (const KbFound *found)
{
    GtkWidget *row = gtk_list_box_row_new();
    GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
    g_autofree char *path = g_filename_display_name (found->path);
    g_autofree char *state = kb_text_found_state (found);
    g_autofree char *why = kb_text_found (found);
    g_autofree char *name = g_strdup_printf ("%s; %s; %s", path, state, why);

    gtk_container_set_border_width (GTK_CONTAINER (box), 9);
    gtk_container_add (GTK_CONTAINER (box), make_label (path, "kb-row-title"));
    gtk_container_add (GTK_CONTAINER (box), make_label (state, NULL));
    gtk_container_add (GTK_CONTAINER (box), make_label (why, NULL));
    for (int i = 0; i < KB_N_FIND_PROBLEMS; i++)
        if (kb_found_has_problem (found, (KbFindProblem) i))
            gtk_container_add (GTK_CONTAINER (box),
                               make_label (kb_text_find_problem ((KbFindProblem) i), NULL));
    gtk_container_add (GTK_CONTAINER (row), box);
    atk_object_set_name (gtk_widget_get_accessible (row), name);
    gtk_widget_show_all (row);
    return row;
}

/* The one that the window shows is the first. */
static void
on_homes_found (KbJob *job, G_GNUC_UNUSED const GError *error, gpointer user_data)
{
    KbHomesDialog *self = user_data;

    self->homes = kb_job_steal_result (job);
    g_clear_object (&self->job);
    for (guint i = 0; i < self->homes->len; i++)
        gtk_list_box_insert (self->list, make_row (self->homes->pdata[i]), -1);
    gtk_widget_set_visible (self->frame, self->homes->len > 0);
    gtk_widget_set_visible (self->nothing, self->homes->len == 0);
    gtk_list_box_select_row (self->list, gtk_list_box_get_row_at_index (self->list, 0));
}

static void
on_row_selected (G_GNUC_UNUSED GtkListBox *list, GtkListBoxRow *row, gpointer user_data)
{
    KbHomesDialog *self = user_data;

    gtk_widget_set_sensitive (self->open, row != NULL);
}

static void
on_row_activated (G_GNUC_UNUSED GtkListBox *list,
                  G_GNUC_UNUSED GtkListBoxRow *row,
                  gpointer user_data)
{
    gtk_dialog_response (user_data, GTK_RESPONSE_ACCEPT);
}

static void
on_folder_response (GtkFileChooser *chooser, int response, gpointer user_data)
{
    KbHomesDialog *self = user_data;

    self->folder = kb_chooser_take (chooser, response);
    if (self->folder != NULL)
        gtk_dialog_response (GTK_DIALOG (self), GTK_RESPONSE_ACCEPT);
}

static void
on_other_clicked (G_GNUC_UNUSED GtkButton *button, gpointer user_data)
{
    GtkFileChooser *chooser = kb_chooser_new (GTK_WINDOW (user_data), _ ("Choose a Folder"),
                                              GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _ ("_Open"));

    gtk_file_chooser_set_show_hidden (chooser, TRUE); /* Kolibri's is hidden in most cases */
    kb_chooser_show (chooser, G_CALLBACK (on_folder_response), user_data);
}

/**
 * kb_homes_dialog_new:
 * @parent: the window
 * @home_path: (nullable): the folder that it shows
 *
 * Returns: (transfer floating): the dialog; %GTK_RESPONSE_ACCEPT means to open what
 *     kb_homes_dialog_get_path() says
 */
GtkWidget *
kb_homes_dialog_new (GtkWindow *parent, const char *home_path)
{
    KbHomesDialog *self = g_object_new (KB_TYPE_HOMES_DIALOG, "transient-for", parent, NULL);

    self->job = kb_tasks_find_homes (home_path);
    g_signal_connect_object (self->job, "finished", G_CALLBACK (on_homes_found), self, 0);
    kb_job_start (self->job);
    return GTK_WIDGET (self);
}

static void
kb_homes_dialog_finalize (GObject *object)
{
    KbHomesDialog *self = KB_HOMES_DIALOG (object);

    g_clear_object (&self->job);
    g_clear_pointer (&self->homes, g_ptr_array_unref);
    g_free (self->folder);
    G_OBJECT_CLASS (kb_homes_dialog_parent_class)->finalize (object);
}

static void
kb_homes_dialog_class_init (KbHomesDialogClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

    G_OBJECT_CLASS (klass)->finalize = kb_homes_dialog_finalize;
    gtk_widget_class_set_template_from_resource (
        widget_class, "/io/github/kolibri_backup/KolibriBackup/kb-homes-dialog.ui");
    gtk_widget_class_bind_template_child (widget_class, KbHomesDialog, list);
    gtk_widget_class_bind_template_child (widget_class, KbHomesDialog, frame);
    gtk_widget_class_bind_template_child (widget_class, KbHomesDialog, nothing);
    gtk_widget_class_bind_template_child (widget_class, KbHomesDialog, open);
    gtk_widget_class_bind_template_callback (widget_class, on_other_clicked);
    gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
    gtk_widget_class_bind_template_callback (widget_class, on_row_selected);
}

static void
kb_homes_dialog_init (KbHomesDialog *self)
{
    gtk_widget_init_template (GTK_WIDGET (self));
}
