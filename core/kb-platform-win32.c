/* SPDX-License-Identifier: MIT */
/* The part of kb-platform.h that is about files. What a function promises stands at its twin in
 * kb-platform-posix.c; here stands what Windows makes of it. */
#include "kb-platform-win32.h"

#include "kb-error.h"

#include <aclapi.h>
#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#define SHARE_ALL (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)
#define PLAIN_FLAGS (_O_BINARY | _O_NOINHERIT)

/* From here on only a path with the prefix works everywhere: a folder leaves room for 8.3 names
 * (Microsoft, "Maximum Path Length Limitation"). */
#define SHORT_PATH_CHARS (MAX_PATH - 12)

/* A scanner of viruses, or the search index, opens what has just been written, for some
 * milliseconds. SQLite waits in the same way (os_win.c, winRetryIoerr()). */
#define RETRIES 20
#define RETRY_US (G_USEC_PER_SEC / 20)

/* Where a lock file is locked: far behind its end, so that nobody who reads it is refused. */
#define LOCK_OFFSET_HIGH 0x40000000

/**
 * kb_platform_errno_from_system:
 * @code: what GetLastError() or sqlite3_system_errno() said
 *
 * Returns: the errno that means the same
 */
int
kb_platform_errno_from_system (int code)
{
    switch ((DWORD) code) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
    case ERROR_INVALID_DRIVE:
    case ERROR_INVALID_NAME:
    case ERROR_BAD_PATHNAME:
    case ERROR_FILENAME_EXCED_RANGE:
        return ENOENT;
    case ERROR_DIRECTORY:
        return ENOTDIR;
    case ERROR_ACCESS_DENIED:
    case ERROR_PRIVILEGE_NOT_HELD:
        return EACCES;
    case ERROR_WRITE_PROTECT:
        return EROFS;
    case ERROR_FILE_TOO_LARGE:
        return EFBIG;
    case ERROR_DISK_FULL:
    case ERROR_HANDLE_DISK_FULL:
    case 1295: /* ERROR_DISK_QUOTA_EXCEEDED, which mingw does not name */
        return ENOSPC;
    case ERROR_FILE_EXISTS:
    case ERROR_ALREADY_EXISTS:
        return EEXIST;
    case ERROR_SHARING_VIOLATION:
    case ERROR_LOCK_VIOLATION:
    case ERROR_DELETE_PENDING:
        return EBUSY;
    default:
        return EIO;
    }
}

/**
 * kb_platform_get_errno:
 *
 * Says why the call of the C library on the line before failed. For a drive that has been pulled
 * errno has no word there, and says EINVAL.
 *
 * Returns: an errno
 */
int
kb_platform_get_errno (void)
{
    int saved_errno = errno;
    unsigned long code = _doserrno;

    return code != 0 && saved_errno != EINTR ? kb_platform_errno_from_system ((int) code)
                                             : saved_errno;
}

/**
 * kb_platform_parse_real:
 * @digits: a number as printf() writes it with %.17g, in the C locale
 *
 * mingw's strtod() rounds some numbers just below a power of two up to it (tried: 51 of 700,000
 * with all kinds of bits, mingw-w64 10; none of another kind).
 *
 * Returns: that very number, to the last bit
 */
double
kb_platform_parse_real (const char *digits)
{
    double value = g_ascii_strtod (digits, NULL);
    double below = nextafter (value, 0);
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    int exponent;

    if (fabs (frexp (value, &exponent)) != 0.5)
        return value;
    g_ascii_formatd (text, sizeof text, "%.17g", below);
    return g_str_has_prefix (digits, text) ? below : value;
}

/**
 * kb_platform_win32_path:
 * @path: a path
 *
 * Makes a wide path, and of a long one the form that knows no limit of 260 characters. A short one
 * is left to Windows: it knows that NUL is no file, and that nobody could delete a file `x.` again.
 *
 * Returns: (transfer full): the path, absolute
 */
