#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The process is killed, or the power cut, at every call that changes the disk; recovery itself, too,
any number of times. Plain SQLite opens the data before anything of ours has run again."""

import os
import random
import sqlite3
import sys
import unittest

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
import power  # noqa: E402
import sample  # noqa: E402
import scenario  # noqa: E402
import strike  # noqa: E402
import tap  # noqa: E402
import verbs  # noqa: E402

SEED = int(os.environ.get("KB_FAULT_SEED", random.randrange(1 << 32)))
CACHE = 10


class TestKills(unittest.TestCase):
    total = 0

    @classmethod
    def setUpClass(cls):
        print("# KB_FAULT_SEED=%d" % SEED)

    @classmethod
    def tearDownClass(cls):
        strike.print_total("ends at a call", cls.total)


class TestMeanwhile(unittest.TestCase):
    """Killed after the commit; before we start again something else happens to the data. What is in
    use is neither the old data nor the new then, and the kept copy is the only one."""

    def check(self, happen):
        for journal_mode in ("delete", "wal"):
            case = scenario.RestoreOlder(journal_mode)
            self.addCleanup(case.remove)
            scenario.kill_after_commit(case)
            happen(case.box.file("db.sqlite3"))
            self.assertEqual(case.box.run("status").code, 0)
            self.assertEqual(case.leftovers(), [])
            self.assertIn((case.old, case.old_version), case.read_kept().values())

    def test_restored_by_kolibri(self):
        def happen(path):
            db = sqlite3.connect(path)
            db.execute("UPDATE %s SET id='of somebody else' WHERE current=1" % sample.ID_TABLE)
            db.commit()
            db.close()

        self.check(happen)

    def test_damaged(self):
        def happen(path):
            with open(path, "wb") as f:
                f.write(b"no database" * 1000)

        self.check(happen)

    def test_deleted(self):
        self.check(os.remove)


class PowerCuts(strike.Strikes):
    """The same, but of what was not synced, the disk has nothing, or any part."""

    def __init__(self, case, kind, rnd=None, **keywords):
        super().__init__(case, kind, **keywords)
        self.rnd = rnd

    def strike(self, at):
        self.case.reset()
        disk = power.Disk(self.case.box.home, self.case.box.disk)
        run = self.case.run(kind=self.kind, at=at, disk=True, **self.keywords)
        disk.cut(self.rnd)
        return run

    def check_undisturbed(self):
        """What is said to be done is on the disk."""
        run = self.strike(0)
        assert run.code == 0, run.stdout
        try:
            self.case.check_done()
        except strike.BROKEN as error:
            self.broken.append("after the end: %s" % error)


class Recoveries(strike.Strikes):
    """The next start is killed, too, later each time, until one gets to its end."""

    def strike(self, at):
        self.case.reset()
        done = self.case.check_data()
        for later in range(1, 1000):
            run = self.case.run(kind=self.kind, at=1 + (later * at) % 7, **self.keywords)
            if run.struck == "" or later > 30:
                return run
            assert self.case.check_data() == done, "recovery has changed the data"
        raise AssertionError("it never ends")


def add(operation, journal_mode, what, function):
    def test(self):
        case = operation(journal_mode)
        try:
            TestKills.total += function(case)
        finally:
            case.remove()

    strike.add_cases(TestKills, " ".join((what, operation.name, journal_mode)), test)


def kill(case):
    return strike.Strikes(case, "kill", cache=CACHE).run()


def kill_torn(case):
    return strike.Strikes(case, "kill-torn", cache=CACHE).run()


def cut(case):
    cuts = PowerCuts(case, "kill", cache=CACHE)
    cuts.check_undisturbed()
    return cuts.run()


def cut_with_rest(case):
    return PowerCuts(case, "kill", rnd=random.Random(SEED), cache=CACHE).run()


def recover(case):
    """From where each call of the operation was the last."""
    case.reset()
    calls = case.run(kind="kill", cache=CACHE).calls
    total = 0
    for at in strike.sample_of(calls):
        after, _ = scenario.interrupted(case, kind="kill", at=at, cache=CACHE)
        total += Recoveries(after, "kill").run_all(recovery_starts(), "recovery after call %d" % at)
    return total


def recover_cut(case):
    case.reset()
    calls = case.run(kind="kill", cache=CACHE).calls
    total = 0
    for at in strike.sample_of(calls):
        after, _ = scenario.interrupted(case, kind="kill", at=at, cache=CACHE)
        total += PowerCuts(after, "kill").run_all(recovery_calls(), "recovery after call %d" % at)
    return total


def recovery_calls():
    return range(1, 100) if strike.RUNS == 0 else range(3, 40, 6)


def recovery_starts():
    return range(1, 7) if strike.RUNS == 0 else range(1, 2)


for one in scenario.OPERATIONS + verbs.OPERATIONS:
    for mode in one.journal_modes:
        for end in (kill, kill_torn, cut, cut_with_rest, recover, recover_cut):
            add(one, mode, end.__name__, end)


if __name__ == "__main__":
    tap.main()
