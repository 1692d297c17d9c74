/* SPDX-License-Identifier: MIT */
#include "kb-status.h"

#include "kb-error.h"
#include "kb-file.h"
#include "kb-summary-reader.h"
#include "kb-version.h"

/**
 * kb_verdict_to_string:
 * @verdict: a verdict
 *
 * Returns: its name for machines
 */
const char *
kb_verdict_to_string (KbVerdict verdict)
{
    static const char *const names[] = {
        [KB_VERDICT_NO_KOLIBRI] = "no-kolibri",
        [KB_VERDICT_UNSUPPORTED] = "unsupported",
        [KB_VERDICT_DAMAGED] = "damaged",
        [KB_VERDICT_NO_BACKUP] = "no-backup",
        [KB_VERDICT_AT_RISK] = "at-risk",
        [KB_VERDICT_GETTING_OLD] = "getting-old",
        [KB_VERDICT_SAFE] = "safe",
    };

    return names[verdict];
}

/**
 * kb_status_free:
 * @self: (nullable) (transfer full): a status
 */
void
kb_status_free (KbStatus *self)
{
    if (self == NULL)
        return;
    g_free (self->home);
    g_free (self->data_version);
    g_free (self->installed_version);
    g_clear_pointer (&self->homes, g_ptr_array_unref);
    kb_server_look_free (self->look);
    kb_summary_free (self->summary);
    g_free (self->device_id);
    kb_entry_unref (self->newest);
    kb_pruning_free (self->pruning);
    g_free (self);
}

/* What a look into the database has found. A busy one is as good as any. */
typedef enum { DATABASE_SOUND, DATABASE_DAMAGED, DATABASE_OF_NOBODY } Database;

/* Without Kolibri's tables it is new, or, where Kolibri has run, what a failed restore by Kolibri
 * itself has left: an empty file (facts, 0.2). */
static Database
read_database (KbStatus *self, const KbHome *home, GCancellable *cancellable)
{
    g_autoptr (GError) local = NULL;
    g_autoptr (KbSqlite) db = kb_sqlite_open_for_reading (kb_home_get_database (home), &local);

    self->database_bytes = kb_file_size (kb_home_get_database (home));
    if (db != NULL) {
        kb_sqlite_watch_cancel (db, cancellable);
        self->summary = kb_summary_read (db, &local);
        self->device_id = self->summary != NULL ? g_strdup (self->summary->device_id) : NULL;
        if (self->summary != NULL && !kb_summary_is_kolibri (db))
            return self->data_version != NULL ? DATABASE_DAMAGED : DATABASE_OF_NOBODY;
    }
    return g_error_matches (local, KB_ERROR, KB_ERROR_CORRUPT) ? DATABASE_DAMAGED : DATABASE_SOUND;
}

/**
 * kb_status_read_summary:
 * @home: a data folder
 * @cancellable: (nullable): looked at about every millisecond
 *
 * Says what is in the data in use, without all else that kb_status_read() finds out.
 *
 * Returns: (transfer full) (nullable): the summary; %NULL when there is no data, or none that can
 *     be read
 */
KbSummary *
kb_status_read_summary (const KbHome *home, GCancellable *cancellable)
{
    g_autoptr (KbSqlite) db = NULL;

    if (!kb_home_has_database (home))
        return NULL;
    db = kb_sqlite_open_for_reading (kb_home_get_database (home), NULL);
    if (db == NULL)
        return NULL;
    kb_sqlite_watch_cancel (db, cancellable);
    return kb_summary_read (db, NULL);
}

static void
find_newest (KbStatus *self, const GPtrArray *entries)
{
    for (guint i = 0; i < entries->len; i++) {
        KbEntry *entry = entries->pdata[i];
        if (entry->origin == KB_ORIGIN_BEFORE_RESTORE)
            continue;
        self->n_backups++;
        if (self->newest == NULL && entry->state == KB_ENTRY_COMPLETE && entry->time != NULL)
            self->newest = kb_entry_ref (entry);
    }
}

