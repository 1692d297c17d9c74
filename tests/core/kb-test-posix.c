/* SPDX-License-Identifier: MIT */
/* What tests do with processes; windows/kb-test-win32.c has it for Windows. */
#include "kb-test.h"

#include <grp.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void
wait_for_child (pid_t pid)
{
    int status;

    g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
    g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
}

/**
 * kb_test_in_child:
 * @func: what to do
 * @path: what to do it to
 *
 * Does it in a process of its own, and takes over its verdict.
 */
void
kb_test_in_child (KbTestChild func, const char *path)
{
    pid_t pid = fork();

    if (pid == 0) {
        func (path);
        _exit (0);
    }
    wait_for_child (pid);
}

/**
 * kb_test_as_nobody:
 * @func: what to do
 * @path: what to do it to
 *
 * Does it in a process of its own that is not root, and takes over its verdict.
 */
void
kb_test_as_nobody (KbTestChild func, const char *path)
{
    pid_t pid = fork();

    if (pid == 0) {
        if (geteuid() == 0 && (setgroups (0, NULL) != 0 || setgid (KB_TEST_NOBODY) != 0 ||
                               setuid (KB_TEST_NOBODY) != 0))
            _exit (2);
        func (path);
        _exit (0);
    }
    wait_for_child (pid);
}

/**
 * kb_test_start_process:
 * @name: what it calls itself
 *
 * Returns: a process that does nothing for a minute
 */
pid_t
kb_test_start_process (const char *name)
{
    const char *const argv[] = {"/bin/sleep", name, "60", NULL};
    g_autoptr (GError) error = NULL;
    GPid pid = 0;

    g_spawn_async (NULL, (char **) argv, NULL,
                   G_SPAWN_FILE_AND_ARGV_ZERO | G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid,
                   &error);
    g_assert_no_error (error);
    return pid;
}

/**
 * kb_test_end_process:
 * @pid: a process of kb_test_start_process()
 */
void
kb_test_end_process (pid_t pid)
{
    kill (pid, SIGKILL);
    g_assert_cmpint (waitpid (pid, NULL, 0), ==, pid);
}

/**
 * kb_test_assert_mode:
 * @path: a file or folder
 * @mode: the mode that it shall have, as 0664
 */
void
kb_test_assert_mode (const char *path, unsigned mode)
{
    struct stat info;

    g_assert_cmpint (lstat (path, &info), ==, 0);
    g_assert_cmphex (info.st_mode & 07777, ==, mode);
}

/**
 * kb_test_run_shell:
 * @database: a database
 * @sql: what to ask it
 * @output: (out): what SQLite's shell wrote
 *
 * Asks a database from another process, which waits for nobody.
 *
 * Returns: the status that it ended with, 0 when all went well
 */
int
kb_test_run_shell (const char *database, const char *sql, char **output)
{
    const char *const argv[] = {"sqlite3", "-cmd", ".timeout 0", database, sql, NULL};
    g_autoptr (GError) error = NULL;
    g_autofree char *errors = NULL;
    int status;

    kb_test_assert_ok (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL,
                                     output, &errors, &status, &error),
                       error);
    return status;
}
