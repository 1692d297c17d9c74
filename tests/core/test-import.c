/* SPDX-License-Identifier: MIT */
#include "kb-backup.h"
#include "kb-catalog-change.h"
#include "kb-copy.h"
#include "kb-error.h"
#include "kb-file.h"
#include "kb-import.h"
#include "kb-recover.h"
#include "kb-test.h"

#include <glib/gstdio.h>
#include <string.h>
#include <utime.h>

#define KOLIBRI_NAME "db-v0.16.2_2026-05-01_10-11-12.dump"

/* A data folder without data, and what somebody brings. */
typedef struct {
    KbTestDir *dir;
    KbHome *home;
    char *dump; /* Kolibri's own */
    char *dump_text;
    gsize dump_length;
} Fixture;

static void
fixture_set_up (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *fixture = NULL;

    self->dir = kb_test_dir_new();
    self->home = kb_test_make_home (self->dir, "home", NULL);
    fixture = kb_test_fixture_dump (self->dir, "0.16");
    self->dump = kb_test_dir_file (self->dir, KOLIBRI_NAME);
    g_assert_cmpint (g_rename (fixture, self->dump), ==, 0);
    g_assert_true (g_file_get_contents (self->dump, &self->dump_text, &self->dump_length, NULL));
}

static void
fixture_tear_down (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_free (self->dump);
    g_free (self->dump_text);
    kb_home_unref (self->home);
    kb_test_dir_free (self->dir);
}

static KbImportResult *
import_ok (const Fixture *self, const char *file, const char *name, gboolean was_there_already)
{
    g_autoptr (GError) error = NULL;
    KbImportResult *result = kb_import_run (self->home, file, NULL, NULL, &error);

    g_assert_no_error (error);
    g_assert_cmpstr (result->name, ==, name);
    g_assert_cmpint (result->was_there_already, ==, was_there_already);
    return result;
}

static char *
public_path (const Fixture *self, const char *name)
{
    return g_build_filename (kb_home_get_backups_dir (self->home), name, NULL);
}

static char *
protected_path (const Fixture *self, const char *name)
{
    return g_build_filename (kb_home_get_protected_dir (self->home), name, NULL);
}

static void
assert_listed (const Fixture *self, guint n)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) list = kb_catalog_list (self->home, NULL, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (list->len, ==, n);
    for (guint i = 0; i < n; i++)
        g_assert_cmpint (((KbEntry *) list->pdata[i])->state, ==, KB_ENTRY_COMPLETE);
}

