/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-helper-talk.h"
#include "kb-home.h"

G_BEGIN_DECLS

/**
 * KbHelperOperation:
 *
 * Something that the helper can do, with the form of its words.
 */
typedef struct _KbHelperOperation KbHelperOperation;

const KbHelperOperation *kb_helper_find_operation (int argc, char **argv);
JsonObject *kb_helper_run (const KbHelperOperation *operation,
                           KbHome *home,
                           char **words,
                           KbTalk *talk,
                           GError **error);

G_END_DECLS
