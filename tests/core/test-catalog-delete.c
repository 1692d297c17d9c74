/* SPDX-License-Identifier: MIT */
#include "kb-backup-notes.h"
#include "kb-catalog-change.h"
#include "kb-catalog-delete.h"
#include "kb-error.h"
#include "kb-file.h"
#include "kb-kept.h"
#include "kb-lock.h"
#include "kb-recover.h"
#include "kb-test.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define NAME "db-v0.16.2_2026-05-01_00-00-00.dump"
#define WHOLE "BEGIN TRANSACTION;COMMIT;"
#define OTHER "BEGIN TRANSACTION;CREATE TABLE t(a);COMMIT;"

/* A data folder with a backup that has both of its names, and a note. */
typedef struct {
    KbTestDir *dir;
    KbHome *home;
    char *public_path;
    char *protected_path;
    char *slots; /* where it waits once it is deleted */
} Fixture;

static void
add_backup (const Fixture *self, const char *text)
{
    g_autoptr (GError) error = NULL;

    kb_test_write (self->public_path, text, strlen (text));
    kb_test_assert_ok (kb_catalog_set_note (self->home, NAME, "a note", &error), error);
}

static void
fixture_set_up (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    self->dir = kb_test_dir_new();
    self->home = kb_test_make_home (self->dir, "home", NULL);
    self->public_path = g_build_filename (kb_home_get_backups_dir (self->home), NAME, NULL);
    self->protected_path = g_build_filename (kb_home_get_protected_dir (self->home), NAME, NULL);
    self->slots = g_build_filename (kb_home_get_deleted_dir (self->home), NAME, NULL);
    g_mkdir (kb_home_get_backups_dir (self->home), 0755);
    add_backup (self, WHOLE);
}

static void
fixture_tear_down (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_free (self->public_path);
    g_free (self->protected_path);
    g_free (self->slots);
    kb_home_unref (self->home);
    kb_test_dir_free (self->dir);
}

static guint
count_listed (const Fixture *self)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) list = kb_catalog_list (self->home, NULL, &error);

    g_assert_no_error (error);
    return list->len;
}

static void
delete_ok (const Fixture *self, const char *name)
{
    g_autoptr (GError) error = NULL;

    kb_test_assert_ok (kb_catalog_delete (self->home, name, &error), error);
}

static void
undelete_ok (const Fixture *self, const char *name)
{
    g_autoptr (GError) error = NULL;

    kb_test_assert_ok (kb_catalog_undelete (self->home, name, &error), error);
    g_assert_false (kb_catalog_has_deleted (self->home, name));
}

static void
empty_ok (const Fixture *self, const char *name)
{
    g_autoptr (GError) error = NULL;

    kb_test_assert_ok (kb_catalog_empty_deleted (self->home, name, &error), error);
    g_assert_false (kb_catalog_has_deleted (self->home, name));
}

static void
assert_whole (const Fixture *self, const char *text)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (KbEntry) entry = kb_catalog_find (self->home, NAME, &error);

    g_assert_no_error (error);
    g_assert_cmpstr (entry->note, ==, "a note");
    kb_test_assert_file (self->public_path, text, strlen (text));
    g_assert_true (kb_file_is_same (self->public_path, self->protected_path));
}

static void
test_there_and_back (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    delete_ok (self, NAME);
    g_assert_cmpuint (count_listed (self), ==, 0);
    g_assert_false (kb_test_exists (self->public_path) || kb_test_exists (self->protected_path));
    g_assert_true (kb_catalog_has_deleted (self->home, NAME));
    undelete_ok (self, NAME);
    g_assert_cmpuint (count_listed (self), ==, 1);
    assert_whole (self, WHOLE);
}

