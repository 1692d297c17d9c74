/* SPDX-License-Identifier: MIT */
#include "kb-home.h"

#include "kb-error.h"
#include "kb-file.h"
#include "kb-find.h"
#include "kb-options.h"
#include "kb-root.h"
#include "kb-version.h"

#include <string.h>

#define DATA_VERSION_MAX_BYTES 256

struct _KbHome {
    char *root;
    char *path;
    char *database;
    char *scratch;
    char *backups_dir;
    char *protected_dir;
    char *replaced_dir;
    char *deleted_dir;
    char *restore_ini;
    char *data_version;
    char *url_prefix;
    gboolean uses_sqlite;
};

static void
home_clear (gpointer data)
{
    KbHome *self = data;

    g_free (self->root);
    g_free (self->path);
    g_free (self->database);
    g_free (self->scratch);
    g_free (self->backups_dir);
    g_free (self->protected_dir);
    g_free (self->replaced_dir);
    g_free (self->deleted_dir);
    g_free (self->restore_ini);
    g_free (self->data_version);
    g_free (self->url_prefix);
}

/**
 * kb_home_ref:
 * @self: a data folder
 *
 * Any thread.
 *
 * Returns: (transfer full): @self
 */
KbHome *
kb_home_ref (KbHome *self)
{
    return g_atomic_rc_box_acquire (self);
}

/**
 * kb_home_unref:
 * @self: (nullable) (transfer full): a data folder
 *
 * Any thread.
 */
void
kb_home_unref (KbHome *self)
{
    if (self != NULL)
        g_atomic_rc_box_release_full (self, home_clear);
}

/* Python's os.path.expanduser() for the forms that people write. */
static char *
expand_user (const char *path)
{
    if (strcmp (path, "~") == 0 || g_str_has_prefix (path, "~/"))
        return g_strconcat (g_get_home_dir(), path + 1, NULL);
    return g_strdup (path);
}

static void
set_paths (KbHome *self, const char *database)
{
    g_autofree char *joined = g_path_is_absolute (database)
                                  ? kb_root_path (self->root, database)
                                  : g_build_filename (self->path, database, NULL);

    /* The file we work on is the real one: the folder may hold links (design.md §4). */
    self->database = kb_platform_real_path (joined);
    if (self->database == NULL)
        self->database = g_steal_pointer (&joined);
    self->scratch = g_strconcat (self->database, ".restoring", NULL);
    self->backups_dir = g_build_filename (self->path, "backups", NULL);
    self->protected_dir = g_build_filename (self->backups_dir, "protected", NULL);
    self->replaced_dir = g_build_filename (self->protected_dir, "replaced", NULL);
    self->deleted_dir = g_build_filename (self->protected_dir, "deleted", NULL);
    self->restore_ini = g_build_filename (self->protected_dir, "restore.ini", NULL);
    self->data_version = g_build_filename (self->path, ".data_version", NULL);
}

/* A folder that the sandbox was not given is not missing in it, but an empty one in memory, which
 * can be written to and vanishes with the program. And in the folders that the portal for files
 * hands out SQLite's locks fail (flatpak-metadata(5), flatpak/test.sh). */
static gboolean
check_sandbox (const char *path, GError **error)
{
    if (!kb_root_is_sandbox (NULL))
        return TRUE;
    g_autofree char *portal = g_build_filename (g_get_user_runtime_dir(), "doc", "", NULL);
    if (!kb_platform_is_same_disk (path, "/") && !g_str_has_prefix (path, portal))
        return TRUE;
    g_set_error (error, KB_ERROR, KB_ERROR_SANDBOX,
                 "open data folder: %s: not granted; to grant it: flatpak override --user "
                 "--filesystem=%s $FLATPAK_ID",
                 path, path);
    return FALSE;
}

/**
 * kb_home_open:
 * @path: (nullable): the data folder; %NULL for the one of kb_find_default_home()
 * @error: return location for a #GError
 *
 * Looks where the parts of a data folder are: environment, options.ini, defaults. It does not ask
 * whether there is a database: kb_home_has_database() and kb_home_check_usable() do.
 *
 * Errors: %KB_ERROR_NOT_FOUND when there is no such folder, %KB_ERROR_UNSUPPORTED when its
 * options.ini cannot be understood or its name is too long for Windows, %KB_ERROR_SANDBOX when a
 * sandbox keeps it from us, %KB_ERROR_PERMISSION, %KB_ERROR_IO.
 *
 * Returns: (transfer full): the data folder
 */
KbHome *
kb_home_open (const char *path, GError **error)
{
    return kb_home_open_in (NULL, path, error);
}

/**
 * kb_home_open_in:
 * @root: (nullable): a folder that stands for `/`; %NULL for this computer
 * @path: (nullable): the data folder; %NULL for the one of kb_find_default_home()
 * @error: return location for a #GError
 *
 * Does what kb_home_open() does on a computer whose files are elsewhere; tests have such.
 *
 * Errors: as kb_home_open().
 *
 * Returns: (transfer full): the data folder
 */
