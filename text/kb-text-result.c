/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "kb-text-result.h"

#include "kb-text-date.h"
#include "kb-text.h"

#include <glib/gi18n.h>

/**
 * kb_text_backed_up:
 * @result: a backup that was made
 *
 * Returns: (transfer full): what to tell the person
 */
char *
kb_text_backed_up (const KbBackupResult *result)
{
    g_autofree char *size = g_format_size (result->size_bytes);
    /* Translators: %s is a size, as "12.5 MB". */
    g_autofree char *done = g_strdup_printf (_ ("Backed up and checked (%s)."), size);

    return kb_text_join (done, result->is_too_long_for_kolibri
                                   ? _ ("It is so large that only Kolibri Backup can restore it.")
                                   : NULL);
}

/**
 * kb_text_checked:
 * @result: what a check has found
 *
 * Returns: (transfer full): what to tell the person
 */
char *
kb_text_checked (const KbVerifyResult *result)
{
    const char *sound = _ ("The backup is sound and can be restored.");
    g_autofree char *orphans = NULL;

    if (result->version_is_disputed)
        return kb_text_join (sound, _ ("Its name and its contents speak of different versions of "
                                       "Kolibri; the older one counts."));
    if (result->orphans > 0)
        orphans = g_strdup_printf (ngettext ("%'d record in it belongs to nothing any more; "
                                             "Kolibri removes such records itself.",
                                             "%'d records in it belong to nothing any more; "
                                             "Kolibri removes such records itself.",
                                             (gulong) result->orphans),
                                   (int) MIN (result->orphans, G_MAXINT));
    return kb_text_join (sound, orphans);
}

static const char *
kolibri_again (gboolean was_stopped, gboolean was_started)
{
    if (!was_stopped)
        return NULL;
    return was_started ? _ ("Kolibri has been started again.")
                       : _ ("Kolibri could not be started again: please start it.");
}

/**
 * kb_text_restored:
 * @result: a restore that has happened
 * @time: (nullable): when the backup was taken, in local time
 * @now: the local time now
 *
 * Returns: (transfer full): what to tell the person
 */
char *
kb_text_restored (const KbRestoreResult *result, GDateTime *time, GDateTime *now)
{
    g_autofree char *done = NULL;
    g_autofree char *both = NULL;
    const char *next = NULL;

    if (time != NULL) {
        g_autofree char *when = kb_text_date_relative (time, now);
        /* Translators: %s is a date and time, as "3 May, 14:05". */
        done = g_strdup_printf (_ ("Restored the backup from %s."), when);
    } else {
        done = g_strdup (_ ("Restored the backup."));
    }
    if (result->will_upgrade)
        next = _ ("Kolibri will upgrade the data when it starts.");
    else if (result->kept != NULL)
        next = _ ("The data that was there before has been kept.");
    both = kb_text_join (done, next);
    return kb_text_join (both,
                         kolibri_again (result->kolibri_was_stopped, result->kolibri_was_started));
}

/* When data was replaced, for a sentence; %NULL when nobody knows. */
static char *
time_of_restore (const KbKept *kept, GDateTime *now)
{
    g_autoptr (GDateTime) local = kept->time != NULL ? g_date_time_to_local (kept->time) : NULL;

    return local != NULL ? kb_text_date_relative (local, now) : NULL;
}

/**
 * kb_text_undone:
 * @result: an undo that has happened
 * @now: the local time now
 *
 * Returns: (transfer full): what to tell the person
 */
char *
kb_text_undone (const KbUndoResult *result, GDateTime *now)
{
    const char *kolibri = kolibri_again (result->kolibri_was_stopped, result->kolibri_was_started);
    g_autofree char *when = time_of_restore (result->undone, now);

    if (when == NULL)
        return kb_text_join (_ ("The restore has been undone."), kolibri);
    /* Translators: %s is a date and time, as "3 May, 14:05". */
    g_autofree char *done =
        g_strdup_printf (_ ("The data that was there until the restore of %s is back."), when);
    return kb_text_join (done, kolibri);
}

/**
 * kb_text_undo_question:
 * @kept: what an undo would bring back
 * @now: the local time now
 *
 * Returns: (transfer full): the question before an undo
 */
char *
kb_text_undo_question (const KbKept *kept, GDateTime *now)
{
    g_autofree char *when = time_of_restore (kept, now);

    if (when == NULL)
        return g_strdup (_ ("Undo the restore?"));
    /* Translators: %s is a date and time, as "3 May, 14:05". */
    return g_strdup_printf (_ ("Undo the restore of %s?"), when);
}

/**
 * kb_text_difference:
 * @difference: what has been done since some moment
 *
 * Says what a restore or an undo would take away.
 *
 * Returns: (transfer full): a sentence
 */
char *
kb_text_difference (const KbDifference *difference)
{
    int answers = (int) CLAMP (difference->answers, 0, G_MAXINT);
    int users = (int) CLAMP (difference->users, 0, G_MAXINT);

    if (answers == 0 && users == 0)
        return g_strdup (_ ("Nothing that learners did would be lost."));
    g_autofree char *lost_answers =
        answers == 0 ? NULL
                     : g_strdup_printf (ngettext ("%'d answer given since then would go.",
                                                  "%'d answers given since then would go.",
                                                  (gulong) answers),
                                        answers);
    g_autofree char *lost_users =
        users == 0
            ? NULL
            : g_strdup_printf (ngettext ("%'d user added since then would go.",
                                         "%'d users added since then would go.", (gulong) users),
                               users);
    if (lost_answers == NULL)
        return g_steal_pointer (&lost_users);
    return kb_text_join (lost_answers, lost_users);
}

