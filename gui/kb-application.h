/* SPDX-License-Identifier: MIT */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define KB_TYPE_APPLICATION (kb_application_get_type())
G_DECLARE_FINAL_TYPE (KbApplication, kb_application, KB, APPLICATION, GtkApplication)

GtkApplication *kb_application_new (void);

G_END_DECLS
