/* SPDX-License-Identifier: MIT */
#include "kb-kept.h"

#include "kb-error.h"
#include "kb-file.h"
#include "kb-json.h"
#include "kb-version.h"

#include <string.h>

#define DATABASE_NAME "db.sqlite3"
#define INI_NAME "kept.ini"
#define INI_MAX_BYTES (64 * 1024)
#define PREFIX "replaced-v"
#define NAME_TRIES 100

/**
 * kb_kept_free:
 * @self: (nullable) (transfer full): a kept database
 */
void
kb_kept_free (KbKept *self)
{
    if (self == NULL)
        return;
    g_free (self->name);
    g_free (self->dir);
    g_free (self->database);
    g_free (self->data_version);
    g_free (self->database_id);
    g_clear_pointer (&self->time, g_date_time_unref);
    kb_summary_free (self->summary);
    g_free (self);
}

static void
set_name (KbKept *self, const KbHome *home, const char *name)
{
    self->name = g_strdup (name);
    self->dir = g_build_filename (kb_home_get_replaced_dir (home), name, NULL);
    self->database = g_build_filename (self->dir, DATABASE_NAME, NULL);
}

/* A name that is free: two restores within a second count on. */
static char *
free_name (const KbHome *home, const char *version, GDateTime *time)
{
    g_autofree char *local = g_date_time_format (time, "%Y-%m-%d_%H-%M-%S");

    for (int i = 1; i < NAME_TRIES; i++) {
        g_autofree char *name = i == 1 ? g_strconcat (PREFIX, version, "_", local, NULL)
                                       : g_strdup_printf (PREFIX "%s_%s_%d", version, local, i);
        g_autofree char *dir = g_build_filename (kb_home_get_replaced_dir (home), name, NULL);
        if (!g_file_test (dir, G_FILE_TEST_EXISTS))
            return g_steal_pointer (&name);
    }
    g_assert_not_reached();
}

/**
 * kb_kept_new:
 * @home: a data folder
 * @data_version: (nullable): what `.data_version` says
 *
 * Describes what is about to be replaced. Nothing is written yet.
 *
 * Returns: (transfer full): the description, with a name that is free
 */
KbKept *
kb_kept_new (const KbHome *home, const char *data_version)
{
    g_autoptr (GDateTime) now = g_date_time_new_now_local();
    g_autofree char *name = free_name (home, data_version != NULL ? data_version : "unknown", now);
    KbKept *self = g_new0 (KbKept, 1);

    set_name (self, home, name);
    self->data_version = g_strdup (data_version);
    self->time = g_date_time_to_utc (now);
    return self;
}

/**
 * kb_kept_part_dir:
 * @self: a kept database
 *
 * Returns: (transfer full): the folder that it is built in before it gets its name
 */
char *
kb_kept_part_dir (const KbKept *self)
{
    return g_strconcat (self->dir, KB_PART_SUFFIX, NULL);
}

/**
 * kb_kept_begin:
 * @self: a kept database that is to be made
 * @home: a data folder
 * @owner: to whom it shall belong
 * @error: return location for a #GError
 *
 * Makes the folder of kb_kept_part_dir().
 *
 * Errors: as kb_error_code_from_errno().
 *
 * Returns: %TRUE on success
 */
gboolean
kb_kept_begin (const KbKept *self, const KbHome *home, const KbOwner *owner, GError **error)
{
    g_autofree char *part = kb_kept_part_dir (self);

    return kb_platform_make_dir (kb_home_get_replaced_dir (home), owner, error) &&
           kb_platform_make_dir (part, owner, error);
}

/**
 * kb_kept_save:
 * @self: a kept database
 * @dir: the folder that it is in now
 * @owner: to whom the file shall belong
 * @error: return location for a #GError
 *
 * Writes `kept.ini`, in one step.
 *
 * Errors: as kb_error_code_from_errno().
 *
 * Returns: %TRUE on success
 */
