/* SPDX-License-Identifier: MIT */
#include "kb-morango.h"

#define HAS_TABLE                                                                                  \
    "SELECT count(*) FROM sqlite_master WHERE type='table' AND name='morango_databaseidmodel'"

static gboolean
has_table (KbSqlite *db, gboolean *out, GError **error)
{
    gint64 count;

    if (!kb_sqlite_query_int64 (db, HAS_TABLE, &count, error))
        return FALSE;
    *out = count > 0;
    return TRUE;
}

/**
 * kb_morango_read_current_id:
 * @db: a database of Kolibri
 * @error: return location for a #GError
 *
 * Reads the id by which Morango, Kolibri's way to sync, knows this database. A restore gives it a
 * new one, so the id also tells whether a database is from before or after a restore.
 *
 * Errors: as kb_sqlite_set_error().
 *
 * Returns: (transfer full) (nullable): the id; %NULL without an error when there is none
 */
char *
kb_morango_read_current_id (KbSqlite *db, GError **error)
{
    gboolean exists;

    if (!has_table (db, &exists, error) || !exists)
        return NULL;
    return kb_sqlite_query_text (db, "SELECT id FROM morango_databaseidmodel WHERE current=1",
                                 error);
}

/* A UUID of version 4 as 32 hexadecimal digits. */
static char *
new_id (void)
{
    g_autofree char *uuid = g_uuid_string_random();
    g_auto (GStrv) parts = g_strsplit (uuid, "-", -1);

    return g_strjoinv ("", parts);
}

/**
 * kb_morango_add_current_id:
 * @db: a database of Kolibri that is about to be brought back
 * @error: return location for a #GError
 *
 * Gives a database a new id, in one transaction, as Kolibri's own dbrestore() does by
 * DatabaseIDModel.objects.create() (morango/models/core.py; facts, 5.5): after going back in time
 * the old id and its counters must not be used again. A database without that table, older than
 * Kolibri 0.4, is left as it is.
 *
 * Errors: as kb_sqlite_set_error().
 *
 * Returns: (transfer full) (nullable): the new id; %NULL without an error when there is no table
 */
char *
kb_morango_add_current_id (KbSqlite *db, GError **error)
{
    gboolean exists;

    if (!has_table (db, &exists, error) || !exists)
        return NULL;

    g_autofree char *id = new_id();
    g_autoptr (GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *time = g_date_time_format (now, "%Y-%m-%d %H:%M:%S.%f");
    if (!kb_sqlite_exec (db, "BEGIN", error))
        return NULL;
    if (!kb_sqlite_execf (db, error,
                          "UPDATE morango_databaseidmodel SET current=0;"
                          "INSERT INTO morango_databaseidmodel"
                          "(id, current, date_generated, initial_instance_id)"
                          "VALUES(%Q, 1, %Q, ''); COMMIT",
                          id, time)) {
        kb_sqlite_exec (db, "ROLLBACK", NULL);
        return NULL;
    }
    return g_steal_pointer (&id);
}

/**
 * kb_morango_read_device_id:
 * @db: a database of Kolibri
 * @error: return location for a #GError
 *
 * Tells devices apart. Morango's id of an instance is made of the id of the database, of the system
 * and of the network card (morango/models/core.py; facts, 5.5): it changes with every restore. That
 * of the system, a hash of what the operating system calls this machine, stays; where there is none
 * (before Morango 0.4) the id of the instance has to do.
 *
 * Errors: as kb_sqlite_set_error().
 *
 * Returns: (transfer full) (nullable): the id; %NULL without an error when Kolibri has never been
 *     started with this database
 */
char *
kb_morango_read_device_id (KbSqlite *db, GError **error)
{
    gboolean has_system = kb_sqlite_has_column (db, "morango_instanceidmodel", "system_id");

    if (!kb_sqlite_has_column (db, "morango_instanceidmodel", "current"))
        return NULL;
    return kb_sqlite_query_text (db,
                                 has_system
                                     ? "SELECT coalesce(nullif(system_id, ''), id) FROM "
                                       "morango_instanceidmodel WHERE current=1"
                                     : "SELECT id FROM morango_instanceidmodel WHERE current=1",
                                 error);
}
