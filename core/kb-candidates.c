/* SPDX-License-Identifier: MIT */
/* Where each installer keeps the data: facts, 1.2. */
#include "kb-candidates.h"

#include "kb-file.h"
#include "kb-root.h"
#include "kb-settings.h"

#include <string.h>

#define USERNAME_MAX_BYTES 256

static void
candidate_free (gpointer data)
{
    KbCandidate *self = data;

    g_free (self->path);
    g_free (self->source);
    g_free (self);
}

/**
 * kb_reason_to_string:
 * @reason: a reason
 *
 * Returns: its name for machines
 */
const char *
kb_reason_to_string (KbReason reason)
{
    static const char *const names[] = {
        [KB_REASON_GIVEN] = "given",           [KB_REASON_ENVIRONMENT] = "environment",
        [KB_REASON_SETTINGS] = "settings",     [KB_REASON_USUAL_PLACE] = "usual-place",
        [KB_REASON_OWN_FOLDER] = "own-folder", [KB_REASON_DAEMON] = "dbus",
    };

    return names[reason];
}

static gboolean
is_same_folder (const char *a, const char *b)
{
    g_autofree char *real_a = kb_platform_real_path (a);
    g_autofree char *real_b = kb_platform_real_path (b);

    return g_strcmp0 (real_a != NULL ? real_a : a, real_b != NULL ? real_b : b) == 0;
}

/**
 * kb_candidates_find:
 * @candidates: (element-type KbCandidate): what kb_candidates_list() gave
 * @path: a folder
 *
 * Returns: (transfer none) (nullable): the candidate that is this folder, links resolved
 */
KbCandidate *
kb_candidates_find (GPtrArray *candidates, const char *path)
{
    for (guint i = 0; i < candidates->len; i++) {
        KbCandidate *candidate = candidates->pdata[i];
        if (is_same_folder (candidate->path, path))
            return candidate;
    }
    return NULL;
}

/* The first who names a folder knows best whose it is. */
static KbCandidate *
add (GPtrArray *list, const char *path, KbInstallKind kind, KbReason reason, const char *source)
{
    KbCandidate *self = kb_candidates_find (list, path);

    if (self != NULL)
        return self;
    self = g_new0 (KbCandidate, 1);
    self->path = g_canonicalize_filename (path, NULL);
    self->kind = kind;
    self->reason = reason;
    self->source = g_strdup (source);
    g_ptr_array_add (list, self);
    return self;
}

/**
 * kb_candidates_add:
 * @candidates: (element-type KbCandidate): what kb_candidates_list() gave
 * @path: a folder
 * @kind: the kind of installation that uses it
 * @reason: how that is known
 *
 * Adds a folder that no file names, unless it is there already.
 */
void
kb_candidates_add (GPtrArray *candidates, const char *path, KbInstallKind kind, KbReason reason)
{
    add (candidates, path, kind, reason, NULL);
}

static void
add_usual (GPtrArray *list, const char *root, const char *path, KbInstallKind kind)
{
    g_autofree char *place = kb_root_path (root, path);

    add (list, place, kind, KB_REASON_USUAL_PLACE, NULL);
}

/* What the files of Debian's packages say. */
typedef struct {
    const char *file;
    gboolean is_packaged; /* the file is part of the package, and full of shell */
    char *user;
    char *home;
    char *source;
    gboolean has_riddle;
} Debian;

static void
on_debian_setting (const char *key, const char *value, gpointer data)
{
    Debian *self = data;
    gboolean is_home = strcmp (key, "KOLIBRI_HOME") == 0;
    gboolean is_user = strcmp (key, "KOLIBRI_USER") == 0;

    if (!is_home && !is_user)
        return;
    if (value == NULL) {
        self->has_riddle = self->has_riddle || !self->is_packaged;
        return;
    }
    if (is_home) {
        g_free (self->home);
        self->home = g_strdup (value);
        g_free (self->source);
        self->source = g_strdup (self->file);
    } else if (!self->is_packaged) { /* there it stands behind an `if` */
        g_free (self->user);
        self->user = g_strdup (value);
    }
}

