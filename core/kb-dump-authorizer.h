/* SPDX-License-Identifier: MIT */
#pragma once

#include "kb-sqlite.h"

G_BEGIN_DECLS

/**
 * KbDumpKind:
 * @KB_DUMP_KIND_REFUSED: nothing that a dump may hold
 * @KB_DUMP_KIND_TABLE: CREATE TABLE
 * @KB_DUMP_KIND_INDEX: CREATE [UNIQUE] INDEX
 * @KB_DUMP_KIND_VIEW: CREATE VIEW
 * @KB_DUMP_KIND_TRIGGER: CREATE TRIGGER
 * @KB_DUMP_KIND_INSERT: INSERT INTO … VALUES
 *
 * What a statement of a dump sets out to do. SQLite's authorizer then holds it to that.
 */
typedef enum {
    KB_DUMP_KIND_REFUSED,
    KB_DUMP_KIND_TABLE,
    KB_DUMP_KIND_INDEX,
    KB_DUMP_KIND_VIEW,
    KB_DUMP_KIND_TRIGGER,
    KB_DUMP_KIND_INSERT,
} KbDumpKind;

KbDumpKind kb_dump_kind_of (const char *sql);
gboolean kb_dump_allows_function (const char *name);
int kb_dump_authorize (KbDumpKind kind, int action, const char *a, const char *b, const char *db);

G_END_DECLS
