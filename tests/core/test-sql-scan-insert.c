/* SPDX-License-Identifier: MIT */
/* The second half of kb-sql-scan: what an INSERT says. */
#include "kb-sql-scan.h"
#include "kb-sqlite.h"

#include <stdlib.h>
#include <string.h>

/* What a scan found, with copies of all that pointed into the bytes. */
typedef struct {
    KbScan scan;
    gsize after;
    char *table;
    char *columns;
    KbInsert insert;
    GPtrArray *texts; /* element-type utf8: the bytes of each literal */
} Found;

static void
found_free (Found *self)
{
    g_free (self->table);
    g_free (self->columns);
    g_array_unref (self->insert.literals);
    g_ptr_array_unref (self->texts);
    g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Found, found_free)

/* Scans bytes that end where their memory does, so that ASan sees a step beyond. */
static Found *
scan_bytes (const char *bytes, gsize length)
{
    Found *self = g_new0 (Found, 1);
    char *exact = malloc (length);
    const char *after = NULL;

    g_assert_nonnull (exact);
    memcpy (exact, bytes, length);
    self->insert.literals = g_array_new (FALSE, FALSE, sizeof (KbLiteral));
    self->texts = g_ptr_array_new_with_free_func (g_free);
    self->scan = kb_sql_scan_insert (exact, exact + length, &self->insert, &after);
    if (self->scan == KB_SCAN_OK) {
        self->after = (gsize) (after - exact);
        self->table = g_strndup (self->insert.table, self->insert.table_length);
        if (self->insert.columns != NULL)
            self->columns = g_strndup (self->insert.columns, self->insert.columns_length);
        for (guint i = 0; i < self->insert.literals->len; i++) {
            const KbLiteral *literal = &g_array_index (self->insert.literals, KbLiteral, i);
            g_ptr_array_add (self->texts, g_strndup (literal->start, literal->length));
        }
    }
    free (exact);
    return self;
}

static const KbLiteral *
literal (const Found *self, guint index)
{
    g_assert_cmpuint (index, <, self->insert.literals->len);
    return &g_array_index (self->insert.literals, KbLiteral, index);
}

/* @text must be read to its last byte, and no shorter piece of it may say anything. */
static Found *
scan_whole (const char *text)
{
    static const char *const followers[] = {" ", ";", "x", "INSERT INTO t VALUES(1);"};
    const gsize length = strlen (text);

    for (gsize cut = 0; cut < length; cut++) {
        g_autoptr (Found) piece = scan_bytes (text, cut);
        if (piece->scan != KB_SCAN_MORE)
            g_error ("%d after %" G_GSIZE_FORMAT " bytes: %s", (int) piece->scan, cut, text);
    }
    for (gsize i = 0; i < G_N_ELEMENTS (followers); i++) {
        g_autofree char *more = g_strconcat (text, followers[i], NULL);
        g_autoptr (Found) found = scan_bytes (more, strlen (more));
        g_assert_cmpuint (found->after, ==, length);
    }
    Found *self = scan_bytes (text, length);
    if (self->scan != KB_SCAN_OK || self->after != length)
        g_error ("not read: %s", text);
    return self;
}

/* @text is left to SQLite: no piece of it may be taken for an INSERT. */
static void
assert_other (const char *text)
{
    gsize length = strlen (text);

    for (gsize cut = 0; cut <= length; cut++) {
        g_autoptr (Found) piece = scan_bytes (text, cut);
        if (piece->scan == KB_SCAN_OK)
            g_error ("read after %" G_GSIZE_FORMAT " bytes: %s", cut, text);
        if (cut == length && piece->scan != KB_SCAN_OTHER)
            g_error ("not refused: %s", text);
    }
}

static Found *
scan_values (const char *values)
{
    g_autofree char *text = g_strdup_printf ("INSERT INTO \"t\" VALUES(%s);", values);

    return scan_whole (text);
}

static void
test_table_and_columns (void)
{
    static const char *const cases[][3] = {
        {"INSERT INTO t VALUES(1);", "t", NULL},
        {"INSERT INTO \"t\" VALUES(1);", "\"t\"", NULL},
        {"INSERT INTO \"a\"\"b;'(\" VALUES(1);", "\"a\"\"b;'(\"", NULL},
        {"INSERT INTO \"\" VALUES(1);", "\"\"", NULL},
        {"INSERT INTO _a$9\xc3\xa9 VALUES(1);", "_a$9\xc3\xa9", NULL},
        {"INSERT INTO t(a) VALUES(1);", "t", "a"},
        {"INSERT INTO t (a, \"b c\" ,d)VALUES(1,2,3);", "t", "a, \"b c\" ,d"},
        {"INSERT INTO \"t\"(\"a)\",\"b\"\"\")VALUES(1,2);", "\"t\"", "\"a)\",\"b\"\"\""},
        {"INSERT INTO t \n VALUES \t ( 1 , 2 ) \r\n ;", "t", NULL},
        {"INSERT INTO \"t\"VALUES(1);", "\"t\"", NULL},
    };

    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (Found) found = scan_whole (cases[i][0]);
        g_assert_cmpstr (found->table, ==, cases[i][1]);
        g_assert_cmpstr (found->columns, ==, cases[i][2]);
    }
}

