/* SPDX-License-Identifier: MIT */
#include "kb-find.h"

#include "kb-daemon.h"
#include "kb-file.h"
#include "kb-options.h"
#include "kb-root.h"
#include "kb-server-pid.h"
#include "kb-sqlite.h"
#include "kb-version.h"

#include <string.h>

#define DATA_VERSION_MAX_BYTES 256

/**
 * kb_find_problem_to_string:
 * @problem: a problem
 *
 * Returns: its name for machines
 */
const char *
kb_find_problem_to_string (KbFindProblem problem)
{
    static const char *const names[KB_N_FIND_PROBLEMS] = {
        [KB_FIND_CLOUD] = "cloud-folder",
        [KB_FIND_NETWORK] = "network-folder",
        [KB_FIND_HIDES_ANOTHER] = "hides-another",
        [KB_FIND_NO_DATABASE] = "no-database",
        [KB_FIND_NO_DATA_VERSION] = "no-data-version",
        [KB_FIND_BAD_DATA_VERSION] = "bad-data-version",
        [KB_FIND_BAD_OPTIONS] = "bad-options",
        [KB_FIND_DATABASE_ELSEWHERE] = "database-elsewhere",
        [KB_FIND_FOREIGN_PID] = "foreign-pid",
        [KB_FIND_BAD_PROGRAM_VERSION] = "bad-program-version",
        [KB_FIND_PROGRAM_VERSIONS_DIFFER] = "program-versions-differ",
        [KB_FIND_SETTINGS_DIFFER] = "settings-differ",
        [KB_FIND_SETTINGS_RIDDLE] = "settings-not-understood",
    };

    return names[problem];
}

/**
 * kb_found_has_problem:
 * @self: a data folder
 * @problem: a problem
 *
 * Returns: %TRUE if @self has it
 */
gboolean
kb_found_has_problem (const KbFound *self, KbFindProblem problem)
{
    return (self->problems & 1u << problem) != 0;
}

/**
 * kb_found_free:
 * @self: (nullable) (transfer full): a data folder
 */
void
kb_found_free (KbFound *self)
{
    if (self == NULL)
        return;
    g_free (self->path);
    g_free (self->source);
    g_free (self->data_version);
    kb_install_free (self->install);
    g_free (self);
}

static void
note (KbFound *self, KbFindProblem problem, gboolean is_so)
{
    if (is_so)
        self->problems |= 1u << problem;
}

static gboolean
is_below (const char *path, const char *folder)
{
    g_autofree char *real = kb_platform_real_path (path);
    g_autofree char *real_folder = kb_platform_real_path (folder);

    if (real == NULL) /* not even its folder is there */
        real = g_canonicalize_filename (path, NULL);
    return real_folder == NULL || (g_str_has_prefix (real, real_folder) &&
                                   G_IS_DIR_SEPARATOR (real[strlen (real_folder)]));
}

/* Where the database is, by options.ini; and what is odd about that. */
static char *
find_database (KbFound *self, const char *root, gboolean *uses_sqlite)
{
    g_autoptr (GKeyFile) options = kb_options_load (self->path, NULL);

    note (self, KB_FIND_BAD_OPTIONS, options == NULL);
    *uses_sqlite = TRUE;
    if (options == NULL)
        return g_build_filename (self->path, "db.sqlite3", NULL);
    g_autofree char *engine = kb_options_get (options, "Database", "DATABASE_ENGINE", "sqlite");
    g_autofree char *name = kb_options_get (options, "Database", "DATABASE_NAME", "db.sqlite3");
    *uses_sqlite = strcmp (engine, "sqlite") == 0;
    if (*name == '\0' || !*uses_sqlite)
        return g_build_filename (self->path, "db.sqlite3", NULL);
    char *path = g_path_is_absolute (name) ? kb_root_path (root, name)
                                           : g_build_filename (self->path, name, NULL);
    note (self, KB_FIND_DATABASE_ELSEWHERE, !is_below (path, self->path));
    return path;
}

