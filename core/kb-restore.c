/* SPDX-License-Identifier: MIT */
#include "kb-restore.h"

#include "kb-error.h"
#include "kb-file.h"
#include "kb-load.h"
#include "kb-morango.h"
#include "kb-recover.h"
#include "kb-version.h"

typedef struct {
    const KbRestoreOptions *options;
    KbProgress *progress;
    GCancellable *cancellable;

    KbOwner owner;
    char *installed_version; /* NULL: no program found */
    char *data_version;      /* NULL: unknown */
} Run;

static void
run_clear (Run *self)
{
    g_free (self->installed_version);
    g_free (self->data_version);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Run, run_clear)

/**
 * kb_restore_result_free:
 * @self: (nullable) (transfer full): a result
 */
void
kb_restore_result_free (KbRestoreResult *self)
{
    if (self == NULL)
        return;
    g_free (self->version);
    kb_summary_free (self->summary);
    g_free (self->kept);
    g_free (self);
}

/* The database in use is no backup of itself; and to open it here would drop the locks of every
 * connection that this process has on it. */
static gboolean
refuse_live_file (const KbHome *home, const char *file, GError **error)
{
    if (!kb_file_is_same (file, kb_home_get_database (home)))
        return TRUE;
    g_set_error (error, KB_ERROR, KB_ERROR_UNSUPPORTED, "restore: %s: this is the data in use",
                 file);
    return FALSE;
}

/**
 * kb_restore_needs_consent:
 * @version: (nullable): the version of a backup
 * @installed_version: (nullable): the version of the program, where one was found
 * @data_version: (nullable): the version of the data in use
 *
 * Says whether the person has to be warned before a restore, because the backup is newer than the
 * data and there is no program to compare with: `accept_newer` in #KbRestoreOptions.
 *
 * Returns: %TRUE if so
 */
gboolean
kb_restore_needs_consent (const char *version,
                          const char *installed_version,
                          const char *data_version)
{
    return installed_version == NULL && data_version != NULL &&
           kb_version_compare_release (version, data_version) > 0;
}

static gboolean
refuse_newer (Run *self, const KbLoaded *loaded, GError **error)
{
    if (loaded->version != NULL)
        return kb_replace_refuse_newer (loaded->version, self->installed_version,
                                        self->data_version, self->options->accept_newer, error);
    kb_error_set_version (error, KB_ERROR_TOO_NEW, NULL,
                          "restore: nothing in the backup says which Kolibri it needs");
    return FALSE;
}

/* Scratch and log of the new data, the old data once more: design.md §4, step 1. */
static gboolean
find_space (Run *self, GError **error)
{
    const char *database = kb_home_get_database (self->options->home);
    g_autofree char *dir = g_path_get_dirname (database);
    uint64_t new_bytes = kb_load_estimate (self->options->file);

    return kb_file_require_space (
        dir, 2 * new_bytes + kb_file_size (database) + KB_FILE_SPACE_RESERVE, error);
}

/* Pages are copied as they are, so the new database gets the page size of the one in use. One that
 * cannot be read leaves the choice to the backup. */
static unsigned
read_page_size (const KbHome *home)
{
    gint64 page_size = 0;

    if (!kb_home_has_database (home) || kb_file_size (kb_home_get_database (home)) == 0)
        return 0;
    g_autoptr (KbSqlite) db = kb_sqlite_open_for_reading (kb_home_get_database (home), NULL);
    if (db == NULL || !kb_sqlite_query_int64 (db, "PRAGMA schema_version", &page_size, NULL) ||
        !kb_sqlite_query_int64 (db, "PRAGMA page_size", &page_size, NULL))
        return 0;
    return (unsigned) page_size;
}

static KbLoaded *
load (Run *self, GError **error)
{
    const KbHome *home = self->options->home;
    const KbLoadOptions options = {
        .file = self->options->file,
        .follow_links = !self->options->from_catalog,
        .scratch = kb_home_get_scratch (home),
        .page_size = read_page_size (home),
        .owner = &self->owner,
    };

    return kb_load_backup (&options, self->progress, self->cancellable, error);
}

/* Going back in time needs a new database id (facts, 5.5), which also tells old from new after a
 * crash. */
static char *
add_new_id (KbSqlite *db, GError **error)
{
    g_autoptr (GError) local = NULL;
    char *id = kb_morango_add_current_id (db, &local);

    if (local != NULL)
        g_propagate_error (error, g_steal_pointer (&local));
    else if (id == NULL)
        g_set_error (error, KB_ERROR, KB_ERROR_UNSUPPORTED,
                     "restore: the backup is of a Kolibri before 0.4");
    return id;
}

