/* SPDX-License-Identifier: MIT */
#include "kb-sql-scan.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

/* Scans bytes that end where their memory does, so that ASan sees a step beyond. Where the scan
 * ended comes as an offset. */
static KbScan
scan_statement (const char *bytes, gsize length, gsize *after)
{
    char *exact = malloc (length);
    const char *end = NULL;

    g_assert_nonnull (exact);
    memcpy (exact, bytes, length);
    KbScan scan = kb_sql_scan_statement (exact, exact + length, &end);
    *after = scan == KB_SCAN_OK ? (gsize) (end - exact) : 0;
    free (exact);
    return scan;
}

static KbScan
scan_blank (const char *bytes, gsize length, gboolean final, gsize *after)
{
    char *exact = malloc (length);
    const char *end = exact;

    g_assert_nonnull (exact);
    memcpy (exact, bytes, length);
    KbScan scan = kb_sql_scan_blank (exact, exact + length, final, &end);
    *after = (gsize) (end - exact);
    free (exact);
    return scan;
}

/* @statement must be found as it is, whatever follows, and nothing in any shorter piece of it. */
static void
assert_statement (const char *statement)
{
    static const char *const followers[] = {"", " ", "x", "; END;", "'", "/*", "\xc3\xa9"};
    const gsize length = strlen (statement);
    gsize after;

    for (gsize cut = 0; cut < length; cut++)
        if (scan_statement (statement, cut, &after) != KB_SCAN_MORE)
            g_error ("ends after %" G_GSIZE_FORMAT " bytes: %s", cut, statement);
    for (gsize i = 0; i < G_N_ELEMENTS (followers); i++) {
        g_autofree char *text = g_strconcat (statement, followers[i], NULL);
        if (scan_statement (text, strlen (text), &after) != KB_SCAN_OK || after != length)
            g_error ("does not end there: %s", text);
    }
    g_assert_true (sqlite3_complete (statement)); /* or the test is wrong */
}

static void
assert_statements (const char *const *statements)
{
    for (; *statements != NULL; statements++)
        assert_statement (*statements);
}

static void
test_plain_statements (void)
{
    static const char *const statements[] = {
        ";",
        "COMMIT;",
        "  \n BEGIN TRANSACTION\r\n\t\f;",
        "CREATE TABLE t(a, b DEFAULT 5, CHECK(a<>b));",
        "CREATE UNIQUE INDEX i ON t(a);",
        "CREATE VIEW v AS SELECT a FROM t;",
        "INSERT INTO t VALUES(1,-2.5e-7,NULL,X'00ff');",
        "DELETE FROM \"sqlite_sequence\";",
        "\xc3\xa9t\xc3\xa9 \xf0\x9f\x98\x80;",
        "SELECT 1 -2 / 3 - - 4;",
        NULL,
    };

    assert_statements (statements);
}

static void
test_semicolons_in_quotes (void)
{
    static const char *const statements[] = {
        "SELECT ';';",
        "SELECT 'it''s;';",
        "SELECT '''';",
        "SELECT '';",
        "SELECT \"a;b\";",
        "SELECT \"\"\";\";",
        "SELECT `;`;",
        "SELECT ```;`;",
        "SELECT [;];",
        "SELECT [a'b;\"];",
        "SELECT ';'';;';",
        "SELECT 'a\n;\nb';",
        "SELECT '\\';",
        "SELECT X';';",
        "SELECT '/*;';",
        "SELECT '--;';",
        NULL,
    };

    assert_statements (statements);
}

static void
test_semicolons_in_comments (void)
{
    static const char *const statements[] = {
        "SELECT 1 -- ;\n;",
        "-- ;\nSELECT 1;",
        "SELECT 1 --;\n--;\n;",
        "SELECT /* ; */ 1;",
        "/* ; */ SELECT 1;",
        "SELECT /**/ 1;",
        "SELECT /* * / ; **/ 1;",
        "SELECT /* -- */ 1;",
        "SELECT /* ' */ 1;",
        "SELECT 1 -- it's\n;",
        "SELECT 1/*;*//*;*/;",
        "SELECT /*/ ; */ 1;",
        "SELECT 4/2;",
        "SELECT 4-2;",
        "SELECT 1 -- \xc3\xa9 /*\n;",
        NULL,
    };

    assert_statements (statements);
}