static void
read_data_version (KbFound *self, gboolean uses_sqlite)
{
    g_autofree char *path = g_build_filename (self->path, ".data_version", NULL);
    g_autoptr (GError) local = NULL;
    g_autofree char *text = kb_file_read_text (path, DATA_VERSION_MAX_BYTES, NULL, &local);
    gboolean is_there = g_file_test (path, G_FILE_TEST_EXISTS);
    KbVersion parsed;

    if (text != NULL && kb_version_parse (g_strstrip (text), &parsed))
        self->data_version = g_steal_pointer (&text);
    else if (is_there && (text == NULL || *text != '\0'))
        note (self, KB_FIND_BAD_DATA_VERSION, TRUE);
    else
        note (self, KB_FIND_NO_DATA_VERSION, self->has_database);
    note (self, KB_FIND_NO_DATABASE, is_there && !self->has_database && uses_sqlite);
}

/* Programs that keep a folder the same on several computers, by the name of theirs. */
static gboolean
is_cloud_name (const char *name)
{
    static const char *const names[] = {
        "Dropbox",  "OneDrive",    "Google Drive",     "GoogleDrive", "My Drive",  "Nextcloud",
        "ownCloud", "iCloudDrive", "Mobile Documents", "pCloudDrive", "MEGA",      "MEGAsync",
        "Seafile",  "Yandex.Disk", "Box Sync",         "Sync",        "Syncthing",
    };

    for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
        if (g_ascii_strcasecmp (name, names[i]) == 0)
            return TRUE;
    /* "OneDrive - School", "Dropbox (Personal)" */
    return g_str_has_prefix (name, "OneDrive - ") || g_str_has_prefix (name, "Dropbox (");
}

/* What such programs leave in the folder that they keep: Dropbox, Syncthing, ownCloud, Nextcloud.
 */
static gboolean
has_cloud_mark (const char *folder)
{
    static const char *const marks[] = {".dropbox.cache", ".stfolder", ".owncloudsync.log",
                                        ".nextcloudsync.log"};

    for (size_t i = 0; i < G_N_ELEMENTS (marks); i++) {
        g_autofree char *path = g_build_filename (folder, marks[i], NULL);
        if (g_file_test (path, G_FILE_TEST_EXISTS))
            return TRUE;
    }
    return FALSE;
}

static gboolean
is_in_cloud (const char *path)
{
    g_autofree char *at = kb_platform_real_path (path);

    while (at != NULL) {
        g_autofree char *name = g_path_get_basename (at);
        char *parent = g_path_get_dirname (at);
        gboolean is_top = strcmp (parent, at) == 0;
        if (is_cloud_name (name) || has_cloud_mark (at)) {
            g_free (parent);
            return TRUE;
        }
        g_free (at);
        at = is_top ? NULL : parent;
        if (is_top)
            g_free (parent);
    }
    return FALSE;
}

static void
look_for_server (KbFound *self)
{
    KbServerPid file;

    if (!kb_server_pid_read (self->path, &file) || !kb_server_pid_says_alive (&file))
        return;
    self->is_running = kb_server_is_kolibri (file.pid);
    note (self, KB_FIND_FOREIGN_PID, !self->is_running && kb_platform_process_exists (file.pid));
}

static KbInstallKind
kind_of_daemon (KbDaemonId id)
{
    static const KbInstallKind kinds[KB_N_DAEMONS] = {
        [KB_DAEMON_FLATPAK] = KB_INSTALL_FLATPAK,
        [KB_DAEMON_FLATPAK_DEVEL] = KB_INSTALL_FLATPAK_DEVEL,
        [KB_DAEMON_ENDLESS_OS] = KB_INSTALL_ENDLESS_OS,
        [KB_DAEMON_ENDLESS_KEY] = KB_INSTALL_ENDLESS_KEY,
    };

    return kinds[id];
}

