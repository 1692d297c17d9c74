/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "kb-application.h"

#include "kb-chooser.h"
#include "kb-desktop.h"
#include "kb-gettext.h"
#include "kb-help.h"
#include "kb-preferences.h"
#include "kb-text-language.h"
#include "kb-text.h"
#include "kb-window.h"

/* Where the menu has "Language…": the second of its section. */
#define LANGUAGE_ITEM 1

struct _KbApplication {
    GtkApplication parent_instance;
};

G_DEFINE_FINAL_TYPE (KbApplication, kb_application, GTK_TYPE_APPLICATION)

/* One window a data folder: who starts the program again sees the one that is there. */
static KbWindow *
window_for (GtkApplication *application, const char *home_path)
{
    KbWindow *window = kb_window_find (application, home_path);

    return window != NULL ? window : KB_WINDOW (kb_window_new (application, home_path));
}

static void
kb_application_activate (GApplication *application)
{
    gtk_window_present (GTK_WINDOW (window_for (GTK_APPLICATION (application), NULL)));
}

/* A file opens in the window in use, whatever its data folder. */
static void
open_file (GtkApplication *application, const char *home_path, GFile *file)
{
    GtkWindow *active = home_path == NULL ? gtk_application_get_active_window (application) : NULL;
    KbWindow *window =
        KB_IS_WINDOW (active) ? KB_WINDOW (active) : window_for (application, home_path);
    g_autofree char *path = g_file_get_path (file);

    gtk_window_present (GTK_WINDOW (window));
    if (path != NULL)
        kb_window_open_file (window, path);
}

static void
kb_application_open (GApplication *application,
                     GFile **files,
                     int n_files,
                     G_GNUC_UNUSED const char *hint)
{
    if (n_files > 0)
        open_file (GTK_APPLICATION (application), NULL, files[0]);
}

static int
kb_application_command_line (GApplication *application, GApplicationCommandLine *line)
{
    GVariantDict *options = g_application_command_line_get_options_dict (line);
    g_autofree char *home_path = NULL;
    g_autofree char **files = NULL;
    const char *home = NULL;

    if (g_variant_dict_lookup (options, "home", "^&ay", &home)) {
        g_autoptr (GFile) folder = g_application_command_line_create_file_for_arg (line, home);
        home_path = g_file_get_path (folder);
    }
    g_variant_dict_lookup (options, G_OPTION_REMAINING, "^a&ay", &files);
    if (files != NULL && files[0] != NULL) {
        g_autoptr (GFile) file = g_application_command_line_create_file_for_arg (line, files[0]);
        open_file (GTK_APPLICATION (application), home_path, file);
    } else {
        gtk_window_present (GTK_WINDOW (window_for (GTK_APPLICATION (application), home_path)));
    }
    return 0;
}

static void
on_about (G_GNUC_UNUSED GSimpleAction *action,
          G_GNUC_UNUSED GVariant *parameter,
          gpointer user_data)
{
    GtkApplication *application = user_data;
    g_autofree char *comments =
        kb_text_join (_ ("Backs up Kolibri, and brings a backup back."),
                      kb_text_language()->is_draft
                          ? _ ("This translation is a draft: no native speaker has reviewed it.")
                          : NULL);

    gtk_show_about_dialog (gtk_application_get_active_window (application), "program-name",
                           _ ("Kolibri Backup"), "version", KB_VERSION, "logo-icon-name", KB_APP_ID,
                           "comments", comments, "license-type", GTK_LICENSE_MIT_X11, "copyright",
                           "© 2026 The Kolibri Backup developers",
                           /* Translators: your names, a line each. */
                           "translator-credits", _ ("translator-credits"), NULL);
}

static GtkWidget *
show_preferences (GtkApplication *application)
{
    GtkWidget *dialog = kb_preferences_new (gtk_application_get_active_window (application));

    g_signal_connect (dialog, "response", G_CALLBACK (gtk_widget_destroy), NULL);
    gtk_window_present (GTK_WINDOW (dialog));
    return dialog;
}

static void
on_preferences (G_GNUC_UNUSED GSimpleAction *action,
                G_GNUC_UNUSED GVariant *parameter,
                gpointer user_data)
{
    show_preferences (user_data);
}

static void
on_language (G_GNUC_UNUSED GSimpleAction *action,
             G_GNUC_UNUSED GVariant *parameter,
             gpointer user_data)
{
    kb_preferences_offer_languages (KB_PREFERENCES (show_preferences (user_data)));
}

