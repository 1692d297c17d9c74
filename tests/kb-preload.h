/* SPDX-License-Identifier: MIT */
#pragma once

/* What the preloads of the tests share. Define _GNU_SOURCE before any include. */

#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

/* The function that would have been called without us. */
#define NEXT(name) ((__typeof__ (name) *) dlsym (RTLD_NEXT, #name))

/* Takes the mode behind the flags of open(), in a function with the arguments `flags, ...`. */
#define TAKE_MODE                                                                                  \
    mode_t mode = 0;                                                                               \
    if (flags & (O_CREAT | O_TMPFILE)) {                                                           \
        va_list args;                                                                              \
        va_start (args, flags);                                                                    \
        mode = va_arg (args, mode_t);                                                              \
        va_end (args);                                                                             \
    }

/* The file behind a descriptor; 0 when nobody knows. */
static inline int
kb_preload_path_of (int fd, char *path, size_t size)
{
    char link[64];

    snprintf (link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink (link, path, size - 1);
    if (n < 0)
        return 0;
    path[n] = '\0';
    return 1;
}
