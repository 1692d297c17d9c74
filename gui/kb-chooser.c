/* SPDX-License-Identifier: MIT */
/* The desktop's own dialog for files and folders; GTK's where the desktop has none for a sandbox.
 */
#include "config.h"

#include "kb-chooser.h"

#include "kb-gettext.h"
#include "kb-root.h"

#define PORTAL_NAME "org.freedesktop.portal.Desktop"
#define PORTAL_PATH "/org/freedesktop/portal/desktop"
#define PORTAL_INTERFACE "org.freedesktop.portal.FileChooser"
#define TIMEOUT_MS 5000

/* In a sandbox GtkFileChooserNative asks the portal. Where there is none it answers "cancelled"
 * without ever having shown anything (gtk/gtkfilechoosernativeportal.c). */
static gboolean lacks_portal;

static void
on_portal_answered (GObject *source, GAsyncResult *result, G_GNUC_UNUSED gpointer user_data)
{
    g_autoptr (GVariant) version =
        g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);

    lacks_portal = version == NULL;
}

static void
on_bus (G_GNUC_UNUSED GObject *source, GAsyncResult *result, G_GNUC_UNUSED gpointer user_data)
{
    g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, NULL);

    lacks_portal = bus == NULL;
    if (bus != NULL)
        g_dbus_connection_call (bus, PORTAL_NAME, PORTAL_PATH, "org.freedesktop.DBus.Properties",
                                "Get", g_variant_new ("(ss)", PORTAL_INTERFACE, "version"),
                                G_VARIANT_TYPE ("(v)"), G_DBUS_CALL_FLAGS_NONE, TIMEOUT_MS, NULL,
                                on_portal_answered, NULL);
}

/**
 * kb_chooser_init:
 *
 * Finds out whether the sandbox, if we are in one, has a portal for files. Called once, when the
 * program starts; until the answer comes there is taken to be one.
 */
void
kb_chooser_init (void)
{
    if (kb_root_is_sandbox (NULL))
        g_bus_get (G_BUS_TYPE_SESSION, NULL, on_bus, NULL);
}

/**
 * kb_chooser_new:
 * @parent: the window
 * @title: what to choose
 * @action: open, save or a folder
 * @accept: the button that chooses, with a mnemonic
 *
 * Returns: (transfer full): a dialog; kb_chooser_take() ends it
 */
GtkFileChooser *
kb_chooser_new (GtkWindow *parent,
                const char *title,
                GtkFileChooserAction action,
                const char *accept)
{
    GtkFileChooser *self = NULL;

    if (lacks_portal) {
        self = GTK_FILE_CHOOSER (gtk_file_chooser_dialog_new (title, parent, action, _ ("_Cancel"),
                                                              GTK_RESPONSE_CANCEL, accept,
                                                              GTK_RESPONSE_ACCEPT, NULL));
        gtk_window_set_modal (GTK_WINDOW (self), TRUE);
        gtk_dialog_set_default_response (GTK_DIALOG (self), GTK_RESPONSE_ACCEPT);
    } else {
        self = GTK_FILE_CHOOSER (
            gtk_file_chooser_native_new (title, parent, action, accept, _ ("_Cancel")));
        gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self), TRUE);
    }
    if (action == GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER)
        /* GTK opens on recent files, where no folder can be chosen. */
        gtk_file_chooser_set_current_folder (self, g_get_home_dir());
    return self;
}

/**
 * kb_chooser_show:
 * @self: a dialog
 * @on_response: (type GCallback): called with @self, a #GtkResponseType and @object; it has to call
 *   kb_chooser_take()
 * @object: (type GObject): whose life @on_response is bound to
 *
 * Shows the dialog.
 */
void
kb_chooser_show (GtkFileChooser *self, GCallback on_response, gpointer object)
{
    g_signal_connect_object (self, "response", on_response, object, 0);
    if (GTK_IS_WINDOW (self))
        gtk_window_present (GTK_WINDOW (self));
    else
        gtk_native_dialog_show (GTK_NATIVE_DIALOG (self));
}

/**
 * kb_chooser_take:
 * @self: (transfer full): a dialog that has got its answer
 * @response: the answer
 *
 * Returns: (transfer full) (nullable) (type filename): what was chosen
 */
char *
kb_chooser_take (GtkFileChooser *self, int response)
{
    char *path = NULL;

    if (response == GTK_RESPONSE_ACCEPT)
        path = gtk_file_chooser_get_filename (self);
    if (GTK_IS_WINDOW (self))
        gtk_widget_destroy (GTK_WIDGET (self));
    else
        g_object_unref (self);
    return path;
}
