/* SPDX-License-Identifier: MIT */
/* A restore happens completely or not at all: stopped, or killed, after every step. */
#include "kb-error.h"
#include "kb-file.h"
#include "kb-kept.h"
#include "kb-morango.h"
#include "kb-recover.h"
#include "kb-restore.h"
#include "kb-test.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define N_STEPS KB_N_REPLACE_STEPS

/* What a test wants to happen after a step. */
typedef struct {
    KbReplaceStep step;
    gboolean fail;
    gboolean die;
    const char *database; /* try to use it from another process */
    unsigned n_refused;
    const char *pid_file; /* a server comes: this appears */
    pid_t server;
} Plan;

static gboolean
is_refused (const char *database, const char *sql)
{
    g_autofree char *output = NULL;

    return kb_test_run_shell (database, sql, &output) != 0;
}

/* A process that calls itself Kolibri and does nothing: a server that is just starting. */
static pid_t
start_server (const char *pid_file)
{
    pid_t pid = kb_test_start_process ("kolibri");
    g_autofree char *text = g_strdup_printf ("%d\n\n\n4\n", (int) pid);
    kb_test_write (pid_file, text, strlen (text));
    return pid;
}

static gboolean
on_step (KbReplaceStep step, gpointer user_data, GError **error)
{
    Plan *plan = user_data;

    if (plan->database != NULL && step >= KB_REPLACE_HELD && step <= KB_REPLACE_COMMITTED) {
        g_assert_true (is_refused (plan->database, "SELECT count(*) FROM django_migrations"));
        g_assert_true (is_refused (plan->database, "CREATE TABLE intruder(a)"));
        plan->n_refused++;
    }
    if (step != plan->step)
        return TRUE;
    if (plan->pid_file != NULL)
        plan->server = start_server (plan->pid_file);
    if (plan->die)
        _exit (42);
    if (!plan->fail)
        return TRUE;
    g_set_error (error, KB_ERROR, KB_ERROR_IO, "made to fail");
    return FALSE;
}

static KbRestoreResult *
restore (KbHome *home, const char *file, Plan *plan, GError **error)
{
    const KbRestoreOptions options = {
        .home = home,
        .file = file,
        .accept_newer = TRUE,
        .hook = plan != NULL ? on_step : NULL,
        .hook_data = plan,
    };

    return kb_restore_run (&options, NULL, NULL, error);
}

/* Files that no run may leave, and that recovery removes. */
static void
assert_no_leftovers (const KbHome *home)
{
    const char *const folders[] = {kb_home_get_path (home), kb_home_get_backups_dir (home),
                                   kb_home_get_protected_dir (home),
                                   kb_home_get_replaced_dir (home)};

    for (gsize i = 0; i < G_N_ELEMENTS (folders); i++) {
        g_autoptr (GDir) dir = g_dir_open (folders[i], 0, NULL);
        const char *name;
        while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
            if (strstr (name, ".part") != NULL || strstr (name, ".restoring") != NULL ||
                strcmp (name, "restore.ini") == 0)
                g_error ("left behind: %s/%s", folders[i], name);
    }
}

static void
set_journal_mode (const KbHome *home, const char *mode)
{
    g_autofree char *sql = g_strdup_printf ("PRAGMA journal_mode=%s", mode);
    g_autofree char *output = NULL;

    g_assert_cmpint (kb_test_run_shell (kb_home_get_database (home), sql, &output), ==, 0);
    g_strchomp (output);
    g_assert_cmpstr (output, ==, mode);
}

/* The digest of what the backup holds. The random id of a restore does not count. */
static char *
digest_without_id (const char *database)
{
    g_autofree char *copy = g_strconcat (database, "-digest", NULL);
    g_autofree char *quoted = g_strdup_printf ("VACUUM INTO '%s'", copy);
    g_autofree char *output = NULL;

    g_remove (copy);
    g_assert_cmpint (kb_test_run_shell (database, quoted, &output), ==, 0);
    g_clear_pointer (&output, g_free);
    g_assert_cmpint (kb_test_run_shell (copy, "DELETE FROM morango_databaseidmodel", &output), ==,
                     0);
    char *digest = kb_test_digest (copy);
    g_remove (copy);
    return digest;
}

