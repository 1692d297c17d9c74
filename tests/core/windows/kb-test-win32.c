/* SPDX-License-Identifier: MIT */
#include "kb-test-win32.h"

#include "kb-platform.h"
#include "kb-test.h"

#include <setjmp.h>
#include <windows.h>

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

/* What kb_test_start_process() starts is this program once more. */
static void __attribute__ ((constructor))
sleep_if_told (void)
{
    if (GetEnvironmentVariableW (L"KB_TEST_SLEEP", NULL, 0) > 0) {
        Sleep (60000);
        ExitProcess (0);
    }
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

pid_t
kb_test_start_process (const char *name)
{
    g_autofree char *line = g_strdup_printf ("\"%s\" 60", name);
    g_autofree wchar_t *wide = (wchar_t *) g_utf8_to_utf16 (line, -1, NULL, NULL, NULL);
    STARTUPINFOW how = {.cb = sizeof how};
    PROCESS_INFORMATION process;
    wchar_t program[MAX_PATH];

    g_assert_cmpint (GetModuleFileNameW (NULL, program, MAX_PATH), >, 0);
    SetEnvironmentVariableW (L"KB_TEST_SLEEP", L"1");
    BOOL done = CreateProcessW (program, wide, NULL, NULL, FALSE, 0, NULL, NULL, &how, &process);
    SetEnvironmentVariableW (L"KB_TEST_SLEEP", NULL);
    g_assert_true (done);
    CloseHandle (process.hThread);
    CloseHandle (process.hProcess);
    return (pid_t) process.dwProcessId;
}

void
kb_test_end_process (pid_t pid)
{
    g_assert_cmpint (kb_test_kill (pid), ==, 0);
    kb_test_wait (pid, NULL);
}
