/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-server-look.h"

G_BEGIN_DECLS

/**
 * KbStopped:
 *
 * A Kolibri that has been stopped, and how to start it again.
 */
typedef struct _KbStopped KbStopped;

gboolean kb_control_check (const KbServerLook *look, const KbHome *home, GError **error);
KbStopped *kb_control_stop (const KbHome *home,
                            const KbServerLook *look,
                            GCancellable *cancellable,
                            GError **error);
gboolean kb_control_start_again (KbStopped *self,
                                 const KbHome *home,
                                 GCancellable *cancellable,
                                 GError **error);
gboolean kb_control_resume (const KbHome *home, const char *way);
void kb_stopped_free (KbStopped *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbStopped, kb_stopped_free)

G_END_DECLS
