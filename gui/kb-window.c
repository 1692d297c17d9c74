/* SPDX-License-Identifier: MIT */
/* The window: shows what there is, and what can be done now. */
#include "config.h"

#include "kb-desktop.h"
#include "kb-error.h"
#include "kb-gettext.h"
#include "kb-text-status.h"
#include "kb-window-private.h"

#define WATCH_DELAY_MS 500
#define REFRESH_INTERVAL_S 60 /* midnight passes, and a server that was killed leaves no trace */

G_DEFINE_FINAL_TYPE (KbWindow, kb_window, GTK_TYPE_APPLICATION_WINDOW)

/**
 * kb_window_set_action_enabled:
 * @self: a window
 * @name: an action of it
 * @enabled: whether it can be done now
 */
void
kb_window_set_action_enabled (KbWindow *self, const char *name, gboolean enabled)
{
    GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), name);

    g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

/**
 * kb_window_get_selected:
 * @self: a window
 *
 * Returns: (transfer none) (nullable): the selected backup
 */
KbEntry *
kb_window_get_selected (KbWindow *self)
{
    return kb_backup_list_get_selected (self->list);
}

static void
update_selected_actions (KbWindow *self, gboolean can_work)
{
    const KbEntry *selected = kb_window_get_selected (self);
    gboolean on_one = can_work && selected != NULL;
    gboolean on_replaced = selected != NULL && selected->origin == KB_ORIGIN_BEFORE_RESTORE;
    gboolean on_backup = on_one && !on_replaced;
    GAction *keep = g_action_map_lookup_action (G_ACTION_MAP (self), "keep");

    kb_window_set_action_enabled (self, "check", on_backup);
    kb_window_set_action_enabled (self, "restore", on_one);
    kb_window_set_action_enabled (self, "inside", on_one);
    kb_window_set_action_enabled (self, "copy", on_one);
    kb_window_set_action_enabled (self, "note", on_backup);
    kb_window_set_action_enabled (self, "keep", on_backup);
    kb_window_set_action_enabled (self, "delete", on_one);
    g_simple_action_set_state (G_SIMPLE_ACTION (keep),
                               g_variant_new_boolean (selected != NULL && selected->keep));
    gtk_button_set_label (self->restore, on_replaced ? _ ("_Undo Restore…") : _ ("_Restore…"));
}

/**
 * kb_window_update_actions:
 * @self: a window
 *
 * Makes sensitive what can be done now, and nothing else.
 */
void
kb_window_update_actions (KbWindow *self)
{
    gboolean idle = self->job == NULL && !self->closing;
    gboolean usable = self->look != NULL && self->look->home != NULL &&
                      self->look->status->verdict != KB_VERDICT_UNSUPPORTED;

    kb_window_set_action_enabled (self, "backup",
                                  idle && usable && self->look->status->has_database &&
                                      self->look->status->verdict != KB_VERDICT_NO_KOLIBRI);
    kb_window_set_action_enabled (self, "open", idle && usable);
    kb_window_set_action_enabled (self, "restore-found", idle && usable);
    kb_window_set_action_enabled (self, "import", idle && usable);
    kb_window_set_action_enabled (self, "refresh", idle);
    kb_window_set_action_enabled (self, "homes", !self->closing);
    kb_window_set_action_enabled (self, "open-data", usable);
    kb_window_set_action_enabled (self, "keep-endangered", idle && usable);
    kb_window_set_action_enabled (self, "undo", idle && usable);
    kb_window_set_action_enabled (self, "undelete", idle && usable);
    kb_window_set_action_enabled (self, "try-again", idle);
    kb_window_set_action_enabled (self, "save-report", idle);
    kb_window_set_action_enabled (self, "show-folder", usable);
    kb_window_set_action_enabled (self, "cancel", self->job != NULL && !self->closing);
    kb_window_update_guide_actions (self, usable, idle);
    update_selected_actions (self, idle && usable);
}

