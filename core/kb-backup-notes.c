/* SPDX-License-Identifier: MIT */
#include "kb-backup-notes.h"

#include "kb-error.h"
#include "kb-file.h"
#include "kb-json.h"

#include <glib/gstdio.h>
#include <string.h>

#define INI_MAX_BYTES (64 * 1024)
#define MAX_NOTE_CHARS 4000 /* so that what is saved can be read again */

/**
 * kb_file_stamp_read:
 * @path: a file
 * @stamp: (out): its stamp
 *
 * Returns: %TRUE if there is such a file
 */
gboolean
kb_file_stamp_read (const char *path, KbFileStamp *stamp)
{
    GStatBuf info;

    if (g_stat (path, &info) != 0)
        return FALSE;
    *stamp = (KbFileStamp){.size_bytes = (guint64) info.st_size, .mtime = info.st_mtime};
    return TRUE;
}

/**
 * kb_file_stamp_equal:
 * @a: a stamp
 * @b: another
 *
 * Returns: %TRUE if the file has not changed in between
 */
gboolean
kb_file_stamp_equal (const KbFileStamp *a, const KbFileStamp *b)
{
    return a->size_bytes == b->size_bytes && a->mtime == b->mtime;
}

/**
 * kb_backup_notes_free:
 * @self: (nullable) (transfer full): notes
 */
void
kb_backup_notes_free (KbBackupNotes *self)
{
    if (self == NULL)
        return;
    g_free (self->note);
    g_clear_pointer (&self->checked, g_date_time_unref);
    g_free (self->check_result);
    kb_summary_free (self->summary);
    g_free (self);
}

/**
 * kb_backup_notes_path:
 * @home: a data folder
 * @name: the file name of a backup
 *
 * Returns: (transfer full): where its notes are
 */
char *
kb_backup_notes_path (const KbHome *home, const char *name)
{
    g_autofree char *ini = g_strconcat (name, ".ini", NULL);

    return g_build_filename (kb_home_get_protected_dir (home), ini, NULL);
}

/**
 * kb_backup_notes_clean:
 * @note: (nullable): what a person wrote, or a file of somebody else says
 *
 * Makes a note of any text: valid UTF-8 on a single line, trimmed, not too long.
 *
 * Returns: (transfer full) (nullable): the note, or %NULL when nothing is left
 */
char *
kb_backup_notes_clean (const char *note)
{
    g_autofree char *valid = g_utf8_make_valid (note != NULL ? note : "", -1);
    g_autoptr (GString) line = g_string_new (NULL);

    for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at)) {
        gunichar c = g_utf8_get_char (at);
        GUnicodeType type = g_unichar_type (c);
        gboolean breaks = type == G_UNICODE_CONTROL || type == G_UNICODE_LINE_SEPARATOR ||
                          type == G_UNICODE_PARAGRAPH_SEPARATOR;
        g_string_append_unichar (line, breaks ? ' ' : c);
    }
    g_strstrip (line->str);
    g_autofree char *clean =
        g_utf8_substring (line->str, 0, MIN (g_utf8_strlen (line->str, -1), KB_NOTE_MAX_CHARS));
    g_strchomp (clean);
    return *clean != '\0' ? g_steal_pointer (&clean) : NULL;
}

static void
load_stamp (GKeyFile *ini, const char *group, KbFileStamp *stamp)
{
    stamp->size_bytes = g_key_file_get_uint64 (ini, group, "size", NULL);
    stamp->mtime = g_key_file_get_int64 (ini, group, "mtime", NULL);
}

static void
save_stamp (GKeyFile *ini, const char *group, const KbFileStamp *stamp)
{
    g_key_file_set_uint64 (ini, group, "size", stamp->size_bytes);
    g_key_file_set_int64 (ini, group, "mtime", stamp->mtime);
}

/* What is there and cannot be read is an error; what is missing or no notes at all is empty. */
static KbBackupNotes *
load_ini (const char *path, GError **error)
{
    g_autoptr (GError) local = NULL;
    g_autofree char *text = kb_file_read_text (path, INI_MAX_BYTES, NULL, &local);
    g_autoptr (GKeyFile) ini = g_key_file_new();

    if (text == NULL && !g_error_matches (local, KB_ERROR, KB_ERROR_NOT_FOUND) &&
        !g_error_matches (local, KB_ERROR, KB_ERROR_NOT_A_BACKUP)) {
        g_propagate_error (error, g_steal_pointer (&local));
        return NULL;
    }
    KbBackupNotes *self = g_new0 (KbBackupNotes, 1);
    if (text == NULL || !g_key_file_load_from_data (ini, text, (gsize) -1, G_KEY_FILE_NONE, NULL))
        return self;

    g_autofree char *checked = g_key_file_get_string (ini, "Check", "time", NULL);
    g_autofree char *json = g_key_file_get_string (ini, "Summary", "json", NULL);
    g_autoptr (JsonObject) object =
        json != NULL ? kb_json_parse_object (json, strlen (json)) : NULL;
    self->note = g_key_file_get_string (ini, "Backup", "note", NULL);
    self->keep = g_key_file_get_boolean (ini, "Backup", "keep", NULL);
    self->checked = checked != NULL ? g_date_time_new_from_iso8601 (checked, NULL) : NULL;
    self->check_result = g_key_file_get_string (ini, "Check", "result", NULL);
    load_stamp (ini, "Check", &self->checked_stamp);
    self->summary = object != NULL ? kb_summary_from_json (object) : NULL;
    load_stamp (ini, "Summary", &self->summary_stamp);
    return self;
}

