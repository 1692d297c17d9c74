/* SPDX-License-Identifier: MIT */
#include "kb-backup-notes.h"
#include "kb-catalog-change.h"
#include "kb-error.h"
#include "kb-file.h"
#include "kb-kept.h"
#include "kb-lock.h"
#include "kb-test.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define NAME "db-v0.16.2_2026-05-01_00-00-00.dump"
#define WHOLE "BEGIN TRANSACTION;COMMIT;"

/* A data folder with one backup of Kolibri's own. */
typedef struct {
    KbTestDir *dir;
    KbHome *home;
    char *public_path;
    char *protected_path;
} Fixture;

static void
fixture_set_up (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    self->dir = kb_test_dir_new();
    self->home = kb_test_make_home (self->dir, "home", NULL);
    self->public_path = g_build_filename (kb_home_get_backups_dir (self->home), NAME, NULL);
    self->protected_path = g_build_filename (kb_home_get_protected_dir (self->home), NAME, NULL);
    g_mkdir (kb_home_get_backups_dir (self->home), 0755);
    kb_test_write (self->public_path, WHOLE, strlen (WHOLE));
}

static void
fixture_tear_down (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_free (self->public_path);
    g_free (self->protected_path);
    kb_home_unref (self->home);
    kb_test_dir_free (self->dir);
}

static KbEntry *
find (const Fixture *self, const char *name)
{
    g_autoptr (GError) error = NULL;
    KbEntry *entry = kb_catalog_find_any (self->home, name, &error);

    g_assert_no_error (error);
    return entry;
}

static void
set_note (const Fixture *self, const char *note)
{
    g_autoptr (GError) error = NULL;

    kb_test_assert_ok (kb_catalog_set_note (self->home, NAME, note, &error), error);
}

static void
set_keep (const Fixture *self, gboolean keep)
{
    g_autoptr (GError) error = NULL;

    kb_test_assert_ok (kb_catalog_set_keep (self->home, NAME, keep, &error), error);
}

static void
test_keep_protects (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    set_keep (self, TRUE);
    g_autoptr (KbEntry) kept = find (self, NAME);
    g_assert_true (kept->keep && kept->is_protected);
    g_assert_true (kb_file_is_same (self->public_path, self->protected_path));

    set_keep (self, FALSE);
    g_autoptr (KbEntry) loosened = find (self, NAME);
    g_assert_false (loosened->keep);
    g_assert_true (loosened->is_protected); /* only the person deletes it */
}

static void
test_note_protects (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    set_note (self, "  before\nthe exams\t ");
    g_autoptr (KbEntry) noted = find (self, NAME);
    g_assert_cmpstr (noted->note, ==, "before the exams");
    g_assert_true (kb_file_is_same (self->public_path, self->protected_path));

    g_assert_cmpint (g_remove (self->public_path), ==, 0); /* as Kolibri's pruning does */
    set_note (self, "another");
    set_keep (self, TRUE);
    g_autoptr (KbEntry) pruned = find (self, NAME);
    g_assert_cmpstr (pruned->note, ==, "another");
    g_assert_true (pruned->keep);

    set_note (self, " \n ");
    g_autoptr (KbEntry) bare = find (self, NAME);
    g_assert_null (bare->note);
    g_assert_true (bare->keep);
}

/* Taking away what is not there makes no second name. */
static void
test_nothing_to_protect (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    set_note (self, NULL);
    set_keep (self, FALSE);
    g_assert_false (kb_test_exists (self->protected_path));
}

static void
test_clean_notes (void)
{
    static const struct {
        const char *note;
        const char *clean;
    } cases[] = {
        {NULL, NULL},
        {"", NULL},
        {" \t\r\n", NULL},
        {"a", "a"},
        {"  two  words ", "two  words"},
        {"a\nb\r\nc", "a b  c"},
        {"a\x1b[31mb\x7f", "a [31mb"},
        {"a\xe2\x80\xa8"
         "b\xc2\x85"
         "c",
         "a b c"},
        {"caf\xe9", "caf\xef\xbf\xbd"},
        {"caf\xc3\xa9", "caf\xc3\xa9"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autofree char *clean = kb_backup_notes_clean (cases[i].note);
        g_assert_cmpstr (clean, ==, cases[i].clean);
    }
}

static void
test_long_note (void)
{
    g_autoptr (GString) text = g_string_new (NULL);

    for (int i = 0; i < 2000; i++)
        g_string_append (text, "é");
    g_autofree char *clean = kb_backup_notes_clean (text->str);
    g_assert_cmpint (g_utf8_strlen (clean, -1), ==, KB_NOTE_MAX_CHARS);
    g_assert_true (g_utf8_validate (clean, -1, NULL));
}

static void
test_note_and_check_live_together (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr (GError) error = NULL;

    kb_test_assert_ok (kb_catalog_set_checked (self->home, NAME, "ok", NULL, &error), error);
    set_note (self, "a note");
    kb_test_assert_ok (kb_catalog_set_checked (self->home, NAME, "ok", NULL, &error), error);
    g_autoptr (KbEntry) entry = find (self, NAME);
    g_assert_cmpstr (entry->note, ==, "a note");
    g_assert_cmpstr (entry->check_result, ==, "ok");
}

static void
test_names_never_lead_away (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    static const char *const names[] = {
        "../" NAME, "/etc/passwd",      "",
        "x.dump",   "replaced-v1/../x", "db-v0.16.2_2026-05-02_00-00-00.dump"};

    for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
        g_autoptr (GError) error = NULL;
        g_assert_false (kb_catalog_set_note (self->home, names[i], "x", &error));
        g_assert_error (error, KB_ERROR, KB_ERROR_NOT_FOUND);
    }
    g_assert_false (kb_test_exists (kb_home_get_protected_dir (self->home)));
}

