/* SPDX-License-Identifier: MIT */
/* What kb-platform-win32.c promises, with a second process where there are two in life. */
#include "kb-error.h"
#include "kb-file.h"
#include "kb-live.h"
#include "kb-lock.h"
#include "kb-test.h"

#include <aclapi.h>
#include <string.h>

/* This program once more: takes what it is told to take, says so by a file, and stays. */
static void __attribute__ ((constructor)) be_another (void)
{
    const char *lock = g_getenv ("KB_TEST_LOCK");
    const char *database = g_getenv ("KB_TEST_HOLD");
    gboolean taken;

    if (lock == NULL && database == NULL)
        return;
    if (lock != NULL && kb_platform_lock (lock, NULL, &taken, NULL) < 0)
        ExitProcess (1);
    if (database != NULL) {
        KbSqlite *db = kb_sqlite_open (database, SQLITE_OPEN_READWRITE, NULL);
        kb_sqlite_exec (db, "SELECT count(*) FROM django_migrations", NULL);
    }
    g_autofree char *ready = g_strconcat (lock != NULL ? lock : database, ".ready", NULL);
    g_file_set_contents (ready, "", 0, NULL);
    Sleep (60000);
    ExitProcess (0);
}

static HANDLE
start_another (const char *variable, const char *path)
{
    g_autofree char *ready = g_strconcat (path, ".ready", NULL);
    STARTUPINFOW how = {.cb = sizeof how};
    PROCESS_INFORMATION process;
    wchar_t program[MAX_PATH];

    GetModuleFileNameW (NULL, program, MAX_PATH);
    g_setenv (variable, path, TRUE);
    BOOL done = CreateProcessW (program, NULL, NULL, NULL, FALSE, 0, NULL, NULL, &how, &process);
    g_unsetenv (variable);
    g_assert_true (done);
    CloseHandle (process.hThread);
    for (int i = 0; i < 600 && !kb_test_exists (ready); i++)
        g_usleep (50000);
    g_assert_cmpint (g_remove (ready), ==, 0);
    return process.hProcess;
}

static void
end_another (HANDLE process)
{
    g_assert_true (TerminateProcess (process, 1)); /* as a crash or a power cut ends it */
    WaitForSingleObject (process, INFINITE);
    CloseHandle (process);
}

static void
test_lock_of_another_process (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_file (dir, "lock");
    g_autoptr (GError) error = NULL;
    gboolean taken;
    HANDLE other = start_another ("KB_TEST_LOCK", path);

    g_assert_cmpint (kb_platform_lock (path, NULL, &taken, &error), ==, -1);
    g_assert_no_error (error);
    g_assert_true (taken);
    end_another (other);
    g_auto (KbFd) fd = kb_platform_lock (path, NULL, &taken, &error);
    g_assert_no_error (error);
    g_assert_cmpint (fd, >=, 0);
    g_auto (KbFd) again = kb_platform_lock (path, NULL, &taken, &error);
    g_assert_true (again < 0 && taken); /* not even twice in one process */
}

/* Kolibri, idle, in WAL mode: a restore must not begin. */
static void
test_database_of_another_process (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home (dir, "home", "0.19");
    g_autofree char *before = kb_test_digest_home (home);
    g_autoptr (GError) error = NULL;
    KbLive *live = NULL;
    HANDLE other = start_another ("KB_TEST_HOLD", kb_home_get_database (home));

    g_assert_cmpint (kb_live_hold (kb_home_get_database (home), &live, &error), ==, KB_LIVE_FAILED);
    g_assert_error (error, KB_ERROR, KB_ERROR_BUSY);
    end_another (other);
    g_clear_error (&error);
    g_assert_cmpint (kb_live_hold (kb_home_get_database (home), &live, &error), ==, KB_LIVE_HELD);
    kb_live_release (live);
    g_autofree char *after = kb_test_digest_home (home);
    g_assert_cmpstr (before, ==, after);
}

