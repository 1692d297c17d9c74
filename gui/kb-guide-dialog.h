/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-guide.h"
#include "kb-text-error.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define KB_TYPE_GUIDE_DIALOG (kb_guide_dialog_get_type())
G_DECLARE_FINAL_TYPE (KbGuideDialog, kb_guide_dialog, KB, GUIDE_DIALOG, GtkDialog)

GtkWidget *kb_guide_dialog_new (GtkWindow *parent, KbGuideKind kind);
KbGuideKind kb_guide_dialog_get_kind (KbGuideDialog *self);
const char *kb_guide_dialog_get_version (KbGuideDialog *self);
void kb_guide_dialog_show_guide (KbGuideDialog *self, const KbGuide *guide);
void kb_guide_dialog_show_error (KbGuideDialog *self, const KbErrorText *text);

G_END_DECLS
