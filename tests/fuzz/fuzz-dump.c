/* SPDX-License-Identifier: MIT */
/* kb-dump-reader, kb-dump-loader and kb-dump-authorizer, and the writer after them: what loads is a
 * sound database, whose dump loads again. */
#include "kb-dump-load.h"
#include "kb-dump-writer.h"
#include "kb-error.h"
#include "kb-fuzz.h"
#include "kb-scratch.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MAX_BYTES (8 * 1024 * 1024)

static char *
path_of (int fd)
{
    return g_strdup_printf ("/proc/self/fd/%d", fd);
}

static KbSqlite *
load (int fd, GError **error)
{
    g_autofree char *path = path_of (fd);
    KbSource *source = kb_source_open (path, TRUE, error);
    if (source == NULL)
        return NULL;
    g_autoptr (KbDumpReader) reader = kb_dump_reader_new (source, error);
    if (reader == NULL)
        return NULL;
    const KbHeader *header = kb_dump_reader_get_header (reader);
    const KbScratchOptions options = {
        .path = "",
        .max_bytes = MAX_BYTES,
        .encoding = header != NULL ? header->encoding : NULL,
        .page_size = header != NULL ? (unsigned) CLAMP (header->page_size, 0, 65536) : 0,
    };
    g_autoptr (KbSqlite) db = kb_scratch_create (&options, error);
    g_assert_nonnull (db);
    return kb_dump_load (reader, db, NULL, NULL, error) ? g_steal_pointer (&db) : NULL;
}

/* A dump of what has been loaded. Only odd schemas cannot be written. */
static void
check_again (KbSqlite *db)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (KbHeader) header = kb_header_new();
    g_autoptr (KbFooter) footer = NULL;
    KbSnapshot snapshot = {.readers = {db}, .n_readers = 1};
    int fd = memfd_create ("again", 0);

    g_autofree char *verdict = kb_sqlite_query_text (db, "PRAGMA quick_check(1)", &error);
    g_assert_no_error (error);
    g_assert_cmpstr (verdict, ==, "ok");
    header->time = g_date_time_new_from_unix_utc (0);
    header->encoding = kb_sqlite_query_text (db, "PRAGMA encoding", &error);
    kb_sqlite_exec (db, "BEGIN", &error);
    g_assert_no_error (error);
    if (!kb_dump_write (&snapshot, header, fd, "again", &footer, NULL, &error)) {
        g_assert_error (error, KB_ERROR, (int) KB_ERROR_UNSUPPORTED);
    } else {
        g_autoptr (KbSqlite) again = load (fd, &error);
        g_assert_no_error (error);
    }
    close (fd);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    g_autoptr (GError) error = NULL;
    int fd = memfd_create ("dump", 0);

    g_assert_true (write (fd, data, size) == (ssize_t) size);
    {
        g_autoptr (KbSqlite) db = load (fd, &error);
        g_assert_true ((db != NULL) == (error == NULL));
        if (db != NULL)
            check_again (db);
        else if (!g_error_matches (error, KB_ERROR, KB_ERROR_CORRUPT) &&
                 !g_error_matches (error, KB_ERROR, KB_ERROR_NOT_A_BACKUP) &&
                 !g_error_matches (error, KB_ERROR, KB_ERROR_TOO_NEW))
            g_error ("unexpected: %s", error->message);
        g_assert_true (error == NULL || g_utf8_validate (error->message, -1, NULL));
    }
    close (fd);
    return 0;
}
