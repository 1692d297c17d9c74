/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-status.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define KB_TYPE_VERDICT_CARD (kb_verdict_card_get_type())
G_DECLARE_FINAL_TYPE (KbVerdictCard, kb_verdict_card, KB, VERDICT_CARD, GtkBox)

void kb_verdict_card_show_status (KbVerdictCard *self, const KbStatus *status);

G_END_DECLS
