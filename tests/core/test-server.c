/* SPDX-License-Identifier: MIT */
#include "kb-server.h"
#include "kb-test.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define OK_ANSWER "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

/* A server on loopback that gives every client one answer. */
typedef struct {
    GSocket *listener;
    GCancellable *end;
    unsigned port;
    const char *answer; /* NULL: it closes without one */
    gboolean hangs;     /* it waits until the client goes */
    unsigned n_requests;
    char request[4096];
    GThread *thread;
} HttpServer;

static void
serve_one (HttpServer *self, GSocket *client)
{
    gsize length = 0;
    gssize n = 1;

    while (n > 0 && strstr (self->request, "\r\n\r\n") == NULL) {
        n = g_socket_receive (client, self->request + length, sizeof self->request - 1 - length,
                              NULL, NULL);
        length += (gsize) MAX (n, 0);
        self->request[length] = '\0';
    }
    self->n_requests++;
    if (self->answer != NULL)
        for (gsize sent = 0; sent < strlen (self->answer) && n > 0; sent += (gsize) MAX (n, 0))
            n = g_socket_send (client, self->answer + sent, strlen (self->answer) - sent, NULL,
                               NULL);
    if (self->hangs)
        (void) !g_socket_receive (client, self->request + length, 1, NULL, NULL);
    g_socket_close (client, NULL);
    g_object_unref (client);
}

static void *
serve (gpointer data)
{
    HttpServer *self = data;
    GSocket *client;

    while ((client = g_socket_accept (self->listener, self->end, NULL)) != NULL)
        serve_one (self, client);
    return NULL;
}

static HttpServer *
start_server (const char *answer, gboolean hangs)
{
    g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
    g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
    g_autoptr (GError) error = NULL;
    HttpServer *self = g_new0 (HttpServer, 1);

    self->answer = answer;
    self->hangs = hangs;
    self->end = g_cancellable_new();
    self->listener = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
                                   G_SOCKET_PROTOCOL_DEFAULT, &error);
    g_assert_no_error (error);
    kb_test_assert_ok (g_socket_bind (self->listener, address, TRUE, &error), error);
    kb_test_assert_ok (g_socket_listen (self->listener, &error), error);
    g_autoptr (GSocketAddress) bound = g_socket_get_local_address (self->listener, &error);
    g_assert_no_error (error);
    self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
    self->thread = g_thread_new ("server", serve, self);
    return self;
}

/* Afterwards nobody answers on that port. */
static void
stop_server (HttpServer *self)
{
    g_cancellable_cancel (self->end);
    g_thread_join (g_steal_pointer (&self->thread));
    g_socket_close (self->listener, NULL);
}

static void
free_server (HttpServer *self)
{
    if (self->thread != NULL)
        stop_server (self);
    g_object_unref (self->listener);
    g_object_unref (self->end);
    g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HttpServer, free_server)

static pid_t
dead_pid (void)
{
    pid_t pid = kb_test_start_process ("kolibri");

    kb_test_end_process (pid);
    return pid;
}

static void
write_pid_file (const KbHome *home, gint64 pid, unsigned port, int status)
{
    g_autofree char *path = g_build_filename (kb_home_get_path (home), "server.pid", NULL);
    g_autofree char *text =
        g_strdup_printf ("%" G_GINT64_FORMAT "\n%u\n%u\n%d\n", pid, port, port + 1, status);

    kb_test_write (path, text, strlen (text));
}

/* Asks about a process and a server as server.pid would name them. */
static KbServerState
query (gint64 pid, unsigned port, int status, GCancellable *cancellable)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home (dir, "home", NULL);

    write_pid_file (home, pid, port, status);
    return kb_server_query (home, cancellable);
}

static void
test_no_pid_file (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home (dir, "home", NULL);

    g_assert_cmpint (kb_server_query (home, NULL), ==, KB_SERVER_STOPPED);
    g_assert_null (kb_server_query_version (home, NULL));
}

static void
test_rubbish_in_the_pid_file (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home (dir, "home", NULL);

    g_free (kb_test_dir_write (dir, "home/server.pid", "rubbish"));
    g_assert_cmpint (kb_server_query (home, NULL), ==, KB_SERVER_STOPPED);
    g_assert_null (kb_server_query_version (home, NULL));
}