gboolean
kb_kept_save (const KbKept *self, const char *dir, const KbOwner *owner, GError **error)
{
    g_autofree char *path = g_build_filename (dir, INI_NAME, NULL);
    g_autofree char *time = g_date_time_format_iso8601 (self->time);
    g_autoptr (GKeyFile) ini = g_key_file_new();
    gsize length;

    g_key_file_set_string (ini, "Kept", "time", time);
    if (self->data_version != NULL)
        g_key_file_set_string (ini, "Kept", "data_version", self->data_version);
    if (self->database_id != NULL)
        g_key_file_set_string (ini, "Kept", "database_id", self->database_id);
    g_key_file_set_boolean (ini, "Kept", "damaged", self->was_damaged);
    g_key_file_set_boolean (ini, "Kept", "used", self->was_used);
    if (self->summary != NULL) {
        g_autoptr (JsonObject) object = kb_summary_to_json (self->summary);
        g_autofree char *json = kb_json_to_ascii (object);
        g_key_file_set_string (ini, "Summary", "json", json);
    }
    g_autofree char *text = g_key_file_to_data (ini, &length, NULL);
    return kb_file_save_text (path, text, length, owner, error);
}

/**
 * kb_kept_publish:
 * @self: a kept database whose folder is complete, each file synced
 * @home: a data folder
 * @error: return location for a #GError
 *
 * Gives the folder its name. From now on the kept database counts.
 *
 * Errors: as kb_error_code_from_errno().
 *
 * Returns: %TRUE on success
 */
gboolean
kb_kept_publish (const KbKept *self, const KbHome *home, GError **error)
{
    g_autofree char *part = kb_kept_part_dir (self);

    return kb_platform_sync_dir (part, error) && kb_platform_replace (part, self->dir, error) &&
           kb_platform_sync_dir (kb_home_get_replaced_dir (home), error);
}

/* A name of ours never leads out of its folder. */
static gboolean
is_single_name (const char *name)
{
    return g_str_has_prefix (name, PREFIX) && strpbrk (name, "/\\") == NULL && strlen (name) < 200;
}

/**
 * kb_kept_name_is_safe:
 * @name: a name that somebody gave us
 *
 * Says whether @name can be the name of finished kept data, and never leads out of its folder.
 *
 * Returns: %TRUE if so
 */
gboolean
kb_kept_name_is_safe (const char *name)
{
    return is_single_name (name) && !g_str_has_suffix (name, KB_PART_SUFFIX);
}

/* What is there and cannot be read is an error of its own: it is not missing. */
static char *
read_ini (const KbKept *self, GError **error)
{
    g_autofree char *path = g_build_filename (self->dir, INI_NAME, NULL);
    g_autoptr (GError) local = NULL;
    char *text = kb_file_read_text (path, INI_MAX_BYTES, NULL, &local);

    if (g_error_matches (local, KB_ERROR, KB_ERROR_IO) ||
        g_error_matches (local, KB_ERROR, KB_ERROR_PERMISSION))
        g_propagate_error (error, g_steal_pointer (&local));
    return text;
}

/* A database of its own, and no link to another. */
static gboolean
is_file (const KbKept *self)
{
    return !kb_platform_is_link (self->dir) && !kb_platform_is_link (self->database) &&
           g_file_test (self->database, G_FILE_TEST_IS_REGULAR);
}

/**
 * kb_kept_load:
 * @home: a data folder
 * @name: the name of a kept database
 * @error: return location for a #GError
 *
 * Reads what is known of a kept database.
 *
 * Errors: %KB_ERROR_NOT_FOUND, %KB_ERROR_PERMISSION, %KB_ERROR_IO.
 *
 * Returns: (transfer full): the kept database
 */
KbKept *
kb_kept_load (const KbHome *home, const char *name, GError **error)
{
    g_autoptr (KbKept) self = g_new0 (KbKept, 1);
    g_autoptr (GKeyFile) ini = g_key_file_new();
    g_autoptr (GError) local = NULL;

    set_name (self, home, name);
    g_autofree char *text = kb_kept_name_is_safe (name) ? read_ini (self, &local) : NULL;
    if (local != NULL) {
        g_propagate_error (error, g_steal_pointer (&local));
        return NULL;
    }
    if (text == NULL || !is_file (self) ||
        !g_key_file_load_from_data (ini, text, (gsize) -1, G_KEY_FILE_NONE, NULL)) {
        g_set_error (error, KB_ERROR, KB_ERROR_NOT_FOUND, "find what was replaced: %s", self->dir);
        return NULL;
    }

    g_autofree char *time = g_key_file_get_string (ini, "Kept", "time", NULL);
    g_autofree char *json = g_key_file_get_string (ini, "Summary", "json", NULL);
    g_autoptr (JsonObject) object =
        json != NULL ? kb_json_parse_object (json, strlen (json)) : NULL;
    self->time = time != NULL ? g_date_time_new_from_iso8601 (time, NULL) : NULL;
    self->data_version = g_key_file_get_string (ini, "Kept", "data_version", NULL);
    self->database_id = g_key_file_get_string (ini, "Kept", "database_id", NULL);
    self->was_damaged = g_key_file_get_boolean (ini, "Kept", "damaged", NULL);
    self->was_used = g_key_file_get_boolean (ini, "Kept", "used", NULL);
    self->summary = object != NULL ? kb_summary_from_json (object) : NULL;
    self->size_bytes = kb_file_size (self->database);
    return g_steal_pointer (&self);
}

