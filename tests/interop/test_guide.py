#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The guides with a real Kolibri: a school on 0.17 goes to 0.19 and back, each step through the
window, as who hears it. pip installs one version over the other into one virtual environment."""

import glob
import os
import shutil
import sqlite3
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "gui"), os.path.join(HERE, "..")]

import tap  # noqa: E402
from guide_case import BACK, UPGRADE, GuideCase  # noqa: E402
from journey import wait_for  # noqa: E402
from kolibri import compare, lab  # noqa: E402

OLD, NEW = "0.17", "0.19"
OLD_VERSION, NEW_VERSION = lab.RELEASES[OLD][0], lab.RELEASES[NEW][0]


class ThereAndBack(GuideCase):
    def setUp(self):
        super().setUp()
        try:
            self.kolibri = lab.Virtual(OLD, self.sandbox.file("venv"))
            self.info = lab.copy_home(lab.install(OLD), self.home)
            lab.wheel(NEW)
        except lab.Unavailable as error:
            if os.environ.get("CI") == "true":
                self.fail(str(error))
            self.skipTest(str(error))
        self.sandbox.env["PATH"] = self.kolibri.bin + os.pathsep + self.sandbox.env["PATH"]
        self.database = os.path.join(self.home, "db.sqlite3")
        self.away = self.sandbox.file("away")

    def run_kolibri(self):
        """Starts the Kolibri that is installed now, and counts what an admin sees in it."""
        server = self.kolibri.server(self.sandbox.file("venv.d"), self.home)
        self.addCleanup(server.kill)
        server.start()
        self.assertEqual(server.client().info()["kolibri_version"], self.kolibri.version)
        counted = server.client().login(self.info["admin"], self.info["password"]).count()
        self.assertEqual(counted, {name: self.info[name] for name in counted})
        server.client().login(self.info["learner"], self.info["password"]).study("exercise")
        return server

    def data_version(self):
        with open(os.path.join(self.home, ".data_version"), encoding="ascii") as f:
            return f.read()

    def keep_a_copy(self):
        """The data as it is now, for comparing: by SQLite, so that nothing of its log is missed."""
        path = self.sandbox.file("before.sqlite3")
        source, target = sqlite3.connect(self.database), sqlite3.connect(path)
        source.backup(target)
        source.close()
        target.close()
        return path

    def from_dump(self, path):
        """A database from a backup, as the sqlite3 of Python reads it."""
        target = self.sandbox.file("from-dump.sqlite3")
        db = sqlite3.connect(target)
        with open(path, encoding="utf-8", newline="") as f:
            db.executescript(f.read())
        db.close()
        return target

    @staticmethod
    def drop_carriage_returns(path):
        """What Kolibri's own backup keeps of texts: its reading turns each end of a line into \\n."""
        with compare.reading(path) as db:
            tables = compare.tables(db)
        db = sqlite3.connect(path)
        with db:
            for table in tables:
                for row in db.execute("PRAGMA table_info(%s)" % compare.quoted(table)).fetchall():
                    name = compare.quoted(row[1])
                    db.execute(
                        "UPDATE %s SET %s = replace(replace(%s, char(13, 10), char(10)), char(13), char(10))"
                        " WHERE typeof(%s) = 'text'" % (compare.quoted(table), name, name, name))
        db.close()

    def assert_same(self, left, right):
        self.assertEqual(compare.differences(left, right), [])

    def upgrade(self):
        before = self.keep_a_copy()
        program = self.start()
        self.open_guide(UPGRADE)
        self.do(UPGRADE, "Back Up Now")
        self.wait_step(1, "Done.", "There is a checked backup")
        self.copy_to(self.away, UPGRADE)
        self.wait_step(2, "Done.", self.away)
        self.wait_step(3, "Do this now.", "pip install --upgrade kolibri")
        [self.copy] = glob.glob(os.path.join(self.away, "db-v%s_*.dump" % OLD_VERSION))
        self.assert_same(before, self.from_dump(self.copy))

        self.kolibri.install(NEW)
        self.wait_step(3, "Done.", "Kolibri %s is installed." % NEW_VERSION)
        self.wait_step(4, "Do this now.", "It is safe to start Kolibri now")
        program.wait_text("Your data is safe")
        server = self.run_kolibri()
        self.wait_step(4, "Done.", "Kolibri %s has upgraded your data." % NEW_VERSION, "Its own backup")
        self.assertEqual(self.data_version(), NEW_VERSION)
        self.do(UPGRADE, "Close")
        wait_for(lambda: self.record() == [], message="the record to go")
        server.stop()
        program.stop()
        return before

    def test_upgrade_and_back(self):
        before = self.upgrade()
        program = self.start()
        self.open_guide(BACK)
        self.wait_step(1, "Do this now.")
        self.do(BACK, "Back Up Now")
        self.wait_step(1, "Done.")
        self.wait_step(2, "Do this now.", "Kolibri " + OLD_VERSION)
        shutil.rmtree(self.away)
        self.copy_to(self.away, BACK)
        self.wait_step(3, "Install Kolibri %s. Do this now." % OLD_VERSION, "pip install kolibri==" + OLD_VERSION)
        self.assertEqual(len(glob.glob(os.path.join(self.away, "*.dump"))), 2)
        program.stop()

        # The old one is started once on the data of the new: it prunes, and puts its version there.
        self.kolibri.install(OLD)
        self.kolibri.manage(self.sandbox.file("venv.d"), self.home, "check")
        self.assertEqual(self.data_version(), OLD_VERSION)
        program = self.start()
        program.wait_text("Kolibri is too old for your data")
        program.wait_text("The next step: Restore the backup.")
        program.press("Show the Steps")
        self.wait_step(4, "Do this now.", "Kolibri " + OLD_VERSION)
        self.do(BACK, "Restore…")
        self.answer("Restore a Backup", "Restore")
        self.wait_step(4, "Done.")
        self.wait_step(5, "Do this now.", "kolibri manage scanforcontent")
        self.drop_carriage_returns(before)  # the newest that it can read is Kolibri's own
        self.assertEqual(compare.restore_differences(before, self.database), [])
        self.assertEqual(self.data_version(), OLD_VERSION)

        server = self.run_kolibri()
        program.wait_text("All steps are done.")
        self.do(BACK, "Close")
        wait_for(lambda: self.record() == [], message="the record to go")
        server.stop()


if __name__ == "__main__":
    tap.main()
