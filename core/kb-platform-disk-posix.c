/* SPDX-License-Identifier: MIT */
/* The part of kb-platform.h that is about disks. */
#include "kb-error.h"
#include "kb-platform.h"

#include <errno.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

/**
 * kb_platform_free_space:
 * @dir: a folder
 * @bytes: (out): what an ordinary user may still write on its disk
 * @error: return location for a #GError
 *
 * Errors: as kb_error_code_from_errno().
 *
 * Returns: %TRUE on success
 */
gboolean
kb_platform_free_space (const char *dir, uint64_t *bytes, GError **error)
{
    struct statvfs info;

    if (statvfs (dir, &info) != 0) {
        int saved_errno = errno;
        kb_error_set_errno (error, saved_errno, "find space", dir);
        return FALSE;
    }
    *bytes = (uint64_t) info.f_bavail * info.f_frsize;
    return TRUE;
}

/**
 * kb_platform_largest_file:
 * @dir: a folder
 *
 * Says how large a file the format of a disk can hold, as far as the system tells which it is:
 * FAT behind FUSE says so only by EFBIG (linux/magic.h; statfs(2)).
 *
 * Returns: bytes; %UINT64_MAX when no limit is known
 */
uint64_t
kb_platform_largest_file (const char *dir)
{
    struct statfs info;

    if (statfs (dir, &info) == 0 && info.f_type == MSDOS_SUPER_MAGIC)
        return KB_FAT_LARGEST_FILE;
    return UINT64_MAX;
}

/* The type of a mounted file system as `fuse.sshfs`, by the number of its device: proc(5),
 * /proc/self/mountinfo. */
static char *
find_mount_type (const struct stat *info)
{
    g_autofree char *device = g_strdup_printf ("%u:%u", major (info->st_dev), minor (info->st_dev));
    g_autofree char *text = NULL;

    if (!g_file_get_contents ("/proc/self/mountinfo", &text, NULL, NULL))
        return NULL;
    g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        g_auto (GStrv) words = g_strsplit (*line, " ", 4);
        const char *rest = strstr (*line, " - ");
        if (rest != NULL && g_strv_length (words) > 2 && strcmp (words[2], device) == 0)
            return g_strndup (rest + 3, strcspn (rest + 3, " "));
    }
    return NULL;
}

/* FUSE may stand for anything: a program's own name tells. */
static gboolean
is_network_of_fuse (const char *dir)
{
    static const char *const types[] = {
        "fuse.sshfs",     "fuse.rclone",  "fuse.gvfsd-fuse", "fuse.curlftpfs",
        "fuse.smbnetfs",  "fuse.s3fs",    "fuse.gcsfuse",    "fuse.glusterfs",
        "fuse.ceph-fuse", "fuse.juicefs", "fuse.onedriver",  "fuse.google-drive-ocamlfuse",
    };
    struct stat info;

    if (stat (dir, &info) != 0)
        return FALSE;
    g_autofree char *type = find_mount_type (&info);
    for (size_t i = 0; type != NULL && i < G_N_ELEMENTS (types); i++)
        if (strcmp (type, types[i]) == 0)
            return TRUE;
    return FALSE;
}

/**
 * kb_platform_is_network:
 * @dir: a folder
 *
 * Says whether a disk is another computer's, as far as the system tells (statfs(2); linux/magic.h,
 * and fs/smb/client, fs/ceph of Linux for what it lacks). A FUSE that is not known counts as none.
 *
 * Returns: %TRUE if it is
 */
gboolean
kb_platform_is_network (const char *dir)
{
    static const unsigned long magics[] = {
        NFS_SUPER_MAGIC,       SMB_SUPER_MAGIC, 0xff534d42 /* CIFS */, 0xfe534d42 /* SMB2 */,
        AFS_SUPER_MAGIC,       AFS_FS_MAGIC,    CODA_SUPER_MAGIC,      NCP_SUPER_MAGIC,
        0x00c36400 /* Ceph */, V9FS_MAGIC,
    };
    struct statfs info;

    if (statfs (dir, &info) != 0)
        return FALSE;
    if ((unsigned long) info.f_type == FUSE_SUPER_MAGIC)
        return is_network_of_fuse (dir);
    for (size_t i = 0; i < G_N_ELEMENTS (magics); i++)
        if (((unsigned long) info.f_type & 0xffffffff) == magics[i])
            return TRUE;
    return FALSE;
}

/**
 * kb_platform_is_same_disk:
 * @path: a path; where nothing is there, its nearest folder counts
 * @dir: a folder
 *
 * Returns: %TRUE if both are on one mounted file system
 */
gboolean
kb_platform_is_same_disk (const char *path, const char *dir)
{
    g_autofree char *at = g_strdup (path);
    struct stat one;
    struct stat other;

    while (stat (at, &one) != 0) {
        char *above = g_path_get_dirname (at);
        gboolean is_top = strcmp (above, at) == 0;
        g_free (at);
        at = above;
        if (is_top)
            return FALSE;
    }
    return stat (dir, &other) == 0 && one.st_dev == other.st_dev;
}
