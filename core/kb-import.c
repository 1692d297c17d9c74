/* SPDX-License-Identifier: MIT */
#include "kb-import.h"

#include "kb-backup-name.h"
#include "kb-backup-notes.h"
#include "kb-backup.h"
#include "kb-error.h"
#include "kb-file.h"
#include "kb-load.h"
#include "kb-lock.h"
#include "kb-recover.h"
#include "kb-transfer.h"
#include "kb-version.h"

#include <string.h>
#include <unistd.h>

/* What Kolibri's own dbrestore is sure to read: it empties the database before it looks. */
#define KOLIBRI_START "BEGIN TRANSACTION;"

/* A backup on its way in. */
typedef struct {
    KbHome *home;
    const char *file;
    KbProgress *progress;
    GCancellable *cancellable;

    KbOwner owner;
    KbFd from;
    char *part;
    gboolean is_for_kolibri; /* it also gets a name where Kolibri finds it */
    char *name;
    char *public_path;
    char *protected_path;
} Run;

static void
run_clear (Run *self)
{
    kb_fd_close (self->from);
    g_free (self->part);
    g_free (self->name);
    g_free (self->public_path);
    g_free (self->protected_path);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Run, run_clear)

/**
 * kb_import_result_free:
 * @self: (nullable) (transfer full): a result
 */
void
kb_import_result_free (KbImportResult *self)
{
    if (self == NULL)
        return;
    g_free (self->name);
    g_free (self->path);
    kb_verify_result_free (self->checked);
    g_free (self);
}

/* One as `….dump.gz` or `….sqlite3`, under the name that the list wants. */
static char *
name_from_file (const char *base)
{
    static const char *const suffixes[] = {".gz", ".sqlite3", ".dump"};
    g_autofree char *stem = g_strdup (base);

    for (size_t i = 0; i < G_N_ELEMENTS (suffixes); i++)
        if (g_str_has_suffix (stem, suffixes[i]))
            stem[strlen (stem) - strlen (suffixes[i])] = '\0';
    g_autofree char *name = g_strconcat (stem, ".dump", NULL);
    g_autoptr (KbBackupName) parsed = kb_backup_name_parse (name);
    return parsed != NULL && kb_backup_name_is_safe (name) && g_utf8_validate (name, -1, NULL)
               ? g_steal_pointer (&name)
               : NULL;
}

/* Its own name, else one of what the check has found. */
static char *
choose_name (const Run *self, const KbVerifyResult *checked)
{
    g_autofree char *base = g_path_get_basename (self->file);
    g_autoptr (GDateTime) written = g_date_time_new_from_unix_local (kb_file_mtime (self->file));
    g_autoptr (GDateTime) taken =
        checked->time != NULL ? g_date_time_to_local (checked->time) : NULL;
    char *name = name_from_file (base);
    gboolean is_safe = checked->version != NULL && kb_version_text_is_safe (checked->version);

    if (name != NULL)
        return name;
    return kb_backup_name_format (is_safe ? checked->version : "unknown",
                                  taken != NULL ? taken : written);
}

static gboolean
begins_with (const char *bytes, size_t n, const char *prefix)
{
    return n >= strlen (prefix) && memcmp (bytes, prefix, strlen (prefix)) == 0;
}

static gboolean
read_start (Run *self, GError **error)
{
    char start[64];
    gint64 size = lseek (self->from, 0, SEEK_END);

    if (size < 0 || lseek (self->from, 0, SEEK_SET) != 0) {
        g_set_error (error, KB_ERROR, KB_ERROR_IO, "read: %s: cannot find its start", self->file);
        return FALSE;
    }
    gssize n = kb_file_read (self->from, start, sizeof start, self->file, error);
    if (n < 0)
        return FALSE;
    self->is_for_kolibri =
        size <= KB_KOLIBRI_MAX_DUMP_BYTES && (begins_with (start, (size_t) n, KOLIBRI_START) ||
                                              begins_with (start, (size_t) n, KB_HEADER_PREFIX));
    return TRUE;
}

/* A database whose newest rows are in a log beside it becomes one file. */
static gboolean
join_journals (Run *self, GError **error)
{
    const KbLoadOptions options = {
        .file = self->file,
        .follow_links = TRUE,
        .scratch = self->part,
        .owner = &self->owner,
    };
    KbLoaded *loaded = kb_load_backup (&options, self->progress, self->cancellable, error);

    if (loaded == NULL)
        return FALSE;
    kb_loaded_free (loaded);
    kb_fd_close (self->from);
    self->from = -1;
    if (!kb_file_sync (self->part, error))
        return FALSE;
    self->from = kb_platform_open_regular (self->part, FALSE, error);
    return self->from >= 0;
}

