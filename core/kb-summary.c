/* SPDX-License-Identifier: MIT */
#include "kb-summary.h"

#include "kb-json.h"

/* The counts, under the names that they have in JSON. */
static const struct {
    const char *name;
    size_t offset;
} counts[] = {
    {"facilities", G_STRUCT_OFFSET (KbSummary, facilities)},
    {"classes", G_STRUCT_OFFSET (KbSummary, classes)},
    {"learners", G_STRUCT_OFFSET (KbSummary, learners)},
    {"coaches", G_STRUCT_OFFSET (KbSummary, coaches)},
    {"lessons", G_STRUCT_OFFSET (KbSummary, lessons)},
    {"quizzes", G_STRUCT_OFFSET (KbSummary, quizzes)},
    {"exercises", G_STRUCT_OFFSET (KbSummary, exercises)},
};

/**
 * kb_summary_new:
 *
 * Returns: (transfer full): a summary in which nothing is known
 */
KbSummary *
kb_summary_new (void)
{
    KbSummary *self = g_new0 (KbSummary, 1);

    for (size_t i = 0; i < G_N_ELEMENTS (counts); i++)
        G_STRUCT_MEMBER (gint64, self, counts[i].offset) = -1;
    return self;
}

/**
 * kb_summary_copy:
 * @self: (nullable): a summary
 *
 * Returns: (transfer full) (nullable): the same once more
 */
KbSummary *
kb_summary_copy (const KbSummary *self)
{
    if (self == NULL)
        return NULL;

    KbSummary *copy = g_memdup2 (self, sizeof *self);
    copy->device_name = g_strdup (self->device_name);
    copy->device_id = g_strdup (self->device_id);
    copy->facility_name = g_strdup (self->facility_name);
    if (self->last_activity != NULL)
        g_date_time_ref (copy->last_activity);
    return copy;
}

/**
 * kb_summary_free:
 * @self: (nullable) (transfer full): a summary
 */
void
kb_summary_free (KbSummary *self)
{
    if (self == NULL)
        return;
    g_free (self->device_name);
    g_free (self->device_id);
    g_free (self->facility_name);
    g_clear_pointer (&self->last_activity, g_date_time_unref);
    g_free (self);
}

/**
 * kb_summary_get_title:
 * @self: a summary
 *
 * Returns: (nullable): what to call this data: the device's name, else the facility's
 */
const char *
kb_summary_get_title (const KbSummary *self)
{
    return self->device_name != NULL ? self->device_name : self->facility_name;
}

/**
 * kb_summary_is_of_other_device:
 * @a: (nullable): what is in a database
 * @b: (nullable): what is in another
 *
 * Says whether two databases were last used on different devices. Whoever brings the data of one
 * device to another has to know that name and identity come along, and that both must not sync.
 *
 * Returns: %TRUE if that is certain; %FALSE also when one of them does not say
 */
gboolean
kb_summary_is_of_other_device (const KbSummary *a, const KbSummary *b)
{
    return a != NULL && b != NULL && a->device_id != NULL && b->device_id != NULL &&
           g_strcmp0 (a->device_id, b->device_id) != 0;
}

/**
 * kb_summary_to_json:
 * @self: a summary
 *
 * Returns: (transfer full): an object with what is known, as docs/format.md lays down
 */
JsonObject *
kb_summary_to_json (const KbSummary *self)
{
    JsonObject *object = json_object_new();

    if (self->device_name != NULL)
        json_object_set_string_member (object, "device", self->device_name);
    if (self->device_id != NULL)
        json_object_set_string_member (object, "device_id", self->device_id);
    if (self->facility_name != NULL)
        json_object_set_string_member (object, "facility", self->facility_name);
    for (size_t i = 0; i < G_N_ELEMENTS (counts); i++) {
        gint64 count = G_STRUCT_MEMBER (gint64, self, counts[i].offset);
        if (count >= 0)
            json_object_set_int_member (object, counts[i].name, count);
    }
    if (self->last_activity != NULL) {
        g_autofree char *text = g_date_time_format_iso8601 (self->last_activity);
        json_object_set_string_member (object, "last_activity", text);
    }
    return object;
}

/**
 * kb_summary_from_json:
 * @object: what kb_summary_to_json() made, or a stranger; members that do not fit are left out
 *
 * Returns: (transfer full): the summary
 */
KbSummary *
kb_summary_from_json (JsonObject *object)
{
    KbSummary *self = kb_summary_new();
    g_autofree char *last_activity = kb_json_dup_string (object, "last_activity");

    self->device_name = kb_json_dup_string (object, "device");
    self->device_id = kb_json_dup_string (object, "device_id");
    self->facility_name = kb_json_dup_string (object, "facility");
    for (size_t i = 0; i < G_N_ELEMENTS (counts); i++)
        G_STRUCT_MEMBER (gint64, self, counts[i].offset) =
            MAX (-1, kb_json_get_int (object, counts[i].name, -1));
    if (last_activity != NULL)
        self->last_activity = g_date_time_new_from_iso8601 (last_activity, NULL);
    return self;
}
