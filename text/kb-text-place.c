/* SPDX-License-Identifier: MIT */
/* Where backups are: folders and USB drives. */
#include "config.h"

#include "kb-text-place.h"

#include "kb-gettext.h"
#include "kb-text-date.h"
#include "kb-text.h"

/**
 * kb_text_drive:
 * @drive: a drive
 * @fits: whether the backup could be copied to it
 *
 * Returns: (transfer full): its name, and how much space it has or why it is of no use
 */
char *
kb_text_drive (const KbDrive *drive, gboolean fits)
{
    g_autofree char *name = kb_text_isolate (drive->name);
    g_autofree char *space = g_format_size (drive->free_bytes);

    if (drive->is_read_only)
        /* Translators: %s is the name of a USB drive. */
        return g_strdup_printf (_ ("%s – write-protected"), name);
    if (!fits)
        /* Translators: the name of a USB drive, and a size, as "12.5 MB". */
        return g_strdup_printf (_ ("%s – not enough space: %s free"), name, space);
    /* Translators: the name of a USB drive, and a size, as "12.5 MB". */
    return g_strdup_printf (_ ("%s – %s free"), name, space);
}

/**
 * kb_text_found_on_drive:
 * @entry: a backup on a drive
 * @drive: the name of the drive
 * @now: the local time now
 *
 * Returns: (transfer full): that it was found there
 */
char *
kb_text_found_on_drive (const KbEntry *entry, const char *drive, GDateTime *now)
{
    g_autofree char *name = kb_text_isolate (drive);
    g_autofree char *when = kb_text_date_relative (entry->time, now);

    /* Translators: the name of a USB drive, and a date and time, as "3 May, 14:05". */
    return g_strdup_printf (_ ("There is a backup on %s, made %s."), name, when);
}

/**
 * kb_text_folder_is:
 * @folder: a path
 *
 * Returns: (transfer full): where the backups are, for who has to find them by hand
 */
char *
kb_text_folder_is (const char *folder)
{
    g_autofree char *shown = g_filename_display_name (folder);
    g_autofree char *path = kb_text_isolate (shown);

    /* Translators: %s is the path of a folder. */
    return g_strdup_printf (_ ("The folder is %s."), path);
}
