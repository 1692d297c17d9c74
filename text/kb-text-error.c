/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "kb-text-error.h"

#include <glib/gi18n.h>

/**
 * kb_error_text_free:
 * @self: (nullable) (transfer full): an error text
 */
void
kb_error_text_free (KbErrorText *self)
{
    if (self == NULL)
        return;
    g_free (self->what);
    g_free (self->safety);
    g_free (self->advice);
    g_free (self);
}

static const char *
safety (KbOperation operation)
{
    switch (operation) {
    case KB_OPERATION_BACKUP:
        return _ ("Your Kolibri data has not been touched. Your other backups are still there.");
    case KB_OPERATION_RESTORE:
        return _ ("Nothing was restored. Your Kolibri data is as it was before.");
    case KB_OPERATION_UNDO:
        return _ ("Nothing was undone. Your Kolibri data is as it was before.");
    case KB_OPERATION_OPEN:
    case KB_OPERATION_CHECK:
    case KB_OPERATION_LOOK:
    case KB_N_OPERATIONS:
        break;
    }
    return _ ("Nothing has been changed.");
}

static char *
no_space (const GError *error)
{
    guint64 needed_bytes = kb_error_get_needed_bytes (error);

    if (needed_bytes == 0)
        return g_strdup (_ ("The disk is full."));
    g_autofree char *needed = g_format_size (needed_bytes);
    g_autofree char *available = g_format_size (kb_error_get_free_bytes (error));
    /* Translators: both %s are sizes, as "1.2 GB". */
    return g_strdup_printf (_ ("The disk is too full: %s are needed, %s are free."), needed,
                            available);
}

static char *
too_new (const GError *error)
{
    const char *version = kb_error_get_version (error);

    if (version == NULL)
        return g_strdup (_ ("A newer version of Kolibri or Kolibri Backup made this backup."));
    /* Translators: %s is a version, as "0.18.1". */
    return g_strdup_printf (_ ("This backup needs Kolibri %s or later."), version);
}

static char *
too_new_advice (const GError *error)
{
    const char *version = kb_error_get_version (error);

    if (version == NULL)
        return g_strdup (_ ("Install the newest Kolibri Backup, then try again. "
                            "The backup is not damaged."));
    /* Translators: %s is a version, as "0.18.1". */
    return g_strdup_printf (_ ("Install Kolibri %s or later first, then restore. "
                               "The backup is not damaged."),
                            version);
}

static const char *
corrupt (KbOperation operation)
{
    if (operation == KB_OPERATION_BACKUP || operation == KB_OPERATION_OPEN)
        return _ ("The Kolibri data on this computer is damaged.");
    return _ ("This backup is damaged or incomplete.");
}

static const char *
corrupt_advice (KbOperation operation)
{
    if (operation == KB_OPERATION_BACKUP || operation == KB_OPERATION_OPEN)
        return _ ("Restore your newest backup. The damaged data will be kept.");
    return _ ("Choose another backup.");
}

static const char *
not_found (KbOperation operation)
{
    switch (operation) {
    case KB_OPERATION_BACKUP:
        return _ ("There is no Kolibri data, or the folder for the backup is missing.");
    case KB_OPERATION_OPEN:
        return _ ("No Kolibri was found on this computer.");
    case KB_OPERATION_UNDO:
        return _ ("There is no restore to undo.");
    case KB_OPERATION_CHECK:
    case KB_OPERATION_RESTORE:
    case KB_OPERATION_LOOK:
    case KB_N_OPERATIONS:
        break;
    }
    return _ ("The backup is not there.");
}

static const char *
permission (KbOperation operation)
{
    if (operation == KB_OPERATION_RESTORE || operation == KB_OPERATION_UNDO)
        return _ ("The Kolibri data belongs to another user of this computer, or is read-only.");
    return _ ("This folder or file belongs to another user of this computer, or is read-only.");
}

