/* SPDX-License-Identifier: MIT */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * KbSummary:
 * @device_name: (nullable): the name of the device, since Kolibri 0.14
 * @device_id: (nullable): which device it was last used on, as kb_morango_read_device_id() tells
 * @facility_name: (nullable): the name of the first facility
 * @facilities: how many facilities
 * @classes: how many classes
 * @learners: users who are neither coach nor admin, deleted ones not counted
 * @coaches: users who are coach or admin somewhere
 * @lessons: how many lessons
 * @quizzes: how many quizzes, drafts not counted
 * @exercises: answers that learners have given
 * @last_activity: (nullable): the last moment that somebody did something, in UTC; clocks of
 *     offline devices are often wrong
 *
 * What a person wants to know of a database. A count that is not known is -1.
 */
typedef struct {
    char *device_name;
    char *device_id;
    char *facility_name;
    gint64 facilities;
    gint64 classes;
    gint64 learners;
    gint64 coaches;
    gint64 lessons;
    gint64 quizzes;
    gint64 exercises;
    GDateTime *last_activity;
} KbSummary;

KbSummary *kb_summary_new (void);
KbSummary *kb_summary_copy (const KbSummary *self);
void kb_summary_free (KbSummary *self);
const char *kb_summary_get_title (const KbSummary *self);

gboolean kb_summary_is_of_other_device (const KbSummary *a, const KbSummary *b);

JsonObject *kb_summary_to_json (const KbSummary *self);
KbSummary *kb_summary_from_json (JsonObject *object);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbSummary, kb_summary_free)

G_END_DECLS
