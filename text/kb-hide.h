/* SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KbHide:
 *
 * What identifies a person, to be taken out of technical texts. It knows nothing of languages.
 */
typedef struct _KbHide KbHide;

KbHide *kb_hide_new (const char *data_folder, const char *home_folder);
void kb_hide_add_name (KbHide *self, const char *name, const char *label);
char *kb_hide_in (const KbHide *self, const char *text);
void kb_hide_free (KbHide *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbHide, kb_hide_free)

G_END_DECLS
