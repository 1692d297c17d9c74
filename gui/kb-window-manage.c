/* SPDX-License-Identifier: MIT */
/* See inside, keep, note, show, copy, import, delete; and the report for support. */
#include "config.h"

#include "kb-chooser.h"
#include "kb-copy-dialog.h"
#include "kb-error.h"
#include "kb-gettext.h"
#include "kb-inside-dialog.h"
#include "kb-note-dialog.h"
#include "kb-text-language.h"
#include "kb-text-place.h"
#include "kb-text-result.h"
#include "kb-window-private.h"

static void
add_filter (GtkFileChooser *chooser, const char *name, const char *const *patterns)
{
    GtkFileFilter *filter = gtk_file_filter_new();

    gtk_file_filter_set_name (filter, name);
    for (; *patterns != NULL; patterns++)
        gtk_file_filter_add_pattern (filter, *patterns);
    gtk_file_chooser_add_filter (chooser, filter);
}

/* Asks for a file, and calls @on_chosen with the chooser. */
static void
choose_backup (KbWindow *self, const char *title, const char *accept, GCallback on_chosen)
{
    static const char *const backups[] = {"db-v*.dump", "*.dump",       "*.dump.gz",
                                          "*.sqlite3",  "*.sqlite3.gz", NULL};
    static const char *const everything[] = {"*", NULL};
    GtkFileChooser *chooser =
        kb_chooser_new (GTK_WINDOW (self), title, GTK_FILE_CHOOSER_ACTION_OPEN, accept);

    add_filter (chooser, _ ("Backups of Kolibri"), backups);
    add_filter (chooser, _ ("All files"), everything);
    kb_chooser_show (chooser, on_chosen, self);
}

static void
on_open_response (GtkFileChooser *chooser, int response, gpointer user_data)
{
    g_autofree char *path = kb_chooser_take (chooser, response);

    if (path != NULL)
        kb_window_open_file (user_data, path);
}

static void
on_open (G_GNUC_UNUSED GSimpleAction *action, G_GNUC_UNUSED GVariant *parameter, gpointer user_data)
{
    choose_backup (user_data, _ ("Open a Backup"), _ ("_Open"), G_CALLBACK (on_open_response));
}

static void
on_imported (KbJob *job, const GError *error, gpointer user_data)
{
    KbWindow *self = user_data;
    g_autoptr (KbImportResult) result = kb_job_steal_result (job);

    if (!kb_window_end_job (self))
        return;
    if (result == NULL) {
        kb_window_show_error (self, KB_OPERATION_IMPORT, error);
        return;
    }
    g_autofree char *text = kb_text_imported (result);
    kb_backup_list_select_later (self->list, result->name);
    kb_window_show_news (self, text);
}

static void
on_import_response (GtkFileChooser *chooser, int response, gpointer user_data)
{
    KbWindow *self = user_data;
    g_autofree char *path = kb_chooser_take (chooser, response);

    if (path != NULL && self->job == NULL)
        kb_window_start_job (self, KB_OPERATION_IMPORT, kb_tasks_import (self->look->home, path),
                             G_CALLBACK (on_imported));
}

static void
on_import (G_GNUC_UNUSED GSimpleAction *action,
           G_GNUC_UNUSED GVariant *parameter,
           gpointer user_data)
{
    choose_backup (user_data, _ ("Add a Backup to the List"), _ ("_Add"),
                   G_CALLBACK (on_import_response));
}

static void
on_inside_response (GtkDialog *dialog, int response, gpointer user_data)
{
    gtk_widget_destroy (GTK_WIDGET (dialog));
    if (response == GTK_RESPONSE_ACCEPT)
        g_action_group_activate_action (G_ACTION_GROUP (user_data), "restore", NULL);
}

