#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Restores of a database of 200 MB, killed at random moments: the pages are those of the old data or
those of the new. Sometimes Kolibri is the next to open it, sometimes we are."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import unittest

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
import scenario  # noqa: E402
import strike  # noqa: E402
import tap  # noqa: E402

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bench")]
import make_database  # noqa: E402

SEED = int(os.environ.get("KB_FAULT_SEED", random.randrange(1 << 32)))
KILLS = int(os.environ.get("KB_FAULT_KILLS", "200"))
MEGABYTES = int(os.environ.get("KB_FAULT_MEGABYTES", "200"))
PAGE = 4096
CHUNK = 64 * PAGE
PAGES_OF_AN_ID = 4  # the header, the table of Morango's ids, its index, and the list of free pages


def pages_that_differ(left, right):
    """How many, up to a few; a file of another size differs throughout."""
    if os.path.getsize(left) != os.path.getsize(right):
        return 1 << 30
    n = 0
    with open(left, "rb") as a, open(right, "rb") as b:
        while n <= PAGES_OF_AN_ID:
            x, y = a.read(CHUNK), b.read(CHUNK)
            if not x:
                break
            if x != y:
                n += sum(x[i : i + PAGE] != y[i : i + PAGE] for i in range(0, len(x), PAGE))
    return n


class Large:
    """A data folder with a large database, a backup of what was there before, and both as files."""

    def __init__(self):
        self.box = scenario.Box()
        os.makedirs(self.box.home)
        os.makedirs(self.box.env["TMPDIR"])
        self.database = self.box.file("db.sqlite3")
        self.old, self.new = (self.box.sandbox.file(name) for name in ("old", "new"))
        make_database.make(self.database, MEGABYTES)
        self.write_version("0.19.5")
        self.dump = self.box.run("backup").answer()["path"]
        self.change()
        shutil.copyfile(self.database, self.old)
        begin = time.monotonic()
        self.restore().wait()
        self.seconds = time.monotonic() - begin
        self.settle()
        shutil.copyfile(self.database, self.new)
        self.back_to_old()

    def write_version(self, version):
        with open(self.box.file(".data_version"), "w") as f:
            f.write(version)

    def change(self):
        db = sqlite3.connect(self.database)
        db.execute("DELETE FROM logger_attemptlog WHERE rowid % 7 = 0")
        db.execute("UPDATE logger_attemptlog SET correct=1-correct WHERE rowid % 3 = 0")
        db.commit()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()

    def restore(self):
        command = [scenario.CLI, "--home", self.box.home, "--json", "restore", "--yes", self.dump]
        return subprocess.Popen(command, env=self.box.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def settle(self):
        """What Kolibri does when it is the next to open the database."""
        db = sqlite3.connect(self.database)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()

    def is_new(self):
        """Compares pages: identical but for those that hold an id or a counter."""
        if pages_that_differ(self.database, self.old) <= 1:
            return False
        assert pages_that_differ(self.database, self.new) <= PAGES_OF_AN_ID, "neither old nor new"
        return True

    def check_integrity(self):
        db = sqlite3.connect(self.database)
        verdict = db.execute("PRAGMA quick_check").fetchall()
        db.close()
        assert verdict == [("ok",)], verdict

    def kept(self):
        folder = self.box.file("backups", "protected", "replaced")
        return [os.path.join(folder, name, "db.sqlite3") for name in os.listdir(folder)]

    def back_to_old(self):
        shutil.copyfile(self.old, self.database)
        shutil.rmtree(self.box.file("backups", "protected", "replaced"))


def kill_once(large, rnd):
    process = large.restore()
    time.sleep(large.seconds * rnd.uniform(rnd.choice((0, 0.7)), 1.05))
    process.send_signal(signal.SIGKILL)
    was_killed = process.wait() == scenario.KILLED
    if rnd.random() < 0.5:
        large.settle()
        large.check_integrity()
    recovered = large.box.run("status")
    assert recovered.code == 0, recovered.stdout
    large.settle()
    large.check_integrity()
    is_new = large.is_new()
    assert is_new or was_killed, "it ended and nothing is restored"
    left = scenario.homes.leftovers(large.box.home)
    assert left == [], left
    if is_new:
        assert [pages_that_differ(path, large.old) <= 1 for path in large.kept()] == [True], "not kept"
        large.back_to_old()
    return is_new, was_killed


class TestRandomKills(unittest.TestCase):
    def test_restore(self):
        print("# KB_FAULT_SEED=%d, %d MB" % (SEED, MEGABYTES))
        rnd = random.Random(SEED)
        large = Large()
        self.addCleanup(large.box.remove)
        outcomes = [kill_once(large, rnd) for _ in range(KILLS)]
        killed = [is_new for is_new, was_killed in outcomes if was_killed]
        print("# a restore takes %.1f s; %d old, %d new" % (large.seconds, killed.count(False), killed.count(True)))
        strike.print_total("killed at random moments", len(killed))


if __name__ == "__main__":
    tap.main()
