/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-guide-record.h"
#include "kb-status.h"

G_BEGIN_DECLS

/* A backup this old no longer holds what was done of late. */
#define KB_GUIDE_FRESH_HOURS 24

/**
 * KbGuideState:
 * @KB_GUIDE_LATER: another step comes first
 * @KB_GUIDE_NOW: this is the next one
 * @KB_GUIDE_DONE: it is done, or was left out
 * @KB_GUIDE_FAILED: it is the next one, and what was tried did not work
 *
 * How far a step is.
 */
typedef enum {
    KB_GUIDE_LATER,
    KB_GUIDE_NOW,
    KB_GUIDE_DONE,
    KB_GUIDE_FAILED,
} KbGuideState;

/**
 * KbGuideStep:
 * @kind: what is to be done
 * @state: how far it is
 */
typedef struct {
    KbGuideStepKind kind;
    KbGuideState state;
} KbGuideStep;

/**
 * KbGuideProblem:
 * @KB_GUIDE_PROBLEM_NONE: there is a way
 * @KB_GUIDE_PROBLEM_NO_DATA: there is no data, or its version is not known
 * @KB_GUIDE_PROBLEM_NO_BACKUP: no backup is of an older version
 * @KB_GUIDE_PROBLEM_NOT_OLDER: the version asked for is not older than the data
 *
 * Why there are no steps.
 */
typedef enum {
    KB_GUIDE_PROBLEM_NONE,
    KB_GUIDE_PROBLEM_NO_DATA,
    KB_GUIDE_PROBLEM_NO_BACKUP,
    KB_GUIDE_PROBLEM_NOT_OLDER,
} KbGuideProblem;

/**
 * KbGuideHint:
 * @KB_GUIDE_HINT_NONE: nothing to say
 * @KB_GUIDE_HINT_BACK_UP: an upgrade is waiting, and there is no fresh backup
 * @KB_GUIDE_HINT_START: an upgrade is waiting, and there is a fresh backup
 * @KB_GUIDE_HINT_TOO_OLD: the program is older than the data
 * @KB_GUIDE_HINT_GO_ON: a guide has been begun
 * @KB_GUIDE_HINT_FINISHED: a guide that was begun has come to its end
 *
 * What is worth telling without being asked.
 */
typedef enum {
    KB_GUIDE_HINT_NONE,
    KB_GUIDE_HINT_BACK_UP,
    KB_GUIDE_HINT_START,
    KB_GUIDE_HINT_TOO_OLD,
    KB_GUIDE_HINT_GO_ON,
    KB_GUIDE_HINT_FINISHED,
} KbGuideHint;

/**
 * KbGuideFacts:
 * @kind: where the person wants to be led to
 * @install: how Kolibri was installed
 * @program_version: (nullable): the version of the program that would be started
 * @data_version: (nullable): what `.data_version` says: the last upgrade that was completed
 * @true_version: (nullable): the version of the data, as in #KbStatus
 * @server: what the server does
 * @entries: (element-type KbEntry): the backups, newest first
 * @record: (nullable): what is remembered
 * @copy: (nullable): the copy that @record tells of, where it can be read
 * @found: (nullable): while no backup here will do, one on a drive
 * @wanted_version: (nullable): the version that the person wants to go back to
 * @now: the local time
 *
 * What a guide is planned from. All borrowed.
 */
typedef struct {
    KbGuideKind kind;
    KbInstallKind install;
    const char *program_version;
    const char *data_version;
    const char *true_version;
    KbServerState server;
    const GPtrArray *entries;
    const KbGuideRecord *record;
    KbEntry *copy;
    KbEntry *found;
    const char *wanted_version;
    GDateTime *now;
} KbGuideFacts;

/**
 * KbGuide:
 * @kind: where it leads to
 * @install: how Kolibri was installed
 * @problem: why there are no steps
 * @n_steps: how many there are
 * @steps: the steps, in their order
 * @is_finished: whether all are done
 * @is_upgrading: whether Kolibri seems to upgrade the data just now
 * @hint: what is worth telling without being asked
 * @program_version: (nullable): the version of the program
 * @from_version: (nullable): the version in the beginning: of the data, or of the program where
 *     that was newer
 * @to_version: (nullable): the version to install; %NULL for any newer one
 * @versions: (element-type utf8): the older versions that backups offer, newest first
 * @backup: (nullable): the backup that matters: to go back to
 * @backup_is_here: whether @backup is in the list; else @backup is a copy elsewhere
 * @today: (nullable): the backup of the present data
 * @automatic: (nullable): the backup that Kolibri made itself before the upgrade
 * @copy: (nullable): where a copy of @backup is
 * @skipped: bits, 1 << #KbGuideStepKind: what the person did by hand, or left out
 * @record_problem: 0, or the code of why the record could not be read: the guide began anew
 *
 * The steps of an upgrade or of the way back, and how far they are. Never changes once made.
 */
typedef struct {
    KbGuideKind kind;
    KbInstallKind install;
    KbGuideProblem problem;
    guint n_steps;
    KbGuideStep steps[KB_N_GUIDE_STEPS];
    gboolean is_finished;
    gboolean is_upgrading;
    KbGuideHint hint;
    char *program_version;
    char *from_version;
    char *to_version;
    GPtrArray *versions;
    KbEntry *backup;
    gboolean backup_is_here;
    KbEntry *today;
    KbEntry *automatic;
    char *copy;
    unsigned skipped;
    int record_problem;
} KbGuide;

KbGuide *kb_guide_new (const KbGuideFacts *facts);
KbGuide *kb_guide_read (const KbHome *home,
                        const KbStatus *status,
                        const GPtrArray *entries,
                        const KbGuideKind *kind,
                        const char *wanted_version,
                        GCancellable *cancellable);
KbGuide *kb_guide_ref (KbGuide *self);
void kb_guide_unref (KbGuide *self);
const KbGuideStep *kb_guide_get_step (const KbGuide *self, KbGuideStepKind kind);
const KbGuideStep *kb_guide_get_next (const KbGuide *self);
gboolean kb_guide_can_skip (const KbGuide *self, const KbGuideStep *step);

gboolean kb_guide_begin (const KbGuide *self, const KbHome *home, GError **error);
gboolean
kb_guide_skip (const KbGuide *self, const KbHome *home, KbGuideStepKind step, GError **error);

const char *kb_guide_state_to_string (KbGuideState state);
const char *kb_guide_problem_to_string (KbGuideProblem problem);
const char *kb_guide_hint_to_string (KbGuideHint hint);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbGuide, kb_guide_unref)

G_END_DECLS
