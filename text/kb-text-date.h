/* SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void kb_text_date_init (void);
char *kb_text_date_day (GDateTime *time, GDateTime *now);
char *kb_text_date_time (GDateTime *time);
char *kb_text_date_since (GDateTime *time, GDateTime *now);
char *kb_text_date_relative (GDateTime *time, GDateTime *now);
char *kb_text_date_exact (GDateTime *time);
unsigned kb_text_date_seconds_to_midnight (GDateTime *now);

G_END_DECLS
