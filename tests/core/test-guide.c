/* SPDX-License-Identifier: MIT */
/* The steps of each guide, as a table: facts in, states out. */
#include "kb-guide.h"

#include <stdio.h>
#include <string.h>

#define MAX_BACKUPS 4

/* A backup: version, hours ago, whose, result of the check. "" for none. */
typedef struct {
    const char *version;
    int hours_ago;
    gboolean is_ours;
    const char *check_result;
} Backup;

typedef struct {
    const char *about;
    KbGuideKind kind;
    const char *program;
    const char *data;
    const char *proven; /* NULL: as data */
    KbServerState server;
    Backup backups[MAX_BACKUPS];
    KbGuideRecord record; /* without from_version: none */
    Backup copy;          /* what the copy of the record is, where it can be read */
    Backup found;         /* on a drive */
    const char *wanted;
    const char *steps; /* a letter each: d(one) n(ow) l(ater) f(ailed) */
    const char *backup;
    const char *to;
    KbGuideHint hint;
    KbGuideProblem problem;
    gboolean is_upgrading;
} Case;

#define OURS(version, hours)                                                                       \
    {                                                                                              \
        version, hours, TRUE, "ok"                                                                 \
    }
#define THEIRS(version, hours)                                                                     \
    {                                                                                              \
        version, hours, FALSE, NULL                                                                \
    }
#define UP .kind = KB_GUIDE_UPGRADE
#define BACK .kind = KB_GUIDE_DOWNGRADE
#define S(text) (char *) text
#define DAY 24