static void
test_integers (void)
{
    static const struct {
        const char *text;
        gint64 value;
    } cases[] = {
        {"0", 0},
        {"-0", 0},
        {"7", 7},
        {"+7", 7},
        {"-7", -7},
        {"0012", 12},
        {"9223372036854775807", G_MAXINT64},
        {"-9223372036854775808", G_MININT64},
        {"1000000000000000000", G_GINT64_CONSTANT (1000000000000000000)},
    };

    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (Found) found = scan_values (cases[i].text);
        g_assert_cmpint (literal (found, 0)->type, ==, KB_LITERAL_INTEGER);
        g_assert_cmpint (literal (found, 0)->integer, ==, cases[i].value);
    }
}

static void
test_reals (void)
{
    static const char *const texts[] = {
        "0.0",
        "-0.0",
        "1.",
        ".5",
        "-.5",
        "+1.5",
        "1e5",
        "1E5",
        "1e+5",
        "1e-5",
        "1.e5",
        "-1.5e-300",
        "1e999",
        "-1e999",
        ".5e1",
        "12345678901234567890.5",
        "12345678901234567890e0",
        "0.10000000000000000555111512312578270211815834045410156250000",
    };

    for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
        g_autoptr (Found) found = scan_values (texts[i]);
        g_assert_cmpint (literal (found, 0)->type, ==, KB_LITERAL_REAL);
        g_assert_cmpstr (found->texts->pdata[0], ==, texts[i]);
    }
}

/* SQLite's quote() writes a word that SQLite itself does not read. */
static void
test_infinity (void)
{
    static const char *const cases[][2] = {{"Inf", "1e999"}, {"-Inf", "-1e999"}, {"+Inf", "1e999"}};

    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (Found) found = scan_values (cases[i][0]);
        g_assert_cmpint (literal (found, 0)->type, ==, KB_LITERAL_REAL);
        g_assert_cmpstr (found->texts->pdata[0], ==, cases[i][1]);
    }
}

static void
test_texts (void)
{
    static const struct {
        const char *text;
        const char *inside;
        gboolean has_quotes;
    } cases[] = {
        {"''", "", FALSE},          {"'a'", "a", FALSE},
        {"'it''s'", "it''s", TRUE}, {"''''", "''", TRUE},
        {"''''''", "''''", TRUE},   {"'a\n\"`[;--/*\\\xc3\xa9'", "a\n\"`[;--/*\\\xc3\xa9", FALSE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (Found) found = scan_values (cases[i].text);
        g_assert_cmpint (literal (found, 0)->type, ==, KB_LITERAL_TEXT);
        g_assert_true (literal (found, 0)->has_quotes == cases[i].has_quotes);
        g_assert_cmpstr (found->texts->pdata[0], ==, cases[i].inside);
    }
}

static void
test_blobs_and_null (void)
{
    g_autoptr (Found) found =
        scan_values ("X'',x'00ff',X'0a',NULL,CAST(X'4142' AS TEXT),CAST(X'' AS TEXT)");
    static const KbLiteralType types[] = {
        KB_LITERAL_BLOB, KB_LITERAL_BLOB,         KB_LITERAL_BLOB,
        KB_LITERAL_NULL, KB_LITERAL_BLOB_AS_TEXT, KB_LITERAL_BLOB_AS_TEXT,
    };
    static const char *const inside[] = {"", "00ff", "0a", NULL, "4142", ""};

    g_assert_cmpuint (found->insert.literals->len, ==, G_N_ELEMENTS (types));
    for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
        g_assert_cmpint (literal (found, i)->type, ==, types[i]);
        if (inside[i] != NULL)
            g_assert_cmpstr (found->texts->pdata[i], ==, inside[i]);
    }
}

static void
test_a_row_of_kolibri (void)
{
    g_autoptr (Found) found = scan_whole (
        "INSERT INTO \"lessons_lesson\" VALUES('a407da',1,'f3:89','76ad',NULL,'Ng''ombe',-5,0.75,"
        "'2026-11-22 18:27:50.849391(Etc/UTC)','[{\"a\":\"b\"}]');");

    g_assert_cmpuint (found->insert.literals->len, ==, 10);
    g_assert_cmpstr (found->texts->pdata[5], ==, "Ng''ombe");
    g_assert_cmpstr (found->texts->pdata[9], ==, "[{\"a\":\"b\"}]");
}