/* Whoever runs a Kolibri knows best which folder it uses. */
static void
add_daemons (GPtrArray *candidates, const GPtrArray *daemons)
{
    for (guint i = 0; i < daemons->len; i++) {
        const KbDaemon *daemon = daemons->pdata[i];
        if (daemon->home != NULL && g_path_is_absolute (daemon->home))
            kb_candidates_add (candidates, daemon->home, kind_of_daemon (daemon->id),
                               KB_REASON_DAEMON);
    }
}

/* What the daemon of a folder knows; the version that runs counts where no file tells one. */
static void
ask_daemon (KbFound *self, const GPtrArray *daemons)
{
    const KbDaemon *daemon = kb_daemon_find (daemons, self->path);
    KbVersion version;

    if (daemon == NULL)
        return;
    self->is_running = self->is_running || daemon->state == KB_DAEMON_STATE_STARTED;
    if (self->install != NULL || !kb_version_parse (daemon->version, &version))
        return;
    self->install = g_new0 (KbInstall, 1);
    self->install->kind = self->kind;
    self->install->version = g_strdup (daemon->version);
    self->install->source = g_strdup (kb_daemon_get_name (daemon->id));
    self->agreement = kb_agreement_of (daemon->version, self->data_version);
}

static void
look_for_program (KbFound *self, const char *root)
{
    self->install = kb_install_find (root, self->kind);
    if (self->install == NULL)
        return;
    if (self->kind == KB_INSTALL_UNKNOWN && self->reason == KB_REASON_OWN_FOLDER)
        self->kind = self->install->kind;
    note (self, KB_FIND_BAD_PROGRAM_VERSION, self->install->is_unreadable);
    note (self, KB_FIND_PROGRAM_VERSIONS_DIFFER, self->install->other_version != NULL);
    self->agreement = kb_agreement_of (self->install->version, self->data_version);
}

static gint64
latest (gint64 so_far, const char *database, const char *suffix)
{
    g_autofree char *path = g_strconcat (database, suffix, NULL);

    return MAX (so_far, kb_file_mtime (path));
}

static KbFound *
describe (const char *root, const char *path, const KbCandidate *candidate)
{
    KbFound *self = g_new0 (KbFound, 1);
    gboolean uses_sqlite;
    KbOwner owner;

    self->path = g_strdup (path);
    self->kind = candidate != NULL ? candidate->kind : KB_INSTALL_UNKNOWN;
    self->reason = candidate != NULL ? candidate->reason : KB_REASON_GIVEN;
    self->source = candidate != NULL ? g_strdup (candidate->source) : NULL;
    g_autofree char *database = find_database (self, root, &uses_sqlite);
    self->has_database = uses_sqlite && g_file_test (database, G_FILE_TEST_IS_REGULAR);
    self->is_empty = uses_sqlite && kb_file_size (database) == 0;
    self->last_activity = latest (latest (0, database, ""), database, "-wal");
    self->is_ours = kb_platform_read_owner (self->has_database ? database : path, &owner, NULL) &&
                    kb_platform_owner_is_us (&owner);
    read_data_version (self, uses_sqlite);
    look_for_server (self);
    look_for_program (self, root);
    note (self, KB_FIND_CLOUD, is_in_cloud (path));
    note (self, KB_FIND_NETWORK, kb_platform_is_network (path));
    note (self, KB_FIND_SETTINGS_RIDDLE, candidate != NULL && candidate->has_riddle);
    note (self, KB_FIND_SETTINGS_DIFFER, candidate != NULL && candidate->is_contradicted);
    return self;
}

/**
 * kb_find_describe:
 * @root: (nullable): a folder that stands for `/`
 * @path: a data folder
 *
 * Says of one folder what kb_find_homes() says of each; where the folder is, says whose it is.
 *
 * Returns: (transfer full): what is there
 */
KbFound *
kb_find_describe (const char *root, const char *path)
{
    g_autoptr (GPtrArray) candidates = kb_candidates_list (root);

    return describe (root, path, kb_candidates_find (candidates, path));
}

