/* SPDX-License-Identifier: MIT */
/* The guides: what the window tells of them by itself, and what their buttons do. */
#include "config.h"

#include "kb-copy-dialog.h"
#include "kb-gettext.h"
#include "kb-text-guide.h"
#include "kb-text-result.h"
#include "kb-window-private.h"

/* Somebody installs another Kolibri meanwhile, or starts it. */
#define REFRESH_INTERVAL_S 3

/* Nobody waits for it; a record that stays is found again at the next start. */
static void
forget (KbWindow *self)
{
    g_autoptr (KbJob) job = kb_tasks_guide_forget (self->look->home);

    kb_job_start (job);
}

static gboolean
on_refresh_interval (gpointer user_data)
{
    KbWindow *self = user_data;

    if (self->job == NULL && self->look_job == NULL)
        kb_window_start_look (self);
    return G_SOURCE_CONTINUE;
}

static gboolean
is_at_its_end (const KbWindow *self, KbGuideKind kind)
{
    const KbGuide *guide = self->look != NULL ? self->look->guide : NULL;

    return guide != NULL && guide->kind == kind && guide->hint == KB_GUIDE_HINT_FINISHED;
}

static void
on_guide_response (GtkDialog *dialog, int response, gpointer user_data)
{
    KbWindow *self = user_data;

    if (response == GTK_RESPONSE_NONE) /* another button of the row at the bottom */
        return;
    if (is_at_its_end (self, kb_guide_dialog_get_kind (KB_GUIDE_DIALOG (dialog))))
        forget (self);
    kb_window_close_guide (self);
    kb_window_start_look (self);
}

/**
 * kb_window_close_guide:
 * @self: a window
 *
 * Takes the steps away, if they are shown.
 */
void
kb_window_close_guide (KbWindow *self)
{
    g_clear_handle_id (&self->guide_refresh_id, g_source_remove);
    if (self->guide_dialog != NULL)
        gtk_widget_destroy (GTK_WIDGET (g_steal_pointer (&self->guide_dialog)));
}

static void
open_guide (KbWindow *self, KbGuideKind kind)
{
    if (self->guide_dialog != NULL && kb_guide_dialog_get_kind (self->guide_dialog) == kind) {
        gtk_window_present (GTK_WINDOW (self->guide_dialog));
        return;
    }
    kb_window_close_guide (self);
    kb_message_hide (self->message);
    self->guide_dialog = KB_GUIDE_DIALOG (kb_guide_dialog_new (GTK_WINDOW (self), kind));
    g_signal_connect_object (self->guide_dialog, "response", G_CALLBACK (on_guide_response), self,
                             0);
    g_signal_connect_object (self->guide_dialog, "version-chosen",
                             G_CALLBACK (kb_window_start_look), self, G_CONNECT_SWAPPED);
    self->guide_refresh_id = g_timeout_add_seconds (REFRESH_INTERVAL_S, on_refresh_interval, self);
    gtk_window_present (GTK_WINDOW (self->guide_dialog));
    kb_window_start_look (self);
}

static void
on_guide_upgrade (G_GNUC_UNUSED GSimpleAction *action,
                  G_GNUC_UNUSED GVariant *parameter,
                  gpointer user_data)
{
    open_guide (user_data, KB_GUIDE_UPGRADE);
}

static void
on_guide_downgrade (G_GNUC_UNUSED GSimpleAction *action,
                    G_GNUC_UNUSED GVariant *parameter,
                    gpointer user_data)
{
    open_guide (user_data, KB_GUIDE_DOWNGRADE);
}

static void
on_guide_go_on (G_GNUC_UNUSED GSimpleAction *action,
                G_GNUC_UNUSED GVariant *parameter,
                gpointer user_data)
{
    KbWindow *self = user_data;

    open_guide (self, self->look->guide->kind);
}

static void
on_guide_copied (KbJob *job, const GError *error, gpointer user_data)
{
    KbWindow *self = user_data;
    g_autoptr (KbCopyResult) result = kb_job_steal_result (job);

    if (!kb_window_end_job (self))
        return;
    if (result == NULL) {
        kb_window_show_error (self, KB_OPERATION_COPY, error);
        return;
    }
    g_autofree char *text =
        kb_text_copied (self->copy_name, self->copies_to_drive, result->was_there_already);
    kb_window_show_news (self, text);
}

static void
on_guide_copy_response (GtkDialog *dialog, int response, gpointer user_data)
{
    KbWindow *self = user_data;
    KbCopyDialog *copy = KB_COPY_DIALOG (dialog);
    g_autofree char *folder = kb_copy_dialog_get_folder (copy);
    const KbGuide *guide = self->look->guide;

    g_free (self->copy_name);
    self->copy_name = kb_copy_dialog_get_name (copy, &self->copies_to_drive);
    gtk_widget_destroy (GTK_WIDGET (dialog));
    if (response == GTK_RESPONSE_ACCEPT && folder != NULL && self->job == NULL &&
        guide->backup != NULL)
        kb_window_start_job (self, KB_OPERATION_COPY,
                             kb_tasks_guide_copy (self->look->home, self->look->guide, folder),
                             G_CALLBACK (on_guide_copied));
}

