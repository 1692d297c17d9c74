/* SPDX-License-Identifier: MIT */
#include "kb-error.h"
#include "kb-platform.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

/**
 * kb_platform_read_owner:
 * @path: a file that exists
 * @owner: (out): to whom it belongs
 * @error: return location for a #GError
 *
 * Errors: %KB_ERROR_NOT_FOUND, %KB_ERROR_PERMISSION, %KB_ERROR_IO.
 *
 * Returns: %TRUE on success
 */
gboolean
kb_platform_read_owner (const char *path, KbOwner *owner, GError **error)
{
    struct stat info;

    if (stat (path, &info) != 0) {
        int saved_errno = errno;
        kb_error_set_errno (error, saved_errno, "look at", path);
        return FALSE;
    }
    owner->uid = info.st_uid;
    owner->gid = info.st_gid;
    owner->file_mode = info.st_mode & 0666;
    owner->dir_mode = owner->file_mode | (owner->file_mode & 0444) >> 2 | S_IRWXU;
    return TRUE;
}

/* What is right already is left alone: FAT has neither owners nor modes, and refuses. */
static gboolean
give_fd_to_owner (int fd, const char *path, mode_t mode, const KbOwner *owner, GError **error)
{
    struct stat info;

    if (fstat (fd, &info) != 0 ||
        ((info.st_uid != owner->uid || info.st_gid != owner->gid) && geteuid() == 0 &&
         fchown (fd, owner->uid, owner->gid) != 0) ||
        (((info.st_mode ^ mode) & 0666) != 0 && fchmod (fd, mode) != 0)) {
        int saved_errno = errno;
        kb_error_set_errno (error, saved_errno, "hand over to the owner", path);
        return FALSE;
    }
    return TRUE;
}

/**
 * kb_platform_give_to_owner:
 * @path: a file or folder of ours
 * @owner: to whom it shall belong
 * @error: return location for a #GError
 *
 * Gives @path the mode of @owner and, when we are root, the user and group. A symbolic link is
 * refused.
 *
 * Errors: %KB_ERROR_PERMISSION, %KB_ERROR_NOT_FOUND, %KB_ERROR_IO.
 *
 * Returns: %TRUE on success
 */
gboolean
kb_platform_give_to_owner (const char *path, const KbOwner *owner, GError **error)
{
    struct stat info;
    int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

    if (fd < 0 || fstat (fd, &info) != 0) {
        int saved_errno = errno;
        if (fd >= 0)
            close (fd);
        kb_error_set_errno (error, saved_errno, "hand over to the owner", path);
        return FALSE;
    }

    mode_t mode = S_ISDIR (info.st_mode) ? owner->dir_mode : owner->file_mode;
    gboolean ok = give_fd_to_owner (fd, path, mode, owner, error);
    close (fd);
    return ok;
}

/* Access control lists are extended attributes, too (acl(5)). Those that a security module or the
 * file system gives are not ours to set. */
static gboolean
copy_attribute (const char *from, const char *to, const char *name, GError **error)
{
    g_autofree char *value = g_malloc (XATTR_SIZE_MAX);
    ssize_t length = getxattr (from, name, value, XATTR_SIZE_MAX);

    if (length < 0 || setxattr (to, name, value, (size_t) length, 0) == 0)
        return TRUE;
    int saved_errno = errno;
    if (saved_errno == EPERM || saved_errno == ENOTSUP || saved_errno == EACCES)
        return TRUE;
    kb_error_set_errno (error, saved_errno, "copy attributes", to);
    return FALSE;
}

/**
 * kb_platform_copy_attributes:
 * @from: a file
 * @to: another, on the same disk
 * @error: return location for a #GError
 *
 * Gives @to the owner, group, mode, access list and extended attributes of @from, as far as we may.
 * Where @from is missing, @to is left as it is.
 *
 * Errors: as kb_error_code_from_errno().
 *
 * Returns: %TRUE on success
 */
