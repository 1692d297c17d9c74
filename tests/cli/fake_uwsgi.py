#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A worker of kolibri-server: it has read the database, and stays, until SIGTERM. KOLIBRI_HOME is a
word of its command line, as kolibri-server 0.5.1 has it. `--idle`: without the database."""

import os
import signal
import sqlite3
import sys
import time

LIFE_S = 120


def main():
    home = [word.split("=", 2)[2] for word in sys.argv if word.startswith("--env=KOLIBRI_HOME=")][0]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if "--idle" not in sys.argv:
        db = sqlite3.connect(os.path.join(home, "db.sqlite3"))
        db.execute("SELECT count(*) FROM sqlite_master").fetchall()
    with open(os.path.join(home, "worker.ready"), "w", encoding="ascii") as f:
        f.write("%d" % os.getpid())
    time.sleep(LIFE_S)


if __name__ == "__main__":
    main()
