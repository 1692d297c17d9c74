/* SPDX-License-Identifier: MIT */
/* kb-json: what it takes, it writes in ASCII and takes again. */
#include "kb-fuzz.h"
#include "kb-json.h"

#include <string.h>

static void
look_at (JsonObject *object, const char *member, G_GNUC_UNUSED JsonNode *node, gpointer user_data)
{
    g_autofree char *text = kb_json_dup_string (object, member);
    unsigned *n = user_data;

    g_assert_true (text == NULL || g_utf8_validate (text, -1, NULL));
    kb_json_get_int (object, member, 0);
    kb_json_get_object (object, member);
    ++*n;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    g_autoptr (JsonObject) object = kb_json_parse_object ((const char *) data, size);
    unsigned n = 0;

    if (object == NULL)
        return 0;
    json_object_foreach_member (object, look_at, &n);
    g_autofree char *first = kb_json_to_ascii (object);
    for (const char *c = first; *c != '\0'; c++)
        g_assert_true (*c >= 0x20 && *c < 0x7f);
    if (strstr (first, "inf") != NULL) /* JSON has no infinity; we never write a real */
        return 0;
    g_autoptr (JsonObject) again = kb_json_parse_object (first, strlen (first));
    g_assert_nonnull (again);
    g_autofree char *second = kb_json_to_ascii (again);
    g_assert_cmpstr (first, ==, second);
    return 0;
}
