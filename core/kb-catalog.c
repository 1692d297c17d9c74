/* SPDX-License-Identifier: MIT */
#include "kb-catalog.h"

#include "kb-backup-name.h"
#include "kb-backup-notes.h"
#include "kb-error.h"
#include "kb-file.h"
#include "kb-kept.h"
#include "kb-version.h"

#include <string.h>
#include <unistd.h>

/* Enough for the first and last line of nearly all of ours; longer ones are read further. */
#define FIRST_BYTES 8192
#define LAST_BYTES 8192

/**
 * kb_entry_state_to_string:
 * @state: a state
 *
 * Returns: its name for machines
 */
const char *
kb_entry_state_to_string (KbEntryState state)
{
    static const char *const names[] = {
        [KB_ENTRY_COMPLETE] = "complete",
        [KB_ENTRY_INCOMPLETE] = "incomplete",
        [KB_ENTRY_FOREIGN] = "foreign",
        [KB_ENTRY_TOO_NEW] = "too-new",
    };

    return names[state];
}

/**
 * kb_entry_ref:
 * @self: an entry
 *
 * Any thread.
 *
 * Returns: (transfer full): @self
 */
KbEntry *
kb_entry_ref (KbEntry *self)
{
    return g_atomic_rc_box_acquire (self);
}

static void
entry_clear (gpointer data)
{
    KbEntry *self = data;

    g_free (self->name);
    g_free (self->path);
    g_clear_pointer (&self->time, g_date_time_unref);
    g_free (self->version);
    g_free (self->note);
    g_clear_pointer (&self->checked, g_date_time_unref);
    g_free (self->check_result);
    kb_summary_free (self->summary);
}

/**
 * kb_entry_unref:
 * @self: (nullable) (transfer full): an entry
 *
 * Any thread.
 */
void
kb_entry_unref (KbEntry *self)
{
    if (self != NULL)
        g_atomic_rc_box_release_full (self, entry_clear);
}

static gboolean
is_same_time (GDateTime *a, GDateTime *b)
{
    return a == b || (a != NULL && b != NULL && g_date_time_equal (a, b));
}

/**
 * kb_entry_equal:
 * @a: an entry
 * @b: another
 *
 * Returns: %TRUE if a list would show the same for both
 */
gboolean
kb_entry_equal (const KbEntry *a, const KbEntry *b)
{
    gint64 learners_a = a->summary != NULL ? a->summary->learners : -1;
    gint64 learners_b = b->summary != NULL ? b->summary->learners : -1;

    return g_str_equal (a->path, b->path) && a->size_bytes == b->size_bytes &&
           is_same_time (a->time, b->time) && g_strcmp0 (a->version, b->version) == 0 &&
           a->origin == b->origin && a->state == b->state && a->is_ours == b->is_ours &&
           g_strcmp0 (a->note, b->note) == 0 && a->keep == b->keep &&
           is_same_time (a->checked, b->checked) &&
           g_strcmp0 (a->check_result, b->check_result) == 0 && learners_a == learners_b;
}

static void
take_header (KbEntry *self, KbHeader *header)
{
    self->is_ours = TRUE;
    self->origin = header->origin;
    self->summary = g_steal_pointer (&header->summary);
    if (header->kolibri_version != NULL) {
        g_free (self->version);
        self->version = g_steal_pointer (&header->kolibri_version);
    }
    if (header->time != NULL) {
        g_clear_pointer (&self->time, g_date_time_unref);
        self->time = g_date_time_to_local (header->time);
    }
}

/* One of ours: what its first line says. @bytes holds @n bytes and has room for the longest. */
static gboolean
read_first_line (int fd, KbEntry *self, char *bytes, size_t n, GError **error)
{
    const char *newline = memchr (bytes, '\n', n);
    g_autoptr (GError) local = NULL;

    if (newline == NULL) {
        gssize more = kb_file_read (fd, bytes + n, KB_HEADER_MAX_BYTES - n, self->path, error);
        if (more < 0)
            return FALSE;
        newline = memchr (bytes, '\n', n + (size_t) more);
    }
    g_autoptr (KbHeader) header =
        newline != NULL ? kb_header_parse (bytes, (gsize) (newline - bytes), &local) : NULL;
    if (header != NULL)
        take_header (self, header);
    else if (g_error_matches (local, KB_ERROR, KB_ERROR_TOO_NEW))
        self->state = KB_ENTRY_TOO_NEW;
    else
        self->state = KB_ENTRY_INCOMPLETE;
    return TRUE;
}

