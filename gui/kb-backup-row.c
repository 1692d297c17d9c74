/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "kb-backup-row.h"

#include "kb-compatibility.h"
#include "kb-gettext.h"
#include "kb-text-date.h"
#include "kb-text-entry.h"

struct _KbBackupRow {
    GtkListBoxRow parent_instance;

    KbEntry *entry;
    GtkLabel *title;
    GtkLabel *facts;
    GtkLabel *note;
    GtkImage *mark;
    GtkLabel *check;
    GtkWidget *keep;
    GtkImage *fit_icon;
    GtkLabel *fit_text;
    GtkLabel *origin;
};

G_DEFINE_FINAL_TYPE (KbBackupRow, kb_backup_row, GTK_TYPE_LIST_BOX_ROW)

/**
 * kb_backup_row_get_entry:
 * @self: a row
 *
 * Returns: (transfer none): the backup that it shows
 */
KbEntry *
kb_backup_row_get_entry (KbBackupRow *self)
{
    return self->entry;
}

/**
 * kb_backup_row_get_day:
 * @self: a row
 *
 * Returns: (transfer full): the heading that it belongs under
 */
char *
kb_backup_row_get_day (KbBackupRow *self)
{
    g_autoptr (GDateTime) now = g_date_time_new_now_local();

    if (self->entry->time == NULL)
        return g_strdup (_ ("Date unknown"));
    return kb_text_date_day (self->entry->time, now);
}

static void
set_times (KbBackupRow *self)
{
    if (self->entry->time == NULL) {
        gtk_label_set_text (self->title, self->entry->name);
        return;
    }
    g_autofree char *clock = kb_text_date_time (self->entry->time);
    g_autofree char *exact = kb_text_date_exact (self->entry->time);
    gtk_label_set_text (self->title, clock);
    gtk_widget_set_tooltip_text (GTK_WIDGET (self->title), exact);
}

static void
set_accessible_name (KbBackupRow *self, const char *installed_version)
{
    g_autoptr (GDateTime) now = g_date_time_new_now_local();
    g_autofree char *sentence = kb_text_entry_sentence (self->entry, now, installed_version);

    atk_object_set_name (gtk_widget_get_accessible (GTK_WIDGET (self)), sentence);
}

/* The word says what the icon shows. */
static void
set_check (KbBackupRow *self, const char *check)
{
    gboolean is_sound = kb_text_entry_is_sound (self->entry);
    GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self->mark));

    gtk_label_set_text (self->check, check);
    gtk_widget_set_visible (GTK_WIDGET (self->check), *check != '\0');
    gtk_image_set_from_icon_name (self->mark, is_sound ? "kb-safe-symbolic" : "kb-risk-symbolic",
                                  GTK_ICON_SIZE_MENU);
    gtk_style_context_add_class (style, is_sound ? "kb-good" : "kb-bad");
    gtk_widget_set_visible (GTK_WIDGET (self->mark), *check != '\0');
}

/* Whether the Kolibri of this computer can use it; what was in use here needs no such mark. */
static void
set_fit (KbBackupRow *self, const char *installed_version, const char *data_version)
{
    const KbEntry *entry = self->entry;
    KbCompatibility fit = kb_compatibility_of (entry->version, installed_version, data_version);
    g_autofree char *text = kb_text_compatibility (fit, entry->version);

    gtk_label_set_text (self->fit_text, text);
    gtk_image_set_from_icon_name (self->fit_icon, kb_text_compatibility_icon (fit),
                                  GTK_ICON_SIZE_MENU);
    gtk_image_set_pixel_size (self->fit_icon, 12);
}

/**
 * kb_backup_row_new:
 * @entry: a backup
 * @installed_version: (nullable): the version of the installed Kolibri
 * @data_version: (nullable): the version of the data that is there now
 *
 * Returns: (transfer floating): a row of the list
 */
GtkWidget *
kb_backup_row_new (KbEntry *entry, const char *installed_version, const char *data_version)
{
    KbBackupRow *self = g_object_new (KB_TYPE_BACKUP_ROW, NULL);
    g_autofree char *version = kb_text_entry_version (entry, NULL);
    g_autofree char *size = kb_text_entry_facts (entry);
    /* Translators: the version of Kolibri, then learners and size. */
    g_autofree char *facts = g_strdup_printf (C_ ("version and facts", "%s · %s"), version, size);
    const char *check = kb_text_entry_check (entry);

    self->entry = kb_entry_ref (entry);
    set_times (self);
    gtk_label_set_text (self->facts, facts);
    gtk_label_set_text (self->origin, kb_text_origin (entry->origin, entry->is_ours));
    gtk_widget_set_visible (self->keep, entry->keep);
    set_check (self, check);
    if (entry->note != NULL) {
        gtk_label_set_text (self->note, entry->note);
        gtk_widget_show (GTK_WIDGET (self->note));
    }
    set_fit (self, installed_version, data_version);
    set_accessible_name (self, installed_version);
    return GTK_WIDGET (self);
}

static void
kb_backup_row_finalize (GObject *object)
{
    kb_entry_unref (KB_BACKUP_ROW (object)->entry);
    G_OBJECT_CLASS (kb_backup_row_parent_class)->finalize (object);
}

static void
kb_backup_row_class_init (KbBackupRowClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

    G_OBJECT_CLASS (klass)->finalize = kb_backup_row_finalize;
    gtk_widget_class_set_template_from_resource (
        widget_class, "/io/github/kolibri_backup/KolibriBackup/kb-backup-row.ui");
    gtk_widget_class_bind_template_child (widget_class, KbBackupRow, title);
    gtk_widget_class_bind_template_child (widget_class, KbBackupRow, facts);
    gtk_widget_class_bind_template_child (widget_class, KbBackupRow, note);
    gtk_widget_class_bind_template_child (widget_class, KbBackupRow, mark);
    gtk_widget_class_bind_template_child (widget_class, KbBackupRow, check);
    gtk_widget_class_bind_template_child (widget_class, KbBackupRow, keep);
    gtk_widget_class_bind_template_child (widget_class, KbBackupRow, fit_icon);
    gtk_widget_class_bind_template_child (widget_class, KbBackupRow, fit_text);
    gtk_widget_class_bind_template_child (widget_class, KbBackupRow, origin);
}

static void
kb_backup_row_init (KbBackupRow *self)
{
    gtk_widget_init_template (GTK_WIDGET (self));
}