static void
test_running (void)
{
    g_autoptr (HttpServer) server = start_server (OK_ANSWER, FALSE);
    g_autofree char *expected =
        g_strdup_printf ("GET /status/ HTTP/1.0\r\nHost: 127.0.0.1:%u\r\n", server->port);

    g_assert_cmpint (query (getpid(), server->port, 0, NULL), ==, KB_SERVER_RUNNING);
    g_assert_true (g_str_has_prefix (server->request, expected));
}

/* Kolibri 0.12 answers 404 to /status/. */
static void
test_running_without_a_status_page (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home (dir, "home", NULL);
    g_autoptr (HttpServer) server = start_server (OK_ANSWER, FALSE);
    g_autofree char *text = g_strdup_printf ("%d\n%u", getpid(), server->port);

    g_free (kb_test_dir_write (dir, "home/server.pid", text));
    g_assert_cmpint (kb_server_query (home, NULL), ==, KB_SERVER_RUNNING);
    g_assert_true (g_str_has_prefix (server->request, "GET /api/public/info/ HTTP/1.0\r\n"));
}

/* A sandbox hides the process, and yet the server answers. */
static void
test_answer_counts_more_than_the_process (void)
{
    g_autoptr (HttpServer) server = start_server (OK_ANSWER, FALSE);

    g_assert_cmpint (query (dead_pid(), server->port, 0, NULL), ==, KB_SERVER_RUNNING);
    g_assert_cmpint (query (dead_pid(), server->port, 4, NULL), ==, KB_SERVER_STARTING);
}

static void
test_other_answers_are_none (void)
{
    static const char *const answers[] = {
        "HTTP/1.1 404 Not Found\r\n\r\n",
        "HTTP/1.1 500 Internal Server Error\r\n\r\nx",
        "HTTP/1.1 302 Found\r\n\r\n",
        "SSH-2.0-OpenSSH 200\r\n\r\n",
        "HTTP/1.1 200",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1",
        "",
    };
    pid_t pid = kb_test_start_process ("kolibri");

    for (gsize i = 0; i < G_N_ELEMENTS (answers); i++) {
        g_autoptr (HttpServer) server = start_server (answers[i], FALSE);
        g_assert_cmpint (query (pid, server->port, 0, NULL), ==, KB_SERVER_NOT_RESPONDING);
        g_assert_cmpint (query (dead_pid(), server->port, 0, NULL), ==, KB_SERVER_STOPPED);
        g_assert_cmpuint (server->n_requests, ==, 2);
    }
    kb_test_end_process (pid);
}

static void
test_server_closes_without_an_answer (void)
{
    g_autoptr (HttpServer) server = start_server (NULL, FALSE);
    pid_t pid = kb_test_start_process ("kolibri");

    g_assert_cmpint (query (pid, server->port, 0, NULL), ==, KB_SERVER_NOT_RESPONDING);
    kb_test_end_process (pid);
}

static void *
cancel_soon (gpointer cancellable)
{
    g_usleep (50000);
    g_cancellable_cancel (cancellable);
    return NULL;
}

/* It would be given up after three seconds; somebody who does not want to wait ends it before. */
static void
test_server_hangs (void)
{
    g_autoptr (HttpServer) server = start_server (NULL, TRUE);
    g_autoptr (GCancellable) cancellable = g_cancellable_new();
    GThread *thread = g_thread_new ("cancel", cancel_soon, cancellable);
    pid_t pid = kb_test_start_process ("kolibri");

    g_assert_cmpint (query (pid, server->port, 0, cancellable), ==, KB_SERVER_NOT_RESPONDING);
    g_assert_cmpuint (server->n_requests, ==, 1);
    g_thread_join (thread);
    kb_test_end_process (pid);
}

static void
test_cancelled_before_the_start (void)
{
    g_autoptr (HttpServer) server = start_server (OK_ANSWER, FALSE);
    g_autoptr (GCancellable) cancellable = g_cancellable_new();
    unsigned port = server->port;

    g_cancellable_cancel (cancellable);
    g_assert_cmpint (query (dead_pid(), port, 0, cancellable), ==, KB_SERVER_STOPPED);
}

