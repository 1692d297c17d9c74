/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "kb-cli-json.h"

/**
 * kb_cli_json_set_text:
 * @object: an object
 * @member: the name of a member
 * @text: (nullable): text in any encoding; nothing is set for %NULL
 */
void
kb_cli_json_set_text (JsonObject *object, const char *member, const char *text)
{
    if (text == NULL)
        return;
    g_autofree char *valid = g_utf8_make_valid (text, -1);
    json_object_set_string_member (object, member, valid);
}

/**
 * kb_cli_json_set_time:
 * @object: an object
 * @member: the name of a member
 * @time: (nullable): a time; nothing is set for %NULL
 */
void
kb_cli_json_set_time (JsonObject *object, const char *member, GDateTime *time)
{
    if (time == NULL)
        return;
    g_autofree char *text = g_date_time_format_iso8601 (time);
    json_object_set_string_member (object, member, text);
}

/**
 * kb_cli_json_set_summary:
 * @object: an object
 * @summary: (nullable): what is in a database; nothing is set for %NULL
 */
void
kb_cli_json_set_summary (JsonObject *object, const KbSummary *summary)
{
    if (summary != NULL)
        json_object_set_object_member (object, "summary", kb_summary_to_json (summary));
}

/**
 * kb_cli_json_entry:
 * @entry: a backup
 *
 * Returns: (transfer full): all that is known of it
 */
JsonObject *
kb_cli_json_entry (const KbEntry *entry)
{
    JsonObject *object = json_object_new();

    kb_cli_json_set_text (object, "name", entry->name);
    kb_cli_json_set_text (object, "path", entry->path);
    json_object_set_int_member (object, "size", (gint64) entry->size_bytes);
    kb_cli_json_set_time (object, "time", entry->time);
    kb_cli_json_set_text (object, "version", entry->version);
    json_object_set_string_member (object, "origin", kb_origin_to_string (entry->origin));
    json_object_set_string_member (object, "state", kb_entry_state_to_string (entry->state));
    json_object_set_boolean_member (object, "protected", entry->is_protected);
    json_object_set_boolean_member (object, "ours", entry->is_ours);
    kb_cli_json_set_text (object, "note", entry->note);
    json_object_set_boolean_member (object, "keep", entry->keep);
    kb_cli_json_set_time (object, "checked", entry->checked);
    kb_cli_json_set_text (object, "check_result", entry->check_result);
    kb_cli_json_set_summary (object, entry->summary);
    return object;
}

/* A data folder that was found. */
static JsonObject *
describe_found (const KbFound *found)
{
    JsonObject *object = json_object_new();
    JsonArray *problems = json_array_new();

    kb_cli_json_set_text (object, "path", found->path);
    json_object_set_string_member (object, "installation", kb_install_kind_to_string (found->kind));
    json_object_set_string_member (object, "reason", kb_reason_to_string (found->reason));
    kb_cli_json_set_text (object, "source", found->source);
    json_object_set_boolean_member (object, "ours", found->is_ours);
    json_object_set_boolean_member (object, "running", found->is_running);
    json_object_set_boolean_member (object, "has_database", found->has_database);
    json_object_set_boolean_member (object, "empty", found->is_empty);
    kb_cli_json_set_text (object, "data_version", found->data_version);
    if (found->install != NULL) {
        kb_cli_json_set_text (object, "installed_version", found->install->version);
        kb_cli_json_set_text (object, "installed_version_source", found->install->source);
    }
    json_object_set_string_member (object, "agreement", kb_agreement_to_string (found->agreement));
    for (int i = 0; i < KB_N_FIND_PROBLEMS; i++)
        if (kb_found_has_problem (found, (KbFindProblem) i))
            json_array_add_string_element (problems, kb_find_problem_to_string ((KbFindProblem) i));
    json_object_set_array_member (object, "problems", problems);
    return object;
}

static void
set_server (JsonObject *object, const KbServerLook *look)
{
    g_autofree char *way = kb_server_look_name_way (look);

    json_object_set_string_member (object, "server", kb_server_state_to_string (look->state));
    json_object_set_string_member (object, "server_known_by",
                                   kb_server_proof_to_string (look->proof));
    json_object_set_string_member (object, "server_stopped_by", way);
    json_object_set_string_member (object, "server_may_be_stopped",
                                   kb_server_rights_to_string (look->rights));
}

/* What Kolibri will delete. */
static JsonObject *
describe_pruning (const KbPruning *pruning)
{
    JsonObject *object = json_object_new();
    JsonArray *deleted = json_array_new();
    JsonArray *endangered = json_array_new();

    for (guint i = 0; i < pruning->deleted->len; i++) {
        g_autofree char *name = g_filename_display_name (pruning->deleted->pdata[i]);
        json_array_add_string_element (deleted, name);
    }
    for (guint i = 0; i < pruning->endangered->len; i++) {
        const KbEntry *entry = pruning->endangered->pdata[i];
        json_array_add_string_element (endangered, entry->name);
    }
    json_object_set_array_member (object, "deleted", deleted);
    json_object_set_boolean_member (object, "deletes_its_own", pruning->deletes_its_own);
    json_object_set_array_member (object, "endangered", endangered);
    return object;
}

/**
 * kb_cli_json_status:
 * @status: a status
 *
 * Returns: (transfer full): all that it says
 */
JsonObject *
kb_cli_json_status (const KbStatus *status)
{
    JsonObject *object = json_object_new();

    json_object_set_string_member (object, "verdict", kb_verdict_to_string (status->verdict));
    kb_cli_json_set_text (object, "home", status->home);
    json_object_set_boolean_member (object, "has_database", status->has_database);
    json_object_set_int_member (object, "database_size", (gint64) status->database_bytes);
    kb_cli_json_set_text (object, "data_version", status->data_version);
    kb_cli_json_set_text (object, "installed_version", status->installed_version);
    set_server (object, status->look);
    json_object_set_int_member (object, "backups", status->n_backups);
    if (status->newest != NULL)
        json_object_set_object_member (object, "newest", kb_cli_json_entry (status->newest));
    kb_cli_json_set_summary (object, status->summary);
    json_object_set_string_member (object, "agreement", kb_agreement_to_string (status->agreement));
    json_object_set_object_member (object, "pruning", describe_pruning (status->pruning));
    JsonArray *homes = json_array_new();
    for (guint i = 0; i < status->homes->len; i++)
        json_array_add_object_element (homes, describe_found (status->homes->pdata[i]));
    json_object_set_array_member (object, "homes", homes);
    return object;
}
