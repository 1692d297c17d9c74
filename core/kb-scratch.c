/* SPDX-License-Identifier: MIT */
#include "kb-scratch.h"

#include "kb-file.h"

#define DEFAULT_PAGE_SIZE 4096
#define CACHE_KIB 16384
#define DISK_IS_FULL_BYTES (128 * 1024)
#define MAX_PAGES 4294967294u /* sqlite.org/limits.html, 12 */

static gboolean
is_page_size (unsigned size)
{
    return size >= 512 && size <= 65536 && (size & (size - 1)) == 0;
}

static gboolean
is_encoding (const char *encoding)
{
    static const char *const known[] = {"UTF-8", "UTF-16le", "UTF-16be", NULL};

    return g_strv_contains (known, encoding);
}

/* No journal and no sync: until the database is whole nobody misses it, and then it is synced. The
 * journal goes before defensive mode comes, which would keep it. */
static gboolean
configure (KbSqlite *db, const KbScratchOptions *options, GError **error)
{
    unsigned page_size = is_page_size (options->page_size) ? options->page_size : DEFAULT_PAGE_SIZE;
    uint64_t max_pages = options->max_bytes == 0 ? MAX_PAGES : options->max_bytes / page_size + 1;

    sqlite3_db_config (db, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
    if (!kb_sqlite_execf (db, error,
                          "PRAGMA page_size=%u; PRAGMA locking_mode=EXCLUSIVE;"
                          "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
                          "PRAGMA cache_size=-%u; PRAGMA max_page_count=%llu;",
                          page_size, options->is_half ? CACHE_KIB / 2 : CACHE_KIB,
                          (unsigned long long) MIN (max_pages, MAX_PAGES)))
        return FALSE;
    if (options->encoding != NULL && is_encoding (options->encoding) &&
        !kb_sqlite_execf (db, error, "PRAGMA encoding=%Q", options->encoding))
        return FALSE;
    sqlite3_db_config (db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    return TRUE;
}

/* SQLite takes an empty file for an empty database; this one belongs to its owner from the start.
 */
static gboolean
create_file (const KbScratchOptions *options, GError **error)
{
    if (*options->path == '\0')
        return TRUE;
    g_auto (KbFd) fd = kb_platform_create (options->path, options->owner, error);
    return fd >= 0;
}

/**
 * kb_scratch_create:
 * @options: what it shall be
 * @error: return location for a #GError
 *
 * Makes an empty database to load into. It is not safe against a crash until it has been synced.
 *
 * Errors: as kb_sqlite_set_error() and kb_platform_create().
 *
 * Returns: (transfer full): the connection
 */
KbSqlite *
kb_scratch_create (const KbScratchOptions *options, GError **error)
{
    if (!create_file (options, error))
        return NULL;
    g_autoptr (KbSqlite) db =
        kb_sqlite_open (options->path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, error);
    if (db == NULL || !configure (db, options, error))
        return NULL;
    return g_steal_pointer (&db);
}

/**
 * kb_scratch_is_full:
 * @db: a scratch database
 *
 * Says why SQLite reports "full": the database has reached the size that it may have, or, when
 * this is %FALSE, the disk is full.
 *
 * Returns: %TRUE if it has reached its size
 */
gboolean
kb_scratch_is_full (KbSqlite *db)
{
    const char *path = sqlite3_db_filename (db, "main");
    g_autofree char *dir = path != NULL && *path != '\0' ? g_path_get_dirname (path)
                                                         : g_strdup (kb_platform_temp_dir());
    uint64_t free_bytes;

    /* SQLite has rolled back, so its pages are no witness any more; the disk is. */
    return kb_platform_free_space (dir, &free_bytes, NULL) && free_bytes >= DISK_IS_FULL_BYTES;
}
