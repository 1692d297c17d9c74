/* SPDX-License-Identifier: MIT */
#include "kb-verify.h"

#include "kb-catalog-change.h"
#include "kb-error.h"
#include "kb-file.h"
#include "kb-load.h"

/**
 * kb_verify_result_free:
 * @self: (nullable) (transfer full): a result
 */
void
kb_verify_result_free (KbVerifyResult *self)
{
    if (self == NULL)
        return;
    g_free (self->version);
    kb_summary_free (self->summary);
    g_free (self->device_id);
    g_clear_pointer (&self->time, g_date_time_unref);
    g_free (self);
}

static gboolean
find_space (const char *file, GError **error)
{
    return kb_file_require_space (kb_platform_temp_dir(), kb_load_estimate (file), error);
}

/**
 * kb_verify_within:
 * @file: a file that may be a backup
 * @follow_links: whether @file may be a symbolic link
 * @progress: (nullable): counts bytes of the file, in %KB_PHASE_LOADING and %KB_PHASE_CHECKING
 * @cancellable: (nullable): looked at about every millisecond
 * @error: return location for a #GError
 *
 * Checks a backup as kb_verify_run() does, as a part of another operation, which has planned
 * @progress.
 *
 * Errors: as kb_verify_run().
 *
 * Returns: (transfer full): what it has found
 */
KbVerifyResult *
kb_verify_within (const char *file,
                  gboolean follow_links,
                  KbProgress *progress,
                  GCancellable *cancellable,
                  GError **error)
{
    const KbLoadOptions options = {.file = file, .follow_links = follow_links, .scratch = ""};

    kb_progress_set (progress, KB_PHASE_LOADING, 0, 0);
    if (!find_space (file, error))
        return NULL;
    g_autoptr (KbLoaded) loaded = kb_load_backup (&options, progress, cancellable, error);
    if (loaded == NULL)
        return NULL;

    g_autoptr (KbVerifyResult) self = g_new0 (KbVerifyResult, 1);
    kb_sqlite_watch_cancel (loaded->db, cancellable);
    if (!kb_sqlite_query_int64 (loaded->db, "SELECT count(*) FROM pragma_foreign_key_check",
                                &self->orphans, error))
        return NULL;
    self->version = g_steal_pointer (&loaded->version);
    self->version_is_disputed = loaded->version_is_disputed;
    self->has_unknown = loaded->has_unknown;
    self->summary = g_steal_pointer (&loaded->summary);
    self->device_id = g_strdup (self->summary->device_id);
    if (loaded->header != NULL) {
        self->origin = loaded->header->origin;
        self->time = loaded->header->time != NULL ? g_date_time_ref (loaded->header->time) : NULL;
    }
    return g_steal_pointer (&self);
}

/**
 * kb_verify_run:
 * @file: a file that may be a backup
 * @follow_links: whether @file may be a symbolic link; not for names from the catalog
 * @progress: (nullable): counts bytes of the file
 * @cancellable: (nullable): looked at about every millisecond
 * @error: return location for a #GError
 *
 * Checks a backup as a restore would: checksum where we wrote one, every statement, every row into
 * a temporary database, its pages, the tables of Kolibri. Nothing is changed, and nothing stays.
 *
 * Errors: %KB_ERROR_NOT_A_BACKUP, %KB_ERROR_CORRUPT, %KB_ERROR_TOO_NEW when a newer Kolibri Backup
 * made it, %KB_ERROR_NOT_FOUND, %KB_ERROR_PERMISSION, %KB_ERROR_NO_SPACE, %KB_ERROR_IO,
 * %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full): what it has found
 */
KbVerifyResult *
kb_verify_run (const char *file,
               gboolean follow_links,
               KbProgress *progress,
               GCancellable *cancellable,
               GError **error)
{
    static const KbPhaseWeight plan[] = {{KB_PHASE_LOADING, 85}, {KB_PHASE_CHECKING, 15}};

    kb_progress_plan (progress, plan, G_N_ELEMENTS (plan));
    KbVerifyResult *self = kb_verify_within (file, follow_links, progress, cancellable, error);
    if (self != NULL)
        kb_progress_set (progress, KB_PHASE_DONE, 1, 1);
    return self;
}

/**
 * kb_verify_entry:
 * @home: a data folder
 * @entry: a backup in it
 * @progress: (nullable): counts bytes of the file
 * @cancellable: (nullable): looked at about every millisecond
 * @error: return location for a #GError
 *
 * Checks a backup of the list, and remembers what came out, with what is in it. That it cannot be
 * remembered is no failure of the check.
 *
 * Errors: as kb_verify_run().
 *
 * Returns: (transfer full): what it has found
 */
KbVerifyResult *
kb_verify_entry (const KbHome *home,
                 const KbEntry *entry,
                 KbProgress *progress,
                 GCancellable *cancellable,
                 GError **error)
{
    g_autoptr (GError) local = NULL;
    KbVerifyResult *result = kb_verify_run (entry->path, FALSE, progress, cancellable, &local);

    if (result != NULL)
        kb_catalog_set_checked (home, entry->name, "ok", result->summary, NULL);
    else if (g_error_matches (local, KB_ERROR, KB_ERROR_CORRUPT) ||
             g_error_matches (local, KB_ERROR, KB_ERROR_NOT_A_BACKUP))
        kb_catalog_set_checked (home, entry->name,
                                kb_error_code_to_string ((KbErrorCode) local->code), NULL, NULL);
    if (local != NULL)
        g_propagate_error (error, g_steal_pointer (&local));
    return result;
}
