/* SPDX-License-Identifier: MIT */
#pragma once

/* What the desktop does for the program beside showing its windows: by GTK and GIO
 * (kb-desktop-posix.c), or by Windows itself, where GTK 3 does nothing (kb-desktop-win32.c). */

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define KB_TYPE_DESKTOP (kb_desktop_get_type())
G_DECLARE_FINAL_TYPE (KbDesktop, kb_desktop, KB, DESKTOP, GObject)

KbDesktop *kb_desktop_get (void);
void kb_desktop_notify (KbDesktop *self, GtkWindow *window, const char *text);
guint kb_desktop_inhibit (KbDesktop *self, GtkWindow *window, const char *reason);
void kb_desktop_uninhibit (KbDesktop *self, GtkWindow *window, guint cookie);
gboolean kb_desktop_hand_over (void);

G_END_DECLS
