/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-progress.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define KB_TYPE_JOB (kb_job_get_type())
G_DECLARE_FINAL_TYPE (KbJob, kb_job, KB, JOB, GObject)

/**
 * KbJobFunc:
 * @params: what the job was made with; nobody else touches it
 * @progress: to count in
 * @cancellable: to look at
 * @error: return location for a #GError
 *
 * A blocking function of core, or a few in a row. Runs in a worker; @params and @progress are all
 * it may touch.
 *
 * Returns: (transfer full): the result; %NULL on failure
 */
typedef gpointer (*KbJobFunc) (gpointer params,
                               KbProgress *progress,
                               GCancellable *cancellable,
                               GError **error);

KbJob *kb_job_new (KbJobFunc func,
                   gpointer params,
                   GDestroyNotify params_free,
                   GDestroyNotify result_free);
void kb_job_start (KbJob *self);
void kb_job_cancel (KbJob *self);
void kb_job_get_progress (KbJob *self, KbProgressSnapshot *out);
gpointer kb_job_steal_result (KbJob *self);

G_END_DECLS
