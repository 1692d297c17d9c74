/* SPDX-License-Identifier: MIT */
#include "kb-dump-reader.h"

#include "kb-checksum.h"
#include "kb-error.h"
#include "kb-sql-scan.h"

#include <string.h>

#define FIRST_BUFFER_BYTES (1024 * 1024)

/* The longest statement: SQLite itself takes no more than a billion bytes (SQLITE_MAX_SQL_LENGTH).
 * A compressed file could name a long one in few bytes, and a part that begins within a text may
 * have no end of one, so they get less. */
#define MAX_STATEMENT_BYTES (1024 * 1024 * 1024)
#define MAX_DOUBTFUL_STATEMENT_BYTES (16 * 1024 * 1024)
#define MAX_COMMENT_BYTES (1024 * 1024)

#define NOWHERE G_MAXSIZE

typedef enum { BEFORE_BEGIN, INSIDE, AFTER_COMMIT } Place;

struct _KbDumpReader {
    KbSource *source;
    KbHeader *header; /* NULL: not one of ours */
    KbFooter *footer; /* only at the end of one of ours */
    Place place;

    char *buffer;
    size_t capacity;
    size_t start; /* of what has not been given away */
    size_t end;   /* of what has been read */
    gboolean at_eof;
    gboolean damaged;       /* a NUL byte: what follows it is not read */
    gboolean ended_with_cr; /* the last byte read was a CR, already turned into LF */

    KbChecksum *checksum; /* of all bytes before buffer[hashed], only for ours */
    size_t hashed;
    uint64_t hashed_bytes;

    gboolean is_part;    /* begins in the middle of a file, and ends with COMMIT */
    uint64_t n_read;     /* bytes of the file */
    uint64_t mark;       /* an offset in the file at which a statement may begin, or 0 */
    size_t mark_at;      /* where it is in the buffer, or NOWHERE */
    gboolean at_mark;    /* the last statement did begin there */
    KbChecksum *part;    /* of the bytes from the mark on, or of all of a part */
    char *part_checksum; /* the same, once it is over */

    KbInsert insert;
    GArray *values;
};

/**
 * kb_dump_reader_free:
 * @self: (nullable) (transfer full): a reader
 */
void
kb_dump_reader_free (KbDumpReader *self)
{
    if (self == NULL)
        return;
    kb_source_free (self->source);
    kb_header_free (self->header);
    kb_footer_free (self->footer);
    g_free (self->buffer);
    kb_checksum_free (self->checksum);
    kb_checksum_free (self->part);
    g_free (self->part_checksum);
    g_array_unref (self->insert.literals);
    g_array_unref (self->values);
    g_free (self);
}

static gboolean
fail (KbDumpReader *self, KbErrorCode code, const char *what, GError **error)
{
    g_set_error (error, KB_ERROR, (int) code, "read backup: %s: %s",
                 kb_source_get_path (self->source), what);
    return FALSE;
}

/* Kolibri reads a dump in Python's text mode: CR LF and CR are newlines (facts 5.2). Ours holds no
 * CR. Changes the bytes in place and returns how many are left. */
static size_t
normalize_newlines (KbDumpReader *self, char *bytes, size_t n)
{
    const char *from = bytes;
    const char *end = bytes + n;
    char *to = bytes;

    if (self->ended_with_cr && n > 0 && *from == '\n')
        from++;
    self->ended_with_cr = FALSE;
    while (from < end) {
        const char *cr = memchr (from, '\r', (size_t) (end - from));
        size_t run = (size_t) ((cr != NULL ? cr : end) - from);
        if (to != from)
            memmove (to, from, run);
        to += run;
        from += run;
        if (cr == NULL)
            break;
        *to++ = '\n';
        from++;
        if (from == end)
            self->ended_with_cr = TRUE;
        else if (*from == '\n')
            from++;
    }
    return (size_t) (to - bytes);
}

static gboolean
make_room (KbDumpReader *self, GError **error)
{
    gboolean is_doubtful = self->is_part || kb_source_is_compressed (self->source);
    size_t limit = is_doubtful ? MAX_DOUBTFUL_STATEMENT_BYTES : MAX_STATEMENT_BYTES;

    g_assert ((self->checksum == NULL && self->part == NULL) || self->hashed >= self->start);
    if (self->start > 0) {
        memmove (self->buffer, self->buffer + self->start, self->end - self->start);
        self->hashed -= MIN (self->hashed, self->start);
        if (self->mark_at != NOWHERE)
            self->mark_at = self->mark_at >= self->start ? self->mark_at - self->start : NOWHERE;
        self->end -= self->start;
        self->start = 0;
    }
    if (self->end < self->capacity / 2)
        return TRUE;
    if (self->capacity >= limit)
        return fail (self, KB_ERROR_CORRUPT, "a statement is too long", error);
    self->capacity *= 2;
    self->buffer = g_realloc (self->buffer, self->capacity);
    return TRUE;
}

