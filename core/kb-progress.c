/* SPDX-License-Identifier: MIT */
#include "kb-progress.h"

#include <stdatomic.h>

#define FRACTION_SCALE 1000000

/* One writer (the worker), any number of readers. The atomics are independent: a reader may see a
 * new @done beside an old @total, never a torn value. The shares belong to the writer alone. */
struct _KbProgress {
    _Atomic int phase;
    _Atomic uint64_t done;
    _Atomic uint64_t total;
    _Atomic unsigned fraction; /* of FRACTION_SCALE */
    _Atomic unsigned n_steps;
    _Atomic unsigned steps[KB_N_PHASES]; /* from 1; 0 for what is not in the plan */

    double start[KB_N_PHASES];
    double span[KB_N_PHASES];
};

/**
 * kb_progress_new:
 *
 * Makes counters for one run of one operation. One thread writes them; any thread may read them.
 *
 * Returns: (transfer full): the counters, at %KB_PHASE_IDLE
 */
KbProgress *
kb_progress_new (void)
{
    return g_atomic_rc_box_new0 (KbProgress);
}

/**
 * kb_progress_ref:
 * @self: the counters
 *
 * Any thread.
 *
 * Returns: (transfer full): @self
 */
KbProgress *
kb_progress_ref (KbProgress *self)
{
    return g_atomic_rc_box_acquire (self);
}

/**
 * kb_progress_unref:
 * @self: (nullable) (transfer full): the counters
 *
 * Any thread.
 */
void
kb_progress_unref (KbProgress *self)
{
    if (self != NULL)
        g_atomic_rc_box_release (self);
}

/**
 * kb_progress_plan:
 * @self: (nullable): the counters
 * @plan: the phases of the operation, in order, each with its weight
 * @n_plan: how many
 *
 * Says how the phases share the whole. Called by the writer, once, before the first
 * kb_progress_set().
 */
void
kb_progress_plan (KbProgress *self, const KbPhaseWeight *plan, size_t n_plan)
{
    double sum = 0;
    double start = 0;

    if (self == NULL)
        return;

    for (size_t i = 0; i < n_plan; i++)
        sum += plan[i].weight;
    for (size_t i = 0; i < n_plan; i++) {
        self->start[plan[i].phase] = start;
        self->span[plan[i].phase] = plan[i].weight / sum;
        start += plan[i].weight / sum;
        atomic_store_explicit (&self->steps[plan[i].phase], (unsigned) i + 1, memory_order_relaxed);
    }
    atomic_store_explicit (&self->n_steps, (unsigned) n_plan, memory_order_relaxed);
}

/**
 * kb_progress_set:
 * @self: (nullable): the counters
 * @phase: the phase that is under way
 * @done: units finished in it
 * @total: units that it takes, or 0 when not known
 *
 * Called by the one writer.
 */
void
kb_progress_set (KbProgress *self, KbPhase phase, uint64_t done, uint64_t total)
{
    double part = 0;

    if (self == NULL)
        return;

    if (total > 0)
        part = done < total ? (double) done / (double) total : 1;
    unsigned fraction =
        (unsigned) ((self->start[phase] + self->span[phase] * part) * FRACTION_SCALE);

    atomic_store_explicit (&self->total, total, memory_order_relaxed);
    atomic_store_explicit (&self->done, done, memory_order_relaxed);
    if (phase == KB_PHASE_DONE)
        fraction = FRACTION_SCALE;
    if (fraction > atomic_load_explicit (&self->fraction, memory_order_relaxed))
        atomic_store_explicit (&self->fraction, fraction, memory_order_relaxed);
    atomic_store_explicit (&self->phase, (int) phase, memory_order_release);
}

/**
 * kb_progress_snapshot:
 * @self: the counters
 * @out: (out): what they say now
 *
 * Any thread.
 */
void
kb_progress_snapshot (KbProgress *self, KbProgressSnapshot *out)
{
    g_return_if_fail (self != NULL && out != NULL);

    out->phase = (KbPhase) atomic_load_explicit (&self->phase, memory_order_acquire);
    out->done = atomic_load_explicit (&self->done, memory_order_relaxed);
    out->total = atomic_load_explicit (&self->total, memory_order_relaxed);
    out->fraction =
        atomic_load_explicit (&self->fraction, memory_order_relaxed) / (double) FRACTION_SCALE;
    out->step = atomic_load_explicit (&self->steps[out->phase], memory_order_relaxed);
    out->n_steps = atomic_load_explicit (&self->n_steps, memory_order_relaxed);
}

/**
 * kb_progress_follow:
 * @self: (nullable): the counters
 * @other: what the counters of another process say
 *
 * Called by the one writer where another process does the work; there is no plan then.
 */
void
kb_progress_follow (KbProgress *self, const KbProgressSnapshot *other)
{
    unsigned fraction = (unsigned) (other->fraction * FRACTION_SCALE);

    if (self == NULL)
        return;

    atomic_store_explicit (&self->total, other->total, memory_order_relaxed);
    atomic_store_explicit (&self->done, other->done, memory_order_relaxed);
    atomic_store_explicit (&self->steps[other->phase], other->step, memory_order_relaxed);
    atomic_store_explicit (&self->n_steps, other->n_steps, memory_order_relaxed);
    if (fraction > atomic_load_explicit (&self->fraction, memory_order_relaxed))
        atomic_store_explicit (&self->fraction, fraction, memory_order_relaxed);
    atomic_store_explicit (&self->phase, (int) other->phase, memory_order_release);
}

/**
 * kb_phase_can_cancel:
 * @phase: a phase
 *
 * Says whether a cancel still has an effect in @phase. From the commit on, the restore has
 * happened, and what follows only tidies up.
 *
 * Returns: %TRUE if it can be cancelled
 */
gboolean
kb_phase_can_cancel (KbPhase phase)
{
    return phase != KB_PHASE_COMMITTING && phase != KB_PHASE_STARTING && phase != KB_PHASE_DONE;
}
