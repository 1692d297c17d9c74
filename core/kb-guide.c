/* SPDX-License-Identifier: MIT */
#include "kb-guide.h"

#include "kb-drive.h"
#include "kb-version.h"

#include <string.h>

/* Kolibri may be at work on an upgrade for so long after its automatic backup. */
#define UPGRADE_MINUTES 15

/**
 * kb_guide_state_to_string:
 * @state: how far a step is
 *
 * Returns: its name for machines
 */
const char *
kb_guide_state_to_string (KbGuideState state)
{
    static const char *const names[] = {
        [KB_GUIDE_LATER] = "later",
        [KB_GUIDE_NOW] = "now",
        [KB_GUIDE_DONE] = "done",
        [KB_GUIDE_FAILED] = "failed",
    };

    return names[state];
}

/**
 * kb_guide_problem_to_string:
 * @problem: why there are no steps
 *
 * Returns: its name for machines
 */
const char *
kb_guide_problem_to_string (KbGuideProblem problem)
{
    static const char *const names[] = {
        [KB_GUIDE_PROBLEM_NONE] = "none",
        [KB_GUIDE_PROBLEM_NO_DATA] = "no-data",
        [KB_GUIDE_PROBLEM_NO_BACKUP] = "no-backup",
        [KB_GUIDE_PROBLEM_NOT_OLDER] = "not-older",
    };

    return names[problem];
}

/**
 * kb_guide_hint_to_string:
 * @hint: what is worth telling
 *
 * Returns: its name for machines
 */
const char *
kb_guide_hint_to_string (KbGuideHint hint)
{
    static const char *const names[] = {
        [KB_GUIDE_HINT_NONE] = "none",   [KB_GUIDE_HINT_BACK_UP] = "back-up",
        [KB_GUIDE_HINT_START] = "start", [KB_GUIDE_HINT_TOO_OLD] = "too-old",
        [KB_GUIDE_HINT_GO_ON] = "go-on", [KB_GUIDE_HINT_FINISHED] = "finished",
    };

    return names[hint];
}

/**
 * kb_guide_ref:
 * @self: a guide
 *
 * Returns: (transfer full): the same
 */
KbGuide *
kb_guide_ref (KbGuide *self)
{
    return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
    KbGuide *self = data;

    g_free (self->program_version);
    g_free (self->from_version);
    g_free (self->to_version);
    g_clear_pointer (&self->versions, g_ptr_array_unref);
    kb_entry_unref (self->backup);
    kb_entry_unref (self->today);
    kb_entry_unref (self->automatic);
    g_free (self->copy);
}

/**
 * kb_guide_unref:
 * @self: (nullable) (transfer full): a guide
 */
void
kb_guide_unref (KbGuide *self)
{
    if (self != NULL)
        g_atomic_rc_box_release_full (self, clear);
}

/**
 * kb_guide_get_step:
 * @self: a guide
 * @kind: what is to be done
 *
 * Returns: (transfer none) (nullable): that step
 */
const KbGuideStep *
kb_guide_get_step (const KbGuide *self, KbGuideStepKind kind)
{
    for (guint i = 0; i < self->n_steps; i++)
        if (self->steps[i].kind == kind)
            return &self->steps[i];
    return NULL;
}

/**
 * kb_guide_get_next:
 * @self: a guide
 *
 * Returns: (transfer none) (nullable): the step that is to be done now; %NULL at the end
 */
const KbGuideStep *
kb_guide_get_next (const KbGuide *self)
{
    for (guint i = 0; i < self->n_steps; i++)
        if (self->steps[i].state == KB_GUIDE_NOW || self->steps[i].state == KB_GUIDE_FAILED)
            return &self->steps[i];
    return NULL;
}

/**
 * kb_guide_can_skip:
 * @self: a guide
 * @step: a step of it
 *
 * On the way back a restore keeps the present data in any case, and what is installed cannot always
 * be seen.
 *
 * Returns: %TRUE if the person may leave the step out, or say that it is done
 */
gboolean
kb_guide_can_skip (const KbGuide *self, const KbGuideStep *step)
{
    if (step->state != KB_GUIDE_NOW)
        return FALSE;
    return step->kind == KB_GUIDE_STEP_COPY ||
           (step->kind == KB_GUIDE_STEP_BACKUP && self->kind == KB_GUIDE_DOWNGRADE) ||
           (step->kind == KB_GUIDE_STEP_INSTALL && self->program_version == NULL);
}

