/* SPDX-License-Identifier: MIT */
#pragma once

/* What the tests of core share: a folder of their own that must be empty in the end, and data
 * folders of a real Kolibri. */

#include "kb-home.h"
#include "kb-sqlite.h"

G_BEGIN_DECLS

/**
 * KbTestDir:
 * @path: a new, empty folder
 *
 * One test's own place on the disk. HOME and KOLIBRI_HOME lead into it as long as it lives.
 */
typedef struct {
    char *path;
} KbTestDir;

KbTestDir *kb_test_dir_new (void);
void kb_test_dir_free (KbTestDir *self);
char *kb_test_dir_file (const KbTestDir *self, const char *name);
char *kb_test_dir_write (const KbTestDir *self, const char *name, const char *text);
void kb_test_write (const char *path, const void *bytes, gsize length);

char *kb_test_fixture_dump (const KbTestDir *self, const char *fixture);
KbHome *kb_test_make_home (const KbTestDir *self, const char *name, const char *fixture);
char *kb_test_digest (const char *database);
char *kb_test_digest_home (const KbHome *home);

#define kb_test_assert_ok(expression, error)                                                       \
    G_STMT_START                                                                                   \
    {                                                                                              \
        gboolean kb_test_result_ = (expression);                                                   \
        g_assert_no_error (error);                                                                 \
        g_assert_true (kb_test_result_);                                                           \
    }                                                                                              \
    G_STMT_END

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KbTestDir, kb_test_dir_free)

G_END_DECLS