wchar_t *
kb_platform_win32_path (const char *path)
{
    g_autofree wchar_t *wide = (wchar_t *) g_utf8_to_utf16 (path, -1, NULL, NULL, NULL);
    DWORD room = wide != NULL ? GetFullPathNameW (wide, 0, NULL, NULL) : 0;

    if (room == 0) /* no UTF-8, or nothing: a name that no file has */
        return (wchar_t *) g_utf8_to_utf16 ("\\\\?\\", -1, NULL, NULL, NULL);
    g_autofree wchar_t *full = g_new0 (wchar_t, room);
    GetFullPathNameW (wide, room, full, NULL);
    if (wcslen (full) < SHORT_PATH_CHARS || wcsncmp (full, L"\\\\?\\", 4) == 0 ||
        wcsncmp (full, L"\\\\.\\", 4) == 0)
        return g_steal_pointer (&full);

    gboolean is_share = wcsncmp (full, L"\\\\", 2) == 0;
    wchar_t *extended = g_new0 (wchar_t, room + 8);
    wcscpy (extended, is_share ? L"\\\\?\\UNC" : L"\\\\?\\");
    wcscat (extended, is_share ? full + 1 : full);
    return extended;
}

/**
 * kb_platform_win32_set_error:
 * @error: (nullable): where to put it
 * @code: what GetLastError() said
 * @step: what was being done, as "sync" or "create folder"
 * @path: the file that it was done to
 *
 * Makes the error of a failed call of Windows.
 *
 * Errors: as kb_error_code_from_errno().
 */
void
kb_platform_win32_set_error (GError **error, DWORD code, const char *step, const char *path)
{
    g_autofree char *text = g_win32_error_message ((int) code);
    int as_errno = kb_platform_errno_from_system ((int) code);

    g_set_error (error, KB_ERROR, kb_error_code_from_errno (as_errno), "%s: %s: %s", step, path,
                 text);
}

/* Whether to try once more; waits a little then. */
static gboolean
shall_retry (DWORD code, int *tries)
{
    if ((code != ERROR_SHARING_VIOLATION && code != ERROR_LOCK_VIOLATION &&
         code != ERROR_ACCESS_DENIED && code != ERROR_DELETE_PENDING) ||
        ++*tries > RETRIES)
        return FALSE;
    g_usleep (RETRY_US);
    return TRUE;
}

/**
 * kb_platform_win32_open_for_look:
 * @path: a file or folder
 * @flags: as of CreateFileW()
 *
 * Opens what may be open elsewhere in any way, to ask what it is.
 *
 * Returns: (transfer full): a handle, or INVALID_HANDLE_VALUE
 */
HANDLE
kb_platform_win32_open_for_look (const char *path, DWORD flags)
{
    g_autofree wchar_t *wide = kb_platform_win32_path (path);

    return CreateFileW (wide, FILE_READ_ATTRIBUTES, SHARE_ALL, NULL, OPEN_EXISTING,
                        FILE_FLAG_BACKUP_SEMANTICS | flags, NULL);
}

/* A link in the sense of POSIX: a symbolic link, or a junction. What OneDrive has left in the cloud
 * is a reparse point, too, and no link. */
