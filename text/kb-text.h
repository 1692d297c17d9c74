/* SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KbOperation:
 * @KB_OPERATION_OPEN: looking at the data folder
 * @KB_OPERATION_BACKUP: backing up
 * @KB_OPERATION_CHECK: checking a backup
 * @KB_OPERATION_RESTORE: restoring a backup
 * @KB_OPERATION_UNDO: undoing a restore
 * @KB_OPERATION_LOOK: looking into a backup
 * @KB_OPERATION_COPY: copying a backup to a drive
 * @KB_OPERATION_IMPORT: adding a backup of elsewhere to the list
 * @KB_OPERATION_NOTE: saving a note or a mark of a backup
 * @KB_OPERATION_DELETE: deleting a backup, or taking that back
 * @KB_OPERATION_REPORT: saving a report for support
 *
 * What was being done; many sentences depend on it.
 */
typedef enum {
    KB_OPERATION_OPEN,
    KB_OPERATION_BACKUP,
    KB_OPERATION_CHECK,
    KB_OPERATION_RESTORE,
    KB_OPERATION_UNDO,
    KB_OPERATION_LOOK,
    KB_OPERATION_COPY,
    KB_OPERATION_IMPORT,
    KB_OPERATION_NOTE,
    KB_OPERATION_DELETE,
    KB_OPERATION_REPORT,
    KB_N_OPERATIONS /*< skip >*/
} KbOperation;

void kb_text_set_language (const char *code);
void kb_text_init (void);
char *kb_text_join (const char *first, const char *second);
char *kb_text_isolate (const char *name);

G_END_DECLS