static gboolean
begins_with (const char *bytes, size_t n, const char *prefix)
{
    size_t length = strlen (prefix);

    return n >= length && memcmp (bytes, prefix, length) == 0;
}

/* Only a check looks into what is compressed or binary. */
static gboolean
read_start (int fd, KbEntry *self, gboolean *is_text, GError **error)
{
    g_autofree char *bytes = g_malloc (KB_HEADER_MAX_BYTES);
    gssize got = kb_file_read (fd, bytes, FIRST_BYTES, self->path, error);
    size_t n = (size_t) MAX (got, 0);

    if (got < 0)
        return FALSE;
    *is_text = !begins_with (bytes, n, "\x1f\x8b") && !begins_with (bytes, n, "SQLite format 3");
    if (begins_with (bytes, n, KB_HEADER_PREFIX))
        return read_first_line (fd, self, bytes, n, error);
    if (*is_text && !begins_with (bytes, n, "BEGIN") && !begins_with (bytes, n, "PRAGMA"))
        self->state = KB_ENTRY_FOREIGN;
    return TRUE;
}

static gboolean
ends_with_commit (const char *bytes, size_t n)
{
    while (n > 0 && g_ascii_isspace (bytes[n - 1]))
        n--;
    return n >= 7 && memcmp (bytes + n - 7, "COMMIT;", 7) == 0;
}

static size_t
start_of_last_line (const char *bytes, size_t n)
{
    size_t at = n > 0 ? n - 1 : 0;

    while (at > 0 && bytes[at - 1] != '\n')
        at--;
    return at;
}

static gboolean
ends_with_footer (int fd, const char *bytes, size_t n, KbEntry *self)
{
    g_autofree char *longer = NULL;
    size_t at = start_of_last_line (bytes, n);

    if (at == 0 && self->size_bytes > n) { /* a long last line: many tables */
        n = (size_t) MIN (self->size_bytes, KB_FOOTER_MAX_BYTES + 1);
        longer = g_malloc (n);
        if (lseek (fd, -(off_t) n, SEEK_END) < 0 ||
            kb_file_read (fd, longer, n, self->path, NULL) != (gssize) n)
            return FALSE;
        bytes = longer;
        at = start_of_last_line (bytes, n);
    }
    g_autoptr (KbFooter) footer = kb_footer_parse (bytes + at, n - at);
    return footer != NULL && footer->bytes + (n - at) == self->size_bytes && bytes[n - 1] == '\n';
}

static gboolean
read_end (int fd, KbEntry *self, GError **error)
{
    char bytes[LAST_BYTES];
    size_t want = (size_t) MIN (self->size_bytes, sizeof bytes);

    if (lseek (fd, -(off_t) want, SEEK_END) < 0) {
        g_set_error (error, KB_ERROR, KB_ERROR_IO, "read: %s: cannot find its end", self->path);
        return FALSE;
    }
    gssize n = kb_file_read (fd, bytes, want, self->path, error);
    if (n < 0)
        return FALSE;
    gboolean complete = self->is_ours ? ends_with_footer (fd, bytes, (size_t) n, self)
                                      : ends_with_commit (bytes, (size_t) n);
    if (!complete)
        self->state = KB_ENTRY_INCOMPLETE;
    return TRUE;
}

