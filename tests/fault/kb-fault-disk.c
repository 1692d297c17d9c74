/* SPDX-License-Identifier: MIT */
/* What a disk has for sure after a power cut: of a file what was there when it was last synced, of
 * a folder the names that were. With KB_FAULT_DISK, each sync writes that down, by inode:
 *
 *   DISK/file-INODE  the bytes of a file
 *   DISK/dir-INODE   the names of a folder: a line "INODE TYPE NAME" each
 *
 * The test writes the beginning, and afterwards makes the data folder of it: power.py. */
#define _GNU_SOURCE
#include "kb-fault.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int
open_entry (const char *what, const struct stat *info)
{
    char path[4096];

    snprintf (path, sizeof path, "%s/%s-%lu", getenv ("KB_FAULT_DISK"), what,
              (unsigned long) info->st_ino);
    return NEXT (open64) (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
}

static void
keep_file (int fd, const struct stat *info)
{
    static __thread char bytes[65536];
    char path[64];
    off64_t offset = 0;
    ssize_t n;

    /* The descriptor may be for writing only. Another one would drop the locks of SQLite on the
     * same file when it is closed, so it is opened by number only where it must be. */
    int from = (fcntl (fd, F_GETFL) & O_ACCMODE) == O_WRONLY ? -1 : fd;
    if (from < 0) {
        snprintf (path, sizeof path, "/proc/self/fd/%d", fd);
        from = NEXT (open64) (path, O_RDONLY | O_CLOEXEC);
    }
    int to = open_entry ("file", info);
    while ((n = NEXT (pread64) (from, bytes, sizeof bytes, offset)) > 0) {
        if (NEXT (write) (to, bytes, (size_t) n) != n)
            abort();
        offset += n;
    }
    NEXT (close) (to);
    if (from != fd)
        NEXT (close) (from);
}

static void
keep_dir (int fd, const struct stat *info)
{
    char path[64];
    char line[512];
    int to = open_entry ("dir", info);
    const struct dirent *entry;

    snprintf (path, sizeof path, "/proc/self/fd/%d", fd);
    DIR *dir = NEXT (opendir) (path);
    while (dir != NULL && (entry = readdir (dir)) != NULL) {
        int n = snprintf (line, sizeof line, "%lu %c %s\n", (unsigned long) entry->d_ino,
                          entry->d_type == DT_DIR ? 'd' : 'f', entry->d_name);
        if (entry->d_name[0] != '.' || (entry->d_name[1] != '\0' && entry->d_name[1] != '.'))
            if (NEXT (write) (to, line, (size_t) n) != n)
                abort();
    }
    closedir (dir);
    NEXT (close) (to);
}

static int
is_kept (int fd, struct stat *info)
{
    char path[4096];

    return getenv ("KB_FAULT_DISK") != NULL && kb_preload_path_of (fd, path, sizeof path) &&
           kb_fault_is_watched (path) && fstat (fd, info) == 0;
}

void
kb_disk_synced (int fd)
{
    struct stat info;

    if (!is_kept (fd, &info))
        return;
    kb_fault_enter();
    if (S_ISDIR (info.st_mode))
        keep_dir (fd, &info);
    else
        keep_file (fd, &info);
    kb_fault_leave();
}

/* A new file may have the number of one that is gone. */
void
kb_disk_created (int fd)
{
    struct stat info;
    char path[4096];

    if (!is_kept (fd, &info))
        return;
    kb_fault_enter();
    snprintf (path, sizeof path, "%s/file-%lu", getenv ("KB_FAULT_DISK"),
              (unsigned long) info.st_ino);
    NEXT (unlink) (path);
    kb_fault_leave();
}
