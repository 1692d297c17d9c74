/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-catalog.h"
#include "kb-compatibility.h"

G_BEGIN_DECLS

const char *kb_text_origin (KbOrigin origin, gboolean is_ours);
char *kb_text_learners (gint64 learners);
char *kb_text_entry_facts (const KbEntry *entry);
char *kb_text_compatibility (KbCompatibility compatibility, const char *backup_version);
const char *kb_text_compatibility_icon (KbCompatibility compatibility);
char *kb_text_entry_version (const KbEntry *entry, const char *installed_version);
const char *kb_text_entry_check (const KbEntry *entry);
gboolean kb_text_entry_is_sound (const KbEntry *entry);
char *kb_text_entry_sentence (const KbEntry *entry, GDateTime *now, const char *installed_version);
char *kb_text_other_device (const KbSummary *backup, const KbSummary *present);
GPtrArray *kb_text_summary_lines (const KbSummary *summary);

G_END_DECLS
