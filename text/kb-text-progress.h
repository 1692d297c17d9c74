/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-progress.h"

G_BEGIN_DECLS

const char *kb_text_phase (KbPhase phase);

G_END_DECLS
