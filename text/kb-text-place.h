/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-drive.h"

G_BEGIN_DECLS

char *kb_text_drive (const KbDrive *drive, gboolean fits);
char *kb_text_found_on_drive (const KbEntry *entry, const char *drive, GDateTime *now);
char *kb_text_folder_is (const char *folder);

G_END_DECLS
