/* SPDX-License-Identifier: MIT */
#include "kb-dump-loader.h"

#include "kb-dump-authorizer.h"
#include "kb-dump-functions.h"
#include "kb-error.h"
#include "kb-platform.h"
#include "kb-scratch.h"
#include "kb-sql-scan.h"

#include <string.h>

#define MAX_TARGETS 4096
#define MAX_SEQUENCES 100000

/* Kolibri has some 500 tables and indexes, and no statement of a schema beyond 10 KiB. SQLite takes
 * the more time for each the more there are, and some KiB of memory. */
#define MAX_THINGS 5000
#define MAX_SCHEMA_SQL_BYTES (256 * 1024)
#define MAX_TOKENS 50000

/* A row takes no more than its statement: numbers have their room in the allowance, and UTF-16
 * twice as much. */
#define LENGTH_ALLOWANCE (64 * 1024)
#define LENGTH_FLOOR (128 * 1024)

/* A cached statement: INSERT INTO "table"(columns) VALUES(?,?,…). */
typedef struct {
    char *table;
    char *columns; /* NULL: all */
    unsigned n_values;
    KbStmt *stmt;
} Target;

/* A row of sqlite_sequence. */
typedef struct {
    char *table;
    gint64 value;
} Sequence;

struct _KbDumpLoader {
    KbSqlite *db;
    char *path;      /* of the dump, for errors */
    KbDumpKind kind; /* of the statement that SQLite is compiling now */
    gboolean is_ours;
    gboolean seen_trigger;
    gboolean awaits_sequence; /* the shell has said what it says before it makes sqlite_sequence */

    GPtrArray *targets; /* element-type Target; the last used is tried first */
    Target *last;
    KbSqlite *converter; /* an empty database, for @real alone: no authorizer there */
    KbStmt *real;        /* reads a real as SQLite does */
    KbFooter *counted;   /* rows per table */
    GArray *sequences;   /* element-type Sequence: held back to the end */

    unsigned n_things;     /* tables, indexes, views and triggers */
    size_t length_limit;   /* of values and rows, as set */
    size_t longest_length; /* what a row of the file has needed */
};

static void
target_free (gpointer data)
{
    Target *self = data;

    g_free (self->table);
    g_free (self->columns);
    kb_sqlite_finalize (self->stmt);
    g_free (self);
}

static void
sequence_clear (gpointer data)
{
    Sequence *self = data;

    g_free (self->table);
}

static gboolean
refuse (KbDumpLoader *self, const char *what, const char *sql, GError **error)
{
    g_autofree char *detail = g_strdup_printf ("load: %s: %s: %.120s", self->path, what, sql);
    g_autofree char *valid = g_utf8_make_valid (detail, -1); /* the file may hold anything */

    g_set_error_literal (error, KB_ERROR, KB_ERROR_CORRUPT, valid);
    return FALSE;
}

/* What SQLite cannot do with a statement of the file is the file's fault. */
static gboolean
fail (KbDumpLoader *self, int rc, const char *sql, GError **error)
{
    g_autoptr (GError) local = NULL;

    kb_sqlite_set_error (&local, self->db, rc, "load");
    if (g_error_matches (local, KB_ERROR, KB_ERROR_INTERNAL))
        return refuse (self, sqlite3_errmsg (self->db), sql, error);
    if (g_error_matches (local, KB_ERROR, KB_ERROR_NO_SPACE) && kb_scratch_is_full (self->db))
        return refuse (self, "grows beyond reason", sql, error);
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
}

static int
on_authorize (void *user_data,
              int action,
              const char *a,
              const char *b,
              const char *db,
              G_GNUC_UNUSED const char *trigger)
{
    const KbDumpLoader *self = user_data;

    return kb_dump_authorize (self->kind, action, a, b, db);
}

