/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-catalog.h"
#include "kb-progress.h"

G_BEGIN_DECLS

/**
 * KbCopyOptions:
 * @home: (nullable): the data folder in use, whose database is no backup
 * @entry: what to copy: a backup, or what a restore has replaced
 * @from_catalog: whether @entry is of the list of @home: then links are not followed
 * @folder: where the copy shall go; made if only its last part is missing
 * @note: (nullable): the note that goes along; %NULL for the one that @entry has
 * @guide_name: (nullable): the name of a text that says how to restore, beside the copy
 * @guide_text: (nullable): that text
 */
typedef struct {
    KbHome *home;
    KbEntry *entry;
    gboolean from_catalog;
    const char *folder;
    const char *note;
    const char *guide_name;
    const char *guide_text;
} KbCopyOptions;

/**
 * KbCopyResult:
 * @path: where the copy is
 * @name: its file name, which may differ from that of the backup
 * @size_bytes: its size
 * @was_there_already: whether the folder had the same bytes under that name before
 */
typedef struct {
    char *path;
    char *name;
    guint64 size_bytes;
    gboolean was_there_already;
} KbCopyResult;

KbCopyResult *kb_copy_run (const KbCopyOptions *options,
                           KbProgress *progress,
                           GCancellable *cancellable,
                           GError **error);
char *kb_copy_make_name (const KbEntry *entry);
void kb_copy_result_free (KbCopyResult *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbCopyResult, kb_copy_result_free)

G_END_DECLS