static KbRestoreResult *
replace (Run *self, KbLoaded *loaded, const char *new_id, GError **error)
{
    const KbReplaceOptions options = {
        .home = self->options->home,
        .owner = &self->owner,
        .source = kb_home_get_scratch (self->options->home),
        .new_version = loaded->version,
        .new_id = new_id,
        .stop_kolibri = self->options->stop_kolibri,
        .hook = self->options->hook,
        .hook_data = self->options->hook_data,
    };
    KbReplaceResult replaced;

    if (!kb_replace_run (&options, &replaced, self->progress, self->cancellable, error))
        return NULL;

    KbRestoreResult *result = g_new0 (KbRestoreResult, 1);
    result->version = g_strdup (loaded->version);
    result->version_is_disputed = loaded->version_is_disputed;
    result->will_upgrade = self->installed_version != NULL &&
                           g_strcmp0 (loaded->version, self->installed_version) != 0;
    result->summary = kb_summary_copy (loaded->summary);
    result->kept = replaced.kept;
    result->was_damaged = replaced.was_damaged;
    result->kolibri_was_stopped = replaced.kolibri_was_stopped;
    result->kolibri_was_started = replaced.kolibri_was_started;
    kb_progress_set (self->progress, KB_PHASE_DONE, 1, 1);
    return result;
}

static KbRestoreResult *
run_locked (Run *self, GError **error)
{
    g_autoptr (KbLoaded) loaded = load (self, error);
    g_autofree char *new_id = NULL;

    if (loaded == NULL || !refuse_newer (self, loaded, error))
        return NULL;
    new_id = add_new_id (loaded->db, error);
    if (new_id == NULL)
        return NULL;
    g_clear_pointer (&loaded->db, kb_sqlite_close);
    return replace (self, loaded, new_id, error);
}

/**
 * kb_restore_run:
 * @options: what to restore, and where
 * @progress: (nullable): counts bytes, then pages
 * @cancellable: (nullable): looked at about every millisecond, until just before the commit
 * @error: return location for a #GError
 *
 * Restores a backup: refuses what cannot work; loads it into a database beside the one in use and
 * checks it; keeps the data in use; copies the new data in as one synced transaction. It happens
 * completely or not at all (design.md §4). Blocks; call it from a worker thread.
 *
 * Errors: %KB_ERROR_UNSUPPORTED for PostgreSQL, %KB_ERROR_PERMISSION when the data belongs to
 * another user, %KB_ERROR_BUSY when Kolibri runs or somebody has the database open,
 * %KB_ERROR_TOO_NEW when the backup needs a newer Kolibri, %KB_ERROR_NOT_A_BACKUP,
 * %KB_ERROR_CORRUPT when the backup is damaged, %KB_ERROR_NOT_FOUND, %KB_ERROR_NO_SPACE,
 * %KB_ERROR_IO, %G_IO_ERROR_CANCELLED. With any of them the old data is in use, unchanged.
 *
 * Returns: (transfer full): what happened
 */
KbRestoreResult *
kb_restore_run (const KbRestoreOptions *options,
                KbProgress *progress,
                GCancellable *cancellable,
                GError **error)
{
    static const KbPhaseWeight plan[] = {
        {KB_PHASE_PREPARING, 1},  {KB_PHASE_LOADING, 52}, {KB_PHASE_CHECKING, 8},
        {KB_PHASE_STOPPING, 3},   {KB_PHASE_KEEPING, 10}, {KB_PHASE_REPLACING, 17},
        {KB_PHASE_COMMITTING, 6}, {KB_PHASE_STARTING, 3},
    };
    g_auto (Run) self = {.options = options, .progress = progress, .cancellable = cancellable};
    KbRecovered recovered;

    kb_progress_plan (progress, plan, G_N_ELEMENTS (plan));
    kb_progress_set (progress, KB_PHASE_PREPARING, 0, 0);
    if (!refuse_live_file (options->home, options->file, error))
        return NULL;
    g_autoptr (KbLock) lock = kb_replace_enter (options->home, &self.owner, error);
    if (lock == NULL ||
        !kb_replace_refuse_hopeless (options->home, options->stop_kolibri, cancellable, error) ||
        !find_space (&self, error))
        return NULL;

    self.installed_version = kb_home_find_program_version (options->home);
    if (!kb_home_load_data_version (options->home, &self.data_version, error))
        return NULL;
    KbRestoreResult *result = run_locked (&self, error);
    if (result == NULL) /* what was loaded is of no use */
        kb_recover_locked (options->home, &self.owner, &recovered, NULL);
    return result;
}
