/* SPDX-License-Identifier: MIT */
#pragma once

#include <glib.h>
#include <sys/types.h>

G_BEGIN_DECLS

void kb_helper_ask_parent_for_services (int fd);
int kb_helper_serve (int fd, pid_t child);

G_END_DECLS
