/* SPDX-License-Identifier: MIT */
/* The calls of kb-fault.c. On Linux with large files the libraries call open64() and the like. */
#define _GNU_SOURCE
#include "kb-fault.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>

#define OPEN_CLASS (flags & O_CREAT ? KB_FAULT_CREATE : KB_FAULT_OPEN)

/* Opening with O_CREAT creates only what is not there. */
static int
is_new (int dir, const char *path, int flags)
{
    int saved_errno = errno;
    int missing = (flags & O_CREAT) != 0 && kb_fault_is_watched (path) &&
                  NEXT (faccessat) (dir, path, F_OK, AT_SYMLINK_NOFOLLOW) != 0;

    errno = saved_errno;
    return missing;
}

static int
opened (int fd, int created)
{
    if (fd >= 0 && created)
        kb_disk_created (fd);
    return fd;
}

int
open (const char *path, int flags, ...)
{
    TAKE_MODE
    int created = is_new (AT_FDCWD, path, flags);

    if (kb_fault_strikes (OPEN_CLASS, "open", path))
        return -1;
    return opened (NEXT (open) (path, flags, mode), created);
}

int
open64 (const char *path, int flags, ...)
{
    TAKE_MODE
    int created = is_new (AT_FDCWD, path, flags);

    if (kb_fault_strikes (OPEN_CLASS, "open", path))
        return -1;
    return opened (NEXT (open64) (path, flags, mode), created);
}

int
openat (int dir, const char *path, int flags, ...)
{
    TAKE_MODE
    int created = is_new (dir, path, flags);

    if (kb_fault_strikes (OPEN_CLASS, "openat", path))
        return -1;
    return opened (NEXT (openat) (dir, path, flags, mode), created);
}

DIR *
opendir (const char *path)
{
    return kb_fault_strikes (KB_FAULT_OPEN, "opendir", path) ? NULL : NEXT (opendir) (path);
}

/* A descriptor is gone even when close() fails. */
int
close (int fd)
{
    int strikes = kb_fault_strikes_fd (KB_FAULT_CLOSE, "close", fd);
    int saved_errno = errno;
    int result = NEXT (close) (fd);

    if (!strikes)
        return result;
    errno = saved_errno;
    return -1;
}

static KbFate
fate_of_fd (unsigned class, const char *call, int fd, size_t size)
{
    char path[4096];
    int saved_errno = errno;
    int found = kb_preload_path_of (fd, path, sizeof path);

    errno = saved_errno;
    if (!found || !kb_fault_is_watched (path))
        return KB_FATE_GO;
    KbFate fate = kb_fault_decide (class, call, path);
    return fate == KB_FATE_SHORT && size < 2 ? KB_FATE_GO : fate;
}

static ssize_t
after_half (KbFate fate, ssize_t done)
{
    if (fate == KB_FATE_TORN_KILL)
        kb_fault_kill();
    if (fate != KB_FATE_TORN)
        return done;
    errno = ENOSPC;
    return -1;
}

