/* SPDX-License-Identifier: MIT */
#include "kb-test-words.h"
#include "kb-text-progress.h"
#include "kb-time-left.h"

#include <string.h>

static void
test_time_left (void)
{
    static const struct {
        int seconds;
        const char *text;
    } cases[] = {
        {0, "A few seconds left"},
        {1, "A few seconds left"},
        {2, "A few seconds left"},
        {3, "About 5 seconds left"},
        {12, "About 10 seconds left"},
        {13, "About 15 seconds left"},
        {57, "About 55 seconds left"},
        {58, "About 1 minute left"},
        {60, "About 1 minute left"},
        {89, "About 1 minute left"},
        {90, "About 2 minutes left"},
        {14 * 60, "About 14 minutes left"},
        {17 * 60, "About 15 minutes left"},
        {18 * 60, "About 20 minutes left"},
        {60 * 60, "About 60 minutes left"},
        {87 * 60, "About 85 minutes left"},
        {89 * 60, "About 2 hours left"},
        {149 * 60, "About 2 hours left"},
        {24 * 60 * 60, "About 24 hours left"},
    };

    g_assert_null (kb_text_time_left (KB_TIME_LEFT_UNKNOWN));
    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
        kb_test_assert_text (kb_text_time_left (cases[i].seconds), cases[i].text);
}

static void
test_time_left_is_never_nothing (void)
{
    for (int seconds = 0; seconds < 24 * 60 * 60; seconds++) {
        g_autofree char *text = kb_text_time_left (seconds);
        g_assert_false (g_str_has_prefix (text, "About 0"));
    }
}

static void
test_steps (void)
{
    KbProgressSnapshot progress = {.phase = KB_PHASE_WRITING, .step = 2, .n_steps = 4};

    kb_test_assert_text (kb_text_step (&progress), "Step 2 of 4: Writing the backup…");
    progress.step = 0;
    kb_test_assert_text (kb_text_step (&progress), "Writing the backup…");
    for (int phase = 0; phase < KB_N_PHASES; phase++)
        kb_test_assert_plain (kb_text_phase ((KbPhase) phase));
}

static void
test_cancel_fits_the_step (void)
{
    g_assert_cmpstr (kb_text_cancel_label (KB_OPERATION_RESTORE, KB_PHASE_LOADING), ==, "_Cancel");
    g_assert_cmpstr (kb_text_cancel_label (KB_OPERATION_RESTORE, KB_PHASE_KEEPING), ==,
                     "_Stop and Keep the Old Data");
    g_assert_cmpstr (kb_text_cancel_label (KB_OPERATION_UNDO, KB_PHASE_REPLACING), ==,
                     "_Stop and Keep the Old Data");
    g_assert_cmpstr (kb_text_cancel_label (KB_OPERATION_BACKUP, KB_PHASE_WRITING), ==, "_Cancel");
    g_assert_cmpstr (kb_text_cancel_label (KB_OPERATION_COPY, KB_PHASE_KEEPING), ==, "_Cancel");
    g_assert_cmpstr (kb_text_cannot_cancel (KB_PHASE_COMMITTING), ==,
                     "This step cannot be stopped: your data is being exchanged.");
}

/* Either a button or a sentence, in every step of every operation. */
static void
test_button_or_sentence (void)
{
    for (int phase = 0; phase < KB_PHASE_DONE; phase++)
        for (int operation = 0; operation < KB_N_OPERATIONS; operation++) {
            const char *label = kb_text_cancel_label ((KbOperation) operation, (KbPhase) phase);
            const char *sentence = kb_text_cannot_cancel ((KbPhase) phase);
            g_assert_true ((label == NULL) != (sentence == NULL));
            g_assert_true ((label != NULL) == kb_phase_can_cancel ((KbPhase) phase));
            if (sentence != NULL)
                kb_test_assert_sentence (sentence);
        }
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/text-progress/time-left", test_time_left);
    g_test_add_func ("/text-progress/time-left-is-never-nothing", test_time_left_is_never_nothing);
    g_test_add_func ("/text-progress/steps", test_steps);
    g_test_add_func ("/text-progress/cancel-fits-the-step", test_cancel_fits_the_step);
    g_test_add_func ("/text-progress/button-or-sentence", test_button_or_sentence);
    return g_test_run();
}
