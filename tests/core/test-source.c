/* SPDX-License-Identifier: MIT */
#include "kb-error.h"
#include "kb-source.h"
#include "kb-test.h"

#include <string.h>

/* Bytes that do not compress to nothing, so that a file of them is larger than our buffers. */
static GByteArray *
make_bytes (gsize length)
{
    GByteArray *self = g_byte_array_sized_new ((guint) length);
    guint32 state = 1;

    for (gsize i = 0; i < length; i++) {
        state = state * 1664525 + 1013904223;
        guint8 byte = (guint8) (state >> 24);
        g_byte_array_append (self, &byte, 1);
    }
    return self;
}

static GByteArray *
from_text (const char *text)
{
    GByteArray *self = g_byte_array_new();

    return g_byte_array_append (self, (const guint8 *) text, (guint) strlen (text));
}

/* One gzip member with these bytes. */
static GByteArray *
pack (const GByteArray *bytes)
{
    g_autoptr (GConverter) converter =
        G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 1));
    GByteArray *out = g_byte_array_new();
    guint8 buffer[65536];
    gsize at = 0;
    GConverterResult result;

    do {
        gsize eaten, produced;
        result =
            g_converter_convert (converter, bytes->data + at, bytes->len - at, buffer,
                                 sizeof buffer, G_CONVERTER_INPUT_AT_END, &eaten, &produced, NULL);
        g_assert_cmpint (result, !=, G_CONVERTER_ERROR);
        at += eaten;
        g_byte_array_append (out, buffer, (guint) produced);
    } while (result != G_CONVERTER_FINISHED);
    return out;
}

static char *
write_bytes (const KbTestDir *dir, const GByteArray *bytes)
{
    char *path = kb_test_dir_file (dir, "file");

    kb_test_write (path, bytes->data, bytes->len);
    return path;
}

static KbSource *
open_source (const char *path)
{
    g_autoptr (GError) error = NULL;
    KbSource *self = kb_source_open (path, FALSE, &error);

    g_assert_no_error (error);
    g_assert_nonnull (self);
    return self;
}

/* Reads to the end, @piece bytes at a time. */
static GByteArray *
read_all (KbSource *source, gsize piece, GError **error)
{
    GByteArray *out = g_byte_array_new();
    g_autofree guint8 *buffer = g_malloc (piece);
    gssize n;

    while ((n = kb_source_read (source, buffer, piece, error)) > 0) {
        g_assert_cmpuint ((gsize) n, <=, piece);
        g_byte_array_append (out, buffer, (guint) n);
    }
    if (n == 0)
        g_assert_cmpint (kb_source_read (source, buffer, piece, error), ==, 0); /* still the end */
    return out;
}

static void
assert_equal (const GByteArray *found, const GByteArray *expected)
{
    g_assert_cmpmem (found->data, (int) found->len, expected->data, (int) expected->len);
}

static void
assert_reads_as (const char *path, const GByteArray *expected)
{
    static const gsize pieces[] = {7, 16, 65536, 1000000};

    for (gsize i = 0; i < G_N_ELEMENTS (pieces); i++) {
        g_autoptr (GError) error = NULL;
        g_autoptr (KbSource) source = open_source (path);
        g_autoptr (GByteArray) found = read_all (source, pieces[i], &error);
        g_assert_no_error (error);
        assert_equal (found, expected);
        g_assert_cmpuint (kb_source_get_position (source), ==, kb_source_get_size (source));
    }
}

/* It may fail when it is opened, or later when it is read. */
static void
assert_damaged (const char *path)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (KbSource) source = kb_source_open (path, FALSE, &error);
    g_autoptr (GByteArray) found = source != NULL ? read_all (source, 65536, &error) : NULL;

    g_assert_error (error, KB_ERROR, KB_ERROR_CORRUPT);
}

static void
test_plain (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (GByteArray) bytes = make_bytes (700001);
    g_autofree char *path = write_bytes (dir, bytes);
    g_autoptr (KbSource) source = open_source (path);

    g_assert_false (kb_source_is_compressed (source));
    g_assert_cmpint (kb_source_get_format (source), ==, KB_SOURCE_TEXT);
    g_assert_cmpstr (kb_source_get_path (source), ==, path);
    g_assert_cmpuint (kb_source_get_size (source), ==, 700001);
    assert_reads_as (path, bytes);
}

