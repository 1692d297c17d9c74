/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-candidates.h"
#include "kb-daemon.h"
#include "kb-server.h"
#include "kb-service.h"

G_BEGIN_DECLS

/**
 * KbServerProof:
 * @KB_SERVER_PROOF_NONE: there is no sign of it
 * @KB_SERVER_PROOF_ANSWER: it answers on the port that server.pid names
 * @KB_SERVER_PROOF_PROCESS: the process that server.pid names is a Kolibri
 * @KB_SERVER_PROOF_DAEMON: its daemon says so on D-Bus
 * @KB_SERVER_PROOF_WORKERS: processes of kolibri-server work on the data
 * @KB_SERVER_PROOF_SERVICE: the computer says that its service runs
 * @KB_SERVER_PROOF_DATABASE: a process has the database open
 *
 * How it is known what a server does.
 */
typedef enum {
    KB_SERVER_PROOF_NONE,
    KB_SERVER_PROOF_ANSWER,
    KB_SERVER_PROOF_PROCESS,
    KB_SERVER_PROOF_DAEMON,
    KB_SERVER_PROOF_WORKERS,
    KB_SERVER_PROOF_SERVICE,
    KB_SERVER_PROOF_DATABASE,
} KbServerProof;

/**
 * KbServerWay:
 * @KB_SERVER_WAY_FLAG: by process_control.flag, as `kolibri stop` does since 0.15
 * @KB_SERVER_WAY_SIGNAL: by SIGTERM, as `kolibri stop` did before
 * @KB_SERVER_WAY_SERVICE: by its service
 * @KB_SERVER_WAY_DAEMON: by its daemon on D-Bus
 *
 * How a server is stopped.
 */
typedef enum {
    KB_SERVER_WAY_FLAG,
    KB_SERVER_WAY_SIGNAL,
    KB_SERVER_WAY_SERVICE,
    KB_SERVER_WAY_DAEMON,
} KbServerWay;

/**
 * KbServerLook:
 * @state: what it does
 * @proof: how that is known
 * @way: how it is stopped, or would be
 * @service: which service, for %KB_SERVER_WAY_SERVICE
 * @daemon: which daemon, for %KB_SERVER_WAY_DAEMON
 * @rights: whether this process may do that
 * @version: (nullable): the version of Kolibri that its daemon says
 *
 * All that can be found out about the server of a data folder without changing anything.
 */
typedef struct {
    KbServerState state;
    KbServerProof proof;
    KbServerWay way;
    KbService service;
    KbDaemonId daemon;
    KbServiceRights rights;
    char *version;
} KbServerLook;

KbServerLook *kb_server_look_new (const KbHome *home, GCancellable *cancellable);
void kb_server_look_free (KbServerLook *self);
char *kb_server_look_name_way (const KbServerLook *self);
const char *kb_server_proof_to_string (KbServerProof proof);
const char *kb_server_rights_to_string (KbServiceRights rights);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbServerLook, kb_server_look_free)

G_END_DECLS