static int
compare_newest_first (gconstpointer a, gconstpointer b)
{
    const KbKept *left = *(const KbKept *const *) a;
    const KbKept *right = *(const KbKept *const *) b;

    if (left->time == NULL || right->time == NULL)
        return (left->time == NULL ? 1 : 0) - (right->time == NULL ? 1 : 0);
    return g_date_time_compare (right->time, left->time);
}

/**
 * kb_kept_list:
 * @home: a data folder
 *
 * Lists what restores have replaced, newest first. What cannot be read is left out.
 *
 * Returns: (transfer full) (element-type KbKept): the list, empty when there is none
 */
GPtrArray *
kb_kept_list (const KbHome *home)
{
    GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) kb_kept_free);
    g_autoptr (GDir) dir = g_dir_open (kb_home_get_replaced_dir (home), 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
        KbKept *kept = kb_kept_load (home, name, NULL);
        if (kept != NULL)
            g_ptr_array_add (list, kept);
    }
    g_ptr_array_sort (list, compare_newest_first);
    return list;
}

/**
 * kb_kept_find_latest:
 * @home: a data folder
 * @error: return location for a #GError
 *
 * Finds what the last restore has replaced. Where one of the candidates cannot be read, nobody
 * knows which it is.
 *
 * Errors: %KB_ERROR_NOT_FOUND when there is none, %KB_ERROR_PERMISSION, %KB_ERROR_IO.
 *
 * Returns: (transfer full): the kept database
 */
KbKept *
kb_kept_find_latest (const KbHome *home, GError **error)
{
    const char *path = kb_home_get_replaced_dir (home);
    g_autoptr (KbKept) latest = NULL;
    g_autoptr (GDir) dir = NULL;
    gboolean found;
    const char *name;

    if (!kb_file_look (path, &found, error))
        return NULL;
    dir = found ? g_dir_open (path, 0, NULL) : NULL;
    if (found && dir == NULL) {
        g_set_error (error, KB_ERROR, KB_ERROR_IO, "find what was replaced: %s: cannot open", path);
        return NULL;
    }
    while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
        g_autoptr (GError) local = NULL;
        g_autoptr (KbKept) kept = kb_kept_load (home, name, &local);
        if (kept == NULL && !g_error_matches (local, KB_ERROR, KB_ERROR_NOT_FOUND)) {
            g_propagate_error (error, g_steal_pointer (&local));
            return NULL;
        }
        if (kept != NULL && (latest == NULL || compare_newest_first (&kept, &latest) < 0)) {
            kb_kept_free (latest);
            latest = g_steal_pointer (&kept);
        }
    }
    if (latest == NULL)
        g_set_error (error, KB_ERROR, KB_ERROR_NOT_FOUND, "find what was replaced: %s: nothing",
                     path);
    return g_steal_pointer (&latest);
}

/**
 * kb_kept_remove:
 * @home: a data folder
 * @name: the name of a kept database, finished or not
 * @error: return location for a #GError
 *
 * Deletes what a restore has replaced. A finished one loses its name first, so that no half of it
 * ever counts, be the power cut.
 *
 * Errors: as kb_error_code_from_errno().
 *
 * Returns: %TRUE if it is gone
 */
gboolean
kb_kept_remove (const KbHome *home, const char *name, GError **error)
{
    g_autofree char *dir = g_build_filename (kb_home_get_replaced_dir (home), name, NULL);
    g_autofree char *part = g_strconcat (dir, KB_PART_SUFFIX, NULL);
    gboolean is_finished;

    if (!is_single_name (name)) {
        g_set_error (error, KB_ERROR, KB_ERROR_NOT_FOUND, "delete what was replaced: %s", name);
        return FALSE;
    }
    if (g_str_has_suffix (name, KB_PART_SUFFIX))
        return kb_file_remove_tree (dir, error);
    if (!kb_file_look (dir, &is_finished, error) ||
        (is_finished &&
         !(kb_platform_replace (dir, part, error) && kb_file_sync_parent (dir, error))))
        return FALSE;
    return kb_file_remove_tree (part, error);
}
