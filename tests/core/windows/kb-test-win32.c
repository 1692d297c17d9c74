/* SPDX-License-Identifier: MIT */
#include "kb-test-win32.h"

#include "kb-platform.h"
#include "kb-test.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>
/* behind windows.h */
#include <shellapi.h>

/* A test, as it was added. */
typedef struct {
    gconstpointer data;
    void (*set_up) (gpointer fixture, gconstpointer data);
    void (*test) (gpointer fixture, gconstpointer data);
    void (*tear_down) (gpointer fixture, gconstpointer data);
    gboolean has_fixture;
    gboolean was_left;
} Test;

/* The test that runs: its thread is the only one that may leave it. */
static struct {
    Test *test;
    GThread *thread;
    jmp_buf way_out;
} running;

/**
 * kb_test_not_here:
 * @what: what the test needs
 *
 * Ends the test that runs as skipped. What it has open stays so, and the rest of its program does
 * not need it; its folder goes when the program ends.
 */
void
kb_test_not_here (const char *what)
{
    g_autofree char *reason = g_strdup_printf ("not on Windows: %s", what);

    g_assert_true (running.test != NULL && running.thread == g_thread_self());
    g_test_skip (reason);
    running.test->was_left = TRUE;
    longjmp (running.way_out, 1);
}

static void
run_part (Test *self, void (*part) (gpointer, gconstpointer), gpointer fixture)
{
    if (part == NULL || self->was_left)
        return;
    running.test = self;
    running.thread = g_thread_self();
    /* without a frame, so that Windows unwinds nothing on the way */
    if (_setjmp (running.way_out, NULL) == 0) {
        if (self->has_fixture)
            part (fixture, self->data);
        else /* a plain test takes its data first, or nothing at all */
            part ((gpointer) self->data, NULL);
    }
    running.test = NULL;
}

static void
set_up (gpointer fixture, gconstpointer data)
{
    Test *self = (Test *) data;

    run_part (self, self->set_up, fixture);
}

static void
run_test (gpointer fixture, gconstpointer data)
{
    Test *self = (Test *) data;

    run_part (self, self->test, fixture);
}

static void
tear_down (gpointer fixture, gconstpointer data)
{
    Test *self = (Test *) data;

    run_part (self, self->tear_down, fixture);
    g_free (self);
}

/**
 * kb_test_add_here:
 * @path: the name of a test
 * @fixture_size: the size of its fixture in bytes, or 0
 * @data: (nullable): for the test
 * @before: (nullable): makes the fixture
 * @test: the test
 * @after: (nullable): frees the fixture
 *
 * Adds a test as g_test_add() does, so that kb_test_not_here() can leave it.
 */
void
kb_test_add_here (const char *path,
                  size_t fixture_size,
                  gconstpointer data,
                  void *before,
                  void *test,
                  void *after)
{
    Test *self = g_new0 (Test, 1);

    self->data = data;
    self->has_fixture = fixture_size > 0;
    self->set_up = (void (*) (gpointer, gconstpointer)) before;
    self->test = (void (*) (gpointer, gconstpointer)) test;
    self->tear_down = (void (*) (gpointer, gconstpointer)) after;
    g_test_add_vtable (path, fixture_size, self, set_up, run_test, tear_down);
}

/* Windows has its own names of time zones, and SQLite there takes its folder from another. */
#undef g_setenv
gboolean
kb_test_setenv (const char *name, const char *value, gboolean overwrite)
{
    if (strcmp (name, "SQLITE_TMPDIR") == 0)
        name = "TMP";
    if (strcmp (name, "TZ") == 0 && strcmp (value, "Africa/Nairobi") == 0)
        value = "E. Africa Standard Time";
    return g_setenv (name, value, overwrite);
}

