/* SPDX-License-Identifier: MIT */
#include "kb-sql-buffer.h"

#include <math.h>
#include <stdint.h>

#define BLOCK_BYTES 32

/**
 * kb_sql_buffer_init:
 * @self: (out): memory for a buffer
 * @capacity: how many bytes to make room for
 *
 * Makes an empty buffer.
 */
void
kb_sql_buffer_init (KbSqlBuffer *self, gsize capacity)
{
    self->bytes = g_malloc (capacity);
    self->length = 0;
    self->capacity = capacity;
}

/**
 * kb_sql_buffer_clear:
 * @self: a buffer
 *
 * Frees what is in it.
 */
void
kb_sql_buffer_clear (KbSqlBuffer *self)
{
    g_clear_pointer (&self->bytes, g_free);
    self->length = self->capacity = 0;
}

/**
 * kb_sql_buffer_grow:
 * @self: a buffer
 * @n_more: how many bytes shall fit behind what is there
 *
 * Makes room; kb_sql_buffer_reserve() calls it only where there is none.
 */
void
kb_sql_buffer_grow (KbSqlBuffer *self, gsize n_more)
{
    self->capacity = MAX (self->capacity * 2, self->length + n_more);
    self->bytes = g_realloc (self->bytes, self->capacity);
}

/* Whether a text is ASCII without quote, CR and NUL, so that it can be copied as it is. The inner
 * loop has a fixed length so that the compiler makes vector instructions of it. */
static gboolean
is_plain (const unsigned char *text, gsize length)
{
    gsize i = 0;

    for (; i + BLOCK_BYTES <= length; i += BLOCK_BYTES) {
        unsigned char special = 0;
        for (unsigned j = 0; j < BLOCK_BYTES; j++) {
            unsigned char c = text[i + j];
            special |= (unsigned char) ((c == '\'') | (c == '\r') | (c == '\0') | (c >= 0x80));
        }
        if (special != 0)
            return FALSE;
    }
    unsigned char special = 0;
    for (; i < length; i++)
        special |= (unsigned char) ((text[i] == '\'') | (text[i] == '\r') | (text[i] == '\0') |
                                    (text[i] >= 0x80));
    return special == 0;
}

static void
add_hex (KbSqlBuffer *self, const unsigned char *bytes, gsize length)
{
    static const char digits[] = "0123456789ABCDEF";

    kb_sql_buffer_reserve (self, 2 * length);
    char *to = self->bytes + self->length;
    for (gsize i = 0; i < length; i++) {
        *to++ = digits[bytes[i] >> 4];
        *to++ = digits[bytes[i] & 15];
    }
    self->length += 2 * length;
}

/* Whether a text survives between quotes: Python's text mode changes CR, SQL ends at NUL, and
 * neither Kolibri nor JSON takes bytes that are not UTF-8. */
static gboolean
survives_quoted (const char *text, gsize length)
{
    return memchr (text, '\r', length) == NULL && memchr (text, '\0', length) == NULL &&
           g_utf8_validate_len (text, length, NULL);
}

static void
add_doubling_quotes (KbSqlBuffer *self, const char *text, gsize length)
{
    const char *end = text + length;

    while (text < end) {
        const char *quote = memchr (text, '\'', (gsize) (end - text));
        gsize run = (gsize) ((quote != NULL ? quote + 1 : end) - text);
        kb_sql_buffer_add (self, text, run);
        if (quote != NULL)
            kb_sql_buffer_add_char (self, '\'');
        text += run;
    }
}

/**
 * kb_sql_buffer_add_text:
 * @self: a buffer
 * @text: a TEXT value, any bytes
 * @length: how many
 *
 * Adds a literal for a text: in quotes, or as CAST(X'…' AS TEXT) where quotes would change it.
 */
void
kb_sql_buffer_add_text (KbSqlBuffer *self, const char *text, gsize length)
{
    if (length == 0 || is_plain ((const unsigned char *) text, length)) {
        kb_sql_buffer_reserve (self, length + 2);
        char *to = self->bytes + self->length;
        to[0] = '\'';
        if (length > 0)
            memcpy (to + 1, text, length);
        to[length + 1] = '\'';
        self->length += length + 2;
    } else if (survives_quoted (text, length)) {
        kb_sql_buffer_add_char (self, '\'');
        add_doubling_quotes (self, text, length);
        kb_sql_buffer_add_char (self, '\'');
    } else {
        kb_sql_buffer_add (self, "CAST(X'", 7);
        add_hex (self, (const unsigned char *) text, length);
        kb_sql_buffer_add (self, "' AS TEXT)", 10);
    }
}

/**
 * kb_sql_buffer_add_blob:
 * @self: a buffer
 * @bytes: (nullable): a BLOB value
 * @length: how many bytes
 *
 * Adds a literal for a blob.
 */
void
kb_sql_buffer_add_blob (KbSqlBuffer *self, const void *bytes, gsize length)
{
    kb_sql_buffer_add (self, "X'", 2);
    add_hex (self, bytes, length);
    kb_sql_buffer_add_char (self, '\'');
}

/**
 * kb_sql_buffer_add_integer:
 * @self: a buffer
 * @value: an INTEGER value
 *
 * Adds a literal for an integer.
 */
void
kb_sql_buffer_add_integer (KbSqlBuffer *self, gint64 value)
{
    char digits[20];
    unsigned n = 0;
    guint64 rest = value < 0 ? -(guint64) value : (guint64) value;

    do {
        digits[n++] = (char) ('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);

    kb_sql_buffer_reserve (self, n + 1);
    char *to = self->bytes + self->length;
    if (value < 0)
        *to++ = '-';
    while (n > 0)
        *to++ = digits[--n];
    self->length = (gsize) (to - self->bytes);
}

/**
 * kb_sql_buffer_add_real:
 * @self: a buffer
 * @value: a REAL value; SQLite has no NaN
 *
 * Adds a literal for a real: 17 significant digits, because SQLite's own conversion misreads some
 * shorter forms; 1e999 for infinity, which no literal names.
 */
void
kb_sql_buffer_add_real (KbSqlBuffer *self, double value)
{
    char digits[G_ASCII_DTOSTR_BUF_SIZE];

    if (isinf (value)) {
        const char *infinity = value > 0 ? "1e999" : "-1e999";
        kb_sql_buffer_add (self, infinity, strlen (infinity));
        return;
    }
    g_ascii_formatd (digits, sizeof digits, "%.17g", value);
    kb_sql_buffer_add (self, digits, strlen (digits));
    if (strpbrk (digits, ".e") == NULL)
        kb_sql_buffer_add (self, ".0", 2);
}
