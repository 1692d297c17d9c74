/* SPDX-License-Identifier: MIT */
/* Undo brings back exactly what was there, as often as somebody wants. */
#include "kb-error.h"
#include "kb-file.h"
#include "kb-morango.h"
#include "kb-recover.h"
#include "kb-restore.h"
#include "kb-test.h"
#include "kb-undo.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
    KbTestDir *dir;
    KbHome *home;
} Fixture;

/* A data folder of 0.19 over which a backup of 0.16 has been restored. */
static void
fixture_set_up (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    self->dir = kb_test_dir_new();
    self->home = kb_test_make_home (self->dir, "home", "0.19");
}

static void
fixture_tear_down (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    kb_home_unref (self->home);
    kb_test_dir_free (self->dir);
}

static void
restore_016 (const Fixture *self)
{
    g_autofree char *dump = kb_test_fixture_dump (self->dir, "0.16");
    const KbRestoreOptions options = {.home = self->home, .file = dump};
    g_autoptr (GError) error = NULL;
    g_autoptr (KbRestoreResult) result = kb_restore_run (&options, NULL, NULL, &error);

    g_assert_no_error (error);
    g_assert_nonnull (result);
}

static KbUndoResult *
undo (const Fixture *self, const char *name, GError **error)
{
    const KbUndoOptions options = {.home = self->home, .name = name, .accept_newer = TRUE};

    return kb_undo_run (&options, NULL, NULL, error);
}

static char *
undo_ok (const Fixture *self, const char *name)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (KbUndoResult) result = undo (self, name, &error);

    g_assert_no_error (error);
    return g_steal_pointer (&result->kept);
}

static char *
read_database (const Fixture *self, gsize *length)
{
    char *bytes = NULL;

    g_assert_true (g_file_get_contents (kb_home_get_database (self->home), &bytes, length, NULL));
    return bytes;
}

/* The counters that SQLite moves with every write: sqlite.org/fileformat2.html, 1.3. */
static void
mask_counters (char *bytes)
{
    static const struct {
        gsize from;
        gsize to;
    } ranges[] = {{18, 20}, {24, 28}, {40, 44}, {92, 100}};

    for (gsize i = 0; i < G_N_ELEMENTS (ranges); i++)
        memset (bytes + ranges[i].from, 0, ranges[i].to - ranges[i].from);
}

static char *
current_id (const Fixture *self)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (KbSqlite) db =
        kb_sqlite_open_for_reading (kb_home_get_database (self->home), &error);

    g_assert_no_error (error);
    return kb_morango_read_current_id (db, &error);
}

static void
assert_version (const Fixture *self, const char *expected)
{
    g_autofree char *version = kb_home_read_data_version (self->home);

    g_assert_cmpstr (version, ==, expected);
}

/* Twice, and everything is as it was after the restore; each time byte for byte. */
static void
test_there_and_back (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    gsize before_length, restored_length, length;
    g_autofree char *before = read_database (self, &before_length);
    g_autofree char *before_digest = kb_test_digest (kb_home_get_database (self->home));

    restore_016 (self);
    g_autofree char *restored = read_database (self, &restored_length);
    g_autofree char *restored_digest = kb_test_digest (kb_home_get_database (self->home));
    g_assert_cmpstr (before_digest, !=, restored_digest);

    g_autofree char *kept = undo_ok (self, NULL);
    g_autofree char *undone = read_database (self, &length);
    g_autofree char *undone_digest = kb_test_digest (kb_home_get_database (self->home));
    assert_version (self, "0.19.5");
    g_assert_cmpstr (undone_digest, ==, before_digest);
    g_assert_cmpuint (length, ==, before_length);
    mask_counters (before);
    mask_counters (undone);
    g_assert_cmpint (memcmp (before, undone, length), ==, 0);

    g_autofree char *kept_again = undo_ok (self, kept);
    g_autofree char *redone = read_database (self, &length);
    assert_version (self, "0.16.2");
    g_assert_cmpuint (length, ==, restored_length);
    mask_counters (restored);
    mask_counters (redone);
    g_assert_cmpint (memcmp (restored, redone, length), ==, 0);
}

/* The first time data keeps its id; every later time it gets a new one, since its counters have
 * been used. */
static void
test_database_ids (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *first_id = current_id (self);

    restore_016 (self);
    g_autofree char *restored_id = current_id (self);
    g_assert_cmpstr (first_id, !=, restored_id);
    g_autoptr (GPtrArray) list = kb_kept_list (self->home);
    g_autofree char *first = g_strdup (((KbKept *) list->pdata[0])->name);

    g_autofree char *second = undo_ok (self, first);
    g_autofree char *undone_id = current_id (self);
    g_assert_cmpstr (undone_id, ==, first_id);

    g_autofree char *third = undo_ok (self, second);
    g_autofree char *redone_id = current_id (self);
    g_assert_cmpstr (redone_id, ==, restored_id);

    g_autofree char *fourth = undo_ok (self, first); /* a second time */
    g_autofree char *again_id = current_id (self);
    g_assert_cmpstr (again_id, !=, first_id);
    g_assert_cmpstr (again_id, !=, restored_id);
    g_autoptr (GError) error = NULL;
    g_autoptr (KbKept) kept = kb_kept_load (self->home, first, &error);
    g_assert_no_error (error);
    g_assert_true (kept->was_used);
    g_assert_cmpstr (kept->database_id, ==, first_id);
}

