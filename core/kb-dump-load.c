/* SPDX-License-Identifier: MIT */
/* A dump may be loaded by two threads, the second of which begins somewhere in the middle, at what
 * looks like the end of a table. The first reads all of the file, so it alone decides: when a
 * statement of its begins exactly there, the guess was right, and from there on it leaves the rows
 * of the tables to come to the second (kb-dump-share). In the end it takes them over, record by
 * record (kb-dump-transfer). When anything at all is not as it should be, the work of the second is
 * thrown away, and the first does it alone: errors are always those of one thread. */
#include "kb-dump-load.h"

#include "kb-dump-share.h"
#include "kb-dump-transfer.h"
#include "kb-error.h"

#define STATEMENTS_BETWEEN_CHECKS 1024
#define WAIT_US 5000

/* Copying a table takes this part of the time of loading it. */
#define TRANSFER_DIVISOR 4

typedef struct {
    KbDumpReader *reader;
    KbDumpLoader *loader;
    KbDumpSecond *second; /* NULL: there is none, or it is of no use any more */
    KbDumpShare *share;   /* from the mark on */
    double transferred;   /* which part of the rows of the second thread */
    KbProgress *progress;
    GCancellable *cancellable;
} Load;

/* Bytes of the file, with what both threads have read; then tables copied. */
static void
show_progress (Load *self)
{
    const KbSource *source = kb_dump_reader_get_source (self->reader);
    uint64_t size = kb_source_get_size (source);
    uint64_t done = kb_source_get_position (source);

    if (self->second != NULL) {
        uint64_t offset = kb_dump_second_get_options (self->second)->offset;
        uint64_t transfer = (size - offset) / TRANSFER_DIVISOR;
        done = MIN (done, offset) + kb_dump_second_get_position (self->second) - offset +
               (uint64_t) ((double) transfer * self->transferred);
        size += transfer;
    }
    kb_progress_set (self->progress, KB_PHASE_LOADING, done, size);
}

static gboolean
check_in (Load *self, GError **error)
{
    if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
        return FALSE;
    show_progress (self);
    if (self->share == NULL || !kb_dump_second_has_failed (self->second))
        return TRUE;
    g_set_error (error, KB_ERROR, KB_ERROR_INTERNAL, "load: the second half has failed");
    return FALSE;
}

/* The statement is the first one at or behind the mark. */
static void
meet_mark (Load *self)
{
    if (kb_dump_reader_is_at_mark (self->reader) && !kb_dump_second_has_failed (self->second)) {
        self->share = kb_dump_share_new (self->loader, KB_DUMP_FIRST);
        return;
    }
    kb_dump_second_stop (self->second);
    self->second = NULL;
}

static gboolean
transfer_tables (Load *self, GError **error)
{
    const GPtrArray *tables = kb_dump_share_get_tables (self->share);
    KbSqlite *db = kb_dump_loader_get_db (self->loader);
    uint64_t all_rows = 1;
    uint64_t rows = 0;

    for (guint i = 0; i < tables->len; i++)
        all_rows += ((KbSharedTable *) tables->pdata[i])->n_rows;
    for (guint i = 0; i < tables->len; i++) {
        const KbSharedTable *table = tables->pdata[i];
        if (table->n_rows == 0) /* SQLite would count its rowids */
            continue;
        if (!kb_dump_transfer_table (db, table->name, table->n_rows, error))
            return FALSE;
        rows += table->n_rows;
        self->transferred = (double) rows / (double) all_rows;
        if (!check_in (self, error))
            return FALSE;
    }
    return TRUE;
}

/* Both have seen the same statements up to here; that they were the same bytes their checksums say,
 * also when somebody has changed the file between the two. */
static gboolean
join (Load *self, GError **error)
{
    const char *checksum = kb_dump_reader_get_part_checksum (self->reader);

    while (kb_dump_second_is_running (self->second)) {
        if (!check_in (self, error))
            return FALSE;
        g_usleep (WAIT_US);
    }
    if (!check_in (self, error))
        return FALSE;
    kb_dump_second_stop (self->second);
    if (g_strcmp0 (checksum, kb_dump_second_get_checksum (self->second)) != 0) {
        g_set_error (error, KB_ERROR, KB_ERROR_INTERNAL, "load: the halves do not fit");
        return FALSE;
    }
    const char *path = kb_dump_second_get_options (self->second)->scratch.path;
    kb_dump_loader_set_trusted (self->loader, TRUE);
    gboolean ok = kb_dump_transfer_begin (kb_dump_loader_get_db (self->loader), path, error) &&
                  transfer_tables (self, error);
    kb_dump_loader_set_trusted (self->loader, FALSE);
    return ok;
}

