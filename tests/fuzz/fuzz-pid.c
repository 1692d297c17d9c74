/* SPDX-License-Identifier: MIT */
/* kb-server: server.pid. */
#include "kb-fuzz.h"
#include "kb-server.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup ((const char *) data, size);
    KbServerPid pid;

    if (kb_server_parse_pid_file (text, &pid)) {
        g_assert_true (pid.pid > 0 && pid.pid <= G_MAXINT32);
        g_assert_true (pid.port <= 65535);
        g_assert_true (pid.status >= 0 && pid.status <= 999);
    }
    return 0;
}
