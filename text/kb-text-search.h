/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-catalog.h"

G_BEGIN_DECLS

gboolean kb_text_entry_matches (const KbEntry *entry, const char *query, GDateTime *now);

G_END_DECLS
