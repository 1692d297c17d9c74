/* SPDX-License-Identifier: MIT */
#include "kb-dump-schema.h"

#include "kb-error.h"
#include "kb-sql-scan.h"

#include <string.h>

/* What PRAGMA table_list, table_xinfo and index_list tell of a table. */
typedef struct {
    GPtrArray *columns;         /* quoted names of what an INSERT takes */
    gboolean has_generated;     /* some columns are computed: `*` would give too many */
    gboolean without_rowid;     /* the primary key is the table */
    gboolean rowid_is_a_column; /* INTEGER PRIMARY KEY */
    gboolean counts_rowids;     /* INTEGER PRIMARY KEY AUTOINCREMENT: sqlite_sequence has a row */
    const char *rowid_name;     /* of rowid, _rowid_, oid the first that no column hides */
} Shape;

static void
dump_table_free (KbDumpTable *self)
{
    if (self == NULL)
        return;
    g_free (self->name);
    g_free (self->sql);
    g_free (self->select);
    g_free (self->find_next);
    g_free (self->insert);
    g_free (self->insert_rowid);
    g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbDumpTable, dump_table_free)

/**
 * kb_dump_schema_free:
 * @self: (nullable) (transfer full): a schema
 */
void
kb_dump_schema_free (KbDumpSchema *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref (self->tables);
    dump_table_free (self->sequence);
    dump_table_free (self->stat);
    g_ptr_array_unref (self->others);
    g_free (self);
}

static const char *
free_rowid_name (GPtrArray *names)
{
    static const char *const aliases[] = {"rowid", "_rowid_", "oid"};

    for (size_t i = 0; i < G_N_ELEMENTS (aliases); i++) {
        gboolean hidden = FALSE;
        for (guint j = 0; j < names->len; j++)
            hidden = hidden || g_ascii_strcasecmp (names->pdata[j], aliases[i]) == 0;
        if (!hidden)
            return aliases[i];
    }
    return NULL;
}

static gboolean
read_columns (KbSqlite *db, const char *table, Shape *shape, GError **error)
{
    g_autoptr (KbStmt) stmt = kb_sqlite_prepare (
        db, "SELECT name, hidden, pk, lower(type)='integer' FROM pragma_table_xinfo(?1)", error);
    g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
    unsigned n_keys = 0;
    gboolean integer_key = FALSE;
    int counts = 0;
    KbStep step;

    if (stmt == NULL || !kb_sqlite_bind_text (stmt, 1, table, error))
        return FALSE;
    while ((step = kb_sqlite_step (stmt, error)) == KB_STEP_ROW) {
        const char *name = (const char *) sqlite3_column_text (stmt, 0);
        g_ptr_array_add (names, g_strdup (name));
        if (sqlite3_column_int (stmt, 1) == 0)
            g_ptr_array_add (shape->columns, kb_sqlite_quote_name (name));
        else
            shape->has_generated = TRUE;
        if (sqlite3_column_int (stmt, 2) > 0) {
            n_keys++;
            integer_key = sqlite3_column_int (stmt, 3) != 0;
            sqlite3_table_column_metadata (db, "main", table, name, NULL, NULL, NULL, NULL,
                                           &counts);
        }
    }
    shape->rowid_is_a_column = n_keys == 1 && integer_key;
    shape->counts_rowids = counts != 0;
    shape->rowid_name = free_rowid_name (names);
    return step == KB_STEP_DONE;
}

/* INTEGER PRIMARY KEY DESC is an ordinary column with an index of its own
 * (sqlite.org/lang_createtable.html#rowid). */
static gboolean
has_key_index (KbSqlite *db, const char *table, gboolean *out, GError **error)
{
    g_autoptr (KbStmt) stmt =
        kb_sqlite_prepare (db, "SELECT 1 FROM pragma_index_list(?1) WHERE origin='pk'", error);

    if (stmt == NULL || !kb_sqlite_bind_text (stmt, 1, table, error))
        return FALSE;
    KbStep step = kb_sqlite_step (stmt, error);
    *out = step == KB_STEP_ROW;
    return step != KB_STEP_FAILED;
}

