/* SPDX-License-Identifier: MIT */
#include "kb-header.h"

#include "kb-error.h"
#include "kb-json.h"

#include <string.h>

#define FORMAT_NUMBER 1

static const char *const origins[] = {
    [KB_ORIGIN_UNKNOWN] = "unknown",
    [KB_ORIGIN_MANUAL] = "manual",
    [KB_ORIGIN_AUTOMATIC] = "automatic",
    [KB_ORIGIN_BEFORE_RESTORE] = "before-restore",
};

/**
 * kb_origin_to_string:
 * @origin: an origin
 *
 * Returns: its name for files and machines
 */
const char *
kb_origin_to_string (KbOrigin origin)
{
    return origins[origin];
}

/**
 * kb_origin_from_string:
 * @text: (nullable): what kb_origin_to_string() gave, or anything
 *
 * Returns: the origin; %KB_ORIGIN_UNKNOWN for what is none
 */
KbOrigin
kb_origin_from_string (const char *text)
{
    for (size_t i = 0; i < G_N_ELEMENTS (origins); i++)
        if (g_strcmp0 (text, origins[i]) == 0)
            return (KbOrigin) i;
    return KB_ORIGIN_UNKNOWN;
}

/**
 * kb_header_new:
 *
 * Returns: (transfer full): a header that says nothing yet
 */
KbHeader *
kb_header_new (void)
{
    KbHeader *self = g_new0 (KbHeader, 1);

    self->summary = kb_summary_new();
    return self;
}

/**
 * kb_header_free:
 * @self: (nullable) (transfer full): a header
 */
void
kb_header_free (KbHeader *self)
{
    if (self == NULL)
        return;
    g_free (self->program_version);
    g_free (self->kolibri_version);
    g_clear_pointer (&self->time, g_date_time_unref);
    kb_summary_free (self->summary);
    g_free (self->encoding);
    g_free (self);
}

static void
set_string (JsonObject *object, const char *member, const char *value)
{
    if (value != NULL)
        json_object_set_string_member (object, member, value);
}

/* The time twice: in UTC, by which the list sorts, and as the clock on the wall said. */
static void
set_times (JsonObject *object, GDateTime *time)
{
    g_autoptr (GDateTime) utc = g_date_time_to_utc (time);
    g_autofree char *utc_text = g_date_time_format (utc, "%Y-%m-%dT%H:%M:%SZ");
    g_autofree char *local_text = g_date_time_format (time, "%Y-%m-%dT%H:%M:%S%:z");

    json_object_set_string_member (object, "utc", utc_text);
    json_object_set_string_member (object, "local", local_text);
}

/**
 * kb_header_format:
 * @self: a header with a time
 *
 * Writes the first line of a dump: docs/format.md.
 *
 * Returns: (transfer full): the line, with its newline
 */
char *
kb_header_format (const KbHeader *self)
{
    g_autoptr (JsonObject) object = json_object_new();

    json_object_set_string_member (object, "program", "Kolibri Backup");
    set_string (object, "program_version", self->program_version);
    set_string (object, "kolibri", self->kolibri_version);
    set_times (object, self->time);
    json_object_set_string_member (object, "origin", kb_origin_to_string (self->origin));
    json_object_set_object_member (object, "summary", kb_summary_to_json (self->summary));
    set_string (object, "encoding", self->encoding);
    json_object_set_int_member (object, "page_size", self->page_size);
    if (self->user_version != 0)
        json_object_set_int_member (object, "user_version", self->user_version);
    if (self->application_id != 0)
        json_object_set_int_member (object, "application_id", self->application_id);

    g_autofree char *json = kb_json_to_ascii (object);
    return g_strdup_printf (KB_HEADER_PREFIX "%d %s\n", FORMAT_NUMBER, json);
}

static GDateTime *
parse_time (JsonObject *object)
{
    g_autofree char *local = kb_json_dup_string (object, "local");
    g_autofree char *utc = kb_json_dup_string (object, "utc");
    GDateTime *time = local != NULL ? g_date_time_new_from_iso8601 (local, NULL) : NULL;

    if (time == NULL && utc != NULL)
        time = g_date_time_new_from_iso8601 (utc, NULL);
    return time;
}

/**
 * kb_header_parse:
 * @line: the first line of a file, at most %KB_HEADER_MAX_BYTES; not trusted
 * @length: its length in bytes, with or without the newline
 * @error: return location for a #GError
 *
 * Reads the first line of a dump of ours. What is missing or does not fit stays unset.
 *
 * Errors: %KB_ERROR_NOT_A_BACKUP when it is no such line, %KB_ERROR_TOO_NEW when a newer Kolibri
 * Backup has written it.
 *
 * Returns: (transfer full): the header
 */