static const Case cases[] = {
    /* before an upgrade */
    {"nothing done", UP, .program = "0.17.5", .data = "0.17.5", .steps = "nlll"},
    {"a stale backup", UP, .program = "0.17.5", .data = "0.17.5", .steps = "nlll",
     .backups = {OURS ("0.17.5", DAY + 1)}},
    {"a fresh backup", UP, .program = "0.17.5", .data = "0.17.5", .steps = "dnll",
     .backups = {OURS ("0.17.5", DAY - 1)}, .backup = "0.17.5-23"},
    {"Kolibri's own was never checked", UP, .program = "0.17.5", .data = "0.17.5", .steps = "nlll",
     .backups = {THEIRS ("0.17.5", 1)}},
    {"a damaged one", UP, .program = "0.17.5", .data = "0.17.5", .steps = "nlll",
     .backups = {{"0.17.5", 1, TRUE, "corrupt"}}},
    {"of another version", UP, .program = "0.17.5", .data = "0.17.5", .steps = "nlll",
     .backups = {OURS ("0.16.2", 1)}},
    {"copied", UP, .program = "0.17.5", .data = "0.17.5", .steps = "ddnl",
     .backups = {OURS ("0.17.5", 1)}, .backup = "0.17.5-1", .hint = KB_GUIDE_HINT_GO_ON,
     .record = {.from_version = S ("0.17.5"), .backup = S ("0.17.5-1"), .copy = S ("/media/x")}},
    {"another one was copied", UP, .program = "0.17.5", .data = "0.17.5", .steps = "dnll",
     .backups = {OURS ("0.17.5", 1)}, .backup = "0.17.5-1", .hint = KB_GUIDE_HINT_GO_ON,
     .record = {.from_version = S ("0.17.5"), .backup = S ("0.17.5-9"), .copy = S ("/media/x")}},
    {"copying left out", UP, .program = "0.17.5", .data = "0.17.5", .steps = "ddnl",
     .backups = {OURS ("0.17.5", 1)}, .backup = "0.17.5-1", .hint = KB_GUIDE_HINT_GO_ON,
     .record = {.from_version = S ("0.17.5"), .skipped = 1U << KB_GUIDE_STEP_COPY}},
    {"the record is of the way back", UP, .program = "0.17.5", .data = "0.17.5", .steps = "nlll",
     .record = {.kind = KB_GUIDE_DOWNGRADE, .from_version = S ("0.19.5")}},
    {"installed", UP, .program = "0.19.5", .data = "0.17.5", .steps = "dddn",
     .backups = {OURS ("0.17.5", 1)}, .backup = "0.17.5-1", .hint = KB_GUIDE_HINT_GO_ON,
     .record = {.from_version = S ("0.17.5"), .backup = S ("0.17.5-1"), .copy = S ("/media/x")}},
    {"upgrading just now", UP, .is_upgrading = TRUE, .program = "0.19.5", .data = "0.17.5",
     .steps = "dddn", .backups = {THEIRS ("0.17.5", 0), OURS ("0.17.5", 1)}, .backup = "0.17.5-1",
     .hint = KB_GUIDE_HINT_GO_ON,
     .record = {.from_version = S ("0.17.5"), .backup = S ("0.17.5-1"), .copy = S ("/media/x")}},
    {"the upgrade failed", UP, .program = "0.19.5", .data = "0.17.5", .steps = "dddf",
     .backups = {THEIRS ("0.17.5", 1), OURS ("0.17.5", 2)}, .backup = "0.17.5-2",
     .hint = KB_GUIDE_HINT_GO_ON,
     .record = {.from_version = S ("0.17.5"), .backup = S ("0.17.5-2"), .copy = S ("/media/x")}},
    {"Kolibri's own, checked, is no sign of an upgrade", UP, .program = "0.19.5", .data = "0.17.5",
     .steps = "dddn", .backups = {{"0.17.5", 2, FALSE, "ok"}}, .backup = "0.17.5-2",
     .hint = KB_GUIDE_HINT_GO_ON,
     .record = {.from_version = S ("0.17.5"), .skipped = 1U << KB_GUIDE_STEP_COPY}},
    {"it failed, and is tried again", UP, .is_upgrading = TRUE, .program = "0.19.5",
     .data = "0.17.5", .steps = "dddn", .server = KB_SERVER_STARTING,
     .backups = {THEIRS ("0.17.5", 1), OURS ("0.17.5", 2)}, .backup = "0.17.5-2",
     .hint = KB_GUIDE_HINT_GO_ON,
     .record = {.from_version = S ("0.17.5"), .backup = S ("0.17.5-2"), .copy = S ("/media/x")}},
    {"half upgraded is not upgraded", UP, .program = "0.19.5", .data = "0.17.5", .proven = "0.19.0",
     .steps = "dddn", .backups = {OURS ("0.17.5", 2)}, .backup = "0.17.5-2",
     .hint = KB_GUIDE_HINT_GO_ON,
     .record = {.from_version = S ("0.17.5"), .backup = S ("0.17.5-2"), .copy = S ("/media/x")}},
    {"upgraded", UP, .program = "0.19.5", .data = "0.19.5", .steps = "dddd",
     .backups = {THEIRS ("0.17.5", 1), OURS ("0.17.5", 99)}, .backup = "0.17.5-99",
     .hint = KB_GUIDE_HINT_FINISHED,
     .record = {.from_version = S ("0.17.5"), .backup = S ("0.17.5-99"), .copy = S ("/media/x")}},
    {"upgraded, all backups gone", UP, .program = "0.19.5", .data = "0.19.5", .steps = "dddd",
     .hint = KB_GUIDE_HINT_FINISHED,
     .record = {.from_version = S ("0.17.5"), .backup = S ("0.17.5-99"), .copy = S ("/media/x")}},
    {"pending, without a backup", UP, .program = "0.19.5", .data = "0.17.5", .steps = "nldl",
     .hint = KB_GUIDE_HINT_BACK_UP},
    {"pending, backed up", UP, .program = "0.19.5", .data = "0.17.5", .steps = "dndl",
     .backups = {OURS ("0.17.5", 1)}, .backup = "0.17.5-1", .hint = KB_GUIDE_HINT_START},
    {"no version of the program", UP, .data = "0.17.5", .steps = "nlll"},
    {"no version of the data", UP, .program = "0.19.5", .problem = KB_GUIDE_PROBLEM_NO_DATA,
     .steps = ""},

    /* the way back */
    {"the newest of the newest older version", BACK, .program = "0.19.5", .data = "0.19.5",
     .backups = {OURS ("0.16.2", 1), OURS ("0.17.5", 5), THEIRS ("0.17.5", 9)}, .steps = "nllll",
     .backup = "0.16.2-1", .to = "0.17.5"},
    {"a version was asked for", BACK, .program = "0.19.5", .data = "0.19.5", .wanted = "0.16.2",
     .backups = {OURS ("0.19.5", 1), OURS ("0.17.5", 5), THEIRS ("0.16.2", 9)}, .steps = "dnlll",
     .backup = "0.16.2-9", .to = "0.16.2"},
    {"no backup is that old", BACK, .program = "0.19.5", .data = "0.19.5", .wanted = "0.15.0",
     .backups = {OURS ("0.17.5", 5)}, .problem = KB_GUIDE_PROBLEM_NO_BACKUP, .steps = ""},
    {"not older", BACK, .program = "0.19.5", .data = "0.19.5", .wanted = "0.19.5",
     .backups = {OURS ("0.17.5", 5)}, .problem = KB_GUIDE_PROBLEM_NOT_OLDER, .steps = ""},
    {"nothing to go back to", BACK, .program = "0.19.5", .data = "0.19.5",
     .backups = {OURS ("0.19.5", 5), {"0.17.5", 9, TRUE, "corrupt"}},
     .problem = KB_GUIDE_PROBLEM_NO_BACKUP, .steps = ""},
    {"no data", BACK, .program = "0.19.5", .problem = KB_GUIDE_PROBLEM_NO_DATA, .steps = ""},
    {"found on a drive", BACK, .program = "0.19.5", .data = "0.19.5", .found = THEIRS ("0.17.5", 9),
     .steps = "ndlll", .backup = "0.17.5-9"},
    {"what is on the drive is no older", BACK, .program = "0.19.5", .data = "0.19.5",
     .found = THEIRS ("0.19.5", 9), .problem = KB_GUIDE_PROBLEM_NO_BACKUP, .steps = ""},
    {"copied", BACK, .program = "0.19.5", .data = "0.19.5",
     .backups = {OURS ("0.19.5", 1), OURS ("0.17.5", 5)}, .steps = "ddnll", .backup = "0.17.5-5",
     .to = "0.17.5", .hint = KB_GUIDE_HINT_GO_ON,
     .record = {.kind = KB_GUIDE_DOWNGRADE,
                .from_version = S ("0.19.5"),
                .to_version = S ("0.17.5"),
                .backup = S ("0.17.5-5"),
                .copy = S ("/media/x")}},
    {"installed, and started: .data_version lies", BACK, .program = "0.17.5", .data = "0.17.5",
     .proven = "0.19.0", .backups = {OURS ("0.19.5", 99), OURS ("0.17.5", 5)}, .steps = "dddnl",
     .backup = "0.17.5-5", .to = "0.17.5", .hint = KB_GUIDE_HINT_GO_ON,
     .record = {.kind = KB_GUIDE_DOWNGRADE,
                .from_version = S ("0.19.5"),
                .to_version = S ("0.17.5"),
                .backup = S ("0.17.5-5"),
                .copy = S ("/media/x")}},
    {"one in between was installed", BACK, .program = "0.18.4", .data = "0.19.5",
     .backups = {OURS ("0.19.5", 1), OURS ("0.17.5", 5)}, .steps = "dddnl", .backup = "0.17.5-5",
     .to = "0.18.4", .hint = KB_GUIDE_HINT_GO_ON,
     .record = {.kind = KB_GUIDE_DOWNGRADE,
                .from_version = S ("0.19.5"),
                .to_version = S ("0.17.5"),
                .backup = S ("0.17.5-5"),
                .copy = S ("/media/x")}},
    {"what was installed is too old", BACK, .program = "0.16.2", .data = "0.19.5",
     .backups = {OURS ("0.19.5", 1), OURS ("0.17.5", 5)}, .steps = "ddfll", .backup = "0.17.5-5",
     .to = "0.17.5", .hint = KB_GUIDE_HINT_GO_ON,
     .record = {.kind = KB_GUIDE_DOWNGRADE,
                .from_version = S ("0.19.5"),
                .to_version = S ("0.17.5"),
                .backup = S ("0.17.5-5"),
                .copy = S ("/media/x")}},
    {"all backups deleted, the copy is there", BACK, .program = "0.17.5", .data = "0.17.5",
     .copy = OURS ("0.17.5", 5), .steps = "nddll", .backup = "0.17.5-5", .to = "0.17.5",
     .hint = KB_GUIDE_HINT_GO_ON,
     .record = {.kind = KB_GUIDE_DOWNGRADE,
                .from_version = S ("0.19.5"),
                .to_version = S ("0.17.5"),
                .backup = S ("0.17.5-5"),
                .copy = S ("/media/x")}},
    {"all backups deleted, today's left out", BACK, .program = "0.17.5", .data = "0.17.5",
     .copy = OURS ("0.17.5", 5), .steps = "dddnl", .backup = "0.17.5-5", .to = "0.17.5",
     .hint = KB_GUIDE_HINT_GO_ON,
     .record = {.kind = KB_GUIDE_DOWNGRADE,
                .from_version = S ("0.19.5"),
                .to_version = S ("0.17.5"),
                .backup = S ("0.17.5-5"),
                .copy = S ("/media/x"),
                .skipped = 1U << KB_GUIDE_STEP_BACKUP}},
    {"the drive is gone, too", BACK, .program = "0.17.5", .data = "0.17.5", .steps = "dddnl",
     .to = "0.17.5", .hint = KB_GUIDE_HINT_GO_ON,
     .record = {.kind = KB_GUIDE_DOWNGRADE,
                .from_version = S ("0.19.5"),
                .to_version = S ("0.17.5"),
                .backup = S ("0.17.5-5"),
                .copy = S ("/media/x"),
                .skipped = 1U << KB_GUIDE_STEP_BACKUP}},
    {"restored", BACK, .program = "0.17.5", .data = "0.17.5", .steps = "ddddn",
     .backups = {OURS ("0.17.5", 5)}, .backup = "0.17.5-5", .to = "0.17.5",
     .hint = KB_GUIDE_HINT_GO_ON,
     .record = {.kind = KB_GUIDE_DOWNGRADE,
                .from_version = S ("0.19.5"),
                .to_version = S ("0.17.5"),
                .backup = S ("0.17.5-5"),
                .copy = S ("/media/x"),
                .is_restored = TRUE}},
    {"it runs", BACK, .program = "0.17.5", .data = "0.17.5", .steps = "ddddd",
     .server = KB_SERVER_RUNNING, .backups = {OURS ("0.17.5", 5)}, .backup = "0.17.5-5",
     .to = "0.17.5", .hint = KB_GUIDE_HINT_FINISHED,
     .record = {.kind = KB_GUIDE_DOWNGRADE,
                .from_version = S ("0.19.5"),
                .to_version = S ("0.17.5"),
                .backup = S ("0.17.5-5"),
                .copy = S ("/media/x"),
                .is_restored = TRUE}},
    {"the older program came first", BACK, .program = "0.17.5", .data = "0.19.5",
     .backups = {OURS ("0.17.5", 5)}, .steps = "nldll", .backup = "0.17.5-5", .to = "0.17.5",
     .hint = KB_GUIDE_HINT_TOO_OLD},
    {"the same, and nobody asked", UP, .program = "0.17.5", .data = "0.19.5", .steps = "nlll",
     .hint = KB_GUIDE_HINT_TOO_OLD},
    {"nobody knows the program", BACK, .data = "0.19.5", .steps = "ddnll",
     .backups = {OURS ("0.19.5", 1), OURS ("0.17.5", 5)}, .backup = "0.17.5-5", .to = "0.17.5",
     .hint = KB_GUIDE_HINT_GO_ON,
     .record = {.kind = KB_GUIDE_DOWNGRADE,
                .from_version = S ("0.19.5"),
                .to_version = S ("0.17.5"),
                .backup = S ("0.17.5-5"),
                .copy = S ("/media/x")}},
    {"the person says that it is installed", BACK, .data = "0.19.5", .steps = "dddnl",
     .backups = {OURS ("0.19.5", 1), OURS ("0.17.5", 5)}, .backup = "0.17.5-5", .to = "0.17.5",
     .hint = KB_GUIDE_HINT_GO_ON,
     .record = {.kind = KB_GUIDE_DOWNGRADE,
                .from_version = S ("0.19.5"),
                .to_version = S ("0.17.5"),
                .backup = S ("0.17.5-5"),
                .copy = S ("/media/x"),
                .skipped = 1U << KB_GUIDE_STEP_INSTALL}},
    {"back from an upgrade that failed", BACK, .program = "0.19.5", .data = "0.17.5",
     .backups = {OURS ("0.17.5", 2)}, .steps = "dnlll", .backup = "0.17.5-2", .to = "0.17.5",
     .hint = KB_GUIDE_HINT_NONE},
};

