#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The guides through an upgrade and back: a file VERSION stands for the installed program, and a
line in .data_version for Kolibri that has upgraded. The real ones are in tests/interop."""

import glob
import os
import shutil
import sqlite3
import time

from journey import JourneyCase, homes, is_sensitive, press_keys, wait_for

import tap  # noqa: E402  (journey has set the path)

UPGRADE, BACK = "Before You Upgrade", "Go Back to an Older Version"
OLD = "db-v0.16.2_2026-05-04_10-11-12.dump"


class GuideCase(JourneyCase):
    """A Kolibri installed into a virtual environment, as a file that says its version."""

    def setUp(self):
        super().setUp()
        self.site = self.sandbox.file("venv", "lib", "python3.11", "site-packages", "kolibri")
        bin_dir = self.sandbox.file("venv", "bin")
        os.makedirs(self.site)
        os.makedirs(bin_dir)
        program = os.path.join(bin_dir, "kolibri")
        with open(program, "w") as f:
            f.write("#!/bin/false\n")
        os.chmod(program, 0o755)
        self.sandbox.env["PATH"] = bin_dir + os.pathsep + self.sandbox.env["PATH"]

    def install(self, version):
        with open(os.path.join(self.site, "VERSION"), "w") as f:
            f.write(version)

    def mark(self, version):
        with open(os.path.join(self.home, ".data_version"), "w") as f:
            f.write(version)

    def record(self):
        return glob.glob(os.path.join(self.sandbox.env["XDG_DATA_HOME"], "kolibri-backup", "guide-*.ini"))

    def open_guide(self, title):
        self.program.choose(title + "…", menu="Menu")
        return self.program.find("dialog", title)

    def wait_step(self, number, *words):
        """Waits until a step says all that to who hears it."""
        start = "Step %d of " % number

        def steps():
            return [n for n in self.program.names(self.program.all("list item")) if n.startswith("Step ")]

        return wait_for(
            lambda: next((n for n in steps() if n.startswith(start) and all(w in n for w in words)), None),
            message=lambda: "step %d with %s; there are %s" % (number, words, steps()),
        )

    def do(self, title, name):
        """Presses a button of the guide."""
        self.answer(title, name)

    def copy_to(self, folder, title):
        os.makedirs(folder, exist_ok=True)
        self.do(title, "Copy to a USB Drive…")
        self.answer("Copy a Backup", "Choose Another Folder…")
        self.choose_file(folder, "Copy Here", "Choose a Folder")


class TestUpgrade(GuideCase):
    def test_before_during_and_after(self):
        self.make_home("0.16", old_dump=False)
        self.install("0.16.2")
        program = self.start()
        program.wait_text("No backup yet")
        self.open_guide(UPGRADE)
        self.wait_step(1, "Back up your data. Do this now.")
        self.wait_step(2, "Later")
        self.do(UPGRADE, "Back Up Now")
        self.wait_step(1, "Done.", "There is a checked backup: today")
        self.wait_step(2, "Do this now.")
        self.assertEqual(self.record(), [], "nothing to remember yet")
        away = self.sandbox.file("away")
        self.copy_to(away, UPGRADE)
        self.wait_step(2, "Done.", away)
        self.wait_step(3, "Do this now.", "pip install --upgrade kolibri")
        self.assertEqual(len(glob.glob(os.path.join(away, "db-v0.16.2_*.dump"))), 1)
        program.screenshot("guide-upgrade")
        self.install("0.19.5")
        self.wait_step(3, "Done.", "Kolibri 0.19.5 is installed.")
        self.wait_step(4, "Do this now.", "It is safe to start Kolibri now")
        program.stop()

        program = self.start()
        program.wait_text("You have begun to upgrade Kolibri. The next step: Start Kolibri.")
        program.press("Show the Steps")
        self.wait_step(4, "Do this now.")
        homes.add_kolibri_dump(self.home, "0.16", time.strftime("%Y-%m-%d_%H-%M-%S", time.localtime(time.time() + 2)))
        self.wait_step(4, "Do this now.", "Kolibri is upgrading your data.")
        self.mark("0.19.5")
        self.wait_step(4, "Done.", "Kolibri 0.19.5 has upgraded your data.", "Its own backup")
        program.wait_text("All steps are done.")
        self.do(UPGRADE, "Close")
        wait_for(lambda: self.record() == [], message="the record to go")

    def test_upgrade_that_failed(self):
        self.make_home("0.16", old_dump=False)
        self.install("0.16.2")
        program = self.start()
        program.press("Create Your First Backup")
        program.wait_rows(1)
        self.open_guide(UPGRADE)
        self.do(UPGRADE, "Leave This Out")
        self.wait_step(2, "Done.", "You have left this out.")
        self.install("0.19.5")
        earlier = time.time() - 3600
        mine = glob.glob(self.backups("protected", "*.dump"))[0]
        name = "db-v0.16.2_%s.dump" % time.strftime("%Y-%m-%d_%H-%M-%S", time.localtime(earlier - 3600))
        self.make_older(mine, name)
        homes.add_kolibri_dump(self.home, "0.16", time.strftime("%Y-%m-%d_%H-%M-%S", time.localtime(earlier)))
        self.wait_step(4, "Did not work.", "has not finished upgrading your data")
        self.do(UPGRADE, "Go Back to an Older Version…")
        program.find("dialog", BACK)

    def make_older(self, path, name):
        """As if it had been made then: the name alone says so for a backup that lost its first line."""
        with open(path, encoding="utf-8") as f:
            text = f.read()
        for public in glob.glob(self.backups("db-v0.16.2_*.dump")) + [path]:
            os.remove(public)
        stem = os.path.basename(path)
        body = "\n".join(text.split("\n")[1:-2]) + "\n"
        with open(self.backups("protected", name), "w", encoding="utf-8") as f:
            f.write(body)
        info = os.stat(self.backups("protected", name))
        with open(self.backups("protected", name + ".ini"), "w") as f:
            f.write("[Backup]\nchecked=2026-11-23T00:00:00Z\ncheck_result=ok\nchecked_size=%d\nchecked_mtime=%d\n"
                    % (info.st_size, info.st_mtime))
        for leftover in glob.glob(self.backups("protected", stem + ".ini")):
            os.remove(leftover)

    def test_pending_says_so_by_itself(self):
        self.make_home("0.16", old_dump=True)
        self.install("0.19.5")
        program = self.start()
        program.wait_text("At risk: an upgrade is waiting")
        program.wait_text("Kolibri 0.19.5 will upgrade your data from 0.16.2 when it starts. Back up first.")
        bars = [n for n in program.all("alert") if "will upgrade your data" in n.get_name()]
        self.assertEqual(len(bars), 1)
        button = self.find_in(bars[0], "push button", "Back Up Now")
        button.get_action_iface().do_action(0)
        program.wait_text("it is safe to start Kolibri")
        program.wait_text("Your data is safe")
        self.open_guide(UPGRADE)
        self.wait_step(3, "Done.")
        self.wait_step(4, "Later")


class TestBack(GuideCase):
    def begin(self):
        self.make_home("0.19")
        self.install("0.19.5")
        self.away = self.sandbox.file("away")
        self.start().wait_rows(1)
        self.open_guide(BACK)
        self.wait_step(1, "Do this now.")
        self.do(BACK, "Back Up Now")
        self.wait_step(2, "Do this now.", "Kolibri 0.16.2 from 4 May")
        self.copy_to(self.away, BACK)
        self.wait_step(3, "Install Kolibri 0.16.2. Do this now.", "pip install kolibri==0.16.2")

    def test_there_and_back(self):
        self.begin()
        self.assertEqual(len(os.listdir(self.away)), 4, "both backups, the note and the text")
        self.assertTrue(os.path.exists(self.backups("protected", OLD)), "kept")
        self.program.stop()

        # the older Kolibri is started at once by its package, and puts its own version there
        self.install("0.16.2")
        self.mark("0.16.2")
        program = self.start()
        program.wait_text("Kolibri is too old for your data")
        program.wait_text("The next step: Restore the backup.")
        program.press("Show the Steps")
        self.wait_step(4, "Do this now.", "Kolibri 0.16.2 from 4 May")
        program.screenshot("guide-back")
        self.do(BACK, "Restore…")
        self.answer("Restore a Backup", "Cancel")
        self.wait_step(4, "Do this now.")
        self.do(BACK, "Restore…")
        self.answer("Restore a Backup", "Restore")
        self.wait_step(4, "Done.")
        self.wait_step(5, "Do this now.", "kolibri manage scanforcontent")
        with open(os.path.join(self.home, ".data_version")) as f:
            self.assertEqual(f.read(), "0.16.2")
        db = sqlite3.connect(os.path.join(self.home, "db.sqlite3"))
        self.assertEqual(
            db.execute("SELECT count(*) FROM django_migrations WHERE name='0031_session'").fetchone(), (0,))
        db.close()

    def test_uninstaller_deleted_everything(self):
        self.begin()
        self.program.stop()
        shutil.rmtree(self.home)
        homes.make_home(self.home, "0.16")  # the older one made a new database
        self.install("0.16.2")
        program = self.start()
        program.wait_text("You have begun to go back")
        program.press("Show the Steps")
        self.do(BACK, "Leave This Out")
        self.wait_step(4, "Do this now.", "Kolibri 0.16.2 from 4 May")
        copies = self.away + "-moved"
        os.rename(self.away, copies)
        self.wait_step(4, "The backup is no longer on this computer.")
        os.rename(copies, self.away)
        self.wait_step(4, "Kolibri 0.16.2 from 4 May")
        self.do(BACK, "Restore…")
        self.answer("Restore a Backup", "Restore")
        self.wait_step(4, "Done.")

    def test_drive_gone_in_the_middle_keeps_the_step(self):
        self.make_home("0.19")
        self.install("0.19.5")
        program = self.start()
        program.wait_rows(1)
        self.open_guide(BACK)
        self.do(BACK, "Leave This Out")
        self.wait_step(2, "Do this now.")
        gone = self.sandbox.file("gone", "deeper")
        os.makedirs(gone)
        self.do(BACK, "Copy to a USB Drive…")
        self.answer("Copy a Backup", "Choose Another Folder…")
        with open(self.backups(OLD), "r+b") as f:  # unreadable from now on
            pass
        os.rename(self.backups(OLD), self.backups(OLD) + "x")
        self.choose_file(gone, "Copy Here", "Choose a Folder")
        program.wait_text("Your Kolibri data")
        os.rename(self.backups(OLD) + "x", self.backups(OLD))
        self.wait_step(2, "Do this now.")
        self.copy_to(self.sandbox.file("away"), BACK)
        self.wait_step(2, "Done.")

    def test_no_older_backup(self):
        self.make_home("0.19", old_dump=False)
        self.install("0.19.5")
        program = self.start()
        program.wait_text("No backup yet")
        self.open_guide(BACK)
        program.wait_text("There is no backup that an older Kolibri could read")
        homes.add_kolibri_dump(self.home, "0.16")
        self.wait_step(1, "Do this now.")

    def test_choose_a_version_start_over_and_keys(self):
        self.make_home("0.19")
        other = homes.add_kolibri_dump(self.home, "0.16", "2026-04-01_08-00-00")
        os.rename(other, other.replace("0.16.2", "0.16.1"))
        self.install("0.19.5")
        program = self.start()
        program.wait_rows(2)
        self.open_guide(BACK)
        self.wait_step(3, "Install Kolibri 0.16.2.")
        combo = program.find("combo box", "Version of Kolibri")
        combo.get_selection_iface().select_child(1)
        self.wait_step(3, "Install Kolibri 0.16.1.")
        self.do(BACK, "Leave This Out")
        self.wait_step(2, "Do this now.", "Kolibri 0.16.1 from 1 April")
        self.assertEqual(len(self.record()), 1)
        with open(self.record()[0], "w") as f:
            f.write("[Guide]\nformat=9\n")
        program.wait_text("cannot be read, so the steps begin anew")
        self.do(BACK, "Leave This Out")
        self.wait_step(2, "Do this now.")
        self.do(BACK, "Start Over")
        self.wait_step(1, "Do this now.")
        self.assertEqual(self.record(), [])
        self.wait_active("dialog", BACK)
        press_keys("Escape")
        self.wait_gone("dialog", BACK)
        self.assertTrue(is_sensitive(program.find("push button", "Back Up Now")))


if __name__ == "__main__":
    tap.main()