/**
 * kb_text_restore_question:
 * @time: (nullable): when the backup was taken, in local time
 * @now: the local time now
 *
 * Returns: (transfer full): the question before a restore
 */
char *
kb_text_restore_question (GDateTime *time, GDateTime *now)
{
    if (time == NULL)
        return g_strdup (_ ("Restore this backup?"));
    g_autofree char *when = kb_text_date_relative (time, now);
    /* Translators: %s is a date and time, as "3 May, 14:05". */
    return g_strdup_printf (_ ("Restore the backup from %s?"), when);
}

/**
 * kb_text_newer_warning:
 * @version: the version of the backup
 * @data_version: the version of the data that is there now
 *
 * For a backup that is newer than the data, where no installed Kolibri can be found to compare
 * with.
 *
 * Returns: (transfer full): the warning
 */
char *
kb_text_newer_warning (const char *version, const char *data_version)
{
    /* Translators: all %s are versions, as "0.17.5"; the first and the last are the same. */
    return g_strdup_printf (_ ("This backup is of Kolibri %s, and the present data of Kolibri %s. "
                               "Restore it only if Kolibri %s or later is on this computer."),
                            version, data_version, version);
}

/**
 * kb_text_copied:
 * @result: a copy of a backup that was made
 *
 * Returns: (transfer full): what to tell the person
 */
char *
kb_text_copied (const KbCopyResult *result)
{
    g_autofree char *size = g_format_size (result->size_bytes);
    g_autofree char *done = NULL;

    if (result->was_there_already)
        done = g_strdup (_ ("The backup is there already, with the same contents."));
    else
        /* Translators: %s is a size, as "12.5 MB". */
        done = g_strdup_printf (_ ("Copied and checked (%s)."), size);
    return kb_text_join (done, _ ("You can unplug the drive now."));
}

/**
 * kb_text_imported:
 * @result: a backup that was brought in
 *
 * Returns: (transfer full): what to tell the person
 */
char *
kb_text_imported (const KbImportResult *result)
{
    return g_strdup (result->was_there_already
                         ? _ ("This backup is among yours already. It is sound.")
                         : _ ("The backup is sound and has been added to yours."));
}

/**
 * kb_text_delete_question:
 * @entry: (nullable): a backup
 * @now: the local time now
 *
 * Returns: (transfer full): the question before a backup is deleted for good
 */
char *
kb_text_delete_question (const KbEntry *entry, GDateTime *now)
{
    if (entry == NULL || entry->time == NULL)
        return g_strdup (_ ("Delete this backup for good?"));
    g_autofree char *when = kb_text_date_relative (entry->time, now);
    if (entry->origin == KB_ORIGIN_BEFORE_RESTORE)
        /* Translators: %s is a date and time, as "3 May, 14:05". */
        return g_strdup_printf (_ ("Delete for good what the restore of %s replaced? That restore "
                                   "can then not be undone any more."),
                                when);
    /* Translators: %s is a date and time, as "3 May, 14:05". */
    return g_strdup_printf (_ ("Delete the backup from %s for good?"), when);
}

/**
 * kb_text_guide_name:
 *
 * Returns: (transfer none): the name of the file that goes along with copies
 */
const char *
kb_text_guide_name (void)
{
    /* Translators: the name of a file; none of the characters " * / : < > ? \ | may be in it. */
    return _ ("How to restore.txt");
}

/**
 * kb_text_guide:
 *
 * Returns: (transfer full): the text that goes along with copies
 */
char *
kb_text_guide (void)
{
    /* Translators: of the menu of Kolibri Backup; "db-v0.17.5" is the beginning of a file name. */
    return g_strdup_printf (
        "%s\n\n%s\n\n%s\n\n    kolibri manage dbrestore db-v….dump\n\n%s\n",
        _ ("These are backups of Kolibri, made by Kolibri Backup."),
        _ ("To bring one back, install Kolibri Backup, start it, open the file whose name has the "
           "date that you want, and click Restore."),
        _ ("Where there is no Kolibri Backup, stop Kolibri and run the command below with a file "
           "that ends in .dump. Use exactly the version of Kolibri that stands in the name of the "
           "file: db-v0.17.5 is of Kolibri 0.17.5."),
        _ ("Whoever has these files can read the names and the work of all learners: keep them "
           "safe."));
}

/**
 * kb_text_inside_heading:
 * @entry: a backup, or what a restore has replaced
 * @now: the local time now
 *
 * Returns: (transfer full): the heading of what is in it
 */
char *
kb_text_inside_heading (const KbEntry *entry, GDateTime *now)
{
    if (entry->time == NULL)
        return g_strdup (_ ("Inside this backup"));
    g_autofree char *when = kb_text_date_relative (entry->time, now);
    /* Translators: %s is a date and time, as "3 May, 14:05". */
    return g_strdup_printf (_ ("Inside the backup from %s"), when);
}
