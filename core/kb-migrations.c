/* SPDX-License-Identifier: MIT */
#include "kb-migrations.h"

#include "kb-version.h"

#include <stdlib.h>
#include <string.h>

/* A migration and the first release of Kolibri that had it. */
typedef struct {
    const char *app;
    const char *name;
    const char *release;
} Migration;

static const Migration known[] = {
#include "kb-migrations-table.h"
};

static int
compare (const void *a, const void *b)
{
    const Migration *left = a;
    const Migration *right = b;
    int order = strcmp (left->app, right->app);

    return order != 0 ? order : strcmp (left->name, right->name);
}

static gboolean
is_app_of_kolibri (const char *app)
{
    for (size_t i = 0; i < G_N_ELEMENTS (known); i++)
        if (strcmp (known[i].app, app) == 0)
            return TRUE;
    return FALSE;
}

/**
 * kb_migrations_find_version:
 * @db: a database of Kolibri
 * @has_unknown: (out): whether Kolibri itself has applied a migration that this program does not
 *     know: the data is newer than the result says
 * @error: return location for a #GError
 *
 * Finds by the rows of `django_migrations` the lowest release of Kolibri that can have made a
 * database (facts, 6.1).
 *
 * Errors: as kb_sqlite_set_error().
 *
 * Returns: (transfer full) (nullable): the release; %NULL without an error when no row says
 *     anything
 */
char *
kb_migrations_find_version (KbSqlite *db, gboolean *has_unknown, GError **error)
{
    const char *latest = NULL;
    KbStep step;

    *has_unknown = FALSE;
    if (!kb_sqlite_has_table (db, "django_migrations"))
        return NULL;
    g_autoptr (KbStmt) stmt =
        kb_sqlite_prepare (db, "SELECT app, name FROM django_migrations", error);
    if (stmt == NULL)
        return NULL;
    while ((step = kb_sqlite_step (stmt, error)) == KB_STEP_ROW) {
        const Migration wanted = {
            .app = (const char *) sqlite3_column_text (stmt, 0),
            .name = (const char *) sqlite3_column_text (stmt, 1),
        };
        if (wanted.app == NULL || wanted.name == NULL)
            continue;
        const Migration *found =
            bsearch (&wanted, known, G_N_ELEMENTS (known), sizeof known[0], compare);
        if (found == NULL)
            *has_unknown = *has_unknown || is_app_of_kolibri (wanted.app);
        else if (kb_version_compare_text (found->release, latest) > 0)
            latest = found->release;
    }
    return step == KB_STEP_DONE ? g_strdup (latest) : NULL;
}

/**
 * kb_migrations_contradict:
 * @proven: (nullable): what kb_migrations_find_version() found
 * @claimed: (nullable): the version that a name or a first line says
 *
 * Says whether the rows of a database speak against the version that it is said to have: they are
 * of a later release, or lack what a release up to @claimed would have added.
 *
 * Returns: %TRUE if they do
 */
gboolean
kb_migrations_contradict (const char *proven, const char *claimed)
{
    if (proven == NULL || claimed == NULL)
        return FALSE;

    /* A pre-release has the migrations of the release that it precedes. */
    KbVersion version;
    if (!kb_version_parse (claimed, &version))
        return TRUE;
    g_autofree char *release =
        g_strdup_printf ("%u.%u.%u", version.major, version.minor, version.patch);
    if (kb_version_compare_text (proven, release) > 0)
        return TRUE;
    if (version.stage != KB_VERSION_FINAL)
        return FALSE;
    for (size_t i = 0; i < G_N_ELEMENTS (known); i++)
        if (kb_version_compare_text (known[i].release, proven) > 0 &&
            kb_version_compare_text (known[i].release, release) <= 0)
            return TRUE;
    return FALSE;
}