/* A folder counts when Kolibri has used it: the database, or `.data_version`. */
static gboolean
counts (const KbFound *self)
{
    return self->has_database || self->data_version != NULL ||
           kb_found_has_problem (self, KB_FIND_NO_DATABASE) ||
           kb_found_has_problem (self, KB_FIND_BAD_DATA_VERSION);
}

/* Kolibri started by the wrong user makes a database in which nobody has ever set anything up. */
static void
look_for_people (KbFound *self, const char *root)
{
    gboolean uses_sqlite;
    gint64 facilities = 1;
    g_autofree char *database = find_database (self, root, &uses_sqlite);

    if (self->is_empty || self->is_running || !self->has_database)
        return;
    g_autoptr (KbSqlite) db = kb_sqlite_open_for_reading (database, NULL);
    if (db == NULL || !kb_sqlite_has_table (db, "kolibriauth_collection"))
        return;
    if (kb_sqlite_query_int64 (
            db, "SELECT count(*) FROM kolibriauth_collection WHERE kind = 'facility'", &facilities,
            NULL))
        self->is_empty = facilities == 0;
}

/* The one that is used comes first: said by the environment, by a server, by its contents. */
static int
compare_use (gconstpointer a, gconstpointer b)
{
    const KbFound *left = *(const KbFound *const *) a;
    const KbFound *right = *(const KbFound *const *) b;
    gboolean left_said = left->reason == KB_REASON_ENVIRONMENT;
    gboolean right_said = right->reason == KB_REASON_ENVIRONMENT;

    if (left_said != right_said)
        return left_said ? -1 : 1;
    if (left->is_running != right->is_running)
        return left->is_running ? -1 : 1;
    if (left->is_empty != right->is_empty)
        return left->is_empty ? 1 : -1;
    if (left->last_activity != right->last_activity)
        return left->last_activity > right->last_activity ? -1 : 1;
    return strcmp (left->path, right->path);
}

/* An empty folder hides those with data; settings that differ matter only if both have any. */
static void
compare_all (GPtrArray *homes)
{
    guint full = 0, contradicted = 0;

    for (guint i = 0; i < homes->len; i++) {
        const KbFound *found = homes->pdata[i];
        full += found->is_empty ? 0 : 1;
        contradicted += kb_found_has_problem (found, KB_FIND_SETTINGS_DIFFER) ? 1 : 0;
    }
    for (guint i = 0; i < homes->len; i++) {
        KbFound *found = homes->pdata[i];
        note (found, KB_FIND_HIDES_ANOTHER, found->is_empty && full > 0);
        if (contradicted < 2)
            found->problems &= ~(1u << KB_FIND_SETTINGS_DIFFER);
    }
}

/**
 * kb_find_homes:
 * @root: (nullable): a folder that stands for `/`; %NULL for this computer
 *
 * Finds the data folders of every kind of installation. Takes as long as some files take to read,
 * or a second more when a daemon hangs.
 *
 * Returns: (transfer full) (element-type KbFound): those that count, the one in use first
 */
GPtrArray *
kb_find_homes (const char *root)
{
    GPtrArray *homes = g_ptr_array_new_with_free_func ((GDestroyNotify) kb_found_free);
    g_autoptr (GPtrArray) candidates = kb_candidates_list (root);
    g_autoptr (GPtrArray) daemons = kb_daemon_list (NULL);

    add_daemons (candidates, daemons);
    for (guint i = 0; i < candidates->len; i++) {
        const KbCandidate *candidate = candidates->pdata[i];
        if (!g_file_test (candidate->path, G_FILE_TEST_IS_DIR))
            continue;
        g_autoptr (KbFound) found = describe (root, candidate->path, candidate);
        ask_daemon (found, daemons);
        if (counts (found))
            g_ptr_array_add (homes, g_steal_pointer (&found));
    }
    for (guint i = 0; i < homes->len && homes->len > 1; i++)
        look_for_people (homes->pdata[i], root);
    g_ptr_array_sort (homes, compare_use);
    compare_all (homes);
    return homes;
}

