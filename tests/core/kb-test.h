/* SPDX-License-Identifier: MIT */
#pragma once

/* What the tests of core share: a folder of their own that must be empty in the end, and data
 * folders of a real Kolibri. */

#include "kb-home.h"
#include "kb-sqlite.h"

#include <sys/types.h>

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
KbHome *kb_test_make_home_with_dirs (const KbTestDir *self);
KbOwner kb_test_us (void);
gboolean kb_test_exists (const char *path);
void kb_test_assert_mode (const char *path, unsigned mode);
void kb_test_assert_file (const char *path, const void *bytes, gsize length);

KbSqlite *kb_test_make_database (const char *sql);
void kb_test_run_sql (KbSqlite *db, const char *sql);
gint64 kb_test_query_int64 (KbSqlite *db, const char *sql);
char *kb_test_digest (const char *database);
char *kb_test_digest_home (const KbHome *home);

/**
 * KbTestChild:
 * @path: a file or folder to work on
 *
 * What a process of its own does; it ends well if this returns.
 */
typedef void (*KbTestChild) (const char *path);

#define KB_TEST_NOBODY 65534

void kb_test_in_child (KbTestChild func, const char *path);
void kb_test_as_nobody (KbTestChild func, const char *path);
int kb_test_run_shell (const char *database, const char *sql, char **output);
pid_t kb_test_start_process (const char *name);
void kb_test_end_process (pid_t pid);

/**
 * kb_test_only_posix:
 * @reason: what it needs that Windows has not, or has in another way
 *
 * Ends a test there as skipped (windows/kb-test-win32.h).
 */
#ifndef kb_test_only_posix
#define kb_test_only_posix(reason) ((void) 0)
#endif

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