static gboolean
take (Load *self, const KbStatement *statement, GError **error)
{
    if (self->second != NULL && self->share == NULL &&
        kb_dump_reader_has_passed_mark (self->reader))
        meet_mark (self);
    if (statement->type == KB_STATEMENT_END)
        return self->share == NULL || join (self, error);
    return self->share != NULL ? kb_dump_share_take (self->share, statement, error)
                               : kb_dump_loader_take (self->loader, statement, error);
}

static gboolean
load_statements (Load *self, GError **error)
{
    KbStatement statement;
    uint64_t n = 0;

    do {
        if (n++ % STATEMENTS_BETWEEN_CHECKS == 0 && !check_in (self, error))
            return FALSE;
        if (!kb_dump_reader_next (self->reader, &statement, error) ||
            !take (self, &statement, error))
            return FALSE;
    } while (statement.type != KB_STATEMENT_END);
    return kb_dump_loader_finish (self->loader, kb_dump_reader_get_header (self->reader),
                                  kb_dump_reader_get_footer (self->reader), error) &&
           (self->share == NULL ||
            kb_dump_transfer_end (kb_dump_loader_get_db (self->loader), error));
}

/**
 * kb_dump_load_shared:
 * @reader: a dump, at its first statement; not trusted
 * @scratch: an empty database of kb_scratch_create(); thrown away by the caller, and before
 *     @second, when it has not been loaded
 * @second: (nullable): a thread that has begun to load a part of the same dump
 * @progress: (nullable): counts bytes of the file
 * @cancellable: (nullable): looked at every 1,024 statements, and within long ones
 * @error: return location for a #GError
 *
 * Loads a dump, with the help of a second thread where one has been started.
 *
 * Errors: %KB_ERROR_NOT_A_BACKUP, %KB_ERROR_CORRUPT when the file is damaged or does what no backup
 * does, %KB_ERROR_NO_SPACE, %KB_ERROR_IO, %G_IO_ERROR_CANCELLED; none with %KB_DUMP_RETRY.
 *
 * Returns: what has come of it
 */
KbDumpOutcome
kb_dump_load_shared (KbDumpReader *reader,
                     KbSqlite *scratch,
                     KbDumpSecond *second,
                     KbProgress *progress,
                     GCancellable *cancellable,
                     GError **error)
{
    const char *path = kb_source_get_path (kb_dump_reader_get_source (reader));
    gboolean is_ours = kb_dump_reader_get_header (reader) != NULL;
    g_autoptr (GError) local = NULL;
    g_autoptr (KbDumpLoader) loader =
        kb_dump_loader_new (scratch, path, is_ours, cancellable, error);
    Load self = {.reader = reader,
                 .loader = loader,
                 .second = second,
                 .progress = progress,
                 .cancellable = cancellable};

    if (loader == NULL)
        return KB_DUMP_FAILED;
    if (second != NULL)
        kb_dump_reader_set_mark (reader, kb_dump_second_get_options (second)->offset);
    gboolean ok = load_statements (&self, &local);
    gboolean was_shared = self.share != NULL;
    kb_dump_share_free (self.share);
    if (ok)
        return KB_DUMP_LOADED;
    if (was_shared && !g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return KB_DUMP_RETRY;
    g_propagate_error (error, g_steal_pointer (&local));
    return KB_DUMP_FAILED;
}

/**
 * kb_dump_load:
 * @reader: a dump, at its first statement; not trusted
 * @scratch: an empty database of kb_scratch_create(); thrown away by the caller on failure
 * @progress: (nullable): counts bytes of the file
 * @cancellable: (nullable): looked at every 1,024 statements, and within long ones
 * @error: return location for a #GError
 *
 * Loads a dump in the calling thread alone.
 *
 * Errors: as kb_dump_load_shared().
 *
 * Returns: %TRUE if all of the dump is in @scratch
 */
gboolean
kb_dump_load (KbDumpReader *reader,
              KbSqlite *scratch,
              KbProgress *progress,
              GCancellable *cancellable,
              GError **error)
{
    return kb_dump_load_shared (reader, scratch, NULL, progress, cancellable, error) ==
           KB_DUMP_LOADED;
}
