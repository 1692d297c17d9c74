/* SPDX-License-Identifier: MIT */
#include "kb-source.h"

#include "kb-error.h"
#include "kb-file.h"

#include <string.h>
#include <unistd.h>

#define INPUT_BYTES (256 * 1024)
#define SNIFF_BYTES 16
#define SQLITE_MAGIC                                                                               \
    "SQLite format 3" /* with its NUL 16 bytes: sqlite.org/fileformat2.html, 1.3.1 */

/* A gzip file may not grow beyond this many times its size, or beyond the allowance, whichever is
 * more. SQL text shrinks to a tenth; only bombs reach deflate's limit of 1,032. */
#define MAX_GROWTH 200
#define GROWTH_ALLOWANCE (64 * 1024 * 1024)

struct _KbSource {
    KbFd fd;
    char *path;
    uint64_t size;
    uint64_t position; /* in the file, not in what comes out of it */
    uint64_t produced; /* bytes given to the reader */
    KbSourceFormat format;

    GConverter *converter; /* NULL: the file is not compressed */
    char *input;           /* compressed bytes, only with a converter */
    size_t input_start;
    size_t input_end;
    gboolean member_ended;

    char sniffed[SNIFF_BYTES];
    size_t sniffed_start;
    size_t sniffed_end;
};

/**
 * kb_source_free:
 * @self: (nullable) (transfer full): a source
 */
void
kb_source_free (KbSource *self)
{
    if (self == NULL)
        return;
    kb_fd_close (self->fd);
    g_free (self->path);
    g_clear_object (&self->converter);
    g_free (self->input);
    g_free (self);
}

static gssize
read_file (KbSource *self, void *bytes, size_t size_bytes, GError **error)
{
    gssize n = kb_file_read (self->fd, bytes, size_bytes, self->path, error);

    if (n > 0)
        self->position += (uint64_t) n;
    return n;
}

static gboolean
refill_input (KbSource *self, GError **error)
{
    size_t have = self->input_end - self->input_start;

    memmove (self->input, self->input + self->input_start, have);
    gssize n = read_file (self, self->input + have, INPUT_BYTES - have, error);
    self->input_start = 0;
    self->input_end = have + (size_t) MAX (n, 0);
    if (n == 0)
        self->size = self->position; /* also when somebody has just shortened the file */
    return n >= 0;
}

/* Several gzip members may stand one behind the other (RFC 1952, 2.2). */
static gboolean
next_member (KbSource *self)
{
    if (self->input_end - self->input_start < 2 ||
        memcmp (self->input + self->input_start, "\x1f\x8b", 2) != 0)
        return FALSE;
    g_converter_reset (self->converter);
    self->member_ended = FALSE;
    return TRUE;
}

static gboolean
check_growth (KbSource *self, GError **error)
{
    if (self->produced <= MAX (GROWTH_ALLOWANCE, MAX_GROWTH * self->size))
        return TRUE;
    g_set_error (error, KB_ERROR, KB_ERROR_CORRUPT,
                 "decompress: %s: grows to more than %d times its size", self->path, MAX_GROWTH);
    return FALSE;
}

/* One step of the decompressor. Returns bytes, 0 at the end, -1 on error, -2 to go on. */
static gssize
convert_step (KbSource *self, char *bytes, size_t size_bytes, GError **error)
{
    g_autoptr (GError) local = NULL;
    gsize eaten = 0;
    gsize produced = 0;
    gboolean at_end = self->position >= self->size;

    GConverterResult result = g_converter_convert (
        self->converter, self->input + self->input_start, self->input_end - self->input_start,
        bytes, size_bytes, at_end ? G_CONVERTER_INPUT_AT_END : G_CONVERTER_NO_FLAGS, &eaten,
        &produced, &local);
    self->input_start += eaten;
    if (result == G_CONVERTER_FINISHED)
        self->member_ended = TRUE;
    if (produced > 0)
        return (gssize) produced;
    if (result == G_CONVERTER_ERROR) {
        if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT) && !at_end)
            return refill_input (self, error) ? -2 : -1;
        g_set_error (error, KB_ERROR, KB_ERROR_CORRUPT, "decompress: %s: %s", self->path,
                     local->message);
        return -1;
    }
    return -2;
}

static gssize
read_compressed (KbSource *self, char *bytes, size_t size_bytes, GError **error)
{
    for (;;) {
        if (self->member_ended) {
            if (self->input_end - self->input_start < 2 && !refill_input (self, error))
                return -1;
            if (!next_member (self))
                return 0;
        }
        if (self->input_start == self->input_end && !refill_input (self, error))
            return -1;
        gssize n = convert_step (self, bytes, size_bytes, error);
        if (n != -2)
            return n;
    }
}

static gssize
read_some (KbSource *self, void *bytes, size_t size_bytes, GError **error)
{
    gssize n = self->converter != NULL ? read_compressed (self, bytes, size_bytes, error)
                                       : read_file (self, bytes, size_bytes, error);

    if (n > 0)
        self->produced += (uint64_t) n;
    if (self->converter != NULL && n > 0 && !check_growth (self, error))
        return -1;
    return n;
}

