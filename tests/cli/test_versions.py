#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Of which Kolibri a backup is: its first line, its name, its rows; and what is said when they disagree."""

import os
import sqlite3
import sys

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")]
import homes  # noqa: E402
import tap  # noqa: E402
from test_cli import CliCase  # noqa: E402

# The newest migrations in the fixtures: 0.19.5 has none of its own.
PROVEN = {"0.16": "0.16.2", "0.19": "0.19.4"}
DISPUTED = "speak of different versions of Kolibri; the older one counts."


class TestVersions(CliCase):
    def setUp(self):
        super().setUp()
        homes.make_home(self.home, "0.19")

    def data_version(self):
        with open(os.path.join(self.home, ".data_version"), encoding="utf-8") as f:
            return f.read()

    def check(self, path, version, disputed=False):
        """What check and restore make of a file, in JSON, in words, and in .data_version."""
        answer = self.run_json("check", path)
        self.assertEqual((answer["version"], answer["version_is_disputed"]), (version, disputed))
        self.assertEqual(DISPUTED in self.run_cli("check", path).stdout, disputed)
        answer = self.run_json("restore", path, "--yes")
        self.assertEqual((answer["version"], answer["version_is_disputed"]), (version, disputed))
        self.assertEqual(self.data_version(), version)
        self.assertEqual(DISPUTED in self.run_cli("restore", path, "--yes").stdout, disputed)

    def dump(self, fixture, name):
        return self.write(name, homes.fixture_sql(fixture))

    def test_name(self):
        self.check(self.dump("0.19", "db-v0.19.5_2026-05-01_10-11-12.dump"), "0.19.5")
        self.check(self.dump("0.16", "db-v0.16.2_2026-05-01_10-11-12 before exams.dump"), "0.16.2")

    def test_first_line_of_ours(self):
        made = self.run_json("backup", self.sandbox.path)
        for name in ("school.dump", "db-v0.9.1_2026-05-01_10-11-12.dump"):
            path = self.sandbox.file(name)
            os.rename(made["path"], path)
            made["path"] = path
            self.check(path, "0.19.5")

    def test_rows(self):
        for fixture, version in PROVEN.items():
            for name in ("school.dump", "db-vnext_2026-05-01_10-11-12.dump"):
                self.check(self.dump(fixture, name), version)

    def test_name_lower_than_rows(self):
        self.check(self.dump("0.19", "db-v0.17.5_2026-05-01_10-11-12.dump"), "0.17.5", disputed=True)

    def test_name_higher_than_rows(self):
        self.check(self.dump("0.16", "db-v0.19.5_2026-05-01_10-11-12.dump"), "0.16.2", disputed=True)

    def test_newer_than_the_table(self):
        path = os.path.join(self.home, "db.sqlite3")
        db = sqlite3.connect(path)
        with db:
            db.execute("INSERT INTO django_migrations(app, name, applied) VALUES('exams', '0999_x', '')")
        text = "\n".join(db.iterdump())
        db.close()
        named = self.write("db-v0.25.0_2026-05-01_10-11-12.dump", text)
        answer = self.run_json("check", named)
        self.assertEqual((answer["version"], answer["newer_than_known"]), ("0.25.0", True))
        answer = self.run_json("check", self.write("school.dump", text))
        self.assertEqual((answer["version"], answer["newer_than_known"]), ("0.19.4", True))


if __name__ == "__main__":
    tap.main()
