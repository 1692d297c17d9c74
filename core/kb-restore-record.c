/* SPDX-License-Identifier: MIT */
#include "kb-restore-record.h"

#include "kb-error.h"
#include "kb-file.h"

#include <string.h>

#define GROUP "Restore"
#define INI_MAX_BYTES (64 * 1024)

/**
 * kb_restore_record_free:
 * @self: (nullable) (transfer full): a record
 */
void
kb_restore_record_free (KbRestoreRecord *self)
{
    if (self == NULL)
        return;
    g_free (self->old_version);
    g_free (self->new_version);
    g_free (self->old_id);
    g_free (self->new_id);
    g_free (self->new_file);
    g_free (self->kept);
    g_free (self->stopped_by);
    g_free (self);
}

static void
set_string (GKeyFile *ini, const char *key, const char *value)
{
    if (value != NULL)
        g_key_file_set_string (ini, GROUP, key, value);
}

/**
 * kb_restore_record_save:
 * @self: a record
 * @home: a data folder
 * @owner: to whom the file shall belong
 * @error: return location for a #GError
 *
 * Writes and syncs the record, in one step.
 *
 * Errors: as kb_error_code_from_errno().
 *
 * Returns: %TRUE on success
 */
gboolean
kb_restore_record_save (const KbRestoreRecord *self,
                        const KbHome *home,
                        const KbOwner *owner,
                        GError **error)
{
    g_autoptr (GKeyFile) ini = g_key_file_new();
    gsize length;

    set_string (ini, "old_version", self->old_version);
    set_string (ini, "new_version", self->new_version);
    set_string (ini, "old_id", self->old_id);
    set_string (ini, "new_id", self->new_id);
    set_string (ini, "new_file", self->new_file);
    set_string (ini, "kept", self->kept);
    set_string (ini, "stopped_by", self->stopped_by);
    g_key_file_set_boolean (ini, GROUP, "moves_aside", self->moves_aside);
    g_key_file_set_boolean (ini, GROUP, "kolibri_ran", self->kolibri_ran);
    g_key_file_set_boolean (ini, GROUP, "undo", self->is_undo);
    g_autofree char *text = g_key_file_to_data (ini, &length, NULL);
    return kb_file_save_text (kb_home_get_restore_ini (home), text, length, owner, error);
}

/**
 * kb_restore_record_load:
 * @home: a data folder
 * @error: return location for a #GError
 *
 * Reads the record of a restore that was under way when the program, or the computer, ended.
 *
 * Errors: %KB_ERROR_PERMISSION, %KB_ERROR_IO.
 *
 * Returns: (transfer full) (nullable): the record; %NULL without an error when there is none
 */
KbRestoreRecord *
kb_restore_record_load (const KbHome *home, GError **error)
{
    g_autoptr (GError) local = NULL;
    g_autofree char *text =
        kb_file_read_text (kb_home_get_restore_ini (home), INI_MAX_BYTES, NULL, &local);
    g_autoptr (GKeyFile) ini = g_key_file_new();

    if (text == NULL && !g_error_matches (local, KB_ERROR, KB_ERROR_NOT_FOUND) &&
        !g_error_matches (local, KB_ERROR, KB_ERROR_NOT_A_BACKUP)) {
        g_propagate_error (error, g_steal_pointer (&local));
        return NULL;
    }
    if (text == NULL || !g_key_file_load_from_data (ini, text, (gsize) -1, G_KEY_FILE_NONE, NULL) ||
        !g_key_file_has_group (ini, GROUP))
        return NULL;

    KbRestoreRecord *self = g_new0 (KbRestoreRecord, 1);
    self->old_version = g_key_file_get_string (ini, GROUP, "old_version", NULL);
    self->new_version = g_key_file_get_string (ini, GROUP, "new_version", NULL);
    self->old_id = g_key_file_get_string (ini, GROUP, "old_id", NULL);
    self->new_id = g_key_file_get_string (ini, GROUP, "new_id", NULL);
    self->new_file = g_key_file_get_string (ini, GROUP, "new_file", NULL);
    self->kept = g_key_file_get_string (ini, GROUP, "kept", NULL);
    if (self->kept != NULL && strpbrk (self->kept, "/\\") != NULL)
        g_clear_pointer (&self->kept, g_free);
    self->moves_aside = g_key_file_get_boolean (ini, GROUP, "moves_aside", NULL);
    self->kolibri_ran = g_key_file_get_boolean (ini, GROUP, "kolibri_ran", NULL);
    self->stopped_by = g_key_file_get_string (ini, GROUP, "stopped_by", NULL);
    self->is_undo = g_key_file_get_boolean (ini, GROUP, "undo", NULL);
    return self;
}

/**
 * kb_restore_record_remove:
 * @home: a data folder
 * @error: return location for a #GError
 *
 * Says that nothing is under way any more.
 *
 * Errors: as kb_error_code_from_errno().
 *
 * Returns: %TRUE on success
 */
gboolean
kb_restore_record_remove (const KbHome *home, GError **error)
{
    return kb_platform_remove (kb_home_get_restore_ini (home), error) &&
           kb_platform_sync_dir (kb_home_get_protected_dir (home), error);
}

/**
 * kb_restore_record_name_file:
 * @path: a file
 *
 * Names a file, as opposed to its path: renaming it does not change the result.
 *
 * Returns: (transfer full) (nullable): the text for @new_file, or %NULL when there is no such file
 */
char *
kb_restore_record_name_file (const char *path)
{
    KbFileId id;

    if (!kb_platform_file_id (path, &id))
        return NULL;
    return g_strdup_printf ("%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT, id.device, id.inode);
}
