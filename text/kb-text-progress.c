/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "kb-text-progress.h"

#include "kb-gettext.h"

/**
 * kb_text_phase:
 * @phase: a phase
 *
 * Returns: (transfer none): what is being done, for the person who waits
 */
const char *
kb_text_phase (KbPhase phase)
{
    switch (phase) {
    case KB_PHASE_WRITING:
        return _ ("Writing the backup…");
    case KB_PHASE_SYNCING:
        return _ ("Making sure that the disk has it…");
    case KB_PHASE_CHECKING:
        return _ ("Checking…");
    case KB_PHASE_LOADING:
        return _ ("Reading the backup…");
    case KB_PHASE_STOPPING:
        return _ ("Stopping Kolibri…");
    case KB_PHASE_KEEPING:
        return _ ("Keeping a copy of the present data…");
    case KB_PHASE_REPLACING:
        return _ ("Bringing the data back…");
    case KB_PHASE_COMMITTING:
        return _ ("Finishing; please do not turn the computer off…");
    case KB_PHASE_STARTING:
        return _ ("Starting Kolibri…");
    case KB_PHASE_COPYING:
        return _ ("Copying…");
    case KB_PHASE_DONE:
        return _ ("Done");
    case KB_PHASE_IDLE:
    case KB_PHASE_PREPARING:
    case KB_N_PHASES:
        break;
    }
    return _ ("Preparing…");
}

/**
 * kb_text_step:
 * @progress: how far the work is
 *
 * Returns: (transfer full): what is being done, and which step of how many it is, where that is
 *     known
 */
char *
kb_text_step (const KbProgressSnapshot *progress)
{
    if (progress->step == 0 || progress->n_steps < 2)
        return g_strdup (kb_text_phase (progress->phase));
    /* Translators: as "Step 2 of 5: Writing the backup…". */
    return g_strdup_printf (C_ ("progress", "Step %u of %u: %s"), progress->step, progress->n_steps,
                            kb_text_phase (progress->phase));
}

static int
round_to (int value, int unit)
{
    return (value + unit / 2) / unit * unit;
}

/**
 * kb_text_time_left:
 * @seconds: what kb_time_left_update() said
 *
 * Says how long it will still take, as roughly as it is known.
 *
 * Returns: (transfer full) (nullable): as "About 2 minutes left"; %NULL when it is not known
 */
char *
kb_text_time_left (int seconds)
{
    int rounded = round_to (seconds, 5);
    int minutes = (seconds + 30) / 60;
    int hours = MAX (2, (seconds + 30 * 60) / (60 * 60));

    if (seconds < 0)
        return NULL;
    if (rounded < 5)
        return g_strdup (_ ("A few seconds left"));
    if (rounded < 60)
        return g_strdup_printf (
            ngettext ("About %d second left", "About %d seconds left", (gulong) rounded), rounded);
    if (minutes > 15)
        minutes = round_to (minutes, 5);
    if (minutes < 90)
        return g_strdup_printf (
            ngettext ("About %d minute left", "About %d minutes left", (gulong) minutes), minutes);
    return g_strdup_printf (ngettext ("About %d hour left", "About %d hours left", (gulong) hours),
                            hours);
}

static gboolean
replaces_data (KbOperation operation)
{
    return operation == KB_OPERATION_RESTORE || operation == KB_OPERATION_UNDO;
}

/**
 * kb_text_cancel_label:
 * @operation: what is being done
 * @phase: how far it is
 *
 * Returns: (transfer none) (nullable): what the button says that stops the work, with an
 *     underscore before the letter that presses it; %NULL when nothing can stop it any more
 */
const char *
kb_text_cancel_label (KbOperation operation, KbPhase phase)
{
    gboolean has_stopped_kolibri =
        phase == KB_PHASE_STOPPING || phase == KB_PHASE_KEEPING || phase == KB_PHASE_REPLACING;

    if (!kb_phase_can_cancel (phase))
        return NULL;
    if (replaces_data (operation) && has_stopped_kolibri)
        /* Translators: the button that stops a restore before it has happened. */
        return C_ ("button", "_Stop and Keep the Old Data");
    return C_ ("button", "_Cancel");
}

/**
 * kb_text_cannot_cancel:
 * @phase: how far the work is
 *
 * Returns: (transfer none) (nullable): why there is no button that stops the work; %NULL while
 *     there is one
 */
const char *
kb_text_cannot_cancel (KbPhase phase)
{
    if (phase == KB_PHASE_COMMITTING)
        return _ ("This step cannot be stopped: your data is being exchanged.");
    if (phase == KB_PHASE_STARTING)
        return _ ("Kolibri is being started again. This can take a minute.");
    return NULL;
}
