/* SPDX-License-Identifier: MIT */
#include "kb-backup-notes.h"
#include "kb-catalog-change.h"
#include "kb-copy.h"
#include "kb-error.h"
#include "kb-file.h"
#include "kb-kept.h"
#include "kb-test.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME "db-v0.16.2_2026-05-01_00-00-00.dump"
#define SECOND_NAME "db-v0.16.2_2026-05-01_00-00-00.2.dump"
#define WHOLE "BEGIN TRANSACTION;COMMIT;"
#define GUIDE "How to restore.txt"

/* A data folder with one backup, and the place of a drive. */
typedef struct {
    KbTestDir *dir;
    KbHome *home;
    char *source;
    char *folder;
} Fixture;

static void
fixture_set_up (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    self->dir = kb_test_dir_new();
    self->home = kb_test_make_home (self->dir, "home", NULL);
    self->source = g_build_filename (kb_home_get_backups_dir (self->home), NAME, NULL);
    self->folder = kb_test_dir_file (self->dir, "stick");
    g_mkdir (kb_home_get_backups_dir (self->home), 0755);
    kb_test_write (self->source, WHOLE, strlen (WHOLE));
}

static void
fixture_tear_down (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    if (kb_test_exists (self->source))
        kb_test_assert_file (self->source, WHOLE, strlen (WHOLE)); /* whatever happened */
    g_free (self->source);
    g_free (self->folder);
    kb_home_unref (self->home);
    kb_test_dir_free (self->dir);
}

static KbCopyResult *
copy (const Fixture *self, const char *name, GCancellable *cancellable, GError **error)
{
    g_autoptr (KbEntry) entry = kb_catalog_find_any (self->home, name, error);
    const KbCopyOptions options = {
        .home = self->home,
        .entry = entry,
        .from_catalog = TRUE,
        .folder = self->folder,
        .guide_name = GUIDE,
        .guide_text = "Open it.",
    };

    g_assert_nonnull (entry);
    return kb_copy_run (&options, NULL, cancellable, error);
}

static char *
copy_ok (const Fixture *self, const char *name, gboolean was_there_already)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (KbCopyResult) result = copy (self, name, NULL, &error);

    g_assert_no_error (error);
    g_assert_cmpint (result->was_there_already, ==, was_there_already);
    g_autofree char *path = g_build_filename (self->folder, result->name, NULL);
    g_assert_cmpstr (result->path, ==, path);
    return g_steal_pointer (&result->name);
}

static void
assert_stick (const Fixture *self, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename (self->folder, name, NULL);

    kb_test_assert_file (path, text, strlen (text));
}

static guint
count_files (const char *path)
{
    g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
    guint n = 0;

    while (dir != NULL && g_dir_read_name (dir) != NULL)
        n++;
    return n;
}

static void
test_makes_folder_and_texts (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr (GError) error = NULL;

    kb_test_assert_ok (kb_catalog_set_note (self->home, NAME, "before the exams", &error), error);
    g_autofree char *name = copy_ok (self, NAME, FALSE);
    g_assert_cmpstr (name, ==, NAME);
    assert_stick (self, NAME, WHOLE);
    assert_stick (self, GUIDE, "Open it.");
    g_assert_cmpuint (count_files (self->folder), ==, 3);
    g_autofree char *path = g_build_filename (self->folder, NAME, NULL);
    g_autoptr (KbBackupNotes) notes = kb_backup_notes_load_beside (path);
    g_assert_cmpstr (notes->note, ==, "before the exams");
}

