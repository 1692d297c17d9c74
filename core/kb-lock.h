/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-home.h"

G_BEGIN_DECLS

/**
 * KbLock:
 *
 * The right to change one data folder. Only one process of ours holds it; it says nothing about
 * Kolibri, which knows no such lock.
 */
typedef struct _KbLock KbLock;

KbLock *kb_lock_acquire (const KbHome *home, const KbOwner *owner, GError **error);
void kb_lock_release (KbLock *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbLock, kb_lock_release)

G_END_DECLS
