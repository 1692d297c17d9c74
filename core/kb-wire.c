/* SPDX-License-Identifier: MIT */
#include "kb-wire.h"

#include "kb-backup-name.h"
#include "kb-error.h"

#include <string.h>

#define CANCELLED "cancelled"

static void
set_text (JsonObject *object, const char *member, const char *text)
{
    if (text == NULL)
        return;
    g_autofree char *valid = g_utf8_make_valid (text, -1);
    json_object_set_string_member (object, member, valid);
}

static void
set_time (JsonObject *object, const char *member, GDateTime *time)
{
    g_autofree char *text = time != NULL ? g_date_time_format_iso8601 (time) : NULL;

    set_text (object, member, text);
}

static void
set_summary (JsonObject *object, const KbSummary *summary)
{
    if (summary == NULL)
        return;
    json_object_set_object_member (object, "summary", kb_summary_to_json (summary));
    set_text (object, "device_id", summary->device_id);
}

static void
set_flag (JsonObject *object, const char *member, gboolean flag)
{
    json_object_set_int_member (object, member, flag ? 1 : 0);
}

static gboolean
get_flag (JsonObject *object, const char *member)
{
    return kb_json_get_int (object, member, 0) != 0;
}

static GDateTime *
get_time (JsonObject *object, const char *member)
{
    g_autofree char *text = kb_json_dup_string (object, member);

    return text != NULL ? g_date_time_new_from_iso8601 (text, NULL) : NULL;
}

static KbSummary *
get_summary (JsonObject *object)
{
    JsonObject *inner = kb_json_get_object (object, "summary");
    KbSummary *summary = inner != NULL ? kb_summary_from_json (inner) : NULL;

    if (summary != NULL && summary->device_id == NULL)
        summary->device_id = kb_json_dup_string (object, "device_id");
    return summary;
}

/**
 * kb_wire_from_progress:
 * @now: how far the work is
 *
 * Returns: (transfer full): that as JSON
 */
JsonObject *
kb_wire_from_progress (const KbProgressSnapshot *now)
{
    JsonObject *object = json_object_new();

    json_object_set_int_member (object, "phase", now->phase);
    json_object_set_int_member (object, "done", (gint64) now->done);
    json_object_set_int_member (object, "total", (gint64) now->total);
    json_object_set_int_member (object, "millionths", (gint64) (now->fraction * 1000000));
    json_object_set_int_member (object, "step", now->step);
    json_object_set_int_member (object, "steps", now->n_steps);
    return object;
}

/**
 * kb_wire_to_progress:
 * @object: what kb_wire_from_progress() made; not trusted
 * @now: (out): how far the work is
 *
 * Returns: %FALSE if it says nothing that could be
 */
gboolean
kb_wire_to_progress (JsonObject *object, KbProgressSnapshot *now)
{
    gint64 phase = kb_json_get_int (object, "phase", -1);

    if (phase < 0 || phase >= KB_N_PHASES)
        return FALSE;
    now->phase = (KbPhase) phase;
    now->done = (uint64_t) MAX (0, kb_json_get_int (object, "done", 0));
    now->total = (uint64_t) MAX (0, kb_json_get_int (object, "total", 0));
    now->fraction = (double) CLAMP (kb_json_get_int (object, "millionths", 0), 0, 1000000) / 1e6;
    now->step = (unsigned) CLAMP (kb_json_get_int (object, "step", 0), 0, KB_N_PHASES);
    now->n_steps = (unsigned) CLAMP (kb_json_get_int (object, "steps", 0), 0, KB_N_PHASES);
    return TRUE;
}

/**
 * kb_wire_from_error:
 * @error: why an operation failed
 *
 * Returns: (transfer full): that as JSON
 */
