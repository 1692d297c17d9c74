/* SPDX-License-Identifier: MIT */
#include "kb-test-words.h"
#include "kb-text-status.h"

#include <string.h>

static void
test_kinds (void)
{
    for (int i = 0; i < KB_N_INSTALL_KINDS; i++) {
        kb_test_assert_plain (kb_text_install_kind ((KbInstallKind) i));
        for (int j = 0; j < i; j++)
            g_assert_cmpstr (kb_text_install_kind ((KbInstallKind) i), !=,
                             kb_text_install_kind ((KbInstallKind) j));
    }
}

static void
test_problems (void)
{
    for (int i = 0; i < KB_N_FIND_PROBLEMS; i++) {
        kb_test_assert_sentence (kb_text_find_problem ((KbFindProblem) i));
        for (int j = 0; j < i; j++)
            g_assert_cmpstr (kb_text_find_problem ((KbFindProblem) i), !=,
                             kb_text_find_problem ((KbFindProblem) j));
    }
}

static void
test_found (void)
{
    KbFound found = {.kind = KB_INSTALL_DEBIAN, .is_ours = TRUE, .source = (char *) "/etc/x"};

    found.reason = KB_REASON_SETTINGS;
    kb_test_assert_text (kb_text_found (&found),
                         "Kolibri, installed as a package. The file /etc/x names this folder.");
    found.reason = KB_REASON_GIVEN;
    found.is_ours = FALSE;
    kb_test_assert_text (kb_text_found (&found),
                         "Kolibri, installed as a package. You have chosen this folder. "
                         "It belongs to another user of this computer.");
    for (int i = KB_REASON_GIVEN; i <= KB_REASON_OWN_FOLDER; i++) {
        found.reason = (KbReason) i;
        g_autofree char *text = kb_text_found (&found);
        g_assert_true (g_str_has_suffix (text, "."));
    }
}

static void
test_agreement (void)
{
    kb_test_assert_text (kb_text_agreement (KB_AGREEMENT_SAME, "0.19.5", "0.19.5"),
                         "Program and data are both of Kolibri 0.19.5.");
    kb_test_assert_text (kb_text_agreement (KB_AGREEMENT_UPGRADE, "0.19.5", "0.18.4"),
                         "Kolibri 0.19.5 will upgrade your data from 0.18.4 when it starts. "
                         "Back up first.");
    kb_test_assert_text (kb_text_agreement (KB_AGREEMENT_DOWNGRADE, "0.18.4", "0.19.5"),
                         "Kolibri 0.18.4 is too old for your data, which is of 0.19.5. Install "
                         "the newer Kolibri again, or restore a backup of the older.");
    kb_test_assert_text (kb_text_agreement (KB_AGREEMENT_UNKNOWN, NULL, "0.19.5"),
                         "The version of the installed Kolibri is not known.");
    kb_test_assert_text (kb_text_agreement (KB_AGREEMENT_UNKNOWN, "0.19.5", NULL),
                         "The version of your data is not known.");
}

static void
test_other_homes (void)
{
    KbFound found[3] = {{.path = (char *) "/a"}, {.path = (char *) "/b"}, {.path = (char *) "/c"}};
    g_autoptr (GPtrArray) homes = g_ptr_array_new();

    g_assert_null (kb_text_other_homes (homes));
    g_ptr_array_add (homes, &found[0]);
    g_assert_null (kb_text_other_homes (homes));
    g_ptr_array_add (homes, &found[1]);
    g_ptr_array_add (homes, &found[2]);
    kb_test_assert_text (kb_text_other_homes (homes),
                         "There is Kolibri data in other folders too: \u2068/b\u2069, "
                         "\u2068/c\u2069");
}

static void
test_found_state (void)
{
    KbFound found = {.data_version = (char *) "0.19.5", .is_running = TRUE};

    kb_test_assert_text (kb_text_found_state (&found), "Kolibri 0.19.5 · running");
    found.data_version = NULL;
    found.is_running = FALSE;
    kb_test_assert_text (kb_text_found_state (&found), "Kolibri · not running");
}

static void
test_lost_home (void)
{
    kb_test_assert_text (kb_text_lost_home ("/a"),
                         "The folder of the last time, \u2068/a\u2069, is not there any more. "
                         "This is the data of another folder.");
}

static void
test_endangered (void)
{
    kb_test_assert_text (kb_text_endangered (1),
                         "When Kolibri is upgraded, it will delete 1 new backup and leave older "
                         "ones. Keep it, and it stays.");
    kb_test_assert_text (kb_text_endangered (2),
                         "When Kolibri is upgraded, it will delete 2 new backups and leave older "
                         "ones. Keep them, and they stay.");
}

/* A verdict of a downgrade does not speak of an upgrade. */
static void
test_downgrade_at_risk (void)
{
    g_autoptr (GDateTime) now = g_date_time_new_utc (2026, 11, 18, 12, 0, 0);
    const KbStatus status = {.verdict = KB_VERDICT_AT_RISK,
                             .agreement = KB_AGREEMENT_DOWNGRADE,
                             .installed_version = (char *) "0.18.4",
                             .data_version = (char *) "0.19.5"};
    g_autofree char *text = kb_text_verdict_detail (&status, now);

    g_assert_nonnull (strstr (text, "too old"));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/text-status/kinds", test_kinds);
    g_test_add_func ("/text-status/problems", test_problems);
    g_test_add_func ("/text-status/found", test_found);
    g_test_add_func ("/text-status/agreement", test_agreement);
    g_test_add_func ("/text-status/other-homes", test_other_homes);
    g_test_add_func ("/text-status/found-state", test_found_state);
    g_test_add_func ("/text-status/lost-home", test_lost_home);
    g_test_add_func ("/text-status/endangered", test_endangered);
    g_test_add_func ("/text-status/downgrade-at-risk", test_downgrade_at_risk);
    return g_test_run();
}
