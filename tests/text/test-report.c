/* SPDX-License-Identifier: MIT */
#include "kb-error.h"
#include "kb-report.h"
#include "kb-test-words.h"

#include <string.h>

#define HOME "/home/zoë"
#define DATA HOME "/Klasse Zoë/.kolibri"

/* Words that no report may hold. */
static const char *const secrets[] = {
    "Zoë", "zoë", "Grundschule", "Laptop von", "Zahnarzt", "Klasse",
};

static KbEntry *
make_entry (KbOrigin origin, KbEntryState state, int day)
{
    KbEntry *entry = g_atomic_rc_box_new0 (KbEntry);

    entry->name = g_strdup ("db-v0.17.5_2026-05-01_10-11-12 Zoë.dump");
    entry->path = g_strdup (DATA "/backups/db-v0.17.5_2026-05-01_10-11-12 Zoë.dump");
    entry->origin = origin;
    entry->state = state;
    entry->is_ours = origin == KB_ORIGIN_MANUAL;
    entry->is_protected = entry->is_ours;
    entry->time = day > 0 ? g_date_time_new_utc (2026, 5, day, 10, 11, 12) : NULL;
    entry->note = g_strdup ("Zahnarzt von Zoë");
    entry->check_result = day == 3 ? g_strdup ("ok") : day == 2 ? g_strdup ("corrupt") : NULL;
    return entry;
}

static GPtrArray *
make_entries (void)
{
    GPtrArray *entries = g_ptr_array_new_with_free_func ((GDestroyNotify) kb_entry_unref);

    g_ptr_array_add (entries, make_entry (KB_ORIGIN_MANUAL, KB_ENTRY_COMPLETE, 3));
    g_ptr_array_add (entries, make_entry (KB_ORIGIN_MANUAL, KB_ENTRY_COMPLETE, 7));
    g_ptr_array_add (entries, make_entry (KB_ORIGIN_AUTOMATIC, KB_ENTRY_INCOMPLETE, 2));
    g_ptr_array_add (entries, make_entry (KB_ORIGIN_BEFORE_RESTORE, KB_ENTRY_COMPLETE, 0));
    return entries;
}

static KbStatus *
make_status (void)
{
    KbStatus *status = kb_status_new_unknown (DATA);

    status->verdict = KB_VERDICT_GETTING_OLD;
    status->has_database = TRUE;
    status->data_version = g_strdup ("0.17.5");
    status->installed_version = g_strdup ("0.19.1");
    status->look->state = KB_SERVER_RUNNING;
    status->look->proof = KB_SERVER_PROOF_WORKERS;
    status->look->way = KB_SERVER_WAY_SERVICE;
    status->look->service = KB_SERVICE_KOLIBRI_SERVER;
    status->look->rights = KB_SERVICE_RIGHTS_ASK;
    status->database_bytes = 123456789;
    status->free_bytes = 987654321;
    status->sqlite_version = "3.40.1";
    status->summary = kb_summary_new();
    status->summary->facility_name = g_strdup ("Grundschule");
    status->summary->device_name = g_strdup ("Laptop von Zoë");
    status->summary->learners = 1204;
    return status;
}

static void
assert_no_secrets (const char *report)
{
    g_assert_true (g_utf8_validate (report, -1, NULL));
    for (gsize i = 0; i < G_N_ELEMENTS (secrets); i++)
        if (strstr (report, secrets[i]) != NULL)
            g_error ("“%s” in:\n%s", secrets[i], report);
}

static void
assert_has (const char *report, const char *line)
{
    g_autofree char *whole = g_strdup_printf ("\n%s\n", line);

    if (strstr (report, whole) == NULL)
        g_error ("no “%s” in:\n%s", line, report);
}

/* On Windows GLib believes HOME only where it exists. */
static gboolean
has_no_such_home (void)
{
    if (strcmp (g_get_home_dir(), HOME) == 0)
        return FALSE;
    g_test_skip ("the folder of the user is another: " HOME " does not exist");
    return TRUE;
}

static void
test_facts (void)
{
    if (has_no_such_home())
        return;
    g_autoptr (KbStatus) status = make_status();
    g_autoptr (GPtrArray) entries = make_entries();
    g_autofree char *report = kb_report_new (status, entries, KB_OPERATION_OPEN, NULL);
    static const char *const lines[] = {
        "SQLite: 3.40.1",
        "Verdict: getting-old",
        "KOLIBRI_HOME: ~/…/.kolibri",
        "Installed version: 0.19.1",
        "Data version: 0.17.5",
        "Server: running, known by: uwsgi, stopped by: service:kolibri-server, "
        "right to that: password",
        "Database: 123456789 bytes",
        "Free space: 987654321 bytes",
        "Learners: 1204",
        "All: 4",
        "manual, complete: 2",
        "automatic, incomplete: 1",
        "before-restore, complete: 1",
        "Made by Kolibri Backup: 2",
        "Protected: 2",
        "Checked: 1",
        "Failed a check: 1",
        "Newest: 2026-05-07T10:11:12Z",
        "Oldest: 2026-05-02T10:11:12Z",
        "None.",
    };

    for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
        assert_has (report, lines[i]);
    g_assert_null (strstr (report, "Classes")); /* not known */
    assert_no_secrets (report);
}

