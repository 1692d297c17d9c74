#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Does to server.pid, process_control.flag and /status/ what a server of Kolibri does, in no time.

    fake_kolibri.py start [--foreground] [--old] [--hidden] [--twice] [--fail]
    fake_kolibri.py services …

It writes how it was started to starts.log in KOLIBRI_HOME, and ends by itself when that is gone.
services does not end before the server does.
"""

import http.server
import os
import signal
import sys
import threading
import time

HOME = os.environ["KOLIBRI_HOME"]
LIFE_S = 120
LINGER_S = 0.3  # the real process outlives its server.pid by that
HIDDEN_PID = 2**31 - 2  # Linux has no such process
STARTING, RUNNING, STOPPING = 4, 0, 10


def path(name):
    return os.path.join(HOME, name)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        page = "/api/public/info/" if "--old" in sys.argv else "/status/"
        self.send_response(200 if self.path == page else 404)
        self.end_headers()

    def log_message(self, *_):
        pass


def note_start():
    about = (" ".join(sys.argv[1:]), os.getuid(), os.getgroups(), os.environ.get("MARK"))
    with open(path("starts.log"), "a", encoding="utf-8") as f:
        f.write("%s; user %d, groups %s, mark %s\n" % about)


def write_pid_file(port, status):
    pid = HIDDEN_PID if "--hidden" in sys.argv else os.getpid()
    lines = [pid, port] + ([] if "--old" in sys.argv else [port + 1, status])
    with open(path("server.pid.new"), "w", encoding="ascii") as f:
        f.write("".join("%d\n" % line for line in lines))
    os.rename(path("server.pid.new"), path("server.pid"))


def flag_time():
    try:
        return os.stat(path("process_control.flag")).st_mtime_ns
    except OSError:
        return 0


def wants_stop(since):
    if flag_time() == since or "--old" in sys.argv:
        return False
    with open(path("process_control.flag"), encoding="ascii") as f:
        return f.read() == "stop"


def serve():
    """Runs until it is told to stop."""
    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    port, since, give_up = server.server_address[1], flag_time(), time.monotonic() + LIFE_S
    told = threading.Event()
    if "--old" in sys.argv:
        signal.signal(signal.SIGTERM, lambda *_: told.set())
    write_pid_file(port, STARTING)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    time.sleep(0.2)
    write_pid_file(port, RUNNING)
    while os.path.isdir(HOME) and not told.is_set() and time.monotonic() < give_up and not wants_stop(since):
        told.wait(0.02)
    if not os.path.isdir(HOME):
        return
    write_pid_file(port, STOPPING)
    server.shutdown()
    server.server_close()
    os.remove(path("server.pid"))
    if "--twice" in sys.argv and os.fork() == 0:  # whoever looks after it starts it again
        sys.argv.remove("--twice")
        serve()
        os._exit(0)
    time.sleep(LINGER_S)


def in_background():
    """Forks as a daemon does; the first process ends with 0."""
    if os.fork() > 0:
        os._exit(0)
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)


def main():
    note_start()
    if "--fail" in sys.argv and os.path.exists(path("process_control.flag")):
        sys.exit("Kolibri does not start any more")
    if "--foreground" not in sys.argv and "services" not in sys.argv:
        in_background()
    serve()


if __name__ == "__main__":
    main()
