/* SPDX-License-Identifier: MIT */
/* Runs one step of the engine alone, so that it can be timed beside its peers.
 *
 *   kb-bench dump DATABASE FILE    the dump, without sync and check
 *   kb-bench dump-1 DATABASE FILE  the same by one reader
 *   kb-bench load FILE DATABASE    the load, without check
 *   kb-bench load-1 FILE DATABASE  the same by one thread
 *   kb-bench parse FILE            what a backup reads back to check itself
 */
#include "kb-dump-load.h"
#include "kb-dump-middle.h"
#include "kb-dump-reader.h"
#include "kb-dump-writer.h"
#include "kb-file.h"
#include "kb-scratch.h"
#include "kb-summary-reader.h"

#include <glib/gstdio.h>
#include <string.h>

static gboolean
dump (const char *database, const char *file, guint n_readers, GError **error)
{
    g_autoptr (KbHeader) header = kb_header_new();
    g_autoptr (KbFooter) footer = NULL;
    g_autoptr (KbSnapshot) snapshot = kb_snapshot_open (database, n_readers, NULL, error);
    g_auto (KbFd) fd = snapshot != NULL ? kb_platform_create (file, NULL, error) : -1;

    header->time = g_date_time_new_now_local();
    return fd >= 0 && kb_dump_describe (snapshot->readers[0], header, error) &&
           kb_dump_write (snapshot, header, fd, file, &footer, NULL, error);
}

static KbDumpReader *
open_reader (const char *file, GError **error)
{
    KbSource *source = kb_source_open (file, TRUE, error);

    return source != NULL ? kb_dump_reader_new (source, error) : NULL;
}

static gboolean
load (const char *file, const char *database, gboolean is_shared, GError **error)
{
    g_autoptr (KbDumpReader) reader = open_reader (file, error);
    if (reader == NULL)
        return FALSE;

    const KbHeader *header = kb_dump_reader_get_header (reader);
    uint64_t middle = is_shared ? kb_dump_find_middle (file, TRUE) : 0;
    g_autofree char *path = g_strconcat (database, "-second", NULL);
    KbScratchOptions options = {
        .path = database,
        .page_size = header != NULL ? (unsigned) header->page_size : 0,
        .encoding = header != NULL ? header->encoding : NULL,
        .is_half = middle > 0,
    };
    KbDumpSecondOptions half = {.file = file, .is_ours = header != NULL, .offset = middle};
    half.follow_links = TRUE;
    half.scratch = options;
    half.scratch.path = path;
    g_autoptr (KbDumpSecond) second = middle > 0 ? kb_dump_second_start (&half) : NULL;
    g_autoptr (KbSqlite) db = kb_scratch_create (&options, error);

    gboolean ok =
        db != NULL && kb_dump_load_shared (reader, db, second, NULL, NULL, error) == KB_DUMP_LOADED;
    if (ok && kb_dump_reader_get_part_checksum (reader) != NULL)
        g_print ("two threads\n");
    return ok;
}

static gboolean
parse (const char *file, GError **error)
{
    g_autoptr (KbDumpReader) reader = open_reader (file, error);
    KbStatement statement;

    if (reader == NULL)
        return FALSE;
    do {
        if (!kb_dump_reader_next (reader, &statement, error))
            return FALSE;
    } while (statement.type != KB_STATEMENT_END);
    return TRUE;
}

int
main (int argc, char **argv)
{
    g_autoptr (GError) error = NULL;
    gboolean ok = FALSE;

    if (argc == 4 && strcmp (argv[1], "dump") == 0)
        ok = dump (argv[2], argv[3], kb_snapshot_useful_readers(), &error);
    else if (argc == 4 && strcmp (argv[1], "dump-1") == 0)
        ok = dump (argv[2], argv[3], 1, &error);
    else if (argc == 4 && strcmp (argv[1], "load") == 0)
        ok = load (argv[2], argv[3], TRUE, &error);
    else if (argc == 4 && strcmp (argv[1], "load-1") == 0)
        ok = load (argv[2], argv[3], FALSE, &error);
    else if (argc == 3 && strcmp (argv[1], "parse") == 0)
        ok = parse (argv[2], &error);
    else
        g_printerr (
            "kb-bench dump|dump-1 DATABASE FILE | load|load-1 FILE DATABASE | parse FILE\n");
    if (error != NULL)
        g_printerr ("%s\n", error->message);
    return ok ? 0 : 1;
}
