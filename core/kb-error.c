/* SPDX-License-Identifier: MIT */
#include "kb-error.h"

#include <errno.h>
#include <string.h>

/* What a sentence for the person may need beside the code. */
typedef struct {
    guint64 needed_bytes;
    guint64 free_bytes;
    char *version;
} KbErrorPrivate;

static void
kb_error_private_init (G_GNUC_UNUSED KbErrorPrivate *self)
{
}

static void
kb_error_private_copy (const KbErrorPrivate *from, KbErrorPrivate *to)
{
    to->needed_bytes = from->needed_bytes;
    to->free_bytes = from->free_bytes;
    to->version = g_strdup (from->version);
}

static void
kb_error_private_clear (KbErrorPrivate *self)
{
    g_clear_pointer (&self->version, g_free);
}

/* clang-format off */
G_DEFINE_EXTENDED_ERROR (KbError, kb_error)
/* clang-format on */

/**
 * kb_error_code_from_errno:
 * @saved_errno: a value of errno
 *
 * Says what a failed system call means to the person.
 *
 * Returns: the code
 */
KbErrorCode
kb_error_code_from_errno (int saved_errno)
{
    switch (saved_errno) {
    case ENOSPC:
#ifdef EDQUOT
    case EDQUOT:
#endif
        return KB_ERROR_NO_SPACE;
    case EFBIG: /* FAT holds no file of 4 GiB */
        return KB_ERROR_FILE_TOO_LARGE;
    case EBUSY:
        return KB_ERROR_BUSY;
    case EROFS:
        return KB_ERROR_READ_ONLY;
    case EACCES:
    case EPERM:
        return KB_ERROR_PERMISSION;
    case ENOENT:
    case ENOTDIR:
        return KB_ERROR_NOT_FOUND;
    default:
        return KB_ERROR_IO;
    }
}

/**
 * kb_error_set_errno:
 * @error: (nullable): where to put it
 * @saved_errno: the errno of the failed call, taken on the very next line
 * @step: what was being done, as "sync" or "create folder"
 * @path: the file that it was done to
 *
 * Makes the error of a failed system call.
 */
void
kb_error_set_errno (GError **error, int saved_errno, const char *step, const char *path)
{
    g_set_error (error, KB_ERROR, kb_error_code_from_errno (saved_errno), "%s: %s: %s", step, path,
                 g_strerror (saved_errno));
}

/**
 * kb_error_set_space:
 * @error: (nullable): where to put it
 * @needed_bytes: what the work takes, in bytes
 * @free_bytes: what the disk has, in bytes
 * @path: a folder on that disk
 *
 * Makes the error of a disk that is too full to begin.
 */
void
kb_error_set_space (GError **error, guint64 needed_bytes, guint64 free_bytes, const char *path)
{
    if (error == NULL)
        return;

    g_set_error (error, KB_ERROR, KB_ERROR_NO_SPACE,
                 "find space: %s: %" G_GUINT64_FORMAT " bytes needed, %" G_GUINT64_FORMAT " free",
                 path, needed_bytes, free_bytes);
    KbErrorPrivate *detail = kb_error_get_private (*error);
    detail->needed_bytes = needed_bytes;
    detail->free_bytes = free_bytes;
}

/**
 * kb_error_set_version:
 * @error: (nullable): where to put it
 * @code: the code, %KB_ERROR_TOO_NEW in most cases
 * @version: (nullable): the version of Kolibri that the person needs
 * @text: the untranslated detail
 *
 * Makes an error that names a version of Kolibri.
 */
void
kb_error_set_version (GError **error, KbErrorCode code, const char *version, const char *text)
{
    if (error == NULL)
        return;

    g_set_error_literal (error, KB_ERROR, (int) code, text);
    KbErrorPrivate *detail = kb_error_get_private (*error);
    detail->version = g_strdup (version);
}

/**
 * kb_error_set_again:
 * @error: (nullable): where to put it
 * @code: the code
 * @text: the untranslated detail
 * @version: (nullable): the version of Kolibri that the person needs
 * @needed_bytes: what the work takes, or 0
 * @free_bytes: what the disk has, or 0
 *
 * Makes an error once more that another process has told of.
 */
void
kb_error_set_again (GError **error,
                    KbErrorCode code,
                    const char *text,
                    const char *version,
                    guint64 needed_bytes,
                    guint64 free_bytes)
{
    if (error == NULL)
        return;

    kb_error_set_version (error, code, version, text);
    KbErrorPrivate *detail = kb_error_get_private (*error);
    detail->needed_bytes = needed_bytes;
    detail->free_bytes = free_bytes;
}

/**
 * kb_error_get_needed_bytes:
 * @error: any error
 *
 * Returns: the bytes that the work takes, or 0 when the error does not say
 */
guint64
kb_error_get_needed_bytes (const GError *error)
{
    return error->domain == KB_ERROR ? kb_error_get_private (error)->needed_bytes : 0;
}

/**
 * kb_error_get_free_bytes:
 * @error: any error
 *
 * Returns: the bytes that the disk had, or 0 when the error does not say
 */
guint64
kb_error_get_free_bytes (const GError *error)
{
    return error->domain == KB_ERROR ? kb_error_get_private (error)->free_bytes : 0;
}

/**
 * kb_error_get_version:
 * @error: any error
 *
 * Returns: (nullable): the version of Kolibri that the error is about
 */
const char *
kb_error_get_version (const GError *error)
{
    return error->domain == KB_ERROR ? kb_error_get_private (error)->version : NULL;
}

/**
 * kb_error_code_to_string:
 * @code: a code
 *
 * Names a code for machines: `--json` prints it, and a report for support.
 *
 * Returns: the name, in lower case with hyphens
 */
const char *
kb_error_code_to_string (KbErrorCode code)
{
    static const char *const names[KB_N_ERRORS] = {
        [KB_ERROR_NO_SPACE] = "no-space",
        [KB_ERROR_BUSY] = "busy",
        [KB_ERROR_CORRUPT] = "corrupt",
        [KB_ERROR_TOO_NEW] = "too-new",
        [KB_ERROR_NOT_A_BACKUP] = "not-a-backup",
        [KB_ERROR_NOT_FOUND] = "not-found",
        [KB_ERROR_PERMISSION] = "permission",
        [KB_ERROR_UNSUPPORTED] = "unsupported",
        [KB_ERROR_IO] = "io",
        [KB_ERROR_FILE_TOO_LARGE] = "file-too-large",
        [KB_ERROR_READ_ONLY] = "read-only",
        [KB_ERROR_SANDBOX] = "sandbox",
        [KB_ERROR_NOT_ALLOWED] = "not-allowed",
        [KB_ERROR_INTERNAL] = "internal",
    };

    g_return_val_if_fail (code < KB_N_ERRORS, "internal");
    return names[code];
}

/**
 * kb_error_code_from_string:
 * @name: what kb_error_code_to_string() gave
 *
 * Returns: the code; %KB_ERROR_INTERNAL when there is none of that name
 */
KbErrorCode
kb_error_code_from_string (const char *name)
{
    for (int code = 0; code < KB_N_ERRORS; code++)
        if (strcmp (kb_error_code_to_string ((KbErrorCode) code), name) == 0)
            return (KbErrorCode) code;
    return KB_ERROR_INTERNAL;
}

/**
 * kb_error_is_cancelled:
 * @error: (nullable): any error
 *
 * Returns: %TRUE if it says that the person cancelled, which is not a failure
 */
gboolean
kb_error_is_cancelled (const GError *error)
{
    return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}
