/* SPDX-License-Identifier: MIT */
/* Back up, check, restore, undo; and what all work has in common. */
#include "config.h"

#include "kb-desktop.h"
#include "kb-error.h"
#include "kb-gettext.h"
#include "kb-text-error.h"
#include "kb-text-result.h"
#include "kb-window-private.h"

/* Who looks at something else while a large backup is made wants to hear of its end. */
static void
notify_when_away (KbWindow *self, const char *text)
{
    if (!gtk_window_is_active (GTK_WINDOW (self)))
        kb_desktop_notify (kb_desktop_get(), GTK_WINDOW (self), text);
}

/**
 * kb_window_show_news:
 * @self: a window
 * @text: what has happened
 *
 * Tells that something went well, by a notification too when the window is not in front.
 */
void
kb_window_show_news (KbWindow *self, const char *text)
{
    kb_message_show_news (self->message, text);
    notify_when_away (self, text);
}

static const char *
action_for (KbAdvice advice)
{
    switch (advice) {
    case KB_ADVICE_TRY_AGAIN:
        return "win.try-again";
    case KB_ADVICE_SHOW_FOLDER:
        return "win.show-folder";
    case KB_ADVICE_CHOOSE_FILE:
        return "win.open";
    case KB_ADVICE_CHOOSE_DRIVE:
        return "win.copy";
    case KB_ADVICE_CHECK:
        return "win.check";
    case KB_ADVICE_SAVE_REPORT:
        return "win.save-report";
    case KB_ADVICE_NONE:
        break;
    }
    return NULL;
}

/**
 * kb_window_show_error:
 * @self: a window
 * @operation: what was being done
 * @error: what went wrong, or that it was cancelled
 *
 * Shows what happened, whether the data is safe, what to do now, and a button that does it.
 */
void
kb_window_show_error (KbWindow *self, KbOperation operation, const GError *error)
{
    g_autoptr (KbErrorText) text = kb_error_text_new (operation, error);

    if (self->guide_dialog != NULL && !kb_error_is_cancelled (error))
        kb_guide_dialog_show_error (self->guide_dialog, text);
    if (kb_error_is_cancelled (error)) {
        kb_message_show_cancelled (self->message, text);
        return;
    }
    g_clear_error (&self->last_error);
    self->last_error = g_error_copy (error);
    self->last_operation = operation;
    kb_message_show_error (self->message, text);
    if (text->action != KB_ADVICE_NONE)
        kb_message_add_action (self->message, kb_error_text_get_label (text->action),
                               action_for (text->action));
    notify_when_away (self, text->what);
}

/**
 * kb_window_start_job:
 * @self: a window that has no job
 * @operation: what is to be done
 * @job: (transfer full): what does it
 * @on_finished: what to call then
 *
 * One operation at a time: what starts another is insensitive meanwhile, the program stays alive,
 * and the desktop neither logs out nor sleeps.
 */
void
kb_window_start_job (KbWindow *self, KbOperation operation, KbJob *job, GCallback on_finished)
{
    g_assert (self->job == NULL);
    self->job = job;
    self->operation = operation;
    kb_message_hide (self->message);
    if (self->guide_dialog != NULL)
        kb_guide_dialog_show_error (self->guide_dialog, NULL);
    kb_work_begin (self->work, operation, job);
    kb_window_update_actions (self);
    g_signal_connect_object (job, "finished", on_finished, self, 0);
    g_application_hold (g_application_get_default());
    self->inhibit_cookie = kb_desktop_inhibit (kb_desktop_get(), GTK_WINDOW (self),
                                               _ ("Kolibri’s data is being worked on."));
    kb_job_start (job);
}

/**
 * kb_window_end_job:
 * @self: a window whose job has finished
 *
 * Returns: %FALSE when the window is closing and nothing more is to be shown
 */