static void
test_values_left_to_sqlite (void)
{
    static const char *const values[] = {
        "",
        ",",
        "1,",
        ",1",
        "1 2",
        "null",
        "NULLS",
        "- 5",
        "--5",
        "1+1",
        "0x10",
        "1_000",
        "1e",
        "1e+",
        ".",
        "+",
        "-",
        "1.2.3",
        "12abc",
        "1e5x",
        "inf",
        "Infinity",
        "INF",
        "9223372036854775808",
        "99999999999999999999",
        "-9223372036854775809",
        "x'0'",
        "X'000'",
        "X'00''11'",
        "cast(X'00' AS TEXT)",
        "CAST(X'00' AS BLOB)",
        "CAST('a' AS TEXT)",
        "'a'||'b'",
        "'a' COLLATE x",
        "(1)",
        "\"a\"",
        "abs(1)",
        "TRUE",
        "'a',/**/1",
        "1--\n",
        "?1",
        ":a",
        "CURRENT_TIME",
        "(SELECT 1)",
        "1),(2",
        "replace('a','b','c')",
        "\xc3\xa9",
        "'a'x",
        "Xyz",
    };

    for (gsize i = 0; i < G_N_ELEMENTS (values); i++) {
        g_autofree char *text = g_strdup_printf ("INSERT INTO t VALUES(%s);", values[i]);
        assert_other (text);
    }
}

static void
test_forms_left_to_sqlite (void)
{
    static const char *const texts[] = {
        "insert into t values(1);",
        "INSERT  INTO t VALUES(1);",
        "INSERT INTO  VALUES(1);",
        "INSERT OR REPLACE INTO t VALUES(1);",
        "INSERT INTO t DEFAULT VALUES;",
        "INSERT INTO t SELECT 1;",
        "INSERT INTO t VALUES(1) RETURNING a;",
        "INSERT INTO t VALUES(1),(2);",
        "INSERT INTO t VALUES 1;",
        "INSERT INTO main.t VALUES(1);",
        "INSERT INTO \"main\".\"t\" VALUES(1);",
        "INSERT INTO 't' VALUES(1);",
        "INSERT INTO [t] VALUES(1);",
        "INSERT INTO `t` VALUES(1);",
        "INSERT INTO 9t VALUES(1);",
        "INSERT INTO t() VALUES(1);",
        "INSERT INTO t(a,) VALUES(1);",
        "INSERT INTO t(a b) VALUES(1);",
        "INSERT INTO t('a') VALUES(1);",
        "INSERT INTO t(a)(b) VALUES(1);",
        "INSERT INTO t AS u VALUES(1);",
        "INSERT INTO t/**/VALUES(1);",
        "INSERT INTO tVALUES(1);",
        " INSERT INTO t VALUES(1);",
        "UPDATE t SET a=1;",
        "INSERTED;",
        "\n",
        "x",
    };

    for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
        assert_other (texts[i]);
}

/* A row of as many values as a statement of SQLite may have parameters, and one more. */
static void
test_most_values (void)
{
    GString *text = g_string_new ("INSERT INTO t VALUES(1");

    for (int i = 1; i < 32766; i++)
        g_string_append (text, ",1");
    gsize length = text->len;
    g_string_append (text, ");");
    g_autoptr (Found) most = scan_bytes (text->str, text->len);
    g_assert_cmpint (most->scan, ==, KB_SCAN_OK);
    g_assert_cmpuint (most->insert.literals->len, ==, 32766);
    g_string_truncate (text, length);
    g_string_append (text, ",1);");
    g_autoptr (Found) too_many = scan_bytes (text->str, text->len);
    g_assert_cmpint (too_many->scan, ==, KB_SCAN_OTHER);
    g_string_free (text, TRUE);
}

/* One reader reads many rows into one array. */
static void
test_array_is_emptied (void)
{
    KbInsert insert = {.literals = g_array_new (FALSE, FALSE, sizeof (KbLiteral)),
                       .columns = "old",
                       .columns_length = 3};
    const char *text = "INSERT INTO t VALUES(1,2,3);INSERT INTO t VALUES(4);";
    const char *after = NULL;

    g_assert_cmpint (kb_sql_scan_insert (text, text + strlen (text), &insert, &after), ==,
                     KB_SCAN_OK);
    g_assert_cmpuint (insert.literals->len, ==, 3);
    g_assert_cmpint (kb_sql_scan_insert (after, text + strlen (text), &insert, &after), ==,
                     KB_SCAN_OK);
    g_assert_cmpuint (insert.literals->len, ==, 1);
    g_assert_null (insert.columns);
    g_assert_cmpuint (insert.columns_length, ==, 0);
    g_assert_true (*after == '\0');
    g_array_unref (insert.literals);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/sql-scan/insert/table-and-columns", test_table_and_columns);
    g_test_add_func ("/sql-scan/insert/integers", test_integers);
    g_test_add_func ("/sql-scan/insert/reals", test_reals);
    g_test_add_func ("/sql-scan/insert/infinity", test_infinity);
    g_test_add_func ("/sql-scan/insert/texts", test_texts);
    g_test_add_func ("/sql-scan/insert/blobs-and-null", test_blobs_and_null);
    g_test_add_func ("/sql-scan/insert/a-row-of-kolibri", test_a_row_of_kolibri);
    g_test_add_func ("/sql-scan/insert/values-left-to-sqlite", test_values_left_to_sqlite);
    g_test_add_func ("/sql-scan/insert/forms-left-to-sqlite", test_forms_left_to_sqlite);
    g_test_add_func ("/sql-scan/insert/most-values", test_most_values);
    g_test_add_func ("/sql-scan/insert/array-is-emptied", test_array_is_emptied);
    return g_test_run();
}
