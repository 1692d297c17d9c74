/* SPDX-License-Identifier: MIT */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define KB_TYPE_HELP (kb_help_get_type())
G_DECLARE_FINAL_TYPE (KbHelp, kb_help, KB, HELP, GtkWindow)

GtkWidget *kb_help_new (GtkWindow *parent);

G_END_DECLS
