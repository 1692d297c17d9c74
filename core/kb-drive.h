/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-catalog.h"

G_BEGIN_DECLS

/* The folder on a drive that backups are copied to. */
#define KB_DRIVE_FOLDER "Kolibri Backup"

/**
 * KbDrive:
 * @path: where it is mounted
 * @name: what people call it, as "KINGSTON"
 * @free_bytes: the space left on it
 * @is_read_only: whether nothing can be written to it
 *
 * A drive that can be pulled.
 */
typedef struct {
    char *path;
    char *name;
    uint64_t free_bytes;
    gboolean is_read_only;
} KbDrive;

GPtrArray *kb_drive_list (void);
void kb_drive_free (KbDrive *self);
char *kb_drive_get_folder (const KbDrive *self);
KbEntry *kb_drive_find_backup (const GPtrArray *drives,
                               const char *max_version,
                               GCancellable *cancellable,
                               const KbDrive **drive);

GPtrArray *kb_drive_list_mounts (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbDrive, kb_drive_free)

G_END_DECLS