/* A data folder of 0.19 with a backup of 0.16 beside it. */
typedef struct {
    KbTestDir *dir;
    KbHome *home;
    char *dump;
    char *old_digest;
    char *new_digest;
} Fixture;

static void
fixture_set_up (Fixture *self, gconstpointer mode)
{
    g_autofree char *reference = NULL;

    self->dir = kb_test_dir_new();
    g_autoptr (KbHome) other = kb_test_make_home (self->dir, "reference", "0.16");
    self->new_digest = digest_without_id (kb_home_get_database (other));
    self->home = kb_test_make_home (self->dir, "home", "0.19");
    self->dump = kb_test_fixture_dump (self->dir, "0.16");
    self->old_digest = digest_without_id (kb_home_get_database (self->home));
    if (mode != NULL)
        set_journal_mode (self->home, mode);
}

static void
fixture_tear_down (Fixture *self, G_GNUC_UNUSED gconstpointer mode)
{
    kb_home_unref (self->home);
    g_free (self->dump);
    g_free (self->old_digest);
    g_free (self->new_digest);
    kb_test_dir_free (self->dir);
}

static gboolean
is_new (const Fixture *self)
{
    g_autofree char *digest = digest_without_id (kb_home_get_database (self->home));

    if (g_strcmp0 (digest, self->new_digest) == 0)
        return TRUE;
    g_assert_cmpstr (digest, ==, self->old_digest);
    return FALSE;
}

static void
assert_integrity (const KbHome *home)
{
    g_autofree char *output = NULL;

    g_assert_cmpint (
        kb_test_run_shell (kb_home_get_database (home), "PRAGMA integrity_check", &output), ==, 0);
    g_assert_cmpstr (g_strchomp (output), ==, "ok");
}

static void
test_brings_back (Fixture *self, G_GNUC_UNUSED gconstpointer mode)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (KbRestoreResult) result = restore (self->home, self->dump, NULL, &error);
    gint64 n_current;

    g_assert_no_error (error);
    g_assert_cmpstr (result->version, ==, "0.16.2");
    g_assert_true (is_new (self));
    assert_integrity (self->home);
    assert_no_leftovers (self->home);
    g_autofree char *version = kb_home_read_data_version (self->home);
    g_assert_cmpstr (version, ==, "0.16.2");

    g_autoptr (KbSqlite) db =
        kb_sqlite_open_for_reading (kb_home_get_database (self->home), &error);
    g_assert_no_error (error);
    kb_test_assert_ok (
        kb_sqlite_query_int64 (db, "SELECT count(*) FROM morango_databaseidmodel WHERE current=1",
                               &n_current, &error),
        error);
    g_assert_cmpint (n_current, ==, 1);

    g_autoptr (KbKept) kept = kb_kept_load (self->home, result->kept, &error);
    g_assert_no_error (error);
    g_autofree char *kept_digest = digest_without_id (kept->database);
    g_assert_cmpstr (kept_digest, ==, self->old_digest);
    g_assert_cmpstr (kept->data_version, ==, "0.19.5");
    g_assert_cmpint (kept->summary->learners, ==, 39);
    g_assert_false (kept->was_damaged);
}

/* A second process may neither read nor write after any step from 4 to 6: the laws of POSIX
 * locks. */
static void
test_nobody_else_gets_in (Fixture *self, G_GNUC_UNUSED gconstpointer mode)
{
    g_autoptr (GError) error = NULL;
    Plan plan = {.step = KB_REPLACE_RELEASED, .database = kb_home_get_database (self->home)};
    g_autoptr (KbRestoreResult) result = restore (self->home, self->dump, &plan, &error);

    g_assert_no_error (error);
    g_assert_nonnull (result);
    g_assert_cmpuint (plan.n_refused, ==, KB_REPLACE_COMMITTED - KB_REPLACE_HELD + 1);
    g_assert_false (is_refused (kb_home_get_database (self->home), "CREATE TABLE later(a)"));
}

