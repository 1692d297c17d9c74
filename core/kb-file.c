/* SPDX-License-Identifier: MIT */
#include "kb-file.h"

#include "kb-error.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define COPY_BYTES (256 * 1024)

/**
 * kb_fd_close:
 * @fd: a descriptor, or -1
 *
 * Closes a descriptor whose file is only read, or has been synced: a failure has no meaning then.
 */
void
kb_fd_close (KbFd fd)
{
    if (fd >= 0)
        g_close (fd, NULL);
}

/**
 * kb_file_write_all:
 * @fd: an open file
 * @bytes: what to write
 * @size_bytes: how much
 * @path: the file's name, for the error
 * @error: return location for a #GError
 *
 * Writes everything, however often the system takes only a part.
 *
 * Errors: as kb_error_code_from_errno().
 *
 * Returns: %TRUE on success
 */
gboolean
kb_file_write_all (int fd, const void *bytes, size_t size_bytes, const char *path, GError **error)
{
    const char *at = bytes;

    while (size_bytes > 0) {
        gssize n = write (fd, at, MIN (size_bytes, 1u << 30));
        if (n < 0) {
            int saved_errno = kb_platform_get_errno();
            if (saved_errno == EINTR)
                continue;
            kb_error_set_errno (error, saved_errno, "write", path);
            return FALSE;
        }
        at += n;
        size_bytes -= (size_t) n;
    }
    return TRUE;
}

/**
 * kb_file_read:
 * @fd: an open file
 * @bytes: (out): where to put it
 * @size_bytes: how much at the most
 * @path: the file's name, for the error
 * @error: return location for a #GError
 *
 * Reads until @size_bytes are there or the file ends.
 *
 * Errors: as kb_error_code_from_errno().
 *
 * Returns: the bytes read, fewer than asked only at the end of the file, or -1
 */
gssize
kb_file_read (int fd, void *bytes, size_t size_bytes, const char *path, GError **error)
{
    size_t have = 0;

    while (have < size_bytes) {
        gssize n = read (fd, (char *) bytes + have, MIN (size_bytes - have, 1u << 30));
        if (n == 0)
            break;
        if (n < 0) {
            int saved_errno = kb_platform_get_errno();
            if (saved_errno == EINTR)
                continue;
            kb_error_set_errno (error, saved_errno, "read", path);
            return -1;
        }
        have += (size_t) n;
    }
    return (gssize) have;
}

/**
 * kb_file_read_text:
 * @path: a small file
 * @max_bytes: the most that it may have; what lies beyond is an error
 * @length: (out) (optional): its length in bytes
 * @error: return location for a #GError
 *
 * Reads a whole file. Only for regular files that are no database.
 *
 * Errors: %KB_ERROR_NOT_FOUND, %KB_ERROR_PERMISSION, %KB_ERROR_NOT_A_BACKUP when it is no regular
 * file or longer than @max_bytes, %KB_ERROR_IO.
 *
 * Returns: (transfer full): the text, with a NUL behind it
 */
char *
kb_file_read_text (const char *path, size_t max_bytes, gsize *length, GError **error)
{
    g_auto (KbFd) fd = kb_platform_open_regular (path, TRUE, error);
    if (fd < 0)
        return NULL;

    g_autofree char *text = g_malloc (max_bytes + 2);
    gssize n = kb_file_read (fd, text, max_bytes + 1, path, error);
    if (n < 0)
        return NULL;
    if ((size_t) n > max_bytes) {
        g_set_error (error, KB_ERROR, KB_ERROR_NOT_A_BACKUP, "read: %s: longer than %zu bytes",
                     path, max_bytes);
        return NULL;
    }
    text[n] = '\0';
    if (length != NULL)
        *length = (gsize) n;
    return g_steal_pointer (&text);
}

/**
 * kb_file_sync_parent:
 * @path: a file
 * @error: return location for a #GError
 *
 * Syncs the folder that holds @path, so that the disk has its name.
 *
 * Errors: as kb_platform_sync_dir().
 *
 * Returns: %TRUE on success
 */
gboolean
kb_file_sync_parent (const char *path, GError **error)
{
    g_autofree char *dir = g_path_get_dirname (path);

    return kb_platform_sync_dir (dir, error);
}

/**
 * kb_file_sync:
 * @path: a file that this process has written and closed
 * @error: return location for a #GError
 *
 * Returns when the disk has all of the file. Not for a database that is open in this process.
 *
 * Errors: as kb_error_code_from_errno().
 *
 * Returns: %TRUE on success
 */
