/* SPDX-License-Identifier: MIT */
/* The parser of kb-server: what server.pid says. */
#include "kb-server.h"

#include <string.h>

static void
assert_says (const char *text, gint64 pid, unsigned port, int status)
{
    KbServerPid found;

    if (!kb_server_parse_pid_file (text, &found))
        g_error ("not taken for a server.pid: %s", text);
    g_assert_cmpint (found.pid, ==, pid);
    g_assert_cmpuint (found.port, ==, port);
    g_assert_cmpint (found.status, ==, status);
}

/* Only the server that writes four lines looks at process_control.flag. */
static void
test_control_flag (void)
{
    KbServerPid found;

    g_assert_true (kb_server_parse_pid_file ("123\n8080\n8081\n0\n", &found));
    g_assert_true (found.has_control_flag);
    g_assert_true (kb_server_parse_pid_file ("123\n8080\n", &found));
    g_assert_false (found.has_control_flag);
}

static void
test_four_lines (void)
{
    assert_says ("123\n8080\n8081\n0\n", 123, 8080, 0);
    assert_says ("123\n8080\n8081\n4", 123, 8080, 4);
    assert_says ("123\n8080\n8081\n10\n\n", 123, 8080, 10);
    assert_says ("2147483647\n65535\n65535\n101\n", G_MAXINT32, 65535, 101);
}

static void
test_ports_that_are_not_known_yet (void)
{
    assert_says ("123\n\n\n4\n", 123, 0, 4);
    assert_says ("123\n0\n\n4\n", 123, 0, 4);
}

/* Kolibri up to 0.14. */
static void
test_two_lines (void)
{
    assert_says ("123\n8080", 123, 8080, 0);
    assert_says ("123\n8080\n", 123, 8080, 0);
    assert_says ("123\n", 123, 0, 0); /* started without a port of its own, for kolibri-server */
}

static void
test_newlines_of_windows (void)
{
    assert_says ("123\r\n8080\r\n8081\r\n0\r\n", 123, 8080, 0);
    assert_says (" 123 \n 8080 \n 8081 \n 0 \n", 123, 8080, 0);
}

static void
test_port_of_the_second_server_does_not_matter (void)
{
    assert_says ("123\n8080\nrubbish\n0\n", 123, 8080, 0);
}

static void
test_rubbish (void)
{
    static const char *const texts[] = {
        "",
        "\n",
        "\n\n\n\n",
        "123",
        "rubbish",
        "rubbish\n8080\n8081\n0\n",
        "123\nrubbish\n8081\n0\n",
        "123\n8080\n8081\nrubbish\n",
        "\n8080\n8081\n0\n",
        "0\n8080\n8081\n0\n",
        "-1\n8080\n8081\n0\n",
        "123\n-8080\n8081\n0\n",
        "123\n65536\n8081\n0\n",
        "123\n8080\n8081\n-1\n",
        "123\n8080\n8081\n1000\n",
        "2147483648\n8080\n8081\n0\n",
        "99999999999999999999999999\n8080\n8081\n0\n",
        "123\n8080\n8081\n",
        "123\n8080\n8081\n0\n7\n",
        "123\n8080\n8081\n0\n7\n8\n9\n",
        "0x7b\n8080\n8081\n0\n",
        "12 3\n8080\n8081\n0\n",
        "123 8080 8081 0",
        "\xff\xfe"
        "1\n2\n3\n4\n",
    };
    KbServerPid found;

    for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
        if (kb_server_parse_pid_file (texts[i], &found))
            g_error ("taken for a server.pid: %s", texts[i]);
}

static void
test_cut_at_every_byte (void)
{
    const char *text = "12345\n8080\n8081\n10\n";

    for (gsize length = 0; length < strlen (text); length++) {
        g_autofree char *cut = g_strndup (text, length);
        KbServerPid found;
        if (kb_server_parse_pid_file (cut, &found))
            g_assert_true (found.pid == 12345 && found.port <= 8080);
    }
}

static void
test_names_for_machines (void)
{
    static const char *const names[] = {"stopped", "starting", "running", "stopping",
                                        "not-responding"};

    for (int state = 0; state < (int) G_N_ELEMENTS (names); state++)
        g_assert_cmpstr (kb_server_state_to_string ((KbServerState) state), ==, names[state]);
}

int
main (int argc, char **argv)
{
    g_test_init (&argc, &argv, NULL);
    g_test_add_func ("/server/pid/four-lines", test_four_lines);
    g_test_add_func ("/server/pid/control-flag", test_control_flag);
    g_test_add_func ("/server/pid/ports-that-are-not-known-yet", test_ports_that_are_not_known_yet);
    g_test_add_func ("/server/pid/two-lines", test_two_lines);
    g_test_add_func ("/server/pid/newlines-of-windows", test_newlines_of_windows);
    g_test_add_func ("/server/pid/port-of-the-second-server-does-not-matter",
                     test_port_of_the_second_server_does_not_matter);
    g_test_add_func ("/server/pid/rubbish", test_rubbish);
    g_test_add_func ("/server/pid/cut-at-every-byte", test_cut_at_every_byte);
    g_test_add_func ("/server/pid/names-for-machines", test_names_for_machines);
    return g_test_run();
}