static void
on_looked_inside (KbJob *job, const GError *error, gpointer user_data)
{
    KbWindow *self = user_data;
    g_autoptr (KbInside) inside = kb_job_steal_result (job);

    if (!kb_window_end_job (self))
        return;
    if (inside == NULL) {
        kb_window_show_error (self, KB_OPERATION_LOOK, error);
        return;
    }
    GtkWidget *dialog = kb_inside_dialog_new (GTK_WINDOW (self), inside, self->look->status);
    g_signal_connect_object (dialog, "response", G_CALLBACK (on_inside_response), self, 0);
    gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_inside (G_GNUC_UNUSED GSimpleAction *action,
           G_GNUC_UNUSED GVariant *parameter,
           gpointer user_data)
{
    KbWindow *self = user_data;

    kb_window_start_job (self, KB_OPERATION_LOOK,
                         kb_tasks_look_inside (self->look->home, kb_window_get_selected (self)),
                         G_CALLBACK (on_looked_inside));
}

/* The list shows what was noted; only a failure needs words. */
static void
on_noted (G_GNUC_UNUSED KbJob *job, const GError *error, gpointer user_data)
{
    KbWindow *self = user_data;

    if (kb_window_end_job (self) && error != NULL)
        kb_window_show_error (self, KB_OPERATION_NOTE, error);
}

static void
on_keep (G_GNUC_UNUSED GSimpleAction *action, G_GNUC_UNUSED GVariant *parameter, gpointer user_data)
{
    KbWindow *self = user_data;
    KbEntry *entry = kb_window_get_selected (self);

    kb_window_start_job (self, KB_OPERATION_NOTE,
                         kb_tasks_keep (self->look->home, entry, !entry->keep),
                         G_CALLBACK (on_noted));
}

static void
on_note_response (GtkDialog *dialog, int response, gpointer user_data)
{
    KbWindow *self = user_data;
    g_autofree char *text = kb_note_dialog_get_text (KB_NOTE_DIALOG (dialog));
    g_autoptr (KbEntry) entry = kb_entry_ref (kb_note_dialog_get_entry (KB_NOTE_DIALOG (dialog)));

    gtk_widget_destroy (GTK_WIDGET (dialog));
    if (response == GTK_RESPONSE_ACCEPT && self->job == NULL)
        kb_window_start_job (self, KB_OPERATION_NOTE, kb_tasks_note (self->look->home, entry, text),
                             G_CALLBACK (on_noted));
}

static void
on_note (G_GNUC_UNUSED GSimpleAction *action, G_GNUC_UNUSED GVariant *parameter, gpointer user_data)
{
    KbWindow *self = user_data;
    GtkWidget *dialog = kb_note_dialog_new (GTK_WINDOW (self), kb_window_get_selected (self));

    g_signal_connect_object (dialog, "response", G_CALLBACK (on_note_response), self, 0);
    gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_show_folder (G_GNUC_UNUSED GSimpleAction *action,
                G_GNUC_UNUSED GVariant *parameter,
                gpointer user_data)
{
    KbWindow *self = user_data;
    const KbEntry *selected = kb_window_get_selected (self);
    g_autofree char *folder = selected != NULL ? g_path_get_dirname (selected->path)
                                               : g_strdup (kb_home_get_path (self->look->home));
    g_autofree char *uri = g_filename_to_uri (folder, NULL, NULL);
    g_autoptr (GError) error = NULL;

    if (uri == NULL || !gtk_show_uri_on_window (GTK_WINDOW (self), uri, GDK_CURRENT_TIME, &error)) {
        g_autofree char *text = kb_text_folder_is (folder);
        kb_message_show_news (self->message, text); /* no file manager: its place helps, too */
    }
}

static void
on_copied (KbJob *job, const GError *error, gpointer user_data)
{
    KbWindow *self = user_data;
    g_autoptr (KbCopyResult) result = kb_job_steal_result (job);

    if (!kb_window_end_job (self))
        return;
    if (result == NULL) {
        kb_window_show_error (self, KB_OPERATION_COPY, error);
        return;
    }
    g_autofree char *text =
        kb_text_copied (self->copy_name, self->copies_to_drive, result->was_there_already);
    kb_window_show_news (self, text);
}

static void
on_copy_response (GtkDialog *dialog, int response, gpointer user_data)
{
    KbWindow *self = user_data;
    KbCopyDialog *copy = KB_COPY_DIALOG (dialog);
    g_autofree char *folder = kb_copy_dialog_get_folder (copy);

    g_free (self->copy_name);
    self->copy_name = kb_copy_dialog_get_name (copy, &self->copies_to_drive);
    g_autoptr (KbEntry) entry = kb_entry_ref (kb_copy_dialog_get_entry (copy));

    gtk_widget_destroy (GTK_WIDGET (dialog));
    if (response == GTK_RESPONSE_ACCEPT && folder != NULL && self->job == NULL)
        kb_window_start_job (self, KB_OPERATION_COPY,
                             kb_tasks_copy (self->look->home, entry, folder),
                             G_CALLBACK (on_copied));
}

static void
on_copy (G_GNUC_UNUSED GSimpleAction *action, G_GNUC_UNUSED GVariant *parameter, gpointer user_data)
{
    KbWindow *self = user_data;
    GtkWidget *dialog = kb_copy_dialog_new (GTK_WINDOW (self), kb_window_get_selected (self));

    g_signal_connect_object (dialog, "response", G_CALLBACK (on_copy_response), self, 0);
    gtk_window_present (GTK_WINDOW (dialog));
}

static char *
say_deleted (gconstpointer data)
{
    g_autoptr (GDateTime) now = g_date_time_new_now_local();

    return kb_text_deleted (data, now);
}

static void
on_deleted (G_GNUC_UNUSED KbJob *job, const GError *error, gpointer user_data)
{
    KbWindow *self = user_data;
    g_autoptr (KbEntry) entry = g_steal_pointer (&self->deleting);

    if (!kb_window_end_job (self))
        return;
    if (error != NULL) {
        kb_window_show_error (self, KB_OPERATION_DELETE, error);
        return;
    }
    g_autofree char *text = say_deleted (entry);
    g_autofree char *english = kb_text_say_in_english (say_deleted, entry);
    g_autofree char *both = g_strjoin ("\n", text, english, NULL);
    kb_message_show_news (self->message, both);
    self->deleted = g_strdup (entry->name);
    kb_message_add_action (self->message, _ ("_Undo"), "win.undelete");
}

static void
on_delete (G_GNUC_UNUSED GSimpleAction *action,
           G_GNUC_UNUSED GVariant *parameter,
           gpointer user_data)
{
    KbWindow *self = user_data;

    self->deleting = kb_entry_ref (kb_window_get_selected (self));
    kb_window_start_job (self, KB_OPERATION_DELETE,
                         kb_tasks_delete (self->look->home, self->deleting),
                         G_CALLBACK (on_deleted));
}

static void
on_undeleted (G_GNUC_UNUSED KbJob *job, const GError *error, gpointer user_data)
{
    KbWindow *self = user_data;

    if (!kb_window_end_job (self))
        return;
    if (error != NULL)
        kb_window_show_error (self, KB_OPERATION_DELETE, error);
    else
        kb_message_show_news (self->message, _ ("The backup is back in the list."));
}

static void
on_undelete (G_GNUC_UNUSED GSimpleAction *action,
             G_GNUC_UNUSED GVariant *parameter,
             gpointer user_data)
{
    KbWindow *self = user_data;
    g_autofree char *name = g_steal_pointer (&self->deleted); /* before the bar goes */

    if (name == NULL)
        return;
    kb_backup_list_select_later (self->list, name);
    kb_window_start_job (self, KB_OPERATION_DELETE, kb_tasks_undelete (self->look->home, name),
                         G_CALLBACK (on_undeleted));
}

static void
on_emptied (G_GNUC_UNUSED KbJob *job, G_GNUC_UNUSED const GError *error, gpointer user_data)
{
    kb_window_end_job (user_data); /* what is left is removed at the next start */
}

/* With the bar goes the offer to bring the backup back. Where it goes because of other work, that
 * work needs our lock, and frees the space itself if it needs any (kb-tasks.c). */
static void
on_message_hidden (KbWindow *self)
{
    g_autofree char *name = g_steal_pointer (&self->deleted);

    if (name != NULL && self->job == NULL)
        kb_window_start_job (self, KB_OPERATION_DELETE,
                             kb_tasks_empty_deleted (self->look->home, name),
                             G_CALLBACK (on_emptied));
}

static void
on_report_saved (G_GNUC_UNUSED KbJob *job, const GError *error, gpointer user_data)
{
    KbWindow *self = user_data;

    if (!kb_window_end_job (self))
        return;
    if (error != NULL)
        kb_window_show_error (self, KB_OPERATION_REPORT, error);
    else
        kb_message_show_news (self->message, _ ("The report has been saved. It names no person."));
}

static void
on_report_response (GtkFileChooser *chooser, int response, gpointer user_data)
{
    KbWindow *self = user_data;
    g_autofree char *path = kb_chooser_take (chooser, response);

    if (path == NULL || self->job != NULL)
        return;
    kb_window_start_job (self, KB_OPERATION_REPORT,
                         kb_tasks_save_report (path, self->look != NULL ? self->look->home : NULL,
                                               self->last_operation, self->last_error),
                         G_CALLBACK (on_report_saved));
}

static void
on_save_report (G_GNUC_UNUSED GSimpleAction *action,
                G_GNUC_UNUSED GVariant *parameter,
                gpointer user_data)
{
    GtkFileChooser *chooser =
        kb_chooser_new (GTK_WINDOW (user_data), _ ("Save a Report for Support"),
                        GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"));

    gtk_file_chooser_set_current_name (chooser, "kolibri-backup-report.txt");
    gtk_file_chooser_set_do_overwrite_confirmation (chooser, TRUE);
    kb_chooser_show (chooser, G_CALLBACK (on_report_response), user_data);
}

/**
 * kb_window_add_manage:
 * @self: a window
 *
 * Adds the actions of this file.
 */
void
kb_window_add_manage (KbWindow *self)
{
    static const GActionEntry actions[] = {
        {.name = "copy", .activate = on_copy},
        {.name = "delete", .activate = on_delete},
        {.name = "import", .activate = on_import},
        {.name = "inside", .activate = on_inside},
        {.name = "keep", .activate = on_keep, .state = "false"},
        {.name = "note", .activate = on_note},
        {.name = "open", .activate = on_open},
        {.name = "save-report", .activate = on_save_report},
        {.name = "show-folder", .activate = on_show_folder},
        {.name = "undelete", .activate = on_undelete},
    };

    g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
}

/**
 * kb_window_watch_message:
 * @self: a window, its template made
 *
 * Lets what the info bar offers end with it.
 */
void
kb_window_watch_message (KbWindow *self)
{
    g_signal_connect_object (self->message, "hidden", G_CALLBACK (on_message_hidden), self,
                             G_CONNECT_SWAPPED);
}
