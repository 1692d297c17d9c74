/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-status.h"
#include "kb-tasks.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define KB_TYPE_RESTORE_DIALOG (kb_restore_dialog_get_type())
G_DECLARE_FINAL_TYPE (KbRestoreDialog, kb_restore_dialog, KB, RESTORE_DIALOG, GtkDialog)

GtkWidget *
kb_restore_dialog_new (GtkWindow *parent, const KbChecked *checked, const KbStatus *status);
GtkWidget *kb_restore_dialog_new_for_undo (GtkWindow *parent,
                                           const KbUndoable *undoable,
                                           const KbStatus *status);
void kb_restore_dialog_set_server (KbRestoreDialog *self, const KbServerLook *look);
gboolean kb_restore_dialog_stops_kolibri (KbRestoreDialog *self);

G_END_DECLS
