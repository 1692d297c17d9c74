/* SPDX-License-Identifier: MIT */
#include "kb-test-words.h"
#include "kb-text-place.h"
#include "kb-text-search.h"

static void
test_matches (void)
{
    g_autoptr (GDateTime) now = g_date_time_new_utc (2026, 5, 12, 9, 0, 0);
    g_autoptr (GDateTime) time = g_date_time_new_utc (2026, 5, 3, 14, 5, 0);
    const KbEntry entry = {
        .name = (char *) "db-v0.17.5_2026-05-03_14-05-00.dump",
        .time = time,
        .version = (char *) "0.17.5",
        .note = (char *) "Avant les E\u0301XAMENS",
        .is_ours = TRUE,
    };

    g_assert_true (kb_text_entry_matches (&entry, "", now));
    g_assert_true (kb_text_entry_matches (&entry, "  ", now));
    g_assert_true (kb_text_entry_matches (&entry, "examens", now) ==
                   kb_text_entry_matches (&entry, "EXAMENS", now));
    g_assert_true (kb_text_entry_matches (&entry, "\u00e9xamens", now)); /* composed, small */
    g_assert_true (kb_text_entry_matches (&entry, "0.17", now));
    g_assert_true (kb_text_entry_matches (&entry, "3 may avant", now));
    g_assert_true (kb_text_entry_matches (&entry, "yours", now));
    g_assert_true (kb_text_entry_matches (&entry, "2026-05-03", now));
    g_assert_false (kb_text_entry_matches (&entry, "avant 0.16", now));
}

static void
test_drive (void)
{
    KbDrive drive = {.name = (char *) "KINGSTON", .free_bytes = 2000000};

    kb_test_assert_text (kb_text_drive (&drive, TRUE), "\u2068KINGSTON\u2069 – 2.0\u00a0MB free");
    kb_test_assert_text (kb_text_drive (&drive, FALSE),
                         "\u2068KINGSTON\u2069 – not enough space: 2.0\u00a0MB free");
    drive.is_read_only = TRUE;
    kb_test_assert_text (kb_text_drive (&drive, FALSE), "\u2068KINGSTON\u2069 – write-protected");
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/text-search/matches", test_matches);
    g_test_add_func ("/text-search/drive", test_drive);
    return g_test_run();
}