KbHeader *
kb_header_parse (const char *line, gsize length, GError **error)
{
    const size_t prefix = strlen (KB_HEADER_PREFIX);
    gsize at = prefix;
    unsigned number = 0;

    if (length <= prefix || memcmp (line, KB_HEADER_PREFIX, prefix) != 0) {
        g_set_error (error, KB_ERROR, KB_ERROR_NOT_A_BACKUP, "read first line: not ours");
        return NULL;
    }
    while (at < length && at < prefix + 6 && g_ascii_isdigit (line[at]))
        number = number * 10 + (unsigned) g_ascii_digit_value (line[at++]);
    if (number > FORMAT_NUMBER) {
        kb_error_set_version (error, KB_ERROR_TOO_NEW, NULL,
                              "read first line: made by a newer Kolibri Backup");
        return NULL;
    }

    g_autoptr (JsonObject) object =
        number == FORMAT_NUMBER ? kb_json_parse_object (line + at, length - at) : NULL;
    if (object == NULL) {
        g_set_error (error, KB_ERROR, KB_ERROR_NOT_A_BACKUP, "read first line: damaged");
        return NULL;
    }

    g_autofree char *origin = kb_json_dup_string (object, "origin");
    JsonObject *summary = kb_json_get_object (object, "summary");
    KbHeader *self = g_new0 (KbHeader, 1);
    self->program_version = kb_json_dup_string (object, "program_version");
    self->kolibri_version = kb_json_dup_string (object, "kolibri");
    self->time = parse_time (object);
    self->origin = kb_origin_from_string (origin);
    self->summary = summary != NULL ? kb_summary_from_json (summary) : kb_summary_new();
    self->encoding = kb_json_dup_string (object, "encoding");
    self->page_size = kb_json_get_int (object, "page_size", 0);
    self->user_version = kb_json_get_int (object, "user_version", 0);
    self->application_id = kb_json_get_int (object, "application_id", 0);
    return self;
}

/**
 * kb_footer_new:
 *
 * Returns: (transfer full): a footer without rows
 */
KbFooter *
kb_footer_new (void)
{
    KbFooter *self = g_new0 (KbFooter, 1);

    self->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    return self;
}

/**
 * kb_footer_free:
 * @self: (nullable) (transfer full): a footer
 */
void
kb_footer_free (KbFooter *self)
{
    if (self == NULL)
        return;
    g_free (self->checksum);
    g_hash_table_unref (self->rows);
    g_free (self);
}

/**
 * kb_footer_count_row:
 * @self: a footer
 * @table: the name of a table
 *
 * Counts one row more of @table.
 */
void
kb_footer_count_row (KbFooter *self, const char *table)
{
    gint64 *count = g_hash_table_lookup (self->rows, table);

    if (count == NULL) {
        count = g_new0 (gint64, 1);
        g_hash_table_insert (self->rows, g_strdup (table), count);
    }
    ++*count;
}

static gboolean
counts_are_in (GHashTable *rows, GHashTable *others)
{
    GHashTableIter iter;
    gpointer table;
    gpointer value;

    g_hash_table_iter_init (&iter, rows);
    while (g_hash_table_iter_next (&iter, &table, &value)) {
        const gint64 *other = g_hash_table_lookup (others, table);
        if (*(const gint64 *) value != (other != NULL ? *other : 0))
            return FALSE;
    }
    return TRUE;
}

/**
 * kb_footer_rows_fit:
 * @self: the footer of a dump
 * @counted: what was counted while the dump was read
 *
 * Compares the rows of each table. A footer without rows fits everything: kb_footer_format().
 *
 * Returns: %TRUE if they are as many
 */
gboolean
kb_footer_rows_fit (const KbFooter *self, const KbFooter *counted)
{
    if (g_hash_table_size (self->rows) == 0)
        return TRUE;
    return counts_are_in (self->rows, counted->rows) && counts_are_in (counted->rows, self->rows);
}

/**
 * kb_footer_equal:
 * @a: a footer
 * @b: another
 *
 * Returns: %TRUE if both say the same, tables without rows included
 */