static void
show_look (KbWindow *self)
{
    const KbLook *look = self->look;
    gboolean is_empty = look->entries->len == 0;

    gtk_widget_show (GTK_WIDGET (self->card));
    kb_verdict_card_show_status (self->card, look->status);
    kb_window_show_home (self);
    kb_welcome_show_look (self->welcome, look);
    gtk_widget_set_visible (GTK_WIDGET (self->welcome), is_empty);
    gtk_widget_set_visible (GTK_WIDGET (self->list), !is_empty);
    gtk_widget_set_visible (self->actions, !is_empty);
    gtk_widget_set_visible (self->separator, !is_empty);
    kb_backup_list_set_entries (self->list, look->entries, look->status);
    if (self->dialog != NULL && look->status != NULL)
        kb_restore_dialog_set_server (self->dialog, look->status->look);
}

static gboolean
on_watch_delay (gpointer user_data)
{
    KbWindow *self = user_data;

    self->watch_id = 0;
    kb_window_start_look (self);
    return G_SOURCE_REMOVE;
}

static void
look_soon (KbWindow *self)
{
    if (self->watch_id == 0)
        self->watch_id = g_timeout_add (WATCH_DELAY_MS, on_watch_delay, self);
}

static void
on_folder_changed (G_GNUC_UNUSED GFileMonitor *monitor,
                   GFile *file,
                   G_GNUC_UNUSED GFile *other,
                   GFileMonitorEvent event,
                   gpointer user_data)
{
    g_autofree char *name = g_file_get_basename (file);

    /* The database and its log change all the time while Kolibri runs, and by our own looking. */
    if (event == G_FILE_MONITOR_EVENT_ATTRIBUTE_CHANGED || strstr (name, ".sqlite3") != NULL ||
        g_str_has_suffix (name, ".part") || g_str_has_suffix (name, ".lock"))
        return;
    look_soon (user_data);
}

static void
on_drives_changed (KbWindow *self)
{
    look_soon (self);
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
open_pending_file (KbWindow *self)
{
    g_autofree char *path = g_steal_pointer (&self->pending_file);

    if (path != NULL)
        kb_window_open_file (self, path);
}

static void
on_look_finished (KbJob *job, const GError *error, gpointer user_data)
{
    KbWindow *self = user_data;
    gboolean first = self->look == NULL;
    KbLook *look = kb_job_steal_result (job);

    g_clear_object (&self->look_job);
    if (look == NULL) {
        if (!kb_error_is_cancelled (error)) {
            gtk_widget_set_visible (GTK_WIDGET (self->card), !first); /* it says "Looking…" */
            kb_window_show_error (self, KB_OPERATION_OPEN, error);
        }
        return;
    }
    kb_look_free (self->look);
    self->look = look;
    show_look (self);
    if (first) {
        g_autofree char *recovered = kb_text_recovered (&look->recovered);
        g_autofree char *lost = look->lost != NULL ? kb_text_lost_home (look->lost) : NULL;
        if (recovered != NULL || lost != NULL) {
            g_autofree char *text = kb_text_join (recovered != NULL ? recovered : lost,
                                                  recovered != NULL ? lost : NULL);
            kb_message_show_news (self->message, text);
        }
    }
    watch (self);
    kb_window_show_guide (self);
    kb_window_update_actions (self);
    if (first) /* nothing in it could have the keyboard before */
        gtk_widget_child_focus (GTK_WIDGET (self->card), GTK_DIR_TAB_FORWARD);
    if (self->look_again)
        kb_window_start_look (self);
    open_pending_file (self);
}

/**
 * kb_window_start_look:
 * @self: a window
 *
 * Looks at what there is, in a worker, and shows it then.
 */
void
kb_window_start_look (KbWindow *self)
{
    self->look_again = self->look_job != NULL;
    if (self->look_job != NULL)
        return;
    g_autofree char *remembered = g_settings_get_string (self->settings, "last-home");
    KbGuideWish wish = {.is_set = self->guide_dialog != NULL};
    if (wish.is_set) {
        wish.kind = kb_guide_dialog_get_kind (self->guide_dialog);
        wish.version = kb_guide_dialog_get_version (self->guide_dialog);
    }
    self->look_job =
        kb_tasks_look (self->home_path, remembered, self->look != NULL ? self->look->home : NULL,
                       g_settings_get_uint (self->settings, "old-after-days"), &wish);
    g_signal_connect_object (self->look_job, "finished", G_CALLBACK (on_look_finished), self, 0);
    kb_job_start (self->look_job);
}

static void
on_refresh (G_GNUC_UNUSED GSimpleAction *action,
            G_GNUC_UNUSED GVariant *parameter,
            gpointer user_data)
{
    kb_window_start_look (user_data);
}

static void
on_find (G_GNUC_UNUSED GSimpleAction *action, G_GNUC_UNUSED GVariant *parameter, gpointer user_data)
{
    KbWindow *self = user_data;

    kb_backup_list_focus_search (self->list);
}

static void
on_menu (G_GNUC_UNUSED GSimpleAction *action, G_GNUC_UNUSED GVariant *parameter, gpointer user_data)
{
    KbWindow *self = user_data;

    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->menu), TRUE);
}

