/* SPDX-License-Identifier: MIT */
/* The catalogue of errors: for each code and operation what happened, what to do now and the button
 * that does it; and for each operation whether the data is safe. The first line that fits counts,
 * and the last one of each code fits every operation. */
#include "config.h"

#include "kb-text-error.h"

#include "kb-gettext.h"

#define ON(operation) (1u << KB_OPERATION_##operation)
#define ON_REPLACE (ON (RESTORE) | ON (UNDO))
#define ON_FILE (ON (CHECK) | ON (RESTORE) | ON (LOOK) | ON (IMPORT))
#define ON_DATA (ON (OPEN) | ON (BACKUP))
#define ON_ANY (~0u)

/* Beside the codes of core: what GLib may say. */
enum { CODE_CANCELLED = KB_N_ERRORS, CODE_TIMED_OUT, N_CODES };

typedef struct {
    int code;
    unsigned operations;
    const char *what;
    const char *advice;
    KbAdvice action;
} Entry;

static const Entry catalogue[] = {
    {KB_ERROR_NO_SPACE, ON (COPY), N_ ("The drive is full."),
     N_ ("Make room on the drive, or choose another one."), KB_ADVICE_CHOOSE_DRIVE},
    {KB_ERROR_NO_SPACE, ON_ANY, N_ ("The disk is full."),
     N_ ("Make room on the disk, then try again."), KB_ADVICE_SHOW_FOLDER},

    {KB_ERROR_BUSY, ON_REPLACE,
     N_ ("Kolibri, or another program, is using the Kolibri data right now."),
     N_ ("Stop Kolibri and close other windows of Kolibri Backup, then try again."),
     KB_ADVICE_TRY_AGAIN},
    {KB_ERROR_BUSY, ON (CHECK) | ON (LOOK) | ON (COPY),
     N_ ("Another program is using this file right now."), N_ ("Wait a moment, then try again."),
     KB_ADVICE_TRY_AGAIN},
    {KB_ERROR_BUSY, ON_ANY, N_ ("Kolibri Backup is already at work in another window or program."),
     N_ ("Wait until that work has ended, then try again."), KB_ADVICE_TRY_AGAIN},

    {KB_ERROR_CORRUPT, ON_DATA, N_ ("The Kolibri data on this computer is damaged."),
     N_ ("Restore your newest backup. The damaged data will be kept."), KB_ADVICE_CHOOSE_FILE},
    {KB_ERROR_CORRUPT, ON (UNDO), N_ ("The data that was kept before the restore is damaged."),
     N_ ("Restore one of your backups instead."), KB_ADVICE_CHOOSE_FILE},
    {KB_ERROR_CORRUPT, ON (COPY), N_ ("The copy is not the same as the backup."),
     N_ ("Check the backup. If it is sound, use another drive."), KB_ADVICE_CHECK},
    {KB_ERROR_CORRUPT, ON (NOTE), N_ ("The file with the notes of this backup is damaged."),
     N_ ("Check the backup. It can be restored without its notes."), KB_ADVICE_CHECK},
    {KB_ERROR_CORRUPT, ON_ANY, N_ ("This backup is damaged or incomplete."),
     N_ ("Choose another backup."), KB_ADVICE_CHOOSE_FILE},

    {KB_ERROR_TOO_NEW, ON (UNDO),
     N_ ("A newer version of Kolibri or Kolibri Backup made the data that was kept."),
     N_ ("Install the newest Kolibri and Kolibri Backup, then try again. Nothing is damaged."),
     KB_ADVICE_TRY_AGAIN},
    {KB_ERROR_TOO_NEW, ON_FILE,
     N_ ("A newer version of Kolibri or Kolibri Backup made this backup."),
     N_ ("Install the newest Kolibri Backup, or choose another backup. This one is not damaged."),
     KB_ADVICE_CHOOSE_FILE},
    {KB_ERROR_TOO_NEW, ON_ANY, N_ ("A newer version of Kolibri or Kolibri Backup was used here."),
     N_ ("Install the newest Kolibri Backup, then try again. Nothing is damaged."),
     KB_ADVICE_TRY_AGAIN},

    {KB_ERROR_NOT_A_BACKUP, ON_DATA, N_ ("The Kolibri data on this computer is something else."),
     N_ ("Ask who looks after this computer. The report says what was found."),
     KB_ADVICE_SAVE_REPORT},
    {KB_ERROR_NOT_A_BACKUP, ON (NOTE) | ON (DELETE) | ON (UNDO) | ON (COPY),
     N_ ("This file is not a backup of Kolibri."), N_ ("Look at the file in its folder."),
     KB_ADVICE_SHOW_FOLDER},
    {KB_ERROR_NOT_A_BACKUP, ON (REPORT), N_ ("There is something else of that name."),
     N_ ("Try again, and choose another name."), KB_ADVICE_TRY_AGAIN},
    {KB_ERROR_NOT_A_BACKUP, ON_ANY, N_ ("This file is not a backup of Kolibri."),
     /* Translators: db-v and .dump are parts of file names; leave them as they are. */
     N_ ("Choose a file whose name begins with “db-v” and ends in “.dump”."),
     KB_ADVICE_CHOOSE_FILE},

    {KB_ERROR_NOT_FOUND, ON (OPEN), N_ ("No Kolibri was found on this computer."),
     N_ ("Start Kolibri once, or open a backup to bring your data to this computer."),
     KB_ADVICE_CHOOSE_FILE},
    {KB_ERROR_NOT_FOUND, ON (BACKUP),
     N_ ("There is no Kolibri data, or the folder for the backup is missing."),
     N_ ("Check that the drive is plugged in and the folder is the right one."),
     KB_ADVICE_TRY_AGAIN},
    {KB_ERROR_NOT_FOUND, ON (UNDO), N_ ("There is no restore to undo."),
     N_ ("Choose a backup to restore instead."), KB_ADVICE_CHOOSE_FILE},
    {KB_ERROR_NOT_FOUND, ON (COPY), N_ ("The drive, or the backup, is not there any more."),
     N_ ("Plug the drive in again, or choose another one."), KB_ADVICE_CHOOSE_DRIVE},
    {KB_ERROR_NOT_FOUND, ON (NOTE) | ON (DELETE), N_ ("The backup is not there any more."),
     N_ ("Somebody may have moved or deleted it. Look into the folder of your backups."),
     KB_ADVICE_SHOW_FOLDER},
    {KB_ERROR_NOT_FOUND, ON (REPORT), N_ ("The folder for the report is not there any more."),
     N_ ("Try again, and choose another folder."), KB_ADVICE_TRY_AGAIN},
    {KB_ERROR_NOT_FOUND, ON_ANY, N_ ("The backup is not there."),
     N_ ("Plug in the drive with the backup, or choose another backup."), KB_ADVICE_CHOOSE_FILE},

    {KB_ERROR_PERMISSION, ON_REPLACE,
     N_ ("The Kolibri data belongs to another user of this computer, or is read-only."),
     N_ ("Log in as the user who runs Kolibri, or ask who looks after this computer."),
     KB_ADVICE_SAVE_REPORT},
    {KB_ERROR_PERMISSION, ON (COPY), N_ ("You may not write to this drive."),
     N_ ("Choose another drive or another folder."), KB_ADVICE_CHOOSE_DRIVE},
    {KB_ERROR_PERMISSION, ON (CHECK) | ON (LOOK), N_ ("You may not read this file."),
     N_ ("Ask who it belongs to, or choose another backup."), KB_ADVICE_CHOOSE_FILE},
    {KB_ERROR_PERMISSION, ON (REPORT), N_ ("You may not write to this folder."),
     N_ ("Try again, and choose another folder."), KB_ADVICE_TRY_AGAIN},
    {KB_ERROR_PERMISSION, ON_ANY,
     N_ ("This folder or file belongs to another user of this computer, or is read-only."),
     N_ ("Log in as the user who runs Kolibri, or ask who looks after this computer."),
     KB_ADVICE_SAVE_REPORT},

    {KB_ERROR_UNSUPPORTED, ON (COPY),
     N_ ("This file cannot be copied as a backup: Kolibri may be using it."),
     N_ ("Choose another backup, or make a new one and copy that."), KB_ADVICE_CHOOSE_FILE},
    {KB_ERROR_UNSUPPORTED, ON (CHECK) | ON (LOOK) | ON (IMPORT),
     N_ ("Kolibri Backup cannot work with this kind of file."), N_ ("Choose another backup."),
     KB_ADVICE_CHOOSE_FILE},
    {KB_ERROR_UNSUPPORTED, ON (OPEN),
     /* Translators: options.ini is the name of a file. */
     N_ ("The settings of this Kolibri in options.ini cannot be understood."),
     N_ ("Ask who set up Kolibri to put them right. The report says what was found."),
     KB_ADVICE_SAVE_REPORT},
    {KB_ERROR_UNSUPPORTED, ON_ANY,
     N_ ("Kolibri Backup cannot work with this kind of Kolibri data."),
     N_ ("Ask who set up Kolibri. The report says what was found."), KB_ADVICE_SAVE_REPORT},

    {KB_ERROR_IO, ON (COPY), N_ ("The drive does not work as it should, or was unplugged."),
     N_ ("Plug it in again, or choose another drive."), KB_ADVICE_CHOOSE_DRIVE},
    {KB_ERROR_IO, ON_ANY, N_ ("The disk or the USB drive does not work as it should."),
     N_ ("Try again. If it happens again, the disk may be failing: copy your backups to another "
         "one."),
     KB_ADVICE_TRY_AGAIN},

    {KB_ERROR_FILE_TOO_LARGE, ON (COPY), N_ ("This drive cannot hold a file of more than 4 GB."),
     /* Translators: exFAT is the name of a way to format drives; leave it as it is. */
     N_ ("Choose another drive, or ask someone to format this one as exFAT. Formatting erases "
         "everything on the drive: copy what is on it to another place first."),
     KB_ADVICE_CHOOSE_DRIVE},
    {KB_ERROR_FILE_TOO_LARGE, ON_ANY, N_ ("This disk cannot hold a file of that size."),
     N_ ("Ask who looks after this computer. The disk has to be formatted in another way, which "
         "erases everything on it."),
     KB_ADVICE_SAVE_REPORT},

    {KB_ERROR_SANDBOX, ON_ANY,
     N_ ("Kolibri Backup was installed by Flatpak, and has not been allowed to use this folder."),
     N_ ("Ask who looks after this computer to allow it in the settings of Flatpak, for example "
         "with Flatseal. The details have the command that does it."),
     KB_ADVICE_SAVE_REPORT},

    {KB_ERROR_READ_ONLY, ON (COPY), N_ ("This drive is write-protected."),
     N_ ("If it has a small switch, slide it to the other side. Otherwise choose another drive."),
     KB_ADVICE_CHOOSE_DRIVE},
    {KB_ERROR_READ_ONLY, ON (REPORT), N_ ("This disk is write-protected."),
     N_ ("Try again, and choose a folder on another disk."), KB_ADVICE_TRY_AGAIN},
    {KB_ERROR_READ_ONLY, ON_ANY, N_ ("The disk is write-protected."),
     N_ ("Restart the computer and try again. If it happens again, the disk may be failing: ask "
         "who looks after this computer."),
     KB_ADVICE_SAVE_REPORT},

    {KB_ERROR_NOT_ALLOWED, ON_ANY,
     N_ ("An administrator of this computer has to allow this, and has not done so."),
     N_ ("Try again with the password of an administrator, or log in as the user who runs "
         "Kolibri."),
     KB_ADVICE_TRY_AGAIN},

    {CODE_TIMED_OUT, ON_ANY, N_ ("Something on this computer did not answer in time."),
     N_ ("Wait a moment, then try again."), KB_ADVICE_TRY_AGAIN},
    {CODE_CANCELLED, ON_ANY, N_ ("Cancelled."), N_ ("You can start again at any time."),
     KB_ADVICE_NONE},

    {KB_ERROR_INTERNAL, ON_ANY, N_ ("Something went wrong in Kolibri Backup."),
     N_ ("Try again. If it happens again, save a report and send it to whoever helps you."),
     KB_ADVICE_SAVE_REPORT},
};