gboolean
kb_footer_equal (const KbFooter *a, const KbFooter *b)
{
    GHashTableIter iter;
    gpointer table;

    if (a->bytes != b->bytes || g_strcmp0 (a->checksum, b->checksum) != 0 ||
        g_hash_table_size (a->rows) != g_hash_table_size (b->rows))
        return FALSE;
    g_hash_table_iter_init (&iter, a->rows);
    while (g_hash_table_iter_next (&iter, &table, NULL))
        if (!g_hash_table_contains (b->rows, table))
            return FALSE;
    return counts_are_in (a->rows, b->rows);
}

static JsonObject *
rows_to_json (GHashTable *rows)
{
    JsonObject *object = json_object_new();
    g_autoptr (GList) names = g_list_sort (g_hash_table_get_keys (rows), (GCompareFunc) strcmp);

    for (GList *l = names; l != NULL; l = l->next) {
        const gint64 *count = g_hash_table_lookup (rows, l->data);
        json_object_set_int_member (object, l->data, *count);
    }
    return object;
}

/**
 * kb_footer_format:
 * @self: a footer with a checksum
 *
 * Writes the last line of a dump: docs/format.md. A database with so many tables that the line
 * would pass %KB_FOOTER_MAX_BYTES gets a line that says `too_many_tables` instead of the rows.
 *
 * Returns: (transfer full): the line, with its newline
 */
char *
kb_footer_format (const KbFooter *self)
{
    g_autoptr (JsonObject) object = json_object_new();

    json_object_set_int_member (object, "bytes", (gint64) self->bytes);
    json_object_set_string_member (object, "xxh3_128", self->checksum);
    json_object_set_object_member (object, "rows", rows_to_json (self->rows));

    char *json = kb_json_to_ascii (object);
    if (strlen (json) + strlen (KB_FOOTER_PREFIX) + 1 > KB_FOOTER_MAX_BYTES) {
        json_object_remove_member (object, "rows");
        json_object_set_boolean_member (object, "too_many_tables", TRUE);
        g_free (json);
        json = kb_json_to_ascii (object);
    }
    char *line = g_strconcat (KB_FOOTER_PREFIX, json, "\n", NULL);
    g_free (json);
    return line;
}

static void
take_row_count (G_GNUC_UNUSED JsonObject *object,
                const char *table,
                JsonNode *node,
                gpointer user_data)
{
    GHashTable *rows = user_data;

    if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64) {
        gint64 count = json_node_get_int (node);
        g_hash_table_insert (rows, g_strdup (table), g_memdup2 (&count, sizeof count));
    }
}

/* The last line is the only one that no checksum covers. We write it without white space and with
 * plain numbers; what JSON lets pass besides is damage. */
static gboolean
is_compact (const char *json, gsize length)
{
    gboolean in_string = FALSE;

    for (gsize i = 0; i < length; i++) {
        if (json[i] == '"')
            in_string = !in_string;
        else if (in_string && json[i] == '\\')
            i++;
        else if (!in_string && g_ascii_isspace (json[i]))
            return FALSE;
        else if (!in_string && json[i] == '0' && i > 0 && !g_ascii_isalnum (json[i - 1]) &&
                 i + 1 < length && g_ascii_isalnum (json[i + 1]))
            return FALSE;
    }
    return TRUE;
}

/**
 * kb_footer_parse:
 * @line: the last line of a file, at most %KB_FOOTER_MAX_BYTES; not trusted
 * @length: its length in bytes, with or without the newline
 *
 * Reads the last line of a dump of ours.
 *
 * Returns: (transfer full) (nullable): the footer, or %NULL when it is no such line
 */
KbFooter *
kb_footer_parse (const char *line, gsize length)
{
    const size_t prefix = strlen (KB_FOOTER_PREFIX);

    if (length > 0 && line[length - 1] == '\n')
        length--;
    if (length <= prefix || memcmp (line, KB_FOOTER_PREFIX, prefix) != 0 ||
        !is_compact (line + prefix, length - prefix))
        return NULL;
    g_autoptr (JsonObject) object = kb_json_parse_object (line + prefix, length - prefix);
    if (object == NULL)
        return NULL;
    g_autofree char *checksum = kb_json_dup_string (object, "xxh3_128");
    JsonObject *rows = kb_json_get_object (object, "rows");
    if (checksum == NULL || (rows == NULL && !json_object_has_member (object, "too_many_tables")))
        return NULL;

    KbFooter *self = kb_footer_new();
    self->bytes = (guint64) MAX (0, kb_json_get_int (object, "bytes", 0));
    self->checksum = g_steal_pointer (&checksum);
    if (rows != NULL)
        json_object_foreach_member (rows, take_row_count, self->rows);
    return self;
}
