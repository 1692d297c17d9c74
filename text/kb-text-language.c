/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "kb-text-language.h"

#include "kb-gettext.h"

#define ENGLISH "en"

/**
 * kb_text_languages:
 *
 * Returns: (transfer none): the languages that there are; the last has no code
 */
const KbLanguage *
kb_text_languages (void)
{
    static const KbLanguage languages[] = {
#include "kb-languages-table.h"
        {0},
    };

    return languages;
}

static const KbLanguage *
find (const char *code, gsize length)
{
    for (const KbLanguage *language = kb_text_languages(); language->code != NULL; language++)
        if (strlen (language->code) == length && strncmp (language->code, code, length) == 0)
            return language;
    return NULL;
}

/**
 * kb_text_language:
 *
 * The catalogue that gettext has found says in its header which language it is.
 *
 * Returns: (transfer none): the language that the program speaks
 */
const KbLanguage *
kb_text_language (void)
{
    static const char field[] = "\nLanguage: ";
    const char *at = strstr (dgettext (GETTEXT_PACKAGE, ""), field);
    const KbLanguage *found = NULL;

    if (at != NULL) {
        at += strlen (field);
        found = find (at, strcspn (at, "\n"));
    }
    return found != NULL ? found : find (ENGLISH, strlen (ENGLISH));
}

/**
 * kb_text_say_in_english:
 * @say: says what may cost data
 * @data: what it is about
 *
 * Returns: (transfer full) (nullable): the same in English, to be shown beneath; %NULL where the
 *   translation can be trusted
 */
char *
kb_text_say_in_english (KbSay say, gconstpointer data)
{
    char *text = NULL;

    if (!kb_text_language()->is_draft)
        return NULL;
    kb_gettext_begin_english();
    text = say (data);
    kb_gettext_end_english();
    return text;
}