static void
test_triggers (void)
{
    static const char *const statements[] = {
        "CREATE TRIGGER r AFTER INSERT ON t BEGIN DELETE FROM u; END;",
        "CREATE TRIGGER r AFTER INSERT ON t BEGIN DELETE FROM u; SELECT 1; END;",
        "create trigger r after insert on t begin delete from u; end;",
        "CREATE TEMP TRIGGER r AFTER INSERT ON t BEGIN DELETE FROM u; END;",
        "CREATE TEMPORARY TRIGGER r AFTER INSERT ON t BEGIN DELETE FROM u; END;",
        "CREATE TRIGGER IF NOT EXISTS \"r\" AFTER INSERT ON t BEGIN DELETE FROM u; END;",
        "CREATE /* x */ TRIGGER -- ;\n r AFTER INSERT ON t BEGIN DELETE FROM u; END;",
        "CREATE TRIGGER r AFTER INSERT ON t BEGIN DELETE FROM u; /* ; END; */ END;",
        "CREATE TRIGGER r AFTER INSERT ON t BEGIN DELETE FROM u; END /* x */ -- ;\n;",
        "CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT '; END;'; END;",
        "CREATE TRIGGER r AFTER INSERT ON t BEGIN DELETE FROM u;;END;",
        NULL,
    };

    assert_statements (statements);
}

static void
test_triggers_with_case (void)
{
    static const char *const statements[] = {
        "CREATE TRIGGER r AFTER INSERT ON t BEGIN UPDATE u SET a=CASE WHEN 1 THEN 2 END; END;",
        "CREATE TRIGGER r AFTER INSERT ON t WHEN CASE 1 WHEN 1 THEN 1 END BEGIN SELECT 1; END;",
        "CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT CASE 1 WHEN 1 THEN 2 END END; END;",
        "CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT end_ FROM u; SELECT [END]; END;",
        "CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; END_OF SELECT 1; END;",
        "CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; \"END\"; END;",
        NULL,
    };

    assert_statements (statements);
}

/* The word alone makes no trigger. */
static void
test_what_is_no_trigger (void)
{
    static const char *const statements[] = {
        "DROP TRIGGER r;",
        "SELECT 'CREATE TRIGGER';",
        "-- CREATE TRIGGER\nSELECT 1;",
        "CREATE TABLE triggers(a);",
        "CREATE TABLE a_trigger(a);",
        "CREATE INDEX i ON trigger(a);",
        "CREATE TABLE t(trigger TEXT);",
        NULL,
    };

    assert_statements (statements);
}

/* SQLite takes the word for a name here: it is no reserved one (sqlite.org/lang_keywords.html). */
static void
test_trigger_as_a_name (void)
{
    static const char *const statements[] = {
        "CREATE TABLE trigger(a);",
        "CREATE VIEW trigger AS SELECT 1;",
        "CREATE TABLE \"t\"(trigger TEXT);",
        "CREATE INDEX trigger ON t(a);",
        NULL,
    };

    assert_statements (statements);
}

/* Sequences of pieces, the same in every run, held against SQLite's own idea of an end. */
static void
test_agrees_with_sqlite (void)
{
    static const char *const pieces[] = {
        " ",         " ",
        "\n",        ";",
        ";",         "CREATE",
        "TRIGGER",   "TEMP",
        "TEMPORARY", "END",
        "end",       "TABLE",
        "x",         "5",
        "(",         ")",
        "'",         "\"",
        "`",         "[",
        "]",         "''",
        "--",        "/*",
        "*/",        "-",
        "/",         "*",
        "a;b",       "; END;",
        "'a;''b'",   "\xc3\xa9",
        ",",         "CREATE TRIGGER ",
    };
    g_autoptr (GRand) rand = g_rand_new_with_seed (20240501);

    for (int round = 0; round < 30000; round++) {
        g_autoptr (GString) text = g_string_new (NULL);
        gsize after;
        gsize expected = 0;
        for (int i = g_rand_int_range (rand, 1, 14); i > 0; i--)
            g_string_append (text,
                             pieces[g_rand_int_range (rand, 0, (gint32) G_N_ELEMENTS (pieces))]);
        for (gsize length = 1; length <= text->len && expected == 0; length++) {
            g_autofree char *prefix = g_strndup (text->str, length);
            if (prefix[length - 1] == ';' && sqlite3_complete (prefix))
                expected = length;
        }
        KbScan scan = scan_statement (text->str, text->len, &after);
        if (scan == KB_SCAN_OTHER || after != expected)
            g_error ("%" G_GSIZE_FORMAT " and not %" G_GSIZE_FORMAT ": %s", after, expected,
                     text->str);
    }
}

