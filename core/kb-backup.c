/* SPDX-License-Identifier: MIT */
#include "kb-backup.h"

#include "kb-backup-name.h"
#include "kb-backup-notes.h"
#include "kb-dump-reader.h"
#include "kb-dump-writer.h"
#include "kb-error.h"
#include "kb-file.h"
#include "kb-lock.h"
#include "kb-migrations.h"
#include "kb-recover.h"
#include "kb-summary-reader.h"

#define NAME_TRIES 30
#define STATEMENTS_BETWEEN_CHECKS 1024

/* A backup on its way. */
typedef struct {
    const KbBackupOptions *options;
    KbProgress *progress;
    GCancellable *cancellable;

    KbOwner owner;
    const char *part_folder; /* where the unfinished file is */
    char *part;
    KbHeader *header;
    KbFooter *footer;
} Run;

static void
run_clear (Run *self)
{
    g_free (self->part);
    kb_header_free (self->header);
    kb_footer_free (self->footer);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Run, run_clear)

/**
 * kb_backup_result_free:
 * @self: (nullable) (transfer full): a result
 */
void
kb_backup_result_free (KbBackupResult *self)
{
    if (self == NULL)
        return;
    g_free (self->path);
    g_free (self->name);
    g_free (self->version);
    kb_summary_free (self->summary);
    g_free (self);
}

/* Used pages bound the length of the text: indexes take more than quotes and commas do. */
static gboolean
find_space (Run *self, KbSqlite *db, GError **error)
{
    gint64 used_bytes;

    return kb_sqlite_query_int64 (db,
                                  "SELECT (page_count - freelist_count) * page_size FROM "
                                  "pragma_page_count, pragma_freelist_count, pragma_page_size",
                                  &used_bytes, error) &&
           kb_file_require_space (self->part_folder, (uint64_t) used_bytes + KB_FILE_SPACE_RESERVE,
                                  error);
}

/* The version of the data, never that of the installed program (design.md §3). */
static char *
find_version (const KbHome *home, KbSqlite *db, GError **error)
{
    g_autoptr (GError) local = NULL;
    gboolean has_unknown;
    char *version;

    if (!kb_home_load_data_version (home, &version, error) || version != NULL)
        return version;
    version = kb_migrations_find_version (db, &has_unknown, &local);
    if (version == NULL && local != NULL)
        g_propagate_error (error, g_steal_pointer (&local));
    else if (version == NULL)
        g_set_error (error, KB_ERROR, KB_ERROR_UNSUPPORTED,
                     "back up: %s: neither .data_version nor django_migrations says the version",
                     kb_home_get_path (home));
    return version;
}

/* Within the snapshot: what the first line says. */
static gboolean
read_header (Run *self, KbSqlite *db, GError **error)
{
    KbHeader *header = kb_header_new();

    self->header = header;
    header->time = g_date_time_new_now_local();
    header->origin = KB_ORIGIN_MANUAL;
    header->program_version = g_strdup (self->options->program_version);
    kb_summary_free (header->summary);
    header->summary = kb_summary_read (db, error);
    if (header->summary == NULL)
        return FALSE;
    header->kolibri_version = find_version (self->options->home, db, error);
    if (header->kolibri_version == NULL || !kb_dump_describe (db, header, error))
        return FALSE;
    if (kb_summary_is_kolibri (db))
        return TRUE;
    /* A restore by Kolibri itself that failed leaves an empty file (facts, 0.2). */
    g_set_error (error, KB_ERROR, KB_ERROR_NOT_FOUND, "back up: %s: no tables of Kolibri",
                 kb_home_get_database (self->options->home));
    return FALSE;
}

/* The snapshot ends with the last row: a reader that stays makes Kolibri's log grow. */
static gboolean
write_dump (Run *self, int fd, GError **error)
{
    const char *database = kb_home_get_database (self->options->home);
    g_autoptr (KbSnapshot) snapshot =
        kb_snapshot_open (database, kb_snapshot_useful_readers(), self->cancellable, error);

    return snapshot != NULL && find_space (self, snapshot->readers[0], error) &&
           read_header (self, snapshot->readers[0], error) &&
           kb_dump_write (snapshot, self->header, fd, self->part, &self->footer, self->progress,
                          error);
}

