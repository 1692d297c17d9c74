/* SPDX-License-Identifier: MIT */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

JsonObject *kb_json_parse_object (const char *text, gsize length);
char *kb_json_dup_string (JsonObject *object, const char *member);
gint64 kb_json_get_int (JsonObject *object, const char *member, gint64 fallback);
JsonObject *kb_json_get_object (JsonObject *object, const char *member);
char *kb_json_to_ascii (JsonObject *object);

G_END_DECLS
