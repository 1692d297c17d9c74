/* SPDX-License-Identifier: MIT */
#include "kb-drive.h"

#include <windows.h>

GPtrArray *
kb_drive_list_mounts (void)
{
    GPtrArray *drives = g_ptr_array_new_with_free_func ((GDestroyNotify) kb_drive_free);
    DWORD letters = GetLogicalDrives();

    for (char letter = 'A'; letter <= 'Z'; letter++) {
        DWORD flags = 0;
        g_autofree char *root = g_strdup_printf ("%c:\\", letter);
        if ((letters & (1U << (letter - 'A'))) == 0 || GetDriveTypeA (root) != DRIVE_REMOVABLE ||
            !GetVolumeInformationA (root, NULL, 0, NULL, NULL, &flags, NULL, 0))
            continue;
        KbDrive *drive = g_new0 (KbDrive, 1);
        drive->path = g_steal_pointer (&root);
        drive->is_read_only = (flags & FILE_READ_ONLY_VOLUME) != 0;
        g_ptr_array_add (drives, drive);
    }
    return drives;
}