gboolean
kb_platform_copy_attributes (const char *from, const char *to, GError **error)
{
    g_autofree char *names = g_malloc (XATTR_LIST_MAX);
    ssize_t length = listxattr (from, names, XATTR_LIST_MAX);
    struct stat info;

    if (stat (from, &info) != 0)
        return TRUE;
    KbOwner owner = {.uid = info.st_uid, .gid = info.st_gid, .file_mode = info.st_mode & 07777};
    if (!kb_platform_give_to_owner (to, &owner, error))
        return FALSE;
    for (const char *name = names; name < names + length; name += strlen (name) + 1)
        if (!copy_attribute (from, to, name, error))
            return FALSE;
    return TRUE;
}

/**
 * kb_platform_owner_is_us:
 * @owner: an owner
 *
 * Returns: %TRUE if this process may act for @owner: it is that user, or root
 */
gboolean
kb_platform_owner_is_us (const KbOwner *owner)
{
    return geteuid() == 0 || geteuid() == owner->uid;
}

/**
 * kb_platform_owner_is_mine:
 * @owner: an owner
 *
 * Returns: %TRUE if @owner is the user of this process; root is but himself here
 */
gboolean
kb_platform_owner_is_mine (const KbOwner *owner)
{
    return geteuid() == owner->uid;
}

/**
 * kb_platform_file_id:
 * @path: a file
 * @id: (out): which one it is
 *
 * Returns: %TRUE if @path exists
 */
gboolean
kb_platform_file_id (const char *path, KbFileId *id)
{
    struct stat info;

    if (stat (path, &info) != 0)
        return FALSE;
    id->device = info.st_dev;
    id->inode = info.st_ino;
    return TRUE;
}

/**
 * kb_platform_look:
 * @path: a path
 * @found: (out): whether anything has that name, be it a dangling link
 * @error: return location for a #GError
 *
 * Errors: as kb_error_code_from_errno().
 *
 * Returns: %TRUE if @found is known
 */
gboolean
kb_platform_look (const char *path, gboolean *found, GError **error)
{
    struct stat info;

    *found = lstat (path, &info) == 0;
    if (*found)
        return TRUE;
    int saved_errno = errno;
    if (saved_errno == ENOENT || saved_errno == ENOTDIR)
        return TRUE;
    kb_error_set_errno (error, saved_errno, "look at", path);
    return FALSE;
}

/**
 * kb_platform_is_link:
 * @path: a path
 *
 * Returns: %TRUE if it is a symbolic link, be it to nothing
 */
gboolean
kb_platform_is_link (const char *path)
{
    struct stat info;

    return lstat (path, &info) == 0 && S_ISLNK (info.st_mode);
}

/**
 * kb_platform_check_length:
 * @path: a data folder
 * @error: return location for a #GError
 *
 * Refuses a folder below which names would be too long to use. Here each call says so itself.
 *
 * Errors: none on POSIX.
 *
 * Returns: always %TRUE
 */
gboolean
kb_platform_check_length (G_GNUC_UNUSED const char *path, G_GNUC_UNUSED GError **error)
{
    return TRUE;
}

/**
 * kb_platform_errno_from_system:
 * @code: what sqlite3_system_errno() said
 *
 * Returns: the errno that means the same: here it is one
 */
int
kb_platform_errno_from_system (int code)
{
    return code;
}

/**
 * kb_platform_get_errno:
 *
 * Says why the call of the C library on the line before failed, where errno alone does not.
 *
 * Returns: an errno
 */
int
kb_platform_get_errno (void)
{
    return errno;
}

/**
 * kb_platform_parse_real:
 * @digits: a number as printf() writes it with %.17g, in the C locale
 *
 * Returns: that very number, to the last bit
 */
double
kb_platform_parse_real (const char *digits)
{
    return g_ascii_strtod (digits, NULL);
}

/**
 * kb_platform_open_regular:
 * @path: the file
 * @follow_links: whether @path may be a symbolic link
 * @error: return location for a #GError
 *
 * Opens a file for reading, and nothing but a file: a FIFO that somebody put there neither blocks
 * us nor feeds us. Never call it on a database that this process has open (design.md §4, the
 * first law of POSIX locks).
 *
 * Errors: %KB_ERROR_NOT_FOUND, %KB_ERROR_PERMISSION, %KB_ERROR_NOT_A_BACKUP when it is no regular
 * file, %KB_ERROR_IO.
 *
 * Returns: a descriptor, or -1
 */
