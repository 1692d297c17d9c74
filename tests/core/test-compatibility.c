/* SPDX-License-Identifier: MIT */
#include "kb-compatibility.h"

static void
test_table (void)
{
    static const struct {
        const char *backup;
        const char *installed;
        const char *data;
        KbCompatibility expected;
    } cases[] = {
        {"0.17.5", "0.17.5", "0.17.5", KB_COMPATIBILITY_FITS},
        {"0.17.5", "0.19.1", "0.17.5", KB_COMPATIBILITY_OLDER},
        {"0.17.4", "0.17.5", NULL, KB_COMPATIBILITY_OLDER},
        {"0.9.4", "0.10.0", NULL, KB_COMPATIBILITY_OLDER},
        {"0.19.1", "0.17.5", NULL, KB_COMPATIBILITY_NEWER},
        {"0.19.1", "0.17.5", "0.19.1", KB_COMPATIBILITY_NEWER}, /* the program decides */
        {"0.16.0rc1", "0.16.0", NULL, KB_COMPATIBILITY_FITS},
        {"0.16.0", "0.16.0b2.dev0+git.4", NULL, KB_COMPATIBILITY_FITS},
        {"0.17.5", NULL, "0.17.5", KB_COMPATIBILITY_FITS},
        {"0.17.5", NULL, "0.16.2", KB_COMPATIBILITY_NEWER},
        {"0.16.2", NULL, "0.17.5", KB_COMPATIBILITY_OLDER},
        {"0.16.2", "rubbish", "0.17.5", KB_COMPATIBILITY_OLDER},
        {"0.16.2", NULL, NULL, KB_COMPATIBILITY_UNKNOWN},
        {"0.16.2", "", "rubbish", KB_COMPATIBILITY_UNKNOWN},
        {NULL, "0.17.5", "0.17.5", KB_COMPATIBILITY_UNKNOWN},
        {"rubbish", "0.17.5", "0.17.5", KB_COMPATIBILITY_UNKNOWN},
    };

    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
        g_assert_cmpint (kb_compatibility_of (cases[i].backup, cases[i].installed, cases[i].data),
                         ==, cases[i].expected);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/compatibility/table", test_table);
    return g_test_run();
}
