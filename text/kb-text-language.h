/* SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KbLanguage:
 * @code: the name of its catalogue, as "sw" or "pt_BR"
 * @name: as its own speakers write it
 * @locale: a locale of the C library with the names of its months, or "-"
 * @is_right_to_left: whether it is written from the right to the left
 * @is_draft: whether no native speaker has reviewed the translation (po/CONFIDENCE)
 */
typedef struct {
    const char *code;
    const char *name;
    const char *locale;
    gboolean is_right_to_left;
    gboolean is_draft;
} KbLanguage;

/**
 * KbSay:
 * @data: what the sentence is about
 *
 * Returns: (transfer full): a sentence, in the language of the moment
 */
typedef char *(*KbSay) (gconstpointer data);

const KbLanguage *kb_text_languages (void);
const KbLanguage *kb_text_language (void);
char *kb_text_say_in_english (KbSay say, gconstpointer data);

G_END_DECLS
