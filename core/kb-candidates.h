/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-install.h"

G_BEGIN_DECLS

/**
 * KbReason:
 * @KB_REASON_GIVEN: the person said so
 * @KB_REASON_ENVIRONMENT: the environment variable KOLIBRI_HOME says so
 * @KB_REASON_SETTINGS: a file of the installer says so
 * @KB_REASON_USUAL_PLACE: that kind of installation keeps its data there
 * @KB_REASON_OWN_FOLDER: a Kolibri that this user starts keeps its data there
 * @KB_REASON_DAEMON: the daemon of a Kolibri says so
 *
 * Why a folder is looked at.
 */
typedef enum {
    KB_REASON_GIVEN,
    KB_REASON_ENVIRONMENT,
    KB_REASON_SETTINGS,
    KB_REASON_USUAL_PLACE,
    KB_REASON_OWN_FOLDER,
    KB_REASON_DAEMON,
} KbReason;

/**
 * KbCandidate:
 * @path: a folder; nothing need be there
 * @kind: the kind of installation that would use it; %KB_INSTALL_UNKNOWN for the user's own folder
 * @reason: why it is looked at
 * @source: (nullable): the file that names it
 * @is_contradicted: whether other settings of the same installation name another folder
 * @has_riddle: whether settings are such that only a shell could say what they mean
 *
 * A folder in which a Kolibri may keep its data.
 */
typedef struct {
    char *path;
    KbInstallKind kind;
    KbReason reason;
    char *source;
    gboolean is_contradicted;
    gboolean has_riddle;
} KbCandidate;

GPtrArray *kb_candidates_list (const char *root);
void
kb_candidates_add (GPtrArray *candidates, const char *path, KbInstallKind kind, KbReason reason);
KbCandidate *kb_candidates_find (GPtrArray *candidates, const char *path);
const char *kb_reason_to_string (KbReason reason);

G_END_DECLS
