/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-home.h"

G_BEGIN_DECLS

/**
 * KbRestoreRecord:
 * @old_version: (nullable): what `.data_version` said before
 * @new_version: (nullable): what it shall say afterwards
 * @old_id: (nullable): Morango's id of the old database
 * @new_id: (nullable): Morango's id of the new database, by which recovery knows it
 * @new_file: (nullable): which file is to be renamed into place, by which recovery knows it when
 * the old database is moved aside
 * @kept: the name under which the old data is kept
 * @moves_aside: whether the old database is moved aside because it could not be opened; else the
 *     new one is copied into it
 * @kolibri_ran: whether Kolibri was stopped for the restore
 * @stopped_by: (nullable): how, as kb_server_look_name_way() names it
 * @is_undo: whether it is an undo
 *
 * The record of a restore under way, `protected/restore.ini` (docs/format.md): all that recovery
 * needs.
 */
typedef struct {
    char *old_version;
    char *new_version;
    char *old_id;
    char *new_id;
    char *new_file;
    char *kept;
    gboolean moves_aside;
    gboolean kolibri_ran;
    char *stopped_by;
    gboolean is_undo;
} KbRestoreRecord;

gboolean kb_restore_record_save (const KbRestoreRecord *self,
                                 const KbHome *home,
                                 const KbOwner *owner,
                                 GError **error);
KbRestoreRecord *kb_restore_record_load (const KbHome *home, GError **error);
gboolean kb_restore_record_remove (const KbHome *home, GError **error);
void kb_restore_record_free (KbRestoreRecord *self);
char *kb_restore_record_name_file (const char *path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbRestoreRecord, kb_restore_record_free)

G_END_DECLS