static void
test_error (void)
{
    if (has_no_such_home())
        return;
    g_autoptr (KbStatus) status = make_status();
    g_autoptr (GPtrArray) entries = make_entries();
    g_autoptr (GError) error = NULL;

    kb_error_set_space (&error, 5000000000, 17, DATA "/backups");
    g_autofree char *report = kb_report_new (status, entries, KB_OPERATION_RESTORE, error);
    assert_has (report, "While: restore");
    assert_has (report, "Error: kolibri-backup no-space");
    assert_has (report, "Message: find space: KOLIBRI_HOME/backups: 5000000000 bytes needed, 17 "
                        "free");
    assert_has (report, "Needed: 5000000000 bytes");
    assert_has (report, "Free: 17 bytes");
    assert_no_secrets (report);
}

static void
test_hostile_error (void)
{
    static const char *const messages[] = {
        "copy: " HOME "/Klasse/Zoë.dump: /media/zoë/Zahnarzt/Zoë.dump: no",
        "look: /data/Laptop von Zoë/Grundschule: no",
        "Grundschule says: Zahnarzt von Zoë",
        "open: Laptop von Zoë.dump: no",
        "near \"Zoë\": syntax error\nsecond line: /Klasse/x",
    };
    g_autoptr (KbStatus) status = make_status();
    g_autoptr (GPtrArray) entries = make_entries();

    for (gsize i = 0; i < G_N_ELEMENTS (messages); i++) {
        g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, 0, messages[i]);
        g_autofree char *report = kb_report_new (status, entries, KB_OPERATION_COPY, error);
        assert_no_secrets (report);
        assert_has (report, "Error: g-io-error-quark 0");
    }
}

static void
test_machine_is_not_named (void)
{
    g_autoptr (KbStatus) status = make_status();
    g_autoptr (GPtrArray) entries = g_ptr_array_new();
    g_autofree char *message =
        g_strdup_printf ("%s at %s is [%s], host %s", g_get_user_name(), g_get_host_name(),
                         g_get_user_name(), g_get_host_name());
    g_autoptr (GError) error = g_error_new_literal (KB_ERROR, KB_ERROR_INTERNAL, message);
    g_autofree char *report = kb_report_new (status, entries, KB_OPERATION_NOTE, error);

    assert_has (report, "Message: USER at HOST is [USER], host HOST");
    g_assert_null (strstr (report, "Newest"));
}

/* Nothing is known, and a stranger has written `.data_version`. */
static void
test_nothing_known (void)
{
    g_autoptr (KbStatus) status = kb_status_new_unknown (DATA);
    g_autoptr (GPtrArray) entries = g_ptr_array_new();

    status->data_version = g_strdup ("Zoë");
    g_autofree char *report = kb_report_new (status, entries, KB_OPERATION_OPEN, NULL);
    assert_has (report, "Data version: unreadable");
    assert_has (report, "Installed version: unknown");
    assert_has (report, "Database: unknown");
    assert_has (report, "Contents: cannot be read");
    assert_no_secrets (report);
}

/* As the command line may name it. */
static void
test_relative_folder (void)
{
    g_autoptr (KbStatus) status = kb_status_new_unknown ("Klasse Zoë");
    g_autoptr (GPtrArray) entries = g_ptr_array_new();
    g_autofree char *absolute = g_canonicalize_filename (status->home, NULL);
    g_autofree char *message = g_strdup_printf ("open: %s: no", absolute);
    g_autoptr (GError) error = g_error_new_literal (KB_ERROR, KB_ERROR_NOT_FOUND, message);
    g_autofree char *report = kb_report_new (status, entries, KB_OPERATION_OPEN, error);

    assert_has (report, "Message: open: KOLIBRI_HOME: no");
    assert_no_secrets (report);
}

int
main (int argc, char **argv)
{
    g_setenv ("HOME", HOME, TRUE); /* before anybody asks GLib for it */
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/report/facts", test_facts);
    g_test_add_func ("/report/error", test_error);
    g_test_add_func ("/report/hostile-error", test_hostile_error);
    g_test_add_func ("/report/machine-is-not-named", test_machine_is_not_named);
    g_test_add_func ("/report/nothing-known", test_nothing_known);
    g_test_add_func ("/report/relative-folder", test_relative_folder);
    return g_test_run();
}
