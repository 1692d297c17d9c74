/* SPDX-License-Identifier: MIT */
#include "kb-error.h"
#include "kb-header.h"

#include <stdlib.h>
#include <string.h>

#define ODD_NAME                                                                                   \
    "Shule \xe2\x80\x9cNg'ombe\xe2\x80\x9d "                                                       \
    "\xf0\x9f\x8f\xab\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb \x7f\"\\/"

static KbHeader *
parse_bytes (const char *bytes, gsize length, GError **error)
{
    char *exact = malloc (length);

    g_assert_nonnull (exact);
    memcpy (exact, bytes, length);
    KbHeader *self = kb_header_parse (exact, length, error);
    free (exact);
    return self;
}

static KbHeader *
parse (const char *line)
{
    g_autoptr (GError) error = NULL;
    KbHeader *self = parse_bytes (line, strlen (line), &error);

    g_assert_no_error (error);
    g_assert_nonnull (self);
    return self;
}

static void
assert_fails (const char *line, gsize length, KbErrorCode code)
{
    g_autoptr (GError) error = NULL;

    if (parse_bytes (line, length, &error) != NULL)
        g_error ("taken for a header: %.80s", line);
    g_assert_error (error, KB_ERROR, (int) code);
}

static void
assert_is_one_ascii_line (const char *line)
{
    gsize length = strlen (line);

    g_assert_cmpuint (length, >, 1);
    g_assert_cmpint (line[length - 1], ==, '\n');
    for (gsize i = 0; i + 1 < length; i++)
        g_assert_true (line[i] >= 0x20 && line[i] < 0x7f);
}

static KbHeader *
make_full (void)
{
    g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("+05:45");
    KbHeader *self = kb_header_new();

    self->program_version = g_strdup ("1.2.3");
    self->kolibri_version = g_strdup ("0.17.5");
    self->time = g_date_time_new (zone, 2026, 5, 4, 1, 11, 12.75);
    self->origin = KB_ORIGIN_BEFORE_RESTORE;
    self->summary->device_name = g_strdup (ODD_NAME);
    self->summary->learners = 1204;
    self->encoding = g_strdup ("UTF-16le");
    self->page_size = 8192;
    self->user_version = -5;
    self->application_id = 252006675;
    return self;
}

static void
test_round_trip (void)
{
    g_autoptr (KbHeader) self = make_full();
    g_autofree char *line = kb_header_format (self);
    g_autoptr (KbHeader) back = parse (line);

    assert_is_one_ascii_line (line);
    g_assert_cmpstr (back->program_version, ==, "1.2.3");
    g_assert_cmpstr (back->kolibri_version, ==, "0.17.5");
    g_assert_cmpint (back->origin, ==, KB_ORIGIN_BEFORE_RESTORE);
    g_assert_cmpint (back->summary->learners, ==, 1204);
    g_assert_cmpint (back->summary->classes, ==, -1);
    g_assert_cmpstr (back->encoding, ==, "UTF-16le");
    g_assert_cmpint (back->page_size, ==, 8192);
    g_assert_cmpint (back->user_version, ==, -5);
    g_assert_cmpint (back->application_id, ==, 252006675);
    /* a name is one line when it comes back, and else as it was */
    g_autofree char *expected = g_strdelimit (g_strdup (ODD_NAME), "\x7f", ' ');
    g_assert_cmpstr (back->summary->device_name, ==, expected);
}

static void
test_time_keeps_its_zone (void)
{
    g_autoptr (KbHeader) self = make_full();
    g_autofree char *line = kb_header_format (self);
    g_autoptr (KbHeader) back = parse (line);
    g_autofree char *text = g_date_time_format (back->time, "%Y-%m-%d %H:%M:%S %:z");

    g_assert_nonnull (strstr (line, "\"utc\":\"2026-05-03T19:26:12Z\""));
    g_assert_nonnull (strstr (line, "\"local\":\"2026-05-04T01:11:12+05:45\""));
    g_assert_cmpstr (text, ==, "2026-05-04 01:11:12 +05:45");
}

