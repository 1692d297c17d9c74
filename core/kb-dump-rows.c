/* SPDX-License-Identifier: MIT */
/* Each table is cut into ranges of rowids, its chunks. Whichever reader is free takes the next
 * chunk, reads and formats it, and hands over full blocks; the writer asks for blocks in the order
 * in which chunks were taken. So the text is the same, whatever the number of readers. A reader
 * has blocks of its own: one that is ahead waits for them, and the one that the writer waits for
 * never has to. */
#include "kb-dump-rows.h"

#include <string.h>

#define BLOCK_BYTES (1024 * 1024)
#define BLOCKS_PER_READER 3
#define MAX_KEPT_BYTES (4 * BLOCK_BYTES) /* what a block may have grown to for one huge row */
#define CHUNK_BYTES (768 * 1024)         /* what a chunk is meant to come to */
#define FIRST_WIDTH 256                  /* rowids */
#define MAX_WIDTH (G_MAXINT64 / 16)      /* so that twice as much is still a number */

/* GLib's locks are not instrumented: ThreadSanitizer has to be told that they order what both
 * sides of them do. */
#ifdef __SANITIZE_THREAD__
#include <sanitizer/tsan_interface.h>
#else
#define __tsan_acquire(address) ((void) (address))
#define __tsan_release(address) ((void) (address))
#endif

/* Some rows of a table. */
typedef struct {
    const KbDumpTable *table;
    gint64 first, last; /* rowids; of a table that cannot be cut they mean nothing */
    gint64 before;      /* the rowid of the row before the first */
    gboolean ends_table;
} Chunk;

typedef struct {
    KbDumpRows *rows;
    KbSqlite *db;
    GThread *thread;
    KbDumpBlock blocks[BLOCKS_PER_READER];
    GAsyncQueue *empty; /* KbDumpBlock */
    GAsyncQueue *full;  /* KbDumpBlock */

    const KbDumpTable *table; /* of the statements */
    KbStmt *select;
    KbStmt *find_next;
} Reader;

struct _KbDumpRows {
    GPtrArray *tables; /* KbDumpTable */
    Reader readers[KB_SNAPSHOT_MAX_READERS];
    guint n_readers;

    GMutex lock; /* for what comes next, below */
    guint next_table;
    gboolean is_table_begun;
    gint64 next_first;  /* where the next chunk of the table begins */
    gint64 last_rowid;  /* of the chunk before it */
    gint64 width;       /* of a chunk, in rowids */
    GAsyncQueue *order; /* Reader: who has taken the next chunk */

    int stop; /* atomic: the readers shall end */
    Reader *current;
    KbDumpBlock *lent; /* what the writer has now */
};

static void
push (GAsyncQueue *queue, gpointer item)
{
    __tsan_release (item);
    g_async_queue_push (queue, item);
}

static gpointer
pop (GAsyncQueue *queue)
{
    gpointer item = g_async_queue_pop (queue);

    __tsan_acquire (item);
    return item;
}

static gboolean
prepare_table (Reader *self, const KbDumpTable *table, GError **error)
{
    if (self->table == table)
        return TRUE;
    self->table = NULL;
    g_clear_pointer (&self->select, kb_sqlite_finalize);
    g_clear_pointer (&self->find_next, kb_sqlite_finalize);
    self->select = kb_sqlite_prepare (self->db, table->select, error);
    if (self->select == NULL)
        return FALSE;
    if (table->find_next != NULL) {
        self->find_next = kb_sqlite_prepare (self->db, table->find_next, error);
        if (self->find_next == NULL)
            return FALSE;
    }
    self->table = table;
    return TRUE;
}

/* The first rowid from @from on, and the last one before it; each as it was where there is none. */
static gboolean
find_next (Reader *self, gint64 from, gint64 *next, gint64 *before, gboolean *found, GError **error)
{
    if (!kb_sqlite_bind_int64 (self->find_next, 1, from, error))
        return FALSE;
    KbStep step = kb_sqlite_step (self->find_next, error);
    if (step == KB_STEP_FAILED)
        return FALSE;
    *found = sqlite3_column_type (self->find_next, 0) != SQLITE_NULL;
    if (*found)
        *next = sqlite3_column_int64 (self->find_next, 0);
    if (sqlite3_column_type (self->find_next, 1) != SQLITE_NULL)
        *before = sqlite3_column_int64 (self->find_next, 1);
    sqlite3_reset (self->find_next);
    return TRUE;
}

static gboolean
begin_table (Reader *self, KbDumpRows *rows, gboolean *has_rows, GError **error)
{
    gint64 unused = 0;

    rows->is_table_begun = TRUE;
    rows->width = FIRST_WIDTH;
    rows->last_rowid = 0;
    return find_next (self, G_MININT64, &rows->next_first, &unused, has_rows, error);
}