gboolean
kb_window_end_job (KbWindow *self)
{
    kb_desktop_uninhibit (kb_desktop_get(), GTK_WINDOW (self), self->inhibit_cookie);
    self->inhibit_cookie = 0;
    g_clear_object (&self->job);
    g_application_release (g_application_get_default());
    if (self->closing) {
        gtk_widget_destroy (GTK_WIDGET (self));
        return FALSE;
    }
    kb_work_end (self->work);
    kb_window_update_actions (self);
    kb_window_start_look (self);
    return TRUE;
}

/* The bar offers what people do next: look at the file, take it away from this computer. */
static void
offer_backup_steps (KbWindow *self, const char *name)
{
    kb_backup_list_select_later (self->list, name);
    kb_message_add_action (self->message, _ ("_Show in Folder"), "win.show-folder");
    kb_message_add_action (self->message, _ ("Copy to a _USB Drive…"), "win.copy");
}

static void
on_backup_finished (KbJob *job, const GError *error, gpointer user_data)
{
    KbWindow *self = user_data;
    g_autoptr (KbBackedUp) done = kb_job_steal_result (job);

    if (!kb_window_end_job (self))
        return;
    if (done == NULL) {
        kb_window_show_error (self, KB_OPERATION_BACKUP, error);
        return;
    }
    g_autofree char *text = kb_text_backed_up (done->result);
    if (done->copy_error != NULL) {
        g_autoptr (KbErrorText) why = kb_error_text_new (KB_OPERATION_COPY, done->copy_error);
        g_autofree char *both = kb_text_join (text, why->what);
        kb_window_show_news (self, both);
    } else if (done->copy != NULL) {
        g_autofree char *folder = g_path_get_dirname (done->copy->path);
        g_autofree char *name = g_filename_display_basename (folder);
        g_autofree char *copied = kb_text_copied (name, FALSE, FALSE);
        g_autofree char *both = kb_text_join (text, copied);
        kb_window_show_news (self, both);
    } else {
        kb_window_show_news (self, text);
    }
    offer_backup_steps (self, done->result->name);
}

static void
on_backup (G_GNUC_UNUSED GSimpleAction *action,
           G_GNUC_UNUSED GVariant *parameter,
           gpointer user_data)
{
    KbWindow *self = user_data;
    g_autofree char *copy_folder = g_settings_get_string (self->settings, "copy-folder");

    kb_window_start_job (self, KB_OPERATION_BACKUP, kb_tasks_backup (self->look->home, copy_folder),
                         G_CALLBACK (on_backup_finished));
}

static void
on_check_finished (KbJob *job, const GError *error, gpointer user_data)
{
    KbWindow *self = user_data;
    g_autoptr (KbChecked) checked = kb_job_steal_result (job);

    if (!kb_window_end_job (self))
        return;
    if (checked == NULL) {
        kb_window_show_error (self, KB_OPERATION_CHECK, error);
        return;
    }
    g_autofree char *text = kb_text_checked (checked->result);
    kb_window_show_news (self, text);
}

static void
on_check (G_GNUC_UNUSED GSimpleAction *action,
          G_GNUC_UNUSED GVariant *parameter,
          gpointer user_data)
{
    KbWindow *self = user_data;

    kb_window_start_job (self, KB_OPERATION_CHECK,
                         kb_tasks_check (self->look->home, kb_window_get_selected (self)),
                         G_CALLBACK (on_check_finished));
}

/* The bar stays until it is closed, or something else is begun. */
static void
offer_undo (KbWindow *self, const char *replaced)
{
    if (replaced == NULL)
        return;
    g_free (self->replaced);
    self->replaced = g_strdup (replaced);
    kb_message_add_action (self->message, _ ("_Undo"), "win.undo");
}

static void
on_restore_finished (KbJob *job, const GError *error, gpointer user_data)
{
    KbWindow *self = user_data;
    g_autoptr (KbRestoreResult) result = kb_job_steal_result (job);
    g_autoptr (KbChecked) checked = g_steal_pointer (&self->checked);
    g_autoptr (GDateTime) now = g_date_time_new_now_local();

    if (!kb_window_end_job (self))
        return;
    if (result == NULL) {
        kb_window_show_error (self, KB_OPERATION_RESTORE, error);
        return;
    }
    g_autofree char *text = kb_text_restored (result, checked->entry->time, now);
    kb_window_show_news (self, text);
    offer_undo (self, result->kept);
}

