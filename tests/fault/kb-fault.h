/* SPDX-License-Identifier: MIT */
#pragma once

/* Shared by the parts of the preload for fault tests: see kb-fault.c. */

#include "kb-preload.h"

#include <stddef.h>

/* What calls do. A kind of fault strikes some of them; the others are not even counted. */
enum {
    KB_FAULT_OPEN = 1 << 0,
    KB_FAULT_CREATE = 1 << 1,
    KB_FAULT_READ = 1 << 2,
    KB_FAULT_WRITE = 1 << 3,
    KB_FAULT_SYNC = 1 << 4,
    KB_FAULT_NAME = 1 << 5,
    KB_FAULT_SIZE = 1 << 6,
    KB_FAULT_OWNER = 1 << 7,
    KB_FAULT_LOCK = 1 << 8,
    KB_FAULT_LOOK = 1 << 9,
    KB_FAULT_CLOSE = 1 << 10,
    KB_FAULT_MEMORY = 1 << 11,
};

/* What happens to a call. */
typedef enum {
    KB_FATE_GO,        /* as if we were not there */
    KB_FATE_FAIL,      /* fails, errno is set, nothing is done */
    KB_FATE_SHORT,     /* half of it is done, and the caller hears that */
    KB_FATE_TORN,      /* half of it is done, then it fails */
    KB_FATE_TORN_KILL, /* half of it is done, then the process is killed */
} KbFate;

KbFate kb_fault_decide (unsigned class, const char *call, const char *path);
int kb_fault_strikes (unsigned class, const char *call, const char *path);
int kb_fault_strikes_fd (unsigned class, const char *call, int fd);
int kb_fault_is_watched (const char *path);
void kb_fault_kill (void);

/* Calls that are made on our own behalf are neither counted nor struck. */
void kb_fault_enter (void);
void kb_fault_leave (void);

/* What the disk would have after a power cut: kb-fault-disk.c. */
void kb_disk_synced (int fd);
void kb_disk_created (int fd);
