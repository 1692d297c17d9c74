/* SPDX-License-Identifier: MIT */
#include "kb-progress.h"

#include <pthread.h>

static const KbPhaseWeight plan[] = {
    {KB_PHASE_PREPARING, 10},
    {KB_PHASE_WRITING, 60},
    {KB_PHASE_CHECKING, 30},
};

static void
assert_fraction (KbProgress *progress, double expected)
{
    KbProgressSnapshot snapshot;

    kb_progress_snapshot (progress, &snapshot);
    g_assert_cmpfloat_with_epsilon (snapshot.fraction, expected, 0.00001);
}

static void
test_begins_idle (void)
{
    g_autoptr (KbProgress) progress = kb_progress_new();
    KbProgressSnapshot snapshot;

    kb_progress_snapshot (progress, &snapshot);
    g_assert_cmpint (snapshot.phase, ==, KB_PHASE_IDLE);
    g_assert_cmpuint (snapshot.done, ==, 0);
    g_assert_cmpuint (snapshot.total, ==, 0);
    g_assert_cmpfloat (snapshot.fraction, ==, 0);
}

static void
test_tells_what_was_set (void)
{
    g_autoptr (KbProgress) progress = kb_progress_new();
    KbProgressSnapshot snapshot;

    kb_progress_set (progress, KB_PHASE_COPYING, G_GUINT64_CONSTANT (5000000000),
                     G_GUINT64_CONSTANT (9000000000));
    kb_progress_snapshot (progress, &snapshot);
    g_assert_cmpint (snapshot.phase, ==, KB_PHASE_COPYING);
    g_assert_cmpuint (snapshot.done, ==, G_GUINT64_CONSTANT (5000000000));
    g_assert_cmpuint (snapshot.total, ==, G_GUINT64_CONSTANT (9000000000));
}

static void
test_phases_share_the_whole_by_weight (void)
{
    g_autoptr (KbProgress) progress = kb_progress_new();

    kb_progress_plan (progress, plan, G_N_ELEMENTS (plan));
    kb_progress_set (progress, KB_PHASE_PREPARING, 1, 2);
    assert_fraction (progress, 0.05);
    kb_progress_set (progress, KB_PHASE_WRITING, 0, 100);
    assert_fraction (progress, 0.10);
    kb_progress_set (progress, KB_PHASE_WRITING, 50, 100);
    assert_fraction (progress, 0.40);
    kb_progress_set (progress, KB_PHASE_CHECKING, 1, 1);
    assert_fraction (progress, 1.00);
}

static void
assert_step (KbProgress *progress, KbPhase phase, unsigned step, unsigned n_steps)
{
    KbProgressSnapshot snapshot;

    kb_progress_set (progress, phase, 0, 0);
    kb_progress_snapshot (progress, &snapshot);
    g_assert_cmpuint (snapshot.step, ==, step);
    g_assert_cmpuint (snapshot.n_steps, ==, n_steps);
}

static void
test_steps_are_those_of_the_plan (void)
{
    g_autoptr (KbProgress) progress = kb_progress_new();

    assert_step (progress, KB_PHASE_PREPARING, 0, 0);
    kb_progress_plan (progress, plan, G_N_ELEMENTS (plan));
    assert_step (progress, KB_PHASE_PREPARING, 1, 3);
    assert_step (progress, KB_PHASE_WRITING, 2, 3);
    assert_step (progress, KB_PHASE_SYNCING, 0, 3);
    assert_step (progress, KB_PHASE_CHECKING, 3, 3);
    assert_step (progress, KB_PHASE_DONE, 0, 3);
}

static void
test_never_goes_back (void)
{
    g_autoptr (KbProgress) progress = kb_progress_new();

    kb_progress_plan (progress, plan, G_N_ELEMENTS (plan));
    kb_progress_set (progress, KB_PHASE_WRITING, 50, 100);
    kb_progress_set (progress, KB_PHASE_WRITING, 10, 100);
    assert_fraction (progress, 0.40);
    kb_progress_set (progress, KB_PHASE_PREPARING, 0, 1);
    assert_fraction (progress, 0.40);
}

static void
test_unknown_total_stays_at_the_start_of_its_phase (void)
{
    g_autoptr (KbProgress) progress = kb_progress_new();

    kb_progress_plan (progress, plan, G_N_ELEMENTS (plan));
    kb_progress_set (progress, KB_PHASE_CHECKING, 12345, 0);
    assert_fraction (progress, 0.70);
}

/* A live database may grow while it is read. */
static void
test_more_done_than_total_stays_in_its_phase (void)
{
    g_autoptr (KbProgress) progress = kb_progress_new();

    kb_progress_plan (progress, plan, G_N_ELEMENTS (plan));
    kb_progress_set (progress, KB_PHASE_WRITING, 500, 100);
    assert_fraction (progress, 0.70);
}

