/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-catalog.h"

G_BEGIN_DECLS

gboolean kb_catalog_set_keep (const KbHome *home, const char *name, gboolean keep, GError **error);
gboolean
kb_catalog_set_note (const KbHome *home, const char *name, const char *note, GError **error);
gboolean kb_catalog_set_checked (const KbHome *home,
                                 const char *name,
                                 const char *result,
                                 const KbSummary *summary,
                                 GError **error);

G_END_DECLS
