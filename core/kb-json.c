/* SPDX-License-Identifier: MIT */
#include "kb-json.h"

#include <string.h>

#define MAX_DEPTH 8
#define MAX_STRING_CHARS 512

/* json-glib 1.6 recurses once a bracket and ends the program when the stack does. */
static gboolean
nests_too_deep (const char *text, gsize length)
{
    unsigned depth = 0;
    gboolean in_string = FALSE;

    for (gsize i = 0; i < length; i++) {
        if (in_string) {
            if (text[i] == '\\')
                i++;
            else if (text[i] == '"')
                in_string = FALSE;
        } else if (text[i] == '"') {
            in_string = TRUE;
        } else if (text[i] == '\'' || text[i] == '/') {
            return TRUE; /* json-glib reads comments and such quotes, which may hide a bracket */
        } else if (text[i] == '[' || text[i] == '{') {
            if (++depth > MAX_DEPTH)
                return TRUE;
        } else if ((text[i] == ']' || text[i] == '}') && depth > 0) {
            depth--;
        }
    }
    return FALSE;
}

/**
 * kb_json_parse_object:
 * @text: what may be JSON; not trusted
 * @length: its length in bytes, which the caller has bounded
 *
 * Parses one JSON object. For text from files of strangers: depth is bounded, and nothing but an
 * object passes.
 *
 * Returns: (transfer full) (nullable): the object, or %NULL when it is none
 */
JsonObject *
kb_json_parse_object (const char *text, gsize length)
{
    g_autoptr (JsonParser) parser = json_parser_new();

    if (memchr (text, '\0', length) != NULL || !g_utf8_validate_len (text, length, NULL) ||
        nests_too_deep (text, length) ||
        !json_parser_load_from_data (parser, text, (gssize) length, NULL))
        return NULL;

    JsonNode *root = json_parser_get_root (parser);
    if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
        return NULL;
    return json_node_dup_object (root);
}

/**
 * kb_json_dup_string:
 * @object: an object
 * @member: the name of a member
 *
 * Reads a string for people: one line of at most 512 characters.
 *
 * Returns: (transfer full) (nullable): the string, or %NULL when it is missing, empty or no string
 */
char *
kb_json_dup_string (JsonObject *object, const char *member)
{
    JsonNode *node = json_object_get_member (object, member);

    if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) ||
        json_node_get_value_type (node) != G_TYPE_STRING || *json_node_get_string (node) == '\0')
        return NULL;

    g_autofree char *valid = g_utf8_make_valid (json_node_get_string (node), -1);
    char *text = g_utf8_substring (valid, 0, MIN (g_utf8_strlen (valid, -1), MAX_STRING_CHARS));
    for (char *c = text; *c != '\0'; c++)
        if (g_ascii_iscntrl (*c))
            *c = ' ';
    return text;
}

/**
 * kb_json_get_int:
 * @object: an object
 * @member: the name of a member
 * @fallback: the result when it is missing or no integer
 *
 * Returns: the integer
 */
gint64
kb_json_get_int (JsonObject *object, const char *member, gint64 fallback)
{
    JsonNode *node = json_object_get_member (object, member);

    if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) ||
        json_node_get_value_type (node) != G_TYPE_INT64)
        return fallback;
    return json_node_get_int (node);
}

/**
 * kb_json_get_object:
 * @object: an object
 * @member: the name of a member
 *
 * Returns: (transfer none) (nullable): the object within, or %NULL when it is missing or none
 */
JsonObject *
kb_json_get_object (JsonObject *object, const char *member)
{
    JsonNode *node = json_object_get_member (object, member);

    return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static void
append_escaped (GString *out, gunichar c)
{
    if (c < 0x10000) {
        g_string_append_printf (out, "\\u%04x", c);
        return;
    }
    c -= 0x10000;
    g_string_append_printf (out, "\\u%04x\\u%04x", 0xd800 + (c >> 10), 0xdc00 + (c & 0x3ff));
}

/**
 * kb_json_to_ascii:
 * @object: an object
 *
 * Writes JSON in one line that holds nothing but printable ASCII, so that it survives every tool
 * that a dump may pass through. json-glib escapes neither letters beyond ASCII nor DEL.
 *
 * Returns: (transfer full): the text
 */
char *
kb_json_to_ascii (JsonObject *object)
{
    g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc(), object);
    g_autofree char *written = json_to_string (node, FALSE);
    g_autofree char *text = g_utf8_make_valid (written, -1); /* it reads half a surrogate pair */
    GString *out = g_string_sized_new (strlen (text));

    for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at)) {
        gunichar c = g_utf8_get_char (at);
        if (c >= 0x20 && c < 0x7f)
            g_string_append_c (out, (char) c);
        else
            append_escaped (out, c);
    }
    return g_string_free (out, FALSE);
}
