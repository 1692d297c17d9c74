/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-home.h"
#include "kb-summary.h"

G_BEGIN_DECLS

/**
 * KbKept:
 * @name: the name of its folder within `protected/replaced/`
 * @dir: the path of that folder
 * @database: the path of the database in it
 * @data_version: (nullable): what `.data_version` said
 * @database_id: (nullable): Morango's id of the database, where it could be read
 * @time: (nullable): when it was replaced, in UTC
 * @was_damaged: whether it could not be opened any more, and was moved here with its journals
 * @was_used: whether an undo has brought it back once: then its id must not be used again
 * @summary: (nullable): what is in it
 * @size_bytes: the size of the database
 *
 * What a restore has replaced: a folder with the database and `kept.ini` (docs/format.md).
 */
typedef struct {
    char *name;
    char *dir;
    char *database;
    char *data_version;
    char *database_id;
    GDateTime *time;
    gboolean was_damaged;
    gboolean was_used;
    KbSummary *summary;
    guint64 size_bytes;
} KbKept;

KbKept *kb_kept_new (const KbHome *home, const char *data_version);
void kb_kept_free (KbKept *self);
char *kb_kept_part_dir (const KbKept *self);
gboolean
kb_kept_begin (const KbKept *self, const KbHome *home, const KbOwner *owner, GError **error);
gboolean kb_kept_save (const KbKept *self, const char *dir, const KbOwner *owner, GError **error);
gboolean kb_kept_publish (const KbKept *self, const KbHome *home, GError **error);
KbKept *kb_kept_load (const KbHome *home, const char *name, GError **error);
KbKept *kb_kept_find_latest (const KbHome *home, GError **error);
GPtrArray *kb_kept_list (const KbHome *home);
gboolean kb_kept_remove (const KbHome *home, const char *name, GError **error);

gboolean kb_kept_name_is_safe (const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbKept, kb_kept_free)

G_END_DECLS