/* What a scanner of viruses, or a person in another program, has open is not replaced. */
static void
test_replace_what_is_open (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_write (dir, "file", "old");
    g_autofree char *part = kb_test_dir_write (dir, "file.part", "new");
    g_autofree wchar_t *wide = (wchar_t *) g_utf8_to_utf16 (path, -1, NULL, NULL, NULL);
    g_autoptr (GError) error = NULL;
    HANDLE open = CreateFileW (wide, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);

    g_assert_true (open != INVALID_HANDLE_VALUE);
    g_assert_false (kb_platform_replace (part, path, &error));
    g_assert_true (g_error_matches (error, KB_ERROR, KB_ERROR_BUSY) ||
                   g_error_matches (error, KB_ERROR, KB_ERROR_PERMISSION));
    kb_test_assert_file (path, "old", 3);
    CloseHandle (open);
    g_assert_true (kb_platform_replace (part, path, NULL));
    kb_test_assert_file (path, "new", 3);
}

static void
test_publish_never_replaces (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_write (dir, "file", "old");
    g_autofree char *part = kb_test_dir_write (dir, "file.part", "new");
    g_autoptr (GError) error = NULL;

    g_assert_cmpint (kb_platform_publish (part, path, &error), ==, KB_NAMING_EXISTS);
    g_assert_no_error (error);
    kb_test_assert_file (path, "old", 3);
    kb_test_assert_file (part, "new", 3);
}

/* Below a folder whose name alone is longer than Windows takes without its prefix. */
static void
test_long_paths (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *name = g_strnfill (150, 'x');
    g_autofree char *one = kb_test_dir_file (dir, name);
    g_autofree char *two = g_build_filename (one, name, NULL);
    g_autofree char *part = g_build_filename (two, "ñandú école.part", NULL);
    g_autofree char *path = g_build_filename (two, "ñandú école", NULL);
    g_autofree char *second = g_build_filename (two, "second", NULL);
    g_autoptr (GError) error = NULL;
    const char *const names[] = {path, second, two, one};

    kb_test_assert_ok (kb_platform_make_dir (one, NULL, &error), error);
    kb_test_assert_ok (kb_platform_make_dir (two, NULL, &error), error);
    int fd = kb_platform_create (part, NULL, &error);
    g_assert_no_error (error);
    kb_test_assert_ok (kb_file_write_all (fd, "abc", 3, part, &error), error);
    kb_test_assert_ok (kb_platform_sync_fd (fd, part, &error), error);
    kb_fd_close (fd);
    g_assert_cmpint (kb_platform_publish (part, path, &error), ==, KB_NAMING_DONE);
    g_assert_cmpint (kb_platform_link (path, second, &error), ==, KB_NAMING_DONE);
    kb_test_assert_ok (kb_platform_sync_dir (two, &error), error);
    g_autofree char *text = kb_file_read_text (second, 10, NULL, &error);
    g_assert_cmpstr (text, ==, "abc");
    g_assert_true (kb_file_is_same (path, second));
    for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
        kb_test_assert_ok (kb_platform_remove (names[i], &error), error);
}

/* SQLite, Kolibri and GLib would say of what is there that it is not. */
static void
test_data_folder_with_a_long_path (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *name = g_strnfill (120, 'x');
    g_autofree char *path = kb_test_dir_file (dir, name);
    g_autoptr (GError) error = NULL;

    if (GetProcAddress (GetModuleHandleW (L"ntdll.dll"), "RtlAreLongPathsEnabled") != NULL) {
        g_test_skip ("this Windows may have no limit");
        return;
    }
    g_assert_cmpint (g_mkdir (path, 0755), ==, 0);
    g_assert_null (kb_home_open (path, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_UNSUPPORTED);
}

/* Names that Windows keeps for devices: nobody could delete such a file. */
static void
test_reserved_names (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    const char *const names[] = {"NUL", "COM1", "a<b", "a?b", "a|b"};

    for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
        g_autofree char *path = g_strconcat (dir->path, "\\", names[i], NULL);
        g_autoptr (GError) error = NULL;
        g_assert_cmpint (kb_platform_create (path, NULL, &error), ==, -1);
        g_assert_nonnull (error);
        g_assert_cmpint (kb_platform_open_regular (path, TRUE, NULL), ==, -1);
    }
}

