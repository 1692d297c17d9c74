/* SPDX-License-Identifier: MIT */
#pragma once

/* What the targets share. Each of them has the entry point of libFuzzer; with clang they are linked
 * with it, else with kb-fuzz-driver.c. */

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

G_END_DECLS
