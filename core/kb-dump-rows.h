/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-dump-schema.h"
#include "kb-snapshot.h"
#include "kb-sql-buffer.h"

G_BEGIN_DECLS

/**
 * KbDumpRows:
 *
 * The rows of tables as INSERT statements, formatted by as many threads as a snapshot has readers.
 */
typedef struct _KbDumpRows KbDumpRows;

/**
 * KbDumpBlock:
 * @text: INSERT statements of one table
 * @n_rows: how many
 * @ends_table: whether these are the last ones of their table
 *
 * The next piece of a dump.
 */
typedef struct {
    KbSqlBuffer text;
    guint64 n_rows;
    gboolean ends_table;

    gboolean ends_chunk; /*< private >*/
    GError *error;       /*< private >*/
} KbDumpBlock;

KbDumpRows *kb_dump_rows_new (KbSnapshot *snapshot, GPtrArray *tables);
KbDumpBlock *kb_dump_rows_next (KbDumpRows *self, GError **error);
void kb_dump_rows_free (KbDumpRows *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbDumpRows, kb_dump_rows_free)

G_END_DECLS
