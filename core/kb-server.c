/* SPDX-License-Identifier: MIT */
#include "kb-server.h"

#include "kb-file.h"
#include "kb-json.h"

#include <string.h>

#define PID_FILE_MAX_BYTES 256
#define TIMEOUT_S 3 /* as Kolibri's own get_status() waits */
#define ANSWER_MAX_BYTES (64 * 1024)

/* kolibri/utils/server.py: those of the STATUS_ numbers behind which a process may live */
enum { STATUS_RUNNING = 0, STATUS_STARTING_UP = 4, STATUS_SHUTTING_DOWN = 10 };

/**
 * kb_server_state_to_string:
 * @state: a state
 *
 * Returns: its name for machines
 */
const char *
kb_server_state_to_string (KbServerState state)
{
    static const char *const names[] = {
        [KB_SERVER_STOPPED] = "stopped",
        [KB_SERVER_STARTING] = "starting",
        [KB_SERVER_RUNNING] = "running",
        [KB_SERVER_STOPPING] = "stopping",
        [KB_SERVER_NOT_RESPONDING] = "not-responding",
    };

    return names[state];
}

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
    status = STATUS_RUNNING;
    if (n == 4 && !parse_line (lines[3], 999, &status))
        return FALSE;
    *out = (KbServerPid){
        .pid = pid, .port = (unsigned) port, .status = (int) status, .has_control_flag = n == 4};
    return TRUE;
}

/**
 * kb_server_read_pid_file:
 * @home: a data folder
 * @out: (out): what its server.pid says
 *
 * Returns: %TRUE if there is one that can be read
 */
gboolean
kb_server_read_pid_file (const KbHome *home, KbServerPid *out)
{
    g_autofree char *path = g_build_filename (kb_home_get_path (home), "server.pid", NULL);
    g_autofree char *text = kb_file_read_text (path, PID_FILE_MAX_BYTES, NULL, NULL);

    return text != NULL && kb_server_parse_pid_file (text, out);
}

/* One GET on loopback. Returns the body behind a 200, else NULL. */
static char *
http_get (const KbHome *home, unsigned port, const char *path, GCancellable *cancellable)
{
    g_autoptr (GSocketClient) client = g_socket_client_new();
    const char *prefix = kb_home_get_url_prefix (home);
    g_autofree char *request = g_strdup_printf (
        "GET %s%s%s%s HTTP/1.0\r\nHost: 127.0.0.1:%u\r\nAccept: application/json\r\n\r\n",
        prefix[0] == '/' ? "" : "/", prefix, g_str_has_suffix (prefix, "/") ? "" : "/", path, port);
    g_autofree char *answer = g_malloc (ANSWER_MAX_BYTES + 1);
    gsize length = 0;

    g_socket_client_set_timeout (client, TIMEOUT_S);
    g_socket_client_set_enable_proxy (client, FALSE);
    g_autoptr (GSocketConnection) connection =
        g_socket_client_connect_to_host (client, "127.0.0.1", (guint16) port, cancellable, NULL);
    if (connection == NULL)
        return NULL;

    GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (connection));
    GInputStream *in = g_io_stream_get_input_stream (G_IO_STREAM (connection));
    if (!g_output_stream_write_all (out, request, strlen (request), NULL, cancellable, NULL))
        return NULL;
    g_input_stream_read_all (in, answer, ANSWER_MAX_BYTES, &length, cancellable, NULL);
    answer[length] = '\0';

    const char *body = strstr (answer, "\r\n\r\n");
    if (!g_str_has_prefix (answer, "HTTP/1.") || length < 12 ||
        strncmp (answer + 8, " 200", 4) != 0 || body == NULL)
        return NULL;
    return g_strdup (body + 4);
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

/**
 * kb_server_query:
 * @home: a data folder
 * @cancellable: (nullable): ends the wait for an answer
 *
 * Asks what the server of @home does: server.pid, its process, and `/status/` on loopback, as
 * Kolibri's own get_status() does. Takes up to three seconds when a server hangs.
 *
 * Returns: the state
 */
KbServerState
kb_server_query (const KbHome *home, GCancellable *cancellable)
{
    KbServerPid file;

    if (!kb_server_read_pid_file (home, &file))
        return KB_SERVER_STOPPED;
    if (file.status != STATUS_RUNNING && file.status != STATUS_STARTING_UP &&
        file.status != STATUS_SHUTTING_DOWN)
        return KB_SERVER_STOPPED;

    /* 0.12 knows no /status/ */
    const char *page = file.has_control_flag ? "status/" : "api/public/info/";
    g_autofree char *answer = file.port > 0 ? http_get (home, file.port, page, cancellable) : NULL;
    if (answer == NULL && !kb_server_is_kolibri (file.pid))
        return KB_SERVER_STOPPED;
    if (file.status == STATUS_STARTING_UP) /* it answers before it has finished */
        return KB_SERVER_STARTING;
    if (file.status == STATUS_SHUTTING_DOWN)
        return KB_SERVER_STOPPING;
    return answer != NULL ? KB_SERVER_RUNNING : KB_SERVER_NOT_RESPONDING;
}

/**
 * kb_server_query_version:
 * @home: a data folder
 * @cancellable: (nullable): ends the wait for an answer
 *
 * Asks the running server of @home for its version (`/api/public/info/`).
 *
 * Returns: (transfer full) (nullable): the version, or %NULL when no server answers
 */
char *
kb_server_query_version (const KbHome *home, GCancellable *cancellable)
{
    KbServerPid file;

    if (!kb_server_read_pid_file (home, &file) || file.port == 0)
        return NULL;
    g_autofree char *body = http_get (home, file.port, "api/public/info/", cancellable);
    g_autoptr (JsonObject) object =
        body != NULL ? kb_json_parse_object (body, strlen (body)) : NULL;
    return object != NULL ? kb_json_dup_string (object, "kolibri_version") : NULL;
}
