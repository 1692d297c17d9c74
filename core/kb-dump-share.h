/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-dump-loader.h"

G_BEGIN_DECLS

/**
 * KbDumpSide:
 * @KB_DUMP_FIRST: has loaded what stands before the mark
 * @KB_DUMP_SECOND: begins at the mark
 *
 * One of two loaders, each with a database of its own, that meet the same statements from the mark
 * on. Rows of a table that is made there, and can be copied whole, are for the second; all else is
 * for the first, which makes those tables and their indexes, too, without any rows.
 */
typedef enum { KB_DUMP_FIRST, KB_DUMP_SECOND } KbDumpSide;

/**
 * KbDumpShare:
 *
 * One side of a dump that two loaders share. One thread.
 */
typedef struct _KbDumpShare KbDumpShare;

/**
 * KbSharedTable:
 * @name: a table of the second side
 * @n_rows: how many INSERTs there are for it
 */
typedef struct {
    char *name;
    uint64_t n_rows;
} KbSharedTable;

KbDumpShare *kb_dump_share_new (KbDumpLoader *loader, KbDumpSide side);
void kb_dump_share_free (KbDumpShare *self);

gboolean kb_dump_share_take (KbDumpShare *self, const KbStatement *statement, GError **error);
GPtrArray *kb_dump_share_get_tables (const KbDumpShare *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbDumpShare, kb_dump_share_free)

G_END_DECLS
