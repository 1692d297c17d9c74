/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-catalog.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define KB_TYPE_NOTE_DIALOG (kb_note_dialog_get_type())
G_DECLARE_FINAL_TYPE (KbNoteDialog, kb_note_dialog, KB, NOTE_DIALOG, GtkDialog)

GtkWidget *kb_note_dialog_new (GtkWindow *parent, KbEntry *entry);
KbEntry *kb_note_dialog_get_entry (KbNoteDialog *self);
char *kb_note_dialog_get_text (KbNoteDialog *self);

G_END_DECLS
