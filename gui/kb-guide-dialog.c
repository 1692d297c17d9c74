/* SPDX-License-Identifier: MIT */
/* The steps of an upgrade, or of the way back. Stays beside the window while they are done. */
#include "config.h"

#include "kb-guide-dialog.h"

#include "kb-guide-step-row.h"
#include "kb-text-guide.h"

struct _KbGuideDialog {
    GtkDialog parent_instance;

    KbGuideKind kind;
    char *version; /* chosen by hand */
    char *error;   /* of the last attempt at the present step */
    KbGuide *guide;
    gboolean is_filling;

    GtkLabel *intro;
    GtkLabel *note;
    GtkWidget *versions_box;
    GtkComboBoxText *versions;
    GtkWidget *frame;
    GtkListBox *steps;
    GtkWidget *start_over;
};

G_DEFINE_FINAL_TYPE (KbGuideDialog, kb_guide_dialog, GTK_TYPE_DIALOG)

enum { SIGNAL_VERSION_CHOSEN, N_SIGNALS };
static guint signals[N_SIGNALS];

/**
 * kb_guide_dialog_get_kind:
 * @self: the dialog
 *
 * Returns: where it leads to
 */
KbGuideKind
kb_guide_dialog_get_kind (KbGuideDialog *self)
{
    return self->kind;
}

/**
 * kb_guide_dialog_get_version:
 * @self: the dialog
 *
 * Returns: (transfer none) (nullable): the version that the person has chosen to go back to
 */
const char *
kb_guide_dialog_get_version (KbGuideDialog *self)
{
    return self->version;
}

/* Only once the guide is begun, it is settled which version it leads to. */
static void
show_versions (KbGuideDialog *self, const KbGuide *guide)
{
    const KbGuideStep *install = kb_guide_get_step (guide, KB_GUIDE_STEP_INSTALL);
    gboolean can_choose = guide->kind == KB_GUIDE_DOWNGRADE && guide->versions->len > 1 &&
                          install != NULL && install->state == KB_GUIDE_LATER;

    gtk_widget_set_visible (self->versions_box, can_choose);
    if (!can_choose)
        return;
    self->is_filling = TRUE;
    gtk_combo_box_text_remove_all (self->versions);
    for (guint i = 0; i < guide->versions->len; i++)
        gtk_combo_box_text_append (self->versions, guide->versions->pdata[i],
                                   guide->versions->pdata[i]);
    gtk_combo_box_set_active_id (GTK_COMBO_BOX (self->versions), guide->to_version);
    self->is_filling = FALSE;
}

static void
on_version_changed (G_GNUC_UNUSED GtkComboBox *versions, gpointer user_data)
{
    KbGuideDialog *self = user_data;

    if (self->is_filling)
        return;
    g_free (self->version);
    self->version = gtk_combo_box_text_get_active_text (self->versions);
    g_signal_emit (self, signals[SIGNAL_VERSION_CHOSEN], 0);
}

/* The rows stay, so that the keyboard stays where it is. */
static KbGuideStepRow *
get_row (KbGuideDialog *self, guint index)
{
    GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->steps, (int) index);

    if (row != NULL)
        return KB_GUIDE_STEP_ROW (row);
    GtkWidget *made = kb_guide_step_row_new();
    gtk_list_box_insert (self->steps, made, -1);
    return KB_GUIDE_STEP_ROW (made);
}

static void
show_steps (KbGuideDialog *self)
{
    const KbGuideStep *next = kb_guide_get_next (self->guide);

    for (guint i = 0; i < self->guide->n_steps; i++) {
        const char *error = &self->guide->steps[i] == next ? self->error : NULL;
        kb_guide_step_row_show (get_row (self, i), self->guide, i, error);
    }
    gtk_widget_set_visible (self->frame, self->guide->n_steps > 0);
}

/* A step that is done leaves no error to the next one. */
static void
forget_old_error (KbGuideDialog *self, const KbGuide *guide)
{
    const KbGuideStep *before = self->guide != NULL ? kb_guide_get_next (self->guide) : NULL;
    const KbGuideStep *now = kb_guide_get_next (guide);

    if (before == NULL || now == NULL || before->kind != now->kind)
        g_clear_pointer (&self->error, g_free);
}

