/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "kb-window.h"

#include "kb-backup-list.h"
#include "kb-error.h"
#include "kb-job.h"
#include "kb-message.h"
#include "kb-restore-dialog.h"
#include "kb-tasks.h"
#include "kb-text-date.h"
#include "kb-text-progress.h"
#include "kb-text-result.h"
#include "kb-text-status.h"
#include "kb-text.h"

#include <glib/gi18n.h>

#define WATCH_DELAY_MS 500
#define REFRESH_INTERVAL_S 60 /* midnight passes, and a server that was killed leaves no trace */

struct _KbWindow {
    GtkApplicationWindow parent_instance;

    char *home_path; /* as asked for; NULL: the usual one */
    GSettings *settings;

    KbLook *look;    /* what there is; NULL before the first look */
    KbJob *look_job; /* a look under way */
    gboolean look_again;
    KbJob *job; /* an operation under way: at most one */
    KbOperation operation;
    KbChecked *checked;   /* the backup that is being restored */
    KbUndoable *undoable; /* or the restore that is being undone */
    char *replaced;       /* what the restore that the info bar tells of has replaced */
    char *pending_file;   /* to be opened after the first look */
    gboolean closing;

    GFileMonitor *monitors[2];
    guint watch_id;
    guint refresh_id;

    KbRestoreDialog *dialog;
    GtkWidget *menu;
    GtkImage *verdict_icon;
    GtkLabel *verdict;
    GtkLabel *verdict_detail;
    GtkLabel *kolibri;
    GtkRevealer *work;
    GtkLabel *step;
    GtkProgressBar *progress;
    GtkWidget *cancel;
    GtkWidget *backup;
    GtkButton *restore;
    KbMessage *message;
    KbBackupList *list;
};

G_DEFINE_FINAL_TYPE (KbWindow, kb_window, GTK_TYPE_APPLICATION_WINDOW)

static void start_look (KbWindow *self);

static void
set_action_enabled (KbWindow *self, const char *name, gboolean enabled)
{
    GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), name);

    g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

/* What can be done now. */
static void
update_actions (KbWindow *self)
{
    const KbEntry *selected = kb_backup_list_get_selected (self->list);
    gboolean idle = self->job == NULL && !self->closing;
    gboolean usable = self->look != NULL && self->look->home != NULL &&
                      self->look->status->verdict != KB_VERDICT_UNSUPPORTED;
    gboolean on_replaced = selected != NULL && selected->origin == KB_ORIGIN_BEFORE_RESTORE;

    set_action_enabled (self, "backup", idle && usable && self->look->status->has_database);
    set_action_enabled (self, "open", idle && usable);
    set_action_enabled (self, "refresh", idle);
    set_action_enabled (self, "check", idle && usable && selected != NULL && !on_replaced);
    set_action_enabled (self, "restore", idle && usable && selected != NULL);
    set_action_enabled (self, "undo", idle && usable);
    gtk_button_set_label (self->restore, on_replaced ? _ ("_Undo Restore…") : _ ("_Restore…"));
}

/* Icon, colour and word say the same. The icons are our own: not every desktop has a theme. */
static void
show_verdict_icon (KbWindow *self, KbVerdict verdict)
{
    static const struct {
        const char *icon;
        const char *class;
    } looks[] = {
        [KB_VERDICT_NO_KOLIBRI] = {"kb-none-symbolic", "kb-warn"},
        [KB_VERDICT_UNSUPPORTED] = {"kb-none-symbolic", "kb-warn"},
        [KB_VERDICT_DAMAGED] = {"kb-risk-symbolic", "kb-bad"},
        [KB_VERDICT_NO_BACKUP] = {"kb-none-symbolic", "kb-bad"},
        [KB_VERDICT_AT_RISK] = {"kb-risk-symbolic", "kb-bad"},
        [KB_VERDICT_GETTING_OLD] = {"kb-old-symbolic", "kb-warn"},
        [KB_VERDICT_SAFE] = {"kb-safe-symbolic", "kb-good"},
    };
    GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self->verdict_icon));

    gtk_style_context_remove_class (style, "kb-good");
    gtk_style_context_remove_class (style, "kb-warn");
    gtk_style_context_remove_class (style, "kb-bad");
    gtk_style_context_add_class (style, looks[verdict].class);
    gtk_image_set_from_icon_name (self->verdict_icon, looks[verdict].icon, GTK_ICON_SIZE_DIALOG);
    gtk_image_set_pixel_size (self->verdict_icon, 48);
    atk_object_set_name (gtk_widget_get_accessible (GTK_WIDGET (self->verdict_icon)),
                         kb_text_verdict (verdict));
}