/* Complete, and not known to be damaged. */
static gboolean
is_usable (const KbEntry *entry)
{
    return entry->state == KB_ENTRY_COMPLETE && entry->origin != KB_ORIGIN_BEFORE_RESTORE &&
           entry->time != NULL && entry->version != NULL &&
           (entry->check_result == NULL || strcmp (entry->check_result, "ok") == 0);
}

static gboolean
is_checked (const KbEntry *entry)
{
    return is_usable (entry) && entry->check_result != NULL;
}

static gboolean
is_fresh (const KbEntry *entry, const KbGuideFacts *facts)
{
    return g_date_time_difference (facts->now, entry->time) <=
           KB_GUIDE_FRESH_HOURS * G_TIME_SPAN_HOUR;
}

/* The newest checked backup of data of @version. Once that data can no longer be added to, its age
 * is no matter. */
static KbEntry *
find_today (const KbGuide *self, const KbGuideFacts *facts, const char *version, gboolean any_age)
{
    for (guint i = 0; i < facts->entries->len; i++) {
        KbEntry *entry = facts->entries->pdata[i];
        int order = kb_version_compare_release (entry->version, version);
        if (is_checked (entry) && (order == 0 || (order > 0 && self->kind == KB_GUIDE_DOWNGRADE)) &&
            (any_age || is_fresh (entry, facts)))
            return kb_entry_ref (entry);
    }
    return NULL;
}

/* What Kolibri made of the data from before, when the other program was first started. */
static KbEntry *
find_automatic (const KbGuide *self, const KbGuideFacts *facts)
{
    for (guint i = 0; i < facts->entries->len; i++) {
        KbEntry *entry = facts->entries->pdata[i];
        if (is_usable (entry) && !entry->is_ours && entry != self->today &&
            g_strcmp0 (entry->version, self->from_version) == 0 &&
            (self->today == NULL || g_date_time_compare (entry->time, self->today->time) >= 0))
            return kb_entry_ref (entry);
    }
    return NULL;
}

static KbEntry *
find_by_name (const GPtrArray *entries, const char *name)
{
    for (guint i = 0; i < entries->len && name != NULL; i++) {
        KbEntry *entry = entries->pdata[i];
        if (strcmp (entry->name, name) == 0)
            return kb_entry_ref (entry);
    }
    return NULL;
}

static void
add_step (KbGuide *self, KbGuideStepKind kind, gboolean is_done)
{
    gboolean done = is_done || (self->skipped & 1U << kind) != 0;

    self->steps[self->n_steps++] =
        (KbGuideStep){.kind = kind, .state = done ? KB_GUIDE_DONE : KB_GUIDE_LATER};
}

/* The first that is not done is the one for now. */
static void
order_steps (KbGuide *self, gboolean failed)
{
    self->is_finished = self->n_steps > 0;
    for (guint i = 0; i < self->n_steps && self->is_finished; i++) {
        if (self->steps[i].state == KB_GUIDE_DONE)
            continue;
        self->steps[i].state = KB_GUIDE_NOW;
        if (failed && (self->steps[i].kind == KB_GUIDE_STEP_INSTALL ||
                       self->steps[i].kind == KB_GUIDE_STEP_START))
            self->steps[i].state = KB_GUIDE_FAILED;
        self->is_finished = FALSE;
    }
}

static gboolean
is_copied (const KbGuide *self, const KbGuideRecord *record)
{
    return record != NULL && record->copy != NULL && self->backup != NULL &&
           g_strcmp0 (record->backup, self->backup->name) == 0;
}

static void
plan_upgrade (KbGuide *self, const KbGuideFacts *facts, const KbGuideRecord *record)
{
    const char *from = self->from_version;
    gboolean is_upgraded = kb_version_compare_text (facts->data_version, from) > 0;
    gboolean is_installed =
        is_upgraded || kb_version_compare_text (facts->program_version, from) > 0;

    if (is_upgraded && record != NULL)
        self->today = find_by_name (facts->entries, record->backup);
    if (self->today == NULL)
        self->today = find_today (self, facts, from, is_upgraded);
    self->backup = self->today != NULL ? kb_entry_ref (self->today) : NULL;
    self->backup_is_here = self->backup != NULL;
    if (is_copied (self, record))
        self->copy = g_strdup (record->copy);
    self->automatic = is_installed ? find_automatic (self, facts) : NULL;
    gboolean has_begun = self->automatic != NULL && self->today != NULL && !is_upgraded;
    gboolean is_long_ago = has_begun && g_date_time_difference (facts->now, self->automatic->time) >
                                            UPGRADE_MINUTES * G_TIME_SPAN_MINUTE;
    self->is_upgrading = !is_upgraded && is_installed &&
                         (facts->server == KB_SERVER_STARTING || (has_begun && !is_long_ago));

    add_step (self, KB_GUIDE_STEP_BACKUP, self->today != NULL || is_upgraded);
    add_step (self, KB_GUIDE_STEP_COPY, self->copy != NULL || is_upgraded);
    add_step (self, KB_GUIDE_STEP_INSTALL, is_installed);
    add_step (self, KB_GUIDE_STEP_START, is_upgraded);
    order_steps (self, is_long_ago && !self->is_upgrading);
}

