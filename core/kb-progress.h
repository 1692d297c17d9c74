/* SPDX-License-Identifier: MIT */
#pragma once

#include <glib-object.h>
#include <stdint.h>

G_BEGIN_DECLS

/**
 * KbPhase:
 * @KB_PHASE_IDLE: nothing has begun
 * @KB_PHASE_PREPARING: looking at what there is
 * @KB_PHASE_WRITING: database to backup file
 * @KB_PHASE_SYNCING: waiting until the disk has it
 * @KB_PHASE_CHECKING: reading back, comparing, checking
 * @KB_PHASE_LOADING: backup file to scratch database
 * @KB_PHASE_STOPPING: Kolibri stops
 * @KB_PHASE_KEEPING: copying the data in use aside
 * @KB_PHASE_REPLACING: copying the new data in
 * @KB_PHASE_COMMITTING: the last sync; the one step that nobody can cancel
 * @KB_PHASE_STARTING: Kolibri starts again
 * @KB_PHASE_COPYING: backup file to another place
 * @KB_PHASE_DONE: over
 *
 * The named steps of all operations; one operation goes through some of them, in its order.
 */
typedef enum {
    KB_PHASE_IDLE,
    KB_PHASE_PREPARING,
    KB_PHASE_WRITING,
    KB_PHASE_SYNCING,
    KB_PHASE_CHECKING,
    KB_PHASE_LOADING,
    KB_PHASE_STOPPING,
    KB_PHASE_KEEPING,
    KB_PHASE_REPLACING,
    KB_PHASE_COMMITTING,
    KB_PHASE_STARTING,
    KB_PHASE_COPYING,
    KB_PHASE_DONE,
    KB_N_PHASES /*< skip >*/
} KbPhase;

/**
 * KbPhaseWeight:
 * @phase: a step of an operation
 * @weight: its share of the whole, in any unit; a rough measure of time
 */
typedef struct {
    KbPhase phase;
    unsigned weight;
} KbPhaseWeight;

/**
 * KbProgressSnapshot:
 * @phase: what the worker is doing
 * @done: units finished in this phase: bytes, pages or rows
 * @total: units that the phase will take, or 0 when not known yet
 * @fraction: of the whole operation, from 0.0 to 1.0; never goes back
 * @step: which step of the plan the phase is, from 1, or 0 when it is none
 * @n_steps: how many steps the plan has, or 0 when there is no plan
 */
typedef struct {
    KbPhase phase;
    uint64_t done;
    uint64_t total;
    double fraction;
    unsigned step;
    unsigned n_steps;
} KbProgressSnapshot;

typedef struct _KbProgress KbProgress;

KbProgress *kb_progress_new (void);
KbProgress *kb_progress_ref (KbProgress *self);
void kb_progress_unref (KbProgress *self);
void kb_progress_plan (KbProgress *self, const KbPhaseWeight *plan, size_t n_plan);
void kb_progress_set (KbProgress *self, KbPhase phase, uint64_t done, uint64_t total);
void kb_progress_snapshot (KbProgress *self, KbProgressSnapshot *out);
void kb_progress_follow (KbProgress *self, const KbProgressSnapshot *other);
gboolean kb_phase_can_cancel (KbPhase phase);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbProgress, kb_progress_unref)

G_END_DECLS
