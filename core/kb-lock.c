/* SPDX-License-Identifier: MIT */
#include "kb-lock.h"

#include "kb-error.h"
#include "kb-file.h"

#define LOCK_NAME ".kolibri-backup.lock"

struct _KbLock {
    KbFd fd;
};

/**
 * kb_lock_acquire:
 * @home: a data folder
 * @owner: to whom what is made there shall belong
 * @error: return location for a #GError
 *
 * Takes the lock of a data folder without waiting, and makes the backup folders where they are
 * missing. The kernel gives the lock back when the process ends, however it ends.
 *
 * Errors: %KB_ERROR_BUSY when another program of ours works on this folder, %KB_ERROR_PERMISSION,
 * %KB_ERROR_NO_SPACE, %KB_ERROR_IO.
 *
 * Returns: (transfer full): the lock
 */
KbLock *
kb_lock_acquire (const KbHome *home, const KbOwner *owner, GError **error)
{
    g_autofree char *path = g_build_filename (kb_home_get_backups_dir (home), LOCK_NAME, NULL);
    gboolean taken;

    if (!kb_home_make_backup_dirs (home, owner, error))
        return NULL;
    int fd = kb_platform_lock (path, owner, &taken, error);
    if (taken)
        g_set_error (error, KB_ERROR, KB_ERROR_BUSY, "lock: %s: another Kolibri Backup is at work",
                     path);
    if (fd < 0)
        return NULL;

    KbLock *self = g_new0 (KbLock, 1);
    self->fd = fd;
    return self;
}

/**
 * kb_lock_release:
 * @self: (nullable) (transfer full): a lock
 */
void
kb_lock_release (KbLock *self)
{
    if (self == NULL)
        return;
    kb_fd_close (self->fd);
    g_free (self);
}
