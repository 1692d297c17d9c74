/* SPDX-License-Identifier: MIT */
#include "kb-catalog-delete.h"

#include "kb-backup-name.h"
#include "kb-catalog.h"
#include "kb-error.h"
#include "kb-file.h"
#include "kb-kept.h"
#include "kb-lock.h"

#include <string.h>

/* One of the names that a backup has, and what it is called in `deleted/NAME/`. */
typedef struct {
    const char *slot;
    const char *(*get_dir) (const KbHome *home);
    const char *suffix;
} Place;

/* In the order in which they go: what is only half deleted is still listed, and Kolibri's pruning
 * does not reach it. The notes are the last, here and on the way back. */
static const Place backup_places[] = {
    {"public.dump", kb_home_get_backups_dir, ""},
    {"protected.dump", kb_home_get_protected_dir, ""},
    {"notes.ini", kb_home_get_protected_dir, ".ini"},
};
static const Place kept_places[] = {
    {"replaced", kb_home_get_replaced_dir, ""},
    {"notes.ini", kb_home_get_protected_dir, ".ini"},
};
#define MAX_PLACES G_N_ELEMENTS (backup_places)

/* What is deleted or comes back: where it is in use, and where it waits. */
typedef struct {
    const KbHome *home;
    const char *name;
    gsize n;
    char *folder;
    char *used[MAX_PLACES];
    char *slots[MAX_PLACES];
} Item;

static void
item_clear (Item *self)
{
    g_free (self->folder);
    for (gsize i = 0; i < self->n; i++) {
        g_free (self->used[i]);
        g_free (self->slots[i]);
    }
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Item, item_clear)

static gboolean
item_init (Item *self, const KbHome *home, const char *name, GError **error)
{
    gboolean is_kept = kb_kept_name_is_safe (name);
    const Place *places = is_kept ? kept_places : backup_places;

    if (!is_kept && !kb_backup_name_is_safe (name)) {
        g_set_error (error, KB_ERROR, KB_ERROR_NOT_FOUND, "find backup: %s", name);
        return FALSE;
    }
    self->home = home;
    self->name = name;
    self->n = is_kept ? G_N_ELEMENTS (kept_places) : G_N_ELEMENTS (backup_places);
    self->folder = g_build_filename (kb_home_get_deleted_dir (home), name, NULL);
    for (gsize i = 0; i < self->n; i++) {
        g_autofree char *base = g_strconcat (name, places[i].suffix, NULL);
        self->used[i] = g_build_filename (places[i].get_dir (home), base, NULL);
        self->slots[i] = g_build_filename (self->folder, places[i].slot, NULL);
    }
    return TRUE;
}

/* Asks of every name whether it is there. */
static gboolean
look_at_all (char *const *paths, gsize n, gboolean *found, GError **error)
{
    for (gsize i = 0; i < n; i++)
        if (!kb_file_look (paths[i], &found[i], error))
            return FALSE;
    return TRUE;
}

static gboolean
sync_used (const Item *self, GError **error)
{
    for (gsize i = 0; i < self->n; i++)
        if (!kb_file_sync_parent (self->used[i], error))
            return FALSE;
    return TRUE;
}

/* A folder of deleted things loses its name first: what has begun to go never comes back, and the
 * next start of any program of ours removes the rest. */
static gboolean
remove_folder (const char *folder, GError **error)
{
    g_autofree char *part = g_strconcat (folder, KB_PART_SUFFIX, NULL);
    gboolean found;

    if (g_str_has_suffix (folder, KB_PART_SUFFIX))
        return kb_file_remove_tree (folder, error);
    if (!kb_file_look (folder, &found, error))
        return FALSE;
    if (!found)
        return TRUE;
    return kb_file_remove_tree (part, error) && kb_platform_replace (folder, part, error) &&
           kb_file_sync_parent (folder, error) && kb_file_remove_tree (part, error);
}

/* Where the computer stopped in the middle, what waits already comes before all that is still in
 * use. Anything else is an older backup of that name, deleted before. */
