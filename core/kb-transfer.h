/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-progress.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* How many names are tried before giving up. */
#define KB_TRANSFER_NAME_TRIES 100

gboolean kb_transfer_run (int from,
                          const char *from_path,
                          int to,
                          const char *to_path,
                          KbProgress *progress,
                          GCancellable *cancellable,
                          GError **error);
gboolean kb_transfer_compare (int from,
                              const char *from_path,
                              const char *path,
                              gboolean *is_equal,
                              GCancellable *cancellable,
                              GError **error);
gboolean kb_transfer_refuse_journals (const char *path, GError **error);
char *kb_transfer_make_name (const char *name, int number);

G_END_DECLS