/* Compiles one statement under the authorizer. */
static KbStmt *
compile (KbDumpLoader *self, KbDumpKind kind, const char *sql, GError **error)
{
    KbStmt *stmt = NULL;
    const char *tail = NULL;

    self->kind = kind;
    int rc = sqlite3_prepare_v3 (self->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, &tail);
    self->kind = KB_DUMP_KIND_REFUSED;
    if (rc != SQLITE_OK) {
        fail (self, rc, sql, error);
        return NULL;
    }
    if (stmt == NULL || *tail != '\0') {
        kb_sqlite_finalize (stmt);
        refuse (self, "not one statement", sql, error);
        return NULL;
    }
    return stmt;
}

static gboolean
run_sql (KbDumpLoader *self, KbDumpKind kind, const char *sql, GError **error)
{
    g_autoptr (KbStmt) stmt = compile (self, kind, sql, error);

    if (stmt == NULL)
        return FALSE;
    if (sqlite3_bind_parameter_count (stmt) > 0)
        return refuse (self, "a value is missing", sql, error);
    self->kind = kind; /* CREATE compiles statements of its own while it runs */
    int rc = sqlite3_step (stmt);
    self->kind = KB_DUMP_KIND_REFUSED;
    return rc == SQLITE_DONE || fail (self, rc, sql, error);
}

static char *
insert_sql (const KbStatement *statement)
{
    g_autofree char *quoted = kb_sqlite_quote_name (statement->table);
    GString *sql = g_string_new ("INSERT INTO ");

    g_string_append (sql, quoted);
    if (statement->columns != NULL)
        g_string_append_printf (sql, "(%s)", statement->columns);
    g_string_append (sql, " VALUES(?");
    for (unsigned i = 1; i < statement->n_values; i++)
        g_string_append (sql, ",?");
    g_string_append_c (sql, ')');
    return g_string_free (sql, FALSE);
}

static gboolean
target_fits (const Target *target, const KbStatement *statement)
{
    return target != NULL && target->n_values == statement->n_values &&
           strcmp (target->table, statement->table) == 0 &&
           g_strcmp0 (target->columns, statement->columns) == 0;
}

static Target *
find_target (KbDumpLoader *self, const KbStatement *statement, GError **error)
{
    if (target_fits (self->last, statement))
        return self->last;
    for (guint i = self->targets->len; i > 0; i--) {
        self->last = self->targets->pdata[i - 1];
        if (target_fits (self->last, statement))
            return self->last;
    }
    self->last = NULL;
    if (self->targets->len == MAX_TARGETS)
        g_ptr_array_set_size (self->targets, 0);

    g_autofree char *sql = insert_sql (statement);
    KbStmt *stmt = compile (self, KB_DUMP_KIND_INSERT, sql, error);
    if (stmt == NULL)
        return NULL;
    self->last = g_new0 (Target, 1);
    self->last->table = g_strdup (statement->table);
    self->last->columns = g_strdup (statement->columns);
    self->last->n_values = statement->n_values;
    self->last->stmt = stmt;
    g_ptr_array_add (self->targets, self->last);
    return self->last;
}

/* Ours have 17 digits, which any correct conversion reads back exactly. Others are read with
 * SQLite's own, so that the result is the one that Kolibri's restore gives. */
static gboolean
read_real (KbDumpLoader *self, const KbValue *value, double *out, GError **error)
{
    if (self->is_ours) {
        char digits[64] = {0};
        if (value->length < sizeof digits) {
            memcpy (digits, value->start, value->length);
            *out = kb_platform_parse_real (digits);
            return TRUE;
        }
    }
    int rc = sqlite3_bind_text64 (self->real, 1, value->start, value->length, SQLITE_STATIC,
                                  SQLITE_UTF8);
    if (rc == SQLITE_OK)
        rc = sqlite3_step (self->real);
    if (rc != SQLITE_ROW)
        return fail (self, rc, "number", error);
    *out = sqlite3_column_double (self->real, 0);
    sqlite3_reset (self->real);
    return TRUE;
}