/* Failing before the commit changes nothing; failing after it changes nothing of the outcome. */
static void
test_fails_after_each_step (Fixture *self, G_GNUC_UNUSED gconstpointer mode)
{
    g_autofree char *before = kb_test_digest_home (self->home);

    for (unsigned step = 0; step < N_STEPS; step++) {
        g_autoptr (GError) error = NULL;
        Plan plan = {.step = (KbReplaceStep) step, .fail = TRUE};
        g_autoptr (KbRestoreResult) result = restore (self->home, self->dump, &plan, &error);
        assert_no_leftovers (self->home);
        assert_integrity (self->home);
        if (step < KB_REPLACE_COMMITTED) {
            g_autofree char *after = kb_test_digest_home (self->home);
            g_autoptr (GPtrArray) kept = kb_kept_list (self->home);
            g_assert_error (error, KB_ERROR, KB_ERROR_IO);
            g_assert_null (result);
            g_assert_cmpstr (before, ==, after);
            g_assert_cmpuint (kept->len, ==, 0);
        } else {
            g_autofree char *version = kb_home_read_data_version (self->home);
            g_assert_no_error (error);
            g_assert_nonnull (result);
            g_assert_true (is_new (self));
            g_assert_cmpstr (version, ==, "0.16.2");
        }
    }
}

static void
die_after (const Fixture *self, unsigned step)
{
    pid_t pid = fork();
    int status;

    if (pid == 0) {
        Plan plan = {.step = (KbReplaceStep) step, .die = TRUE};
        restore (self->home, self->dump, &plan, NULL);
        _exit (1);
    }
    g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
    g_assert_true (WIFEXITED (status));
    g_assert_cmpint (WEXITSTATUS (status), ==, 42);
}

/* Dying after any step leaves the database wholly old or wholly new, for whoever opens it next,
 * under a mark that is never newer than the data; recovery puts the rest right. */
static void
test_dies_after_each_step (Fixture *self, G_GNUC_UNUSED gconstpointer mode)
{
    for (unsigned step = 0; step < N_STEPS; step++) {
        g_autoptr (GError) error = NULL;
        KbRecovered recovered;
        gboolean expect_new = step >= KB_REPLACE_COMMITTED;

        die_after (self, step);
        assert_integrity (self->home);
        g_assert_cmpint (is_new (self), ==, expect_new);
        g_autofree char *mark = kb_home_read_data_version (self->home);
        if (step != KB_REPLACE_MARKED && step != KB_REPLACE_COMMITTED)
            g_assert_cmpstr (mark, ==, expect_new ? "0.16.2" : "0.19.5");
        else
            g_assert_cmpstr (mark, ==, "0.16.2"); /* the lower one on both sides of the commit */

        kb_test_assert_ok (kb_recover_run (self->home, &recovered, &error), error);
        g_assert_cmpint (recovered.kind, ==,
                         expect_new ? KB_RECOVERED_NEW_DATA : KB_RECOVERED_OLD_DATA);
        assert_no_leftovers (self->home);
        g_assert_cmpint (is_new (self), ==, expect_new);
        g_autofree char *version = kb_home_read_data_version (self->home);
        g_assert_cmpstr (version, ==, expect_new ? "0.16.2" : "0.19.5");
        g_autoptr (GPtrArray) kept = kb_kept_list (self->home);
        g_assert_cmpuint (kept->len, ==, expect_new ? 1 : 0);
        kb_test_assert_ok (kb_recover_run (self->home, &recovered, &error), error);
        g_assert_cmpint (recovered.kind, ==, KB_RECOVERED_NOTHING);
        if (expect_new) { /* once more from the start */
            fixture_tear_down (self, mode);
            fixture_set_up (self, mode);
        }
    }
}

/* What cannot be opened is moved aside as it is, and nothing of it comes back. */
static void
test_damaged_database (Fixture *self, G_GNUC_UNUSED gconstpointer mode)
{
    const char *database = kb_home_get_database (self->home);
    g_autofree char *wal = g_strconcat (database, "-wal", NULL);
    g_autoptr (GError) error = NULL;

    kb_test_write (database, "rubbish rubbish rubbish", 23);
    kb_test_write (wal, "a log of what was there", 23);
    g_autoptr (KbRestoreResult) result = restore (self->home, self->dump, NULL, &error);
    g_assert_no_error (error);
    g_assert_true (result->was_damaged);
    g_assert_true (is_new (self));
    assert_no_leftovers (self->home);

    g_autoptr (KbKept) kept = kb_kept_load (self->home, result->kept, &error);
    g_assert_no_error (error);
    g_autofree char *kept_wal = g_strconcat (kept->database, "-wal", NULL);
    g_autofree char *text = NULL;
    g_autofree char *wal_text = NULL;
    g_assert_true (g_file_get_contents (kept->database, &text, NULL, NULL));
    g_assert_true (g_file_get_contents (kept_wal, &wal_text, NULL, NULL));
    g_assert_cmpstr (text, ==, "rubbish rubbish rubbish");
    g_assert_cmpstr (wal_text, ==, "a log of what was there");
    g_assert_true (kept->was_damaged);
}