static gboolean
looks_the_same (const KbGuide *a, const KbGuide *b)
{
    gboolean is_same =
        a != NULL && a->n_steps == b->n_steps && a->problem == b->problem && a->hint == b->hint &&
        a->is_upgrading == b->is_upgrading && a->record_problem == b->record_problem &&
        a->versions->len == b->versions->len && g_strcmp0 (a->to_version, b->to_version) == 0 &&
        g_strcmp0 (a->program_version, b->program_version) == 0 &&
        g_strcmp0 (a->copy, b->copy) == 0 && (a->backup == NULL) == (b->backup == NULL) &&
        (a->backup == NULL || kb_entry_equal (a->backup, b->backup)) &&
        (a->automatic == NULL) == (b->automatic == NULL);

    for (guint i = 0; is_same && i < a->n_steps; i++)
        is_same = a->steps[i].state == b->steps[i].state;
    return is_same;
}

/**
 * kb_guide_dialog_show_guide:
 * @self: the dialog
 * @guide: how far the steps are
 *
 * Shows what has changed; nothing moves as long as nothing has.
 */
void
kb_guide_dialog_show_guide (KbGuideDialog *self, const KbGuide *guide)
{
    g_autofree char *problem = kb_text_guide_problem (guide);
    g_autofree char *note = kb_text_guide_note (guide);

    if (looks_the_same (self->guide, guide))
        return;
    forget_old_error (self, guide);
    kb_guide_unref (self->guide);
    self->guide = kb_guide_ref ((KbGuide *) guide);
    gtk_label_set_text (self->intro, problem != NULL ? problem : kb_text_guide_intro (guide));
    gtk_label_set_text (self->note, note != NULL ? note : "");
    gtk_widget_set_visible (GTK_WIDGET (self->note), note != NULL);
    gtk_widget_set_visible (self->start_over, guide->hint == KB_GUIDE_HINT_GO_ON);
    show_versions (self, guide);
    show_steps (self);
}

/**
 * kb_guide_dialog_show_error:
 * @self: the dialog
 * @text: (nullable): why the attempt at the present step failed; %NULL when another one begins
 */
void
kb_guide_dialog_show_error (KbGuideDialog *self, const KbErrorText *text)
{
    g_clear_pointer (&self->error, g_free);
    if (text != NULL) {
        g_autofree char *both = kb_text_join (text->what, text->safety);
        self->error = kb_text_join (both, text->advice);
    }
    if (self->guide != NULL)
        show_steps (self);
}

/**
 * kb_guide_dialog_new:
 * @parent: the window, whose actions the buttons are
 * @kind: where it leads to
 *
 * Returns: (transfer floating): the dialog
 */
GtkWidget *
kb_guide_dialog_new (GtkWindow *parent, KbGuideKind kind)
{
    KbGuideDialog *self = g_object_new (KB_TYPE_GUIDE_DIALOG, "transient-for", parent, "title",
                                        kb_text_guide_title (kind), NULL);

    self->kind = kind;
    gtk_widget_insert_action_group (GTK_WIDGET (self), "win", G_ACTION_GROUP (parent));
    return GTK_WIDGET (self);
}

static void
kb_guide_dialog_finalize (GObject *object)
{
    KbGuideDialog *self = KB_GUIDE_DIALOG (object);

    g_free (self->version);
    g_free (self->error);
    kb_guide_unref (self->guide);
    G_OBJECT_CLASS (kb_guide_dialog_parent_class)->finalize (object);
}

static void
kb_guide_dialog_class_init (KbGuideDialogClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

    G_OBJECT_CLASS (klass)->finalize = kb_guide_dialog_finalize;
    signals[SIGNAL_VERSION_CHOSEN] =
        g_signal_new ("version-chosen", KB_TYPE_GUIDE_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                      NULL, G_TYPE_NONE, 0);
    g_type_ensure (KB_TYPE_GUIDE_STEP_ROW);
    gtk_widget_class_set_template_from_resource (
        widget_class, "/io/github/kolibri_backup/KolibriBackup/kb-guide-dialog.ui");
    gtk_widget_class_bind_template_child (widget_class, KbGuideDialog, intro);
    gtk_widget_class_bind_template_child (widget_class, KbGuideDialog, note);
    gtk_widget_class_bind_template_child (widget_class, KbGuideDialog, versions_box);
    gtk_widget_class_bind_template_child (widget_class, KbGuideDialog, versions);
    gtk_widget_class_bind_template_child (widget_class, KbGuideDialog, frame);
    gtk_widget_class_bind_template_child (widget_class, KbGuideDialog, steps);
    gtk_widget_class_bind_template_child (widget_class, KbGuideDialog, start_over);
    gtk_widget_class_bind_template_callback (widget_class, on_version_changed);
}

static void
kb_guide_dialog_init (KbGuideDialog *self)
{
    gtk_widget_init_template (GTK_WIDGET (self));
}
