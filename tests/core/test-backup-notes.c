/* SPDX-License-Identifier: MIT */
#include "kb-backup-notes.h"
#include "kb-error.h"
#include "kb-test.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utime.h>

#define NAME "db-v0.17.5_2026-05-04_10-11-12.dump"

/* Saves notes and reads them again. */
static KbBackupNotes *
round_trip (const KbBackupNotes *notes)
{
    const KbOwner owner = kb_test_us();
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home_with_dirs (dir);
    g_autoptr (GError) error = NULL;

    kb_test_assert_ok (kb_backup_notes_save (notes, home, NAME, &owner, &error), error);
    return kb_backup_notes_load (home, NAME);
}

static void
assert_empty (const KbBackupNotes *notes)
{
    g_assert_null (notes->note);
    g_assert_false (notes->keep);
    g_assert_null (notes->checked);
    g_assert_null (notes->check_result);
    g_assert_cmpuint (notes->checked_stamp.size_bytes, ==, 0);
    g_assert_null (notes->summary);
    g_assert_cmpuint (notes->summary_stamp.size_bytes, ==, 0);
}

/* What a file with these words is taken for. */
static KbBackupNotes *
load_text (const char *text, gsize length)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home_with_dirs (dir);
    g_autofree char *path = kb_backup_notes_path (home, NAME);

    kb_test_write (path, text, length);
    return kb_backup_notes_load (home, NAME);
}

static void
test_place (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home_with_dirs (dir);
    g_autofree char *path = kb_backup_notes_path (home, NAME);
    g_autofree char *expected = kb_test_dir_file (dir, "home/backups/protected/" NAME ".ini");

    g_assert_cmpstr (path, ==, expected);
}

static void
test_all_of_it (void)
{
    g_autoptr (KbBackupNotes) notes = g_new0 (KbBackupNotes, 1);

    notes->note = g_strdup ("before the exams");
    notes->keep = TRUE;
    notes->checked = g_date_time_new_utc (2026, 5, 4, 10, 11, 12);
    notes->check_result = g_strdup ("corrupt");
    notes->checked_stamp = (KbFileStamp){.size_bytes = G_MAXUINT64, .mtime = -5};
    notes->summary = kb_summary_new();
    notes->summary->device_name = g_strdup ("Lab \xf0\x9f\x98\x80 \"x\"\\");
    notes->summary->learners = 1204;
    notes->summary_stamp = (KbFileStamp){.size_bytes = 7, .mtime = 1777889472};
    g_autoptr (KbBackupNotes) back = round_trip (notes);
    g_assert_cmpstr (back->note, ==, "before the exams");
    g_assert_true (back->keep);
    g_assert_true (g_date_time_equal (back->checked, notes->checked));
    g_assert_cmpstr (back->check_result, ==, "corrupt");
    g_assert_true (kb_file_stamp_equal (&back->checked_stamp, &notes->checked_stamp));
    g_assert_cmpstr (back->summary->device_name, ==, notes->summary->device_name);
    g_assert_cmpint (back->summary->learners, ==, 1204);
    g_assert_true (kb_file_stamp_equal (&back->summary_stamp, &notes->summary_stamp));
}

static void
test_nothing_of_it (void)
{
    g_autoptr (KbBackupNotes) notes = g_new0 (KbBackupNotes, 1);

    notes->note = g_strdup ("");
    g_autoptr (KbBackupNotes) back = round_trip (notes);
    assert_empty (back);
}

/* What people write: quotes, brackets, lines, other alphabets. */
static void
test_odd_notes (void)
{
    static const char *const texts[] = {
        " leading and trailing ",
        "two\nlines\r\n\tand a tab",
        "[Backup]\nkeep=true",
        "a=b;c#d",
        "\\n is no newline \\",
        "\xe0\xae\xa4\xe0\xae\xae\xe0\xae\xbf \xf0\x9f\x98\x80",
        "\"quoted\"",
        "'",
        "%s%n",
        "\x01\x7f",
    };

    for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
        g_autoptr (KbBackupNotes) notes = g_new0 (KbBackupNotes, 1);
        notes->note = g_strdup (texts[i]);
        g_autoptr (KbBackupNotes) back = round_trip (notes);
        g_assert_cmpstr (back->note, ==, texts[i]);
        g_assert_false (back->keep);
    }
}

