/* SPDX-License-Identifier: MIT */
#include "kb-dump-writer.h"

#include "kb-checksum.h"
#include "kb-dump-schema.h"
#include "kb-file.h"
#include "kb-sql-buffer.h"

#include <string.h>

#define FLUSH_BYTES (1024 * 1024)
#define ROWS_BETWEEN_REPORTS 4096

/* A dump on its way to the disk. */
typedef struct {
    KbSqlBuffer buffer;
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

/* SQLite gives no bytes for a value that has some when it is out of memory. */
static gboolean
have_bytes (KbStmt *stmt, const void *bytes, int n_bytes, GError **error)
{
    return bytes != NULL || n_bytes == 0 ||
           kb_sqlite_set_error (error, sqlite3_db_handle (stmt), SQLITE_NOMEM, "read value");
}

static gboolean
add_value (KbSqlBuffer *buffer, KbStmt *stmt, int column, GError **error)
{
    sqlite3_value *value = sqlite3_column_value (stmt, column);
    const void *bytes;
    int n_bytes;

    switch (sqlite3_value_type (value)) {
    case SQLITE_INTEGER:
        kb_sql_buffer_add_integer (buffer, sqlite3_value_int64 (value));
        return TRUE;
    case SQLITE_FLOAT:
        kb_sql_buffer_add_real (buffer, sqlite3_value_double (value));
        return TRUE;
    case SQLITE_TEXT:
        bytes = sqlite3_value_text (value);
        n_bytes = sqlite3_value_bytes (value);
        if (!have_bytes (stmt, bytes, bytes != NULL ? n_bytes : 1, error))
            return FALSE;
        kb_sql_buffer_add_text (buffer, bytes, (gsize) n_bytes);
        return TRUE;
    case SQLITE_BLOB:
        bytes = sqlite3_value_blob (value);
        n_bytes = sqlite3_value_bytes (value);
        if (!have_bytes (stmt, bytes, n_bytes, error))
            return FALSE;
        kb_sql_buffer_add_blob (buffer, bytes, (gsize) n_bytes);
        return TRUE;
    default:
        kb_sql_buffer_add (buffer, "NULL", 4);
        return TRUE;
    }
}

/* A table that names its own rows keeps their numbers as columns. Of the others, a restore counts
 * rows from 1, so only the first row after a gap has to say its rowid. */
static void
start_row (Output *self, const KbDumpTable *table, KbStmt *stmt, gint64 *last_rowid)
{
    gboolean after_gap = FALSE;

    if (table->insert_rowid != NULL) {
        gint64 rowid = sqlite3_column_int64 (stmt, 0);
        after_gap = *last_rowid == G_MAXINT64 || rowid != *last_rowid + 1;
        *last_rowid = rowid;
    }
    add_string (self, after_gap ? table->insert_rowid : table->insert);
    if (after_gap) {
        kb_sql_buffer_add_integer (&self->buffer, *last_rowid);
        kb_sql_buffer_add_char (&self->buffer, ',');
    }
}

static gboolean
add_row (Output *self,
         const KbDumpTable *table,
         KbStmt *stmt,
         int n_columns,
         gint64 *last_rowid,
         GError **error)
{
    start_row (self, table, stmt, last_rowid);
    for (int i = 1; i < n_columns; i++) {
        if (i > 1)
            kb_sql_buffer_add_char (&self->buffer, ',');
        if (!add_value (&self->buffer, stmt, i, error))
            return FALSE;
    }
    kb_sql_buffer_add (&self->buffer, ");\n", 3);
    return TRUE;
}

static void
report (Output *self, uint64_t rows)
{
    self->rows_done += rows;
    kb_progress_set (self->progress, KB_PHASE_WRITING, self->rows_done,
                     MAX (self->rows_total, self->rows_done));
}

static gboolean
write_rows (Output *self, KbSqlite *db, const KbDumpTable *table, GError **error)
{
    g_autoptr (KbStmt) stmt = kb_sqlite_prepare (db, table->select, error);
    gint64 last_rowid = 0;
    gint64 n_rows = 0;
    KbStep step;

    if (stmt == NULL)
        return FALSE;
    int n_columns = sqlite3_column_count (stmt);
    while ((step = kb_sqlite_step (stmt, error)) == KB_STEP_ROW) {
        if (!add_row (self, table, stmt, n_columns, &last_rowid, error))
            return FALSE;
        if (self->buffer.length >= FLUSH_BYTES && !flush (self, error))
            return FALSE;
        if (++n_rows % ROWS_BETWEEN_REPORTS == 0)
            report (self, ROWS_BETWEEN_REPORTS);
    }
    if (step == KB_STEP_FAILED)
        return FALSE;
    report (self, (uint64_t) n_rows % ROWS_BETWEEN_REPORTS);
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

/* CREATE TABLE and rows by name, then what SQLite keeps for itself, then what needs all tables. */
static gboolean
write_schema (Output *self, KbSqlite *db, const KbDumpSchema *schema, GError **error)
{
    for (guint i = 0; i < schema->tables->len; i++) {
        const KbDumpTable *table = schema->tables->pdata[i];
        write_statement (self, table->sql);
        if (!write_rows (self, db, table, error))
            return FALSE;
    }
    if (schema->sequence != NULL && schema->counts_rowids) {
        write_statement (self, "DELETE FROM \"sqlite_sequence\"");
        if (!write_rows (self, db, schema->sequence, error))
            return FALSE;
    }
    if (schema->stat != NULL) {
        write_statement (self, "ANALYZE \"sqlite_master\"");
        if (!write_rows (self, db, schema->stat, error))
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
write_all (Output *self, KbSqlite *db, const KbHeader *header, GError **error)
{
    g_autoptr (KbDumpSchema) schema = kb_dump_schema_read (db, error);
    g_autofree char *first_line = kb_header_format (header);

    if (schema == NULL || !estimate_rows (self, db, schema, error))
        return FALSE;

    add_string (self, first_line);
    add_string (self, "BEGIN TRANSACTION;\n");
    if (!write_schema (self, db, schema, error))
        return FALSE;
    add_string (self, "COMMIT;\n");
    if (!flush (self, error))
        return FALSE;

    self->footer->checksum = kb_checksum_to_string (self->checksum);
    g_autofree char *last_line = kb_footer_format (self->footer);
    return kb_file_write_all (self->fd, last_line, strlen (last_line), self->path, error);
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
 * @db: a database within a read transaction, so that all of the dump is of one moment
 * @header: what the first line shall say
 * @fd: where to write
 * @path: the name of that file, for errors
 * @footer: (out): what the last line says
 * @progress: (nullable): counts rows
 * @cancellable: (nullable): looked at every millisecond or so
 * @error: return location for a #GError
 *
 * Writes a whole database as SQL text: docs/format.md. Nothing is synced.
 *
 * Errors: %KB_ERROR_UNSUPPORTED for a database with virtual tables, %KB_ERROR_CORRUPT,
 * %KB_ERROR_NO_SPACE, %KB_ERROR_IO, %G_IO_ERROR_CANCELLED.
 *
 * Returns: %TRUE on success
 */
gboolean
kb_dump_write (KbSqlite *db,
               const KbHeader *header,
               int fd,
               const char *path,
               KbFooter **footer,
               KbProgress *progress,
               GCancellable *cancellable,
               GError **error)
{
    g_autoptr (KbChecksum) checksum = kb_checksum_new();
    g_autoptr (KbFooter) last = kb_footer_new();
    Output output = {
        .fd = fd, .path = path, .checksum = checksum, .footer = last, .progress = progress};

    kb_sql_buffer_init (&output.buffer, FLUSH_BYTES + FLUSH_BYTES / 4);
    kb_sqlite_watch_cancel (db, cancellable);
    gboolean ok = write_all (&output, db, header, error);
    kb_sqlite_watch_cancel (db, NULL);
    kb_sql_buffer_clear (&output.buffer);
    if (ok)
        *footer = g_steal_pointer (&last);
    return ok;
}
