/* SPDX-License-Identifier: MIT */
/* What stands in place of the list while there are no backups: two equal doors. */
#include "config.h"

#include "kb-welcome.h"

#include "kb-text-place.h"

struct _KbWelcome {
    GtkBox parent_instance;

    GtkWidget *doors;
    GtkWidget *found;
    GtkLabel *found_text;
    GtkWidget *no_kolibri;
    GtkWidget *choose;
};

G_DEFINE_FINAL_TYPE (KbWelcome, kb_welcome, GTK_TYPE_BOX)

/**
 * kb_welcome_show_look:
 * @self: the page
 * @look: what there is
 *
 * Shows what can be done first: back up, or bring back a backup from somewhere else. The newest
 * one on a drive is offered by itself.
 */
void
kb_welcome_show_look (KbWelcome *self, const KbLook *look)
{
    g_autoptr (GDateTime) now = g_date_time_new_now_local();

    gtk_widget_set_visible (self->no_kolibri, look->home == NULL);
    gtk_widget_set_visible (self->choose, look->home == NULL);
    gtk_widget_set_visible (self->doors, look->home != NULL);
    gtk_widget_set_visible (self->found, look->home != NULL && look->found != NULL);
    if (look->found != NULL) {
        g_autofree char *text = kb_text_found_on_drive (look->found, look->found_on, now);
        gtk_label_set_text (self->found_text, text);
    }
}

static void
kb_welcome_class_init (KbWelcomeClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

    gtk_widget_class_set_template_from_resource (
        widget_class, "/io/github/kolibri_backup/KolibriBackup/kb-welcome.ui");
    gtk_widget_class_bind_template_child (widget_class, KbWelcome, doors);
    gtk_widget_class_bind_template_child (widget_class, KbWelcome, found);
    gtk_widget_class_bind_template_child (widget_class, KbWelcome, found_text);
    gtk_widget_class_bind_template_child (widget_class, KbWelcome, no_kolibri);
    gtk_widget_class_bind_template_child (widget_class, KbWelcome, choose);
}

static void
kb_welcome_init (KbWelcome *self)
{
    gtk_widget_init_template (GTK_WIDGET (self));
}
