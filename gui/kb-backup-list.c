/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "kb-backup-list.h"

#include "kb-backup-row.h"
#include "kb-text-search.h"

#include <string.h>

/* GTK 3 needs 0.7 s for a thousand rows, so older ones come when they are asked for. */
#define PAGE_ROWS 50
#define BATCH_ROWS 10

/* So many are found by looking. */
#define FEW_ROWS 5

struct _KbBackupList {
    GtkBox parent_instance;

    GPtrArray *all;     /* of KbEntry: what there is */
    GPtrArray *entries; /* what the search leaves of it */
    char *installed_version;
    char *data_version;
    char *wanted; /* the name of a backup to be selected when it is listed */
    guint n_shown;
    guint n_wanted;
    guint idle_id;
    int day; /* of the year, when the rows were made */
    gboolean is_filling;

    GtkWidget *search;
    GtkMenu *menu;
    GtkWidget *frame;
    GtkWidget *nothing;

    GtkListBox *list;
    GtkWidget *more;
};

G_DEFINE_FINAL_TYPE (KbBackupList, kb_backup_list, GTK_TYPE_BOX)

enum { SIGNAL_SELECTION_CHANGED, SIGNAL_BACKUP_ACTIVATED, N_SIGNALS };
static guint signals[N_SIGNALS];

/**
 * kb_backup_list_get_selected:
 * @self: the list
 *
 * Returns: (transfer none) (nullable): the selected backup
 */
KbEntry *
kb_backup_list_get_selected (KbBackupList *self)
{
    GtkListBoxRow *row = gtk_list_box_get_selected_row (self->list);

    return row != NULL ? kb_backup_row_get_entry (KB_BACKUP_ROW (row)) : NULL;
}

/* A heading above the first row of a day. */
static void
update_header (GtkListBoxRow *row, GtkListBoxRow *before, G_GNUC_UNUSED gpointer user_data)
{
    g_autofree char *day = kb_backup_row_get_day (KB_BACKUP_ROW (row));
    g_autofree char *day_before =
        before != NULL ? kb_backup_row_get_day (KB_BACKUP_ROW (before)) : NULL;

    if (g_strcmp0 (day, day_before) == 0) {
        gtk_list_box_row_set_header (row, NULL);
        return;
    }
    GtkWidget *label = gtk_label_new (day);
    gtk_label_set_xalign (GTK_LABEL (label), 0);
    gtk_style_context_add_class (gtk_widget_get_style_context (label), "kb-day");
    gtk_widget_show (label);
    gtk_list_box_row_set_header (row, label);
}

static void
show_rows (KbBackupList *self, guint n)
{
    for (; self->n_shown < MIN (n, self->entries->len); self->n_shown++)
        gtk_list_box_insert (self->list,
                             kb_backup_row_new (self->entries->pdata[self->n_shown],
                                                self->installed_version, self->data_version),
                             -1);
    gtk_widget_set_visible (self->more, self->n_wanted < self->entries->len);
}

static gboolean
on_idle (gpointer user_data)
{
    KbBackupList *self = user_data;

    show_rows (self, MIN (self->n_shown + BATCH_ROWS, self->n_wanted));
    if (self->n_shown < MIN (self->n_wanted, self->entries->len))
        return G_SOURCE_CONTINUE;
    self->idle_id = 0;
    return G_SOURCE_REMOVE;
}

/* @n_now rows, and at least a few, are there at once; the others follow while the window lives. */
static void
show_until (KbBackupList *self, guint n, guint n_now)
{
    self->n_wanted = n;
    show_rows (self, MAX (n_now, MIN (n, self->n_shown + BATCH_ROWS)));
    if (self->idle_id == 0)
        self->idle_id = g_idle_add (on_idle, self);
}

