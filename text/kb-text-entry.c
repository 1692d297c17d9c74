/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "kb-text-entry.h"

#include "kb-gettext.h"
#include "kb-text-date.h"
#include "kb-text.h"

#include <string.h>

/**
 * kb_text_origin:
 * @origin: why there is a backup
 * @is_ours: whether this program made it
 *
 * Returns: (transfer none): one word for it
 */
const char *
kb_text_origin (KbOrigin origin, gboolean is_ours)
{
    if (origin == KB_ORIGIN_BEFORE_RESTORE)
        /* Translators: a backup that was kept when a restore replaced the data. */
        return C_ ("kind of backup", "Before restore");
    if (is_ours)
        /* Translators: a backup that the person made. */
        return C_ ("kind of backup", "Yours");
    /* Translators: a backup that Kolibri made by itself. */
    return C_ ("kind of backup", "Automatic");
}

/**
 * kb_text_learners:
 * @learners: how many
 *
 * Returns: (transfer full): as "1,204 learners"
 */
char *
kb_text_learners (gint64 learners)
{
    /* Translators: learner is Kolibri's word, see po/ for the one of your language. */
    return g_strdup_printf (ngettext ("%'d learner", "%'d learners", (gulong) learners),
                            (int) MIN (learners, G_MAXINT));
}

/**
 * kb_text_entry_facts:
 * @entry: a backup
 *
 * Returns: (transfer full): how many learners, as far as known, and the size
 */
char *
kb_text_entry_facts (const KbEntry *entry)
{
    g_autofree char *size = g_format_size (entry->size_bytes);

    if (entry->summary == NULL || entry->summary->learners < 0)
        return g_steal_pointer (&size);
    g_autofree char *learners = kb_text_learners (entry->summary->learners);
    /* Translators: "1,204 learners" and a size, as "12.5 MB". */
    return g_strdup_printf (C_ ("learners and size", "%s · %s"), learners, size);
}

/**
 * kb_text_compatibility:
 * @compatibility: what Kolibri makes of a backup
 * @backup_version: (nullable): the version of the backup
 *
 * Returns: (transfer full): it in a few words, for a mark beside the backup
 */
char *
kb_text_compatibility (KbCompatibility compatibility, const char *backup_version)
{
    switch (compatibility) {
    case KB_COMPATIBILITY_FITS:
        /* Translators: the backup is of the version of Kolibri that is there. */
        return g_strdup (C_ ("mark of a backup", "Fits"));
    case KB_COMPATIBILITY_OLDER:
        /* Translators: Kolibri upgrades the data of the backup when it starts. */
        return g_strdup (C_ ("mark of a backup", "Will be upgraded"));
    case KB_COMPATIBILITY_NEWER:
        /* Translators: %s is a version, as "0.19.1". */
        return g_strdup_printf (C_ ("mark of a backup", "Needs Kolibri %s"), backup_version);
    case KB_COMPATIBILITY_UNKNOWN:
    case KB_N_COMPATIBILITIES:
        break;
    }
    return g_strdup (backup_version == NULL ? C_ ("mark of a backup", "Version unknown")
                                            : C_ ("mark of a backup", "Not compared"));
}

/**
 * kb_text_compatibility_icon:
 * @compatibility: what Kolibri makes of a backup
 *
 * Returns: (transfer none): the name of the icon that goes with the words, never alone
 */
const char *
kb_text_compatibility_icon (KbCompatibility compatibility)
{
    static const char *const names[KB_N_COMPATIBILITIES] = {
        [KB_COMPATIBILITY_UNKNOWN] = "kb-unknown-symbolic",
        [KB_COMPATIBILITY_FITS] = "kb-fits-symbolic",
        [KB_COMPATIBILITY_OLDER] = "kb-upgrade-symbolic",
        [KB_COMPATIBILITY_NEWER] = "kb-risk-symbolic",
    };

    return names[compatibility];
}

