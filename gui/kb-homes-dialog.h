/* SPDX-License-Identifier: MIT */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define KB_TYPE_HOMES_DIALOG (kb_homes_dialog_get_type())
G_DECLARE_FINAL_TYPE (KbHomesDialog, kb_homes_dialog, KB, HOMES_DIALOG, GtkDialog)

GtkWidget *kb_homes_dialog_new (GtkWindow *parent, const char *home_path);
char *kb_homes_dialog_get_path (KbHomesDialog *self);

G_END_DECLS
