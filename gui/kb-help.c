/* SPDX-License-Identifier: MIT */
/* One page, for who has nobody to call. */
#include "config.h"

#include "kb-help.h"

#include "kb-gettext.h"

struct _KbHelp {
    GtkWindow parent_instance;

    GtkBox *page;
};

G_DEFINE_FINAL_TYPE (KbHelp, kb_help, GTK_TYPE_WINDOW)

static const struct {
    const char *heading;
    const char *text;
} sections[] = {
    {N_ ("Before you upgrade Kolibri"),
     N_ ("Press Back Up Now, and wait until it says that the backup is checked. Kolibri may go on "
         "running. Then copy the backup to a USB drive: a backup on the same computer is lost "
         "with it.")},
    {N_ ("When something went wrong"),
     N_ ("Select a backup from before, and press Restore. You see first what comes back and what "
         "goes. The data that is there now is kept, so that you can undo the restore. A restore "
         "happens completely or not at all, even when the power fails.")},
    {N_ ("To take a backup to another computer"),
     N_ ("Copy it to a USB drive, plug the drive into the other computer, and open the backup "
         "there. Kolibri must be installed and must have been started once.")},
    {N_ ("What a backup holds"),
     N_ ("All users, classes, lessons and quizzes, and everything that learners did. The videos, "
         "books and exercises of the channels are not in it; Kolibri can import them again.")},
    {N_ ("Backups that Kolibri makes"),
     N_ ("Kolibri makes a backup of its own before an upgrade, marked Automatic, and deletes its "
         "older ones. Yours, and those that you mark Keep, are out of its reach.")},
    {N_ ("When you need help"),
     N_ ("Choose Save Report for Support in the menu, and send the file to whoever helps you. It "
         "holds no names of learners.")},
};

static void
add_label (KbHelp *self, const char *text, const char *class)
{
    GtkWidget *label = gtk_label_new (text);

    gtk_label_set_xalign (GTK_LABEL (label), 0);
    gtk_label_set_line_wrap (GTK_LABEL (label), TRUE);
    gtk_label_set_max_width_chars (GTK_LABEL (label), 60);
    if (class != NULL)
        gtk_style_context_add_class (gtk_widget_get_style_context (label), class);
    gtk_widget_show (label);
    gtk_container_add (GTK_CONTAINER (self->page), label);
}

static gboolean
on_key_press (GtkWidget *widget, GdkEventKey *event, G_GNUC_UNUSED gpointer user_data)
{
    if (event->keyval != GDK_KEY_Escape)
        return GDK_EVENT_PROPAGATE;
    gtk_window_close (GTK_WINDOW (widget));
    return GDK_EVENT_STOP;
}

/**
 * kb_help_new:
 * @parent: (nullable): the window
 *
 * Returns: (transfer floating): the help page
 */
GtkWidget *
kb_help_new (GtkWindow *parent)
{
    return g_object_new (KB_TYPE_HELP, "transient-for", parent, NULL);
}

static void
kb_help_class_init (KbHelpClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

    gtk_widget_class_set_template_from_resource (
        widget_class, "/io/github/kolibri_backup/KolibriBackup/kb-help.ui");
    gtk_widget_class_bind_template_child (widget_class, KbHelp, page);
    gtk_widget_class_bind_template_callback (widget_class, on_key_press);
}

static void
kb_help_init (KbHelp *self)
{
    gtk_widget_init_template (GTK_WIDGET (self));
    for (guint i = 0; i < G_N_ELEMENTS (sections); i++) {
        add_label (self, _ (sections[i].heading), "kb-help-heading");
        add_label (self, _ (sections[i].text), NULL);
    }
}
