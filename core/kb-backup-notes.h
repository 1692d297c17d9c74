/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-home.h"
#include "kb-summary.h"

G_BEGIN_DECLS

/* The most characters of a note that a person writes. */
#define KB_NOTE_MAX_CHARS 500

/**
 * KbFileStamp:
 * @size_bytes: the size of a file
 * @mtime: when it was last written, in seconds since 1970
 *
 * By which we see that a file is still the one that something was found out about.
 */
typedef struct {
    guint64 size_bytes;
    gint64 mtime;
} KbFileStamp;

/**
 * KbBackupNotes:
 * @note: (nullable): what the person wrote about the backup
 * @keep: whether tidying up never takes it
 * @checked: (nullable): when the last check ended, in UTC
 * @check_result: (nullable): `ok`, or the name of an error code
 * @checked_stamp: the file that was checked
 * @summary: (nullable): what is in it, where the file does not say itself
 * @summary_stamp: the file that the summary is of
 *
 * What this program remembers of a backup: `protected/NAME.ini` (docs/format.md).
 */
typedef struct {
    char *note;
    gboolean keep;
    GDateTime *checked;
    char *check_result;
    KbFileStamp checked_stamp;
    KbSummary *summary;
    KbFileStamp summary_stamp;
} KbBackupNotes;

KbBackupNotes *kb_backup_notes_load (const KbHome *home, const char *name);
KbBackupNotes *
kb_backup_notes_load_to_change (const KbHome *home, const char *name, GError **error);
gboolean kb_backup_notes_save (const KbBackupNotes *self,
                               const KbHome *home,
                               const char *name,
                               const KbOwner *owner,
                               GError **error);
void kb_backup_notes_free (KbBackupNotes *self);
void
kb_backup_notes_set_checked (KbBackupNotes *self, const char *result, const KbFileStamp *stamp);
char *kb_backup_notes_path (const KbHome *home, const char *name);

char *kb_backup_notes_format_note (const char *note);
char *kb_backup_notes_clean (const char *note);
KbBackupNotes *kb_backup_notes_load_beside (const char *path);

gboolean kb_file_stamp_read (const char *path, KbFileStamp *stamp);
gboolean kb_file_stamp_equal (const KbFileStamp *a, const KbFileStamp *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbBackupNotes, kb_backup_notes_free)

G_END_DECLS
