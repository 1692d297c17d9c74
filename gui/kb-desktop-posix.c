/* SPDX-License-Identifier: MIT */
/* The desktops that GTK and GIO know. */
#include "config.h"

#include "kb-desktop.h"
#include "kb-gettext.h"

struct _KbDesktop {
    GObject parent_instance;

    GVolumeMonitor *volumes;
};

G_DEFINE_FINAL_TYPE (KbDesktop, kb_desktop, G_TYPE_OBJECT)

static guint drives_changed;

static void
on_mounts_changed (KbDesktop *self)
{
    g_signal_emit (self, drives_changed, 0);
}

static void
kb_desktop_dispose (GObject *object)
{
    KbDesktop *self = KB_DESKTOP (object);

    g_clear_object (&self->volumes);
    G_OBJECT_CLASS (kb_desktop_parent_class)->dispose (object);
}

static void
kb_desktop_class_init (KbDesktopClass *klass)
{
    G_OBJECT_CLASS (klass)->dispose = kb_desktop_dispose;

    /**
     * KbDesktop::drives-changed:
     *
     * A drive has come or gone.
     */
    drives_changed = g_signal_new ("drives-changed", KB_TYPE_DESKTOP, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
kb_desktop_init (KbDesktop *self)
{
    self->volumes = g_volume_monitor_get();
    g_signal_connect_object (self->volumes, "mount-added", G_CALLBACK (on_mounts_changed), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (self->volumes, "mount-removed", G_CALLBACK (on_mounts_changed), self,
                             G_CONNECT_SWAPPED);
}

/**
 * kb_desktop_get:
 *
 * Main thread only, as all functions here.
 *
 * Returns: (transfer none): the desktop, one for the whole program
 */
KbDesktop *
kb_desktop_get (void)
{
    static KbDesktop *desktop;

    if (desktop == NULL)
        desktop = g_object_new (KB_TYPE_DESKTOP, NULL);
    return desktop;
}

/**
 * kb_desktop_notify:
 * @self: the desktop
 * @window: what the notification is about
 * @text: what has happened
 *
 * Tells who is looking at something else. A click on it brings a window to the front.
 */
void
kb_desktop_notify (G_GNUC_UNUSED KbDesktop *self, GtkWindow *window, const char *text)
{
    g_autoptr (GNotification) notification = g_notification_new (_ ("Kolibri Backup"));

    g_notification_set_body (notification, text);
    g_application_send_notification (G_APPLICATION (gtk_window_get_application (window)),
                                     "finished", notification);
}

/**
 * kb_desktop_inhibit:
 * @self: the desktop
 * @window: the window that works
 * @reason: what it does, for people
 *
 * Asks the desktop neither to log out nor to sleep. It may do so all the same.
 *
 * Returns: what kb_desktop_uninhibit() takes; 0 when the desktop could not be asked
 */
guint
kb_desktop_inhibit (G_GNUC_UNUSED KbDesktop *self, GtkWindow *window, const char *reason)
{
    return gtk_application_inhibit (
        gtk_window_get_application (window), window,
        GTK_APPLICATION_INHIBIT_LOGOUT | GTK_APPLICATION_INHIBIT_SUSPEND, reason);
}

/**
 * kb_desktop_uninhibit:
 * @self: the desktop
 * @window: the window that worked
 * @cookie: what kb_desktop_inhibit() returned
 *
 * The work is done.
 */
void
kb_desktop_uninhibit (G_GNUC_UNUSED KbDesktop *self, GtkWindow *window, guint cookie)
{
    if (cookie != 0)
        gtk_application_uninhibit (gtk_window_get_application (window), cookie);
}

/**
 * kb_desktop_hand_over:
 *
 * Hands the command line to the program that runs already, where #GApplication does not do that
 * itself. Here it does, by the bus.
 *
 * Returns: %TRUE if this program has nothing left to do
 */
gboolean
kb_desktop_hand_over (void)
{
    return FALSE;
}
