/* SPDX-License-Identifier: MIT */
/* The second half of kb-header: the last line of a dump. */
#include "kb-header.h"

#include <stdlib.h>
#include <string.h>

#define CHECKSUM "0123456789abcdef0123456789abcdef"

static KbFooter *
parse_bytes (const char *bytes, gsize length)
{
    char *exact = malloc (length);

    g_assert_nonnull (exact);
    memcpy (exact, bytes, length);
    KbFooter *self = kb_footer_parse (exact, length);
    free (exact);
    return self;
}

static KbFooter *
parse (const char *line)
{
    return parse_bytes (line, strlen (line));
}

static KbFooter *
make_footer (void)
{
    KbFooter *self = kb_footer_new();

    self->bytes = G_GUINT64_CONSTANT (5000000000);
    self->checksum = g_strdup (CHECKSUM);
    return self;
}

static void
count_rows (KbFooter *self, const char *table, int n)
{
    for (int i = 0; i < n; i++)
        kb_footer_count_row (self, table);
}

static gint64
rows_of (const KbFooter *self, const char *table)
{
    const gint64 *count = g_hash_table_lookup (self->rows, table);

    return count != NULL ? *count : -1;
}

static void
assert_is_one_ascii_line (const char *line)
{
    gsize length = strlen (line);

    g_assert_cmpint (line[length - 1], ==, '\n');
    for (gsize i = 0; i + 1 < length; i++)
        g_assert_true (line[i] >= 0x20 && line[i] < 0x7f);
}

static void
test_round_trip (void)
{
    static const char *const tables[] = {
        "kolibriauth_facilityuser", "na\"me", "\xe8\xa1\xa8 \xf0\x9f\x98\x80", "a\nb\x01\x7f", "",
    };
    g_autoptr (KbFooter) self = make_footer();

    for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
        count_rows (self, tables[i], (int) i + 1);
    g_autofree char *line = kb_footer_format (self);
    assert_is_one_ascii_line (line);
    g_autoptr (KbFooter) back = parse (line);
    g_assert_nonnull (back);
    g_assert_cmpuint (back->bytes, ==, G_GUINT64_CONSTANT (5000000000));
    g_assert_cmpstr (back->checksum, ==, CHECKSUM);
    g_assert_cmpuint (g_hash_table_size (back->rows), ==, G_N_ELEMENTS (tables));
    for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
        g_assert_cmpint (rows_of (back, tables[i]), ==, (gint64) i + 1);
}

/* The same data gives the same bytes, so tables come in order and not as a hash has them. */
static void
test_format (void)
{
    g_autoptr (KbFooter) self = make_footer();

    count_rows (self, "b", 2);
    count_rows (self, "c", 1);
    count_rows (self, "a", 3);
    g_autofree char *line = kb_footer_format (self);
    g_assert_cmpstr (line, ==,
                     "-- kolibri-backup-end {\"bytes\":5000000000,\"xxh3_128\":\"" CHECKSUM
                     "\",\"rows\":{\"a\":3,\"b\":2,\"c\":1}}\n");
}

static void
test_line_is_bounded (void)
{
    g_autoptr (KbFooter) self = make_footer();

    for (int i = 0; i < 10000; i++) {
        g_autofree char *table = g_strdup_printf ("table_with_a_long_name_%d", i);
        kb_footer_count_row (self, table);
    }
    g_autofree char *line = kb_footer_format (self);
    g_autoptr (KbFooter) back = parse (line);
    g_assert_cmpuint (strlen (line), <=, KB_FOOTER_MAX_BYTES);
    g_assert_nonnull (strstr (line, "\"too_many_tables\":true"));
    g_assert_nonnull (back);
    g_assert_cmpuint (g_hash_table_size (back->rows), ==, 0);
    g_assert_cmpstr (back->checksum, ==, CHECKSUM);
}

