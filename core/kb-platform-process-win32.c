/* SPDX-License-Identifier: MIT */
/* The part of kb-platform.h that is about processes, and about what installers leave behind. */
#include "kb-platform.h"

#include <windows.h>
/* behind windows.h */
#include <restartmanager.h>
#include <shellapi.h>
#include <string.h>
#include <tlhelp32.h>
#include <winternl.h>

/* Since Windows 8.1; winternl.h does not name it. The answer is a UNICODE_STRING and its text. */
#define PROCESS_COMMAND_LINE_INFORMATION 60
#define COMMAND_LINE_MAX_BYTES (2 * 32768 + sizeof (UNICODE_STRING))

gboolean
kb_platform_process_exists (int64_t pid)
{
    if (pid <= 0 || pid > UINT32_MAX)
        return FALSE;
    HANDLE process = OpenProcess (SYNCHRONIZE, FALSE, (DWORD) pid);
    if (process == NULL)
        return GetLastError() == ERROR_ACCESS_DENIED;
    gboolean runs = WaitForSingleObject (process, 0) == WAIT_TIMEOUT;
    CloseHandle (process);
    return runs;
}

static char **
split_command_line (const UNICODE_STRING *line)
{
    g_autofree wchar_t *text = g_new0 (wchar_t, line->Length / sizeof (wchar_t) + 1);
    g_autoptr (GStrvBuilder) builder = g_strv_builder_new();
    int n = 0;

    memcpy (text, line->Buffer, line->Length);
    wchar_t **words = *text != L'\0' ? CommandLineToArgvW (text, &n) : NULL;
    for (int i = 0; i < n; i++) {
        g_autofree char *word = g_utf16_to_utf8 (words[i], -1, NULL, NULL, NULL);
        g_strv_builder_add (builder, word != NULL ? word : "");
    }
    LocalFree (words);
    return n > 0 ? g_strv_builder_end (builder) : NULL;
}

char **
kb_platform_process_arguments (int64_t pid)
{
    HANDLE process = OpenProcess (PROCESS_QUERY_LIMITED_INFORMATION, FALSE, (DWORD) pid);
    g_autofree UNICODE_STRING *answer = g_malloc0 (COMMAND_LINE_MAX_BYTES);
    char **arguments = NULL;
    ULONG length;

    if (process == NULL)
        return NULL;
    if (NT_SUCCESS (NtQueryInformationProcess (process, PROCESS_COMMAND_LINE_INFORMATION, answer,
                                               COMMAND_LINE_MAX_BYTES, &length)))
        arguments = split_command_line (answer);
    CloseHandle (process);
    return arguments;
}

char **
kb_platform_process_environment (G_GNUC_UNUSED int64_t pid)
{
    return NULL; /* Windows does not tell */
}

/* Calls @func with what the system knows of each process, until it says stop. It tells everybody
 * which programs run, also those of a service. */
typedef gboolean (*EachProcess) (const PROCESSENTRY32W *entry, gpointer user_data);

static void
for_each_process (EachProcess func, gpointer user_data)
{
    PROCESSENTRY32W entry = {.dwSize = sizeof entry};
    HANDLE snapshot = CreateToolhelp32Snapshot (TH32CS_SNAPPROCESS, 0);

    if (snapshot == INVALID_HANDLE_VALUE)
        return;
    for (BOOL more = Process32FirstW (snapshot, &entry); more;
         more = Process32NextW (snapshot, &entry))
        if (!func (&entry, user_data))
            break;
    CloseHandle (snapshot);
}

typedef struct {
    DWORD pid;
    char *name;
} NameQuery;

static gboolean
take_name (const PROCESSENTRY32W *entry, gpointer user_data)
{
    NameQuery *query = user_data;

    if (entry->th32ProcessID == query->pid)
        query->name = g_utf16_to_utf8 (entry->szExeFile, -1, NULL, NULL, NULL);
    return query->name == NULL;
}

static char *
find_image (DWORD pid)
{
    HANDLE process = OpenProcess (PROCESS_QUERY_LIMITED_INFORMATION, FALSE, pid);
    wchar_t image[MAX_PATH];
    DWORD length = G_N_ELEMENTS (image);
    char *path = NULL;

    if (process == NULL)
        return NULL;
    if (QueryFullProcessImageNameW (process, 0, image, &length) != 0)
        path = g_utf16_to_utf8 (image, (glong) length, NULL, NULL, NULL);
    CloseHandle (process);
    return path;
}

/**
 * kb_platform_process_command:
 * @pid: a process id
 *
 * Without its arguments, that a Python runs does not say what it runs.
 *
 * Returns: (transfer full) (nullable): the command line of that process, or of somebody else's the
 *     program alone; %NULL when Windows does not tell us
 */
