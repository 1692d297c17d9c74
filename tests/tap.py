# SPDX-License-Identifier: MIT
"""Runs a module of unittest cases and prints TAP, so that meson counts every case by name.

    if __name__ == "__main__":
        tap.main()

Names given as arguments select cases; --failfast stops at the first failure.
"""

import sys
import time
import traceback
import unittest


class TapResult(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.number = 0

    def _print(self, ok, test, directive=""):
        self.number += 1
        line = "%s %d %s" % ("ok" if ok else "not ok", self.number, test.id().split(".", 1)[-1])
        print(line + (" # " + directive if directive else ""), flush=True)

    def startTest(self, test):
        super().startTest(test)
        self.started = time.monotonic()

    def _explain(self, test, err):
        for line in "".join(traceback.format_exception(*err)).splitlines():
            print("# " + line, flush=True)

    def addSuccess(self, test):
        super().addSuccess(test)
        print("# %.2f s" % (time.monotonic() - self.started))
        self._print(True, test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._explain(test, err)
        self._print(False, test)

    def addError(self, test, err):
        super().addError(test, err)
        self._explain(test, err)
        self._print(False, test)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._explain(subtest, err)
            self._print(False, subtest)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._print(True, test, "SKIP " + reason)


def main(argv=None):
    argv = sys.argv[1:] if argv is None else argv
    names = [a for a in argv if not a.startswith("-")]
    loader = unittest.TestLoader()
    module = sys.modules["__main__"]
    suite = loader.loadTestsFromNames(names, module) if names else loader.loadTestsFromModule(module)
    result = TapResult()
    result.failfast = "--failfast" in argv
    suite.run(result)
    print("1..%d" % result.number)
    sys.exit(0 if result.wasSuccessful() else 1)
