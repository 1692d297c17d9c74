/* SPDX-License-Identifier: MIT */
#include "kb-backup-name.h"

#include <stdio.h>
#include <string.h>

#define PREFIX "db-v"
#define SUFFIX ".dump"
#define TIME_LENGTH 19 /* 2024-05-01_10-11-12 */

static GDateTime *
parse_time (const char *text)
{
    int year, month, day, hour, minute, second;

    if (strspn (text, "0123456789-_") < TIME_LENGTH ||
        sscanf (text, "%4d-%2d-%2d_%2d-%2d-%2d", &year, &month, &day, &hour, &minute, &second) != 6)
        return NULL;
    return g_date_time_new_local (year, month, day, hour, minute, second);
}

/**
 * kb_backup_name_parse:
 * @name: a file name, without folder
 *
 * Reads the name of a backup, ours or Kolibri's: `db-v0.17.5_2024-05-01_10-11-12.dump`. Anything
 * may stand between the time and `.dump` (kolibri/core/deviceadmin/utils.py,
 * get_dtm_from_backup_name()).
 *
 * Returns: (transfer full) (nullable): its parts, or %NULL when it is no such name
 */
KbBackupName *
kb_backup_name_parse (const char *name)
{
    g_return_val_if_fail (name != NULL, NULL);

    if (!g_str_has_prefix (name, PREFIX) || !g_str_has_suffix (name, SUFFIX))
        return NULL;

    const char *version = name + strlen (PREFIX);
    const char *underscore = strchr (version, '_');
    if (underscore == NULL || underscore == version)
        return NULL;
    GDateTime *time = parse_time (underscore + 1);
    if (time == NULL)
        return NULL;

    KbBackupName *self = g_new0 (KbBackupName, 1);
    self->version = g_strndup (version, (gsize) (underscore - version));
    self->time = time;
    return self;
}

/**
 * kb_backup_name_free:
 * @self: (nullable) (transfer full): a parsed name
 */
void
kb_backup_name_free (KbBackupName *self)
{
    if (self == NULL)
        return;
    g_free (self->version);
    g_date_time_unref (self->time);
    g_free (self);
}

/**
 * kb_backup_name_format:
 * @version: a version of Kolibri, for which kb_version_text_is_safe() holds
 * @time: when the backup was taken, in local time
 *
 * Makes the name that Kolibri would give (kolibri/core/deviceadmin/utils.py, dbbackup()).
 *
 * Returns: (transfer full): the file name
 */
char *
kb_backup_name_format (const char *version, GDateTime *time)
{
    g_autofree char *text = g_date_time_format (time, "%Y-%m-%d_%H-%M-%S");

    return g_strconcat (PREFIX, version, "_", text, SUFFIX, NULL);
}

static gboolean
has_control_characters (const char *name)
{
    for (; *name != '\0'; name++)
        if (g_ascii_iscntrl (*name))
            return TRUE;
    return FALSE;
}

/**
 * kb_backup_name_is_safe:
 * @name: a name that somebody gave us
 *
 * Says whether @name is a single name of a backup, which never leads out of its folder, and which
 * a terminal may be shown.
 *
 * Returns: %TRUE if so
 */
gboolean
kb_backup_name_is_safe (const char *name)
{
    return strlen (name) < 256 && strpbrk (name, "/\\") == NULL && !has_control_characters (name) &&
           g_str_has_prefix (name, PREFIX) && g_str_has_suffix (name, SUFFIX);
}
