/* SPDX-License-Identifier: MIT */
#include "kb-dump-writer.h"

#include "kb-checksum.h"
#include "kb-dump-rows.h"
#include "kb-dump-schema.h"
#include "kb-file.h"
#include "kb-sql-buffer.h"

#include <string.h>

#define STATEMENTS_BYTES (64 * 1024)

/* A dump on its way to the disk. */
typedef struct {
    KbSqlBuffer buffer; /* statements; rows come in blocks of their own */
    KbDumpRows *rows;
    int fd;
    const char *path;
    KbChecksum *checksum;
    KbFooter *footer;

    KbProgress *progress;
    uint64_t rows_done;
    uint64_t rows_total;
} Output;

static gboolean
flush (Output *self, GError **error)
{
    kb_checksum_update (self->checksum, self->buffer.bytes, self->buffer.length);
    self->footer->bytes += self->buffer.length;
    if (!kb_file_write_all (self->fd, self->buffer.bytes, self->buffer.length, self->path, error))
        return FALSE;
    self->buffer.length = 0;
    return TRUE;
}

static void
add_string (Output *self, const char *text)
{
    kb_sql_buffer_add (&self->buffer, text, strlen (text));
}

static gboolean
write_block (Output *self, const KbDumpBlock *block, GError **error)
{
    kb_checksum_update (self->checksum, block->text.bytes, block->text.length);
    self->footer->bytes += block->text.length;
    self->rows_done += block->n_rows;
    kb_progress_set (self->progress, KB_PHASE_WRITING, self->rows_done,
                     MAX (self->rows_total, self->rows_done));
    return kb_file_write_all (self->fd, block->text.bytes, block->text.length, self->path, error);
}

static gboolean
write_rows (Output *self, const KbDumpTable *table, GError **error)
{
    const KbDumpBlock *block;
    gint64 n_rows = 0;

    if (!flush (self, error))
        return FALSE;
    do {
        block = kb_dump_rows_next (self->rows, error);
        if (block == NULL || !write_block (self, block, error))
            return FALSE;
        n_rows += (gint64) block->n_rows;
    } while (!block->ends_table);
    g_hash_table_insert (self->footer->rows, g_strdup (table->name),
                         g_memdup2 (&n_rows, sizeof n_rows));
    return TRUE;
}

static void
write_statement (Output *self, const char *sql)
{
    add_string (self, sql);
    add_string (self, ";\n");
}

static gboolean
has_sequence (const KbDumpSchema *schema)
{
    return schema->sequence != NULL && schema->counts_rowids;
}

/* Tables in the order in which write_schema() asks for their rows. */
static GPtrArray *
list_tables (const KbDumpSchema *schema)
{
    GPtrArray *tables = g_ptr_array_copy (schema->tables, NULL, NULL);

    g_ptr_array_set_free_func (tables, NULL);
    if (has_sequence (schema))
        g_ptr_array_add (tables, schema->sequence);
    if (schema->stat != NULL)
        g_ptr_array_add (tables, schema->stat);
    return tables;
}

/* CREATE TABLE and rows by name, then what SQLite keeps for itself, then what needs all tables. */
static gboolean
write_schema (Output *self, const KbDumpSchema *schema, GError **error)
{
    for (guint i = 0; i < schema->tables->len; i++) {
        const KbDumpTable *table = schema->tables->pdata[i];
        write_statement (self, table->sql);
        if (!write_rows (self, table, error))
            return FALSE;
    }
    if (has_sequence (schema)) {
        write_statement (self, "DELETE FROM \"sqlite_sequence\"");
        if (!write_rows (self, schema->sequence, error))
            return FALSE;
    }
    if (schema->stat != NULL) {
        write_statement (self, "ANALYZE \"sqlite_master\"");
        if (!write_rows (self, schema->stat, error))
            return FALSE;
    }
    for (guint i = 0; i < schema->others->len; i++)
        write_statement (self, schema->others->pdata[i]);
    return TRUE;
}

