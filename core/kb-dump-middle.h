/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-source.h"

G_BEGIN_DECLS

uint64_t kb_dump_find_middle (const char *file, gboolean follow_links);

G_END_DECLS
