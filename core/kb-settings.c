/* SPDX-License-Identifier: MIT */
/* Files of KEY=value lines that a shell or systemd would read. They are never executed: what is no
 * plain assignment is told as not understood. */
#include "kb-settings.h"

#include "kb-file.h"

#include <string.h>

#define MAX_BYTES (256 * 1024)

/* What is between the quotes, or before the comment; NULL when a shell would do more with it. */
static char *
plain_value (const char *raw)
{
    g_autofree char *value = NULL;

    if (raw[0] == '"' || raw[0] == '\'') {
        const char *end = strchr (raw + 1, raw[0]);
        if (end == NULL || (end[1] != '\0' && !g_ascii_isspace (end[1]) && end[1] != ';'))
            return NULL;
        value = g_strndup (raw + 1, (gsize) (end - raw - 1));
        if (raw[0] == '\'')
            return g_steal_pointer (&value);
    } else {
        value = g_strndup (raw, strcspn (raw, " \t;#"));
        if (strpbrk (value, "'\"&|<>()*?[]{}") != NULL)
            return NULL;
    }
    return strpbrk (value, "$`\\") == NULL ? g_steal_pointer (&value) : NULL;
}

/* `KEY=value`, `export KEY=value`, and `Environment=KEY=value` of a unit of systemd. */
static void
read_line (char *line, KbSettingFunc func, gpointer data)
{
    static const char *const starts[] = {"export ", "Environment="};
    const char *at = g_strstrip (line);
    g_autofree char *unquoted = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS (starts); i++)
        if (g_str_has_prefix (at, starts[i]))
            at += strlen (starts[i]);
    if (at[0] == '"' && at != line) { /* Environment="KEY=value" */
        unquoted = g_strndup (at + 1, strcspn (at + 1, "\""));
        at = unquoted;
    }
    size_t length = strspn (at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");
    if (length == 0 || at[length] != '=')
        return;
    g_autofree char *key = g_strndup (at, length);
    g_autofree char *value = plain_value (at + length + 1);
    func (key, value, data);
}

/**
 * kb_settings_read:
 * @path: a file of `KEY=value` lines
 * @func: told each of them, in their order
 * @data: handed to @func
 *
 * Reads a file of settings without executing it.
 *
 * Returns: %TRUE if there is such a file and it could be read
 */
gboolean
kb_settings_read (const char *path, KbSettingFunc func, gpointer data)
{
    g_autofree char *text = kb_file_read_text (path, MAX_BYTES, NULL, NULL);
    g_auto (GStrv) lines = NULL;

    if (text == NULL)
        return FALSE;
    lines = g_strsplit (text, "\n", -1);
    for (size_t i = 0; lines[i] != NULL; i++)
        read_line (lines[i], func, data);
    return TRUE;
}
