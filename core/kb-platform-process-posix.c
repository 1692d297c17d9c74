/* SPDX-License-Identifier: MIT */
/* The part of kb-platform.h that is about processes. */
#include "kb-platform.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <grp.h>
#include <limits.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Where SQLite locks a database: from its pending byte to the end of its shared bytes (SQLite,
 * src/os.h). Who has ever read in WAL mode holds one of them until it closes. */
#define SQLITE_LOCKS_START 0x40000000
#define SQLITE_LOCKS_LENGTH 512
#define LOCK_ANSWER_MS 2000

/* A process that has ended and whose parent has not looked yet (proc(5), stat). */
static gboolean
is_zombie (int64_t pid)
{
    g_autofree char *path = g_strdup_printf ("/proc/%" G_GINT64_FORMAT "/stat", pid);
    g_autofree char *text = NULL;

    if (!g_file_get_contents (path, &text, NULL, NULL))
        return FALSE;
    const char *state = strrchr (text, ')');
    return state != NULL && g_str_has_prefix (state, ") Z");
}

/**
 * kb_platform_process_exists:
 * @pid: a process id
 *
 * Returns: %TRUE if a process has that id and has not ended, be it somebody else's
 */
gboolean
kb_platform_process_exists (int64_t pid)
{
    if (pid <= 0 || pid > INT_MAX)
        return FALSE;
    return (kill ((pid_t) pid, 0) == 0 || errno == EPERM) && !is_zombie (pid);
}

/* A file of /proc that holds texts, each with a NUL behind it. */
static char **
read_proc_list (int64_t pid, const char *name)
{
    g_autofree char *path = g_strdup_printf ("/proc/%" G_GINT64_FORMAT "/%s", pid, name);
    g_autoptr (GStrvBuilder) builder = g_strv_builder_new();
    g_autofree char *bytes = NULL;
    gsize length;

    if (!g_file_get_contents (path, &bytes, &length, NULL) || length == 0)
        return NULL;
    for (const char *at = bytes; at < bytes + length; at += strlen (at) + 1)
        g_strv_builder_add (builder, at);
    return g_strv_builder_end (builder);
}

/**
 * kb_platform_process_arguments:
 * @pid: a process id
 *
 * Returns: (transfer full) (nullable): the words that started that process; %NULL when this system
 *     does not tell us
 */
char **
kb_platform_process_arguments (int64_t pid)
{
    return read_proc_list (pid, "cmdline");
}

/**
 * kb_platform_process_environment:
 * @pid: a process id
 *
 * Returns: (transfer full) (nullable): the environment that process was started with; %NULL when
 *     this system does not tell us
 */
char **
kb_platform_process_environment (int64_t pid)
{
    return read_proc_list (pid, "environ");
}

/**
 * kb_platform_process_command:
 * @pid: a process id
 *
 * Returns: (transfer full) (nullable): the command line of that process, its words separated by
 *     spaces; %NULL when this system does not tell us
 */
char *
kb_platform_process_command (int64_t pid)
{
    g_auto (GStrv) arguments = kb_platform_process_arguments (pid);

    return arguments != NULL ? g_strjoinv (" ", arguments) : NULL;
}

/**
 * kb_platform_process_terminate:
 * @pid: a process id
 *
 * Asks a process to end.
 *
 * Returns: %TRUE if it has been asked; %FALSE also where this system has no such request
 */
gboolean
kb_platform_process_terminate (int64_t pid)
{
    return pid > 0 && pid <= INT_MAX && kill ((pid_t) pid, SIGTERM) == 0;
}

/* Who a child shall be. Found before the fork: behind it only few functions are allowed. */
typedef struct {
    gboolean is_other;
    uid_t uid;
    gid_t gid;
    gid_t groups[64];
    int n_groups;
} ChildUser;

/* Runs in the child. A session of its own: what ends our terminal does not end it. */
static void
become (gpointer data)
{
    const ChildUser *user = data;

    setsid();
    if (user->is_other && (setgroups ((size_t) user->n_groups, user->groups) != 0 ||
                           setgid (user->gid) != 0 || setuid (user->uid) != 0))
        _exit (126);
}

/**
 * kb_platform_process_owner:
 * @pid: a process id
 * @owner: (out): user and group of that process; no modes
 *
 * Returns: %TRUE if this system tells us
 */
gboolean
kb_platform_process_owner (int64_t pid, KbOwner *owner)
{
    g_autofree char *path = g_strdup_printf ("/proc/%" G_GINT64_FORMAT, pid);
    struct stat info;

    if (stat (path, &info) != 0)
        return FALSE;
    *owner = (KbOwner){.uid = info.st_uid, .gid = info.st_gid};
    return TRUE;
}

/**
 * kb_platform_run_as:
 * @launcher: starts a program
 * @owner: (nullable): whose process it shall be, where we are root
 *
 * Makes what @launcher starts outlive us and our terminal, and not be root's.
 */
void
kb_platform_run_as (GSubprocessLauncher *launcher, const KbOwner *owner)
{
    ChildUser *user = g_new0 (ChildUser, 1);

    if (owner != NULL && geteuid() == 0 && owner->uid != 0) {
        const struct passwd *entry = getpwuid (owner->uid);
        user->is_other = TRUE;
        user->uid = owner->uid;
        user->gid = owner->gid;
        user->n_groups = G_N_ELEMENTS (user->groups);
        if (entry == NULL ||
            getgrouplist (entry->pw_name, owner->gid, user->groups, &user->n_groups) < 0)
            user->n_groups = 0;
    }
    g_subprocess_launcher_set_child_setup (launcher, become, user, g_free);
}