#define TRANSFER_BODY(class, call, ...)                                                            \
    KbFate fate = fate_of_fd (class, #call, fd, size);                                             \
    if (fate == KB_FATE_FAIL)                                                                      \
        return -1;                                                                                 \
    if (fate != KB_FATE_GO)                                                                        \
        size /= 2;                                                                                 \
    return after_half (fate, NEXT (call) (__VA_ARGS__));

ssize_t
read (int fd, void *bytes, size_t size){TRANSFER_BODY (KB_FAULT_READ, read, fd, bytes, size)}

ssize_t pread (int fd, void *bytes, size_t size, off_t offset){
    TRANSFER_BODY (KB_FAULT_READ, pread, fd, bytes, size, offset)}

ssize_t pread64 (int fd, void *bytes, size_t size, off64_t offset){
    TRANSFER_BODY (KB_FAULT_READ, pread64, fd, bytes, size, offset)}

ssize_t write (int fd, const void *bytes, size_t size){
    TRANSFER_BODY (KB_FAULT_WRITE, write, fd, bytes, size)}

ssize_t pwrite (int fd, const void *bytes, size_t size, off_t offset){
    TRANSFER_BODY (KB_FAULT_WRITE, pwrite, fd, bytes, size, offset)}

ssize_t pwrite64 (int fd, const void *bytes, size_t size, off64_t offset){
    TRANSFER_BODY (KB_FAULT_WRITE, pwrite64, fd, bytes, size, offset)}

/* Halves make no sense here: it fails, or it does not. */
ssize_t writev (int fd, const struct iovec *parts, int n)
{
    return kb_fault_strikes_fd (KB_FAULT_WRITE, "writev", fd) ? -1 : NEXT (writev) (fd, parts, n);
}

static int
synced (int fd, int result)
{
    if (result == 0)
        kb_disk_synced (fd);
    return result;
}

int
fsync (int fd)
{
    return kb_fault_strikes_fd (KB_FAULT_SYNC, "fsync", fd) ? -1 : synced (fd, NEXT (fsync) (fd));
}

int
fdatasync (int fd)
{
    return kb_fault_strikes_fd (KB_FAULT_SYNC, "fdatasync", fd)
               ? -1
               : synced (fd, NEXT (fdatasync) (fd));
}

int
ftruncate (int fd, off_t size)
{
    return kb_fault_strikes_fd (KB_FAULT_SIZE, "ftruncate", fd) ? -1 : NEXT (ftruncate) (fd, size);
}

int
ftruncate64 (int fd, off64_t size)
{
    return kb_fault_strikes_fd (KB_FAULT_SIZE, "ftruncate", fd) ? -1
                                                                : NEXT (ftruncate64) (fd, size);
}

int
posix_fallocate64 (int fd, off64_t offset, off64_t size)
{
    return kb_fault_strikes_fd (KB_FAULT_SIZE, "fallocate", fd)
               ? errno
               : NEXT (posix_fallocate64) (fd, offset, size);
}

int
rename (const char *from, const char *to)
{
    return kb_fault_strikes (KB_FAULT_NAME, "rename", to) ? -1 : NEXT (rename) (from, to);
}

int
renameat (int from_dir, const char *from, int to_dir, const char *to)
{
    return kb_fault_strikes (KB_FAULT_NAME, "renameat", to)
               ? -1
               : NEXT (renameat) (from_dir, from, to_dir, to);
}

int
renameat2 (int from_dir, const char *from, int to_dir, const char *to, unsigned flags)
{
    return kb_fault_strikes (KB_FAULT_NAME, "renameat2", to)
               ? -1
               : NEXT (renameat2) (from_dir, from, to_dir, to, flags);
}

int
link (const char *from, const char *to)
{
    return kb_fault_strikes (KB_FAULT_NAME, "link", to) ? -1 : NEXT (link) (from, to);
}

int
linkat (int from_dir, const char *from, int to_dir, const char *to, int flags)
{
    return kb_fault_strikes (KB_FAULT_NAME, "linkat", to)
               ? -1
               : NEXT (linkat) (from_dir, from, to_dir, to, flags);
}

/* No name is ever given up for lack of space. */
int
unlink (const char *path)
{
    return kb_fault_strikes (KB_FAULT_NAME, "unlink", path) ? -1 : NEXT (unlink) (path);
}

int
unlinkat (int dir, const char *path, int flags)
{
    return kb_fault_strikes (KB_FAULT_NAME, "unlinkat", path) ? -1
                                                              : NEXT (unlinkat) (dir, path, flags);
}

int
remove (const char *path)
{
    return kb_fault_strikes (KB_FAULT_NAME, "remove", path) ? -1 : NEXT (remove) (path);
}

int
rmdir (const char *path)
{
    return kb_fault_strikes (KB_FAULT_NAME, "rmdir", path) ? -1 : NEXT (rmdir) (path);
}

int
mkdir (const char *path, mode_t mode)
{
    return kb_fault_strikes (KB_FAULT_CREATE, "mkdir", path) ? -1 : NEXT (mkdir) (path, mode);
}

int
fchmod (int fd, mode_t mode)
{
    return kb_fault_strikes_fd (KB_FAULT_OWNER, "fchmod", fd) ? -1 : NEXT (fchmod) (fd, mode);
}

int
fchown (int fd, uid_t user, gid_t group)
{
    return kb_fault_strikes_fd (KB_FAULT_OWNER, "fchown", fd) ? -1
                                                              : NEXT (fchown) (fd, user, group);
}

int
flock (int fd, int operation)
{
    return kb_fault_strikes_fd (KB_FAULT_LOCK, "flock", fd) ? -1 : NEXT (flock) (fd, operation);
}

/* Only taking a lock can fail. */
int
fcntl64 (int fd, int command, ...)
{
    va_list args;

    va_start (args, command);
    void *argument = va_arg (args, void *);
    va_end (args);
    if ((command == F_SETLK || command == F_SETLKW) &&
        ((const struct flock *) argument)->l_type != F_UNLCK &&
        kb_fault_strikes_fd (KB_FAULT_LOCK, "lock", fd))
        return -1;
    return NEXT (fcntl64) (fd, command, argument);
}

void *
mmap64 (void *address, size_t size, int protection, int flags, int fd, off64_t offset)
{
    if (fd >= 0 && kb_fault_strikes_fd (KB_FAULT_READ, "mmap", fd))
        return MAP_FAILED;
    return NEXT (mmap64) (address, size, protection, flags, fd, offset);
}

int
stat64 (const char *path, struct stat64 *info)
{
    return kb_fault_strikes (KB_FAULT_LOOK, "stat", path) ? -1 : NEXT (stat64) (path, info);
}

int
lstat64 (const char *path, struct stat64 *info)
{
    return kb_fault_strikes (KB_FAULT_LOOK, "lstat", path) ? -1 : NEXT (lstat64) (path, info);
}

int
fstat64 (int fd, struct stat64 *info)
{
    return kb_fault_strikes_fd (KB_FAULT_LOOK, "fstat", fd) ? -1 : NEXT (fstat64) (fd, info);
}

int
access (const char *path, int mode)
{
    return kb_fault_strikes (KB_FAULT_LOOK, "access", path) ? -1 : NEXT (access) (path, mode);
}

int
statvfs64 (const char *path, struct statvfs64 *info)
{
    if (kb_fault_strikes (KB_FAULT_LOOK, "statvfs", path))
        return -1;
    int result = NEXT (statvfs64) (path, info);
    if (getenv ("KB_FAULT_SPACE") != NULL)
        info->f_bavail = 1 << 30;
    return result;
}

/* A small cache makes SQLite write before it commits, as it does with a large database. Opaque
 * here, but for the one call. */
int
sqlite3_open_v2 (const char *path, void **db, int flags, const char *vfs)
{
    int (*next) (const char *, void **, int, const char *) = dlsym (RTLD_NEXT, "sqlite3_open_v2");
    int (*exec) (void *, const char *, void *, void *, void *) = dlsym (RTLD_NEXT, "sqlite3_exec");
    const char *pages = getenv ("KB_FAULT_CACHE");
    char sql[64];
    int rc = next (path, db, flags, vfs);

    if (rc == 0 && pages != NULL) {
        snprintf (sql, sizeof sql, "PRAGMA cache_size=%s", pages);
        exec (*db, sql, NULL, NULL, NULL);
    }
    return rc;
}
