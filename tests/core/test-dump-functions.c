/* SPDX-License-Identifier: MIT */
/* What the sqlite3 shells of all versions write, held against what the shell of SQLite 3.54 itself
 * made of it: unistr() in every form, and the statements around sqlite_sequence. */
#include "kb-dump-functions.h"
#include "kb-dump-load.h"
#include "kb-error.h"
#include "kb-scratch.h"
#include "kb-test.h"

#include <string.h>

#define BEGIN "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE t(a);\n"

/* Loads what stands between BEGIN and COMMIT; %NULL where the loader refuses it. */
static KbSqlite *
load (const KbTestDir *dir, const char *body)
{
    const KbScratchOptions options = {.path = ""};
    g_autofree char *text = g_strconcat (BEGIN, body, "COMMIT;\n", NULL);
    g_autofree char *path = kb_test_dir_write (dir, "x.dump", text);
    g_autoptr (GError) error = NULL;
    KbSource *source = kb_source_open (path, FALSE, &error);
    g_assert_no_error (error);
    g_autoptr (KbDumpReader) reader = kb_dump_reader_new (source, &error);
    g_assert_no_error (error);
    KbSqlite *db = kb_scratch_create (&options, &error);
    g_assert_no_error (error);

    if (kb_dump_load (reader, db, NULL, NULL, &error)) {
        g_assert_no_error (error);
        return db;
    }
    g_assert_error (error, KB_ERROR, (int) KB_ERROR_CORRUPT);
    kb_sqlite_close (db);
    return NULL;
}

static void
assert_loads (const KbTestDir *dir, const char *body, const char *query, const char *expected)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (KbSqlite) db = load (dir, body);

    if (db == NULL)
        g_error ("refused: %s", body);
    g_autofree char *found = kb_sqlite_query_text (db, query, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (found, ==, expected);
}

static void
assert_refused (const KbTestDir *dir, const char *body)
{
    g_autoptr (KbSqlite) db = load (dir, body);

    if (db != NULL)
        g_error ("not refused: %s", body);
}

/* What SQLite 3.54 gave. */
static const struct {
    const char *text;
    const char *hex;
} escapes[] = {
    {"", ""},
    {"plain", "706C61696E"},
    {"a\\u000ab", "610A62"},
    {"\\u000d\\u000a", "0D0A"},
    {"a\\\\b", "615C62"},
    {"\\\\u000a", "5C7530303061"},
    {"it''s\\u0001", "6974277301"},
    {"\\00e9\\00E9", "C3A9C3A9"},
    {"\\+01F600", "F09F9880"},
    {"\\U0001F600", "F09F9880"},
    {"\\u20AC\\u07ff\\u0800", "E282ACDFBFE0A080"},
    {"\\ud800", "EDA080"},
    {"\\UFFFFFFFF", "F7BFBFBF"},
    {"a\\u0000b", "610062"},
    {"\xff\\u000a", "FF0A"},
};

static const char *const no_escapes[] = {
    "\\",    "a\\",       "\\n",           "\\u",        "\\u00",      "\\u00g0",
    "\\00e", "\\+01F60",  "\\U0001F60",    "\\x41",      "\\u000",     "\\'' || ''",
    "\\+",   "\\uuuuu00", "\\u0041\\u004", "\\U0000 41", "\\ 0041 ok",
};

static void
test_unistr (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();

    for (gsize i = 0; i < G_N_ELEMENTS (escapes); i++) {
        g_autofree char *quick =
            g_strdup_printf ("INSERT INTO t VALUES(unistr('%s'));\n", escapes[i].text);
        g_autofree char *slow =
            g_strdup_printf ("INSERT INTO t VALUES(UniStr ('%s'));\n", escapes[i].text);
        g_autofree char *expected = g_strconcat ("text", escapes[i].hex, NULL);
        assert_loads (dir, quick, "SELECT typeof(a)||hex(CAST(a AS BLOB)) FROM t", expected);
        assert_loads (dir, slow, "SELECT typeof(a)||hex(CAST(a AS BLOB)) FROM t", expected);
    }
}

static void
test_what_is_no_escape (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();

    for (gsize i = 0; i < G_N_ELEMENTS (no_escapes); i++) {
        g_autofree char *quick =
            g_strdup_printf ("INSERT INTO t VALUES(unistr('%s'));\n", no_escapes[i]);
        g_autofree char *slow =
            g_strdup_printf ("INSERT INTO t VALUES(unistr ('%s'));\n", no_escapes[i]);
        assert_refused (dir, quick);
        assert_refused (dir, slow);
    }
    assert_refused (dir, "INSERT INTO t VALUES(unistr());\n");
    assert_refused (dir, "INSERT INTO t VALUES(unistr('a','b'));\n");
}

static void
test_other_arguments (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();

    assert_loads (dir, "INSERT INTO t VALUES(unistr(NULL));\n", "SELECT typeof(a) FROM t", "null");
    assert_loads (dir, "INSERT INTO t VALUES(unistr(5));\n", "SELECT typeof(a)||a FROM t", "text5");
    assert_loads (dir, "INSERT INTO t VALUES(unistr(x'5c7530303061'));\n", "SELECT hex(a) FROM t",
                  "0A");
}

/* Where the bytes end in the middle, more are read; nowhere they are taken for something else. */
static void
test_at_the_border_of_the_buffer (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    const gsize border = 1024 * 1024;

    for (gsize i = 0; i < 48; i++) {
        g_autofree char *filler = g_strnfill (border - strlen (BEGIN) - i - 3, '-');
        g_autofree char *body =
            g_strconcat (filler, "\nINSERT INTO t VALUES(unistr('a\\u000ab'));\n", NULL);
        assert_loads (dir, body, "SELECT hex(a) FROM t", "610A62");
    }
}

