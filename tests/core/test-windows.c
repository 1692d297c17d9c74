/* SPDX-License-Identifier: MIT */
/* Kolibri as the installers for Windows leave it: a real registry, a real service. */
#include "kb-candidates.h"
#include "kb-error.h"
#include "kb-install.h"
#include "kb-server-look.h"
#include "kb-service.h"
#include "kb-test.h"

#include <string.h>
#include <windows.h>

#define NEW_KEY L"Software\\Kolibri"
#define OLD_KEY                                                                                    \
    L"Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\"                                   \
    L"Kolibri-Foundation for Learning Equality_is1"

static void
set_text (HKEY root, const wchar_t *key, REGSAM view, const wchar_t *name, const wchar_t *text)
{
    HKEY handle;

    g_assert_cmpint (RegCreateKeyExW (root, key, 0, NULL, 0, KEY_WRITE | view, NULL, &handle, NULL),
                     ==, ERROR_SUCCESS);
    g_assert_cmpint (RegSetValueExW (handle, name, 0, REG_SZ, (const BYTE *) text,
                                     (DWORD) ((wcslen (text) + 1) * sizeof *text)),
                     ==, ERROR_SUCCESS);
    RegCloseKey (handle);
}

static void
remove_key (HKEY root, const wchar_t *key, REGSAM view)
{
    g_assert_cmpint (RegDeleteKeyExW (root, key, view, 0), ==, ERROR_SUCCESS);
}

static void
assert_version (KbInstallKind kind, const char *expected)
{
    g_autoptr (KbInstall) install = kb_install_find (NULL, kind);

    g_assert_cmpstr (install != NULL ? install->version : NULL, ==, expected);
}

/* Nothing of a Kolibri of this very computer is touched. */
static gboolean
has_kolibri (void)
{
    g_autoptr (KbInstall) new = kb_install_find (NULL, KB_INSTALL_WINDOWS_NEW);
    g_autoptr (KbInstall) old = kb_install_find (NULL, KB_INSTALL_WINDOWS_OLD);

    if (new == NULL &&
        old == NULL &&kb_service_query (NULL, KB_SERVICE_KOLIBRI) == KB_SERVICE_STATE_ABSENT)
        return FALSE;
    g_test_skip ("a Kolibri is installed here");
    return TRUE;
}

static void
test_new_installer (void)
{
    if (has_kolibri())
        return;
    set_text (HKEY_LOCAL_MACHINE, NEW_KEY, KEY_WOW64_64KEY, L"Version", L"0.19.5");
    assert_version (KB_INSTALL_WINDOWS_NEW, "0.19.5");
    assert_version (KB_INSTALL_WINDOWS_OLD, NULL);
    set_text (HKEY_LOCAL_MACHINE, NEW_KEY, KEY_WOW64_64KEY, L"Version", L"rubbish ñ");
    g_autoptr (KbInstall) install = kb_install_find (NULL, KB_INSTALL_WINDOWS_NEW);
    g_assert_true (install->is_unreadable);
    remove_key (HKEY_LOCAL_MACHINE, NEW_KEY, KEY_WOW64_64KEY);
    assert_version (KB_INSTALL_WINDOWS_NEW, NULL);
}

/* For all users as a program of 64 or 32 bits, or for one user. */
static void
test_old_installer (void)
{
    const struct {
        HKEY root;
        REGSAM view;
    } places[] = {
        {HKEY_LOCAL_MACHINE, KEY_WOW64_64KEY},
        {HKEY_LOCAL_MACHINE, KEY_WOW64_32KEY},
        {HKEY_CURRENT_USER, KEY_WOW64_64KEY},
    };

    if (has_kolibri())
        return;
    for (gsize i = 0; i < G_N_ELEMENTS (places); i++) {
        set_text (places[i].root, OLD_KEY, places[i].view, L"DisplayVersion", L"0.15.12");
        assert_version (KB_INSTALL_WINDOWS_OLD, "0.15.12");
        remove_key (places[i].root, OLD_KEY, places[i].view);
        assert_version (KB_INSTALL_WINDOWS_OLD, NULL);
    }
}

/* Where the registry says nothing, the variable that the old installer sets. */
static void
test_script_dir (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *package = kb_test_dir_file (dir, "Lib/site-packages/kolibri");
    g_autofree char *scripts = kb_test_dir_file (dir, "Scripts");

    if (has_kolibri())
        return;
    g_assert_cmpint (g_mkdir_with_parents (package, 0755), ==, 0);
    g_free (kb_test_dir_write (dir, "Lib/site-packages/kolibri/VERSION", "0.14.7\n"));
    g_setenv ("KOLIBRI_SCRIPT_DIR", scripts, TRUE);
    assert_version (KB_INSTALL_WINDOWS_OLD, "0.14.7");
    g_unsetenv ("KOLIBRI_SCRIPT_DIR");
}