gboolean
kb_file_sync (const char *path, GError **error)
{
    g_auto (KbFd) fd = kb_platform_open_regular (path, FALSE, error);

    return fd >= 0 && kb_platform_sync_fd (fd, path, error);
}

static gboolean
write_part (const char *part, const char *text, gsize length, const KbOwner *owner, GError **error)
{
    g_auto (KbFd) fd = kb_platform_create (part, owner, error);

    return fd >= 0 && kb_file_write_all (fd, text, length, part, error) &&
           kb_platform_sync_fd (fd, part, error);
}

/**
 * kb_file_save_text:
 * @path: the file
 * @text: what it shall hold
 * @length: bytes of @text
 * @owner: (nullable): to whom the file shall belong
 * @error: return location for a #GError
 *
 * Writes a small file so that at every instant it is wholly the old or wholly the new one: a
 * temporary beside it, sync, rename, sync of the folder.
 *
 * Errors: as kb_error_code_from_errno().
 *
 * Returns: %TRUE on success
 */
gboolean
kb_file_save_text (const char *path,
                   const char *text,
                   gsize length,
                   const KbOwner *owner,
                   GError **error)
{
    g_autofree char *part = g_strconcat (path, KB_PART_SUFFIX, NULL);

    if (!kb_platform_remove (part, error))
        return FALSE;
    if (!write_part (part, text, length, owner, error) ||
        !kb_platform_replace (part, path, error)) {
        kb_platform_remove (part, NULL);
        return FALSE;
    }
    return kb_file_sync_parent (path, error);
}

/**
 * kb_file_copy_bytes:
 * @from: where to read, from its present position to its end
 * @to: where to write
 * @path: the name of the file being written, for errors
 * @progress: (nullable): counts bytes
 * @phase: the phase that this is
 * @cancellable: (nullable): looked at every 256 KiB
 * @error: return location for a #GError
 *
 * Copies bytes between two open files; the total is the size of @from.
 *
 * Errors: as kb_error_code_from_errno(), %G_IO_ERROR_CANCELLED.
 *
 * Returns: %TRUE on success
 */
gboolean
kb_file_copy_bytes (int from,
                    int to,
                    const char *path,
                    KbProgress *progress,
                    KbPhase phase,
                    GCancellable *cancellable,
                    GError **error)
{
    g_autofree char *buffer = g_malloc (COPY_BYTES);
    gint64 start = lseek (from, 0, SEEK_CUR);
    gint64 total = lseek (from, 0, SEEK_END) - start;
    uint64_t done = 0;

    if (total < 0 || lseek (from, start, SEEK_SET) < 0)
        total = 0;
    for (;;) {
        if (g_cancellable_set_error_if_cancelled (cancellable, error))
            return FALSE;
        gssize n = kb_file_read (from, buffer, COPY_BYTES, path, error);
        if (n <= 0)
            return n == 0;
        if (!kb_file_write_all (to, buffer, (size_t) n, path, error))
            return FALSE;
        done += (uint64_t) n;
        kb_progress_set (progress, phase, done, (uint64_t) total);
    }
}

/**
 * kb_file_copy:
 * @from_path: a file; no database that is open in this process
 * @to_path: a name that is free
 * @owner: (nullable): to whom the copy shall belong
 * @progress: (nullable): counts bytes
 * @cancellable: (nullable): looked at every 256 KiB
 * @error: return location for a #GError
 *
 * Copies a file and syncs the copy. One that could not be finished is left to the caller.
 *
 * Errors: as kb_error_code_from_errno(), %G_IO_ERROR_CANCELLED.
 *
 * Returns: %TRUE on success
 */
gboolean
kb_file_copy (const char *from_path,
              const char *to_path,
              const KbOwner *owner,
              KbProgress *progress,
              GCancellable *cancellable,
              GError **error)
{
    g_auto (KbFd) from = kb_platform_open_regular (from_path, FALSE, error);
    g_auto (KbFd) to = from >= 0 ? kb_platform_create (to_path, owner, error) : -1;

    return to >= 0 &&
           kb_file_copy_bytes (from, to, to_path, progress, KB_PHASE_COPYING, cancellable, error) &&
           kb_platform_sync_fd (to, to_path, error);
}

