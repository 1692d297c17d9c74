/* SPDX-License-Identifier: MIT */
#pragma once

/* What differs between systems when it comes to languages: where the catalogues are, and who names
 * months and days. kb-locale-posix.c and kb-locale-win32.c implement it. */

#include "kb-text-language.h"

G_BEGIN_DECLS

void kb_locale_bind (const char *domain, const char *dir);
gboolean kb_locale_take_dates (const KbLanguage *language);
gboolean kb_locale_dates_are_english (void);

G_END_DECLS