/* A drive that is not there (any more), and what SQLite and the C library say of one. */
static void
test_drive_that_is_gone (void)
{
    g_autoptr (GError) error = NULL;
    uint64_t bytes;

    g_assert_cmpint (kb_platform_create ("Q:\\file", NULL, &error), ==, -1);
    g_assert_error (error, KB_ERROR, KB_ERROR_NOT_FOUND);
    g_assert_false (kb_platform_free_space ("Q:\\", &bytes, NULL));
    g_assert_cmpint (kb_platform_errno_from_system (ERROR_NOT_READY), ==, EIO);
    g_assert_cmpint (kb_platform_errno_from_system (ERROR_NO_MEDIA_IN_DRIVE), ==, EIO);
    g_assert_cmpint (kb_platform_errno_from_system (ERROR_WRITE_PROTECT), ==, EROFS);
    g_assert_cmpint (kb_platform_errno_from_system (ERROR_DISK_FULL), ==, ENOSPC);
    g_assert_cmpint (kb_platform_errno_from_system (ERROR_SHARING_VIOLATION), ==, EBUSY);
    errno = EINVAL;
    _doserrno = ERROR_NOT_READY;
    g_assert_cmpint (kb_platform_get_errno(), ==, EIO);
}

/* Windows flushes only what may be written; a file that has been written and closed is opened to be
 * read. */
static void
test_sync_of_a_closed_file (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_write (dir, "file", "x");
    g_autoptr (GError) error = NULL;

    kb_test_assert_ok (kb_file_sync (path, &error), error);
    kb_test_assert_ok (kb_file_sync_parent (path, &error), error);
}

static void
test_read_only_file_is_removed (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_write (dir, "file", "x");
    g_autofree wchar_t *wide = (wchar_t *) g_utf8_to_utf16 (path, -1, NULL, NULL, NULL);
    g_autoptr (GError) error = NULL;

    g_assert_true (SetFileAttributesW (wide, FILE_ATTRIBUTE_READONLY));
    kb_test_assert_ok (kb_platform_remove (path, &error), error);
    g_assert_false (kb_test_exists (path));
}

static unsigned
count_entries (const wchar_t *wide)
{
    PSECURITY_DESCRIPTOR descriptor = NULL;
    PACL list = NULL;

    g_assert_cmpint (GetNamedSecurityInfoW ((wchar_t *) wide, SE_FILE_OBJECT,
                                            DACL_SECURITY_INFORMATION, NULL, NULL, &list, NULL,
                                            &descriptor),
                     ==, ERROR_SUCCESS);
    unsigned n = list != NULL ? list->AceCount : 0;
    LocalFree (descriptor);
    return n;
}

/* The list of the old database holds for the new one in its place. */
static void
test_access_list_is_copied (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *from = kb_test_dir_write (dir, "from", "x");
    g_autofree char *to = kb_test_dir_write (dir, "to", "x");
    g_autofree wchar_t *wide_from = (wchar_t *) g_utf8_to_utf16 (from, -1, NULL, NULL, NULL);
    g_autofree wchar_t *wide_to = (wchar_t *) g_utf8_to_utf16 (to, -1, NULL, NULL, NULL);
    g_autoptr (GError) error = NULL;
    wchar_t everyone[] = L"EVERYONE";
    EXPLICIT_ACCESSW entry;
    PACL list = NULL;

    BuildExplicitAccessWithNameW (&entry, everyone, GENERIC_READ, SET_ACCESS, NO_INHERITANCE);
    g_assert_cmpint (SetEntriesInAclW (1, &entry, NULL, &list), ==, ERROR_SUCCESS);
    g_assert_cmpint (
        SetNamedSecurityInfoW (wide_from, SE_FILE_OBJECT,
                               DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION,
                               NULL, NULL, list, NULL),
        ==, ERROR_SUCCESS);
    LocalFree (list);
    if (count_entries (wide_to) == count_entries (wide_from)) {
        g_test_skip ("here the list does not show: Wine makes it up from the mode");
        return;
    }
    kb_test_assert_ok (kb_platform_copy_attributes (from, to, &error), error);
    g_assert_cmpuint (count_entries (wide_to), ==, count_entries (wide_from));
}