/* Where each keeps its data: facts, 1.2. */
static void
test_candidates (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autofree char *shared = kb_test_dir_file (dir, "kolibri");
    g_autofree char *own = g_build_filename (g_get_home_dir(), ".kolibri", NULL);
    g_autofree char *before = g_strdup (g_getenv ("PROGRAMDATA"));

    if (has_kolibri())
        return;
    g_setenv ("PROGRAMDATA", dir->path, TRUE);
    g_unsetenv ("KOLIBRI_HOME");
    set_text (HKEY_CURRENT_USER, OLD_KEY, KEY_WOW64_64KEY, L"DisplayVersion", L"0.15.12");
    g_autoptr (GPtrArray) list = kb_candidates_list (NULL);
    const KbCandidate *new = kb_candidates_find (list, shared);
    const KbCandidate *old = kb_candidates_find (list, own);
    g_assert_nonnull (new);
    g_assert_cmpint (new->kind, ==, KB_INSTALL_WINDOWS_NEW);
    g_assert_nonnull (old);
    g_assert_cmpint (old->kind, ==, KB_INSTALL_WINDOWS_OLD);
    remove_key (HKEY_CURRENT_USER, OLD_KEY, KEY_WOW64_64KEY);
    g_setenv ("PROGRAMDATA", before, TRUE);
}

static SC_HANDLE
install_service (SC_HANDLE manager)
{
    const char *program = g_getenv ("KB_TINY_SERVICE");
    g_autofree char *windows = NULL;

    if (program == NULL)
        return NULL;
    windows = program[0] == '/' ? g_strconcat ("Z:", program, NULL) : g_strdup (program);
    for (char *c = windows; *c != '\0'; c++)
        if (*c == '/')
            *c = '\\';
    g_autofree wchar_t *path = (wchar_t *) g_utf8_to_utf16 (windows, -1, NULL, NULL, NULL);
    return CreateServiceW (manager, L"Kolibri", L"Kolibri", SERVICE_ALL_ACCESS,
                           SERVICE_WIN32_OWN_PROCESS, SERVICE_DEMAND_START, SERVICE_ERROR_NORMAL,
                           path, NULL, NULL, NULL, NULL, NULL);
}

static void
run (KbServiceAction action)
{
    g_autoptr (GError) error = NULL;

    kb_test_assert_ok (kb_service_run (NULL, KB_SERVICE_KOLIBRI, action, NULL, &error), error);
}

static KbServiceState
state (void)
{
    return kb_service_query (NULL, KB_SERVICE_KOLIBRI);
}

/* The whole way: found, started, seen as the Kolibri of its folder, stopped, gone. */
static void
test_service (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (GError) error = NULL;
    g_autofree char *before = g_strdup (g_getenv ("PROGRAMDATA"));

    if (has_kolibri())
        return;
    g_assert_cmpint (kb_service_find_rights (NULL), ==, KB_SERVICE_RIGHTS_NONE);
    g_assert_false (kb_service_run (NULL, KB_SERVICE_KOLIBRI, KB_SERVICE_START, NULL, &error));
    g_assert_nonnull (error);
    SC_HANDLE manager = OpenSCManagerW (NULL, NULL, SC_MANAGER_ALL_ACCESS);
    SC_HANDLE service = manager != NULL ? install_service (manager) : NULL;
    if (service == NULL) {
        g_test_skip ("only an administrator installs services");
        return;
    }
    g_setenv ("PROGRAMDATA", dir->path, TRUE);
    g_autoptr (KbHome) home = kb_test_make_home (dir, "kolibri", "0.19");
    g_assert_cmpint (state(), ==, KB_SERVICE_STATE_INACTIVE);
    g_assert_cmpint (kb_service_find_rights (NULL), ==, KB_SERVICE_RIGHTS_OURS);
    run (KB_SERVICE_START);
    g_assert_cmpint (state(), ==, KB_SERVICE_STATE_RUNNING);
    run (KB_SERVICE_START); /* it runs already */
    g_autoptr (KbServerLook) look = kb_server_look_new (home, NULL);
    g_assert_cmpint (look->state, ==, KB_SERVER_RUNNING);
    g_assert_cmpint (look->way, ==, KB_SERVER_WAY_SERVICE);
    g_assert_cmpint (look->rights, ==, KB_SERVICE_RIGHTS_OURS);
    run (KB_SERVICE_STOP);
    g_assert_cmpint (state(), ==, KB_SERVICE_STATE_INACTIVE);
    run (KB_SERVICE_STOP); /* it has stopped already */
    g_assert_true (DeleteService (service));
    CloseServiceHandle (service);
    CloseServiceHandle (manager);
    g_setenv ("PROGRAMDATA", before, TRUE);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/windows/new-installer", test_new_installer);
    g_test_add_func ("/windows/old-installer", test_old_installer);
    g_test_add_func ("/windows/script-dir", test_script_dir);
    g_test_add_func ("/windows/candidates", test_candidates);
    g_test_add_func ("/windows/service", test_service);
    return g_test_run();
}
