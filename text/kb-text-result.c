/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "kb-text-result.h"

#include "kb-gettext.h"
#include "kb-text-date.h"
#include "kb-text.h"

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
 * kb_text_disputed:
 *
 * Returns: (transfer none): that a backup speaks of two versions, and which one counts
 */
const char *
kb_text_disputed (void)
{
    return _ ("Its name and its contents speak of different versions of Kolibri; the older one "
              "counts.");
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
        return kb_text_join (sound, kb_text_disputed());
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
    g_autofree char *doubt =
        kb_text_join (done, result->version_is_disputed ? kb_text_disputed() : NULL);
    g_autofree char *both = kb_text_join (doubt, next);
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

/* Only the words with a date, because a date has no place in some sentences without one. */
static char *
lost_answers (int answers, const char *since)
{
    if (since == NULL)
        return g_strdup_printf (ngettext ("%'d answer given since then would go.",
                                          "%'d answers given since then would go.",
                                          (gulong) answers),
                                answers);
    /* Translators: %s is a date, as "12 May" or "today, 09:12". */
    return g_strdup_printf (ngettext ("%'d answer to exercises since %s would go.",
                                      "%'d answers to exercises since %s would go.",
                                      (gulong) answers),
                            answers, since);
}

static char *
lost_users (int users, const char *since)
{
    if (since == NULL)
        return g_strdup_printf (ngettext ("%'d user added since then would go.",
                                          "%'d users added since then would go.", (gulong) users),
                                users);
    /* Translators: %s is a date, as "12 May" or "today, 09:12". */
    return g_strdup_printf (ngettext ("%'d user added since %s would go.",
                                      "%'d users added since %s would go.", (gulong) users),
                            users, since);
}

/**
 * kb_text_difference:
 * @difference: what has been done since some moment
 * @since: (nullable): that moment
 * @now: the local time now
 *
 * Says what a restore or an undo would take away.
 *
 * Returns: (transfer full): a sentence, or two
 */
char *
kb_text_difference (const KbDifference *difference, GDateTime *since, GDateTime *now)
{
    int answers = (int) CLAMP (difference->answers, 0, G_MAXINT);
    int users = (int) CLAMP (difference->users, 0, G_MAXINT);
    g_autofree char *date = since != NULL ? kb_text_date_since (since, now) : NULL;

    if (answers == 0 && users == 0)
        return g_strdup (_ ("Nothing that learners did would be lost."));
    if (answers == 0)
        return lost_users (users, date);
    g_autofree char *first = lost_answers (answers, date);
    g_autofree char *second = users > 0 ? lost_users (users, date) : NULL;
    return kb_text_join (first, second);
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

static char *
copied_where (const char *name, gboolean was_there_already)
{
    g_autofree char *place = name != NULL ? kb_text_isolate (name) : NULL;

    if (place == NULL)
        return g_strdup (was_there_already
                             ? _ ("The backup is there already, with the same contents.")
                             : _ ("Copied and checked."));
    return g_strdup_printf (
        was_there_already
            /* Translators: %s is the name of a drive or folder. */
            ? _ ("%s has this backup already, with the same contents.")
            /* Translators: %s is the name of a drive or folder, as "KINGSTON". */
            : _ ("Copied to %s and checked."),
        place);
}

/**
 * kb_text_copied:
 * @name: (nullable): the name of the drive or folder
 * @is_drive: whether it is a drive, which can be unplugged
 * @was_there_already: whether it had the same bytes before
 *
 * Returns: (transfer full): what to tell the person whose backup was copied
 */
char *
kb_text_copied (const char *name, gboolean is_drive, gboolean was_there_already)
{
    g_autofree char *done = copied_where (name, was_there_already);

    if (!is_drive)
        return g_steal_pointer (&done);
    return kb_text_join (done, name != NULL ? _ ("You can unplug it now.")
                                            : _ ("You can unplug the drive now."));
}

/**
 * kb_text_deleted:
 * @entry: what was deleted
 * @now: the local time now
 *
 * Returns: (transfer full): what to tell the person
 */
char *
kb_text_deleted (const KbEntry *entry, GDateTime *now)
{
    if (entry->time == NULL) {
        g_autofree char *name = kb_text_isolate (entry->name);
        /* Translators: %s is the name of a file. */
        return g_strdup_printf (_ ("Deleted the backup %s."), name);
    }
    g_autofree char *when = kb_text_date_relative (entry->time, now);
    if (entry->origin == KB_ORIGIN_BEFORE_RESTORE)
        /* Translators: %s is a date and time, as "3 May, 14:05". */
        return g_strdup_printf (_ ("Deleted the data that the restore of %s had replaced."), when);
    /* Translators: %s is a date and time, as "3 May, 14:05". */
    return g_strdup_printf (_ ("Deleted the backup from %s."), when);
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

static void
add_paragraph (GString *out, const char *text)
{
    g_string_append_printf (out, "%s\n\n", text);
}

/* By Kolibri's own command, which knows plain backups alone (facts, 5.3). */
static void
add_kolibris_way (GString *out, const char *file_name, const char *kolibri_version, guint64 size)
{
    g_autofree char *bytes = g_format_size (size);

    /* Translators: of the page that goes along with copied backups. */
    add_paragraph (out, _ ("Without Kolibri Backup"));
    if (!g_str_has_suffix (file_name, ".dump")) {
        add_paragraph (out, _ ("Only Kolibri Backup can restore this file."));
        return;
    }
    if (kolibri_version != NULL) {
        g_autofree char *install = g_strdup_printf (
            /* Translators: both %s are the same version, as "0.17.5". */
            _ ("1. Install Kolibri %s. It has to be the version that stands in the name of the "
               "file: db-v%s."),
            kolibri_version, kolibri_version);
        add_paragraph (out, install);
    } else {
        add_paragraph (out, _ ("1. Install the version of Kolibri that stands in the name of the "
                               "file: db-v0.17.5 is of Kolibri 0.17.5."));
    }
    add_paragraph (out, _ ("2. Stop Kolibri, and copy this file to the computer."));
    add_paragraph (out,
                   _ ("3. Run this command in the folder of the file. It deletes the data that "
                      "is there now, before it reads the backup."));
    g_string_append_printf (out, "    kolibri manage dbrestore \"%s\"\n\n", file_name);
    if (size > KB_KOLIBRI_MAX_DUMP_BYTES) {
        g_autofree char *too_large = g_strdup_printf (
            /* Translators: %s is a size, as "1.2 GB". */
            _ ("This backup has %s. Kolibri’s command cannot read more than 1,000,000,000 bytes, "
               "and would leave no data at all: use Kolibri Backup."),
            bytes);
        add_paragraph (out, too_large);
    } else {
        add_paragraph (out, _ ("Kolibri’s command cannot read backups of more than 1,000,000,000 "
                               "bytes: restore those with Kolibri Backup."));
    }
}

/**
 * kb_text_how_to:
 * @file_name: the name of a backup that was copied
 * @kolibri_version: (nullable): the version of its data
 * @size: its size in bytes
 *
 * Writes the page that goes along with a backup on a drive. It stays when other backups are copied
 * there, so it also says what holds for all.
 *
 * Returns: (transfer full): the page: plain text, lines as paragraphs
 */
char *
kb_text_how_to (const char *file_name, const char *kolibri_version, guint64 size)
{
    g_autofree char *name = g_utf8_make_valid (file_name, -1);
    GString *out = g_string_new (NULL);

    add_paragraph (out, _ ("How to bring back a backup of Kolibri"));
    add_paragraph (out,
                   _ ("This folder holds backups of Kolibri, made by Kolibri Backup. The date "
                      "and the version stand in the name of each. This page was written for:"));
    g_string_append_printf (out, "    %s\n\n", name);
    add_paragraph (out, _ ("With Kolibri Backup"));
    if (kolibri_version != NULL) {
        g_autofree char *install = g_strdup_printf (
            /* Translators: %s is a version, as "0.17.5". */
            _ ("1. Install Kolibri %s or later and Kolibri Backup, and start Kolibri once."),
            kolibri_version);
        add_paragraph (out, install);
    } else {
        add_paragraph (out, _ ("1. Install Kolibri and Kolibri Backup, and start Kolibri once."));
    }
    add_paragraph (out, _ ("2. In Kolibri Backup choose Open, and choose the file."));
    add_paragraph (out,
                   _ ("3. Choose Restore. The data that is there now is kept, and you can undo "
                      "it."));
    add_kolibris_way (out, name, kolibri_version, size);
    add_paragraph (out, _ ("Whoever has these files can read the names and the work of all "
                           "learners: keep them safe."));
    g_string_truncate (out, out->len - 1);
    return g_string_free (out, FALSE);
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
