/* SPDX-License-Identifier: MIT */
#include "kb-server.h"

#include "kb-json.h"

#include <string.h>

#define TIMEOUT_S 3 /* as Kolibri's own get_status() waits */
#define ANSWER_MAX_BYTES (64 * 1024)

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
        [KB_SERVER_UNKNOWN] = "unknown",
    };

    return names[state];
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
    return kb_server_pid_read (kb_home_get_path (home), out);
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

/**
 * kb_server_query:
 * @home: a data folder
 * @cancellable: (nullable): ends the wait for an answer
 *
 * Asks what the server of @home does: server.pid, its process, and `/status/` on loopback, as
 * Kolibri's own get_status() does; no more than that, which is what waiting for a server needs.
 * kb_server_look_new() knows the rest. Takes up to three seconds when a server hangs.
 *
 * Returns: the state, never %KB_SERVER_UNKNOWN
 */
KbServerState
kb_server_query (const KbHome *home, GCancellable *cancellable)
{
    KbServerPid file;

    if (!kb_server_read_pid_file (home, &file) || !kb_server_pid_says_alive (&file))
        return KB_SERVER_STOPPED;

    /* 0.12 knows no /status/ */
    const char *page = file.has_control_flag ? "status/" : "api/public/info/";
    g_autofree char *answer = file.port > 0 ? http_get (home, file.port, page, cancellable) : NULL;
    if (answer == NULL && !kb_server_is_kolibri (file.pid))
        return KB_SERVER_STOPPED;
    if (file.status == KB_SERVER_PID_STARTING) /* it answers before it has finished */
        return KB_SERVER_STARTING;
    if (file.status == KB_SERVER_PID_STOPPING)
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
