/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-dump-reader.h"
#include "kb-dump-second.h"
#include "kb-progress.h"

G_BEGIN_DECLS

/**
 * KbDumpOutcome:
 * @KB_DUMP_LOADED: all of it is in the database
 * @KB_DUMP_FAILED: it cannot be loaded
 * @KB_DUMP_RETRY: the two halves could not be loaded apart; begin again without a second one
 *
 * What has come of a load.
 */
typedef enum { KB_DUMP_LOADED, KB_DUMP_FAILED, KB_DUMP_RETRY } KbDumpOutcome;

KbDumpOutcome kb_dump_load_shared (KbDumpReader *reader,
                                   KbSqlite *scratch,
                                   KbDumpSecond *second,
                                   KbProgress *progress,
                                   GCancellable *cancellable,
                                   GError **error);
gboolean kb_dump_load (KbDumpReader *reader,
                       KbSqlite *scratch,
                       KbProgress *progress,
                       GCancellable *cancellable,
                       GError **error);

G_END_DECLS
