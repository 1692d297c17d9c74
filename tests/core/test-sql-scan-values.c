/* SPDX-License-Identifier: MIT */
/* The last part of kb-sql-scan: what literals stand for, held against what SQLite makes of them. */
#include "kb-sql-scan.h"
#include "kb-sqlite.h"

#include <stdlib.h>
#include <string.h>

static void
assert_undoubled (const char *text, char quote, const char *expected)
{
    gsize length = strlen (text);
    char *exact = malloc (length);

    g_assert_nonnull (exact);
    memcpy (exact, text, length);
    gsize found = kb_sql_undouble (exact, length, quote);
    g_assert_cmpmem (exact, (int) found, expected, (int) strlen (expected));
    free (exact);
}

static void
test_undouble (void)
{
    assert_undoubled ("", '\'', "");
    assert_undoubled ("abc", '\'', "abc");
    assert_undoubled ("''", '\'', "'");
    assert_undoubled ("''''", '\'', "''");
    assert_undoubled ("it''s ''x''", '\'', "it's 'x'");
    assert_undoubled ("''a", '\'', "'a");
    assert_undoubled ("a''", '\'', "a'");
    assert_undoubled ("a\"\"b''c", '"', "a\"b''c");
}

/* Quotes that nobody doubled stay, and the last byte is looked at only once. */
static void
test_undouble_of_single_quotes (void)
{
    assert_undoubled ("'", '\'', "'");
    assert_undoubled ("a'", '\'', "a'");
    assert_undoubled ("a'b", '\'', "a'b");
    assert_undoubled ("'''", '\'', "''");
}

static void
test_hex (void)
{
    char empty[1] = "";
    char digits[] = "00017F80ffAbcDEf";

    g_assert_true (kb_sql_decode_hex (empty, 0));
    g_assert_true (kb_sql_decode_hex (digits, 16));
    g_assert_cmpmem (digits, 8, "\x00\x01\x7f\x80\xff\xab\xcd\xef", 8);
}

static void
test_hex_that_is_none (void)
{
    static const char *const texts[] = {"0g", "g0", " 0", "0 ", "-1", "00zz", "\xc3\xa9", "0x"};

    for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
        gsize length = strlen (texts[i]);
        char *exact = malloc (length);
        g_assert_nonnull (exact);
        memcpy (exact, texts[i], length);
        g_assert_false (kb_sql_decode_hex (exact, length));
        free (exact);
    }
}

/* Turns a literal into the value that it stands for, in SQLite's own words. */
static void
assert_is_value (const KbLiteral *literal, sqlite3_value *value, const char *sql)
{
    g_autofree char *bytes = g_strndup (literal->start, literal->length);
    gsize length = literal->length;
    int type = sqlite3_value_type (value);

    if (type == SQLITE_NULL && literal->type == KB_LITERAL_NULL)
        return;
    if (type == SQLITE_INTEGER && literal->type == KB_LITERAL_INTEGER &&
        literal->integer == sqlite3_value_int64 (value))
        return;
    if (type == SQLITE_FLOAT && literal->type == KB_LITERAL_REAL &&
        g_ascii_strtod (bytes, NULL) == sqlite3_value_double (value))
        return;
    if (literal->type == KB_LITERAL_TEXT)
        length = kb_sql_undouble (bytes, length, '\'');
    else if (kb_sql_decode_hex (bytes, length))
        length /= 2;
    if ((type == SQLITE_BLOB) != (literal->type == KB_LITERAL_BLOB) ||
        (type != SQLITE_BLOB && type != SQLITE_TEXT) ||
        (gsize) sqlite3_value_bytes (value) != length ||
        (length > 0 && memcmp (sqlite3_value_blob (value), bytes, length) != 0))
        g_error ("not as SQLite reads it: %s", sql);
}

/* Pieces of literals in any order: what we read, SQLite must read, and as the same value. */
static void
test_agrees_with_sqlite (void)
{
    static const char *const pieces[] = {
        "0",    "1",        "9",       "12",         "9223372036854775807",
        "-",    "+",        ".",       "e",          "E",
        "e5",   "e-3",      "0x",      "'",          "'a'",
        "''",   "it''s",    "X'",      "x'4a'",      "'00'",
        "NULL", "Inf",      "CAST(X'", "' AS TEXT)", " ",
        "\n",   "\xc3\xa9", "(",       "_",          "a",
    };
    g_autoptr (GRand) rand = g_rand_new_with_seed (20240501);
    g_autoptr (KbSqlite) db = kb_sqlite_open ("", SQLITE_OPEN_READWRITE, NULL);
    KbInsert insert = {.literals = g_array_new (FALSE, FALSE, sizeof (KbLiteral))};
    unsigned n_read = 0;

    for (int round = 0; round < 60000; round++) {
        g_autoptr (GString) value = g_string_new (NULL);
        for (int i = g_rand_int_range (rand, 1, 6); i > 0; i--)
            g_string_append (value,
                             pieces[g_rand_int_range (rand, 0, (gint32) G_N_ELEMENTS (pieces))]);
        g_autofree char *text = g_strdup_printf ("INSERT INTO t VALUES(%s);", value->str);
        const char *after;
        if (kb_sql_scan_insert (text, text + strlen (text), &insert, &after) != KB_SCAN_OK ||
            strstr (value->str, "Inf") != NULL || insert.literals->len != 1)
            continue;
        g_autofree char *sql = g_strdup_printf ("SELECT %s", value->str);
        g_autoptr (GError) error = NULL;
        g_autoptr (KbStmt) stmt = kb_sqlite_prepare (db, sql, &error);
        const KbLiteral *literal = &g_array_index (insert.literals, KbLiteral, 0);
        g_autofree char *hex = g_strndup (literal->start, literal->length);
        if (literal->type >= KB_LITERAL_BLOB && !kb_sql_decode_hex (hex, literal->length))
            continue; /* the scan leaves the digits to whom decodes them */
        g_assert_no_error (error);
        g_assert_cmpint (kb_sqlite_step (stmt, &error), ==, KB_STEP_ROW);
        assert_is_value (literal, sqlite3_column_value (stmt, 0), sql);
        n_read++;
    }
    g_assert_cmpuint (n_read, >, 1000); /* or it has tested nothing */
    g_array_unref (insert.literals);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/sql-scan/values/undouble", test_undouble);
    g_test_add_func ("/sql-scan/values/undouble-of-single-quotes", test_undouble_of_single_quotes);
    g_test_add_func ("/sql-scan/values/hex", test_hex);
    g_test_add_func ("/sql-scan/values/hex-that-is-none", test_hex_that_is_none);
    g_test_add_func ("/sql-scan/values/agrees-with-sqlite", test_agrees_with_sqlite);
    return g_test_run();
}
