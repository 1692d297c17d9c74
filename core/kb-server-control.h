/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-server.h"

G_BEGIN_DECLS

/**
 * KbStoppedServer:
 *
 * How to start a server again that has been stopped: its program, arguments and environment.
 */
typedef struct _KbStoppedServer KbStoppedServer;

gboolean kb_server_wait_until_ready (const KbHome *home, GCancellable *cancellable, GError **error);
KbStoppedServer *kb_server_stop (const KbHome *home, GCancellable *cancellable, GError **error);
gboolean kb_server_start_again (KbStoppedServer *self,
                                const KbHome *home,
                                GCancellable *cancellable,
                                GError **error);
void kb_stopped_server_free (KbStoppedServer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbStoppedServer, kb_stopped_server_free)

G_END_DECLS
