/* SPDX-License-Identifier: MIT */
#pragma once

/* What the files of the window share: kb-window.c shows what there is, kb-window-operations.c
 * backs up, checks, restores and undoes, kb-window-manage.c looks after the backups,
 * kb-window-homes.c after the data folders, kb-window-guide.c leads through upgrades. */

#include "kb-backup-list.h"
#include "kb-guide-dialog.h"
#include "kb-message.h"
#include "kb-notices.h"
#include "kb-restore-dialog.h"
#include "kb-tasks.h"
#include "kb-verdict-card.h"
#include "kb-welcome.h"
#include "kb-window.h"
#include "kb-work.h"

G_BEGIN_DECLS

struct _KbWindow {
    GtkApplicationWindow parent_instance;

    char *home_path;    /* as asked for; NULL: the usual one */
    gboolean is_chosen; /* in the window, to be shown the next time, too */
    GSettings *settings;

    KbLook *look;    /* what there is; NULL before the first look */
    KbJob *look_job; /* a look under way */
    gboolean look_again;

    KbJob *job; /* an operation under way: at most one */
    KbOperation operation;
    guint inhibit_cookie;      /* the desktop does not log out or sleep while a job works */
    GtkWidget *close_question; /* asked once, while a job works */
    gboolean closing;

    KbChecked *checked;   /* the backup that is being restored */
    KbUndoable *undoable; /* or the restore that is being undone */
    char *replaced;       /* what the restore that the info bar tells of has replaced */
    KbEntry *deleting;    /* the backup that is being deleted */
    char *copy_name;      /* where a backup is being copied to */
    gboolean copies_to_drive;
    char *deleted;      /* the backup that the info bar offers to bring back */
    char *pending_file; /* to be opened after the first look */
    GError *last_error; /* for the report */
    KbOperation last_operation;
    char *last_file; /* what was opened last, for trying again */

    GFileMonitor *monitors[2];
    guint watch_id;
    guint refresh_id;

    KbGuideDialog *guide_dialog; /* the steps, while they are shown */
    guint guide_refresh_id;
    int hint_shown; /* what the info bar has told of the guides last */

    KbRestoreDialog *dialog;
    GtkHeaderBar *header;
    GtkWidget *menu;
    GtkWidget *more;
    KbVerdictCard *card;
    KbWork *work;
    KbNotices *notices;
    KbMessage *message;
    KbWelcome *welcome;
    KbBackupList *list;
    GtkWidget *actions;
    GtkWidget *separator;
    GtkButton *restore;
};

void kb_window_start_look (KbWindow *self);
void kb_window_update_actions (KbWindow *self);
KbEntry *kb_window_get_selected (KbWindow *self);
void kb_window_start_job (KbWindow *self, KbOperation operation, KbJob *job, GCallback on_finished);
gboolean kb_window_end_job (KbWindow *self);
void kb_window_show_news (KbWindow *self, const char *text);
void kb_window_show_error (KbWindow *self, KbOperation operation, const GError *error);
void kb_window_add_operations (KbWindow *self);
void kb_window_show_home (KbWindow *self);
void kb_window_add_homes (KbWindow *self);
void kb_window_add_manage (KbWindow *self);
void kb_window_watch_message (KbWindow *self);
void kb_window_set_action_enabled (KbWindow *self, const char *name, gboolean enabled);
void kb_window_check_for_restore (KbWindow *self, KbEntry *entry);
void kb_window_add_guide (KbWindow *self);
void kb_window_show_guide (KbWindow *self);
void kb_window_close_guide (KbWindow *self);
void kb_window_update_guide_actions (KbWindow *self, gboolean is_usable, gboolean is_idle);

G_END_DECLS
