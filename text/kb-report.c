/* SPDX-License-Identifier: MIT */
/* The report for support: English, because those who read it may not know the person's language. */
#include "config.h"

#include "kb-report.h"

#include "kb-hide.h"
#include "kb-text-error.h"
#include "kb-version.h"

static const char *
name_operation (KbOperation operation)
{
    static const char *const names[KB_N_OPERATIONS] = {
        [KB_OPERATION_OPEN] = "open",         [KB_OPERATION_BACKUP] = "back up",
        [KB_OPERATION_CHECK] = "check",       [KB_OPERATION_RESTORE] = "restore",
        [KB_OPERATION_UNDO] = "undo",         [KB_OPERATION_LOOK] = "look",
        [KB_OPERATION_COPY] = "copy",         [KB_OPERATION_IMPORT] = "import",
        [KB_OPERATION_NOTE] = "note or keep", [KB_OPERATION_DELETE] = "delete",
        [KB_OPERATION_REPORT] = "report",
    };

    return operation < KB_N_OPERATIONS ? names[operation] : "unknown";
}

static void
hide_summary (KbHide *hide, const KbSummary *summary)
{
    if (summary == NULL)
        return;
    kb_hide_add_name (hide, summary->device_name, "DEVICE");
    kb_hide_add_name (hide, summary->facility_name, "FACILITY");
}

/* A full name, and each part of it. */
static void
hide_full_name (KbHide *hide, const char *name)
{
    g_autofree char *valid = g_utf8_make_valid (name != NULL ? name : "", -1);
    g_auto (GStrv) parts = g_strsplit_set (valid, " ,", -1);

    if (g_ascii_strcasecmp (valid, "Unknown") == 0) /* what GLib says where there is no name */
        return;
    kb_hide_add_name (hide, valid, "USER");
    for (size_t i = 0; parts[i] != NULL; i++)
        if (g_utf8_strlen (parts[i], -1) > 2)
            kb_hide_add_name (hide, parts[i], "USER");
}

static KbHide *
make_hide (const KbStatus *status, const GPtrArray *entries)
{
    g_autofree char *home = g_canonicalize_filename (status->home, NULL);
    KbHide *hide = kb_hide_new (home, g_get_home_dir());

    kb_hide_add_name (hide, g_get_user_name(), "USER");
    hide_full_name (hide, g_get_real_name());
    kb_hide_add_name (hide, g_get_host_name(), "HOST");
    hide_summary (hide, status->summary);
    for (guint i = 0; i < entries->len; i++) {
        const KbEntry *entry = entries->pdata[i];
        kb_hide_add_name (hide, entry->note, "NOTE");
        hide_summary (hide, entry->summary);
    }
    return hide;
}

/* A version comes from a file that anybody may have written. */
static const char *
check_version (const char *version)
{
    KbVersion parsed;

    if (version == NULL)
        return "unknown";
    return kb_version_parse (version, &parsed) ? version : "unreadable";
}

static void
append_time (GString *out, const char *label, GDateTime *time)
{
    g_autoptr (GDateTime) utc = time != NULL ? g_date_time_to_utc (time) : NULL;
    g_autofree char *text = utc != NULL ? g_date_time_format_iso8601 (utc) : g_strdup ("unknown");

    g_string_append_printf (out, "%s: %s\n", label, text);
}

static void
append_bytes (GString *out, const char *label, guint64 bytes)
{
    if (bytes == 0)
        g_string_append_printf (out, "%s: unknown\n", label);
    else
        g_string_append_printf (out, "%s: %" G_GUINT64_FORMAT " bytes\n", label, bytes);
}

static void
append_system (GString *out, const KbStatus *status)
{
    g_autofree char *os = g_get_os_info (G_OS_INFO_KEY_PRETTY_NAME);
    g_autoptr (GDateTime) now = g_date_time_new_now_utc();

    g_string_append (out, "\nProgram\n");
    append_time (out, "Time", now);
    g_string_append_printf (out, "Kolibri Backup: %s\n", KB_VERSION);
    g_string_append_printf (out, "System: %s\n", os != NULL ? os : "unknown");
    g_string_append_printf (out, "GLib: %u.%u.%u\n", glib_major_version, glib_minor_version,
                            glib_micro_version);
    g_string_append_printf (out, "SQLite: %s\n",
                            status->sqlite_version != NULL ? status->sqlite_version : "unknown");
}

static void
append_count (GString *out, const char *label, gint64 count)
{
    if (count >= 0)
        g_string_append_printf (out, "%s: %" G_GINT64_FORMAT "\n", label, count);
}

static void
append_counts (GString *out, const KbSummary *summary)
{
    if (summary == NULL) {
        g_string_append (out, "Contents: cannot be read\n");
        return;
    }
    append_count (out, "Facilities", summary->facilities);
    append_count (out, "Classes", summary->classes);
    append_count (out, "Learners", summary->learners);
    append_count (out, "Coaches", summary->coaches);
    append_count (out, "Lessons", summary->lessons);
    append_count (out, "Quizzes", summary->quizzes);
    append_count (out, "Answers", summary->exercises);
    append_time (out, "Last activity", summary->last_activity);
}

