/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-summary.h"

#include <stdint.h>

G_BEGIN_DECLS

/* The first and the last line of a dump are bounded, so that reading them never takes much memory
 * and json-glib never sees much of a stranger's file. */
#define KB_HEADER_MAX_BYTES (64 * 1024)
#define KB_FOOTER_MAX_BYTES (64 * 1024)

#define KB_HEADER_PREFIX "-- kolibri-backup "
#define KB_FOOTER_PREFIX "-- kolibri-backup-end "

/**
 * KbOrigin:
 * @KB_ORIGIN_UNKNOWN: the file does not say
 * @KB_ORIGIN_MANUAL: somebody asked for it
 * @KB_ORIGIN_AUTOMATIC: Kolibri made it before an upgrade
 * @KB_ORIGIN_BEFORE_RESTORE: it holds what a restore replaced
 *
 * Why there is this backup.
 */
typedef enum {
    KB_ORIGIN_UNKNOWN,
    KB_ORIGIN_MANUAL,
    KB_ORIGIN_AUTOMATIC,
    KB_ORIGIN_BEFORE_RESTORE,
} KbOrigin;

/**
 * KbHeader:
 * @program_version: (nullable): the version of Kolibri Backup that wrote the dump
 * @kolibri_version: (nullable): the version of the data
 * @time: (nullable): when the dump was taken, with the offset of the writer's time zone
 * @origin: why there is this backup
 * @summary: what is in it
 * @encoding: (nullable): the text encoding of the database when it is not UTF-8, as in
 *     `PRAGMA encoding`
 * @page_size: the page size of the database in bytes, or 0
 * @user_version: `PRAGMA user_version` of the database
 * @application_id: `PRAGMA application_id` of the database
 *
 * What the first line of our dumps says.
 */
typedef struct {
    char *program_version;
    char *kolibri_version;
    GDateTime *time;
    KbOrigin origin;
    KbSummary *summary;
    char *encoding;
    gint64 page_size;
    gint64 user_version;
    gint64 application_id;
} KbHeader;

/**
 * KbFooter:
 * @bytes: how many bytes stand before the last line
 * @checksum: XXH3-128 of those bytes, as 32 hexadecimal digits
 * @rows: (element-type utf8 gint64): table name to number of rows
 *
 * What the last line of our dumps says.
 */
typedef struct {
    guint64 bytes;
    char *checksum;
    GHashTable *rows;
} KbFooter;

KbHeader *kb_header_new (void);
void kb_header_free (KbHeader *self);
char *kb_header_format (const KbHeader *self);
KbHeader *kb_header_parse (const char *line, gsize length, GError **error);

KbFooter *kb_footer_new (void);
void kb_footer_free (KbFooter *self);
char *kb_footer_format (const KbFooter *self);
void kb_footer_count_row (KbFooter *self, const char *table);
gboolean kb_footer_rows_fit (const KbFooter *self, const KbFooter *counted);
gboolean kb_footer_equal (const KbFooter *a, const KbFooter *b);
KbFooter *kb_footer_parse (const char *line, gsize length);

const char *kb_origin_to_string (KbOrigin origin);
KbOrigin kb_origin_from_string (const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbHeader, kb_header_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbFooter, kb_footer_free)

G_END_DECLS