static gboolean
bind_value (KbDumpLoader *self, KbStmt *stmt, int index, const KbValue *value, GError **error)
{
    double real = 0;
    int rc = SQLITE_OK;

    switch (value->type) {
    case KB_VALUE_NULL:
        rc = sqlite3_bind_null (stmt, index);
        break;
    case KB_VALUE_INTEGER:
        rc = sqlite3_bind_int64 (stmt, index, value->integer);
        break;
    case KB_VALUE_REAL:
        if (!read_real (self, value, &real, error))
            return FALSE;
        rc = sqlite3_bind_double (stmt, index, real);
        break;
    case KB_VALUE_TEXT:
        rc = sqlite3_bind_text64 (stmt, index, value->start, value->length, SQLITE_STATIC,
                                  SQLITE_UTF8);
        break;
    case KB_VALUE_BLOB:
        rc = sqlite3_bind_blob64 (stmt, index, value->start, value->length, SQLITE_STATIC);
        break;
    }
    return rc == SQLITE_OK || fail (self, rc, "value", error);
}

static gboolean
insert_row (KbDumpLoader *self, const KbStatement *statement, GError **error)
{
    Target *target = find_target (self, statement, error);

    if (target == NULL)
        return FALSE;
    for (unsigned i = 0; i < statement->n_values; i++)
        if (!bind_value (self, target->stmt, (int) i + 1, &statement->values[i], error))
            return FALSE;
    self->kind = KB_DUMP_KIND_INSERT; /* it is compiled again when the schema has changed */
    int rc = sqlite3_step (target->stmt);
    self->kind = KB_DUMP_KIND_REFUSED;
    if (rc != SQLITE_DONE)
        return fail (self, rc, statement->table, error);
    sqlite3_reset (target->stmt);
    return TRUE;
}

/* Where sqlite_sequence comes first, the tables that it counts for are not there yet, and their
 * rows would change it. */
static gboolean
hold_back_sequence (KbDumpLoader *self, const KbStatement *statement, GError **error)
{
    const KbValue *values = statement->values;

    if (statement->n_values != 2 || statement->columns != NULL || values[0].type != KB_VALUE_TEXT ||
        values[1].type != KB_VALUE_INTEGER || self->sequences->len == MAX_SEQUENCES)
        return refuse (self, "not understood", "sqlite_sequence", error);
    Sequence sequence = {
        .table = g_strndup (values[0].start, values[0].length),
        .value = values[1].integer,
    };
    g_array_append_val (self->sequences, sequence);
    return TRUE;
}

/* A row of one of SQLite's own tables. Statistics beyond sqlite_stat1 are for SQLites that were
 * built to use them; ANALYZE makes them anew. */
static gboolean
load_internal (KbDumpLoader *self, const KbStatement *statement, GError **error)
{
    if (strcmp (statement->table, "sqlite_sequence") == 0)
        return hold_back_sequence (self, statement, error);
    if (strcmp (statement->table, "sqlite_stat3") == 0 ||
        strcmp (statement->table, "sqlite_stat4") == 0)
        return TRUE;
    return insert_row (self, statement, error);
}

/* No value is longer than the statement that it stands in: what a function makes beyond that is
 * none of a dump. Statements over the whole of a table may meet all its rows. */
static void
limit_length (KbDumpLoader *self, const KbStatement *statement)
{
    size_t length = MAX (LENGTH_FLOOR, 2 * statement->length + LENGTH_ALLOWANCE);

    self->longest_length = MAX (self->longest_length, length);
    if (statement->type == KB_STATEMENT_SQL)
        length = self->longest_length;
    if (length == self->length_limit)
        return;
    self->length_limit = length;
    kb_dump_functions_limit (self->db, length);
}

static gboolean
load_insert (KbDumpLoader *self, const KbStatement *statement, gboolean elsewhere, GError **error)
{
    kb_footer_count_row (self->counted, statement->table);
    if (strncmp (statement->table, "sqlite_", 7) == 0) /* may come at the end, after triggers */
        return load_internal (self, statement, error);
    if (self->seen_trigger)
        return refuse (self, "a row after a trigger", statement->table, error);
    return elsewhere || insert_row (self, statement, error);
}