/* What the name and the first and last bytes of a file say. */
static gboolean
read_file (KbEntry *self, gboolean follow_links, GError **error)
{
    g_autofree char *base = g_path_get_basename (self->path);
    g_autoptr (KbBackupName) name = kb_backup_name_parse (base);
    g_auto (KbFd) fd = kb_platform_open_regular (self->path, follow_links, error);
    gboolean is_text = FALSE;

    if (fd < 0)
        return FALSE;
    self->size_bytes = (guint64) MAX (0, lseek (fd, 0, SEEK_END));
    if (name != NULL) {
        self->time = g_date_time_ref (name->time);
        self->version = g_strdup (name->version);
    }
    self->origin = KB_ORIGIN_AUTOMATIC;
    if (self->size_bytes == 0) {
        self->state = KB_ENTRY_INCOMPLETE;
        return TRUE;
    }
    if (lseek (fd, 0, SEEK_SET) != 0 || !read_start (fd, self, &is_text, error))
        return FALSE;
    return !is_text || self->state != KB_ENTRY_COMPLETE || read_end (fd, self, error);
}

static void
take_notes (KbEntry *self, const KbHome *home)
{
    g_autoptr (KbBackupNotes) notes = kb_backup_notes_load (home, self->name);
    KbFileStamp stamp;

    self->note = g_steal_pointer (&notes->note);
    self->keep = notes->keep;
    if (!kb_file_stamp_read (self->path, &stamp))
        return;
    if (kb_file_stamp_equal (&stamp, &notes->checked_stamp)) {
        self->checked = g_steal_pointer (&notes->checked);
        self->check_result = g_steal_pointer (&notes->check_result);
    }
    if (self->summary == NULL && kb_file_stamp_equal (&stamp, &notes->summary_stamp))
        self->summary = g_steal_pointer (&notes->summary);
}

/* One entry a name: where Kolibri has deleted its own, ours is left. */
static KbEntry *
read_entry (const KbHome *home, const char *name, GError **error)
{
    g_autofree char *public_path = g_build_filename (kb_home_get_backups_dir (home), name, NULL);
    g_autofree char *protected_path =
        g_build_filename (kb_home_get_protected_dir (home), name, NULL);
    g_autoptr (KbEntry) self = g_atomic_rc_box_new0 (KbEntry);

    self->name = g_strdup (name);
    self->is_protected = g_file_test (protected_path, G_FILE_TEST_IS_REGULAR);
    self->path = g_file_test (public_path, G_FILE_TEST_EXISTS) || !self->is_protected
                     ? g_steal_pointer (&public_path)
                     : g_steal_pointer (&protected_path);
    if (!read_file (self, FALSE, error))
        return NULL;
    take_notes (self, home);
    return g_steal_pointer (&self);
}

static KbEntry *
entry_from_kept (const KbHome *home, const KbKept *kept)
{
    KbEntry *self = g_atomic_rc_box_new0 (KbEntry);

    self->name = g_strdup (kept->name);
    self->path = g_strdup (kept->database);
    self->size_bytes = kept->size_bytes;
    self->time = kept->time != NULL ? g_date_time_to_local (kept->time) : NULL;
    self->version = g_strdup (kept->data_version);
    self->origin = KB_ORIGIN_BEFORE_RESTORE;
    self->is_protected = TRUE;
    self->is_ours = TRUE;
    self->summary = kb_summary_copy (kept->summary);
    if (kept->was_damaged)
        self->state = KB_ENTRY_INCOMPLETE;
    take_notes (self, home);
    return self;
}

static void
collect_names (const char *path, GHashTable *names)
{
    g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
        if (kb_backup_name_is_safe (name))
            g_hash_table_add (names, g_strdup (name));
}

static int
compare_newest_first (gconstpointer a, gconstpointer b)
{
    const KbEntry *left = *(const KbEntry *const *) a;
    const KbEntry *right = *(const KbEntry *const *) b;
    int order = 0;

    if (left->time != NULL && right->time != NULL)
        order = g_date_time_compare (right->time, left->time);
    else
        order = (left->time == NULL ? 1 : 0) - (right->time == NULL ? 1 : 0);
    return order != 0 ? order : strcmp (right->name, left->name);
}

/**
 * kb_catalog_list:
 * @home: a data folder
 * @cancellable: (nullable): looked at between any two files
 * @error: return location for a #GError
 *
 * Lists the backups of a data folder, ours and Kolibri's, and what restores have replaced, newest
 * first. Of each file only the first and last bytes are read. A name behind which there is no
 * regular file, or none that may be read, is left out.
 *
 * Errors: %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full) (element-type KbEntry): the list
 */
