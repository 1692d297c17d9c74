#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A teacher's journeys through the window: each test is one, from the start of the program to what is
on the disk afterwards. Those with USB drives are in test_drives.py."""

import glob
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
import unittest

from journey import HERE, WATCH, Atspi, JourneyCase, has_state, homes, is_sensitive, press_keys, type_text, wait_for

import drives  # noqa: E402  (journey has set the path)
import tap  # noqa: E402

KIB, MIB = 1 << 10, 1 << 20
MANY = 1000
FAST_S = 5  # from the start of the process to a list, on a busy machine
ANSWERS = "SELECT count(*) FROM logger_attemptlog"
EARLY = "db-v0.16.2_2026-05-04_10-11-12.dump"


class TestBackUp(JourneyCase):
    def test_first_run_two_doors(self):
        self.make_home(old_dump=False)
        program = self.start()
        program.wait_text("No backup yet")
        program.wait_text("What would you like to do?")
        program.find("push button", "Create Your First Backup")
        program.press("Restore From a File…")
        self.wait_active("file chooser")
        press_keys("Escape")
        self.wait_gone("file chooser", "")
        program.press("Create Your First Backup")
        program.wait_text("Backed up and checked")
        program.wait_rows(1)
        program.wait_text("Your data is safe")
        self.assertFalse(self.is_shown("What would you like to do?"))

    def test_backup_twice(self):
        self.make_home()
        before = homes.digest(self.home)
        program = self.start()
        program.wait_text("getting old")
        program.wait_rows(1)
        for rows in (2, 3):
            program.press("Back Up Now")
            program.wait_rows(rows)
            program.wait_text("Backed up and checked")
        self.assertIn("Yours", self.wait_row("39 learners", "Checked"))
        program.wait_text("Your data is safe")
        after = homes.digest(self.home)
        self.assertEqual({key: after[key] for key in before}, before)
        self.assertEqual(homes.leftovers(self.home), [])

    def test_closing_while_working_asks_and_work_goes_on(self):
        self.make_home()
        gate = self.sandbox.file("gate")
        program = self.start(env={"KB_WATCH_GATE": gate})
        program.wait_rows(1)
        program.press("Back Up Now")
        wait_for(lambda: glob.glob(self.backups("protected", "*.part")), message="a part")
        self.assertFalse(is_sensitive(program.find("push button", "Back Up Now")))
        program.close_window()
        self.answer("", "Go On Working", role="alert")
        self.wait_gone("alert", "")
        with open(gate, "w"):
            pass
        program.wait_rows(2)
        program.wait_text("Backed up and checked")
        self.assertIsNone(program.process.poll())

    def test_disk_full_then_room_then_try_again(self):
        self.home = os.path.join(drives.make_place(self), "home")
        self.sandbox.env["KB_WATCH_DIR"] = self.home
        disk = drives.Memory(self, 24 * MIB, os.path.dirname(self.home))
        self.make_home(old_dump=False)
        disk.fill(100 * KIB)
        before = homes.digest(self.home)
        program = self.start()
        program.press("Create Your First Backup")
        program.wait_text("too full")
        program.wait_text("Your Kolibri data has not been touched.")
        program.wait_text("Make room on the disk, then try again.")
        program.find("push button", "Show in Folder")
        self.assertEqual(homes.digest(self.home), before)
        self.assertEqual(homes.leftovers(self.home), [])
        os.remove(os.path.join(disk.path, "filler"))
        program.press("Back Up Now")
        program.wait_text("Backed up and checked")
        program.wait_rows(1)

    def test_verdict_changes_while_the_window_is_open(self):
        self.make_home(old_dump=False)
        program = self.start()
        program.wait_text("No backup yet")
        path = homes.add_kolibri_dump(self.home, "0.19", time.strftime("%Y-%m-%d_%H-%M-%S"))
        program.wait_text("Your data is safe")
        os.rename(path, self.backups("db-v0.19.5_2026-01-02_03-04-05.dump"))
        program.wait_text("Your last backup is getting old")
        with open(os.path.join(self.home, ".data_version"), "w") as f:
            f.write("0.18.0")
        program.wait_text("Kolibri 0.18.0")
        os.remove(self.backups("db-v0.19.5_2026-01-02_03-04-05.dump"))
        program.wait_text("No backup yet")


class TestLookAfter(JourneyCase):
    def test_note_and_keep(self):
        self.make_home()
        program = self.start()
        program.wait_rows(1)
        self.wait_active()
        press_keys("F2")
        self.wait_active("dialog", "Note")
        type_text("before the exams")
        press_keys("Return")
        self.assertNotIn("Kept", self.wait_row("before the exams"))
        press_keys("ctrl+d")
        wait_for(lambda: any(name == "Keep" for name in program.texts()), message="the mark")
        program.stop()
        program = self.start()
        self.wait_row("before the exams")
        wait_for(lambda: any(name == "Keep" for name in program.texts()), message="the mark after a restart")
        os.remove(self.backups(EARLY))  # as Kolibri's pruning does
        press_keys("F5")
        time.sleep(1)
        self.wait_row("before the exams")
        self.assertTrue(os.path.exists(self.backups("protected", EARLY)))

    def test_see_inside(self):
        self.make_home()
        before = homes.digest(self.home)
        program = self.start()
        program.wait_rows(1)
        program.press("See Inside")
        dialog = program.find("dialog", "Inside a Backup")
        for text in ("In this backup", "There now", "Facility", "Classes", "Learners", "Coaches", "Lessons"):
            self.find_in(dialog, "label", text)
        for text in ("40", "39", "0.16.2", "0.19.5"):  # learners and Kolibri, then and now
            self.find_in(dialog, "label", text)
        program.wait_text("would go")
        program.screenshot("see-inside")
        self.answer("Inside a Backup", "Close")
        self.wait_gone("dialog", "Inside")
        self.assertEqual(homes.digest(self.home), before)

    def test_see_inside_leads_to_restore(self):
        self.make_home()
        program = self.start()
        program.wait_rows(1)
        program.press("See Inside")
        self.answer("Inside a Backup", "Restore…")
        self.answer("Restore a Backup", "Cancel")
        self.wait_gone("dialog", "")

    def back_up_and_delete(self):
        self.make_home()
        program = self.start()
        program.wait_rows(1)
        program.press("Back Up Now")
        program.wait_rows(2)
        program.wait_text("Backed up and checked")
        self.assertEqual(self.selected_row(), self.wait_row("Yours"))
        self.name = os.path.basename(glob.glob(self.backups("protected", "*.dump"))[0])
        program.choose("Delete")
        program.wait_text("Deleted the backup from today")
        program.wait_rows(1)
        self.assertFalse(os.path.exists(self.backups(self.name)))
        return program

    def selected_row(self):
        def find():
            rows = [row for row in self.program.rows() if has_state(row, Atspi.StateType.SELECTED)]
            return rows[0].get_name() if len(rows) == 1 else None

        return wait_for(find, message="one selected row")

    def test_delete_and_undo(self):
        program = self.back_up_and_delete()
        program.press("Undo")
        program.wait_text("The backup is back in the list.")
        program.wait_rows(2)
        self.assertIn("Yours", self.selected_row())
        for folder in ("", "protected"):
            self.assertTrue(os.path.exists(self.backups(folder, self.name)))
        program.choose("Check")
        program.wait_text("The backup is sound")

    def test_delete_then_close_the_bar_is_for_good(self):
        program = self.back_up_and_delete()
        self.assertTrue(glob.glob(self.backups("protected", "deleted", "*", "*")))
        bar = program.find("alert")
        self.find_in(bar, "push button", "Close").get_action_iface().do_action(0)
        wait_for(lambda: not glob.glob(self.backups("protected", "deleted", "*")), message="it to be gone")
        self.assertFalse(self.is_shown("Deleted the backup"))
        self.assertEqual(glob.glob(self.backups("**", self.name + "*"), recursive=True), [])
        program.wait_rows(1)

    def test_import(self):
        self.make_home(old_dump=False)
        stick = homes.make_home(self.sandbox.file("stick"), None)
        path = homes.add_kolibri_dump(stick, "0.16")
        program = self.start()
        program.wait_text("No backup yet")
        program.choose("Add a Backup to the List…", menu="Menu")
        self.choose_file(path, "Add")
        self.assertIn("Checked", self.wait_row("Kolibri 0.16.2", "40 learners"))
        self.assertTrue(os.path.exists(self.backups("protected", EARLY)))

    def test_thousand_backups(self):
        self.make_home()
        big = self.backups(EARLY)
        for i in range(1, MANY):
            name = "db-v0.16.2_2025-%02d-%02d_%02d-%02d-00.dump" % (i % 12 + 1, i % 28 + 1, i // 60, i % 60)
            os.link(big, self.backups(name))
        total = len(glob.glob(self.backups("*.dump")))
        self.assertEqual(total, MANY)
        before = time.monotonic()
        program = self.start()
        wait_for(self.listed, message="the list")
        took = time.monotonic() - before
        print("# %d backups: %.2f s from the start to the list" % (total, took))
        self.assertLess(took, FAST_S)
        self.wait_listed(50)
        more = program.all("push button", "Show Older Backups", showing=False)[0]  # below the last row
        more.get_action_iface().do_action(0)
        self.wait_listed(100)
        self.wait_active()
        press_keys("ctrl+f")
        type_text("2025-07")
        wait_for(lambda: self.listed() and all("July 2025" in name for name in self.listed()), message="July alone")
        type_text(" nonsense")
        program.wait_text("No backup fits these words.")
        press_keys("Escape")
        self.wait_listed(50)

    def listed(self):
        """Also what one would have to scroll to."""
        names = (row.get_name() for row in self.program.all("list item", showing=False))
        return [name for name in names if name.startswith("Backup of")]

    def wait_listed(self, n):
        wait_for(lambda: len(self.listed()) == n, message=lambda: "%d rows; there are %d" % (n, len(self.listed())))


class TestRestore(JourneyCase):
    def spoil(self):
        db = sqlite3.connect(os.path.join(self.home, "db.sqlite3"))
        db.execute("DELETE FROM logger_attemptlog")
        db.commit()
        db.close()

    def test_restore_and_undo(self):
        self.make_home()
        program = self.start()
        program.press("Back Up Now")
        program.wait_rows(2)
        program.wait_text("Backed up and checked")
        self.spoil()
        spoilt = self.content()
        program.select("Yours")
        program.press("Restore…")
        program.wait_text("This comes back")
        program.wait_text("This is there now and goes")
        program.wait_text("A copy of the present data is kept on this computer")
        self.answer("Restore a Backup", "Restore")
        program.wait_text("Restored the backup from today")
        self.assertEqual(homes.query(self.home, ANSWERS), [(661,)])
        self.wait_row("Before restore")
        program.press("Undo")
        self.answer("Undo a Restore", "Undo Restore")
        program.wait_text("The data that was there until the restore of today")
        self.assertEqual(self.content(), spoilt)
        self.assertEqual(homes.leftovers(self.home), [])

    def test_open_a_strangers_file(self):
        self.make_home()
        before = homes.digest(self.home)
        path = self.sandbox.file("from a friend.dump")
        shutil.copy(self.backups(EARLY), path)
        program = self.start()
        program.wait_rows(1)
        self.wait_active()
        press_keys("ctrl+o")
        self.choose_file(path, "Open")
        dialog = program.find("dialog", "Restore a Backup")
        for count in ("40", "39"):  # learners, there and here
            self.find_in(dialog, "label", count)
        self.assertEqual(homes.digest(self.home), before, "shown, not restored")
        self.answer("Restore a Backup", "Restore")
        program.wait_text("Restored the backup")
        with open(os.path.join(self.home, ".data_version")) as f:
            self.assertEqual(f.read(), "0.16.2")

    def test_damaged_file(self):
        self.make_home()
        before = homes.digest(self.home)
        path = self.sandbox.file("db-v0.19.5_2026-05-05_10-11-12.dump")
        with open(path, "w", encoding="utf-8") as f:
            f.write(homes.fixture_sql("0.19")[:400000])
        program = self.start(path)
        program.wait_text("This backup is damaged or incomplete.")
        program.wait_text("Nothing was restored. Your Kolibri data is as it was before.")
        program.wait_text("Choose another backup.")
        program.find("push button", "Open a Backup…")
        self.assertEqual(program.find("alert").get_name(), "This backup is damaged or incomplete.")
        self.assertFalse(has_state(program.find("toggle button", "Details"), Atspi.StateType.EXPANDED))
        program.press("Details", role="toggle button")
        program.press("Copy Details")
        self.assertIn("the file ends in the middle", self.pasted())
        program.press("Open a Backup…")
        self.wait_active("file chooser")
        press_keys("Escape")
        self.wait_gone("file chooser", "")
        self.assertEqual(homes.digest(self.home), before)

    def pasted(self):
        """What another program would paste: the search of the list is one."""
        press_keys("ctrl+f")
        entry = self.program.find("text", "Find a backup")
        wait_for(lambda: has_state(entry, Atspi.StateType.FOCUSED), message="the search")
        press_keys("ctrl+v")
        text = wait_for(lambda: entry.get_text_iface() and Atspi.Text.get_text(entry, 0, -1), message="what was copied")
        press_keys("Escape")
        return text

    def start_kolibri(self, *words):
        program = self.sandbox.file("kolibri")
        shutil.copy(os.path.join(HERE, "..", "core", "fake_kolibri.py"), program)
        env = dict(self.sandbox.env, KOLIBRI_HOME=self.home)
        del env["LD_PRELOAD"]
        kolibri = subprocess.Popen([sys.executable, program, "start", "--foreground", *words], env=env, stdin=subprocess.DEVNULL)
        self.addCleanup(self.stop_kolibri, kolibri)
        pid_file = os.path.join(self.home, "server.pid")
        wait_for(lambda: os.path.exists(pid_file) and self.read(pid_file).split()[-1] == "0", message="Kolibri")
        os.utime(pid_file, (time.time() - 100,) * 2)  # it has settled
        return kolibri

    def stop_kolibri(self, kolibri):
        """The one that we started, and the one that was started again: it ends with its flag."""
        if os.path.isdir(self.home):
            with open(os.path.join(self.home, "process_control.flag"), "w") as f:
                f.write("stop")
        kolibri.wait(30)
        wait_for(lambda: not os.path.exists(os.path.join(self.home, "server.pid")), message="Kolibri to end")

    def read(self, path):
        with open(path, encoding="utf-8") as f:
            return f.read()

    def test_kolibri_runs_is_stopped_and_started_again(self):
        self.make_home()
        program = self.start()
        program.wait_text("· not running")
        self.start_kolibri()
        program.wait_text("Kolibri 0.19.5 · running")  # the window has noticed
        program.press("Back Up Now")
        program.wait_text("Backed up and checked")
        self.spoil()
        program.select("Yours")
        program.press("Restore…")
        program.wait_text("Kolibri is running. It will be stopped for this, and started again.")
        self.answer("Restore a Backup", "Restore")
        program.wait_text("Restored the backup from today", timeout=60)
        program.wait_text("Kolibri has been started again.")
        self.assertEqual(len(self.read(os.path.join(self.home, "starts.log")).splitlines()), 2)
        self.assertEqual(homes.query(self.home, ANSWERS), [(661,)])

    def test_kolibri_stops_while_the_question_is_open(self):
        self.make_home()
        kolibri = self.start_kolibri()
        program = self.start()
        program.wait_text("· running")
        program.press("Restore…")
        program.wait_text("Kolibri is running. It will be stopped for this")
        self.stop_kolibri(kolibri)
        wait_for(lambda: not self.is_shown("Kolibri is running."), message="the warning to go")
        self.answer("Restore a Backup", "Cancel")


class TestKeyboard(JourneyCase):
    def tab_to(self, role, name):
        """Presses Tab until a control has the keyboard."""
        seen = []
        for _ in range(40):
            node = self.focused()
            seen.append((node.get_role_name(), node.get_name()) if node is not None else None)
            if node is not None and node.get_role_name() == role and name in node.get_name():
                return node
            press_keys("Tab")
            time.sleep(0.05)
        return self.fail("Tab does not come to %s “%s”: %s" % (role, name, seen))

    def test_from_start_to_restored_by_keys_alone(self):
        self.make_home()
        program = self.start()
        program.wait_rows(1)
        self.wait_active()
        self.tab_to("push button", "Back Up Now")
        press_keys("space")
        program.wait_rows(2)
        program.wait_text("Backed up and checked")
        self.tab_to("list item", "Yours")
        press_keys("Down")
        self.assertIn("4 May", self.focused().get_name())
        self.tab_to("push button", "Restore…")
        press_keys("Return")
        self.wait_active("dialog", "Restore a Backup")
        wait_for(lambda: self.focused() and self.focused().get_name() == "Cancel", message="Cancel as the first")
        self.tab_to("push button", "Restore")
        press_keys("space")
        program.wait_text("Restored the backup from 4 May")
        with open(os.path.join(self.home, ".data_version")) as f:
            self.assertEqual(f.read(), "0.16.2")
        self.tab_to("push button", "Undo")
        press_keys("Return")
        self.wait_active("dialog", "Undo a Restore")
        press_keys("Escape")
        self.wait_gone("dialog", "Undo")
        self.wait_active()
        press_keys("alt+F4")
        self.assertEqual(program.process.wait(20), 0)

    def test_menu_key_and_context_menu(self):
        self.make_home()
        program = self.start()
        program.wait_rows(1)
        self.wait_active()
        self.tab_to("list item", "4 May")
        press_keys("shift+F10")
        program.find("menu item", "Note…")
        press_keys("Escape")
        wait_for(lambda: not program.all("menu item", "Note…"), message="the menu to go")
        press_keys("F10")
        program.find("push button", "Preferences")
        press_keys("Escape")
        wait_for(lambda: not program.all("push button", "Preferences"), message="the menu to go")

    def test_help_shortcuts_and_escape(self):
        self.make_home()
        program = self.start()
        program.wait_rows(1)
        self.wait_active()
        press_keys("F1")
        self.wait_active("frame", "Help")
        program.wait_text("Before you upgrade Kolibri")
        press_keys("Escape")
        self.wait_gone("frame", "Help")
        self.wait_active()
        press_keys("ctrl+question")
        program.wait_text("Write a note")
        press_keys("Escape")
        wait_for(lambda: not self.is_shown("Write a note"), message="the shortcuts to go")
        self.wait_active()
        for keys, title in (("ctrl+r", "Restore a Backup"), ("ctrl+i", "Inside"), ("ctrl+u", "Copy a Backup"),
                            ("F2", "Note"), ("ctrl+comma", "Preferences")):
            press_keys(keys)
            self.wait_active("dialog", title)
            press_keys("Escape")
            self.wait_gone("dialog", title)
            self.wait_active()
        self.assertEqual(homes.leftovers(self.home), [])

    def test_escape_cancels_work(self):
        self.make_home()
        before = homes.digest(self.home)
        gate = self.sandbox.file("gate")
        program = self.start(env={"KB_WATCH_GATE": gate})
        program.wait_rows(1)
        self.wait_active()
        press_keys("ctrl+b")
        wait_for(lambda: glob.glob(self.backups("protected", "*.part")), message="a part")
        press_keys("Escape")
        time.sleep(0.3)
        with open(gate, "w"):
            pass
        program.wait_text("Cancelled.")
        self.assertEqual(homes.digest(self.home), before)
        self.assertEqual(homes.leftovers(self.home), [])

    def test_deleting_a_word_of_the_search_deletes_no_backup(self):
        self.make_home()
        program = self.start()
        program.wait_rows(1)
        self.wait_active()
        press_keys("ctrl+f")
        type_text("may 2026")
        press_keys("Home", "ctrl+Delete")
        time.sleep(0.5)
        self.assertTrue(os.path.exists(self.backups(EARLY)))


class TestHabits(JourneyCase):
    def test_preferences_days_and_copy_folder(self):
        self.make_home(old_dump=False)
        stick = self.sandbox.file("stick")
        os.mkdir(stick)
        homes.add_kolibri_dump(self.home, "0.19", time.strftime("%Y-%m-%d_%H-%M-%S", time.localtime(time.time() - 5 * 86400)))
        program = self.start()
        program.wait_text("Your data is safe")
        self.wait_active()
        press_keys("ctrl+comma")
        self.wait_active("dialog", "Preferences")
        press_keys("ctrl+a")
        type_text("3")
        press_keys("Tab")
        program.wait_text("Your last backup is getting old")
        program.press("Choose a Folder…")
        self.choose_file(stick, "Choose")
        program.wait_text("stick")
        self.answer("Preferences", "Close")
        program.stop()
        program = self.start()
        program.wait_text("Your last backup is getting old")  # it has been remembered
        program.press("Back Up Now")
        program.wait_text("Backed up and checked")
        made = glob.glob(self.backups("protected", "*.dump"))
        copied = glob.glob(os.path.join(stick, "**", "*.dump"), recursive=True)
        self.assertEqual([os.path.basename(p) for p in copied], [os.path.basename(p) for p in made])
        with open(made[0], "rb") as one, open(copied[0], "rb") as other:
            self.assertEqual(one.read(), other.read())

    def test_save_report(self):
        self.make_home()
        program = self.start()
        program.wait_rows(1)
        program.choose("Save Report for Support…", menu="Menu")
        path = self.sandbox.file("report.txt")
        self.choose_file(path, "Save")
        program.wait_text("The report has been saved. It names no person.")
        with open(path, encoding="utf-8") as f:
            report = f.read()
        self.assertIn("0.19.5", report)
        self.assertRegex(report, r"Learners: 39\b")
        self.assertNotIn(self.sandbox.path, report)
        names = homes.query(self.home, "SELECT full_name FROM kolibriauth_facilityuser")
        for (name,) in names:
            if len(name) > 5:
                self.assertIsNone(re.search(re.escape(name), report), name)

    def test_window_size_is_remembered(self):
        self.make_home()
        program = self.start()
        program.wait_rows(1)
        frame = self.wait_active()
        subprocess.run(["xdotool", "getactivewindow", "windowsize", "--sync", "700", "500"], check=True)
        time.sleep(0.3)
        program.close_window()
        self.assertEqual(program.process.wait(20), 0)
        program = self.start()
        program.wait_rows(1)
        frame = self.wait_active()
        box = frame.get_component_iface().get_extents(Atspi.CoordType.SCREEN)
        self.assertEqual((box.width, box.height), (700, 500))


if __name__ == "__main__":
    tap.main()
