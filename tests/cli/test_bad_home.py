#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Data folders that are not as they should be: what status, backup and restore say, and that nothing
is lost or guessed silently. How the window says it: tests/gui/test_homes.py."""

import os
import shutil
import subprocess
import sys

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")]
import homes  # noqa: E402
import tap  # noqa: E402
from test_cli import NOT_FOUND, OK, UNSUPPORTED, USAGE, CliCase  # noqa: E402

BAD_OPTIONS = "The settings of this Kolibri in options.ini cannot be understood."
NO_DATA = "There is no Kolibri data, or the folder for the backup is missing."
OTHER_KIND = "Kolibri Backup cannot work with this kind of Kolibri data."
MISSING = "Kolibri was used in this folder, but its database is missing."
ELSEWHERE = "The database of this Kolibri is in another folder, as options.ini says."


class TestBadHome(CliCase):
    def setUp(self):
        super().setUp()
        homes.make_home(self.home, "0.19")
        self.dump = self.write("db-v0.19.5_2026-05-01_10-11-12.dump", homes.fixture_sql("0.19"))

    def put(self, name, text):
        with open(os.path.join(self.home, name), "w", encoding="utf-8") as f:
            f.write(text)

    def remove_database(self):
        for name in os.listdir(self.home):
            if name.startswith("db.sqlite3"):
                os.remove(os.path.join(self.home, name))

    def data_version(self):
        with open(os.path.join(self.home, ".data_version"), encoding="utf-8") as f:
            return f.read()

    def says(self, *args, code=OK):
        done = self.run_cli(*args, code=code)
        return done.stdout + done.stderr

    def assert_works(self, version, *said):
        """status says it; a backup is of that version, and both it and a restore come out well."""
        text = self.says("status")
        for sentence in said:
            self.assertIn(sentence, text)
        made = self.run_json("backup")
        self.assertEqual(made["version"], version)
        self.assertEqual(made["summary"]["learners"], 39)
        restored = self.run_json("restore", self.dump, "--yes")
        self.assertEqual(restored["version"], "0.19.5")
        self.assertEqual(self.data_version(), "0.19.5")
        self.assertEqual(self.run_json("check", made["name"])["result"], "ok")
        self.assertEqual(homes.leftovers(self.home), [])

    def assert_refused(self, code, sentence, *commands):
        before = homes.digest(self.home)
        for command in commands:
            self.assertIn(sentence, self.says(*command, code=code))
        self.assertEqual(homes.digest(self.home), before)
        self.assertEqual(homes.leftovers(self.home), [])

    def test_data_version_without_a_database(self):
        self.remove_database()
        self.assertIn(MISSING, self.says("status"))
        self.assert_refused(NOT_FOUND, NO_DATA, ["backup"])
        self.assertEqual(self.run_json("restore", self.dump, "--yes")["version"], "0.19.5")
        self.assertEqual(len(homes.query(self.home, "SELECT id FROM kolibriauth_collection WHERE kind='facility'")), 1)

    def test_database_without_a_data_version(self):
        os.remove(os.path.join(self.home, ".data_version"))
        self.assert_works("0.19.4", "the file .data_version is missing")  # the lowest that fits

    def test_rubbish_in_data_version(self):
        self.put(".data_version", "rubbish")
        self.assert_works("0.19.4", "The file .data_version holds no version.")

    def test_empty_data_version(self):
        self.put(".data_version", "")
        self.assert_works("0.19.4", "the file .data_version is missing")

    def test_options_that_nobody_understands(self):
        self.put("options.ini", "[Database\nrubbish\n")
        commands = ["status"], ["backup"], ["list"], ["restore", self.dump, "--yes"], ["undo", "--yes"]
        self.assert_refused(UNSUPPORTED, BAD_OPTIONS, *commands)
        self.assertIn("options.ini", self.says("report"))

    def test_database_outside_of_the_folder(self):
        os.mkdir(self.sandbox.file("big"))
        path = shutil.copy(os.path.join(self.home, "db.sqlite3"), self.sandbox.file("big", "school.sqlite3"))
        self.remove_database()
        self.put("options.ini", "[Database]\nDATABASE_NAME = %s\n" % path)
        self.assert_works("0.19.5", ELSEWHERE)
        self.assertEqual(os.listdir(self.sandbox.file("big")), ["school.sqlite3"])

    def test_database_on_a_disk_that_is_not_there(self):
        self.put("options.ini", "[Database]\nDATABASE_NAME = /media/none/school.sqlite3\n")
        text = self.says("status")
        self.assertIn(MISSING, text)
        self.assertIn(ELSEWHERE, text)
        self.assert_refused(UNSUPPORTED, OTHER_KIND, ["backup"], ["restore", self.dump, "--yes"])

    def test_database_that_is_a_folder(self):
        self.remove_database()
        os.mkdir(os.path.join(self.home, "db.sqlite3"))
        self.assertIn(MISSING, self.says("status"))
        for command in (["backup"], ["restore", self.dump, "--yes"]):
            self.assertIn(OTHER_KIND, self.says(*command, code=UNSUPPORTED))
        self.assertEqual(os.listdir(os.path.join(self.home, "db.sqlite3")), [])

    def test_what_a_failed_restore_of_kolibri_leaves(self):
        """dbrestore empties the file first (facts, 0.2): that is no data to back up, and not safe."""
        made = self.run_json("backup")
        self.remove_database()
        self.put("db.sqlite3", "")
        status = self.run_json("status")
        self.assertEqual((status["verdict"], status["backups"]), ("damaged", 1))
        self.assert_refused(NOT_FOUND, NO_DATA, ["backup"])
        self.run_cli("restore", made["name"], "--yes")
        self.assertEqual(self.run_json("status")["verdict"], "safe")

    def test_new_database_without_tables(self):
        self.remove_database()
        os.remove(os.path.join(self.home, ".data_version"))
        self.put("db.sqlite3", "")
        self.assertEqual(self.run_json("status")["verdict"], "no-kolibri")

    @homes.only_posix("a process of Linux")
    def test_pid_of_another_program(self):
        other = subprocess.Popen(["sleep", "60"])  # this one has the word in its path, in some build folders
        self.addCleanup(other.wait)
        self.addCleanup(other.kill)
        self.put("server.pid", "%d\n8080\n8081\n0\n" % other.pid)
        self.assert_works("0.19.5", "The file server.pid is a leftover")

    def test_rubbish_in_server_pid(self):
        self.put("server.pid", "rubbish\n\n\n")
        self.assert_works("0.19.5", "not running")


class TestSeveral(CliCase):
    def test_which_folder_is_said_before_a_restore(self):
        person = self.sandbox.file("person")
        own = homes.make_home(os.path.join(person, ".kolibri"), "0.19")
        other = homes.make_home(os.path.join(person, ".var/app/org.learningequality.Kolibri/data/kolibri"), "0.16")
        dump = self.write("db-v0.19.5_2026-05-01_10-11-12.dump", homes.fixture_sql("0.19"))
        env = {"HOME": person, "KOLIBRI_HOME": ""}
        before = homes.digest(own), homes.digest(other)
        done = self.run_cli("restore", dump, home=False, env=env, code=USAGE)  # nobody can answer
        self.assertIn(own, done.stderr)
        self.assertIn(other, self.run_cli("status", home=False, env=env).stdout)
        self.assertEqual((homes.digest(own), homes.digest(other)), before)
        done = self.run_cli("--home", own, "restore", dump, home=False, env=env, code=USAGE)
        self.assertNotIn("The folder is", done.stderr)


if __name__ == "__main__":
    tap.main()
