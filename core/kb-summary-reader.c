/* SPDX-License-Identifier: MIT */
#include "kb-summary-reader.h"

#include "kb-morango.h"

#include <stdio.h>
#include <string.h>

#define MAX_NAME_CHARS 200
#define MAX_ID_CHARS 100

/* Kolibri's own way to count (kolibri/core/analytics/utils.py), but that a coach of some class
 * only counts as coach whatever the role is called. */
#define IS_STAFF "id IN (SELECT user_id FROM kolibriauth_role)"

/* Tables and columns since which Kolibri: facts, section 7. A database of a version that lacks one
 * leaves the value unknown. */
typedef struct {
    const char *table;
    const char *column; /* NULL: the table is enough */
    const char *sql;
    size_t offset; /* of a gint64 in KbSummary */
} Count;

static const Count counts[] = {
    {"kolibriauth_collection", "kind",
     "SELECT count(*) FROM kolibriauth_collection WHERE kind='facility'",
     G_STRUCT_OFFSET (KbSummary, facilities)},
    {"kolibriauth_collection", "kind",
     "SELECT count(*) FROM kolibriauth_collection WHERE kind='classroom'",
     G_STRUCT_OFFSET (KbSummary, classes)},
    {"lessons_lesson", NULL, "SELECT count(*) FROM lessons_lesson",
     G_STRUCT_OFFSET (KbSummary, lessons)},
    {"exams_exam", NULL, "SELECT count(*) FROM exams_exam", G_STRUCT_OFFSET (KbSummary, quizzes)},
    {"logger_attemptlog", NULL, "SELECT count(*) FROM logger_attemptlog",
     G_STRUCT_OFFSET (KbSummary, exercises)},
};

static char *
read_name (KbSqlite *db, const char *table, const char *column, const char *sql)
{
    if (!kb_sqlite_has_column (db, table, column))
        return NULL;
    g_autofree char *name = kb_sqlite_query_text (db, sql, NULL);
    if (name == NULL || *name == '\0')
        return NULL;
    g_autofree char *valid = g_utf8_make_valid (name, -1);
    return g_utf8_substring (valid, 0, MIN (g_utf8_strlen (valid, -1), MAX_NAME_CHARS));
}

static gboolean
read_count (KbSqlite *db, const Count *count, KbSummary *self, GError **error)
{
    if (!kb_sqlite_has_column (db, count->table, count->column))
        return TRUE;
    return kb_sqlite_query_int64 (db, count->sql, &G_STRUCT_MEMBER (gint64, self, count->offset),
                                  error);
}

static gboolean
read_users (KbSqlite *db, KbSummary *self, GError **error)
{
    if (!kb_sqlite_has_table (db, "kolibriauth_facilityuser") ||
        !kb_sqlite_has_table (db, "kolibriauth_role"))
        return TRUE;

    /* Users may be deleted softly since Kolibri 0.18. */
    const char *alive = kb_sqlite_has_column (db, "kolibriauth_facilityuser", "date_deleted")
                            ? " AND date_deleted IS NULL"
                            : "";
    g_autofree char *learners = g_strconcat (
        "SELECT count(*) FROM kolibriauth_facilityuser WHERE NOT " IS_STAFF, alive, NULL);
    g_autofree char *coaches =
        g_strconcat ("SELECT count(*) FROM kolibriauth_facilityuser WHERE " IS_STAFF, alive, NULL);
    return kb_sqlite_query_int64 (db, learners, &self->learners, error) &&
           kb_sqlite_query_int64 (db, coaches, &self->coaches, error);
}

/* Kolibri stores `2024-05-01 10:11:12.123456(Africa/Accra)`, in UTC whatever the zone in brackets
 * says (kolibri/core/fields.py, DateTimeTzField). */
static GDateTime *
parse_kolibri_time (const char *text)
{
    int year, month, day, hour, minute;
    double second;

    if (text == NULL || sscanf (text, "%4d-%2d-%2d %2d:%2d:%2lf", &year, &month, &day, &hour,
                                &minute, &second) != 6)
        return NULL;
    return g_date_time_new_utc (year, month, day, hour, minute, second);
}

/* Sessions of before 2016 come from clocks that had lost the time, as Kolibri's analytics holds. */
static gboolean
read_last_activity (KbSqlite *db, KbSummary *self, GError **error)
{
    static const char *const queries[][3] = {
        {"logger_usersessionlog", "last_interaction_timestamp",
         "SELECT max(last_interaction_timestamp) FROM logger_usersessionlog "
         "WHERE start_timestamp > '2016-01-01'"},
        {"logger_contentsessionlog", "end_timestamp",
         "SELECT max(end_timestamp) FROM logger_contentsessionlog "
         "WHERE start_timestamp > '2016-01-01'"},
    };
    g_autofree char *latest = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS (queries); i++) {
        g_autoptr (GError) local = NULL;
        if (!kb_sqlite_has_column (db, queries[i][0], queries[i][1]))
            continue;
        g_autofree char *text = kb_sqlite_query_text (db, queries[i][2], &local);
        if (local != NULL) {
            g_propagate_error (error, g_steal_pointer (&local));
            return FALSE;
        }
        if (g_strcmp0 (text, latest) > 0) {
            g_free (latest);
            latest = g_steal_pointer (&text);
        }
    }
    self->last_activity = parse_kolibri_time (latest);
    return TRUE;
}

/* What a stranger's database holds is no longer than an id of ours. */
static gboolean
read_device_id (KbSqlite *db, KbSummary *self, GError **error)
{
    g_autoptr (GError) local = NULL;
    g_autofree char *id = kb_morango_read_device_id (db, &local);

    if (local != NULL) {
        g_propagate_error (error, g_steal_pointer (&local));
        return FALSE;
    }
    if (id != NULL && *id != '\0' && strlen (id) <= MAX_ID_CHARS && g_str_is_ascii (id))
        self->device_id = g_steal_pointer (&id);
    return TRUE;
}

/**
 * kb_summary_read:
 * @db: a database of Kolibri, of any version
 * @error: return location for a #GError
 *
 * Finds what a person wants to know of a database. What its version does not have stays unknown.
 *
 * Errors: as kb_sqlite_set_error().
 *
 * Returns: (transfer full): the summary
 */
KbSummary *
kb_summary_read (KbSqlite *db, GError **error)
{
    g_autoptr (KbSummary) self = kb_summary_new();

    self->device_name = read_name (db, "device_devicesettings", "name",
                                   "SELECT name FROM device_devicesettings LIMIT 1");
    self->facility_name =
        read_name (db, "kolibriauth_collection", "kind",
                   "SELECT name FROM kolibriauth_collection WHERE kind='facility' ORDER BY rowid");
    for (size_t i = 0; i < G_N_ELEMENTS (counts); i++)
        if (!read_count (db, &counts[i], self, error))
            return NULL;
    if (!read_device_id (db, self, error) || !read_users (db, self, error) ||
        !read_last_activity (db, self, error))
        return NULL;
    return g_steal_pointer (&self);
}

/**
 * kb_summary_is_kolibri:
 * @db: a database
 *
 * Says whether @db is a database of Kolibri: every version since 0.4 has these tables.
 *
 * Returns: %TRUE if so
 */
gboolean
kb_summary_is_kolibri (KbSqlite *db)
{
    return kb_sqlite_has_table (db, "django_migrations") &&
           kb_sqlite_has_table (db, "kolibriauth_facilityuser") &&
           kb_sqlite_has_table (db, "kolibriauth_collection");
}
