/* SPDX-License-Identifier: MIT */
/* kb-header: the first and the last line of a dump; what they say survives being written. */
#include "kb-fuzz.h"
#include "kb-header.h"

#include <string.h>

static void
check_header (const char *line, gsize length)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (KbHeader) header = kb_header_parse (line, length, &error);

    g_assert_true ((header == NULL) == (error != NULL));
    if (header == NULL)
        return;
    if (header->time == NULL)
        header->time = g_date_time_new_from_unix_utc (0);
    if (g_date_time_get_year (header->time) < 1000) /* GLib writes them with fewer digits */
        return;
    g_autofree char *first = kb_header_format (header);
    if (strlen (first) > KB_HEADER_MAX_BYTES)
        return;
    g_autoptr (KbHeader) again = kb_header_parse (first, strlen (first), NULL);
    g_assert_nonnull (again);
    g_autofree char *second = kb_header_format (again);
    g_assert_cmpstr (first, ==, second);
}

static void
check_footer (const char *line, gsize length)
{
    g_autoptr (KbFooter) footer = kb_footer_parse (line, length);

    if (footer == NULL)
        return;
    g_autofree char *text = kb_footer_format (footer);
    g_autoptr (KbFooter) again = kb_footer_parse (text, strlen (text));
    g_assert_nonnull (again);
    g_assert_true (strstr (text, "too_many_tables") != NULL || kb_footer_equal (footer, again));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    if (size <= KB_HEADER_MAX_BYTES) {
        check_header ((const char *) data, size);
        check_footer ((const char *) data, size);
    }
    return 0;
}
