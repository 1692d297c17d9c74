/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "kb-backup-list.h"

#include "kb-backup-row.h"

#include <string.h>

/* GTK 3 needs 0.7 s for a thousand rows, so older ones come when they are asked for. */
#define PAGE_ROWS 50

struct _KbBackupList {
    GtkBox parent_instance;

    GPtrArray *entries;
    char *installed_version;
    guint n_shown;
    gboolean is_filling;

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
show_until (KbBackupList *self, guint n)
{
    for (; self->n_shown < MIN (n, self->entries->len); self->n_shown++)
        gtk_list_box_insert (
            self->list,
            kb_backup_row_new (self->entries->pdata[self->n_shown], self->installed_version), -1);
    gtk_widget_set_visible (self->more, self->n_shown < self->entries->len);
}

static void
clear (KbBackupList *self)
{
    GtkListBoxRow *row;

    while ((row = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
        gtk_widget_destroy (GTK_WIDGET (row));
    self->n_shown = 0;
}

static KbEntry *
entry_at (KbBackupList *self, guint index)
{
    GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->list, (int) index);

    return kb_backup_row_get_entry (KB_BACKUP_ROW (row));
}

/* The backup that was selected before, else the newest that could be restored. */
static guint
find_row (KbBackupList *self, const char *name)
{
    guint usable = G_MAXUINT;

    for (guint i = 0; i < self->n_shown; i++) {
        const KbEntry *entry = entry_at (self, i);
        if (name != NULL && strcmp (entry->name, name) == 0)
            return i;
        if (usable == G_MAXUINT && entry->state == KB_ENTRY_COMPLETE &&
            entry->origin != KB_ORIGIN_BEFORE_RESTORE)
            usable = i;
    }
    return usable != G_MAXUINT ? usable : 0;
}

static void
select_by_name (KbBackupList *self, const char *name, gboolean focus)
{
    GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->list, (int) find_row (self, name));

    gtk_list_box_select_row (self->list, row);
    if (row != NULL && focus)
        gtk_widget_grab_focus (GTK_WIDGET (row));
}

/**
 * kb_backup_list_set_entries:
 * @self: the list
 * @entries: (element-type KbEntry): the backups, newest first
 * @installed_version: (nullable): the version of the installed Kolibri
 *
 * Shows what there is now. The selection stays with its backup, and so does the focus.
 */
void
kb_backup_list_set_entries (KbBackupList *self, GPtrArray *entries, const char *installed_version)
{
    KbEntry *selected = kb_backup_list_get_selected (self);
    g_autofree char *name = selected != NULL ? g_strdup (selected->name) : NULL;
    GtkWidget *focus = gtk_container_get_focus_child (GTK_CONTAINER (self->list));
    guint n_wanted = MAX (self->n_shown, PAGE_ROWS);

    self->is_filling = TRUE;
    clear (self);
    g_clear_pointer (&self->entries, g_ptr_array_unref);
    g_free (self->installed_version);
    self->entries = g_ptr_array_ref (entries);
    self->installed_version = g_strdup (installed_version);
    show_until (self, n_wanted);
    select_by_name (self, name, focus != NULL);
    self->is_filling = FALSE;
    g_signal_emit (self, signals[SIGNAL_SELECTION_CHANGED], 0);
}

static void
on_more_clicked (G_GNUC_UNUSED GtkButton *button, gpointer user_data)
{
    KbBackupList *self = user_data;
    guint first_new = self->n_shown;

    show_until (self, self->n_shown + PAGE_ROWS);
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

    g_clear_pointer (&self->entries, g_ptr_array_unref);
    g_free (self->installed_version);
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
    gtk_widget_class_bind_template_callback (widget_class, on_more_clicked);
    gtk_widget_class_bind_template_callback (widget_class, on_row_selected);
    gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
}

static void
kb_backup_list_init (KbBackupList *self)
{
    gtk_widget_init_template (GTK_WIDGET (self));
    self->entries = g_ptr_array_new();
    gtk_list_box_set_header_func (self->list, update_header, NULL, NULL);
}