/* A rowid may be any number; rows cannot be more than the pages hold. */
static gboolean
estimate_rows (Output *self, KbSqlite *db, const KbDumpSchema *schema, GError **error)
{
    gint64 max_rows;

    if (!kb_sqlite_query_int64 (
            db, "SELECT page_count * page_size / 8 FROM pragma_page_count, pragma_page_size",
            &max_rows, error))
        return FALSE;
    for (guint i = 0; i < schema->tables->len; i++) {
        const KbDumpTable *table = schema->tables->pdata[i];
        self->rows_total += (uint64_t) CLAMP (table->max_rowid, 0, max_rows);
    }
    return TRUE;
}

static gboolean
write_text (Output *self, const KbDumpSchema *schema, const KbHeader *header, GError **error)
{
    g_autofree char *first_line = kb_header_format (header);

    add_string (self, first_line);
    add_string (self, "BEGIN TRANSACTION;\n");
    if (!write_schema (self, schema, error))
        return FALSE;
    add_string (self, "COMMIT;\n");
    if (!flush (self, error))
        return FALSE;

    self->footer->checksum = kb_checksum_to_string (self->checksum);
    g_autofree char *last_line = kb_footer_format (self->footer);
    return kb_file_write_all (self->fd, last_line, strlen (last_line), self->path, error);
}

static gboolean
write_all (Output *self, KbSnapshot *snapshot, const KbHeader *header, GError **error)
{
    KbSqlite *db = snapshot->readers[0];
    g_autoptr (KbDumpSchema) schema = kb_dump_schema_read (db, error);

    if (schema == NULL || !estimate_rows (self, db, schema, error))
        return FALSE;
    g_autoptr (GPtrArray) tables = list_tables (schema);
    g_autoptr (KbDumpRows) rows = kb_dump_rows_new (snapshot, tables);
    self->rows = rows;
    return write_text (self, schema, header, error);
}

/**
 * kb_dump_describe:
 * @db: a database within a read transaction
 * @header: what the first line of its dump shall say
 * @error: return location for a #GError
 *
 * Adds to @header what no SQL of a dump says, and a load needs to make the same database.
 *
 * Errors: as kb_sqlite_set_error().
 *
 * Returns: %TRUE on success
 */
gboolean
kb_dump_describe (KbSqlite *db, KbHeader *header, GError **error)
{
    g_autofree char *encoding = kb_sqlite_query_text (db, "PRAGMA encoding", error);

    if (encoding == NULL)
        return FALSE;
    if (strcmp (encoding, "UTF-8") != 0)
        header->encoding = g_steal_pointer (&encoding);
    return kb_sqlite_query_int64 (db, "PRAGMA page_size", &header->page_size, error) &&
           kb_sqlite_query_int64 (db, "PRAGMA user_version", &header->user_version, error) &&
           kb_sqlite_query_int64 (db, "PRAGMA application_id", &header->application_id, error);
}

/**
 * kb_dump_write:
 * @snapshot: one moment of a database; its readers are used by threads until this returns
 * @header: what the first line shall say
 * @fd: where to write
 * @path: the name of that file, for errors
 * @footer: (out): what the last line says
 * @progress: (nullable): counts rows
 * @error: return location for a #GError
 *
 * Writes a whole database as SQL text: docs/format.md. The text is the same whatever the number of
 * readers. Nothing is synced. The cancellable of @snapshot ends it.
 *
 * Errors: %KB_ERROR_UNSUPPORTED for a database with virtual tables, %KB_ERROR_CORRUPT,
 * %KB_ERROR_NO_SPACE, %KB_ERROR_IO, %G_IO_ERROR_CANCELLED.
 *
 * Returns: %TRUE on success
 */
gboolean
kb_dump_write (KbSnapshot *snapshot,
               const KbHeader *header,
               int fd,
               const char *path,
               KbFooter **footer,
               KbProgress *progress,
               GError **error)
{
    g_autoptr (KbChecksum) checksum = kb_checksum_new();
    g_autoptr (KbFooter) last = kb_footer_new();
    Output output = {
        .fd = fd, .path = path, .checksum = checksum, .footer = last, .progress = progress};

    kb_sql_buffer_init (&output.buffer, STATEMENTS_BYTES);
    gboolean ok = write_all (&output, snapshot, header, error);
    kb_sql_buffer_clear (&output.buffer);
    if (ok)
        *footer = g_steal_pointer (&last);
    return ok;
}
