/* SPDX-License-Identifier: MIT */
/* The root that stays. systemctl is a script that writes down its words: there is no systemd where
 * tests run. */
#include "kb-error.h"
#include "kb-helper-parent.h"
#include "kb-service.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct {
    char *folder;
    char *log;
} Fixture;

typedef int (*Child) (int fd);

static void
set_up (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    self->folder = g_dir_make_tmp ("kb-test-XXXXXX", NULL);
    self->log = g_build_filename (self->folder, "log", NULL);
    g_autofree char *program = g_build_filename (self->folder, "systemctl", NULL);
    g_autofree char *path = g_strconcat (self->folder, ":/usr/bin:/bin", NULL);
    g_autofree char *script = g_strdup_printf ("#!/bin/sh\necho \"$@\" >>'%s'\n"
                                               "case \"$*\" in *kolibri-server*) exit 1;; esac\n",
                                               self->log);
    g_assert_true (g_file_set_contents (program, script, -1, NULL));
    g_assert_true (g_file_set_contents (self->log, "", -1, NULL));
    g_assert_cmpint (g_chmod (program, 0755), ==, 0);
    g_setenv ("PATH", path, TRUE);
}

static void
tear_down (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *program = g_build_filename (self->folder, "systemctl", NULL);

    g_unlink (program);
    g_unlink (self->log);
    g_assert_cmpint (g_rmdir (self->folder), ==, 0);
    g_free (self->folder);
    g_free (self->log);
}

static int
serve (Child run)
{
    int fds[2];

    g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
    pid_t child = fork();
    if (child == 0) {
        close (fds[0]);
        _exit (run (fds[1]));
    }
    close (fds[1]);
    int code = kb_helper_serve (fds[0], child);
    close (fds[0]);
    return code;
}

static void
assert_log (const Fixture *self, const char *expected)
{
    g_autofree char *log = NULL;

    g_assert_true (g_file_get_contents (self->log, &log, NULL, NULL));
    g_assert_cmpstr (log, ==, expected);
}

static int
stop_and_start (int fd)
{
    kb_helper_ask_parent_for_services (fd);
    return kb_service_run (NULL, KB_SERVICE_KOLIBRI, KB_SERVICE_STOP, NULL, NULL) &&
                   kb_service_run (NULL, KB_SERVICE_KOLIBRI, KB_SERVICE_START, NULL, NULL)
               ? 7
               : 1;
}

static void
test_does_what_it_is_asked_for (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    if (geteuid() != 0) {
        g_test_skip ("others than root ask pkexec");
        return;
    }
    g_assert_cmpint (serve (stop_and_start), ==, 7);
    assert_log (self, "stop kolibri.service\nrestart kolibri.service\n");
}

static int
fail_to_stop (int fd)
{
    g_autoptr (GError) error = NULL;

    kb_helper_ask_parent_for_services (fd);
    kb_service_run (NULL, KB_SERVICE_KOLIBRI_SERVER, KB_SERVICE_STOP, NULL, &error);
    return g_error_matches (error, KB_ERROR, KB_ERROR_BUSY) ? 0 : 1;
}

static void
test_passes_on_why_not (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    if (geteuid() != 0) {
        g_test_skip ("others than root ask pkexec");
        return;
    }
    g_assert_cmpint (serve (fail_to_stop), ==, 0);
    assert_log (self, "stop kolibri-server.service\n");
}

static int
die_in_between (int fd)
{
    kb_helper_ask_parent_for_services (fd);
    kb_service_run (NULL, KB_SERVICE_KOLIBRI, KB_SERVICE_STOP, NULL, NULL);
    return raise (SIGKILL);
}

static void
test_starts_what_a_dead_child_has_stopped (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    if (geteuid() != 0) {
        g_test_skip ("others than root ask pkexec");
        return;
    }
    g_assert_cmpint (serve (die_in_between), ==, EXIT_FAILURE);
    assert_log (self, "stop kolibri.service\nrestart kolibri.service\n");
}

static int
ask_for_anything (int fd)
{
    for (int request = KB_N_SERVICES * KB_N_SERVICE_ACTIONS; request < 256; request++) {
        unsigned char byte = (unsigned char) request;
        if (write (fd, &byte, 1) != 1 || read (fd, &byte, 1) != 1 || byte == 0)
            return 1;
    }
    return 0;
}

static void
test_knows_nothing_else (Fixture *self, G_GNUC_UNUSED gconstpointer data)
{
    g_assert_cmpint (serve (ask_for_anything), ==, 0);
    assert_log (self, "");
}

int
main (int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run) (Fixture *, gconstpointer);
    } cases[] = {
        {"/helper/parent/does-what-it-is-asked-for", test_does_what_it_is_asked_for},
        {"/helper/parent/passes-on-why-not", test_passes_on_why_not},
        {"/helper/parent/starts-what-a-dead-child-has-stopped",
         test_starts_what_a_dead_child_has_stopped},
        {"/helper/parent/knows-nothing-else", test_knows_nothing_else},
    };

    g_test_init (&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
        g_test_add (cases[i].name, Fixture, NULL, set_up, cases[i].run, tear_down);
    return g_test_run();
}