static void
clear (KbBackupList *self)
{
    GtkListBoxRow *row;

    while ((row = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
        gtk_widget_destroy (GTK_WIDGET (row));
    self->n_shown = 0;
}

/* The backup that was selected before, else the newest that could be restored. */
static guint
find_entry (KbBackupList *self, const char *name)
{
    guint usable = G_MAXUINT;

    for (guint i = 0; i < self->entries->len; i++) {
        const KbEntry *entry = self->entries->pdata[i];
        if (name != NULL && strcmp (entry->name, name) == 0)
            return i;
        if (usable == G_MAXUINT && entry->state == KB_ENTRY_COMPLETE &&
            entry->origin != KB_ORIGIN_BEFORE_RESTORE)
            usable = i;
    }
    return usable != G_MAXUINT ? usable : 0;
}

static void
select_row (KbBackupList *self, guint index, gboolean focus)
{
    GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->list, (int) index);

    gtk_list_box_select_row (self->list, row);
    if (row != NULL && focus)
        gtk_widget_grab_focus (GTK_WIDGET (row));
}

static gboolean
is_same_list (GPtrArray *a, GPtrArray *b)
{
    if (a->len != b->len)
        return FALSE;
    for (guint i = 0; i < a->len; i++)
        if (!kb_entry_equal (a->pdata[i], b->pdata[i]))
            return FALSE;
    return TRUE;
}

static gboolean
is_searching (KbBackupList *self)
{
    return gtk_entry_get_text_length (GTK_ENTRY (self->search)) > 0 ||
           gtk_widget_has_focus (self->search);
}

static void
filter (KbBackupList *self)
{
    const char *query = gtk_entry_get_text (GTK_ENTRY (self->search));
    g_autoptr (GDateTime) now = g_date_time_new_now_local();

    g_ptr_array_unref (self->entries);
    self->entries = g_ptr_array_new();
    for (guint i = 0; i < self->all->len; i++)
        if (kb_text_entry_matches (self->all->pdata[i], query, now))
            g_ptr_array_add (self->entries, self->all->pdata[i]);
    gtk_widget_set_visible (self->frame, self->entries->len > 0);
    gtk_widget_set_visible (self->nothing, self->entries->len == 0); /* a placeholder is not read */
}

static void
refill (KbBackupList *self, guint n_wanted, gboolean keep_focus)
{
    KbEntry *selected = kb_backup_list_get_selected (self);
    g_autofree char *name = self->wanted != NULL ? g_steal_pointer (&self->wanted)
                            : selected != NULL   ? g_strdup (selected->name)
                                                 : NULL;

    self->is_filling = TRUE;
    clear (self);
    filter (self);
    guint selected_index = find_entry (self, name);
    show_until (self, MAX (n_wanted, selected_index + 1), selected_index + 1);
    select_row (self, selected_index, keep_focus);
    self->is_filling = FALSE;
    g_signal_emit (self, signals[SIGNAL_SELECTION_CHANGED], 0);
}

/**
 * kb_backup_list_set_entries:
 * @self: the list
 * @entries: (element-type KbEntry): the backups, newest first
 * @status: (nullable): what there is now
 *
 * Shows what there is now. The selection stays with its backup, and so does the focus. Where
 * nothing has changed, no row is touched, except after midnight, when their days read differently.
 */
void
kb_backup_list_set_entries (KbBackupList *self, GPtrArray *entries, const KbStatus *status)
{
    const char *installed_version = status != NULL ? status->installed_version : NULL;
    const char *data_version = status != NULL ? status->data_version : NULL;
    g_autoptr (GDateTime) now = g_date_time_new_now_local();
    int today = g_date_time_get_day_of_year (now);
    gboolean had_focus = gtk_container_get_focus_child (GTK_CONTAINER (self->list)) != NULL;
    gboolean is_same = today == self->day && self->wanted == NULL &&
                       g_strcmp0 (self->installed_version, installed_version) == 0 &&
                       g_strcmp0 (self->data_version, data_version) == 0 &&
                       is_same_list (self->all, entries);

    if (is_same)
        return;
    g_ptr_array_unref (self->all);
    self->all = g_ptr_array_ref (entries);
    self->day = today;
    g_free (self->installed_version);
    self->installed_version = g_strdup (installed_version);
    g_free (self->data_version);
    self->data_version = g_strdup (data_version);
    refill (self, MAX (self->n_wanted, PAGE_ROWS), had_focus);
    gtk_widget_set_visible (self->search, self->all->len > FEW_ROWS || is_searching (self));
}

/**
 * kb_backup_list_select_later:
 * @self: the list
 * @name: the name of a backup that is about to be listed
 *
 * Selects a backup as soon as the list has it.
 */
void
kb_backup_list_select_later (KbBackupList *self, const char *name)
{
    g_free (self->wanted);
    self->wanted = g_strdup (name);
}

/**
 * kb_backup_list_focus_search:
 * @self: the list
 */
void
kb_backup_list_focus_search (KbBackupList *self)
{
    gtk_widget_show (self->search);
    gtk_widget_grab_focus (self->search);
}

/**
 * kb_backup_list_set_menu:
 * @self: the list, in its window
 * @model: what can be done with a backup
 */
void
kb_backup_list_set_menu (KbBackupList *self, GMenuModel *model)
{
    self->menu = GTK_MENU (gtk_menu_new_from_model (model));
    gtk_menu_attach_to_widget (self->menu, GTK_WIDGET (self->list), NULL);
}

static void
on_search_changed (G_GNUC_UNUSED GtkSearchEntry *search, gpointer user_data)
{
    refill (user_data, PAGE_ROWS, FALSE);
}

static void
on_stop_search (GtkSearchEntry *search, gpointer user_data)
{
    KbBackupList *self = user_data;
    GtkListBoxRow *row = gtk_list_box_get_selected_row (self->list);

    gtk_entry_set_text (GTK_ENTRY (search), "");
    if (row != NULL)
        gtk_widget_grab_focus (GTK_WIDGET (row));
}

static gboolean
on_button_press (G_GNUC_UNUSED GtkWidget *widget, GdkEventButton *event, gpointer user_data)
{
    KbBackupList *self = user_data;
    GtkListBoxRow *row = gtk_list_box_get_row_at_y (self->list, (int) event->y);

    if (!gdk_event_triggers_context_menu ((GdkEvent *) event) || row == NULL || self->menu == NULL)
        return GDK_EVENT_PROPAGATE;
    gtk_list_box_select_row (self->list, row);
    gtk_menu_popup_at_pointer (self->menu, (GdkEvent *) event);
    return GDK_EVENT_STOP;
}

static gboolean
on_popup_menu (G_GNUC_UNUSED GtkWidget *widget, gpointer user_data)
{
    KbBackupList *self = user_data;
    GtkListBoxRow *row = gtk_list_box_get_selected_row (self->list);

    if (row == NULL || self->menu == NULL)
        return GDK_EVENT_PROPAGATE;
    gtk_menu_popup_at_widget (self->menu, GTK_WIDGET (row), GDK_GRAVITY_CENTER,
                              GDK_GRAVITY_NORTH_WEST, NULL);
    return GDK_EVENT_STOP;
}

static void
on_more_clicked (G_GNUC_UNUSED GtkButton *button, gpointer user_data)
{
    KbBackupList *self = user_data;
    guint first_new = self->n_shown;

    show_until (self, self->n_shown + PAGE_ROWS, 0);
    gtk_widget_grab_focus (
        GTK_WIDGET (gtk_list_box_get_row_at_index (self->list, (int) first_new)));
}

static void
on_row_selected (G_GNUC_UNUSED GtkListBox *list,
                 G_GNUC_UNUSED GtkListBoxRow *row,
                 gpointer user_data)
{
    KbBackupList *self = user_data;

    if (!self->is_filling)
        g_signal_emit (self, signals[SIGNAL_SELECTION_CHANGED], 0);
}

static void
on_row_activated (G_GNUC_UNUSED GtkListBox *list,
                  G_GNUC_UNUSED GtkListBoxRow *row,
                  gpointer user_data)
{
    g_signal_emit (user_data, signals[SIGNAL_BACKUP_ACTIVATED], 0);
}

static void
kb_backup_list_finalize (GObject *object)
{
    KbBackupList *self = KB_BACKUP_LIST (object);

    g_clear_handle_id (&self->idle_id, g_source_remove);
    g_ptr_array_unref (self->entries);
    g_ptr_array_unref (self->all);
    g_free (self->installed_version);
    g_free (self->data_version);
    g_free (self->wanted);
    G_OBJECT_CLASS (kb_backup_list_parent_class)->finalize (object);
}

static void
kb_backup_list_class_init (KbBackupListClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

    G_OBJECT_CLASS (klass)->finalize = kb_backup_list_finalize;
    signals[SIGNAL_SELECTION_CHANGED] =
        g_signal_new ("selection-changed", KB_TYPE_BACKUP_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                      NULL, G_TYPE_NONE, 0);
    signals[SIGNAL_BACKUP_ACTIVATED] =
        g_signal_new ("backup-activated", KB_TYPE_BACKUP_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                      NULL, G_TYPE_NONE, 0);
    gtk_widget_class_set_template_from_resource (
        widget_class, "/io/github/kolibri_backup/KolibriBackup/kb-backup-list.ui");
    gtk_widget_class_bind_template_child (widget_class, KbBackupList, list);
    gtk_widget_class_bind_template_child (widget_class, KbBackupList, more);
    gtk_widget_class_bind_template_child (widget_class, KbBackupList, frame);
    gtk_widget_class_bind_template_child (widget_class, KbBackupList, nothing);
    gtk_widget_class_bind_template_child (widget_class, KbBackupList, search);
    gtk_widget_class_bind_template_callback (widget_class, on_button_press);
    gtk_widget_class_bind_template_callback (widget_class, on_popup_menu);
    gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
    gtk_widget_class_bind_template_callback (widget_class, on_stop_search);
    gtk_widget_class_bind_template_callback (widget_class, on_more_clicked);
    gtk_widget_class_bind_template_callback (widget_class, on_row_selected);
    gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
}

static void
kb_backup_list_init (KbBackupList *self)
{
    gtk_widget_init_template (GTK_WIDGET (self));
    self->entries = g_ptr_array_new();
    self->all = g_ptr_array_new();
    gtk_list_box_set_header_func (self->list, update_header, NULL, NULL);
}
