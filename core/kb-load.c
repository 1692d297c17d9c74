/* SPDX-License-Identifier: MIT */
#include "kb-load.h"

#include "kb-backup-name.h"
#include "kb-dump-functions.h"
#include "kb-dump-load.h"
#include "kb-dump-middle.h"
#include "kb-error.h"
#include "kb-file.h"
#include "kb-migrations.h"
#include "kb-scratch.h"
#include "kb-source.h"
#include "kb-summary-reader.h"
#include "kb-version.h"

#include <string.h>

/* How far a database may outgrow its backup: SQL text of Kolibri loads to 1.3 times its size, of
 * tiny rows with many indexes to 5 times; a gzip file may hold twenty times its size of text. */
#define MAX_GROWTH 20
#define COMPRESSED_GROWTH 20
#define GROWTH_ALLOWANCE (64 * 1024 * 1024)

/* No value of a database is longer than its file; small ones get that much. */
#define BINARY_LENGTH_FLOOR (128 * 1024)

/* What one thread loads in a tenth of a second. */
#define SMALLEST_SHARED_BYTES (8 * 1024 * 1024)

/* What a database takes on average, for finding the space. */
#define TYPICAL_GROWTH_PERCENT 150
#define TYPICAL_COMPRESSED_GROWTH 12

#define PAGE_ERROR "unable to get the page. error code="

static const char *const journal_suffixes[] = {"-wal", "-journal"};

/**
 * kb_loaded_free:
 * @self: (nullable) (transfer full): a loaded backup
 *
 * Closes its database, and removes what was made for a check alone.
 */
void
kb_loaded_free (KbLoaded *self)
{
    if (self == NULL)
        return;
    kb_sqlite_close (self->db);
    kb_header_free (self->header);
    g_free (self->version);
    kb_summary_free (self->summary);
    if (self->temp_dir != NULL) {
        g_autofree char *path = g_build_filename (self->temp_dir, "db.sqlite3", NULL);
        for (size_t i = 0; i < G_N_ELEMENTS (journal_suffixes); i++) {
            g_autofree char *journal = g_strconcat (path, journal_suffixes[i], NULL);
            kb_platform_remove (journal, NULL);
        }
        kb_platform_remove (path, NULL);
        kb_platform_remove (self->temp_dir, NULL);
        g_free (self->temp_dir);
    }
    g_free (self);
}

/**
 * kb_load_estimate:
 * @file: a backup
 *
 * Estimates how large its database will be, for finding the space before the work.
 *
 * Returns: bytes
 */
uint64_t
kb_load_estimate (const char *file)
{
    g_autoptr (KbSource) source = kb_source_open (file, TRUE, NULL);
    if (source == NULL)
        return 0;

    uint64_t size = kb_source_get_size (source);
    if (kb_source_is_compressed (source))
        size *= TYPICAL_COMPRESSED_GROWTH;
    if (kb_source_get_format (source) == KB_SOURCE_DATABASE)
        return size;
    return size / 100 * TYPICAL_GROWTH_PERCENT;
}

static uint64_t
largest_result (const KbSource *source)
{
    uint64_t size = kb_source_get_size (source);

    if (kb_source_is_compressed (source))
        size *= COMPRESSED_GROWTH;
    return size * MAX_GROWTH + GROWTH_ALLOWANCE;
}

static KbHeader *
copy_header (const KbHeader *header)
{
    KbHeader *copy = g_memdup2 (header, sizeof *header);

    copy->program_version = g_strdup (header->program_version);
    copy->kolibri_version = g_strdup (header->kolibri_version);
    copy->encoding = g_strdup (header->encoding);
    copy->summary = kb_summary_copy (header->summary);
    if (copy->time != NULL)
        g_date_time_ref (copy->time);
    return copy;
}

/* A folder for what is only checked and needs a name. */
static gboolean
make_temp_dir (KbLoaded *self, GError **error)
{
    g_autofree char *path =
        g_build_filename (kb_platform_temp_dir(), "kolibri-backup-XXXXXX", NULL);

    if (self->temp_dir != NULL)
        return TRUE;
    if (g_mkdtemp (path) == NULL) {
        g_set_error (error, KB_ERROR, KB_ERROR_PERMISSION, "create folder: %s", path);
        return FALSE;
    }
    self->temp_dir = g_steal_pointer (&path);
    return TRUE;
}

