/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-status.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define KB_TYPE_BACKUP_LIST (kb_backup_list_get_type())
G_DECLARE_FINAL_TYPE (KbBackupList, kb_backup_list, KB, BACKUP_LIST, GtkBox)

void kb_backup_list_set_entries (KbBackupList *self, GPtrArray *entries, const KbStatus *status);
void kb_backup_list_select_later (KbBackupList *self, const char *name);
void kb_backup_list_focus_search (KbBackupList *self);
void kb_backup_list_set_menu (KbBackupList *self, GMenuModel *model);
KbEntry *kb_backup_list_get_selected (KbBackupList *self);

G_END_DECLS