JsonObject *
kb_wire_from_error (const GError *error)
{
    JsonObject *object = json_object_new();
    KbErrorCode code =
        error->domain == KB_ERROR ? (KbErrorCode) error->code : (KbErrorCode) KB_ERROR_INTERNAL;

    set_text (object, "code",
              kb_error_is_cancelled (error) ? CANCELLED : kb_error_code_to_string (code));
    set_text (object, "message", error->message);
    set_text (object, "version", kb_error_get_version (error));
    json_object_set_int_member (object, "needed", (gint64) kb_error_get_needed_bytes (error));
    json_object_set_int_member (object, "free", (gint64) kb_error_get_free_bytes (error));
    return object;
}

/**
 * kb_wire_to_error:
 * @object: what kb_wire_from_error() made; not trusted
 * @error: return location for a #GError
 *
 * Sets the error that another process has told of.
 *
 * Errors: any of ours, and %G_IO_ERROR_CANCELLED.
 */
void
kb_wire_to_error (JsonObject *object, GError **error)
{
    g_autofree char *code = kb_json_dup_string (object, "code");
    g_autofree char *message = kb_json_dup_string (object, "message");
    g_autofree char *version = kb_json_dup_string (object, "version");
    const char *text = message != NULL ? message : "the helper does not say what";

    if (g_strcmp0 (code, CANCELLED) == 0)
        g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, text);
    else
        kb_error_set_again (error, kb_error_code_from_string (code != NULL ? code : ""), text,
                            version, (guint64) MAX (0, kb_json_get_int (object, "needed", 0)),
                            (guint64) MAX (0, kb_json_get_int (object, "free", 0)));
}

/**
 * kb_wire_from_entry:
 * @entry: a backup
 *
 * Returns: (transfer full): that as JSON
 */
JsonObject *
kb_wire_from_entry (const KbEntry *entry)
{
    JsonObject *object = json_object_new();

    set_text (object, "name", entry->name);
    set_text (object, "path", entry->path);
    json_object_set_int_member (object, "size", (gint64) entry->size_bytes);
    set_time (object, "time", entry->time);
    set_text (object, "version", entry->version);
    set_text (object, "origin", kb_origin_to_string (entry->origin));
    json_object_set_int_member (object, "state", entry->state);
    set_flag (object, "protected", entry->is_protected);
    set_flag (object, "ours", entry->is_ours);
    set_text (object, "note", entry->note);
    set_flag (object, "keep", entry->keep);
    set_time (object, "checked", entry->checked);
    set_text (object, "check_result", entry->check_result);
    set_summary (object, entry->summary);
    return object;
}

/* A name that could be read as a path is worth nothing. */
static char *
get_name (JsonObject *object, const char *member)
{
    g_autofree char *name = kb_json_dup_string (object, member);

    return name != NULL && (kb_backup_name_is_safe (name) || kb_kept_name_is_safe (name))
               ? g_steal_pointer (&name)
               : NULL;
}

/* Where a name of the list leads: the one folder of the two that it is said to be in. */
static char *
path_of (const KbHome *home, const char *name, gboolean is_in_protected)
{
    return g_build_filename (is_in_protected ? kb_home_get_protected_dir (home)
                                             : kb_home_get_backups_dir (home),
                             name, NULL);
}

/**
 * kb_wire_to_entry:
 * @object: what kb_wire_from_entry() made; not trusted
 * @home: the data folder of the backup
 *
 * Returns: (transfer full) (nullable): the backup; %NULL when that is none
 */
KbEntry *
kb_wire_to_entry (JsonObject *object, const KbHome *home)
{
    g_autofree char *name = get_name (object, "name");
    g_autofree char *origin = kb_json_dup_string (object, "origin");
    g_autofree char *path = kb_json_dup_string (object, "path");

    if (name == NULL || path == NULL)
        return NULL;
    g_autoptr (GDateTime) time = get_time (object, "time");
    KbEntry *self = g_atomic_rc_box_new0 (KbEntry);
    self->origin = kb_origin_from_string (origin != NULL ? origin : "");
    self->path = g_str_has_prefix (path, kb_home_get_backups_dir (home)) ? g_steal_pointer (&path)
                                                                         : path_of (home, name, 0);
    self->name = g_steal_pointer (&name);
    self->size_bytes = (guint64) MAX (0, kb_json_get_int (object, "size", 0));
    self->time = time != NULL ? g_date_time_to_local (time) : NULL;
    self->version = kb_json_dup_string (object, "version");
    self->state = (KbEntryState) CLAMP (kb_json_get_int (object, "state", KB_ENTRY_FOREIGN),
                                        KB_ENTRY_COMPLETE, KB_ENTRY_TOO_NEW);
    self->is_protected = get_flag (object, "protected");
    self->is_ours = get_flag (object, "ours");
    self->note = kb_json_dup_string (object, "note");
    self->keep = get_flag (object, "keep");
    self->checked = get_time (object, "checked");
    self->check_result = kb_json_dup_string (object, "check_result");
    self->summary = get_summary (object);
    return self;
}

