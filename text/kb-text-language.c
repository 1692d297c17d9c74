/* SPDX-License-Identifier: MIT */
#include "kb-text-language.h"

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
