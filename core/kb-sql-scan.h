/* SPDX-License-Identifier: MIT */
#pragma once

/* Where statements end, and what the literals of an INSERT say: pure functions over bytes in
 * memory. They follow SQLite's tokenizer (tokenize.c) and sqlite3_complete() (complete.c). */

#include <glib.h>

G_BEGIN_DECLS

/**
 * KbScan:
 * @KB_SCAN_OK: found
 * @KB_SCAN_MORE: the bytes end before it does
 * @KB_SCAN_OTHER: it is something else
 *
 * How a scan ended.
 */
typedef enum { KB_SCAN_OK, KB_SCAN_MORE, KB_SCAN_OTHER } KbScan;

/**
 * KbLiteralType:
 * @KB_LITERAL_NULL: NULL
 * @KB_LITERAL_INTEGER: decimal digits that fit into 64 bits
 * @KB_LITERAL_REAL: a decimal number with point or exponent, or too large for 64 bits
 * @KB_LITERAL_TEXT: '…'
 * @KB_LITERAL_BLOB: X'…'
 * @KB_LITERAL_BLOB_AS_TEXT: CAST(X'…' AS TEXT)
 * @KB_LITERAL_ESCAPED: unistr('…'), as the sqlite3 shell writes control characters since 3.50
 *
 * The forms of a literal that dumps use. Others are left to SQLite.
 */
typedef enum {
    KB_LITERAL_NULL,
    KB_LITERAL_INTEGER,
    KB_LITERAL_REAL,
    KB_LITERAL_TEXT,
    KB_LITERAL_BLOB,
    KB_LITERAL_BLOB_AS_TEXT,
    KB_LITERAL_ESCAPED,
} KbLiteralType;

/**
 * KbLiteral:
 * @type: its form
 * @has_quotes: whether the text holds doubled quotes
 * @integer: the value of an integer
 * @start: its bytes, without the quotes around them
 * @length: how many
 */
typedef struct {
    KbLiteralType type;
    gboolean has_quotes;
    gint64 integer;
    const char *start;
    gsize length;
} KbLiteral;

/**
 * KbInsert:
 * @table: the name of the table as written, quotes included
 * @table_length: its length in bytes
 * @columns: (nullable): the list of columns as written, without brackets
 * @columns_length: its length in bytes
 * @literals: (element-type KbLiteral): the values
 */
typedef struct {
    const char *table;
    gsize table_length;
    const char *columns;
    gsize columns_length;
    GArray *literals;
} KbInsert;

KbScan kb_sql_scan_blank (const char *at, const char *end, gboolean final, const char **after);
KbScan kb_sql_scan_statement (const char *at, const char *end, const char **after);
gsize kb_sql_count_tokens (const char *at, const char *end);
KbScan kb_sql_scan_insert (const char *at, const char *end, KbInsert *out, const char **after);

gsize kb_sql_undouble (char *text, gsize length, char quote);
gboolean kb_sql_decode_hex (char *text, gsize length);
gboolean kb_sql_decode_escapes (char *text, gsize length, gsize *new_length);

char *kb_sql_table_of (const char *sql);

G_END_DECLS