static KbEntry *
make_entry (const Backup *backup, GDateTime *now)
{
    KbEntry *entry = g_atomic_rc_box_new0 (KbEntry);

    entry->name = g_strdup_printf ("%s-%d", backup->version, backup->hours_ago);
    entry->path = g_strdup (entry->name);
    entry->version = g_strdup (backup->version);
    entry->time = g_date_time_add_hours (now, -backup->hours_ago);
    entry->is_ours = backup->is_ours;
    entry->check_result = g_strdup (backup->check_result);
    entry->state = KB_ENTRY_COMPLETE;
    return entry;
}

static char *
describe_steps (const KbGuide *guide)
{
    GString *text = g_string_new (NULL);

    for (guint i = 0; i < guide->n_steps; i++)
        g_string_append_c (text, *kb_guide_state_to_string (guide->steps[i].state));
    return g_string_free (text, FALSE);
}

static void
check_case (const Case *row)
{
    g_autoptr (GDateTime) now = g_date_time_new_local (2026, 11, 23, 10, 0, 0);
    g_autoptr (GPtrArray) entries =
        g_ptr_array_new_with_free_func ((GDestroyNotify) kb_entry_unref);
    g_autoptr (KbEntry) copy = row->copy.version != NULL ? make_entry (&row->copy, now) : NULL;
    g_autoptr (KbEntry) found = row->found.version != NULL ? make_entry (&row->found, now) : NULL;

    for (int i = 0; i < MAX_BACKUPS && row->backups[i].version != NULL; i++)
        g_ptr_array_add (entries, make_entry (&row->backups[i], now));
    const KbGuideFacts facts = {
        .kind = row->kind,
        .program_version = row->program,
        .data_version = row->data,
        .true_version = row->proven != NULL ? row->proven : row->data,
        .server = row->server,
        .entries = entries,
        .record = row->record.from_version != NULL ? &row->record : NULL,
        .copy = copy,
        .found = found,
        .wanted_version = row->wanted,
        .now = now,
    };
    g_autoptr (KbGuide) guide = kb_guide_new (&facts);
    g_autofree char *steps = describe_steps (guide);
    g_test_message ("%s: %s", row->about, steps);
    g_assert_cmpstr (steps, ==, row->steps);
    g_assert_cmpstr (guide->backup != NULL ? guide->backup->name : NULL, ==, row->backup);
    g_assert_cmpstr (kb_guide_hint_to_string (guide->hint), ==,
                     kb_guide_hint_to_string (row->hint));
    g_assert_cmpstr (kb_guide_problem_to_string (guide->problem), ==,
                     kb_guide_problem_to_string (row->problem));
    g_assert_cmpint (guide->is_upgrading, ==, row->is_upgrading);
    if (row->to != NULL)
        g_assert_cmpstr (guide->to_version, ==, row->to);
}

