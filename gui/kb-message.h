/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-text-error.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define KB_TYPE_MESSAGE (kb_message_get_type())
G_DECLARE_FINAL_TYPE (KbMessage, kb_message, KB, MESSAGE, GtkRevealer)

void kb_message_show_news (KbMessage *self, const char *title);
void kb_message_show_cancelled (KbMessage *self, const KbErrorText *text);
void kb_message_show_error (KbMessage *self, const KbErrorText *text);
void kb_message_add_action (KbMessage *self, const char *label, const char *action_name);
void kb_message_hide (KbMessage *self);

G_END_DECLS