/**
 * kb_find_homes_around:
 * @root: (nullable): a folder that stands for `/`
 * @path: a data folder
 *
 * Does what kb_find_homes() does, for who looks at one of them, or at one that is in an unusual
 * place.
 *
 * Returns: (transfer full) (element-type KbFound): all of them, that of @path first
 */
GPtrArray *
kb_find_homes_around (const char *root, const char *path)
{
    GPtrArray *homes = kb_find_homes (root);
    KbFound *own = NULL;

    for (guint i = 0; i < homes->len && own == NULL; i++) {
        const KbFound *found = homes->pdata[i];
        if (kb_file_is_same (found->path, path))
            own = g_ptr_array_steal_index (homes, i);
    }
    g_ptr_array_insert (homes, 0, own != NULL ? own : kb_find_describe (root, path));
    return homes;
}

static const KbFound *
find_own (const GPtrArray *homes, const char *own)
{
    for (guint i = 0; i < homes->len; i++) {
        const KbFound *found = homes->pdata[i];
        if (strcmp (found->path, own) == 0)
            return found;
    }
    return NULL;
}

/* Where a Kolibri that this user starts looks: the app for Windows has a folder for all users. */
static char *
usual_home (const char *root, const GPtrArray *homes)
{
    g_autofree char *program_data = kb_platform_program_data();
    g_autofree char *home = kb_root_user_home (root);
    g_autofree char *shared =
        program_data != NULL ? g_build_filename (program_data, "kolibri", NULL) : NULL;

    if (shared != NULL && find_own (homes, shared) != NULL)
        return g_steal_pointer (&shared);
    return g_build_filename (home, ".kolibri", NULL);
}

/**
 * kb_find_default_home:
 * @root: (nullable): a folder that stands for `/`
 *
 * Says which data folder is meant when nobody says: KOLIBRI_HOME, else `~/.kolibri`. Only where
 * that is missing or empty it is the best that was found; and one with data of its own gives way
 * only to a folder that a running Kolibri uses and that is ours to write.
 *
 * Returns: (transfer full): the path; nothing need be there
 */
char *
kb_find_default_home (const char *root)
{
    const char *variable = g_getenv ("KOLIBRI_HOME");

    if (variable != NULL && *variable != '\0')
        return g_path_is_absolute (variable) ? kb_root_path (root, variable) : g_strdup (variable);
    g_autoptr (GPtrArray) homes = kb_find_homes (root);
    g_autofree char *own_path = usual_home (root, homes);
    const KbFound *own = find_own (homes, own_path);
    const KbFound *best = homes->len > 0 ? homes->pdata[0] : NULL;
    if (best == NULL || best == own)
        return g_steal_pointer (&own_path);
    gboolean is_better = own == NULL || (own->is_empty && !best->is_empty) ||
                         (best->is_running && !own->is_running && best->is_ours);
    return is_better ? g_strdup (best->path) : g_steal_pointer (&own_path);
}

/**
 * kb_find_program_version:
 * @root: (nullable): a folder that stands for `/`
 * @path: a data folder
 *
 * Finds the version of the Kolibri that uses a data folder, without running it: of the kind of
 * installation that keeps its data there, else of the one that this user would start.
 *
 * Returns: (transfer full) (nullable): the version, or %NULL when no program is found
 */
char *
kb_find_program_version (const char *root, const char *path)
{
    g_autoptr (GPtrArray) candidates = kb_candidates_list (root);
    const KbCandidate *candidate = kb_candidates_find (candidates, path);
    g_autoptr (KbInstall) install =
        kb_install_find (root, candidate != NULL ? candidate->kind : KB_INSTALL_UNKNOWN);

    return install != NULL ? g_steal_pointer (&install->version) : NULL;
}
