/* SPDX-License-Identifier: MIT */
#include "kb-test-words.h"
#include "kb-text-date.h"

static GDateTime *
at (const char *text)
{
    g_autoptr (GTimeZone) utc = g_time_zone_new_utc();
    GDateTime *time = g_date_time_new_from_iso8601 (text, utc);

    g_assert_nonnull (time);
    return time;
}

typedef char *(*Describe) (GDateTime *time, GDateTime *now);

static void
assert_date (Describe describe, const char *time, const char *now, const char *expected)
{
    g_autoptr (GDateTime) then = at (time);
    g_autoptr (GDateTime) today = at (now);

    kb_test_assert_text (describe (then, today), expected);
}

#define NOON "2026-11-18T12:00:00"

static void
test_days (void)
{
    assert_date (kb_text_date_day, "2026-11-18T00:00:00", NOON, "Today");
    assert_date (kb_text_date_day, "2026-11-18T23:59:59", NOON, "Today");
    assert_date (kb_text_date_day, "2026-11-17T23:59:59", NOON, "Yesterday");
    assert_date (kb_text_date_day, "2026-11-16T08:00:00", NOON, "Monday");
    assert_date (kb_text_date_day, "2026-11-12T08:00:00", NOON, "Thursday");
    assert_date (kb_text_date_day, "2026-11-11T08:00:00", NOON, "Wednesday 11 November");
    assert_date (kb_text_date_day, "2025-11-18T12:00:00", NOON, "18 November 2025");
    assert_date (kb_text_date_day, "2025-12-31T23:59:59", "2026-01-01T00:00:00", "Yesterday");
    assert_date (kb_text_date_day, "2026-11-19T00:00:00", NOON,
                 "Thursday 19 November"); /* to come */
}

/* One second before and after midnight. */
static void
test_midnight (void)
{
    assert_date (kb_text_date_relative, "2026-11-17T23:59:59", "2026-11-17T23:59:59",
                 "today, 23:59");
    assert_date (kb_text_date_relative, "2026-11-17T23:59:59", "2026-11-18T00:00:00",
                 "yesterday, 23:59");
    assert_date (kb_text_date_relative, "2026-11-17T23:59:59", "2026-11-19T00:00:00",
                 "17 November, 23:59");
    assert_date (kb_text_date_relative, "2025-05-03T14:05:00", NOON, "3 May 2025, 14:05");
    assert_date (kb_text_date_relative, "2026-11-19T00:01:00", NOON, "19 November, 00:01");
}

/* A time tells where it was written; what counts is the clock here. */
static void
test_other_zones (void)
{
    assert_date (kb_text_date_relative, "2026-11-18T01:30:00+03:00", NOON, "yesterday, 22:30");
    assert_date (kb_text_date_day, "2026-11-17T22:30:00-05:00", NOON, "Today");
    assert_date (kb_text_date_relative, "2026-11-18T22:30:00Z", "2026-11-19T01:00:00+03:00",
                 "today, 01:30");
    assert_date (kb_text_date_since, "2026-01-01T01:00:00+03:00", NOON, "31 December 2025");
}

static void
test_since (void)
{
    assert_date (kb_text_date_since, "2026-11-18T09:12:00", NOON, "today, 09:12");
    assert_date (kb_text_date_since, "2026-11-17T09:12:00", NOON, "yesterday, 09:12");
    assert_date (kb_text_date_since, "2026-05-12T09:12:00", NOON, "12 May");
    assert_date (kb_text_date_since, "2025-05-12T09:12:00", NOON, "12 May 2025");
}

static unsigned
to_midnight (const char *now)
{
    g_autoptr (GDateTime) time = at (now);

    return kb_text_date_seconds_to_midnight (time);
}

static void
test_to_midnight (void)
{
    g_assert_cmpuint (to_midnight ("2026-11-18T23:59:59"), ==, 1);
    g_assert_cmpuint (to_midnight ("2026-11-18T23:59:59.9"), ==, 1);
    g_assert_cmpuint (to_midnight ("2026-11-18T00:00:00"), ==, 24 * 60 * 60);
    g_assert_cmpuint (to_midnight ("2026-12-31T12:00:00"), ==, 12 * 60 * 60);

    /* The night in which the clock goes back has an hour more. */
    g_autoptr (GTimeZone) berlin = g_time_zone_new_identifier ("Europe/Berlin");
    if (berlin == NULL) {
        g_test_skip ("no time zones");
        return;
    }
    g_autoptr (GDateTime) night = g_date_time_new (berlin, 2026, 10, 25, 0, 0, 0);
    g_assert_cmpuint (kb_text_date_seconds_to_midnight (night), ==, 25 * 60 * 60);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/text-date/days", test_days);
    g_test_add_func ("/text-date/midnight", test_midnight);
    g_test_add_func ("/text-date/other-zones", test_other_zones);
    g_test_add_func ("/text-date/since", test_since);
    g_test_add_func ("/text-date/to-midnight", test_to_midnight);
    return g_test_run();
}
