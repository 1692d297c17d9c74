/* SPDX-License-Identifier: MIT */
/* options.ini of a data folder. */
#include "kb-options.h"

#include "kb-error.h"
#include "kb-file.h"

#include <string.h>

#define OPTIONS_MAX_BYTES (1024 * 1024)

/* ConfigObj takes a value in quotes and a comment behind it; GKeyFile leaves both to us. */
static char *
unquote (const char *raw)
{
    const char quote = raw[0];

    if (quote == '"' || quote == '\'') {
        const char *end = strchr (raw + 1, quote);
        if (end != NULL)
            return g_strndup (raw + 1, (gsize) (end - raw - 1));
    }
    const char *comment = strchr (raw, '#');
    char *value = comment != NULL ? g_strndup (raw, (gsize) (comment - raw)) : g_strdup (raw);
    return g_strchomp (value);
}

/**
 * kb_options_get:
 * @options: what kb_options_load() gave
 * @group: a section
 * @name: an option
 * @fallback: what holds where nothing is said
 *
 * Kolibri asks the environment first, then options.ini (kolibri/utils/options.py).
 *
 * Returns: (transfer full): the value
 */
char *
kb_options_get (GKeyFile *options, const char *group, const char *name, const char *fallback)
{
    g_autofree char *variable = g_strconcat ("KOLIBRI_", name, NULL);
    const char *from_env = g_getenv (variable);

    if (from_env != NULL)
        return g_strdup (from_env);
    g_autofree char *raw = g_key_file_get_value (options, group, name, NULL);
    return raw != NULL ? unquote (raw) : g_strdup (fallback);
}

/**
 * kb_options_load:
 * @home: the path of a data folder
 * @error: return location for a #GError
 *
 * Reads options.ini.
 *
 * Errors: %KB_ERROR_UNSUPPORTED when nobody can understand it, %KB_ERROR_PERMISSION, %KB_ERROR_IO.
 *
 * Returns: (transfer full): the settings; none when there is no such file
 */
GKeyFile *
kb_options_load (const char *home, GError **error)
{
    g_autoptr (GKeyFile) options = g_key_file_new();
    g_autofree char *path = g_build_filename (home, "options.ini", NULL);
    g_autoptr (GError) local = NULL;
    gsize length;
    g_autofree char *text = kb_file_read_text (path, OPTIONS_MAX_BYTES, &length, &local);

    if (text == NULL && g_error_matches (local, KB_ERROR, KB_ERROR_NOT_FOUND))
        return g_steal_pointer (&options);
    if (text == NULL && !g_error_matches (local, KB_ERROR, KB_ERROR_NOT_A_BACKUP)) {
        g_propagate_error (error, g_steal_pointer (&local));
        return NULL;
    }
    if (text == NULL) {
        g_set_error (error, KB_ERROR, KB_ERROR_UNSUPPORTED, "read settings: %s", local->message);
        return NULL;
    }
    const char *start = g_str_has_prefix (text, "\xef\xbb\xbf") ? text + 3 : text;
    length -= (gsize) (start - text);
    if (length > 0 &&
        !g_key_file_load_from_data (options, start, length, G_KEY_FILE_NONE, &local)) {
        g_set_error (error, KB_ERROR, KB_ERROR_UNSUPPORTED, "read settings: %s: %s", path,
                     local->message);
        return NULL;
    }
    return g_steal_pointer (&options);
}
