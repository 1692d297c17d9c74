/* SPDX-License-Identifier: MIT */
#include "kb-time-left.h"

/* Earlier than this nobody can know. */
#define WARM_UP_US (3 * G_USEC_PER_SEC)
/* From here on the work has stalled: design.md §5. */
#define STALL_US (5 * G_USEC_PER_SEC)
/* For how long the speed of the past counts, in seconds, and how fast the estimate follows it. */
#define MEMORY_S 12.0
#define FOLLOW_S 4.0
/* What is said rises only when the estimate is beyond it by so much. */
#define RISE_FACTOR 1.15
#define RISE_S 1.0
#define LONGEST_S (24.0 * 60 * 60)

static double
seconds_between (gint64 from_us, gint64 to_us)
{
    return (double) (to_us - from_us) / G_USEC_PER_SEC;
}

/* What is left of the weight of the past after some time: half of it after @period. */
static double
fading (double elapsed, double period)
{
    return period / (period + elapsed);
}

/* Measures anew from here. The speed of the past stays as a first guess. */
static void
begin (KbTimeLeft *self, double fraction, gint64 now_us)
{
    self->has_begun = TRUE;
    self->begun_us = now_us;
    self->moved_us = now_us;
    self->fraction = fraction;
    self->said_us = now_us;
    self->estimate = -1;
}

/* Speed is measured between two moves, so that a step that tells nothing while it works counts
 * when it has ended. */
static void
measure (KbTimeLeft *self, double fraction, gint64 now_us)
{
    double elapsed = seconds_between (self->moved_us, now_us);
    double weight = fading (elapsed, MEMORY_S);

    self->sum_time = self->sum_time * weight + elapsed;
    self->sum_done = self->sum_done * weight + fraction - self->fraction;
    self->moved_us = now_us;
    self->fraction = fraction;
}

static void
follow (KbTimeLeft *self, gint64 now_us)
{
    double elapsed = seconds_between (self->said_us, now_us);
    double target = (1 - self->fraction) * self->sum_time / self->sum_done;

    if (self->estimate < 0) {
        self->estimate = target;
        self->said = target;
    } else {
        double counted_down = MAX (0, self->estimate - elapsed);
        double share = 1 - fading (elapsed, FOLLOW_S);
        self->estimate = counted_down + (target - counted_down) * share;
    }
    self->said_us = now_us;
    if (self->estimate < self->said || self->estimate > self->said * RISE_FACTOR + RISE_S)
        self->said = self->estimate;
}

/**
 * kb_time_left_update:
 * @self: the estimate so far
 * @fraction: how much of the work is done, from 0.0 to 1.0
 * @now_us: the time of a clock that never goes back, in microseconds
 *
 * Says how long the work will still take, from how far it was when. Called again and again while
 * it is under way, a few times a second. What it says falls smoothly and rises seldom. It says
 * nothing in the first seconds, nor while the work stands still, nor what is beyond a day.
 *
 * Returns: seconds, at least 1, or %KB_TIME_LEFT_UNKNOWN
 */
int
kb_time_left_update (KbTimeLeft *self, double fraction, gint64 now_us)
{
    if (!self->has_begun)
        begin (self, fraction, now_us);
    if (fraction > self->fraction) {
        if (now_us - self->moved_us >= STALL_US)
            begin (self, fraction, now_us);
        else if (now_us > self->moved_us)
            measure (self, fraction, now_us);
        if (now_us - self->begun_us >= WARM_UP_US && self->sum_done > 0)
            follow (self, now_us);
    }
    if (now_us - self->moved_us >= STALL_US || self->estimate < 0 || fraction >= 1 ||
        self->said > LONGEST_S)
        return KB_TIME_LEFT_UNKNOWN;
    return MAX (1, (int) (self->said + 0.5));
}