/* Whoever pastes a whole document into the note must not lose the mark Keep by it. */
static void
test_very_long_note (void)
{
    const KbOwner owner = kb_test_us();
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home_with_dirs (dir);
    g_autoptr (KbBackupNotes) notes = g_new0 (KbBackupNotes, 1);

    notes->note = g_strnfill (100000, 'x');
    notes->keep = TRUE;
    if (!kb_backup_notes_save (notes, home, NAME, &owner, NULL))
        return; /* to refuse it would be right, too */
    g_autoptr (KbBackupNotes) back = kb_backup_notes_load (home, NAME);
    g_assert_true (back->keep);
    g_assert_true (g_str_has_prefix (back->note, "xxxx"));
}

static void
test_check_without_a_result_is_none (void)
{
    g_autoptr (KbBackupNotes) notes = g_new0 (KbBackupNotes, 1);

    notes->checked = g_date_time_new_utc (2026, 5, 4, 10, 11, 12);
    notes->checked_stamp.size_bytes = 5;
    g_autoptr (KbBackupNotes) back = round_trip (notes);
    assert_empty (back);
}

static void
test_saved_for_its_owner (void)
{
    const KbOwner owner = kb_test_us();
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home_with_dirs (dir);
    g_autofree char *path = kb_backup_notes_path (home, NAME);
    g_autoptr (KbBackupNotes) notes = g_new0 (KbBackupNotes, 1);

    g_assert_true (kb_backup_notes_save (notes, home, NAME, &owner, NULL));
    kb_test_assert_mode (path, 0664);
}

static void
test_folder_is_missing (void)
{
    const KbOwner owner = kb_test_us();
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home (dir, "home", NULL);
    g_autoptr (KbBackupNotes) notes = g_new0 (KbBackupNotes, 1);
    g_autoptr (GError) error = NULL;

    g_assert_false (kb_backup_notes_save (notes, home, NAME, &owner, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_NOT_FOUND);
    g_autoptr (KbBackupNotes) back = kb_backup_notes_load (home, NAME);
    assert_empty (back);
}

static void
test_rubbish (void)
{
    static const char *const texts[] = {
        "",
        "rubbish",
        "[Backup",
        "keep=true\n",
        "\xff\xfe[\0B",
        "[Other]\nnote=x\nkeep=true\n",
        "[Backup]\nkeep=maybe\n",
        "[Backup]\nnote=\xff\xff\n",
        "[Check]\ntime=yesterday\nsize=many\nmtime=x\n",
        "[Summary]\njson={\nsize=\n",
        "[Summary]\njson=[[[[\n",
    };
    g_autofree char *long_text = g_strnfill (100000, '\n');

    for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
        g_autoptr (KbBackupNotes) notes = load_text (texts[i], strlen (texts[i]));
        assert_empty (notes);
    }
    g_autoptr (KbBackupNotes) too_long = load_text (long_text, 100000);
    assert_empty (too_long);
}

/* One value that is wrong costs no other. */
static void
test_half_rubbish (void)
{
    const char *text = "# a comment\n[Backup]\nnote=good\nkeep=maybe\nunknown=1\n"
                       "[Check]\ntime=yesterday\nresult=ok\nsize=5\nmtime=x\n[Summary]\njson={\n";
    g_autoptr (KbBackupNotes) notes = load_text (text, strlen (text));

    g_assert_cmpstr (notes->note, ==, "good");
    g_assert_false (notes->keep);
    g_assert_null (notes->checked);
    g_assert_cmpstr (notes->check_result, ==, "ok");
    g_assert_cmpuint (notes->checked_stamp.size_bytes, ==, 5);
    g_assert_null (notes->summary);
}