static gboolean
copy_part (Run *self, GError **error)
{
    uint64_t size = (uint64_t) MAX (0, lseek (self->from, 0, SEEK_END));

    if (!kb_file_require_space (kb_home_get_protected_dir (self->home),
                                size + KB_FILE_SPACE_RESERVE, error))
        return FALSE;
    g_auto (KbFd) to = kb_platform_create (self->part, &self->owner, error);
    return to >= 0 && kb_transfer_run (self->from, self->file, to, self->part, self->progress,
                                       self->cancellable, error);
}

static gboolean
compare (const Run *self, const char *path, gboolean *found, gboolean *is_equal, GError **error)
{
    *is_equal = FALSE;
    return kb_file_look (path, found, error) &&
           (!*found ||
            kb_transfer_compare (self->from, self->file, path, is_equal, self->cancellable, error));
}

/* The first name that nobody has, or that has the same bytes already. */
static gboolean
find_name (Run *self, const char *wanted, gboolean *is_there, GError **error)
{
    gboolean is_taken = TRUE;

    *is_there = FALSE;
    for (int i = 1; i <= KB_TRANSFER_NAME_TRIES && is_taken && !*is_there; i++) {
        gboolean has_public, has_protected, equals_public, equals_protected;
        g_free (self->name);
        g_free (self->public_path);
        g_free (self->protected_path);
        self->name = kb_transfer_make_name (wanted, i);
        self->public_path =
            g_build_filename (kb_home_get_backups_dir (self->home), self->name, NULL);
        self->protected_path =
            g_build_filename (kb_home_get_protected_dir (self->home), self->name, NULL);
        if (!compare (self, self->public_path, &has_public, &equals_public, error) ||
            !compare (self, self->protected_path, &has_protected, &equals_protected, error))
            return FALSE;
        is_taken = has_public || has_protected;
        *is_there = is_taken && has_public == equals_public && has_protected == equals_protected;
    }
    if (is_taken && !*is_there)
        g_set_error (error, KB_ERROR, KB_ERROR_IO, "import: %s: no free name", self->public_path);
    return !is_taken || *is_there;
}

/* First the name that counts, then the one where Kolibri looks. */
static gboolean
publish (Run *self, GError **error)
{
    KbNaming naming = kb_platform_publish (self->part, self->protected_path, error);

    if (naming == KB_NAMING_EXISTS)
        g_set_error (error, KB_ERROR, KB_ERROR_BUSY, "import: %s: that name is taken",
                     self->protected_path);
    if (naming != KB_NAMING_DONE)
        return FALSE;
    if (self->is_for_kolibri &&
        kb_file_link_or_copy (self->protected_path, self->public_path, &self->owner,
                              self->cancellable, error) == KB_NAMING_FAILED) {
        kb_platform_remove (self->protected_path, NULL);
        return FALSE;
    }
    if (kb_file_sync_parent (self->protected_path, error) &&
        kb_file_sync_parent (self->public_path, error))
        return TRUE;
    if (self->is_for_kolibri)
        kb_platform_remove (self->public_path, NULL);
    kb_platform_remove (self->protected_path, NULL);
    return FALSE;
}

/* What is here already, but only where Kolibri's pruning reaches it. */
static gboolean
protect (const Run *self, GError **error)
{
    gboolean found;

    if (!kb_file_look (self->protected_path, &found, error))
        return FALSE;
    return found || (kb_file_link_or_copy (self->public_path, self->protected_path, &self->owner,
                                           self->cancellable, error) != KB_NAMING_FAILED &&
                     kb_file_sync_parent (self->protected_path, error));
}

/* A convenience: that they cannot be written is no failure of the import. */
static void
write_notes (const Run *self, const KbImportResult *result)
{
    g_autoptr (KbBackupNotes) notes = kb_backup_notes_load_to_change (self->home, self->name, NULL);
    g_autoptr (KbBackupNotes) brought = kb_backup_notes_load_beside (self->file);
    KbFileStamp stamp;

    if (notes == NULL || !kb_file_stamp_read (result->path, &stamp))
        return;
    if (notes->note == NULL)
        notes->note = kb_backup_notes_clean (brought->note);
    kb_backup_notes_set_checked (notes, "ok", &stamp);
    kb_summary_free (notes->summary);
    notes->summary = kb_summary_copy (result->checked->summary);
    notes->summary_stamp = stamp;
    kb_backup_notes_save (notes, self->home, self->name, &self->owner, NULL);
}

