/* SPDX-License-Identifier: MIT */
/* The top of the window: is the data safe, how is Kolibri, and the one big button. */
#include "config.h"

#include "kb-verdict-card.h"

#include "kb-text-status.h"

struct _KbVerdictCard {
    GtkBox parent_instance;

    GtkImage *icon;
    GtkLabel *verdict;
    GtkLabel *detail;
    GtkLabel *kolibri;
    GtkLabel *password;
};

G_DEFINE_FINAL_TYPE (KbVerdictCard, kb_verdict_card, GTK_TYPE_BOX)

/* Icon, colour and word say the same. The icons are our own: not every desktop has a theme. */
static void
show_icon (KbVerdictCard *self, KbVerdict verdict)
{
    static const struct {
        const char *icon;
        const char *class;
    } looks[] = {
        [KB_VERDICT_NO_KOLIBRI] = {"kb-none-symbolic", "kb-warn"},
        [KB_VERDICT_UNSUPPORTED] = {"kb-none-symbolic", "kb-warn"},
        [KB_VERDICT_DAMAGED] = {"kb-risk-symbolic", "kb-bad"},
        [KB_VERDICT_TOO_OLD] = {"kb-risk-symbolic", "kb-bad"},
        [KB_VERDICT_NO_BACKUP] = {"kb-none-symbolic", "kb-bad"},
        [KB_VERDICT_AT_RISK] = {"kb-risk-symbolic", "kb-bad"},
        [KB_VERDICT_GETTING_OLD] = {"kb-old-symbolic", "kb-warn"},
        [KB_VERDICT_SAFE] = {"kb-safe-symbolic", "kb-good"},
    };
    GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self->icon));

    gtk_style_context_remove_class (style, "kb-good");
    gtk_style_context_remove_class (style, "kb-warn");
    gtk_style_context_remove_class (style, "kb-bad");
    gtk_style_context_add_class (style, looks[verdict].class);
    gtk_image_set_from_icon_name (self->icon, looks[verdict].icon, GTK_ICON_SIZE_DIALOG);
    gtk_image_set_pixel_size (self->icon, 48);
    atk_object_set_name (gtk_widget_get_accessible (GTK_WIDGET (self->icon)),
                         kb_text_verdict (verdict));
}

/**
 * kb_verdict_card_show_status:
 * @self: the card
 * @status: (nullable): what there is; %NULL when no data of Kolibri was found
 */
void
kb_verdict_card_show_status (KbVerdictCard *self, const KbStatus *status)
{
    const KbStatus none = {.verdict = KB_VERDICT_NO_KOLIBRI};
    const KbStatus *shown = status != NULL ? status : &none;
    g_autoptr (GDateTime) now = g_date_time_new_now_local();
    g_autofree char *detail = kb_text_verdict_detail (shown, now);
    g_autofree char *kolibri = status != NULL ? kb_text_kolibri (status) : g_strdup ("");

    show_icon (self, shown->verdict);
    gtk_label_set_text (self->verdict, kb_text_verdict (shown->verdict));
    gtk_label_set_text (self->detail, detail);
    gtk_label_set_text (self->kolibri, kolibri);
    gtk_label_set_text (self->password, kb_text_password());
    gtk_widget_set_visible (GTK_WIDGET (self->password), shown->asks_for_password);
    gtk_widget_set_tooltip_text (GTK_WIDGET (self->kolibri), shown->home);
}

static void
kb_verdict_card_class_init (KbVerdictCardClass *klass)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

    gtk_widget_class_set_template_from_resource (
        widget_class, "/io/github/kolibri_backup/KolibriBackup/kb-verdict-card.ui");
    gtk_widget_class_bind_template_child (widget_class, KbVerdictCard, icon);
    gtk_widget_class_bind_template_child (widget_class, KbVerdictCard, verdict);
    gtk_widget_class_bind_template_child (widget_class, KbVerdictCard, detail);
    gtk_widget_class_bind_template_child (widget_class, KbVerdictCard, kolibri);
    gtk_widget_class_bind_template_child (widget_class, KbVerdictCard, password);
}

static void
kb_verdict_card_init (KbVerdictCard *self)
{
    gtk_widget_init_template (GTK_WIDGET (self));
}
