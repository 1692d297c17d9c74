/* SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KbBackupName:
 * @version: the version of Kolibri in it, as text; not always one that parses
 * @time: the local time in it, in this computer's present time zone
 *
 * What the name of a backup says.
 */
typedef struct {
    char *version;
    GDateTime *time;
} KbBackupName;

KbBackupName *kb_backup_name_parse (const char *name);
void kb_backup_name_free (KbBackupName *self);
char *kb_backup_name_format (const char *version, GDateTime *time);
gboolean kb_backup_name_is_safe (const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbBackupName, kb_backup_name_free)

G_END_DECLS
