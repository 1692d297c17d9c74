/* SPDX-License-Identifier: MIT */
#include "kb-json.h"
#include "kb-summary.h"

#include <string.h>

static KbSummary *
make_full (void)
{
    KbSummary *self = kb_summary_new();

    self->device_name = g_strdup ("Lab \xe2\x80\x9claptop\xe2\x80\x9d \xf0\x9f\x98\x80");
    self->facility_name = g_strdup ("Shule ya Msingi");
    self->facilities = 1;
    self->classes = 2;
    self->learners = 3;
    self->coaches = 4;
    self->lessons = 5;
    self->quizzes = 6;
    self->exercises = G_MAXINT64;
    self->last_activity = g_date_time_new_utc (2026, 5, 4, 10, 11, 12);
    return self;
}

static void
assert_full (const KbSummary *self)
{
    g_autoptr (GDateTime) time = g_date_time_new_utc (2026, 5, 4, 10, 11, 12);

    g_assert_cmpstr (self->device_name, ==, "Lab \xe2\x80\x9claptop\xe2\x80\x9d \xf0\x9f\x98\x80");
    g_assert_cmpstr (self->facility_name, ==, "Shule ya Msingi");
    g_assert_cmpint (self->facilities, ==, 1);
    g_assert_cmpint (self->classes, ==, 2);
    g_assert_cmpint (self->learners, ==, 3);
    g_assert_cmpint (self->coaches, ==, 4);
    g_assert_cmpint (self->lessons, ==, 5);
    g_assert_cmpint (self->quizzes, ==, 6);
    g_assert_cmpint (self->exercises, ==, G_MAXINT64);
    g_assert_nonnull (self->last_activity);
    g_assert_true (g_date_time_equal (self->last_activity, time));
}

static void
assert_nothing_known (const KbSummary *self)
{
    g_assert_null (self->device_name);
    g_assert_null (self->facility_name);
    g_assert_cmpint (self->facilities, ==, -1);
    g_assert_cmpint (self->classes, ==, -1);
    g_assert_cmpint (self->learners, ==, -1);
    g_assert_cmpint (self->coaches, ==, -1);
    g_assert_cmpint (self->lessons, ==, -1);
    g_assert_cmpint (self->quizzes, ==, -1);
    g_assert_cmpint (self->exercises, ==, -1);
    g_assert_null (self->last_activity);
}

static void
test_new_knows_nothing (void)
{
    g_autoptr (KbSummary) self = kb_summary_new();

    assert_nothing_known (self);
}

static void
test_copy_is_independent (void)
{
    KbSummary *self = make_full();
    g_autoptr (KbSummary) copy = kb_summary_copy (self);

    self->device_name[0] = 'X';
    self->facility_name[0] = 'X';
    kb_summary_free (self); /* ASan sees it when the copy points into it */
    assert_full (copy);
}

static void
test_copy_of_little (void)
{
    g_autoptr (KbSummary) empty = kb_summary_new();
    g_autoptr (KbSummary) copy = kb_summary_copy (empty);

    assert_nothing_known (copy);
    g_assert_null (kb_summary_copy (NULL));
    kb_summary_free (NULL);
}

static void
test_title_is_device_then_facility (void)
{
    g_autoptr (KbSummary) self = make_full();

    g_assert_cmpstr (kb_summary_get_title (self), ==, self->device_name);
    g_clear_pointer (&self->device_name, g_free);
    g_assert_cmpstr (kb_summary_get_title (self), ==, "Shule ya Msingi");
    g_clear_pointer (&self->facility_name, g_free);
    g_assert_null (kb_summary_get_title (self));
}

static void
test_json_round_trip (void)
{
    g_autoptr (KbSummary) self = make_full();
    g_autoptr (JsonObject) object = kb_summary_to_json (self);
    g_autofree char *text = kb_json_to_ascii (object);
    g_autoptr (JsonObject) parsed = kb_json_parse_object (text, strlen (text));
    g_autoptr (KbSummary) back = kb_summary_from_json (parsed);

    assert_full (back);
}

