/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-catalog.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define KB_TYPE_BACKUP_ROW (kb_backup_row_get_type())
G_DECLARE_FINAL_TYPE (KbBackupRow, kb_backup_row, KB, BACKUP_ROW, GtkListBoxRow)

GtkWidget *
kb_backup_row_new (KbEntry *entry, const char *installed_version, const char *data_version);
KbEntry *kb_backup_row_get_entry (KbBackupRow *self);
char *kb_backup_row_get_day (KbBackupRow *self);

G_END_DECLS
