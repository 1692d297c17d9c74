/* SPDX-License-Identifier: MIT */
/* What systemd and pkexec say becomes ours. Scripts stand in for both: no systemd runs here. */
#include "kb-control.h"
#include "kb-error.h"
#include "kb-root.h"
#include "kb-service.h"
#include "kb-test.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    KbTestDir *dir;
    char *bin;
    char *path; /* the real PATH */
} Fixture;

static void
fixture_set_up (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    self->dir = kb_test_dir_new();
    self->bin = kb_test_dir_file (self->dir, "bin");
    self->path = g_strdup (g_getenv ("PATH"));
    g_assert_cmpint (g_mkdir (self->bin, 0755), ==, 0);
    g_assert_cmpint (g_chmod (self->dir->path, 0755), ==, 0);
    g_setenv ("PATH", self->bin, TRUE);
}

static void
fixture_tear_down (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_setenv ("PATH", self->path, TRUE);
    kb_service_set_runner (NULL, NULL);
    g_free (self->path);
    g_free (self->bin);
    kb_test_dir_free (self->dir);
}

static void
add_program (const Fixture *self, const char *name, const char *script)
{
    g_autofree char *path = g_build_filename (self->bin, name, NULL);
    g_autofree char *text = g_strconcat ("#!/bin/sh\n", script, "\n", NULL);

    kb_test_write (path, text, strlen (text));
    g_assert_cmpint (g_chmod (path, 0755), ==, 0);
}

static void
test_states (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    static const struct {
        const char *script;
        KbServiceState state;
    } cases[] = {
        {"echo LoadState=not-found; echo ActiveState=inactive; echo SubState=dead",
         KB_SERVICE_STATE_ABSENT},
        {"echo LoadState=masked; echo ActiveState=inactive; echo SubState=dead",
         KB_SERVICE_STATE_ABSENT},
        {"echo LoadState=loaded; echo ActiveState=inactive; echo SubState=dead",
         KB_SERVICE_STATE_INACTIVE},
        {"echo LoadState=loaded; echo ActiveState=failed; echo SubState=failed",
         KB_SERVICE_STATE_INACTIVE},
        {"echo LoadState=loaded; echo ActiveState=active; echo SubState=exited",
         KB_SERVICE_STATE_EXITED},
        {"echo LoadState=loaded; echo ActiveState=active; echo SubState=running",
         KB_SERVICE_STATE_RUNNING},
        {"echo LoadState=loaded; echo ActiveState=deactivating; echo SubState=stop",
         KB_SERVICE_STATE_RUNNING},
        {"echo rubbish", KB_SERVICE_STATE_UNKNOWN},
        {":", KB_SERVICE_STATE_UNKNOWN},
        {"echo ActiveState=active; exit 1", KB_SERVICE_STATE_UNKNOWN},
        {"exec /bin/sleep 60", KB_SERVICE_STATE_UNKNOWN},
    };

    g_assert_cmpint (kb_service_query (NULL, KB_SERVICE_KOLIBRI), ==, KB_SERVICE_STATE_UNKNOWN);
    for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
        add_program (self, "systemctl", cases[i].script);
        g_assert_cmpint (kb_service_query (NULL, KB_SERVICE_KOLIBRI), ==, cases[i].state);
    }
}

static void
test_sandbox (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr (GError) error = NULL;

    g_free (kb_test_dir_write (self->dir, ".flatpak-info", ""));
    add_program (self, "systemctl", "echo ActiveState=active; echo SubState=running");
    g_assert_cmpint (kb_service_query (self->dir->path, KB_SERVICE_KOLIBRI), ==,
                     KB_SERVICE_STATE_UNKNOWN);
    g_assert_cmpint (kb_service_find_rights (self->dir->path), ==, KB_SERVICE_RIGHTS_NONE);
    g_assert_false (
        kb_service_run (self->dir->path, KB_SERVICE_KOLIBRI, KB_SERVICE_STOP, NULL, &error));
    g_assert_error (error, KB_ERROR, KB_ERROR_PERMISSION);
}

typedef struct {
    int calls;
    KbService service;
    KbServiceAction action;
} Asked;

