#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A disk that is really full, at each of a series of sizes: one that says so, and one that says it has
room, as a disk with quotas does. The same promise, and the person hears how much is needed."""

import os
import subprocess
import sys
import unittest

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
import scenario  # noqa: E402
import strike  # noqa: E402
import tap  # noqa: E402

NO_SPACE = 3
DISK_BYTES = 64 << 20
PAGE = 4096
MOST_FREE = 1 << 20  # more than any of the operations takes
ROOM_FOR_THE_CHECK = 9 << 20
SCENARIOS = (
    scenario.Backup,
    scenario.RestoreOlder,
    scenario.RestoreNewer,
    scenario.RestoreBinary,
    scenario.RestoreOverEmpty,
    scenario.RestoreOverLongLog,
    scenario.RestoreDamaged,
    scenario.Undo,
)


class Disk:
    """A file system in memory, with a scenario on it."""

    def __init__(self, case):
        self.case = case
        self.path = case.box.path
        self.filler = os.path.join(self.path, "filler")
        os.mkdir(self.path)
        command = ["mount", "-t", "tmpfs", "-o", "size=%d" % DISK_BYTES, "tmpfs", self.path]
        done = subprocess.run(command, stderr=subprocess.PIPE, encoding="utf-8", check=False)
        if done.returncode != 0:
            os.rmdir(self.path)
            raise unittest.SkipTest("may not mount: " + done.stderr.strip())

    def remove(self):
        subprocess.run(["umount", self.path], check=True)

    def reset(self, free_bytes):
        subprocess.run(["find", self.path, "-mindepth", "1", "-delete"], check=True)
        subprocess.run(["cp", "-a", self.case.template + "/.", self.path], check=True)
        with open(self.filler, "wb") as f:
            info = os.statvfs(self.path)
            os.posix_fallocate(f.fileno(), 0, max(info.f_bavail * info.f_frsize - free_bytes, PAGE))

    def make_room(self):
        os.remove(self.filler)


class TestFullDisk(unittest.TestCase):
    total = 0

    @classmethod
    def tearDownClass(cls):
        strike.print_total("full disks", cls.total)


def sizes(lies):
    if strike.RUNS == 0:
        return range(0, MOST_FREE, PAGE if lies else 16 * PAGE)
    return range(0, MOST_FREE, MOST_FREE // ((4 if lies else 2) * strike.RUNS))


def check(case, disk, run, lies, free_bytes):
    assert run.code in (0, NO_SPACE), "exit code %d: %s %s" % (run.code, run.stdout, run.stderr)
    if run.code == NO_SPACE:
        failure = run.answer()["error"]
        assert failure["code"] == "no-space", failure
        known = not lies and free_bytes > 8 * PAGE  # SQLite itself needs some to read a log
        assert "needed" in failure["message"] or not known, failure
    done = case.check_data()
    case.check_answer(run, done)
    status = case.box.run("status")  # as long as it is full
    assert status.code == 0, status.stdout + status.stderr
    assert case.check_data() == done, "recovery has changed the data"
    disk.make_room()
    strike.put_right(case, done)


def fill(case, disk, lies):
    broken, outcomes = [], {0: 0, NO_SPACE: 0}
    for free_bytes in [*sizes(lies), ROOM_FOR_THE_CHECK]:
        disk.reset(free_bytes)
        run = case.run(lies=lies)
        try:
            check(case, disk, run, lies, free_bytes)
            outcomes[run.code] += 1
        except strike.BROKEN as error:
            broken.append("%d KiB free: %s (%s)" % (free_bytes // 1024, error, run.stdout.strip()))
        TestFullDisk.total += 1
    print("# %d done, %d refused" % (outcomes[0], outcomes[NO_SPACE]))
    if broken:
        raise AssertionError("%d broke the promise:\n" % len(broken) + "\n".join(broken[:25]))
    assert outcomes[0] > 0 and outcomes[NO_SPACE] > 0, outcomes


def add(operation, journal_mode, lies):
    def test(self):
        case = operation(journal_mode)
        try:
            disk = Disk(case)
            try:
                fill(case, disk, lies)
            finally:
                disk.remove()
        finally:
            case.remove()

    words = (operation.name, journal_mode, "that says nothing" if lies else "that says so")
    strike.add_cases(TestFullDisk, " ".join(words), test)


for one in SCENARIOS:
    for mode in ("delete", "wal"):
        for silent in (False, True):
            add(one, mode, silent)


if __name__ == "__main__":
    tap.main()
