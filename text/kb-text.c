/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "kb-text.h"

#include <glib/gi18n.h>
#include <locale.h>

/**
 * kb_text_set_language:
 * @code: the name of a catalogue, as "sw" or "pt_BR"; "" for the language of the desktop
 *
 * Chooses the language; numbers and dates stay those of the locale. Before kb_text_init().
 */
void
kb_text_set_language (const char *code)
{
    if (*code != '\0')
        g_setenv ("LANGUAGE", code, TRUE);
}

/**
 * kb_text_init:
 *
 * Takes the language and the formats of the person. Called once, first thing in main().
 */
void
kb_text_init (void)
{
    const char *dir = g_getenv ("KB_LOCALE_DIR"); /* a build tree has no installed translations */

    setlocale (LC_ALL, "");
    bindtextdomain (GETTEXT_PACKAGE, dir != NULL ? dir : KB_LOCALE_DIR);
    bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
    textdomain (GETTEXT_PACKAGE);
}

/**
 * kb_text_join:
 * @first: a sentence
 * @second: (nullable): the next
 *
 * Puts two sentences behind each other.
 *
 * Returns: (transfer full): both
 */
char *
kb_text_join (const char *first, const char *second)
{
    if (second == NULL || *second == '\0')
        return g_strdup (first);
    /* Translators: two sentences that follow each other; a language that puts no space between
     * sentences leaves it out. */
    return g_strdup_printf (C_ ("two sentences", "%s %s"), first, second);
}

/**
 * kb_text_isolate:
 * @name: a name that somebody else gave
 *
 * Keeps a name together within a sentence that may run the other way: Unicode's first strong
 * isolate and its end.
 *
 * Returns: (transfer full): the name for a sentence
 */
char *
kb_text_isolate (const char *name)
{
    return g_strdup_printf ("\u2068%s\u2069", name);
}