static int
compare_newest_version (gconstpointer a, gconstpointer b)
{
    return kb_version_compare_text (*(const char *const *) b, *(const char *const *) a);
}

static gboolean
is_older (const KbGuide *self, const KbEntry *entry)
{
    return entry != NULL && kb_version_compare_release (entry->version, self->from_version) < 0;
}

/* Each older version once, newest first. */
static void
list_versions (KbGuide *self, const KbGuideFacts *facts)
{
    for (guint i = 0; i < facts->entries->len; i++) {
        const KbEntry *entry = facts->entries->pdata[i];
        if (is_usable (entry) && is_older (self, entry) &&
            !g_ptr_array_find_with_equal_func (self->versions, entry->version, g_str_equal, NULL))
            g_ptr_array_add (self->versions, g_strdup (entry->version));
    }
    g_ptr_array_sort (self->versions, compare_newest_version);
}

static gboolean
can_read (const char *version, const KbEntry *entry)
{
    return is_usable (entry) &&
           (version == NULL || kb_version_compare_release (entry->version, version) <= 0);
}

/* The newest backup that Kolibri of @version can read: that of the record before all others. */
static void
choose_backup (KbGuide *self,
               const KbGuideFacts *facts,
               const KbGuideRecord *record,
               const char *version)
{
    g_autoptr (KbEntry) remembered =
        find_by_name (facts->entries, record != NULL ? record->backup : NULL);

    self->backup_is_here = TRUE;
    if (is_older (self, remembered) && can_read (version, remembered)) {
        self->backup = g_steal_pointer (&remembered);
        return;
    }
    self->backup_is_here = FALSE;
    if (is_older (self, facts->copy) && can_read (version, facts->copy)) {
        self->backup = kb_entry_ref (facts->copy);
        return;
    }
    for (guint i = 0; i < facts->entries->len; i++) {
        KbEntry *entry = facts->entries->pdata[i];
        if (is_older (self, entry) && can_read (version, entry)) {
            self->backup_is_here = TRUE;
            self->backup = kb_entry_ref (entry);
            return;
        }
    }
    if (is_older (self, facts->found) && can_read (version, facts->found))
        self->backup = kb_entry_ref (facts->found);
}

/* Which Kolibri to go back to, before one is installed. */
static char *
choose_version (const KbGuide *self, const KbGuideFacts *facts, const KbGuideRecord *record)
{
    if (facts->wanted_version != NULL)
        return g_strdup (facts->wanted_version);
    if (record != NULL && record->to_version != NULL)
        return g_strdup (record->to_version);
    if (self->versions->len > 0)
        return g_strdup (self->versions->pdata[0]);
    return NULL;
}

static KbGuideProblem
find_problem (const KbGuide *self, const KbGuideFacts *facts, gboolean is_begun)
{
    if (self->from_version == NULL)
        return KB_GUIDE_PROBLEM_NO_DATA;
    if (self->kind == KB_GUIDE_UPGRADE)
        return KB_GUIDE_PROBLEM_NONE;
    if (facts->wanted_version != NULL &&
        kb_version_compare_release (facts->wanted_version, self->from_version) >= 0)
        return KB_GUIDE_PROBLEM_NOT_OLDER;
    if (!is_begun && self->backup == NULL)
        return KB_GUIDE_PROBLEM_NO_BACKUP;
    return KB_GUIDE_PROBLEM_NONE;
}