static gboolean
read_debian_file (Debian *self, const char *root, const char *file, gboolean is_packaged)
{
    g_autofree char *path = kb_root_path (root, file);

    self->file = file;
    self->is_packaged = is_packaged;
    return kb_settings_read (path, on_debian_setting, self);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
    return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* In the order in which /etc/default/kolibri sources them. */
static gboolean
read_debian_conf_dir (Debian *self, const char *root)
{
    g_autofree char *folder = kb_root_path (root, "/etc/kolibri/conf.d");
    g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
    g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
    gboolean found = FALSE;
    const char *name;

    while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
        if (g_str_has_suffix (name, ".conf") && name[0] != '.')
            g_ptr_array_add (names, g_strdup (name));
    g_ptr_array_sort (names, compare_names);
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *file = g_build_filename ("/etc/kolibri/conf.d", names->pdata[i], NULL);
        found = read_debian_file (self, root, g_intern_string (file), FALSE) || found;
    }
    return found;
}

static char *
read_username (const char *root, gboolean *found)
{
    g_autofree char *path = kb_root_path (root, "/etc/kolibri/username");
    g_autofree char *text = kb_file_read_text (path, USERNAME_MAX_BYTES, NULL, NULL);

    *found = text != NULL;
    if (text != NULL && *g_strstrip (text) != '\0' && strpbrk (text, "/\n:") == NULL)
        return g_steal_pointer (&text);
    return g_strdup ("kolibri");
}

static KbInstallKind
kind_of_debian (const char *root, const char *user)
{
    g_autofree char *data = kb_root_path (root, "/KOLIBRI_DATA");
    g_autofree char *iiab = kb_root_path (root, "/etc/iiab");

    if (strcmp (user, "pi") == 0 && g_file_test (data, G_FILE_TEST_IS_DIR))
        return KB_INSTALL_RASPBERRY_PI;
    if (g_file_test (iiab, G_FILE_TEST_IS_DIR))
        return KB_INSTALL_IIAB;
    return kb_install_has_package (root, "kolibri-server") ? KB_INSTALL_SERVER : KB_INSTALL_DEBIAN;
}

/* ~USER/.kolibri, or where KOLIBRI_HOME leads for that user. */
static char *
home_of_user (const char *root, const char *user, const char *home)
{
    g_autofree char *folder = kb_root_home_of (root, user);

    if (home != NULL && g_path_is_absolute (home))
        return kb_root_path (root, home);
    if (folder == NULL) /* the account that the package makes has its home there */
        folder = kb_root_path (root, strcmp (user, "kolibri") == 0 ? "/var/kolibri" : "/home");
    if (home != NULL && g_str_has_prefix (home, "~/"))
        return g_build_filename (folder, home + 2, NULL);
    return g_build_filename (folder, ".kolibri", NULL);
}

/* /etc/default/kolibri works out KOLIBRI_HOME from the user in /etc/kolibri/username; later files
 * may say otherwise. Two folders that both have data are left to the person. */
static void
add_debian (GPtrArray *list, const char *root)
{
    static const char username_file[] = "/etc/kolibri/username";
    gboolean has_username;
    g_autofree char *username = read_username (root, &has_username);
    Debian debian = {0};

    gboolean found = read_debian_file (&debian, root, "/etc/default/kolibri", TRUE);
    found = read_debian_conf_dir (&debian, root) || found;
    found = read_debian_file (&debian, root, "/etc/kolibri/daemon.conf", FALSE) || found;
    g_autofree char *user = g_steal_pointer (&debian.user);
    g_autofree char *home = g_steal_pointer (&debian.home);
    g_autofree char *source = g_steal_pointer (&debian.source);
    if (!found && !has_username)
        return;

    gboolean says_other_user = user != NULL && strcmp (user, username) != 0;
    g_autofree char *usual = home_of_user (root, username, NULL);
    g_autofree char *path = home_of_user (root, user != NULL ? user : username, home);
    if (home == NULL && says_other_user) {
        g_free (path);
        path = g_strdup (usual);
    }
    KbInstallKind kind = kind_of_debian (root, user != NULL ? user : username);
    KbCandidate *first =
        add (list, path, kind, KB_REASON_SETTINGS, source != NULL ? source : username_file);
    first->has_riddle = debian.has_riddle;
    if (!is_same_folder (path, usual)) {
        add (list, usual, kind, KB_REASON_SETTINGS, username_file)->is_contradicted = TRUE;
        first->is_contradicted = TRUE;
    } else if (says_other_user) {
        g_autofree char *other = home_of_user (root, user, NULL);
        add (list, other, kind, KB_REASON_SETTINGS, debian.file)->is_contradicted = TRUE;
        first->is_contradicted = TRUE;
    }
}

static void
on_unit_setting (const char *key, const char *value, gpointer data)
{
    char **home = data;

    if (strcmp (key, "KOLIBRI_HOME") == 0 && value != NULL && g_path_is_absolute (value)) {
        g_free (*home);
        *home = g_strdup (value);
    }
}