static gboolean
read_shape (KbSqlite *db, const char *table, Shape *shape, GError **error)
{
    g_autoptr (KbStmt) stmt = kb_sqlite_prepare (
        db, "SELECT type, wr FROM pragma_table_list(?1) WHERE schema='main'", error);
    gboolean key_index = FALSE;

    if (stmt == NULL || !kb_sqlite_bind_text (stmt, 1, table, error))
        return FALSE;
    KbStep step = kb_sqlite_step (stmt, error);
    if (step == KB_STEP_FAILED)
        return FALSE;
    if (step == KB_STEP_DONE ||
        strcmp ((const char *) sqlite3_column_text (stmt, 0), "table") != 0) {
        g_set_error (error, KB_ERROR, KB_ERROR_UNSUPPORTED,
                     "read schema: %s: not an ordinary table", table);
        return FALSE;
    }
    shape->without_rowid = sqlite3_column_int (stmt, 1) != 0;
    if (!read_columns (db, table, shape, error) || !has_key_index (db, table, &key_index, error))
        return FALSE;
    shape->rowid_is_a_column = shape->rowid_is_a_column && !key_index && !shape->without_rowid;
    return TRUE;
}

static char *
join_columns (const Shape *shape)
{
    GString *joined = g_string_new (NULL);

    for (guint i = 0; i < shape->columns->len; i++) {
        if (i > 0)
            g_string_append_c (joined, ',');
        g_string_append (joined, shape->columns->pdata[i]);
    }
    return g_string_free (joined, FALSE);
}

/* NOT INDEXED keeps SQLite from reading a covering index instead, which has another order. */
static void
set_select (KbDumpTable *self, const Shape *shape, const char *table, const char *columns)
{
    const char *rowid = shape->without_rowid ? NULL : shape->rowid_name;
    const char *first = self->insert_rowid != NULL ? rowid : "NULL";
    const char *list = shape->has_generated ? columns : "*";

    if (rowid == NULL) {
        self->select = g_strdup_printf ("SELECT %s,%s FROM %s NOT INDEXED", first, list, table);
        return;
    }
    self->select =
        g_strdup_printf ("SELECT %s,%s FROM %s NOT INDEXED WHERE %s BETWEEN ?1 AND ?2 ORDER BY %s",
                         first, list, table, rowid, rowid);
    self->find_next =
        g_strdup_printf ("SELECT (SELECT %s FROM %s NOT INDEXED WHERE %s>=?1 ORDER BY %s LIMIT 1),"
                         "(SELECT %s FROM %s NOT INDEXED WHERE %s<?1 ORDER BY %s DESC LIMIT 1)",
                         rowid, table, rowid, rowid, rowid, table, rowid, rowid);
}

static void
set_statements (KbDumpTable *self, const Shape *shape)
{
    g_autofree char *quoted = kb_sqlite_quote_name (self->name);
    g_autofree char *columns = join_columns (shape);
    gboolean keep_rowid = self->sql != NULL && !shape->without_rowid && !shape->rowid_is_a_column &&
                          shape->rowid_name != NULL;

    self->insert = g_strdup_printf ("INSERT INTO %s VALUES(", quoted);
    if (keep_rowid)
        self->insert_rowid =
            g_strdup_printf ("INSERT INTO %s(%s,%s) VALUES(", quoted, shape->rowid_name, columns);
    set_select (self, shape, quoted, columns);
}

static gboolean
read_max_rowid (KbSqlite *db, KbDumpTable *self, const Shape *shape, GError **error)
{
    if (shape->without_rowid || shape->rowid_name == NULL)
        return TRUE;
    g_autofree char *quoted = kb_sqlite_quote_name (self->name);
    g_autofree char *sql = g_strdup_printf ("SELECT max(%s) FROM %s", shape->rowid_name, quoted);
    return kb_sqlite_query_int64 (db, sql, &self->max_rowid, error);
}

/* CREATE INDEX and CREATE VIEW are kept with the comment behind them, which would swallow the
 * semicolon that is to end them. */
static char *
close_comment (const char *sql)
{
    static const char *const ends[] = {"", "\n", "*/"};

    for (size_t i = 0; i < G_N_ELEMENTS (ends); i++) {
        g_autofree char *closed = g_strconcat (sql, ends[i], ";", NULL);
        const char *end = closed + strlen (closed);
        const char *after;
        if (kb_sql_scan_statement (closed, end, &after) == KB_SCAN_OK && after == end)
            return g_strconcat (sql, ends[i], NULL);
    }
    return NULL;
}

/* A dump holds no CR, which every text mode would change; Kolibri's own cycle turns it into LF, and
 * so do we where it stands in a schema. */