int
kb_platform_open_regular (const char *path, gboolean follow_links, GError **error)
{
    struct stat info;
    int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | (follow_links ? 0 : O_NOFOLLOW));

    if (fd < 0) {
        int saved_errno = errno;
        if (saved_errno == ELOOP || saved_errno == ENXIO)
            g_set_error (error, KB_ERROR, KB_ERROR_NOT_A_BACKUP, "open: %s: not a regular file",
                         path);
        else
            kb_error_set_errno (error, saved_errno, "open", path);
        return -1;
    }
    if (fstat (fd, &info) != 0) {
        int saved_errno = errno;
        close (fd);
        kb_error_set_errno (error, saved_errno, "look at", path);
        return -1;
    }
    if (!S_ISREG (info.st_mode)) {
        close (fd);
        g_set_error (error, KB_ERROR, KB_ERROR_NOT_A_BACKUP, "open: %s: not a regular file", path);
        return -1;
    }
    return fd;
}

/**
 * kb_platform_create:
 * @path: a name that is free
 * @owner: (nullable): to whom the file shall belong; %NULL: to us, readable for us alone
 * @error: return location for a #GError
 *
 * Creates a file for writing, and fails if anything has that name, be it a dangling link.
 *
 * Errors: as kb_error_code_from_errno().
 *
 * Returns: a descriptor, or -1
 */
int
kb_platform_create (const char *path, const KbOwner *owner, GError **error)
{
    int fd = open (path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0) {
        int saved_errno = errno;
        kb_error_set_errno (error, saved_errno, "create", path);
        return -1;
    }
    if (owner != NULL && !give_fd_to_owner (fd, path, owner->file_mode, owner, error)) {
        close (fd);
        unlink (path);
        return -1;
    }
    return fd;
}

/**
 * kb_platform_make_dir:
 * @path: a folder whose parent exists
 * @owner: (nullable): to whom the folder shall belong when it is new
 * @error: return location for a #GError
 *
 * Makes a folder, with its name on the disk; one that is there already is left as it is, unless a
 * run of root ended before it could hand it over.
 *
 * Errors: as kb_error_code_from_errno().
 *
 * Returns: %TRUE if there is a folder now
 */
gboolean
kb_platform_make_dir (const char *path, const KbOwner *owner, GError **error)
{
    struct stat info;

    if (mkdir (path, 0700) == 0) {
        g_autofree char *parent = g_path_get_dirname (path);
        return (owner == NULL || kb_platform_give_to_owner (path, owner, error)) &&
               kb_platform_sync_dir (parent, error);
    }

    int saved_errno = errno;
    if (saved_errno == EEXIST && stat (path, &info) == 0 && S_ISDIR (info.st_mode)) {
        gboolean is_half_made = owner != NULL && kb_platform_owner_is_us (owner) &&
                                info.st_uid == geteuid() && info.st_uid != owner->uid &&
                                (info.st_mode & 07777) == 0700;
        return !is_half_made || kb_platform_give_to_owner (path, owner, error);
    }
    kb_error_set_errno (error, saved_errno, "create folder", path);
    return FALSE;
}

/**
 * kb_platform_sync_fd:
 * @fd: an open file
 * @path: its name, for the error
 * @error: return location for a #GError
 *
 * Returns when the disk has all of the file.
 *
 * Errors: %KB_ERROR_IO, %KB_ERROR_NO_SPACE.
 *
 * Returns: %TRUE on success
 */
gboolean
kb_platform_sync_fd (int fd, const char *path, GError **error)
{
    if (fsync (fd) == 0)
        return TRUE;

    int saved_errno = errno;
    kb_error_set_errno (error, saved_errno, "sync", path);
    return FALSE;
}

