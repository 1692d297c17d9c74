/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "kb-text.h"

#include "kb-gettext.h"
#include "kb-locale.h"
#include "kb-text-date.h"

#include <locale.h>
#include <string.h>

/* English, in UTF-8: on every Debian and in every runtime of Flatpak. */
#define NEUTRAL_LOCALE "C.UTF-8"

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

/* A locale that this computer lacks must not take the language with it: gettext is silent in the
 * locale "C", and English is no answer to somebody who asked for Swahili. */
static void
take_locale (void)
{
    static const int categories[] = {LC_CTYPE, LC_NUMERIC, LC_TIME, LC_COLLATE, LC_MESSAGES};
    const char *wish = g_getenv ("LANGUAGE");

    for (size_t i = 0; i < G_N_ELEMENTS (categories); i++)
        if (setlocale (categories[i], "") == NULL)
            setlocale (categories[i], NEUTRAL_LOCALE);
    if (wish == NULL || *wish == '\0')
        g_setenv ("LANGUAGE", g_get_language_names()[0], TRUE);
    if (strcmp (g_getenv ("LANGUAGE"), "C") == 0)
        return;
    if (strcmp (setlocale (LC_MESSAGES, NULL), "C") == 0) {
        setlocale (LC_MESSAGES, NEUTRAL_LOCALE);
        setlocale (LC_CTYPE, NEUTRAL_LOCALE);
    }
}

/**
 * kb_text_init:
 *
 * Takes the language and the formats of the person. Called once, first thing in main().
 */
void
kb_text_init (void)
{
    take_locale();
    kb_locale_bind (GETTEXT_PACKAGE,
                    g_getenv ("KB_LOCALE_DIR")); /* a build tree has it elsewhere */
    bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
    textdomain (GETTEXT_PACKAGE);
    kb_text_date_init();
}

/* What would turn the direction of the text around it, or end the isolation (Unicode, UAX #9). */
static gboolean
changes_direction (gunichar c)
{
    return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

/**
 * kb_text_isolate:
 * @name: a name that somebody gave: of a file, drive, device or facility, in any encoding
 *
 * Makes a name part of a sentence whatever the direction of both: it stands between U+2068 and
 * U+2069, and holds nothing that ends them or breaks the line.
 *
 * Returns: (transfer full): the name for a sentence
 */
char *
kb_text_isolate (const char *name)
{
    g_autofree char *valid = g_utf8_make_valid (name, -1);
    GString *out = g_string_new ("\u2068");

    for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at)) {
        gunichar c = g_utf8_get_char (at);
        if (!changes_direction (c))
            g_string_append_unichar (out, g_unichar_iscntrl (c) ? ' ' : c);
    }
    g_string_append (out, "\u2069");
    return g_string_free (out, FALSE);
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
