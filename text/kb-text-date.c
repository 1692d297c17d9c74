/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "kb-text-date.h"

#include "kb-gettext.h"
#include "kb-locale.h"
#include "kb-text-language.h"

/* Whether this computer's names of months and days are in the language of the words. */
static gboolean has_names = TRUE;

/**
 * kb_text_date_init:
 *
 * Has months and days named in the language of the words, whatever the rest of the locale is; where
 * there are no such names, dates are written in numbers. After the catalogue has been bound, before
 * there are threads.
 */
void
kb_text_date_init (void)
{
    has_names = kb_locale_take_dates (kb_text_language());
}

/* A date by @pattern, or in numbers where its names would be in a language of their own. */
static char *
format_date (GDateTime *time, const char *pattern)
{
    gboolean is_named = has_names && (!kb_gettext_is_english() || kb_locale_dates_are_english());

    return g_date_time_format (time, is_named ? pattern : "%Y-%m-%d");
}

/* The same moment on the clock of @now: a backup may tell the time of where it was made. */
static GDateTime *
on_our_clock (GDateTime *time, GDateTime *now)
{
    return g_date_time_to_timezone (time, g_date_time_get_timezone (now));
}

/* Whole days from midnight to midnight, on one clock. */
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

/* Some languages begin the names of days with a small letter; a heading does not. */
static char *
capitalise (char *text)
{
    gunichar first = g_utf8_get_char (text);
    char letter[7] = {0};

    g_unichar_to_utf8 (g_unichar_totitle (first), letter);
    char *capital = g_strconcat (letter, g_utf8_next_char (text), NULL);
    g_free (text);
    return capital;
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
    g_autoptr (GDateTime) ours = on_our_clock (time, now);
    int days = days_between (ours, now);

    if (days == 0)
        return g_strdup (_ ("Today"));
    if (days == 1)
        return g_strdup (_ ("Yesterday"));
    if (days > 1 && days < 7)
        /* Translators: a day of this week, as "Monday": see strftime(3). */
        return capitalise (format_date (ours, C_ ("day heading", "%A")));
    if (g_date_time_get_year (ours) == g_date_time_get_year (now))
        /* Translators: a day of this year, as "Monday 16 November": see strftime(3). */
        return capitalise (format_date (ours, C_ ("day heading", "%A %-d %B")));
    /* Translators: a day of another year, as "16 November 2025": see strftime(3). */
    return capitalise (format_date (ours, C_ ("day heading", "%-d %B %Y")));
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

/* The day alone, for the middle of a sentence. */
static char *
format_day (GDateTime *ours, GDateTime *now)
{
    if (g_date_time_get_year (ours) == g_date_time_get_year (now))
        /* Translators: a day of this year, as "3 May": see strftime(3). */
        return format_date (ours, C_ ("date in a sentence", "%-d %B"));
    /* Translators: a day of another year, as "3 May 2025": see strftime(3). */
    return format_date (ours, C_ ("date in a sentence", "%-d %B %Y"));
}

/**
 * kb_text_date_relative:
 * @time: a time
 * @now: the local time now
 *
 * Says when something was, for the middle of a sentence: "today, 09:12", "3 May, 14:05". A time to
 * come, where a clock was wrong, gets its date.
 *
 * Returns: (transfer full): the date and time
 */
char *
kb_text_date_relative (GDateTime *time, GDateTime *now)
{
    g_autoptr (GDateTime) ours = on_our_clock (time, now);
    g_autofree char *clock = kb_text_date_time (ours);
    int days = days_between (ours, now);

    if (days == 0)
        /* Translators: %s is the time of day. */
        return g_strdup_printf (_ ("today, %s"), clock);
    if (days == 1)
        /* Translators: %s is the time of day. */
        return g_strdup_printf (_ ("yesterday, %s"), clock);
    g_autofree char *day = format_day (ours, now);
    /* Translators: a date and a time of day, as "3 May, 14:05". */
    return g_strdup_printf (C_ ("date and time", "%s, %s"), day, clock);
}

/**
 * kb_text_date_since:
 * @time: a time
 * @now: the local time now
 *
 * Says since when something is, behind the word "since": "12 May"; of today and yesterday the time
 * of day as well.
 *
 * Returns: (transfer full): the date
 */
char *
kb_text_date_since (GDateTime *time, GDateTime *now)
{
    g_autoptr (GDateTime) ours = on_our_clock (time, now);
    int days = days_between (ours, now);

    return days == 0 || days == 1 ? kb_text_date_relative (ours, now) : format_day (ours, now);
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
    return g_date_time_format (time, has_names ? "%c" : "%Y-%m-%d %H:%M:%S");
}

/**
 * kb_text_date_seconds_to_midnight:
 * @now: the local time now
 *
 * Says when "today" becomes "yesterday": then all that names days has to be written anew.
 *
 * Returns: seconds, at least 1
 */
unsigned
kb_text_date_seconds_to_midnight (GDateTime *now)
{
    g_autoptr (GDateTime) tomorrow = g_date_time_add_days (now, 1);
    int year, month, day;

    g_date_time_get_ymd (tomorrow, &year, &month, &day);
    g_autoptr (GDateTime) midnight =
        g_date_time_new (g_date_time_get_timezone (now), year, month, day, 0, 0, 0);
    GTimeSpan left = g_date_time_difference (midnight, now);
    return (unsigned) MAX (1, (left + G_TIME_SPAN_SECOND - 1) / G_TIME_SPAN_SECOND);
}
