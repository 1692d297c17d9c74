/* SPDX-License-Identifier: MIT */
#pragma once

#include <gio/gio.h>
#include <stdint.h>

G_BEGIN_DECLS

/**
 * KbSourceFormat:
 * @KB_SOURCE_EMPTY: no bytes at all
 * @KB_SOURCE_DATABASE: a binary SQLite database (its first 16 bytes say so)
 * @KB_SOURCE_TEXT: anything else; whether it is a dump is for kb-dump-reader to find out
 *
 * What kind of file it is, after decompression.
 */
typedef enum { KB_SOURCE_EMPTY, KB_SOURCE_DATABASE, KB_SOURCE_TEXT } KbSourceFormat;

/**
 * KbSource:
 *
 * The bytes of a file that may be a backup, decompressed where it is gzip. One thread.
 */
typedef struct _KbSource KbSource;

KbSource *kb_source_open (const char *path, gboolean follow_links, GError **error);
void kb_source_free (KbSource *self);

KbSourceFormat kb_source_get_format (const KbSource *self);
gboolean kb_source_is_compressed (const KbSource *self);
const char *kb_source_get_path (const KbSource *self);
uint64_t kb_source_get_size (const KbSource *self);
uint64_t kb_source_get_position (const KbSource *self);
gboolean kb_source_seek (KbSource *self, uint64_t offset, GError **error);
gssize kb_source_read (KbSource *self, void *bytes, size_t size_bytes, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbSource, kb_source_free)

G_END_DECLS
