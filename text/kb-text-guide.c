/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "kb-text-guide.h"

#include "kb-gettext.h"
#include "kb-text-date.h"
#include "kb-text-status.h"
#include "kb-text.h"

/**
 * kb_text_guide_title:
 * @kind: where it leads to
 *
 * Returns: (transfer none): the name of the guide
 */
const char *
kb_text_guide_title (KbGuideKind kind)
{
    return kind == KB_GUIDE_UPGRADE ? _ ("Before You Upgrade") : _ ("Go Back to an Older Version");
}

/**
 * kb_text_guide_intro:
 * @guide: a guide
 *
 * Returns: (transfer none): what to know of all its steps
 */
const char *
kb_text_guide_intro (const KbGuide *guide)
{
    if (guide->is_finished)
        return _ ("All steps are done.");
    return _ ("Do these steps in their order. Kolibri Backup notices what is done, and remembers "
              "it when you restart the computer.");
}

/**
 * kb_text_guide_note:
 * @guide: a guide
 *
 * Returns: (transfer full) (nullable): what is odd; %NULL when there is nothing to say
 */
char *
kb_text_guide_note (const KbGuide *guide)
{
    if (guide->record_problem == 0)
        return NULL;
    return g_strdup (_ ("What was remembered of an earlier time cannot be read, so the steps begin "
                        "anew. Your data and your backups are not affected."));
}

/**
 * kb_text_guide_problem:
 * @guide: a guide
 *
 * Returns: (transfer full) (nullable): why there are no steps, and what remains to be done; %NULL
 *     where there are steps
 */
char *
kb_text_guide_problem (const KbGuide *guide)
{
    switch (guide->problem) {
    case KB_GUIDE_PROBLEM_NO_DATA:
        return g_strdup (_ ("There is no Kolibri data here, or its version is not known. Start "
                            "Kolibri once, and come back."));
    case KB_GUIDE_PROBLEM_NO_BACKUP:
        /* Translators: all %s are the same version, as "0.19.5". */
        return g_strdup_printf (
            _ ("There is no backup that an older Kolibri could read: your data is of Kolibri %s. "
               "If you have an older backup on a USB drive, add it to the list. Without one, stay "
               "with Kolibri %s."),
            guide->from_version, guide->from_version);
    case KB_GUIDE_PROBLEM_NOT_OLDER:
        /* Translators: %s is a version, as "0.19.5". */
        return g_strdup_printf (_ ("Your data is of Kolibri %s. Name an older version."),
                                guide->from_version);
    case KB_GUIDE_PROBLEM_NONE:
        break;
    }
    return NULL;
}

/**
 * kb_text_guide_step_title:
 * @guide: a guide
 * @step: a step of it
 *
 * Returns: (transfer full): what is to be done, in a few words
 */
char *
kb_text_guide_step_title (const KbGuide *guide, KbGuideStepKind step)
{
    switch (step) {
    case KB_GUIDE_STEP_BACKUP:
        return g_strdup (guide->kind == KB_GUIDE_UPGRADE ? _ ("Back up your data")
                                                         : _ ("Back up today’s data as well"));
    case KB_GUIDE_STEP_COPY:
        return g_strdup (guide->kind == KB_GUIDE_UPGRADE
                             ? _ ("Copy the backup off this computer")
                             : _ ("Copy your backups off this computer"));
    case KB_GUIDE_STEP_INSTALL:
        if (guide->kind == KB_GUIDE_UPGRADE)
            return g_strdup (_ ("Install the new Kolibri"));
        if (guide->to_version == NULL)
            return g_strdup (_ ("Install the older Kolibri"));
        /* Translators: %s is a version, as "0.17.5". */
        return g_strdup_printf (_ ("Install Kolibri %s"), guide->to_version);
    case KB_GUIDE_STEP_RESTORE:
        return g_strdup (_ ("Restore the backup"));
    case KB_GUIDE_STEP_START:
    case KB_N_GUIDE_STEPS:
        break;
    }
    return g_strdup (_ ("Start Kolibri"));
}

/**
 * kb_text_guide_state:
 * @state: how far a step is
 *
 * Returns: (transfer none): a word or two for it
 */
