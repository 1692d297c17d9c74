/* SPDX-License-Identifier: MIT */
#include "kb-test-words.h"

#include <string.h>

/* Words that a teacher does not know: design.md §5, and what programmers say. */
static const char *const jargon[] = {
    "snapshot", "archive", "dump",   "prune", "wal",         "sqlite",     "checkpoint",
    "fsync",    "errno",   "mount",  "inode", "file system", "filesystem", "metadata",
    "daemon",   "process", "commit", "lock",  "exception",
};

/**
 * kb_test_assert_plain:
 * @text: words for a person
 *
 * Asserts that there are some, and that none of them is jargon. The ending of a file name is none.
 */
void
kb_test_assert_plain (const char *text)
{
    g_assert_nonnull (text);
    g_assert_cmpstr (text, !=, "");
    g_assert_true (g_utf8_validate (text, -1, NULL));
    g_assert_null (strchr (text, '%'));
    for (gsize i = 0; i < G_N_ELEMENTS (jargon); i++) {
        g_autofree char *pattern = g_strdup_printf ("(?<![.\\w])%s(s|ed|ing)?\\b", jargon[i]);
        if (g_regex_match_simple (pattern, text, G_REGEX_CASELESS, 0))
            g_error ("“%s” is jargon: %s", jargon[i], text);
    }
}

/**
 * kb_test_assert_sentence:
 * @text: a sentence, or some
 *
 * Asserts that it is one that a person can read: plain, with a capital and a full stop.
 */
void
kb_test_assert_sentence (const char *text)
{
    kb_test_assert_plain (text);
    if (!g_str_has_suffix (text, ".") || g_str_has_suffix (text, ".."))
        g_error ("no full stop: %s", text);
    if (!g_unichar_isupper (g_utf8_get_char (text)))
        g_error ("no capital: %s", text);
    if (strstr (text, "  ") != NULL || strchr (text, '\n') != NULL)
        g_error ("odd spaces: %s", text);
}

/**
 * kb_test_assert_text:
 * @text: (transfer full): what there is
 * @expected: what there should be
 */
void
kb_test_assert_text (char *text, const char *expected)
{
    g_assert_cmpstr (text, ==, expected);
    g_free (text);
}