static gboolean
holds_another (const Item *self, gboolean *out, GError **error)
{
    gboolean used[MAX_PLACES];
    gboolean slots[MAX_PLACES];
    gboolean is_used = FALSE;

    *out = FALSE;
    if (!look_at_all (self->used, self->n, used, error) ||
        !look_at_all (self->slots, self->n, slots, error))
        return FALSE;
    for (gsize i = 0; i < self->n; i++) {
        is_used = is_used || used[i];
        *out = *out || (is_used && slots[i]);
    }
    return TRUE;
}

/* Makes a folder that is none of somebody else behind a link. */
static gboolean
make_folder (const char *path, const KbOwner *owner, GError **error)
{
    if (kb_platform_is_link (path)) {
        g_set_error (error, KB_ERROR, KB_ERROR_PERMISSION, "create folder: %s: is a link", path);
        return FALSE;
    }
    return kb_platform_make_dir (path, owner, error);
}

static gboolean
make_room (const Item *self, const KbOwner *owner, GError **error)
{
    gboolean is_other;

    return make_folder (kb_home_get_deleted_dir (self->home), owner, error) &&
           holds_another (self, &is_other, error) &&
           (!is_other || remove_folder (self->folder, error)) &&
           make_folder (self->folder, owner, error);
}

static gboolean
move_away (const Item *self, GError **error)
{
    gboolean found[MAX_PLACES];

    if (!look_at_all (self->used, self->n, found, error))
        return FALSE;
    for (gsize i = 0; i < self->n; i++)
        if (found[i] && !kb_platform_replace (self->used[i], self->slots[i], error))
            return FALSE;
    return kb_platform_sync_dir (self->folder, error) && sync_used (self, error);
}

/* A name that is taken is not touched. One that was given back by a run that ended at once is the
 * same file. */
