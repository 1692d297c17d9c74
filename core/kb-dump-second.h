/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-scratch.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * KbDumpSecondOptions:
 * @file: the dump
 * @follow_links: whether @file may be a symbolic link
 * @is_ours: whether we wrote it
 * @offset: where it begins, in bytes: kb_dump_find_middle()
 * @scratch: the database that it makes, with a name; nothing is there yet
 *
 * Everything but the name of the database must outlive the thread.
 */
typedef struct {
    const char *file;
    gboolean follow_links;
    gboolean is_ours;
    uint64_t offset;
    KbScratchOptions scratch;
} KbDumpSecondOptions;

/**
 * KbDumpSecond:
 *
 * The second half of a dump on its way into a database of its own, by a thread of its own. All
 * functions here are for the thread that has started it.
 */
typedef struct _KbDumpSecond KbDumpSecond;

KbDumpSecond *kb_dump_second_start (const KbDumpSecondOptions *options);
void kb_dump_second_stop (KbDumpSecond *self);
void kb_dump_second_free (KbDumpSecond *self);

const KbDumpSecondOptions *kb_dump_second_get_options (const KbDumpSecond *self);
uint64_t kb_dump_second_get_position (KbDumpSecond *self);
gboolean kb_dump_second_is_running (KbDumpSecond *self);
gboolean kb_dump_second_has_failed (KbDumpSecond *self);
const char *kb_dump_second_get_checksum (KbDumpSecond *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbDumpSecond, kb_dump_second_free)

G_END_DECLS