static gboolean
on_asked (KbService service,
          KbServiceAction action,
          gpointer user_data,
          G_GNUC_UNUSED GError **error)
{
    Asked *asked = user_data;

    asked->calls++;
    asked->service = service;
    asked->action = action;
    return TRUE;
}

static void
test_runner (G_GNUC_UNUSED Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    Asked asked = {0};
    g_autoptr (GError) error = NULL;

    kb_service_set_runner (on_asked, &asked);
    g_assert_cmpint (kb_service_find_rights (NULL), ==, KB_SERVICE_RIGHTS_OURS);
    kb_test_assert_ok (kb_service_run (NULL, KB_SERVICE_ENDLESS, KB_SERVICE_START, NULL, &error),
                       error);
    g_assert_cmpint (asked.calls, ==, 1);
    g_assert_cmpint (asked.service, ==, KB_SERVICE_ENDLESS);
    g_assert_cmpint (asked.action, ==, KB_SERVICE_START);
}

static gboolean
is_root (void)
{
    if (geteuid() == 0)
        return TRUE;
    g_test_skip ("only root runs systemctl itself");
    return FALSE;
}

static void
test_root (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *log = kb_test_dir_file (self->dir, "log");
    g_autofree char *script = g_strdup_printf ("echo \"$@\" >>%s", log);
    g_autoptr (GError) error = NULL;

    if (!is_root())
        return;
    g_assert_cmpint (kb_service_find_rights (NULL), ==, KB_SERVICE_RIGHTS_NONE);
    add_program (self, "systemctl", script);
    g_assert_cmpint (kb_service_find_rights (NULL), ==, KB_SERVICE_RIGHTS_OURS);
    kb_test_assert_ok (kb_service_run (NULL, KB_SERVICE_KOLIBRI, KB_SERVICE_STOP, NULL, &error),
                       error);
    kb_test_assert_ok (kb_service_run (NULL, KB_SERVICE_KOLIBRI, KB_SERVICE_START, NULL, &error),
                       error);
    kb_test_assert_file (log, "stop kolibri.service\nrestart kolibri.service\n",
                         strlen ("stop kolibri.service\nrestart kolibri.service\n"));
}

static void
test_root_is_refused (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr (GError) stop = NULL;
    g_autoptr (GError) start = NULL;

    if (!is_root())
        return;
    add_program (self, "systemctl", "exit 5");
    g_assert_false (kb_service_run (NULL, KB_SERVICE_KOLIBRI, KB_SERVICE_STOP, NULL, &stop));
    g_assert_error (stop, KB_ERROR, KB_ERROR_BUSY);
    g_assert_false (kb_service_run (NULL, KB_SERVICE_KOLIBRI, KB_SERVICE_START, NULL, &start));
    g_assert_error (start, KB_ERROR, KB_ERROR_NOT_FOUND);
}

static void
assert_pkexec (int code, GQuark domain, const char *log)
{
    g_autoptr (GError) error = NULL;

    g_assert_cmpint (kb_service_find_rights (NULL), ==, KB_SERVICE_RIGHTS_ASK);
    g_assert_false (
        kb_service_run (NULL, KB_SERVICE_KOLIBRI_SERVER, KB_SERVICE_STOP, NULL, &error));
    g_assert_error (error, domain, code);
    g_assert_false (kb_test_exists (log));
}

static void
ask_as_nobody (const char *bin)
{
    Fixture self = {.bin = (char *) bin};
    g_autofree char *log = g_build_filename (bin, "log", NULL);
    g_autofree char *script = g_strdup_printf ("echo >%s", log);

    g_assert_cmpint (kb_service_find_rights (NULL), ==, KB_SERVICE_RIGHTS_NONE);
    add_program (&self, "systemctl", script);
    g_assert_cmpint (kb_service_find_rights (NULL), ==, KB_SERVICE_RIGHTS_NONE);
    add_program (&self, "pkexec", "exit 126");
    assert_pkexec (G_IO_ERROR_CANCELLED, G_IO_ERROR, log);
    add_program (&self, "pkexec", "exit 127");
    assert_pkexec (KB_ERROR_NOT_ALLOWED, KB_ERROR, log);
    add_program (&self, "pkexec", "exit 5");
    assert_pkexec (KB_ERROR_BUSY, KB_ERROR, log);
}

