/* SPDX-License-Identifier: MIT */
#include "kb-dump-authorizer.h"
#include "kb-test.h"

#include <string.h>

/* A connection without any other protection, so that only the authorizer can refuse. */
typedef struct {
    sqlite3 *db;
    KbDumpKind kind;
    GString *log; /* every action, for a test that fails */
} Guarded;

static int
on_authorize (void *user_data,
              int action,
              const char *a,
              const char *b,
              const char *db,
              G_GNUC_UNUSED const char *trigger)
{
    Guarded *self = user_data;

    g_string_append_printf (self->log, " %d(%s,%s,%s)", action, a, b, db);
    return kb_dump_authorize (self->kind, action, a, b, db);
}

static void
guarded_init (Guarded *self)
{
    g_assert_cmpint (sqlite3_open (":memory:", &self->db), ==, SQLITE_OK);
    g_assert_cmpint (sqlite3_exec (self->db,
                                   "CREATE TABLE t(a INTEGER PRIMARY KEY AUTOINCREMENT, b);"
                                   "CREATE TABLE u(a UNIQUE, b); INSERT INTO t VALUES(1, 2);"
                                   "INSERT INTO u VALUES(1, 2); CREATE VIEW v AS SELECT a FROM t;"
                                   "CREATE TRIGGER r INSTEAD OF INSERT ON v BEGIN "
                                   "DELETE FROM t; END; ANALYZE",
                                   NULL, NULL, NULL),
                     ==, SQLITE_OK);
    self->log = g_string_new (NULL);
    self->kind = KB_DUMP_KIND_REFUSED;
    sqlite3_set_authorizer (self->db, on_authorize, self);
}

static void
guarded_clear (Guarded *self)
{
    g_string_free (self->log, TRUE);
    g_assert_cmpint (sqlite3_close (self->db), ==, SQLITE_OK);
}

