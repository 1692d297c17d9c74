/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-error.h"
#include "kb-text.h"

G_BEGIN_DECLS

/**
 * KbErrorText:
 * @what: what happened
 * @safety: whether the data is safe
 * @advice: what to do now
 *
 * An error in the words of the person whom it hits.
 */
typedef struct {
    char *what;
    char *safety;
    char *advice;
} KbErrorText;

KbErrorText *kb_error_text_new (KbOperation operation, const GError *error);
void kb_error_text_free (KbErrorText *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbErrorText, kb_error_text_free)

G_END_DECLS
