/* SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KbGuideKind:
 * @KB_GUIDE_UPGRADE: to a newer Kolibri
 * @KB_GUIDE_DOWNGRADE: back to an older one
 *
 * Where a person is led to.
 */
typedef enum {
    KB_GUIDE_UPGRADE,
    KB_GUIDE_DOWNGRADE,
    KB_N_GUIDES /*< skip >*/
} KbGuideKind;

/**
 * KbGuideStepKind:
 * @KB_GUIDE_STEP_BACKUP: back up the present data
 * @KB_GUIDE_STEP_COPY: copy what matters off this computer
 * @KB_GUIDE_STEP_INSTALL: install the other Kolibri
 * @KB_GUIDE_STEP_RESTORE: restore the backup that it can read
 * @KB_GUIDE_STEP_START: start Kolibri
 *
 * What is to be done, in its order. Only the way back restores.
 */
typedef enum {
    KB_GUIDE_STEP_BACKUP,
    KB_GUIDE_STEP_COPY,
    KB_GUIDE_STEP_INSTALL,
    KB_GUIDE_STEP_RESTORE,
    KB_GUIDE_STEP_START,
    KB_N_GUIDE_STEPS /*< skip >*/
} KbGuideStepKind;

/**
 * KbGuideRecord:
 * @kind: where the person is led to
 * @from_version: (nullable): the version of the data in the beginning
 * @to_version: (nullable): the version to install; %NULL for any newer one
 * @backup: (nullable): the name of the backup that matters
 * @copy: (nullable): where a copy of it is
 * @skipped: bits, 1 << #KbGuideStepKind: what the person did by hand, or left out
 * @is_restored: whether the backup has been restored
 *
 * What is remembered of a guide: what no file of Kolibri tells. It lies in the own data folder of
 * the person, not in Kolibri's: an uninstaller may delete all of that (facts, 0.9).
 */
typedef struct {
    KbGuideKind kind;
    char *from_version;
    char *to_version;
    char *backup;
    char *copy;
    unsigned skipped;
    gboolean is_restored;
} KbGuideRecord;

KbGuideRecord *kb_guide_record_load (const char *home, GError **error);
gboolean kb_guide_record_save (const KbGuideRecord *self, const char *home, GError **error);
gboolean kb_guide_record_remove (const char *home, GError **error);
gboolean
kb_guide_record_note_copy (const char *home, const char *backup, const char *copy, GError **error);
gboolean kb_guide_record_note_restore (const char *home, GError **error);
void kb_guide_record_free (KbGuideRecord *self);

const char *kb_guide_kind_to_string (KbGuideKind kind);
const char *kb_guide_step_to_string (KbGuideStepKind kind);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbGuideRecord, kb_guide_record_free)

G_END_DECLS