const char *
kb_text_guide_state (KbGuideState state)
{
    switch (state) {
    case KB_GUIDE_NOW:
        return C_ ("state of a step", "Do this now");
    case KB_GUIDE_DONE:
        return C_ ("state of a step", "Done");
    case KB_GUIDE_FAILED:
        return C_ ("state of a step", "Did not work");
    case KB_GUIDE_LATER:
        break;
    }
    return C_ ("state of a step", "Later");
}

/**
 * kb_text_guide_state_icon:
 * @state: how far a step is
 *
 * Returns: (transfer none): the name of the icon that goes with the word, never alone
 */
const char *
kb_text_guide_state_icon (KbGuideState state)
{
    static const char *const names[] = {
        [KB_GUIDE_LATER] = "kb-later-symbolic",
        [KB_GUIDE_NOW] = "kb-now-symbolic",
        [KB_GUIDE_DONE] = "kb-fits-symbolic",
        [KB_GUIDE_FAILED] = "kb-risk-symbolic",
    };

    return names[state];
}

/* How each installer upgrades: facts, 1.2. Debian's package starts Kolibri in its postinst. */
static const char *
upgrade_words (KbInstallKind install)
{
    static const char *const words[KB_N_INSTALL_KINDS] = {
        [KB_INSTALL_UNKNOWN] = N_ ("Upgrade Kolibri the way it was installed. If you do not know "
                                   "how, ask who set up this computer."),
        /* Translators: leave the command as it is. */
        [KB_INSTALL_PIP] = N_ ("Stop Kolibri, then run this command where Kolibri was installed: "
                               "pip install --upgrade kolibri"),
        [KB_INSTALL_PEX] = N_ ("Download the new file of Kolibri from learningequality.org and "
                               "stop Kolibri. From now on, start it with the new file."),
        [KB_INSTALL_DEBIAN] = N_ ("Install the new package, by the update of this computer or from "
                                  "learningequality.org. It starts Kolibri at once, and Kolibri "
                                  "then upgrades your data."),
        [KB_INSTALL_SERVER] = N_ ("Install the new packages kolibri and kolibri-server, both. They "
                                  "start Kolibri at once, and Kolibri then upgrades your data."),
        [KB_INSTALL_RASPBERRY_PI] = N_ ("Install the new packages kolibri and kolibri-server, "
                                        "both. Do not write a new image to the card: that deletes "
                                        "all data."),
        [KB_INSTALL_FLATPAK] = N_ ("Close Kolibri, then update it in the software center."),
        [KB_INSTALL_FLATPAK_DEVEL] = N_ ("Close Kolibri, then update it in the software center."),
        [KB_INSTALL_ENDLESS_OS] = N_ ("Update Kolibri in the software center, then restart the "
                                      "computer."),
        [KB_INSTALL_ENDLESS_KEY] = N_ ("Update Kolibri in the software center, then restart the "
                                       "computer."),
        [KB_INSTALL_IIAB] = N_ ("Upgrade Kolibri the way it was installed. If you do not know "
                                "how, ask who set up this computer."),
        [KB_INSTALL_WINDOWS_OLD] = N_ ("Quit Kolibri and run the new installer. Do that as the "
                                       "Windows user whose data this is: the installer moves the "
                                       "data of that user only."),
        [KB_INSTALL_WINDOWS_NEW] = N_ ("Quit Kolibri and run the new installer from "
                                       "learningequality.org. Keep your data when it asks."),
    };

    return _ (words[install]);
}

/* How each installer goes back. The new one for Windows refuses to, and both uninstallers can
 * delete the data folder with all backups (facts, 0.9). */