/* Whether the data is safe: core/kb-replace.c, core/kb-catalog.c. */
static const struct {
    int code; /* -1: any */
    unsigned operations;
    const char *text;
} promises[] = {
    /* A disk that fails while it makes the change final leaves the outcome to the next start. */
    {KB_ERROR_IO, ON_REPLACE,
     N_ ("Your Kolibri data is complete, and as it was before. If the disk failed in the very last "
         "moment, Kolibri Backup tells you when you start it next.")},
    {-1, ON (RESTORE), N_ ("Nothing was restored. Your Kolibri data is as it was before.")},
    {-1, ON (UNDO), N_ ("Nothing was undone. Your Kolibri data is as it was before.")},
    {KB_ERROR_CORRUPT, ON_DATA,
     N_ ("Kolibri Backup has not touched the damaged data. Backups made before are still there.")},
    {-1, ON (BACKUP),
     N_ ("Your Kolibri data has not been touched. Your other backups are still there.")},
    {-1, ON (CHECK),
     N_ ("A check changes nothing: your Kolibri data and the backup are as they were.")},
    {-1, ON (LOOK), N_ ("Nothing has been changed.")},
    {-1, ON (COPY),
     N_ ("Your Kolibri data and the backup on this computer have not been changed. The copy is not "
         "finished: do not rely on it.")},
    {-1, ON (IMPORT),
     N_ ("No backup was added. Your Kolibri data and your other backups have not been changed.")},
    {-1, ON (NOTE),
     N_ ("The backup and your Kolibri data have not been changed. Only the note or mark is not "
         "saved.")},
    {-1, ON (DELETE),
     N_ ("Your Kolibri data and your other backups have not been changed. The list shows whether "
         "this backup is still there.")},
    {-1, ON (REPORT),
     N_ ("Only the report is not saved. Your Kolibri data and your backups have not "
         "been changed.")},
    {-1, ON_ANY, N_ ("Your Kolibri data has not been changed.")},
};

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
    g_free (self->details);
    g_free (self);
}