static gboolean
is_one_of (const char *sql, const char *const *texts)
{
    for (; *texts != NULL; texts++)
        if (g_ascii_strcasecmp (sql, *texts) == 0)
            return TRUE;
    return FALSE;
}

/* What dumps say and a loader need not do. The shell of SQLite 3.51 and later makes sqlite_sequence
 * by hand, for which it has the schema writable; here CREATE TABLE has made it. Whatever else
 * follows on writable_schema=ON is none of the shell's, and is refused. */
static gboolean
is_skipped (KbDumpLoader *self, const char *sql, gboolean *skipped, GError **error)
{
    static const char sequence[] = "CREATE TABLE IF NOT EXISTS sqlite_sequence(name,seq)";
    static const char *const texts[] = {"DELETE FROM \"sqlite_sequence\"",
                                        "DELETE FROM sqlite_sequence",
                                        "PRAGMA foreign_keys=OFF",
                                        "PRAGMA foreign_keys=ON",
                                        "PRAGMA writable_schema=OFF",
                                        sequence,
                                        NULL};

    if (self->awaits_sequence && g_ascii_strcasecmp (sql, sequence) != 0)
        return refuse (self, "not allowed in a backup", "PRAGMA writable_schema=ON", error);
    self->awaits_sequence = g_ascii_strcasecmp (sql, "PRAGMA writable_schema=ON") == 0;
    *skipped = self->awaits_sequence || is_one_of (sql, texts);
    return TRUE;
}

/* A row may hold a long text; a schema, and an expression, are short. */
static gboolean
is_too_long (const KbStatement *statement, KbDumpKind kind)
{
    const char *sql = statement->sql;

    if (statement->length <= MAX_SCHEMA_SQL_BYTES)
        return FALSE;
    return kind != KB_DUMP_KIND_INSERT ||
           kb_sql_count_tokens (sql, sql + strlen (sql)) > MAX_TOKENS;
}

static gboolean
load_sql (KbDumpLoader *self, const KbStatement *statement, gboolean elsewhere, GError **error)
{
    static const char *const analyze[] = {"ANALYZE \"sqlite_master\"", "ANALYZE sqlite_master",
                                          "ANALYZE sqlite_schema", NULL};
    gboolean skipped = FALSE;

    if (!is_skipped (self, statement->sql, &skipped, error) || skipped)
        return skipped;
    if (is_one_of (statement->sql, analyze)) {
        kb_dump_loader_set_trusted (self, TRUE);
        gboolean ok = kb_sqlite_exec (self->db, "ANALYZE sqlite_master", error);
        kb_dump_loader_set_trusted (self, FALSE);
        return ok;
    }

    KbDumpKind kind = kb_dump_kind_of (statement->sql);
    if (kind == KB_DUMP_KIND_REFUSED || (kind == KB_DUMP_KIND_INSERT && self->seen_trigger))
        return refuse (self, "not allowed in a backup", statement->sql, error);
    if (is_too_long (statement, kind))
        return refuse (self, "too long", statement->sql, error);
    if (kind != KB_DUMP_KIND_INSERT && self->n_things++ == MAX_THINGS)
        return refuse (self, "too many tables, indexes, views and triggers", statement->sql, error);
    if (kind == KB_DUMP_KIND_TRIGGER)
        self->seen_trigger = TRUE;
    return elsewhere || run_sql (self, kind, statement->sql, error);
}

static gboolean
take (KbDumpLoader *self, const KbStatement *statement, gboolean elsewhere, GError **error)
{
    limit_length (self, statement);
    if (statement->type == KB_STATEMENT_INSERT)
        return load_insert (self, statement, elsewhere, error);
    return load_sql (self, statement, elsewhere, error);
}

/**
 * kb_dump_loader_take:
 * @self: a loader
 * @statement: the next statement of the dump; not its end
 * @error: return location for a #GError
 *
 * Errors: as kb_dump_loader_finish().
 *
 * Returns: %TRUE if the statement has been executed
 */
gboolean
kb_dump_loader_take (KbDumpLoader *self, const KbStatement *statement, GError **error)
{
    return take (self, statement, FALSE, error);
}

