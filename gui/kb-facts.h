/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-status.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * KbContents:
 * @heading: the heading of the column for the backup
 * @present_heading: the heading of the column for what there is now
 * @version: (nullable): the version of Kolibri that the backup is of
 * @summary: (nullable): what is in it
 */
typedef struct {
    const char *heading;
    const char *present_heading;
    const char *version;
    const KbSummary *summary;
} KbContents;

#define KB_TYPE_FACTS (kb_facts_get_type())
G_DECLARE_FINAL_TYPE (KbFacts, kb_facts, KB, FACTS, GtkGrid)

void kb_facts_fill (KbFacts *self, const KbContents *contents, const KbStatus *status);

G_END_DECLS
