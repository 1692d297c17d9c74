#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The guides through an upgrade and back: a file VERSION stands for the installed program, and a
line in .data_version for Kolibri that has upgraded. The real ones are in tests/interop."""

import glob
import os
import shutil
import sqlite3
import subprocess
import time

from guide_case import BACK, UPGRADE, GuideCase
from journey import homes, is_sensitive, press_keys, wait_for, walk

import drives  # noqa: E402  (journey has set the path)
import tap  # noqa: E402

OLD = "db-v0.16.2_2026-05-04_10-11-12.dump"


class StandInCase(GuideCase):
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


class TestUpgrade(StandInCase):
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

    def hours_ago(self, hours):
        return time.strftime("%Y-%m-%d_%H-%M-%S", time.localtime(time.time() - hours * 3600))

    def test_upgrade_that_failed(self):
        self.make_home("0.16", old_dump=False)
        checked = homes.add_kolibri_dump(self.home, "0.16", self.hours_ago(2))
        env = dict(self.sandbox.env, LD_PRELOAD="")
        subprocess.run([os.environ["KB_CLI"], "--json", "--home", self.home, "check", os.path.basename(checked)],
                       env=env, stdout=subprocess.DEVNULL, check=True)
        self.install("0.16.2")
        program = self.start()
        program.wait_rows(1)
        self.open_guide(UPGRADE)
        self.wait_step(1, "Done.")
        self.do(UPGRADE, "Leave This Out")
        self.wait_step(2, "Done.", "You have left this out.")
        self.install("0.19.5")
        self.wait_step(4, "Do this now.")
        homes.add_kolibri_dump(self.home, "0.16", self.hours_ago(1))  # its own, and then nothing more
        self.wait_step(4, "Did not work.", "has not finished upgrading your data")
        self.do(UPGRADE, "Go Back to an Older Version…")
        program.find("dialog", BACK)
        self.wait_step(3, "Install Kolibri 0.16.2.")

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


class TestBack(StandInCase):
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
        self.assertEqual(len(os.listdir(self.away)), 3, "both backups, and the text")
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

    def test_failed_copy_stays_to_be_done(self):
        self.make_home("0.19")
        self.install("0.19.5")
        disk = drives.Memory(self, 24 * drives.MIB)
        disk.fill(10 * 1024)
        program = self.start()
        program.wait_rows(1)
        self.open_guide(BACK)
        self.do(BACK, "Leave This Out")
        self.wait_step(2, "Do this now.")
        self.copy_to(disk.path, BACK)
        dialog = program.find("dialog", BACK)
        wait_for(
            lambda: any("too full" in (n.get_name() or "") for n in walk(dialog)), message="the error below the step")
        self.wait_step(2, "Do this now.")
        self.assertEqual(os.listdir(disk.path), ["filler"])
        self.copy_to(self.sandbox.file("away"), BACK)
        self.wait_step(2, "Done.")
        self.assertFalse(any("too full" in (n.get_name() or "") for n in walk(dialog)))

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