static void
test_empty (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr (GError) error = NULL;

    empty_ok (self, NULL); /* nothing yet */
    delete_ok (self, NAME);
    empty_ok (self, "db-v0.16.2_2026-05-02_00-00-00.dump"); /* another one */
    g_assert_true (kb_catalog_has_deleted (self->home, NULL));
    empty_ok (self, NULL);
    g_assert_false (kb_test_exists (self->slots));
    g_assert_false (kb_catalog_undelete (self->home, NAME, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_NOT_FOUND);
}

/* Kolibri's own has one name; one that Kolibri has pruned has the other. */
static void
test_single_names (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_assert_cmpint (g_remove (self->public_path), ==, 0);
    delete_ok (self, NAME);
    undelete_ok (self, NAME);
    g_assert_false (kb_test_exists (self->public_path));
    kb_test_assert_file (self->protected_path, WHOLE, strlen (WHOLE));

    g_assert_cmpint (g_rename (self->protected_path, self->public_path), ==, 0);
    delete_ok (self, NAME);
    undelete_ok (self, NAME);
    g_assert_false (kb_test_exists (self->protected_path));
    kb_test_assert_file (self->public_path, WHOLE, strlen (WHOLE));
}

static void
test_never_overwrites (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr (GError) error = NULL;

    delete_ok (self, NAME);
    kb_test_write (self->public_path, OTHER, strlen (OTHER));
    g_assert_false (kb_catalog_undelete (self->home, NAME, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_BUSY);
    kb_test_assert_file (self->public_path, OTHER, strlen (OTHER));
    g_assert_false (kb_test_exists (self->protected_path));
    g_assert_cmpint (g_remove (self->public_path), ==, 0);
    undelete_ok (self, NAME);
    assert_whole (self, WHOLE);
}

/* The same name twice: only the last one comes back, and in one piece. */
static void
test_deleted_twice (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    delete_ok (self, NAME);
    kb_test_write (self->public_path, OTHER, strlen (OTHER));
    delete_ok (self, NAME);
    undelete_ok (self, NAME);
    kb_test_assert_file (self->public_path, OTHER, strlen (OTHER));
    g_assert_false (kb_test_exists (self->protected_path));
}

/* Ended after each of the renames: still there, then wholly deleted, then back. */
static void
test_interrupted (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *slot = g_build_filename (self->slots, "public.dump", NULL);

    g_assert_cmpint (g_mkdir_with_parents (self->slots, 0755), ==, 0);
    g_assert_cmpint (g_rename (self->public_path, slot), ==, 0);
    g_assert_cmpuint (count_listed (self), ==, 1);
    delete_ok (self, NAME); /* goes on */
    g_assert_cmpuint (count_listed (self), ==, 0);
    undelete_ok (self, NAME);
    assert_whole (self, WHOLE);

    delete_ok (self, NAME); /* and back: linked, and not yet unlinked */
    g_assert_cmpint (link (slot, self->public_path), ==, 0);
    undelete_ok (self, NAME);
    assert_whole (self, WHOLE);
}

/* Half deleted, then emptied: the other half is the backup. */
static void
test_interrupted_and_emptied (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *slot = g_build_filename (self->slots, "public.dump", NULL);

    g_assert_cmpint (g_mkdir_with_parents (self->slots, 0755), ==, 0);
    g_assert_cmpint (g_rename (self->public_path, slot), ==, 0);
    empty_ok (self, NULL);
    g_assert_cmpuint (count_listed (self), ==, 1);
    kb_test_assert_file (self->protected_path, WHOLE, strlen (WHOLE));
}

/* Only the notes were left: they go with what they are about. */
static void
test_notes_of_nothing (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *slot = g_build_filename (self->slots, "notes.ini", NULL);
    g_autofree char *ini = kb_backup_notes_path (self->home, NAME);

    delete_ok (self, NAME);
    g_assert_cmpint (g_rename (slot, ini), ==, 0);
    empty_ok (self, NULL);
    g_assert_false (kb_test_exists (ini));
}

/* A folder that cannot be read is not empty. */
static void
test_emptying_what_cannot_be_read (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr (GError) error = NULL;

    kb_test_write (kb_home_get_deleted_dir (self->home), "x", 1);
    g_assert_false (kb_catalog_empty_deleted (self->home, NULL, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_IO);
}

/* Emptying that was interrupted is finished by the next start of anything. */
static void
test_recovery_finishes_emptying (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *part = g_strconcat (self->slots, KB_PART_SUFFIX, NULL);
    g_autoptr (GError) error = NULL;
    KbRecovered recovered;

    delete_ok (self, NAME);
    g_assert_cmpint (g_rename (self->slots, part), ==, 0);
    kb_test_assert_ok (kb_recover_run (self->home, &recovered, &error), error);
    g_assert_cmpint (recovered.kind, ==, KB_RECOVERED_LEFTOVERS);
    g_assert_false (kb_test_exists (part));
}

static void
test_links_are_not_followed (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *elsewhere = kb_test_dir_file (self->dir, "elsewhere");
    g_autofree char *precious = g_build_filename (elsewhere, NAME, NULL);
    g_autoptr (GError) error = NULL;

    g_assert_cmpint (g_mkdir (elsewhere, 0755), ==, 0);
    kb_test_write (precious, "x", 1);
    g_assert_cmpint (symlink (elsewhere, kb_home_get_deleted_dir (self->home)), ==, 0);
    g_assert_false (kb_catalog_delete (self->home, NAME, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_PERMISSION);
    empty_ok (self, NULL);
    assert_whole (self, WHOLE);
    kb_test_assert_file (precious, "x", 1);

    g_assert_cmpint (g_remove (kb_home_get_deleted_dir (self->home)), ==, 0);
    g_assert_cmpint (g_mkdir (kb_home_get_deleted_dir (self->home), 0755), ==, 0);
    g_assert_cmpint (symlink (elsewhere, self->slots), ==, 0);
    empty_ok (self, NULL);
    kb_test_assert_file (precious, "x", 1);
}

static void
test_names_never_lead_away (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    static const char *const names[] = {
        "../" NAME, "/etc/passwd", "", "..", "restore.ini", "replaced-v1/..", "replaced-v1.part"};

    for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
        g_autoptr (GError) error = NULL;
        g_autoptr (GError) back = NULL;
        g_assert_false (kb_catalog_delete (self->home, names[i], &error));
        g_assert_error (error, KB_ERROR, KB_ERROR_NOT_FOUND);
        g_assert_false (kb_catalog_undelete (self->home, names[i], &back));
        g_assert_error (back, KB_ERROR, KB_ERROR_NOT_FOUND);
    }
    assert_whole (self, WHOLE);
}

static void
test_another_program (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    KbOwner us = kb_test_us();
    g_autoptr (GError) error = NULL;
    g_autoptr (KbLock) lock = kb_lock_acquire (self->home, &us, &error);

    g_assert_no_error (error);
    g_assert_false (kb_catalog_delete (self->home, NAME, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_BUSY);
    assert_whole (self, WHOLE);
}

static char *
add_kept (const Fixture *self)
{
    KbOwner us = kb_test_us();
    g_autoptr (GError) error = NULL;
    g_autoptr (KbKept) kept = kb_kept_new (self->home, "0.16.2");
    g_autofree char *part = kb_kept_part_dir (kept);
    g_autofree char *database = g_build_filename (part, "db.sqlite3", NULL);

    kb_test_assert_ok (kb_kept_begin (kept, self->home, &us, &error), error);
    kb_test_write (database, "old", 3);
    kb_test_assert_ok (kb_kept_save (kept, part, &us, &error), error);
    kb_test_assert_ok (kb_kept_publish (kept, self->home, &error), error);
    kb_test_assert_ok (kb_catalog_set_note (self->home, kept->name, "a note", &error), error);
    return g_strdup (kept->name);
}

static void
test_replaced (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *name = add_kept (self);
    g_autoptr (GError) error = NULL;

    delete_ok (self, name);
    g_assert_cmpuint (count_listed (self), ==, 1);
    g_assert_null (kb_kept_find_latest (self->home, &error));
    g_clear_error (&error);
    undelete_ok (self, name);
    g_autoptr (KbEntry) entry = kb_catalog_find_any (self->home, name, &error);
    g_assert_no_error (error);
    kb_test_assert_file (entry->path, "old", 3);
    g_assert_cmpstr (entry->note, ==, "a note");

    delete_ok (self, name);
    empty_ok (self, NULL);
    g_assert_cmpuint (count_listed (self), ==, 1);
}

/* What recovery may need stays. */
static void
test_while_restoring (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *name = add_kept (self);
    const char *record = kb_home_get_restore_ini (self->home);
    g_autoptr (GError) error = NULL;

    kb_test_write (record, "[Restore]\n", 10);
    g_assert_false (kb_catalog_delete (self->home, name, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_BUSY);
    g_assert_cmpuint (count_listed (self), ==, 2);
    g_assert_cmpint (g_remove (record), ==, 0);
    delete_ok (self, name);
}

#define ADD(path, func)                                                                            \
    g_test_add ("/catalog-delete/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    ADD ("there-and-back", test_there_and_back);
    ADD ("empty", test_empty);
    ADD ("single-names", test_single_names);
    ADD ("never-overwrites", test_never_overwrites);
    ADD ("deleted-twice", test_deleted_twice);
    ADD ("interrupted", test_interrupted);
    ADD ("interrupted-and-emptied", test_interrupted_and_emptied);
    ADD ("notes-of-nothing", test_notes_of_nothing);
    ADD ("emptying-what-cannot-be-read", test_emptying_what_cannot_be_read);
    ADD ("recovery-finishes-emptying", test_recovery_finishes_emptying);
    ADD ("links-are-not-followed", test_links_are_not_followed);
    ADD ("names-never-lead-away", test_names_never_lead_away);
    ADD ("another-program", test_another_program);
    ADD ("replaced", test_replaced);
    ADD ("while-restoring", test_while_restoring);
    return g_test_run();
}
