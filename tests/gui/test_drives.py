#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A teacher's journeys with USB drives: real file systems, mounted where a desktop mounts them."""

import glob
import os

from journey import Atspi, JourneyCase, has_state, homes, is_sensitive, press_keys, wait_for

import drives  # noqa: E402  (journey has set the path)
import tap  # noqa: E402

MIB = drives.MIB
GUIDE = "How to restore.txt"
FOLDER = "Kolibri Backup"


def read(path):
    with open(path, "rb") as f:
        return f.read()


class DriveCase(JourneyCase):
    def plug_in(self, kind, size=16 * MIB):
        self.drive = kind(self, size, drives.make_place(self))
        self.label = os.path.basename(self.drive.path)
        return self.drive

    def on_drive(self, *names):
        return os.path.join(self.drive.path, *names)

    def back_up(self):
        """A backup with a note, selected."""
        self.make_home(old_dump=False)
        program = self.start()
        program.press("Create Your First Backup")
        program.wait_rows(1)
        program.wait_text("Backed up and checked")
        self.made = glob.glob(self.backups("protected", "*.dump"))[0]
        return program

    def drive_row(self):
        """The row of our drive, among those that this computer may have."""
        return wait_for(
            lambda: next(iter(self.program.all("list item", self.label)), None), message="a row for " + self.label
        )


class CopyToDrive:
    """For each file system."""

    def test_copy_unplug_and_open_again(self):
        self.plug_in(self.Kind)
        program = self.back_up()
        before = homes.digest(self.home)
        program.press("Copy to a USB Drive…")
        row = self.drive_row()
        self.assertIn("free", row.get_name())
        row.get_parent().get_selection_iface().select_child(row.get_index_in_parent())
        self.answer("Copy a Backup", "Copy")
        program.wait_text("You can unplug it now.")
        self.drive.unmount()
        self.drive.mount(self.again)
        name = os.path.basename(self.made)
        self.assertEqual(read(self.on_drive(FOLDER, name)), read(self.made))
        self.assertIn(name.encode(), read(self.on_drive(FOLDER, GUIDE)))
        self.assertEqual(homes.digest(self.home), before)
        program.stop()
        program = self.start(self.on_drive(FOLDER, name))  # a double-click in the file manager
        program.find("dialog", "Restore a Backup")
        self.answer("Restore a Backup", "Cancel")

    def test_full_drive_cannot_be_chosen(self):
        self.plug_in(self.Kind, 2 * MIB)
        self.drive.fill(300 * 1024)
        program = self.back_up()
        program.press("Copy to a USB Drive…")
        self.assertIn("not enough space", self.drive_row().get_name())
        self.assert_not_to_be_chosen()

    def assert_not_to_be_chosen(self):
        row = self.drive_row()
        self.assertFalse(is_sensitive(row))
        self.assertFalse(has_state(row, Atspi.StateType.SELECTED))
        others = [n for n in self.program.all("list item") if "free" in n.get_name() and is_sensitive(n)]
        if not others:  # this computer may have drives of its own
            dialog = self.program.find("dialog", "Copy a Backup")
            self.assertFalse(is_sensitive(self.find_in(dialog, "push button", "Copy")))
        self.answer("Copy a Backup", "Cancel")
        self.assertFalse(os.path.exists(self.on_drive(FOLDER)))

    def test_write_protected_drive_cannot_be_chosen(self):
        self.plug_in(self.Kind)
        self.drive.unmount()
        self.drive.mount("ro")
        program = self.back_up()
        program.press("Copy to a USB Drive…")
        self.assertIn("write-protected", self.drive_row().get_name())
        self.assert_not_to_be_chosen()


class TestExt4(CopyToDrive, DriveCase):
    Kind = drives.Ext4
    again = "rw"


class TestFat(CopyToDrive, DriveCase):
    Kind = drives.Fat
    again = "rw+"


class TestFromDrive(DriveCase):
    def test_first_run_with_a_backup_on_a_drive(self):
        self.plug_in(drives.Ext4)
        for when, folder in (("2026-05-04_10-11-12", "."), ("2026-06-07_08-09-10", FOLDER)):
            path = homes.add_kolibri_dump(self.sandbox.file("stick"), "0.16", when)
            os.makedirs(self.on_drive(folder), exist_ok=True)
            os.replace(*self.across(path, self.on_drive(folder, os.path.basename(path))))
        self.make_home(old_dump=False)
        program = self.start()
        program.wait_text("There is a backup on")
        self.assertTrue(self.is_shown(self.label))
        self.assertTrue(self.is_shown("7 June"), "the newest one")
        program.press("Look at This Backup…")
        program.wait_text("Restore the backup from 7 June")
        self.answer("Restore a Backup", "Restore")
        program.wait_text("Restored the backup from 7 June")
        with open(os.path.join(self.home, ".data_version")) as f:
            self.assertEqual(f.read(), "0.16.2")

    def across(self, source, target):
        """Between file systems nothing can be moved at once."""
        with open(target + ".new", "wb") as f:
            f.write(read(source))
        return target + ".new", target

    def test_import_from_a_drive(self):
        self.plug_in(drives.Ext4)
        path = homes.add_kolibri_dump(self.sandbox.file("stick"), "0.16")
        os.replace(*self.across(path, self.on_drive(os.path.basename(path))))
        self.make_home(old_dump=False)
        program = self.start()
        program.wait_text("There is a backup on")
        program.choose("Add a Backup to the List…", menu="Menu")
        self.choose_file(self.on_drive(os.path.basename(path)), "Add")
        self.wait_row("Kolibri 0.16.2", "40 learners", "Checked")
        self.drive.unmount()
        program.press("See Inside")  # it is ours now
        self.answer("Inside a Backup", "Close")

    def test_drive_plugged_in_while_the_dialog_is_open(self):
        program = self.back_up()
        program.press("Copy to a USB Drive…")
        program.find("dialog", "Copy a Backup")
        self.plug_in(drives.Ext4)
        self.drive_row()
        self.drive.unmount()
        wait_for(lambda: not program.all("list item", self.label), message="the row to go")
        self.wait_active("dialog", "Copy a Backup")
        press_keys("Escape")
        self.wait_gone("dialog", "Copy a Backup")


if __name__ == "__main__":
    tap.main()