/* A schema may call it as well. */
static void
test_in_a_schema (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();

    assert_loads (dir,
                  "CREATE TABLE u(a, b DEFAULT (unistr('\\u0041')), c AS (unistr(a)) STORED, "
                  "CHECK (unistr(a) <> 'x'));\nCREATE INDEX i ON u(unistr(a));\n"
                  "INSERT INTO u(a) VALUES('\\u0042');\n",
                  "SELECT b||c FROM u", "AB");
}

static void
test_replace_of_older_shells (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();

    assert_loads (dir,
                  "INSERT INTO t VALUES(replace(replace('a\\r\\nb''','\\r',char(13)),"
                  "'\\n',char(10)));\n",
                  "SELECT hex(a) FROM t", "610D0A6227");
    assert_loads (dir, "INSERT INTO t VALUES(replace('\\012','\\012',char(10)));\n",
                  "SELECT hex(a) FROM t", "0A");
}

/* The loader bounds what SQLite has to parse, and not the length of a text. */
static void
test_long_text_of_older_shells (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *text = g_strnfill (3 * 1024 * 1024, 'x');
    g_autofree char *body =
        g_strdup_printf ("INSERT INTO t VALUES(replace('%s\\n','\\n',char(10)));\n", text);

    assert_loads (dir, body, "SELECT length(a)||unicode(substr(a,-1)) FROM t", "314572910");
}

#define COUNTED "CREATE TABLE c(id INTEGER PRIMARY KEY AUTOINCREMENT);\nINSERT INTO c VALUES(3);\n"
#define SEQUENCE                                                                                   \
    "PRAGMA writable_schema=ON;\nCREATE TABLE IF NOT EXISTS sqlite_sequence(name,seq);\n"          \
    "DELETE FROM sqlite_sequence;\nINSERT INTO sqlite_sequence VALUES('c',7);\n"

/* The shell of 3.51 and later makes sqlite_sequence with the schema writable; ours does not. */
static void
test_sequence_of_newer_shells (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();

    assert_loads (dir, COUNTED SEQUENCE "PRAGMA writable_schema=OFF;\n",
                  "SELECT name||seq FROM sqlite_sequence", "c7");
    assert_loads (dir, COUNTED SEQUENCE, "SELECT sql FROM sqlite_master WHERE name LIKE '%seq%'",
                  "CREATE TABLE sqlite_sequence(name,seq)");
}

/* And nothing else may hide behind it. */
static void
test_writable_schema_is_refused (void)
{
    static const char *const bodies[] = {
        "PRAGMA writable_schema=ON;\n",
        "PRAGMA writable_schema=1;\n",
        "PRAGMA writable_schema(ON);\n",
        "PRAGMA main.writable_schema=ON;\n",
        "PRAGMA writable_schema=RESET;\n",
        "PRAGMA writable_schema=ON;\nUPDATE sqlite_master SET sql='x';\n",
        "PRAGMA writable_schema=ON;\nINSERT INTO sqlite_master VALUES('table','x','x',0,'');\n",
        "PRAGMA writable_schema=ON;\nINSERT INTO t VALUES(1);\nCREATE TABLE x(a);\n",
        "PRAGMA writable_schema=ON;\nCREATE TABLE IF NOT EXISTS sqlite_sequence(name,seq,x);\n",
        SEQUENCE "UPDATE sqlite_master SET sql='x';\n",
        SEQUENCE "INSERT INTO sqlite_schema VALUES('table','x','x',0,'');\n",
        SEQUENCE "PRAGMA writable_schema=ON;\n",
    };
    g_autoptr (KbTestDir) dir = kb_test_dir_new();

    for (gsize i = 0; i < G_N_ELEMENTS (bodies); i++)
        assert_refused (dir, bodies[i]);
}

/* Statistics of shells that were built with more of them. */
static void
test_statistics (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();

    assert_loads (dir,
                  "CREATE INDEX i ON t(a);\nANALYZE sqlite_schema;\n"
                  "INSERT INTO sqlite_stat1 VALUES('t','i','5 1');\n"
                  "INSERT INTO sqlite_stat4 VALUES('t','i','1 1','0 0','0 0',X'03010101');\n",
                  "SELECT tbl||idx||stat FROM sqlite_stat1", "ti5 1");
    assert_refused (dir, "INSERT INTO sqlite_stat9 VALUES(1);\n");
    assert_refused (dir, "INSERT INTO sqlite_master VALUES('table','x','x',0,'');\n");
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/dump-functions/unistr", test_unistr);
    g_test_add_func ("/dump-functions/what-is-no-escape", test_what_is_no_escape);
    g_test_add_func ("/dump-functions/other-arguments", test_other_arguments);
    g_test_add_func ("/dump-functions/at-the-border-of-the-buffer",
                     test_at_the_border_of_the_buffer);
    g_test_add_func ("/dump-functions/in-a-schema", test_in_a_schema);
    g_test_add_func ("/dump-functions/replace-of-older-shells", test_replace_of_older_shells);
    g_test_add_func ("/dump-functions/long-text-of-older-shells", test_long_text_of_older_shells);
    g_test_add_func ("/dump-functions/sequence-of-newer-shells", test_sequence_of_newer_shells);
    g_test_add_func ("/dump-functions/writable-schema-is-refused", test_writable_schema_is_refused);
    g_test_add_func ("/dump-functions/statistics", test_statistics);
    return g_test_run();
}
