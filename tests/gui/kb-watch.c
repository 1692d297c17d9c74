/* SPDX-License-Identifier: MIT */
/* A preload for tests of the window. It writes down which thread makes slow calls on the data
 * folder, and can hold the worker at a gate so that a test presses Cancel at a known moment.
 *
 *   KB_WATCH_DIR   calls on paths below this folder count
 *   KB_WATCH_LOG   a line each: "main open PATH" or "worker open PATH"
 *   KB_WATCH_GATE  writes to unfinished backups wait until this file exists
 */
#define _GNU_SOURCE
#include "kb-preload.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

static __thread int inside;

/* A child that a worker forks is the worker's, though it is the first thread of its process. */
static __thread int is_main;

__attribute__ ((constructor)) static void
mark_main (void)
{
    is_main = 1;
}

static const char *
watched_dir (void)
{
    const char *dir = getenv ("KB_WATCH_DIR");

    return dir != NULL && *dir != '\0' ? dir : NULL;
}

static int
is_watched (const char *path)
{
    const char *dir = watched_dir();

    return dir != NULL && path != NULL && strncmp (path, dir, strlen (dir)) == 0;
}

static void
note (const char *call, const char *what)
{
    const char *log = getenv ("KB_WATCH_LOG");
    char line[4200];

    if (log == NULL || inside)
        return;
    inside = 1;
    int n = snprintf (line, sizeof line, "%s %s %s\n", is_main ? "main" : "worker", call, what);
    int fd = NEXT (open) (log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd >= 0 && NEXT (write) (fd, line, (size_t) n) < n)
        abort();
    close (fd);
    inside = 0;
}

static void
note_fd (const char *call, int fd)
{
    char path[4096];

    if (watched_dir() != NULL && !inside && kb_preload_path_of (fd, path, sizeof path) &&
        is_watched (path))
        note (call, path);
}

#define OPEN_BODY(name, ...)                                                                       \
    TAKE_MODE                                                                                      \
    if (is_watched (path))                                                                         \
        note ("open", path);                                                                       \
    return NEXT (name) (__VA_ARGS__, mode);

int
open (const char *path, int flags, ...)
{
    OPEN_BODY (open, path, flags)
}

int
open64 (const char *path, int flags, ...)
{
    OPEN_BODY (open64, path, flags)
}

int
openat (int dir, const char *path, int flags, ...){OPEN_BODY (openat, dir, path, flags)}

ssize_t read (int fd, void *bytes, size_t size)
{
    note_fd ("read", fd);
    return NEXT (read) (fd, bytes, size);
}

ssize_t
pread64 (int fd, void *bytes, size_t size, off64_t offset)
{
    note_fd ("read", fd);
    return NEXT (pread64) (fd, bytes, size, offset);
}

static void
wait_at_gate (int fd)
{
    const char *gate = getenv ("KB_WATCH_GATE");
    char path[4096];

    if (gate == NULL || inside || !kb_preload_path_of (fd, path, sizeof path) ||
        strstr (path, ".dump.part") == NULL)
        return;
    for (int i = 0; access (gate, F_OK) != 0 && i < 6000; i++)
        usleep (10000);
}

ssize_t
write (int fd, const void *bytes, size_t size)
{
    note_fd ("write", fd);
    wait_at_gate (fd);
    return NEXT (write) (fd, bytes, size);
}

int
fsync (int fd)
{
    note_fd ("fsync", fd);
    return NEXT (fsync) (fd);
}

int
fdatasync (int fd)
{
    note_fd ("fsync", fd);
    return NEXT (fdatasync) (fd);
}

int
connect (int fd, const struct sockaddr *address, socklen_t length)
{
    if (address->sa_family == AF_INET || address->sa_family == AF_INET6)
        note ("connect", "network");
    return NEXT (connect) (fd, address, length);
}

/* Opaque here: only the name and the thread matter. */
int
sqlite3_open_v2 (const char *path, void **db, int flags, const char *vfs)
{
    int (*next) (const char *, void **, int, const char *) = dlsym (RTLD_NEXT, "sqlite3_open_v2");

    note ("sqlite", "open");
    return next (path, db, flags, vfs);
}

int
sqlite3_step (void *stmt)
{
    int (*next) (void *) = dlsym (RTLD_NEXT, "sqlite3_step");
    static __thread int noted;

    if (!noted) /* once a thread says it all */
        note ("sqlite", "step");
    noted = 1;
    return next (stmt);
}