static void
on_selection_changed (KbWindow *self)
{
    kb_window_update_actions (self);
}

static void
on_backup_activated (KbWindow *self)
{
    g_action_group_activate_action (G_ACTION_GROUP (self), "inside", NULL);
}

static gboolean
on_refresh_interval (gpointer user_data)
{
    kb_window_start_look (user_data);
    return G_SOURCE_CONTINUE;
}

static void
on_close_response (G_GNUC_UNUSED GtkDialog *question, int response, gpointer user_data)
{
    KbWindow *self = user_data;

    g_clear_pointer (&self->close_question, gtk_widget_destroy);
    if (response != GTK_RESPONSE_ACCEPT)
        return;
    if (self->job == NULL) { /* it has ended meanwhile */
        gtk_widget_destroy (GTK_WIDGET (self));
        return;
    }
    self->closing = TRUE;
    kb_job_cancel (self->job);
    kb_window_update_actions (self);
}

static void
ask_before_closing (KbWindow *self)
{
    GtkWidget *question = gtk_message_dialog_new (
        GTK_WINDOW (self), GTK_DIALOG_MODAL | GTK_DIALOG_DESTROY_WITH_PARENT, GTK_MESSAGE_QUESTION,
        GTK_BUTTONS_NONE, "%s", _ ("Stop and close?"));

    gtk_message_dialog_format_secondary_text (
        GTK_MESSAGE_DIALOG (question), "%s",
        _ ("Work is under way. It is stopped cleanly: your Kolibri data and your backups stay as "
           "they are. A step that cannot be stopped is finished first."));
    gtk_window_set_title (GTK_WINDOW (question), _ ("Stop and Close"));
    gtk_dialog_add_button (GTK_DIALOG (question), _ ("_Go On Working"), GTK_RESPONSE_CANCEL);
    gtk_dialog_add_button (GTK_DIALOG (question), _ ("_Stop and Close"), GTK_RESPONSE_ACCEPT);
    gtk_dialog_set_default_response (GTK_DIALOG (question), GTK_RESPONSE_CANCEL);
    g_signal_connect_object (question, "response", G_CALLBACK (on_close_response), self, 0);
    self->close_question = question;
    gtk_window_present (GTK_WINDOW (question));
}

/* With work under way the window asks, cancels it, waits until it has really ended, and goes. */
static gboolean
kb_window_delete_event (GtkWidget *widget, G_GNUC_UNUSED GdkEventAny *event)
{
    KbWindow *self = KB_WINDOW (widget);

    if (self->job == NULL)
        return GDK_EVENT_PROPAGATE;
    if (self->close_question == NULL && !self->closing)
        ask_before_closing (self);
    return GDK_EVENT_STOP;
}

/* Ctrl+Delete in the search deletes a word, not a backup: who types is asked first. */
static gboolean
kb_window_key_press_event (GtkWidget *widget, GdkEventKey *event)
{
    GtkWindow *window = GTK_WINDOW (widget);

    if (GTK_IS_EDITABLE (gtk_window_get_focus (window)) &&
        gtk_window_propagate_key_event (window, event))
        return GDK_EVENT_STOP;
    return GTK_WIDGET_CLASS (kb_window_parent_class)->key_press_event (widget, event);
}

static void
on_dropped (G_GNUC_UNUSED GtkWidget *widget,
            GdkDragContext *context,
            G_GNUC_UNUSED int x,
            G_GNUC_UNUSED int y,
            GtkSelectionData *data,
            G_GNUC_UNUSED guint info,
            guint time,
            gpointer user_data)
{
    KbWindow *self = user_data;
    g_auto (GStrv) uris = gtk_selection_data_get_uris (data);
    g_autofree char *path = NULL;

    if (uris != NULL && uris[0] != NULL)
        path = g_filename_from_uri (uris[0], NULL, NULL);
    gtk_drag_finish (context, path != NULL, FALSE, time);
    if (path != NULL)
        kb_window_open_file (self, path);
}

