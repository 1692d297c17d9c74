/* SPDX-License-Identifier: MIT */
/* Which data folder: choose another one, open the one with the data, keep what is in danger. */
#include "config.h"

#include "kb-homes-dialog.h"
#include "kb-window-private.h"

#include <string.h>

/* One window a data folder. The present one goes, so that nobody restores into the wrong one; with
 * work under way it stays. */
static void
open_home (KbWindow *self, const char *path)
{
    GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));
    KbWindow *window = kb_window_find (application, path);

    if (window == NULL) {
        window = KB_WINDOW (kb_window_new (application, path));
        window->is_chosen = TRUE;
        gtk_window_present (GTK_WINDOW (window));
        if (self->job == NULL)
            gtk_widget_destroy (GTK_WIDGET (self));
    } else {
        gtk_window_present (GTK_WINDOW (window));
    }
}

static void
on_homes_response (GtkDialog *dialog, int response, gpointer user_data)
{
    g_autofree char *path = kb_homes_dialog_get_path (KB_HOMES_DIALOG (dialog));

    gtk_widget_destroy (GTK_WIDGET (dialog));
    if (response == GTK_RESPONSE_ACCEPT && path != NULL)
        open_home (user_data, path);
}

static void
on_homes (G_GNUC_UNUSED GSimpleAction *action,
          G_GNUC_UNUSED GVariant *parameter,
          gpointer user_data)
{
    KbWindow *self = user_data;
    const KbHome *home = self->look != NULL ? self->look->home : NULL;
    GtkWidget *dialog =
        kb_homes_dialog_new (GTK_WINDOW (self), home != NULL ? kb_home_get_path (home) : NULL);

    g_signal_connect_object (dialog, "response", G_CALLBACK (on_homes_response), self, 0);
    gtk_window_present (GTK_WINDOW (dialog));
}

/* From an empty folder to the one that it hides. */
static void
on_open_data (G_GNUC_UNUSED GSimpleAction *action,
              G_GNUC_UNUSED GVariant *parameter,
              gpointer user_data)
{
    KbWindow *self = user_data;
    const GPtrArray *homes = self->look->status->homes;

    for (guint i = 1; i < homes->len; i++) {
        const KbFound *found = homes->pdata[i];
        if (!found->is_empty) {
            open_home (self, found->path);
            return;
        }
    }
}

static void
on_kept (G_GNUC_UNUSED KbJob *job, const GError *error, gpointer user_data)
{
    KbWindow *self = user_data;

    if (kb_window_end_job (self) && error != NULL)
        kb_window_show_error (self, KB_OPERATION_NOTE, error);
}

static void
on_keep_endangered (G_GNUC_UNUSED GSimpleAction *action,
                    G_GNUC_UNUSED GVariant *parameter,
                    gpointer user_data)
{
    KbWindow *self = user_data;

    kb_window_start_job (
        self, KB_OPERATION_NOTE,
        kb_tasks_keep_all (self->look->home, self->look->status->pruning->endangered),
        G_CALLBACK (on_kept));
}

/**
 * kb_window_show_home:
 * @self: a window that has looked
 *
 * Says which folder this is where there are several, and remembers the one that was chosen.
 */
void
kb_window_show_home (KbWindow *self)
{
    const KbStatus *status = self->look->status;
    g_autofree char *path = status != NULL ? g_filename_display_name (status->home) : NULL;
    gboolean is_data = status != NULL && kb_home_has_database (self->look->home);

    kb_notices_show_status (self->notices, status);
    gtk_header_bar_set_subtitle (self->header,
                                 status != NULL && status->homes->len > 1 ? path : NULL);
    if (self->is_chosen && is_data)
        g_settings_set_string (self->settings, "last-home", path);
}

/**
 * kb_window_add_homes:
 * @self: a window
 *
 * Adds the actions of this file.
 */
void
kb_window_add_homes (KbWindow *self)
{
    static const GActionEntry actions[] = {
        {.name = "homes", .activate = on_homes},
        {.name = "keep-endangered", .activate = on_keep_endangered},
        {.name = "open-data", .activate = on_open_data},
    };

    g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
}
