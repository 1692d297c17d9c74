/* SPDX-License-Identifier: MIT */
/* kb-backup-name and kb-version: lines that may be names or versions. The versions are put in
 * order, which has to be one. */
#include "kb-backup-name.h"
#include "kb-fuzz.h"
#include "kb-version.h"

#include <string.h>

#define MAX_LINES 12

static int
sign (int n)
{
    return (n > 0) - (n < 0);
}

static void
check_name (const char *line)
{
    g_autoptr (KbBackupName) name = kb_backup_name_parse (line);

    if (kb_backup_name_is_safe (line))
        g_assert_null (strpbrk (line, "/\\\n\033"));
    if (name == NULL)
        return;
    g_assert_nonnull (name->time);
    if (!kb_version_text_is_safe (name->version) || g_date_time_get_year (name->time) < 1000)
        return; /* GLib writes years with no more digits than they have */
    g_autofree char *text = kb_backup_name_format (name->version, name->time);
    g_autoptr (KbBackupName) again = kb_backup_name_parse (text);
    g_assert_nonnull (again);
    g_assert_cmpstr (name->version, ==, again->version);
}

static void
check_order (char **lines)
{
    for (char **a = lines; *a != NULL; a++)
        for (char **b = lines; *b != NULL; b++) {
            int order = sign (kb_version_compare_text (*a, *b));
            g_assert_cmpint (order, ==, -sign (kb_version_compare_text (*b, *a)));
            for (char **c = lines; *c != NULL; c++)
                if (order <= 0 && kb_version_compare_text (*b, *c) <= 0)
                    g_assert_cmpint (kb_version_compare_text (*a, *c), <=, 0);
            kb_version_compare_release (*a, *b);
        }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup ((const char *) data, size);
    g_auto (GStrv) lines = g_strsplit (text, "\n", MAX_LINES);

    for (char **line = lines; *line != NULL; line++)
        check_name (*line);
    check_order (lines);
    return 0;
}
