/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-status.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define KB_TYPE_NOTICES (kb_notices_get_type())
G_DECLARE_FINAL_TYPE (KbNotices, kb_notices, KB, NOTICES, GtkBox)

void kb_notices_show_status (KbNotices *self, const KbStatus *status);

G_END_DECLS