/* One folder, however it is written. */
static void
test_real_path (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *path = kb_test_dir_file (dir, "Folder");
    g_autofree char *other = g_strconcat (dir->path, "/fOLDER/../FOLDER", NULL);
    g_autofree char *file = g_build_filename (other, "new", NULL);

    g_assert_cmpint (g_mkdir (path, 0755), ==, 0);
    g_autofree char *real = kb_platform_real_path (path);
    g_autofree char *same = kb_platform_real_path (other);
    g_autofree char *below = kb_platform_real_path (file);
    g_autofree char *expected = g_build_filename (real, "new", NULL);
    g_assert_cmpstr (same, ==, real);
    g_assert_cmpstr (below, ==, expected);
    g_assert_true (g_str_has_suffix (real, "\\Folder"));
}

/* Those that mingw's strtod() gets wrong, and their neighbours. */
static void
test_reals (void)
{
    static const struct {
        const char *digits;
        guint64 bits;
    } cases[] = {
        {"9.5054578314757981e-212", G_GUINT64_CONSTANT (0x141fffffffffffff)},
        {"-9.5054578314757981e-212", G_GUINT64_CONSTANT (0x941fffffffffffff)},
        {"0.5", G_GUINT64_CONSTANT (0x3fe0000000000000)},
        {"0.49999999999999994", G_GUINT64_CONSTANT (0x3fdfffffffffffff)},
    };

    for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
        double value = kb_platform_parse_real (cases[i].digits);
        guint64 bits;
        memcpy (&bits, &value, sizeof bits);
        g_assert_cmphex (bits, ==, cases[i].bits);
    }
}

static void
test_processes (void)
{
    pid_t pid = kb_test_start_process ("kolibri");
    g_autofree char *command = kb_platform_process_command (pid);
    g_autoptr (GArray) pids = kb_platform_list_processes();
    gboolean found = FALSE;

    for (guint i = 0; i < pids->len; i++)
        found = found || g_array_index (pids, gint64, i) == pid;
    g_assert_true (found);
    g_assert_true (kb_platform_process_exists (pid));
    g_assert_nonnull (strstr (command, "kolibri.exe"));
    kb_test_end_process (pid);
    g_assert_false (kb_platform_process_exists (pid));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/platform/win32/lock-of-another-process", test_lock_of_another_process);
    g_test_add_func ("/platform/win32/database-of-another-process",
                     test_database_of_another_process);
    g_test_add_func ("/platform/win32/replace-what-is-open", test_replace_what_is_open);
    g_test_add_func ("/platform/win32/publish-never-replaces", test_publish_never_replaces);
    g_test_add_func ("/platform/win32/long-paths", test_long_paths);
    g_test_add_func ("/platform/win32/data-folder-with-a-long-path",
                     test_data_folder_with_a_long_path);
    g_test_add_func ("/platform/win32/reserved-names", test_reserved_names);
    g_test_add_func ("/platform/win32/drive-that-is-gone", test_drive_that_is_gone);
    g_test_add_func ("/platform/win32/sync-of-a-closed-file", test_sync_of_a_closed_file);
    g_test_add_func ("/platform/win32/read-only-file-is-removed", test_read_only_file_is_removed);
    g_test_add_func ("/platform/win32/access-list-is-copied", test_access_list_is_copied);
    g_test_add_func ("/platform/win32/real-path", test_real_path);
    g_test_add_func ("/platform/win32/reals", test_reals);
    g_test_add_func ("/platform/win32/processes", test_processes);
    return g_test_run();
}