static void
test_nobody_listens (void)
{
    g_autoptr (HttpServer) server = start_server (OK_ANSWER, FALSE);
    pid_t pid = kb_test_start_process ("/usr/bin/python3 /usr/bin/kolibri start");

    stop_server (server);
    g_assert_cmpint (query (pid, server->port, 0, NULL), ==, KB_SERVER_NOT_RESPONDING);
    g_assert_cmpint (query (pid, server->port, 4, NULL), ==, KB_SERVER_STARTING);
    g_assert_cmpint (query (pid, server->port, 10, NULL), ==, KB_SERVER_STOPPING);
    g_assert_cmpint (query (pid, 0, 4, NULL), ==, KB_SERVER_STARTING);
    kb_test_end_process (pid);
}

static void
test_app_is_kolibri_too (void)
{
    pid_t pid = kb_test_start_process ("C:/Program Files/Kolibri/KolibriApp.exe");

    g_assert_cmpint (query (pid, 0, 0, NULL), ==, KB_SERVER_NOT_RESPONDING);
    kb_test_end_process (pid);
}

/* After a power cut the same id may belong to us. */
static void
test_process_of_our_own (void)
{
    pid_t pid = kb_test_start_process ("/home/my kolibri/kolibri-backup-gtk");

    g_assert_cmpint (query (pid, 0, 0, NULL), ==, KB_SERVER_STOPPED);
    g_assert_false (kb_server_is_kolibri (pid));
    kb_test_end_process (pid);
}

/* After a power cut the same id belongs to another program. */
static void
test_process_of_another_program (void)
{
    pid_t pid = kb_test_start_process ("/usr/sbin/sshd");

    g_assert_cmpint (query (pid, 0, 0, NULL), ==, KB_SERVER_STOPPED);
    g_assert_cmpint (query (pid, 0, 4, NULL), ==, KB_SERVER_STOPPED);
    g_assert_cmpint (query (pid, 0, 10, NULL), ==, KB_SERVER_STOPPED);
    kb_test_end_process (pid);
}

static void
test_process_is_gone (void)
{
    g_assert_cmpint (query (dead_pid(), 0, 0, NULL), ==, KB_SERVER_STOPPED);
    g_assert_cmpint (query (dead_pid(), 0, 4, NULL), ==, KB_SERVER_STOPPED);
}

/* Status numbers behind which no process lives: nobody is asked. */
static void
test_server_that_said_it_stopped (void)
{
    static const int numbers[] = {1, 5, 6, 7, 8, 9, 99, 100, 101};
    g_autoptr (HttpServer) server = start_server (OK_ANSWER, FALSE);
    pid_t pid = kb_test_start_process ("kolibri");

    for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
        g_assert_cmpint (query (pid, server->port, numbers[i], NULL), ==, KB_SERVER_STOPPED);
    kb_test_end_process (pid);
    stop_server (server);
    g_assert_cmpuint (server->n_requests, ==, 0);
}

static void
test_answer_is_bounded (void)
{
    g_autofree char *much = g_strnfill (1024 * 1024, 'x');
    g_autofree char *answer = g_strconcat ("HTTP/1.1 200 OK\r\n\r\n", much, NULL);
    g_autoptr (HttpServer) server = start_server (answer, TRUE);

    g_assert_cmpint (query (dead_pid(), server->port, 0, NULL), ==, KB_SERVER_RUNNING);
}

