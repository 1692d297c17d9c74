/* SPDX-License-Identifier: MIT */
#include "kb-agreement.h"

#include "kb-version.h"

/**
 * kb_agreement_of:
 * @program_version: (nullable): the version of the installed Kolibri
 * @data_version: (nullable): what `.data_version` says
 *
 * Kolibri upgrades its data whenever the two differ (kolibri/utils/main.py), so a pre-release is
 * not its release here.
 *
 * Returns: what the one means for the other
 */
KbAgreement
kb_agreement_of (const char *program_version, const char *data_version)
{
    KbVersion program, data;

    if (program_version == NULL || data_version == NULL ||
        !kb_version_parse (program_version, &program) || !kb_version_parse (data_version, &data))
        return KB_AGREEMENT_UNKNOWN;
    int order = kb_version_compare (&program, &data);
    if (order == 0)
        return KB_AGREEMENT_SAME;
    return order > 0 ? KB_AGREEMENT_UPGRADE : KB_AGREEMENT_DOWNGRADE;
}

/**
 * kb_agreement_to_string:
 * @agreement: an agreement
 *
 * Returns: its name for machines
 */
const char *
kb_agreement_to_string (KbAgreement agreement)
{
    static const char *const names[] = {
        [KB_AGREEMENT_UNKNOWN] = "unknown",
        [KB_AGREEMENT_SAME] = "same",
        [KB_AGREEMENT_UPGRADE] = "upgrade-pending",
        [KB_AGREEMENT_DOWNGRADE] = "downgrade",
    };

    return names[agreement];
}