static void
test_cut_at_every_byte (void)
{
    const char *text = "[Backup]\nnote=before the exams\nkeep=true\n[Check]\n"
                       "time=2026-05-04T10:11:12Z\nresult=ok\nsize=5\nmtime=6\n"
                       "[Summary]\njson={\"learners\":5}\nsize=7\nmtime=8\n";

    for (gsize length = 0; length < strlen (text); length++) {
        g_autoptr (KbBackupNotes) notes = load_text (text, length);
        g_assert_true (notes->note == NULL || g_str_has_prefix ("before the exams", notes->note));
        g_assert_true (notes->summary == NULL || notes->summary->learners == 5);
    }
}

static void
test_set_checked (void)
{
    const KbFileStamp stamp = {.size_bytes = 12, .mtime = 34};
    g_autoptr (KbBackupNotes) notes = g_new0 (KbBackupNotes, 1);
    g_autoptr (GDateTime) before = g_date_time_new_now_utc();

    kb_backup_notes_set_checked (notes, "corrupt", &stamp);
    kb_backup_notes_set_checked (notes, "ok", &stamp); /* the first is freed */
    g_autoptr (GDateTime) after = g_date_time_new_now_utc();
    g_assert_cmpstr (notes->check_result, ==, "ok");
    g_assert_true (kb_file_stamp_equal (&notes->checked_stamp, &stamp));
    g_assert_cmpint (g_date_time_compare (notes->checked, before), >=, 0);
    g_assert_cmpint (g_date_time_compare (notes->checked, after), <=, 0);
    g_assert_cmpint (g_date_time_get_utc_offset (notes->checked), ==, 0);
}

static void
test_stamp_of_a_file (void)
{
    const struct utimbuf times = {.actime = 1, .modtime = 1777889472};
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_write (dir, "file", "abc");
    KbFileStamp stamp = {0};

    g_assert_cmpint (utime (path, &times), ==, 0);
    g_assert_true (kb_file_stamp_read (path, &stamp));
    g_assert_cmpuint (stamp.size_bytes, ==, 3);
    g_assert_cmpint (stamp.mtime, ==, 1777889472);
    g_assert_false (kb_file_stamp_read ("/no/such/file", &stamp));
}

static void
test_stamps_are_equal (void)
{
    const KbFileStamp a = {.size_bytes = 1, .mtime = 2};
    const KbFileStamp same = {.size_bytes = 1, .mtime = 2};
    const KbFileStamp larger = {.size_bytes = 2, .mtime = 2};
    const KbFileStamp later = {.size_bytes = 1, .mtime = 3};

    g_assert_true (kb_file_stamp_equal (&a, &same));
    g_assert_false (kb_file_stamp_equal (&a, &larger));
    g_assert_false (kb_file_stamp_equal (&a, &later));
    kb_backup_notes_free (NULL);
}

int
main (int argc, char **argv)
{
    g_setenv ("TZ", "Africa/Nairobi", TRUE); /* so that local time would be seen */
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/backup-notes/place", test_place);
    g_test_add_func ("/backup-notes/all-of-it", test_all_of_it);
    g_test_add_func ("/backup-notes/nothing-of-it", test_nothing_of_it);
    g_test_add_func ("/backup-notes/odd-notes", test_odd_notes);
    g_test_add_func ("/backup-notes/check-without-a-result-is-none",
                     test_check_without_a_result_is_none);
    g_test_add_func ("/backup-notes/saved-for-its-owner", test_saved_for_its_owner);
    g_test_add_func ("/backup-notes/folder-is-missing", test_folder_is_missing);
    g_test_add_func ("/backup-notes/rubbish", test_rubbish);
    g_test_add_func ("/backup-notes/half-rubbish", test_half_rubbish);
    g_test_add_func ("/backup-notes/cut-at-every-byte", test_cut_at_every_byte);
    g_test_add_func ("/backup-notes/set-checked", test_set_checked);
    g_test_add_func ("/backup-notes/stamp-of-a-file", test_stamp_of_a_file);
    g_test_add_func ("/backup-notes/stamps-are-equal", test_stamps_are_equal);
    g_test_add_func ("/backup-notes/very-long-note", test_very_long_note);
    return g_test_run();
}
