#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The report for support: there is one whatever is wrong, and it names nobody."""

import getpass
import os
import re
import socket
import sys
import unittest

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."), os.path.dirname(os.path.abspath(__file__))]
import homes  # noqa: E402
import tap  # noqa: E402
from test_cli import CliCase  # noqa: E402

LABELS = ("Kolibri Backup", "System", "GLib", "SQLite", "Verdict", "Server", "Database", "Free space", "All")


class TestReport(CliCase):
    def assert_names_nobody(self, report):
        for label in LABELS:
            self.assertRegex(report, r"(?m)^%s: .+$" % label)
        for name in (self.sandbox.file(""), getpass.getuser(), socket.gethostname(), "Zoë", "Zahnarzt"):
            self.assertNotRegex(report, r"\b%s\b" % re.escape(name))

    def test_whole(self):
        homes.make_home(self.home, "0.19")
        self.run_cli("backup", "--note", "Zahnarzt")
        homes.add_kolibri_dump(self.home, "0.16")
        before = homes.query(self.home, "SELECT name FROM kolibriauth_collection")
        report = self.run_cli("report").stdout
        self.assert_names_nobody(report)
        for (name,) in before:
            self.assertNotIn(name, report)
        self.assertRegex(report, r"(?m)^Verdict: safe$")
        self.assertRegex(report, r"(?m)^Data version: 0\.19\.5$")
        self.assertRegex(report, r"(?m)^Learners: 39$")
        self.assertRegex(report, r"(?m)^manual, complete: 1$")
        self.assertRegex(report, r"(?m)^automatic, complete: 1$")
        self.assertRegex(report, r"(?m)^None\.$")
        self.assertEqual(self.run_json("report")["report"].split("\nTime:")[0], report.split("\nTime:")[0])

    def test_no_data(self):
        self.home = self.sandbox.file("Klasse Zoë")
        report = self.run_cli("report").stdout
        self.assert_names_nobody(report)
        self.assertRegex(report, r"(?m)^Error: kolibri-backup not-found$")
        self.assertRegex(report, r"(?m)^Data version: unknown$")
        self.assertRegex(report, r"(?m)^SQLite: 3\.[0-9.]+$")

    def test_damaged_data(self):
        homes.make_home(self.home, "0.19")
        with open(os.path.join(self.home, "db.sqlite3"), "wb") as f:
            f.write(b"Zo\xc3\xab" * 5000)
        report = self.run_cli("report").stdout
        self.assert_names_nobody(report)
        self.assertRegex(report, r"(?m)^Verdict: damaged$")
        self.assertRegex(report, r"(?m)^Contents: cannot be read$")

    def test_words_too_many(self):
        self.run_cli("report", "everything", code=2)


del CliCase  # its own tests run elsewhere

if __name__ == "__main__":
    tap.main()