int
kb_test_stat (const char *path, struct kb_test_stat *info)
{
    GStatBuf plain;
    KbFileId id = {0};
    g_autofree wchar_t *wide = (wchar_t *) g_utf8_to_utf16 (path, -1, NULL, NULL, NULL);

    if (g_stat (path, &plain) != 0 || !kb_platform_file_id (path, &id))
        return -1;
    *info = (struct kb_test_stat){
        .st_dev = id.device,
        .st_ino = id.inode,
        .st_mode = plain.st_mode,
        .st_size = plain.st_size,
        .st_mtime = plain.st_mtime,
    };
    BY_HANDLE_FILE_INFORMATION more = {0};
    HANDLE handle = CreateFileW (wide, 0, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                                 NULL, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
    if (handle != INVALID_HANDLE_VALUE) {
        GetFileInformationByHandle (handle, &more);
        CloseHandle (handle);
    }
    info->st_nlink = more.nNumberOfLinks;
    return 0;
}

int
kb_test_link (const char *path, const char *link_path)
{
    return kb_platform_link (path, link_path, NULL) == KB_NAMING_DONE ? 0 : -1;
}

int
kb_test_kill (pid_t pid)
{
    HANDLE process = OpenProcess (PROCESS_TERMINATE, FALSE, (DWORD) pid);
    BOOL done = process != NULL && TerminateProcess (process, 1) != 0;

    if (process != NULL)
        CloseHandle (process);
    return done ? 0 : -1;
}

pid_t
kb_test_wait (pid_t pid, int *status)
{
    HANDLE process = OpenProcess (SYNCHRONIZE | PROCESS_QUERY_INFORMATION, FALSE, (DWORD) pid);
    DWORD code = 0;

    if (process != NULL) {
        WaitForSingleObject (process, INFINITE);
        GetExitCodeProcess (process, &code);
        CloseHandle (process);
    }
    if (status != NULL)
        *status = (int) code;
    return pid;
}

static int
print_row (G_GNUC_UNUSED void *data, int n, char **values, G_GNUC_UNUSED char **names)
{
    for (int i = 0; i < n; i++)
        printf ("%s%s", i > 0 ? "|" : "", values[i] != NULL ? values[i] : "");
    printf ("\n");
    return 0;
}

/* What of SQLite's shell the tests need: PROGRAM DATABASE SQL. */
static int
be_a_shell (void)
{
    int n = 0;
    wchar_t **words = CommandLineToArgvW (GetCommandLineW(), &n);
    g_autofree char *database = g_utf16_to_utf8 (words[1], -1, NULL, NULL, NULL);
    g_autofree char *sql = g_utf16_to_utf8 (words[2], -1, NULL, NULL, NULL);
    sqlite3 *db = NULL;
    int rc = sqlite3_open_v2 (database, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);

    if (rc == SQLITE_OK)
        rc = sqlite3_exec (db, sql, print_row, NULL, NULL);
    sqlite3_close (db);
    LocalFree (words);
    fflush (stdout);
    return rc;
}

/* What tests start as another process is this program once more. */
static void __attribute__ ((constructor)) be_another_if_told (void)
{
    if (GetEnvironmentVariableW (L"KB_TEST_SLEEP", NULL, 0) > 0) {
        Sleep (60000);
        ExitProcess (0);
    }
    if (GetEnvironmentVariableW (L"KB_TEST_SHELL", NULL, 0) > 0)
        ExitProcess ((UINT) be_a_shell());
}

int
kb_test_run_shell (const char *database, const char *sql, char **output)
{
    wchar_t wide[MAX_PATH];
    g_auto (GStrv) environment = g_environ_setenv (g_get_environ(), "KB_TEST_SHELL", "1", TRUE);
    g_autoptr (GError) error = NULL;
    int status;

    GetModuleFileNameW (NULL, wide, MAX_PATH);
    g_autofree char *program = g_utf16_to_utf8 (wide, -1, NULL, NULL, NULL);
    const char *const argv[] = {program, database, sql, NULL};
    kb_test_assert_ok (g_spawn_sync (NULL, (char **) argv, environment, G_SPAWN_DEFAULT, NULL, NULL,
                                     output, NULL, &status, &error),
                       error);
    return status;
}

void
kb_test_in_child (G_GNUC_UNUSED KbTestChild func, G_GNUC_UNUSED const char *path)
{
    kb_test_not_here ("fork()");
}

void
kb_test_as_nobody (G_GNUC_UNUSED KbTestChild func, G_GNUC_UNUSED const char *path)
{
    kb_test_not_here ("to become another user");
}

/* Wine tells of a process the name of its program alone: so a copy of ours has that name. */
static char *
copy_program (const char *name)
{
    g_autofree char *base = g_path_get_basename (name);
    g_autofree char *dir = g_dir_make_tmp ("kb-program-XXXXXX", NULL);
    char *path =
        g_strdup_printf ("%s\\%s%s", dir, base, g_str_has_suffix (base, ".exe") ? "" : ".exe");
    g_autofree wchar_t *wide = (wchar_t *) g_utf8_to_utf16 (path, -1, NULL, NULL, NULL);
    wchar_t program[MAX_PATH];

    g_assert_cmpint (GetModuleFileNameW (NULL, program, MAX_PATH), >, 0);
    g_assert_true (CopyFileW (program, wide, TRUE));
    return path;
}

pid_t
kb_test_start_process (const char *name)
{
    g_autofree char *program = copy_program (name);
    g_autofree char *line = g_strdup_printf ("\"%s\" 60", program);
    g_autofree wchar_t *wide = (wchar_t *) g_utf8_to_utf16 (line, -1, NULL, NULL, NULL);
    STARTUPINFOW how = {.cb = sizeof how};
    PROCESS_INFORMATION process;

    SetEnvironmentVariableW (L"KB_TEST_SLEEP", L"1");
    BOOL done = CreateProcessW (NULL, wide, NULL, NULL, FALSE, 0, NULL, NULL, &how, &process);
    SetEnvironmentVariableW (L"KB_TEST_SLEEP", NULL);
    g_assert_true (done);
    CloseHandle (process.hThread);
    CloseHandle (process.hProcess);
    return (pid_t) process.dwProcessId;
}

void
kb_test_end_process (pid_t pid)
{
    HANDLE process = OpenProcess (PROCESS_QUERY_INFORMATION, FALSE, (DWORD) pid);
    wchar_t program[MAX_PATH];
    DWORD length = MAX_PATH;

    g_assert_true (QueryFullProcessImageNameW (process, 0, program, &length));
    CloseHandle (process);
    g_assert_cmpint (kb_test_kill (pid), ==, 0);
    kb_test_wait (pid, NULL);
    g_assert_true (DeleteFileW (program));
    *wcsrchr (program, L'\\') = L'\0';
    g_assert_true (RemoveDirectoryW (program));
}

/* There are access lists instead, which new files have from their folder: test-platform-win32.c. */
void
kb_test_assert_mode (const char *path, G_GNUC_UNUSED unsigned mode)
{
    g_assert_true (kb_test_exists (path));
}

/* Tests open files as bytes. */
static void __attribute__ ((constructor)) open_as_bytes (void)
{
    _fmode = _O_BINARY;
}
