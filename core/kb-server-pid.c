/* SPDX-License-Identifier: MIT */
#include "kb-server-pid.h"

#include "kb-file.h"

#include <string.h>

#define PID_FILE_MAX_BYTES 256

static gboolean
parse_line (const char *line, gint64 max, gint64 *out)
{
    g_autofree char *text = g_strstrip (g_strdup (line));
    char *end;

    *out = 0;
    if (*text == '\0')
        return TRUE;
    *out = g_ascii_strtoll (text, &end, 10);
    return *end == '\0' && *out >= 0 && *out <= max;
}

/**
 * kb_server_parse_pid_file:
 * @text: what server.pid holds; not trusted
 * @out: (out): what it says; undefined when the result is %FALSE
 *
 * Reads server.pid: since Kolibri 0.15 process id, port, port of the second server and status, a
 * line each; before, process id and port (kolibri/utils/server.py, _read_pid_file()).
 *
 * Returns: %TRUE if it is a server.pid
 */
gboolean
kb_server_parse_pid_file (const char *text, KbServerPid *out)
{
    g_auto (GStrv) lines = g_strsplit (text, "\n", 6);
    guint n = g_strv_length (lines);
    gint64 pid, port, status;

    while (n > 0 && *g_strstrip (lines[n - 1]) == '\0' && n != 2)
        n--;
    if ((n != 2 && n != 4) || !parse_line (lines[0], G_MAXINT32, &pid) || pid == 0 ||
        !parse_line (lines[1], 65535, &port))
        return FALSE;
    status = KB_SERVER_PID_RUNNING;
    if (n == 4 && !parse_line (lines[3], 999, &status))
        return FALSE;
    *out = (KbServerPid){
        .pid = pid, .port = (unsigned) port, .status = (int) status, .has_control_flag = n == 4};
    return TRUE;
}

/**
 * kb_server_pid_read:
 * @home: the path of a data folder
 * @out: (out): what its server.pid says
 *
 * Returns: %TRUE if there is one that can be read
 */
gboolean
kb_server_pid_read (const char *home, KbServerPid *out)
{
    g_autofree char *path = g_build_filename (home, "server.pid", NULL);
    g_autofree char *text = kb_file_read_text (path, PID_FILE_MAX_BYTES, NULL, NULL);

    return text != NULL && kb_server_parse_pid_file (text, out);
}

/**
 * kb_server_pid_says_alive:
 * @self: what server.pid says
 *
 * Returns: %TRUE if it says that a server lives; it may be a leftover
 */
gboolean
kb_server_pid_says_alive (const KbServerPid *self)
{
    return self->status == KB_SERVER_PID_RUNNING || self->status == KB_SERVER_PID_STARTING ||
           self->status == KB_SERVER_PID_STOPPING;
}

/* A program of ours has Kolibri's name in its own. Where a system tells no arguments, its command
 * is the program alone. */
static gboolean
is_ours (gint64 pid, const char *command)
{
    g_auto (GStrv) arguments = kb_platform_process_arguments (pid);
    g_autofree char *name = g_path_get_basename (arguments != NULL ? arguments[0] : command);

    return g_str_has_prefix (name, "kolibri-backup");
}

/**
 * kb_server_is_kolibri:
 * @pid: a process id, which after a power cut may be anybody's
 *
 * Looks whether a process is one of Kolibri, by its command line.
 *
 * Returns: %TRUE if it is, as far as this system tells
 */
gboolean
kb_server_is_kolibri (int64_t pid)
{
    g_autofree char *command = kb_platform_process_command (pid);

    if (!kb_platform_process_exists (pid))
        return FALSE;
    return command == NULL ||
           ((strstr (command, "kolibri") != NULL || strstr (command, "Kolibri") != NULL) &&
            !is_ours (pid, command));
}