static void
plan_downgrade (KbGuide *self, const KbGuideFacts *facts, const KbGuideRecord *record)
{
    gboolean is_restored = record != NULL && record->is_restored;
    gboolean is_lowered =
        facts->program_version != NULL &&
        kb_version_compare_release (facts->program_version, self->from_version) < 0;

    list_versions (self, facts);
    self->to_version =
        is_lowered ? g_strdup (facts->program_version) : choose_version (self, facts, record);
    choose_backup (self, facts, record, self->to_version);
    gboolean is_too_old = is_lowered && self->backup == NULL && self->versions->len > 0;
    if (is_too_old) { /* not even the oldest backup can be read: another Kolibri is needed */
        g_free (self->to_version);
        self->to_version = g_strdup (self->versions->pdata[0]);
        choose_backup (self, facts, record, self->to_version);
    }
    self->problem = find_problem (self, facts, record != NULL && record->copy != NULL);
    if (self->problem != KB_GUIDE_PROBLEM_NONE)
        return;
    self->today = find_today (self, facts, facts->true_version, is_lowered);
    if (is_copied (self, record) || (self->backup == NULL && record != NULL))
        self->copy = g_strdup (record->copy);
    gboolean is_away = self->copy != NULL || !self->backup_is_here;

    add_step (self, KB_GUIDE_STEP_BACKUP, self->today != NULL || is_restored);
    add_step (self, KB_GUIDE_STEP_COPY, is_away || is_restored);
    add_step (self, KB_GUIDE_STEP_INSTALL, is_restored || (is_lowered && !is_too_old));
    add_step (self, KB_GUIDE_STEP_RESTORE, is_restored);
    add_step (self, KB_GUIDE_STEP_START, is_restored && facts->server == KB_SERVER_RUNNING);
    order_steps (self, is_too_old);
}

static KbGuideHint
find_hint (const KbGuide *self, const KbGuideFacts *facts)
{
    KbAgreement agreement = kb_agreement_of (facts->program_version, facts->true_version);

    if (facts->record != NULL && facts->record->kind == self->kind && self->n_steps > 0)
        return self->is_finished ? KB_GUIDE_HINT_FINISHED : KB_GUIDE_HINT_GO_ON;
    if (agreement == KB_AGREEMENT_DOWNGRADE)
        return KB_GUIDE_HINT_TOO_OLD;
    if (agreement != KB_AGREEMENT_UPGRADE || self->kind != KB_GUIDE_UPGRADE)
        return KB_GUIDE_HINT_NONE;
    return self->today != NULL ? KB_GUIDE_HINT_START : KB_GUIDE_HINT_BACK_UP;
}

/* On the way back from an upgrade that has not happened yet, or failed, the program says what to go
 * back from. */
static char *
find_from_version (const KbGuideFacts *facts, const KbGuideRecord *record)
{
    if (record != NULL && record->from_version != NULL)
        return g_strdup (record->from_version);
    if (facts->kind == KB_GUIDE_UPGRADE || facts->true_version == NULL)
        return g_strdup (facts->data_version);
    return g_strdup (kb_version_compare_text (facts->program_version, facts->true_version) > 0
                         ? facts->program_version
                         : facts->true_version);
}

/**
 * kb_guide_new:
 * @facts: what is known
 *
 * Plans the steps. Looks at nothing but @facts, so the same facts give the same guide.
 *
 * Returns: (transfer full): the guide
 */
KbGuide *
kb_guide_new (const KbGuideFacts *facts)
{
    KbGuide *self = g_atomic_rc_box_new0 (KbGuide);
    const KbGuideRecord *record =
        facts->record != NULL && facts->record->kind == facts->kind ? facts->record : NULL;

    self->kind = facts->kind;
    self->install = facts->install;
    self->program_version = g_strdup (facts->program_version);
    self->versions = g_ptr_array_new_with_free_func (g_free);
    self->skipped = record != NULL ? record->skipped : 0;
    self->from_version = find_from_version (facts, record);
    self->problem = find_problem (self, facts, TRUE);
    if (self->problem == KB_GUIDE_PROBLEM_NONE && self->kind == KB_GUIDE_UPGRADE)
        plan_upgrade (self, facts, record);
    else if (self->problem == KB_GUIDE_PROBLEM_NONE)
        plan_downgrade (self, facts, record);
    self->hint = find_hint (self, facts);
    return self;
}

/* Its program, as installed: a server that runs may be of the Kolibri from before. */
static const char *
get_program_version (const KbStatus *status)
{
    const KbInstall *install = status->found != NULL ? status->found->install : NULL;

    return install != NULL && install->version != NULL ? install->version
                                                       : status->installed_version;
}

/* Of a folder that a person has chosen, the program that they would start tells. */
static KbInstallKind
get_install (const KbStatus *status)
{
    const KbFound *found = status->found;

    if (found == NULL)
        return KB_INSTALL_UNKNOWN;
    return found->kind == KB_INSTALL_UNKNOWN && found->install != NULL ? found->install->kind
                                                                       : found->kind;
}

