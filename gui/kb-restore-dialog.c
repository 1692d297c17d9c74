/* SPDX-License-Identifier: MIT */
/* What comes back and what goes, before anything happens. */
#include "config.h"

#include "kb-restore-dialog.h"

#include "kb-text-entry.h"
#include "kb-text-result.h"
#include "kb-text.h"
#include "kb-version.h"

#include <glib/gi18n.h>

struct _KbRestoreDialog {
    GtkDialog parent_instance;

    char *newer_warning; /* NULL: there is nothing to warn of */
    KbServerState server;
    GtkLabel *question;
    GtkWidget *facts;
    GtkLabel *backup_facts;
    GtkLabel *present_facts;
    GtkLabel *consequence;
    GtkWidget *warning;
    GtkLabel *warning_text;
    GtkWidget *cancel;
    GtkWidget *restore;
};

G_DEFINE_FINAL_TYPE (KbRestoreDialog, kb_restore_dialog, GTK_TYPE_DIALOG)

static void
set_lines (GtkLabel *label, GPtrArray *lines)
{
    g_ptr_array_add (lines, NULL);
    g_autofree char *text = g_strjoinv ("\n", (char **) lines->pdata);
    gtk_label_set_text (label, text);
}

static void
set_backup (KbRestoreDialog *self, const KbChecked *checked)
{
    g_autoptr (GPtrArray) lines = kb_text_summary_lines (checked->result->summary);

    if (checked->result->version != NULL)
        /* Translators: %s is a version, as "0.17.5". */
        g_ptr_array_insert (lines, 0, g_strdup_printf (_ ("Kolibri %s"), checked->result->version));
    set_lines (self->backup_facts, lines);
}

static void
set_present (KbRestoreDialog *self, const KbStatus *status)
{
    if (status->summary == NULL) {
        gtk_label_set_text (self->present_facts,
                            status->has_database
                                ? _ ("Data that cannot be read; it will be kept all the same.")
                                : _ ("Nothing yet."));
        return;
    }
    g_autoptr (GPtrArray) lines = kb_text_summary_lines (status->summary);
    if (status->data_version != NULL)
        g_ptr_array_insert (lines, 0, g_strdup_printf (_ ("Kolibri %s"), status->data_version));
    set_lines (self->present_facts, lines);
}

static void
set_consequence (KbRestoreDialog *self, const KbChecked *checked, const KbStatus *status)
{
    const char *kept = _ ("What learners did since this backup goes away. A copy of the present "
                          "data is kept on this computer.");
    gboolean will_upgrade =
        status->installed_version != NULL &&
        kb_version_compare_release (checked->result->version, status->installed_version) < 0;
    g_autofree char *text = kb_text_join (
        kept, will_upgrade ? _ ("Kolibri will upgrade the restored data when it starts.") : NULL);

    gtk_label_set_text (self->consequence, text);
}

/**
 * kb_restore_dialog_set_server:
 * @self: the dialog
 * @server: what the server of Kolibri does now
 *
 * Says what becomes of a running Kolibri. While it starts or stops, or hangs, it is not for us to
 * stop: then it has to be waited for.
 */
void
kb_restore_dialog_set_server (KbRestoreDialog *self, KbServerState server)
{
    gboolean can_go = server == KB_SERVER_STOPPED || server == KB_SERVER_RUNNING;
    g_autofree char *warning = NULL;

    if (!can_go)
        warning = g_strdup (_ ("Kolibri is starting, stopping or not responding. Wait a moment, or "
                               "stop Kolibri; then you can restore here."));
    else if (server == KB_SERVER_RUNNING)
        warning = kb_text_join (_ ("Kolibri is running. It will be stopped for this, and started "
                                   "again. Learners cannot work meanwhile."),
                                self->newer_warning);
    else
        warning = g_strdup (self->newer_warning);
    self->server = server;
    gtk_label_set_text (self->warning_text, warning != NULL ? warning : "");
    gtk_widget_set_visible (self->warning, warning != NULL);
    gtk_widget_set_sensitive (self->restore, can_go);
}

/**
 * kb_restore_dialog_stops_kolibri:
 * @self: the dialog
 *
 * Returns: %TRUE if the dialog says that a running Kolibri will be stopped
 */
gboolean
kb_restore_dialog_stops_kolibri (KbRestoreDialog *self)
{
    return self->server == KB_SERVER_RUNNING;
}