KbHome *
kb_home_open_in (const char *root, const char *path, GError **error)
{
    g_autofree char *wanted = path != NULL ? g_strdup (path) : kb_find_default_home (root);
    g_autofree char *expanded = expand_user (wanted);
    g_autofree char *absolute = g_canonicalize_filename (expanded, NULL);

    if ((root == NULL && !check_sandbox (absolute, error)) ||
        !kb_platform_check_length (absolute, error))
        return NULL;
    if (!g_file_test (absolute, G_FILE_TEST_IS_DIR)) {
        g_set_error (error, KB_ERROR, KB_ERROR_NOT_FOUND, "open data folder: %s: no such folder",
                     absolute);
        return NULL;
    }
    g_autoptr (GKeyFile) options = kb_options_load (absolute, error);
    if (options == NULL)
        return NULL;

    g_autofree char *engine = kb_options_get (options, "Database", "DATABASE_ENGINE", "sqlite");
    g_autofree char *database = kb_options_get (options, "Database", "DATABASE_NAME", "db.sqlite3");
    g_autoptr (KbHome) self = g_atomic_rc_box_new0 (KbHome);
    self->root = g_strdup (root);
    self->path = g_steal_pointer (&absolute);
    self->uses_sqlite = strcmp (engine, "sqlite") == 0;
    self->url_prefix = kb_options_get (options, "Deployment", "URL_PATH_PREFIX", "/");
    set_paths (self, *database != '\0' && self->uses_sqlite ? database : "db.sqlite3");
    return g_steal_pointer (&self);
}

/**
 * kb_home_get_path:
 * @self: a data folder
 *
 * Returns: its absolute path
 */
const char *
kb_home_get_path (const KbHome *self)
{
    return self->path;
}

/**
 * kb_home_get_root:
 * @self: a data folder
 *
 * Returns: (nullable): the folder that stands for `/`; %NULL for this computer
 */
const char *
kb_home_get_root (const KbHome *self)
{
    return self->root;
}

/**
 * kb_home_find_program_version:
 * @self: a data folder
 *
 * Finds the version of the Kolibri that uses this folder, without running it.
 *
 * Returns: (transfer full) (nullable): the version, or %NULL when no program is found
 */
char *
kb_home_find_program_version (const KbHome *self)
{
    return kb_find_program_version (self->root, self->path);
}

/**
 * kb_home_get_database:
 * @self: a data folder
 *
 * Returns: the real path of its database, links resolved; it may not exist
 */
const char *
kb_home_get_database (const KbHome *self)
{
    return self->database;
}

/**
 * kb_home_get_scratch:
 * @self: a data folder
 *
 * Returns: the path beside the database where a restore builds the new one
 */
const char *
kb_home_get_scratch (const KbHome *self)
{
    return self->scratch;
}

/**
 * kb_home_get_backups_dir:
 * @self: a data folder
 *
 * Returns: the path of Kolibri's own folder of backups; it may not exist
 */
const char *
kb_home_get_backups_dir (const KbHome *self)
{
    return self->backups_dir;
}

/**
 * kb_home_get_protected_dir:
 * @self: a data folder
 *
 * Returns: the path of our folder, out of reach of Kolibri's pruning; it may not exist
 */
const char *
kb_home_get_protected_dir (const KbHome *self)
{
    return self->protected_dir;
}

/**
 * kb_home_get_replaced_dir:
 * @self: a data folder
 *
 * Returns: the path of the folder of what restores have replaced; it may not exist
 */
const char *
kb_home_get_replaced_dir (const KbHome *self)
{
    return self->replaced_dir;
}

/**
 * kb_home_get_deleted_dir:
 * @self: a data folder
 *
 * Returns: the path of the folder of backups that can still be undeleted; it may not exist
 */
const char *
kb_home_get_deleted_dir (const KbHome *self)
{
    return self->deleted_dir;
}

/**
 * kb_home_get_restore_ini:
 * @self: a data folder
 *
 * Returns: the path of the record of a restore under way
 */
const char *
kb_home_get_restore_ini (const KbHome *self)
{
    return self->restore_ini;
}

/**
 * kb_home_get_url_prefix:
 * @self: a data folder
 *
 * Returns: URL_PATH_PREFIX of Kolibri, `/` in most cases
 */
const char *
kb_home_get_url_prefix (const KbHome *self)
{
    return self->url_prefix;
}

/**
 * kb_home_uses_sqlite:
 * @self: a data folder
 *
 * Returns: %FALSE if this Kolibri keeps its data in PostgreSQL
 */
gboolean
kb_home_uses_sqlite (const KbHome *self)
{
    return self->uses_sqlite;
}

/**
 * kb_home_has_database:
 * @self: a data folder
 *
 * Returns: %TRUE if there is a database file
 */
gboolean
kb_home_has_database (const KbHome *self)
{
    return self->uses_sqlite && g_file_test (self->database, G_FILE_TEST_IS_REGULAR);
}

