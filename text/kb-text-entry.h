/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-catalog.h"

G_BEGIN_DECLS

const char *kb_text_origin (KbOrigin origin, gboolean is_ours);
char *kb_text_learners (gint64 learners);
char *kb_text_entry_facts (const KbEntry *entry);
char *kb_text_entry_version (const KbEntry *entry, const char *installed_version);
const char *kb_text_entry_check (const KbEntry *entry);
gboolean kb_text_entry_is_sound (const KbEntry *entry);
char *kb_text_entry_sentence (const KbEntry *entry, GDateTime *now, const char *installed_version);
GPtrArray *kb_text_summary_lines (const KbSummary *summary);

G_END_DECLS
