/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-agreement.h"
#include "kb-candidates.h"

G_BEGIN_DECLS

/**
 * KbFindProblem:
 * @KB_FIND_CLOUD: a program copies the folder to other computers while Kolibri writes to it
 * @KB_FIND_NETWORK: the folder is on another computer's disk
 * @KB_FIND_HIDES_ANOTHER: it is empty, and there is another one with data
 * @KB_FIND_NO_DATABASE: there is `.data_version` and no database
 * @KB_FIND_NO_DATA_VERSION: there is a database and no `.data_version`
 * @KB_FIND_BAD_DATA_VERSION: `.data_version` holds no version
 * @KB_FIND_BAD_OPTIONS: nobody can understand options.ini
 * @KB_FIND_DATABASE_ELSEWHERE: the database is outside of the folder
 * @KB_FIND_FOREIGN_PID: server.pid names a process that is no Kolibri
 * @KB_FIND_BAD_PROGRAM_VERSION: the file VERSION of the program holds no version
 * @KB_FIND_PROGRAM_VERSIONS_DIFFER: two sources give two versions of the program
 * @KB_FIND_SETTINGS_DIFFER: two settings of one installation name two folders
 * @KB_FIND_SETTINGS_RIDDLE: settings are such that only a shell could say what they mean
 *
 * What is odd about a data folder, and worth a sentence.
 */
typedef enum {
    KB_FIND_CLOUD,
    KB_FIND_NETWORK,
    KB_FIND_HIDES_ANOTHER,
    KB_FIND_NO_DATABASE,
    KB_FIND_NO_DATA_VERSION,
    KB_FIND_BAD_DATA_VERSION,
    KB_FIND_BAD_OPTIONS,
    KB_FIND_DATABASE_ELSEWHERE,
    KB_FIND_FOREIGN_PID,
    KB_FIND_BAD_PROGRAM_VERSION,
    KB_FIND_PROGRAM_VERSIONS_DIFFER,
    KB_FIND_SETTINGS_DIFFER,
    KB_FIND_SETTINGS_RIDDLE,
    KB_N_FIND_PROBLEMS /*< skip >*/
} KbFindProblem;

/**
 * KbFound:
 * @path: the folder
 * @kind: how the Kolibri that uses it was installed
 * @reason: why the folder was looked at
 * @source: (nullable): the file that names it
 * @is_ours: whether this process may act for its owner: a restore can work
 * @is_running: whether server.pid names a living Kolibri, or a daemon says so; %FALSE proves
 * nothing
 * @has_database: whether there is a database file
 * @is_empty: whether there are no people in it, as far as that could be read
 * @data_version: (nullable): what `.data_version` says
 * @install: (nullable): the program, where one was found
 * @agreement: what the version of the program means for the data
 * @problems: bits, 1 << #KbFindProblem
 * @last_activity: when the database was last written to, in seconds since 1970
 *
 * A data folder that was found, and what can be said of it at once.
 */
typedef struct {
    char *path;
    KbInstallKind kind;
    KbReason reason;
    char *source;
    gboolean is_ours;
    gboolean is_running;
    gboolean has_database;
    gboolean is_empty;
    char *data_version;
    KbInstall *install;
    KbAgreement agreement;
    unsigned problems;
    gint64 last_activity;
} KbFound;

GPtrArray *kb_find_homes (const char *root);
GPtrArray *kb_find_homes_around (const char *root, const char *path);
KbFound *kb_find_describe (const char *root, const char *path);
char *kb_find_default_home (const char *root);
char *kb_find_program_version (const char *root, const char *path);
gboolean kb_found_has_problem (const KbFound *self, KbFindProblem problem);
void kb_found_free (KbFound *self);
const char *kb_find_problem_to_string (KbFindProblem problem);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbFound, kb_found_free)

G_END_DECLS