static void
test_utc_when_there_is_no_local_time (void)
{
    g_autoptr (KbHeader) back =
        parse ("-- kolibri-backup 1 {\"utc\":\"2026-05-03T19:26:12Z\",\"local\":\"noon\"}");

    g_assert_nonnull (back->time);
    g_assert_cmpint (g_date_time_to_unix (back->time), ==, 1777836372);
}

/* What is zero or unknown takes no place, and old readers do not miss it. */
static void
test_short_form (void)
{
    g_autoptr (KbHeader) self = kb_header_new();

    self->time = g_date_time_new_utc (2026, 5, 4, 10, 11, 12);
    g_autofree char *line = kb_header_format (self);
    g_assert_cmpstr (line, ==,
                     "-- kolibri-backup 1 {\"program\":\"Kolibri Backup\","
                     "\"utc\":\"2026-05-04T10:11:12Z\",\"local\":\"2026-05-04T10:11:12+00:00\","
                     "\"origin\":\"unknown\",\"summary\":{},\"page_size\":0}\n");
}

static void
test_names_of_any_length_fit (void)
{
    g_autoptr (KbHeader) self = make_full();
    GString *name = g_string_new (NULL);

    for (int i = 0; i < 200; i++) /* what kb_summary_read() lets through */
        g_string_append (name, "\xf0\x9f\x98\x80");
    g_free (self->summary->device_name);
    self->summary->device_name = g_string_free (name, FALSE);
    self->summary->facility_name = g_strdup (self->summary->device_name);
    g_autofree char *line = kb_header_format (self);
    g_autoptr (KbHeader) back = parse (line);
    g_assert_cmpuint (strlen (line), <, KB_HEADER_MAX_BYTES);
    g_assert_cmpstr (back->summary->facility_name, ==, self->summary->device_name);
}

static void
test_origins_have_names (void)
{
    static const char *const names[] = {"unknown", "manual", "automatic", "before-restore"};

    for (int i = 0; i < (int) G_N_ELEMENTS (names); i++) {
        g_assert_cmpstr (kb_origin_to_string ((KbOrigin) i), ==, names[i]);
        g_assert_cmpint (kb_origin_from_string (names[i]), ==, i);
    }
    g_assert_cmpint (kb_origin_from_string ("Manual"), ==, KB_ORIGIN_UNKNOWN);
    g_assert_cmpint (kb_origin_from_string (""), ==, KB_ORIGIN_UNKNOWN);
    g_assert_cmpint (kb_origin_from_string (NULL), ==, KB_ORIGIN_UNKNOWN);
}

static void
test_other_first_lines (void)
{
    static const char *const lines[] = {
        "",
        "-- kolibri-backup ",
        "-- kolibri-backup",
        "-- Kolibri-backup 1 {}",
        "BEGIN TRANSACTION;",
        " -- kolibri-backup 1 {}",
    };

    for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
        assert_fails (lines[i], strlen (lines[i]), KB_ERROR_NOT_A_BACKUP);
}

static void
test_damaged_lines (void)
{
    static const char *const lines[] = {
        "-- kolibri-backup 1",      "-- kolibri-backup 1 ",
        "-- kolibri-backup 1 []",   "-- kolibri-backup 1 {",
        "-- kolibri-backup 1 {}x",  "-- kolibri-backup 0 {}",
        "-- kolibri-backup {}",     "-- kolibri-backup -1 {}",
        "-- kolibri-backup  1 {}",  "-- kolibri-backup 1 null",
        "-- kolibri-backup-end {}", "-- kolibri-backup 1 {\"a\":\"\xff\"}",
    };

    for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
        assert_fails (lines[i], strlen (lines[i]), KB_ERROR_NOT_A_BACKUP);
    assert_fails ("-- kolibri-backup 1 {\0}", 22, KB_ERROR_NOT_A_BACKUP);
}

