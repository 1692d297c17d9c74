/* SPDX-License-Identifier: MIT */
#include "kb-drive.h"

#include <windows.h>
/* behind windows.h */
#include <winioctl.h>

/* A hard disk in a case with a USB plug counts as fixed; its bus tells. Every user may ask. */
static gboolean
is_on_usb (wchar_t letter)
{
    wchar_t device[] = L"\\\\.\\C:";
    STORAGE_PROPERTY_QUERY query = {.PropertyId = StorageDeviceProperty,
                                    .QueryType = PropertyStandardQuery};
    STORAGE_DEVICE_DESCRIPTOR answer = {0};
    DWORD length = 0;

    device[4] = letter;
    HANDLE handle =
        CreateFileW (device, 0, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
    if (handle == INVALID_HANDLE_VALUE)
        return FALSE;
    BOOL ok = DeviceIoControl (handle, IOCTL_STORAGE_QUERY_PROPERTY, &query, sizeof query, &answer,
                               sizeof answer, &length, NULL);
    CloseHandle (handle);
    return ok != 0 && answer.BusType == BusTypeUsb;
}

/* As the Explorer writes it: "KINGSTON (E:)". */
static char *
name_drive (const wchar_t *label, char letter)
{
    g_autofree char *text = g_utf16_to_utf8 (label, -1, NULL, NULL, NULL);

    return text != NULL && *text != '\0' ? g_strdup_printf ("%s (%c:)", text, letter)
                                         : g_strdup_printf ("%c:", letter);
}

static KbDrive *
look_at_drive (wchar_t letter)
{
    const wchar_t root[] = {letter, L':', L'\\', L'\0'};
    wchar_t label[MAX_PATH + 1] = L"";
    UINT type = GetDriveTypeW (root);
    DWORD flags = 0;

    if (type != DRIVE_REMOVABLE && (type != DRIVE_FIXED || !is_on_usb (letter)))
        return NULL;
    if (GetVolumeInformationW (root, label, G_N_ELEMENTS (label), NULL, NULL, &flags, NULL, 0) == 0)
        return NULL; /* a slot without a card */
    KbDrive *drive = g_new0 (KbDrive, 1);
    drive->path = g_strdup_printf ("%c:\\", (char) letter);
    drive->name = name_drive (label, (char) letter);
    drive->is_read_only = (flags & FILE_READ_ONLY_VOLUME) != 0;
    return drive;
}

GPtrArray *
kb_drive_list_mounts (void)
{
    GPtrArray *drives = g_ptr_array_new_with_free_func ((GDestroyNotify) kb_drive_free);
    DWORD letters = GetLogicalDrives();
    DWORD mode_before = 0;

    /* Windows would open a dialog for a slot without a card. */
    SetThreadErrorMode (SEM_FAILCRITICALERRORS, &mode_before);
    for (int i = 0; i < 26; i++) {
        KbDrive *drive = (letters & 1U << i) != 0 ? look_at_drive ((wchar_t) (L'A' + i)) : NULL;
        if (drive != NULL)
            g_ptr_array_add (drives, drive);
    }
    SetThreadErrorMode (mode_before, NULL);
    return drives;
}
