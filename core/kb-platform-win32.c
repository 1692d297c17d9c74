/* SPDX-License-Identifier: MIT */
#include "kb-error.h"
#include "kb-platform.h"

#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <share.h>
#include <string.h>
#include <sys/stat.h>
#include <windows.h>

#define PLAIN_FLAGS (_O_BINARY | _O_NOINHERIT)

static int
errno_from_win32 (DWORD code)
{
    switch (code) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
        return ENOENT;
    case ERROR_ACCESS_DENIED:
        return EACCES;
    case ERROR_WRITE_PROTECT:
        return EROFS;
    case ERROR_FILE_TOO_LARGE:
        return EFBIG;
    case ERROR_DISK_FULL:
    case ERROR_HANDLE_DISK_FULL:
        return ENOSPC;
    case ERROR_FILE_EXISTS:
    case ERROR_ALREADY_EXISTS:
        return EEXIST;
    default:
        return EIO;
    }
}

/* A wide path in the form that knows no limit of 260 characters. */
static wchar_t *
wide_path (const char *path)
{
    g_autofree char *absolute = g_canonicalize_filename (path, NULL);
    g_autofree char *extended = NULL;

    for (char *c = absolute; *c != '\0'; c++)
        if (*c == '/')
            *c = '\\';
    if (g_str_has_prefix (absolute, "\\\\"))
        extended = g_strconcat ("\\\\?\\UNC", absolute + 1, NULL);
    else
        extended = g_strconcat ("\\\\?\\", absolute, NULL);
    return (wchar_t *) g_utf8_to_utf16 (extended, -1, NULL, NULL, NULL);
}

static void
set_win32_error (GError **error, DWORD code, const char *step, const char *path)
{
    g_autofree char *text = g_win32_error_message ((int) code);
    int as_errno = errno_from_win32 (code);

    g_set_error (error, KB_ERROR, kb_error_code_from_errno (as_errno), "%s: %s: %s", step, path,
                 text);
}

