/* SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KbSettingFunc:
 * @key: a name
 * @value: what it is set to; %NULL when only a shell could say
 * @data: what kb_settings_read() was given
 *
 * Is told each setting of a file.
 */
typedef void (*KbSettingFunc) (const char *key, const char *value, gpointer data);

gboolean kb_settings_read (const char *path, KbSettingFunc func, gpointer data);

G_END_DECLS