static const char *
downgrade_words (KbInstallKind install)
{
    /* Translators: %s is a version, as "0.17.5"; leave the commands as they are. */
    static const char *const words[KB_N_INSTALL_KINDS] = {
        [KB_INSTALL_UNKNOWN] = N_ ("Install Kolibri %s in place of the newer one. If you do not "
                                   "know how, ask who set up this computer."),
        [KB_INSTALL_PIP] = N_ ("Stop Kolibri, then run this command where Kolibri was installed: "
                               "pip install kolibri==%s"),
        [KB_INSTALL_PEX] = N_ ("Stop Kolibri. From now on, start it with the file of Kolibri %s."),
        [KB_INSTALL_DEBIAN] = N_ ("Download the package of Kolibri %s and install it with this "
                                  "command: sudo apt install --allow-downgrades ./FILE.deb"),
        [KB_INSTALL_SERVER] = N_ ("Download the packages of Kolibri %s and of the kolibri-server "
                                  "that goes with it, and install both with this command: "
                                  "sudo apt install --allow-downgrades ./FILE.deb"),
        [KB_INSTALL_RASPBERRY_PI] =
            N_ ("Download the packages of Kolibri %s and of the kolibri-server "
                "that goes with it, and install both with this command: "
                "sudo apt install --allow-downgrades ./FILE.deb"),
        [KB_INSTALL_FLATPAK] = N_ ("Find the commit of Kolibri %s in the list that this command "
                                   "prints: flatpak remote-info --log flathub "
                                   "org.learningequality.Kolibri – and then install it with: "
                                   "flatpak update --commit=COMMIT org.learningequality.Kolibri"),
        [KB_INSTALL_FLATPAK_DEVEL] = N_ ("Install Kolibri %s in place of the newer one. If you do "
                                         "not know how, ask who set up this computer."),
        [KB_INSTALL_ENDLESS_OS] = N_ ("Install Kolibri %s in place of the newer one. If you do not "
                                      "know how, ask who set up this computer."),
        [KB_INSTALL_ENDLESS_KEY] = N_ ("Install Kolibri %s in place of the newer one. If you do "
                                       "not know how, ask who set up this computer."),
        [KB_INSTALL_IIAB] = N_ ("Install Kolibri %s in place of the newer one. If you do not "
                                "know how, ask who set up this computer."),
        [KB_INSTALL_WINDOWS_OLD] = N_ ("Uninstall the newer Kolibri first, and keep your data: do "
                                       "not let the uninstaller delete it. Then run the installer "
                                       "of Kolibri %s."),
        [KB_INSTALL_WINDOWS_NEW] = N_ ("Uninstall the newer Kolibri first, and keep your data: do "
                                       "not let the uninstaller delete it. Then run the installer "
                                       "of Kolibri %s."),
    };

    return _ (words[install]);
}

/**
 * kb_text_guide_install:
 * @kind: where the guide leads to
 * @install: how Kolibri was installed
 * @version: (nullable): the version to go back to
 *
 * Returns: (transfer full): how to install the other Kolibri
 */
char *
kb_text_guide_install (KbGuideKind kind, KbInstallKind install, const char *version)
{
    GString *text;

    if (kind == KB_GUIDE_UPGRADE)
        return g_strdup (upgrade_words (install));
    text = g_string_new (downgrade_words (install));
    g_string_replace (text, "%s", version != NULL ? version : "", 0);
    return g_string_free (text, FALSE);
}

static char *
there_is_a_backup (const KbEntry *entry, GDateTime *now)
{
    g_autofree char *when = kb_text_date_relative (entry->time, now);

    /* Translators: %s is a date and time, as "today, 09:12". */
    return g_strdup_printf (_ ("There is a checked backup: %s."), when);
}

static char *
describe_backup (const KbGuide *guide, const KbGuideStep *step, GDateTime *now)
{
    if (step->state == KB_GUIDE_DONE)
        return guide->today != NULL ? there_is_a_backup (guide->today, now) : NULL;
    if (guide->kind == KB_GUIDE_DOWNGRADE)
        return g_strdup (_ ("Only the newer Kolibri can read it, but then nothing is lost that was "
                            "done since the upgrade."));
    return g_strdup (_ ("With a backup you can go back if something goes wrong. Kolibri may be "
                        "running."));
}

static char *
describe_copy (const KbGuide *guide, const KbGuideStep *step, GDateTime *now)
{
    if (step->state == KB_GUIDE_DONE && guide->copy != NULL) {
        g_autofree char *shown = g_filename_display_name (guide->copy);
        g_autofree char *path = kb_text_isolate (shown);
        /* Translators: %s is the path of a file. */
        return g_strdup_printf (_ ("The copy is here: %s"), path);
    }
    if (step->state == KB_GUIDE_DONE)
        return NULL;
    if (guide->kind == KB_GUIDE_UPGRADE)
        return g_strdup (_ ("Take a USB drive, or a folder that is not on this computer. What is "
                            "only here is lost with the computer."));
    if (guide->backup == NULL)
        return NULL;
    g_autofree char *when = kb_text_date_relative (guide->backup->time, now);
    /* Translators: a version, as "0.17.5", and a date and time, as "3 May, 14:05". */
    return g_strdup_printf (_ ("The backup of Kolibri %s from %s is the one to go back to. Copy it "
                               "to a USB drive before you install anything: some installers delete "
                               "all data and all backups. It is also marked to be kept."),
                            guide->backup->version, when);
}

