/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-header.h"
#include "kb-platform.h"
#include "kb-progress.h"
#include "kb-sqlite.h"

G_BEGIN_DECLS

/**
 * KbLoadOptions:
 * @file: the backup, in any form that a teacher may have
 * @follow_links: whether @file may be a symbolic link; not for names from the catalog
 * @scratch: a name that is free, or "" for a database that vanishes with its connection
 * @page_size: the page size in bytes that the database shall have, or 0 for that of the backup
 * @owner: (nullable): to whom the scratch file shall belong
 * @n_threads: how many shall load a dump, or 0 for as many as gain time
 */
typedef struct {
    const char *file;
    gboolean follow_links;
    const char *scratch;
    unsigned page_size;
    const KbOwner *owner;
    guint n_threads;
} KbLoadOptions;

/* What stands behind the scratch name while two threads load a dump. */
#define KB_LOAD_SECOND_SUFFIX "-second"

/**
 * KbLoaded:
 * @db: the database that the backup holds
 * @is_binary: whether the backup is a copy of a database, and no SQL text
 * @header: (nullable): the first line of one of ours
 * @version: (nullable): the version of the data, by all that speaks for it
 * @version_is_disputed: whether name and rows disagree; @version is the lower one then
 * @has_unknown: whether Kolibri has applied migrations that this program does not know
 * @summary: what is in it
 *
 * A backup that has been loaded and checked.
 */
typedef struct {
    KbSqlite *db;
    gboolean is_binary;
    KbHeader *header;
    char *version;
    gboolean version_is_disputed;
    gboolean has_unknown;
    KbSummary *summary;
    char *temp_dir; /* private: holds a binary copy that is only checked */
} KbLoaded;

KbLoaded *kb_load_backup (const KbLoadOptions *options,
                          KbProgress *progress,
                          GCancellable *cancellable,
                          GError **error);
void kb_loaded_free (KbLoaded *self);

uint64_t kb_load_estimate (const char *file);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbLoaded, kb_loaded_free)

G_END_DECLS