static gboolean
refill (KbDumpReader *self, GError **error)
{
    if (!make_room (self, error))
        return FALSE;

    char *bytes = self->buffer + self->end;
    size_t room = self->capacity - self->end;
    if (self->n_read < self->mark) /* so that it is known where the mark lies in the buffer */
        room = (size_t) MIN (room, self->mark - self->n_read);
    gssize n = kb_source_read (self->source, bytes, room, error);
    if (n < 0)
        return FALSE;
    self->n_read += (uint64_t) n;
    const char *nul = memchr (bytes, '\0', (size_t) n);
    if (nul != NULL) {
        self->damaged = TRUE;
        n = nul - bytes;
    }
    if (n == 0 || nul != NULL)
        self->at_eof = TRUE;
    self->end += normalize_newlines (self, bytes, (size_t) n);
    if (n > 0 && self->n_read == self->mark)
        self->mark_at = self->end;
    return TRUE;
}

/* The bytes up to @after will be changed or dropped: take them into the checksum. */
static void
hash_until (KbDumpReader *self, const char *after)
{
    size_t until = (size_t) (after - self->buffer);

    if ((self->checksum == NULL && self->part == NULL) || until <= self->hashed)
        return;
    const char *bytes = self->buffer + self->hashed;
    size_t n = until - self->hashed;
    if (self->checksum != NULL)
        kb_checksum_update (self->checksum, bytes, n);
    if (self->part != NULL)
        kb_checksum_update (self->part, bytes, n);
    self->hashed_bytes += n;
    self->hashed = until;
}

static gboolean
starts_with_word (const KbDumpReader *self, const char *word)
{
    size_t length = strlen (word);

    return self->end - self->start >= length &&
           g_ascii_strncasecmp (self->buffer + self->start, word, length) == 0;
}

/* Reads on until so many bytes are there, or the file ends. */
static gboolean
have_bytes (KbDumpReader *self, size_t n_bytes, GError **error)
{
    while (!self->at_eof && self->end - self->start < n_bytes)
        if (!refill (self, error))
            return FALSE;
    return TRUE;
}

/* Reads our first line, if it is one. */
static gboolean
read_header (KbDumpReader *self, GError **error)
{
    const size_t prefix = strlen (KB_HEADER_PREFIX);

    if (!have_bytes (self, KB_HEADER_MAX_BYTES, error))
        return FALSE;
    if (self->end >= 3 && memcmp (self->buffer, "\xef\xbb\xbf", 3) == 0)
        self->start = self->hashed = 3; /* an editor's mark for UTF-8 */
    const char *line = self->buffer + self->start;
    size_t n = self->end - self->start;
    if (n < prefix || memcmp (line, KB_HEADER_PREFIX, prefix) != 0)
        return TRUE;

    const char *newline = memchr (line, '\n', MIN (n, KB_HEADER_MAX_BYTES));
    if (newline == NULL)
        return fail (self, KB_ERROR_CORRUPT, "the first line has no end", error);
    g_autoptr (GError) local = NULL;
    self->header = kb_header_parse (line, (gsize) (newline - line), &local);
    if (self->header == NULL && g_error_matches (local, KB_ERROR, KB_ERROR_NOT_A_BACKUP))
        return fail (self, KB_ERROR_CORRUPT, "the first line is damaged", error);
    if (self->header == NULL) {
        g_propagate_error (error, g_steal_pointer (&local));
        return FALSE;
    }
    self->checksum = kb_checksum_new();
    return TRUE;
}

static KbDumpReader *
reader_new (KbSource *source)
{
    KbDumpReader *self = g_new0 (KbDumpReader, 1);

    self->source = source;
    self->capacity = FIRST_BUFFER_BYTES;
    self->buffer = g_malloc (self->capacity);
    self->mark_at = NOWHERE;
    self->insert.literals = g_array_new (FALSE, FALSE, sizeof (KbLiteral));
    self->values = g_array_new (FALSE, FALSE, sizeof (KbValue));
    return self;
}