static int
code_of_io_error (GIOErrorEnum code)
{
    /* GLib adds codes with every version: what is not listed is a matter of the disk. */
    switch ((int) code) {
    case G_IO_ERROR_CANCELLED:
        return CODE_CANCELLED;
    case G_IO_ERROR_TIMED_OUT:
        return CODE_TIMED_OUT;
    case G_IO_ERROR_NO_SPACE:
        return KB_ERROR_NO_SPACE;
    case G_IO_ERROR_BUSY:
    case G_IO_ERROR_PENDING:
    case G_IO_ERROR_WOULD_BLOCK:
        return KB_ERROR_BUSY;
    case G_IO_ERROR_INVALID_DATA:
    case G_IO_ERROR_PARTIAL_INPUT:
        return KB_ERROR_CORRUPT;
    case G_IO_ERROR_IS_DIRECTORY:
    case G_IO_ERROR_NOT_REGULAR_FILE:
        return KB_ERROR_NOT_A_BACKUP;
    case G_IO_ERROR_NOT_FOUND:
    case G_IO_ERROR_NOT_DIRECTORY:
    case G_IO_ERROR_NOT_MOUNTED:
        return KB_ERROR_NOT_FOUND;
    case G_IO_ERROR_PERMISSION_DENIED:
        return KB_ERROR_PERMISSION;
    case G_IO_ERROR_NOT_SUPPORTED:
        return KB_ERROR_UNSUPPORTED;
    case G_IO_ERROR_READ_ONLY:
        return KB_ERROR_READ_ONLY;
    case G_IO_ERROR_INVALID_ARGUMENT:
        return KB_ERROR_INTERNAL;
    default:
        return KB_ERROR_IO;
    }
}

