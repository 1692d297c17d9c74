/* SPDX-License-Identifier: MIT */
/* kb-sql-scan: where statements end, and what literals stand for. */
#include "kb-fuzz.h"
#include "kb-sql-scan.h"

#include <string.h>

static void
check_literal (const KbLiteral *literal, const char *at, const char *after)
{
    gsize length = literal->length;

    if (literal->type == KB_LITERAL_NULL)
        return;
    if (literal->type == KB_LITERAL_REAL && (literal->start < at || literal->start > after))
        return; /* the constants of Inf */
    g_assert_true (literal->start >= at && literal->start + length <= after);
    g_autofree char *text = g_memdup2 (literal->start, length + 1);
    if (literal->has_quotes) {
        length = kb_sql_undouble (text, length, '\'');
        g_assert_cmpuint (length, <=, literal->length);
    }
    if (literal->type == KB_LITERAL_ESCAPED) {
        gsize before = length;
        if (kb_sql_decode_escapes (text, length, &length))
            g_assert_cmpuint (length, <=, before);
    }
    if (literal->type == KB_LITERAL_BLOB || literal->type == KB_LITERAL_BLOB_AS_TEXT) {
        g_assert_cmpuint (length % 2, ==, 0);
        kb_sql_decode_hex (text, length);
    }
}

/* What was found whole is found in these bytes alone, and never in fewer. */
static void
check_insert (const char *at, const char *end)
{
    g_autoptr (GArray) literals = g_array_new (FALSE, FALSE, sizeof (KbLiteral));
    KbInsert insert = {.literals = literals};
    const char *after = NULL;
    const char *again = NULL;

    if (kb_sql_scan_insert (at, end, &insert, &after) != KB_SCAN_OK)
        return;
    g_assert_true (after > at && after <= end);
    g_assert_cmpint (after[-1], ==, ';');
    for (guint i = 0; i < literals->len; i++)
        check_literal (&g_array_index (literals, KbLiteral, i), at, after);
    g_assert_true (kb_sql_scan_insert (at, after, &insert, &again) == KB_SCAN_OK && again == after);
    g_assert_true (kb_sql_scan_insert (at, after - 1, &insert, &again) == KB_SCAN_MORE);
    g_assert_true (kb_sql_scan_statement (at, after, &again) == KB_SCAN_OK && again == after);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    const char *at = (const char *) data;
    const char *end = at + size;
    const char *after = at;

    if (size == 0)
        return 0;
    kb_sql_scan_blank (at, end, FALSE, &after);
    g_assert_true (after >= at && after <= end);
    kb_sql_scan_blank (at, end, TRUE, &after);
    g_assert_true (after >= at && after <= end);
    while (at < end) {
        check_insert (at, end);
        if (kb_sql_scan_statement (at, end, &after) != KB_SCAN_OK)
            break;
        g_assert_true (after > at && after <= end && after[-1] == ';');
        at = after;
    }
    return 0;
}
