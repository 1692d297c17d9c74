/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-catalog.h"
#include "kb-find.h"
#include "kb-pruning.h"
#include "kb-server-look.h"

G_BEGIN_DECLS

/**
 * KbVerdict:
 * @KB_VERDICT_NO_KOLIBRI: there is no data of Kolibri here
 * @KB_VERDICT_UNSUPPORTED: the data is not in SQLite
 * @KB_VERDICT_DAMAGED: the database cannot be read
 * @KB_VERDICT_NO_BACKUP: there is none that could be restored
 * @KB_VERDICT_AT_RISK: Kolibri will upgrade the data when it starts, and there is no backup of
 * today
 * @KB_VERDICT_GETTING_OLD: the newest backup is older than it should be
 * @KB_VERDICT_SAFE: there is a backup of late
 *
 * The one thing that the person wants to know, the worst first.
 */
typedef enum {
    KB_VERDICT_NO_KOLIBRI,
    KB_VERDICT_UNSUPPORTED,
    KB_VERDICT_DAMAGED,
    KB_VERDICT_NO_BACKUP,
    KB_VERDICT_AT_RISK,
    KB_VERDICT_GETTING_OLD,
    KB_VERDICT_SAFE,
} KbVerdict;

/**
 * KbStatus:
 * @verdict: the one thing that the person wants to know
 * @home: the path of the data folder
 * @has_database: whether there is a database file
 * @data_version: (nullable): the version of the data
 * @installed_version: (nullable): the version of the program, where one was found
 * @agreement: what the one means for the other
 * @homes: (element-type KbFound): the data folders of this computer, the one looked at first
 * @found: (nullable): the first of @homes
 * @look: what the server does, and how it would be stopped
 * @summary: (nullable): what is in the database, where it could be read
 * @device_id: (nullable): which device this is, as in #KbSummary
 * @database_bytes: the size of the database
 * @free_bytes: what the disk with the data has left, or 0 when that cannot be known
 * @sqlite_version: the version of SQLite, as "3.40.1"
 * @newest: (nullable): the newest backup that could be restored
 * @n_backups: how many backups there are, kept databases not counted
 * @pruning: (nullable): what Kolibri will delete of them
 */
typedef struct {
    KbVerdict verdict;
    char *home;
    gboolean has_database;
    char *data_version;
    char *installed_version;
    KbAgreement agreement;
    GPtrArray *homes;
    const KbFound *found;
    KbServerLook *look;
    KbSummary *summary;
    char *device_id;
    guint64 database_bytes;
    guint64 free_bytes;
    const char *sqlite_version;
    KbEntry *newest;
    guint n_backups;
    KbPruning *pruning;
} KbStatus;

KbStatus *kb_status_new_unknown (const char *home);
KbStatus *kb_status_read (const KbHome *home,
                          const GPtrArray *entries,
                          unsigned old_after_days,
                          GCancellable *cancellable);
KbSummary *kb_status_read_summary (const KbHome *home, GCancellable *cancellable);
void kb_status_free (KbStatus *self);
const char *kb_verdict_to_string (KbVerdict verdict);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbStatus, kb_status_free)

G_END_DECLS