static void
test_steps (void)
{
    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
        check_case (&cases[i]);
}

static void
test_versions (void)
{
    static const Case row = {
        "versions",
        BACK,
        .program = "0.19.5",
        .data = "0.19.5",
        .backups = {OURS ("0.16.2", 1), OURS ("0.17.5", 2), OURS ("0.16.2", 3), OURS ("0.19.5", 4)},
    };
    g_autoptr (GDateTime) now = g_date_time_new_now_local();
    g_autoptr (GPtrArray) entries =
        g_ptr_array_new_with_free_func ((GDestroyNotify) kb_entry_unref);

    for (int i = 0; i < MAX_BACKUPS; i++)
        g_ptr_array_add (entries, make_entry (&row.backups[i], now));
    const KbGuideFacts facts = {.kind = row.kind,
                                .program_version = row.program,
                                .data_version = row.data,
                                .true_version = row.data,
                                .entries = entries,
                                .now = now};
    g_autoptr (KbGuide) guide = kb_guide_new (&facts);
    g_assert_cmpuint (guide->versions->len, ==, 2);
    g_assert_cmpstr (guide->versions->pdata[0], ==, "0.17.5");
    g_assert_cmpstr (guide->versions->pdata[1], ==, "0.16.2");
    const KbGuideStep *next = kb_guide_get_next (guide);
    g_assert_cmpint (next->kind, ==, KB_GUIDE_STEP_COPY);
    g_assert_true (kb_guide_can_skip (guide, next));
    g_assert_false (kb_guide_can_skip (guide, kb_guide_get_step (guide, KB_GUIDE_STEP_INSTALL)));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/guide/steps", test_steps);
    g_test_add_func ("/guide/versions", test_versions);
    return g_test_run();
}
