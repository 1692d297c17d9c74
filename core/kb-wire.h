/* SPDX-License-Identifier: MIT */
#pragma once

/* What two processes of ours tell each other of an operation: JSON objects, one a line. */

#include "kb-backup.h"
#include "kb-import.h"
#include "kb-json.h"
#include "kb-restore.h"
#include "kb-undo.h"
#include "kb-verify.h"

G_BEGIN_DECLS

/* A longer line is not ours. */
#define KB_WIRE_MAX_LINE_BYTES (64 * 1024)

JsonObject *kb_wire_from_progress (const KbProgressSnapshot *now);
gboolean kb_wire_to_progress (JsonObject *object, KbProgressSnapshot *now);
JsonObject *kb_wire_from_error (const GError *error);
void kb_wire_to_error (JsonObject *object, GError **error);

JsonObject *kb_wire_from_entry (const KbEntry *entry);
KbEntry *kb_wire_to_entry (JsonObject *object, const KbHome *home);
JsonObject *kb_wire_from_backup (const KbBackupResult *result);
KbBackupResult *kb_wire_to_backup (JsonObject *object, const KbHome *home);
JsonObject *kb_wire_from_verify (const KbVerifyResult *result);
KbVerifyResult *kb_wire_to_verify (JsonObject *object);
JsonObject *kb_wire_from_restore (const KbRestoreResult *result);
KbRestoreResult *kb_wire_to_restore (JsonObject *object);
JsonObject *kb_wire_from_undo (const KbUndoResult *result);
KbUndoResult *kb_wire_to_undo (JsonObject *object);
JsonObject *kb_wire_from_import (const KbImportResult *result);
KbImportResult *kb_wire_to_import (JsonObject *object, const KbHome *home);

G_END_DECLS
