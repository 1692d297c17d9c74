/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-progress.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * KbTalk:
 *
 * What the caller hears on standard output and says on standard input.
 */
typedef struct _KbTalk KbTalk;

KbTalk *kb_talk_new (void);
void kb_talk_free (KbTalk *self);
void kb_talk_begin (KbTalk *self);
void kb_talk_end (KbTalk *self);
KbProgress *kb_talk_get_progress (KbTalk *self);
GCancellable *kb_talk_get_cancellable (KbTalk *self);
gboolean kb_talk_say (KbTalk *self, const char *member, JsonObject *object);
gboolean kb_talk_say_number (KbTalk *self, const char *member, gint64 number);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbTalk, kb_talk_free)

G_END_DECLS