/**
 * kb_text_entry_version:
 * @entry: a backup
 * @installed_version: (nullable): the version of the installed Kolibri
 *
 * Returns: (transfer full): which Kolibri the backup is of, and what the installed one makes of it
 */
char *
kb_text_entry_version (const KbEntry *entry, const char *installed_version)
{
    if (entry->version == NULL)
        return g_strdup (_ ("Version of Kolibri unknown"));
    switch (kb_compatibility_of (entry->version, installed_version, NULL)) {
    case KB_COMPATIBILITY_OLDER:
        /* Translators: %s is a version, as "0.17.5". */
        return g_strdup_printf (_ ("Kolibri %s – will be upgraded"), entry->version);
    case KB_COMPATIBILITY_NEWER:
        /* Translators: %s is a version, as "0.19.1": the backup cannot be used before. */
        return g_strdup_printf (_ ("Kolibri %s – install this version first"), entry->version);
    case KB_COMPATIBILITY_FITS:
    case KB_COMPATIBILITY_UNKNOWN:
    case KB_N_COMPATIBILITIES:
        break;
    }
    /* Translators: %s is a version, as "0.17.5". */
    return g_strdup_printf (_ ("Kolibri %s"), entry->version);
}

/**
 * kb_text_entry_check:
 * @entry: a backup
 *
 * Returns: (transfer none): one or two words for what is known about its soundness; "" for nothing
 */
const char *
kb_text_entry_check (const KbEntry *entry)
{
    if (entry->state == KB_ENTRY_FOREIGN)
        return _ ("Not a backup");
    if (entry->state == KB_ENTRY_INCOMPLETE)
        return entry->origin == KB_ORIGIN_BEFORE_RESTORE ? _ ("Damaged") : _ ("Incomplete");
    if (entry->state == KB_ENTRY_TOO_NEW)
        return _ ("Too new");
    if (entry->check_result == NULL)
        return "";
    return strcmp (entry->check_result, "ok") == 0 ? _ ("Checked") : _ ("Damaged");
}

/**
 * kb_text_entry_is_sound:
 * @entry: a backup
 *
 * Returns: %TRUE if what kb_text_entry_check() says is good
 */
gboolean
kb_text_entry_is_sound (const KbEntry *entry)
{
    return entry->state == KB_ENTRY_COMPLETE && g_strcmp0 (entry->check_result, "ok") == 0;
}

/**
 * kb_text_entry_sentence:
 * @entry: a backup
 * @now: the local time now
 * @installed_version: (nullable): the version of the installed Kolibri
 *
 * Says all that a row of the list shows, for those who hear it.
 *
 * Returns: (transfer full): the sentence
 */
char *
kb_text_entry_sentence (const KbEntry *entry, GDateTime *now, const char *installed_version)
{
    g_autofree char *when = entry->time != NULL ? kb_text_date_relative (entry->time, now)
                                                : kb_text_isolate (entry->name);
    g_autofree char *facts = kb_text_entry_facts (entry);
    g_autofree char *version = kb_text_entry_version (entry, installed_version);
    const char *origin = kb_text_origin (entry->origin, entry->is_ours);
    const char *check = kb_text_entry_check (entry);
    g_autofree char *note = entry->note != NULL ? kb_text_isolate (entry->note) : g_strdup ("");

    /* Translators: read aloud for a backup in the list: when, learners and size, version, kind of
     * backup, whether it is checked, note. */
    return g_strdup_printf (C_ ("backup read aloud", "Backup of %s; %s; %s; %s; %s; %s"), when,
                            facts, version, origin, check, note);
}

/* Takes @line, and adds it where the count is known. */
static void
add_count (GPtrArray *lines, gint64 count, char *line)
{
    if (count >= 0)
        g_ptr_array_add (lines, line);
    else
        g_free (line);
}

/* A count for a format, which has no way to say 64 bits on every system. */
static int
as_int (gint64 count)
{
    return (int) CLAMP (count, 0, G_MAXINT);
}

