/* SPDX-License-Identifier: MIT */
#include "kb-dump-authorizer.h"

#include "kb-sql-scan.h"

#include <string.h>

/* What the schema of Kolibri and of databases like it computes with; all of SQLite, none of it
 * reads, writes or makes much out of little beyond the limit on lengths. */
static const char *const allowed_functions[] = {
    "abs",       "char",     "coalesce",     "current_date", "current_time", "current_timestamp",
    "date",      "datetime", "glob",         "hex",          "ifnull",       "iif",
    "instr",     "json",     "json_extract", "json_type",    "json_valid",   "julianday",
    "length",    "like",     "lower",        "ltrim",        "max",          "min",
    "nullif",    "replace",  "round",        "rtrim",        "strftime",     "substr",
    "substring", "time",     "trim",         "typeof",       "unicode",      "unistr",
    "unixepoch", "upper",    NULL,
};

/* Takes the next word of @sql in upper case; "" when there is none. */
static char *
next_word (const char **at)
{
    const char *end = *at + strlen (*at);

    kb_sql_scan_blank (*at, end, TRUE, at);
    const char *start = *at;
    while (g_ascii_isalpha (**at))
        (*at)++;
    return g_ascii_strup (start, *at - start);
}

/**
 * kb_dump_kind_of:
 * @sql: one statement of a dump; not trusted
 *
 * Says by its first words what a statement sets out to do.
 *
 * Returns: the kind
 */
KbDumpKind
kb_dump_kind_of (const char *sql)
{
    static const struct {
        const char *word;
        KbDumpKind kind;
    } kinds[] = {
        {"TABLE", KB_DUMP_KIND_TABLE},
        {"INDEX", KB_DUMP_KIND_INDEX},
        {"VIEW", KB_DUMP_KIND_VIEW},
        {"TRIGGER", KB_DUMP_KIND_TRIGGER},
    };
    const char *at = sql;
    g_autofree char *first = next_word (&at);

    if (strcmp (first, "INSERT") == 0)
        return KB_DUMP_KIND_INSERT;
    if (strcmp (first, "CREATE") != 0)
        return KB_DUMP_KIND_REFUSED;

    g_autofree char *second = next_word (&at);
    g_autofree char *third = strcmp (second, "UNIQUE") == 0 ? next_word (&at) : g_strdup (second);
    for (size_t i = 0; i < G_N_ELEMENTS (kinds); i++)
        if (strcmp (third, kinds[i].word) == 0)
            return kinds[i].kind;
    return KB_DUMP_KIND_REFUSED;
}

static gboolean
is_schema_table (const char *name)
{
    return strcmp (name, "sqlite_master") == 0 || strcmp (name, "sqlite_schema") == 0;
}

static gboolean
is_internal (const char *name)
{
    return g_ascii_strncasecmp (name, "sqlite_", 7) == 0;
}

static gboolean
allows_insert (KbDumpKind kind, const char *table)
{
    if (kind == KB_DUMP_KIND_INSERT)
        return !is_internal (table) || strcmp (table, "sqlite_stat1") == 0;
    return is_schema_table (table);
}

/**
 * kb_dump_allows_function:
 * @name: the name of an SQL function, in any case
 *
 * Returns: %TRUE if a backup may bring along calls of it
 */
gboolean
kb_dump_allows_function (const char *name)
{
    g_autofree char *lower = g_ascii_strdown (name, -1);

    return g_strv_contains (allowed_functions, lower);
}

static gboolean
allows (KbDumpKind kind, int action, const char *a, const char *b)
{
    switch (action) {
    case SQLITE_READ:
        return TRUE;
    case SQLITE_FUNCTION:
        return kb_dump_allows_function (b);
    case SQLITE_INSERT:
        return allows_insert (kind, a);
    case SQLITE_UPDATE:
        return kind != KB_DUMP_KIND_INSERT && is_schema_table (a);
    case SQLITE_CREATE_TABLE:
        return kind == KB_DUMP_KIND_TABLE &&
               (!is_internal (a) || strcmp (a, "sqlite_sequence") == 0);
    case SQLITE_CREATE_INDEX:
        return (kind == KB_DUMP_KIND_INDEX && !is_internal (a)) || kind == KB_DUMP_KIND_TABLE;
    case SQLITE_REINDEX:
        return kind == KB_DUMP_KIND_INDEX;
    case SQLITE_CREATE_VIEW:
        return kind == KB_DUMP_KIND_VIEW && !is_internal (a);
    case SQLITE_CREATE_TRIGGER:
        return kind == KB_DUMP_KIND_TRIGGER && !is_internal (a);
    default:
        return FALSE;
    }
}

/**
 * kb_dump_authorize:
 * @kind: what the statement set out to do
 * @action: an action code of SQLite (sqlite.org/c3ref/c_alter_table.html)
 * @a: (nullable): the third argument of the authorizer
 * @b: (nullable): the fourth
 * @db: (nullable): the fifth, the name of the database
 *
 * Decides whether a statement of that kind may do this: a positive list, all else is refused.
 *
 * Returns: SQLITE_OK or SQLITE_DENY
 */
int
kb_dump_authorize (KbDumpKind kind, int action, const char *a, const char *b, const char *db)
{
    if (kind == KB_DUMP_KIND_REFUSED || (db != NULL && strcmp (db, "main") != 0))
        return SQLITE_DENY;
    return allows (kind, action, a, b) ? SQLITE_OK : SQLITE_DENY;
}
