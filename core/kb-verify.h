/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-catalog.h"
#include "kb-progress.h"

G_BEGIN_DECLS

/**
 * KbVerifyResult:
 * @version: (nullable): the version of the data
 * @version_is_disputed: whether name and rows disagree; @version is the lower one then
 * @has_unknown: whether the data is of a Kolibri that this program does not know
 * @summary: what is in it
 * @device_id: (nullable): which device it was made on, as in #KbSummary
 * @orphans: rows that refer to rows that are not there; Kolibri deletes such rows of its logs
 *     itself when it starts
 * @origin: why there is this backup, as far as the file says
 * @time: (nullable): when it was taken, as far as the file says
 *
 * What a check has found.
 */
typedef struct {
    char *version;
    gboolean version_is_disputed;
    gboolean has_unknown;
    KbSummary *summary;
    char *device_id;
    gint64 orphans;
    KbOrigin origin;
    GDateTime *time;
} KbVerifyResult;

KbVerifyResult *kb_verify_run (const char *file,
                               gboolean follow_links,
                               KbProgress *progress,
                               GCancellable *cancellable,
                               GError **error);
KbVerifyResult *kb_verify_within (const char *file,
                                  gboolean follow_links,
                                  KbProgress *progress,
                                  GCancellable *cancellable,
                                  GError **error);
KbVerifyResult *kb_verify_entry (const KbHome *home,
                                 const KbEntry *entry,
                                 KbProgress *progress,
                                 GCancellable *cancellable,
                                 GError **error);
void kb_verify_result_free (KbVerifyResult *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbVerifyResult, kb_verify_result_free)

G_END_DECLS