/* Compiles and runs one statement as @kind, as the loader does. */
static int
run_as (Guarded *self, KbDumpKind kind, const char *sql)
{
    sqlite3_stmt *stmt = NULL;

    g_string_truncate (self->log, 0);
    self->kind = kind;
    int rc = sqlite3_prepare_v2 (self->db, sql, -1, &stmt, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step (stmt);
    sqlite3_finalize (stmt);
    self->kind = KB_DUMP_KIND_REFUSED;
    return rc;
}

static void
assert_allowed (Guarded *self, const char *sql)
{
    int rc = run_as (self, kb_dump_kind_of (sql), sql);

    if (rc != SQLITE_DONE)
        g_error ("%s: %s\n%s", sql, sqlite3_errmsg (self->db), self->log->str);
}

/* What the statement says of itself does not matter: it is refused in the name of every kind. */
static void
assert_denied (Guarded *self, const char *sql)
{
    for (int kind = KB_DUMP_KIND_REFUSED; kind <= KB_DUMP_KIND_INSERT; kind++) {
        int rc = run_as (self, (KbDumpKind) kind, sql);
        if (rc != SQLITE_AUTH && !g_str_has_prefix (sqlite3_errmsg (self->db), "not authorized"))
            g_error ("%d as %d: %s\n%s", rc, kind, sql, self->log->str);
    }
}

static void
for_each (void (*check) (Guarded *self, const char *sql),
          const char *const *statements,
          gsize n_statements)
{
    Guarded guarded;

    guarded_init (&guarded);
    for (gsize i = 0; i < n_statements; i++)
        check (&guarded, statements[i]);
    guarded_clear (&guarded);
}

static void
test_kinds (void)
{
    static const struct {
        const char *sql;
        KbDumpKind kind;
    } cases[] = {
        {"CREATE TABLE t(a)", KB_DUMP_KIND_TABLE},
        {"create table t(a)", KB_DUMP_KIND_TABLE},
        {"CREATE TABLE", KB_DUMP_KIND_TABLE},
        {"CREATE TABLE\"t\"(a)", KB_DUMP_KIND_TABLE},
        {" \n-- x\n/* y */CREATE/**/TABLE t(a)", KB_DUMP_KIND_TABLE},
        {"CREATE INDEX i ON t(a)", KB_DUMP_KIND_INDEX},
        {"CREATE UNIQUE INDEX i ON t(a)", KB_DUMP_KIND_INDEX},
        {"Create Unique -- x\n Index i ON t(a)", KB_DUMP_KIND_INDEX},
        {"CREATE VIEW v AS SELECT 1", KB_DUMP_KIND_VIEW},
        {"CREATE TRIGGER r", KB_DUMP_KIND_TRIGGER},
        {"INSERT INTO t VALUES(1)", KB_DUMP_KIND_INSERT},
        {"insert/**/into t VALUES(1)", KB_DUMP_KIND_INSERT},
    };

    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
        g_assert_cmpint (kb_dump_kind_of (cases[i].sql), ==, cases[i].kind);
}

static void
test_kinds_that_no_dump_has (void)
{
    static const char *const texts[] = {
        "",
        " ",
        ";",
        "-- CREATE TABLE t(a)",
        "/* CREATE TABLE t(a)",
        "'CREATE' TABLE t(a)",
        "\"INSERT\" INTO t",
        "CREATE",
        "CREATE UNIQUE",
        "CREATE TEMP TABLE t(a)",
        "CREATE TEMPORARY TABLE t(a)",
        "CREATE TEMP TRIGGER r",
        "CREATE TEMP VIEW v AS SELECT 1",
        "CREATE VIRTUAL TABLE t USING fts5(a)",
        "CREATE TABLES t(a)",
        "CREATES TABLE t(a)",
        "CREATE_TABLE t(a)",
        "INSERTED",
        "REPLACE INTO t VALUES(1)",
        "WITH x AS (VALUES(1)) SELECT 1",
        "EXPLAIN INSERT INTO t VALUES(1)",
        "SELECT 1",
        "UPDATE t SET a=1",
        "DELETE FROM t",
        "DROP TABLE t",
        "ALTER TABLE t RENAME TO x",
        "ATTACH 'x' AS y",
        "DETACH y",
        "VACUUM",
        "PRAGMA writable_schema=1",
        "REINDEX",
        "ANALYZE",
        "BEGIN",
        "COMMIT",
        "END",
        "ROLLBACK",
        "SAVEPOINT s",
        "RELEASE s",
        "\xef\xbb\xbf"
        "CREATE TABLE t(a)",
        "\xc3\xa9",
    };

    for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
        if (kb_dump_kind_of (texts[i]) != KB_DUMP_KIND_REFUSED)
            g_error ("not refused: %s", texts[i]);
}

static void
test_ordinary_statements (void)
{
    static const char *const statements[] = {
        "CREATE TABLE n(a INTEGER PRIMARY KEY AUTOINCREMENT, b TEXT UNIQUE, c REFERENCES t(a) "
        "DEFERRABLE INITIALLY DEFERRED, d DEFAULT 5 CHECK (d >= 0))",
        "CREATE TABLE o(a PRIMARY KEY, b) WITHOUT ROWID",
        "CREATE TABLE p(a CHECK (json_valid(a) AND length(a) < 9), b DEFAULT (datetime('now')))",
        "CREATE TABLE q(a, b AS (lower(a)) STORED, c AS (a || 'x'))",
        "CREATE INDEX i ON t(b)",
        "CREATE INDEX j ON t(lower(b)) WHERE b IS NOT NULL",
        "CREATE VIEW w AS SELECT a FROM t WHERE b IN (SELECT b FROM u)",
        "CREATE TRIGGER s AFTER INSERT ON t BEGIN UPDATE u SET b=1; DELETE FROM u; END",
        "INSERT INTO u VALUES(7, 8)",
        "INSERT INTO u(b) VALUES(X'00')",
        "INSERT INTO u VALUES(replace('a\\nb','\\n',char(10)), upper('x'))",
        "INSERT INTO u VALUES(CAST(X'0041' AS TEXT), -9.0e+999)",
        "INSERT INTO sqlite_stat1 VALUES('t', NULL, '5')",
    };

    for_each (assert_allowed, statements, G_N_ELEMENTS (statements));
}

static void
test_other_databases (void)
{
    static const char *const statements[] = {
        "ATTACH 'x.db' AS x",
        "ATTACH '' AS x",
        "DETACH main",
        "CREATE TEMP TABLE n(a)",
        "CREATE TABLE temp.n(a)",
        "CREATE TEMP VIEW n AS SELECT 1",
        "CREATE TEMP TRIGGER n AFTER INSERT ON t BEGIN SELECT 1; END",
        "CREATE VIEW temp.n AS SELECT 1",
        "INSERT INTO temp.sqlite_master VALUES('table','x','x',5,'')",
    };

    for_each (assert_denied, statements, G_N_ELEMENTS (statements));
}

static void
test_settings (void)
{
    static const char *const statements[] = {
        "PRAGMA writable_schema=1",  "PRAGMA writable_schema",  "PRAGMA journal_mode=DELETE",
        "PRAGMA foreign_keys=0",     "PRAGMA page_size=512",    "PRAGMA temp_store_directory='/'",
        "PRAGMA max_page_count=9e9", "PRAGMA trusted_schema=1", "PRAGMA integrity_check",
    };

    for_each (assert_denied, statements, G_N_ELEMENTS (statements));
}

static void
test_functions (void)
{
    static const char *const functions[] = {
        "load_extension('x')",
        "writefile('x','y')",
        "readfile('x')",
        "randomblob(9)",
        "zeroblob(9)",
        "printf('%9s','')",
        "format('%s',1)",
        "sqlite_version()",
        "fts3_tokenizer('x')",
        "sqlite_compileoption_get(1)",
        "random()",
        "count(*)",
        "group_concat(1)",
        "sum(1)",
        "changes()",
        "last_insert_rowid()",
    };
    Guarded guarded;

    guarded_init (&guarded);
    for (gsize i = 0; i < G_N_ELEMENTS (functions); i++) {
        g_autofree char *insert = g_strdup_printf ("INSERT INTO u VALUES(%s, 1)", functions[i]);
        g_autofree char *index =
            g_strdup_printf ("CREATE INDEX n ON t(a) WHERE b=%s", functions[i]);
        g_assert_cmpint (run_as (&guarded, KB_DUMP_KIND_INSERT, insert), !=, SQLITE_DONE);
        g_assert_cmpint (run_as (&guarded, KB_DUMP_KIND_INDEX, index), !=, SQLITE_DONE);
    }
    /* and as they would be called if nobody forbade them */
    assert_denied (&guarded, "INSERT INTO u VALUES(load_extension('x'), 1)");
    assert_denied (&guarded, "INSERT INTO u VALUES(LOAD_EXTENSION('x'), 1)");
    assert_denied (&guarded, "INSERT INTO u VALUES(zeroblob(1000000000), 1)");
    guarded_clear (&guarded);
}

static void
test_names_of_functions_in_any_case (void)
{
    Guarded guarded;

    guarded_init (&guarded);
    assert_allowed (&guarded, "INSERT INTO u VALUES(Replace('a','a','b'), CHAR(10))");
    guarded_clear (&guarded);
}

static void
test_virtual_tables (void)
{
    Guarded guarded;

    guarded_init (&guarded);
    assert_denied (&guarded, "CREATE VIRTUAL TABLE n USING fts5(a)");
    assert_denied (&guarded, "CREATE VIRTUAL TABLE main.n USING dbstat");
    guarded_clear (&guarded);
}

static void
test_queries (void)
{
    static const char *const statements[] = {
        "SELECT 1",
        "CREATE TABLE n AS SELECT * FROM t",
        "INSERT INTO t SELECT * FROM u",
        "INSERT INTO t SELECT 1, 2",
        "INSERT INTO t VALUES((SELECT max(a) FROM u), 1)",
        "INSERT INTO t VALUES(1, 2), (3, 4)",
        "INSERT INTO t VALUES(EXISTS(SELECT 1), 1)",
        "INSERT INTO t VALUES(1 IN (SELECT a + 1 FROM u), 1)",
        "WITH x AS (VALUES(1)) SELECT * FROM x",
        "WITH x(a) AS (VALUES(1)) INSERT INTO t SELECT a, a FROM x",
        "INSERT INTO t WITH x(a) AS (VALUES(1)) SELECT a, a FROM x",
        "WITH RECURSIVE x(a) AS (VALUES(1) UNION ALL SELECT a+1 FROM x) SELECT a FROM x",
    };

    for_each (assert_denied, statements, G_N_ELEMENTS (statements));
}

static void
test_changes_of_rows (void)
{
    static const char *const statements[] = {
        "UPDATE t SET b=1",
        "UPDATE main.t SET b=1 WHERE a=1",
        "DELETE FROM t",
        "DELETE FROM t WHERE a=1",
        "DELETE FROM sqlite_sequence",
        "INSERT INTO u VALUES(1, 1) ON CONFLICT(a) DO UPDATE SET b=9",
        "INSERT INTO v VALUES(1)", /* a trigger would delete */
    };

    for_each (assert_denied, statements, G_N_ELEMENTS (statements));
}

static void
test_changes_of_the_schema (void)
{
    static const char *const statements[] = {
        "DROP TABLE t",
        "DROP VIEW v",
        "DROP TRIGGER r",
        "DROP TABLE IF EXISTS u",
        "ALTER TABLE t RENAME TO x",
        "ALTER TABLE t ADD COLUMN c",
        "ALTER TABLE t DROP COLUMN b",
        "REINDEX",
        "ANALYZE t",
        "BEGIN",
        "COMMIT",
        "ROLLBACK",
        "SAVEPOINT s",
        "RELEASE s",
    };
    Guarded guarded;

    guarded_init (&guarded);
    g_assert_cmpint (run_as (&guarded, KB_DUMP_KIND_INDEX, "CREATE INDEX i ON t(b)"), ==,
                     SQLITE_DONE);
    for (gsize i = 0; i < G_N_ELEMENTS (statements); i++) {
        /* building an index is what REINDEX asks leave for: it does no more than CREATE INDEX */
        if (strcmp (statements[i], "REINDEX") == 0)
            g_assert_cmpint (kb_dump_kind_of (statements[i]), ==, KB_DUMP_KIND_REFUSED);
        else
            assert_denied (&guarded, statements[i]);
    }
    guarded_clear (&guarded);
}

/* VACUUM asks nobody while it is compiled, and ATTACHes behind the scenes. */
static void
test_vacuum (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_file (dir, "copy");
    g_autofree char *into = g_strdup_printf ("VACUUM INTO '%s'", path);
    Guarded guarded;

    guarded_init (&guarded);
    for (int kind = KB_DUMP_KIND_REFUSED; kind <= KB_DUMP_KIND_INSERT; kind++) {
        g_assert_cmpint (run_as (&guarded, (KbDumpKind) kind, "VACUUM"), !=, SQLITE_DONE);
        g_assert_cmpint (run_as (&guarded, (KbDumpKind) kind, into), !=, SQLITE_DONE);
    }
    g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
    guarded_clear (&guarded);
}

/* Even where somebody had made the schema writable. */
static void
test_writes_to_the_schema_table (void)
{
    static const char *const statements[] = {
        "INSERT INTO sqlite_master VALUES('table','x','x',5,'CREATE TABLE x(a)')",
        "INSERT INTO sqlite_schema VALUES('table','x','x',5,'CREATE TABLE x(a)')",
        "INSERT INTO SQLITE_MASTER(type) VALUES('x')",
        "INSERT INTO sqlite_sequence VALUES('t', 9)",
    };
    Guarded guarded;

    guarded_init (&guarded);
    sqlite3_set_authorizer (guarded.db, NULL, NULL);
    g_assert_cmpint (sqlite3_exec (guarded.db, "PRAGMA writable_schema=1", NULL, NULL, NULL), ==,
                     SQLITE_OK);
    sqlite3_set_authorizer (guarded.db, on_authorize, &guarded);
    for (gsize i = 0; i < G_N_ELEMENTS (statements); i++) {
        g_assert_cmpint (kb_dump_kind_of (statements[i]), ==, KB_DUMP_KIND_INSERT);
        g_assert_cmpint (run_as (&guarded, KB_DUMP_KIND_INSERT, statements[i]), ==, SQLITE_AUTH);
    }
    assert_denied (&guarded, "DELETE FROM sqlite_master");
    g_assert_cmpint (run_as (&guarded, KB_DUMP_KIND_INSERT, "UPDATE sqlite_master SET sql='x'"), ==,
                     SQLITE_AUTH);
    guarded_clear (&guarded);
}

static void
test_sub_selects_in_a_table (void)
{
    static const char *const statements[] = {
        "CREATE TABLE n(a CHECK (a IN (SELECT a FROM t)))",
        "CREATE TABLE n(a DEFAULT (SELECT max(a) FROM t))",
        "CREATE TABLE n(a, b AS (SELECT 1))",
        "CREATE INDEX n ON t(a) WHERE b IN (SELECT 1)",
        "CREATE TABLE n(a CHECK (load_extension(a)))",
        "CREATE TABLE n(a, b AS (load_extension(a)))",
    };
    Guarded guarded;

    guarded_init (&guarded);
    for (gsize i = 0; i < G_N_ELEMENTS (statements); i++)
        if (run_as (&guarded, kb_dump_kind_of (statements[i]), statements[i]) == SQLITE_DONE)
            g_error ("not denied: %s\n%s", statements[i], guarded.log->str);
    guarded_clear (&guarded);
}

static void
test_names_that_belong_to_sqlite (void)
{
    static const int actions[] = {SQLITE_CREATE_TABLE, SQLITE_CREATE_INDEX, SQLITE_CREATE_VIEW,
                                  SQLITE_CREATE_TRIGGER};
    static const KbDumpKind kinds[] = {KB_DUMP_KIND_TABLE, KB_DUMP_KIND_INDEX, KB_DUMP_KIND_VIEW,
                                       KB_DUMP_KIND_TRIGGER};

    for (gsize i = 0; i < G_N_ELEMENTS (actions); i++) {
        g_assert_cmpint (kb_dump_authorize (kinds[i], actions[i], "n", NULL, "main"), ==,
                         SQLITE_OK);
        g_assert_cmpint (kb_dump_authorize (kinds[i], actions[i], "sqlite_x", NULL, "main"), ==,
                         SQLITE_DENY);
        g_assert_cmpint (kb_dump_authorize (kinds[i], actions[i], "SQLite_x", NULL, "main"), ==,
                         SQLITE_DENY);
        g_assert_cmpint (kb_dump_authorize (kinds[i], actions[i], "n", NULL, "temp"), ==,
                         SQLITE_DENY);
    }
    g_assert_cmpint (kb_dump_authorize (KB_DUMP_KIND_TABLE, SQLITE_CREATE_TABLE, "sqlite_sequence",
                                        NULL, "main"),
                     ==, SQLITE_OK);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/dump-authorizer/kinds", test_kinds);
    g_test_add_func ("/dump-authorizer/kinds-that-no-dump-has", test_kinds_that_no_dump_has);
    g_test_add_func ("/dump-authorizer/ordinary-statements", test_ordinary_statements);
    g_test_add_func ("/dump-authorizer/other-databases", test_other_databases);
    g_test_add_func ("/dump-authorizer/settings", test_settings);
    g_test_add_func ("/dump-authorizer/functions", test_functions);
    g_test_add_func ("/dump-authorizer/names-of-functions-in-any-case",
                     test_names_of_functions_in_any_case);
    g_test_add_func ("/dump-authorizer/virtual-tables", test_virtual_tables);
    g_test_add_func ("/dump-authorizer/queries", test_queries);
    g_test_add_func ("/dump-authorizer/changes-of-rows", test_changes_of_rows);
    g_test_add_func ("/dump-authorizer/changes-of-the-schema", test_changes_of_the_schema);
    g_test_add_func ("/dump-authorizer/vacuum", test_vacuum);
    g_test_add_func ("/dump-authorizer/writes-to-the-schema-table",
                     test_writes_to_the_schema_table);
    g_test_add_func ("/dump-authorizer/sub-selects-in-a-table", test_sub_selects_in_a_table);
    g_test_add_func ("/dump-authorizer/names-that-belong-to-sqlite",
                     test_names_that_belong_to_sqlite);
    return g_test_run();
}
