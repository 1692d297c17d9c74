/* SPDX-License-Identifier: MIT */
#include "kb-version.h"

#include <string.h>

#define MAX_NUMBER 99999

static gboolean
read_number (const char **at, unsigned *out)
{
    unsigned value = 0;
    const char *start = *at;

    while (g_ascii_isdigit (**at) && value <= MAX_NUMBER)
        value = value * 10 + (unsigned) g_ascii_digit_value (*(*at)++);
    *out = value;
    return *at != start && value <= MAX_NUMBER;
}

static gboolean
skip_prefix (const char **at, const char *prefix)
{
    if (!g_str_has_prefix (*at, prefix))
        return FALSE;
    *at += strlen (prefix);
    return TRUE;
}

static gboolean
read_stage (const char **at, KbVersion *out)
{
    if (skip_prefix (at, "rc"))
        out->stage = KB_VERSION_RC;
    else if (skip_prefix (at, "a"))
        out->stage = KB_VERSION_ALPHA;
    else if (skip_prefix (at, "b"))
        out->stage = KB_VERSION_BETA;
    else
        return TRUE;
    return read_number (at, &out->stage_number);
}

/* `.dev0+git.123.g1234567`, `.dev0+git.20240501101112`, `.dev20240501`: the number after `git.`, or
 * else the one after `.dev`, orders such builds; what follows names a commit. */
static gboolean
read_dev (const char *at, KbVersion *out)
{
    char *end;

    if (!skip_prefix (&at, ".dev"))
        return FALSE;
    out->is_dev = TRUE;
    if (out->stage == KB_VERSION_FINAL)
        out->stage = KB_VERSION_DEV;
    out->dev_count = g_ascii_strtoull (at, &end, 10);
    at = end;
    if (skip_prefix (&at, "+git."))
        out->dev_count = g_ascii_strtoull (at, NULL, 10);
    return *at == '\0' || *at == '+' || at != end;
}

/**
 * kb_version_text_is_safe:
 * @text: a version as somebody wrote it
 *
 * Says whether @text may become part of a file name: no separator, no white space, no underscore
 * (it ends the version in the name of a backup), not too long.
 *
 * Returns: %TRUE if so
 */
gboolean
kb_version_text_is_safe (const char *text)
{
    size_t length = strlen (text);

    return length > 0 && length <= KB_VERSION_MAX_LENGTH && g_ascii_isdigit (text[0]) &&
           strspn (text, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.+-") ==
               length;
}

/**
 * kb_version_parse:
 * @text: a version, as in `0.17.5`, `0.16.0rc1` or `0.18.0.dev0+git.123.g1234567`
 * @out: (out): its parts; undefined when the result is %FALSE
 *
 * Reads a version by the grammar of Kolibri (kolibri/utils/version.py).
 *
 * Returns: %TRUE if @text is a version
 */
gboolean
kb_version_parse (const char *text, KbVersion *out)
{
    const char *at = text;

    g_return_val_if_fail (text != NULL && out != NULL, FALSE);

    *out = (KbVersion){.stage = KB_VERSION_FINAL};
    if (!kb_version_text_is_safe (text))
        return FALSE;
    if (!read_number (&at, &out->major) || !skip_prefix (&at, ".") ||
        !read_number (&at, &out->minor))
        return FALSE;
    if (at[0] == '.' && g_ascii_isdigit (at[1])) {
        at++;
        if (!read_number (&at, &out->patch))
            return FALSE;
    }
    if (!read_stage (&at, out))
        return FALSE;
    return *at == '\0' || read_dev (at, out);
}

/**
 * kb_version_compare:
 * @a: a version
 * @b: another
 *
 * Orders two versions as releases follow each other: dev, alpha, beta, release candidate, final.
 * `1.2.3a1.dev0+git.4` was built after `1.2.3a1` (kolibri/utils/version.py) and sorts after it.
 *
 * Returns: less than, equal to or greater than 0
 */
int
kb_version_compare (const KbVersion *a, const KbVersion *b)
{
    const guint64 parts[][2] = {
        {a->major, b->major},
        {a->minor, b->minor},
        {a->patch, b->patch},
        {a->stage, b->stage},
        {a->stage_number, b->stage_number},
        {a->is_dev ? 1 : 0, b->is_dev ? 1 : 0},
        {a->dev_count, b->dev_count},
    };

    for (size_t i = 0; i < G_N_ELEMENTS (parts); i++)
        if (parts[i][0] != parts[i][1])
            return parts[i][0] < parts[i][1] ? -1 : 1;
    return 0;
}

/**
 * kb_version_compare_text:
 * @a: (nullable): a version as text
 * @b: (nullable): another
 *
 * Orders two versions as text. What is no version sorts before everything that is.
 *
 * Returns: less than, equal to or greater than 0
 */
int
kb_version_compare_text (const char *a, const char *b)
{
    KbVersion parsed_a;
    KbVersion parsed_b;
    gboolean a_ok = a != NULL && kb_version_parse (a, &parsed_a);
    gboolean b_ok = b != NULL && kb_version_parse (b, &parsed_b);

    if (!a_ok || !b_ok)
        return (a_ok ? 1 : 0) - (b_ok ? 1 : 0);
    return kb_version_compare (&parsed_a, &parsed_b);
}

/**
 * kb_version_compare_release:
 * @a: (nullable): a version as text
 * @b: (nullable): another
 *
 * Orders two versions by their three numbers alone: what a pre-release has written, the release
 * reads, and the reverse. What is no version sorts before everything that is.
 *
 * Returns: less than, equal to or greater than 0
 */
int
kb_version_compare_release (const char *a, const char *b)
{
    KbVersion parsed;
    g_autofree char *release_a = NULL;
    g_autofree char *release_b = NULL;

    if (a != NULL && kb_version_parse (a, &parsed))
        release_a = g_strdup_printf ("%u.%u.%u", parsed.major, parsed.minor, parsed.patch);
    if (b != NULL && kb_version_parse (b, &parsed))
        release_b = g_strdup_printf ("%u.%u.%u", parsed.major, parsed.minor, parsed.patch);
    return kb_version_compare_text (release_a, release_b);
}
