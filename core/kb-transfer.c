/* SPDX-License-Identifier: MIT */
#include "kb-transfer.h"

#include "kb-checksum.h"
#include "kb-error.h"
#include "kb-file.h"

#include <string.h>
#include <unistd.h>

#define BUFFER_BYTES (256 * 1024)

/* Reads a file from its start to its end, writes what it reads to @to unless that is -1, and sums
 * it up. */
static char *
read_through (int from,
              const char *from_path,
              int to,
              const char *to_path,
              KbPhase phase,
              KbProgress *progress,
              GCancellable *cancellable,
              GError **error)
{
    g_autofree char *buffer = g_malloc (BUFFER_BYTES);
    g_autoptr (KbChecksum) checksum = kb_checksum_new();
    gint64 total = lseek (from, 0, SEEK_END);
    guint64 done = 0;

    if (total < 0 || lseek (from, 0, SEEK_SET) != 0) {
        g_set_error (error, KB_ERROR, KB_ERROR_IO, "read: %s: cannot find its start", from_path);
        return NULL;
    }
    for (;;) {
        if (g_cancellable_set_error_if_cancelled (cancellable, error))
            return NULL;
        kb_progress_set (progress, phase, done, (uint64_t) total);
        gssize n = kb_file_read (from, buffer, BUFFER_BYTES, from_path, error);
        if (n < 0 ||
            (to >= 0 && n > 0 && !kb_file_write_all (to, buffer, (size_t) n, to_path, error)))
            return NULL;
        if (n == 0)
            return kb_checksum_to_string (checksum);
        kb_checksum_update (checksum, buffer, (gsize) n);
        done += (guint64) n;
    }
}

/**
 * kb_transfer_run:
 * @from: a file that is open for reading
 * @from_path: its name, for errors
 * @to: an empty file that is open for reading and writing
 * @to_path: its name, for errors
 * @progress: (nullable): counts bytes, first of the copying, then of the reading back
 * @cancellable: (nullable): looked at every 256 KiB
 * @error: return location for a #GError
 *
 * Copies a file to a disk that nobody trusts: syncs the copy, asks the system to forget it, reads
 * it back from the disk and compares. On failure the caller removes the copy.
 *
 * Errors: as kb_error_code_from_errno(), %KB_ERROR_IO when the disk gives back something else,
 * %G_IO_ERROR_CANCELLED.
 *
 * Returns: %TRUE if the disk has the same bytes
 */
gboolean
kb_transfer_run (int from,
                 const char *from_path,
                 int to,
                 const char *to_path,
                 KbProgress *progress,
                 GCancellable *cancellable,
                 GError **error)
{
    g_autofree char *written =
        read_through (from, from_path, to, to_path, KB_PHASE_COPYING, progress, cancellable, error);

    if (written == NULL)
        return FALSE;
    kb_progress_set (progress, KB_PHASE_SYNCING, 0, 0);
    if (!kb_platform_sync_fd (to, to_path, error))
        return FALSE;
    kb_platform_drop_cache (to);
    g_autofree char *read_back =
        read_through (to, to_path, -1, NULL, KB_PHASE_CHECKING, progress, cancellable, error);
    if (read_back == NULL)
        return FALSE;
    if (strcmp (written, read_back) != 0)
        g_set_error (error, KB_ERROR, KB_ERROR_IO,
                     "check: %s: the disk gives back something else than was written", to_path);
    return strcmp (written, read_back) == 0;
}

/**
 * kb_transfer_compare:
 * @from: a file that is open for reading
 * @from_path: its name, for errors
 * @path: a name that may be taken
 * @is_equal: (out): whether a regular file with the same bytes has it
 * @cancellable: (nullable): looked at every 256 KiB
 * @error: return location for a #GError
 *
 * Looks whether a disk has a file already, reading it from the disk.
 *
 * Errors: as kb_error_code_from_errno(), %G_IO_ERROR_CANCELLED.
 *
 * Returns: %TRUE if @is_equal is known
 */
gboolean
kb_transfer_compare (int from,
                     const char *from_path,
                     const char *path,
                     gboolean *is_equal,
                     GCancellable *cancellable,
                     GError **error)
{
    g_autoptr (GError) local = NULL;
    g_auto (KbFd) there = kb_platform_open_regular (path, FALSE, &local);

    *is_equal = FALSE;
    if (g_error_matches (local, KB_ERROR, KB_ERROR_NOT_A_BACKUP) ||
        g_error_matches (local, KB_ERROR, KB_ERROR_NOT_FOUND))
        return TRUE;
    if (there < 0) {
        g_propagate_error (error, g_steal_pointer (&local));
        return FALSE;
    }
    if (lseek (there, 0, SEEK_END) != lseek (from, 0, SEEK_END))
        return TRUE;
    kb_platform_drop_cache (there);
    g_autofree char *ours =
        read_through (from, from_path, -1, NULL, KB_PHASE_PREPARING, NULL, cancellable, error);
    g_autofree char *theirs =
        ours != NULL
            ? read_through (there, path, -1, NULL, KB_PHASE_PREPARING, NULL, cancellable, error)
            : NULL;
    if (theirs == NULL)
        return FALSE;
    *is_equal = strcmp (ours, theirs) == 0;
    return TRUE;
}

/**
 * kb_transfer_refuse_journals:
 * @path: a file
 * @error: return location for a #GError
 *
 * Refuses a database whose newest rows lie in another file: it cannot be copied as one.
 *
 * Errors: %KB_ERROR_UNSUPPORTED.
 *
 * Returns: %TRUE if the file is all there is
 */
gboolean
kb_transfer_refuse_journals (const char *path, GError **error)
{
    static const char *const suffixes[] = {"-wal", "-journal"};

    for (size_t i = 0; i < G_N_ELEMENTS (suffixes); i++) {
        g_autofree char *journal = g_strconcat (path, suffixes[i], NULL);
        if (kb_file_size (journal) > 0) {
            g_set_error (error, KB_ERROR, KB_ERROR_UNSUPPORTED,
                         "copy: %s: a part of the data is in another file", journal);
            return FALSE;
        }
    }
    return TRUE;
}

/**
 * kb_transfer_make_name:
 * @name: a file name
 * @number: from 1 on, the which name it is that is tried
 *
 * Makes names for files that would have the same one. The number goes before the suffix, with a
 * point in front: what is a backup's name to kb_backup_name_parse(), and to Kolibri (whose time is
 * `[\d\-_]+`; kolibri/core/deviceadmin/utils.py), stays one, and its time is the same.
 *
 * Returns: (transfer full): @name itself for 1, else as `db-v0.17.5_2026-05-01_10-11-12.2.dump`
 */
char *
kb_transfer_make_name (const char *name, int number)
{
    const char *point = strrchr (name, '.');
    int stem = point != NULL && point != name ? (int) (point - name) : (int) strlen (name);

    if (number == 1)
        return g_strdup (name);
    return g_strdup_printf ("%.*s.%d%s", stem, name, number, name + stem);
}