/* A range that has the next row at its beginning, so that gaps cost nothing. */
static gboolean
cut (Reader *self, KbDumpRows *rows, Chunk *chunk, GError **error)
{
    gboolean found = TRUE;

    if (!rows->is_table_begun && !begin_table (self, rows, &found, error))
        return FALSE;
    chunk->before = rows->last_rowid;
    chunk->first = rows->next_first;
    chunk->last =
        chunk->first > G_MAXINT64 - rows->width ? G_MAXINT64 : chunk->first + rows->width - 1;
    chunk->ends_table = !found || chunk->last == G_MAXINT64;
    if (chunk->ends_table)
        return TRUE;
    if (!find_next (self, chunk->last + 1, &rows->next_first, &rows->last_rowid, &found, error))
        return FALSE;
    chunk->ends_table = !found;
    return TRUE;
}

/* Returns FALSE without error when no chunk is left. The lock is held. */
static gboolean
take_locked (Reader *self, Chunk *chunk, GError **error)
{
    KbDumpRows *rows = self->rows;

    if (rows->next_table == rows->tables->len)
        return FALSE;
    *chunk = (Chunk){.table = rows->tables->pdata[rows->next_table], .ends_table = TRUE};
    push (rows->order, self);
    if (!prepare_table (self, chunk->table, error) ||
        (chunk->table->find_next != NULL && !cut (self, rows, chunk, error))) {
        rows->next_table = rows->tables->len;
        return FALSE;
    }
    if (chunk->ends_table) {
        rows->next_table++;
        rows->is_table_begun = FALSE;
    }
    return TRUE;
}

static gboolean
take (Reader *self, Chunk *chunk, GError **error)
{
    KbDumpRows *rows = self->rows;

    g_mutex_lock (&rows->lock);
    __tsan_acquire (rows);
    gboolean taken = take_locked (self, chunk, error);
    __tsan_release (rows);
    g_mutex_unlock (&rows->lock);
    return taken;
}

