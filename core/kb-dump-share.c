/* SPDX-License-Identifier: MIT */
#include "kb-dump-share.h"

#include "kb-dump-authorizer.h"
#include "kb-error.h"
#include "kb-sql-scan.h"

#include <string.h>

struct _KbDumpShare {
    KbDumpLoader *loader;
    KbDumpSide side;
    GPtrArray *tables;   /* element-type KbSharedTable, in the order of the dump */
    GHashTable *by_name; /* name in lower case to KbSharedTable, of @tables */

    char *last_name; /* of the last row: mostly that of the next, too */
    KbSharedTable *last_table;
};

static void
shared_table_free (gpointer data)
{
    KbSharedTable *self = data;

    g_free (self->name);
    g_free (self);
}

/**
 * kb_dump_share_free:
 * @self: (nullable) (transfer full): a side
 */
void
kb_dump_share_free (KbDumpShare *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref (self->tables);
    g_hash_table_unref (self->by_name);
    g_free (self->last_name);
    g_free (self);
}

/**
 * kb_dump_share_new:
 * @loader: what executes the statements of this side; must outlive it
 * @side: which one
 *
 * Returns: (transfer full): the side, at the mark
 */
KbDumpShare *
kb_dump_share_new (KbDumpLoader *loader, KbDumpSide side)
{
    KbDumpShare *self = g_new0 (KbDumpShare, 1);

    self->loader = loader;
    self->side = side;
    self->tables = g_ptr_array_new_with_free_func (shared_table_free);
    self->by_name = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    return self;
}

/* Names are equal as SQLite has it: in ASCII, whatever the case. */
static KbSharedTable *
find_table (KbDumpShare *self, const char *name)
{
    if (name == NULL || g_strcmp0 (self->last_name, name) == 0)
        return name != NULL ? self->last_table : NULL;

    g_autofree char *key = g_ascii_strdown (name, -1);
    g_free (self->last_name);
    self->last_name = g_strdup (name);
    self->last_table = g_hash_table_lookup (self->by_name, key);
    return self->last_table;
}

/* Whether whole records can be copied (insert.c, xferOptimization()). Rows of a table without any
 * key would be numbered anew, and computed columns are not allowed where a key is unique. */
static gboolean
can_be_shared (KbDumpShare *self, const char *table, gboolean *out, GError **error)
{
    KbSqlite *db = kb_dump_loader_get_db (self->loader);

    kb_dump_loader_set_trusted (self->loader, TRUE);
    g_autoptr (KbStmt) stmt = kb_sqlite_prepare (
        db, "SELECT max(pk)>0 AND max(hidden)=0 FROM pragma_table_xinfo(?1)", error);
    KbStep step = KB_STEP_FAILED;
    if (stmt != NULL && kb_sqlite_bind_text (stmt, 1, table, error))
        step = kb_sqlite_step (stmt, error);
    kb_dump_loader_set_trusted (self->loader, FALSE);
    *out = step == KB_STEP_ROW && sqlite3_column_int (stmt, 0) != 0;
    return step != KB_STEP_FAILED;
}

/* Both make it: the first side in the right order, and what the schema of a stranger may not do is
 * refused by it. */
static gboolean
take_table (KbDumpShare *self, const KbStatement *statement, const char *name, GError **error)
{
    gboolean is_new =
        name != NULL && !kb_sqlite_has_table (kb_dump_loader_get_db (self->loader), name);
    gboolean is_shared = FALSE;

    if (!kb_dump_loader_take (self->loader, statement, error) ||
        (is_new && !can_be_shared (self, name, &is_shared, error)))
        return FALSE;
    if (!is_shared)
        return TRUE;
    KbSharedTable *table = g_new0 (KbSharedTable, 1);
    table->name = g_strdup (name);
    g_ptr_array_add (self->tables, table);
    g_hash_table_insert (self->by_name, g_ascii_strdown (name, -1), table);
    g_clear_pointer (&self->last_name, g_free);
    return TRUE;
}

static gboolean
take_row (KbDumpShare *self, const KbStatement *statement, const char *name, GError **error)
{
    KbSharedTable *table = find_table (self, name);

    if (table != NULL)
        table->n_rows++;
    if (self->side == KB_DUMP_FIRST && table != NULL)
        return kb_dump_loader_pass (self->loader, statement, error);
    if (self->side == KB_DUMP_SECOND && table == NULL)
        return TRUE;
    return kb_dump_loader_take (self->loader, statement, error);
}

static gboolean
take_sql (KbDumpShare *self, const KbStatement *statement, GError **error)
{
    KbDumpKind kind = kb_dump_kind_of (statement->sql);
    g_autofree char *name = kb_sql_table_of (statement->sql);

    if (kind == KB_DUMP_KIND_TABLE)
        return take_table (self, statement, name, error);
    if (kind == KB_DUMP_KIND_INSERT && name == NULL) {
        g_set_error (error, KB_ERROR, KB_ERROR_UNSUPPORTED, "share: %.80s", statement->sql);
        return FALSE;
    }
    if (kind == KB_DUMP_KIND_INSERT)
        return take_row (self, statement, name, error);
    if (self->side == KB_DUMP_SECOND &&
        !(kind == KB_DUMP_KIND_INDEX && find_table (self, name) != NULL))
        return TRUE;
    return kb_dump_loader_take (self->loader, statement, error);
}

/**
 * kb_dump_share_take:
 * @self: a side
 * @statement: the next statement from the mark on; not the end
 * @error: return location for a #GError
 *
 * Executes what is for this side.
 *
 * Errors: as kb_dump_loader_finish(); they say that the dump cannot be shared, and not always what
 * is wrong with it, which one loader alone has to find out.
 *
 * Returns: %TRUE if all is well so far
 */
gboolean
kb_dump_share_take (KbDumpShare *self, const KbStatement *statement, GError **error)
{
    if (statement->type == KB_STATEMENT_INSERT)
        return take_row (self, statement, statement->table, error);
    return take_sql (self, statement, error);
}

/**
 * kb_dump_share_get_tables:
 * @self: a side
 *
 * Returns: (transfer none) (element-type KbSharedTable): the tables of the second side so far
 */
GPtrArray *
kb_dump_share_get_tables (const KbDumpShare *self)
{
    return self->tables;
}