/**
 * kb_dump_reader_new:
 * @source: (transfer full): a file that is not a binary database
 * @error: return location for a #GError
 *
 * Begins to read a dump.
 *
 * Errors: %KB_ERROR_TOO_NEW when a newer Kolibri Backup wrote it, %KB_ERROR_CORRUPT, %KB_ERROR_IO.
 *
 * Returns: (transfer full): a reader at the first statement
 */
KbDumpReader *
kb_dump_reader_new (KbSource *source, GError **error)
{
    g_autoptr (KbDumpReader) self = reader_new (source);

    return read_header (self, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * kb_dump_reader_new_part:
 * @source: (transfer full): a dump that is not compressed
 * @offset: where in the file a statement between BEGIN and COMMIT begins
 * @error: return location for a #GError
 *
 * Begins to read a dump there. It ends with COMMIT, and what follows is not looked at. Whether a
 * statement does begin there, and whether the file has a good end, only a reader of all of it can
 * tell: kb_dump_reader_set_mark().
 *
 * Errors: %KB_ERROR_IO.
 *
 * Returns: (transfer full): a reader at the first statement from there on
 */
KbDumpReader *
kb_dump_reader_new_part (KbSource *source, uint64_t offset, GError **error)
{
    g_autoptr (KbDumpReader) self = reader_new (source);

    self->is_part = TRUE;
    self->place = INSIDE;
    self->part = kb_checksum_new();
    return kb_source_seek (source, offset, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * kb_dump_reader_set_mark:
 * @self: a reader of a dump that is not compressed, from which nothing has been read
 * @offset: in the file, beyond the first MiB
 *
 * Asks to be told by kb_dump_reader_is_at_mark() of a statement that begins there, and to have a
 * checksum of what follows.
 */
void
kb_dump_reader_set_mark (KbDumpReader *self, uint64_t offset)
{
    if (offset > self->n_read)
        self->mark = offset;
}

/**
 * kb_dump_reader_is_at_mark:
 * @self: a reader
 *
 * Returns: whether the last statement is the one that begins at the mark
 */
gboolean
kb_dump_reader_is_at_mark (const KbDumpReader *self)
{
    return self->at_mark;
}

/**
 * kb_dump_reader_has_passed_mark:
 * @self: a reader
 *
 * Returns: whether the last statement begins at the mark or ends behind it
 */
gboolean
kb_dump_reader_has_passed_mark (const KbDumpReader *self)
{
    return self->mark > 0 && self->n_read >= self->mark &&
           (self->mark_at == NOWHERE || self->start > self->mark_at);
}

/**
 * kb_dump_reader_get_part_checksum:
 * @self: a reader at the end
 *
 * Gives the checksum of all from the mark on, or of a part, to COMMIT. Two are equal if both have
 * read the same bytes.
 *
 * Returns: (transfer none) (nullable): the checksum, or %NULL when the mark has not been met
 */
const char *
kb_dump_reader_get_part_checksum (const KbDumpReader *self)
{
    return self->part_checksum;
}

/**
 * kb_dump_reader_get_header:
 * @self: a reader
 *
 * Returns: (transfer none) (nullable): what the first line says, or %NULL when the dump is not one
 *     of ours
 */
const KbHeader *
kb_dump_reader_get_header (const KbDumpReader *self)
{
    return self->header;
}

/**
 * kb_dump_reader_get_footer:
 * @self: a reader
 *
 * Returns: (transfer none) (nullable): what the last line of one of ours says, once
 *     %KB_STATEMENT_END has come
 */
const KbFooter *
kb_dump_reader_get_footer (const KbDumpReader *self)
{
    return self->footer;
}

/**
 * kb_dump_reader_get_source:
 * @self: a reader
 *
 * Returns: (transfer none): where it reads
 */
const KbSource *
kb_dump_reader_get_source (const KbDumpReader *self)
{
    return self->source;
}

/* Moves self->start to the first byte of a statement, or to the end. */
static gboolean
skip_blank (KbDumpReader *self, GError **error)
{
    for (;;) {
        const char *after = self->buffer + self->start;
        const char *end = self->buffer + self->end;
        KbScan scan = kb_sql_scan_blank (after, end, self->at_eof, &after);
        hash_until (self, after);
        self->start = (size_t) (after - self->buffer);
        if (scan == KB_SCAN_OK)
            return TRUE;
        if (self->at_eof)
            return fail (self, KB_ERROR_CORRUPT, "a comment has no end", error);
        if (self->end - self->start > MAX_COMMENT_BYTES)
            return fail (self, KB_ERROR_CORRUPT, "a comment is too long", error);
        if (!refill (self, error))
            return FALSE;
    }
}

static gboolean
check_footer (KbDumpReader *self, const char *line, size_t length, GError **error)
{
    const char *newline = memchr (line, '\n', length);

    if (newline == NULL || newline + 1 != line + length || length > KB_FOOTER_MAX_BYTES)
        return fail (self, KB_ERROR_CORRUPT, "the last line is not the last", error);
    self->footer = kb_footer_parse (line, length);
    if (self->footer == NULL)
        return fail (self, KB_ERROR_CORRUPT, "the last line is damaged", error);

    g_autofree char *checksum = kb_checksum_to_string (self->checksum);
    if (self->footer->bytes != self->hashed_bytes || strcmp (self->footer->checksum, checksum) != 0)
        return fail (self, KB_ERROR_CORRUPT, "the checksum does not fit", error);
    return TRUE;
}

/* Behind COMMIT: one of ours ends with its last line, others with nothing that counts. */
static gboolean
finish (KbDumpReader *self, GError **error)
{
    if (self->header != NULL) {
        if (!have_bytes (self, KB_FOOTER_MAX_BYTES + 2, error))
            return FALSE;
        if (self->damaged)
            return fail (self, KB_ERROR_CORRUPT, "NUL bytes follow after COMMIT", error);
        if (self->start < self->end && self->buffer[self->start] == '\n')
            hash_until (self, self->buffer + ++self->start);
        return check_footer (self, self->buffer + self->start, self->end - self->start, error);
    }
    if (!have_bytes (self, strlen ("\n" KB_FOOTER_PREFIX), error))
        return FALSE;
    if (starts_with_word (self, "\n" KB_FOOTER_PREFIX))
        return fail (self, KB_ERROR_CORRUPT, "the first line is damaged or missing", error);
    if (!skip_blank (self, error))
        return FALSE;
    if (self->start < self->end)
        return fail (self, KB_ERROR_CORRUPT, "something follows after COMMIT", error);
    if (self->damaged)
        return fail (self, KB_ERROR_CORRUPT, "NUL bytes follow after COMMIT", error);
    return TRUE;
}

static gboolean
take_literal (const KbLiteral *literal, KbValue *value)
{
    char *bytes = (char *) literal->start; /* within our buffer, but for the constants of Inf */

    *value = (KbValue){.integer = literal->integer, .start = bytes, .length = literal->length};
    switch (literal->type) {
    case KB_LITERAL_NULL:
        value->type = KB_VALUE_NULL;
        return TRUE;
    case KB_LITERAL_INTEGER:
        value->type = KB_VALUE_INTEGER;
        return TRUE;
    case KB_LITERAL_REAL:
        value->type = KB_VALUE_REAL;
        return TRUE;
    case KB_LITERAL_TEXT:
        value->type = KB_VALUE_TEXT;
        if (literal->has_quotes)
            value->length = kb_sql_undouble (bytes, literal->length, '\'');
        return TRUE;
    case KB_LITERAL_BLOB:
    case KB_LITERAL_BLOB_AS_TEXT:
        value->type = literal->type == KB_LITERAL_BLOB ? KB_VALUE_BLOB : KB_VALUE_TEXT;
        value->length = literal->length / 2;
        return kb_sql_decode_hex (bytes, literal->length);
    case KB_LITERAL_ESCAPED:
        value->type = KB_VALUE_TEXT;
        if (literal->has_quotes)
            value->length = kb_sql_undouble (bytes, literal->length, '\'');
        return kb_sql_decode_escapes (bytes, value->length, &value->length);
    }
    return FALSE;
}

/* The scan has found a whole INSERT: turn its bytes into what they stand for, in place. */
static gboolean
take_insert (KbDumpReader *self, KbStatement *out, GError **error)
{
    const GArray *literals = self->insert.literals;
    char *table = (char *) self->insert.table;
    gsize table_length = self->insert.table_length;

    g_array_set_size (self->values, literals->len);
    for (guint i = 0; i < literals->len; i++)
        if (!take_literal (&g_array_index (literals, KbLiteral, i),
                           &g_array_index (self->values, KbValue, i)))
            return fail (self, KB_ERROR_CORRUPT, "a literal cannot be decoded", error);

    if (*table == '"')
        table_length = kb_sql_undouble (++table, table_length - 2, '"');
    table[table_length] = '\0';
    if (self->insert.columns != NULL)
        ((char *) self->insert.columns)[self->insert.columns_length] = '\0';

    *out = (KbStatement){
        .type = KB_STATEMENT_INSERT,
        .table = table,
        .columns = self->insert.columns,
        .values = (const KbValue *) self->values->data,
        .n_values = self->values->len,
    };
    return TRUE;
}

static void
take_sql (char *start, char *after, KbStatement *out)
{
    char *end = after - 1; /* the semicolon */

    while (end > start && g_ascii_isspace (end[-1]))
        end--;
    *end = '\0';
    *out = (KbStatement){
        .type = KB_STATEMENT_SQL,
        .sql = start,
    };
}

/* Reads the statement at self->start, whatever it is. */
static gboolean
read_statement (KbDumpReader *self, KbStatement *out, GError **error)
{
    for (;;) {
        char *start = self->buffer + self->start;
        const char *end = self->buffer + self->end;
        const char *after;
        KbScan scan = kb_sql_scan_insert (start, end, &self->insert, &after);
        gboolean is_insert = scan == KB_SCAN_OK;

        if (scan == KB_SCAN_OTHER)
            scan = kb_sql_scan_statement (start, end, &after);
        if (scan == KB_SCAN_OK) {
            hash_until (self, after);
            self->start = (size_t) (after - self->buffer);
            if (!is_insert)
                take_sql (start, (char *) after, out);
            else if (!take_insert (self, out, error))
                return FALSE;
            out->length = (size_t) (after - start);
            return TRUE;
        }
        if (self->at_eof)
            return fail (self, KB_ERROR_CORRUPT, "the file ends in the middle", error);
        if (!refill (self, error))
            return FALSE;
    }
}

static gboolean
is_sql (const KbStatement *statement, const char *sql)
{
    return statement->type == KB_STATEMENT_SQL && g_ascii_strcasecmp (statement->sql, sql) == 0;
}

/* What may stand before the first row: the sqlite3 shell's PRAGMA, and BEGIN. */
static gboolean
read_begin (KbDumpReader *self, GError **error)
{
    KbStatement statement;
    KbErrorCode code = self->header != NULL ? KB_ERROR_CORRUPT : KB_ERROR_NOT_A_BACKUP;

    while (self->place == BEFORE_BEGIN) {
        if (!skip_blank (self, error) || !have_bytes (self, strlen ("PRAGMA"), error))
            return FALSE;
        if (!starts_with_word (self, "BEGIN") && !starts_with_word (self, "PRAGMA"))
            return fail (self, code, "it does not begin as a backup does", error);
        if (!read_statement (self, &statement, error))
            return FALSE;
        if (is_sql (&statement, "BEGIN TRANSACTION") || is_sql (&statement, "BEGIN"))
            self->place = INSIDE;
        else if (!is_sql (&statement, "PRAGMA foreign_keys=OFF"))
            return fail (self, code, "it does not begin as a backup does", error);
    }
    return TRUE;
}

/**
 * kb_dump_reader_next:
 * @self: a reader
 * @out: (out): the statement; it lives until the next call
 * @error: return location for a #GError
 *
 * Reads the next statement between BEGIN and COMMIT. %KB_STATEMENT_END comes when COMMIT has been
 * read, nothing but comments follows, and, for one of ours, the checksum fits: all that was read
 * before is to be thrown away when it does not come.
 *
 * Errors: %KB_ERROR_NOT_A_BACKUP when the file is something else, %KB_ERROR_CORRUPT when it is
 * truncated or damaged, %KB_ERROR_IO.
 *
 * Returns: %TRUE on success
 */
gboolean
kb_dump_reader_next (KbDumpReader *self, KbStatement *out, GError **error)
{
    g_return_val_if_fail (self->place != AFTER_COMMIT, FALSE);

    if (!read_begin (self, error) || !skip_blank (self, error))
        return FALSE;
    if (self->start == self->end)
        return fail (self, KB_ERROR_CORRUPT, "the file ends before COMMIT", error);
    self->at_mark = self->start == self->mark_at;
    if (self->at_mark) {
        self->part = kb_checksum_new();
        self->hashed = self->start;
    }
    if (!read_statement (self, out, error))
        return FALSE;
    if (is_sql (out, "COMMIT")) {
        self->place = AFTER_COMMIT;
        *out = (KbStatement){.type = KB_STATEMENT_END};
        if (self->part != NULL)
            self->part_checksum = kb_checksum_to_string (self->part);
        g_clear_pointer (&self->part, kb_checksum_free);
        return self->is_part || finish (self, error);
    }
    return TRUE;
}
