/* SPDX-License-Identifier: MIT */
#include "kb-error.h"
#include "kb-guide-record.h"
#include "kb-test.h"

#include <glib/gstdio.h>
#include <string.h>

#define HOME "/home/teacher/.kolibri"

static char *data_dir;

/* The only file that there is. */
static char *
find_file (void)
{
    g_autofree char *folder = g_build_filename (data_dir, "kolibri-backup", NULL);
    g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);

    g_assert_nonnull (dir);
    const char *name = g_dir_read_name (dir);
    g_assert_nonnull (name);
    g_assert_null (g_dir_read_name (dir));
    return g_build_filename (folder, name, NULL);
}

static void
save (void)
{
    const KbGuideRecord record = {
        .kind = KB_GUIDE_DOWNGRADE,
        .from_version = (char *) "0.19.5",
        .to_version = (char *) "0.17.5",
        .backup = (char *) "db-v0.17.5_2026-05-04_10-11-12.dump",
        .copy = (char *) "/media/KINGSTON ñ/x;y\n.dump",
        .skipped = 1U << KB_GUIDE_STEP_BACKUP | 1U << KB_GUIDE_STEP_INSTALL,
    };
    g_autoptr (GError) error = NULL;

    kb_test_assert_ok (kb_guide_record_save (&record, HOME, &error), error);
}

static void
test_round_trip (void)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (KbGuideRecord) none = kb_guide_record_load (HOME, &error);

    g_assert_no_error (error);
    g_assert_null (none);
    save();
    g_autoptr (KbGuideRecord) record = kb_guide_record_load (HOME, &error);
    g_assert_no_error (error);
    g_assert_cmpint (record->kind, ==, KB_GUIDE_DOWNGRADE);
    g_assert_cmpstr (record->from_version, ==, "0.19.5");
    g_assert_cmpstr (record->to_version, ==, "0.17.5");
    g_assert_cmpstr (record->backup, ==, "db-v0.17.5_2026-05-04_10-11-12.dump");
    g_assert_cmpstr (record->copy, ==, "/media/KINGSTON ñ/x;y\n.dump");
    g_assert_cmpuint (record->skipped, ==,
                      1U << KB_GUIDE_STEP_BACKUP | 1U << KB_GUIDE_STEP_INSTALL);
    g_assert_false (record->is_restored);
    g_autoptr (KbGuideRecord) other = kb_guide_record_load ("/elsewhere", &error);
    g_assert_no_error (error);
    g_assert_null (other);
    kb_test_assert_ok (kb_guide_record_remove (HOME, &error), error);
    kb_test_assert_ok (kb_guide_record_remove (HOME, &error), error);
    g_assert_null (kb_guide_record_load (HOME, &error));
    g_assert_no_error (error);
}

static void
test_notes (void)
{
    g_autoptr (GError) error = NULL;

    kb_test_assert_ok (kb_guide_record_note_restore (HOME, &error), error);
    kb_test_assert_ok (kb_guide_record_note_copy (HOME, "x", "/y", &error), error);
    g_assert_null (kb_guide_record_load (HOME, &error));
    save();
    kb_test_assert_ok (kb_guide_record_note_copy (HOME, "x", "/y", &error), error);
    g_autoptr (KbGuideRecord) same = kb_guide_record_load (HOME, &error);
    g_assert_cmpstr (same->copy, !=, "/y");
    kb_test_assert_ok (
        kb_guide_record_note_copy (HOME, "db-v0.17.5_2026-05-04_10-11-12.dump", "/z", &error),
        error);
    kb_test_assert_ok (kb_guide_record_note_restore (HOME, &error), error);
    g_autoptr (KbGuideRecord) record = kb_guide_record_load (HOME, &error);
    g_assert_cmpstr (record->copy, ==, "/z");
    g_assert_true (record->is_restored);
    g_assert_cmpuint (record->skipped, !=, 0);
    kb_test_assert_ok (kb_guide_record_remove (HOME, &error), error);
}

/* Whatever stands there, it says so, and the next save puts it right. */
static void
test_rubbish (void)
{
    static const struct {
        const char *text;
        int code;
    } texts[] = {
        {"", KB_ERROR_CORRUPT},
        {"\x01\x02\xff[", KB_ERROR_CORRUPT},
        {"[Guide]\nkind=sideways\n", KB_ERROR_CORRUPT},
        {"[Guide]\nkind=upgrade\nfrom_version=../..\n", KB_ERROR_CORRUPT},
        {"[Other]\nkind=upgrade\n", KB_ERROR_CORRUPT},
        {"[Guide]\nformat=2\nkind=upgrade\n", KB_ERROR_TOO_NEW},
    };

    for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
        g_autoptr (GError) error = NULL;
        save();
        g_autofree char *path = find_file();
        kb_test_write (path, texts[i].text, strlen (texts[i].text));
        g_assert_null (kb_guide_record_load (HOME, &error));
        g_assert_error (error, KB_ERROR, texts[i].code);
        g_clear_error (&error);
        g_assert_false (kb_guide_record_note_restore (HOME, &error));
        g_assert_error (error, KB_ERROR, texts[i].code);
        save();
        g_autoptr (KbGuideRecord) record = kb_guide_record_load (HOME, NULL);
        g_assert_nonnull (record);
    }
    g_assert_true (kb_guide_record_remove (HOME, NULL));
}

int
main (int argc, char **argv)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();

    data_dir = kb_test_dir_file (dir, "deep/share");
    g_setenv ("XDG_DATA_HOME", data_dir, TRUE);
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/guide-record/round-trip", test_round_trip);
    g_test_add_func ("/guide-record/notes", test_notes);
    g_test_add_func ("/guide-record/rubbish", test_rubbish);
    int result = g_test_run();
    g_free (data_dir);
    return result;
}
