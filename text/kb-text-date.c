/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "kb-text-date.h"

#include <glib/gi18n.h>

/* Whole days from midnight to midnight, in local time. */
static int
days_between (GDateTime *earlier, GDateTime *later)
{
    GDate from;
    GDate to;
    int year, month, day;

    g_date_time_get_ymd (earlier, &year, &month, &day);
    g_date_clear (&from, 1);
    g_date_set_dmy (&from, (GDateDay) day, (GDateMonth) month, (GDateYear) year);
    g_date_time_get_ymd (later, &year, &month, &day);
    g_date_clear (&to, 1);
    g_date_set_dmy (&to, (GDateDay) day, (GDateMonth) month, (GDateYear) year);
    return g_date_days_between (&from, &to);
}

/**
 * kb_text_date_day:
 * @time: a local time
 * @now: the local time now
 *
 * Names the day of @time as people do: a heading of the list.
 *
 * Returns: (transfer full): the day, with a capital letter
 */
char *
kb_text_date_day (GDateTime *time, GDateTime *now)
{
    int days = days_between (time, now);

    if (days == 0)
        return g_strdup (_ ("Today"));
    if (days == 1)
        return g_strdup (_ ("Yesterday"));
    if (days > 1 && days < 7)
        /* Translators: a day of this week, as "Monday": see strftime(3). */
        return g_date_time_format (time, C_ ("day heading", "%A"));
    if (g_date_time_get_year (time) == g_date_time_get_year (now))
        /* Translators: a day of this year, as "Monday 16 November": see strftime(3). */
        return g_date_time_format (time, C_ ("day heading", "%A %-d %B"));
    /* Translators: a day of another year, as "16 November 2025": see strftime(3). */
    return g_date_time_format (time, C_ ("day heading", "%-d %B %Y"));
}

/**
 * kb_text_date_time:
 * @time: a local time
 *
 * Returns: (transfer full): the time of day, as "09:12"
 */
char *
kb_text_date_time (GDateTime *time)
{
    /* Translators: hours and minutes, as "09:12" or "9:12 AM": see strftime(3). */
    return g_date_time_format (time, C_ ("time of day", "%H:%M"));
}

/**
 * kb_text_date_relative:
 * @time: a local time
 * @now: the local time now
 *
 * Says when something was, for the middle of a sentence: "today, 09:12", "3 May, 14:05".
 *
 * Returns: (transfer full): the date and time
 */
char *
kb_text_date_relative (GDateTime *time, GDateTime *now)
{
    g_autofree char *clock = kb_text_date_time (time);
    g_autofree char *day = NULL;
    int days = days_between (time, now);

    if (days == 0)
        /* Translators: %s is the time of day. */
        return g_strdup_printf (_ ("today, %s"), clock);
    if (days == 1)
        /* Translators: %s is the time of day. */
        return g_strdup_printf (_ ("yesterday, %s"), clock);
    if (g_date_time_get_year (time) == g_date_time_get_year (now))
        /* Translators: a day of this year, as "3 May": see strftime(3). */
        day = g_date_time_format (time, C_ ("date in a sentence", "%-d %B"));
    else
        /* Translators: a day of another year, as "3 May 2025": see strftime(3). */
        day = g_date_time_format (time, C_ ("date in a sentence", "%-d %B %Y"));
    /* Translators: a date and a time of day, as "3 May, 14:05". */
    return g_strdup_printf (C_ ("date and time", "%s, %s"), day, clock);
}

/**
 * kb_text_date_exact:
 * @time: a local time
 *
 * Returns: (transfer full): the date and time in full, in the form of the person's region
 */
char *
kb_text_date_exact (GDateTime *time)
{
    return g_date_time_format (time, "%c");
}