static void
test_done_is_everything (void)
{
    g_autoptr (KbProgress) progress = kb_progress_new();

    kb_progress_plan (progress, plan, G_N_ELEMENTS (plan));
    kb_progress_set (progress, KB_PHASE_DONE, 0, 0);
    assert_fraction (progress, 1);
}

static void
test_phase_outside_the_plan_keeps_the_fraction (void)
{
    g_autoptr (KbProgress) progress = kb_progress_new();
    KbProgressSnapshot snapshot;

    kb_progress_plan (progress, plan, G_N_ELEMENTS (plan));
    kb_progress_set (progress, KB_PHASE_WRITING, 50, 100);
    kb_progress_set (progress, KB_PHASE_SYNCING, 1, 1);
    assert_fraction (progress, 0.40);
    kb_progress_snapshot (progress, &snapshot);
    g_assert_cmpint (snapshot.phase, ==, KB_PHASE_SYNCING);
}

static void
test_nobody_watches (void)
{
    kb_progress_plan (NULL, plan, G_N_ELEMENTS (plan));
    kb_progress_set (NULL, KB_PHASE_WRITING, 1, 2);
    kb_progress_unref (NULL);
}

static void
test_lives_until_the_last_reference (void)
{
    KbProgress *progress = kb_progress_new();
    KbProgressSnapshot snapshot;

    kb_progress_set (progress, KB_PHASE_WRITING, 7, 9);
    g_assert_true (kb_progress_ref (progress) == progress);
    kb_progress_unref (progress);
    kb_progress_snapshot (progress, &snapshot); /* ASan sees it when this reads freed memory */
    g_assert_cmpuint (snapshot.done, ==, 7);
    kb_progress_unref (progress);
}

static void
test_commit_and_what_follows_cannot_be_cancelled (void)
{
    for (int phase = KB_PHASE_IDLE; phase < KB_N_PHASES; phase++) {
        gboolean expected =
            phase != KB_PHASE_COMMITTING && phase != KB_PHASE_STARTING && phase != KB_PHASE_DONE;
        g_assert_true (kb_phase_can_cancel (phase) == expected);
    }
}

#define N_STEPS 20000

static void *
read_until_done (void *data)
{
    KbProgress *progress = data;
    KbProgressSnapshot last = {0};
    KbProgressSnapshot now;

    do {
        kb_progress_snapshot (progress, &now);
        g_assert_cmpfloat (now.fraction, >=, last.fraction);
        g_assert_cmpuint (now.done, <=, N_STEPS);
        last = now;
    } while (now.phase != KB_PHASE_DONE);
    g_assert_cmpfloat (now.fraction, ==, 1);
    return NULL;
}

/* pthread_create() and not GThread, so that ThreadSanitizer can follow (house-style.md). */
static void
test_many_readers_see_one_writer (void)
{
    g_autoptr (KbProgress) progress = kb_progress_new();
    pthread_t readers[3];

    kb_progress_plan (progress, plan, G_N_ELEMENTS (plan));
    for (gsize i = 0; i < G_N_ELEMENTS (readers); i++)
        g_assert_cmpint (pthread_create (&readers[i], NULL, read_until_done, progress), ==, 0);
    for (uint64_t i = 0; i <= N_STEPS; i++)
        kb_progress_set (progress, KB_PHASE_WRITING, i, N_STEPS);
    kb_progress_set (progress, KB_PHASE_DONE, 0, 0);
    for (gsize i = 0; i < G_N_ELEMENTS (readers); i++)
        g_assert_cmpint (pthread_join (readers[i], NULL), ==, 0);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/progress/begins-idle", test_begins_idle);
    g_test_add_func ("/progress/tells-what-was-set", test_tells_what_was_set);
    g_test_add_func ("/progress/phases-share-the-whole-by-weight",
                     test_phases_share_the_whole_by_weight);
    g_test_add_func ("/progress/steps-are-those-of-the-plan", test_steps_are_those_of_the_plan);
    g_test_add_func ("/progress/never-goes-back", test_never_goes_back);
    g_test_add_func ("/progress/unknown-total-stays-at-the-start-of-its-phase",
                     test_unknown_total_stays_at_the_start_of_its_phase);
    g_test_add_func ("/progress/more-done-than-total-stays-in-its-phase",
                     test_more_done_than_total_stays_in_its_phase);
    g_test_add_func ("/progress/done-is-everything", test_done_is_everything);
    g_test_add_func ("/progress/phase-outside-the-plan-keeps-the-fraction",
                     test_phase_outside_the_plan_keeps_the_fraction);
    g_test_add_func ("/progress/nobody-watches", test_nobody_watches);
    g_test_add_func ("/progress/lives-until-the-last-reference",
                     test_lives_until_the_last_reference);
    g_test_add_func ("/progress/commit-and-what-follows-cannot-be-cancelled",
                     test_commit_and_what_follows_cannot_be_cancelled);
    g_test_add_func ("/progress/many-readers-see-one-writer", test_many_readers_see_one_writer);
    return g_test_run();
}