static gboolean
is_older_than_days (GDateTime *time, unsigned days)
{
    g_autoptr (GDateTime) now = g_date_time_new_now_local();

    return g_date_time_difference (now, time) > (GTimeSpan) days * G_TIME_SPAN_DAY;
}

static KbVerdict
judge (const KbStatus *self, const KbHome *home, Database database, unsigned old_after_days)
{
    gboolean versions_differ =
        self->agreement == KB_AGREEMENT_UPGRADE || self->agreement == KB_AGREEMENT_DOWNGRADE;

    if (!kb_home_uses_sqlite (home))
        return KB_VERDICT_UNSUPPORTED;
    if (!self->has_database || database == DATABASE_OF_NOBODY)
        return KB_VERDICT_NO_KOLIBRI;
    if (database == DATABASE_DAMAGED)
        return KB_VERDICT_DAMAGED;
    if (self->newest == NULL)
        return KB_VERDICT_NO_BACKUP;
    if (versions_differ && is_older_than_days (self->newest->time, 1))
        return KB_VERDICT_AT_RISK;
    if (is_older_than_days (self->newest->time, old_after_days))
        return KB_VERDICT_GETTING_OLD;
    return KB_VERDICT_SAFE;
}

/**
 * kb_status_new_unknown:
 * @home: the path of a folder that is no data folder, or cannot be opened
 *
 * Returns: (transfer full): what can be said all the same, for a report
 */
KbStatus *
kb_status_new_unknown (const char *home)
{
    KbStatus *self = g_new0 (KbStatus, 1);

    self->home = g_strdup (home);
    self->homes = g_ptr_array_new_with_free_func ((GDestroyNotify) kb_found_free);
    self->verdict = KB_VERDICT_NO_KOLIBRI;
    self->look = g_new0 (KbServerLook, 1);
    self->sqlite_version = sqlite3_libversion();
    return self;
}

/**
 * kb_status_read:
 * @home: a data folder
 * @entries: (element-type KbEntry): what kb_catalog_list() gave
 * @old_after_days: from how many days on a backup counts as old
 * @cancellable: (nullable): ends the wait for a server that hangs
 *
 * Finds out all that the top of the window says. Takes up to six seconds when a
 * server, a daemon and systemd hang.
 *
 * Returns: (transfer full): the status
 */
KbStatus *
kb_status_read (const KbHome *home,
                const GPtrArray *entries,
                unsigned old_after_days,
                GCancellable *cancellable)
{
    KbStatus *self = kb_status_new_unknown (kb_home_get_path (home));
    Database database = DATABASE_SOUND;
    uint64_t free_bytes;

    self->has_database = kb_home_has_database (home);
    self->data_version = kb_home_read_data_version (home);
    kb_server_look_free (self->look);
    self->look = kb_server_look_new (home, cancellable);
    self->installed_version = g_strdup (self->look->version);
    if (self->installed_version == NULL && self->look->state == KB_SERVER_RUNNING)
        self->installed_version = kb_server_query_version (home, cancellable);
    g_ptr_array_unref (self->homes);
    self->homes = kb_find_homes_around (kb_home_get_root (home), kb_home_get_path (home));
    self->found = self->homes->pdata[0];
    if (self->installed_version == NULL && self->found->install != NULL)
        self->installed_version = g_strdup (self->found->install->version);
    self->agreement = kb_agreement_of (self->installed_version, self->data_version);
    if (self->has_database)
        database = read_database (self, home, cancellable);
    if (kb_platform_free_space (kb_home_get_path (home), &free_bytes, NULL))
        self->free_bytes = free_bytes;
    find_newest (self, entries);
    self->pruning = kb_pruning_read (home, entries);
    self->verdict = judge (self, home, database, old_after_days);
    return self;
}