static void
test_newer_format (void)
{
    static const char *const lines[] = {
        "-- kolibri-backup 2 {}",         "-- kolibri-backup 2",
        "-- kolibri-backup 2 something",  "-- kolibri-backup 10 {}",
        "-- kolibri-backup 999999999999", "-- kolibri-backup 4294967297 {}",
    };

    for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
        assert_fails (lines[i], strlen (lines[i]), KB_ERROR_TOO_NEW);
}

static void
test_cut_at_every_byte (void)
{
    g_autoptr (KbHeader) self = make_full();
    g_autofree char *line = kb_header_format (self);

    for (gsize length = 0; length + 1 < strlen (line); length++)
        assert_fails (line, length, KB_ERROR_NOT_A_BACKUP);
    g_autoptr (KbHeader) without_newline = parse_bytes (line, strlen (line) - 1, NULL);
    g_assert_nonnull (without_newline);
}

static void
test_values_of_wrong_types (void)
{
    g_autoptr (KbHeader) back = parse (
        "-- kolibri-backup 1 {\"program_version\":1,\"kolibri\":[\"0.17\"],\"utc\":1e400,"
        "\"local\":{},\"origin\":true,\"summary\":\"x\",\"encoding\":null,\"page_size\":\"4096\","
        "\"user_version\":1.5,\"application_id\":[1],\"unknown\":{\"a\":[1]}}");

    g_assert_null (back->program_version);
    g_assert_null (back->kolibri_version);
    g_assert_null (back->time);
    g_assert_cmpint (back->origin, ==, KB_ORIGIN_UNKNOWN);
    g_assert_nonnull (back->summary);
    g_assert_cmpint (back->summary->learners, ==, -1);
    g_assert_null (back->encoding);
    g_assert_cmpint (back->page_size, ==, 0);
    g_assert_cmpint (back->user_version, ==, 0);
    g_assert_cmpint (back->application_id, ==, 0);
}

static void
test_long_values_are_cut (void)
{
    g_autofree char *long_text = g_strnfill (KB_HEADER_MAX_BYTES / 2, 'x');
    g_autofree char *line = g_strdup_printf (
        "-- kolibri-backup 1 {\"kolibri\":\"%s\",\"summary\":{\"device\":\"a\\nb\"}}", long_text);
    g_autoptr (KbHeader) back = parse (line);

    g_assert_cmpuint (strlen (back->kolibri_version), ==, 512);
    g_assert_cmpstr (back->summary->device_name, ==, "a b");
}

static void
test_megabytes_of_brackets (void)
{
    GString *line = g_string_new ("-- kolibri-backup 1 ");

    for (int i = 0; i < 4 * 1024 * 1024; i++)
        g_string_append_c (line, '[');
    assert_fails (line->str, line->len, KB_ERROR_NOT_A_BACKUP);
    g_string_free (line, TRUE);
}

static void
test_free_accepts_nothing (void)
{
    kb_header_free (NULL);
    kb_footer_free (NULL);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/header/round-trip", test_round_trip);
    g_test_add_func ("/header/time-keeps-its-zone", test_time_keeps_its_zone);
    g_test_add_func ("/header/utc-when-there-is-no-local-time",
                     test_utc_when_there_is_no_local_time);
    g_test_add_func ("/header/short-form", test_short_form);
    g_test_add_func ("/header/names-of-any-length-fit", test_names_of_any_length_fit);
    g_test_add_func ("/header/origins-have-names", test_origins_have_names);
    g_test_add_func ("/header/other-first-lines", test_other_first_lines);
    g_test_add_func ("/header/damaged-lines", test_damaged_lines);
    g_test_add_func ("/header/newer-format", test_newer_format);
    g_test_add_func ("/header/cut-at-every-byte", test_cut_at_every_byte);
    g_test_add_func ("/header/values-of-wrong-types", test_values_of_wrong_types);
    g_test_add_func ("/header/long-values-are-cut", test_long_values_are_cut);
    g_test_add_func ("/header/megabytes-of-brackets", test_megabytes_of_brackets);
    g_test_add_func ("/header/free-accepts-nothing", test_free_accepts_nothing);
    return g_test_run();
}
