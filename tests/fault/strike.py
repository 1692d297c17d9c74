# SPDX-License-Identifier: MIT
"""Lets the calls of a scenario fail in turn, and says what broke its promise."""

import os
import re
import sqlite3
import sys
import tempfile

import sample
import scenario

# How many calls of each case are struck; 0 is all of them.
RUNS = int(os.environ.get("KB_FAULT_RUNS", "4"))

# What a check may raise when the promise is broken.
BROKEN = (AssertionError, ValueError, KeyError, OSError, sqlite3.Error)

tempfile.tempdir = sample.fast_folder()


def sample_of(calls):
    """Evenly spread over the calls, or all of them."""
    if RUNS == 0 or RUNS >= calls:
        return range(1, calls + 1)
    return sorted({1 + int((i + 0.5) * calls / RUNS) for i in range(RUNS)})


def check_failure(run, kind):
    """It says what failed, and where."""
    failure = run.answer()["error"]
    assert failure["message"], failure
    detail = failure["detail"]
    assert ": " in detail, "no step in: " + detail
    assert kind == "nomem" or "/" in detail, "no file in: " + detail


def check_after(case, run, kind):
    """What the promise says about any run, however it ended."""
    done = case.check_data()
    if run.code != scenario.KILLED:
        case.check_answer(run, done)
        assert run.code >= 0, "it died of signal %d: %s" % (-run.code, run.stderr)
        assert run.code == 0 or kind != "short", "half a read or write is no failure"
        if run.code != 0:
            check_failure(run, kind)
    put_right(case, done)


def put_right(case, done):
    """The next start finds everything, and the next run succeeds."""
    status = case.box.run("status")
    assert status.code == 0, status.stdout + status.stderr
    assert case.leftovers() == [], "left behind: %s" % case.leftovers()
    case.check_recovered(done)
    if case.can_run_again(done):
        again = case.run()
        assert again.code == 0, "the next run failed: " + again.stdout
        assert case.leftovers() == [], "left behind by the next run: %s" % case.leftovers()
        case.check_done()
        assert case.strangers() == [], "not of the owner: %s" % case.strangers()


class Strikes:
    """All strikes of one kind on one scenario."""

    def __init__(self, case, kind, **keywords):
        self.case, self.kind, self.keywords = case, kind, keywords
        self.struck = 0
        self.broken = []

    def strike(self, at):
        self.case.reset()
        return self.case.run(kind=self.kind, at=at, **self.keywords)

    def run_one(self, at, where=""):
        run = self.strike(at)
        if run.struck == "":
            return False
        self.struck += 1
        try:
            check_after(self.case, run, self.kind)
        except BROKEN as error:
            self.broken.append("%scall %d, %s: %s (%s)" % (where, at, run.struck, error, run.stdout.strip()))
        return True

    def run_all(self, numbers, where=""):
        """Until a run has no such call any more."""
        for at in numbers:
            if not self.run_one(at, where + ", " if where else ""):
                break
        self.complain()
        return self.struck

    def run(self):
        self.case.reset()
        calls = self.case.run(kind=self.kind, **self.keywords).calls
        for at in sample_of(calls):
            self.run_one(at)
        print("# %d of %d calls struck" % (self.struck, calls))
        self.complain()
        return self.struck

    def complain(self):
        if self.broken:
            text = "%d of %d broke the promise:\n" % (len(self.broken), self.struck)
            raise AssertionError(text + "\n".join(self.broken[:25]))


def add_cases(test_class, name, function):
    """A method of its own for each case, so that each has a name in the output."""
    setattr(test_class, "test_" + re.sub(r"\W", "_", name), function)


def print_total(what, total):
    print("# %s: %d" % (what, total), flush=True)
    sys.stdout.flush()