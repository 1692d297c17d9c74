/* SPDX-License-Identifier: MIT */
#include "kb-version.h"

#include <string.h>

/* Each sorts after the one before it: kolibri/utils/version.py, "Release order". */
static const char *const in_order[] = {
    "0.4.0",
    "0.9",
    "0.10.0",
    "0.15.12",
    "0.16.0.dev0",
    "0.16.0.dev0+git.20240101000000",
    "0.16.0.dev0+git.20240501101112",
    "0.16.0a1",
    "0.16.0a1.dev0+git.4.f1234567",
    "0.16.0a1.dev0+git.12.f1234567",
    "0.16.0a2",
    "0.16.0b1",
    "0.16.0b9",
    "0.16.0b10",
    "0.16.0rc1",
    "0.16.0rc1.dev0+git.f1234567",
    "0.16.0",
    "0.16.1",
    "0.17.0.dev20240501",
    "0.17.0",
    "1.2.3",
};

static void
test_order (void)
{
    for (gsize i = 0; i < G_N_ELEMENTS (in_order); i++)
        for (gsize j = 0; j < G_N_ELEMENTS (in_order); j++) {
            int order = kb_version_compare_text (in_order[i], in_order[j]);
            g_assert_cmpint ((order > 0) - (order < 0), ==, (i > j) - (i < j));
        }
}

static void
test_parts (void)
{
    KbVersion version;

    g_assert_true (kb_version_parse ("0.16.2rc3.dev0+git.682.g0be46de2", &version));
    g_assert_cmpuint (version.major, ==, 0);
    g_assert_cmpuint (version.minor, ==, 16);
    g_assert_cmpuint (version.patch, ==, 2);
    g_assert_cmpint (version.stage, ==, KB_VERSION_RC);
    g_assert_cmpuint (version.stage_number, ==, 3);
    g_assert_true (version.is_dev);
    g_assert_cmpuint (version.dev_count, ==, 682);
}

static void
test_rubbish (void)
{
    static const char *const rubbish[] = {
        "",
        "x",
        "1",
        "1.",
        "1.a",
        "v1.2.3",
        "1.2.3x",
        "1.2.3rc",
        "1.2.3 ",
        " 1.2.3",
        "1.2.3\n",
        "1.2.3/../../etc",
        "1.2_3",
        "1.2.3.dev0;rm",
        "99999999999999.1",
        "1.2.3.4",
        "0.1111111111111111111111111111111111111111111111111111111111111111",
    };
    KbVersion version;

    for (gsize i = 0; i < G_N_ELEMENTS (rubbish); i++)
        if (kb_version_parse (rubbish[i], &version))
            g_error ("taken for a version: %s", rubbish[i]);
}

static void
test_compare_release (void)
{
    g_assert_cmpint (kb_version_compare_release ("0.17.5rc1", "0.17.5"), ==, 0);
    g_assert_cmpint (kb_version_compare_release ("0.17.4", "0.17.5.dev0"), <, 0);
    g_assert_cmpint (kb_version_compare_release ("0.10.0", "0.9.4"), >, 0);
    g_assert_cmpint (kb_version_compare_release (NULL, "0.1.0"), <, 0);
    g_assert_cmpint (kb_version_compare_release (NULL, NULL), ==, 0);
}

static void
test_unknown_sorts_first (void)
{
    g_assert_cmpint (kb_version_compare_text (NULL, "0.1.0"), <, 0);
    g_assert_cmpint (kb_version_compare_text ("0.1.0", "rubbish"), >, 0);
    g_assert_cmpint (kb_version_compare_text ("rubbish", NULL), ==, 0);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/version/order", test_order);
    g_test_add_func ("/version/parts", test_parts);
    g_test_add_func ("/version/rubbish", test_rubbish);
    g_test_add_func ("/version/compare-release", test_compare_release);
    g_test_add_func ("/version/unknown-sorts-first", test_unknown_sorts_first);
    return g_test_run();
}
