/* SPDX-License-Identifier: MIT */
#include "kb-dump-second.h"

#include "kb-dump-share.h"

#include <stdatomic.h>

#define STATEMENTS_BETWEEN_CHECKS 1024

typedef enum { RUNNING, SUCCEEDED, FAILED } State;

struct _KbDumpSecond {
    KbDumpSecondOptions options;
    char *path;      /* of its database */
    GThread *thread; /* NULL: it has been joined */
    GCancellable *stop;
    _Atomic uint64_t position; /* in the file */
    _Atomic int state;         /* State; with anything but RUNNING the thread has done its work */
    char *checksum;            /* of all statements, once it has succeeded */
};

static gboolean
load_statements (KbDumpSecond *self, KbDumpReader *reader, KbDumpLoader *loader, GError **error)
{
    g_autoptr (KbDumpShare) share = kb_dump_share_new (loader, KB_DUMP_SECOND);
    const KbSource *source = kb_dump_reader_get_source (reader);
    KbStatement statement;

    for (uint64_t n = 0;; n++) {
        if (n % STATEMENTS_BETWEEN_CHECKS == 0) {
            atomic_store_explicit (&self->position, kb_source_get_position (source),
                                   memory_order_relaxed);
            if (g_cancellable_set_error_if_cancelled (self->stop, error))
                return FALSE;
        }
        if (!kb_dump_reader_next (reader, &statement, error))
            return FALSE;
        if (statement.type == KB_STATEMENT_END)
            break;
        if (!kb_dump_share_take (share, &statement, error))
            return FALSE;
    }
    atomic_store_explicit (&self->position, kb_source_get_position (source), memory_order_relaxed);
    self->checksum = g_strdup (kb_dump_reader_get_part_checksum (reader));
    return kb_dump_loader_finish (loader, NULL, NULL, error);
}

static gboolean
load (KbDumpSecond *self, GError **error)
{
    const KbDumpSecondOptions *options = &self->options;
    KbSource *source = kb_source_open (options->file, options->follow_links, error);
    if (source == NULL)
        return FALSE;
    g_autoptr (KbDumpReader) reader = kb_dump_reader_new_part (source, options->offset, error);
    g_autoptr (KbSqlite) db = reader != NULL ? kb_scratch_create (&options->scratch, error) : NULL;
    if (db == NULL)
        return FALSE;
    g_autoptr (KbDumpLoader) loader =
        kb_dump_loader_new (db, options->file, options->is_ours, self->stop, error);
    return loader != NULL && load_statements (self, reader, loader, error);
}

/* Why it fails nobody asks: the first half goes on alone, and meets the same. */
static gpointer
run (gpointer user_data)
{
    KbDumpSecond *self = user_data;
    gboolean ok = load (self, NULL);

    atomic_store_explicit (&self->state, ok ? SUCCEEDED : FAILED, memory_order_release);
    return NULL;
}

/**
 * kb_dump_second_start:
 * @options: what to load, and where
 *
 * Starts a thread that loads a dump from somewhere in it on. Whether a statement begins there, and
 * what becomes of the result, is for the caller to find out. The thread ends by itself at COMMIT.
 *
 * Returns: (transfer full): the second half
 */
KbDumpSecond *
kb_dump_second_start (const KbDumpSecondOptions *options)
{
    KbDumpSecond *self = g_new0 (KbDumpSecond, 1);

    self->options = *options;
    self->path = g_strdup (options->scratch.path);
    self->options.scratch.path = self->path;
    self->position = options->offset;
    self->stop = g_cancellable_new();
    self->thread = g_thread_try_new ("kb-load", run, self, NULL);
    if (self->thread == NULL)
        self->state = FAILED;
    return self;
}

/**
 * kb_dump_second_stop:
 * @self: a second half
 *
 * Ends the thread within a few milliseconds, and removes its database: it will not be used. Once
 * the work is done, it only waits for the thread to go.
 */
void
kb_dump_second_stop (KbDumpSecond *self)
{
    if (self->thread == NULL)
        return;
    g_cancellable_cancel (self->stop);
    g_thread_join (g_steal_pointer (&self->thread));
    if (kb_dump_second_has_failed (self))
        kb_platform_remove (self->options.scratch.path, NULL);
}

/**
 * kb_dump_second_free:
 * @self: (nullable) (transfer full): a second half; no connection to its database is left
 *
 * Ends the thread and removes the database.
 */
void
kb_dump_second_free (KbDumpSecond *self)
{
    if (self == NULL)
        return;
    kb_dump_second_stop (self);
    kb_platform_remove (self->options.scratch.path, NULL);
    g_object_unref (self->stop);
    g_free (self->checksum);
    g_free (self->path);
    g_free (self);
}

/**
 * kb_dump_second_get_options:
 * @self: a second half
 *
 * Returns: (transfer none): what it was started with
 */
const KbDumpSecondOptions *
kb_dump_second_get_options (const KbDumpSecond *self)
{
    return &self->options;
}

/**
 * kb_dump_second_get_position:
 * @self: a second half
 *
 * Returns: to where it has read the file, in bytes from the beginning
 */
uint64_t
kb_dump_second_get_position (KbDumpSecond *self)
{
    return atomic_load_explicit (&self->position, memory_order_relaxed);
}

/**
 * kb_dump_second_is_running:
 * @self: a second half
 *
 * Returns: whether its work is still under way
 */
gboolean
kb_dump_second_is_running (KbDumpSecond *self)
{
    return atomic_load_explicit (&self->state, memory_order_acquire) == RUNNING;
}

/**
 * kb_dump_second_has_failed:
 * @self: a second half
 *
 * Returns: whether it has given up, for whatever reason
 */
gboolean
kb_dump_second_has_failed (KbDumpSecond *self)
{
    return atomic_load_explicit (&self->state, memory_order_acquire) == FAILED;
}

/**
 * kb_dump_second_get_checksum:
 * @self: a second half whose work is done
 *
 * Returns: (transfer none): kb_dump_reader_get_part_checksum() of what it has read
 */
const char *
kb_dump_second_get_checksum (KbDumpSecond *self)
{
    return self->checksum;
}