static KbBackupNotes *
load_or_empty (const char *path)
{
    KbBackupNotes *self = load_ini (path, NULL);

    return self != NULL ? self : g_new0 (KbBackupNotes, 1);
}

/**
 * kb_backup_notes_load:
 * @home: a data folder
 * @name: the file name of a backup
 *
 * Reads what is remembered of a backup. Where there is nothing, or nothing that can be read, the
 * notes are empty: they are a convenience, and no backup is worth less without them.
 *
 * Returns: (transfer full): the notes
 */
KbBackupNotes *
kb_backup_notes_load (const KbHome *home, const char *name)
{
    g_autofree char *path = kb_backup_notes_path (home, name);

    return load_or_empty (path);
}

/**
 * kb_backup_notes_load_to_change:
 * @home: a data folder
 * @name: the file name of a backup
 * @error: return location for a #GError
 *
 * Reads what is remembered of a backup, for writing it again: what cannot be read just now must not
 * be taken for empty.
 *
 * Errors: %KB_ERROR_PERMISSION, %KB_ERROR_IO.
 *
 * Returns: (transfer full): the notes
 */
KbBackupNotes *
kb_backup_notes_load_to_change (const KbHome *home, const char *name, GError **error)
{
    g_autofree char *path = kb_backup_notes_path (home, name);

    return load_ini (path, error);
}

/**
 * kb_backup_notes_load_beside:
 * @path: a backup outside of any data folder
 *
 * Reads the notes that a copy took along, as kb_backup_notes_load() does.
 *
 * Returns: (transfer full): the notes
 */
KbBackupNotes *
kb_backup_notes_load_beside (const char *path)
{
    g_autofree char *ini = g_strconcat (path, ".ini", NULL);

    return load_or_empty (ini);
}

/**
 * kb_backup_notes_format_note:
 * @note: (nullable): a note
 *
 * Makes the text of the file that a copy takes along, for kb_backup_notes_load_beside().
 *
 * Returns: (transfer full) (nullable): the text, or %NULL when there is no note
 */
char *
kb_backup_notes_format_note (const char *note)
{
    g_autofree char *clean = kb_backup_notes_clean (note);
    g_autoptr (GKeyFile) ini = g_key_file_new();

    if (clean == NULL)
        return NULL;
    g_key_file_set_string (ini, "Backup", "note", clean);
    return g_key_file_to_data (ini, NULL, NULL);
}

/**
 * kb_backup_notes_set_checked:
 * @self: notes
 * @result: `ok`, or the name of an error code
 * @stamp: the file that was checked
 *
 * Notes that a check has ended just now.
 */
void
kb_backup_notes_set_checked (KbBackupNotes *self, const char *result, const KbFileStamp *stamp)
{
    g_clear_pointer (&self->checked, g_date_time_unref);
    g_free (self->check_result);
    self->checked = g_date_time_new_now_utc();
    self->check_result = g_strdup (result);
    self->checked_stamp = *stamp;
}

/**
 * kb_backup_notes_save:
 * @self: notes
 * @home: a data folder
 * @name: the file name of a backup
 * @owner: to whom the file shall belong
 * @error: return location for a #GError
 *
 * Writes the notes, in one step.
 *
 * Errors: as kb_error_code_from_errno().
 *
 * Returns: %TRUE on success
 */
gboolean
kb_backup_notes_save (const KbBackupNotes *self,
                      const KbHome *home,
                      const char *name,
                      const KbOwner *owner,
                      GError **error)
{
    g_autofree char *path = kb_backup_notes_path (home, name);
    g_autoptr (GKeyFile) ini = g_key_file_new();
    gsize length;

    if (self->note != NULL && *self->note != '\0') {
        g_autofree char *valid = g_utf8_make_valid (self->note, -1);
        g_autofree char *note =
            g_utf8_substring (valid, 0, MIN (g_utf8_strlen (valid, -1), MAX_NOTE_CHARS));
        g_key_file_set_string (ini, "Backup", "note", note);
    }
    if (self->keep)
        g_key_file_set_boolean (ini, "Backup", "keep", TRUE);
    if (self->checked != NULL && self->check_result != NULL) {
        g_autofree char *time = g_date_time_format_iso8601 (self->checked);
        g_key_file_set_string (ini, "Check", "time", time);
        g_key_file_set_string (ini, "Check", "result", self->check_result);
        save_stamp (ini, "Check", &self->checked_stamp);
    }
    if (self->summary != NULL) {
        g_autoptr (JsonObject) object = kb_summary_to_json (self->summary);
        g_autofree char *json = kb_json_to_ascii (object);
        g_key_file_set_string (ini, "Summary", "json", json);
        save_stamp (ini, "Summary", &self->summary_stamp);
    }
    g_autofree char *text = g_key_file_to_data (ini, &length, NULL);
    return kb_file_save_text (path, text, length, owner, error);
}