GPtrArray *
kb_catalog_list (const KbHome *home, GCancellable *cancellable, GError **error)
{
    g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) kb_entry_unref);
    g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr (GPtrArray) kept = kb_kept_list (home);
    GHashTableIter iter;
    gpointer name;

    collect_names (kb_home_get_backups_dir (home), names);
    collect_names (kb_home_get_protected_dir (home), names);
    g_hash_table_iter_init (&iter, names);
    while (g_hash_table_iter_next (&iter, &name, NULL)) {
        if (g_cancellable_set_error_if_cancelled (cancellable, error))
            return NULL;
        KbEntry *entry = read_entry (home, name, NULL);
        if (entry != NULL)
            g_ptr_array_add (list, entry);
    }
    for (guint i = 0; i < kept->len; i++)
        g_ptr_array_add (list, entry_from_kept (home, kept->pdata[i]));
    g_ptr_array_sort (list, compare_newest_first);
    return g_steal_pointer (&list);
}

/**
 * kb_catalog_find:
 * @home: a data folder
 * @name: the file name of a backup
 * @error: return location for a #GError
 *
 * Errors: %KB_ERROR_NOT_FOUND, %KB_ERROR_NOT_A_BACKUP when it is no regular file,
 * %KB_ERROR_PERMISSION, %KB_ERROR_IO.
 *
 * Returns: (transfer full): its entry
 */
KbEntry *
kb_catalog_find (const KbHome *home, const char *name, GError **error)
{
    if (kb_backup_name_is_safe (name))
        return read_entry (home, name, error);
    g_set_error (error, KB_ERROR, KB_ERROR_NOT_FOUND, "find backup: %s", name);
    return NULL;
}

/**
 * kb_catalog_find_any:
 * @home: a data folder
 * @name: the file name of a backup, or the name of what a restore has replaced
 * @error: return location for a #GError
 *
 * Finds what the list shows under a name.
 *
 * Errors: as kb_catalog_find().
 *
 * Returns: (transfer full): its entry
 */
KbEntry *
kb_catalog_find_any (const KbHome *home, const char *name, GError **error)
{
    if (!kb_kept_name_is_safe (name))
        return kb_catalog_find (home, name, error);
    g_autoptr (KbKept) kept = kb_kept_load (home, name, error);
    return kept != NULL ? entry_from_kept (home, kept) : NULL;
}

/**
 * kb_catalog_find_latest:
 * @home: a data folder
 * @error: return location for a #GError
 *
 * Finds the newest backup that a restore could bring back, whoever made it.
 *
 * Errors: %KB_ERROR_NOT_FOUND when there is none.
 *
 * Returns: (transfer full): its entry
 */
KbEntry *
kb_catalog_find_latest (const KbHome *home, GError **error)
{
    g_autoptr (GPtrArray) list = kb_catalog_list (home, NULL, error);

    if (list == NULL)
        return NULL;
    for (guint i = 0; i < list->len; i++) {
        KbEntry *entry = list->pdata[i];
        if (entry->state == KB_ENTRY_COMPLETE && entry->origin != KB_ORIGIN_BEFORE_RESTORE)
            return kb_entry_ref (entry);
    }
    g_set_error (error, KB_ERROR, KB_ERROR_NOT_FOUND, "find the newest backup: %s: there is none",
                 kb_home_get_backups_dir (home));
    return NULL;
}

/**
 * kb_catalog_describe_file:
 * @path: a file that may be a backup, anywhere
 * @error: return location for a #GError
 *
 * Says of any file what the list would say of it.
 *
 * Errors: %KB_ERROR_NOT_FOUND, %KB_ERROR_NOT_A_BACKUP when it is no regular file,
 * %KB_ERROR_PERMISSION, %KB_ERROR_IO.
 *
 * Returns: (transfer full): its entry
 */
KbEntry *
kb_catalog_describe_file (const char *path, GError **error)
{
    g_autoptr (KbEntry) self = g_atomic_rc_box_new0 (KbEntry);

    self->name = g_path_get_basename (path);
    self->path = g_strdup (path);
    if (!read_file (self, TRUE, error))
        return NULL;
    return g_steal_pointer (&self);
}
