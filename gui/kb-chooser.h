/* SPDX-License-Identifier: MIT */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void kb_chooser_init (void);
GtkFileChooser *kb_chooser_new (GtkWindow *parent,
                                const char *title,
                                GtkFileChooserAction action,
                                const char *accept);
void kb_chooser_show (GtkFileChooser *self, GCallback on_response, gpointer object);
char *kb_chooser_take (GtkFileChooser *self, int response);

G_END_DECLS