static gboolean
process_has_file_open (const char *pid, const struct stat *file)
{
    g_autofree char *fd_dir = g_build_filename ("/proc", pid, "fd", NULL);
    g_autoptr (GDir) dir = g_dir_open (fd_dir, 0, NULL);
    const char *fd;

    while (dir != NULL && (fd = g_dir_read_name (dir)) != NULL) {
        g_autofree char *path = g_build_filename (fd_dir, fd, NULL);
        struct stat info;
        if (stat (path, &info) == 0 && info.st_dev == file->st_dev && info.st_ino == file->st_ino)
            return TRUE;
    }
    return FALSE;
}

/**
 * kb_platform_find_user_of_file:
 * @path: a file
 *
 * Looks for another process that has @path open. It sees the processes of this user, or all when
 * we are root; where /proc is missing or belongs to a sandbox it sees fewer. So a process found is
 * proof, and none found is not.
 *
 * Returns: the process id, or 0
 */
int64_t
kb_platform_find_user_of_file (const char *path)
{
    struct stat file;
    g_autoptr (GDir) dir = g_dir_open ("/proc", 0, NULL);
    const char *name;

    if (dir == NULL || stat (path, &file) != 0)
        return 0;
    while ((name = g_dir_read_name (dir)) != NULL) {
        int64_t pid = g_ascii_strtoll (name, NULL, 10);
        if (pid > 0 && pid != getpid() && process_has_file_open (name, &file))
            return pid;
    }
    return 0;
}

/* Runs in a child: closing a descriptor of a database drops the locks that its process has on it,
 * and the child has none. */
static void
ask_for_lock (const char *path, int answer_fd)
{
    struct flock lock = {
        .l_type = F_WRLCK,
        .l_whence = SEEK_SET,
        .l_start = SQLITE_LOCKS_START,
        .l_len = SQLITE_LOCKS_LENGTH,
    };
    int64_t locker = 0;
    int fd = open (path, O_RDONLY | O_CLOEXEC);

    if (fd >= 0 && fcntl (fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK)
        locker = lock.l_pid > 0 ? lock.l_pid : -1;
    _exit (write (answer_fd, &locker, sizeof locker) == sizeof locker ? 0 : 1);
}

static int64_t
read_locker (int fd)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    int64_t locker = 0;

    if (poll (&wait, 1, LOCK_ANSWER_MS) != 1 || read (fd, &locker, sizeof locker) != sizeof locker)
        return 0;
    return locker == getpid() ? 0 : locker;
}

/**
 * kb_platform_find_locker:
 * @path: a database
 *
 * Looks for another process that SQLite has let into a database; takes no lock, and drops none. It
 * sees through the walls of a sandbox too, but no further than our own lock where we have one.
 *
 * Returns: the process id; -1 for a process that we cannot see; 0 for none
 */
int64_t
kb_platform_find_locker (const char *path)
{
    int64_t locker = 0;
    int ends[2];

    if (!g_unix_open_pipe (ends, FD_CLOEXEC, NULL))
        return 0;
    pid_t child = fork();
    if (child == 0)
        ask_for_lock (path, ends[1]);
    close (ends[1]);
    if (child > 0) {
        locker = read_locker (ends[0]);
        kill (child, SIGKILL);
        while (waitpid (child, NULL, 0) < 0 && errno == EINTR)
            continue;
    }
    close (ends[0]);
    return locker;
}

/**
 * kb_platform_list_processes:
 *
 * Returns: (transfer full) (element-type gint64): the ids of all processes that this system tells
 *     us of
 */
GArray *
kb_platform_list_processes (void)
{
    GArray *pids = g_array_new (FALSE, FALSE, sizeof (gint64));
    g_autoptr (GDir) dir = g_dir_open ("/proc", 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
        gint64 pid = g_ascii_strtoll (name, NULL, 10);
        if (pid > 0)
            g_array_append_val (pids, pid);
    }
    return pids;
}

/**
 * kb_platform_user_home:
 * @user: the name of a user
 *
 * Returns: (transfer full) (nullable): the folder of @user, or %NULL when nobody has that name
 */
char *
kb_platform_user_home (const char *user)
{
    struct passwd entry, *found = NULL;
    char buffer[16384];

    if (getpwnam_r (user, &entry, buffer, sizeof buffer, &found) != 0 || found == NULL)
        return NULL;
    return g_strdup (entry.pw_dir);
}

/**
 * kb_platform_program_data:
 *
 * Returns: (transfer full) (nullable): where Windows keeps what programs share between users;
 *     %NULL elsewhere
 */
char *
kb_platform_program_data (void)
{
    return NULL;
}

/**
 * kb_platform_registry_text:
 * @key: a key, as `HKLM\Software\Kolibri`
 * @name: the name of a value in it
 *
 * Returns: (transfer full) (nullable): the text in the registry of Windows; %NULL when there is
 *     none, and elsewhere
 */
char *
kb_platform_registry_text (G_GNUC_UNUSED const char *key, G_GNUC_UNUSED const char *name)
{
    return NULL;
}