static void
show_status (KbWindow *self)
{
    const KbStatus *status = self->look->status;
    g_autoptr (GDateTime) now = g_date_time_new_now_local();

    if (status == NULL) {
        const KbStatus none = {.verdict = KB_VERDICT_NO_KOLIBRI};
        g_autofree char *detail = kb_text_verdict_detail (&none, now);
        show_verdict_icon (self, KB_VERDICT_NO_KOLIBRI);
        gtk_label_set_text (self->verdict, kb_text_verdict (KB_VERDICT_NO_KOLIBRI));
        gtk_label_set_text (self->verdict_detail, detail);
        gtk_label_set_text (self->kolibri, "");
        return;
    }
    g_autofree char *detail = kb_text_verdict_detail (status, now);
    g_autofree char *kolibri = kb_text_kolibri (status);
    show_verdict_icon (self, status->verdict);
    gtk_label_set_text (self->verdict, kb_text_verdict (status->verdict));
    gtk_label_set_text (self->verdict_detail, detail);
    gtk_label_set_text (self->kolibri, kolibri);
    gtk_widget_set_tooltip_text (GTK_WIDGET (self->kolibri), status->home);
    if (self->dialog != NULL)
        kb_restore_dialog_set_server (self->dialog, status->server);
}

static gboolean
on_watch_delay (gpointer user_data)
{
    KbWindow *self = user_data;

    self->watch_id = 0;
    start_look (self);
    return G_SOURCE_REMOVE;
}

static void
on_folder_changed (G_GNUC_UNUSED GFileMonitor *monitor,
                   GFile *file,
                   G_GNUC_UNUSED GFile *other,
                   GFileMonitorEvent event,
                   gpointer user_data)
{
    KbWindow *self = user_data;
    g_autofree char *name = g_file_get_basename (file);

    /* The database and its log change all the time while Kolibri runs, and by our own looking. */
    if (event == G_FILE_MONITOR_EVENT_ATTRIBUTE_CHANGED || strstr (name, ".sqlite3") != NULL ||
        g_str_has_suffix (name, ".part") || g_str_has_suffix (name, ".lock"))
        return;
    if (self->watch_id == 0)
        self->watch_id = g_timeout_add (WATCH_DELAY_MS, on_watch_delay, self);
}

