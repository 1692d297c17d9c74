/* SPDX-License-Identifier: MIT */
/* A preload that makes one call on a data folder fail, or ends the process there.
 *
 *   KB_FAULT_DIR     calls on paths below this folder count
 *   KB_FAULT_KIND    what happens: a name of the table below
 *   KB_FAULT_AT      at the which call that the kind strikes, from 1; 0 only counts
 *   KB_FAULT_STICKY  if set, at every call from then on
 *   KB_FAULT_REPORT  a file that holds, however the process ends: the number of calls counted, a
 *                    newline, and the call struck first
 *   KB_FAULT_SPACE   if set, the disk says that it has room, as disks with quotas do
 *   KB_FAULT_CACHE   pages that SQLite may cache, so that a small database spills like a large one
 *   KB_FAULT_DISK    a folder that gets what the disk has for sure: kb-fault-disk.c
 *
 * The wrappers of the calls are in kb-fault-calls.c. */
#define _GNU_SOURCE
#include "kb-fault.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define REPORT_BYTES 4096
#define CHANGES                                                                                    \
    (KB_FAULT_CREATE | KB_FAULT_WRITE | KB_FAULT_SYNC | KB_FAULT_NAME | KB_FAULT_SIZE |            \
     KB_FAULT_OWNER)

typedef struct {
    const char *name;
    unsigned classes;
    KbFate fate;
    int error_number; /* 0: killed */
} Kind;

static const Kind kinds[] = {
    {"eio", 0xffff & ~KB_FAULT_MEMORY, KB_FATE_FAIL, EIO},
    {"enospc", CHANGES & ~KB_FAULT_OWNER, KB_FATE_FAIL, ENOSPC},
    {"eacces", KB_FAULT_OPEN | KB_FAULT_CREATE | KB_FAULT_NAME | KB_FAULT_OWNER, KB_FATE_FAIL,
     EACCES},
    {"short", KB_FAULT_READ | KB_FAULT_WRITE, KB_FATE_SHORT, 0},
    {"torn", KB_FAULT_WRITE, KB_FATE_TORN, ENOSPC},
    {"nomem", KB_FAULT_MEMORY, KB_FATE_FAIL, ENOMEM},
    {"kill", CHANGES, KB_FATE_FAIL, 0},
    {"kill-torn", KB_FAULT_WRITE, KB_FATE_TORN_KILL, 0},
};

static const Kind *kind;
static const char *dir;
static long strike_at;
static int sticky;
static char *report;
static long calls;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static __thread int inside;
static sqlite3_mem_methods memory;

void
kb_fault_enter (void)
{
    inside++;
}

void
kb_fault_leave (void)
{
    inside--;
}

/* What a crash must not take back goes before; what a power cut takes back is the test's to do. */
void
kb_fault_kill (void)
{
    kill (getpid(), SIGKILL);
    pause();
}

int
kb_fault_is_watched (const char *path)
{
    return dir != NULL && path != NULL && !inside && strncmp (path, dir, strlen (dir)) == 0;
}

/* A shared mapping outlives SIGKILL. */
static void
write_report (const char *call, const char *path)
{
    if (report == NULL)
        return;
    int n = snprintf (report, 32, "%ld\n", calls);
    if (call != NULL && report[REPORT_BYTES / 2] == '\0')
        snprintf (report + REPORT_BYTES / 2, REPORT_BYTES / 2, "%s %s", call, path);
    (void) n;
}

static KbFate
decide_locked (unsigned class, const char *call, const char *path)
{
    if (kind == NULL || (kind->classes & class) == 0)
        return KB_FATE_GO;
    calls++;
    int strikes = strike_at > 0 && (calls == strike_at || (sticky && calls > strike_at));
    write_report (strikes ? call : NULL, path);
    if (!strikes)
        return KB_FATE_GO;
    if (kind->fate == KB_FATE_FAIL && kind->error_number == 0)
        kb_fault_kill();
    return kind->fate;
}

KbFate
kb_fault_decide (unsigned class, const char *call, const char *path)
{
    if (inside || dir == NULL)
        return KB_FATE_GO;
    pthread_mutex_lock (&lock);
    KbFate fate = decide_locked (class, call, path);
    pthread_mutex_unlock (&lock);
    if (fate == KB_FATE_FAIL || fate == KB_FATE_TORN)
        errno = kind->error_number;
    return fate;
}

int
kb_fault_strikes (unsigned class, const char *call, const char *path)
{
    return kb_fault_is_watched (path) && kb_fault_decide (class, call, path) == KB_FATE_FAIL;
}

int
kb_fault_strikes_fd (unsigned class, const char *call, int fd)
{
    char path[4096];

    if (inside || dir == NULL || kind == NULL || (kind->classes & class) == 0)
        return 0;
    int saved_errno = errno;
    int found = kb_preload_path_of (fd, path, sizeof path);
    errno = saved_errno;
    return found && kb_fault_strikes (class, call, path);
}

static void *
fail_malloc (int size)
{
    return kb_fault_decide (KB_FAULT_MEMORY, "malloc", "SQLite") == KB_FATE_FAIL
               ? NULL
               : memory.xMalloc (size);
}

static void *
fail_realloc (void *bytes, int size)
{
    return kb_fault_decide (KB_FAULT_MEMORY, "realloc", "SQLite") == KB_FATE_FAIL
               ? NULL
               : memory.xRealloc (bytes, size);
}

static void
hook_memory (void)
{
    sqlite3_mem_methods failing;

    sqlite3_config (SQLITE_CONFIG_GETMALLOC, &memory);
    failing = memory;
    failing.xMalloc = fail_malloc;
    failing.xRealloc = fail_realloc;
    sqlite3_config (SQLITE_CONFIG_MALLOC, &failing);
}

static void
open_report (void)
{
    const char *path = getenv ("KB_FAULT_REPORT");
    int fd = path != NULL ? open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;

    if (fd < 0 || ftruncate (fd, 0) != 0 || ftruncate (fd, REPORT_BYTES) != 0)
        return;
    report = mmap (NULL, REPORT_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (report == MAP_FAILED)
        abort();
    close (fd);
    write_report (NULL, NULL);
}

__attribute__ ((constructor)) static void
start (void)
{
    const char *name = getenv ("KB_FAULT_KIND");
    const char *at = getenv ("KB_FAULT_AT");

    inside++;
    for (size_t i = 0; name != NULL && i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp (kinds[i].name, name) == 0)
            kind = &kinds[i];
    if (name != NULL && kind == NULL)
        abort();
    strike_at = at != NULL ? strtol (at, NULL, 10) : 0;
    sticky = getenv ("KB_FAULT_STICKY") != NULL;
    open_report();
    if (kind != NULL && (kind->classes & KB_FAULT_MEMORY) != 0)
        hook_memory();
    dir = getenv ("KB_FAULT_DIR");
    inside--;
}
