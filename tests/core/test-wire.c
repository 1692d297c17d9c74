/* SPDX-License-Identifier: MIT */
#include "kb-error.h"
#include "kb-test.h"
#include "kb-wire.h"

#include <string.h>

/* As it goes over the wire: one line of text. */
static JsonObject *
send (JsonObject *object)
{
    g_autoptr (JsonObject) sent = object;
    g_autofree char *line = kb_json_to_ascii (sent);
    JsonObject *got = kb_json_parse_object (line, strlen (line));

    g_assert_nonnull (got);
    g_assert_null (strchr (line, '\n'));
    return got;
}

static void
test_errors (void)
{
    for (int code = 0; code < KB_N_ERRORS; code++) {
        g_autoptr (GError) before = NULL;
        g_autoptr (GError) after = NULL;
        kb_error_set_again (&before, (KbErrorCode) code, "sync: /a\nb: “x”", "0.19", 7, 5);
        g_autoptr (JsonObject) got = send (kb_wire_from_error (before));
        kb_wire_to_error (got, &after);
        g_assert_error (after, KB_ERROR, code);
        g_assert_cmpstr (after->message, ==, "sync: /a b: “x”");
        g_assert_cmpstr (kb_error_get_version (after), ==, "0.19");
        g_assert_cmpuint (kb_error_get_needed_bytes (after), ==, 7);
        g_assert_cmpuint (kb_error_get_free_bytes (after), ==, 5);
    }
}

static void
test_cancelling_stays_cancelling (void)
{
    g_autoptr (GError) before = g_error_new (G_IO_ERROR, G_IO_ERROR_CANCELLED, "x");
    g_autoptr (GError) after = NULL;
    g_autoptr (JsonObject) got = send (kb_wire_from_error (before));

    kb_wire_to_error (got, &after);
    g_assert_true (kb_error_is_cancelled (after));
}

static void
test_progress (void)
{
    const KbProgressSnapshot before = {.phase = KB_PHASE_LOADING,
                                       .done = 5,
                                       .total = 9,
                                       .fraction = 0.25,
                                       .step = 2,
                                       .n_steps = 8};
    g_autoptr (JsonObject) got = send (kb_wire_from_progress (&before));
    g_autoptr (KbProgress) progress = kb_progress_new();
    KbProgressSnapshot after;

    g_assert_true (kb_wire_to_progress (got, &after));
    kb_progress_follow (progress, &after);
    kb_progress_snapshot (progress, &after);
    g_assert_cmpint (after.phase, ==, before.phase);
    g_assert_cmpuint (after.done, ==, 5);
    g_assert_cmpuint (after.total, ==, 9);
    g_assert_cmpfloat_with_epsilon (after.fraction, 0.25, 0.00001);
    g_assert_cmpuint (after.step, ==, 2);
    g_assert_cmpuint (after.n_steps, ==, 8);
}

static void
test_progress_that_cannot_be (void)
{
    static const char *const lines[] = {"{}", "{\"phase\":-1}", "{\"phase\":99}",
                                        "{\"phase\":\"3\"}", "{\"phase\":4294967296}"};
    KbProgressSnapshot now;

    for (size_t i = 0; i < G_N_ELEMENTS (lines); i++) {
        g_autoptr (JsonObject) object = kb_json_parse_object (lines[i], strlen (lines[i]));
        g_assert_false (kb_wire_to_progress (object, &now));
    }
}

static void
test_results_that_cannot_be (void)
{
    static const char *const lines[] = {
        "{}", "{\"name\":\"../x\",\"path\":\"/x\",\"checked\":{}}",
        "{\"name\":7,\"path\":[],\"checked\":{}}",
        "{\"name\":\"/etc/passwd\",\"path\":\"/x\",\"checked\":{}}"};
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home_with_dirs (dir);

    for (size_t i = 0; i < G_N_ELEMENTS (lines); i++) {
        g_autoptr (JsonObject) object = kb_json_parse_object (lines[i], strlen (lines[i]));
        g_assert_null (kb_wire_to_backup (object, home));
        g_assert_null (kb_wire_to_import (object, home));
        g_assert_null (kb_wire_to_entry (object, home));
    }
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/wire/errors", test_errors);
    g_test_add_func ("/wire/cancelling-stays-cancelling", test_cancelling_stays_cancelling);
    g_test_add_func ("/wire/progress", test_progress);
    g_test_add_func ("/wire/progress-that-cannot-be", test_progress_that_cannot_be);
    g_test_add_func ("/wire/results-that-cannot-be", test_results_that_cannot_be);
    return g_test_run();
}
