/* SPDX-License-Identifier: MIT */
/* Whose data it is, and how root becomes that user. Root looks at names here and opens nothing. */
#include "kb-helper-owner.h"

#include "kb-candidates.h"
#include "kb-error.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_LINKS 20

/* A way through the folders, link by link. */
typedef struct {
    GQueue *names; /* still to go */
    char *at;
    uid_t uid; /* the one user but root to whom anything on the way belongs */
    int n_links;
} Walk;

static void
walk_clear (Walk *self)
{
    g_queue_free_full (self->names, g_free);
    g_free (self->at);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Walk, walk_clear)

static gboolean
refuse (GError **error, const char *path, const char *why)
{
    g_set_error (error, KB_ERROR, KB_ERROR_PERMISSION, "helper: %s: %s", path, why);
    return FALSE;
}

static void
add_names (Walk *self, const char *path)
{
    g_auto (GStrv) names = g_strsplit (path, "/", -1);

    for (guint i = g_strv_length (names); i > 0; i--)
        if (*names[i - 1] != '\0' && strcmp (names[i - 1], ".") != 0)
            g_queue_push_head (self->names, g_strdup (names[i - 1]));
    if (*path == '/') {
        g_free (self->at);
        self->at = g_strdup ("/");
    }
}

/* Only root and one other user may have a say in where the way leads: then nobody else can bend it,
 * neither before we look nor after. */
static gboolean
accept_step (Walk *self, const char *path, const struct stat *info, GError **error)
{
    if (info->st_uid != 0 && self->uid != 0 && info->st_uid != self->uid)
        return refuse (error, path, "belongs to a third user");
    if (info->st_uid != 0)
        self->uid = info->st_uid;
    if (S_ISDIR (info->st_mode) && (info->st_mode & S_IWOTH) != 0 && (info->st_mode & S_ISVTX) == 0)
        return refuse (error, path, "anybody may change this folder");
    return S_ISDIR (info->st_mode) || S_ISLNK (info->st_mode) ||
           refuse (error, path, "not a folder");
}

static gboolean
follow_link (Walk *self, const char *path, GError **error)
{
    char target[PATH_MAX];
    ssize_t length = readlink (path, target, sizeof target - 1);

    if (length < 0 || ++self->n_links > MAX_LINKS)
        return refuse (error, path, "a link that leads nowhere");
    target[length] = '\0';
    add_names (self, target);
    return TRUE;
}

static gboolean
step (Walk *self, const char *name, GError **error)
{
    g_autofree char *path = g_build_filename (self->at, name, NULL);
    struct stat info;

    if (strcmp (name, "..") == 0) {
        char *parent = g_path_get_dirname (self->at);
        g_free (self->at);
        self->at = parent;
        return TRUE;
    }
    if (lstat (path, &info) != 0) {
        int saved_errno = errno;
        kb_error_set_errno (error, saved_errno, "helper: look at", path);
        return FALSE;
    }
    if (!accept_step (self, path, &info, error))
        return FALSE;
    if (S_ISLNK (info.st_mode))
        return follow_link (self, path, error);
    g_free (self->at);
    self->at = g_steal_pointer (&path);
    return TRUE;
}

/* What the caller names is compared, letter by letter, with what the installers' files name; it is
 * never looked at. */
static gboolean
is_named_by_installer (const char *home)
{
    g_autoptr (GPtrArray) candidates = kb_candidates_list (NULL);

    for (guint i = 0; i < candidates->len; i++) {
        const KbCandidate *candidate = candidates->pdata[i];
        if ((candidate->reason == KB_REASON_SETTINGS ||
             candidate->reason == KB_REASON_USUAL_PLACE) &&
            strcmp (candidate->path, home) == 0)
            return TRUE;
    }
    return FALSE;
}

/**
 * kb_helper_find_owner:
 * @home: what the caller says is a data folder; not trusted
 * @uid: (out): whose it is
 * @error: return location for a #GError
 *
 * Finds the owner of a data folder that an installer names. Data of root is nobody's to work on:
 * this helper never works as root.
 *
 * Errors: %KB_ERROR_PERMISSION, %KB_ERROR_NOT_FOUND.
 *
 * Returns: %TRUE if there is one whom the helper may become
 */
gboolean
kb_helper_find_owner (const char *home, uid_t *uid, GError **error)
{
    g_auto (Walk) walk = {.names = g_queue_new(), .at = g_strdup ("/")};
    struct stat info;

    if (!is_named_by_installer (home))
        return refuse (error, home, "no installer names this folder");
    add_names (&walk, home);
    while (!g_queue_is_empty (walk.names)) {
        g_autofree char *name = g_queue_pop_head (walk.names);
        if (!step (&walk, name, error))
            return FALSE;
    }
    if (lstat (walk.at, &info) != 0 || !S_ISDIR (info.st_mode) || info.st_uid == 0 ||
        info.st_uid != walk.uid)
        return refuse (error, home, "does not belong to an ordinary user");
    *uid = info.st_uid;
    return TRUE;
}

static gboolean
take_groups (uid_t uid, const struct passwd *entry)
{
    gid_t gid = entry != NULL ? entry->pw_gid : (gid_t) uid;

    if (entry != NULL ? initgroups (entry->pw_name, gid) != 0 : setgroups (0, NULL) != 0)
        return FALSE;
    return setresgid (gid, gid, gid) == 0;
}

/* That there is no way back is tried, not believed. */
static gboolean
is_for_good (uid_t uid)
{
    uid_t real, effective, saved;

    return getresuid (&real, &effective, &saved) == 0 && real == uid && effective == uid &&
           saved == uid && setresuid (0, 0, 0) != 0 && seteuid (0) != 0 && setgid (0) != 0 &&
           setgroups (0, NULL) != 0;
}

/**
 * kb_helper_become:
 * @uid: an ordinary user
 * @error: return location for a #GError
 *
 * Makes root that user, with the groups of that user, for good. Threads must not run yet.
 *
 * Errors: %KB_ERROR_PERMISSION; then this process must end.
 *
 * Returns: %TRUE on success
 */
gboolean
kb_helper_become (uid_t uid, GError **error)
{
    const struct passwd *entry = getpwuid (uid);

    if (uid == 0 || !take_groups (uid, entry) || setresuid (uid, uid, uid) != 0 ||
        !is_for_good (uid))
        return refuse (error, "owner of the data", "cannot become that user");
    g_setenv ("HOME", entry != NULL ? entry->pw_dir : "/", TRUE);
    if (entry != NULL) {
        g_setenv ("USER", entry->pw_name, TRUE);
        g_setenv ("LOGNAME", entry->pw_name, TRUE);
    }
    return chdir ("/") == 0;
}