static void
test_damaged_database_and_dying (Fixture *self, gconstpointer mode)
{
    const KbReplaceStep steps[] = {KB_REPLACE_KEPT, KB_REPLACE_MARKED, KB_REPLACE_COMMITTED,
                                   KB_REPLACE_TIDIED};

    for (gsize i = 0; i < G_N_ELEMENTS (steps); i++) {
        const char *database = kb_home_get_database (self->home);
        g_autofree char *wal = g_strconcat (database, "-wal", NULL);
        g_autofree char *text = NULL;
        g_autofree char *wal_text = NULL;
        g_autoptr (GError) error = NULL;
        KbRecovered recovered;

        kb_test_write (database, "rubbish", 7);
        kb_test_write (wal, "log", 3);
        die_after (self, steps[i]);
        kb_test_assert_ok (kb_recover_run (self->home, &recovered, &error), error);
        assert_no_leftovers (self->home);
        if (steps[i] >= KB_REPLACE_COMMITTED) {
            g_assert_true (is_new (self));
            g_assert_false (g_file_test (wal, G_FILE_TEST_EXISTS));
        } else {
            g_assert_true (g_file_get_contents (database, &text, NULL, NULL));
            g_assert_true (g_file_get_contents (wal, &wal_text, NULL, NULL));
            g_assert_cmpstr (text, ==, "rubbish");
            g_assert_cmpstr (wal_text, ==, "log");
        }
        g_autofree char *version = kb_home_read_data_version (self->home);
        g_assert_cmpstr (version, ==, steps[i] >= KB_REPLACE_COMMITTED ? "0.16.2" : "0.19.5");
        fixture_tear_down (self, mode);
        fixture_set_up (self, mode);
    }
}

/* The log of somebody who was killed belongs to the old data: it is kept, and never met again. */
static void
test_hot_wal (Fixture *self, G_GNUC_UNUSED gconstpointer mode)
{
    const char *database = kb_home_get_database (self->home);
    pid_t pid = fork();
    g_autoptr (GError) error = NULL;
    int status;

    if (pid == 0) {
        KbSqlite *db = kb_sqlite_open (database, SQLITE_OPEN_READWRITE, NULL);
        kb_sqlite_exec (db,
                        "PRAGMA journal_mode=WAL; CREATE TABLE hot(a);"
                        "INSERT INTO hot VALUES('only in the log')",
                        NULL);
        _exit (0); /* without closing: the log stays */
    }
    g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
    g_autoptr (KbRestoreResult) result = restore (self->home, self->dump, NULL, &error);
    g_assert_no_error (error);
    g_assert_true (is_new (self));

    g_autoptr (KbKept) kept = kb_kept_load (self->home, result->kept, &error);
    g_assert_no_error (error);
    g_autofree char *output = NULL;
    g_assert_cmpint (kb_test_run_shell (kept->database, "SELECT a FROM hot", &output), ==, 0);
    g_assert_cmpstr (g_strchomp (output), ==, "only in the log");
}

static void
test_other_page_size (Fixture *self, G_GNUC_UNUSED gconstpointer mode)
{
    g_autofree char *output = NULL;
    g_autofree char *size = NULL;
    g_autoptr (GError) error = NULL;
    const char *database = kb_home_get_database (self->home);

    g_assert_cmpint (kb_test_run_shell (database,
                                        "PRAGMA journal_mode=DELETE; PRAGMA page_size=8192; VACUUM;"
                                        "PRAGMA journal_mode=WAL",
                                        &output),
                     ==, 0);
    g_autoptr (KbRestoreResult) result = restore (self->home, self->dump, NULL, &error);
    g_assert_no_error (error);
    g_assert_true (is_new (self));
    g_assert_cmpint (kb_test_run_shell (database, "PRAGMA page_size", &size), ==, 0);
    g_assert_cmpstr (g_strchomp (size), ==, "8192");
}