static void
on_guide_copy (G_GNUC_UNUSED GSimpleAction *action,
               G_GNUC_UNUSED GVariant *parameter,
               gpointer user_data)
{
    KbWindow *self = user_data;
    KbEntry *entry = self->look->guide->backup;

    if (entry == NULL)
        return;
    GtkWidget *dialog = kb_copy_dialog_new (GTK_WINDOW (self), entry);
    g_signal_connect_object (dialog, "response", G_CALLBACK (on_guide_copy_response), self, 0);
    gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_guide_restore (G_GNUC_UNUSED GSimpleAction *action,
                  G_GNUC_UNUSED GVariant *parameter,
                  gpointer user_data)
{
    KbWindow *self = user_data;
    const KbGuide *guide = self->look->guide;

    if (guide->backup != NULL && guide->backup_is_here)
        kb_window_check_for_restore (self, guide->backup);
    else if (guide->backup != NULL)
        kb_window_open_file (self, guide->backup->path);
}

/* The steps show what has become of it; only a failure needs words. */
static void
on_guide_noted (G_GNUC_UNUSED KbJob *job, const GError *error, gpointer user_data)
{
    KbWindow *self = user_data;

    if (kb_window_end_job (self) && error != NULL)
        kb_window_show_error (self, KB_OPERATION_NOTE, error);
}

static void
on_guide_skip (G_GNUC_UNUSED GSimpleAction *action,
               G_GNUC_UNUSED GVariant *parameter,
               gpointer user_data)
{
    KbWindow *self = user_data;

    kb_window_start_job (self, KB_OPERATION_NOTE,
                         kb_tasks_guide_skip (self->look->home, self->look->guide),
                         G_CALLBACK (on_guide_noted));
}

static void
on_guide_start_over (G_GNUC_UNUSED GSimpleAction *action,
                     G_GNUC_UNUSED GVariant *parameter,
                     gpointer user_data)
{
    KbWindow *self = user_data;

    kb_window_start_job (self, KB_OPERATION_NOTE, kb_tasks_guide_forget (self->look->home),
                         G_CALLBACK (on_guide_noted));
}

/* The bar tells a thing once: again only when something has changed. */
static int
hint_key (const KbGuide *guide)
{
    const KbGuideStep *next = kb_guide_get_next (guide);
    gboolean tells_step = guide->hint == KB_GUIDE_HINT_GO_ON && next != NULL;

    return (int) guide->hint * KB_N_GUIDE_STEPS + (tells_step ? (int) next->kind : 0);
}

static void
show_hint (KbWindow *self, const KbGuide *guide)
{
    g_autoptr (GDateTime) now = g_date_time_new_now_local();
    g_autofree char *text = kb_text_guide_hint (guide, self->look->status, now);

    if (text == NULL)
        return;
    kb_window_show_news (self, text);
    if (guide->hint == KB_GUIDE_HINT_FINISHED)
        forget (self);
    else if (guide->hint == KB_GUIDE_HINT_BACK_UP)
        kb_message_add_action (self->message, _ ("_Back Up Now"), "win.backup");
    else if (guide->hint == KB_GUIDE_HINT_TOO_OLD)
        kb_message_add_action (self->message, _ ("Show the _Steps"), "win.guide-downgrade");
    else
        kb_message_add_action (self->message, _ ("Show the _Steps"), "win.guide-go-on");
}

/**
 * kb_window_show_guide:
 * @self: a window that has looked
 *
 * Brings the steps up to date where they are shown, and otherwise tells what is worth telling.
 */
void
kb_window_show_guide (KbWindow *self)
{
    const KbGuide *guide = self->look->guide;

    if (guide == NULL)
        return;
    int key = hint_key (guide);
    if (self->guide_dialog != NULL) {
        if (kb_guide_dialog_get_kind (self->guide_dialog) == guide->kind)
            kb_guide_dialog_show_guide (self->guide_dialog, guide);
        self->hint_shown = key;
        return;
    }
    /* What has just happened is told first, but for the backup that an upgrade waited for. */
    gboolean is_busy = self->job != NULL || (gtk_widget_get_visible (GTK_WIDGET (self->message)) &&
                                             guide->hint != KB_GUIDE_HINT_START);
    if (key == self->hint_shown || is_busy)
        return;
    self->hint_shown = key;
    show_hint (self, guide);
}

/**
 * kb_window_update_guide_actions:
 * @self: a window
 * @is_usable: whether there is data to work with
 * @is_idle: whether no work is under way
 *
 * Makes sensitive what can be done now, and nothing else.
 */
void
kb_window_update_guide_actions (KbWindow *self, gboolean is_usable, gboolean is_idle)
{
    static const char *const openers[] = {"guide-upgrade", "guide-downgrade", "guide-go-on"};
    static const char *const workers[] = {"guide-copy", "guide-restore", "guide-skip",
                                          "guide-start-over"};
    gboolean can_work = is_usable && is_idle && self->guide_dialog != NULL &&
                        self->look->guide != NULL &&
                        kb_guide_dialog_get_kind (self->guide_dialog) == self->look->guide->kind;

    for (size_t i = 0; i < G_N_ELEMENTS (openers); i++)
        kb_window_set_action_enabled (self, openers[i], is_usable && self->look->guide != NULL);
    for (size_t i = 0; i < G_N_ELEMENTS (workers); i++)
        kb_window_set_action_enabled (self, workers[i], can_work);
}

/**
 * kb_window_add_guide:
 * @self: a window
 *
 * Adds the actions of this file.
 */
void
kb_window_add_guide (KbWindow *self)
{
    static const GActionEntry actions[] = {
        {.name = "guide-copy", .activate = on_guide_copy},
        {.name = "guide-downgrade", .activate = on_guide_downgrade},
        {.name = "guide-go-on", .activate = on_guide_go_on},
        {.name = "guide-restore", .activate = on_guide_restore},
        {.name = "guide-skip", .activate = on_guide_skip},
        {.name = "guide-start-over", .activate = on_guide_start_over},
        {.name = "guide-upgrade", .activate = on_guide_upgrade},
    };

    g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
}