gboolean
kb_platform_read_owner (const char *path, KbOwner *owner, GError **error)
{
    g_autofree wchar_t *wide = wide_path (path);

    if (GetFileAttributesW (wide) == INVALID_FILE_ATTRIBUTES) {
        set_win32_error (error, GetLastError(), "look at", path);
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

gboolean
kb_platform_copy_attributes (G_GNUC_UNUSED const char *from,
                             G_GNUC_UNUSED const char *to,
                             G_GNUC_UNUSED GError **error)
{
    return TRUE; /* new files inherit the folder's access list */
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
    g_autofree wchar_t *wide = wide_path (path);
    BY_HANDLE_FILE_INFORMATION info;
    HANDLE handle = CreateFileW (wide, 0, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                                 NULL, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);

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

int
kb_platform_open_regular (const char *path, G_GNUC_UNUSED gboolean follow_links, GError **error)
{
    g_autofree wchar_t *wide = wide_path (path);
    struct _stat64 info;
    int fd = _wsopen (wide, _O_RDONLY | PLAIN_FLAGS, _SH_DENYNO, 0);

    if (fd < 0) {
        int saved_errno = errno;
        kb_error_set_errno (error, saved_errno, "open", path);
        return -1;
    }
    if (_fstat64 (fd, &info) != 0 || (info.st_mode & _S_IFREG) == 0) {
        _close (fd);
        g_set_error (error, KB_ERROR, KB_ERROR_NOT_A_BACKUP, "open: %s: not a regular file", path);
        return -1;
    }
    return fd;
}

int
kb_platform_create (const char *path, G_GNUC_UNUSED const KbOwner *owner, GError **error)
{
    g_autofree wchar_t *wide = wide_path (path);
    int fd = _wsopen (wide, _O_RDWR | _O_CREAT | _O_EXCL | PLAIN_FLAGS, _SH_DENYNO,
                      _S_IREAD | _S_IWRITE);

    if (fd < 0) {
        int saved_errno = errno;
        kb_error_set_errno (error, saved_errno, "create", path);
    }
    return fd;
}

gboolean
kb_platform_make_dir (const char *path, G_GNUC_UNUSED const KbOwner *owner, GError **error)
{
    g_autofree wchar_t *wide = wide_path (path);

    if (CreateDirectoryW (wide, NULL) != 0)
        return TRUE;
    DWORD code = GetLastError();
    DWORD attributes = GetFileAttributesW (wide);
    if (code == ERROR_ALREADY_EXISTS && attributes != INVALID_FILE_ATTRIBUTES &&
        (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0)
        return TRUE;
    set_win32_error (error, code, "create folder", path);
    return FALSE;
}

gboolean
kb_platform_sync_fd (int fd, const char *path, GError **error)
{
    if (_commit (fd) == 0)
        return TRUE;

    int saved_errno = errno;
    kb_error_set_errno (error, saved_errno, "sync", path);
    return FALSE;
}

gboolean
kb_platform_sync_dir (G_GNUC_UNUSED const char *path, G_GNUC_UNUSED GError **error)
{
    return TRUE; /* MOVEFILE_WRITE_THROUGH syncs the name */
}

void
kb_platform_drop_cache (G_GNUC_UNUSED int fd)
{
}

KbNaming
kb_platform_link (const char *path, const char *link_path, GError **error)
{
    g_autofree wchar_t *from = wide_path (path);
    g_autofree wchar_t *to = wide_path (link_path);

    if (CreateHardLinkW (to, from, NULL) != 0)
        return KB_NAMING_DONE;
    DWORD code = GetLastError();
    if (code == ERROR_ALREADY_EXISTS || code == ERROR_FILE_EXISTS)
        return KB_NAMING_EXISTS;
    if (code == ERROR_INVALID_FUNCTION || code == ERROR_NOT_SUPPORTED ||
        code == ERROR_NOT_SAME_DEVICE || code == ERROR_TOO_MANY_LINKS)
        return KB_NAMING_NO_LINKS;
    set_win32_error (error, code, "link", link_path);
    return KB_NAMING_FAILED;
}

KbNaming
kb_platform_publish (const char *part, const char *path, GError **error)
{
    g_autofree wchar_t *from = wide_path (part);
    g_autofree wchar_t *to = wide_path (path);

    if (MoveFileExW (from, to, MOVEFILE_WRITE_THROUGH) != 0)
        return KB_NAMING_DONE;
    DWORD code = GetLastError();
    if (code == ERROR_ALREADY_EXISTS || code == ERROR_FILE_EXISTS)
        return KB_NAMING_EXISTS;
    set_win32_error (error, code, "rename", path);
    return KB_NAMING_FAILED;
}

gboolean
kb_platform_replace (const char *part, const char *path, GError **error)
{
    g_autofree wchar_t *from = wide_path (part);
    g_autofree wchar_t *to = wide_path (path);

    if (MoveFileExW (from, to, MOVEFILE_WRITE_THROUGH | MOVEFILE_REPLACE_EXISTING) != 0)
        return TRUE;
    set_win32_error (error, GetLastError(), "rename", path);
    return FALSE;
}

gboolean
kb_platform_remove (const char *path, GError **error)
{
    g_autofree wchar_t *wide = wide_path (path);

    if (DeleteFileW (wide) != 0 || RemoveDirectoryW (wide) != 0)
        return TRUE;
    DWORD code = GetLastError();
    if (code == ERROR_FILE_NOT_FOUND || code == ERROR_PATH_NOT_FOUND)
        return TRUE;
    set_win32_error (error, code, "remove", path);
    return FALSE;
}

uint64_t
kb_platform_largest_file (const char *dir)
{
    g_autofree wchar_t *wide = wide_path (dir);
    wchar_t volume[MAX_PATH];
    wchar_t format[MAX_PATH];

    if (GetVolumePathNameW (wide, volume, MAX_PATH) == 0 ||
        GetVolumeInformationW (volume, NULL, 0, NULL, NULL, NULL, format, MAX_PATH) == 0)
        return UINT64_MAX;
    return wcscmp (format, L"FAT32") == 0 || wcscmp (format, L"FAT") == 0 ? KB_FAT_LARGEST_FILE
                                                                          : UINT64_MAX;
}

gboolean
kb_platform_free_space (const char *dir, uint64_t *bytes, GError **error)
{
    g_autofree wchar_t *wide = wide_path (dir);
    ULARGE_INTEGER available;

    if (GetDiskFreeSpaceExW (wide, &available, NULL, NULL) == 0) {
        set_win32_error (error, GetLastError(), "find space", dir);
        return FALSE;
    }
    *bytes = available.QuadPart;
    return TRUE;
}

char *
kb_platform_real_path (const char *path)
{
    return g_canonicalize_filename (path, NULL);
}

const char *
kb_platform_temp_dir (void)
{
    return g_get_tmp_dir();
}

gboolean
kb_platform_process_exists (int64_t pid)
{
    if (pid <= 0 || pid > UINT32_MAX)
        return FALSE;
    HANDLE process = OpenProcess (SYNCHRONIZE, FALSE, (DWORD) pid);
    if (process == NULL)
        return GetLastError() == ERROR_ACCESS_DENIED;
    gboolean runs = WaitForSingleObject (process, 0) == WAIT_TIMEOUT;
    CloseHandle (process);
    return runs;
}

char **
kb_platform_process_arguments (G_GNUC_UNUSED int64_t pid)
{
    return NULL;
}

char **
kb_platform_process_environment (G_GNUC_UNUSED int64_t pid)
{
    return NULL;
}

gboolean
kb_platform_process_terminate (G_GNUC_UNUSED int64_t pid)
{
    return FALSE;
}

gboolean
kb_platform_process_owner (G_GNUC_UNUSED int64_t pid, G_GNUC_UNUSED KbOwner *owner)
{
    return FALSE;
}

void
kb_platform_run_as (G_GNUC_UNUSED GSubprocessLauncher *launcher, G_GNUC_UNUSED const KbOwner *owner)
{
}

char *
kb_platform_process_command (int64_t pid)
{
    HANDLE process = OpenProcess (PROCESS_QUERY_LIMITED_INFORMATION, FALSE, (DWORD) pid);
    wchar_t image[MAX_PATH];
    DWORD length = G_N_ELEMENTS (image);
    char *command = NULL;

    if (process == NULL)
        return NULL;
    if (QueryFullProcessImageNameW (process, 0, image, &length) != 0)
        command = g_utf16_to_utf8 ((gunichar2 *) image, length, NULL, NULL, NULL);
    CloseHandle (process);
    return command;
}

int64_t
kb_platform_find_user_of_file (G_GNUC_UNUSED const char *path)
{
    return 0; /* Windows refuses to rename or to lock a file that is open: that is the proof there
               */
}

int64_t
kb_platform_find_locker (G_GNUC_UNUSED const char *path)
{
    return 0; /* as above */
}

GArray *
kb_platform_list_processes (void)
{
    return g_array_new (FALSE, FALSE, sizeof (gint64));
}

int
kb_platform_lock (const char *path,
                  G_GNUC_UNUSED const KbOwner *owner,
                  gboolean *taken,
                  GError **error)
{
    g_autofree wchar_t *wide = wide_path (path);

    *taken = FALSE;
    HANDLE handle = CreateFileW (wide, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ, NULL,
                                 OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
    if (handle == INVALID_HANDLE_VALUE) {
        DWORD code = GetLastError();
        *taken = code == ERROR_SHARING_VIOLATION || code == ERROR_LOCK_VIOLATION;
        if (!*taken)
            set_win32_error (error, code, "lock", path);
        return -1;
    }
    return _open_osfhandle ((intptr_t) handle, PLAIN_FLAGS);
}

gboolean
kb_platform_is_network (const char *dir)
{
    g_autofree wchar_t *wide = wide_path (dir);
    wchar_t volume[MAX_PATH];

    return GetVolumePathNameW (wide, volume, MAX_PATH) != 0 &&
           GetDriveTypeW (volume) == DRIVE_REMOTE;
}

gboolean
kb_platform_is_same_disk (const char *path, const char *dir)
{
    g_autofree wchar_t *wide_one = wide_path (path);
    g_autofree wchar_t *wide_other = wide_path (dir);
    wchar_t one[MAX_PATH];
    wchar_t other[MAX_PATH];

    return GetVolumePathNameW (wide_one, one, MAX_PATH) != 0 &&
           GetVolumePathNameW (wide_other, other, MAX_PATH) != 0 && _wcsicmp (one, other) == 0;
}

char *
kb_platform_user_home (G_GNUC_UNUSED const char *user)
{
    return NULL; /* no file of an installer names a user */
}

char *
kb_platform_program_data (void)
{
    const char *folder = g_getenv ("PROGRAMDATA");

    return folder != NULL && *folder != '\0' ? g_strdup (folder) : NULL;
}

/* One value, in the 64-bit view of the registry. */
char *
kb_platform_registry_text (const char *key, const char *name)
{
    HKEY root = g_str_has_prefix (key, "HKCU\\") ? HKEY_CURRENT_USER : HKEY_LOCAL_MACHINE;
    g_autofree wchar_t *wide_key =
        (wchar_t *) g_utf8_to_utf16 (key + strlen ("HKLM\\"), -1, NULL, NULL, NULL);
    g_autofree wchar_t *wide_name = (wchar_t *) g_utf8_to_utf16 (name, -1, NULL, NULL, NULL);
    wchar_t text[1024];
    DWORD size_bytes = sizeof text;

    if (RegGetValueW (root, wide_key, wide_name, RRF_RT_REG_SZ | RRF_SUBKEY_WOW6464KEY, NULL, text,
                      &size_bytes) != ERROR_SUCCESS)
        return NULL;
    return g_utf16_to_utf8 ((const gunichar2 *) text, -1, NULL, NULL, NULL);
}
