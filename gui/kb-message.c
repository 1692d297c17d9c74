/* SPDX-License-Identifier: MIT */
/* The bar below the verdict: what has happened, and what can be done about it. */
#include "config.h"

#include "kb-message.h"

#include "kb-gettext.h"

struct _KbMessage {
    GtkRevealer parent_instance;

    GtkInfoBar *bar;
    GtkLabel *title;
    GtkLabel *body;
    GtkWidget *details;
    GtkLabel *details_text;
    GtkWidget *actions;
};

G_DEFINE_FINAL_TYPE (KbMessage, kb_message, GTK_TYPE_REVEALER)

enum { SIGNAL_HIDDEN, N_SIGNALS };
static guint signals[N_SIGNALS];

/* Screen readers hear of a bar that appears when its name changes while it is shown. */
static void
announce (KbMessage *self, const char *text)
{
    AtkObject *accessible = gtk_widget_get_accessible (GTK_WIDGET (self->bar));

    atk_object_set_role (accessible, ATK_ROLE_ALERT);
    atk_object_set_name (accessible, text);
    atk_object_notify_state_change (accessible, ATK_STATE_SHOWING, TRUE);
}

/* GTK gives its cross no name. */
static void
name_close_button (GtkWidget *widget, G_GNUC_UNUSED gpointer user_data)
{
    GtkStyleContext *style = gtk_widget_get_style_context (widget);

    if (GTK_IS_BUTTON (widget) && gtk_style_context_has_class (style, "close"))
        atk_object_set_name (gtk_widget_get_accessible (widget), _ ("Close"));
    else if (GTK_IS_CONTAINER (widget))
        gtk_container_forall (GTK_CONTAINER (widget), name_close_button, NULL);
}

static void
clear_actions (KbMessage *self)
{
    g_autoptr (GList) buttons = gtk_container_get_children (GTK_CONTAINER (self->actions));

    for (GList *l = buttons; l != NULL; l = l->next)
        gtk_widget_destroy (l->data);
    gtk_widget_hide (self->actions);
}

static void
show_text (KbMessage *self, GtkMessageType type, const char *title, const char *body)
{
    kb_message_hide (self);
    gtk_info_bar_set_message_type (self->bar, type);
    gtk_label_set_text (self->title, title);
    gtk_label_set_text (self->body, body != NULL ? body : "");
    gtk_widget_set_visible (GTK_WIDGET (self->body), body != NULL);
    gtk_widget_hide (self->details);
    gtk_widget_show (GTK_WIDGET (self));
    gtk_revealer_set_reveal_child (GTK_REVEALER (self), TRUE);
    announce (self, title);
}

/**
 * kb_message_show_news:
 * @self: the bar
 * @title: what has happened
 *
 * Shows that something went well.
 */
void
kb_message_show_news (KbMessage *self, const char *title)
{
    show_text (self, GTK_MESSAGE_INFO, title, NULL);
}

/**
 * kb_message_show_cancelled:
 * @self: the bar
 * @text: what was cancelled
 */
void
kb_message_show_cancelled (KbMessage *self, const KbErrorText *text)
{
    show_text (self, GTK_MESSAGE_INFO, _ ("Cancelled."), text->safety);
}

/**
 * kb_message_show_error:
 * @self: the bar
 * @text: what went wrong
 *
 * Shows what happened, whether the data is safe, and what to do now; the details can be unfolded
 * and copied.
 */
void
kb_message_show_error (KbMessage *self, const KbErrorText *text)
{
    g_autofree char *body = kb_text_join (text->safety, text->advice);

    show_text (self, GTK_MESSAGE_ERROR, text->what, body);
    gtk_label_set_text (self->details_text, text->details);
    gtk_expander_set_expanded (GTK_EXPANDER (self->details), FALSE);
    gtk_widget_show (self->details);
}

/**
 * kb_message_add_action:
 * @self: the bar, showing something
 * @label: what the button says
 * @action_name: the action that it does, as "win.backup"
 *
 * Adds a button with a next step. The bar then stays until it is closed.
 */
void
kb_message_add_action (KbMessage *self, const char *label, const char *action_name)
{
    GtkWidget *button = gtk_button_new_with_mnemonic (label);

    gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action_name);
    gtk_container_add (GTK_CONTAINER (self->actions), button);
    gtk_widget_show (button);
    gtk_widget_show (self->actions);
}

/**
 * kb_message_hide:
 * @self: the bar
 *
 * What the bar offers goes with it.
 */
void
kb_message_hide (KbMessage *self)
{
    gboolean was_shown = gtk_widget_get_visible (GTK_WIDGET (self));

    gtk_revealer_set_reveal_child (GTK_REVEALER (self), FALSE);
    gtk_widget_hide (GTK_WIDGET (self));
    clear_actions (self);
    if (was_shown)
        g_signal_emit (self, signals[SIGNAL_HIDDEN], 0);
}

static void
on_response (G_GNUC_UNUSED GtkInfoBar *bar, G_GNUC_UNUSED int response, gpointer user_data)
{
    kb_message_hide (user_data);
}

static void
on_copy_clicked (G_GNUC_UNUSED GtkButton *button, gpointer user_data)
{
    KbMessage *self = user_data;

    gtk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self), GDK_SELECTION_CLIPBOARD),
                            gtk_label_get_text (self->details_text), -1);
}

static void
kb_message_class_init (KbMessageClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

    signals[SIGNAL_HIDDEN] = g_signal_new ("hidden", KB_TYPE_MESSAGE, G_SIGNAL_RUN_LAST, 0, NULL,
                                           NULL, NULL, G_TYPE_NONE, 0);
    gtk_widget_class_set_template_from_resource (
        widget_class, "/io/github/kolibri_backup/KolibriBackup/kb-message.ui");
    gtk_widget_class_bind_template_child (widget_class, KbMessage, bar);
    gtk_widget_class_bind_template_child (widget_class, KbMessage, title);
    gtk_widget_class_bind_template_child (widget_class, KbMessage, body);
    gtk_widget_class_bind_template_child (widget_class, KbMessage, details);
    gtk_widget_class_bind_template_child (widget_class, KbMessage, details_text);
    gtk_widget_class_bind_template_child (widget_class, KbMessage, actions);
    gtk_widget_class_bind_template_callback (widget_class, on_response);
    gtk_widget_class_bind_template_callback (widget_class, on_copy_clicked);
}

static void
kb_message_init (KbMessage *self)
{
    gtk_widget_init_template (GTK_WIDGET (self));
    name_close_button (GTK_WIDGET (self->bar), NULL);
    gtk_widget_hide (GTK_WIDGET (self));
}