/**
 * kb_dump_loader_pass:
 * @self: a loader
 * @statement: the next statement of the dump, an INSERT
 * @error: return location for a #GError
 *
 * Checks and counts a row as kb_dump_loader_take() does, but leaves it to another loader.
 *
 * Errors: %KB_ERROR_CORRUPT.
 *
 * Returns: %TRUE if it may stand there
 */
gboolean
kb_dump_loader_pass (KbDumpLoader *self, const KbStatement *statement, GError **error)
{
    return take (self, statement, TRUE, error);
}

static gboolean
load_sequences (KbDumpLoader *self, GError **error)
{
    if (self->sequences->len == 0 || !kb_sqlite_has_table (self->db, "sqlite_sequence"))
        return TRUE;
    if (!kb_sqlite_exec (self->db, "DELETE FROM sqlite_sequence", error))
        return FALSE;
    for (guint i = 0; i < self->sequences->len; i++) {
        const Sequence *sequence = &g_array_index (self->sequences, Sequence, i);
        if (!kb_sqlite_execf (self->db, error, "INSERT INTO sqlite_sequence VALUES(%Q,%lld)",
                              sequence->table, (long long) sequence->value))
            return FALSE;
    }
    return TRUE;
}

static guint
count_own_tables (const KbFooter *footer)
{
    GHashTableIter iter;
    gpointer table;
    guint n = 0;

    g_hash_table_iter_init (&iter, footer->rows);
    while (g_hash_table_iter_next (&iter, &table, NULL))
        if (!g_str_has_prefix (table, "sqlite_"))
            n++;
    return n;
}

/* Rows are counted one by one; a table without any only has its name. What SQLite keeps for itself
 * comes and goes: sqlite_sequence stays behind when its last table is dropped. */
static gboolean
check_tables (KbDumpLoader *self, const KbFooter *footer, GError **error)
{
    g_autoptr (KbStmt) stmt =
        kb_sqlite_prepare (self->db,
                           "SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE "
                           "'sqlite!_%' ESCAPE '!'",
                           error);
    guint n_tables = 0;
    KbStep step;

    if (stmt == NULL)
        return FALSE;
    while ((step = kb_sqlite_step (stmt, error)) == KB_STEP_ROW) {
        n_tables++;
        if (!g_hash_table_contains (footer->rows, sqlite3_column_text (stmt, 0)))
            return refuse (self, "a table is not in the last line", "", error);
    }
    if (step == KB_STEP_DONE && n_tables != count_own_tables (footer))
        return refuse (self, "the tables do not fit the last line", "", error);
    return step == KB_STEP_DONE;
}

static gboolean
check_rows (KbDumpLoader *self, const KbFooter *footer, GError **error)
{
    if (footer == NULL || g_hash_table_size (footer->rows) == 0)
        return TRUE;
    if (!kb_footer_rows_fit (footer, self->counted))
        return refuse (self, "the rows do not fit the last line", "", error);
    return check_tables (self, footer, error);
}

/* What no SQL of a dump says, and Kolibri's own cycle loses. */
static gboolean
apply_header (KbDumpLoader *self, const KbHeader *header, GError **error)
{
    return header == NULL ||
           kb_sqlite_execf (self->db, error, "PRAGMA user_version=%lld; PRAGMA application_id=%lld",
                            (long long) header->user_version, (long long) header->application_id);
}

/**
 * kb_dump_loader_get_db:
 * @self: a loader
 *
 * Returns: (transfer none): the database that it fills
 */
KbSqlite *
kb_dump_loader_get_db (const KbDumpLoader *self)
{
    return self->db;
}

/**
 * kb_dump_loader_set_trusted:
 * @self: a loader
 * @trusted: whether the statements to come are our own
 *
 * Takes the database from under the authorizer, or puts it back. Our own statements may meet all
 * rows so far.
 */