/* Kolibri strips the slashes and puts one behind it (kolibri/utils/options.py, url_prefix()). */
static void
test_prefix (void)
{
    static const char *const prefixes[][2] = {
        {"/", "/status/"},        {"learn/", "/learn/status/"}, {"/learn/", "/learn/status/"},
        {"a/b/", "/a/b/status/"}, {"learn", "/learn/status/"},  {"/learn", "/learn/status/"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS (prefixes); i++) {
        g_autoptr (KbTestDir) dir = kb_test_dir_new();
        g_autofree char *options =
            g_strdup_printf ("[Deployment]\nURL_PATH_PREFIX = %s\n", prefixes[i][0]);
        g_free (kb_test_dir_write (dir, "options.ini", options));
        g_autoptr (KbHome) home = kb_home_open (dir->path, NULL);
        g_autoptr (HttpServer) server = start_server (OK_ANSWER, FALSE);
        g_autofree char *expected = g_strdup_printf ("GET %s HTTP/1.0\r\n", prefixes[i][1]);
        write_pid_file (home, getpid(), server->port, 0);
        g_assert_cmpint (kb_server_query (home, NULL), ==, KB_SERVER_RUNNING);
        stop_server (server);
        server->request[strcspn (server->request, "\n") + 1] = '\0';
        g_assert_cmpstr (server->request, ==, expected);
    }
}

/* What a server says about its version; its own text is not trusted. */
static char *
query_version (const char *body, HttpServer **out)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home (dir, "home", NULL);
    g_autofree char *answer = g_strconcat ("HTTP/1.0 200 OK\r\nA: b\r\n\r\n", body, NULL);
    HttpServer *server = start_server (answer, FALSE);

    write_pid_file (home, getpid(), server->port, 0);
    char *version = kb_server_query_version (home, NULL);
    stop_server (server);
    if (out != NULL)
        *out = server;
    else
        free_server (server);
    return version;
}

static void
test_version (void)
{
    g_autoptr (HttpServer) server = NULL;
    g_autofree char *version =
        query_version ("{\"application\":\"kolibri\",\"kolibri_version\":\"0.17.5\"}", &server);

    g_assert_cmpstr (version, ==, "0.17.5");
    g_assert_true (g_str_has_prefix (server->request, "GET /api/public/info/ HTTP/1.0\r\n"));
}

static void
test_version_that_is_none (void)
{
    static const char *const bodies[] = {
        "",
        "{}",
        "0.17.5",
        "[\"0.17.5\"]",
        "{\"kolibri_version\":17}",
        "{\"kolibri_version\":",
        "<html>200</html>",
    };
    g_autofree char *brackets = g_strnfill (60 * 1024, '[');

    for (gsize i = 0; i < G_N_ELEMENTS (bodies); i++)
        g_assert_null (query_version (bodies[i], NULL));
    g_assert_null (query_version (brackets, NULL));
}

static void
test_version_needs_a_port (void)
{
    g_autoptr (KbTestDir) dir = kb_test_dir_new();
    g_autoptr (KbHome) home = kb_test_make_home (dir, "home", NULL);

    write_pid_file (home, getpid(), 0, 0);
    g_assert_null (kb_server_query_version (home, NULL));
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/server/no-pid-file", test_no_pid_file);
    g_test_add_func ("/server/rubbish-in-the-pid-file", test_rubbish_in_the_pid_file);
    g_test_add_func ("/server/running", test_running);
    g_test_add_func ("/server/running-without-a-status-page", test_running_without_a_status_page);
    g_test_add_func ("/server/answer-counts-more-than-the-process",
                     test_answer_counts_more_than_the_process);
    g_test_add_func ("/server/other-answers-are-none", test_other_answers_are_none);
    g_test_add_func ("/server/server-closes-without-an-answer",
                     test_server_closes_without_an_answer);
    g_test_add_func ("/server/server-hangs", test_server_hangs);
    g_test_add_func ("/server/cancelled-before-the-start", test_cancelled_before_the_start);
    g_test_add_func ("/server/nobody-listens", test_nobody_listens);
    g_test_add_func ("/server/app-is-kolibri-too", test_app_is_kolibri_too);
    g_test_add_func ("/server/process-of-our-own", test_process_of_our_own);
    g_test_add_func ("/server/process-of-another-program", test_process_of_another_program);
    g_test_add_func ("/server/process-is-gone", test_process_is_gone);
    g_test_add_func ("/server/server-that-said-it-stopped", test_server_that_said_it_stopped);
    g_test_add_func ("/server/answer-is-bounded", test_answer_is_bounded);
    g_test_add_func ("/server/version", test_version);
    g_test_add_func ("/server/version-that-is-none", test_version_that_is_none);
    g_test_add_func ("/server/version-needs-a-port", test_version_needs_a_port);
    g_test_add_func ("/server/prefix", test_prefix);
    return g_test_run();
}
