/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-home.h"

G_BEGIN_DECLS

gboolean kb_catalog_delete (const KbHome *home, const char *name, GError **error);
gboolean kb_catalog_undelete (const KbHome *home, const char *name, GError **error);
gboolean kb_catalog_has_deleted (const KbHome *home, const char *name);
gboolean kb_catalog_empty_deleted (const KbHome *home, const char *name, GError **error);

G_END_DECLS