static char *
describe_install (const KbGuide *guide, const KbGuideStep *step)
{
    if (step->state == KB_GUIDE_DONE) {
        if (guide->program_version == NULL)
            return NULL;
        /* Translators: %s is a version, as "0.17.5". */
        return g_strdup_printf (_ ("Kolibri %s is installed."), guide->program_version);
    }
    g_autofree char *how = kb_text_guide_install (guide->kind, guide->install, guide->to_version);
    if (step->state != KB_GUIDE_FAILED)
        return g_steal_pointer (&how);
    /* Translators: %s is a version, as "0.16.2". */
    g_autofree char *why = g_strdup_printf (_ ("Kolibri %s is too old for each of your backups."),
                                            guide->program_version);
    return kb_text_join (why, how);
}

static char *
describe_restore (const KbGuide *guide, const KbGuideStep *step, GDateTime *now)
{
    if (step->state == KB_GUIDE_DONE)
        return g_strdup (_ ("Your data is as it was in the backup."));
    if (guide->backup == NULL)
        return g_strdup (_ ("The backup is no longer on this computer. Plug in the drive with the "
                            "copy, or open the copy from where you put it."));
    g_autofree char *when = kb_text_date_relative (guide->backup->time, now);
    /* Translators: a version, as "0.17.5", and a date and time, as "3 May, 14:05". */
    return g_strdup_printf (_ ("This brings back the backup of Kolibri %s from %s. It is checked "
                               "first, and the present data is kept."),
                            guide->backup->version, when);
}

static char *
describe_upgraded (const KbGuide *guide, GDateTime *now)
{
    g_autofree char *first =
        guide->program_version != NULL
            /* Translators: %s is a version, as "0.19.5". */
            ? g_strdup_printf (_ ("Kolibri %s has upgraded your data."), guide->program_version)
            : g_strdup (_ ("Kolibri has upgraded your data."));

    if (guide->automatic == NULL)
        return g_steal_pointer (&first);
    g_autofree char *when = kb_text_date_relative (guide->automatic->time, now);
    /* Translators: %s is a date and time, as "today, 09:12". */
    g_autofree char *second =
        g_strdup_printf (_ ("Its own backup of the data from before is there, too: %s."), when);
    return kb_text_join (first, second);
}

/* A start that makes an upgrade. */
static char *
describe_upgrade (const KbGuide *guide, const KbGuideStep *step, GDateTime *now)
{
    if (step->state == KB_GUIDE_DONE)
        return describe_upgraded (guide, now);
    if (step->state == KB_GUIDE_FAILED)
        /* Translators: both %s are versions, as "0.19.5" and "0.17.5". */
        return g_strdup_printf (
            _ ("Kolibri %s is installed, but it has not finished upgrading your data. What was "
               "there before is safe in your backup. Start Kolibri once more; if that does not "
               "help, go back to Kolibri %s."),
            guide->program_version != NULL ? guide->program_version : "", guide->from_version);
    if (guide->is_upgrading)
        return g_strdup (_ ("Kolibri is upgrading your data. That can take some minutes: wait, and "
                            "leave the computer on."));
    return g_strdup (
        _ ("It is safe to start Kolibri now; if it is running, stop it first. It makes "
           "a backup of its own and upgrades your data. That can take some minutes: "
           "leave the computer on."));
}

static char *
describe_start (const KbGuide *guide, const KbGuideStep *step, GDateTime *now)
{
    if (guide->kind == KB_GUIDE_UPGRADE)
        return describe_upgrade (guide, step, now);
    /* Translators: leave the command as it is. */
    return g_strdup (_ ("Look whether all is there. Channels that were imported since the backup "
                        "are missing in the library until you run this command: "
                        "kolibri manage scanforcontent"));
}

