/* SPDX-License-Identifier: MIT */
#include "kb-drive.h"

#include <gio/gunixmounts.h>

/* Where desktops mount what is plugged in: udisks to /media/USER or /run/media/USER, older ones
 * and fstab to /media. */
static gboolean
is_where_drives_are (const char *path)
{
    return g_str_has_prefix (path, "/media/") || g_str_has_prefix (path, "/run/media/");
}

static int
compare_paths (gconstpointer a, gconstpointer b)
{
    const KbDrive *left = *(const KbDrive *const *) a;
    const KbDrive *right = *(const KbDrive *const *) b;

    return g_strcmp0 (left->path, right->path);
}

/**
 * kb_drive_list_mounts:
 *
 * Lists what is mounted where drives are that can be pulled; names and free space are not filled
 * in. A loop mount has no drive behind it, so the place decides and not the device.
 *
 * Returns: (transfer full) (element-type KbDrive): the drives
 */
GPtrArray *
kb_drive_list_mounts (void)
{
    GPtrArray *drives = g_ptr_array_new_with_free_func ((GDestroyNotify) kb_drive_free);
    GList *mounts = g_unix_mounts_get (NULL);

    for (GList *l = mounts; l != NULL; l = l->next) {
        const char *path = g_unix_mount_get_mount_path (l->data);
        if (!is_where_drives_are (path))
            continue;
        KbDrive *drive = g_new0 (KbDrive, 1);
        drive->path = g_strdup (path);
        drive->is_read_only = g_unix_mount_is_readonly (l->data);
        g_ptr_array_add (drives, drive);
    }
    g_list_free_full (mounts, (GDestroyNotify) g_unix_mount_free);
    g_ptr_array_sort (drives, compare_paths);
    return drives;
}
