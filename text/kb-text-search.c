/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "kb-text-search.h"

#include "kb-text-date.h"
#include "kb-text-entry.h"

#include <string.h>

/* Without case, and with letters and accents in one form. */
static char *
fold (const char *text)
{
    g_autofree char *normal = g_utf8_normalize (text, -1, G_NORMALIZE_ALL);

    return g_utf8_casefold (normal != NULL ? normal : "", -1);
}

/**
 * kb_text_entry_matches:
 * @entry: a backup
 * @query: words that somebody looks for, UTF-8
 * @now: the local time now
 *
 * Looks for each word in all that is said of a backup: note, date in words and in full, version,
 * kind, file name.
 *
 * Returns: %TRUE if all of them are there
 */
gboolean
kb_text_entry_matches (const KbEntry *entry, const char *query, GDateTime *now)
{
    g_autofree char *sentence = kb_text_entry_sentence (entry, now, NULL);
    g_autofree char *exact = entry->time != NULL ? kb_text_date_exact (entry->time) : g_strdup ("");
    g_autofree char *all = g_strjoin ("\n", sentence, exact, entry->name, NULL);
    g_autofree char *hay = fold (all);
    g_autofree char *folded = fold (query);
    g_auto (GStrv) words = g_strsplit_set (folded, " \t\n", -1);

    for (char **word = words; *word != NULL; word++)
        if (strstr (hay, *word) == NULL)
            return FALSE;
    return TRUE;
}