/**
 * kb_wire_from_backup:
 * @result: what was made
 *
 * Returns: (transfer full): that as JSON
 */
JsonObject *
kb_wire_from_backup (const KbBackupResult *result)
{
    JsonObject *object = json_object_new();

    set_text (object, "name", result->name);
    set_text (object, "version", result->version);
    set_summary (object, result->summary);
    json_object_set_int_member (object, "size", (gint64) result->size_bytes);
    set_flag (object, "protected", result->is_protected);
    set_flag (object, "too_long", result->is_too_long_for_kolibri);
    return object;
}

/**
 * kb_wire_to_backup:
 * @object: what kb_wire_from_backup() made; not trusted
 * @home: the data folder
 *
 * Returns: (transfer full) (nullable): what was made; %NULL when that is nothing
 */
KbBackupResult *
kb_wire_to_backup (JsonObject *object, const KbHome *home)
{
    g_autofree char *name = get_name (object, "name");

    if (name == NULL)
        return NULL;
    KbBackupResult *self = g_new0 (KbBackupResult, 1);
    self->path = path_of (home, name, FALSE);
    self->name = g_steal_pointer (&name);
    self->version = kb_json_dup_string (object, "version");
    self->summary = get_summary (object);
    self->size_bytes = (guint64) MAX (0, kb_json_get_int (object, "size", 0));
    self->is_protected = get_flag (object, "protected");
    self->is_too_long_for_kolibri = get_flag (object, "too_long");
    return self;
}

/**
 * kb_wire_from_verify:
 * @result: what a check has found
 *
 * Returns: (transfer full): that as JSON
 */
JsonObject *
kb_wire_from_verify (const KbVerifyResult *result)
{
    JsonObject *object = json_object_new();

    set_text (object, "version", result->version);
    set_flag (object, "disputed", result->version_is_disputed);
    set_flag (object, "unknown", result->has_unknown);
    set_summary (object, result->summary);
    set_text (object, "device", result->device_id);
    json_object_set_int_member (object, "orphans", result->orphans);
    set_text (object, "origin", kb_origin_to_string (result->origin));
    set_time (object, "time", result->time);
    return object;
}

/**
 * kb_wire_to_verify:
 * @object: what kb_wire_from_verify() made; not trusted
 *
 * Returns: (transfer full): what a check has found
 */
KbVerifyResult *
kb_wire_to_verify (JsonObject *object)
{
    g_autofree char *origin = kb_json_dup_string (object, "origin");
    KbVerifyResult *self = g_new0 (KbVerifyResult, 1);

    self->version = kb_json_dup_string (object, "version");
    self->version_is_disputed = get_flag (object, "disputed");
    self->has_unknown = get_flag (object, "unknown");
    self->summary = get_summary (object);
    if (self->summary == NULL)
        self->summary = kb_summary_new();
    self->device_id = kb_json_dup_string (object, "device");
    self->orphans = kb_json_get_int (object, "orphans", 0);
    self->origin = kb_origin_from_string (origin != NULL ? origin : "");
    self->time = get_time (object, "time");
    return self;
}

/**
 * kb_wire_from_restore:
 * @result: what happened
 *
 * Returns: (transfer full): that as JSON
 */