static gboolean
has_space_for_two (const KbLoadOptions *options)
{
    g_autofree char *dir = *options->scratch != '\0' ? g_path_get_dirname (options->scratch)
                                                     : g_strdup (kb_platform_temp_dir());

    return kb_file_require_space (dir, 2 * kb_load_estimate (options->file), NULL);
}

/* Starts a second thread where that gains time. */
static KbDumpSecond *
start_second (KbLoaded *self,
              const KbLoadOptions *options,
              uint64_t size_bytes,
              KbScratchOptions *scratch)
{
    guint n_threads = options->n_threads;

    if (n_threads == 0)
        n_threads = size_bytes >= SMALLEST_SHARED_BYTES ? g_get_num_processors() : 1;
    if (n_threads < 2 || !has_space_for_two (options))
        return NULL;
    uint64_t offset = kb_dump_find_middle (options->file, options->follow_links);
    if (offset == 0 || (*options->scratch == '\0' && !make_temp_dir (self, NULL)))
        return NULL;
    g_autofree char *path = self->temp_dir != NULL
                                ? g_build_filename (self->temp_dir, "db.sqlite3", NULL)
                                : g_strconcat (options->scratch, KB_LOAD_SECOND_SUFFIX, NULL);

    scratch->is_half = TRUE;
    KbDumpSecondOptions second = {
        .file = options->file,
        .follow_links = options->follow_links,
        .is_ours = self->header != NULL,
        .offset = offset,
        .scratch = *scratch,
    };
    second.scratch.path = path;
    return kb_dump_second_start (&second);
}

static KbDumpOutcome
load_text_once (KbLoaded *self,
                const KbLoadOptions *options,
                KbSource *source,
                KbProgress *progress,
                GCancellable *cancellable,
                GError **error)
{
    KbScratchOptions scratch = {
        .path = options->scratch,
        .max_bytes = largest_result (source),
        .owner = options->owner,
    };
    g_autoptr (KbDumpReader) reader = kb_dump_reader_new (source, error);

    if (reader == NULL)
        return KB_DUMP_FAILED;
    const KbHeader *header = kb_dump_reader_get_header (reader);
    if (header != NULL) {
        kb_header_free (self->header);
        self->header = copy_header (header);
        scratch.encoding = header->encoding;
        scratch.page_size = (unsigned) CLAMP (header->page_size, 0, 65536);
    }
    if (options->page_size != 0)
        scratch.page_size = options->page_size;

    g_autoptr (KbDumpSecond) second =
        start_second (self, options, kb_source_get_size (source), &scratch);
    self->db = kb_scratch_create (&scratch, error);
    if (self->db == NULL)
        return KB_DUMP_FAILED;
    KbDumpOutcome outcome =
        kb_dump_load_shared (reader, self->db, second, progress, cancellable, error);
    if (outcome != KB_DUMP_LOADED) /* it may have the other one open */
        g_clear_pointer (&self->db, kb_sqlite_close);
    return outcome;
}

static gboolean
load_text (KbLoaded *self,
           const KbLoadOptions *options,
           KbSource *source,
           KbProgress *progress,
           GCancellable *cancellable,
           GError **error)
{
    KbLoadOptions alone = *options;
    KbDumpOutcome outcome = load_text_once (self, options, source, progress, cancellable, error);

    if (outcome == KB_DUMP_RETRY) {
        alone.n_threads = 1;
        if (*alone.scratch != '\0' && !kb_platform_remove (alone.scratch, error))
            return FALSE;
        source = kb_source_open (alone.file, alone.follow_links, error);
        if (source == NULL)
            return FALSE;
        outcome = load_text_once (self, &alone, source, progress, cancellable, error);
    }
    return outcome == KB_DUMP_LOADED;
}

/* Copies a file that may be compressed. */
static gboolean
copy_source (KbSource *source,
             const char *path,
             const KbOwner *owner,
             KbProgress *progress,
             GCancellable *cancellable,
             GError **error)
{
    g_autofree char *buffer = g_malloc (256 * 1024);
    g_auto (KbFd) fd = kb_platform_create (path, owner, error);

    if (fd < 0)
        return FALSE;
    for (;;) {
        if (g_cancellable_set_error_if_cancelled (cancellable, error))
            return FALSE;
        gssize n = kb_source_read (source, buffer, 256 * 1024, error);
        if (n <= 0)
            return n == 0;
        if (!kb_file_write_all (fd, buffer, (size_t) n, path, error))
            return FALSE;
        kb_progress_set (progress, KB_PHASE_LOADING, kb_source_get_position (source),
                         kb_source_get_size (source));
    }
}