static gboolean
handle_is_link (HANDLE handle)
{
    FILE_ATTRIBUTE_TAG_INFO info;

    return GetFileInformationByHandleEx (handle, FileAttributeTagInfo, &info, sizeof info) != 0 &&
           (info.FileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0 &&
           IsReparseTagNameSurrogate (info.ReparseTag);
}

/**
 * kb_platform_is_link:
 * @path: a path
 *
 * Returns: %TRUE if it is a symbolic link or a junction, be it to nothing
 */
gboolean
kb_platform_is_link (const char *path)
{
    HANDLE handle = kb_platform_win32_open_for_look (path, FILE_FLAG_OPEN_REPARSE_POINT);

    if (handle == INVALID_HANDLE_VALUE)
        return FALSE;
    gboolean is_link = handle_is_link (handle);
    CloseHandle (handle);
    return is_link;
}

/**
 * kb_platform_look:
 * @path: a path
 * @found: (out): whether anything has that name
 * @error: return location for a #GError
 *
 * Errors: as kb_error_code_from_errno().
 *
 * Returns: %TRUE if @found is known
 */
gboolean
kb_platform_look (const char *path, gboolean *found, GError **error)
{
    g_autofree wchar_t *wide = kb_platform_win32_path (path);

    *found = GetFileAttributesW (wide) != INVALID_FILE_ATTRIBUTES;
    if (*found)
        return TRUE;
    DWORD code = GetLastError();
    if (code == ERROR_FILE_NOT_FOUND || code == ERROR_PATH_NOT_FOUND)
        return TRUE;
    *found = code == ERROR_SHARING_VIOLATION; /* as the page file: there, and nobody may look */
    if (*found)
        return TRUE;
    kb_platform_win32_set_error (error, code, "look at", path);
    return FALSE;
}

gboolean
kb_platform_read_owner (const char *path, KbOwner *owner, GError **error)
{
    g_autofree wchar_t *wide = kb_platform_win32_path (path);

    if (GetFileAttributesW (wide) == INVALID_FILE_ATTRIBUTES) {
        kb_platform_win32_set_error (error, GetLastError(), "look at", path);
        return FALSE;
    }
    *owner = (KbOwner){0}; /* new files inherit the folder's access list */
    return TRUE;
}

gboolean
kb_platform_give_to_owner (G_GNUC_UNUSED const char *path,
                           G_GNUC_UNUSED const KbOwner *owner,
                           G_GNUC_UNUSED GError **error)
{
    return TRUE;
}

/**
 * kb_platform_copy_attributes:
 * @from: a file
 * @to: another, on the same disk
 * @error: return location for a #GError
 *
 * Gives @to the access list of @from: what somebody has allowed or forbidden for the database alone
 * holds for the one in its place, and what it has from its folder, @to has from there, too. FAT
 * knows no such lists, and whose file it is, only an administrator can change.
 *
 * Errors: as kb_error_code_from_errno().
 *
 * Returns: %TRUE on success
 */
gboolean
kb_platform_copy_attributes (const char *from, const char *to, GError **error)
{
    g_autofree wchar_t *wide_from = kb_platform_win32_path (from);
    g_autofree wchar_t *wide_to = kb_platform_win32_path (to);
    PSECURITY_DESCRIPTOR descriptor = NULL;
    SECURITY_DESCRIPTOR_CONTROL control = 0;
    DWORD revision;
    PACL list = NULL;

    if (GetNamedSecurityInfoW (wide_from, SE_FILE_OBJECT, DACL_SECURITY_INFORMATION, NULL, NULL,
                               &list, NULL, &descriptor) != ERROR_SUCCESS)
        return TRUE;
    GetSecurityDescriptorControl (descriptor, &control, &revision);
    DWORD what = DACL_SECURITY_INFORMATION |
                 ((control & SE_DACL_PROTECTED) != 0 ? PROTECTED_DACL_SECURITY_INFORMATION
                                                     : UNPROTECTED_DACL_SECURITY_INFORMATION);
    DWORD code = list != NULL
                     ? SetNamedSecurityInfoW (wide_to, SE_FILE_OBJECT, what, NULL, NULL, list, NULL)
                     : ERROR_SUCCESS;
    LocalFree (descriptor);
    if (code == ERROR_SUCCESS || code == ERROR_ACCESS_DENIED || code == ERROR_NOT_SUPPORTED)
        return TRUE;
    kb_platform_win32_set_error (error, code, "copy the access list", to);
    return FALSE;
}

gboolean
kb_platform_owner_is_us (G_GNUC_UNUSED const KbOwner *owner)
{
    return TRUE; /* the access list decides when the file is opened */
}

gboolean
kb_platform_owner_is_mine (G_GNUC_UNUSED const KbOwner *owner)
{
    return TRUE; /* the access list decides when the file is opened */
}

gboolean
kb_platform_file_id (const char *path, KbFileId *id)
{
    BY_HANDLE_FILE_INFORMATION info;
    HANDLE handle = kb_platform_win32_open_for_look (path, 0);

    if (handle == INVALID_HANDLE_VALUE)
        return FALSE;
    gboolean ok = GetFileInformationByHandle (handle, &info) != 0;
    CloseHandle (handle);
    if (ok) {
        id->device = info.dwVolumeSerialNumber;
        id->inode = (uint64_t) info.nFileIndexHigh << 32 | info.nFileIndexLow;
    }
    return ok;
}

/* Hands a handle over to the C library. What we have open can be renamed and deleted, as it can on
 * POSIX. */
static int
open_fd (const char *path, DWORD access, DWORD disposition, DWORD flags, DWORD *code)
{
    g_autofree wchar_t *wide = kb_platform_win32_path (path);
    HANDLE handle = CreateFileW (wide, access, SHARE_ALL, NULL, disposition, flags, NULL);

    *code = handle == INVALID_HANDLE_VALUE ? GetLastError() : ERROR_SUCCESS;
    return handle == INVALID_HANDLE_VALUE ? -1 : _open_osfhandle ((intptr_t) handle, PLAIN_FLAGS);
}

static gboolean
is_regular (int fd)
{
    FILE_STANDARD_INFO info;
    HANDLE handle = (HANDLE) _get_osfhandle (fd);

    return GetFileType (handle) == FILE_TYPE_DISK &&
           GetFileInformationByHandleEx (handle, FileStandardInfo, &info, sizeof info) != 0 &&
           !info.Directory;
}

int
kb_platform_open_regular (const char *path, gboolean follow_links, GError **error)
{
    DWORD code;
    gboolean is_link = !follow_links && kb_platform_is_link (path);
    int fd = open_fd (path, GENERIC_READ, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, &code);

    if (fd < 0 && !is_link) {
        kb_platform_win32_set_error (error, code, "open", path);
        return -1;
    }
    if (is_link || !is_regular (fd)) {
        if (fd >= 0)
            _close (fd);
        g_set_error (error, KB_ERROR, KB_ERROR_NOT_A_BACKUP, "open: %s: not a regular file", path);
        return -1;
    }
    return fd;
}

/**
 * kb_platform_create:
 * @path: a name that is free
 * @owner: (nullable): unused; a new file has the access list of its folder
 * @error: return location for a #GError
 *
 * Creates a file for writing, and fails if anything has that name. What Windows keeps for devices,
 * as NUL or COM1, is no name of a file.
 *
 * Errors: as kb_error_code_from_errno().
 *
 * Returns: a descriptor, or -1
 */
int
kb_platform_create (const char *path, G_GNUC_UNUSED const KbOwner *owner, GError **error)
{
    DWORD code;
    int tries = 0;
    int fd;

    do
        fd = open_fd (path, GENERIC_READ | GENERIC_WRITE, CREATE_NEW, FILE_ATTRIBUTE_NORMAL, &code);
    while (fd < 0 && code == ERROR_DELETE_PENDING && shall_retry (code, &tries));
    if (fd >= 0 && !is_regular (fd)) {
        _close (fd);
        fd = -1;
        code = ERROR_INVALID_NAME;
    }
    if (fd < 0)
        kb_platform_win32_set_error (error, code, "create", path);
    return fd;
}

gboolean
kb_platform_make_dir (const char *path, G_GNUC_UNUSED const KbOwner *owner, GError **error)
{
    g_autofree wchar_t *wide = kb_platform_win32_path (path);

    if (CreateDirectoryW (wide, NULL) != 0) {
        g_autofree char *parent = g_path_get_dirname (path);
        return kb_platform_sync_dir (parent, error);
    }
    DWORD code = GetLastError();
    DWORD attributes = GetFileAttributesW (wide);
    if (code == ERROR_ALREADY_EXISTS && attributes != INVALID_FILE_ATTRIBUTES &&
        (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0)
        return TRUE;
    kb_platform_win32_set_error (error, code, "create folder", path);
    return FALSE;
}

/**
 * kb_platform_sync_fd:
 * @fd: an open file
 * @path: its name, for the error
 * @error: return location for a #GError
 *
 * Returns when the disk says that it has all of the file: FlushFileBuffers() writes what Windows
 * has in memory, and then tells the drive to empty its own cache. It guarantees no more than the
 * drive does: some USB sticks lie, and a disk on which "Turn off write-cache buffer flushing" has
 * been ticked is not told. Windows wants a handle that may write; one that may only read gets
 * another of the same file.
 *
 * Errors: %KB_ERROR_IO, %KB_ERROR_NO_SPACE.
 *
 * Returns: %TRUE on success
 */
gboolean
kb_platform_sync_fd (int fd, const char *path, GError **error)
{
    HANDLE handle = (HANDLE) _get_osfhandle (fd);
    DWORD code = FlushFileBuffers (handle) != 0 ? ERROR_SUCCESS : GetLastError();

    if (code == ERROR_ACCESS_DENIED) {
        HANDLE writing = ReOpenFile (handle, GENERIC_WRITE, SHARE_ALL, 0);
        code = writing != INVALID_HANDLE_VALUE && FlushFileBuffers (writing) != 0 ? ERROR_SUCCESS
                                                                                  : GetLastError();
        if (writing != INVALID_HANDLE_VALUE)
            CloseHandle (writing);
    }
    if (code == ERROR_SUCCESS)
        return TRUE;
    kb_platform_win32_set_error (error, code, "sync", path);
    return FALSE;
}

/* What a handle of a folder or a volume may not be asked for. */
static gboolean
cannot_flush (DWORD code)
{
    return code == ERROR_ACCESS_DENIED || code == ERROR_INVALID_FUNCTION ||
           code == ERROR_INVALID_HANDLE || code == ERROR_INVALID_PARAMETER ||
           code == ERROR_NOT_SUPPORTED || code == ERROR_SHARING_VIOLATION;
}

static DWORD
flush (const wchar_t *wide)
{
    HANDLE handle = CreateFileW (wide, GENERIC_WRITE, SHARE_ALL, NULL, OPEN_EXISTING,
                                 FILE_FLAG_BACKUP_SEMANTICS, NULL);
    if (handle == INVALID_HANDLE_VALUE)
        return GetLastError();
    DWORD code = FlushFileBuffers (handle) != 0 ? ERROR_SUCCESS : GetLastError();
    CloseHandle (handle);
    return code;
}

/* The volume that a path is on, as `\\.\E:`; only for what can be pulled. */
static gboolean
find_removable (const wchar_t *wide, wchar_t device[MAX_PATH])
{
    wchar_t volume[MAX_PATH];

    if (GetVolumePathNameW (wide, volume, MAX_PATH) == 0 ||
        GetDriveTypeW (volume) != DRIVE_REMOVABLE || wcslen (volume) < 3)
        return FALSE;
    const wchar_t *letter = wcsncmp (volume, L"\\\\?\\", 4) == 0 ? volume + 4 : volume;
    wcscpy (device, L"\\\\.\\C:");
    device[4] = letter[0];
    return TRUE;
}

/**
 * kb_platform_sync_dir:
 * @path: a folder
 * @error: return location for a #GError
 *
 * Brings the names in a folder to the disk, as far as Windows lets us. It has no call that promises
 * that. A rename is one step in NTFS's own log: after a power cut there is the old name or the new
 * one, and never half a name; MOVEFILE_WRITE_THROUGH and the flush of the folder, whose log records
 * come before those of the file that is flushed next, make it the new one on every NTFS disk that
 * was looked at in the literature, which is less than a promise. FAT and exFAT have no log: there
 * the volume is flushed, which Windows may refuse to an ordinary user; so a stick has to be ejected
 * before it is pulled, as the window says. What cannot be flushed is no failure; a disk that has
 * gone is.
 *
 * Errors: %KB_ERROR_IO, %KB_ERROR_NOT_FOUND.
 *
 * Returns: %TRUE on success
 */
gboolean
kb_platform_sync_dir (const char *path, GError **error)
{
    g_autofree wchar_t *wide = kb_platform_win32_path (path);
    wchar_t device[MAX_PATH];
    DWORD code = flush (wide);

    if ((code == ERROR_SUCCESS || cannot_flush (code)) && find_removable (wide, device))
        code = flush (device);
    if (code == ERROR_SUCCESS || cannot_flush (code))
        return TRUE;
    kb_platform_win32_set_error (error, code, "sync folder", path);
    return FALSE;
}

void
kb_platform_drop_cache (G_GNUC_UNUSED int fd)
{
    /* Windows forgets a file only when it is opened without buffering. */
}

/**
 * kb_platform_link:
 * @path: a file
 * @link_path: a second name for it
 * @error: return location for a #GError
 *
 * Makes a hard link. FAT and exFAT have none, a network drive may say so in any words; where it is
 * a right that lacks, the copy that comes next says so.
 *
 * Errors: as kb_error_code_from_errno().
 *
 * Returns: how it ended
 */
KbNaming
kb_platform_link (const char *path, const char *link_path, GError **error)
{
    g_autofree wchar_t *from = kb_platform_win32_path (path);
    g_autofree wchar_t *to = kb_platform_win32_path (link_path);

    if (CreateHardLinkW (to, from, NULL) != 0)
        return KB_NAMING_DONE;
    DWORD code = GetLastError();
    if (code == ERROR_ALREADY_EXISTS || code == ERROR_FILE_EXISTS)
        return KB_NAMING_EXISTS;
    if (code == ERROR_INVALID_FUNCTION || code == ERROR_NOT_SUPPORTED ||
        code == ERROR_CALL_NOT_IMPLEMENTED || code == ERROR_ACCESS_DENIED ||
        code == ERROR_INVALID_PARAMETER || code == ERROR_NOT_SAME_DEVICE ||
        code == ERROR_TOO_MANY_LINKS)
        return KB_NAMING_NO_LINKS;
    kb_platform_win32_set_error (error, code, "link", link_path);
    return KB_NAMING_FAILED;
}

static DWORD
move (const char *from, const char *to, DWORD flags)
{
    g_autofree wchar_t *wide_from = kb_platform_win32_path (from);
    g_autofree wchar_t *wide_to = kb_platform_win32_path (to);
    int tries = 0;
    DWORD code;

    do
        code = MoveFileExW (wide_from, wide_to, MOVEFILE_WRITE_THROUGH | flags) != 0
                   ? ERROR_SUCCESS
                   : GetLastError();
    while (code != ERROR_SUCCESS && shall_retry (code, &tries));
    return code;
}

/**
 * kb_platform_publish:
 * @part: a finished, synced file
 * @path: the name that it shall have, on the same disk
 * @error: return location for a #GError
 *
 * Gives a file its name, all at once, and never replaces another: Windows itself refuses. It keeps
 * its access list. kb_platform_sync_dir() says what of this a power cut may undo.
 *
 * Errors: as kb_error_code_from_errno(), %KB_ERROR_BUSY.
 *
 * Returns: %KB_NAMING_DONE, %KB_NAMING_EXISTS or %KB_NAMING_FAILED
 */
KbNaming
kb_platform_publish (const char *part, const char *path, GError **error)
{
    DWORD code = move (part, path, 0);

    if (code == ERROR_SUCCESS)
        return KB_NAMING_DONE;
    if (code == ERROR_ALREADY_EXISTS || code == ERROR_FILE_EXISTS)
        return KB_NAMING_EXISTS;
    kb_platform_win32_set_error (error, code, "rename", path);
    return KB_NAMING_FAILED;
}

static gboolean
is_dir (const wchar_t *wide)
{
    DWORD attributes = GetFileAttributesW (wide);

    return attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
}

/**
 * kb_platform_replace:
 * @part: a finished, synced file or a folder
 * @path: the name that it shall have, on the same disk, be it taken
 * @error: return location for a #GError
 *
 * Renames in one step. Windows does not replace what somebody has open, and of folders nothing at
 * all: an empty one in the way is removed first, as rename(2) would.
 *
 * Errors: as kb_error_code_from_errno(), %KB_ERROR_BUSY.
 *
 * Returns: %TRUE on success
 */
gboolean
kb_platform_replace (const char *part, const char *path, GError **error)
{
    g_autofree wchar_t *from = kb_platform_win32_path (part);
    g_autofree wchar_t *to = kb_platform_win32_path (path);

    if (is_dir (to) && !(is_dir (from) && RemoveDirectoryW (to) != 0)) {
        kb_error_set_errno (error, is_dir (from) ? ENOTEMPTY : EISDIR, "rename", path);
        return FALSE;
    }
    DWORD code = move (part, path, MOVEFILE_REPLACE_EXISTING);
    if (code == ERROR_SUCCESS)
        return TRUE;
    kb_platform_win32_set_error (error, code, "rename", path);
    return FALSE;
}

/* A file that is marked read-only, as all on a CD are, cannot be deleted before it is unmarked. */
static DWORD
delete_once (const wchar_t *wide)
{
    DWORD attributes = GetFileAttributesW (wide);
    BOOL done;

    if (attributes == INVALID_FILE_ATTRIBUTES)
        return GetLastError();
    if ((attributes & FILE_ATTRIBUTE_READONLY) != 0)
        SetFileAttributesW (wide, attributes & ~(DWORD) FILE_ATTRIBUTE_READONLY);
    done =
        (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0 ? RemoveDirectoryW (wide) : DeleteFileW (wide);
    return done != 0 ? ERROR_SUCCESS : GetLastError();
}

gboolean
kb_platform_remove (const char *path, GError **error)
{
    g_autofree wchar_t *wide = kb_platform_win32_path (path);
    int tries = 0;
    DWORD code;

    do
        code = delete_once (wide);
    while (code != ERROR_SUCCESS && shall_retry (code, &tries));
    if (code == ERROR_SUCCESS || code == ERROR_FILE_NOT_FOUND || code == ERROR_PATH_NOT_FOUND)
        return TRUE;
    kb_platform_win32_set_error (error, code, "remove", path);
    return FALSE;
}

const char *
kb_platform_helper_path (void)
{
    return NULL;
}

/**
 * kb_platform_lock:
 * @path: the lock file; created when missing, never deleted
 * @owner: (nullable): unused
 * @taken: (out): %TRUE when another process holds the lock
 * @error: return location for a #GError
 *
 * Takes an exclusive lock, without waiting: LockFileEx() on a byte far behind the end of the file.
 * Windows frees it when the descriptor is closed, or with the process however that ends.
 *
 * Errors: as kb_error_code_from_errno(); none when @taken.
 *
 * Returns: a descriptor to close, or -1
 */
int
kb_platform_lock (const char *path,
                  G_GNUC_UNUSED const KbOwner *owner,
                  gboolean *taken,
                  GError **error)
{
    OVERLAPPED place = {.OffsetHigh = LOCK_OFFSET_HIGH};
    DWORD code;

    *taken = FALSE;
    int fd =
        open_fd (path, GENERIC_READ | GENERIC_WRITE, OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, &code);
    if (fd >= 0 &&
        LockFileEx ((HANDLE) _get_osfhandle (fd),
                    LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &place) == 0) {
        code = GetLastError();
        _close (fd);
        fd = -1;
    }
    if (fd < 0) {
        g_autofree wchar_t *wide = kb_platform_win32_path (path);
        if (code == ERROR_ACCESS_DENIED && is_dir (wide))
            code = ERROR_INVALID_FUNCTION; /* a folder in its place */
        *taken = code == ERROR_LOCK_VIOLATION || code == ERROR_SHARING_VIOLATION ||
                 code == ERROR_IO_PENDING;
        if (!*taken)
            kb_platform_win32_set_error (error, code, "lock", path);
    }
    return fd;
}
