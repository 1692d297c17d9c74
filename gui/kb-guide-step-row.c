/* SPDX-License-Identifier: MIT */
/* A step of a guide: what, how far, why, and the button that does it. */
#include "config.h"

#include "kb-guide-step-row.h"

#include "kb-gettext.h"
#include "kb-text-guide.h"

struct _KbGuideStepRow {
    GtkListBoxRow parent_instance;

    GtkImage *icon;
    GtkLabel *title;
    GtkLabel *state;
    GtkLabel *detail;
    GtkLabel *error;
    GtkWidget *buttons;
    GtkWidget *do_cell;
    GtkButton *do_it;
    GtkWidget *skip_cell;
    GtkButton *skip;
};

G_DEFINE_FINAL_TYPE (KbGuideStepRow, kb_guide_step_row, GTK_TYPE_LIST_BOX_ROW)

/* Icon, colour and word say the same. */
static void
show_state (KbGuideStepRow *self, KbGuideState state)
{
    static const char *const classes[] = {
        [KB_GUIDE_LATER] = "dim-label",
        [KB_GUIDE_NOW] = "kb-warn",
        [KB_GUIDE_DONE] = "kb-good",
        [KB_GUIDE_FAILED] = "kb-bad",
    };
    GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self->icon));

    for (size_t i = 0; i < G_N_ELEMENTS (classes); i++)
        gtk_style_context_remove_class (style, classes[i]);
    gtk_style_context_add_class (style, classes[state]);
    gtk_image_set_from_icon_name (self->icon, kb_text_guide_state_icon (state),
                                  GTK_ICON_SIZE_LARGE_TOOLBAR);
    gtk_label_set_text (self->state, kb_text_guide_state (state));
    atk_object_set_name (gtk_widget_get_accessible (GTK_WIDGET (self->icon)),
                         kb_text_guide_state (state));
}

static void
show_label (GtkLabel *label, const char *text)
{
    gtk_label_set_text (label, text != NULL ? text : "");
    gtk_widget_set_visible (GTK_WIDGET (label), text != NULL);
}

/* What does a step here; %NULL for what is done outside of this program. */
static const char *
find_action (const KbGuide *guide, const KbGuideStep *step, const char **label)
{
    gboolean has_failed = step->state == KB_GUIDE_FAILED;

    if (step->state != KB_GUIDE_NOW && !has_failed)
        return NULL;
    switch (step->kind) {
    case KB_GUIDE_STEP_BACKUP:
        *label = _ ("_Back Up Now");
        return "win.backup";
    case KB_GUIDE_STEP_COPY:
        *label = _ ("Copy to a _USB Drive…");
        return "win.guide-copy";
    case KB_GUIDE_STEP_RESTORE:
        *label = guide->backup != NULL ? _ ("_Restore…") : _ ("_Open…");
        return guide->backup != NULL ? "win.guide-restore" : "win.open";
    case KB_GUIDE_STEP_START:
        *label = _ ("_Go Back to an Older Version…");
        return has_failed ? "win.guide-downgrade" : NULL;
    case KB_GUIDE_STEP_INSTALL:
    case KB_N_GUIDE_STEPS:
        break;
    }
    return NULL;
}

static void
show_buttons (KbGuideStepRow *self, const KbGuide *guide, const KbGuideStep *step)
{
    const char *label = "";
    const char *action = find_action (guide, step, &label);
    gboolean can_skip = kb_guide_can_skip (guide, step);

    gtk_button_set_label (self->do_it, label);
    gtk_actionable_set_action_name (GTK_ACTIONABLE (self->do_it), action);
    gtk_widget_set_visible (self->do_cell, action != NULL);
    gtk_button_set_label (self->skip, step->kind == KB_GUIDE_STEP_INSTALL ? _ ("I Have _Done This")
                                                                          : _ ("_Leave This Out"));
    gtk_widget_set_visible (self->skip_cell, can_skip);
    gtk_widget_set_visible (self->buttons, action != NULL || can_skip);
}

/**
 * kb_guide_step_row_show:
 * @self: a row
 * @guide: a guide
 * @index: which of its steps, from 0 on
 * @error: (nullable): why the last attempt failed
 */
void
kb_guide_step_row_show (KbGuideStepRow *self, const KbGuide *guide, guint index, const char *error)
{
    const KbGuideStep *step = &guide->steps[index];
    g_autoptr (GDateTime) now = g_date_time_new_now_local();
    g_autofree char *name = kb_text_guide_step_title (guide, step->kind);
    g_autofree char *detail = kb_text_guide_step_detail (guide, step, now);
    g_autofree char *sentence = kb_text_guide_step_sentence (guide, index, now);
    /* Translators: the number of a step, and what is to be done. */
    g_autofree char *title = g_strdup_printf (C_ ("step", "%u. %s"), index + 1, name);

    show_state (self, step->state);
    gtk_label_set_text (self->title, title);
    show_label (self->detail, detail);
    show_label (self->error, error);
    show_buttons (self, guide, step);
    atk_object_set_name (gtk_widget_get_accessible (GTK_WIDGET (self)), sentence);
}

/**
 * kb_guide_step_row_new:
 *
 * Returns: (transfer floating): a row that says nothing yet
 */
GtkWidget *
kb_guide_step_row_new (void)
{
    return g_object_new (KB_TYPE_GUIDE_STEP_ROW, NULL);
}

static void
kb_guide_step_row_class_init (KbGuideStepRowClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

    gtk_widget_class_set_template_from_resource (
        widget_class, "/io/github/kolibri_backup/KolibriBackup/kb-guide-step-row.ui");
    gtk_widget_class_bind_template_child (widget_class, KbGuideStepRow, icon);
    gtk_widget_class_bind_template_child (widget_class, KbGuideStepRow, title);
    gtk_widget_class_bind_template_child (widget_class, KbGuideStepRow, state);
    gtk_widget_class_bind_template_child (widget_class, KbGuideStepRow, detail);
    gtk_widget_class_bind_template_child (widget_class, KbGuideStepRow, error);
    gtk_widget_class_bind_template_child (widget_class, KbGuideStepRow, buttons);
    gtk_widget_class_bind_template_child (widget_class, KbGuideStepRow, do_cell);
    gtk_widget_class_bind_template_child (widget_class, KbGuideStepRow, do_it);
    gtk_widget_class_bind_template_child (widget_class, KbGuideStepRow, skip_cell);
    gtk_widget_class_bind_template_child (widget_class, KbGuideStepRow, skip);
}

/* The cells around the buttons say nothing: they are no items of a list. */
static void
kb_guide_step_row_init (KbGuideStepRow *self)
{
    gtk_widget_init_template (GTK_WIDGET (self));
    atk_object_set_role (gtk_widget_get_accessible (self->buttons), ATK_ROLE_FILLER);
    atk_object_set_role (gtk_widget_get_accessible (self->do_cell), ATK_ROLE_FILLER);
    atk_object_set_role (gtk_widget_get_accessible (self->skip_cell), ATK_ROLE_FILLER);
}
