/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "kb-preferences.h"

#include "kb-chooser.h"
#include "kb-gettext.h"
#include "kb-text-language.h"

struct _KbPreferences {
    GtkDialog parent_instance;

    GSettings *settings;
    GtkSpinButton *days;
    GtkComboBoxText *language;
    GtkWidget *restart;
    GtkLabel *folder;
    GtkWidget *forget;
};

G_DEFINE_FINAL_TYPE (KbPreferences, kb_preferences, GTK_TYPE_DIALOG)

static void
show_folder (KbPreferences *self)
{
    g_autofree char *path = g_settings_get_string (self->settings, "copy-folder");
    g_autofree char *shown = g_filename_display_name (path);
    gboolean is_set = *path != '\0';

    gtk_label_set_text (self->folder, is_set ? shown : C_ ("folder", "None"));
    gtk_widget_set_sensitive (self->forget, is_set);
}

static void
on_folder_response (GtkFileChooser *chooser, int response, gpointer user_data)
{
    KbPreferences *self = user_data;
    g_autofree char *path = kb_chooser_take (chooser, response);

    if (path != NULL && g_utf8_validate (path, -1, NULL))
        g_settings_set_string (self->settings, "copy-folder", path);
    show_folder (self);
}

static void
on_choose_clicked (G_GNUC_UNUSED GtkButton *button, gpointer user_data)
{
    GtkFileChooser *chooser = kb_chooser_new (GTK_WINDOW (user_data), _ ("Choose a Folder"),
                                              GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _ ("_Choose"));

    kb_chooser_show (chooser, G_CALLBACK (on_folder_response), user_data);
}

static void
on_forget_clicked (G_GNUC_UNUSED GtkButton *button, gpointer user_data)
{
    KbPreferences *self = user_data;

    g_settings_reset (self->settings, "copy-folder");
    show_folder (self);
}

static void
on_language_changed (G_GNUC_UNUSED GtkComboBox *combo, gpointer user_data)
{
    gtk_widget_show (KB_PREFERENCES (user_data)->restart);
}

static void
fill_languages (KbPreferences *self)
{
    const KbLanguage *languages = kb_text_languages();

    gtk_combo_box_text_append (self->language, "", C_ ("language", "As the desktop"));
    for (; languages->code != NULL; languages++)
        gtk_combo_box_text_append (self->language, languages->code, languages->name);
}

/**
 * kb_preferences_new:
 * @parent: (nullable): the window
 *
 * What is changed counts at once; the language at the next start.
 *
 * Returns: (transfer floating): the dialog
 */
GtkWidget *
kb_preferences_new (GtkWindow *parent)
{
    return g_object_new (KB_TYPE_PREFERENCES, "transient-for", parent, NULL);
}

/**
 * kb_preferences_offer_languages:
 * @self: the dialog, shown
 *
 * Puts the keyboard on the choice of languages.
 */
void
kb_preferences_offer_languages (KbPreferences *self)
{
    gtk_widget_grab_focus (GTK_WIDGET (self->language));
}

static void
kb_preferences_finalize (GObject *object)
{
    g_clear_object (&KB_PREFERENCES (object)->settings);
    G_OBJECT_CLASS (kb_preferences_parent_class)->finalize (object);
}

static void
kb_preferences_class_init (KbPreferencesClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

    G_OBJECT_CLASS (klass)->finalize = kb_preferences_finalize;
    gtk_widget_class_set_template_from_resource (
        widget_class, "/io/github/kolibri_backup/KolibriBackup/kb-preferences.ui");
    gtk_widget_class_bind_template_child (widget_class, KbPreferences, days);
    gtk_widget_class_bind_template_child (widget_class, KbPreferences, language);
    gtk_widget_class_bind_template_child (widget_class, KbPreferences, restart);
    gtk_widget_class_bind_template_child (widget_class, KbPreferences, folder);
    gtk_widget_class_bind_template_child (widget_class, KbPreferences, forget);
    gtk_widget_class_bind_template_callback (widget_class, on_choose_clicked);
    gtk_widget_class_bind_template_callback (widget_class, on_forget_clicked);
}

static void
kb_preferences_init (KbPreferences *self)
{
    gtk_widget_init_template (GTK_WIDGET (self));
    self->settings = g_settings_new (KB_APP_ID);
    fill_languages (self);
    g_settings_bind (self->settings, "language", self->language, "active-id",
                     G_SETTINGS_BIND_DEFAULT);
    g_settings_bind (self->settings, "old-after-days", self->days, "value",
                     G_SETTINGS_BIND_DEFAULT);
    g_signal_connect (self->language, "changed", G_CALLBACK (on_language_changed), self);
    show_folder (self);
}
