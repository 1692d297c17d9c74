#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Stands in a data folder for a Kolibri that runs: a server.pid, and an answer to /status/.

Usage: status_server.py HOME kolibri       the second word makes the process look like one
"""

import http.server
import os
import sys


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
with open(os.path.join(sys.argv[1], "server.pid"), "w", encoding="ascii") as pid_file:
    pid_file.write("%d\n%d\n\n0\n" % (os.getpid(), server.server_port))
print("ready", flush=True)
server.serve_forever()
