/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-tasks.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define KB_TYPE_WELCOME (kb_welcome_get_type())
G_DECLARE_FINAL_TYPE (KbWelcome, kb_welcome, KB, WELCOME, GtkBox)

void kb_welcome_show_look (KbWelcome *self, const KbLook *look);

G_END_DECLS
