#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints what was skipped, by name, and ends with a line "N passed, N failed, N skipped".

With CI set, a skipped case of the real Kolibri counts as failed: it has proven nothing.

Usage: count_tests.py MESON-LOGS
"""

import json
import os
import sys
import xml.etree.ElementTree as ElementTree


GOOD = ("OK", "EXPECTEDFAIL", "SKIP")


def count_cases(path):
    """What the cases of all programs say: how many passed, which failed, which were skipped."""
    passed, failed, skipped = 0, [], []
    for suite in ElementTree.parse(path).getroot().iter("testsuite"):
        for case in suite.iter("testcase"):
            name = "%s: %s" % (suite.get("name"), case.get("name"))
            skip = case.find("skipped")
            if case.find("failure") is not None or case.find("error") is not None:
                failed.append(name)
            elif skip is not None:
                skipped.append("%s (%s)" % (name, skip.get("message") or skip.text or "no reason given"))
            else:
                passed += 1
    return passed, failed, skipped


def find_broken(path, failed):
    """The programs that failed without a case that says so: they crashed, or hung."""
    with open(path, encoding="utf-8") as f:
        runs = [json.loads(line) for line in f]
    return [
        "%s (%s)" % (run["name"], run["result"])
        for run in runs
        if run["result"] not in GOOD and not any(run["name"] + ": " in name for name in failed)
    ]


def main(folder):
    passed, failed, skipped = count_cases(os.path.join(folder, "testlog.junit.xml"))
    failed += find_broken(os.path.join(folder, "testlog.json"), failed)
    if os.environ.get("CI"):
        unproven = [name for name in skipped if "interop" in name]
        failed += ["skipped in CI: " + name for name in unproven]
        skipped = [name for name in skipped if name not in unproven]
    for name in skipped:
        print("skipped: " + name)
    for name in failed:
        print("failed: " + name)
    print("%d passed, %d failed, %d skipped" % (passed, len(failed), len(skipped)))
    return 1 if failed or passed == 0 else 0


sys.exit(main(*sys.argv[1:]))
