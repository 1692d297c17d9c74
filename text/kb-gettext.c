/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "kb-gettext.h"

/* Not NULL: this thread speaks English for now. */
static GPrivate english;

/**
 * kb_gettext:
 * @id: a sentence in English
 *
 * Returns: (transfer none): the sentence in the language of the person
 */
const char *
kb_gettext (const char *id)
{
    return kb_gettext_is_english() ? id : dgettext (GETTEXT_PACKAGE, id);
}

/**
 * kb_pgettext:
 * @context_and_id: the context, "\004" and a sentence in English
 * @id_at: where the sentence begins, in bytes
 *
 * Returns: (transfer none): the sentence in the language of the person
 */
const char *
kb_pgettext (const char *context_and_id, gsize id_at)
{
    if (kb_gettext_is_english())
        return context_and_id + id_at;
    return g_dpgettext (GETTEXT_PACKAGE, context_and_id, id_at);
}

/**
 * kb_ngettext:
 * @one: a sentence in English about one thing
 * @many: the same about several
 * @n: how many there are
 *
 * Returns: (transfer none): the sentence for @n in the language of the person
 */
const char *
kb_ngettext (const char *one, const char *many, gulong n)
{
    if (kb_gettext_is_english())
        return n == 1 ? one : many;
    return dngettext (GETTEXT_PACKAGE, one, many, n);
}

/**
 * kb_gettext_begin_english:
 *
 * From here to kb_gettext_end_english() this thread gets all sentences in English: what is shown
 * beneath a translation that nobody has reviewed.
 */
void
kb_gettext_begin_english (void)
{
    g_private_set (&english, &english);
}

/**
 * kb_gettext_end_english:
 *
 * Back to the language of the person.
 */
void
kb_gettext_end_english (void)
{
    g_private_set (&english, NULL);
}

/**
 * kb_gettext_is_english:
 *
 * Returns: %TRUE between kb_gettext_begin_english() and kb_gettext_end_english()
 */
gboolean
kb_gettext_is_english (void)
{
    return g_private_get (&english) != NULL;
}
