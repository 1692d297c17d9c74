/* SPDX-License-Identifier: MIT */
/* The other side of kb-dump-authorizer: all that Kolibri's own schema needs is allowed, and each
 * kind no more than its own. */
#include "kb-dump-authorizer.h"
#include "kb-test.h"

#include <string.h>

typedef struct {
    KbDumpKind kind;
    char *denied; /* the first action that was refused */
} Guard;

static int
on_authorize (void *user_data,
              int action,
              const char *a,
              const char *b,
              const char *db,
              G_GNUC_UNUSED const char *trigger)
{
    Guard *self = user_data;
    int verdict = kb_dump_authorize (self->kind, action, a, b, db);

    if (verdict != SQLITE_OK && self->denied == NULL)
        self->denied = g_strdup_printf ("%d(%s,%s,%s)", action, a, b, db);
    return verdict;
}

static void
run_guarded (sqlite3 *db, Guard *guard, const char *sql)
{
    sqlite3_stmt *stmt = NULL;

    guard->kind = kb_dump_kind_of (sql);
    int rc = sqlite3_prepare_v2 (db, sql, -1, &stmt, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step (stmt);
    if (rc != SQLITE_DONE)
        g_error ("%s: %s, %s", sql, sqlite3_errmsg (db), guard->denied);
    sqlite3_finalize (stmt);
}

/* Every statement of a schema, and one row into each of its tables. */
static void
assert_schema_is_allowed (const char *fixture, unsigned n_expected)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home (dir, "home", fixture);
    g_autoptr (KbSqlite) db = kb_sqlite_open_for_reading (kb_home_get_database (home), NULL);
    g_autoptr (KbStmt) schema =
        kb_sqlite_prepare (db,
                           "SELECT sql, type, name FROM sqlite_master WHERE sql IS NOT NULL AND "
                           "name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type='index'",
                           NULL);
    Guard guard = {0};
    sqlite3 *target = NULL;
    unsigned n = 0;

    g_assert_cmpint (sqlite3_open (":memory:", &target), ==, SQLITE_OK);
    sqlite3_set_authorizer (target, on_authorize, &guard);
    while (kb_sqlite_step (schema, NULL) == KB_STEP_ROW) {
        const char *sql = (const char *) sqlite3_column_text (schema, 0);
        run_guarded (target, &guard, sql);
        if (strcmp ((const char *) sqlite3_column_text (schema, 1), "table") == 0) {
            g_autofree char *name =
                kb_sqlite_quote_name ((const char *) sqlite3_column_text (schema, 2));
            g_autofree char *query = g_strdup_printf ("INSERT INTO %s DEFAULT VALUES", name);
            guard.kind = KB_DUMP_KIND_INSERT;
            sqlite3_stmt *stmt = NULL;
            g_assert_cmpint (sqlite3_prepare_v2 (target, query, -1, &stmt, NULL), ==, SQLITE_OK);
            sqlite3_finalize (stmt);
        }
        n++;
    }
    g_assert_cmpuint (n, ==, n_expected);
    g_assert_null (guard.denied);
    g_assert_cmpint (sqlite3_close (target), ==, SQLITE_OK);
}

static void
test_schema_of_016 (void)
{
    assert_schema_is_allowed ("0.16", 192);
}

static void
test_schema_of_019 (void)
{
    assert_schema_is_allowed ("0.19", 214);
}

/* All that any kind may do, beside reading and the functions of the list. */
static gboolean
is_expected (KbDumpKind kind, int action, gboolean is_schema)
{
    switch (kind) {
    case KB_DUMP_KIND_TABLE:
        return action == SQLITE_CREATE_TABLE || action == SQLITE_CREATE_INDEX ||
               (is_schema && (action == SQLITE_INSERT || action == SQLITE_UPDATE));
    case KB_DUMP_KIND_INDEX:
        return action == SQLITE_CREATE_INDEX || action == SQLITE_REINDEX ||
               (is_schema && (action == SQLITE_INSERT || action == SQLITE_UPDATE));
    case KB_DUMP_KIND_VIEW:
        return action == SQLITE_CREATE_VIEW ||
               (is_schema && (action == SQLITE_INSERT || action == SQLITE_UPDATE));
    case KB_DUMP_KIND_TRIGGER:
        return action == SQLITE_CREATE_TRIGGER ||
               (is_schema && (action == SQLITE_INSERT || action == SQLITE_UPDATE));
    case KB_DUMP_KIND_INSERT:
        return !is_schema && action == SQLITE_INSERT;
    case KB_DUMP_KIND_REFUSED:
    default:
        return FALSE;
    }
}