static void
assert_blank (const char *text, gboolean final, KbScan expected, gsize expected_after)
{
    gsize after;
    KbScan scan = scan_blank (text, strlen (text), final, &after);

    if (scan != expected || after != expected_after)
        g_error ("blank of '%s': %d, %" G_GSIZE_FORMAT, text, (int) scan, after);
}

static void
test_blank_before_something (void)
{
    static const char *const blanks[] = {
        "",         " ",          "\n\t\r\f ",  "-- x\n",    "--\n",    "/**/",
        "/* x */",  "/***/",      "/*/*/",      "/* -- */ ", "-- /*\n", " -- x\n /* y */\n",
        "/* \n */", "--\n--\n\n", "/* */--\n ",
    };
    static const char *const things[] = {"x", "'",  ";",  "-",    "-x",
                                         "/", "/x", "-/", "\x0b", "\xc3\xa9"};

    for (gsize i = 0; i < G_N_ELEMENTS (blanks); i++)
        for (gsize j = 0; j < G_N_ELEMENTS (things); j++) {
            g_autofree char *text = g_strconcat (blanks[i], things[j], " ", NULL);
            assert_blank (text, FALSE, KB_SCAN_OK, strlen (blanks[i]));
            assert_blank (text, TRUE, KB_SCAN_OK, strlen (blanks[i]));
        }
}

/* It must not say where the blank ends while more may come, and yet how far it is sure. */
static void
test_blank_to_the_end (void)
{
    assert_blank ("", FALSE, KB_SCAN_MORE, 0);
    assert_blank ("  ", FALSE, KB_SCAN_MORE, 2);
    assert_blank (" -", FALSE, KB_SCAN_MORE, 1);
    assert_blank (" /", FALSE, KB_SCAN_MORE, 1);
    assert_blank (" --x", FALSE, KB_SCAN_MORE, 1);
    assert_blank (" --x\n", FALSE, KB_SCAN_MORE, 5);
    assert_blank (" /*x", FALSE, KB_SCAN_MORE, 1);
    assert_blank (" /*x*", FALSE, KB_SCAN_MORE, 1);
    assert_blank (" /*x*/", FALSE, KB_SCAN_MORE, 6);
}

static void
test_blank_at_the_end_of_the_file (void)
{
    assert_blank ("", TRUE, KB_SCAN_OK, 0);
    assert_blank ("  ", TRUE, KB_SCAN_OK, 2);
    assert_blank (" -", TRUE, KB_SCAN_OK, 1);
    assert_blank (" /", TRUE, KB_SCAN_OK, 1);
    assert_blank (" --x", TRUE, KB_SCAN_OK, 4);
    assert_blank (" --x\n", TRUE, KB_SCAN_OK, 5);
    assert_blank (" /*x*/", TRUE, KB_SCAN_OK, 6);
    assert_blank (" /*x*", TRUE, KB_SCAN_MORE, 1);
    assert_blank (" /*", TRUE, KB_SCAN_MORE, 1);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/sql-scan/plain-statements", test_plain_statements);
    g_test_add_func ("/sql-scan/semicolons-in-quotes", test_semicolons_in_quotes);
    g_test_add_func ("/sql-scan/semicolons-in-comments", test_semicolons_in_comments);
    g_test_add_func ("/sql-scan/triggers", test_triggers);
    g_test_add_func ("/sql-scan/triggers-with-case", test_triggers_with_case);
    g_test_add_func ("/sql-scan/what-is-no-trigger", test_what_is_no_trigger);
    g_test_add_func ("/sql-scan/blank-before-something", test_blank_before_something);
    g_test_add_func ("/sql-scan/blank-to-the-end", test_blank_to_the_end);
    g_test_add_func ("/sql-scan/blank-at-the-end-of-the-file", test_blank_at_the_end_of_the_file);
    g_test_add_func ("/sql-scan/trigger-as-a-name", test_trigger_as_a_name);
    g_test_add_func ("/sql-scan/agrees-with-sqlite", test_agrees_with_sqlite);
    return g_test_run();
}
