/* SPDX-License-Identifier: MIT */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * KbErrorCode:
 * @KB_ERROR_NO_SPACE: a disk is full, or too full to begin
 * @KB_ERROR_BUSY: another program uses the data; close it and try again
 * @KB_ERROR_CORRUPT: the file is a backup or a database, but damaged
 * @KB_ERROR_TOO_NEW: made by a newer Kolibri, or a newer Kolibri Backup
 * @KB_ERROR_NOT_A_BACKUP: the file is something else
 * @KB_ERROR_NOT_FOUND: there is no such file, folder or backup
 * @KB_ERROR_PERMISSION: this user may not do that
 * @KB_ERROR_UNSUPPORTED: cannot be done with this kind of Kolibri
 * @KB_ERROR_IO: the disk, or what stands between, failed
 * @KB_ERROR_FILE_TOO_LARGE: the format of the disk holds no file of that size; another drive does
 * @KB_ERROR_READ_ONLY: the disk takes no changes at all, whoever asks
 * @KB_ERROR_SANDBOX: the sandbox that this program runs in keeps the folder from it
 * @KB_ERROR_NOT_ALLOWED: an administrator has to allow it, and has not
 * @KB_ERROR_INTERNAL: a defect of this program
 *
 * Each code names what the person in front can do about it. Cancelling is never one of them:
 * that is %G_IO_ERROR_CANCELLED.
 */
typedef enum {
    KB_ERROR_NO_SPACE,
    KB_ERROR_BUSY,
    KB_ERROR_CORRUPT,
    KB_ERROR_TOO_NEW,
    KB_ERROR_NOT_A_BACKUP,
    KB_ERROR_NOT_FOUND,
    KB_ERROR_PERMISSION,
    KB_ERROR_UNSUPPORTED,
    KB_ERROR_IO,
    KB_ERROR_FILE_TOO_LARGE,
    KB_ERROR_READ_ONLY,
    KB_ERROR_SANDBOX,
    KB_ERROR_NOT_ALLOWED,
    KB_ERROR_INTERNAL,
    KB_N_ERRORS /*< skip >*/
} KbErrorCode;

#define KB_ERROR (kb_error_quark())
GQuark kb_error_quark (void);

KbErrorCode kb_error_code_from_errno (int saved_errno);
void kb_error_set_errno (GError **error, int saved_errno, const char *step, const char *path);
void
kb_error_set_space (GError **error, guint64 needed_bytes, guint64 free_bytes, const char *path);
void kb_error_set_version (GError **error, KbErrorCode code, const char *version, const char *text);
void kb_error_set_again (GError **error,
                         KbErrorCode code,
                         const char *text,
                         const char *version,
                         guint64 needed_bytes,
                         guint64 free_bytes);

guint64 kb_error_get_needed_bytes (const GError *error);
guint64 kb_error_get_free_bytes (const GError *error);
const char *kb_error_get_version (const GError *error);
const char *kb_error_code_to_string (KbErrorCode code);
KbErrorCode kb_error_code_from_string (const char *name);

gboolean kb_error_is_cancelled (const GError *error);

G_END_DECLS
