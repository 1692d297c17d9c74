/* SPDX-License-Identifier: MIT */
#include "kb-sql-scan.h"

#include <errno.h>
#include <string.h>

#define MAX_LITERALS 32766 /* SQLITE_MAX_VARIABLE_NUMBER */

static gboolean
is_space (char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

static gboolean
is_name_char (char c)
{
    return g_ascii_isalnum (c) || c == '_' || c == '$' || (unsigned char) c >= 0x80;
}

/* At an opening quote: finds what stands behind the closing one. */
static KbScan
scan_quoted (const char *at, const char *end, const char **after, gboolean *has_quotes)
{
    const char quote = *at == '[' ? ']' : *at;

    *has_quotes = FALSE;
    for (at++; at < end; at++) {
        at = memchr (at, quote, (gsize) (end - at));
        if (at == NULL || at + 1 == end)
            return KB_SCAN_MORE; /* the next byte decides whether the quote is doubled */
        if (at[1] != quote || quote == ']') {
            *after = at + 1;
            return KB_SCAN_OK;
        }
        *has_quotes = TRUE;
        at++;
    }
    return KB_SCAN_MORE;
}

static KbScan
scan_block_comment (const char *at, const char *end, const char **after)
{
    for (at += 2; at < end; at++) {
        at = memchr (at, '*', (gsize) (end - at));
        if (at == NULL || at + 1 == end)
            return KB_SCAN_MORE;
        if (at[1] == '/') {
            *after = at + 2;
            return KB_SCAN_OK;
        }
    }
    return KB_SCAN_MORE;
}

static KbScan
scan_line_comment (const char *at, const char *end, gboolean final, const char **after)
{
    const char *newline = memchr (at, '\n', (gsize) (end - at));

    *after = newline != NULL ? newline + 1 : end;
    return newline != NULL || final ? KB_SCAN_OK : KB_SCAN_MORE;
}

/**
 * kb_sql_scan_blank:
 * @at: where to begin
 * @end: where the bytes end
 * @final: whether nothing follows @end
 * @after: (out): behind the white space and comments; set in any case, to go on from
 *
 * Skips white space and comments.
 *
 * Returns: %KB_SCAN_OK, or %KB_SCAN_MORE when it cannot tell
 */
KbScan
kb_sql_scan_blank (const char *at, const char *end, gboolean final, const char **after)
{
    KbScan scan = KB_SCAN_OK;

    while (scan == KB_SCAN_OK && at < end) {
        *after = at;
        if (is_space (*at))
            at++;
        else if ((*at == '-' || *at == '/') && at + 1 == end)
            scan = final ? KB_SCAN_OTHER : KB_SCAN_MORE;
        else if (at[0] == '-' && at[1] == '-')
            scan = scan_line_comment (at, end, final, &at);
        else if (at[0] == '/' && at[1] == '*')
            scan = scan_block_comment (at, end, &at);
        else
            scan = KB_SCAN_OTHER;
    }
    if (scan == KB_SCAN_OK) {
        *after = end;
        return final ? KB_SCAN_OK : KB_SCAN_MORE;
    }
    return scan == KB_SCAN_OTHER ? KB_SCAN_OK : KB_SCAN_MORE;
}

/* The end of CREATE TRIGGER is `; END ;`, as complete.c has it. */
typedef struct {
    gboolean has_begun;  /* a token has come */
    gboolean is_create;  /* nothing but CREATE [TEMP|TEMPORARY] has come */
    gboolean in_trigger; /* CREATE [TEMP|TEMPORARY] TRIGGER */
    gboolean after_semi; /* the token before was `;` */
    gboolean after_end;  /* the tokens before were `;` and END */
} Statement;

static gboolean
word_is (const char *at, const char *after, const char *word)
{
    gsize length = strlen (word);

    return (gsize) (after - at) == length && g_ascii_strncasecmp (at, word, length) == 0;
}

static void
take_word (Statement *state, const char *at, const char *after)
{
    if (!state->has_begun)
        state->is_create = word_is (at, after, "CREATE");
    else if (state->is_create && word_is (at, after, "TRIGGER"))
        state->in_trigger = TRUE;
    else if (!word_is (at, after, "TEMP") && !word_is (at, after, "TEMPORARY"))
        state->is_create = FALSE;
    state->has_begun = TRUE;
    state->after_end = state->after_semi && word_is (at, after, "END");
    state->after_semi = FALSE;
}

static void
take_other (Statement *state)
{
    state->has_begun = TRUE;
    state->is_create = state->after_semi = state->after_end = FALSE;
}

/* At anything but white space, a comment or `;`. */
static KbScan
scan_token (Statement *state, const char *at, const char *end, const char **after)
{
    gboolean unused;

    if (strchr ("'\"`[", *at) != NULL && *at != '\0') {
        take_other (state);
        return scan_quoted (at, end, after, &unused);
    }
    const char *start = at++;
    if (is_name_char (*start)) {
        while (at < end && is_name_char (*at))
            at++;
        if (at == end)
            return KB_SCAN_MORE;
        take_word (state, start, at);
    } else {
        take_other (state);
    }
    *after = at;
    return KB_SCAN_OK;
}

/**
 * kb_sql_scan_statement:
 * @at: the first byte of a statement
 * @end: where the bytes end
 * @after: (out): behind the semicolon that ends the statement
 *
 * Finds the end of any statement; the body of a trigger belongs to it.
 *
 * Returns: %KB_SCAN_OK or %KB_SCAN_MORE
 */
KbScan
kb_sql_scan_statement (const char *at, const char *end, const char **after)
{
    Statement state = {0};

    for (;;) {
        if (kb_sql_scan_blank (at, end, FALSE, &at) != KB_SCAN_OK)
            return KB_SCAN_MORE;
        if (*at == ';') {
            if (!state.in_trigger || state.after_end) {
                *after = at + 1;
                return KB_SCAN_OK;
            }
            state.after_semi = TRUE;
            state.after_end = FALSE;
            at++;
        } else if (scan_token (&state, at, end, &at) != KB_SCAN_OK) {
            return KB_SCAN_MORE;
        }
    }
}

/**
 * kb_sql_count_tokens:
 * @at: the first byte of a statement
 * @end: where its bytes end
 *
 * Counts words, literals and signs: SQLite's parser takes memory for each, however short.
 *
 * Returns: how many there are
 */
gsize
kb_sql_count_tokens (const char *at, const char *end)
{
    Statement unused = {0};
    gsize n = 0;

    while (kb_sql_scan_blank (at, end, TRUE, &at) == KB_SCAN_OK && at < end) {
        n++;
        if (scan_token (&unused, at, end, &at) != KB_SCAN_OK)
            break;
    }
    return n;
}

static KbScan
skip_word (const char **at, const char *end, const char *word)
{
    gsize length = strlen (word);
    gsize have = (gsize) (end - *at);

    if (memcmp (*at, word, MIN (have, length)) != 0)
        return KB_SCAN_OTHER;
    if (have < length)
        return KB_SCAN_MORE;
    *at += length;
    return KB_SCAN_OK;
}

static KbScan
skip_spaces (const char **at, const char *end)
{
    while (*at < end && is_space (**at))
        (*at)++;
    return *at < end ? KB_SCAN_OK : KB_SCAN_MORE;
}

static KbScan
scan_name (const char **at, const char *end)
{
    gboolean unused;

    if (*at == end)
        return KB_SCAN_MORE;
    if (**at == '"')
        return scan_quoted (*at, end, at, &unused);
    if (!is_name_char (**at) || g_ascii_isdigit (**at))
        return KB_SCAN_OTHER;
    while (*at < end && is_name_char (**at))
        (*at)++;
    return *at < end ? KB_SCAN_OK : KB_SCAN_MORE;
}

/* At `(`: a list of column names. */
static KbScan
scan_columns (const char **at, const char *end, KbInsert *out)
{
    out->columns = ++*at;
    for (;;) {
        KbScan scan = skip_spaces (at, end);
        if (scan == KB_SCAN_OK)
            scan = scan_name (at, end);
        if (scan == KB_SCAN_OK)
            scan = skip_spaces (at, end);
        if (scan != KB_SCAN_OK)
            return scan;
        if (**at == ')')
            break;
        if (**at != ',')
            return KB_SCAN_OTHER;
        ++*at;
    }
    out->columns_length = (gsize) (*at - out->columns);
    ++*at;
    return skip_spaces (at, end);
}

static gboolean
skip_digits (const char **at, const char *end)
{
    const char *start = *at;

    while (*at < end && g_ascii_isdigit (**at))
        (*at)++;
    return *at > start;
}

/* Behind the sign: decides what the digits are. SQLite gives a real when there is a point or an
 * exponent, or when they pass 64 bits: those are left to it. */
static KbScan
scan_digits (const char *at, const char *end, KbLiteral *out, const char **after)
{
    const char *digits = at;
    gboolean any = skip_digits (&at, end);
    gboolean is_integer = any && at - digits <= 19;

    if (at < end && *at == '.') {
        at++;
        any = skip_digits (&at, end) || any;
        is_integer = FALSE;
        out->type = KB_LITERAL_REAL;
    }
    if (any && at < end && (*at == 'e' || *at == 'E')) {
        at++;
        if (at < end && (*at == '-' || *at == '+'))
            at++;
        if (at < end && !skip_digits (&at, end))
            return KB_SCAN_OTHER;
        is_integer = FALSE;
        out->type = KB_LITERAL_REAL;
    }
    *after = at;
    if (at == end)
        return KB_SCAN_MORE;
    if (!any || is_name_char (*at) || (!is_integer && out->type != KB_LITERAL_REAL))
        return KB_SCAN_OTHER;
    return KB_SCAN_OK;
}

static KbScan
scan_number (const char *at, const char *end, KbLiteral *out, const char **after)
{
    gboolean negative = *at == '-';
    const char *digits = *at == '-' || *at == '+' ? at + 1 : at;

    out->type = KB_LITERAL_INTEGER;
    if (digits < end && *digits == 'I') { /* SQLite's quote() writes Inf, which no parser reads */
        *after = digits;
        out->type = KB_LITERAL_REAL;
        out->start = negative ? "-1e999" : "1e999";
        out->length = strlen (out->start);
        return skip_word (after, end, "Inf");
    }
    KbScan scan = scan_digits (digits, end, out, after);
    out->start = at;
    out->length = (gsize) (*after - at);
    if (scan == KB_SCAN_OK && out->type == KB_LITERAL_INTEGER) {
        errno = 0;
        out->integer = g_ascii_strtoll (at, NULL, 10);
        if (errno == ERANGE)
            return KB_SCAN_OTHER;
    }
    return scan;
}

/* At the quote of X'…'. */
static KbScan
scan_hex (const char *at, const char *end, KbLiteral *out, const char **after)
{
    const char *quote = at < end ? memchr (at + 1, '\'', (gsize) (end - at - 1)) : NULL;

    if (at < end && *at != '\'')
        return KB_SCAN_OTHER;
    if (quote == NULL || quote + 1 == end)
        return KB_SCAN_MORE;
    out->start = at + 1;
    out->length = (gsize) (quote - at - 1);
    *after = quote + 1;
    return out->length % 2 == 0 ? KB_SCAN_OK : KB_SCAN_OTHER;
}

static KbScan
scan_cast (const char *at, const char *end, KbLiteral *out, const char **after)
{
    KbScan scan = skip_word (&at, end, "CAST(X");

    if (scan == KB_SCAN_OK)
        scan = scan_hex (at, end, out, &at);
    if (scan == KB_SCAN_OK)
        scan = skip_word (&at, end, " AS TEXT)");
    *after = at;
    return scan;
}

static KbScan
scan_text (const char *at, const char *end, KbLiteral *out, const char **after)
{
    KbScan scan = scan_quoted (at, end, after, &out->has_quotes);

    out->start = at + 1;
    out->length = scan == KB_SCAN_OK ? (gsize) (*after - at - 2) : 0;
    return scan;
}

static KbScan
scan_unistr (const char *at, const char *end, KbLiteral *out, const char **after)
{
    KbScan scan = skip_word (&at, end, "unistr(");

    if (scan == KB_SCAN_OK && at == end)
        scan = KB_SCAN_MORE;
    if (scan == KB_SCAN_OK)
        scan = *at == '\'' ? scan_text (at, end, out, &at) : KB_SCAN_OTHER;
    if (scan == KB_SCAN_OK)
        scan = skip_word (&at, end, ")");
    *after = at;
    return scan;
}

static KbScan
scan_literal (const char *at, const char *end, KbLiteral *out, const char **after)
{
    switch (*at) {
    case '\'':
        out->type = KB_LITERAL_TEXT;
        return scan_text (at, end, out, after);
    case 'N':
        out->type = KB_LITERAL_NULL;
        *after = at;
        return skip_word (after, end, "NULL");
    case 'X':
    case 'x':
        out->type = KB_LITERAL_BLOB;
        return scan_hex (at + 1, end, out, after);
    case 'C':
        out->type = KB_LITERAL_BLOB_AS_TEXT;
        return scan_cast (at, end, out, after);
    case 'u':
        out->type = KB_LITERAL_ESCAPED;
        return scan_unistr (at, end, out, after);
    default:
        if (g_ascii_isdigit (*at) || strchr ("-+.I", *at) != NULL)
            return scan_number (at, end, out, after);
        return KB_SCAN_OTHER;
    }
}

/* Behind the `(` of VALUES. */
static KbScan
scan_literals (const char **at, const char *end, GArray *literals)
{
    g_array_set_size (literals, 0);
    for (;;) {
        KbLiteral literal = {0};
        KbScan scan = skip_spaces (at, end);
        if (scan == KB_SCAN_OK)
            scan = scan_literal (*at, end, &literal, at);
        if (scan == KB_SCAN_OK)
            scan = skip_spaces (at, end);
        if (scan != KB_SCAN_OK)
            return scan;
        g_array_append_val (literals, literal);
        if (**at == ')') {
            ++*at;
            return KB_SCAN_OK;
        }
        if (**at != ',' || literals->len == MAX_LITERALS)
            return KB_SCAN_OTHER;
        ++*at;
    }
}

static KbScan
scan_table (const char **at, const char *end, KbInsert *out)
{
    KbScan scan = skip_word (at, end, "INSERT INTO ");

    out->table = *at;
    if (scan == KB_SCAN_OK)
        scan = scan_name (at, end);
    out->table_length = (gsize) (*at - out->table);
    if (scan == KB_SCAN_OK)
        scan = skip_spaces (at, end);
    if (scan == KB_SCAN_OK && **at == '(')
        scan = scan_columns (at, end, out);
    return scan;
}

/**
 * kb_sql_scan_insert:
 * @at: the first byte of a statement
 * @end: where the bytes end
 * @out: (inout): what it says; @literals is made by the caller and emptied first
 * @after: (out): behind the semicolon
 *
 * Reads an INSERT of one row of literals, in the form that dumps are written in. Everything in
 * @out points into the bytes. What has another form is not wrong: SQLite reads it.
 *
 * Returns: %KB_SCAN_OK, %KB_SCAN_MORE, or %KB_SCAN_OTHER
 */
KbScan
kb_sql_scan_insert (const char *at, const char *end, KbInsert *out, const char **after)
{
    out->columns = NULL;
    out->columns_length = 0;
    KbScan scan = scan_table (&at, end, out);
    if (scan == KB_SCAN_OK)
        scan = skip_word (&at, end, "VALUES");
    if (scan == KB_SCAN_OK)
        scan = skip_spaces (&at, end);
    if (scan == KB_SCAN_OK)
        scan = skip_word (&at, end, "(");
    if (scan == KB_SCAN_OK)
        scan = scan_literals (&at, end, out->literals);
    if (scan == KB_SCAN_OK)
        scan = skip_spaces (&at, end);
    if (scan == KB_SCAN_OK)
        scan = skip_word (&at, end, ";");
    *after = at;
    return scan;
}

/**
 * kb_sql_undouble:
 * @text: the inside of a quoted text or name; changed in place
 * @length: its length in bytes
 * @quote: the quote around it
 *
 * Turns doubled quotes into single ones.
 *
 * Returns: the new length
 */
gsize
kb_sql_undouble (char *text, gsize length, char quote)
{
    const char *from = text;
    const char *end = text + length;
    char *to = text;

    while (from < end) {
        const char *hit = memchr (from, quote, (gsize) (end - from));
        gsize run = (gsize) ((hit != NULL ? hit + 1 : end) - from);
        memmove (to, from, run);
        to += run;
        from += run;
        if (hit != NULL && from < end && *from == quote)
            from++;
    }
    return (gsize) (to - text);
}

/**
 * kb_sql_decode_hex:
 * @text: hexadecimal digits; changed in place into half as many bytes
 * @length: how many digits, an even number
 *
 * Returns: %FALSE if something else stands among them
 */
gboolean
kb_sql_decode_hex (char *text, gsize length)
{
    for (gsize i = 0; i < length / 2; i++) {
        int high = g_ascii_xdigit_value (text[2 * i]);
        int low = g_ascii_xdigit_value (text[2 * i + 1]);
        if (high < 0 || low < 0)
            return FALSE;
        text[i] = (char) (high << 4 | low);
    }
    return TRUE;
}

/* Reads @n digits of a code point. Returns where they end, or NULL when they are none. */
static const char *
read_code_point (const char *at, const char *end, gsize n, guint32 *out)
{
    if ((gsize) (end - at) < n)
        return NULL;
    *out = 0;
    for (const char *after = at + n; at < after; at++) {
        if (!g_ascii_isxdigit (*at))
            return NULL;
        *out = *out << 4 | (guint32) g_ascii_xdigit_value (*at);
    }
    return at;
}

/* As sqlite3AppendOneUtf8Character() (utf.c), which asks neither for surrogates nor for what is
 * beyond Unicode. */
static char *
write_code_point (char *to, guint32 v)
{
    if (v < 0x80) {
        *to++ = (char) v;
        return to;
    }
    if (v < 0x800) {
        *to++ = (char) (0xc0 + ((v >> 6) & 0x1f));
    } else {
        if (v < 0x10000) {
            *to++ = (char) (0xe0 + ((v >> 12) & 0x0f));
        } else {
            *to++ = (char) (0xf0 + ((v >> 18) & 0x07));
            *to++ = (char) (0x80 + ((v >> 12) & 0x3f));
        }
        *to++ = (char) (0x80 + ((v >> 6) & 0x3f));
    }
    *to++ = (char) (0x80 + (v & 0x3f));
    return to;
}

/* Behind a backslash: `\\`, `XXXX`, `+XXXXXX`, `uXXXX` or `UXXXXXXXX`. */
static const char *
read_escape (const char *at, const char *end, guint32 *out)
{
    if (at == end)
        return NULL;
    switch (*at) {
    case '\\':
        *out = '\\';
        return at + 1;
    case '+':
        return read_code_point (at + 1, end, 6, out);
    case 'u':
        return read_code_point (at + 1, end, 4, out);
    case 'U':
        return read_code_point (at + 1, end, 8, out);
    default:
        return read_code_point (at, end, 4, out);
    }
}

/**
 * kb_sql_decode_escapes:
 * @text: what stands in unistr('…'), quotes undoubled; changed in place, and never grows
 * @length: its length in bytes
 * @new_length: (out): the new length
 *
 * Does what SQL's unistr() does since SQLite 3.50 (func.c, unistrFunc()).
 *
 * Returns: %FALSE if a backslash begins no escape
 */
gboolean
kb_sql_decode_escapes (char *text, gsize length, gsize *new_length)
{
    const char *from = text;
    const char *end = text + length;
    char *to = text;

    while (from < end) {
        const char *hit = memchr (from, '\\', (gsize) (end - from));
        gsize run = (gsize) ((hit != NULL ? hit : end) - from);
        guint32 code_point;
        memmove (to, from, run);
        to += run;
        from += run;
        if (hit == NULL)
            break;
        from = read_escape (from + 1, end, &code_point);
        if (from == NULL)
            return FALSE;
        to = write_code_point (to, code_point);
    }
    *new_length = (gsize) (to - text);
    return TRUE;
}

/* Words and names of a statement that ends with a NUL, which ends every token. */
static gboolean
take_keyword (const char **at, const char *end, const char *word)
{
    const char *after = *at;

    kb_sql_scan_blank (after, end, TRUE, &after);
    const char *start = after;
    while (after < end && is_name_char (*after))
        after++;
    if (!word_is (start, after, word))
        return FALSE;
    *at = after;
    return TRUE;
}

static char *
take_name (const char **at, const char *end)
{
    gboolean has_quotes = FALSE;

    kb_sql_scan_blank (*at, end, TRUE, at);
    const char *start = *at;
    char quote = *start;
    if (quote == '"' || quote == '`' || quote == '\'' || quote == '[') {
        if (scan_quoted (start, end, at, &has_quotes) != KB_SCAN_OK)
            return NULL;
        char *name = g_strndup (start + 1, (gsize) (*at - start - 2));
        if (has_quotes)
            name[kb_sql_undouble (name, strlen (name), quote)] = '\0';
        return name;
    }
    while (*at < end && is_name_char (**at))
        (*at)++;
    return *at > start ? g_strndup (start, (gsize) (*at - start)) : NULL;
}

/**
 * kb_sql_table_of:
 * @sql: a statement, CREATE TABLE, CREATE INDEX or INSERT
 *
 * Finds the table that a statement makes, or that it indexes or fills.
 *
 * Returns: (transfer full) (nullable): its name, unquoted, or %NULL when it is not plain to see
 */
char *
kb_sql_table_of (const char *sql)
{
    const char *at = sql;
    const char *end = sql + strlen (sql) + 1;
    gboolean is_index = FALSE;

    if (take_keyword (&at, end, "CREATE")) {
        gboolean is_unique = take_keyword (&at, end, "UNIQUE");
        is_index = take_keyword (&at, end, "INDEX");
        if (!is_index && (is_unique || !take_keyword (&at, end, "TABLE")))
            return NULL;
        if (take_keyword (&at, end, "IF") &&
            !(take_keyword (&at, end, "NOT") && take_keyword (&at, end, "EXISTS")))
            return NULL;
    } else if (!take_keyword (&at, end, "INSERT") || !take_keyword (&at, end, "INTO")) {
        return NULL;
    }
    if (is_index) {
        g_autofree char *index = take_name (&at, end);
        if (index == NULL || !take_keyword (&at, end, "ON"))
            return NULL;
    }
    g_autofree char *table = take_name (&at, end);
    kb_sql_scan_blank (at, end, TRUE, &at);
    return *at != '.' ? g_steal_pointer (&table) : NULL; /* not the name of a database */
}