/* Also what could not be opened comes back as it was, with its log. */
static void
test_damaged_data_comes_back (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    const char *database = kb_home_get_database (self->home);
    g_autofree char *wal = g_strconcat (database, "-wal", NULL);
    g_autofree char *text = NULL;
    g_autofree char *wal_text = NULL;

    kb_test_write (database, "rubbish", 7);
    kb_test_write (wal, "its log", 7);
    restore_016 (self);
    g_assert_false (g_file_test (wal, G_FILE_TEST_EXISTS));
    g_autofree char *restored_digest = kb_test_digest (database);

    g_autofree char *kept = undo_ok (self, NULL);
    g_assert_true (g_file_get_contents (database, &text, NULL, NULL));
    g_assert_true (g_file_get_contents (wal, &wal_text, NULL, NULL));
    g_assert_cmpstr (text, ==, "rubbish");
    g_assert_cmpstr (wal_text, ==, "its log");
    assert_version (self, "0.19.5");

    g_autofree char *kept_again = undo_ok (self, kept);
    g_autofree char *digest = kb_test_digest (database);
    g_assert_cmpstr (digest, ==, restored_digest);
    g_assert_false (g_file_test (wal, G_FILE_TEST_EXISTS));
    assert_version (self, "0.16.2");
}

static gboolean
die_at (KbReplaceStep step, gpointer user_data, G_GNUC_UNUSED GError **error)
{
    if (step == *(KbReplaceStep *) user_data)
        _exit (42);
    return TRUE;
}

/* Dying after any step of an undo leaves one or the other, and the next undo works. */
static void
test_dies_after_each_step (Fixture *self, gconstpointer data)
{
    for (KbReplaceStep step = 0; step < KB_N_REPLACE_STEPS; step++) {
        g_autofree char *old_digest = kb_test_digest (kb_home_get_database (self->home));
        g_autoptr (GError) error = NULL;
        KbRecovered recovered;
        int status;

        restore_016 (self);
        g_autofree char *restored_digest = kb_test_digest (kb_home_get_database (self->home));
        pid_t pid = fork();
        if (pid == 0) {
            const KbUndoOptions options = {
                .home = self->home, .accept_newer = TRUE, .hook = die_at, .hook_data = &step};
            kb_undo_run (&options, NULL, NULL, NULL);
            _exit (1);
        }
        g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
        g_assert_cmpint (WEXITSTATUS (status), ==, 42);
        kb_test_assert_ok (kb_recover_run (self->home, &recovered, &error), error);
        g_autofree char *digest = kb_test_digest (kb_home_get_database (self->home));
        gboolean undone = step >= KB_REPLACE_COMMITTED;
        g_assert_cmpstr (digest, ==, undone ? old_digest : restored_digest);
        assert_version (self, undone ? "0.19.5" : "0.16.2");
        g_autofree char *kept = undo_ok (self, NULL);
        fixture_tear_down (self, data);
        fixture_set_up (self, data);
    }
}

static void
test_nothing_to_undo (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr (GError) error = NULL;

    g_assert_null (undo (self, NULL, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_NOT_FOUND);
    g_clear_error (&error);
    g_assert_null (undo (self, "replaced-v1_2026-01-01_00-00-00", &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_NOT_FOUND);
    g_clear_error (&error);
    g_assert_null (undo (self, "../../..", &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_NOT_FOUND);
}

/* A restore over data that is gone keeps nothing, so there is nothing to undo. */
static void
test_after_a_restore_over_nothing (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr (GError) error = NULL;

    g_assert_cmpint (g_remove (kb_home_get_database (self->home)), ==, 0);
    restore_016 (self);
    g_assert_null (undo (self, NULL, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_NOT_FOUND);
}

int
main (int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*test) (Fixture *, gconstpointer);
    } cases[] = {
        {"/undo/there-and-back", test_there_and_back},
        {"/undo/database-ids", test_database_ids},
        {"/undo/damaged-data-comes-back", test_damaged_data_comes_back},
        {"/undo/dies-after-each-step", test_dies_after_each_step},
        {"/undo/nothing-to-undo", test_nothing_to_undo},
        {"/undo/after-a-restore-over-nothing", test_after_a_restore_over_nothing},
    };

    g_test_init (&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
        g_test_add (cases[i].path, Fixture, NULL, fixture_set_up, cases[i].test, fixture_tear_down);
    return g_test_run();
}