static void
test_dump_of_kolibri (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *public = public_path (self, KOLIBRI_NAME);
    g_autofree char *protected = protected_path (self, KOLIBRI_NAME);
    g_autoptr (GError) error = NULL;

    g_autoptr (KbImportResult) result = import_ok (self, self->dump, KOLIBRI_NAME, FALSE);
    g_assert_cmpint (result->checked->summary->learners, ==, 40);
    kb_test_assert_file (public, self->dump_text, self->dump_length);
    g_assert_true (kb_file_is_same (public, protected));
    g_autoptr (KbEntry) entry = kb_catalog_find (self->home, KOLIBRI_NAME, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (entry->check_result, ==, "ok");
    g_assert_cmpint (entry->summary->learners, ==, 40);
    assert_listed (self, 1);

    g_autoptr (KbImportResult) again = import_ok (self, self->dump, KOLIBRI_NAME, TRUE);
    assert_listed (self, 1);
}

/* What is here in Kolibri's reach only gets out of it. */
static void
test_same_bytes_are_protected (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *public = public_path (self, KOLIBRI_NAME);
    g_autofree char *protected = protected_path (self, KOLIBRI_NAME);

    g_mkdir (kb_home_get_backups_dir (self->home), 0755);
    kb_test_write (public, self->dump_text, self->dump_length);
    g_autoptr (KbImportResult) result = import_ok (self, self->dump, KOLIBRI_NAME, TRUE);
    g_assert_true (kb_file_is_same (public, protected));
    g_assert_cmpint (g_remove (public), ==, 0); /* as Kolibri's pruning does */
    g_autoptr (KbImportResult) again = import_ok (self, self->dump, KOLIBRI_NAME, TRUE);
    g_assert_false (kb_test_exists (public));
}

static void
test_never_overwrites (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *public = public_path (self, KOLIBRI_NAME);

    g_mkdir (kb_home_get_backups_dir (self->home), 0755);
    kb_test_write (public, "BEGIN;COMMIT;", 13);
    g_autoptr (KbImportResult) result =
        import_ok (self, self->dump, "db-v0.16.2_2026-05-01_10-11-12.2.dump", FALSE);
    kb_test_assert_file (public, "BEGIN;COMMIT;", 13);
    kb_test_assert_file (result->path, self->dump_text, self->dump_length);
    assert_listed (self, 2);
}

/* dbrestore empties the database before it looks: such a file must not lie where it looks. */
static void
test_what_kolibri_cannot_read (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr (KbHome) other = kb_test_make_home (self->dir, "other", "0.16");
    g_autofree char *binary =
        kb_test_dir_file (self->dir, "db-v0.16.2_2026-05-02_10-11-12.sqlite3");
    g_autofree char *shell = kb_test_dir_file (self->dir, "db-v0.16.2_2026-05-03_10-11-12.dump");
    g_autofree char *text = g_strconcat ("PRAGMA foreign_keys=OFF;\n", self->dump_text, NULL);

    g_assert_cmpint (g_rename (kb_home_get_database (other), binary), ==, 0);
    kb_test_write (shell, text, strlen (text));
    for (int i = 0; i < 2; i++) {
        const char *name =
            i == 0 ? "db-v0.16.2_2026-05-02_10-11-12.dump" : "db-v0.16.2_2026-05-03_10-11-12.dump";
        g_autoptr (KbImportResult) result = import_ok (self, i == 0 ? binary : shell, name, FALSE);
        g_autofree char *public = public_path (self, name);
        g_autofree char *protected = protected_path (self, name);
        g_assert_false (kb_test_exists (public));
        g_assert_cmpstr (result->path, ==, protected);
        g_autoptr (KbImportResult) again = import_ok (self, i == 0 ? binary : shell, name, TRUE);
    }
    assert_listed (self, 2);
}

/* Named by what is in it. */
static void
test_other_name (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *path = kb_test_dir_file (self->dir, "backup of Ana.sql");
    struct utimbuf when = {.actime = 1777777777, .modtime = 1777777777};
    g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (1777777777);
    g_autofree char *expected = g_date_time_format (time, "db-v0.16.2_%Y-%m-%d_%H-%M-%S.dump");

    g_assert_cmpint (g_rename (self->dump, path), ==, 0);
    g_assert_cmpint (g_utime (path, &when), ==, 0);
    g_autoptr (KbImportResult) result = import_ok (self, path, expected, FALSE);
}

/* From one computer to another: the note comes along. */
static void
test_note_of_a_copy (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr (KbHome) other = kb_test_make_home (self->dir, "other", "0.19");
    const KbBackupOptions backup = {.home = other, .program_version = "1", .note = "a\nnote"};
    g_autofree char *folder = kb_test_dir_file (self->dir, "stick");
    g_autoptr (GError) error = NULL;
    g_autoptr (KbBackupResult) made = kb_backup_run (&backup, NULL, NULL, &error);

    g_assert_no_error (error);
    g_autoptr (KbEntry) entry = kb_catalog_find (other, made->name, &error);
    const KbCopyOptions options = {.entry = entry, .folder = folder};
    g_autoptr (KbCopyResult) copied = kb_copy_run (&options, NULL, NULL, &error);
    g_assert_no_error (error);
    g_autoptr (KbImportResult) result = import_ok (self, copied->path, made->name, FALSE);
    g_autoptr (KbEntry) imported = kb_catalog_find (self->home, made->name, &error);
    g_assert_cmpstr (imported->note, ==, "a note");
    g_assert_true (imported->is_ours && imported->is_protected);

    kb_test_assert_ok (kb_catalog_set_note (self->home, made->name, "mine", &error), error);
    g_autoptr (KbImportResult) again = import_ok (self, copied->path, made->name, TRUE);
    g_autoptr (KbEntry) kept = kb_catalog_find (self->home, made->name, &error);
    g_assert_cmpstr (kept->note, ==, "mine");
}

/* The newest rows in a log beside it become part of the one file. */
static void
test_database_with_a_log (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr (KbHome) other = kb_test_make_home (self->dir, "other", "0.19");
    g_autofree char *copy = kb_test_dir_file (self->dir, "db-v0.19.5_2026-05-02_10-11-12.sqlite3");
    g_autoptr (GError) error = NULL;
    g_autoptr (KbSqlite) db =
        kb_sqlite_open (kb_home_get_database (other), SQLITE_OPEN_READWRITE, &error);

    kb_test_run_sql (db, "PRAGMA journal_mode=WAL; DELETE FROM logger_attemptlog");
    for (int i = 0; i < 2; i++) {
        const char *suffix = i == 0 ? "" : "-wal";
        g_autofree char *from = g_strconcat (kb_home_get_database (other), suffix, NULL);
        g_autofree char *to = g_strconcat (copy, suffix, NULL);
        g_autofree char *bytes = NULL;
        gsize length;
        g_assert_true (g_file_get_contents (from, &bytes, &length, NULL));
        g_assert_cmpuint (length, >, 0);
        kb_test_write (to, bytes, length);
    }
    const char *name = "db-v0.19.5_2026-05-02_10-11-12.dump";
    g_autoptr (KbImportResult) result = import_ok (self, copy, name, FALSE);
    g_assert_cmpint (result->checked->summary->exercises, ==, 0);
    g_autoptr (KbVerifyResult) checked = kb_verify_run (result->path, FALSE, NULL, NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpint (checked->summary->exercises, ==, 0);
    g_autoptr (KbImportResult) again = import_ok (self, copy, name, TRUE);
}

static void
assert_refused (const Fixture *self, const char *file, KbErrorCode code)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) list = NULL;

    g_assert_null (kb_import_run (self->home, file, NULL, NULL, &error));
    g_assert_error (error, KB_ERROR, (int) code);
    list = kb_catalog_list (self->home, NULL, NULL);
    g_assert_cmpuint (list->len, ==, 0);
}