/* Codes beyond those of today, too: a later SQLite may ask about more. */
static void
test_every_action_of_every_kind (void)
{
    static const char *const tables[] = {"t", "sqlite_master", "sqlite_schema"};

    for (int kind = KB_DUMP_KIND_REFUSED; kind <= KB_DUMP_KIND_INSERT; kind++)
        for (int action = 0; action < 100; action++)
            for (gsize i = 0; i < G_N_ELEMENTS (tables); i++) {
                gboolean creates = action == SQLITE_CREATE_TABLE || action == SQLITE_CREATE_INDEX ||
                                   action == SQLITE_CREATE_VIEW || action == SQLITE_CREATE_TRIGGER;
                if (action == SQLITE_READ || action == SQLITE_FUNCTION || (creates && i > 0))
                    continue;
                int verdict = kb_dump_authorize ((KbDumpKind) kind, action, tables[i],
                                                 "load_extension", "main");
                gboolean expected = is_expected ((KbDumpKind) kind, action, i > 0);
                if (verdict != (expected ? SQLITE_OK : SQLITE_DENY))
                    g_error ("kind %d, action %d, %s: %d", kind, action, tables[i], verdict);
            }
}

static void
test_refused_kind_may_do_nothing (void)
{
    for (int action = 0; action < 100; action++)
        g_assert_cmpint (kb_dump_authorize (KB_DUMP_KIND_REFUSED, action, "t", "abs", "main"), ==,
                         SQLITE_DENY);
}

/* What is needed to compile a CHECK, in the database itself alone. */
static void
test_reading (void)
{
    for (int kind = KB_DUMP_KIND_TABLE; kind <= KB_DUMP_KIND_INSERT; kind++) {
        g_assert_cmpint (kb_dump_authorize ((KbDumpKind) kind, SQLITE_READ, "t", "a", "main"), ==,
                         SQLITE_OK);
        g_assert_cmpint (kb_dump_authorize ((KbDumpKind) kind, SQLITE_READ, "t", "a", "temp"), ==,
                         SQLITE_DENY);
        g_assert_cmpint (kb_dump_authorize ((KbDumpKind) kind, SQLITE_READ, "t", "a", "x"), ==,
                         SQLITE_DENY);
    }
}

/* The functions that design.md §7 names, and SQLite gives their names without a database. */
static void
test_functions_of_the_design (void)
{
    static const char *const names[] = {
        "replace",
        "char",
        "unistr",
        "json_valid",
        "lower",
        "upper",
        "date",
        "time",
        "datetime",
        "julianday",
        "strftime",
        "unixepoch",
        "Replace",
        "JSON_VALID",
        "current_date",
        "current_time",
        "current_timestamp",
    };
    static const char *const others[] = {"",         "load_extension", "replac",   "replacer",
                                         "eval",     "edit",           "readfile", "writefile",
                                         "zeroblob", "randomblob"};

    for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
        g_assert_cmpint (
            kb_dump_authorize (KB_DUMP_KIND_INSERT, SQLITE_FUNCTION, NULL, names[i], NULL), ==,
            SQLITE_OK);
    for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
        g_assert_cmpint (
            kb_dump_authorize (KB_DUMP_KIND_INSERT, SQLITE_FUNCTION, NULL, others[i], NULL), ==,
            SQLITE_DENY);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/dump-authorizer/kolibri/schema-of-0.16", test_schema_of_016);
    g_test_add_func ("/dump-authorizer/kolibri/schema-of-0.19", test_schema_of_019);
    g_test_add_func ("/dump-authorizer/kolibri/every-action-of-every-kind",
                     test_every_action_of_every_kind);
    g_test_add_func ("/dump-authorizer/kolibri/refused-kind-may-do-nothing",
                     test_refused_kind_may_do_nothing);
    g_test_add_func ("/dump-authorizer/kolibri/reading", test_reading);
    g_test_add_func ("/dump-authorizer/kolibri/functions-of-the-design",
                     test_functions_of_the_design);
    return g_test_run();
}