static void
test_another_program (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    KbOwner us = kb_test_us();
    g_autoptr (GError) error = NULL;
    g_autoptr (KbLock) lock = kb_lock_acquire (self->home, &us, &error);

    g_assert_no_error (error);
    g_assert_false (kb_catalog_set_keep (self->home, NAME, TRUE, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_BUSY);
    g_assert_false (kb_test_exists (self->protected_path));
}

/* What cannot be read just now is not taken for empty. */
static void
test_notes_that_cannot_be_read (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *ini = kb_backup_notes_path (self->home, NAME);
    g_autoptr (GError) error = NULL;

    set_note (self, "precious");
    g_assert_cmpint (g_remove (ini), ==, 0);
    g_assert_cmpint (g_mkdir (ini, 0755), ==, 0); /* no file: empty, and in the way */
    g_assert_false (kb_catalog_set_keep (self->home, NAME, TRUE, &error));
    g_assert_nonnull (error);
    g_assert_true (g_file_test (ini, G_FILE_TEST_IS_DIR));
}

/* A data folder of another user: root hands over what it makes. */
static void
test_owner (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *ini = kb_backup_notes_path (self->home, NAME);
    GStatBuf info;

    if (geteuid() != 0) {
        g_test_skip ("needs root, to be two users");
        return;
    }
    g_assert_cmpint (chown (kb_home_get_path (self->home), KB_TEST_NOBODY, KB_TEST_NOBODY), ==, 0);
    set_note (self, "a note");
    g_assert_cmpint (g_stat (ini, &info), ==, 0);
    g_assert_cmpuint (info.st_uid, ==, KB_TEST_NOBODY);
}

/* What a restore has replaced takes notes, too. */
static void
test_replaced (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    KbOwner us = kb_test_us();
    g_autoptr (GError) error = NULL;
    g_autoptr (KbKept) kept = kb_kept_new (self->home, "0.16.2");
    g_autofree char *part = kb_kept_part_dir (kept);
    g_autofree char *database = g_build_filename (part, "db.sqlite3", NULL);

    kb_test_assert_ok (kb_home_make_backup_dirs (self->home, &us, &error), error);
    kb_test_assert_ok (kb_kept_begin (kept, self->home, &us, &error), error);
    kb_test_write (database, "x", 1);
    kb_test_assert_ok (kb_kept_save (kept, part, &us, &error), error);
    kb_test_assert_ok (kb_kept_publish (kept, self->home, &error), error);
    kb_test_assert_ok (kb_catalog_set_note (self->home, kept->name, "old data", &error), error);
    g_autoptr (KbEntry) entry = find (self, kept->name);
    g_assert_cmpint (entry->origin, ==, KB_ORIGIN_BEFORE_RESTORE);
    g_assert_cmpstr (entry->note, ==, "old data");
    g_autoptr (GPtrArray) list = kb_catalog_list (self->home, NULL, &error);
    g_assert_cmpuint (list->len, ==, 2);
}

#define ADD(path, func)                                                                            \
    g_test_add ("/catalog-change/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    ADD ("keep-protects", test_keep_protects);
    ADD ("note-protects", test_note_protects);
    ADD ("nothing-to-protect", test_nothing_to_protect);
    g_test_add_func ("/catalog-change/clean-notes", test_clean_notes);
    g_test_add_func ("/catalog-change/long-note", test_long_note);
    ADD ("note-and-check", test_note_and_check_live_together);
    ADD ("names-never-lead-away", test_names_never_lead_away);
    ADD ("another-program", test_another_program);
    ADD ("notes-that-cannot-be-read", test_notes_that_cannot_be_read);
    ADD ("owner", test_owner);
    ADD ("replaced", test_replaced);
    return g_test_run();
}