void
kb_dump_loader_set_trusted (KbDumpLoader *self, gboolean trusted)
{
    if (trusted) {
        self->length_limit = MAX (LENGTH_FLOOR, self->longest_length);
        kb_dump_functions_limit (self->db, self->length_limit);
    }
    sqlite3_set_authorizer (self->db, trusted ? NULL : on_authorize, self);
}

/**
 * kb_dump_loader_free:
 * @self: (nullable) (transfer full): a loader
 *
 * What has not been committed is lost.
 */
void
kb_dump_loader_free (KbDumpLoader *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref (self->targets);
    sqlite3_set_authorizer (self->db, NULL, NULL);
    kb_sqlite_watch_cancel (self->db, NULL);
    kb_sqlite_finalize (self->real);
    kb_sqlite_close (self->converter);
    kb_footer_free (self->counted);
    g_array_unref (self->sequences);
    g_free (self->path);
    g_free (self);
}

/* Everything that may fail. */
static gboolean
begin (KbDumpLoader *self, GError **error)
{
    if (!kb_dump_functions_prepare (self->db, error))
        return FALSE;
    self->converter = kb_sqlite_open (":memory:", SQLITE_OPEN_READWRITE, error);
    if (self->converter == NULL)
        return FALSE;
    self->real = kb_sqlite_prepare (self->converter, "SELECT CAST(?1 AS REAL)", error);
    sqlite3_limit (self->db, SQLITE_LIMIT_ATTACHED, 0);
    return self->real != NULL && kb_sqlite_exec (self->db, "BEGIN", error);
}

/**
 * kb_dump_loader_new:
 * @scratch: an empty database of kb_scratch_create(), which must outlive this
 * @path: the name of the dump, for errors
 * @is_ours: whether we wrote the dump
 * @cancellable: (nullable): looked at within long statements
 * @error: return location for a #GError
 *
 * Begins to load. Rows of plain literals are bound into cached statements; everything else goes
 * through SQLite under an authorizer with a positive list (design.md §7). Nothing of the file
 * reaches any database but @scratch.
 *
 * Errors: %KB_ERROR_IO, %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full): the loader, for one thread
 */
KbDumpLoader *
kb_dump_loader_new (KbSqlite *scratch,
                    const char *path,
                    gboolean is_ours,
                    GCancellable *cancellable,
                    GError **error)
{
    g_autoptr (KbDumpLoader) self = g_new0 (KbDumpLoader, 1);

    self->db = scratch;
    self->path = g_strdup (path);
    self->is_ours = is_ours;
    self->targets = g_ptr_array_new_with_free_func (target_free);
    self->counted = kb_footer_new();
    self->sequences = g_array_new (FALSE, FALSE, sizeof (Sequence));
    g_array_set_clear_func (self->sequences, sequence_clear);
    kb_sqlite_watch_cancel (scratch, cancellable);
    if (!begin (self, error))
        return NULL;
    kb_dump_loader_set_trusted (self, FALSE);
    return g_steal_pointer (&self);
}

/**
 * kb_dump_loader_finish:
 * @self: a loader that has taken every statement
 * @header: (nullable): the first line of one of ours
 * @footer: (nullable): its last line
 * @error: return location for a #GError
 *
 * Compares what has come with the last line, and commits.
 *
 * Errors: %KB_ERROR_CORRUPT when the file is damaged or does what no backup does,
 * %KB_ERROR_NO_SPACE, %KB_ERROR_IO, %G_IO_ERROR_CANCELLED.
 *
 * Returns: %TRUE if all is in the database
 */
gboolean
kb_dump_loader_finish (KbDumpLoader *self,
                       const KbHeader *header,
                       const KbFooter *footer,
                       GError **error)
{
    if (self->awaits_sequence)
        return refuse (self, "not allowed in a backup", "PRAGMA writable_schema=ON", error);
    kb_dump_loader_set_trusted (self, TRUE);
    g_ptr_array_set_size (self->targets, 0); /* cached statements would forbid to commit */
    return check_rows (self, footer, error) && load_sequences (self, error) &&
           apply_header (self, header, error) && kb_sqlite_exec (self->db, "COMMIT", error);
}
