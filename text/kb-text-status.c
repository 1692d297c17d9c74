/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "kb-text-status.h"

#include "kb-gettext.h"
#include "kb-text-date.h"
#include "kb-text.h"

/**
 * kb_text_verdict:
 * @verdict: a verdict
 *
 * Returns: (transfer none): it in a few words
 */
const char *
kb_text_verdict (KbVerdict verdict)
{
    switch (verdict) {
    case KB_VERDICT_SAFE:
        return _ ("Your data is safe");
    case KB_VERDICT_GETTING_OLD:
        return _ ("Your last backup is getting old");
    case KB_VERDICT_AT_RISK:
        return _ ("At risk: an upgrade is waiting");
    case KB_VERDICT_NO_BACKUP:
        return _ ("No backup yet");
    case KB_VERDICT_DAMAGED:
        return _ ("The Kolibri data is damaged");
    case KB_VERDICT_UNSUPPORTED:
        return _ ("This Kolibri keeps its data in PostgreSQL");
    case KB_VERDICT_NO_KOLIBRI:
        break;
    }
    return _ ("No Kolibri data found");
}

/* When the newest backup was made. */
static char *
newest_backup (const KbStatus *status, GDateTime *now)
{
    if (status->newest == NULL)
        return g_strdup (_ ("There is no backup that could be restored."));
    g_autofree char *when = kb_text_date_relative (status->newest->time, now);
    if (g_strcmp0 (status->newest->check_result, "ok") == 0)
        /* Translators: %s is a date and time, as "today, 09:12". */
        return g_strdup_printf (_ ("Last backup: %s, checked"), when);
    /* Translators: %s is a date and time, as "today, 09:12". */
    return g_strdup_printf (_ ("Last backup: %s"), when);
}

/**
 * kb_text_verdict_detail:
 * @status: a status
 * @now: the local time now
 *
 * Says what stands behind the verdict, and what to do about it.
 *
 * Returns: (transfer full): a sentence
 */
char *
kb_text_verdict_detail (const KbStatus *status, GDateTime *now)
{
    switch (status->verdict) {
    case KB_VERDICT_AT_RISK:
        if (status->agreement == KB_AGREEMENT_DOWNGRADE)
            return kb_text_agreement (status->agreement, status->installed_version,
                                      status->data_version);
        /* Translators: both %s are versions, as "0.17.5". */
        return g_strdup_printf (_ ("Kolibri %s will upgrade your data from %s when it starts. "
                                   "Back up first."),
                                status->installed_version, status->data_version);
    case KB_VERDICT_DAMAGED:
        return g_strdup (_ ("Restore your newest backup. The damaged data will be kept."));
    case KB_VERDICT_UNSUPPORTED:
        return g_strdup (_ ("Kolibri Backup works with Kolibri’s usual database only. Ask who set "
                            "up this computer for its backups."));
    case KB_VERDICT_NO_KOLIBRI:
        return g_strdup (_ ("Start Kolibri once, or open a backup to bring your data to this "
                            "computer."));
    case KB_VERDICT_SAFE:
    case KB_VERDICT_GETTING_OLD:
    case KB_VERDICT_NO_BACKUP:
        break;
    }
    return newest_backup (status, now);
}

/**
 * kb_text_server:
 * @state: what the server does
 *
 * Returns: (transfer none): a word for it
 */
const char *
kb_text_server (KbServerState state)
{
    switch (state) {
    case KB_SERVER_RUNNING:
        return C_ ("Kolibri is", "running");
    case KB_SERVER_STARTING:
        return C_ ("Kolibri is", "starting");
    case KB_SERVER_STOPPING:
        return C_ ("Kolibri is", "stopping");
    case KB_SERVER_NOT_RESPONDING:
        return C_ ("Kolibri is", "not responding");
    case KB_SERVER_UNKNOWN:
        return C_ ("Kolibri is", "perhaps running");
    case KB_SERVER_STOPPED:
        break;
    }
    return C_ ("Kolibri is", "not running");
}

/* "Kolibri 0.17.5", or the name alone. */
static char *
kolibri_of (const char *version)
{
    /* Translators: %s is a version, as "0.17.5". */
    return version != NULL ? g_strdup_printf (_ ("Kolibri %s"), version) : g_strdup (_ ("Kolibri"));
}

