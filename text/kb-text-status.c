/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "kb-text-status.h"

#include "kb-text-date.h"
#include "kb-text.h"

#include <glib/gi18n.h>

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
    case KB_SERVER_STOPPED:
        break;
    }
    return C_ ("Kolibri is", "not running");
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
    g_autofree char *program = NULL;

    if (version != NULL)
        /* Translators: %s is a version, as "0.17.5". */
        program = g_strdup_printf (_ ("Kolibri %s"), version);
    else
        program = g_strdup (_ ("Kolibri"));
    if (title == NULL)
        /* Translators: "Kolibri 0.17.5" and "running". */
        return g_strdup_printf (C_ ("Kolibri and state", "%s · %s"), program,
                                kb_text_server (status->server));
    /* Translators: "Kolibri 0.17.5", "running", and the name of the device or facility. */
    return g_strdup_printf (C_ ("Kolibri, state and name", "%s · %s · “%s”"), program,
                            kb_text_server (status->server), name);
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
    const char *kolibri =
        recovered->kolibri_was_stopped
            ? _ ("Kolibri had been stopped for it: start it again if it does not run.")
            : NULL;

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
