/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-header.h"
#include "kb-source.h"

G_BEGIN_DECLS

/**
 * KbValueType:
 * @KB_VALUE_NULL: NULL
 * @KB_VALUE_INTEGER: a 64-bit integer
 * @KB_VALUE_REAL: digits with a point or an exponent, as text
 * @KB_VALUE_TEXT: text in UTF-8, or what somebody wrote in its place
 * @KB_VALUE_BLOB: bytes
 *
 * What a literal stands for.
 */
typedef enum {
    KB_VALUE_NULL,
    KB_VALUE_INTEGER,
    KB_VALUE_REAL,
    KB_VALUE_TEXT,
    KB_VALUE_BLOB,
} KbValueType;

/**
 * KbValue:
 * @type: what it is
 * @integer: the value of an integer
 * @start: the bytes of a text or blob, or the digits of a real; not NUL-terminated
 * @length: how many
 *
 * One literal. It points into the reader and lives until the next statement is read.
 */
typedef struct {
    KbValueType type;
    gint64 integer;
    const char *start;
    size_t length;
} KbValue;

/**
 * KbStatementType:
 * @KB_STATEMENT_INSERT: INSERT INTO one table of one row of literals
 * @KB_STATEMENT_SQL: anything else between BEGIN and COMMIT
 * @KB_STATEMENT_END: the dump is over, and was whole
 *
 * What the reader has found.
 */
typedef enum {
    KB_STATEMENT_INSERT,
    KB_STATEMENT_SQL,
    KB_STATEMENT_END,
} KbStatementType;

/**
 * KbStatement:
 * @type: what it is
 * @table: the table of an INSERT, unquoted, NUL-terminated
 * @columns: (nullable): the list of columns of an INSERT, as written, without brackets;
 *     NUL-terminated; %NULL when there is none
 * @values: the literals of an INSERT
 * @n_values: how many
 * @sql: the text of any other statement, NUL-terminated, without white space around it
 * @length: how many bytes of the file the statement takes
 *
 * One statement. Everything in it points into the reader and lives until the next is read.
 */
typedef struct {
    KbStatementType type;
    const char *table;
    const char *columns;
    const KbValue *values;
    unsigned n_values;
    const char *sql;
    size_t length;
} KbStatement;

/**
 * KbDumpReader:
 *
 * A streaming scanner for dumps: ours, Kolibri's, the sqlite3 shell's. It needs no newlines, holds
 * one statement at a time, and knows no SQLite. One thread.
 */
typedef struct _KbDumpReader KbDumpReader;

KbDumpReader *kb_dump_reader_new (KbSource *source, GError **error);
KbDumpReader *kb_dump_reader_new_part (KbSource *source, uint64_t offset, GError **error);
void kb_dump_reader_free (KbDumpReader *self);

const KbHeader *kb_dump_reader_get_header (const KbDumpReader *self);
const KbFooter *kb_dump_reader_get_footer (const KbDumpReader *self);
const KbSource *kb_dump_reader_get_source (const KbDumpReader *self);
gboolean kb_dump_reader_next (KbDumpReader *self, KbStatement *out, GError **error);

void kb_dump_reader_set_mark (KbDumpReader *self, uint64_t offset);
gboolean kb_dump_reader_is_at_mark (const KbDumpReader *self);
gboolean kb_dump_reader_has_passed_mark (const KbDumpReader *self);
const char *kb_dump_reader_get_part_checksum (const KbDumpReader *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbDumpReader, kb_dump_reader_free)

G_END_DECLS