/**
 * kb_text_server_advice:
 * @look: what is known of the server
 *
 * Says of a Kolibri that does not stand still whether and how it can be stopped for a restore.
 *
 * Returns: (transfer full) (nullable): a sentence or two; %NULL when there is nothing to say
 */
char *
kb_text_server_advice (const KbServerLook *look)
{
    if (look->state == KB_SERVER_STOPPED)
        return NULL;
    if (look->state == KB_SERVER_UNKNOWN)
        return g_strdup (
            _ ("It cannot be seen from here whether Kolibri is running. Start Kolibri, "
               "close it again, and then restore."));
    if (look->state == KB_SERVER_NOT_RESPONDING)
        return g_strdup (_ ("Kolibri does not answer any more. Restart the computer before you "
                            "restore."));
    if (look->rights == KB_SERVICE_RIGHTS_NONE)
        return g_strdup (_ ("Kolibri cannot be stopped from here. Stop it yourself before you "
                            "restore."));
    return kb_text_join (_ ("For a restore, Kolibri Backup can stop Kolibri and start it again."),
                         look->rights == KB_SERVICE_RIGHTS_ASK ? kb_text_server_password() : NULL);
}

/**
 * kb_text_server_password:
 *
 * Returns: (transfer none): that the computer will ask for a password
 */
const char *
kb_text_server_password (void)
{
    return _ ("The computer will ask for the password of an administrator.");
}

/**
 * kb_text_kolibri:
 * @status: a status
 *
 * Says which Kolibri this is: version, what it does, whose device.
 *
 * Returns: (transfer full): a line
 */
char *
kb_text_kolibri (const KbStatus *status)
{
    const char *version =
        status->data_version != NULL ? status->data_version : status->installed_version;
    const char *title = status->summary != NULL ? kb_summary_get_title (status->summary) : NULL;
    g_autofree char *name = title != NULL ? kb_text_isolate (title) : NULL;
    g_autofree char *program = kolibri_of (version);

    if (title == NULL)
        /* Translators: "Kolibri 0.17.5" and "running". */
        return g_strdup_printf (C_ ("Kolibri and state", "%s · %s"), program,
                                kb_text_server (status->look->state));
    /* Translators: "Kolibri 0.17.5", "running", and the name of the device or facility. */
    return g_strdup_printf (C_ ("Kolibri, state and name", "%s · %s · “%s”"), program,
                            kb_text_server (status->look->state), name);
}

/**
 * kb_text_install_kind:
 * @kind: a kind of installation
 *
 * Returns: (transfer none): it in a few words
 */
const char *
kb_text_install_kind (KbInstallKind kind)
{
    static const char *const words[KB_N_INSTALL_KINDS] = {
        [KB_INSTALL_UNKNOWN] = N_ ("Kolibri, installed in an unknown way"),
        [KB_INSTALL_PIP] = N_ ("Kolibri, installed with pip"),
        [KB_INSTALL_PEX] = N_ ("Kolibri, as a single file"),
        [KB_INSTALL_DEBIAN] = N_ ("Kolibri, installed as a package"),
        [KB_INSTALL_SERVER] = N_ ("Kolibri Server, installed as a package"),
        [KB_INSTALL_RASPBERRY_PI] = N_ ("Kolibri on a Raspberry Pi"),
        [KB_INSTALL_FLATPAK] = N_ ("Kolibri, installed as a Flatpak"),
        [KB_INSTALL_FLATPAK_DEVEL] = N_ ("Kolibri for developers, installed as a Flatpak"),
        [KB_INSTALL_ENDLESS_OS] = N_ ("Kolibri of Endless OS"),
        [KB_INSTALL_ENDLESS_KEY] = N_ ("Kolibri of the Endless Key"),
        [KB_INSTALL_IIAB] = N_ ("Kolibri of Internet-in-a-Box"),
        [KB_INSTALL_WINDOWS_OLD] = N_ ("Kolibri for Windows, up to 1.6.9"),
        [KB_INSTALL_WINDOWS_NEW] = N_ ("Kolibri for Windows"),
    };

    return _ (words[kind]);
}

