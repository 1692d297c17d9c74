/* SPDX-License-Identifier: MIT */
#include "kb-json.h"

#include <stdlib.h>
#include <string.h>

/* Parses bytes that end where their memory does, so that ASan sees a step beyond. */
static JsonObject *
parse_bytes (const char *bytes, gsize length)
{
    char *exact = malloc (length);

    g_assert_nonnull (exact);
    memcpy (exact, bytes, length);
    JsonObject *object = kb_json_parse_object (exact, length);
    free (exact);
    return object;
}

static JsonObject *
parse (const char *text)
{
    return parse_bytes (text, strlen (text));
}

/* @start, then @n times @piece. */
static void
assert_refused (const char *start, const char *piece, gsize n)
{
    GString *text = g_string_new (start);

    for (gsize i = 0; i < n; i++)
        g_string_append (text, piece);
    g_assert_null (parse_bytes (text->str, text->len));
    g_string_free (text, TRUE);
}

static void
test_object (void)
{
    g_autoptr (JsonObject) object = parse (" {\"a\": \"b\", \"n\": {\"x\": 7}}\n");

    g_assert_nonnull (object);
    g_autofree char *text = kb_json_dup_string (object, "a");
    g_assert_cmpstr (text, ==, "b");
    g_assert_cmpint (kb_json_get_int (kb_json_get_object (object, "n"), "x", 0), ==, 7);
}

static void
test_what_is_no_object (void)
{
    static const char *const texts[] = {
        "",   " ",    "null",  "1",   "\"x\"", "[]",        "[{}]",     "{",          "}",
        "{]", "{\"a", "{a:1}", "x{}", "{} x",  "{\"a\" 1}", "{\"a\":}", "{\"a\":1,}", "-- x",
    };

    for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
        if (parse (texts[i]) != NULL)
            g_error ("taken for an object: %s", texts[i]);
}

/* Every prefix of a good text is damaged, and none may be read beyond its end. */
static void
test_cut_at_every_byte (void)
{
    const char *text = "{\"a\":\"\\\"\\u00e9\\\\\",\"n\":[1,-2.5e3,true,null],\"o\":{\"\":\"\"}}";

    for (gsize length = 0; length < strlen (text); length++)
        g_assert_null (parse_bytes (text, length));
    g_autoptr (JsonObject) whole = parse (text);
    g_assert_nonnull (whole);
}

static void
test_bytes_that_are_no_text (void)
{
    g_assert_null (parse_bytes ("{\"a\":\"x\0y\"}", 11));
    g_assert_null (parse_bytes ("{}\0", 3));
    g_assert_null (parse ("{\"a\":\"\xff\"}"));
    g_assert_null (parse ("{\"a\":\"\xed\xa0\x80\"}")); /* a lone surrogate */
    g_assert_null (parse ("{\"a\":\"\xc3"));
}

static void
test_depth_is_bounded (void)
{
    g_autoptr (JsonObject) eight = parse ("{\"a\":[[[[[[[1]]]]]]]}");

    g_assert_nonnull (eight);
    g_assert_null (parse ("{\"a\":[[[[[[[[1]]]]]]]]}"));
    g_assert_null (parse ("{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}}}}}"));
}

static void
test_closed_brackets_do_not_count (void)
{
    GString *text = g_string_new ("{\"a\":[[]");

    for (int i = 0; i < 100; i++)
        g_string_append (text, ",[[],{}]");
    g_string_append (text, "]}");
    g_autoptr (JsonObject) object = parse (text->str);
    g_assert_nonnull (object);
    g_string_free (text, TRUE);
}

static void
test_brackets_in_strings_do_not_count (void)
{
    g_autoptr (JsonObject) object = parse ("{\"a\":\"[[[[[[[[[[\\\"[[[[[[{{{{\\\\\",\"b\":[[1]]}");

    g_assert_nonnull (object);
}

/* json-glib 1.6 ends the program on each of these when they reach it. */
static void
test_megabytes_of_brackets (void)
{
    assert_refused ("", "[", 4 * 1024 * 1024);
    assert_refused ("", "{\"a\":", 1024 * 1024);
    assert_refused ("{\"a\":", "[", 4 * 1024 * 1024);
    assert_refused ("{\"a\":\"\\\\\",\"b\":", "[", 4 * 1024 * 1024);
}

/* json-glib reads more than JSON: comments, and strings in single quotes. A double quote in one of
 * them is no start of a string, and must not hide the brackets behind it. */
static void
test_brackets_behind_a_comment (void)
{
    assert_refused ("/* \" */", "[", 4 * 1024 * 1024);
    assert_refused ("{\"a\":/*\"*/", "[", 4 * 1024 * 1024);
}

static void
test_brackets_behind_single_quotes (void)
{
    assert_refused ("{'\"':", "[", 4 * 1024 * 1024);
    assert_refused ("{\"a\":'\"',\"b\":", "[", 4 * 1024 * 1024);
}

static void
test_string_of_another_type (void)
{
    g_autoptr (JsonObject) object =
        parse ("{\"i\":1,\"f\":1.5,\"t\":true,\"n\":null,\"o\":{},\"l\":[\"x\"],\"e\":\"\"}");
    static const char *const names[] = {"i", "f", "t", "n", "o", "l", "e", "missing", ""};

    for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
        g_assert_null (kb_json_dup_string (object, names[i]));
}

static void
test_string_is_one_line (void)
{
    g_autoptr (JsonObject) object = parse ("{\"a\":\"a\\nb\\tc\\u001bd\\u007fe\\rf\"}");
    g_autofree char *text = kb_json_dup_string (object, "a");

    g_assert_cmpstr (text, ==, "a b c d e f");
}

