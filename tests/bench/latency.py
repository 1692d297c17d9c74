#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How late the main loop of the window comes while it backs up and restores, how long the window
takes to appear, and how long 1,000 backups take to list. Prints, and asserts nothing.

    xvfb-run -a -s '-screen 0 1100x900x24 -noreset' dbus-run-session -- \\
        /usr/bin/python3 latency.py BUILD-FOLDER [--megabytes 1000] [--place /dev/shm]
"""

import argparse
import glob
import os
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, ".."), os.path.join(HERE, "..", "gui")]

import homes  # noqa: E402
import make_database  # noqa: E402
from driver import Program, wait_for  # noqa: E402

STEPS_MS = (1, 2, 4, 8, 16, 33, 100)
STARTS = 7


class Bench:
    def __init__(self, build, place):
        tempfile.tempdir = place
        self.sandbox = homes.Sandbox()
        self.window = os.path.join(build, "gui", "kolibri-backup-gtk")
        self.cli = os.path.join(build, "cli", "kolibri-backup")
        self.log, self.mark = self.sandbox.file("latency.log"), self.sandbox.file("mark")
        self.sandbox.env.update(
            GSETTINGS_SCHEMA_DIR=os.path.join(build, "tests", "gui"),
            GSETTINGS_BACKEND="memory",
            LD_PRELOAD=os.path.join(build, "tests", "bench", "libkb-latency.so"),
            KB_LATENCY_LOG=self.log,
            KB_LATENCY_MARK=self.mark,
        )

    def start(self, home):
        return Program(self.window, self.sandbox, ["--home", home])

    def say(self, marker):
        with open(self.mark, "w") as f:
            f.write(marker)
        time.sleep(0.3)

    def finish(self, program):
        """Closes the window, and returns (milliseconds to the window, {marker: lateness in ms})."""
        program.close_window()
        program.process.wait(60)
        program.stop()
        with open(self.log) as f:
            lines = [line.split() for line in f]
        found, current = {}, None
        for word, value in lines[1:]:
            if word == "marker":
                current = value
            elif current is not None:
                found.setdefault(current, []).append(int(value) / 1000)
        return float(lines[0][1]), found


def make_home(path, megabytes):
    os.makedirs(path)
    make_database.make(os.path.join(path, "db.sqlite3"), megabytes)
    with open(os.path.join(path, ".data_version"), "w") as f:
        f.write("0.19.5")


def answer_restore(program):
    dialog = program.find("dialog", "Restore")
    buttons = [n for n in program.all("push button", "Restore") if n.get_name() == "Restore"]
    assert dialog is not None
    buttons[0].get_action_iface().do_action(0)


def measure_work(bench, home):
    """The driver looks at files meanwhile: questions over the accessibility bus would be work."""
    program = bench.start(home)
    wait_for(lambda: program.all("push button", "Back Up Now"))
    bench.say("backup")
    program.press("Back Up Now")
    wait_for(lambda: glob.glob(os.path.join(home, "backups", "*.dump")), 600, "a backup")
    bench.say("between")
    program.wait_text("Backed up and checked")
    program.press("Restore…")
    wait_for(lambda: program.all("dialog", "Restore"), 600, "the dialog")
    bench.say("restore")
    answer_restore(program)
    replaced = os.path.join(home, "backups", "protected", "replaced", "replaced-v*[0-9]")
    record = os.path.join(home, "backups", "protected", "restore.ini")
    wait_for(lambda: glob.glob(replaced) and not os.path.exists(record), 600, "the restore")
    bench.say("after")
    return bench.finish(program)


def histogram(name, late):
    ordered = sorted(late)
    print("\n%s: %d ticks, p50 %.1f ms, p99 %.1f ms, worst %.1f ms" % (
        name, len(late), statistics.median(late), ordered[int(len(late) * 0.99)], ordered[-1]))
    lower = 0
    for upper in STEPS_MS + (float("inf"),):
        print("  %5s ms or less: %d" % (upper, sum(lower <= value < upper for value in late)))
        lower = upper


def measure_start(bench, home, title):
    times = []
    for _ in range(STARTS):
        program = bench.start(home)
        wait_for(lambda: program.all("push button", "Back Up Now"))
        times.append(bench.finish(program)[0])
    print("window with %s: median %.0f ms (%.0f – %.0f), %d starts" % (
        title, statistics.median(times), min(times), max(times), STARTS))


def add_backups(bench, home, count):
    """So many names of one backup: what is read of each is its beginning and its end."""
    env = dict(bench.sandbox.env, LD_PRELOAD="")
    subprocess.run([bench.cli, "--home", home, "backup"], env=env, check=True, stdout=subprocess.DEVNULL)
    path = glob.glob(os.path.join(home, "backups", "*.dump"))[0]
    for n in range(count - 1):
        name = "db-v0.19.5_20%02d-%02d-%02d_10-11-12.dump" % (10 + n // 336, n // 28 % 12 + 1, n % 28 + 1)
        subprocess.run(["cp", path, os.path.join(home, "backups", name)], check=True)


def measure_list(bench, home):
    env = dict(bench.sandbox.env, LD_PRELOAD="")
    times = []
    for _ in range(STARTS):
        before = time.monotonic()
        subprocess.run([bench.cli, "--home", home, "list"], env=env, check=True, stdout=subprocess.DEVNULL)
        times.append((time.monotonic() - before) * 1000)
    print("command line, list of 1,000 backups: median %.0f ms" % statistics.median(times))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--megabytes", type=int, default=1000)
    parser.add_argument("--place", default="/dev/shm")
    args = parser.parse_args()
    bench = Bench(os.path.abspath(args.build), args.place)
    try:
        small, large = bench.sandbox.file("small"), bench.sandbox.file("large")
        make_home(small, 2)
        measure_start(bench, small, "no backup")
        add_backups(bench, small, 1000)
        measure_list(bench, small)
        measure_start(bench, small, "1,000 backups")
        make_home(large, args.megabytes)
        _, found = measure_work(bench, large)
        for name in ("backup", "restore"):
            histogram("%s of %d MB" % (name, args.megabytes), found[name])
    finally:
        bench.sandbox.remove()


if __name__ == "__main__":
    main()
