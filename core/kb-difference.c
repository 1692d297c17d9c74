/* SPDX-License-Identifier: MIT */
#include "kb-difference.h"

#include "kb-error.h"
#include "kb-summary-reader.h"

static gboolean
count_since (KbSqlite *db,
             const char *table,
             const char *column,
             const char *since,
             gint64 *out,
             GError **error)
{
    *out = 0;
    if (!kb_sqlite_has_column (db, table, column))
        return TRUE;
    g_autofree char *sql = g_strdup_printf ("SELECT count(*) FROM %s WHERE %s > ?1", table, column);
    g_autoptr (KbStmt) stmt = kb_sqlite_prepare (db, sql, error);
    if (stmt == NULL || !kb_sqlite_bind_text (stmt, 1, since, error))
        return FALSE;
    KbStep step = kb_sqlite_step (stmt, error);
    if (step == KB_STEP_ROW)
        *out = sqlite3_column_int64 (stmt, 0);
    return step != KB_STEP_FAILED;
}

/* Kolibri stores times in UTC as text that sorts (facts, section 4). */
static gboolean
read_since (KbSqlite *db, GDateTime *since, KbDifference *out, GError **error)
{
    g_autoptr (GDateTime) utc = g_date_time_to_utc (since);
    g_autofree char *text = g_date_time_format (utc, "%Y-%m-%d %H:%M:%S");

    return count_since (db, "logger_attemptlog", "end_timestamp", text, &out->answers, error) &&
           count_since (db, "kolibriauth_facilityuser", "date_joined", text, &out->users, error);
}

static gint64
people (const KbSummary *summary)
{
    return summary->learners >= 0 && summary->coaches >= 0 ? summary->learners + summary->coaches
                                                           : -1;
}

static void
raise_to (gint64 *count, gint64 then, gint64 now)
{
    if (then >= 0 && now >= 0)
        *count = MAX (*count, now - then);
}

/* Where a clock was wrong, rows seem older than they are; the totals know better. */
static gboolean
consider_totals (KbSqlite *db, const KbSummary *then, KbDifference *out, GError **error)
{
    g_autoptr (KbSummary) now = kb_summary_read (db, error);

    if (now == NULL)
        return FALSE;
    raise_to (&out->answers, then->exercises, now->exercises);
    raise_to (&out->users, people (then), people (now));
    return TRUE;
}

static gboolean
read_database (const char *database,
               GDateTime *since,
               const KbSummary *then,
               KbDifference *out,
               GCancellable *cancellable,
               GError **error)
{
    g_autoptr (KbSqlite) db = kb_sqlite_open_for_reading (database, error);

    if (db == NULL)
        return FALSE;
    kb_sqlite_watch_cancel (db, cancellable);
    return read_since (db, since, out, error) &&
           (then == NULL || consider_totals (db, then, out, error));
}

/**
 * kb_difference_of_data:
 * @database: the path of a database that others may be using
 * @since: a moment
 * @out: (out): what has been done since
 * @error: return location for a #GError
 *
 * Counts what has been done in the data of Kolibri, of any version.
 *
 * Errors: as kb_sqlite_open_for_reading().
 *
 * Returns: %TRUE on success
 */
gboolean
kb_difference_of_data (const char *database, GDateTime *since, KbDifference *out, GError **error)
{
    return read_database (database, since, NULL, out, NULL, error);
}

/**
 * kb_difference_since_backup:
 * @home: a data folder
 * @time: (nullable): when a backup was taken: @time of its #KbEntry
 * @summary: (nullable): what is in that backup, as far as known
 * @out: (out): what has been done since
 * @cancellable: (nullable): looked at about every millisecond
 * @error: return location for a #GError
 *
 * Says what a restore of a backup would take away from the data in use: what rows say of their
 * time, or what there is more than in the backup, whichever is more. Blocks: it reads the table of
 * all answers.
 *
 * Errors: %KB_ERROR_NOT_FOUND when there is no data or nobody knows when the backup was taken, as
 * kb_sqlite_open_for_reading(), %G_IO_ERROR_CANCELLED.
 *
 * Returns: %TRUE if that can be known
 */
gboolean
kb_difference_since_backup (const KbHome *home,
                            GDateTime *time,
                            const KbSummary *summary,
                            KbDifference *out,
                            GCancellable *cancellable,
                            GError **error)
{
    const char *database = kb_home_get_database (home);

    *out = (KbDifference){0};
    if (time != NULL && kb_home_has_database (home))
        return read_database (database, time, summary, out, cancellable, error);
    g_set_error (error, KB_ERROR, KB_ERROR_NOT_FOUND, "compare: %s: no data, or no time", database);
    return FALSE;
}
