/* SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define KB_TIME_LEFT_UNKNOWN (-1)

/**
 * KbTimeLeft:
 * @has_begun: whether there was a first look
 * @begun_us: when the measuring began: at the first look, or after the last stall
 * @moved_us: when the work last moved on
 * @fraction: how far it was then
 * @said_us: when @estimate was made
 * @sum_time: seconds in which the work moved, older ones weighing less
 * @sum_done: what it moved in them
 * @estimate: seconds left at @said_us, smoothed; negative when unknown
 * @said: what was said last, in seconds; it does not follow each little rise
 *
 * An estimate of the time that some work still takes. All zero is its beginning. It knows neither
 * a clock nor what is worked on.
 */
typedef struct {
    gboolean has_begun;
    gint64 begun_us;
    gint64 moved_us;
    double fraction;
    gint64 said_us;
    double sum_time;
    double sum_done;
    double estimate;
    double said;
} KbTimeLeft;

int kb_time_left_update (KbTimeLeft *self, double fraction, gint64 now_us);

G_END_DECLS
