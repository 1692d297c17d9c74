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
 * @KB_SERVER_UNKNOWN: it cannot be seen from here whether it runs
 *
 * What the server of a data folder does.
 */
typedef enum {
    KB_SERVER_STOPPED,
    KB_SERVER_STARTING,
    KB_SERVER_RUNNING,
    KB_SERVER_STOPPING,
    KB_SERVER_NOT_RESPONDING,
    KB_SERVER_UNKNOWN,
} KbServerState;

gboolean kb_server_read_pid_file (const KbHome *home, KbServerPid *out);
KbServerState kb_server_query (const KbHome *home, GCancellable *cancellable);
char *kb_server_query_version (const KbHome *home, GCancellable *cancellable);
const char *kb_server_state_to_string (KbServerState state);

G_END_DECLS