static int
code_of_file_error (GFileError code)
{
    switch ((int) code) {
    case G_FILE_ERROR_NOSPC:
        return KB_ERROR_NO_SPACE;
    case G_FILE_ERROR_ISDIR:
        return KB_ERROR_NOT_A_BACKUP;
    case G_FILE_ERROR_NOENT:
    case G_FILE_ERROR_NOTDIR:
    case G_FILE_ERROR_NODEV:
        return KB_ERROR_NOT_FOUND;
    case G_FILE_ERROR_ACCES:
    case G_FILE_ERROR_PERM:
        return KB_ERROR_PERMISSION;
    case G_FILE_ERROR_ROFS:
        return KB_ERROR_READ_ONLY;
    default:
        return KB_ERROR_IO;
    }
}

static int
code_of (const GError *error)
{
    if (error->domain == KB_ERROR && error->code >= 0 && error->code < KB_N_ERRORS)
        return error->code;
    if (error->domain == G_IO_ERROR)
        return code_of_io_error (error->code);
    if (error->domain == G_FILE_ERROR)
        return code_of_file_error (error->code);
    return KB_ERROR_INTERNAL;
}

static const Entry *
find_entry (int code, KbOperation operation)
{
    const Entry *entry = catalogue;

    while (entry->code != code || (entry->operations & (1u << operation)) == 0)
        entry++;
    return entry;
}

static const char *
find_promise (int code, KbOperation operation)
{
    size_t i = 0;

    while ((promises[i].code != -1 && promises[i].code != code) ||
           (promises[i].operations & (1u << operation)) == 0)
        i++;
    return _ (promises[i].text);
}