static void
test_gzip (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (GByteArray) bytes = make_bytes (700001);
    g_autoptr (GByteArray) packed = pack (bytes);
    g_autofree char *path = write_bytes (dir, packed);
    g_autoptr (KbSource) source = open_source (path);

    g_assert_true (kb_source_is_compressed (source));
    g_assert_cmpint (kb_source_get_format (source), ==, KB_SOURCE_TEXT);
    g_assert_cmpuint (kb_source_get_size (source), ==, packed->len);
    assert_reads_as (path, bytes);
}

static void
test_several_members (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (GByteArray) expected = g_byte_array_new();
    g_autoptr (GByteArray) file = g_byte_array_new();
    static const gsize lengths[] = {300000, 0, 1, 262144, 5};

    for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++) {
        g_autoptr (GByteArray) bytes = make_bytes (lengths[i]);
        g_autoptr (GByteArray) packed = pack (bytes);
        g_byte_array_append (expected, bytes->data, bytes->len);
        g_byte_array_append (file, packed->data, packed->len);
    }
    g_autofree char *path = write_bytes (dir, file);
    assert_reads_as (path, expected);
}

/* The border between two members at every place around the end of our input buffer. */
static void
test_members_at_the_border_of_the_buffer (void)
{
    g_autoptr (GByteArray) second = from_text ("BEGIN TRANSACTION;COMMIT;");
    g_autoptr (GByteArray) packed_second = pack (second);

    for (guint border = 256 * 1024 - 12; border <= 256 * 1024 + 2; border++) {
        g_autoptr (KbTestDir) dir = kb_test_dir_new();
        g_autoptr (GByteArray) bytes = make_bytes (border - 200);
        g_autoptr (GByteArray) file = pack (bytes);
        /* stored blocks: what is missing to the border goes into the field for a comment */
        g_assert_cmpuint (file->len, <, border);
        guint n_comment = border - file->len;
        g_autofree guint8 *comment = g_malloc0 (n_comment);
        memset (comment, 'c', n_comment - 1);
        g_byte_array_set_size (file, border);
        memmove (file->data + 10 + n_comment, file->data + 10, border - n_comment - 10);
        memcpy (file->data + 10, comment, n_comment);
        file->data[3] |= 16; /* FCOMMENT: RFC 1952, 2.3 */
        g_byte_array_append (file, packed_second->data, packed_second->len);
        g_byte_array_append (bytes, second->data, second->len);
        g_autofree char *path = write_bytes (dir, file);
        g_autoptr (KbSource) source = open_source (path);
        g_autoptr (GByteArray) found = read_all (source, 65536, NULL);
        assert_equal (found, bytes);
    }
}

/* gzip(1) takes padding behind the last member, as tapes and some drives leave it. */
static void
test_padding_behind_the_last_member (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (GByteArray) bytes = from_text ("BEGIN TRANSACTION;COMMIT;");
    g_autoptr (GByteArray) packed = pack (bytes);
    g_autofree guint8 *zeros = g_malloc0 (300000);

    g_byte_array_append (packed, zeros, 300000);
    g_autofree char *path = write_bytes (dir, packed);
    g_autoptr (KbSource) source = open_source (path);
    g_autoptr (GByteArray) found = read_all (source, 100, NULL);
    assert_equal (found, bytes);
}

static void
test_gzip_cut_at_every_byte (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (GByteArray) bytes = make_bytes (100);
    g_autoptr (GByteArray) packed = pack (bytes);

    for (guint length = packed->len - 1; length >= 2; length--) {
        g_byte_array_set_size (packed, length);
        g_autofree char *path = write_bytes (dir, packed);
        assert_damaged (path);
    }
}

