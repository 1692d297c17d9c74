#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""systemctl, where no systemd runs: one service, which is a real process.

    systemctl show --property=… UNIT | stop UNIT | restart UNIT

KB_SYSTEMD is its folder: `unit` holds the name of the unit, `command` the words that start it, a line
each, `pid` its process, `state` what `show` prints where there is no process (ActiveState,
SubState), `log` what was done. With `fails` in the folder, stop and restart do.
"""

import os
import signal
import subprocess
import sys
import time

FOLDER = os.environ["KB_SYSTEMD"]


def path(name):
    return os.path.join(FOLDER, name)


def read(name):
    try:
        with open(path(name), encoding="utf-8") as f:
            return f.read().strip()
    except FileNotFoundError:
        return ""


def runs():
    pid = read("pid")
    try:
        with open("/proc/%s/stat" % pid, encoding="ascii", errors="replace") as f:
            return bool(pid) and ") Z" not in f.read()
    except OSError:
        return False


def show(unit):
    if unit != read("unit"):
        print("LoadState=not-found\nActiveState=inactive\nSubState=dead")
    elif runs():
        print("LoadState=loaded\nActiveState=active\nSubState=running")
    else:
        active, sub = (read("state") or "inactive dead").split()
        print("LoadState=loaded\nActiveState=%s\nSubState=%s" % (active, sub))


def stop():
    if runs():
        os.kill(int(read("pid")), signal.SIGTERM)
    while runs():
        time.sleep(0.02)


def start():
    words = read("command").split("\n")
    null = subprocess.DEVNULL
    # the name by which a process is known is its first word, not its program
    child = subprocess.Popen(words, executable=sys.executable, stdin=null, stdout=null, stderr=null, start_new_session=True)
    with open(path("pid"), "w", encoding="ascii") as f:
        f.write("%d" % child.pid)


def main():
    verb, unit = sys.argv[1], sys.argv[-1]
    if verb == "show":
        return show(unit)
    with open(path("log"), "a", encoding="utf-8") as f:
        f.write("%s %s\n" % (verb, unit))
    if os.path.exists(path("fails")) or unit != read("unit"):
        sys.exit(5)
    stop()
    if verb == "restart":
        start()
    return None


if __name__ == "__main__":
    main()