/* At the border itself: the line with rows may have exactly as many bytes as a reader takes. */
static void
test_longest_line_keeps_its_rows (void)
{
    g_autoptr (KbFooter) self = make_footer();
    g_autofree char *empty = kb_footer_format (self);
    gsize room = KB_FOOTER_MAX_BYTES - strlen (empty) - strlen ("\"\":1");
    g_autofree char *fits = g_strnfill (room, 't');
    g_autofree char *too_long = g_strnfill (room + 1, 't');

    kb_footer_count_row (self, fits);
    g_autofree char *line = kb_footer_format (self);
    g_assert_cmpuint (strlen (line), ==, KB_FOOTER_MAX_BYTES);
    g_assert_nonnull (strstr (line, fits));

    g_autoptr (KbFooter) other = make_footer();
    kb_footer_count_row (other, too_long);
    g_autofree char *cut = kb_footer_format (other);
    g_assert_null (strstr (cut, fits));
}

static void
test_other_last_lines (void)
{
    static const char *const lines[] = {
        "",
        "COMMIT;",
        "-- kolibri-backup-end ",
        "-- kolibri-backup-end",
        "-- kolibri-backup 1 {\"rows\":{},\"xxh3_128\":\"" CHECKSUM "\"}",
        " -- kolibri-backup-end {\"rows\":{},\"xxh3_128\":\"" CHECKSUM "\"}",
        "-- kolibri-backup-end {}",
        "-- kolibri-backup-end []",
        "-- kolibri-backup-end {\"xxh3_128\":\"" CHECKSUM "\"}",
        "-- kolibri-backup-end {\"xxh3_128\":\"" CHECKSUM "\",\"rows\":[1]}",
        "-- kolibri-backup-end {\"rows\":{}}",
        "-- kolibri-backup-end {\"rows\":{},\"xxh3_128\":5}",
        "-- kolibri-backup-end {\"rows\":{},\"xxh3_128\":\"\"}",
        "-- kolibri-backup-end {\"rows\":{},\"xxh3_128\":\"" CHECKSUM "\"",
        "-- kolibri-backup-end {\"rows\":{},\"xxh3_128\":\"" CHECKSUM "\"}}",
        "-- kolibri-backup-end {\"rows\":{},\"xxh3_128\":\"" CHECKSUM "\",\"x\":\"\xff\"}",
    };

    for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
        if (parse (lines[i]) != NULL)
            g_error ("taken for a footer: %s", lines[i]);
}

static void
test_cut_at_every_byte (void)
{
    g_autoptr (KbFooter) self = make_footer();

    count_rows (self, "a", 3);
    g_autofree char *line = kb_footer_format (self);
    for (gsize length = 0; length + 1 < strlen (line); length++)
        g_assert_null (parse_bytes (line, length));
}

static void
test_values_of_wrong_types (void)
{
    g_autoptr (KbFooter) back =
        parse ("-- kolibri-backup-end {\"bytes\":-5,\"xxh3_128\":\"" CHECKSUM "\","
               "\"rows\":{\"a\":\"1\",\"b\":1.5,\"c\":null,\"d\":[1],\"e\":7},\"unknown\":1}");
    g_autoptr (KbFooter) other =
        parse ("-- kolibri-backup-end {\"bytes\":\"7\",\"xxh3_128\":\"x\",\"rows\":{}}");

    g_assert_cmpuint (back->bytes, ==, 0);
    g_assert_cmpuint (g_hash_table_size (back->rows), ==, 1);
    g_assert_cmpint (rows_of (back, "e"), ==, 7);
    g_assert_cmpuint (other->bytes, ==, 0);
    g_assert_cmpuint (g_hash_table_size (other->rows), ==, 0);
}

static void
test_rows_are_counted (void)
{
    g_autoptr (KbFooter) self = kb_footer_new();

    count_rows (self, "a", 3);
    count_rows (self, "A", 1);
    g_assert_cmpint (rows_of (self, "a"), ==, 3);
    g_assert_cmpint (rows_of (self, "A"), ==, 1);
}

static void
test_equal_rows_fit (void)
{
    g_autoptr (KbFooter) footer =
        parse ("-- kolibri-backup-end {\"xxh3_128\":\"x\",\"rows\":{\"a\":2,\"b\":1,\"empty\":0}}");
    g_autoptr (KbFooter) counted = kb_footer_new();

    count_rows (counted, "a", 2);
    count_rows (counted, "b", 1);
    g_assert_true (kb_footer_rows_fit (footer, counted));
    g_assert_true (kb_footer_rows_fit (counted, footer));
}