static KbGuideKind
choose_kind (const KbGuideRecord *record, const KbGuideFacts *facts)
{
    if (record != NULL)
        return record->kind;
    return kb_agreement_of (facts->program_version, facts->true_version) == KB_AGREEMENT_DOWNGRADE
               ? KB_GUIDE_DOWNGRADE
               : KB_GUIDE_UPGRADE;
}

/* A backup on a drive that is plugged in, when the list has none that will do. */
static KbEntry *
find_on_drives (const KbGuide *self, const KbGuideFacts *facts, GCancellable *cancellable)
{
    const char *limit =
        facts->wanted_version != NULL ? facts->wanted_version : facts->program_version;
    const KbDrive *drive;

    if (kb_version_compare_release (limit, self->from_version) >= 0)
        return NULL;
    g_autoptr (GPtrArray) drives = kb_drive_list();
    return kb_drive_find_backup (drives, limit, cancellable, &drive);
}

/**
 * kb_guide_read:
 * @home: a data folder
 * @status: what kb_status_read() gave
 * @entries: (element-type KbEntry): what kb_catalog_list() gave
 * @kind: (nullable): where the person wants to be led to; %NULL for what has been begun, else for
 *     what the versions ask for
 * @wanted_version: (nullable): the version to go back to
 * @cancellable: (nullable): ends the look at drives
 *
 * Collects what is known and plans the steps. Blocks as long as a drive does.
 *
 * Returns: (transfer full): the guide
 */
KbGuide *
kb_guide_read (const KbHome *home,
               const KbStatus *status,
               const GPtrArray *entries,
               const KbGuideKind *kind,
               const char *wanted_version,
               GCancellable *cancellable)
{
    g_autoptr (GError) local = NULL;
    g_autoptr (KbGuideRecord) record = kb_guide_record_load (kb_home_get_path (home), &local);
    g_autoptr (GDateTime) now = g_date_time_new_now_local();
    KbGuideFacts facts = {
        .install = get_install (status),
        .program_version = get_program_version (status),
        .data_version = status->data_version,
        .true_version = status->true_version,
        .server = status->look->state,
        .entries = entries,
        .record = record,
        .wanted_version = wanted_version,
        .now = now,
    };

    facts.kind = kind != NULL ? *kind : choose_kind (record, &facts);
    g_autoptr (KbEntry) copy = record != NULL && record->copy != NULL
                                   ? kb_catalog_describe_file (record->copy, NULL)
                                   : NULL;
    facts.copy = copy;
    KbGuide *self = kb_guide_new (&facts);
    if (facts.kind == KB_GUIDE_DOWNGRADE && self->backup == NULL) {
        facts.found = find_on_drives (self, &facts, cancellable);
        kb_guide_unref (self);
        self = kb_guide_new (&facts);
        kb_entry_unref (facts.found);
    }
    self->record_problem = local != NULL ? local->code : 0;
    return self;
}

/**
 * kb_guide_begin:
 * @self: a guide
 * @home: the data folder
 * @error: return location for a #GError
 *
 * Remembers the guide, so that it goes on after a restart. What was remembered of the same backup
 * stays.
 *
 * Errors: as kb_guide_record_save().
 *
 * Returns: %TRUE on success
 */
gboolean
kb_guide_begin (const KbGuide *self, const KbHome *home, GError **error)
{
    return kb_guide_skip (self, home, KB_N_GUIDE_STEPS, error);
}

/**
 * kb_guide_skip:
 * @self: a guide
 * @home: the data folder
 * @step: what the person has done by hand, or leaves out; %KB_N_GUIDE_STEPS for nothing
 * @error: return location for a #GError
 *
 * Remembers the guide, and that a step needs no more doing.
 *
 * Errors: as kb_guide_record_save().
 *
 * Returns: %TRUE on success
 */
gboolean
kb_guide_skip (const KbGuide *self, const KbHome *home, KbGuideStepKind step, GError **error)
{
    const char *path = kb_home_get_path (home);
    g_autoptr (KbGuideRecord) before = kb_guide_record_load (path, NULL);
    gboolean is_same = before != NULL && before->kind == self->kind;
    const KbGuideRecord record = {
        .kind = self->kind,
        .from_version = self->from_version,
        .to_version = self->kind == KB_GUIDE_DOWNGRADE ? self->to_version : NULL,
        .backup = self->backup != NULL ? self->backup->name : (is_same ? before->backup : NULL),
        .copy = self->copy,
        .skipped = self->skipped | (step < KB_N_GUIDE_STEPS ? 1U << step : 0),
        .is_restored = is_same && before->is_restored,
    };

    return kb_guide_record_save (&record, path, error);
}
