/* SPDX-License-Identifier: MIT */
#include "kb-sql-buffer.h"

#include <math.h>
#include <stdint.h>

#define BLOCK_BYTES 32
#define MAX_PLAIN_INTEGER 1e15 /* %.17g writes these without exponent, too */

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

/* What a text holds that a literal has to care for. */
enum {
    HAS_QUOTE = 1,
    HAS_CR_OR_NUL = 2, /* Python's text mode changes CR, SQL ends at NUL */
    HAS_HIGH = 4,      /* not ASCII: UTF-8, or bytes that neither Kolibri nor JSON takes */
};

static unsigned char
look_at (unsigned char c)
{
    return (unsigned char) ((c == '\'') | (((c == '\r') | (c == '\0')) << 1) | ((c & 0x80) >> 5));
}

/* The inner loop has a fixed length so that the compiler makes vector instructions of it. */
static unsigned
look_through (const unsigned char *text, gsize length)
{
    unsigned char found = 0;
    gsize i = 0;

    for (; i + BLOCK_BYTES <= length; i += BLOCK_BYTES)
        for (unsigned j = 0; j < BLOCK_BYTES; j++)
            found |= look_at (text[i + j]);
    for (; i < length; i++)
        found |= look_at (text[i]);
    return found;
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
    unsigned found = look_through ((const unsigned char *) text, length);

    if ((found & HAS_CR_OR_NUL) == 0 &&
        ((found & HAS_HIGH) == 0 || g_utf8_validate_len (text, length, NULL))) {
        kb_sql_buffer_add_char (self, '\'');
        if ((found & HAS_QUOTE) != 0)
            add_doubling_quotes (self, text, length);
        else if (length > 0)
            kb_sql_buffer_add (self, text, length);
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

    if (fabs (value) <= MAX_PLAIN_INTEGER && value == trunc (value) &&
        !(value == 0 && signbit (value))) {
        kb_sql_buffer_add_integer (self, (gint64) value);
        kb_sql_buffer_add (self, ".0", 2);
        return;
    }
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