static gboolean
write_part (Run *self, GError **error)
{
    gboolean at_home = self->options->folder == NULL;
    g_auto (KbFd) fd = kb_platform_create (self->part, at_home ? &self->owner : NULL, error);

    if (fd >= 0 && !at_home) /* a USB drive may know no owners */
        kb_platform_give_to_owner (self->part, &self->owner, NULL);
    if (fd < 0 || !write_dump (self, fd, error))
        return FALSE;
    kb_progress_set (self->progress, KB_PHASE_SYNCING, 0, 0);
    if (!kb_platform_sync_fd (fd, self->part, error))
        return FALSE;
    kb_platform_drop_cache (fd);
    return TRUE;
}

static gboolean
count_rows (Run *self, KbDumpReader *reader, KbFooter *counted, GError **error)
{
    const KbSource *source = kb_dump_reader_get_source (reader);
    KbStatement statement;
    uint64_t n = 0;

    do {
        if (n++ % STATEMENTS_BETWEEN_CHECKS == 0) {
            if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
                return FALSE;
            kb_progress_set (self->progress, KB_PHASE_CHECKING, kb_source_get_position (source),
                             kb_source_get_size (source));
        }
        if (!kb_dump_reader_next (reader, &statement, error))
            return FALSE;
        if (statement.type == KB_STATEMENT_INSERT)
            kb_footer_count_row (counted, statement.table);
    } while (statement.type != KB_STATEMENT_END);
    return TRUE;
}

/* Reads back what the disk has: checksum, every statement, rows per table against those counted
 * while writing. */
static gboolean
check_part (Run *self, GError **error)
{
    KbSource *source = kb_source_open (self->part, FALSE, error);
    g_autoptr (KbDumpReader) reader = source != NULL ? kb_dump_reader_new (source, error) : NULL;
    g_autoptr (KbFooter) counted = kb_footer_new();

    if (reader == NULL || !count_rows (self, reader, counted, error))
        return FALSE;
    const KbFooter *read_back = kb_dump_reader_get_footer (reader);
    if (read_back == NULL || !kb_footer_equal (read_back, self->footer) ||
        !kb_footer_rows_fit (self->footer, counted)) {
        g_set_error (error, KB_ERROR, KB_ERROR_IO,
                     "check: %s: the disk gives back something else than was written", self->part);
        return FALSE;
    }
    return TRUE;
}

/* Names are of a second; two backups within one get two. */
static KbNaming
publish_with_time (Run *self, KbBackupResult *result, const char *folder, GError **error)
{
    g_autoptr (GDateTime) now = g_date_time_new_now_local();

    g_free (result->name);
    g_free (result->path);
    result->name = kb_backup_name_format (self->header->kolibri_version, now);
    result->path = g_build_filename (folder, result->name, NULL);
    return kb_platform_publish (self->part, result->path, error);
}

static gboolean
publish_in_folder (Run *self, KbBackupResult *result, const char *folder, GError **error)
{
    KbNaming naming = KB_NAMING_EXISTS;

    for (int i = 0; i < NAME_TRIES && naming == KB_NAMING_EXISTS; i++) {
        if (i > 0)
            g_usleep (G_USEC_PER_SEC / 4);
        if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
            return FALSE;
        naming = publish_with_time (self, result, folder, error);
    }
    if (naming == KB_NAMING_EXISTS)
        g_set_error (error, KB_ERROR, KB_ERROR_IO, "publish: %s: no free name", folder);
    return naming == KB_NAMING_DONE;
}

/* A second name in our own folder. A backup without it is a backup all the same. */
static gboolean
protect (const Run *self, const char *path, const char *protected_path)
{
    return kb_file_link_or_copy (path, protected_path, &self->owner, NULL, NULL) == KB_NAMING_DONE;
}

static gboolean
publish (Run *self, KbBackupResult *result, GError **error)
{
    const KbHome *home = self->options->home;
    gboolean at_home = self->options->folder == NULL;
    const char *folder = at_home ? kb_home_get_backups_dir (home) : self->options->folder;

    if (!publish_in_folder (self, result, folder, error))
        return FALSE;
    g_autofree char *protected_path =
        g_build_filename (kb_home_get_protected_dir (home), result->name, NULL);
    result->is_protected = at_home && protect (self, result->path, protected_path);
    if (kb_platform_sync_dir (folder, error) &&
        (!at_home || kb_file_sync_parent (protected_path, error)))
        return TRUE;
    kb_platform_remove (result->path, NULL); /* the disk may not have the name */
    if (result->is_protected)
        kb_platform_remove (protected_path, NULL);
    return FALSE;
}

