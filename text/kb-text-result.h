/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-backup.h"
#include "kb-catalog.h"
#include "kb-difference.h"
#include "kb-import.h"
#include "kb-restore.h"
#include "kb-undo.h"
#include "kb-verify.h"

G_BEGIN_DECLS

char *kb_text_backed_up (const KbBackupResult *result);
const char *kb_text_disputed (void);
char *kb_text_checked (const KbVerifyResult *result);
char *kb_text_restored (const KbRestoreResult *result, GDateTime *time, GDateTime *now);
char *kb_text_restore_question (GDateTime *time, GDateTime *now);
char *kb_text_undone (const KbUndoResult *result, GDateTime *now);
char *kb_text_undo_question (const KbKept *kept, GDateTime *now);
char *kb_text_inside_heading (const KbEntry *entry, GDateTime *now);
char *kb_text_difference (const KbDifference *difference, GDateTime *since, GDateTime *now);
char *kb_text_copied (const char *name, gboolean is_drive, gboolean was_there_already);
char *kb_text_deleted (const KbEntry *entry, GDateTime *now);
char *kb_text_imported (const KbImportResult *result);
char *kb_text_delete_question (const KbEntry *entry, GDateTime *now);
const char *kb_text_guide_name (void);
char *kb_text_how_to (const char *file_name, const char *kolibri_version, guint64 size);
char *kb_text_newer_warning (const char *version, const char *data_version);

G_END_DECLS