/* The names of the members are the file format (docs/format.md). */
static void
test_json_members (void)
{
    g_autoptr (KbSummary) self = make_full();
    g_autoptr (JsonObject) object = kb_summary_to_json (self);
    g_autofree char *text = kb_json_to_ascii (object);

    g_assert_cmpstr (text, ==,
                     "{\"device\":\"Lab \\u201claptop\\u201d \\ud83d\\ude00\","
                     "\"facility\":\"Shule ya Msingi\",\"facilities\":1,\"classes\":2,"
                     "\"learners\":3,\"coaches\":4,\"lessons\":5,\"quizzes\":6,"
                     "\"exercises\":9223372036854775807,"
                     "\"last_activity\":\"2026-05-04T10:11:12Z\"}");
}

static void
test_json_of_what_is_not_known (void)
{
    g_autoptr (KbSummary) self = kb_summary_new();

    self->lessons = 0; /* known to be none */
    g_autoptr (JsonObject) object = kb_summary_to_json (self);
    g_autofree char *text = kb_json_to_ascii (object);
    g_assert_cmpstr (text, ==, "{\"lessons\":0}");
    g_autoptr (KbSummary) back = kb_summary_from_json (object);
    g_assert_cmpint (back->lessons, ==, 0);
    g_assert_cmpint (back->classes, ==, -1);
}

static void
test_json_of_a_stranger (void)
{
    static const char *const texts[] = {
        "{}",
        "{\"device\":1,\"facility\":null,\"facilities\":\"1\",\"classes\":[2],\"learners\":{},"
        "\"coaches\":true,\"lessons\":1.5,\"quizzes\":null,\"exercises\":1e300,"
        "\"last_activity\":2026}",
        "{\"facilities\":-1,\"classes\":-2,\"learners\":-9223372036854775808,\"device\":\"\"}",
        "{\"last_activity\":\"yesterday\"}",
        "{\"last_activity\":\"2026-13-04T10:11:12Z\"}",
        "{\"last_activity\":\"2026-05-04T10:11:12\"}", /* of what zone? */
        "{\"unknown\":{\"device\":\"x\"}}",
    };

    for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
        g_autoptr (JsonObject) object = kb_json_parse_object (texts[i], strlen (texts[i]));
        g_assert_nonnull (object);
        g_autoptr (KbSummary) self = kb_summary_from_json (object);
        assert_nothing_known (self);
    }
}

static void
test_other_device (void)
{
    g_autoptr (KbSummary) a = kb_summary_new();
    g_autoptr (KbSummary) b = kb_summary_new();

    g_assert_false (kb_summary_is_of_other_device (a, NULL));
    g_assert_false (kb_summary_is_of_other_device (a, b));
    a->device_id = g_strdup ("one");
    g_assert_false (kb_summary_is_of_other_device (a, b)); /* nobody knows */
    b->device_id = g_strdup ("one");
    g_assert_false (kb_summary_is_of_other_device (a, b));
    g_free (b->device_id);
    b->device_id = g_strdup ("two");
    g_assert_true (kb_summary_is_of_other_device (a, b));
    g_autoptr (JsonObject) object = kb_summary_to_json (b);
    g_autoptr (KbSummary) read = kb_summary_from_json (object);
    g_autoptr (KbSummary) copy = kb_summary_copy (read);
    g_assert_cmpstr (copy->device_id, ==, "two");
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/summary/new-knows-nothing", test_new_knows_nothing);
    g_test_add_func ("/summary/copy-is-independent", test_copy_is_independent);
    g_test_add_func ("/summary/copy-of-little", test_copy_of_little);
    g_test_add_func ("/summary/title-is-device-then-facility", test_title_is_device_then_facility);
    g_test_add_func ("/summary/json-round-trip", test_json_round_trip);
    g_test_add_func ("/summary/json-members", test_json_members);
    g_test_add_func ("/summary/json-of-what-is-not-known", test_json_of_what_is_not_known);
    g_test_add_func ("/summary/json-of-a-stranger", test_json_of_a_stranger);
    g_test_add_func ("/summary/other-device", test_other_device);
    return g_test_run();
}
