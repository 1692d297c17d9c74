/* SPDX-License-Identifier: MIT */
#include "kb-test-words.h"
#include "kb-text-result.h"

#include <string.h>

static void
assert_difference (gint64 answers, gint64 users, int month, const char *expected)
{
    const KbDifference difference = {.answers = answers, .users = users};
    g_autoptr (GDateTime) now = g_date_time_new_utc (2026, 11, 18, 12, 0, 0);
    g_autoptr (GDateTime) since =
        month > 0 ? g_date_time_new_utc (2026, month, month == 11 ? 18 : 12, 9, 12, 0) : NULL;
    g_autofree char *text = kb_text_difference (&difference, since, now);

    g_assert_cmpstr (text, ==, expected);
    g_assert_true (g_str_has_suffix (text, "."));
}

static void
test_difference (void)
{
    assert_difference (312, 0, 5, "312 answers to exercises since 12 May would go.");
    assert_difference (1, 0, 5, "1 answer to exercises since 12 May would go.");
    assert_difference (312, 2, 11,
                       "312 answers to exercises since today, 09:12 would go. "
                       "2 users added since today, 09:12 would go.");
    assert_difference (0, 1, 5, "1 user added since 12 May would go.");
    assert_difference (7, 1, 0,
                       "7 answers given since then would go. 1 user added since then would go.");
    assert_difference (0, 0, 5, "Nothing that learners did would be lost.");
    assert_difference (-1, -1, 0, "Nothing that learners did would be lost.");
}

static void
test_copied (void)
{
    kb_test_assert_text (kb_text_copied ("KINGSTON", TRUE, FALSE),
                         "Copied to \u2068KINGSTON\u2069 and checked. You can unplug it now.");
    kb_test_assert_text (kb_text_copied ("KINGSTON", TRUE, TRUE),
                         "\u2068KINGSTON\u2069 has this backup already, with the same contents. "
                         "You can unplug it now.");
    kb_test_assert_text (kb_text_copied ("Documents", FALSE, FALSE),
                         "Copied to \u2068Documents\u2069 and checked.");
    kb_test_assert_text (kb_text_copied (NULL, TRUE, FALSE),
                         "Copied and checked. You can unplug the drive now.");
    kb_test_assert_text (kb_text_copied (NULL, FALSE, TRUE),
                         "The backup is there already, with the same contents.");
}

static void
test_deleted (void)
{
    g_autoptr (GDateTime) now = g_date_time_new_utc (2026, 11, 18, 12, 0, 0);
    g_autoptr (GDateTime) time = g_date_time_new_utc (2026, 5, 3, 14, 5, 0);
    KbEntry entry = {.name = (char *) "db-vx.dump", .time = time};

    kb_test_assert_text (kb_text_deleted (&entry, now), "Deleted the backup from 3 May, 14:05.");
    entry.origin = KB_ORIGIN_BEFORE_RESTORE;
    kb_test_assert_text (kb_text_deleted (&entry, now),
                         "Deleted the data that the restore of 3 May, 14:05 had replaced.");
    entry.time = NULL;
    kb_test_assert_text (kb_text_deleted (&entry, now),
                         "Deleted the backup \u2068db-vx.dump\u2069.");
}

static void
test_imported (void)
{
    KbImportResult result = {0};

    g_autofree char *new = kb_text_imported (&result);
    kb_test_assert_sentence (new);
    result.was_there_already = TRUE;
    g_autofree char *old = kb_text_imported (&result);
    kb_test_assert_sentence (old);
    g_assert_cmpstr (new, !=, old);
}

#define NAME "db-v0.17.5_2026-05-01_10-11-12 é.dump"

static void
test_how_to (void)
{
    g_autofree char *page = kb_text_how_to (NAME, "0.17.5", 12500000);

    g_assert_true (g_utf8_validate (page, -1, NULL));
    g_assert_nonnull (strstr (page, "\n    " NAME "\n"));
    g_assert_nonnull (strstr (page, "\n    kolibri manage dbrestore \"" NAME "\"\n"));
    g_assert_nonnull (strstr (page, "Install Kolibri 0.17.5."));
    g_assert_nonnull (strstr (page, "Install Kolibri 0.17.5 or later and Kolibri Backup"));
    g_assert_nonnull (strstr (page, "1,000,000,000 bytes: restore those with Kolibri Backup."));
    g_assert_nonnull (strstr (page, "keep them safe"));
    g_assert_true (g_str_has_suffix (page, ".\n"));
    g_assert_null (strstr (page, "%"));
}

static void
test_how_to_beyond_kolibri (void)
{
    g_autofree char *limit = kb_text_how_to (NAME, "0.17.5", 1000000000);
    g_autofree char *large = kb_text_how_to (NAME, "0.17.5", 1200000000);
    g_autofree char *packed = kb_text_how_to (NAME ".gz", "0.17.5", 1000);
    g_autofree char *unknown = kb_text_how_to (NAME, NULL, 1000);

    g_assert_null (strstr (limit, "would leave no data"));
    g_assert_nonnull (strstr (large, "This backup has 1.2\u00a0GB."));
    g_assert_nonnull (strstr (large, "would leave no data at all"));
    g_assert_nonnull (strstr (packed, "Only Kolibri Backup can restore this file."));
    g_assert_null (strstr (packed, "dbrestore"));
    g_assert_nonnull (strstr (unknown, "db-v0.17.5 is of Kolibri 0.17.5"));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/text-result/difference", test_difference);
    g_test_add_func ("/text-result/copied", test_copied);
    g_test_add_func ("/text-result/deleted", test_deleted);
    g_test_add_func ("/text-result/imported", test_imported);
    g_test_add_func ("/text-result/how-to", test_how_to);
    g_test_add_func ("/text-result/how-to-beyond-kolibri", test_how_to_beyond_kolibri);
    return g_test_run();
}
