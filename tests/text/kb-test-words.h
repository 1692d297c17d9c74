/* SPDX-License-Identifier: MIT */
#pragma once

/* What every sentence for a person has to be. */

#include <glib.h>

G_BEGIN_DECLS

void kb_test_assert_sentence (const char *text);
void kb_test_assert_plain (const char *text);
void kb_test_assert_text (char *text, const char *expected);

G_END_DECLS
