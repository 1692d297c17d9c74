/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-guide.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define KB_TYPE_GUIDE_STEP_ROW (kb_guide_step_row_get_type())
G_DECLARE_FINAL_TYPE (KbGuideStepRow, kb_guide_step_row, KB, GUIDE_STEP_ROW, GtkListBoxRow)

GtkWidget *kb_guide_step_row_new (void);
void
kb_guide_step_row_show (KbGuideStepRow *self, const KbGuide *guide, guint index, const char *error);

G_END_DECLS
