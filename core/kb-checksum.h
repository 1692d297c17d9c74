/* SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KbChecksum:
 *
 * XXH3-128 of bytes that come in pieces. It finds damage; it is no signature.
 */
typedef struct _KbChecksum KbChecksum;

KbChecksum *kb_checksum_new (void);
void kb_checksum_free (KbChecksum *self);
void kb_checksum_update (KbChecksum *self, const void *bytes, gsize size_bytes);
char *kb_checksum_to_string (KbChecksum *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbChecksum, kb_checksum_free)

G_END_DECLS
