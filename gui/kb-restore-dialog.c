/* SPDX-License-Identifier: MIT */
/* What comes back and what goes, before anything happens. */
#include "config.h"

#include "kb-restore-dialog.h"

#include "kb-compatibility.h"
#include "kb-facts.h"
#include "kb-gettext.h"
#include "kb-text-entry.h"
#include "kb-text-language.h"
#include "kb-text-result.h"
#include "kb-text-status.h"
#include "kb-text.h"

struct _KbRestoreDialog {
    GtkDialog parent_instance;

    char *own_warning; /* NULL: there is nothing to warn of */
    gboolean stops_kolibri;
    GtkLabel *question;
    KbFacts *facts;
    GtkLabel *consequence;
    GtkLabel *english;
    GtkWidget *warning;
    GtkLabel *warning_text;
    GtkWidget *cancel;
    GtkWidget *restore;
};

G_DEFINE_FINAL_TYPE (KbRestoreDialog, kb_restore_dialog, GTK_TYPE_DIALOG)

/* The restore that is asked about. */
typedef struct {
    const KbChecked *checked;
    const KbStatus *status;
} Restore;

static void
set_facts (KbRestoreDialog *self, const KbChecked *checked, const KbStatus *status)
{
    const KbContents contents = {
        .heading = _ ("This comes back"),
        .present_heading = _ ("This is there now and goes"),
        .version = checked->result->version,
        .summary = checked->result->summary,
    };

    kb_facts_fill (self->facts, &contents, status);
}

/* What goes, what becomes of it, and what Kolibri will do. */
static char *
describe_consequence (const KbChecked *checked, const KbStatus *status)
{
    g_autoptr (GDateTime) now = g_date_time_new_now_local();
    GDateTime *since = checked->entry->time != NULL ? checked->entry->time : checked->result->time;
    const char *version = checked->result->version;
    KbCompatibility fit =
        kb_compatibility_of (version, status->installed_version, status->data_version);
    g_autofree char *goes = checked->knows_difference
                                ? kb_text_difference (&checked->difference, since, now)
                                : g_strdup (_ ("What learners did since this backup goes away."));
    g_autofree char *kept =
        kb_text_join (goes, status->has_database
                                ? _ ("A copy of the present data is kept on this computer, and you "
                                     "can undo the restore.")
                                : NULL);

    return kb_text_join (kept, fit == KB_COMPATIBILITY_OLDER
                                   ? _ ("Kolibri will upgrade the restored data when it starts.")
                                   : NULL);
}

/* What to think of before, apart from a Kolibri that runs. */
static char *
find_warning (const KbChecked *checked, const KbStatus *status)
{
    const char *version = checked->result->version;
    g_autofree char *newer = NULL;
    g_autofree char *device = kb_text_other_device (checked->result->summary, status->summary);

    if (kb_restore_needs_consent (version, status->installed_version, status->data_version))
        newer = kb_text_newer_warning (version, status->data_version);
    else if (checked->result->version_is_disputed)
        newer = g_strdup (kb_text_disputed());
    if (newer == NULL)
        return g_steal_pointer (&device);
    return kb_text_join (newer, device);
}

/* What becomes of a running Kolibri, or why it cannot be stopped now. */
static char *
describe_server (const KbServerLook *look)
{
    if (look->state == KB_SERVER_STOPPED)
        return NULL;
    if (look->state == KB_SERVER_UNKNOWN || look->rights == KB_SERVICE_RIGHTS_NONE)
        return kb_text_server_advice (look);
    if (look->state != KB_SERVER_RUNNING)
        return g_strdup (_ ("Kolibri is starting, stopping or not responding. Wait a moment, or "
                            "stop Kolibri; then you can restore here."));
    return kb_text_join (_ ("Kolibri is running. It will be stopped for this, and started again. "
                            "Learners cannot work meanwhile."),
                         look->rights == KB_SERVICE_RIGHTS_ASK ? kb_text_server_password() : NULL);
}

static char *
say_restore (gconstpointer data)
{
    const Restore *restore = data;
    g_autoptr (GDateTime) now = g_date_time_new_now_local();
    g_autofree char *question = kb_text_restore_question (restore->checked->entry->time, now);
    g_autofree char *consequence = describe_consequence (restore->checked, restore->status);
    g_autofree char *warning = find_warning (restore->checked, restore->status);
    g_autofree char *text = kb_text_join (question, consequence);

    return kb_text_join (text, warning);
}

