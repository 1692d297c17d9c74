/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-platform.h"
#include "kb-sqlite.h"

G_BEGIN_DECLS

/**
 * KbScratchOptions:
 * @path: a name that is free, or "" for a temporary database that vanishes with its connection
 * @page_size: the page size in bytes that it shall have, or 0 for SQLite's choice
 * @encoding: (nullable): as in `PRAGMA encoding`; %NULL is UTF-8
 * @max_bytes: how large it may grow, in bytes; 0 for no limit
 * @is_half: whether two are filled at a time, so that each may take half of the memory
 * @owner: (nullable): to whom the file shall belong
 */
typedef struct {
    const char *path;
    unsigned page_size;
    const char *encoding;
    uint64_t max_bytes;
    gboolean is_half;
    const KbOwner *owner;
} KbScratchOptions;

KbSqlite *kb_scratch_create (const KbScratchOptions *options, GError **error);
gboolean kb_scratch_is_full (KbSqlite *db);

G_END_DECLS
