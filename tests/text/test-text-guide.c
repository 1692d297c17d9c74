/* SPDX-License-Identifier: MIT */
#include "kb-test-words.h"
#include "kb-text-guide.h"

#include <string.h>

/* Each installer is told of, and the way back names its version. */
static void
test_installers (void)
{
    for (int i = 0; i < KB_N_INSTALL_KINDS; i++) {
        g_autofree char *up = kb_text_guide_install (KB_GUIDE_UPGRADE, (KbInstallKind) i, NULL);
        g_autofree char *back =
            kb_text_guide_install (KB_GUIDE_DOWNGRADE, (KbInstallKind) i, "0.17.5");
        g_assert_cmpuint (strlen (up), >, 20);
        g_assert_null (strchr (up, '%'));
        g_assert_nonnull (strstr (back, "0.17.5"));
        g_assert_null (strchr (back, '%'));
    }
    g_autofree char *windows =
        kb_text_guide_install (KB_GUIDE_DOWNGRADE, KB_INSTALL_WINDOWS_NEW, "0.17.5");
    g_assert_nonnull (strstr (windows, "keep your data"));
}

static void
test_states (void)
{
    for (int i = KB_GUIDE_LATER; i <= KB_GUIDE_FAILED; i++) {
        kb_test_assert_plain (kb_text_guide_state ((KbGuideState) i));
        g_assert_true (g_str_has_suffix (kb_text_guide_state_icon ((KbGuideState) i), "-symbolic"));
    }
}

/* Whatever a step is like, there are words for it, and none are wrong for want of a fact. */
static void
test_every_step (void)
{
    g_autoptr (GDateTime) now = g_date_time_new_utc (2026, 11, 23, 10, 0, 0);

    for (int kind = 0; kind < KB_N_GUIDES; kind++)
        for (int step = 0; step < KB_N_GUIDE_STEPS; step++)
            for (int state = KB_GUIDE_LATER; state <= KB_GUIDE_FAILED; state++) {
                const KbGuide guide = {
                    .kind = (KbGuideKind) kind,
                    .n_steps = 1,
                    .steps = {{(KbGuideStepKind) step, (KbGuideState) state}},
                    .program_version = (char *) "0.19.5",
                    .from_version = (char *) "0.17.5",
                };
                g_autofree char *text = kb_text_guide_step_sentence (&guide, 0, now);
                kb_test_assert_plain (text); /* some end with a command */
                g_assert_null (strstr (text, "(null)"));
            }
}

static void
test_sentences (void)
{
    g_autoptr (GDateTime) now = g_date_time_new_utc (2026, 11, 23, 10, 0, 0);
    g_autoptr (GDateTime) then = g_date_time_new_utc (2026, 11, 23, 9, 12, 0);
    KbEntry entry = {.time = then, .version = (char *) "0.17.5"};
    KbGuide guide = {
        .kind = KB_GUIDE_UPGRADE,
        .n_steps = 2,
        .steps = {{KB_GUIDE_STEP_BACKUP, KB_GUIDE_DONE}, {KB_GUIDE_STEP_START, KB_GUIDE_FAILED}},
        .program_version = (char *) "0.19.5",
        .from_version = (char *) "0.17.5",
        .today = &entry,
        .automatic = &entry,
    };

    kb_test_assert_text (kb_text_guide_step_sentence (&guide, 0, now),
                         "Step 1 of 2: Back up your data. Done. There is a checked backup: today, "
                         "09:12.");
    g_autofree char *failed = kb_text_guide_step_sentence (&guide, 1, now);
    g_assert_nonnull (strstr (failed, "Did not work. Kolibri 0.19.5 is installed, but"));
    g_assert_nonnull (strstr (failed, "go back to Kolibri 0.17.5."));
    guide.steps[1].state = KB_GUIDE_DONE;
    g_autofree char *done = kb_text_guide_step_sentence (&guide, 1, now);
    g_assert_nonnull (strstr (done, "Kolibri 0.19.5 has upgraded your data. Its own backup"));
}

static void
test_problems (void)
{
    KbGuide guide = {.from_version = (char *) "0.19.5"};

    g_assert_null (kb_text_guide_problem (&guide));
    for (int i = KB_GUIDE_PROBLEM_NO_DATA; i <= KB_GUIDE_PROBLEM_NOT_OLDER; i++) {
        guide.problem = (KbGuideProblem) i;
        g_autofree char *text = kb_text_guide_problem (&guide);
        kb_test_assert_sentence (text);
    }
    g_assert_null (kb_text_guide_note (&guide));
    guide.record_problem = 1;
    g_autofree char *note = kb_text_guide_note (&guide);
    kb_test_assert_sentence (note);
}

static void
test_hints (void)
{
    g_autoptr (GDateTime) now = g_date_time_new_utc (2026, 11, 23, 10, 0, 0);
    const KbStatus status = {.true_version = (char *) "0.19.5"};
    KbGuide guide = {.program_version = (char *) "0.18.4", .from_version = (char *) "0.17.5"};

    for (int i = KB_GUIDE_HINT_BACK_UP; i <= KB_GUIDE_HINT_FINISHED; i++) {
        guide.hint = (KbGuideHint) i;
        g_autofree char *text = kb_text_guide_hint (&guide, &status, now);
        kb_test_assert_sentence (text);
    }
    guide.hint = KB_GUIDE_HINT_NONE;
    g_assert_null (kb_text_guide_hint (&guide, &status, now));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/text-guide/installers", test_installers);
    g_test_add_func ("/text-guide/states", test_states);
    g_test_add_func ("/text-guide/every-step", test_every_step);
    g_test_add_func ("/text-guide/sentences", test_sentences);
    g_test_add_func ("/text-guide/problems", test_problems);
    g_test_add_func ("/text-guide/hints", test_hints);
    return g_test_run();
}
