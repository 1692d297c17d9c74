/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-platform.h"
#include "kb-progress.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define KB_PART_SUFFIX ".part"

/* What is left for others on a disk, and for what an estimate does not know of. */
#define KB_FILE_SPACE_RESERVE ((uint64_t) 8 * 1024 * 1024)

/* A descriptor that closes itself at the end of the block. */
typedef int KbFd;
void kb_fd_close (KbFd fd);
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (KbFd, kb_fd_close, -1)

gboolean
kb_file_write_all (int fd, const void *bytes, size_t size_bytes, const char *path, GError **error);
gssize kb_file_read (int fd, void *bytes, size_t size_bytes, const char *path, GError **error);
char *kb_file_read_text (const char *path, size_t max_bytes, gsize *length, GError **error);
gboolean kb_file_save_text (const char *path,
                            const char *text,
                            gsize length,
                            const KbOwner *owner,
                            GError **error);
gboolean kb_file_copy_bytes (int from,
                             int to,
                             const char *path,
                             KbProgress *progress,
                             KbPhase phase,
                             GCancellable *cancellable,
                             GError **error);
gboolean kb_file_copy (const char *from_path,
                       const char *to_path,
                       const KbOwner *owner,
                       KbProgress *progress,
                       GCancellable *cancellable,
                       GError **error);
KbNaming kb_file_link_or_copy (const char *path,
                               const char *link_path,
                               const KbOwner *owner,
                               GCancellable *cancellable,
                               GError **error);
gboolean kb_file_look (const char *path, gboolean *found, GError **error);
gboolean kb_file_is_same (const char *a, const char *b);
uint64_t kb_file_size (const char *path);
gboolean kb_file_require_space (const char *dir, uint64_t needed, GError **error);
gint64 kb_file_mtime (const char *path);
gboolean kb_file_remove_tree (const char *path, GError **error);
gboolean kb_file_sync (const char *path, GError **error);
gboolean kb_file_sync_parent (const char *path, GError **error);

G_END_DECLS