static void
watch_folder (KbWindow *self, const char *path, guint index)
{
    g_autoptr (GFile) folder = g_file_new_for_path (path);

    self->monitors[index] =
        g_file_monitor_directory (folder, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
    if (self->monitors[index] != NULL)
        g_signal_connect (self->monitors[index], "changed", G_CALLBACK (on_folder_changed), self);
}

static void
watch (KbWindow *self)
{
    if (self->monitors[0] != NULL || self->look->home == NULL)
        return;
    watch_folder (self, kb_home_get_path (self->look->home), 0);
    watch_folder (self, kb_home_get_backups_dir (self->look->home), 1);
}

static void
on_look_finished (KbJob *job, const GError *error, gpointer user_data)
{
    KbWindow *self = user_data;
    gboolean first = self->look == NULL;
    KbLook *look = kb_job_steal_result (job);

    g_clear_object (&self->look_job);
    if (look == NULL) {
        if (!kb_error_is_cancelled (error))
            kb_message_show_error (self->message, KB_OPERATION_OPEN, error);
        return;
    }
    kb_look_free (self->look);
    self->look = look;
    show_status (self);
    kb_backup_list_set_entries (self->list, look->entries,
                                look->status != NULL ? look->status->installed_version : NULL);
    if (first) {
        g_autofree char *recovered = kb_text_recovered (&look->recovered);
        if (recovered != NULL)
            kb_message_show_news (self->message, recovered);
    }
    watch (self);
    update_actions (self);
    if (self->look_again)
        start_look (self);
    if (self->pending_file != NULL) {
        g_autofree char *path = g_steal_pointer (&self->pending_file);
        kb_window_open_file (self, path);
    }
}

static void
start_look (KbWindow *self)
{
    self->look_again = self->look_job != NULL;
    if (self->look_job != NULL)
        return;
    self->look_job = kb_tasks_look (self->home_path, self->look != NULL ? self->look->home : NULL,
                                    g_settings_get_uint (self->settings, "old-after-days"));
    g_signal_connect_object (self->look_job, "finished", G_CALLBACK (on_look_finished), self, 0);
    kb_job_start (self->look_job);
}

static void
on_job_progress (KbJob *job, gpointer user_data)
{
    KbWindow *self = user_data;
    KbProgressSnapshot now;

    kb_job_get_progress (job, &now);
    gtk_label_set_text (self->step, kb_text_phase (now.phase));
    gtk_progress_bar_set_fraction (self->progress, now.fraction);
    set_action_enabled (self, "cancel", kb_phase_can_cancel (now.phase));
}

/* One operation at a time: what starts another is insensitive meanwhile. */
static void
start_job (KbWindow *self, KbOperation operation, KbJob *job, GCallback on_finished)
{
    g_assert (self->job == NULL);
    self->job = job;
    self->operation = operation;
    kb_message_hide (self->message);
    gtk_label_set_text (self->step, kb_text_phase (KB_PHASE_PREPARING));
    gtk_progress_bar_set_fraction (self->progress, 0);
    gtk_revealer_set_reveal_child (self->work, TRUE);
    set_action_enabled (self, "cancel", TRUE);
    update_actions (self);
    g_signal_connect_object (job, "progress", G_CALLBACK (on_job_progress), self, 0);
    g_signal_connect_object (job, "finished", on_finished, self, 0);
    g_application_hold (g_application_get_default());
    kb_job_start (job);
}

/* Returns FALSE when the window is closing and nothing more is to be shown. */
static gboolean
end_job (KbWindow *self)
{
    g_clear_object (&self->job);
    g_application_release (g_application_get_default());
    if (self->closing) {
        gtk_widget_destroy (GTK_WIDGET (self));
        return FALSE;
    }
    gtk_revealer_set_reveal_child (self->work, FALSE);
    update_actions (self);
    start_look (self);
    return TRUE;
}

static void
on_backup_finished (KbJob *job, const GError *error, gpointer user_data)
{
    KbWindow *self = user_data;
    g_autoptr (KbBackupResult) result = kb_job_steal_result (job);

    if (!end_job (self))
        return;
    if (result == NULL) {
        kb_message_show_error (self->message, KB_OPERATION_BACKUP, error);
        return;
    }
    g_autofree char *text = kb_text_backed_up (result);
    kb_message_show_news (self->message, text);
}

static void
on_backup (G_GNUC_UNUSED GSimpleAction *action,
           G_GNUC_UNUSED GVariant *parameter,
           gpointer user_data)
{
    KbWindow *self = user_data;

    start_job (self, KB_OPERATION_BACKUP, kb_tasks_backup (self->look->home),
               G_CALLBACK (on_backup_finished));
}

static void
on_check_finished (KbJob *job, const GError *error, gpointer user_data)
{
    KbWindow *self = user_data;
    g_autoptr (KbChecked) checked = kb_job_steal_result (job);

    if (!end_job (self))
        return;
    if (checked == NULL) {
        kb_message_show_error (self->message, KB_OPERATION_CHECK, error);
        return;
    }
    g_autofree char *text = kb_text_checked (checked->result);
    kb_message_show_news (self->message, text);
}

static void
on_check (G_GNUC_UNUSED GSimpleAction *action,
          G_GNUC_UNUSED GVariant *parameter,
          gpointer user_data)
{
    KbWindow *self = user_data;
    KbEntry *entry = kb_backup_list_get_selected (self->list);

    start_job (self, KB_OPERATION_CHECK, kb_tasks_check (self->look->home, entry),
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
    kb_message_set_action (self->message, _ ("_Undo"), "win.undo");
}

static void
on_restore_finished (KbJob *job, const GError *error, gpointer user_data)
{
    KbWindow *self = user_data;
    g_autoptr (KbRestoreResult) result = kb_job_steal_result (job);
    g_autoptr (KbChecked) checked = g_steal_pointer (&self->checked);
    g_autoptr (GDateTime) now = g_date_time_new_now_local();

    if (!end_job (self))
        return;
    if (result == NULL) {
        kb_message_show_error (self->message, KB_OPERATION_RESTORE, error);
        return;
    }
    g_autofree char *text = kb_text_restored (result, checked->entry->time, now);
    kb_message_show_news (self->message, text);
    offer_undo (self, result->kept);
}

static void
on_undo_finished (KbJob *job, const GError *error, gpointer user_data)
{
    KbWindow *self = user_data;
    g_autoptr (KbUndoResult) result = kb_job_steal_result (job);
    g_autoptr (GDateTime) now = g_date_time_new_now_local();

    g_clear_pointer (&self->undoable, kb_undoable_free);
    if (!end_job (self))
        return;
    if (result == NULL) {
        kb_message_show_error (self->message, KB_OPERATION_UNDO, error);
        return;
    }
    g_autofree char *text = kb_text_undone (result, now);
    kb_message_show_news (self->message, text);
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
        start_job (self, KB_OPERATION_UNDO,
                   kb_tasks_undo (self->look->home, self->undoable, stop_kolibri),
                   G_CALLBACK (on_undo_finished));
    else
        start_job (self, KB_OPERATION_RESTORE,
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

    if (!end_job (self)) {
        kb_undoable_free (undoable);
        return;
    }
    if (undoable == NULL) {
        kb_message_show_error (self->message, KB_OPERATION_UNDO, error);
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
    start_job (self, KB_OPERATION_UNDO, kb_tasks_find_undo (self->look->home, replaced),
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

    if (!end_job (self)) {
        kb_checked_free (checked);
        return;
    }
    if (checked == NULL) {
        kb_message_show_error (self->message, KB_OPERATION_RESTORE, error);
        return;
    }
    self->checked = checked;
    show_dialog (self, kb_restore_dialog_new (GTK_WINDOW (self), checked, self->look->status));
}

static void
on_restore (G_GNUC_UNUSED GSimpleAction *action,
            G_GNUC_UNUSED GVariant *parameter,
            gpointer user_data)
{
    KbWindow *self = user_data;
    KbEntry *entry = kb_backup_list_get_selected (self->list);

    if (entry->origin == KB_ORIGIN_BEFORE_RESTORE)
        begin_undo (self, entry->name);
    else
        start_job (self, KB_OPERATION_CHECK, kb_tasks_check (self->look->home, entry),
                   G_CALLBACK (on_checked_for_restore));
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
    if (self->look == NULL) {
        g_free (self->pending_file);
        self->pending_file = g_strdup (path);
        return;
    }
    if (self->job != NULL || self->dialog != NULL || self->look->home == NULL)
        return;
    start_job (self, KB_OPERATION_CHECK, kb_tasks_check_file (path),
               G_CALLBACK (on_checked_for_restore));
}

static void
add_filter (GtkFileChooser *chooser, const char *name, const char *const *patterns)
{
    GtkFileFilter *filter = gtk_file_filter_new();

    gtk_file_filter_set_name (filter, name);
    for (; *patterns != NULL; patterns++)
        gtk_file_filter_add_pattern (filter, *patterns);
    gtk_file_chooser_add_filter (chooser, filter);
}

static void
on_open_response (GtkNativeDialog *native, int response, gpointer user_data)
{
    KbWindow *self = user_data;
    g_autofree char *path = NULL;

    if (response == GTK_RESPONSE_ACCEPT)
        path = gtk_file_chooser_get_filename (GTK_FILE_CHOOSER (native));
    g_object_unref (native);
    if (path != NULL)
        kb_window_open_file (self, path);
}

static void
on_open (G_GNUC_UNUSED GSimpleAction *action, G_GNUC_UNUSED GVariant *parameter, gpointer user_data)
{
    static const char *const backups[] = {"db-v*.dump", "*.dump",       "*.dump.gz",
                                          "*.sqlite3",  "*.sqlite3.gz", NULL};
    static const char *const everything[] = {"*", NULL};
    KbWindow *self = user_data;
    GtkFileChooserNative *native =
        gtk_file_chooser_native_new (_ ("Open a Backup"), GTK_WINDOW (self),
                                     GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Open"), _ ("_Cancel"));

    add_filter (GTK_FILE_CHOOSER (native), _ ("Backups of Kolibri"), backups);
    add_filter (GTK_FILE_CHOOSER (native), _ ("All files"), everything);
    gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (native), TRUE);
    g_signal_connect_object (native, "response", G_CALLBACK (on_open_response), self, 0);
    gtk_native_dialog_show (GTK_NATIVE_DIALOG (native));
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

static void
on_refresh (G_GNUC_UNUSED GSimpleAction *action,
            G_GNUC_UNUSED GVariant *parameter,
            gpointer user_data)
{
    start_look (user_data);
}

static void
on_selection_changed (KbWindow *self)
{
    update_actions (self);
}

static void
on_backup_activated (KbWindow *self)
{
    g_action_group_activate_action (G_ACTION_GROUP (self), "restore", NULL);
}

static gboolean
on_refresh_interval (gpointer user_data)
{
    start_look (user_data);
    return G_SOURCE_CONTINUE;
}

/* With work under way the window cancels it, waits until it has really ended, and goes then. */
static gboolean
kb_window_delete_event (GtkWidget *widget, G_GNUC_UNUSED GdkEventAny *event)
{
    KbWindow *self = KB_WINDOW (widget);

    if (self->job == NULL)
        return GDK_EVENT_PROPAGATE;
    self->closing = TRUE;
    kb_job_cancel (self->job);
    update_actions (self);
    return GDK_EVENT_STOP;
}

static void
save_size (KbWindow *self)
{
    gboolean maximized = gtk_window_is_maximized (GTK_WINDOW (self));
    int width, height;

    gtk_window_get_size (GTK_WINDOW (self), &width, &height);
    g_settings_set_boolean (self->settings, "window-maximized", maximized);
    if (!maximized) {
        g_settings_set_int (self->settings, "window-width", width);
        g_settings_set_int (self->settings, "window-height", height);
    }
}

static void
restore_size (KbWindow *self)
{
    gtk_window_set_default_size (GTK_WINDOW (self),
                                 g_settings_get_int (self->settings, "window-width"),
                                 g_settings_get_int (self->settings, "window-height"));
    if (g_settings_get_boolean (self->settings, "window-maximized"))
        gtk_window_maximize (GTK_WINDOW (self));
}

static void
kb_window_destroy (GtkWidget *widget)
{
    KbWindow *self = KB_WINDOW (widget);

    if (self->settings != NULL)
        save_size (self);
    g_clear_object (&self->settings);
    g_clear_handle_id (&self->watch_id, g_source_remove);
    g_clear_handle_id (&self->refresh_id, g_source_remove);
    for (guint i = 0; i < G_N_ELEMENTS (self->monitors); i++)
        g_clear_object (&self->monitors[i]);
    if (self->look_job != NULL)
        kb_job_cancel (self->look_job);
    g_clear_object (&self->look_job);
    GTK_WIDGET_CLASS (kb_window_parent_class)->destroy (widget);
}

static void
kb_window_finalize (GObject *object)
{
    KbWindow *self = KB_WINDOW (object);

    g_free (self->home_path);
    g_free (self->pending_file);
    g_free (self->replaced);
    kb_undoable_free (self->undoable);
    kb_look_free (self->look);
    kb_checked_free (self->checked);
    G_OBJECT_CLASS (kb_window_parent_class)->finalize (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
    gtk_widget_class_bind_template_child (widget_class, KbWindow, menu);
    gtk_widget_class_bind_template_child (widget_class, KbWindow, verdict_icon);
    gtk_widget_class_bind_template_child (widget_class, KbWindow, verdict);
    gtk_widget_class_bind_template_child (widget_class, KbWindow, verdict_detail);
    gtk_widget_class_bind_template_child (widget_class, KbWindow, kolibri);
    gtk_widget_class_bind_template_child (widget_class, KbWindow, work);
    gtk_widget_class_bind_template_child (widget_class, KbWindow, step);
    gtk_widget_class_bind_template_child (widget_class, KbWindow, progress);
    gtk_widget_class_bind_template_child (widget_class, KbWindow, cancel);
    gtk_widget_class_bind_template_child (widget_class, KbWindow, backup);
    gtk_widget_class_bind_template_child (widget_class, KbWindow, restore);
    gtk_widget_class_bind_template_child (widget_class, KbWindow, message);
    gtk_widget_class_bind_template_child (widget_class, KbWindow, list);
    gtk_widget_class_bind_template_callback (widget_class, on_selection_changed);
    gtk_widget_class_bind_template_callback (widget_class, on_backup_activated);
}

static void
kb_window_class_init (KbWindowClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

    g_type_ensure (KB_TYPE_MESSAGE);
    g_type_ensure (KB_TYPE_BACKUP_LIST);
    G_OBJECT_CLASS (klass)->finalize = kb_window_finalize;
    widget_class->destroy = kb_window_destroy;
    widget_class->delete_event = kb_window_delete_event;
    gtk_widget_class_set_template_from_resource (
        widget_class, "/io/github/kolibri_backup/KolibriBackup/kb-window.ui");
    bind_children (widget_class);
}

static void
kb_window_init (KbWindow *self)
{
    static const GActionEntry actions[] = {
        {.name = "backup", .activate = on_backup},   {.name = "check", .activate = on_check},
        {.name = "restore", .activate = on_restore}, {.name = "open", .activate = on_open},
        {.name = "cancel", .activate = on_cancel},   {.name = "refresh", .activate = on_refresh},
        {.name = "undo", .activate = on_undo},
    };

    g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
    gtk_widget_init_template (GTK_WIDGET (self));
    self->settings = g_settings_new (KB_APP_ID);
    restore_size (self);
    update_actions (self);
}

/**
 * kb_window_is_for:
 * @self: a window
 * @home_path: (nullable): a data folder, absolute; %NULL for the usual one
 *
 * Returns: %TRUE if the window shows that data folder
 */
gboolean
kb_window_is_for (KbWindow *self, const char *home_path)
{
    return g_strcmp0 (self->home_path, home_path) == 0;
}

/**
 * kb_window_new:
 * @application: the application
 * @home_path: (nullable): the data folder, absolute; %NULL for the usual one
 *
 * Makes a window that begins to look at once; it shows before it knows what there is.
 *
 * Returns: (transfer floating): the window
 */
GtkWidget *
kb_window_new (GtkApplication *application, const char *home_path)
{
    KbWindow *self = g_object_new (KB_TYPE_WINDOW, "application", application, NULL);
    GMenu *menu = gtk_application_get_menu_by_id (application, "window-menu");

    self->home_path = g_strdup (home_path);
    gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (self->menu), G_MENU_MODEL (menu));
    self->refresh_id = g_timeout_add_seconds (REFRESH_INTERVAL_S, on_refresh_interval, self);
    start_look (self);
    return GTK_WIDGET (self);
}