/* A unit that somebody wrote for Kolibri: Internet-in-a-Box does (iiab, roles/kolibri/templates/
 * kolibri.service.j2). Debian's has none, but a script in /etc/init.d. */
static void
add_unit (GPtrArray *list, const char *root)
{
    static const char file[] = "/etc/systemd/system/kolibri.service";
    g_autofree char *path = kb_root_path (root, file);
    g_autofree char *iiab = kb_root_path (root, "/etc/iiab");
    gboolean is_iiab = g_file_test (iiab, G_FILE_TEST_IS_DIR);
    g_autofree char *home = NULL;

    kb_settings_read (path, on_unit_setting, &home);
    if (home == NULL)
        return;
    g_autofree char *place = kb_root_path (root, home);
    is_iiab = is_iiab || strcmp (home, "/library/kolibri") == 0;
    add (list, place, is_iiab ? KB_INSTALL_IIAB : KB_INSTALL_UNKNOWN, KB_REASON_SETTINGS, file);
}

static void
add_flatpak (GPtrArray *list, const char *root, const char *id, KbInstallKind kind)
{
    g_autofree char *home =
        g_build_filename (g_get_home_dir(), ".var/app", id, "data/kolibri", NULL);

    add_usual (list, root, home, kind);
}

/* The installer for Windows of today, and the one of before, whose data it may have left behind. */
static void
add_windows (GPtrArray *list)
{
    g_autofree char *program_data = kb_platform_program_data();

    if (program_data == NULL)
        return;
    g_autofree char *shared = g_build_filename (program_data, "kolibri", NULL);
    g_autofree char *own = g_build_filename (g_get_home_dir(), ".kolibri", NULL);
    g_autoptr (KbInstall) old = kb_install_find (NULL, KB_INSTALL_WINDOWS_OLD);
    add (list, shared, KB_INSTALL_WINDOWS_NEW, KB_REASON_USUAL_PLACE, NULL);
    if (old != NULL)
        add (list, own, KB_INSTALL_WINDOWS_OLD, KB_REASON_USUAL_PLACE, NULL);
}

static void
add_environment (GPtrArray *list, const char *root)
{
    const char *variable = g_getenv ("KOLIBRI_HOME");
    g_autofree char *path = NULL;

    if (variable == NULL || *variable == '\0')
        return;
    if (variable[0] == '~' && (variable[1] == '/' || variable[1] == '\0')) {
        g_autofree char *home = kb_root_user_home (root);
        path = g_strconcat (home, variable + 1, NULL);
    } else if (g_path_is_absolute (variable)) {
        path = kb_root_path (root, variable);
    } else {
        path = g_canonicalize_filename (variable, NULL);
    }
    add (list, path, KB_INSTALL_UNKNOWN, KB_REASON_ENVIRONMENT, NULL)->reason =
        KB_REASON_ENVIRONMENT;
}

/**
 * kb_candidates_list:
 * @root: (nullable): a folder that stands for `/`; %NULL for this computer
 *
 * Lists where a Kolibri of any installer may keep its data. Settings are read, never executed.
 *
 * Returns: (transfer full) (element-type KbCandidate): the folders, each once; most will not exist
 */
GPtrArray *
kb_candidates_list (const char *root)
{
    GPtrArray *list = g_ptr_array_new_with_free_func (candidate_free);
    g_autofree char *home = kb_root_user_home (root);
    g_autofree char *own = g_build_filename (home, ".kolibri", NULL);

    add_debian (list, root);
    add_unit (list, root);
    add_flatpak (list, root, "org.learningequality.Kolibri", KB_INSTALL_FLATPAK);
    add_flatpak (list, root, "org.learningequality.Kolibri.Devel", KB_INSTALL_FLATPAK_DEVEL);
    add_usual (list, root, "/var/lib/kolibri/data", KB_INSTALL_ENDLESS_OS);
    add_usual (list, root, "/var/lib/endless-key/data", KB_INSTALL_ENDLESS_KEY);
    add_usual (list, root, "/library/kolibri", KB_INSTALL_IIAB);
    add_windows (list);
    add (list, own, KB_INSTALL_UNKNOWN, KB_REASON_OWN_FOLDER, NULL);
    add_usual (list, root, "/var/kolibri/.kolibri", KB_INSTALL_DEBIAN);
    add_usual (list, root, "/home/pi/.kolibri", KB_INSTALL_RASPBERRY_PI);
    add_environment (list, root);
    return list;
}