static void
add_counts (GPtrArray *lines, const KbSummary *summary)
{
    int classes = as_int (summary->classes);
    int coaches = as_int (summary->coaches);
    int lessons = as_int (summary->lessons);
    int quizzes = as_int (summary->quizzes);
    int answers = as_int (summary->exercises);

    /* Translators: class, learner, coach, lesson and quiz are Kolibri's words, see po/. */
    add_count (lines, summary->classes,
               g_strdup_printf (ngettext ("%'d class", "%'d classes", (gulong) classes), classes));
    add_count (lines, summary->learners, kb_text_learners (MAX (0, summary->learners)));
    add_count (lines, summary->coaches,
               g_strdup_printf (ngettext ("%'d coach", "%'d coaches", (gulong) coaches), coaches));
    add_count (lines, summary->lessons,
               g_strdup_printf (ngettext ("%'d lesson", "%'d lessons", (gulong) lessons), lessons));
    add_count (lines, summary->quizzes,
               g_strdup_printf (ngettext ("%'d quiz", "%'d quizzes", (gulong) quizzes), quizzes));
    add_count (lines, summary->exercises,
               g_strdup_printf (
                   ngettext ("%'d answer given", "%'d answers given", (gulong) answers), answers));
}

/**
 * kb_text_summary_lines:
 * @summary: what is in a database
 *
 * Says what is in a database, a line for each thing that is known.
 *
 * Returns: (transfer full) (element-type utf8): the lines
 */
GPtrArray *
kb_text_summary_lines (const KbSummary *summary)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);

    if (summary->device_name != NULL) {
        g_autofree char *device = kb_text_isolate (summary->device_name);
        /* Translators: %s is the name that somebody gave the device. */
        g_ptr_array_add (lines, g_strdup_printf (_ ("Device: %s"), device));
    }
    if (summary->facility_name != NULL) {
        g_autofree char *facility = kb_text_isolate (summary->facility_name);
        /* Translators: %s is the name of a facility; facility is Kolibri's word. */
        g_ptr_array_add (lines, g_strdup_printf (_ ("Facility: %s"), facility));
    }
    add_counts (lines, summary);
    if (summary->last_activity != NULL) {
        g_autoptr (GDateTime) local = g_date_time_to_local (summary->last_activity);
        g_autofree char *when = kb_text_date_exact (local);
        /* Translators: %s is a date and time; clocks of offline devices are often wrong, hence
         * "recorded". */
        g_ptr_array_add (lines, g_strdup_printf (_ ("Last activity recorded: %s"), when));
    }
    return lines;
}

/**
 * kb_text_other_device:
 * @backup: (nullable): what is in a backup
 * @present: (nullable): what is there now
 *
 * Warns of what comes along with the data of another device. After a restore Kolibri gets a new
 * identity for syncing (docs/format.md), so that both can sync with others; Kolibri's manual warns
 * of backups as a way to have the same facility on two devices.
 *
 * Returns: (transfer full) (nullable): the warning; %NULL where the device is the same, or nobody
 *     can say
 */
char *
kb_text_other_device (const KbSummary *backup, const KbSummary *present)
{
    g_autofree char *first = NULL;

    if (!kb_summary_is_of_other_device (backup, present))
        return NULL;
    if (backup->device_name != NULL) {
        g_autofree char *device = kb_text_isolate (backup->device_name);
        /* Translators: %s is the name that somebody gave the device. */
        first = g_strdup_printf (_ ("This backup was made on another device, %s."), device);
    } else {
        first = g_strdup (_ ("This backup was made on another device."));
    }
    g_autofree char *both = kb_text_join (
        first, _ ("After a restore this device has the name, the facility and the people of that "
                  "one, and syncs as a new device."));
    /* Translators: facility is Kolibri's word, see po/ for the one of your language. */
    return kb_text_join (both, _ ("Do this to move to this device. To go on working on both, "
                                  "import the facility in Kolibri instead."));
}