static void
on_undo_finished (KbJob *job, const GError *error, gpointer user_data)
{
    KbWindow *self = user_data;
    g_autoptr (KbUndoResult) result = kb_job_steal_result (job);
    g_autoptr (GDateTime) now = g_date_time_new_now_local();

    g_clear_pointer (&self->undoable, kb_undoable_free);
    if (!kb_window_end_job (self))
        return;
    if (result == NULL) {
        kb_window_show_error (self, KB_OPERATION_UNDO, error);
        return;
    }
    g_autofree char *text = kb_text_undone (result, now);
    kb_window_show_news (self, text);
    offer_undo (self, result->kept);
}

static void
on_dialog_response (GtkDialog *dialog, int response, gpointer user_data)
{
    KbWindow *self = user_data;
    gboolean stop_kolibri = kb_restore_dialog_stops_kolibri (KB_RESTORE_DIALOG (dialog));

    self->dialog = NULL;
    gtk_widget_destroy (GTK_WIDGET (dialog));
    if (response != GTK_RESPONSE_ACCEPT || self->job != NULL) {
        g_clear_pointer (&self->checked, kb_checked_free);
        g_clear_pointer (&self->undoable, kb_undoable_free);
        return;
    }
    if (self->undoable != NULL)
        kb_window_start_job (self, KB_OPERATION_UNDO,
                             kb_tasks_undo (self->look->home, self->undoable, stop_kolibri),
                             G_CALLBACK (on_undo_finished));
    else
        kb_window_start_job (self, KB_OPERATION_RESTORE,
                             kb_tasks_restore (self->look->home, self->checked, stop_kolibri),
                             G_CALLBACK (on_restore_finished));
}