static char *
clean_sql (const char *sql, GError **error)
{
    g_auto (GStrv) lines = g_strsplit (sql, "\r\n", -1);

    if (!g_utf8_validate (sql, -1, NULL)) {
        g_set_error (error, KB_ERROR, KB_ERROR_UNSUPPORTED, "read schema: not in UTF-8: %.80s",
                     sql);
        return NULL;
    }
    g_autofree char *joined = g_strdelimit (g_strjoinv ("\n", lines), "\r", '\n');
    char *closed = close_comment (joined);
    if (closed == NULL)
        g_set_error (error, KB_ERROR, KB_ERROR_UNSUPPORTED, "read schema: no statement: %.80s",
                     joined);
    return closed;
}

static KbDumpTable *
read_table (KbSqlite *db, KbDumpSchema *schema, const char *name, const char *sql, GError **error)
{
    g_autoptr (GPtrArray) columns = g_ptr_array_new_with_free_func (g_free);
    g_autoptr (KbDumpTable) self = g_new0 (KbDumpTable, 1);
    gboolean is_ours = !g_str_has_prefix (name, "sqlite_");
    Shape shape = {.columns = columns};

    self->name = g_strdup (name);
    if (is_ours && (self->sql = clean_sql (sql, error)) == NULL)
        return NULL;
    if (!read_shape (db, name, &shape, error) || !read_max_rowid (db, self, &shape, error))
        return NULL;
    set_statements (self, &shape);
    schema->counts_rowids = schema->counts_rowids || shape.counts_rowids;
    return g_steal_pointer (&self);
}

static void
take_table (KbDumpSchema *self, KbDumpTable *table)
{
    if (strcmp (table->name, "sqlite_sequence") == 0)
        self->sequence = table;
    else if (strcmp (table->name, "sqlite_stat1") == 0)
        self->stat = table;
    else if (table->sql != NULL)
        g_ptr_array_add (self->tables, table);
    else
        dump_table_free (table); /* sqlite_stat4 and the like: SQLite makes them anew */
}

static gboolean
read_tables (KbSqlite *db, KbDumpSchema *self, GError **error)
{
    g_autoptr (KbStmt) stmt = kb_sqlite_prepare (
        db, "SELECT name, sql FROM sqlite_master WHERE sql NOT NULL AND type='table' ORDER BY name",
        error);
    KbStep step;

    if (stmt == NULL)
        return FALSE;
    while ((step = kb_sqlite_step (stmt, error)) == KB_STEP_ROW) {
        const char *name = (const char *) sqlite3_column_text (stmt, 0);
        const char *sql = (const char *) sqlite3_column_text (stmt, 1);
        KbDumpTable *table = read_table (db, self, name, sql, error);
        if (table == NULL)
            return FALSE;
        take_table (self, table);
    }
    return step == KB_STEP_DONE;
}

/* In the order in which they were made: a trigger on a view comes after it. */
static gboolean
read_others (KbSqlite *db, KbDumpSchema *self, GError **error)
{
    g_autoptr (KbStmt) stmt = kb_sqlite_prepare (
        db,
        "SELECT sql FROM sqlite_master WHERE sql NOT NULL AND type IN ('index','view','trigger') "
        "ORDER BY type='index' DESC, type='view' DESC, rowid",
        error);
    KbStep step;

    if (stmt == NULL)
        return FALSE;
    while ((step = kb_sqlite_step (stmt, error)) == KB_STEP_ROW) {
        char *sql = clean_sql ((const char *) sqlite3_column_text (stmt, 0), error);
        if (sql == NULL)
            return FALSE;
        g_ptr_array_add (self->others, sql);
    }
    return step == KB_STEP_DONE;
}

/**
 * kb_dump_schema_read:
 * @db: a database, within a transaction
 * @error: return location for a #GError
 *
 * Reads what a dump of @db consists of.
 *
 * Errors: %KB_ERROR_UNSUPPORTED for virtual tables, which Kolibri has none of; as
 * kb_sqlite_set_error().
 *
 * Returns: (transfer full): the schema
 */
KbDumpSchema *
kb_dump_schema_read (KbSqlite *db, GError **error)
{
    g_autoptr (KbDumpSchema) self = g_new0 (KbDumpSchema, 1);

    self->tables = g_ptr_array_new_with_free_func ((GDestroyNotify) dump_table_free);
    self->others = g_ptr_array_new_with_free_func (g_free);
    if (!read_tables (db, self, error) || !read_others (db, self, error))
        return NULL;
    return g_steal_pointer (&self);
}
