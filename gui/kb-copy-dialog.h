/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-catalog.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define KB_TYPE_COPY_DIALOG (kb_copy_dialog_get_type())
G_DECLARE_FINAL_TYPE (KbCopyDialog, kb_copy_dialog, KB, COPY_DIALOG, GtkDialog)

GtkWidget *kb_copy_dialog_new (GtkWindow *parent, KbEntry *entry);
KbEntry *kb_copy_dialog_get_entry (KbCopyDialog *self);
char *kb_copy_dialog_get_folder (KbCopyDialog *self);
char *kb_copy_dialog_get_name (KbCopyDialog *self, gboolean *is_drive);

G_END_DECLS