char *
kb_platform_process_command (int64_t pid)
{
    g_auto (GStrv) arguments = kb_platform_process_arguments (pid);
    NameQuery query = {.pid = (DWORD) pid};

    if (arguments != NULL)
        return g_strjoinv (" ", arguments);
    query.name = find_image (query.pid);
    if (query.name == NULL)
        for_each_process (take_name, &query);
    g_autofree char *base = query.name != NULL ? g_path_get_basename (query.name) : NULL;
    g_autofree char *lower = base != NULL ? g_ascii_strdown (base, -1) : NULL;
    if (lower != NULL && g_str_has_prefix (lower, "python"))
        g_clear_pointer (&query.name, g_free);
    return query.name;
}

gboolean
kb_platform_process_terminate (G_GNUC_UNUSED int64_t pid)
{
    return FALSE; /* Windows can but kill */
}

gboolean
kb_platform_process_owner (G_GNUC_UNUSED int64_t pid, G_GNUC_UNUSED KbOwner *owner)
{
    return FALSE;
}

void
kb_platform_run_as (G_GNUC_UNUSED GSubprocessLauncher *launcher, G_GNUC_UNUSED const KbOwner *owner)
{
    /* What we start outlives us by itself. */
}

static int64_t
pick_other (const RM_PROCESS_INFO *users, UINT n)
{
    for (UINT i = 0; i < n; i++)
        if (users[i].Process.dwProcessId != GetCurrentProcessId())
            return users[i].Process.dwProcessId;
    return 0;
}

/**
 * kb_platform_find_user_of_file:
 * @path: a file
 *
 * Asks the Restart Manager who has a file open, this process aside. Where it does not answer, as
 * under Wine, nobody is known; the lock of SQLite still refuses whoever uses the database in WAL
 * mode, and Windows to rename a file that is open.
 *
 * Returns: a process id, or 0 when nobody is known to
 */
int64_t
kb_platform_find_user_of_file (const char *path)
{
    g_autofree char *absolute = kb_platform_real_path (path);
    g_autofree wchar_t *wide =
        absolute != NULL ? (wchar_t *) g_utf8_to_utf16 (absolute, -1, NULL, NULL, NULL) : NULL;
    wchar_t key[CCH_RM_SESSION_KEY + 1] = {0};
    RM_PROCESS_INFO users[16];
    const wchar_t *files[] = {wide};
    UINT n_needed = 0;
    UINT n = G_N_ELEMENTS (users);
    DWORD session;
    DWORD reasons = 0;
    int64_t pid = 0;

    if (wide == NULL || RmStartSession (&session, 0, key) != ERROR_SUCCESS)
        return 0;
    if (RmRegisterResources (session, 1, files, 0, NULL, 0, NULL) == ERROR_SUCCESS &&
        RmGetList (session, &n_needed, &n, users, &reasons) == ERROR_SUCCESS && n_needed > 0)
        pid = pick_other (users, MIN (n, n_needed));
    RmEndSession (session);
    return pid;
}

int64_t
kb_platform_find_locker (G_GNUC_UNUSED const char *path)
{
    return 0; /* kb_platform_find_user_of_file() knows whoever has it open */
}

static gboolean
take_pid (const PROCESSENTRY32W *entry, gpointer user_data)
{
    gint64 pid = entry->th32ProcessID;

    if (pid != 0) /* the idle process */
        g_array_append_val (user_data, pid);
    return TRUE;
}

GArray *
kb_platform_list_processes (void)
{
    GArray *pids = g_array_new (FALSE, FALSE, sizeof (gint64));

    for_each_process (take_pid, pids);
    return pids;
}

char *
kb_platform_user_home (G_GNUC_UNUSED const char *user)
{
    return NULL; /* no file of an installer names a user */
}

char *
kb_platform_program_data (void)
{
    const char *folder = g_getenv ("PROGRAMDATA");

    return folder != NULL && *folder != '\0' ? g_strdup (folder) : NULL;
}

/* One value, in the 64-bit view of the registry. */
char *
kb_platform_registry_text (const char *key, const char *name)
{
    HKEY root = g_str_has_prefix (key, "HKCU\\") ? HKEY_CURRENT_USER : HKEY_LOCAL_MACHINE;
    g_autofree wchar_t *wide_key =
        (wchar_t *) g_utf8_to_utf16 (key + strlen ("HKLM\\"), -1, NULL, NULL, NULL);
    g_autofree wchar_t *wide_name = (wchar_t *) g_utf8_to_utf16 (name, -1, NULL, NULL, NULL);
    wchar_t text[1024];
    DWORD size_bytes = sizeof text;

    if (RegGetValueW (root, wide_key, wide_name, RRF_RT_REG_SZ | RRF_SUBKEY_WOW6464KEY, NULL, text,
                      &size_bytes) != ERROR_SUCCESS)
        return NULL;
    return g_utf16_to_utf8 ((const gunichar2 *) text, -1, NULL, NULL, NULL);
}
