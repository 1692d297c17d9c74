/* SPDX-License-Identifier: MIT */
/* kolibri-backup-helper OPERATION HOME [WORD…]: works on data of another user, as that user. pkexec
 * starts it as root. Root compares names, forks, and keeps nothing but the services; the child
 * becomes the owner of the data before it opens anything. docs/architecture.md says who may what.
 */
#include "kb-error.h"
#include "kb-helper-owner.h"
#include "kb-helper-parent.h"
#include "kb-helper-table.h"
#include "kb-helper-talk.h"
#include "kb-recover.h"
#include "kb-wire.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#define MAX_ARGUMENTS 8
#define MAX_BYTES 8192

/* pkexec(1) uses 126 and 127 itself. */
enum { EXIT_USAGE = 2 };

static void
on_signal (G_GNUC_UNUSED int signal_number)
{
}

/* A handler, not SIG_IGN, which a Kolibri that we start again would inherit. The terminal of the
 * caller reaches us by Ctrl+C; what counts is that the caller closes the pipe. */
static void
ignore_terminal (void)
{
    static const int signals[] = {SIGINT, SIGQUIT, SIGHUP, SIGPIPE};
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};

    for (size_t i = 0; i < G_N_ELEMENTS (signals); i++)
        sigaction (signals[i], &action, NULL);
}

/* Nothing that the caller could have prepared is left, whoever started us. */
static gboolean
clean (void)
{
    struct rlimit limit;
    int null = open ("/dev/null", O_RDWR);

    while (null >= 0 && null <= STDERR_FILENO) /* 0 to 2 are open afterwards */
        null = dup (null);
    if (null < 0 || dup2 (null, STDERR_FILENO) < 0 || close_range (3, ~0u, 0) != 0 ||
        clearenv() != 0 || chdir ("/") != 0)
        return FALSE;
    g_setenv ("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", TRUE);
    g_setenv ("LANG", "C.UTF-8", TRUE);
    umask (022);
    ignore_terminal();
    if (getrlimit (RLIMIT_CORE, &limit) != 0)
        return FALSE;
    limit.rlim_cur = 0;
    return setrlimit (RLIMIT_CORE, &limit) == 0 && prctl (PR_SET_DUMPABLE, 0) == 0;
}

/* Returns: the user who asks, or -1 when this was not started by pkexec. */
static gint64
read_caller (void)
{
    const char *text = g_getenv ("PKEXEC_UID");
    guint64 uid;

    if (getuid() != 0 || geteuid() != 0 || text == NULL ||
        !g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT32 - 1, &uid, NULL))
        return -1;
    return (gint64) uid;
}

static gboolean
is_bounded (int argc, char **argv)
{
    if (argc > MAX_ARGUMENTS)
        return FALSE;
    for (int i = 0; i < argc; i++)
        if (strlen (argv[i]) > MAX_BYTES)
            return FALSE;
    return TRUE;
}

static void
note_in_log (gint64 caller, const char *operation, const char *home, uid_t owner)
{
    openlog ("kolibri-backup-helper", LOG_PID, LOG_AUTHPRIV);
    syslog (LOG_NOTICE, "user %" G_GINT64_FORMAT " has %s done in %s, as user %u", caller,
            operation, home, (unsigned) owner);
    closelog();
}

/* Folder and database are of one owner, or something is odd that we do not want to know. */
static KbHome *
open_home (const char *path, GError **error)
{
    g_autoptr (KbHome) home = kb_home_open (path, error);
    KbRecovered recovered;
    KbOwner owner;

    if (home == NULL || !kb_home_check_usable (home, error) ||
        !kb_home_read_owner (home, &owner, error))
        return NULL;
    if (!kb_platform_owner_is_us (&owner)) {
        g_set_error (error, KB_ERROR, KB_ERROR_PERMISSION,
                     "helper: %s: folder and database belong to different users", path);
        return NULL;
    }
    if (!kb_home_looks_like_one (home)) {
        g_set_error (error, KB_ERROR, KB_ERROR_NOT_FOUND, "helper: %s: no data", path);
        return NULL;
    }
    kb_recover_run (home, &recovered, NULL);
    return g_steal_pointer (&home);
}

static int
tell (KbTalk *talk, JsonObject *result, const GError *error)
{
    if (result != NULL)
        return kb_talk_say (talk, "result", json_object_ref (result)) ? EXIT_SUCCESS : EXIT_FAILURE;
    kb_talk_say (talk, "error", kb_wire_from_error (error));
    return EXIT_FAILURE;
}

static int
fail (const GError *error)
{
    g_autoptr (KbTalk) talk = kb_talk_new();

    return tell (talk, NULL, error);
}

/* The child, as the owner of the data. */
static int
work (const KbHelperOperation *operation, char **argv, uid_t owner, int fd)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (KbHome) home = NULL;

    if (!kb_helper_become (owner, &error))
        return fail (error);
    kb_helper_ask_parent_for_services (fd);
    home = open_home (argv[1], &error);
    if (home == NULL)
        return fail (error);
    g_autoptr (KbTalk) talk = kb_talk_new();
    g_autoptr (JsonObject) result = kb_helper_run (operation, home, argv + 2, talk, &error);
    kb_talk_end (talk);
    return tell (talk, result, error);
}

static int
divide (const KbHelperOperation *operation, char **argv, uid_t owner)
{
    int fds[2];

    if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
        return EXIT_FAILURE;
    pid_t child = fork();
    if (child < 0)
        return EXIT_FAILURE;
    if (child == 0) {
        close (fds[0]);
        return work (operation, argv, owner, fds[1]);
    }
    close (fds[1]);
    if (dup2 (STDERR_FILENO, STDIN_FILENO) < 0 || dup2 (STDERR_FILENO, STDOUT_FILENO) < 0)
        return EXIT_FAILURE;
    return kb_helper_serve (fds[0], child);
}

int
main (int argc, char **argv)
{
    gint64 caller = read_caller();
    g_autoptr (GError) error = NULL;
    uid_t owner;

    if (caller < 0 || !clean() || !is_bounded (argc, argv))
        return EXIT_USAGE;
    const KbHelperOperation *operation = kb_helper_find_operation (argc - 1, argv + 1);
    if (operation == NULL)
        g_set_error (&error, KB_ERROR, KB_ERROR_INTERNAL, "helper: no such operation");
    else if (kb_helper_find_owner (argv[2], &owner, &error)) {
        note_in_log (caller, argv[1], argv[2], owner);
        return divide (operation, argv + 1, owner);
    }
    return fail (error);
}