static void
append_kolibri (GString *out, const KbStatus *status)
{
    /* Where the folder is says which installation it is; so it is not hidden behind its own name.
     */
    g_autoptr (KbHide) hide = kb_hide_new (NULL, g_get_home_dir());
    g_autofree char *home = g_canonicalize_filename (status->home, NULL);
    g_autofree char *place = kb_hide_in (hide, home);

    g_string_append (out, "\nKolibri\n");
    g_string_append_printf (out, "Verdict: %s\n", kb_verdict_to_string (status->verdict));
    g_string_append_printf (out, "KOLIBRI_HOME: %s\n", place);
    g_string_append_printf (out, "Installed version: %s\n",
                            check_version (status->installed_version));
    g_string_append_printf (out, "Data version: %s\n", check_version (status->data_version));
    g_autofree char *way = kb_server_look_name_way (status->look);
    g_string_append_printf (out, "Server: %s, known by: %s, stopped by: %s, right to that: %s\n",
                            kb_server_state_to_string (status->look->state),
                            kb_server_proof_to_string (status->look->proof), way,
                            kb_server_rights_to_string (status->look->rights));
    append_bytes (out, "Database", status->database_bytes);
    append_bytes (out, "Free space", status->free_bytes);
    append_counts (out, status->summary);
}

#define N_ORIGINS (KB_ORIGIN_BEFORE_RESTORE + 1)
#define N_STATES (KB_ENTRY_TOO_NEW + 1)

/* What a list of backups has, in numbers. */
typedef struct {
    unsigned by_kind[N_ORIGINS][N_STATES];
    unsigned ours;
    unsigned is_protected;
    unsigned checked;
    unsigned failed;
    GDateTime *newest;
    GDateTime *oldest;
} Numbers;

static void
count_entry (Numbers *self, const KbEntry *entry)
{
    if ((unsigned) entry->origin < N_ORIGINS && (unsigned) entry->state < N_STATES)
        self->by_kind[entry->origin][entry->state]++;
    self->ours += entry->is_ours ? 1 : 0;
    self->is_protected += entry->is_protected ? 1 : 0;
    if (g_strcmp0 (entry->check_result, "ok") == 0)
        self->checked++;
    else if (entry->check_result != NULL)
        self->failed++;
    if (entry->time == NULL)
        return;
    if (self->newest == NULL || g_date_time_compare (entry->time, self->newest) > 0)
        self->newest = entry->time;
    if (self->oldest == NULL || g_date_time_compare (entry->time, self->oldest) < 0)
        self->oldest = entry->time;
}

static void
append_backups (GString *out, const GPtrArray *entries)
{
    Numbers numbers = {0};

    for (guint i = 0; i < entries->len; i++)
        count_entry (&numbers, entries->pdata[i]);
    g_string_append_printf (out, "\nBackups\nAll: %u\n", entries->len);
    for (unsigned origin = 0; origin < N_ORIGINS; origin++)
        for (unsigned state = 0; state < N_STATES; state++)
            if (numbers.by_kind[origin][state] > 0)
                g_string_append_printf (out, "%s, %s: %u\n",
                                        kb_origin_to_string ((KbOrigin) origin),
                                        kb_entry_state_to_string ((KbEntryState) state),
                                        numbers.by_kind[origin][state]);
    g_string_append_printf (out, "Made by Kolibri Backup: %u\nProtected: %u\n", numbers.ours,
                            numbers.is_protected);
    g_string_append_printf (out, "Checked: %u\nFailed a check: %u\n", numbers.checked,
                            numbers.failed);
    if (entries->len > 0) {
        append_time (out, "Newest", numbers.newest);
        append_time (out, "Oldest", numbers.oldest);
    }
}

static void
append_error (GString *out, const KbHide *hide, KbOperation operation, const GError *error)
{
    g_string_append (out, "\nLast error\n");
    if (error == NULL) {
        g_string_append (out, "None.\n");
        return;
    }
    g_autofree char *name = kb_error_text_name (error);
    g_autofree char *message = kb_hide_in (hide, error->message);
    g_string_append_printf (out, "While: %s\nError: %s\nMessage: %s\n", name_operation (operation),
                            name, message);
    if (kb_error_get_needed_bytes (error) > 0) {
        append_bytes (out, "Needed", kb_error_get_needed_bytes (error));
        append_bytes (out, "Free", kb_error_get_free_bytes (error));
    }
    if (kb_error_get_version (error) != NULL)
        g_string_append_printf (out, "Needed version: %s\n",
                                check_version (kb_error_get_version (error)));
}

/**
 * kb_report_new:
 * @status: what there is
 * @entries: (element-type KbEntry): the backups
 * @operation: what was being done when @last_error came
 * @last_error: (nullable): the last thing that went wrong
 *
 * Writes what whoever helps has to know, in plain English: versions, sizes, counts, the last error.
 * It names neither learners nor facility nor device nor user nor computer, holds no notes, and no
 * paths but those that everybody has. Reads the file that names the system: not on the main thread.
 *
 * Returns: (transfer full): the text
 */
char *
kb_report_new (const KbStatus *status,
               const GPtrArray *entries,
               KbOperation operation,
               const GError *last_error)
{
    GString *out = g_string_new ("Report of Kolibri Backup for support\n"
                                 "It holds no names of people, facilities or devices.\n");
    g_autoptr (KbHide) hide = make_hide (status, entries);

    append_system (out, status);
    append_kolibri (out, status);
    append_backups (out, entries);
    append_error (out, hide, operation, last_error);
    return g_string_free (out, FALSE);
}
