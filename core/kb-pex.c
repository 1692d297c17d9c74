/* SPDX-License-Identifier: MIT */
/* kolibri-VERSION.pex: a zip file that Python runs, with wheels unpacked in it. Its names alone say
 * the version: `.deps/kolibri-0.19.5-py2.py3-none-any.whl/…` (seen in a file that pex 2.105 made;
 * the zip format is PKWARE's APPNOTE.TXT, 4.3.12 and 4.3.16). */
#include "kb-pex.h"

#include "kb-file.h"
#include "kb-version.h"

#include <string.h>
#include <unistd.h>

#define END_BYTES 22
#define ENTRY_BYTES 46
#define TAIL_BYTES (END_BYTES + 65535) /* the end of a zip file and the longest comment */
#define MAX_DIRECTORY_BYTES (32 * 1024 * 1024)
#define WHEEL ".deps/kolibri-"

static guint32
read_le (const guint8 *bytes, int n)
{
    guint32 value = 0;

    while (n-- > 0)
        value = value << 8 | bytes[n];
    return value;
}

static guint8 *
read_at (int fd, gint64 offset, gsize size_bytes, const char *path)
{
    g_autofree guint8 *bytes = g_malloc (size_bytes + 1);

    if (lseek (fd, (off_t) offset, SEEK_SET) < 0 ||
        kb_file_read (fd, bytes, size_bytes, path, NULL) != (gssize) size_bytes)
        return NULL;
    return g_steal_pointer (&bytes);
}

/* The list of what is in a zip file. Bytes before the zip, as the first line of a pex, move it. */
static guint8 *
read_directory (int fd, gint64 file_bytes, gsize *size_bytes, const char *path)
{
    gsize tail_bytes = (gsize) MIN (file_bytes, TAIL_BYTES);
    gint64 tail_start = file_bytes - (gint64) tail_bytes;
    g_autofree guint8 *tail = read_at (fd, tail_start, tail_bytes, path);

    if (tail == NULL || tail_bytes < END_BYTES)
        return NULL;
    for (gsize i = tail_bytes - END_BYTES + 1; i-- > 0;) {
        if (memcmp (tail + i, "PK\5\6", 4) != 0)
            continue;
        *size_bytes = read_le (tail + i + 12, 4);
        gint64 start = tail_start + (gint64) i - (gint64) *size_bytes;
        if (*size_bytes > MAX_DIRECTORY_BYTES || start < 0)
            return NULL;
        return read_at (fd, start, *size_bytes, path);
    }
    return NULL;
}

/* `.deps/kolibri-0.19.5-py2.py3-none-any.whl/…` */
static char *
version_in_name (const char *name, gsize length)
{
    KbVersion parsed;

    if (length <= strlen (WHEEL) || strncmp (name, WHEEL, strlen (WHEEL)) != 0)
        return NULL;
    const char *start = name + strlen (WHEEL);
    const char *end = memchr (start, '-', length - strlen (WHEEL));
    if (end == NULL)
        return NULL;
    g_autofree char *version = g_strndup (start, (gsize) (end - start));
    return kb_version_parse (version, &parsed) ? g_steal_pointer (&version) : NULL;
}

/**
 * kb_pex_find_version:
 * @path: a file; not trusted, and not run
 *
 * Returns: (transfer full) (nullable): the version of the Kolibri in a pex file, or %NULL when it
 *     is something else
 */
char *
kb_pex_find_version (const char *path)
{
    g_auto (KbFd) fd = kb_platform_open_regular (path, TRUE, NULL);
    gsize size_bytes = 0;

    if (fd < 0)
        return NULL;
    g_autofree guint8 *list = read_directory (fd, (gint64) kb_file_size (path), &size_bytes, path);
    for (gsize at = 0; list != NULL && at + ENTRY_BYTES <= size_bytes;) {
        const guint8 *entry = list + at;
        gsize name_bytes = read_le (entry + 28, 2);
        gsize entry_bytes =
            ENTRY_BYTES + name_bytes + read_le (entry + 30, 2) + read_le (entry + 32, 2);
        if (memcmp (entry, "PK\1\2", 4) != 0 || at + ENTRY_BYTES + name_bytes > size_bytes)
            break;
        char *version = version_in_name ((const char *) entry + ENTRY_BYTES, name_bytes);
        if (version != NULL)
            return version;
        at += entry_bytes;
    }
    return NULL;
}