JsonObject *
kb_wire_from_restore (const KbRestoreResult *result)
{
    JsonObject *object = json_object_new();

    set_text (object, "version", result->version);
    set_flag (object, "disputed", result->version_is_disputed);
    set_flag (object, "will_upgrade", result->will_upgrade);
    set_summary (object, result->summary);
    set_text (object, "kept", result->kept);
    set_flag (object, "was_damaged", result->was_damaged);
    set_flag (object, "stopped", result->kolibri_was_stopped);
    set_flag (object, "started", result->kolibri_was_started);
    return object;
}

/**
 * kb_wire_to_restore:
 * @object: what kb_wire_from_restore() made; not trusted
 *
 * Returns: (transfer full): what happened
 */
KbRestoreResult *
kb_wire_to_restore (JsonObject *object)
{
    KbRestoreResult *self = g_new0 (KbRestoreResult, 1);

    self->version = kb_json_dup_string (object, "version");
    self->version_is_disputed = get_flag (object, "disputed");
    self->will_upgrade = get_flag (object, "will_upgrade");
    self->summary = get_summary (object);
    if (self->summary == NULL)
        self->summary = kb_summary_new();
    self->kept = get_name (object, "kept");
    self->was_damaged = get_flag (object, "was_damaged");
    self->kolibri_was_stopped = get_flag (object, "stopped");
    self->kolibri_was_started = get_flag (object, "started");
    return self;
}

/**
 * kb_wire_from_undo:
 * @result: what happened
 *
 * Returns: (transfer full): that as JSON
 */
JsonObject *
kb_wire_from_undo (const KbUndoResult *result)
{
    JsonObject *object = json_object_new();

    set_text (object, "undone", result->undone->name);
    set_text (object, "version", result->undone->data_version);
    set_time (object, "time", result->undone->time);
    set_text (object, "kept", result->kept);
    set_flag (object, "stopped", result->kolibri_was_stopped);
    set_flag (object, "started", result->kolibri_was_started);
    return object;
}

/**
 * kb_wire_to_undo:
 * @object: what kb_wire_from_undo() made; not trusted
 *
 * Returns: (transfer full): what happened; of the kept data only name, version and time are known
 */
KbUndoResult *
kb_wire_to_undo (JsonObject *object)
{
    KbUndoResult *self = g_new0 (KbUndoResult, 1);

    self->undone = g_new0 (KbKept, 1);
    self->undone->name = get_name (object, "undone");
    self->undone->data_version = kb_json_dup_string (object, "version");
    self->undone->time = get_time (object, "time");
    self->kept = get_name (object, "kept");
    self->kolibri_was_stopped = get_flag (object, "stopped");
    self->kolibri_was_started = get_flag (object, "started");
    return self;
}

/**
 * kb_wire_from_import:
 * @result: what is in the list now
 *
 * Returns: (transfer full): that as JSON
 */
JsonObject *
kb_wire_from_import (const KbImportResult *result)
{
    JsonObject *object = json_object_new();

    set_text (object, "name", result->name);
    set_flag (object, "only_protected", strstr (result->path, "/protected/") != NULL);
    set_flag (object, "was_there", result->was_there_already);
    json_object_set_object_member (object, "checked", kb_wire_from_verify (result->checked));
    return object;
}

/**
 * kb_wire_to_import:
 * @object: what kb_wire_from_import() made; not trusted
 * @home: the data folder
 *
 * Returns: (transfer full) (nullable): what is in the list now; %NULL when that is nothing
 */
KbImportResult *
kb_wire_to_import (JsonObject *object, const KbHome *home)
{
    g_autofree char *name = get_name (object, "name");
    JsonObject *checked = kb_json_get_object (object, "checked");

    if (name == NULL || checked == NULL)
        return NULL;
    KbImportResult *self = g_new0 (KbImportResult, 1);
    self->path = path_of (home, name, get_flag (object, "only_protected"));
    self->name = g_steal_pointer (&name);
    self->was_there_already = get_flag (object, "was_there");
    self->checked = kb_wire_to_verify (checked);
    return self;
}
