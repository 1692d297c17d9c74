/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-status.h"
#include "kb-text.h"

G_BEGIN_DECLS

char *kb_report_new (const KbStatus *status,
                     const GPtrArray *entries,
                     KbOperation operation,
                     const GError *last_error);

G_END_DECLS
