/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-home.h"

G_BEGIN_DECLS

/**
 * KbRecoveredKind:
 * @KB_RECOVERED_NOTHING: there was nothing to put right
 * @KB_RECOVERED_LEFTOVERS: unfinished files have been removed
 * @KB_RECOVERED_OLD_DATA: a restore had been interrupted before it happened: the data is as before
 * @KB_RECOVERED_NEW_DATA: a restore had been interrupted after it happened: the data is restored
 *
 * What had happened, in the order of importance.
 */
typedef enum {
    KB_RECOVERED_NOTHING,
    KB_RECOVERED_LEFTOVERS,
    KB_RECOVERED_OLD_DATA,
    KB_RECOVERED_NEW_DATA,
} KbRecoveredKind;

/**
 * KbRecovered:
 * @kind: what had happened
 * @kolibri_was_stopped: whether Kolibri had been stopped for it and may still be
 * @kolibri_was_started: whether it runs again, or has been told to
 */
typedef struct {
    KbRecoveredKind kind;
    gboolean kolibri_was_stopped;
    gboolean kolibri_was_started;
} KbRecovered;

gboolean kb_recover_run (const KbHome *home, KbRecovered *out, GError **error);
gboolean
kb_recover_locked (const KbHome *home, const KbOwner *owner, KbRecovered *out, GError **error);

const char *kb_recovered_to_string (KbRecoveredKind kind);

G_END_DECLS
