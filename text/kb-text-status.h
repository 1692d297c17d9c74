/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-recover.h"
#include "kb-status.h"

G_BEGIN_DECLS

const char *kb_text_verdict (KbVerdict verdict);
char *kb_text_verdict_detail (const KbStatus *status, GDateTime *now);
char *kb_text_kolibri (const KbStatus *status);
const char *kb_text_server (KbServerState state);
char *kb_text_server_advice (const KbServerLook *look);
const char *kb_text_server_password (void);
const char *kb_text_install_kind (KbInstallKind kind);
char *kb_text_found (const KbFound *found);
char *kb_text_found_state (const KbFound *found);
char *kb_text_agreement (KbAgreement agreement, const char *program, const char *data);
const char *kb_text_find_problem (KbFindProblem problem);
char *kb_text_endangered (guint n_endangered);
char *kb_text_lost_home (const char *path);
char *kb_text_other_homes (const GPtrArray *homes);
char *kb_text_recovered (const KbRecovered *recovered);

G_END_DECLS
