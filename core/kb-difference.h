/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-home.h"
#include "kb-sqlite.h"
#include "kb-summary.h"

G_BEGIN_DECLS

/**
 * KbDifference:
 * @answers: answers that learners have given
 * @users: users that have been added
 *
 * What has been done since some moment, as far as the rows say when they were made; clocks of
 * offline devices are often wrong.
 */
typedef struct {
    gint64 answers;
    gint64 users;
} KbDifference;

gboolean
kb_difference_of_data (const char *database, GDateTime *since, KbDifference *out, GError **error);
gboolean kb_difference_since_backup (const KbHome *home,
                                     GDateTime *time,
                                     const KbSummary *summary,
                                     KbDifference *out,
                                     GCancellable *cancellable,
                                     GError **error);

G_END_DECLS