/**
 * kb_text_guide_step_detail:
 * @guide: a guide
 * @step: a step of it
 * @now: the local time now
 *
 * Returns: (transfer full) (nullable): what to do and why, or what has come of it; %NULL when there
 *     is nothing to say
 */
char *
kb_text_guide_step_detail (const KbGuide *guide, const KbGuideStep *step, GDateTime *now)
{
    gboolean is_skipped = (guide->skipped & 1U << step->kind) != 0;

    if (step->state == KB_GUIDE_LATER)
        return NULL;
    if (step->state == KB_GUIDE_DONE && is_skipped && guide->copy == NULL &&
        step->kind == KB_GUIDE_STEP_COPY)
        return g_strdup (_ ("You have left this out."));
    switch (step->kind) {
    case KB_GUIDE_STEP_BACKUP:
        return describe_backup (guide, step, now);
    case KB_GUIDE_STEP_COPY:
        return describe_copy (guide, step, now);
    case KB_GUIDE_STEP_INSTALL:
        return describe_install (guide, step);
    case KB_GUIDE_STEP_RESTORE:
        return describe_restore (guide, step, now);
    case KB_GUIDE_STEP_START:
    case KB_N_GUIDE_STEPS:
        break;
    }
    return describe_start (guide, step, now);
}

/**
 * kb_text_guide_step_sentence:
 * @guide: a guide
 * @index: which step, from 0 on
 * @now: the local time now
 *
 * Says all that a step shows, for those who hear it.
 *
 * Returns: (transfer full): the sentence
 */
char *
kb_text_guide_step_sentence (const KbGuide *guide, guint index, GDateTime *now)
{
    const KbGuideStep *step = &guide->steps[index];
    g_autofree char *title = kb_text_guide_step_title (guide, step->kind);
    g_autofree char *detail = kb_text_guide_step_detail (guide, step, now);
    g_autofree char *sentence =
        /* Translators: read aloud: the number of a step and how many there are, what is to be done,
         * and "Done", "Do this now", "Later" or "Did not work". */
        g_strdup_printf (C_ ("step read aloud", "Step %u of %u: %s. %s."), index + 1,
                         guide->n_steps, title, kb_text_guide_state (step->state));

    return kb_text_join (sentence, detail);
}

/* What comes next in a guide that was begun. */
static char *
describe_next (const KbGuide *guide)
{
    const KbGuideStep *next = kb_guide_get_next (guide);
    g_autofree char *title =
        kb_text_guide_step_title (guide, next != NULL ? next->kind : KB_GUIDE_STEP_START);

    if (guide->kind == KB_GUIDE_UPGRADE)
        /* Translators: %s is what to do, as "Start Kolibri". */
        return g_strdup_printf (_ ("You have begun to upgrade Kolibri. The next step: %s."), title);
    /* Translators: %s is what to do, as "Restore the backup". */
    return g_strdup_printf (_ ("You have begun to go back to an older Kolibri. The next step: %s."),
                            title);
}

/**
 * kb_text_guide_hint:
 * @guide: a guide
 * @status: what there is
 * @now: the local time now
 *
 * Returns: (transfer full) (nullable): what to tell without being asked; %NULL for nothing
 */
char *
kb_text_guide_hint (const KbGuide *guide, const KbStatus *status, GDateTime *now)
{
    const KbGuideStep start = {.kind = KB_GUIDE_STEP_START, .state = KB_GUIDE_DONE};

    switch (guide->hint) {
    case KB_GUIDE_HINT_BACK_UP:
        return kb_text_agreement (KB_AGREEMENT_UPGRADE, guide->program_version,
                                  guide->from_version);
    case KB_GUIDE_HINT_START:
        return g_strdup (_ ("There is a backup of today, so it is safe to start Kolibri: it will "
                            "upgrade your data."));
    case KB_GUIDE_HINT_TOO_OLD:
        return kb_text_agreement (KB_AGREEMENT_DOWNGRADE, guide->program_version,
                                  status->true_version);
    case KB_GUIDE_HINT_GO_ON:
        return describe_next (guide);
    case KB_GUIDE_HINT_FINISHED:
        return describe_start (guide, &start, now);
    case KB_GUIDE_HINT_NONE:
        break;
    }
    return NULL;
}
