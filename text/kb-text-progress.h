/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-progress.h"
#include "kb-text.h"

G_BEGIN_DECLS

const char *kb_text_phase (KbPhase phase);
char *kb_text_step (const KbProgressSnapshot *progress);
char *kb_text_time_left (int seconds);
const char *kb_text_cancel_label (KbOperation operation, KbPhase phase);
const char *kb_text_cannot_cancel (KbPhase phase);

G_END_DECLS
