/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-verify.h"

G_BEGIN_DECLS

/**
 * KbImportResult:
 * @name: the name of the backup in the list
 * @path: where it is
 * @was_there_already: whether the list had the same bytes before
 * @checked: what its check has found
 */
typedef struct {
    char *name;
    char *path;
    gboolean was_there_already;
    KbVerifyResult *checked;
} KbImportResult;

KbImportResult *kb_import_run (KbHome *home,
                               const char *file,
                               KbProgress *progress,
                               GCancellable *cancellable,
                               GError **error);
void kb_import_result_free (KbImportResult *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbImportResult, kb_import_result_free)

G_END_DECLS