static void
accept_drops (KbWindow *self)
{
    gtk_drag_dest_set (GTK_WIDGET (self), GTK_DEST_DEFAULT_ALL, NULL, 0, GDK_ACTION_COPY);
    gtk_drag_dest_add_uri_targets (GTK_WIDGET (self));
    g_signal_connect (self, "drag-data-received", G_CALLBACK (on_dropped), self);
}

static void
save_place (KbWindow *self)
{
    gboolean maximized = gtk_window_is_maximized (GTK_WINDOW (self));
    int width, height, x, y;

    gtk_window_get_size (GTK_WINDOW (self), &width, &height);
    gtk_window_get_position (GTK_WINDOW (self), &x, &y);
    g_settings_set_boolean (self->settings, "window-maximized", maximized);
    if (!maximized) {
        g_settings_set_int (self->settings, "window-width", width);
        g_settings_set_int (self->settings, "window-height", height);
        g_settings_set (self->settings, "window-place", "(ii)", x, y);
    }
}

/* A place that is on no screen any more is forgotten by the window manager, not by us. */
static void
restore_place (KbWindow *self)
{
    int x, y;

    gtk_window_set_default_size (GTK_WINDOW (self),
                                 g_settings_get_int (self->settings, "window-width"),
                                 g_settings_get_int (self->settings, "window-height"));
    g_settings_get (self->settings, "window-place", "(ii)", &x, &y);
    if (x >= 0 && y >= 0)
        gtk_window_move (GTK_WINDOW (self), x, y);
    if (g_settings_get_boolean (self->settings, "window-maximized"))
        gtk_window_maximize (GTK_WINDOW (self));
}

/* A window that is destroyed is hidden first, and then has forgotten its size. */
static void
kb_window_unmap (GtkWidget *widget)
{
    save_place (KB_WINDOW (widget));
    GTK_WIDGET_CLASS (kb_window_parent_class)->unmap (widget);
}

static void
kb_window_destroy (GtkWidget *widget)
{
    KbWindow *self = KB_WINDOW (widget);

    kb_window_close_guide (self);
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
    kb_entry_unref (self->deleting);
    g_free (self->copy_name);
    g_free (self->deleted);
    g_free (self->last_file);
    g_clear_error (&self->last_error);
    kb_undoable_free (self->undoable);
    kb_look_free (self->look);
    kb_checked_free (self->checked);
    G_OBJECT_CLASS (kb_window_parent_class)->finalize (object);
}

static void
kb_window_class_init (KbWindowClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

    g_type_ensure (KB_TYPE_BACKUP_LIST);
    g_type_ensure (KB_TYPE_MESSAGE);
    g_type_ensure (KB_TYPE_NOTICES);
    g_type_ensure (KB_TYPE_VERDICT_CARD);
    g_type_ensure (KB_TYPE_WELCOME);
    g_type_ensure (KB_TYPE_WORK);
    G_OBJECT_CLASS (klass)->finalize = kb_window_finalize;
    widget_class->unmap = kb_window_unmap;
    widget_class->destroy = kb_window_destroy;
    widget_class->delete_event = kb_window_delete_event;
    widget_class->key_press_event = kb_window_key_press_event;
    gtk_widget_class_set_template_from_resource (
        widget_class, "/io/github/kolibri_backup/KolibriBackup/kb-window.ui");
    gtk_widget_class_bind_template_child (widget_class, KbWindow, header);
    gtk_widget_class_bind_template_child (widget_class, KbWindow, menu);
    gtk_widget_class_bind_template_child (widget_class, KbWindow, more);
    gtk_widget_class_bind_template_child (widget_class, KbWindow, card);
    gtk_widget_class_bind_template_child (widget_class, KbWindow, work);
    gtk_widget_class_bind_template_child (widget_class, KbWindow, notices);
    gtk_widget_class_bind_template_child (widget_class, KbWindow, message);
    gtk_widget_class_bind_template_child (widget_class, KbWindow, welcome);
    gtk_widget_class_bind_template_child (widget_class, KbWindow, list);
    gtk_widget_class_bind_template_child (widget_class, KbWindow, actions);
    gtk_widget_class_bind_template_child (widget_class, KbWindow, separator);
    gtk_widget_class_bind_template_child (widget_class, KbWindow, restore);
    gtk_widget_class_bind_template_callback (widget_class, on_selection_changed);
    gtk_widget_class_bind_template_callback (widget_class, on_backup_activated);
}