static void
test_folder_needs_a_parent (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr (GError) error = NULL;

    g_free (self->folder);
    self->folder = kb_test_dir_file (self->dir, "nowhere/stick");
    g_assert_null (copy (self, NAME, NULL, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_NOT_FOUND);
}

static void
test_twice (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *first = copy_ok (self, NAME, FALSE);

    kb_test_assert_ok (kb_catalog_set_note (self->home, NAME, "since then", &error), error);
    g_autofree char *again = copy_ok (self, NAME, TRUE);
    g_assert_cmpstr (again, ==, NAME);
    g_autofree char *path = g_build_filename (self->folder, NAME, NULL);
    g_autoptr (KbBackupNotes) notes = kb_backup_notes_load_beside (path);
    g_assert_cmpstr (notes->note, ==, "since then");
    g_assert_cmpuint (count_files (self->folder), ==, 3);
}

static void
test_name_with_other_bytes (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *path = g_build_filename (self->folder, NAME, NULL);
    g_autofree char *guide = g_build_filename (self->folder, GUIDE, NULL);

    g_assert_cmpint (g_mkdir (self->folder, 0755), ==, 0);
    kb_test_write (path, "something else", 14);
    kb_test_write (guide, "mine", 4);
    g_autofree char *second = copy_ok (self, NAME, FALSE);
    g_assert_cmpstr (second, ==, SECOND_NAME);
    assert_stick (self, SECOND_NAME, WHOLE);
    assert_stick (self, NAME, "something else");
    assert_stick (self, GUIDE, "mine");
    g_autofree char *again = copy_ok (self, NAME, TRUE);
    g_assert_cmpstr (again, ==, SECOND_NAME);
}

static void
test_cancel_leaves_nothing (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr (GCancellable) cancellable = g_cancellable_new();
    g_autoptr (GError) error = NULL;

    g_cancellable_cancel (cancellable);
    g_assert_null (copy (self, NAME, cancellable, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_assert_false (kb_test_exists (self->folder));
}

/* Of a copy whose program was killed nothing stays; that of one at work does. */
static void
test_stale_parts (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *stale = g_build_filename (self->folder, "kolibri-backup-copy-1.part", NULL);
    g_autofree char *busy = g_build_filename (self->folder, "kolibri-backup-copy-2.part", NULL);
    g_autofree char *other = g_build_filename (self->folder, "film.part", NULL);
    gboolean taken;

    g_assert_cmpint (g_mkdir (self->folder, 0755), ==, 0);
    kb_test_write (stale, "x", 1);
    kb_test_write (busy, "x", 1);
    kb_test_write (other, "x", 1);
    g_auto (KbFd) lock = kb_platform_lock (busy, NULL, &taken, NULL);
    g_assert_cmpint (lock, >=, 0);
    g_autofree char *name = copy_ok (self, NAME, FALSE);
    g_assert_false (kb_test_exists (stale));
    g_assert_true (kb_test_exists (busy) && kb_test_exists (other));
}

/* A drive that takes no file of that size says so by EFBIG (write(2)), as FAT does behind FUSE. */
static void
copy_with_small_files (const char *path)
{
    g_autoptr (KbEntry) entry = kb_catalog_describe_file (path, NULL);
    g_autofree char *folder = g_strconcat (path, "-stick", NULL);
    const KbCopyOptions options = {.entry = entry, .folder = folder};
    const struct rlimit limit = {10, 10};
    g_autoptr (GError) error = NULL;

    signal (SIGXFSZ, SIG_IGN);
    g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
    g_assert_null (kb_copy_run (&options, NULL, NULL, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_FILE_TOO_LARGE);
    g_assert_false (kb_test_exists (folder));
}

static void
test_file_too_large (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    kb_test_in_child (copy_with_small_files, self->source);
}

/* Names that only some disks have. */
static void
test_names_for_any_disk (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    const char *odd = "db-v0.16.2_2026-05-02_00-00-00 exam: \"final\"?.dump";
    g_autofree char *path = g_build_filename (kb_home_get_backups_dir (self->home), odd, NULL);

    kb_test_only_posix ("a disk that takes such names");
    kb_test_write (path, WHOLE, strlen (WHOLE));
    g_autofree char *name = copy_ok (self, odd, FALSE);
    g_assert_cmpstr (name, ==, "db-v0.16.2_2026-05-02_00-00-00 exam_ _final__.dump");
}

static char *
add_kept (const Fixture *self, KbOwner *us)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (KbKept) kept = kb_kept_new (self->home, "0.16.2");
    g_autofree char *part = kb_kept_part_dir (kept);
    g_autofree char *database = g_build_filename (part, "db.sqlite3", NULL);

    kb_test_assert_ok (kb_home_make_backup_dirs (self->home, us, &error), error);
    kb_test_assert_ok (kb_kept_begin (kept, self->home, us, &error), error);
    kb_test_write (database, "SQLite format 3", 16);
    kb_test_assert_ok (kb_kept_save (kept, part, us, &error), error);
    kb_test_assert_ok (kb_kept_publish (kept, self->home, &error), error);
    return g_strdup (kept->name);
}

/* What a restore has replaced is a database: never called what Kolibri would take for a dump. */
static void
test_replaced (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    KbOwner us = kb_test_us();
    g_autofree char *kept = add_kept (self, &us);
    g_autofree char *expected = g_strconcat ("db-", kept + strlen ("replaced-"), ".sqlite3", NULL);
    g_autofree char *name = copy_ok (self, kept, FALSE);
    g_autofree char *log = NULL;
    g_autoptr (GError) error = NULL;

    g_assert_cmpstr (name, ==, expected);
    g_assert_true (g_str_has_prefix (name, "db-v0.16.2_"));
    log = g_build_filename (kb_home_get_replaced_dir (self->home), kept, "db.sqlite3-wal", NULL);
    kb_test_write (log, "rows", 4);
    g_assert_null (copy (self, kept, NULL, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_UNSUPPORTED);
}

static void
test_data_in_use (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home (dir, "home", "0.19");
    g_autoptr (GError) error = NULL;
    g_autoptr (KbEntry) entry = kb_catalog_describe_file (kb_home_get_database (home), &error);
    const KbCopyOptions options = {.home = home, .entry = entry, .folder = dir->path};

    g_assert_no_error (error);
    g_assert_null (kb_copy_run (&options, NULL, NULL, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_UNSUPPORTED);
}

static void
test_links_of_the_list_are_not_followed (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (KbEntry) entry = kb_catalog_find (self->home, NAME, &error);
    g_autofree char *secret = kb_test_dir_write (self->dir, "secret", "x");
    const KbCopyOptions options = {.entry = entry, .from_catalog = TRUE, .folder = self->folder};

    g_assert_cmpint (g_remove (self->source), ==, 0);
    g_assert_cmpint (symlink (secret, self->source), ==, 0);
    g_assert_null (kb_copy_run (&options, NULL, NULL, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_NOT_A_BACKUP);
    g_assert_cmpint (g_remove (self->source), ==, 0);
}

static void
copy_into_locked_folder (const char *path)
{
    g_autofree char *file = g_build_filename (path, NAME, NULL);
    g_autofree char *folder = g_build_filename (path, "stick", NULL);
    g_autoptr (KbEntry) entry = kb_catalog_describe_file (file, NULL);
    const KbCopyOptions options = {.entry = entry, .folder = folder};
    g_autoptr (GError) error = NULL;

    g_assert_null (kb_copy_run (&options, NULL, NULL, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_PERMISSION);
}

static void
test_permission (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *file = kb_test_dir_write (self->dir, NAME, WHOLE);

    if (geteuid() != 0) {
        g_test_skip ("needs root, to be two users");
        return;
    }
    g_assert_cmpint (g_mkdir (self->folder, 0755), ==, 0);
    g_assert_cmpint (g_chmod (self->dir->path, 0755), ==, 0);
    kb_test_as_nobody (copy_into_locked_folder, self->dir->path);
    g_assert_cmpuint (count_files (self->folder), ==, 0);
}

#define ADD(path, func)                                                                            \
    g_test_add ("/copy/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    ADD ("makes-folder-and-texts", test_makes_folder_and_texts);
    ADD ("folder-needs-a-parent", test_folder_needs_a_parent);
    ADD ("twice", test_twice);
    ADD ("name-with-other-bytes", test_name_with_other_bytes);
    ADD ("cancel-leaves-nothing", test_cancel_leaves_nothing);
    ADD ("stale-parts", test_stale_parts);
    ADD ("file-too-large", test_file_too_large);
    ADD ("names-for-any-disk", test_names_for_any_disk);
    ADD ("replaced", test_replaced);
    g_test_add_func ("/copy/data-in-use", test_data_in_use);
    ADD ("links-of-the-list", test_links_of_the_list_are_not_followed);
    ADD ("permission", test_permission);
    return g_test_run();
}