/* A log beside a copied database holds its newest rows, a journal what a crash left to undo. */
static gboolean
copy_journals (const KbLoadOptions *options,
               const char *copy,
               GCancellable *cancellable,
               GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS (journal_suffixes); i++) {
        g_autofree char *from = g_strconcat (options->file, journal_suffixes[i], NULL);
        g_autofree char *to = g_strconcat (copy, journal_suffixes[i], NULL);
        gboolean found;
        if (!kb_file_look (from, &found, error))
            return FALSE;
        if (!found)
            continue;
        g_autoptr (KbSource) source = kb_source_open (from, options->follow_links, error);
        if (source == NULL || !copy_source (source, to, options->owner, NULL, cancellable, error))
            return FALSE;
    }
    return TRUE;
}

/* A database of strangers: its schema comes with functions, and may make much of little. */
static KbSqlite *
open_copy (const char *path, GError **error)
{
    g_autofree char *wal = g_strconcat (path, "-wal", NULL);
    uint64_t size = kb_file_size (path) + kb_file_size (wal);
    g_autoptr (KbSqlite) db = kb_sqlite_open (path, SQLITE_OPEN_READWRITE, error);

    if (db == NULL || !kb_dump_functions_prepare (db, error))
        return NULL;
    kb_dump_functions_limit (db, MAX (size, BINARY_LENGTH_FLOOR));
    return g_steal_pointer (&db);
}

/* A copy of another page size could not be copied into the live database. */
static gboolean
change_page_size (KbLoaded *self, const char *path, unsigned page_size, GError **error)
{
    g_autofree char *part = g_strconcat (path, "-vacuum", NULL);
    gint64 present;

    if (page_size == 0 || !kb_sqlite_query_int64 (self->db, "PRAGMA page_size", &present, error))
        return page_size == 0;
    if (present == page_size)
        return TRUE;
    if (!kb_platform_remove (part, error) ||
        !kb_sqlite_execf (self->db, error, "PRAGMA page_size=%u; VACUUM INTO %Q", page_size, part))
        return FALSE;
    g_clear_pointer (&self->db, kb_sqlite_close);
    if (!kb_platform_replace (part, path, error))
        return FALSE;
    self->db = open_copy (path, error);
    return self->db != NULL;
}

static gboolean
load_binary (KbLoaded *self,
             const KbLoadOptions *options,
             KbSource *source,
             KbProgress *progress,
             GCancellable *cancellable,
             GError **error)
{
    g_autoptr (KbSource) owned = source;
    g_autofree char *path = g_strdup (options->scratch);

    self->is_binary = TRUE;
    if (*path == '\0') { /* bytes cannot be copied into a database without a name */
        if (!make_temp_dir (self, error))
            return FALSE;
        g_free (path);
        path = g_build_filename (self->temp_dir, "db.sqlite3", NULL);
    }
    if (!copy_source (source, path, options->owner, progress, cancellable, error) ||
        !copy_journals (options, path, cancellable, error))
        return FALSE;
    self->db = open_copy (path, error);
    if (self->db == NULL)
        return FALSE;
    kb_sqlite_watch_cancel (self->db, cancellable);
    return kb_sqlite_exec (self->db,
                           "PRAGMA synchronous=OFF; PRAGMA cell_size_check=ON;"
                           "PRAGMA journal_mode=DELETE;",
                           error) &&
           change_page_size (self, path, options->page_size, error);
}

/* A page that cannot be read is counted among the damage (sqlite3.c, checkTreePage). */
static gboolean
is_read_error (const char *verdict)
{
    const char *at = strstr (verdict, PAGE_ERROR);
    guint64 rc = at != NULL ? g_ascii_strtoull (at + strlen (PAGE_ERROR), NULL, 10) : 0;

    return (rc & 0xff) == SQLITE_IOERR || (rc & 0xff) == SQLITE_NOMEM;
}

/* What SQLite cannot do with the schema of a stranger is the file's fault. */
static void
blame_file (GError *error)
{
    if (g_error_matches (error, KB_ERROR, KB_ERROR_INTERNAL))
        error->code = KB_ERROR_CORRUPT;
}