static char *
describe_reason (const KbFound *found)
{
    switch (found->reason) {
    case KB_REASON_GIVEN:
        return g_strdup (_ ("You have chosen this folder."));
    case KB_REASON_ENVIRONMENT:
        /* Translators: KOLIBRI_HOME is a name; leave it as it is. */
        return g_strdup (_ ("The setting KOLIBRI_HOME names this folder."));
    case KB_REASON_SETTINGS:
        /* Translators: %s is the path of a file. */
        return g_strdup_printf (_ ("The file %s names this folder."), found->source);
    case KB_REASON_OWN_FOLDER:
        return g_strdup (_ ("A Kolibri that you start yourself keeps its data in this folder."));
    case KB_REASON_DAEMON:
        return g_strdup (_ ("The Kolibri of this computer says that it uses this folder."));
    case KB_REASON_USUAL_PLACE:
        break;
    }
    return g_strdup (_ ("This kind of Kolibri keeps its data in this folder."));
}

/**
 * kb_text_found:
 * @found: a data folder
 *
 * Says which Kolibri it belongs to, why it was found, and whether it may be written to.
 *
 * Returns: (transfer full): a line
 */
char *
kb_text_found (const KbFound *found)
{
    g_autofree char *reason = describe_reason (found);
    /* Translators: how Kolibri was installed, and a sentence on why this folder was found. */
    g_autofree char *line = g_strdup_printf (C_ ("installation and reason", "%s. %s"),
                                             kb_text_install_kind (found->kind), reason);

    return kb_text_join (line, found->is_ours ? NULL
                                              : _ ("It belongs to another user of this computer."));
}

/**
 * kb_text_found_state:
 * @found: a data folder
 *
 * Says of which Kolibri the data is, and whether it runs.
 *
 * Returns: (transfer full): a line
 */
char *
kb_text_found_state (const KbFound *found)
{
    g_autofree char *kolibri = kolibri_of (found->data_version);

    return g_strdup_printf (
        C_ ("Kolibri and state", "%s · %s"), kolibri,
        kb_text_server (found->is_running ? KB_SERVER_RUNNING : KB_SERVER_STOPPED));
}

/**
 * kb_text_agreement:
 * @agreement: what the version of the program means for the data
 * @program: (nullable): the version of the program
 * @data: (nullable): the version of the data
 *
 * Returns: (transfer full): a sentence
 */
char *
kb_text_agreement (KbAgreement agreement, const char *program, const char *data)
{
    switch (agreement) {
    case KB_AGREEMENT_SAME:
        /* Translators: %s is a version, as "0.17.5". */
        return g_strdup_printf (_ ("Program and data are both of Kolibri %s."), program);
    case KB_AGREEMENT_UPGRADE:
        /* Translators: both %s are versions, as "0.17.5". */
        return g_strdup_printf (_ ("Kolibri %s will upgrade your data from %s when it starts. "
                                   "Back up first."),
                                program, data);
    case KB_AGREEMENT_DOWNGRADE:
        /* Translators: both %s are versions, as "0.17.5". */
        return g_strdup_printf (_ ("Kolibri %s is too old for your data, which is of %s. Install "
                                   "the newer Kolibri again, or restore a backup of the older."),
                                program, data);
    case KB_AGREEMENT_UNKNOWN:
        break;
    }
    if (data == NULL)
        return g_strdup (_ ("The version of your data is not known."));
    return g_strdup (_ ("The version of the installed Kolibri is not known."));
}

/**
 * kb_text_find_problem:
 * @problem: what is odd about a data folder
 *
 * Returns: (transfer none): a sentence
 */