static void
show_dialog (KbWindow *self, GtkWidget *dialog)
{
    self->dialog = KB_RESTORE_DIALOG (dialog);
    g_signal_connect_object (dialog, "response", G_CALLBACK (on_dialog_response), self, 0);
    gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_undo_found (KbJob *job, const GError *error, gpointer user_data)
{
    KbWindow *self = user_data;
    KbUndoable *undoable = kb_job_steal_result (job);

    if (!kb_window_end_job (self)) {
        kb_undoable_free (undoable);
        return;
    }
    if (undoable == NULL) {
        kb_window_show_error (self, KB_OPERATION_UNDO, error);
        return;
    }
    self->undoable = undoable;
    show_dialog (self,
                 kb_restore_dialog_new_for_undo (GTK_WINDOW (self), undoable, self->look->status));
}

/* An undo says first what it would take away. */
static void
begin_undo (KbWindow *self, const char *replaced)
{
    kb_window_start_job (self, KB_OPERATION_UNDO, kb_tasks_find_undo (self->look->home, replaced),
                         G_CALLBACK (on_undo_found));
}

static void
on_undo (G_GNUC_UNUSED GSimpleAction *action, G_GNUC_UNUSED GVariant *parameter, gpointer user_data)
{
    KbWindow *self = user_data;

    begin_undo (self, self->replaced);
}

/* A backup is checked before anybody is asked: what cannot be restored is not offered. */
static void
on_checked_for_restore (KbJob *job, const GError *error, gpointer user_data)
{
    KbWindow *self = user_data;
    KbChecked *checked = kb_job_steal_result (job);

    if (!kb_window_end_job (self)) {
        kb_checked_free (checked);
        return;
    }
    if (checked == NULL) {
        kb_window_show_error (self, KB_OPERATION_RESTORE, error);
        return;
    }
    self->checked = checked;
    show_dialog (self, kb_restore_dialog_new (GTK_WINDOW (self), checked, self->look->status));
}

/**
 * kb_window_check_for_restore:
 * @self: a window without work under way
 * @entry: a backup of its list
 *
 * Checks a backup and asks whether to restore it.
 */
void
kb_window_check_for_restore (KbWindow *self, KbEntry *entry)
{
    g_clear_pointer (&self->last_file, g_free);
    kb_window_start_job (self, KB_OPERATION_CHECK, kb_tasks_check (self->look->home, entry),
                         G_CALLBACK (on_checked_for_restore));
}

static void
on_restore (G_GNUC_UNUSED GSimpleAction *action,
            G_GNUC_UNUSED GVariant *parameter,
            gpointer user_data)
{
    KbWindow *self = user_data;
    KbEntry *entry = kb_window_get_selected (self);

    if (entry->origin == KB_ORIGIN_BEFORE_RESTORE)
        begin_undo (self, entry->name);
    else
        kb_window_check_for_restore (self, entry);
}

/**
 * kb_window_open_file:
 * @self: a window
 * @path: a file from anywhere
 *
 * Checks a backup and shows what is in it; it is never restored without a question. A file that
 * comes while something else is under way is left alone.
 */
void
kb_window_open_file (KbWindow *self, const char *path)
{
    g_autofree char *copy = g_strdup (path); /* @path may be our own last_file */

    if (self->look == NULL) {
        g_free (self->pending_file);
        self->pending_file = g_steal_pointer (&copy);
        return;
    }
    if (self->job != NULL || self->dialog != NULL || self->look->home == NULL)
        return;
    g_free (self->last_file);
    self->last_file = g_steal_pointer (&copy);
    kb_window_start_job (self, KB_OPERATION_CHECK,
                         kb_tasks_check_file (self->look->home, self->last_file),
                         G_CALLBACK (on_checked_for_restore));
}

static void
on_restore_found (G_GNUC_UNUSED GSimpleAction *action,
                  G_GNUC_UNUSED GVariant *parameter,
                  gpointer user_data)
{
    KbWindow *self = user_data;

    if (self->look->found != NULL)
        kb_window_open_file (self, self->look->found->path);
}

static void
on_cancel (G_GNUC_UNUSED GSimpleAction *action,
           G_GNUC_UNUSED GVariant *parameter,
           gpointer user_data)
{
    KbWindow *self = user_data;

    if (self->job != NULL)
        kb_job_cancel (self->job);
}

/* Does once more what has failed. */
static void
on_try_again (G_GNUC_UNUSED GSimpleAction *action,
              G_GNUC_UNUSED GVariant *parameter,
              gpointer user_data)
{
    static const char *const actions[KB_N_OPERATIONS] = {
        [KB_OPERATION_OPEN] = "refresh",       [KB_OPERATION_BACKUP] = "backup",
        [KB_OPERATION_CHECK] = "check",        [KB_OPERATION_RESTORE] = "restore",
        [KB_OPERATION_UNDO] = "undo",          [KB_OPERATION_LOOK] = "inside",
        [KB_OPERATION_COPY] = "copy",          [KB_OPERATION_IMPORT] = "import",
        [KB_OPERATION_REPORT] = "save-report", [KB_OPERATION_NOTE] = "note",
        [KB_OPERATION_DELETE] = "delete",
    };
    KbWindow *self = user_data;

    kb_message_hide (self->message);
    if (self->last_operation == KB_OPERATION_RESTORE && self->last_file != NULL)
        kb_window_open_file (self, self->last_file);
    else
        g_action_group_activate_action (G_ACTION_GROUP (self), actions[self->last_operation], NULL);
}

/**
 * kb_window_add_operations:
 * @self: a window
 *
 * Adds the actions of this file.
 */
void
kb_window_add_operations (KbWindow *self)
{
    static const GActionEntry actions[] = {
        {.name = "backup", .activate = on_backup},
        {.name = "cancel", .activate = on_cancel},
        {.name = "check", .activate = on_check},
        {.name = "restore", .activate = on_restore},
        {.name = "restore-found", .activate = on_restore_found},
        {.name = "try-again", .activate = on_try_again},
        {.name = "undo", .activate = on_undo},
    };

    g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
}