/* KOLIBRI_HOME may hold a link: the link stays, and the file behind it is restored. */
static void
test_database_behind_a_link (Fixture *self, G_GNUC_UNUSED gconstpointer mode)
{
    g_autofree char *elsewhere = kb_test_dir_file (self->dir, "other-disk");
    g_autofree char *real = g_build_filename (elsewhere, "real.sqlite3", NULL);
    g_autofree char *link = g_build_filename (kb_home_get_path (self->home), "db.sqlite3", NULL);
    g_autofree char *path = g_strdup (kb_home_get_path (self->home));
    g_autoptr (GError) error = NULL;

    g_assert_cmpint (g_mkdir (elsewhere, 0755), ==, 0);
    g_assert_cmpint (g_rename (link, real), ==, 0);
    g_assert_cmpint (symlink (real, link), ==, 0);
    kb_home_unref (self->home);
    self->home = kb_home_open (path, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (kb_home_get_database (self->home), ==, real);
    g_autoptr (KbRestoreResult) result = restore (self->home, self->dump, NULL, &error);
    g_assert_no_error (error);
    g_assert_true (is_new (self));
    g_assert_true (g_file_test (link, G_FILE_TEST_IS_SYMLINK));
}

static void
test_cancelled_before_the_commit (Fixture *self, G_GNUC_UNUSED gconstpointer mode)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (GCancellable) cancellable = g_cancellable_new();
    g_autofree char *before = kb_test_digest_home (self->home);
    const KbRestoreOptions options = {.home = self->home, .file = self->dump};

    g_cancellable_cancel (cancellable);
    g_assert_null (kb_restore_run (&options, NULL, cancellable, &error));
    g_assert_true (kb_error_is_cancelled (error));
    g_autofree char *after = kb_test_digest_home (self->home);
    g_assert_cmpstr (before, ==, after);
    assert_no_leftovers (self->home);
}

/* A server that starts while we are at it is noticed as long as nothing has changed. */
static void
test_server_comes_after_each_step (Fixture *self, G_GNUC_UNUSED gconstpointer mode)
{
    g_autofree char *before = kb_test_digest_home (self->home);
    g_autofree char *pid_file =
        g_build_filename (kb_home_get_path (self->home), "server.pid", NULL);

    for (unsigned step = 0; step <= KB_REPLACE_MARKED; step++) {
        g_autoptr (GError) error = NULL;
        Plan plan = {.step = (KbReplaceStep) step, .pid_file = pid_file};
        g_assert_null (restore (self->home, self->dump, &plan, &error));
        g_assert_error (error, KB_ERROR, KB_ERROR_BUSY);
        kill (plan.server, SIGKILL);
        g_assert_cmpint (waitpid (plan.server, NULL, 0), ==, plan.server);
        g_assert_cmpint (g_remove (pid_file), ==, 0);
        g_autofree char *after = kb_test_digest_home (self->home);
        g_assert_cmpstr (before, ==, after);
        assert_no_leftovers (self->home);
    }
}

int
main (int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*test) (Fixture *, gconstpointer);
    } cases[] = {
        {"brings-back", test_brings_back},
        {"nobody-else-gets-in", test_nobody_else_gets_in},
        {"fails-after-each-step", test_fails_after_each_step},
        {"dies-after-each-step", test_dies_after_each_step},
        {"damaged-database", test_damaged_database},
        {"damaged-database-and-dying", test_damaged_database_and_dying},
        {"hot-wal", test_hot_wal},
        {"other-page-size", test_other_page_size},
        {"database-behind-a-link", test_database_behind_a_link},
        {"server-comes-after-each-step", test_server_comes_after_each_step},
        {"cancelled-before-the-commit", test_cancelled_before_the_commit},
    };
    static const char *const modes[] = {"wal", "delete"};

    g_test_init (&argc, &argv, NULL);
    for (gsize m = 0; m < G_N_ELEMENTS (modes); m++)
        for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
            g_autofree char *path = g_strdup_printf ("/restore/%s/%s", modes[m], cases[i].name);
            g_test_add (path, Fixture, modes[m], fixture_set_up, cases[i].test, fixture_tear_down);
        }
    return g_test_run();
}
