/* SPDX-License-Identifier: MIT */
/* Below the verdict: what is odd about this data folder, as long as it is so. */
#include "config.h"

#include "kb-notices.h"

#include "kb-gettext.h"
#include "kb-text-status.h"

struct _KbNotices {
    GtkBox parent_instance;

    GString *shown; /* all that the bars say, so that they stay while nothing changes */
};

G_DEFINE_FINAL_TYPE (KbNotices, kb_notices, GTK_TYPE_BOX)

/* One bar, and what can be done about it. */
typedef struct {
    GtkMessageType type;
    char *text;
    const char *label;
    const char *action;
} Notice;

static void
notice_free (gpointer data)
{
    Notice *self = data;

    g_free (self->text);
    g_free (self);
}

/* Takes @text. */
static void
add (GPtrArray *notices, GtkMessageType type, char *text, const char *label, const char *action)
{
    Notice *self = g_new0 (Notice, 1);

    self->type = type;
    self->text = text;
    self->label = label;
    self->action = action;
    g_ptr_array_add (notices, self);
}

static void
add_problem (GPtrArray *notices, KbFindProblem problem)
{
    char *text = g_strdup (kb_text_find_problem (problem));

    if (problem == KB_FIND_HIDES_ANOTHER)
        add (notices, GTK_MESSAGE_WARNING, text, _ ("_Open That Folder"), "win.open-data");
    else if (problem == KB_FIND_SETTINGS_DIFFER || problem == KB_FIND_SETTINGS_RIDDLE)
        add (notices, GTK_MESSAGE_WARNING, text, _ ("Data Fold_ers…"), "win.homes");
    else
        add (notices, GTK_MESSAGE_WARNING, text, NULL, NULL);
}

static GPtrArray *
collect (const KbStatus *status)
{
    GPtrArray *notices = g_ptr_array_new_with_free_func (notice_free);
    const KbFound *found = status->found;
    gboolean is_hiding = kb_found_has_problem (found, KB_FIND_HIDES_ANOTHER);
    g_autofree char *others = is_hiding ? NULL : kb_text_other_homes (status->homes);
    guint n_endangered = status->pruning->endangered->len;

    for (int i = 0; i < KB_N_FIND_PROBLEMS; i++)
        if (kb_found_has_problem (found, (KbFindProblem) i))
            add_problem (notices, (KbFindProblem) i);
    if (n_endangered > 0)
        add (notices, GTK_MESSAGE_WARNING, kb_text_endangered (n_endangered), _ ("_Keep"),
             "win.keep-endangered");
    if (!found->is_ours)
        add (notices, GTK_MESSAGE_INFO, kb_text_found (found), NULL, NULL);
    if (others != NULL)
        add (notices, GTK_MESSAGE_INFO, g_steal_pointer (&others), _ ("Data Fold_ers…"),
             "win.homes");
    return notices;
}

static GtkWidget *
make_bar (const Notice *notice)
{
    GtkWidget *bar = gtk_info_bar_new();
    GtkWidget *content = gtk_info_bar_get_content_area (GTK_INFO_BAR (bar));
    GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
    GtkWidget *label = gtk_label_new (notice->text);

    gtk_info_bar_set_message_type (GTK_INFO_BAR (bar), notice->type);
    gtk_label_set_line_wrap (GTK_LABEL (label), TRUE);
    gtk_label_set_line_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR); /* paths are long */
    gtk_label_set_xalign (GTK_LABEL (label), 0);
    gtk_container_add (GTK_CONTAINER (box), label);
    if (notice->action != NULL) {
        GtkWidget *button = gtk_button_new_with_mnemonic (notice->label);
        gtk_actionable_set_action_name (GTK_ACTIONABLE (button), notice->action);
        gtk_widget_set_halign (button, GTK_ALIGN_START);
        gtk_container_add (GTK_CONTAINER (box), button);
    }
    gtk_widget_set_hexpand (box, TRUE);
    gtk_container_add (GTK_CONTAINER (content), box);
    atk_object_set_name (gtk_widget_get_accessible (bar), notice->text);
    gtk_widget_show_all (bar);
    return bar;
}

static GString *
join (const GPtrArray *notices)
{
    GString *all = g_string_new (NULL);

    for (guint i = 0; i < notices->len; i++) {
        const Notice *notice = notices->pdata[i];
        g_string_append_printf (all, "%s\n", notice->text);
    }
    return all;
}

/**
 * kb_notices_show_status:
 * @self: the notices
 * @status: (nullable): what there is; %NULL when no data of Kolibri was found
 *
 * Shows a bar for each thing that is odd, and none when there is nothing.
 */
void
kb_notices_show_status (KbNotices *self, const KbStatus *status)
{
    g_autoptr (GPtrArray) notices =
        status != NULL ? collect (status) : g_ptr_array_new_with_free_func (notice_free);
    g_autoptr (GList) bars = gtk_container_get_children (GTK_CONTAINER (self));
    GString *shown = join (notices);

    if (g_string_equal (shown, self->shown)) {
        g_string_free (shown, TRUE);
        return;
    }
    gboolean had_focus = gtk_container_get_focus_child (GTK_CONTAINER (self)) != NULL;
    g_string_free (self->shown, TRUE);
    self->shown = shown;
    for (GList *l = bars; l != NULL; l = l->next)
        gtk_widget_destroy (l->data);
    for (guint i = 0; i < notices->len; i++)
        gtk_container_add (GTK_CONTAINER (self), make_bar (notices->pdata[i]));
    gtk_widget_set_visible (GTK_WIDGET (self), notices->len > 0);
    if (had_focus) /* the keyboard does not get lost with a button */
        gtk_widget_child_focus (gtk_widget_get_toplevel (GTK_WIDGET (self)), GTK_DIR_TAB_FORWARD);
}

static void
kb_notices_finalize (GObject *object)
{
    g_string_free (KB_NOTICES (object)->shown, TRUE);
    G_OBJECT_CLASS (kb_notices_parent_class)->finalize (object);
}

static void
kb_notices_class_init (KbNoticesClass *klass)
{
    G_OBJECT_CLASS (klass)->finalize = kb_notices_finalize;
}

static void
kb_notices_init (KbNotices *self)
{
    self->shown = g_string_new (NULL);
    gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
}