/**
 * kb_source_read:
 * @self: a source
 * @bytes: (out): where to put it
 * @size_bytes: how much at the most
 * @error: return location for a #GError
 *
 * Reads the next bytes, decompressed.
 *
 * Errors: %KB_ERROR_CORRUPT when the compression is damaged or grows beyond reason,
 * %KB_ERROR_IO.
 *
 * Returns: the bytes read, 0 at the end, or -1
 */
gssize
kb_source_read (KbSource *self, void *bytes, size_t size_bytes, GError **error)
{
    size_t sniffed = self->sniffed_end - self->sniffed_start;

    if (sniffed > 0) {
        size_t n = MIN (sniffed, size_bytes);
        memcpy (bytes, self->sniffed + self->sniffed_start, n);
        self->sniffed_start += n;
        return (gssize) n;
    }
    return read_some (self, bytes, size_bytes, error);
}

/**
 * kb_source_seek:
 * @self: a source that is not compressed
 * @offset: in bytes from its beginning
 * @error: return location for a #GError
 *
 * Goes to another place in the file.
 *
 * Errors: %KB_ERROR_IO.
 *
 * Returns: %TRUE if the next byte read is the one at @offset
 */
gboolean
kb_source_seek (KbSource *self, uint64_t offset, GError **error)
{
    g_return_val_if_fail (self->converter == NULL, FALSE);

    if (lseek (self->fd, (off_t) offset, SEEK_SET) != (off_t) offset) {
        g_set_error (error, KB_ERROR, KB_ERROR_IO, "read: %s: cannot seek", self->path);
        return FALSE;
    }
    self->position = offset;
    self->sniffed_start = self->sniffed_end;
    return TRUE;
}

static gboolean
sniff (KbSource *self, GError **error)
{
    while (self->sniffed_end < SNIFF_BYTES) {
        gssize n = read_some (self, self->sniffed + self->sniffed_end,
                              SNIFF_BYTES - self->sniffed_end, error);
        if (n < 0)
            return FALSE;
        if (n == 0)
            break;
        self->sniffed_end += (size_t) n;
    }
    if (self->sniffed_end == 0)
        self->format = KB_SOURCE_EMPTY;
    else if (self->sniffed_end == SNIFF_BYTES && memcmp (self->sniffed, SQLITE_MAGIC, 16) == 0)
        self->format = KB_SOURCE_DATABASE;
    else
        self->format = KB_SOURCE_TEXT;
    return TRUE;
}

static gboolean
rewind_file (KbSource *self, GError **error)
{
    gint64 size = lseek (self->fd, 0, SEEK_END);

    if (size < 0 || lseek (self->fd, 0, SEEK_SET) != 0) {
        g_set_error (error, KB_ERROR, KB_ERROR_IO, "read: %s: cannot go back", self->path);
        return FALSE;
    }
    self->size = (uint64_t) size;
    return TRUE;
}

static gboolean
start_decompressing (KbSource *self, GError **error)
{
    char magic[2];
    gssize n = kb_file_read (self->fd, magic, sizeof magic, self->path, error);

    if (n < 0 || !rewind_file (self, error))
        return FALSE;
    if (n == 2 && memcmp (magic, "\x1f\x8b", 2) == 0) {
        self->converter = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
        self->input = g_malloc (INPUT_BYTES);
    }
    return TRUE;
}

/**
 * kb_source_open:
 * @path: a file that somebody says is a backup
 * @follow_links: whether @path may be a symbolic link; not for files from backup folders
 * @error: return location for a #GError
 *
 * Opens a file and looks at its first bytes. Never call it on the database in use (design.md §4,
 * the first law of POSIX locks).
 *
 * Errors: %KB_ERROR_NOT_FOUND, %KB_ERROR_PERMISSION, %KB_ERROR_NOT_A_BACKUP when it is no regular
 * file, %KB_ERROR_CORRUPT, %KB_ERROR_IO.
 *
 * Returns: (transfer full): the source
 */
KbSource *
kb_source_open (const char *path, gboolean follow_links, GError **error)
{
    g_autoptr (KbSource) self = g_new0 (KbSource, 1);

    self->path = g_strdup (path);
    self->fd = kb_platform_open_regular (path, follow_links, error);
    if (self->fd < 0)
        return NULL;
    if (!start_decompressing (self, error) || !sniff (self, error))
        return NULL;
    return g_steal_pointer (&self);
}

/**
 * kb_source_get_format:
 * @self: a source
 *
 * Returns: what kind of file it is
 */
KbSourceFormat
kb_source_get_format (const KbSource *self)
{
    return self->format;
}

/**
 * kb_source_is_compressed:
 * @self: a source
 *
 * Returns: %TRUE if the file is gzip
 */
gboolean
kb_source_is_compressed (const KbSource *self)
{
    return self->converter != NULL;
}

/**
 * kb_source_get_path:
 * @self: a source
 *
 * Returns: the path that it was opened with
 */
const char *
kb_source_get_path (const KbSource *self)
{
    return self->path;
}

/**
 * kb_source_get_size:
 * @self: a source
 *
 * Returns: the size of the file in bytes, as it lies on the disk
 */
uint64_t
kb_source_get_size (const KbSource *self)
{
    return self->size;
}

/**
 * kb_source_get_position:
 * @self: a source
 *
 * Returns: how many bytes of the file have been read, for progress
 */
uint64_t
kb_source_get_position (const KbSource *self)
{
    return self->position;
}
