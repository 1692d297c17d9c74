/* SPDX-License-Identifier: MIT */
#include "kb-dump-middle.h"

#include <string.h>

#define BLOCK_BYTES (1024 * 1024)
#define WORD "CREATE TABLE "

/* The second half has to be joined to the first afterwards, so it should be the smaller one. */
#define IDEAL_PERCENT 45

/* Halves more unequal than this gain nothing. */
#define FIRST_PERCENT 25
#define LAST_PERCENT 70

/* Statements of Kolibri's own dumps follow each other without a newline. */
static gboolean
ends_statement (char c)
{
    return c == '\n' || c == '\r' || c == ';';
}

/* The first CREATE TABLE of a block, or the last one; 0 when there is none. */
static size_t
find_in_block (const char *block, size_t length, gboolean find_last)
{
    const size_t word = strlen (WORD);
    const char *end = length > word ? block + length - word : block;
    const char *at = block;
    size_t found = 0;

    while (at < end && (at = memchr (at + 1, *WORD, (size_t) (end - at))) != NULL) {
        if (memcmp (at, WORD, word) != 0 || !ends_statement (at[-1]))
            continue;
        found = (size_t) (at - block);
        if (!find_last)
            break;
    }
    return found;
}

/* Looks at the block that begins at @offset, and at what hangs over its end. */
static uint64_t
look_at (KbSource *source, char *block, uint64_t offset, gboolean find_last)
{
    gssize n = -1;

    if (kb_source_seek (source, offset, NULL))
        n = kb_source_read (source, block, BLOCK_BYTES + strlen (WORD), NULL);
    size_t found = n > 0 ? find_in_block (block, (size_t) n, find_last) : 0;
    return found > 0 ? offset + found : 0;
}

/**
 * kb_dump_find_middle:
 * @file: a dump
 * @follow_links: whether @file may be a symbolic link
 *
 * Looks for a place near the middle where the statements of one table seem to end, and those of the
 * next to begin. It may lie within a text: only who reads the whole dump can tell.
 *
 * Returns: its offset in the file, or 0 when there is none, or the file is no uncompressed text
 */
uint64_t
kb_dump_find_middle (const char *file, gboolean follow_links)
{
    g_autoptr (KbSource) source = kb_source_open (file, follow_links, NULL);
    g_autofree char *block = g_malloc (BLOCK_BYTES + strlen (WORD));

    if (source == NULL || kb_source_is_compressed (source) ||
        kb_source_get_format (source) != KB_SOURCE_TEXT)
        return 0;
    uint64_t size = kb_source_get_size (source);
    uint64_t ideal = size / 100 * IDEAL_PERCENT;
    uint64_t first = size / 100 * FIRST_PERCENT;
    uint64_t last = size / 100 * LAST_PERCENT;
    for (uint64_t far = 0; ideal + far < last || far < ideal - first; far += BLOCK_BYTES) {
        uint64_t found = ideal + far < last ? look_at (source, block, ideal + far, FALSE) : 0;
        if (found == 0 && far + BLOCK_BYTES < ideal)
            found = look_at (source, block, ideal - far - BLOCK_BYTES, TRUE);
        if (found >= first && found <= last && found > 0)
            return found;
    }
    return 0;
}