static char *
describe_undo (const KbUndoable *undoable)
{
    g_autoptr (GDateTime) now = g_date_time_new_now_local();
    g_autofree char *difference =
        undoable->knows_difference
            ? kb_text_difference (&undoable->difference, undoable->kept->time, now)
            : NULL;

    return kb_text_join (
        _ ("The data that was there before comes back exactly as it was. A copy of the present "
           "data is kept on this computer."),
        difference);
}

static char *
say_undo (gconstpointer data)
{
    const KbUndoable *undoable = data;
    g_autoptr (GDateTime) now = g_date_time_new_now_local();
    g_autofree char *question = kb_text_undo_question (undoable->kept, now);
    g_autofree char *consequence = describe_undo (undoable);

    return kb_text_join (question, consequence);
}

/* A translation that nobody has reviewed must not cost the data of a class. */
static void
set_english (KbRestoreDialog *self, KbSay say, gconstpointer data)
{
    g_autofree char *text = kb_text_say_in_english (say, data);

    gtk_label_set_text (self->english, text != NULL ? text : "");
    gtk_widget_set_visible (GTK_WIDGET (self->english), text != NULL);
}

/**
 * kb_restore_dialog_set_server:
 * @self: the dialog
 * @look: what the server of Kolibri does now
 *
 * Says what becomes of a running Kolibri. While it starts or stops, or hangs, or where there is no
 * way to it, it is not for us to stop: then it has to be waited for.
 */
void
kb_restore_dialog_set_server (KbRestoreDialog *self, const KbServerLook *look)
{
    gboolean is_running = look->state == KB_SERVER_RUNNING;
    gboolean can_stop = is_running && look->rights != KB_SERVICE_RIGHTS_NONE;
    gboolean can_go = look->state == KB_SERVER_STOPPED || can_stop;
    g_autofree char *server = describe_server (look);
    g_autofree char *warning = NULL;

    if (server != NULL && can_go)
        warning = kb_text_join (server, self->own_warning);
    else
        warning = g_strdup (server != NULL ? server : self->own_warning);
    self->stops_kolibri = can_stop;
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
    return self->stops_kolibri;
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

    g_autofree char *consequence = describe_consequence (checked, status);
    const Restore restore = {.checked = checked, .status = status};

    gtk_label_set_text (self->question, question);
    gtk_label_set_text (self->consequence, consequence);
    set_english (self, say_restore, &restore);
    set_facts (self, checked, status);
    self->own_warning = find_warning (checked, status);
    kb_restore_dialog_set_server (self, status->look);
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
    g_autofree char *consequence = describe_undo (undoable);

    gtk_window_set_title (GTK_WINDOW (self), _ ("Undo a Restore"));
    gtk_button_set_label (GTK_BUTTON (self->restore), _ ("_Undo Restore"));
    gtk_label_set_text (self->question, question);
    gtk_label_set_text (self->consequence, consequence);
    set_english (self, say_undo, undoable);
    gtk_widget_hide (GTK_WIDGET (self->facts));
    kb_restore_dialog_set_server (self, status->look);
    make_cancel_the_default (self);
    return GTK_WIDGET (self);
}

static void
kb_restore_dialog_finalize (GObject *object)
{
    g_free (KB_RESTORE_DIALOG (object)->own_warning);
    G_OBJECT_CLASS (kb_restore_dialog_parent_class)->finalize (object);
}

static void
kb_restore_dialog_class_init (KbRestoreDialogClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

    G_OBJECT_CLASS (klass)->finalize = kb_restore_dialog_finalize;
    g_type_ensure (KB_TYPE_FACTS);
    gtk_widget_class_set_template_from_resource (
        widget_class, "/io/github/kolibri_backup/KolibriBackup/kb-restore-dialog.ui");
    gtk_widget_class_bind_template_child (widget_class, KbRestoreDialog, question);
    gtk_widget_class_bind_template_child (widget_class, KbRestoreDialog, facts);
    gtk_widget_class_bind_template_child (widget_class, KbRestoreDialog, consequence);
    gtk_widget_class_bind_template_child (widget_class, KbRestoreDialog, english);
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
