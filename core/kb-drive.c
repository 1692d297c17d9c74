/* SPDX-License-Identifier: MIT */
#include "kb-drive.h"

#include "kb-backup-name.h"
#include "kb-platform.h"
#include "kb-version.h"

/* Who has more backups on a drive than this has a reason, and opens the file by hand. */
#define MAX_FILES 500

/**
 * kb_drive_free:
 * @self: (nullable) (transfer full): a drive
 */
void
kb_drive_free (KbDrive *self)
{
    if (self == NULL)
        return;
    g_free (self->path);
    g_free (self->name);
    g_free (self);
}

/**
 * kb_drive_get_folder:
 * @self: a drive
 *
 * Returns: (transfer full): the path of the folder on it that backups are copied to
 */
char *
kb_drive_get_folder (const KbDrive *self)
{
    return g_build_filename (self->path, KB_DRIVE_FOLDER, NULL);
}

/**
 * kb_drive_list:
 *
 * Looks which drives are plugged in that can be pulled. A drive that hangs lets this wait.
 *
 * Returns: (transfer full) (element-type KbDrive): the drives, in the order of their paths
 */
GPtrArray *
kb_drive_list (void)
{
    GPtrArray *drives = kb_drive_list_mounts();

    for (guint i = 0; i < drives->len; i++) {
        KbDrive *drive = drives->pdata[i];
        if (drive->name == NULL)
            drive->name = g_path_get_basename (drive->path);
        kb_platform_free_space (drive->path, &drive->free_bytes, NULL);
    }
    return drives;
}

static void
take_newer (KbEntry **best, KbEntry *entry, const char *max_version)
{
    gboolean fits =
        max_version == NULL || kb_version_compare_release (entry->version, max_version) <= 0;
    gboolean usable = entry->state == KB_ENTRY_COMPLETE && entry->time != NULL && fits;

    if (usable && (*best == NULL || g_date_time_compare (entry->time, (*best)->time) > 0)) {
        kb_entry_unref (*best);
        *best = kb_entry_ref (entry);
    }
}

static gboolean
look_into (const char *folder, const char *max_version, GCancellable *cancellable, KbEntry **best)
{
    g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
    KbEntry *before = *best;
    const char *name;

    for (int n = 0; n < MAX_FILES && dir != NULL && (name = g_dir_read_name (dir)) != NULL;) {
        g_autoptr (KbBackupName) parsed = kb_backup_name_parse (name);
        if (g_cancellable_is_cancelled (cancellable))
            break;
        if (parsed == NULL)
            continue;
        n++;
        g_autofree char *path = g_build_filename (folder, name, NULL);
        g_autoptr (KbEntry) entry = kb_catalog_describe_file (path, NULL);
        if (entry != NULL)
            take_newer (best, entry, max_version);
    }
    return *best != before;
}

/**
 * kb_drive_find_backup:
 * @drives: (element-type KbDrive): drives
 * @max_version: (nullable): the newest version of Kolibri that it may be of; pre-releases count as
 *     their release
 * @cancellable: (nullable): looked at between any two files
 * @drive: (out) (transfer none): the drive that has it
 *
 * Finds the newest backup that could be restored, at the top of a drive or in our folder there.
 * Only first and last lines are read; a check comes before a restore in any case.
 *
 * Returns: (transfer full) (nullable): what it says about itself
 */
KbEntry *
kb_drive_find_backup (const GPtrArray *drives,
                      const char *max_version,
                      GCancellable *cancellable,
                      const KbDrive **drive)
{
    KbEntry *best = NULL;

    *drive = NULL;
    for (guint i = 0; i < drives->len; i++) {
        const KbDrive *candidate = drives->pdata[i];
        g_autofree char *folder = kb_drive_get_folder (candidate);
        if (look_into (candidate->path, max_version, cancellable, &best))
            *drive = candidate;
        if (look_into (folder, max_version, cancellable, &best))
            *drive = candidate;
    }
    return best;
}
