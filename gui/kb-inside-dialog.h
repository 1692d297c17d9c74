/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-tasks.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define KB_TYPE_INSIDE_DIALOG (kb_inside_dialog_get_type())
G_DECLARE_FINAL_TYPE (KbInsideDialog, kb_inside_dialog, KB, INSIDE_DIALOG, GtkDialog)

GtkWidget *kb_inside_dialog_new (GtkWindow *parent, const KbInside *inside, const KbStatus *status);

G_END_DECLS
