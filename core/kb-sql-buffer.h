/* SPDX-License-Identifier: MIT */
#pragma once

/* Text of SQL under construction. Literals come out in the forms that Kolibri's dbrestore, the
 * sqlite3 shell and we read back to the very same value: docs/format.md, "Values". */

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

/**
 * KbSqlBuffer:
 * @bytes: the text, not NUL-terminated
 * @length: how much there is
 * @capacity: how much there is room for
 */
typedef struct {
    char *bytes;
    gsize length;
    gsize capacity;
} KbSqlBuffer;

void kb_sql_buffer_init (KbSqlBuffer *self, gsize capacity);
void kb_sql_buffer_clear (KbSqlBuffer *self);
void kb_sql_buffer_grow (KbSqlBuffer *self, gsize n_more);

void kb_sql_buffer_add_text (KbSqlBuffer *self, const char *text, gsize length);
void kb_sql_buffer_add_blob (KbSqlBuffer *self, const void *bytes, gsize length);
void kb_sql_buffer_add_integer (KbSqlBuffer *self, gint64 value);
void kb_sql_buffer_add_real (KbSqlBuffer *self, double value);

/* Makes sure that @n_more bytes fit. */
static inline void
kb_sql_buffer_reserve (KbSqlBuffer *self, gsize n_more)
{
    if (self->capacity - self->length < n_more)
        kb_sql_buffer_grow (self, n_more);
}

/* Adds bytes as they are. */
static inline void
kb_sql_buffer_add (KbSqlBuffer *self, const char *bytes, gsize length)
{
    kb_sql_buffer_reserve (self, length);
    memcpy (self->bytes + self->length, bytes, length);
    self->length += length;
}

/* Adds one byte as it is. */
static inline void
kb_sql_buffer_add_char (KbSqlBuffer *self, char c)
{
    kb_sql_buffer_reserve (self, 1);
    self->bytes[self->length++] = c;
}

G_END_DECLS