/* Chunks to come are cut so that they come to CHUNK_BYTES, as far as those so far tell. */
static void
adapt_width (KbDumpRows *rows, const Chunk *chunk, gsize n_bytes)
{
    g_mutex_lock (&rows->lock);
    __tsan_acquire (rows);
    gboolean goes_on =
        rows->is_table_begun && rows->tables->pdata[rows->next_table] == chunk->table;
    if (goes_on && n_bytes < CHUNK_BYTES / 2 && rows->width <= MAX_WIDTH)
        rows->width *= 2;
    else if (goes_on && n_bytes > CHUNK_BYTES * 2 && rows->width > 1)
        rows->width /= 2;
    __tsan_release (rows);
    g_mutex_unlock (&rows->lock);
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
start_row (KbSqlBuffer *buffer, const KbDumpTable *table, KbStmt *stmt, gint64 *last_rowid)
{
    gboolean after_gap = FALSE;

    if (table->insert_rowid != NULL) {
        gint64 rowid = sqlite3_column_int64 (stmt, 0);
        after_gap = *last_rowid == G_MAXINT64 || rowid != *last_rowid + 1;
        *last_rowid = rowid;
    }
    const char *insert = after_gap ? table->insert_rowid : table->insert;
    kb_sql_buffer_add (buffer, insert, strlen (insert));
    if (after_gap) {
        kb_sql_buffer_add_integer (buffer, *last_rowid);
        kb_sql_buffer_add_char (buffer, ',');
    }
}

static gboolean
add_row (KbDumpBlock *block,
         const KbDumpTable *table,
         KbStmt *stmt,
         int n_columns,
         gint64 *last_rowid,
         GError **error)
{
    start_row (&block->text, table, stmt, last_rowid);
    for (int i = 1; i < n_columns; i++) {
        if (i > 1)
            kb_sql_buffer_add_char (&block->text, ',');
        if (!add_value (&block->text, stmt, i, error))
            return FALSE;
    }
    kb_sql_buffer_add (&block->text, ");\n", 3);
    block->n_rows++;
    return TRUE;
}

static KbDumpBlock *
next_empty (Reader *self)
{
    KbDumpBlock *block = pop (self->empty);

    if (block->text.capacity > MAX_KEPT_BYTES) {
        kb_sql_buffer_clear (&block->text);
        kb_sql_buffer_init (&block->text, BLOCK_BYTES + BLOCK_BYTES / 4);
    }
    block->text.length = 0;
    block->n_rows = 0;
    block->ends_chunk = block->ends_table = FALSE;
    return block;
}

/* Reads the rows of a chunk into *@block and, as each is full, further ones. */
static gboolean
read_chunk (Reader *self, const Chunk *chunk, KbDumpBlock **block, gsize *n_bytes, GError **error)
{
    gint64 last_rowid = chunk->before;
    KbStep step;

    if (chunk->table->find_next != NULL &&
        (!kb_sqlite_bind_int64 (self->select, 1, chunk->first, error) ||
         !kb_sqlite_bind_int64 (self->select, 2, chunk->last, error)))
        return FALSE;
    int n_columns = sqlite3_column_count (self->select);
    while ((step = kb_sqlite_step (self->select, error)) == KB_STEP_ROW) {
        if (!add_row (*block, chunk->table, self->select, n_columns, &last_rowid, error))
            return FALSE;
        if ((*block)->text.length < BLOCK_BYTES)
            continue;
        if (g_atomic_int_get (&self->rows->stop))
            return TRUE;
        *n_bytes += (*block)->text.length;
        push (self->full, *block);
        *block = next_empty (self);
    }
    *n_bytes += (*block)->text.length;
    sqlite3_reset (self->select);
    return step == KB_STEP_DONE;
}

static gpointer
run_reader (gpointer user_data)
{
    Reader *self = user_data;
    KbDumpRows *rows = self->rows;
    Chunk chunk = {0};
    GError *error = NULL;
    gboolean ok = TRUE;

    while (ok && !g_atomic_int_get (&rows->stop) && take (self, &chunk, &error)) {
        KbDumpBlock *block = next_empty (self);
        gsize n_bytes = 0;
        ok = read_chunk (self, &chunk, &block, &n_bytes, &error);
        adapt_width (rows, &chunk, n_bytes);
        block->error = g_steal_pointer (&error);
        block->ends_chunk = TRUE;
        block->ends_table = chunk.ends_table;
        push (self->full, block);
    }
    if (error != NULL) { /* of take(), which has put this reader in order */
        KbDumpBlock *block = next_empty (self);
        block->error = error;
        push (self->full, block);
    }
    g_clear_pointer (&self->select, kb_sqlite_finalize);
    g_clear_pointer (&self->find_next, kb_sqlite_finalize);
    return NULL;
}

static void
reader_init (Reader *self, KbDumpRows *rows, KbSqlite *db)
{
    self->rows = rows;
    self->db = db;
    self->empty = g_async_queue_new();
    self->full = g_async_queue_new();
    for (int i = 0; i < BLOCKS_PER_READER; i++) {
        kb_sql_buffer_init (&self->blocks[i].text, BLOCK_BYTES + BLOCK_BYTES / 4);
        push (self->empty, &self->blocks[i]);
    }
}

/* Only after its thread has ended. */
static void
reader_clear (Reader *self)
{
    for (int i = 0; i < BLOCKS_PER_READER; i++) {
        kb_sql_buffer_clear (&self->blocks[i].text);
        g_clear_error (&self->blocks[i].error);
    }
    g_async_queue_unref (self->empty);
    g_async_queue_unref (self->full);
}

/**
 * kb_dump_rows_new:
 * @snapshot: a moment of a database; nobody else uses its readers until this is freed
 * @tables: (element-type KbDumpTable): the tables, in the order of the dump; must outlive this
 *
 * Starts a thread for each reader.
 *
 * Returns: (transfer full): the rows
 */
KbDumpRows *
kb_dump_rows_new (KbSnapshot *snapshot, GPtrArray *tables)
{
    KbDumpRows *self = g_new0 (KbDumpRows, 1);

    self->tables = tables;
    self->n_readers = snapshot->n_readers;
    self->order = g_async_queue_new();
    g_mutex_init (&self->lock);
    for (guint i = 0; i < self->n_readers; i++)
        reader_init (&self->readers[i], self, snapshot->readers[i]);
    for (guint i = 0; i < self->n_readers; i++)
        self->readers[i].thread = g_thread_new ("kb-dump", run_reader, &self->readers[i]);
    return self;
}

/* The block that the writer has had goes back to its reader. */
static void
give_back (KbDumpRows *self)
{
    KbDumpBlock *block = g_steal_pointer (&self->lent);

    if (block == NULL)
        return;
    Reader *reader = self->current;
    if (block->ends_chunk)
        self->current = NULL;
    push (reader->empty, block);
}

/**
 * kb_dump_rows_next:
 * @self: rows
 * @error: return location for a #GError
 *
 * Waits for the next rows. The caller knows the number of tables, and does not ask again after the
 * end of the last one.
 *
 * Errors: %KB_ERROR_CORRUPT, %KB_ERROR_IO, %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer none) (nullable): a block, until the next call
 */
KbDumpBlock *
kb_dump_rows_next (KbDumpRows *self, GError **error)
{
    give_back (self);
    if (self->current == NULL)
        self->current = pop (self->order);
    KbDumpBlock *block = pop (self->current->full);
    if (block->error != NULL) {
        g_propagate_error (error, g_steal_pointer (&block->error));
        return NULL;
    }
    self->lent = block;
    return block;
}

/**
 * kb_dump_rows_free:
 * @self: (nullable) (transfer full): rows
 *
 * Ends the threads, also in the middle of the work.
 */
void
kb_dump_rows_free (KbDumpRows *self)
{
    KbDumpBlock spare[KB_SNAPSHOT_MAX_READERS] = {0}; /* for readers that wait for a block */

    if (self == NULL)
        return;
    g_atomic_int_set (&self->stop, TRUE);
    for (guint i = 0; i < self->n_readers; i++)
        push (self->readers[i].empty, &spare[i]);
    for (guint i = 0; i < self->n_readers; i++)
        g_thread_join (self->readers[i].thread);
    for (guint i = 0; i < self->n_readers; i++) {
        kb_sql_buffer_clear (&spare[i].text);
        g_clear_error (&spare[i].error);
        reader_clear (&self->readers[i]);
    }
    g_async_queue_unref (self->order);
    g_mutex_clear (&self->lock);
    g_free (self);
}