/**
 * kb_platform_sync_dir:
 * @path: a folder
 * @error: return location for a #GError
 *
 * Returns when the disk has the names in the folder. A file system that cannot sync a folder is no
 * failure.
 *
 * Errors: %KB_ERROR_IO, %KB_ERROR_NOT_FOUND, %KB_ERROR_PERMISSION.
 *
 * Returns: %TRUE on success
 */
gboolean
kb_platform_sync_dir (const char *path, GError **error)
{
    int fd = open (path, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
    int saved_errno = errno;

    if (fd >= 0) {
        gboolean ok = fsync (fd) == 0 || errno == EINVAL || errno == ENOTSUP;
        saved_errno = errno;
        close (fd);
        if (ok)
            return TRUE;
    }
    kb_error_set_errno (error, saved_errno, "sync folder", path);
    return FALSE;
}

/**
 * kb_platform_drop_cache:
 * @fd: a synced file
 *
 * Asks the system to forget what it holds of the file in memory, so that reading it back reads
 * the disk. A hint: nothing is lost when the system does not listen.
 */
void
kb_platform_drop_cache (int fd)
{
    (void) posix_fadvise (fd, 0, 0, POSIX_FADV_DONTNEED);
}

static gboolean
lacks_links (int error_number)
{
    return error_number == EPERM || error_number == EXDEV || error_number == EMLINK ||
           error_number == ENOTSUP || error_number == ENOSYS;
}

/**
 * kb_platform_link:
 * @path: a file
 * @link_path: a second name for it
 * @error: return location for a #GError
 *
 * Makes a hard link.
 *
 * Errors: as kb_error_code_from_errno().
 *
 * Returns: how it ended
 */
KbNaming
kb_platform_link (const char *path, const char *link_path, GError **error)
{
    if (link (path, link_path) == 0)
        return KB_NAMING_DONE;

    int saved_errno = errno;
    if (saved_errno == EEXIST)
        return KB_NAMING_EXISTS;
    if (lacks_links (saved_errno))
        return KB_NAMING_NO_LINKS;
    kb_error_set_errno (error, saved_errno, "link", link_path);
    return KB_NAMING_FAILED;
}

/* For disks without hard links, FAT above all. Where the system cannot refuse to replace, an
 * instant lies between looking and renaming; nobody but us and Kolibri makes such names. */
static KbNaming
rename_to_free_name (const char *part, const char *path, GError **error)
{
    struct stat info;

    if (renameat2 (AT_FDCWD, part, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
        return KB_NAMING_DONE;

    int saved_errno = errno;
    if (saved_errno == EEXIST)
        return KB_NAMING_EXISTS;
    if (saved_errno == EINVAL || saved_errno == ENOSYS || saved_errno == ENOTSUP) {
        if (lstat (path, &info) == 0)
            return KB_NAMING_EXISTS;
        if (rename (part, path) == 0)
            return KB_NAMING_DONE;
        saved_errno = errno;
    }
    kb_error_set_errno (error, saved_errno, "rename", path);
    return KB_NAMING_FAILED;
}

/**
 * kb_platform_publish:
 * @part: a finished, synced file
 * @path: the name that it shall have, on the same disk
 * @error: return location for a #GError
 *
 * Gives a file its name, all at once, and never replaces another file. The folder still has to be
 * synced.
 *
 * Errors: as kb_error_code_from_errno().
 *
 * Returns: %KB_NAMING_DONE, %KB_NAMING_EXISTS or %KB_NAMING_FAILED
 */
KbNaming
kb_platform_publish (const char *part, const char *path, GError **error)
{
    KbNaming naming = kb_platform_link (part, path, error);

    if (naming == KB_NAMING_NO_LINKS)
        return rename_to_free_name (part, path, error);
    if (naming == KB_NAMING_DONE)
        unlink (part); /* a second name that stays is removed at the next start */
    return naming;
}

/**
 * kb_platform_replace:
 * @part: a finished, synced file or a folder
 * @path: the name that it shall have, on the same disk, be it taken
 * @error: return location for a #GError
 *
 * Renames in one step. The folder still has to be synced.
 *
 * Errors: as kb_error_code_from_errno().
 *
 * Returns: %TRUE on success
 */
gboolean
kb_platform_replace (const char *part, const char *path, GError **error)
{
    if (rename (part, path) == 0)
        return TRUE;

    int saved_errno = errno;
    kb_error_set_errno (error, saved_errno, "rename", path);
    return FALSE;
}

/**
 * kb_platform_remove:
 * @path: a file, a link or an empty folder
 * @error: return location for a #GError
 *
 * Removes a name. One that is not there is no failure.
 *
 * Errors: as kb_error_code_from_errno().
 *
 * Returns: %TRUE if there is no such name now
 */
gboolean
kb_platform_remove (const char *path, GError **error)
{
    if (remove (path) == 0 || errno == ENOENT)
        return TRUE;

    int saved_errno = errno;
    kb_error_set_errno (error, saved_errno, "remove", path);
    return FALSE;
}

/**
 * kb_platform_helper_path:
 *
 * Says where the helper is installed (helper/).
 *
 * Returns: (nullable): the path, which pkexec compares with that of the policy; %NULL where there
 *     is no such thing
 */
const char *
kb_platform_helper_path (void)
{
    return KB_HELPER_PATH;
}

/**
 * kb_platform_real_path:
 * @path: a path
 *
 * Resolves every symbolic link. Where the last part does not exist yet, its folder is resolved.
 *
 * Returns: (transfer full) (nullable): the absolute path, or %NULL when even the folder is missing
 */
char *
kb_platform_real_path (const char *path)
{
    char *real = realpath (path, NULL);

    if (real == NULL && errno == ENOENT) {
        g_autofree char *dir = g_path_get_dirname (path);
        g_autofree char *base = g_path_get_basename (path);
        char *real_dir = realpath (dir, NULL);
        char *joined = real_dir != NULL ? g_build_filename (real_dir, base, NULL) : NULL;
        free (real_dir);
        return joined;
    }

    char *copy = g_strdup (real);
    free (real);
    return copy;
}

/**
 * kb_platform_temp_dir:
 *
 * Says where SQLite puts temporary databases: sqlite3.c, unixTempFileDir().
 *
 * Returns: a folder
 */
const char *
kb_platform_temp_dir (void)
{
    const char *const candidates[] = {
        g_getenv ("SQLITE_TMPDIR"), g_getenv ("TMPDIR"), "/var/tmp", "/usr/tmp", "/tmp",
    };

    for (size_t i = 0; i < G_N_ELEMENTS (candidates); i++)
        if (candidates[i] != NULL && access (candidates[i], W_OK | X_OK) == 0 &&
            g_file_test (candidates[i], G_FILE_TEST_IS_DIR))
            return candidates[i];
    return ".";
}

/**
 * kb_platform_lock:
 * @path: the lock file; created when missing, never deleted
 * @owner: (nullable): to whom a new lock file shall belong
 * @taken: (out): %TRUE when another process holds the lock
 * @error: return location for a #GError
 *
 * Takes an exclusive lock, without waiting. It ends when the descriptor is closed, or with the
 * process however that ends.
 *
 * Errors: as kb_error_code_from_errno(); none when @taken.
 *
 * Returns: a descriptor to close, or -1
 */
int
kb_platform_lock (const char *path, const KbOwner *owner, gboolean *taken, GError **error)
{
    *taken = FALSE;
    int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0 && errno == EACCES) /* root was killed before it gave the file to its owner */
        fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
        int saved_errno = errno;
        kb_error_set_errno (error, saved_errno, "lock", path);
        return -1;
    }
    if (flock (fd, LOCK_EX | LOCK_NB) != 0) {
        int saved_errno = errno;
        close (fd);
        *taken = saved_errno == EWOULDBLOCK;
        if (!*taken)
            kb_error_set_errno (error, saved_errno, "lock", path);
        return -1;
    }
    if (owner != NULL && kb_platform_owner_is_us (owner) &&
        !give_fd_to_owner (fd, path, owner->file_mode, owner, error)) {
        close (fd);
        return -1;
    }
    return fd;
}