/* Who has landed in a language that they cannot read finds the way back by its English name. */
static void
name_language_item (GtkApplication *application)
{
    GMenu *section = G_MENU (g_menu_model_get_item_link (
        G_MENU_MODEL (gtk_application_get_menu_by_id (application, "window-menu")), 1,
        G_MENU_LINK_SECTION));
    g_autofree char *label = g_strconcat (_ ("_Language…"), " (Language)", NULL);

    g_menu_remove (section, LANGUAGE_ITEM);
    g_menu_insert (section, LANGUAGE_ITEM, label, "app.language");
    g_object_unref (section);
}

static void
on_help (G_GNUC_UNUSED GSimpleAction *action, G_GNUC_UNUSED GVariant *parameter, gpointer user_data)
{
    GtkWidget *help = kb_help_new (gtk_application_get_active_window (user_data));

    gtk_window_present (GTK_WINDOW (help));
}

/* Windows with work under way stay until it has ended. */
static void
on_quit (G_GNUC_UNUSED GSimpleAction *action, G_GNUC_UNUSED GVariant *parameter, gpointer user_data)
{
    g_autoptr (GList) windows = g_list_copy (gtk_application_get_windows (user_data));

    for (GList *l = windows; l != NULL; l = l->next)
        gtk_window_close (l->data);
}

static void
load_style (void)
{
    g_autoptr (GtkCssProvider) provider = gtk_css_provider_new();

    gtk_css_provider_load_from_resource (provider,
                                         "/io/github/kolibri_backup/KolibriBackup/style.css");
    gtk_style_context_add_provider_for_screen (gdk_screen_get_default(),
                                               GTK_STYLE_PROVIDER (provider),
                                               GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

static void
set_accel (GtkApplication *application, const char *action, const char *accel)
{
    const char *const accels[] = {accel, NULL};

    gtk_application_set_accels_for_action (application, action, accels);
}

static void
kb_application_startup (GApplication *application)
{
    static const GActionEntry actions[] = {
        {.name = "about", .activate = on_about},
        {.name = "help", .activate = on_help},
        {.name = "preferences", .activate = on_preferences},
        {.name = "language", .activate = on_language},
        {.name = "quit", .activate = on_quit},
    };
    static const struct {
        const char *action;
        const char *accel;
    } accels[] = {
        {"app.help", "F1"},
        {"app.preferences", "<Primary>comma"},
        {"app.quit", "<Primary>q"},
        {"win.backup", "<Primary>b"},
        {"win.cancel", "Escape"},
        {"win.check", "<Primary>k"},
        {"win.copy", "<Primary>u"},
        {"win.delete", "<Primary>Delete"},
        {"win.find", "<Primary>f"},
        {"win.inside", "<Primary>i"},
        {"win.keep", "<Primary>d"},
        {"win.menu", "F10"},
        {"win.note", "F2"},
        {"win.open", "<Primary>o"},
        {"win.refresh", "F5"},
        {"win.restore", "<Primary>r"},
        {"win.show-help-overlay", "<Primary>question"},
    };

    G_APPLICATION_CLASS (kb_application_parent_class)->startup (application);
    g_set_application_name (_ ("Kolibri Backup"));
    gtk_window_set_default_icon_name (KB_APP_ID);
    load_style();
    kb_desktop_get(); /* its colours */
    kb_chooser_init();
    if (kb_text_language()->is_right_to_left) /* GTK knows it only if it has that language itself */
        gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
    if (strcmp (kb_text_language()->code, "en") != 0)
        name_language_item (GTK_APPLICATION (application));
    g_action_map_add_action_entries (G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions),
                                     application);
    for (guint i = 0; i < G_N_ELEMENTS (accels); i++)
        set_accel (GTK_APPLICATION (application), accels[i].action, accels[i].accel);
}

static void
kb_application_class_init (KbApplicationClass *klass)
{
    GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

    application_class->startup = kb_application_startup;
    application_class->activate = kb_application_activate;
    application_class->open = kb_application_open;
    application_class->command_line = kb_application_command_line;
}

static void
kb_application_init (KbApplication *self)
{
    static const GOptionEntry entries[] = {
        {"home", 0, 0, G_OPTION_ARG_FILENAME, NULL,
         N_ ("The data folder of Kolibri, instead of the usual one"), N_ ("DIR")},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, NULL, NULL, N_ ("[FILE]")},
        {0},
    };

    g_application_add_main_option_entries (G_APPLICATION (self), entries);
}

/**
 * kb_application_new:
 *
 * Returns: (transfer full): the application
 */
GtkApplication *
kb_application_new (void)
{
    return g_object_new (KB_TYPE_APPLICATION, "application-id", KB_APP_ID, "flags",
                         G_APPLICATION_HANDLES_COMMAND_LINE | G_APPLICATION_HANDLES_OPEN,
                         "resource-base-path", "/io/github/kolibri_backup/KolibriBackup", NULL);
}