static void
test_not_root (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    if (!is_root())
        return;
    g_assert_cmpint (g_chmod (self->bin, 0777), ==, 0);
    kb_test_as_nobody (ask_as_nobody, self->bin);
}

static gpointer
cancel_soon (gpointer data)
{
    g_usleep (G_USEC_PER_SEC / 10);
    g_cancellable_cancel (data);
    return NULL;
}

static void
cancel_as_nobody (const char *bin)
{
    Fixture self = {.bin = (char *) bin};
    g_autoptr (GCancellable) cancellable = g_cancellable_new();
    g_autoptr (GError) error = NULL;

    add_program (&self, "systemctl", ":");
    add_program (&self, "pkexec", "exec /bin/sleep 60");
    GThread *thread = g_thread_new ("cancel", cancel_soon, cancellable);
    g_assert_false (
        kb_service_run (NULL, KB_SERVICE_KOLIBRI_SERVER, KB_SERVICE_STOP, cancellable, &error));
    g_thread_join (thread);
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_dialog_is_cancelled (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    if (!is_root())
        return;
    g_assert_cmpint (g_chmod (self->bin, 0777), ==, 0);
    kb_test_as_nobody (cancel_as_nobody, self->bin);
}

static void
test_resume (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr (KbHome) home = kb_test_make_home (self->dir, "home", NULL);
    Asked asked = {0};

    kb_service_set_runner (on_asked, &asked);
    g_assert_false (kb_control_resume (home, NULL));
    g_assert_false (kb_control_resume (home, "flag"));
    g_assert_false (kb_control_resume (home, "service:sshd"));
    g_assert_cmpint (asked.calls, ==, 0);
    g_assert_true (kb_control_resume (home, "service:kolibri-server"));
    g_assert_cmpint (asked.calls, ==, 1);
    g_assert_cmpint (asked.service, ==, KB_SERVICE_KOLIBRI_SERVER);
    g_assert_cmpint (asked.action, ==, KB_SERVICE_START);
    kb_service_set_runner (NULL, NULL); /* here without any right */
    g_assert_false (kb_control_resume (home, "service:kolibri-server"));
}

static void
test_check (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    static const struct {
        KbServerState state;
        KbServiceRights rights;
        gboolean is_good;
    } cases[] = {
        {KB_SERVER_STOPPED, KB_SERVICE_RIGHTS_NONE, TRUE},
        {KB_SERVER_RUNNING, KB_SERVICE_RIGHTS_OURS, TRUE},
        {KB_SERVER_RUNNING, KB_SERVICE_RIGHTS_ASK, TRUE},
        {KB_SERVER_STARTING, KB_SERVICE_RIGHTS_OURS, TRUE},
        {KB_SERVER_RUNNING, KB_SERVICE_RIGHTS_NONE, FALSE},
        {KB_SERVER_NOT_RESPONDING, KB_SERVICE_RIGHTS_OURS, FALSE},
        {KB_SERVER_UNKNOWN, KB_SERVICE_RIGHTS_OURS, FALSE},
    };
    g_autoptr (KbHome) home = kb_test_make_home (self->dir, "home", NULL);

    for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
        const KbServerLook look = {.state = cases[i].state, .rights = cases[i].rights};
        g_autoptr (GError) error = NULL;
        g_assert_cmpint (kb_control_check (&look, home, &error), ==, cases[i].is_good);
        if (!cases[i].is_good)
            g_assert_error (error, KB_ERROR, KB_ERROR_BUSY);
    }
}

static void
add (const char *name, void (*func) (Fixture *, gconstpointer))
{
    g_test_add (name, Fixture, NULL, fixture_set_up, func, fixture_tear_down);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    add ("/service/sandbox", test_sandbox);
    if (kb_root_is_sandbox (NULL)) /* these services are out of reach, as the one test says */
        return g_test_run();
    /* first: a child of a process that has started programs does not see its own end (GLib) */
    add ("/service/not-root", test_not_root);
    add ("/service/dialog-is-cancelled", test_dialog_is_cancelled);
    add ("/service/states", test_states);
    add ("/service/runner", test_runner);
    add ("/service/root", test_root);
    add ("/service/root-is-refused", test_root_is_refused);
    add ("/control/resume", test_resume);
    add ("/control/check", test_check);
    return g_test_run();
}
