/* SPDX-License-Identifier: MIT */
#include "kb-test-words.h"
#include "kb-text-entry.h"
#include "kb-text.h"

#include <string.h>

static void
test_isolate (void)
{
    kb_test_assert_text (kb_text_isolate ("KINGSTON"), "\u2068KINGSTON\u2069");
    kb_test_assert_text (kb_text_isolate ("قرص"), "\u2068قرص\u2069");
    kb_test_assert_text (kb_text_isolate (""), "\u2068\u2069");
    /* What would end the isolation or turn the sentence is left out; the line does not break. */
    kb_test_assert_text (kb_text_isolate ("a\u2069b\u202Ec\u2067d\ne\tf"), "\u2068abcd e f\u2069");
    kb_test_assert_text (kb_text_isolate ("a\xff"), "\u2068a\uFFFD\u2069");
}

static void
test_compatibility (void)
{
    kb_test_assert_text (kb_text_compatibility (KB_COMPATIBILITY_FITS, "0.17.5"), "Fits");
    kb_test_assert_text (kb_text_compatibility (KB_COMPATIBILITY_OLDER, "0.16.2"),
                         "Will be upgraded");
    kb_test_assert_text (kb_text_compatibility (KB_COMPATIBILITY_NEWER, "0.19.1"),
                         "Needs Kolibri 0.19.1");
    kb_test_assert_text (kb_text_compatibility (KB_COMPATIBILITY_UNKNOWN, NULL), "Version unknown");
    kb_test_assert_text (kb_text_compatibility (KB_COMPATIBILITY_UNKNOWN, "0.17.5"),
                         "Not compared");
    for (int i = 0; i < KB_N_COMPATIBILITIES; i++)
        g_assert_true (
            g_str_has_suffix (kb_text_compatibility_icon ((KbCompatibility) i), "-symbolic"));
}

static void
test_version_of_an_entry (void)
{
    KbEntry entry = {.version = (char *) "0.17.5"};

    kb_test_assert_text (kb_text_entry_version (&entry, NULL), "Kolibri 0.17.5");
    kb_test_assert_text (kb_text_entry_version (&entry, "0.17.5"), "Kolibri 0.17.5");
    kb_test_assert_text (kb_text_entry_version (&entry, "0.19.1"),
                         "Kolibri 0.17.5 – will be upgraded");
    kb_test_assert_text (kb_text_entry_version (&entry, "0.16.2"),
                         "Kolibri 0.17.5 – install this version first");
    entry.version = NULL;
    kb_test_assert_text (kb_text_entry_version (&entry, "0.16.2"), "Version of Kolibri unknown");
}

static void
test_other_device (void)
{
    KbSummary here = {.device_id = (char *) "aaaa", .device_name = (char *) "Lab"};
    KbSummary there = {.device_id = (char *) "bbbb", .device_name = (char *) "Büro 2"};

    g_autofree char *warning = kb_text_other_device (&there, &here);
    kb_test_assert_sentence (warning);
    g_assert_true (
        g_str_has_prefix (warning, "This backup was made on another device, \u2068Büro 2\u2069."));
    g_assert_nonnull (strstr (warning, "syncs as a new device"));
    there.device_name = NULL;
    g_autofree char *unnamed = kb_text_other_device (&there, &here);
    g_assert_true (g_str_has_prefix (unnamed, "This backup was made on another device. "));
    g_assert_null (kb_text_other_device (&here, &here));
    g_assert_null (kb_text_other_device (NULL, &here));
    g_assert_null (kb_text_other_device (&there, NULL));
}

static void
test_sentence_isolates_names (void)
{
    g_autoptr (GDateTime) now = g_date_time_new_utc (2026, 11, 18, 12, 0, 0);
    KbEntry entry = {
        .name = (char *) "db-vx.dump",
        .version = (char *) "0.17.5",
        .note = (char *) "قبل الامتحان",
        .is_ours = TRUE,
    };
    g_autofree char *sentence = kb_text_entry_sentence (&entry, now, NULL);

    g_assert_nonnull (strstr (sentence, "\u2068db-vx.dump\u2069"));
    g_assert_nonnull (strstr (sentence, "\u2068قبل الامتحان\u2069"));
    g_assert_nonnull (strstr (sentence, "Yours"));
}

static void
test_summary_isolates_names (void)
{
    g_autoptr (KbSummary) summary = kb_summary_new();
    summary->device_name = g_strdup ("Lab");
    summary->facility_name = g_strdup ("مدرسة");
    summary->learners = 1;
    g_autoptr (GPtrArray) lines = kb_text_summary_lines (summary);

    g_assert_cmpuint (lines->len, ==, 3);
    g_assert_cmpstr (lines->pdata[0], ==, "Device: \u2068Lab\u2069");
    g_assert_cmpstr (lines->pdata[1], ==, "Facility: \u2068مدرسة\u2069");
    g_assert_cmpstr (lines->pdata[2], ==, "1 learner");
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/text-entry/isolate", test_isolate);
    g_test_add_func ("/text-entry/compatibility", test_compatibility);
    g_test_add_func ("/text-entry/version-of-an-entry", test_version_of_an_entry);
    g_test_add_func ("/text-entry/other-device", test_other_device);
    g_test_add_func ("/text-entry/sentence-isolates-names", test_sentence_isolates_names);
    g_test_add_func ("/text-entry/summary-isolates-names", test_summary_isolates_names);
    return g_test_run();
}
