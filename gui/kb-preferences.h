/* SPDX-License-Identifier: MIT */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define KB_TYPE_PREFERENCES (kb_preferences_get_type())
G_DECLARE_FINAL_TYPE (KbPreferences, kb_preferences, KB, PREFERENCES, GtkDialog)

GtkWidget *kb_preferences_new (GtkWindow *parent);
void kb_preferences_offer_languages (KbPreferences *self);

G_END_DECLS