static void
make_cancel_the_default (KbRestoreDialog *self)
{
    gtk_widget_grab_default (self->cancel);
    gtk_widget_grab_focus (self->cancel);
}

/**
 * kb_restore_dialog_new:
 * @parent: the window
 * @checked: the backup, checked
 * @status: what there is now
 *
 * Returns: (transfer floating): the dialog; %GTK_RESPONSE_ACCEPT means to restore
 */
GtkWidget *
kb_restore_dialog_new (GtkWindow *parent, const KbChecked *checked, const KbStatus *status)
{
    KbRestoreDialog *self = g_object_new (KB_TYPE_RESTORE_DIALOG, "transient-for", parent, NULL);
    g_autoptr (GDateTime) now = g_date_time_new_now_local();
    g_autofree char *question = kb_text_restore_question (checked->entry->time, now);

    gtk_label_set_text (self->question, question);
    set_backup (self, checked);
    set_present (self, status);
    set_consequence (self, checked, status);
    if (kb_restore_needs_consent (checked->result->version, status->installed_version,
                                  status->data_version))
        self->newer_warning =
            kb_text_newer_warning (checked->result->version, status->data_version);
    kb_restore_dialog_set_server (self, status->server);
    make_cancel_the_default (self);
    return GTK_WIDGET (self);
}

/**
 * kb_restore_dialog_new_for_undo:
 * @parent: the window
 * @undoable: the restore to undo
 * @status: what there is now
 *
 * Returns: (transfer floating): the dialog; %GTK_RESPONSE_ACCEPT means to undo
 */
GtkWidget *
kb_restore_dialog_new_for_undo (GtkWindow *parent,
                                const KbUndoable *undoable,
                                const KbStatus *status)
{
    KbRestoreDialog *self = g_object_new (KB_TYPE_RESTORE_DIALOG, "transient-for", parent, NULL);
    g_autoptr (GDateTime) now = g_date_time_new_now_local();
    g_autofree char *question = kb_text_undo_question (undoable->kept, now);
    g_autofree char *difference =
        undoable->knows_difference
            ? kb_text_difference (&undoable->difference, undoable->kept->time, now)
            : NULL;
    g_autofree char *text = kb_text_join (
        _ ("The data that was there before comes back exactly as it was. A copy of the present "
           "data is kept on this computer."),
        difference);

    gtk_window_set_title (GTK_WINDOW (self), _ ("Undo a Restore"));
    gtk_button_set_label (GTK_BUTTON (self->restore), _ ("_Undo Restore"));
    gtk_label_set_text (self->question, question);
    gtk_label_set_text (self->consequence, text);
    gtk_widget_hide (self->facts);
    kb_restore_dialog_set_server (self, status->server);
    make_cancel_the_default (self);
    return GTK_WIDGET (self);
}

static void
kb_restore_dialog_finalize (GObject *object)
{
    g_free (KB_RESTORE_DIALOG (object)->newer_warning);
    G_OBJECT_CLASS (kb_restore_dialog_parent_class)->finalize (object);
}

static void
kb_restore_dialog_class_init (KbRestoreDialogClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

    G_OBJECT_CLASS (klass)->finalize = kb_restore_dialog_finalize;
    gtk_widget_class_set_template_from_resource (
        widget_class, "/io/github/kolibri_backup/KolibriBackup/kb-restore-dialog.ui");
    gtk_widget_class_bind_template_child (widget_class, KbRestoreDialog, question);
    gtk_widget_class_bind_template_child (widget_class, KbRestoreDialog, facts);
    gtk_widget_class_bind_template_child (widget_class, KbRestoreDialog, backup_facts);
    gtk_widget_class_bind_template_child (widget_class, KbRestoreDialog, present_facts);
    gtk_widget_class_bind_template_child (widget_class, KbRestoreDialog, consequence);
    gtk_widget_class_bind_template_child (widget_class, KbRestoreDialog, warning);
    gtk_widget_class_bind_template_child (widget_class, KbRestoreDialog, warning_text);
    gtk_widget_class_bind_template_child (widget_class, KbRestoreDialog, cancel);
    gtk_widget_class_bind_template_child (widget_class, KbRestoreDialog, restore);
}

static void
kb_restore_dialog_init (KbRestoreDialog *self)
{
    gtk_widget_init_template (GTK_WIDGET (self));
}
