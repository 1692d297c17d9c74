#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every operation on the disk fails in turn, once or from then on, and every allocation of SQLite:
the data is wholly old or wholly new, nothing is lost, and the next run succeeds."""

import os
import sys
import unittest

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
import scenario  # noqa: E402
import strike  # noqa: E402
import tap  # noqa: E402
import verbs  # noqa: E402

KINDS = (
    ("eio", False),
    ("eio", True),
    ("enospc", False),
    ("enospc", True),
    ("eacces", False),
    ("torn", False),
    ("torn", True),
    ("short", True),
    ("nomem", False),
    ("nomem", True),
)


class TestErrors(unittest.TestCase):
    total = 0

    @classmethod
    def tearDownClass(cls):
        strike.print_total("operations failed in turn", cls.total)


def fail_recovery(case):
    """The next start fails, from where each call of the operation was the last."""
    case.reset()
    calls = case.run(kind="kill", cache=10).calls
    total = 0
    for at in strike.sample_of(calls):
        after, _ = scenario.interrupted(case, kind="kill", at=at, cache=10)
        for sticky in (False, True):
            total += strike.Strikes(after, "eio", sticky=sticky, cache=10).run()
    return total


def add_recovery(operation, journal_mode):
    def test(self):
        case = operation(journal_mode)
        try:
            TestErrors.total += fail_recovery(case)
        finally:
            case.remove()

    strike.add_cases(TestErrors, "recovery %s %s" % (operation.name, journal_mode), test)


def add(operation, journal_mode, kind, sticky):
    def test(self):
        case = operation(journal_mode)
        try:
            TestErrors.total += strike.Strikes(case, kind, sticky=sticky, cache=10).run()
        finally:
            case.remove()

    words = (operation.name, journal_mode, kind, "from then on" if sticky else "once")
    strike.add_cases(TestErrors, " ".join(words), test)


for one in scenario.OPERATIONS + verbs.OPERATIONS:
    for mode in one.journal_modes:
        for fault in KINDS:
            add(one, mode, *fault)
        add_recovery(one, mode)


if __name__ == "__main__":
    tap.main()
