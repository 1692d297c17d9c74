/* SPDX-License-Identifier: MIT */
#pragma once

#include <gio/gio.h>
#include <stdint.h>

G_BEGIN_DECLS

/* kolibri/utils/server.py: those of the STATUS_ numbers behind which a process may live */
enum { KB_SERVER_PID_RUNNING = 0, KB_SERVER_PID_STARTING = 4, KB_SERVER_PID_STOPPING = 10 };

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
gboolean kb_server_pid_read (const char *home, KbServerPid *out);
gboolean kb_server_pid_says_alive (const KbServerPid *self);
gboolean kb_server_is_kolibri (int64_t pid);

G_END_DECLS