static gboolean
refuse_taken (const Item *self, const gboolean *slots, GError **error)
{
    for (gsize i = 0; i < self->n; i++) {
        gboolean found;
        if (!kb_file_look (self->used[i], &found, error))
            return FALSE;
        if (slots[i] && found && !kb_file_is_same (self->slots[i], self->used[i])) {
            g_set_error (error, KB_ERROR, KB_ERROR_BUSY, "undelete: %s: that name is taken again",
                         self->used[i]);
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean
give_back (const char *slot, const char *path, GError **error)
{
    KbNaming naming = kb_platform_publish (slot, path, error);

    if (naming != KB_NAMING_EXISTS)
        return naming == KB_NAMING_DONE;
    if (kb_file_is_same (slot, path))
        return kb_platform_remove (slot, error);
    g_set_error (error, KB_ERROR, KB_ERROR_BUSY, "undelete: %s: that name is taken again", path);
    return FALSE;
}

/* From the last name to the first, so that what is back is protected; then the notes. */
static gboolean
move_back (const Item *self, GError **error)
{
    gboolean slots[MAX_PLACES];
    gsize notes = self->n - 1;

    if (!look_at_all (self->slots, self->n, slots, error) || !refuse_taken (self, slots, error))
        return FALSE;
    for (gsize i = notes; i-- > 0;)
        if (slots[i] && !give_back (self->slots[i], self->used[i], error))
            return FALSE;
    if (slots[notes] && !give_back (self->slots[notes], self->used[notes], error))
        return FALSE;
    return sync_used (self, error) && remove_folder (self->folder, error);
}

static KbLock *
enter (const KbHome *home, KbOwner *owner, GError **error)
{
    return kb_home_read_owner (home, owner, error) ? kb_lock_acquire (home, owner, error) : NULL;
}

/* Recovery may need what a restore has kept. */
static gboolean
refuse_while_restoring (const KbHome *home, GError **error)
{
    const char *record = kb_home_get_restore_ini (home);
    gboolean found;

    if (!kb_file_look (record, &found, error))
        return FALSE;
    if (found)
        g_set_error (error, KB_ERROR, KB_ERROR_BUSY, "delete: %s: a restore is under way", record);
    return !found;
}

/**
 * kb_catalog_delete:
 * @home: a data folder
 * @name: the name of a backup in it, or of what a restore has replaced
 * @error: return location for a #GError
 *
 * Deletes a backup so that kb_catalog_undelete() brings it back: all of its names move into
 * `protected/deleted/`. No list shows it any more; its space is free after
 * kb_catalog_empty_deleted(). One that is interrupted leaves the backup listed or deleted, and may
 * be called again.
 *
 * Errors: %KB_ERROR_NOT_FOUND, %KB_ERROR_NOT_A_BACKUP when it is no regular file, %KB_ERROR_BUSY
 * when another program of ours is at work, or a restore that was interrupted may still need what it
 * has replaced, %KB_ERROR_PERMISSION, %KB_ERROR_READ_ONLY, %KB_ERROR_NO_SPACE, %KB_ERROR_IO. With
 * any of them the backup is still there, or comes back by kb_catalog_undelete() where not even the
 * way back worked.
 *
 * Returns: %TRUE on success
 */
gboolean
kb_catalog_delete (const KbHome *home, const char *name, GError **error)
{
    g_auto (Item) self = {0};
    KbOwner owner;

    if (!item_init (&self, home, name, error))
        return FALSE;
    g_autoptr (KbLock) lock = enter (home, &owner, error);
    if (lock == NULL)
        return FALSE;
    g_autoptr (KbEntry) entry = kb_catalog_find_any (home, name, error);
    if (entry == NULL || (kb_kept_name_is_safe (name) && !refuse_while_restoring (home, error)) ||
        !make_room (&self, &owner, error))
        return FALSE;
    if (move_away (&self, error))
        return TRUE;
    move_back (&self, NULL);
    return FALSE;
}

/**
 * kb_catalog_undelete:
 * @home: a data folder
 * @name: the name of what kb_catalog_delete() has deleted
 * @error: return location for a #GError
 *
 * Brings a deleted backup back, with its note. No other file is ever replaced.
 *
 * Errors: %KB_ERROR_NOT_FOUND when it is gone for good, %KB_ERROR_BUSY when another program of ours
 * is at work or there is another backup of that name by now, %KB_ERROR_PERMISSION,
 * %KB_ERROR_READ_ONLY, %KB_ERROR_IO.
 *
 * Returns: %TRUE on success
 */
gboolean
kb_catalog_undelete (const KbHome *home, const char *name, GError **error)
{
    g_auto (Item) self = {0};
    gboolean found;
    KbOwner owner;

    if (!item_init (&self, home, name, error))
        return FALSE;
    g_autoptr (KbLock) lock = enter (home, &owner, error);
    if (lock == NULL || !kb_file_look (self.folder, &found, error))
        return FALSE;
    if (found && !kb_platform_is_link (self.folder) &&
        !kb_platform_is_link (kb_home_get_deleted_dir (home)))
        return move_back (&self, error);
    g_set_error (error, KB_ERROR, KB_ERROR_NOT_FOUND, "undelete: %s: not there", self.folder);
    return FALSE;
}

/* Takes a name of a folder in `deleted/` for that of the backup in it. */
static char *
name_of_folder (const char *base)
{
    gsize length = strlen (base);

    if (g_str_has_suffix (base, KB_PART_SUFFIX))
        length -= strlen (KB_PART_SUFFIX);
    return g_strndup (base, length);
}

static gboolean
is_ours (const char *base)
{
    g_autofree char *name = name_of_folder (base);

    return kb_backup_name_is_safe (name) || kb_kept_name_is_safe (name);
}

/* The names in `deleted/` that this program has given. A folder that cannot be read is not empty.
 */
static gboolean
list_all (const char *path, GPtrArray *list, GError **error)
{
    g_autoptr (GError) local = NULL;
    g_autoptr (GDir) dir = g_dir_open (path, 0, &local);
    const char *base;

    if (dir == NULL) {
        g_set_error (error, KB_ERROR, KB_ERROR_IO, "look into: %s: %s", path, local->message);
        return FALSE;
    }
    while ((base = g_dir_read_name (dir)) != NULL)
        if (is_ours (base))
            g_ptr_array_add (list, g_strdup (base));
    return TRUE;
}

static gboolean
list_one (const char *path, const char *name, GPtrArray *list, GError **error)
{
    const char *const suffixes[] = {"", KB_PART_SUFFIX};

    for (gsize i = 0; i < G_N_ELEMENTS (suffixes) && is_ours (name); i++) {
        g_autofree char *base = g_strconcat (name, suffixes[i], NULL);
        g_autofree char *folder = g_build_filename (path, base, NULL);
        gboolean found;
        if (!kb_file_look (folder, &found, error))
            return FALSE;
        if (found)
            g_ptr_array_add (list, g_steal_pointer (&base));
    }
    return TRUE;
}

static GPtrArray *
list_deleted (const KbHome *home, const char *name, GError **error)
{
    g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_free);
    const char *path = kb_home_get_deleted_dir (home);
    gboolean found;

    if (!kb_file_look (path, &found, error))
        return NULL;
    if (!found || kb_platform_is_link (path))
        return g_steal_pointer (&list);
    gboolean ok = name != NULL ? list_one (path, name, list, error) : list_all (path, list, error);
    return ok ? g_steal_pointer (&list) : NULL;
}

/**
 * kb_catalog_has_deleted:
 * @home: a data folder
 * @name: (nullable): the name of a backup; %NULL for any
 *
 * Returns: %TRUE if there is something that kb_catalog_empty_deleted() would remove
 */
gboolean
kb_catalog_has_deleted (const KbHome *home, const char *name)
{
    g_autoptr (GPtrArray) list = list_deleted (home, name, NULL);

    return list != NULL && list->len > 0;
}

/* Notes that a deletion which ended too early has left, with nothing that they are about. */
static gboolean
remove_notes (const KbHome *home, const char *base, GError **error)
{
    g_autofree char *name = name_of_folder (base);
    g_auto (Item) self = {0};
    gboolean found[MAX_PLACES];

    if (!item_init (&self, home, name, error) || !look_at_all (self.used, self.n, found, error))
        return FALSE;
    for (gsize i = 0; i < self.n - 1; i++)
        if (found[i])
            return TRUE;
    return kb_platform_remove (self.used[self.n - 1], error);
}

/**
 * kb_catalog_empty_deleted:
 * @home: a data folder
 * @name: (nullable): the name of one deleted backup; %NULL for all
 * @error: return location for a #GError
 *
 * Removes for good what kb_catalog_delete() has deleted. When there is nothing, nothing is locked
 * or written. Blocks; a large file may take a while.
 *
 * Errors: %KB_ERROR_BUSY when another program of ours is at work, %KB_ERROR_PERMISSION,
 * %KB_ERROR_READ_ONLY, %KB_ERROR_IO.
 *
 * Returns: %TRUE if it is gone
 */
gboolean
kb_catalog_empty_deleted (const KbHome *home, const char *name, GError **error)
{
    const char *path = kb_home_get_deleted_dir (home);
    g_autoptr (GPtrArray) before = list_deleted (home, name, error);
    KbOwner owner;

    if (before == NULL || before->len == 0)
        return before != NULL;
    g_autoptr (KbLock) lock = enter (home, &owner, error);
    g_autoptr (GPtrArray) list = lock != NULL ? list_deleted (home, name, error) : NULL;
    if (list == NULL)
        return FALSE;
    for (guint i = 0; i < list->len; i++) {
        g_autofree char *folder = g_build_filename (path, list->pdata[i], NULL);
        if (!remove_notes (home, list->pdata[i], error) || !remove_folder (folder, error))
            return FALSE;
    }
    return kb_platform_sync_dir (path, error);
}