static void
test_string_is_short (void)
{
    GString *json = g_string_new ("{\"a\":\"");

    for (int i = 0; i < 2000; i++)
        g_string_append (json, "\xf0\x9f\x98\x80");
    g_string_append (json, "\"}");
    g_autoptr (JsonObject) object = parse (json->str);
    g_autofree char *text = kb_json_dup_string (object, "a");
    g_assert_cmpint (g_utf8_strlen (text, -1), ==, 512);
    g_assert_cmpuint (strlen (text), ==, 512 * 4);
    g_assert_true (g_utf8_validate (text, -1, NULL));
    g_string_free (json, TRUE);
}

/* Escapes can name what no UTF-8 holds; what comes out must be text all the same. */
static void
test_string_is_valid_text (void)
{
    static const char *const escapes[] = {"\\ud800", "\\udc00x", "\\ud83d\\ud83d", "a\\u0000b"};

    for (gsize i = 0; i < G_N_ELEMENTS (escapes); i++) {
        g_autofree char *json = g_strdup_printf ("{\"a\":\"x%s\"}", escapes[i]);
        g_autoptr (JsonObject) object = parse (json);
        g_autofree char *text = object != NULL ? kb_json_dup_string (object, "a") : NULL;
        g_assert_true (text == NULL || g_utf8_validate (text, -1, NULL));
    }
}

static void
test_int (void)
{
    g_autoptr (JsonObject) object =
        parse ("{\"a\":42,\"b\":-9223372036854775808,\"c\":9223372036854775807,\"d\":0}");

    g_assert_cmpint (kb_json_get_int (object, "a", 7), ==, 42);
    g_assert_cmpint (kb_json_get_int (object, "b", 7), ==, G_MININT64);
    g_assert_cmpint (kb_json_get_int (object, "c", 7), ==, G_MAXINT64);
    g_assert_cmpint (kb_json_get_int (object, "d", 7), ==, 0);
}

static void
test_int_of_another_type (void)
{
    static const char *const names[] = {"s", "f", "t", "n", "o", "l", "h", "missing"};
    g_autoptr (JsonObject) object =
        parse ("{\"s\":\"1\",\"f\":1.5,\"t\":true,\"n\":null,\"o\":{},\"l\":[1],\"h\":1e400}");

    for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
        g_assert_cmpint (kb_json_get_int (object, names[i], 7), ==, 7);
}

static void
test_object_of_another_type (void)
{
    static const char *const names[] = {"s", "i", "n", "l", "missing"};
    g_autoptr (JsonObject) object = parse ("{\"s\":\"{}\",\"i\":1,\"n\":null,\"l\":[{}]}");

    for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
        g_assert_null (kb_json_get_object (object, names[i]));
}

/* Letters from all over Unicode, without NUL, surrogates and what is no character. */
static void
test_ascii_round_trip (void)
{
    for (gunichar first = 1; first < 0x110000; first += first < 0x800 ? 0x100 : 0x1500) {
        g_autoptr (JsonObject) object = json_object_new();
        g_autoptr (GString) text = g_string_new (NULL);
        for (gunichar c = first; c < first + 0x100; c++)
            if (g_unichar_validate (c))
                g_string_append_unichar (text, c);
        json_object_set_string_member (object, text->str, text->str);
        g_autofree char *ascii = kb_json_to_ascii (object);
        for (const char *at = ascii; *at != '\0'; at++)
            g_assert_true (*at >= 0x20 && *at < 0x7f);
        g_autoptr (JsonObject) back = parse (ascii);
        g_assert_nonnull (back);
        g_assert_cmpstr (json_object_get_string_member (back, text->str), ==, text->str);
    }
}

static void
test_ascii_is_json (void)
{
    g_autoptr (JsonObject) object = json_object_new();

    json_object_set_string_member (object, "a", "\xc3\xa9 \xf0\x9f\x98\x80 \x7f\n\"\\");
    json_object_set_int_member (object, "n", G_MININT64);
    g_autofree char *ascii = kb_json_to_ascii (object);
    g_assert_cmpstr (
        ascii, ==,
        "{\"a\":\"\\u00e9 \\ud83d\\ude00 \\u007f\\n\\\"\\\\\",\"n\":-9223372036854775808}");
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/json/object", test_object);
    g_test_add_func ("/json/what-is-no-object", test_what_is_no_object);
    g_test_add_func ("/json/cut-at-every-byte", test_cut_at_every_byte);
    g_test_add_func ("/json/bytes-that-are-no-text", test_bytes_that_are_no_text);
    g_test_add_func ("/json/depth-is-bounded", test_depth_is_bounded);
    g_test_add_func ("/json/closed-brackets-do-not-count", test_closed_brackets_do_not_count);
    g_test_add_func ("/json/brackets-in-strings-do-not-count",
                     test_brackets_in_strings_do_not_count);
    g_test_add_func ("/json/megabytes-of-brackets", test_megabytes_of_brackets);
    g_test_add_func ("/json/string-of-another-type", test_string_of_another_type);
    g_test_add_func ("/json/string-is-one-line", test_string_is_one_line);
    g_test_add_func ("/json/string-is-short", test_string_is_short);
    g_test_add_func ("/json/string-is-valid-text", test_string_is_valid_text);
    g_test_add_func ("/json/int", test_int);
    g_test_add_func ("/json/int-of-another-type", test_int_of_another_type);
    g_test_add_func ("/json/object-of-another-type", test_object_of_another_type);
    g_test_add_func ("/json/ascii-round-trip", test_ascii_round_trip);
    g_test_add_func ("/json/ascii-is-json", test_ascii_is_json);
    g_test_add_func ("/json/brackets-behind-a-comment", test_brackets_behind_a_comment);
    g_test_add_func ("/json/brackets-behind-single-quotes", test_brackets_behind_single_quotes);
    return g_test_run();
}
