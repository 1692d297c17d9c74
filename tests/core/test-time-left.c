/* SPDX-License-Identifier: MIT */
#include "kb-time-left.h"

#define TICK_US (G_USEC_PER_SEC / 10)

/* A run of some work, looked at ten times a second as the window does. */
typedef struct {
    KbTimeLeft left;
    gint64 now_us;
    double fraction;
    int said;
    int largest_rise; /* in seconds, from one look to the next */
    int largest_fall;
    int n_rises;
} Run;

static void
tick (Run *self, double speed)
{
    int before = self->said;

    self->now_us += TICK_US;
    self->fraction = MIN (1, self->fraction + speed / 10);
    self->said = kb_time_left_update (&self->left, self->fraction, self->now_us);
    g_assert_true (self->said == KB_TIME_LEFT_UNKNOWN || self->said >= 1);
    g_assert_cmpint (self->said, <=, 24 * 60 * 60);
    if (before == KB_TIME_LEFT_UNKNOWN || self->said == KB_TIME_LEFT_UNKNOWN)
        return;
    self->largest_rise = MAX (self->largest_rise, self->said - before);
    self->largest_fall = MAX (self->largest_fall, before - self->said);
    self->n_rises += self->said > before ? 1 : 0;
}

static Run
start (void)
{
    Run self = {.now_us = 1234567890, .said = KB_TIME_LEFT_UNKNOWN};

    g_assert_cmpint (kb_time_left_update (&self.left, 0, self.now_us), ==, KB_TIME_LEFT_UNKNOWN);
    return self;
}

/* Works for some seconds at @speed, the share of the whole that a second does. */
static void
work (Run *self, double seconds, double speed)
{
    for (int i = 0; i < (int) (seconds * 10 + 0.5); i++)
        tick (self, speed);
}

static void
assert_near (int said, double expected)
{
    g_assert_cmpint (said, >=, (int) (expected * 0.9 - 2));
    g_assert_cmpint (said, <=, (int) (expected * 1.1 + 2.9));
}

static void
test_steady (void)
{
    Run run = start();

    for (int second = 1; second < 100; second++) {
        work (&run, 1, 0.01);
        if (second < 3)
            g_assert_cmpint (run.said, ==, KB_TIME_LEFT_UNKNOWN);
        if (second >= 4)
            assert_near (run.said, 100 - second);
    }
    g_assert_cmpint (run.largest_rise, ==, 0);
    g_assert_cmpint (run.largest_fall, <=, 1);
    work (&run, 2, 0.01);
    g_assert_cmpint (run.said, ==, KB_TIME_LEFT_UNKNOWN); /* over */
}

static void
test_noisy (void)
{
    Run run = start();

    /* Half a second nothing, then a lot at once, as a slow card works. */
    for (int i = 0; i < 90; i++) {
        work (&run, 0.9, 0);
        work (&run, 0.1, i % 2 == 0 ? 0.04 : 0.16);
    }
    assert_near (run.said, 10);
    g_assert_cmpint (run.largest_fall, <=, 8);
    g_assert_cmpint (run.n_rises, <=, 1);
}

static void
test_slowing (void)
{
    Run run = start();

    work (&run, 20, 0.02); /* 40 % in 20 s: 30 s left, as it seems */
    assert_near (run.said, 30);
    work (&run, 40, 0.005); /* a quarter of the speed; 40 % left, 80 s: it says so soon enough */
    g_assert_cmpint (run.said, >=, 64);
    g_assert_cmpint (run.said, <=, 80);
    g_assert_cmpint (run.largest_rise, >, 0);
    g_assert_cmpint (run.largest_rise, <=, 15);
    g_assert_cmpint (run.n_rises, <=, 8);
    work (&run, 60, 0.005);
    assert_near (run.said, 20);
}

static void
test_speeding_up (void)
{
    Run run = start();

    work (&run, 30, 0.002);
    assert_near (run.said, 470);
    work (&run, 25, 0.02); /* ten times the speed; 44 % left, 22 s */
    g_assert_cmpint (run.said, >=, 22);
    g_assert_cmpint (run.said, <=, 30);
    g_assert_cmpint (run.largest_rise, ==, 0);
    g_assert_cmpint (run.largest_fall, <=, 15);
}

static void
test_stalled_and_resumed (void)
{
    Run run = start();

    work (&run, 20, 0.01);
    assert_near (run.said, 80);
    int before = run.said;
    work (&run, 4.8, 0);
    g_assert_cmpint (run.said, ==, before); /* a pause is no stall */
    work (&run, 0.3, 0);
    g_assert_cmpint (run.said, ==, KB_TIME_LEFT_UNKNOWN);
    work (&run, 3600, 0);
    g_assert_cmpint (run.said, ==, KB_TIME_LEFT_UNKNOWN);
    work (&run, 2.9, 0.01);
    g_assert_cmpint (run.said, ==, KB_TIME_LEFT_UNKNOWN);
    work (&run, 0.3, 0.01);
    assert_near (run.said, 77); /* the hour in between does not count */
}

static void
test_stalled_from_the_start (void)
{
    Run run = start();

    work (&run, 60, 0);
    g_assert_cmpint (run.said, ==, KB_TIME_LEFT_UNKNOWN);
}

static void
test_instant (void)
{
    Run run = start();

    work (&run, 2, 0.5);
    g_assert_cmpint (run.said, ==, KB_TIME_LEFT_UNKNOWN);
    work (&run, 10, 0);
    g_assert_cmpint (run.said, ==, KB_TIME_LEFT_UNKNOWN);
}

static void
test_never_below_a_second (void)
{
    Run run = start();

    work (&run, 9.9, 0.1);
    g_assert_cmpint (run.said, ==, 1);
    for (int i = 0; i < 20; i++)
        tick (&run, 0.0001);
    g_assert_cmpint (run.said, >=, 1);
}

static void
test_never_over_a_day (void)
{
    Run run = start();

    work (&run, 3600, 0.000001); /* eleven days */
    g_assert_cmpint (run.said, ==, KB_TIME_LEFT_UNKNOWN);
    work (&run, 90, 0.0005);
    g_assert_cmpint (run.said, >, 0);
    work (&run, 600, 0.00005); /* hours are said */
    g_assert_cmpint (run.said, >, 3 * 60 * 60);
}

static void
test_odd_clocks (void)
{
    Run run = start();

    work (&run, 10, 0.01);
    int before = run.said;
    /* The same moment twice, and one of the past: nothing is divided by zero. */
    g_assert_cmpint (kb_time_left_update (&run.left, 0.5, run.now_us), ==, before);
    g_assert_cmpint (kb_time_left_update (&run.left, 0.6, run.now_us - 1000000), ==, before);
    /* A fraction that goes back is none that moved. */
    g_assert_cmpint (kb_time_left_update (&run.left, 0.01, run.now_us + TICK_US), ==, before);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/time-left/steady", test_steady);
    g_test_add_func ("/time-left/noisy", test_noisy);
    g_test_add_func ("/time-left/slowing", test_slowing);
    g_test_add_func ("/time-left/speeding-up", test_speeding_up);
    g_test_add_func ("/time-left/stalled-and-resumed", test_stalled_and_resumed);
    g_test_add_func ("/time-left/stalled-from-the-start", test_stalled_from_the_start);
    g_test_add_func ("/time-left/instant", test_instant);
    g_test_add_func ("/time-left/never-below-a-second", test_never_below_a_second);
    g_test_add_func ("/time-left/never-over-a-day", test_never_over_a_day);
    g_test_add_func ("/time-left/odd-clocks", test_odd_clocks);
    return g_test_run();
}
