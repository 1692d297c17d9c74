/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "kb-locale.h"

#include <libintl.h>
#include <locale.h>
#include <string.h>

/**
 * kb_locale_bind:
 * @domain: a domain of gettext
 * @dir: (nullable): where its catalogues are; %NULL: where they are installed
 *
 * Has gettext find the catalogues.
 */
void
kb_locale_bind (const char *domain, const char *dir)
{
    bindtextdomain (domain, dir != NULL ? dir : KB_LOCALE_DIR);
}

static gboolean
is_locale_of (const char *locale, const char *language)
{
    gsize length = strcspn (language, "_");

    if (strcmp (language, "en") == 0 && (*locale == 'C' || strcmp (locale, "POSIX") == 0))
        return TRUE;
    return strncmp (locale, language, length) == 0 &&
           (locale[length] == '\0' || strchr ("_.-@", locale[length]) != NULL);
}

/**
 * kb_locale_take_dates:
 * @language: the language of the words
 *
 * Has months and days named in a language. The C library names them, by LC_TIME. Before there are
 * threads.
 *
 * Returns: %FALSE if there are no names in that language
 */
gboolean
kb_locale_take_dates (const KbLanguage *language)
{
    g_autofree char *locale = g_strconcat (language->locale, ".UTF-8", NULL);
    const char *present = setlocale (LC_TIME, NULL);

    return is_locale_of (present != NULL ? present : "C", language->code) ||
           setlocale (LC_TIME, locale) != NULL;
}

/**
 * kb_locale_dates_are_english:
 *
 * Returns: whether months and days have English names
 */
gboolean
kb_locale_dates_are_english (void)
{
    return is_locale_of (setlocale (LC_TIME, NULL), "en");
}