/* What happened, with the numbers where the error has them. */
static char *
what_happened (const Entry *entry, KbOperation operation, const GError *error)
{
    guint64 needed_bytes = kb_error_get_needed_bytes (error);
    const char *version = kb_error_get_version (error);

    if (entry->code == KB_ERROR_NO_SPACE && needed_bytes > 0) {
        g_autofree char *needed = g_format_size (needed_bytes);
        g_autofree char *available = g_format_size (kb_error_get_free_bytes (error));
        return g_strdup_printf (operation == KB_OPERATION_COPY
                                    /* Translators: both %s are sizes, as "1.2 GB". */
                                    ? _ ("The drive is too full: %s are needed, %s are free.")
                                    /* Translators: both %s are sizes, as "1.2 GB". */
                                    : _ ("The disk is too full: %s are needed, %s are free."),
                                needed, available);
    }
    if (entry->code == KB_ERROR_TOO_NEW && version != NULL)
        return g_strdup_printf (operation == KB_OPERATION_UNDO
                                    /* Translators: %s is a version, as "0.18.1". */
                                    ? _ ("The data that was kept needs Kolibri %s or later.")
                                    /* Translators: %s is a version, as "0.18.1". */
                                    : _ ("This backup needs Kolibri %s or later."),
                                version);
    return g_strdup (_ (entry->what));
}

static char *
what_to_do (const Entry *entry, KbOperation operation, const GError *error)
{
    const char *version = kb_error_get_version (error);

    if (entry->code != KB_ERROR_TOO_NEW || version == NULL)
        return g_strdup (_ (entry->advice));
    if (operation == KB_OPERATION_UNDO)
        /* Translators: %s is a version, as "0.18.1". */
        return g_strdup_printf (_ ("Install Kolibri %s or later first, then try again. Nothing is "
                                   "damaged."),
                                version);
    /* Translators: %s is a version, as "0.18.1". */
    return g_strdup_printf (_ ("Install Kolibri %s or later first, then restore. "
                               "The backup is not damaged."),
                            version);
}

/**
 * kb_error_text_name:
 * @error: any error
 *
 * Returns: (transfer full): the machine's name of it, as "kolibri-backup no-space" or
 *     "g-io-error-quark 14"
 */
char *
kb_error_text_name (const GError *error)
{
    if (error->domain == KB_ERROR && error->code >= 0 && error->code < KB_N_ERRORS)
        return g_strdup_printf ("kolibri-backup %s",
                                kb_error_code_to_string ((KbErrorCode) error->code));
    return g_strdup_printf ("%s %d", g_quark_to_string (error->domain), error->code);
}

/**
 * kb_error_text_describe:
 * @error: any error
 *
 * Returns: (transfer full): the technical text of it: its name and its message; valid UTF-8, not
 *     translated
 */
char *
kb_error_text_describe (const GError *error)
{
    g_autofree char *name = kb_error_text_name (error);
    g_autofree char *message = g_utf8_make_valid (error->message, -1);

    return g_strdup_printf ("%s: %s", name, message);
}

/**
 * kb_error_text_get_label:
 * @action: a button
 *
 * Returns: (transfer none) (nullable): what the button says, with an underscore before the letter
 *     that presses it; %NULL for %KB_ADVICE_NONE
 */
const char *
kb_error_text_get_label (KbAdvice action)
{
    switch (action) {
    case KB_ADVICE_TRY_AGAIN:
        return C_ ("button", "_Try Again");
    case KB_ADVICE_SHOW_FOLDER:
        return C_ ("button", "Show in _Folder");
    case KB_ADVICE_CHOOSE_FILE:
        return C_ ("button", "_Open a Backup…");
    case KB_ADVICE_CHOOSE_DRIVE:
        return C_ ("button", "Choose Another _Drive…");
    case KB_ADVICE_CHECK:
        return C_ ("button", "_Check the Backup");
    case KB_ADVICE_SAVE_REPORT:
        return C_ ("button", "Save _Report…");
    case KB_ADVICE_NONE:
        break;
    }
    return NULL;
}

/**
 * kb_error_text_new:
 * @operation: what was being done
 * @error: any error, also that it was cancelled
 *
 * Says in the words of the person what happened, whether the data is safe, what to do now, and
 * which button does it.
 *
 * Returns: (transfer full): the text
 */
KbErrorText *
kb_error_text_new (KbOperation operation, const GError *error)
{
    g_return_val_if_fail (operation < KB_N_OPERATIONS && error != NULL, NULL);

    int code = code_of (error);
    const Entry *entry = find_entry (code, operation);
    KbErrorText *self = g_new0 (KbErrorText, 1);

    self->what = what_happened (entry, operation, error);
    self->safety = g_strdup (find_promise (code, operation));
    self->advice = what_to_do (entry, operation, error);
    self->action = entry->action;
    self->details = kb_error_text_describe (error);
    return self;
}