static char *
what_happened (KbOperation operation, const GError *error)
{
    switch ((KbErrorCode) error->code) {
    case KB_ERROR_NO_SPACE:
        return no_space (error);
    case KB_ERROR_BUSY:
        return g_strdup (_ ("Kolibri, or another program, is using the Kolibri data right now."));
    case KB_ERROR_CORRUPT:
        return g_strdup (corrupt (operation));
    case KB_ERROR_TOO_NEW:
        return too_new (error);
    case KB_ERROR_NOT_A_BACKUP:
        return g_strdup (_ ("This file is not a backup of Kolibri."));
    case KB_ERROR_NOT_FOUND:
        return g_strdup (not_found (operation));
    case KB_ERROR_PERMISSION:
        return g_strdup (permission (operation));
    case KB_ERROR_UNSUPPORTED:
        return g_strdup (_ ("Kolibri Backup cannot work with this kind of Kolibri data."));
    case KB_ERROR_IO:
        return g_strdup (_ ("The disk or the USB drive does not work as it should."));
    case KB_ERROR_FILE_TOO_LARGE:
        return g_strdup (_ ("The backup is too large for the format of this drive."));
    case KB_ERROR_READ_ONLY:
        return g_strdup (_ ("This drive is read-only: nothing can be written to it."));
    case KB_ERROR_INTERNAL:
    case KB_N_ERRORS:
        break;
    }
    return g_strdup (_ ("Something went wrong in Kolibri Backup."));
}

static char *
what_to_do (KbOperation operation, const GError *error)
{
    switch ((KbErrorCode) error->code) {
    case KB_ERROR_NO_SPACE:
        return g_strdup (_ ("Make room on the disk, then try again."));
    case KB_ERROR_BUSY:
        return g_strdup (_ ("Stop Kolibri and close other windows of Kolibri Backup, "
                            "then try again."));
    case KB_ERROR_CORRUPT:
        return g_strdup (corrupt_advice (operation));
    case KB_ERROR_TOO_NEW:
        return too_new_advice (error);
    case KB_ERROR_NOT_A_BACKUP:
        return g_strdup (_ ("Choose a file whose name begins with “db-v” and ends in “.dump”."));
    case KB_ERROR_NOT_FOUND:
        return g_strdup (_ ("Check that the drive is plugged in and the folder is the right one."));
    case KB_ERROR_PERMISSION:
        return g_strdup (_ ("Log in as the user who runs Kolibri, or ask who looks after this "
                            "computer."));
    case KB_ERROR_UNSUPPORTED:
        return g_strdup (_ ("Ask who set up Kolibri. The details say what was found."));
    case KB_ERROR_IO:
        return g_strdup (_ ("Try again, on another drive if you can. If it happens again, the "
                            "disk may be failing: copy your backups to another one."));
    case KB_ERROR_FILE_TOO_LARGE:
        return g_strdup (_ ("Use another drive, or one formatted as exFAT: FAT holds no file of "
                            "4 GB."));
    case KB_ERROR_READ_ONLY:
        return g_strdup (_ ("If the drive has a small switch, unlock it. Otherwise use another "
                            "drive."));
    case KB_ERROR_INTERNAL:
    case KB_N_ERRORS:
        break;
    }
    return g_strdup (_ ("Please try again. If it happens again, send the details to support."));
}

/**
 * kb_error_text_new:
 * @operation: what was being done
 * @error: an error of core, and no cancel
 *
 * Says in the words of the person what happened, whether the data is safe, and what to do now.
 *
 * Returns: (transfer full): the text
 */
KbErrorText *
kb_error_text_new (KbOperation operation, const GError *error)
{
    g_autoptr (GError) internal = NULL;
    KbErrorText *self = g_new0 (KbErrorText, 1);

    if (error->domain != KB_ERROR) {
        internal = g_error_new_literal (KB_ERROR, KB_ERROR_INTERNAL, error->message);
        error = internal;
    }
    self->what = what_happened (operation, error);
    self->safety = g_strdup (safety (operation));
    self->advice = what_to_do (operation, error);
    return self;
}
