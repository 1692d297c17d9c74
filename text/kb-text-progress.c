/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "kb-text-progress.h"

#include <glib/gi18n.h>

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
        return _ ("Waiting for the disk…");
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
        return _ ("Finishing; please wait…");
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