/**
 * kb_file_link_or_copy:
 * @path: a file
 * @link_path: a second name for it
 * @owner: to whom a copy shall belong
 * @cancellable: (nullable): looked at every 256 KiB of a copy
 * @error: return location for a #GError
 *
 * Makes a hard link; where the disk has none, a second file with the same bytes, synced. The folder
 * still has to be synced.
 *
 * Errors: as kb_error_code_from_errno(), %KB_ERROR_NOT_A_BACKUP when @path is no regular file,
 * %G_IO_ERROR_CANCELLED.
 *
 * Returns: %KB_NAMING_DONE, %KB_NAMING_EXISTS or %KB_NAMING_FAILED
 */
KbNaming
kb_file_link_or_copy (const char *path,
                      const char *link_path,
                      const KbOwner *owner,
                      GCancellable *cancellable,
                      GError **error)
{
    g_autofree char *part = g_strconcat (link_path, KB_PART_SUFFIX, NULL);
    KbNaming naming = kb_platform_link (path, link_path, error);

    if (naming != KB_NAMING_NO_LINKS)
        return naming;
    if (!kb_platform_remove (part, error))
        return KB_NAMING_FAILED;
    naming = kb_file_copy (path, part, owner, NULL, cancellable, error)
                 ? kb_platform_publish (part, link_path, error)
                 : KB_NAMING_FAILED;
    if (naming != KB_NAMING_DONE)
        kb_platform_remove (part, NULL);
    return naming;
}

/**
 * kb_file_look:
 * @path: a path
 * @found: (out): whether anything has that name, be it a dangling link
 * @error: return location for a #GError
 *
 * Asks whether a name is taken, where "no" must not be what a failing disk says: what is not there
 * gets replaced, or its copy deleted.
 *
 * Errors: %KB_ERROR_PERMISSION, %KB_ERROR_IO.
 *
 * Returns: %TRUE if @found is known
 */
gboolean
kb_file_look (const char *path, gboolean *found, GError **error)
{
    return kb_platform_look (path, found, error);
}

/**
 * kb_file_is_same:
 * @a: a path
 * @b: another
 *
 * Returns: %TRUE if both lead to one file, be it through links
 */
gboolean
kb_file_is_same (const char *a, const char *b)
{
    KbFileId first;
    KbFileId second;

    return kb_platform_file_id (a, &first) && kb_platform_file_id (b, &second) &&
           first.device == second.device && first.inode == second.inode;
}

/**
 * kb_file_size:
 * @path: a file
 *
 * Returns: its size in bytes, or 0 when there is none
 */
uint64_t
kb_file_size (const char *path)
{
    GStatBuf info;

    return g_stat (path, &info) == 0 && info.st_size > 0 ? (uint64_t) info.st_size : 0;
}

/**
 * kb_file_mtime:
 * @path: a file
 *
 * Returns: when it was last written, in seconds since 1970, or 0 when there is none
 */
gint64
kb_file_mtime (const char *path)
{
    GStatBuf info;

    return g_stat (path, &info) == 0 ? info.st_mtime : 0;
}

/**
 * kb_file_require_space:
 * @dir: a folder
 * @needed: how many bytes are to be written there
 * @error: return location for a #GError
 *
 * Errors: %KB_ERROR_NO_SPACE, which says how much there is; as kb_error_code_from_errno().
 *
 * Returns: %TRUE if they fit
 */
gboolean
kb_file_require_space (const char *dir, uint64_t needed, GError **error)
{
    uint64_t available;

    if (!kb_platform_free_space (dir, &available, error))
        return FALSE;
    if (available < needed) {
        kb_error_set_space (error, needed, available, dir);
        return FALSE;
    }
    return TRUE;
}

/**
 * kb_file_remove_tree:
 * @path: a file or folder
 * @error: return location for a #GError
 *
 * Removes a folder with everything in it. Links are removed, and never followed. What is not there
 * is no failure.
 *
 * Errors: as kb_error_code_from_errno().
 *
 * Returns: %TRUE if it is gone
 */
gboolean
kb_file_remove_tree (const char *path, GError **error)
{
    gboolean is_dir = g_file_test (path, G_FILE_TEST_IS_DIR) && !kb_platform_is_link (path);
    g_autoptr (GDir) dir = is_dir ? g_dir_open (path, 0, NULL) : NULL;
    const char *name;

    while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
        g_autofree char *child = g_build_filename (path, name, NULL);
        if (!kb_file_remove_tree (child, error))
            return FALSE;
    }
    g_clear_pointer (&dir, g_dir_close); /* Windows keeps the name of a folder that is open */
    return kb_platform_remove (path, error);
}
