/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-home.h"
#include "kb-server-pid.h"

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

gboolean kb_server_read_pid_file (const KbHome *home, KbServerPid *out);
KbServerState kb_server_query (const KbHome *home, GCancellable *cancellable);
char *kb_server_query_version (const KbHome *home, GCancellable *cancellable);
const char *kb_server_state_to_string (KbServerState state);

G_END_DECLS
