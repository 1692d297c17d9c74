/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-error.h"
#include "kb-text.h"

G_BEGIN_DECLS

/**
 * KbAdvice:
 * @KB_ADVICE_NONE: no button helps
 * @KB_ADVICE_TRY_AGAIN: the same once more
 * @KB_ADVICE_SHOW_FOLDER: look at the folder, or make space there
 * @KB_ADVICE_CHOOSE_FILE: take another backup
 * @KB_ADVICE_CHOOSE_DRIVE: take another drive
 * @KB_ADVICE_CHECK: check the backup
 * @KB_ADVICE_SAVE_REPORT: save a report for whoever can help
 *
 * The button that does what the advice says.
 */
typedef enum {
    KB_ADVICE_NONE,
    KB_ADVICE_TRY_AGAIN,
    KB_ADVICE_SHOW_FOLDER,
    KB_ADVICE_CHOOSE_FILE,
    KB_ADVICE_CHOOSE_DRIVE,
    KB_ADVICE_CHECK,
    KB_ADVICE_SAVE_REPORT,
} KbAdvice;

/**
 * KbErrorText:
 * @what: what happened
 * @safety: whether the data is safe
 * @advice: what to do now
 * @action: the button that does it
 * @details: the technical text in English, valid UTF-8, for unfolding and copying
 *
 * An error in the words of the person whom it hits.
 */
typedef struct {
    char *what;
    char *safety;
    char *advice;
    KbAdvice action;
    char *details;
} KbErrorText;

KbErrorText *kb_error_text_new (KbOperation operation, const GError *error);
void kb_error_text_free (KbErrorText *self);
const char *kb_error_text_get_label (KbAdvice action);
char *kb_error_text_name (const GError *error);
char *kb_error_text_describe (const GError *error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbErrorText, kb_error_text_free)

G_END_DECLS
