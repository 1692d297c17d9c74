/* SPDX-License-Identifier: MIT */
/* The part of kb-platform.h that is about disks, and the ways of a path on them. */
#include "kb-error.h"
#include "kb-platform-win32.h"

#include <string.h>

/* What a data folder needs for the longest name below it, in UTF-16 units:
 * backups\protected\replaced\NAME.part\db.sqlite3-journal. */
#define ROOM_BELOW_CHARS 110

gboolean
kb_platform_free_space (const char *dir, uint64_t *bytes, GError **error)
{
    g_autofree wchar_t *wide = kb_platform_win32_path (dir);
    ULARGE_INTEGER available;

    if (GetDiskFreeSpaceExW (wide, &available, NULL, NULL) == 0) {
        kb_platform_win32_set_error (error, GetLastError(), "find space", dir);
        return FALSE;
    }
    *bytes = available.QuadPart;
    return TRUE;
}

uint64_t
kb_platform_largest_file (const char *dir)
{
    g_autofree wchar_t *wide = kb_platform_win32_path (dir);
    wchar_t volume[MAX_PATH];
    wchar_t format[MAX_PATH];

    if (GetVolumePathNameW (wide, volume, MAX_PATH) == 0 ||
        GetVolumeInformationW (volume, NULL, 0, NULL, NULL, NULL, format, MAX_PATH) == 0)
        return UINT64_MAX;
    return wcscmp (format, L"FAT32") == 0 || wcscmp (format, L"FAT") == 0 ? KB_FAT_LARGEST_FILE
                                                                          : UINT64_MAX;
}

gboolean
kb_platform_is_network (const char *dir)
{
    g_autofree wchar_t *wide = kb_platform_win32_path (dir);
    wchar_t volume[MAX_PATH];

    return GetVolumePathNameW (wide, volume, MAX_PATH) != 0 &&
           GetDriveTypeW (volume) == DRIVE_REMOTE;
}

gboolean
kb_platform_is_same_disk (const char *path, const char *dir)
{
    g_autofree wchar_t *wide_one = kb_platform_win32_path (path);
    g_autofree wchar_t *wide_other = kb_platform_win32_path (dir);
    wchar_t one[MAX_PATH];
    wchar_t other[MAX_PATH];

    return GetVolumePathNameW (wide_one, one, MAX_PATH) != 0 &&
           GetVolumePathNameW (wide_other, other, MAX_PATH) != 0 && _wcsicmp (one, other) == 0;
}

/* As Windows itself names it: links followed, letters as on the disk. */
static char *
final_path (const char *path)
{
    HANDLE handle = kb_platform_win32_open_for_look (path, 0);

    if (handle == INVALID_HANDLE_VALUE)
        return NULL;
    DWORD room = GetFinalPathNameByHandleW (handle, NULL, 0, FILE_NAME_NORMALIZED);
    g_autofree wchar_t *wide = g_new0 (wchar_t, room + 1);
    DWORD length = GetFinalPathNameByHandleW (handle, wide, room + 1, FILE_NAME_NORMALIZED);
    CloseHandle (handle);
    g_autofree char *text =
        length > 0 && length <= room ? g_utf16_to_utf8 (wide, -1, NULL, NULL, NULL) : NULL;
    if (text == NULL) /* a network drive of Windows 7 */
        return g_canonicalize_filename (path, NULL);
    if (g_str_has_prefix (text, "\\\\?\\UNC\\"))
        return g_strconcat ("\\", text + strlen ("\\\\?\\UNC"), NULL);
    return g_strdup (g_str_has_prefix (text, "\\\\?\\") ? text + 4 : text);
}

char *
kb_platform_real_path (const char *path)
{
    char *real = final_path (path);

    if (real == NULL) {
        g_autofree char *dir = g_path_get_dirname (path);
        g_autofree char *base = g_path_get_basename (path);
        g_autofree char *real_dir = final_path (dir);
        return real_dir != NULL ? g_build_filename (real_dir, base, NULL) : NULL;
    }
    return real;
}

/**
 * kb_platform_temp_dir:
 *
 * Says where SQLite puts temporary databases: os_win.c, winGetTempname().
 *
 * Returns: a folder
 */
const char *
kb_platform_temp_dir (void)
{
    wchar_t wide[MAX_PATH + 1];
    DWORD length = GetTempPathW (MAX_PATH + 1, wide);
    if (length > 3 && wide[length - 1] == L'\\') /* but of C:\ */
        length--;
    g_autofree char *path =
        length > 0 ? g_utf16_to_utf8 (wide, (glong) length, NULL, NULL, NULL) : NULL;

    return path != NULL ? g_intern_string (path) : ".";
}

/* Since Windows 10 1607 an administrator can switch the limit off, for programs whose manifest says
 * so, as ours. */
static gboolean
has_long_paths (void)
{
    typedef BOOLEAN (NTAPI * Query) (void);
    HMODULE ntdll = GetModuleHandleW (L"ntdll.dll");
    Query query = (Query) (void (*) (void)) GetProcAddress (ntdll, "RtlAreLongPathsEnabled");

    return query != NULL && query();
}

/**
 * kb_platform_check_length:
 * @path: a data folder
 * @error: return location for a #GError
 *
 * Refuses a folder below which names would be longer than Windows takes: SQLite and Kolibri would
 * say of what is there that it is not.
 *
 * Errors: %KB_ERROR_UNSUPPORTED.
 *
 * Returns: %TRUE if all names below it can be used
 */
gboolean
kb_platform_check_length (const char *path, GError **error)
{
    g_autofree wchar_t *wide = kb_platform_win32_path (path);

    if (wcslen (wide) < MAX_PATH - ROOM_BELOW_CHARS || has_long_paths())
        return TRUE;
    g_set_error (error, KB_ERROR, KB_ERROR_UNSUPPORTED,
                 "open data folder: %s: longer than the %d characters that Windows leaves it", path,
                 MAX_PATH - ROOM_BELOW_CHARS - 1);
    return FALSE;
}