const char *
kb_text_find_problem (KbFindProblem problem)
{
    /* Translators: options.ini, server.pid, .data_version and VERSION are the names of files. */
    static const char *const sentences[KB_N_FIND_PROBLEMS] = {
        [KB_FIND_CLOUD] = N_ ("Another program copies this folder to the internet. That can damage "
                              "the data: move the folder to another place."),
        [KB_FIND_NETWORK] = N_ ("This folder is on another computer. That can damage the data: "
                                "move the folder to this computer."),
        [KB_FIND_HIDES_ANOTHER] = N_ ("There are no people in this folder. Kolibri was perhaps "
                                      "started by the wrong user: your data is in another folder."),
        [KB_FIND_NO_DATABASE] = N_ ("Kolibri was used in this folder, but its database is "
                                    "missing."),
        [KB_FIND_NO_DATA_VERSION] = N_ ("There is data, but the file .data_version is missing. "
                                        "Kolibri will take it for a new installation."),
        [KB_FIND_BAD_DATA_VERSION] = N_ ("The file .data_version holds no version."),
        [KB_FIND_BAD_OPTIONS] = N_ ("The settings of this Kolibri in options.ini cannot be "
                                    "understood."),
        [KB_FIND_DATABASE_ELSEWHERE] = N_ ("The database of this Kolibri is in another folder, as "
                                           "options.ini says."),
        [KB_FIND_FOREIGN_PID] = N_ ("The file server.pid is a leftover: it names a program that is "
                                    "not Kolibri."),
        [KB_FIND_BAD_PROGRAM_VERSION] = N_ ("The file VERSION of the installed Kolibri holds no "
                                            "version. The installation may be damaged."),
        [KB_FIND_PROGRAM_VERSIONS_DIFFER] = N_ ("The installed Kolibri has two different versions. "
                                                "The installation may be unfinished."),
        [KB_FIND_SETTINGS_DIFFER] = N_ ("The settings of this Kolibri name two folders with data. "
                                        "Choose the right one yourself."),
        [KB_FIND_SETTINGS_RIDDLE] = N_ ("Some settings of this Kolibri are too difficult to read. "
                                        "Check that this is the right folder."),
    };

    return _ (sentences[problem]);
}

/**
 * kb_text_lost_home:
 * @path: a data folder that was in use the last time
 *
 * Returns: (transfer full): that it is not there any more, and that this is another one
 */
char *
kb_text_lost_home (const char *path)
{
    g_autofree char *shown = g_filename_display_name (path);
    g_autofree char *isolated = kb_text_isolate (shown);

    /* Translators: %s is the path of a folder. */
    return g_strdup_printf (_ ("The folder of the last time, %s, is not there any more. This is "
                               "the data of another folder."),
                            isolated);
}

/**
 * kb_text_other_homes:
 * @homes: (element-type KbFound): all data folders, the one that is shown first
 *
 * Returns: (transfer full) (nullable): that there are others, and where; %NULL when there are none
 */
char *
kb_text_other_homes (const GPtrArray *homes)
{
    GString *paths = g_string_new (NULL);

    for (guint i = 1; i < homes->len; i++) {
        const KbFound *found = homes->pdata[i];
        g_autofree char *path = kb_text_isolate (found->path);
        g_string_append_printf (paths, "%s%s", i > 1 ? ", " : "", path);
    }
    g_autofree char *list = g_string_free (paths, FALSE);
    /* Translators: %s is one folder or several, with commas between them. */
    return *list != '\0'
               ? g_strdup_printf (_ ("There is Kolibri data in other folders too: %s"), list)
               : NULL;
}

static const char *
kolibri_after (const KbRecovered *recovered)
{
    if (!recovered->kolibri_was_stopped)
        return NULL;
    return recovered->kolibri_was_started
               ? _ ("Kolibri has been started again.")
               : _ ("Kolibri had been stopped for it: start it again if it does not run.");
}

/**
 * kb_text_endangered:
 * @n_endangered: how many fresh backups Kolibri will delete, at least one
 *
 * Returns: (transfer full): that it will, and what to do
 */
char *
kb_text_endangered (guint n_endangered)
{
    return g_strdup_printf (
        ngettext ("When Kolibri is upgraded, it will delete %u new backup and leave older ones. "
                  "Keep it, and it stays.",
                  "When Kolibri is upgraded, it will delete %u new backups and leave older ones. "
                  "Keep them, and they stay.",
                  n_endangered),
        n_endangered);
}

/**
 * kb_text_recovered:
 * @recovered: what recovery has found
 *
 * Returns: (transfer full) (nullable): what to tell the person, or %NULL when there is nothing to
 *     say
 */
char *
kb_text_recovered (const KbRecovered *recovered)
{
    const char *kolibri = kolibri_after (recovered);

    switch (recovered->kind) {
    case KB_RECOVERED_OLD_DATA:
        return kb_text_join (
            _ ("A restore was interrupted before it happened. Your data is as it was before."),
            kolibri);
    case KB_RECOVERED_NEW_DATA:
        return kb_text_join (
            _ ("A restore was interrupted just after it happened. Your data is restored."),
            kolibri);
    case KB_RECOVERED_LEFTOVERS:
        return g_strdup (
            _ ("The last run was interrupted. What it left unfinished has been removed."));
    case KB_RECOVERED_NOTHING:
        break;
    }
    return NULL;
}
