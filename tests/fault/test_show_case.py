#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a person sees: a run is killed in the middle, and the next start says in words what it found."""

import os
import subprocess
import sys
import time
import unittest

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
import sample  # noqa: E402
import scenario  # noqa: E402
import strike  # noqa: E402, F401
import tap  # noqa: E402

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")]
import homes  # noqa: E402

BEFORE = "A restore was interrupted before it happened. Your data is as it was before."
AFTER = "A restore was interrupted just after it happened. Your data is restored."
LEFTOVERS = "The last run was interrupted. What it left unfinished has been removed."
TRIES = 50


class TestShowCase(unittest.TestCase):
    def say_status(self, box):
        """The words of `kolibri-backup status`, for a person: twice, and the second time nothing."""
        said = []
        for _ in range(2):
            command = [scenario.CLI, "--home", box.home, "status"]
            done = subprocess.run(command, env=box.env, capture_output=True, encoding="utf-8", check=True)
            said.append(done.stderr.strip())
        self.assertEqual(said[1], "")
        return said[0]

    def kill_when(self, box, command, exists):
        """Starts, kills -9 as soon as a file is there. Returns whether it still ran."""
        path = box.file(*exists)
        process = subprocess.Popen(
            [scenario.CLI, "--home", box.home, *command],
            env=box.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while process.poll() is None and not os.path.exists(path):
            time.sleep(0.0005)
        process.kill()
        return process.wait() == scenario.KILLED

    def test_restore_killed_before_it_happened(self):
        box = scenario.Box()
        self.addCleanup(box.remove)
        homes.make_home(box.home, "0.19")
        os.makedirs(box.env["TMPDIR"])
        path = homes.add_kolibri_dump(box.home, "0.16")
        old = sample.Content.of_file(box.file("db.sqlite3"))
        record = ("backups", "protected", "restore.ini")
        killed = any(
            self.kill_when(box, ("restore", "--yes", path), record)
            and os.path.exists(box.file(*record))
            and sample.Content.of_file(box.file("db.sqlite3")) == old
            for _ in range(TRIES)
        )
        self.assertTrue(killed, "always too late")
        self.assertEqual(self.say_status(box), BEFORE)
        self.assertEqual(sample.Content.of_file(box.file("db.sqlite3")), old)
        self.assertEqual(homes.leftovers(box.home), [])

    def test_restore_killed_after_it_happened(self):
        case = scenario.RestoreOlder("wal")
        self.addCleanup(case.remove)
        scenario.kill_after_commit(case)
        self.assertEqual(self.say_status(case.box), AFTER)
        case.check_recovered(True)

    def test_backup_killed(self):
        case = scenario.Backup("wal")
        self.addCleanup(case.remove)
        case.reset()
        case.run(kind="kill", at=next(at for at in range(1, 99) if self.leaves_a_part(case, at)))
        self.assertEqual(self.say_status(case.box), LEFTOVERS)
        self.assertEqual(case.leftovers(), [])

    def leaves_a_part(self, case, at):
        case.reset()
        case.run(kind="kill", at=at)
        found = bool(case.leftovers())
        case.reset()
        return found


if __name__ == "__main__":
    tap.main()
