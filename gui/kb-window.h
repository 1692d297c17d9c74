/* SPDX-License-Identifier: MIT */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define KB_TYPE_WINDOW (kb_window_get_type())
G_DECLARE_FINAL_TYPE (KbWindow, kb_window, KB, WINDOW, GtkApplicationWindow)

GtkWidget *kb_window_new (GtkApplication *application, const char *home_path);
KbWindow *kb_window_find (GtkApplication *application, const char *home_path);
void kb_window_open_file (KbWindow *self, const char *path);

G_END_DECLS
