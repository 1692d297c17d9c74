/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-header.h"
#include "kb-home.h"

G_BEGIN_DECLS

/**
 * KbEntryState:
 * @KB_ENTRY_COMPLETE: it begins and ends as a backup does
 * @KB_ENTRY_INCOMPLETE: its end is missing: whoever wrote it was interrupted
 * @KB_ENTRY_FOREIGN: it has the name of a backup and is something else
 * @KB_ENTRY_TOO_NEW: a newer Kolibri Backup made it
 *
 * What the first and last bytes of a file say.
 */
typedef enum {
    KB_ENTRY_COMPLETE,
    KB_ENTRY_INCOMPLETE,
    KB_ENTRY_FOREIGN,
    KB_ENTRY_TOO_NEW,
} KbEntryState;

/**
 * KbEntry:
 * @name: the file name of a backup, or the name of a kept database
 * @path: where it is
 * @size_bytes: its size
 * @time: (nullable): when it was taken, in local time
 * @version: (nullable): the version of the data
 * @origin: why there is this backup
 * @state: what its first and last bytes say
 * @is_protected: whether it is out of reach of Kolibri's pruning
 * @is_ours: whether this program made it
 * @note: (nullable): what the person wrote about it
 * @keep: whether tidying up never takes it
 * @checked: (nullable): when it was last checked, if it has not changed since
 * @check_result: (nullable): `ok`, or the name of an error code
 * @summary: (nullable): what is in it, as far as known
 *
 * One line of the list.
 */
typedef struct {
    char *name;
    char *path;
    guint64 size_bytes;
    GDateTime *time;
    char *version;
    KbOrigin origin;
    KbEntryState state;
    gboolean is_protected;
    gboolean is_ours;
    char *note;
    gboolean keep;
    GDateTime *checked;
    char *check_result;
    KbSummary *summary;
} KbEntry;

KbEntry *kb_entry_ref (KbEntry *self);
void kb_entry_unref (KbEntry *self);
gboolean kb_entry_equal (const KbEntry *a, const KbEntry *b);

GPtrArray *kb_catalog_list (const KbHome *home, GCancellable *cancellable, GError **error);
KbEntry *kb_catalog_find (const KbHome *home, const char *name, GError **error);
KbEntry *kb_catalog_find_any (const KbHome *home, const char *name, GError **error);
KbEntry *kb_catalog_find_latest (const KbHome *home, GError **error);
KbEntry *kb_catalog_describe_file (const char *path, GError **error);

const char *kb_entry_state_to_string (KbEntryState state);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbEntry, kb_entry_unref)

G_END_DECLS