/* A convenience: that they cannot be written is no failure of the backup. */
static void
write_notes (Run *self, const KbBackupResult *result)
{
    g_autoptr (KbBackupNotes) notes = kb_backup_notes_load (self->options->home, result->name);
    KbFileStamp stamp;

    if (!kb_file_stamp_read (result->path, &stamp))
        return;
    kb_backup_notes_set_checked (notes, "ok", &stamp);
    if (self->options->note != NULL) {
        g_free (notes->note);
        notes->note = kb_backup_notes_clean (self->options->note);
    }
    kb_backup_notes_save (notes, self->options->home, result->name, &self->owner, NULL);
}

static KbBackupResult *
run_locked (Run *self, GError **error)
{
    g_autoptr (KbBackupResult) result = g_new0 (KbBackupResult, 1);
    g_autofree char *uuid = g_uuid_string_random();
    g_autofree char *base = g_strconcat ("kolibri-backup-", uuid, ".dump" KB_PART_SUFFIX, NULL);

    self->part = g_build_filename (self->part_folder, base, NULL);
    if (!write_part (self, error) || !check_part (self, error) || !publish (self, result, error)) {
        kb_platform_remove (self->part, NULL);
        return NULL;
    }
    if (self->options->folder == NULL)
        write_notes (self, result);
    result->version = g_strdup (self->header->kolibri_version);
    result->summary = kb_summary_copy (self->header->summary);
    result->size_bytes = kb_file_size (result->path);
    result->is_too_long_for_kolibri = result->size_bytes > KB_KOLIBRI_MAX_DUMP_BYTES;
    kb_progress_set (self->progress, KB_PHASE_DONE, 1, 1);
    return g_steal_pointer (&result);
}

static gboolean
check_options (Run *self, GError **error)
{
    const KbHome *home = self->options->home;
    const char *folder = self->options->folder;

    if (!kb_home_check_usable (home, error))
        return FALSE;
    if (!kb_home_has_database (home)) {
        g_set_error (error, KB_ERROR, KB_ERROR_NOT_FOUND, "back up: %s: no database",
                     kb_home_get_database (home));
        return FALSE;
    }
    if (folder != NULL && !g_file_test (folder, G_FILE_TEST_IS_DIR)) {
        g_set_error (error, KB_ERROR, KB_ERROR_NOT_FOUND, "back up: %s: no such folder", folder);
        return FALSE;
    }
    return kb_home_read_owner (home, &self->owner, error);
}

/**
 * kb_backup_run:
 * @options: what to back up, and where to
 * @progress: (nullable): counts rows, then bytes
 * @cancellable: (nullable): looked at about every millisecond; a cancel leaves nothing behind
 * @error: return location for a #GError
 *
 * Backs up a database, be Kolibri running: finds the space, writes one moment of it as SQL text,
 * syncs, reads back and checks, and only then gives the file its name. Blocks; call it from a
 * worker thread.
 *
 * Errors: %KB_ERROR_NOT_FOUND when there is no database, none of Kolibri, or no folder,
 * %KB_ERROR_UNSUPPORTED for PostgreSQL and for data of no known version, %KB_ERROR_NO_SPACE,
 * %KB_ERROR_PERMISSION, %KB_ERROR_BUSY when another program of ours is at work, %KB_ERROR_CORRUPT
 * when the database is damaged, %KB_ERROR_IO, %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full): the backup
 */
KbBackupResult *
kb_backup_run (const KbBackupOptions *options,
               KbProgress *progress,
               GCancellable *cancellable,
               GError **error)
{
    static const KbPhaseWeight plan[] = {
        {KB_PHASE_PREPARING, 2},
        {KB_PHASE_WRITING, 60},
        {KB_PHASE_SYNCING, 13},
        {KB_PHASE_CHECKING, 25},
    };
    g_auto (Run) self = {.options = options, .progress = progress, .cancellable = cancellable};
    g_autoptr (KbLock) lock = NULL;
    KbRecovered recovered;

    kb_progress_plan (progress, plan, G_N_ELEMENTS (plan));
    kb_progress_set (progress, KB_PHASE_PREPARING, 0, 0);
    if (!check_options (&self, error))
        return NULL;
    if (options->folder != NULL) {
        self.part_folder = options->folder;
        return run_locked (&self, error);
    }
    self.part_folder = kb_home_get_protected_dir (options->home);
    lock = kb_lock_acquire (options->home, &self.owner, error);
    if (lock == NULL || !kb_recover_locked (options->home, &self.owner, &recovered, error))
        return NULL;
    return run_locked (&self, error);
}
