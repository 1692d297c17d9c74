/* SPDX-License-Identifier: MIT */
#pragma once

/* What the files of kb-platform for Windows share. */

#include "kb-platform.h"

#include <windows.h>

G_BEGIN_DECLS

wchar_t *kb_platform_win32_path (const char *path);
void kb_platform_win32_set_error (GError **error, DWORD code, const char *step, const char *path);
HANDLE kb_platform_win32_open_for_look (const char *path, DWORD flags);

G_END_DECLS
