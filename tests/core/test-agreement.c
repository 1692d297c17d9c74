/* SPDX-License-Identifier: MIT */
#include "kb-agreement.h"

static void
test_agreement (void)
{
    static const struct {
        const char *program;
        const char *data;
        const char *expected;
    } cases[] = {
        {"0.19.5", "0.19.5", "same"},         {"0.19.5", "0.18.4", "upgrade-pending"},
        {"0.9.0", "0.10.0", "downgrade"},     {"0.16.0", "0.16.0b3", "upgrade-pending"},
        {"0.16.0rc1", "0.16.0", "downgrade"}, {NULL, "0.16.0", "unknown"},
        {"0.16.0", NULL, "unknown"},          {"rubbish", "0.16.0", "unknown"},
        {"0.16.0", "rubbish", "unknown"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        KbAgreement agreement = kb_agreement_of (cases[i].program, cases[i].data);
        g_assert_cmpstr (kb_agreement_to_string (agreement), ==, cases[i].expected);
    }
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/agreement/agreement", test_agreement);
    return g_test_run();
}
