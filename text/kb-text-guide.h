/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-guide.h"

G_BEGIN_DECLS

const char *kb_text_guide_title (KbGuideKind kind);
const char *kb_text_guide_intro (const KbGuide *guide);
char *kb_text_guide_note (const KbGuide *guide);
char *kb_text_guide_problem (const KbGuide *guide);
char *kb_text_guide_step_title (const KbGuide *guide, KbGuideStepKind step);
const char *kb_text_guide_state (KbGuideState state);
const char *kb_text_guide_state_icon (KbGuideState state);
char *kb_text_guide_step_detail (const KbGuide *guide, const KbGuideStep *step, GDateTime *now);
char *kb_text_guide_step_sentence (const KbGuide *guide, guint index, GDateTime *now);
char *kb_text_guide_install (KbGuideKind kind, KbInstallKind install, const char *version);
char *kb_text_guide_hint (const KbGuide *guide, const KbStatus *status, GDateTime *now);

G_END_DECLS
