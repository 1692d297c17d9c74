/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-home.h"

G_BEGIN_DECLS

/**
 * KbServerState:
 * @KB_SERVER_STOPPED: no sign of life
 * @KB_SERVER_STARTING: it starts, and may be migrating
 * @KB_SERVER_RUNNING: it answers
 * @KB_SERVER_STOPPING: it shuts down
 * @KB_SERVER_NOT_RESPONDING: its process is there and does not answer
 *
 * What the server of a data folder does. Only %KB_SERVER_RUNNING is certain: a sandbox hides
 * processes, and some installations use the database without server.pid. The lock on the database
 * has the last word.
 */
typedef enum {
    KB_SERVER_STOPPED,
    KB_SERVER_STARTING,
    KB_SERVER_RUNNING,
    KB_SERVER_STOPPING,
    KB_SERVER_NOT_RESPONDING,
} KbServerState;

/**
 * KbServerPid:
 * @pid: process id of the server
 * @port: TCP port of the server, or 0 when the file does not say
 * @status: a STATUS_ number of kolibri/utils/server.py; 0, "running", for the old file of two lines
 * @has_control_flag: whether it looks at process_control.flag: it does since Kolibri 0.15
 *
 * What server.pid says.
 */
typedef struct {
    gint64 pid;
    unsigned port;
    int status;
    gboolean has_control_flag;
} KbServerPid;

gboolean kb_server_parse_pid_file (const char *text, KbServerPid *out);
gboolean kb_server_read_pid_file (const KbHome *home, KbServerPid *out);
gboolean kb_server_is_kolibri (int64_t pid);
KbServerState kb_server_query (const KbHome *home, GCancellable *cancellable);
char *kb_server_query_version (const KbHome *home, GCancellable *cancellable);
const char *kb_server_state_to_string (KbServerState state);

G_END_DECLS