/* What our loader built has sound pages by construction; of a copied file nothing is known. */
static gboolean
check_integrity (KbLoaded *self, KbProgress *progress, GCancellable *cancellable, GError **error)
{
    kb_progress_set (progress, KB_PHASE_CHECKING, 0, 0);
    kb_sqlite_watch_cancel (self->db, cancellable);
    g_autofree char *verdict = kb_sqlite_query_text (
        self->db, self->is_binary ? "PRAGMA integrity_check(1)" : "PRAGMA quick_check(1)", error);
    if (verdict == NULL) {
        blame_file (*error);
        return FALSE;
    }
    if (strcmp (verdict, "ok") != 0) {
        if (is_read_error (verdict))
            g_set_error (error, KB_ERROR, KB_ERROR_IO, "check: %s: %s",
                         sqlite3_db_filename (self->db, "main"), verdict);
        else
            g_set_error (error, KB_ERROR, KB_ERROR_CORRUPT, "check: %s", verdict);
        return FALSE;
    }
    if (!kb_summary_is_kolibri (self->db)) {
        g_set_error (error, KB_ERROR, KB_ERROR_NOT_A_BACKUP, "check: no tables of Kolibri");
        return FALSE;
    }
    return TRUE;
}

/* The first line of ours, else the name, else the rows; where they disagree, the lower one. */
static gboolean
find_version (KbLoaded *self, const char *file, GError **error)
{
    g_autofree char *base = g_path_get_basename (file);
    g_autoptr (KbBackupName) name = kb_backup_name_parse (base);
    g_autoptr (GError) local = NULL;
    g_autofree char *proven = kb_migrations_find_version (self->db, &self->has_unknown, &local);
    KbVersion parsed;

    if (local != NULL) {
        g_propagate_error (error, g_steal_pointer (&local));
        return FALSE;
    }
    if (self->header != NULL && self->header->kolibri_version != NULL)
        self->version = g_strdup (self->header->kolibri_version);
    else if (name != NULL && kb_version_parse (name->version, &parsed))
        self->version = g_strdup (name->version);
    if (self->version == NULL) {
        self->version = g_steal_pointer (&proven);
        return TRUE;
    }
    self->version_is_disputed = kb_migrations_contradict (proven, self->version);
    if (self->version_is_disputed && kb_version_compare_text (proven, self->version) < 0) {
        g_free (self->version);
        self->version = g_steal_pointer (&proven);
    }
    return TRUE;
}

/**
 * kb_load_backup:
 * @options: what to load, and where
 * @progress: (nullable): counts bytes of the file
 * @cancellable: (nullable): looked at about every millisecond
 * @error: return location for a #GError
 *
 * Loads a backup into a database of its own and checks it: text through the scanner and under the
 * authorizer, a copy of a database as a copy with its log; then the pages, the tables that every
 * Kolibri has, and the version. The backup itself is only read. The result is not synced. On
 * failure the caller removes what lies at the scratch name.
 *
 * Errors: %KB_ERROR_NOT_A_BACKUP, %KB_ERROR_CORRUPT, %KB_ERROR_TOO_NEW when a newer Kolibri Backup
 * made it, %KB_ERROR_NOT_FOUND, %KB_ERROR_PERMISSION, %KB_ERROR_NO_SPACE, %KB_ERROR_IO,
 * %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full): the loaded backup
 */
KbLoaded *
kb_load_backup (const KbLoadOptions *options,
                KbProgress *progress,
                GCancellable *cancellable,
                GError **error)
{
    g_autoptr (KbLoaded) self = g_new0 (KbLoaded, 1);
    KbSource *source = kb_source_open (options->file, options->follow_links, error);

    if (source == NULL)
        return NULL;
    gboolean is_database = kb_source_get_format (source) == KB_SOURCE_DATABASE;
    gboolean loaded = is_database
                          ? load_binary (self, options, source, progress, cancellable, error)
                          : load_text (self, options, source, progress, cancellable, error);
    if (!loaded || !check_integrity (self, progress, cancellable, error) ||
        !find_version (self, options->file, error))
        return NULL;
    self->summary = kb_summary_read (self->db, error);
    if (self->summary == NULL)
        return NULL;
    kb_sqlite_watch_cancel (self->db, NULL);
    return g_steal_pointer (&self);
}
