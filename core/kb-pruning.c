/* SPDX-License-Identifier: MIT */
#include "kb-pruning.h"

#include "kb-backup-name.h"

#include <string.h>

/* kolibri/utils/main.py, conditional_backup(): the first two of the sorted names stay. */
#define N_THAT_STAY 2
/* Python's surrogateescape: a byte that is no UTF-8. */
#define ESCAPED_BYTE 0xdc00

/* The next character of a file name, as Python's os.listdir() reads it. */
static gunichar
next_character (const char **at)
{
    gunichar character = g_utf8_get_char_validated (*at, -1);

    if ((gint32) character >= 0) {
        *at = g_utf8_next_char (*at);
        return character;
    }
    character = ESCAPED_BYTE + (guchar) * *at;
    (*at)++;
    return character;
}

/* As Python compares texts, the greatest first. */
static int
compare_descending (gconstpointer a, gconstpointer b)
{
    const char *left = *(const char *const *) a;
    const char *right = *(const char *const *) b;

    while (*left != '\0' && *right != '\0') {
        gunichar l = next_character (&left);
        gunichar r = next_character (&right);
        if (l != r)
            return l > r ? -1 : 1;
    }
    return *left != '\0' ? -1 : *right != '\0' ? 1 : 0;
}

/**
 * kb_pruning_predict:
 * @names: (element-type filename): what lies in Kolibri's folder of backups
 *
 * Says which names Kolibri deletes when it tidies up: it sorts them as text and keeps two, so
 * `db-v0.9.4…` stays and `db-v0.19.5…` goes (kolibri/core/deviceadmin/utils.py,
 * get_backup_files(); the same from 0.15 to 0.19, older ones delete nothing).
 *
 * Returns: (transfer full) (element-type filename): those that go
 */
GPtrArray *
kb_pruning_predict (const GPtrArray *names)
{
    GPtrArray *sorted = g_ptr_array_new_with_free_func (g_free);

    for (guint i = 0; i < names->len; i++) {
        const char *name = names->pdata[i];
        if (g_str_has_prefix (name, "db-v") && g_str_has_suffix (name, ".dump"))
            g_ptr_array_add (sorted, g_strdup (name));
    }
    g_ptr_array_sort (sorted, compare_descending);
    g_ptr_array_remove_range (sorted, 0, MIN (sorted->len, N_THAT_STAY));
    return sorted;
}

static GPtrArray *
read_names (const char *path)
{
    GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
    g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
        g_ptr_array_add (names, g_strdup (name));
    return names;
}

/* The name of the backup that Kolibri would make now; NULL where it would make none: of no version
 * and of a developer's (should_back_up()). */
static char *
next_name (const KbHome *home)
{
    g_autofree char *version = kb_home_read_data_version (home);
    g_autoptr (GDateTime) now = g_date_time_new_now_local();

    return version != NULL && strstr (version, "dev") == NULL ? kb_backup_name_format (version, now)
                                                              : NULL;
}

static gboolean
contains (const GPtrArray *names, const char *name)
{
    for (guint i = 0; i < names->len; i++)
        if (strcmp (names->pdata[i], name) == 0)
            return TRUE;
    return FALSE;
}

/* Whether Kolibri leaves a backup that is older than the one at @from; @entries begin with the
 * newest. What is in our folder alone is none of Kolibri's. */
static gboolean
leaves_older (const KbPruning *self, const GPtrArray *entries, guint from, const GPtrArray *names)
{
    for (guint i = from + 1; i < entries->len; i++) {
        const KbEntry *entry = entries->pdata[i];
        if (entry->time != NULL && contains (names, entry->name) &&
            !contains (self->deleted, entry->name))
            return TRUE;
    }
    return FALSE;
}

/* Kolibri means to keep the two newest, so only these count as fresh. */
static void
find_endangered (KbPruning *self, const GPtrArray *entries, const GPtrArray *names)
{
    guint n_fresh = 0;

    for (guint i = 0; i < entries->len && n_fresh < N_THAT_STAY; i++) {
        KbEntry *entry = entries->pdata[i];
        if (entry->origin == KB_ORIGIN_BEFORE_RESTORE || entry->state != KB_ENTRY_COMPLETE ||
            entry->time == NULL)
            continue;
        n_fresh++;
        if (!entry->is_protected && contains (self->deleted, entry->name) &&
            leaves_older (self, entries, i, names))
            g_ptr_array_add (self->endangered, kb_entry_ref (entry));
    }
}

/**
 * kb_pruning_read:
 * @home: a data folder
 * @entries: (element-type KbEntry): what kb_catalog_list() gave
 *
 * Predicts what Kolibri deletes when it next makes a backup by itself, at its next change of
 * version. Reads the names of one folder.
 *
 * Returns: (transfer full): the prediction
 */
KbPruning *
kb_pruning_read (const KbHome *home, const GPtrArray *entries)
{
    KbPruning *self = g_new0 (KbPruning, 1);
    g_autoptr (GPtrArray) names = read_names (kb_home_get_backups_dir (home));
    char *made = next_name (home);

    self->endangered = g_ptr_array_new_with_free_func ((GDestroyNotify) kb_entry_unref);
    if (made == NULL) {
        self->deleted = g_ptr_array_new_with_free_func (g_free);
        return self;
    }
    g_ptr_array_add (names, made);
    self->deleted = kb_pruning_predict (names);
    for (guint i = 0; i < self->deleted->len && !self->deletes_its_own; i++)
        if (strcmp (self->deleted->pdata[i], made) == 0) {
            self->deletes_its_own = TRUE;
            g_ptr_array_remove_index (self->deleted, i);
        }
    find_endangered (self, entries, names);
    return self;
}

/**
 * kb_pruning_free:
 * @self: (nullable) (transfer full): a prediction
 */
void
kb_pruning_free (KbPruning *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref (self->deleted);
    g_ptr_array_unref (self->endangered);
    g_free (self);
}
