/* SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KbLanguage:
 * @code: the name of its catalogue, as "sw" or "pt_BR"
 * @name: as its own speakers write it
 */
typedef struct {
    const char *code;
    const char *name;
} KbLanguage;

const KbLanguage *kb_text_languages (void);

G_END_DECLS