static void
test_gzip_cut_behind_the_first_buffer (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (GByteArray) bytes = make_bytes (600000);
    g_autoptr (GByteArray) packed = pack (bytes);
    static const guint lengths[] = {256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1, 512 * 1024};

    for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++) {
        g_autoptr (GByteArray) cut = g_byte_array_new();
        g_byte_array_append (cut, packed->data, lengths[i]);
        g_autofree char *path = write_bytes (dir, cut);
        assert_damaged (path);
    }
}

static void
test_gzip_with_a_wrong_byte (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (GByteArray) bytes = make_bytes (1000);
    g_autoptr (GByteArray) packed = pack (bytes);

    for (guint at = 18; at < packed->len; at += 97) {
        packed->data[at] ^= 0x20;
        g_autofree char *path = write_bytes (dir, packed);
        packed->data[at] ^= 0x20;
        assert_damaged (path);
    }
}

static void
test_small_files (void)
{
    static const struct {
        const char *text;
        KbSourceFormat format;
    } cases[] = {
        {"", KB_SOURCE_EMPTY},
        {"x", KB_SOURCE_TEXT},
        {"\x1f", KB_SOURCE_TEXT},
        {"BEGIN TRANSACTI", KB_SOURCE_TEXT},
        {"BEGIN TRANSACTIO", KB_SOURCE_TEXT},
        {"SQLite format 3", KB_SOURCE_TEXT},
        {"SQLite format 3x and more", KB_SOURCE_TEXT},
    };

    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (KbTestDir) dir = kb_test_dir_new();
        g_autoptr (GByteArray) bytes = from_text (cases[i].text);
        g_autofree char *path = write_bytes (dir, bytes);
        g_autoptr (KbSource) source = open_source (path);
        g_assert_cmpint (kb_source_get_format (source), ==, cases[i].format);
        g_assert_false (kb_source_is_compressed (source));
        assert_reads_as (path, bytes);
    }
}

static void
test_binary_database (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_file (dir, "db");
    g_autoptr (GByteArray) bytes = g_byte_array_new();
    g_autofree char *contents = NULL;
    gsize length;
    KbSqlite *db = kb_sqlite_open (path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);

    g_assert_true (kb_sqlite_exec (db, "CREATE TABLE t(a)", NULL));
    kb_sqlite_close (db);
    g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
    g_byte_array_append (bytes, (const guint8 *) contents, (guint) length);
    g_autoptr (KbSource) plain = open_source (path);
    g_assert_cmpint (kb_source_get_format (plain), ==, KB_SOURCE_DATABASE);
    assert_reads_as (path, bytes);

    g_autoptr (GByteArray) packed = pack (bytes);
    g_autofree char *packed_path = write_bytes (dir, packed);
    g_autoptr (KbSource) source = open_source (packed_path);
    g_assert_cmpint (kb_source_get_format (source), ==, KB_SOURCE_DATABASE);
    assert_reads_as (packed_path, bytes);
}

static void
test_nothing_compressed (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (GByteArray) bytes = g_byte_array_new();
    g_autoptr (GByteArray) packed = pack (bytes);
    g_autofree char *path = write_bytes (dir, packed);
    g_autoptr (KbSource) source = open_source (path);

    g_assert_cmpint (kb_source_get_format (source), ==, KB_SOURCE_EMPTY);
    g_assert_true (kb_source_is_compressed (source));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/source/plain", test_plain);
    g_test_add_func ("/source/gzip", test_gzip);
    g_test_add_func ("/source/several-members", test_several_members);
    g_test_add_func ("/source/members-at-the-border-of-the-buffer",
                     test_members_at_the_border_of_the_buffer);
    g_test_add_func ("/source/padding-behind-the-last-member", test_padding_behind_the_last_member);
    g_test_add_func ("/source/gzip-cut-at-every-byte", test_gzip_cut_at_every_byte);
    g_test_add_func ("/source/gzip-cut-behind-the-first-buffer",
                     test_gzip_cut_behind_the_first_buffer);
    g_test_add_func ("/source/gzip-with-a-wrong-byte", test_gzip_with_a_wrong_byte);
    g_test_add_func ("/source/small-files", test_small_files);
    g_test_add_func ("/source/binary-database", test_binary_database);
    g_test_add_func ("/source/nothing-compressed", test_nothing_compressed);
    return g_test_run();
}
