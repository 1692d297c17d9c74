/* SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KbAgreement:
 * @KB_AGREEMENT_UNKNOWN: one of the versions is missing or cannot be read
 * @KB_AGREEMENT_SAME: the program made the data what it is
 * @KB_AGREEMENT_UPGRADE: the program is newer: it upgrades the data when it starts
 * @KB_AGREEMENT_DOWNGRADE: the program is older: it starts, and then breaks (facts, 6)
 *
 * What the version of the installed Kolibri means for the data.
 */
typedef enum {
    KB_AGREEMENT_UNKNOWN,
    KB_AGREEMENT_SAME,
    KB_AGREEMENT_UPGRADE,
    KB_AGREEMENT_DOWNGRADE,
} KbAgreement;

KbAgreement kb_agreement_of (const char *program_version, const char *data_version);
const char *kb_agreement_to_string (KbAgreement agreement);

G_END_DECLS