static gboolean
bring_in (Run *self, const char *wanted, gboolean *is_there, GError **error)
{
    g_autofree char *uuid = g_uuid_string_random();
    g_autofree char *base = g_strconcat ("kolibri-backup-", uuid, ".dump" KB_PART_SUFFIX, NULL);
    gboolean is_whole = kb_transfer_refuse_journals (self->file, NULL);

    self->part = g_build_filename (kb_home_get_protected_dir (self->home), base, NULL);
    if ((!is_whole && !join_journals (self, error)) || !read_start (self, error) ||
        !find_name (self, wanted, is_there, error))
        return FALSE;
    if (*is_there)
        return protect (self, error);
    return (!is_whole || copy_part (self, error)) &&
           !g_cancellable_set_error_if_cancelled (self->cancellable, error) &&
           publish (self, error);
}

/* With what SQLite may have left beside it. */
static void
remove_part (const Run *self)
{
    static const char *const suffixes[] = {"", "-journal", "-wal", "-shm"};

    for (size_t i = 0; i < G_N_ELEMENTS (suffixes); i++) {
        g_autofree char *path = g_strconcat (self->part, suffixes[i], NULL);
        kb_platform_remove (path, NULL);
    }
}

static KbImportResult *
run_locked (Run *self, KbVerifyResult *checked, GError **error)
{
    g_autoptr (KbImportResult) result = g_new0 (KbImportResult, 1);
    g_autofree char *wanted = choose_name (self, checked);

    result->checked = checked;
    gboolean ok = bring_in (self, wanted, &result->was_there_already, error);
    remove_part (self);
    if (!ok)
        return NULL;
    result->name = g_strdup (self->name);
    result->path =
        g_strdup (g_file_test (self->public_path, G_FILE_TEST_IS_REGULAR) ? self->public_path
                                                                          : self->protected_path);
    write_notes (self, result);
    kb_progress_set (self->progress, KB_PHASE_DONE, 1, 1);
    return g_steal_pointer (&result);
}

static gboolean
open_file (Run *self, GError **error)
{
    if (!kb_home_check_usable (self->home, error) ||
        !kb_home_read_owner (self->home, &self->owner, error))
        return FALSE;
    if (kb_file_is_same (self->file, kb_home_get_database (self->home))) {
        g_set_error (error, KB_ERROR, KB_ERROR_UNSUPPORTED, "import: %s: this is the data in use",
                     self->file);
        return FALSE;
    }
    self->from = kb_platform_open_regular (self->file, TRUE, error);
    return self->from >= 0;
}

/**
 * kb_import_run:
 * @home: a data folder, be it one without data yet
 * @file: a backup from anywhere, in any form that a teacher may have
 * @progress: (nullable): counts bytes of the check, then of the copying
 * @cancellable: (nullable): looked at about every millisecond; a cancel leaves nothing behind
 * @error: return location for a #GError
 *
 * Brings a backup into the list: checks all of it, copies it into `protected/`, reads the copy back
 * and compares, and gives it its own name or, where that is none of a backup, one of its version
 * and time. A dump that Kolibri's own dbrestore reads gets the same name in `backups/`; a database,
 * a compressed file or a dump in another dialect does not: dbrestore empties the database before it
 * looks at what it was given. No file is ever replaced; where the list has the same bytes under
 * that name, that is the import. The note of a copy comes along, unless there is one here. Blocks;
 * call it from a worker thread.
 *
 * Errors: as kb_verify_run() for what the file is; %KB_ERROR_UNSUPPORTED for PostgreSQL and for the
 * data in use; %KB_ERROR_BUSY when another program of ours is at work, %KB_ERROR_NO_SPACE,
 * %KB_ERROR_PERMISSION, %KB_ERROR_READ_ONLY, %KB_ERROR_IO, %G_IO_ERROR_CANCELLED. With any of them
 * the list is as it was.
 *
 * Returns: (transfer full): what is in the list now
 */
KbImportResult *
kb_import_run (KbHome *home,
               const char *file,
               KbProgress *progress,
               GCancellable *cancellable,
               GError **error)
{
    static const KbPhaseWeight plan[] = {
        {KB_PHASE_LOADING, 60},
        {KB_PHASE_CHECKING, 10},
        {KB_PHASE_COPYING, 20},
        {KB_PHASE_SYNCING, 10},
    };
    g_auto (Run) self = {
        .home = home, .file = file, .progress = progress, .cancellable = cancellable, .from = -1};
    KbRecovered recovered;

    kb_progress_plan (progress, plan, G_N_ELEMENTS (plan));
    if (!open_file (&self, error))
        return NULL;
    g_autoptr (KbVerifyResult) checked =
        kb_verify_within (file, TRUE, progress, cancellable, error);
    if (checked == NULL)
        return NULL;
    g_autoptr (KbLock) lock = kb_lock_acquire (home, &self.owner, error);
    if (lock == NULL || !kb_recover_locked (home, &self.owner, &recovered, error))
        return NULL;
    return run_locked (&self, g_steal_pointer (&checked), error);
}
