/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-home.h"
#include "kb-progress.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * KbHelperCall:
 * @operation: what the helper shall do, a name of its table
 * @arguments: what the operation needs, %NULL at the end
 * @input: (nullable): a file whose bytes go to the helper
 * @output: (nullable): a new file for the bytes that come from the helper
 * @entries: (nullable) (element-type JsonObject): where what is listed is added
 *
 * One run of the helper.
 */
typedef struct {
    const char *operation;
    const char *const *arguments;
    const char *input;
    const char *output;
    GPtrArray *entries;
} KbHelperCall;

gboolean kb_helper_is_needed (const KbHome *home);
gboolean kb_helper_is_offered (const KbHome *home);
JsonObject *kb_helper_call (const KbHome *home,
                            const KbHelperCall *call,
                            KbProgress *progress,
                            GCancellable *cancellable,
                            GError **error);

G_END_DECLS
