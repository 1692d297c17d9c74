#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Which data folder: several on one computer, the one of the last time, odd ones; and what Kolibri
itself does to the backups meanwhile."""

import os
import shutil
import sqlite3
import subprocess

from driver import Program
from journey import WINDOW, JourneyCase, homes, wait_for

import tap  # noqa: E402  (journey has set the path)

FLATPAK = ".var/app/org.learningequality.Kolibri/data/kolibri"
OTHERS = "There is Kolibri data in other folders too"
LOST = "The folder of the last time"
# Two old names that Kolibri's pruning takes for the newest.
DECOYS = ("db-v0.9.4_2018-05-01_10-11-12.dump", "db-v0.7.2_2018-02-01_10-11-12.dump")


class HomesCase(JourneyCase):
    """A person whose own Kolibri is 0.19, and whose Flatpak is 0.16."""

    def setUp(self):
        super().setUp()
        self.person = self.sandbox.file("person")
        os.mkdir(self.person)
        self.home = self.at(".kolibri")
        self.sandbox.env.update(HOME=self.person, KB_WATCH_DIR=self.home, PATH="/usr/bin:/bin")
        del self.sandbox.env["KOLIBRI_HOME"]

    def at(self, *names):
        return os.path.join(self.person, *names)

    def start(self, *args, **keywords):
        for earlier in self.programs:
            earlier.stop()
        self.program = Program(WINDOW, self.sandbox, list(args), **keywords)
        self.programs.append(self.program)
        return self.program

    def make_both(self):
        homes.make_home(self.home, "0.19")
        homes.make_home(self.at(FLATPAK), "0.16")
        os.utime(self.at(FLATPAK, "db.sqlite3"), (1, 1))

    def make_empty(self, path):
        """What Kolibri makes when the wrong user starts it: tables, and nobody in them."""
        homes.make_home(path, None)
        db = sqlite3.connect(os.path.join(path, "db.sqlite3"))
        db.execute("CREATE TABLE kolibriauth_collection (id, name, kind, parent_id)")
        db.commit()
        db.close()

    def frames(self):
        return self.program.all("frame")

    def choose_home(self, name):
        dialog = self.program.find("dialog", "Data Folders")
        row = wait_for(
            lambda: next((n for n in self.program.all("list item", name)), None), message="a row for " + name
        )
        row.get_parent().get_selection_iface().select_child(row.get_index_in_parent())
        self.find_in(dialog, "push button", "Open").get_action_iface().do_action(0)


class TestSeveral(HomesCase):
    def test_choose_another_and_find_it_again(self):
        self.make_both()
        program = self.start()
        program.wait_text("Kolibri 0.19.5")
        program.wait_text(OTHERS)
        program.screenshot("homes-several")
        program.press("Data Folders…")
        program.find("list item", self.home)
        row = program.find("list item", FLATPAK)
        self.assertIn("Kolibri 0.16.2", row.get_name())
        self.assertIn("Kolibri, installed as a Flatpak", row.get_name())
        program.screenshot("homes-dialog")
        self.choose_home(FLATPAK)
        program.wait_text("Kolibri 0.16.2 ·")
        wait_for(lambda: len(self.frames()) == 1, message="one window")
        self.present_again()
        program.stop()
        program = self.start()
        program.wait_text("Kolibri 0.16.2 ·")
        self.assertFalse(self.is_shown(LOST))

        program = self.start(env={"KOLIBRI_HOME": self.home})  # as for Kolibri itself
        program.wait_text("Kolibri 0.19.5 ·")

    def present_again(self):
        """Who starts the program again sees the window that is there."""
        env = dict(self.sandbox.env, LD_PRELOAD="")
        subprocess.run([WINDOW], env=env, timeout=60, check=True)
        subprocess.run([WINDOW, "--home", self.at(FLATPAK)], env=env, timeout=60, check=True)
        self.assertEqual(len(self.frames()), 1)

    def test_the_chosen_one_is_gone(self):
        self.make_both()
        program = self.start()
        program.wait_text(OTHERS)
        program.choose("Data Folders…", menu="Menu")
        self.choose_home(FLATPAK)
        program.wait_text("Kolibri 0.16.2 ·")
        program.stop()
        os.rename(self.at(FLATPAK), self.at("elsewhere"))
        program = self.start()
        program.wait_text(LOST)
        program.wait_text("Kolibri 0.19.5 ·")
        program.screenshot("homes-lost")
        program.stop()
        os.rename(self.at("elsewhere"), self.at(FLATPAK))  # the drive is plugged in again
        self.start().wait_text("Kolibri 0.16.2 ·")

    def test_any_other_folder(self):
        homes.make_home(self.home, "0.19")
        homes.make_home(self.at("school"), "0.16")
        program = self.start()
        program.wait_text("Kolibri 0.19.5 ·")
        self.assertFalse(self.is_shown(OTHERS))
        program.choose("Data Folders…", menu="Menu")
        self.find_in(program.find("dialog", "Data Folders"), "push button", "Choose Another Folder…")
        program.press("Choose Another Folder…")
        self.choose_file(self.at("school"), "Open")
        program.wait_text("Kolibri 0.16.2 ·")
        program.stop()
        self.start().wait_text("Kolibri 0.16.2 ·")

    def test_a_folder_without_data_is_not_remembered(self):
        homes.make_home(self.home, "0.19")
        os.mkdir(self.at("nothing"))
        program = self.start()
        program.wait_text("Kolibri 0.19.5 ·")
        program.choose("Data Folders…", menu="Menu")
        program.press("Choose Another Folder…")
        self.choose_file(self.at("nothing"), "Open")
        program.wait_text("No Kolibri data found")
        program.stop()
        program = self.start()
        program.wait_text("Kolibri 0.19.5 ·")
        self.assertFalse(self.is_shown(LOST))

    def test_an_empty_folder_hides_the_data(self):
        self.make_empty(self.home)
        homes.make_home(self.at(FLATPAK), "0.16")
        program = self.start("--home", self.home)
        program.wait_text("There are no people in this folder.")
        program.screenshot("homes-hides")
        program.press("Open That Folder")
        program.wait_text("Kolibri 0.16.2 ·")
        wait_for(lambda: len(self.frames()) == 1, message="one window")

    def test_work_under_way_keeps_its_window(self):
        self.make_both()
        gate = self.sandbox.file("gate")
        program = self.start(env={"KB_WATCH_GATE": gate})
        program.wait_text(OTHERS)
        program.press("Back Up Now")
        program.find("progress bar")
        program.choose("Data Folders…", menu="Menu")
        self.choose_home(FLATPAK)
        program.wait_text("Kolibri 0.16.2 ·")
        self.assertEqual(len(self.frames()), 2)
        with open(gate, "w", encoding="ascii"):
            pass
        program.wait_text("Backed up and checked")


class TestOdd(HomesCase):
    """What is odd is said, in the sentences of `status`, and nothing is guessed."""

    def assert_says(self, *texts, path=None):
        program = self.start("--home", path or self.home)
        for text in texts:
            program.wait_text(text)
        program.stop()

    def test_sentences(self):
        homes.make_home(self.home, "0.19")
        self.assert_says("Kolibri 0.19.5 ·")
        self.assertFalse(self.is_shown("This folder"))
        with open(self.at(".kolibri", "server.pid"), "w", encoding="ascii") as f:
            f.write("%d\n8080\n8081\n0\n" % os.getpid())
        self.assert_says("The file server.pid is a leftover")
        with open(self.at(".kolibri", ".data_version"), "w", encoding="ascii") as f:
            f.write("rubbish")
        self.assert_says("The file server.pid is a leftover", "The file .data_version holds no version.")
        os.remove(self.at(".kolibri", ".data_version"))
        self.assert_says("the file .data_version is missing")
        shutil.copytree(self.home, self.at("Dropbox", "kolibri"))
        self.assert_says("Another program copies this folder to the internet.", path=self.at("Dropbox", "kolibri"))
        os.makedirs(self.at("big"))
        os.rename(self.at(".kolibri", "db.sqlite3"), self.at("big", "db.sqlite3"))
        with open(self.at(".kolibri", "options.ini"), "w", encoding="utf-8") as f:
            f.write("[Database]\nDATABASE_NAME = %s\n" % self.at("big", "db.sqlite3"))
        self.assert_says("The database of this Kolibri is in another folder")

    def test_data_version_without_a_database(self):
        homes.make_home(self.home, None)
        with open(self.at(".kolibri", ".data_version"), "w", encoding="ascii") as f:
            f.write("0.19.5")
        self.assert_says("Kolibri was used in this folder, but its database is missing.")

    def test_options_that_nobody_understands(self):
        self.make_both()
        with open(self.at(".kolibri", "options.ini"), "w", encoding="ascii") as f:
            f.write("[Database\nrubbish\n")
        program = self.start()
        program.wait_text("options.ini cannot be understood")
        self.assertNotIn("Looking for Kolibri…", program.texts())
        program.choose("Data Folders…", menu="Menu")
        self.choose_home(FLATPAK)
        program.wait_text("Kolibri 0.16.2 ·")


class TestKolibrisOwn(HomesCase):
    def test_what_kolibri_would_delete_is_kept(self):
        homes.make_home(self.home, "0.19")
        fresh = homes.add_kolibri_dump(self.home, "0.19")
        for name in DECOYS:
            shutil.copy(fresh, self.at(".kolibri", "backups", name))
        program = self.start()
        program.wait_text("it will delete 1 new backup and leave older ones")
        program.screenshot("homes-endangered")
        program.press("Keep")
        wait_for(lambda: not self.is_shown("it will delete"), message="the warning to go")
        kept = self.at(".kolibri", "backups", "protected", os.path.basename(fresh))
        self.assertTrue(os.path.samefile(fresh, kept))
        with open(kept.replace(".dump", ".dump.ini"), encoding="utf-8") as f:
            self.assertIn("keep=true", f.read())
        os.remove(fresh)  # as Kolibri does
        program.wait_rows(3)

    def test_an_automatic_backup_appears(self):
        """While the window is open, and bit by bit, as Kolibri writes it."""
        homes.make_home(self.home, "0.19")
        program = self.start()
        program.wait_text("No backup yet")
        folder = self.at(".kolibri", "backups")
        os.mkdir(folder)
        text = homes.fixture_sql("0.16")
        with open(os.path.join(folder, "db-v0.16.2_2026-05-01_10-11-12.dump"), "w", encoding="utf-8") as f:
            f.write(text[:100000])
            f.flush()
            program.wait_rows(1)
            self.wait_row("Kolibri 0.16.2", "Automatic", "Incomplete")
            f.write(text[100000:])
        wait_for(
            lambda: not any("Incomplete" in name for name in program.row_names()), message="the end of the backup"
        )
        self.wait_row("Kolibri 0.16.2", "Automatic")


if __name__ == "__main__":
    tap.main()
