/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-job.h"
#include "kb-text.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define KB_TYPE_WORK (kb_work_get_type())
G_DECLARE_FINAL_TYPE (KbWork, kb_work, KB, WORK, GtkRevealer)

void kb_work_begin (KbWork *self, KbOperation operation, KbJob *job);
void kb_work_end (KbWork *self);

G_END_DECLS