static void
test_refused (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *rubbish = kb_test_dir_write (self->dir, "db-v1_x.dump", "Dear teacher");
    g_autofree char *missing = kb_test_dir_file (self->dir, "missing.dump");

    assert_refused (self, rubbish, KB_ERROR_NOT_A_BACKUP);
    assert_refused (self, missing, KB_ERROR_NOT_FOUND);
    kb_test_write (self->dump, self->dump_text, self->dump_length / 2);
    assert_refused (self, self->dump, KB_ERROR_CORRUPT);
    assert_refused (self, kb_home_get_path (self->home), KB_ERROR_NOT_A_BACKUP);
}

static void
test_data_in_use (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr (KbHome) other = kb_test_make_home (self->dir, "other", "0.19");
    g_autoptr (GError) error = NULL;

    g_assert_null (kb_import_run (other, kb_home_get_database (other), NULL, NULL, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_UNSUPPORTED);
}

static void
test_cancel_leaves_nothing (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr (GCancellable) cancellable = g_cancellable_new();
    g_autoptr (GError) error = NULL;
    KbRecovered recovered;

    g_cancellable_cancel (cancellable);
    g_assert_null (kb_import_run (self->home, self->dump, NULL, cancellable, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_clear_error (&error);
    kb_test_assert_ok (kb_recover_run (self->home, &recovered, &error), error);
    g_assert_cmpint (recovered.kind, ==, KB_RECOVERED_NOTHING);
}

/* What a killed import has left goes at the next start. */
static void
test_recovery (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    KbOwner us = kb_test_us();
    g_autofree char *part = protected_path (self, "kolibri-backup-1.dump.part");
    g_autofree char *wal = protected_path (self, "kolibri-backup-1.dump.part-wal");
    g_autoptr (GError) error = NULL;
    KbRecovered recovered;

    kb_test_assert_ok (kb_home_make_backup_dirs (self->home, &us, &error), error);
    kb_test_write (part, "x", 1);
    kb_test_write (wal, "x", 1);
    kb_test_assert_ok (kb_recover_run (self->home, &recovered, &error), error);
    g_assert_false (kb_test_exists (part) || kb_test_exists (wal));
}

#define ADD(path, func)                                                                            \
    g_test_add ("/import/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    ADD ("dump-of-kolibri", test_dump_of_kolibri);
    ADD ("same-bytes-are-protected", test_same_bytes_are_protected);
    ADD ("never-overwrites", test_never_overwrites);
    ADD ("what-kolibri-cannot-read", test_what_kolibri_cannot_read);
    ADD ("other-name", test_other_name);
    ADD ("note-of-a-copy", test_note_of_a_copy);
    ADD ("database-with-a-log", test_database_with_a_log);
    ADD ("refused", test_refused);
    ADD ("data-in-use", test_data_in_use);
    ADD ("cancel-leaves-nothing", test_cancel_leaves_nothing);
    ADD ("recovery", test_recovery);
    return g_test_run();
}
