/* SPDX-License-Identifier: MIT */
/* The root that stays: it stops and starts the services of a fixed list when its child asks for
 * that with one byte, waits, and does nothing else (as OpenSSH's monitor does). */
#include "kb-helper-parent.h"

#include "kb-error.h"
#include "kb-service.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* The answer: it has been done, or the code of the error and this. */
#define DONE 0
#define FAILED 1
#define N_REQUESTS (KB_N_SERVICES * KB_N_SERVICE_ACTIONS)

/* In the child. */
static gboolean
ask (KbService service, KbServiceAction action, gpointer user_data, GError **error)
{
    int fd = GPOINTER_TO_INT (user_data);
    unsigned char request = (unsigned char) (service * KB_N_SERVICE_ACTIONS + action);
    unsigned char answer = FAILED + KB_ERROR_INTERNAL;

    if (send (fd, &request, 1, MSG_NOSIGNAL) != 1 || recv (fd, &answer, 1, 0) != 1)
        answer = FAILED + KB_ERROR_INTERNAL;
    if (answer == DONE)
        return TRUE;
    g_set_error (error, KB_ERROR, answer - FAILED, "service %s: could not be %s",
                 kb_service_get_name (service), action == KB_SERVICE_STOP ? "stopped" : "started");
    return FALSE;
}

/**
 * kb_helper_ask_parent_for_services:
 * @fd: a socket whose other end kb_helper_serve() has
 *
 * Has the parent do what kb_service_run() is asked for from now on.
 */
void
kb_helper_ask_parent_for_services (int fd)
{
    kb_service_set_runner (ask, GINT_TO_POINTER (fd));
}

static unsigned char
obey (unsigned char request, unsigned *stopped)
{
    KbService service = (KbService) (request / KB_N_SERVICE_ACTIONS);
    KbServiceAction action = (KbServiceAction) (request % KB_N_SERVICE_ACTIONS);
    g_autoptr (GError) error = NULL;

    if (request >= N_REQUESTS)
        return FAILED + KB_ERROR_INTERNAL;
    if (!kb_service_run (NULL, service, action, NULL, &error))
        return (unsigned char) (FAILED +
                                (error->domain == KB_ERROR ? error->code : (int) KB_ERROR_BUSY));
    if (action == KB_SERVICE_STOP)
        *stopped |= 1u << service;
    else
        *stopped &= ~(1u << service);
    return DONE;
}

/* A child that was killed in the middle starts nothing again. */
static void
start_again (unsigned stopped)
{
    for (int service = 0; service < KB_N_SERVICES; service++)
        if ((stopped & 1u << service) != 0)
            kb_service_run (NULL, (KbService) service, KB_SERVICE_START, NULL, NULL);
}

/**
 * kb_helper_serve:
 * @fd: a socket whose other end the child has
 * @child: a process
 *
 * Does what the child asks for, until it ends. What it leaves stopped is started again.
 *
 * Returns: the exit code of the child
 */
int
kb_helper_serve (int fd, pid_t child)
{
    unsigned char request;
    unsigned stopped = 0;
    ssize_t n;
    int status;

    while ((n = recv (fd, &request, 1, 0)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        unsigned char answer = n > 0 ? obey (request, &stopped) : FAILED;
        if (n < 0 || send (fd, &answer, 1, MSG_NOSIGNAL) != 1)
            break;
    }
    while (waitpid (child, &status, 0) < 0 && errno == EINTR)
        ;
    start_again (stopped);
    return WIFEXITED (status) ? WEXITSTATUS (status) : EXIT_FAILURE;
}
