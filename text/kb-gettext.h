/* SPDX-License-Identifier: MIT */
#pragma once

/* gettext's macros, for all code of this program: any sentence can be had in English as well. */

#include <glib.h>
#include <libintl.h>
#include <string.h>

G_BEGIN_DECLS

#undef ngettext
#define _(id) kb_gettext (id)
#define N_(id) (id)
#define C_(context, id) kb_pgettext (context "\004" id, strlen (context) + 1)
#define NC_(context, id) (id)
#define ngettext(one, many, n) kb_ngettext (one, many, n)

const char *kb_gettext (const char *id) G_GNUC_FORMAT (1);
const char *kb_pgettext (const char *context_and_id, gsize id_at) G_GNUC_FORMAT (1);
const char *kb_ngettext (const char *one, const char *many, gulong n) G_GNUC_FORMAT (1)
    G_GNUC_FORMAT (2);
void kb_gettext_begin_english (void);
void kb_gettext_end_english (void);
gboolean kb_gettext_is_english (void);

G_END_DECLS
