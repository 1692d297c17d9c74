/* SPDX-License-Identifier: MIT */
#include "kb-pex.h"
#include "kb-test.h"

#include <string.h>

static void
append_le (GByteArray *out, guint value, int n)
{
    for (; n > 0; n--, value >>= 8) {
        guint8 byte = (guint8) value;
        g_byte_array_append (out, &byte, 1);
    }
}

/* The directory of a zip file with these names and nothing in them (APPNOTE.TXT, 4.3.12). */
static GByteArray *
make_pex (const char *const *names)
{
    static const guint8 zeros[46];
    GByteArray *out = g_byte_array_new();
    guint start, n = 0;

    g_byte_array_append (out, (const guint8 *) "#!/usr/bin/env python3\n", 23);
    start = out->len;
    for (; names[n] != NULL; n++) {
        g_byte_array_append (out, (const guint8 *) "PK\1\2", 4);
        g_byte_array_append (out, zeros, 24);
        append_le (out, (guint) strlen (names[n]), 2);
        append_le (out, 3, 2); /* a field more */
        append_le (out, 0, 2);
        g_byte_array_append (out, zeros, 12);
        g_byte_array_append (out, (const guint8 *) names[n], (guint) strlen (names[n]));
        g_byte_array_append (out, zeros, 3);
    }
    guint size_bytes = out->len - start;
    g_byte_array_append (out, (const guint8 *) "PK\5\6", 4);
    g_byte_array_append (out, zeros, 4);
    append_le (out, n, 2);
    append_le (out, n, 2);
    append_le (out, size_bytes, 4);
    append_le (out, 0, 4);
    append_le (out, 4, 2);
    g_byte_array_append (out, (const guint8 *) "note", 4);
    return out;
}

static char *
version_of (const KbTestDir *dir, const GByteArray *bytes)
{
    g_autofree char *path = kb_test_dir_file (dir, "kolibri.pex");

    kb_test_write (path, bytes->data, bytes->len);
    return kb_pex_find_version (path);
}

static void
assert_version (const char *name, const char *expected)
{
    const char *const names[] = {"PEX-INFO", ".deps/x-1.0-py3-none-any.whl/x", name, NULL};
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (GByteArray) bytes = make_pex (names);
    g_autofree char *version = version_of (dir, bytes);

    g_assert_cmpstr (version, ==, expected);
}

static void
test_version (void)
{
    assert_version (".deps/kolibri-0.19.5-py2.py3-none-any.whl/kolibri/VERSION", "0.19.5");
    assert_version (".deps/kolibri-0.16.0b3-py2.py3-none-any.whl/", "0.16.0b3");
}

static void
test_names_that_say_nothing (void)
{
    assert_version (".deps/kolibri-", NULL);
    assert_version (".deps/kolibri-0.19.5", NULL);
    assert_version (".deps/kolibri-plugin-0.19.5-py3-none-any.whl/", NULL);
    assert_version (".deps/kolibri_x-0.19.5-py3-none-any.whl/", NULL);
    assert_version ("kolibri-0.19.5-py3-none-any.whl/", NULL);
}

static void
flip_every_bit (const KbTestDir *dir, GByteArray *bytes)
{
    for (guint bit = 0; bit < bytes->len * 8; bit++) {
        bytes->data[bit / 8] ^= (guint8) (1 << bit % 8);
        g_free (version_of (dir, bytes));
        bytes->data[bit / 8] ^= (guint8) (1 << bit % 8);
    }
}

/* Cut anywhere, or with any bit changed, it must not be read beyond its end (ASan sees that). */
static void
test_damage (void)
{
    const char *const names[] = {".deps/kolibri-0.19.5-py3-none-any.whl/", NULL};
    const char *const endless[] = {"PEX-INFO", ".deps/kolibri-0", NULL};
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (GByteArray) whole = make_pex (names);
    g_autoptr (GByteArray) without_end = make_pex (endless);

    for (guint i = 0; i < whole->len - 4; i++) {
        g_autoptr (GByteArray) cut = g_byte_array_new();
        g_byte_array_append (cut, whole->data, i);
        g_assert_null (version_of (dir, cut));
    }
    flip_every_bit (dir, whole);
    flip_every_bit (dir, without_end);
}

static void
test_no_file (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *missing = kb_test_dir_file (dir, "missing");

    g_assert_null (kb_pex_find_version (missing));
    g_assert_null (kb_pex_find_version (dir->path));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/pex/version", test_version);
    g_test_add_func ("/pex/names-that-say-nothing", test_names_that_say_nothing);
    g_test_add_func ("/pex/damage", test_damage);
    g_test_add_func ("/pex/no-file", test_no_file);
    return g_test_run();
}
