/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-catalog.h"
#include "kb-status.h"

G_BEGIN_DECLS

void kb_cli_json_set_text (JsonObject *object, const char *member, const char *text);
void kb_cli_json_set_time (JsonObject *object, const char *member, GDateTime *time);
void kb_cli_json_set_summary (JsonObject *object, const KbSummary *summary);
JsonObject *kb_cli_json_entry (const KbEntry *entry);
JsonObject *kb_cli_json_status (const KbStatus *status);

G_END_DECLS
