/* SPDX-License-Identifier: MIT */
/* The bar below the verdict: what has happened, and what can be done about it. */
#include "config.h"

#include "kb-message.h"

#include "kb-error.h"
#include "kb-text-error.h"

#include <glib/gi18n.h>

struct _KbMessage {
    GtkRevealer parent_instance;

    GtkInfoBar *bar;
    GtkLabel *title;
    GtkLabel *body;
    GtkWidget *details;
    GtkLabel *details_text;
    GtkButton *action;
};

G_DEFINE_FINAL_TYPE (KbMessage, kb_message, GTK_TYPE_REVEALER)

/* Screen readers hear of a bar that appears when its name changes while it is shown. */
static void
announce (KbMessage *self, const char *text)
{
    AtkObject *accessible = gtk_widget_get_accessible (GTK_WIDGET (self->bar));

    atk_object_set_role (accessible, ATK_ROLE_ALERT);
    atk_object_set_name (accessible, text);
    atk_object_notify_state_change (accessible, ATK_STATE_SHOWING, TRUE);
}

static void
show_text (KbMessage *self, GtkMessageType type, const char *title, const char *body)
{
    gtk_info_bar_set_message_type (self->bar, type);
    gtk_label_set_text (self->title, title);
    gtk_label_set_text (self->body, body != NULL ? body : "");
    gtk_widget_set_visible (GTK_WIDGET (self->body), body != NULL);
    gtk_widget_hide (self->details);
    gtk_widget_hide (GTK_WIDGET (self->action));
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
 * kb_message_show_error:
 * @self: the bar
 * @operation: what was being done
 * @error: what went wrong, or that it was cancelled
 *
 * Shows what happened, whether the data is safe, and what to do now; the details can be unfolded
 * and copied.
 */
void
kb_message_show_error (KbMessage *self, KbOperation operation, const GError *error)
{
    g_autoptr (KbErrorText) text = kb_error_text_new (operation, error);

    if (kb_error_is_cancelled (error)) {
        show_text (self, GTK_MESSAGE_INFO, _ ("Cancelled."), text->safety);
        return;
    }
    g_autofree char *body = kb_text_join (text->safety, text->advice);
    show_text (self, GTK_MESSAGE_ERROR, text->what, body);
    gtk_label_set_text (self->details_text, error->message);
    gtk_expander_set_expanded (GTK_EXPANDER (self->details), FALSE);
    gtk_widget_show (self->details);
}

/**
 * kb_message_set_action:
 * @self: the bar, showing something
 * @label: what the button says
 * @action_name: the action that it does, as "win.backup"
 *
 * Adds a button with the next step. The bar then stays until it is closed.
 */
void
kb_message_set_action (KbMessage *self, const char *label, const char *action_name)
{
    gtk_button_set_label (self->action, label);
    gtk_actionable_set_action_name (GTK_ACTIONABLE (self->action), action_name);
    gtk_widget_show (GTK_WIDGET (self->action));
}

/**
 * kb_message_hide:
 * @self: the bar
 */
void
kb_message_hide (KbMessage *self)
{
    gtk_revealer_set_reveal_child (GTK_REVEALER (self), FALSE);
    gtk_widget_hide (GTK_WIDGET (self));
}

static void
on_response (G_GNUC_UNUSED GtkInfoBar *bar, G_GNUC_UNUSED int response, gpointer user_data)
{
    kb_message_hide (user_data);
}

static void
on_action_clicked (G_GNUC_UNUSED GtkButton *button, gpointer user_data)
{
    kb_message_hide (user_data);
}

static void
kb_message_class_init (KbMessageClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

    gtk_widget_class_set_template_from_resource (
        widget_class, "/io/github/kolibri_backup/KolibriBackup/kb-message.ui");
    gtk_widget_class_bind_template_child (widget_class, KbMessage, bar);
    gtk_widget_class_bind_template_child (widget_class, KbMessage, title);
    gtk_widget_class_bind_template_child (widget_class, KbMessage, body);
    gtk_widget_class_bind_template_child (widget_class, KbMessage, details);
    gtk_widget_class_bind_template_child (widget_class, KbMessage, details_text);
    gtk_widget_class_bind_template_child (widget_class, KbMessage, action);
    gtk_widget_class_bind_template_callback (widget_class, on_response);
    gtk_widget_class_bind_template_callback (widget_class, on_action_clicked);
}

static void
kb_message_init (KbMessage *self)
{
    gtk_widget_init_template (GTK_WIDGET (self));
    kb_message_hide (self);
}