/**
 * kb_home_looks_like_one:
 * @self: a data folder
 *
 * Returns: %TRUE if Kolibri has used this folder: there is a database or `.data_version`
 */
gboolean
kb_home_looks_like_one (const KbHome *self)
{
    return kb_home_has_database (self) || g_file_test (self->data_version, G_FILE_TEST_EXISTS);
}

/**
 * kb_home_check_usable:
 * @self: a data folder
 * @error: return location for a #GError
 *
 * Refuses what no operation can work on.
 *
 * Errors: %KB_ERROR_UNSUPPORTED for PostgreSQL, and where options.ini names no file for the
 * database, or one in a folder that is not there.
 *
 * Returns: %TRUE if it is a Kolibri with an SQLite database, be the file missing
 */
gboolean
kb_home_check_usable (const KbHome *self, GError **error)
{
    g_autofree char *folder = g_path_get_dirname (self->database);
    const char *what = NULL;

    if (!self->uses_sqlite)
        what = "DATABASE_ENGINE is not sqlite";
    else if (!g_file_test (folder, G_FILE_TEST_IS_DIR))
        what = "the folder of the database is missing";
    else if (g_file_test (self->database, G_FILE_TEST_EXISTS) && !kb_home_has_database (self))
        what = "the database is no file";
    if (what == NULL)
        return TRUE;
    g_set_error (error, KB_ERROR, KB_ERROR_UNSUPPORTED, "open data folder: %s: %s: %s", self->path,
                 self->database, what);
    return FALSE;
}

/**
 * kb_home_read_owner:
 * @self: a data folder
 * @owner: (out): to whom the database belongs, or the folder when there is no database
 * @error: return location for a #GError
 *
 * Errors: %KB_ERROR_NOT_FOUND, %KB_ERROR_PERMISSION, %KB_ERROR_IO.
 *
 * Returns: %TRUE on success
 */
gboolean
kb_home_read_owner (const KbHome *self, KbOwner *owner, GError **error)
{
    if (kb_home_has_database (self))
        return kb_platform_read_owner (self->database, owner, error);
    return kb_platform_read_owner (self->path, owner, error);
}

/**
 * kb_home_make_backup_dirs:
 * @self: a data folder
 * @owner: to whom they shall belong
 * @error: return location for a #GError
 *
 * Makes `backups/` and `backups/protected/` where they are missing.
 *
 * Errors: as kb_error_code_from_errno().
 *
 * Returns: %TRUE if they are there now
 */
gboolean
kb_home_make_backup_dirs (const KbHome *self, const KbOwner *owner, GError **error)
{
    return kb_platform_make_dir (self->backups_dir, owner, error) &&
           kb_platform_make_dir (self->protected_dir, owner, error);
}

/**
 * kb_home_load_data_version:
 * @self: a data folder
 * @version: (out) (nullable): the version, or %NULL when the file is missing, empty or holds none
 * @error: return location for a #GError
 *
 * Reads `.data_version`: the version of the Kolibri that last brought the database up to date. For
 * operations: a file that cannot be read is not one that is missing.
 *
 * Errors: %KB_ERROR_PERMISSION, %KB_ERROR_IO.
 *
 * Returns: %TRUE if @version is known
 */
gboolean
kb_home_load_data_version (const KbHome *self, char **version, GError **error)
{
    g_autoptr (GError) local = NULL;
    g_autofree char *text =
        kb_file_read_text (self->data_version, DATA_VERSION_MAX_BYTES, NULL, &local);
    KbVersion parsed;

    *version = NULL;
    if (text != NULL && kb_version_parse (g_strstrip (text), &parsed))
        *version = g_steal_pointer (&text);
    if (local == NULL || g_error_matches (local, KB_ERROR, KB_ERROR_NOT_FOUND) ||
        g_error_matches (local, KB_ERROR, KB_ERROR_NOT_A_BACKUP))
        return TRUE;
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
}

/**
 * kb_home_read_data_version:
 * @self: a data folder
 *
 * Reads `.data_version` for telling a person; operations use kb_home_load_data_version().
 *
 * Returns: (transfer full) (nullable): the version, or %NULL when the file is missing, empty,
 *     unreadable or holds no version
 */
char *
kb_home_read_data_version (const KbHome *self)
{
    char *version;

    kb_home_load_data_version (self, &version, NULL);
    return version;
}

/**
 * kb_home_write_data_version:
 * @self: a data folder
 * @version: (nullable): what `.data_version` shall say; %NULL removes the file
 * @owner: to whom the file shall belong
 * @error: return location for a #GError
 *
 * Writes `.data_version` in one step and syncs it. Kolibri writes no newline.
 *
 * Errors: as kb_error_code_from_errno().
 *
 * Returns: %TRUE on success
 */
gboolean
kb_home_write_data_version (const KbHome *self,
                            const char *version,
                            const KbOwner *owner,
                            GError **error)
{
    if (version == NULL)
        return kb_platform_remove (self->data_version, error) &&
               kb_platform_sync_dir (self->path, error);
    return kb_file_save_text (self->data_version, version, strlen (version), owner, error);
}