static void
make_filler (GtkWidget *cell, G_GNUC_UNUSED gpointer user_data)
{
    atk_object_set_role (gtk_widget_get_accessible (cell), ATK_ROLE_FILLER);
}

/* The cells around the buttons say nothing: they are no items of a list. */
static void
make_cells_fillers (GtkWidget *flow_box)
{
    make_filler (flow_box, NULL);
    gtk_container_foreach (GTK_CONTAINER (flow_box), make_filler, NULL);
}

static void
kb_window_init (KbWindow *self)
{
    static const GActionEntry actions[] = {
        {.name = "refresh", .activate = on_refresh},
        {.name = "find", .activate = on_find},
        {.name = "menu", .activate = on_menu},
    };

    g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
    kb_window_add_operations (self);
    kb_window_add_homes (self);
    kb_window_add_manage (self);
    kb_window_add_guide (self);
    gtk_widget_init_template (GTK_WIDGET (self));
    self->settings = g_settings_new (KB_APP_ID);
    g_signal_connect_object (self->settings, "changed::old-after-days",
                             G_CALLBACK (kb_window_start_look), self, G_CONNECT_SWAPPED);
    make_cells_fillers (self->actions);
    restore_place (self);
    accept_drops (self);
    kb_window_watch_message (self);
    kb_window_update_actions (self);
}

/* Whether the window shows that data folder, or the usual one. */
static gboolean
is_for (KbWindow *self, const char *home_path)
{
    const KbHome *home = self->look != NULL ? self->look->home : NULL;

    if (home_path == NULL)
        return self->home_path == NULL || self->is_chosen;
    return g_strcmp0 (self->home_path, home_path) == 0 ||
           (home != NULL && strcmp (kb_home_get_path (home), home_path) == 0);
}

/**
 * kb_window_find:
 * @application: the application
 * @home_path: (nullable): a data folder, absolute; %NULL for the usual one, which is the one that
 *     was chosen, if any was
 *
 * Returns: (transfer none) (nullable): the window that shows that data folder
 */
KbWindow *
kb_window_find (GtkApplication *application, const char *home_path)
{
    for (GList *l = gtk_application_get_windows (application); l != NULL; l = l->next)
        if (KB_IS_WINDOW (l->data) && is_for (l->data, home_path))
            return l->data;
    return NULL;
}

/* GTK gives the lens of its window with the shortcuts no name. */
static void
name_search_button (GtkWidget *widget, G_GNUC_UNUSED gpointer user_data)
{
    if (GTK_IS_TOGGLE_BUTTON (widget))
        atk_object_set_name (gtk_widget_get_accessible (widget), _ ("Find"));
    else if (GTK_IS_CONTAINER (widget))
        gtk_container_forall (GTK_CONTAINER (widget), name_search_button, NULL);
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
    GMenu *more = gtk_application_get_menu_by_id (application, "backup-menu");
    GtkShortcutsWindow *shortcuts =
        gtk_application_window_get_help_overlay (GTK_APPLICATION_WINDOW (self));

    name_search_button (gtk_window_get_titlebar (GTK_WINDOW (shortcuts)), NULL);
    self->home_path = g_strdup (home_path);
    gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (self->menu), G_MENU_MODEL (menu));
    gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (self->more), G_MENU_MODEL (more));
    kb_backup_list_set_menu (self->list, G_MENU_MODEL (more));
    self->refresh_id = g_timeout_add_seconds (REFRESH_INTERVAL_S, on_refresh_interval, self);
    g_signal_connect_object (kb_desktop_get(), "drives-changed", G_CALLBACK (on_drives_changed),
                             self, G_CONNECT_SWAPPED);
    kb_window_start_look (self);
    return GTK_WIDGET (self);
}
