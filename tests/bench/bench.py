#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Times Kolibri Backup beside its peers: same database, same run, alternating; prints medians,
ratios and peak memory. docs/performance.md says how to read it.

    bench.py --cli kolibri-backup --bench kb-bench [--megabytes 50 1000] [--runs 5]
             [--place DIR …] [--only dump|load|restore]

DIR is where the files lie: a RAM disk by default.
"""

import argparse
import datetime
import os
import platform
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile

import make_database

PYTHON = "/usr/bin/python3"

# Exactly what Kolibri does (kolibri/core/deviceadmin/utils.py).
ITERDUMP = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
with open(sys.argv[2], mode="w", encoding="utf-8") as f:
    for line in db.iterdump():
        f.write(line)
"""
EXECUTESCRIPT = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[2])
db.execute("PRAGMA foreign_keys=OFF")
with open(sys.argv[1], mode="r", encoding="utf-8") as f:
    db.executescript(f.read())
"""


class Contestant:
    """One way to do it. `command` is a shell line; {db}, {home}, {out}, {shell}, {python}, {ours}
    are files."""

    def __init__(self, name, command, ours=False):
        self.name, self.command, self.ours = name, command, ours
        self.seconds, self.memory = [], 0

    def run(self, files):
        for name in os.listdir(files["out"]):
            path = os.path.join(files["out"], name)
            shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)
        os.sync()
        # GNU time, because the kernel counts the memory of this Python to its children, too
        meter = ["/usr/bin/time", "--quiet", "-o", files["meter"], "-f", "%e %M"]
        done = subprocess.run(
            meter + ["/bin/sh", "-c", "exec " + self.command.format(**files)],
            stdout=subprocess.DEVNULL,
            env=files["env"],
            check=False,
        )
        if done.returncode != 0:
            sys.exit("%s failed: %s" % (self.name, self.command.format(**files)))
        with open(files["meter"]) as f:
            seconds, kilobytes = f.read().split()
        self.seconds.append(float(seconds))
        self.memory = max(self.memory, int(kilobytes))


def contests(args):
    bench, cli = args.bench, args.cli
    return {
        "dump": [
            Contestant("ours, before its check", bench + " dump {db} {out}/x"),
            Contestant("ours whole: dump, sync, check, publish", cli + " --home {home} backup {out}"),
            Contestant("sqlite3 shell .dump", "sqlite3 {db} .dump > {out}/x"),
            Contestant("Python iterdump (Kolibri)", PYTHON + " -c '%s' {db} {out}/x" % ITERDUMP.replace("'", '"')),
            Contestant("VACUUM INTO", "sqlite3 {db} \"VACUUM INTO '{out}/x'\""),
            Contestant("sqlite3 shell .backup", "sqlite3 {db} '.backup {out}/x'"),
            Contestant("cp", "cp {db} {out}/x"),
        ],
        "load": [
            Contestant("ours, before its check", bench + " load {ours} {out}/x"),
            Contestant("ours, from Kolibri's dump", bench + " load {python} {out}/x"),
            Contestant("sqlite3 shell < dump", "sqlite3 {out}/x < {shell}"),
            Contestant(
                "Python executescript (Kolibri)", PYTHON + " -c '%s' {python} {out}/x" % EXECUTESCRIPT.replace("'", '"')
            ),
        ],
        "restore": [
            Contestant("ours whole: load, check, keep, commit, sync", cli + " --home {home} restore --yes {ours}"),
            Contestant("sqlite3 shell < dump, unchecked", "sqlite3 {out}/x < {shell}"),
        ],
    }


def prepare(args, folder, megabytes):
    home = os.path.join(folder, "home")
    os.makedirs(home)
    os.mkdir(os.path.join(folder, "out"))
    files = {name: os.path.join(folder, name) for name in ("out", "shell", "python", "ours", "meter")}
    files["home"], files["db"] = home, os.path.join(home, "db.sqlite3")
    files["env"] = dict(os.environ, HOME=folder, PATH="/usr/bin:/bin", SQLITE_TMPDIR=folder, TMPDIR=folder)
    make_database.make(files["db"], megabytes)
    with open(os.path.join(home, ".data_version"), "w") as f:
        f.write("0.19.5")
    subprocess.run([args.bench, "dump", files["db"], files["ours"]], check=True)
    with open(files["shell"], "wb") as f:
        subprocess.run(["sqlite3", files["db"], ".dump"], stdout=f, check=True)
    subprocess.run([PYTHON, "-c", ITERDUMP, files["db"], files["python"]], check=True)
    return files


def report(title, entries):
    ours = statistics.median(entries[0].seconds)
    print("\n### %s\n" % title)
    print("| how | s (median) | s (min – max) | times ours | peak MB |\n|---|---|---|---|---|")
    for entry in entries:
        median = statistics.median(entry.seconds)
        print(
            "| %s | %.2f | %.2f – %.2f | %.2f | %.0f |"
            % (entry.name, median, min(entry.seconds), max(entry.seconds), median / ours, entry.memory / 1000)
        )
    sys.stdout.flush()


def run(args, place, megabytes):
    folder = tempfile.mkdtemp(prefix="kb-bench-", dir=place)
    try:
        files = prepare(args, folder, megabytes)
        size = os.path.getsize(files["db"]) / 1e6
        for name, entries in contests(args).items():
            if args.only and name != args.only:
                continue
            for _ in range(args.runs):
                for entry in entries:  # alternating: a slow minute hits all
                    entry.run(files)
                    replaced = os.path.join(files["home"], "backups")
                    if os.path.isdir(replaced):
                        shutil.rmtree(replaced)
            report("%s, %.0f MB, %s, %d runs" % (name, size, place, args.runs), entries)
    finally:
        shutil.rmtree(folder)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cli", required=True)
    parser.add_argument("--bench", required=True)
    parser.add_argument("--megabytes", type=int, nargs="+", default=[50])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--place", nargs="+", default=["/dev/shm"])
    parser.add_argument("--only", choices=["dump", "load", "restore"])
    args = parser.parse_args()
    print(
        "%s, %s, %d processors, SQLite %s"
        % (datetime.date.today(), platform.platform(), os.cpu_count(), sqlite3.sqlite_version)
    )
    for place in args.place:
        for megabytes in args.megabytes:
            run(args, place, megabytes)


if __name__ == "__main__":
    main()
