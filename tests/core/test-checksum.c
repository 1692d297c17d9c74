/* SPDX-License-Identifier: MIT */
#include "kb-checksum.h"

#include <string.h>

/* Made with python-xxhash: xxh3_128_hexdigest() of the first n bytes of i * 131 + (i >> 8). The
 * lengths stand on both sides of the borders where XXH3 changes its way of work: 16, 128 and 240
 * bytes, a stripe of 64, a block of 1,024, the 256 of its streaming buffer. */
static const struct {
    gsize length;
    const char *checksum;
} vectors[] = {
    {0, "99aa06d3014798d86001c324468d497f"},    {1, "a6cd5e9392000f6ac44bdff4074eecdb"},
    {3, "c925ae1797c3998f6811538b444fc6dc"},    {4, "6ae518c60df23fcadb9cecd5eb59a7f1"},
    {8, "63f350efc0ba3e2e5b3f49d0f38f9d7d"},    {9, "83c871b1014e6f76d8a20b5b7aa68a37"},
    {16, "248181305d3c1039adebb1d9d080b69c"},   {17, "825a0db7d0afe2c0cfea252f6b7ed7e9"},
    {64, "ecceaabe1fb6f9ffcfa5d95a3b689b2c"},   {128, "08df79f520370b525cfea347ea4bb687"},
    {129, "fc1d02037be48a62821740ece8839b64"},  {240, "8406fbd017acdf4e687f00a7f64e46db"},
    {241, "d894c74b1b3ea28f44dbd3180a664e27"},  {255, "e93c910a854d7fc7942ab7e775f54aca"},
    {256, "b997d11012dfe96d266a2c816cbb31c5"},  {257, "7f4f0a98353504f10795b943ac4333f2"},
    {1023, "a70e05f8611e92cea454369c718a6456"}, {1024, "866814b8303d6907c6c700c409d40c4b"},
    {1025, "f91cd5a698df60973ef78c3256f23450"}, {5000, "e02f66fdc051deda01f8ab17e509b9d1"},
};

static guint8 *
make_bytes (gsize length)
{
    guint8 *bytes = g_malloc (length + 1);

    for (gsize i = 0; i < length; i++)
        bytes[i] = (guint8) (i * 131 + (i >> 8));
    return bytes;
}

static void
test_known_vectors (void)
{
    for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++) {
        g_autoptr (KbChecksum) checksum = kb_checksum_new();
        g_autofree guint8 *bytes = make_bytes (vectors[i].length);
        kb_checksum_update (checksum, bytes, vectors[i].length);
        g_autofree char *text = kb_checksum_to_string (checksum);
        g_assert_cmpstr (text, ==, vectors[i].checksum);
    }
}

static void
test_pieces_do_not_matter (void)
{
    static const gsize pieces[] = {1, 3, 64, 255, 256, 257, 1000};
    const gsize last = G_N_ELEMENTS (vectors) - 1;
    g_autofree guint8 *bytes = make_bytes (vectors[last].length);

    for (gsize i = 0; i < G_N_ELEMENTS (pieces); i++) {
        g_autoptr (KbChecksum) checksum = kb_checksum_new();
        for (gsize at = 0; at < vectors[last].length; at += pieces[i])
            kb_checksum_update (checksum, bytes + at, MIN (pieces[i], vectors[last].length - at));
        g_autofree char *text = kb_checksum_to_string (checksum);
        g_assert_cmpstr (text, ==, vectors[last].checksum);
    }
}

static void
test_no_bytes_at_all (void)
{
    g_autoptr (KbChecksum) checksum = kb_checksum_new();
    g_autofree char *text = kb_checksum_to_string (checksum);

    g_assert_cmpstr (text, ==, "99aa06d3014798d86001c324468d497f");
}

static void
test_more_may_follow_a_result (void)
{
    g_autoptr (KbChecksum) checksum = kb_checksum_new();
    g_autoptr (KbChecksum) whole = kb_checksum_new();

    kb_checksum_update (checksum, "abc", 3);
    g_autofree char *half = kb_checksum_to_string (checksum);
    g_autofree char *half_again = kb_checksum_to_string (checksum);
    kb_checksum_update (checksum, "def", 3);
    kb_checksum_update (whole, "abcdef", 6);
    g_autofree char *text = kb_checksum_to_string (checksum);
    g_autofree char *expected = kb_checksum_to_string (whole);
    g_assert_cmpstr (half, ==, half_again);
    g_assert_cmpstr (text, ==, expected);
    g_assert_cmpstr (text, !=, half);
}

static void
test_one_bit_changes_it (void)
{
    g_autofree guint8 *bytes = make_bytes (300);
    g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

    for (gsize bit = 0; bit < 300 * 8; bit++) {
        g_autoptr (KbChecksum) checksum = kb_checksum_new();
        bytes[bit / 8] ^= (guint8) (1 << bit % 8);
        kb_checksum_update (checksum, bytes, 300);
        bytes[bit / 8] ^= (guint8) (1 << bit % 8);
        g_assert_true (g_hash_table_add (seen, kb_checksum_to_string (checksum)));
    }
}

static void
test_is_32_digits_in_lower_case (void)
{
    for (gsize i = 0; i < 100; i++) {
        g_autoptr (KbChecksum) checksum = kb_checksum_new();
        kb_checksum_update (checksum, &i, sizeof i);
        g_autofree char *text = kb_checksum_to_string (checksum);
        g_assert_cmpuint (strlen (text), ==, 32);
        g_assert_cmpuint (strspn (text, "0123456789abcdef"), ==, 32);
    }
}

static void
test_free_accepts_nothing (void)
{
    kb_checksum_free (NULL);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/checksum/known-vectors", test_known_vectors);
    g_test_add_func ("/checksum/pieces-do-not-matter", test_pieces_do_not_matter);
    g_test_add_func ("/checksum/no-bytes-at-all", test_no_bytes_at_all);
    g_test_add_func ("/checksum/more-may-follow-a-result", test_more_may_follow_a_result);
    g_test_add_func ("/checksum/one-bit-changes-it", test_one_bit_changes_it);
    g_test_add_func ("/checksum/is-32-digits-in-lower-case", test_is_32_digits_in_lower_case);
    g_test_add_func ("/checksum/free-accepts-nothing", test_free_accepts_nothing);
    return g_test_run();
}