static void
test_other_rows_do_not_fit (void)
{
    g_autoptr (KbFooter) footer = kb_footer_new();
    g_autoptr (KbFooter) counted = kb_footer_new();

    count_rows (footer, "a", 2);
    g_assert_false (kb_footer_rows_fit (footer, counted)); /* a table is missing */
    count_rows (counted, "a", 1);
    g_assert_false (kb_footer_rows_fit (footer, counted)); /* a row is missing */
    count_rows (counted, "a", 1);
    g_assert_true (kb_footer_rows_fit (footer, counted));
    count_rows (counted, "b", 1);
    g_assert_false (kb_footer_rows_fit (footer, counted)); /* a table too many */
}

static void
test_footer_without_rows_fits_everything (void)
{
    g_autoptr (KbFooter) footer = kb_footer_new();
    g_autoptr (KbFooter) counted = kb_footer_new();

    count_rows (counted, "a", 2);
    g_assert_true (kb_footer_rows_fit (footer, counted));
}

static void
test_equal_footers (void)
{
    g_autoptr (KbFooter) a = make_footer();
    g_autoptr (KbFooter) b = make_footer();

    count_rows (a, "t", 2);
    count_rows (b, "t", 2);
    g_assert_true (kb_footer_equal (a, b));
    b->bytes++;
    g_assert_false (kb_footer_equal (a, b));
    b->bytes--;
    b->checksum[0] = 'x';
    g_assert_false (kb_footer_equal (a, b));
    g_clear_pointer (&a->checksum, g_free);
    g_assert_false (kb_footer_equal (a, b));
    g_clear_pointer (&b->checksum, g_free);
    g_assert_true (kb_footer_equal (a, b));
}

/* A table without rows is one all the same, unlike in kb_footer_rows_fit(). */
static void
test_equal_footers_have_the_same_tables (void)
{
    g_autoptr (KbFooter) a =
        parse ("-- kolibri-backup-end {\"xxh3_128\":\"x\",\"rows\":{\"t\":2,\"empty\":0}}");
    g_autoptr (KbFooter) other =
        parse ("-- kolibri-backup-end {\"xxh3_128\":\"x\",\"rows\":{\"t\":2,\"another\":0}}");
    g_autoptr (KbFooter) fewer =
        parse ("-- kolibri-backup-end {\"xxh3_128\":\"x\",\"rows\":{\"t\":2}}");
    g_autoptr (KbFooter) counts =
        parse ("-- kolibri-backup-end {\"xxh3_128\":\"x\",\"rows\":{\"t\":3,\"empty\":0}}");

    g_assert_true (kb_footer_equal (a, a));
    g_assert_false (kb_footer_equal (a, other));
    g_assert_false (kb_footer_equal (a, fewer) || kb_footer_equal (fewer, a));
    g_assert_false (kb_footer_equal (a, counts));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/header/footer/round-trip", test_round_trip);
    g_test_add_func ("/header/footer/format", test_format);
    g_test_add_func ("/header/footer/line-is-bounded", test_line_is_bounded);
    g_test_add_func ("/header/footer/longest-line-keeps-its-rows",
                     test_longest_line_keeps_its_rows);
    g_test_add_func ("/header/footer/other-last-lines", test_other_last_lines);
    g_test_add_func ("/header/footer/cut-at-every-byte", test_cut_at_every_byte);
    g_test_add_func ("/header/footer/values-of-wrong-types", test_values_of_wrong_types);
    g_test_add_func ("/header/footer/rows-are-counted", test_rows_are_counted);
    g_test_add_func ("/header/footer/equal-rows-fit", test_equal_rows_fit);
    g_test_add_func ("/header/footer/other-rows-do-not-fit", test_other_rows_do_not_fit);
    g_test_add_func ("/header/footer/footer-without-rows-fits-everything",
                     test_footer_without_rows_fits_everything);
    g_test_add_func ("/header/footer/equal-footers", test_equal_footers);
    g_test_add_func ("/header/footer/equal-footers-have-the-same-tables",
                     test_equal_footers_have_the_same_tables);
    return g_test_run();
}
