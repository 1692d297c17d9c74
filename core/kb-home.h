/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-platform.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * KbHome:
 *
 * One data folder of Kolibri (KOLIBRI_HOME): where its parts are. It never changes after
 * kb_home_open(), so every thread may read it.
 */
typedef struct _KbHome KbHome;

KbHome *kb_home_open (const char *path, GError **error);
KbHome *kb_home_open_in (const char *root, const char *path, GError **error);
KbHome *kb_home_ref (KbHome *self);
void kb_home_unref (KbHome *self);

const char *kb_home_get_path (const KbHome *self);
const char *kb_home_get_root (const KbHome *self);
char *kb_home_find_program_version (const KbHome *self);
const char *kb_home_get_database (const KbHome *self);
const char *kb_home_get_scratch (const KbHome *self);
const char *kb_home_get_backups_dir (const KbHome *self);
const char *kb_home_get_protected_dir (const KbHome *self);
const char *kb_home_get_replaced_dir (const KbHome *self);
const char *kb_home_get_deleted_dir (const KbHome *self);
const char *kb_home_get_restore_ini (const KbHome *self);
const char *kb_home_get_url_prefix (const KbHome *self);
gboolean kb_home_uses_sqlite (const KbHome *self);
gboolean kb_home_has_database (const KbHome *self);
gboolean kb_home_looks_like_one (const KbHome *self);
gboolean kb_home_check_usable (const KbHome *self, GError **error);

gboolean kb_home_read_owner (const KbHome *self, KbOwner *owner, GError **error);
gboolean kb_home_make_backup_dirs (const KbHome *self, const KbOwner *owner, GError **error);
char *kb_home_read_data_version (const KbHome *self);
gboolean kb_home_load_data_version (const KbHome *self, char **version, GError **error);
gboolean kb_home_write_data_version (const KbHome *self,
                                     const char *version,
                                     const KbOwner *owner,
                                     GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbHome, kb_home_unref)

G_END_DECLS
