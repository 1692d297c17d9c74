#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The main job through the real window: shown, backed up, restored, refused, cancelled, closed."""

import glob
import os
import sqlite3
import subprocess
import sys
import unittest

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")]
import homes  # noqa: E402
import tap  # noqa: E402
from driver import Program, is_sensitive, wait_for  # noqa: E402

WINDOW = os.environ["KB_WINDOW"]
WATCH = os.environ["KB_WATCH_LIB"]
SCHEMAS = os.environ["KB_SCHEMAS"]
LOCALE = os.environ["KB_LOCALE_DIR"]
SERVER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "status_server.py")


class WindowCase(unittest.TestCase):
    def setUp(self):
        self.sandbox = homes.Sandbox()
        self.sandbox.env.update(
            GSETTINGS_SCHEMA_DIR=SCHEMAS,
            GSETTINGS_BACKEND="memory",
            G_DEBUG="fatal-warnings",
            KB_LOCALE_DIR=LOCALE,
        )
        self.home = self.sandbox.file("home")
        self.program = None

    def tearDown(self):
        if self.program is not None:
            self.program.screenshot("%s-end" % self.id().split(".")[-1])
            self.program.stop()
            messages = self.program.messages()
            for word in ("CRITICAL", "WARNING"):
                self.assertNotIn(word, messages)
        self.sandbox.remove()

    def make_home(self, fixture="0.19", old_dump=True):
        homes.make_home(self.home, fixture)
        if old_dump:
            homes.add_kolibri_dump(self.home, "0.16")

    def start(self, *args, **keywords):
        self.program = Program(WINDOW, self.sandbox, ["--home", self.home, *args], **keywords)
        return self.program

    def our_dumps(self):
        return glob.glob(os.path.join(self.home, "backups", "protected", "*.dump"))


class TestShown(WindowCase):
    def test_version_and_list_are_shown(self):
        self.make_home()
        program = self.start()
        program.wait_text("Kolibri 0.19.5 · not running")
        name = program.wait_rows(1)[0]
        self.assertIn("Kolibri 0.16.2", name)
        self.assertIn("Automatic", name)
        self.assertIn("4 May", name)
        self.assertTrue(any("getting old" in text for text in program.texts()))

    def test_no_kolibri_at_all(self):
        program = self.start()
        program.wait_text("No Kolibri data found")
        self.assertFalse(is_sensitive(program.find("push button", "Back Up Now")))

    def test_postgresql_is_explained(self):
        self.make_home()
        with open(os.path.join(self.home, "options.ini"), "w") as f:
            f.write("[Database]\nDATABASE_ENGINE = postgres\nDATABASE_NAME = kolibri\n")
        program = self.start()
        program.wait_text("PostgreSQL")
        self.assertFalse(is_sensitive(program.find("push button", "Back Up Now")))

    def test_new_backup_of_somebody_else_appears(self):
        self.make_home(old_dump=True)
        program = self.start()
        program.wait_rows(1)
        homes.add_kolibri_dump(self.home, "0.19", "2026-06-07_08-09-10")
        program.wait_rows(2)


class TestBackup(WindowCase):
    def test_back_up_now_makes_a_row_and_a_file(self):
        self.make_home()
        before = homes.digest(self.home)
        program = self.start()
        program.wait_rows(1)
        program.press("Back Up Now")
        program.wait_text("Backed up and checked")
        name = program.wait_rows(2)[0]
        self.assertIn("Yours", name)
        self.assertIn("39 learners", name)
        self.assertIn("Checked", name)
        program.wait_text("Your data is safe")
        self.assertEqual(len(self.our_dumps()), 1)
        after = homes.digest(self.home)
        self.assertEqual({key: after[key] for key in before}, before)
        self.assertEqual(homes.leftovers(self.home), [])

    def start_at_gate(self):
        """Presses Back Up Now, and holds the worker at its first write."""
        self.gate = self.sandbox.file("gate")
        program = self.start(env={"LD_PRELOAD": WATCH, "KB_WATCH_GATE": self.gate})
        program.wait_rows(1)
        program.press("Back Up Now")
        wait_for(lambda: glob.glob(os.path.join(self.home, "backups", "protected", "*.part")), message="a part")
        return program

    def open_gate(self):
        with open(self.gate, "w"):
            pass

    def test_cancel_leaves_nothing_behind(self):
        self.make_home()
        before = homes.digest(self.home)
        program = self.start_at_gate()
        program.press("Cancel")
        self.open_gate()
        program.wait_text("Cancelled.")
        self.assertEqual(homes.digest(self.home), before)
        self.assertEqual(homes.leftovers(self.home), [])
        wait_for(lambda: is_sensitive(program.find("push button", "Back Up Now")), message="idle again")

    def test_only_one_operation_at_a_time(self):
        self.make_home()
        program = self.start_at_gate()
        for name in ("Back Up Now", "Restore…", "Open…"):
            self.assertFalse(is_sensitive(program.find("push button", name)), name)
        self.open_gate()
        program.wait_text("Backed up and checked")

    def test_closing_the_window_ends_cleanly(self):
        self.make_home()
        before = homes.digest(self.home)
        program = self.start_at_gate()
        program.close_window()
        program.find("alert")
        program.press("Stop and Close")
        self.open_gate()
        self.assertEqual(program.process.wait(20), 0)
        self.assertEqual(homes.digest(self.home), before)
        self.assertEqual(homes.leftovers(self.home), [])

    def test_read_only_folder_is_explained(self):
        self.make_home(old_dump=False)
        blocker = os.path.join(self.home, "backups")
        with open(blocker, "w"):  # root may write anywhere, but not below a file
            pass
        program = self.start()
        program.press("Back Up Now")
        program.wait_text("Your Kolibri data has not been touched")
        os.remove(blocker)


class TestRestore(WindowCase):
    def answer(self, program, name, title="Restore"):
        dialog = program.find("dialog", title)
        for node in program.all("push button", name):
            if node.get_name() == name and self.is_within(node, dialog):
                wait_for(lambda: is_sensitive(node), message=name)
                node.get_action_iface().do_action(0)
                return
        self.fail("no button %s" % name)

    def is_within(self, node, ancestor):
        while node is not None:
            if node == ancestor:
                return True
            node = node.get_parent()
        return False

    def test_restore_brings_the_data_back(self):
        self.make_home()
        program = self.start()
        program.press("Back Up Now")
        program.wait_text("Backed up and checked")
        db = sqlite3.connect(os.path.join(self.home, "db.sqlite3"))
        db.execute("DELETE FROM logger_attemptlog")
        db.commit()
        db.close()
        program.wait_rows(2)
        program.select("Yours")
        program.press("Restore…")
        program.wait_text("Restore the backup from today")
        program.wait_text("This is there now and goes")
        program.screenshot("restore-dialog")
        self.answer(program, "Restore")
        program.wait_text("Restored the backup from today")
        self.assertEqual(homes.query(self.home, "SELECT count(*) FROM logger_attemptlog"), [(661,)])
        self.assertEqual(
            homes.query(self.home, "SELECT count(*) FROM morango_databaseidmodel WHERE current=1"), [(1,)]
        )
        self.assertEqual(homes.leftovers(self.home), [])
        wait_for(
            lambda: any("Before restore" in name for name in program.row_names()),
            message="the kept data in the list",
        )

    def restore_oldest(self, program):
        """Restores the backup of 4 May, over 0.19.5."""
        program.wait_rows(1)
        program.press("Restore…")
        self.answer(program, "Restore")
        program.wait_text("Restored the backup from 4 May")
        self.assertEqual(self.data_version(), "0.16.2")

    def data_version(self):
        with open(os.path.join(self.home, ".data_version")) as f:
            return f.read()

    def content(self):
        found = homes.digest(self.home)
        return found["db"], found[".data_version"]

    def test_undo_in_the_bar_brings_everything_back(self):
        self.make_home()
        before = self.content()
        program = self.start()
        self.restore_oldest(program)
        program.press("Undo")
        program.wait_text("Undo the restore of today")
        program.wait_text("Nothing that learners did would be lost.")
        program.screenshot("undo-dialog")
        self.answer(program, "Undo Restore", "Undo")
        program.wait_text("The data that was there until the restore of today")
        self.assertEqual(self.content(), before)
        program.press("Undo")  # and that can be undone, too
        self.answer(program, "Undo Restore", "Undo")
        wait_for(lambda: self.data_version() == "0.16.2", message="0.16.2 again")

    def test_undo_in_the_list_survives_a_restart(self):
        self.make_home()
        before = self.content()
        program = self.start()
        self.restore_oldest(program)
        program.stop()
        db = sqlite3.connect(os.path.join(self.home, "db.sqlite3"))
        db.execute("UPDATE logger_attemptlog SET end_timestamp = '2099-01-01 00:00:00(UTC)'")
        db.commit()
        db.close()
        program = self.start()
        program.wait_rows(2)
        program.select("Before restore")
        program.press("Undo Restore…")
        program.wait_text("answers to exercises since today")
        self.answer(program, "Cancel", "Undo")
        self.assertEqual(self.data_version(), "0.16.2")
        program.press("Undo Restore…")
        self.answer(program, "Undo Restore", "Undo")
        program.wait_text("The data that was there until the restore of today")
        self.assertEqual(self.content(), before)

    def test_a_running_kolibri_is_announced(self):
        self.make_home()
        server = subprocess.Popen(
            [sys.executable, SERVER, self.home, "kolibri"], stdout=subprocess.PIPE, encoding="ascii"
        )
        try:
            self.assertEqual(server.stdout.readline(), "ready\n")
            program = self.start()
            program.wait_text("Kolibri 0.19.5 · running")
            program.press("Restore…")
            program.wait_text("Kolibri is running. It will be stopped for this, and started again.")
            program.screenshot("kolibri-runs")
            button = next(n for n in program.all("push button", "Restore") if n.get_name() == "Restore")
            self.assertTrue(is_sensitive(button))
        finally:
            server.kill()
            server.wait()
            server.stdout.close()

    def test_cancel_in_the_dialog_changes_nothing(self):
        self.make_home()
        before = homes.digest(self.home)
        program = self.start()
        program.wait_rows(1)
        program.press("Restore…")
        self.answer(program, "Cancel")
        wait_for(lambda: not program.all("dialog", "Restore"), message="the dialog to go")
        self.assertEqual(homes.digest(self.home), before)

    def test_file_from_elsewhere_is_shown_and_restored(self):
        self.make_home(old_dump=False)
        elsewhere = homes.make_home(self.sandbox.file("stick"), None)
        path = homes.add_kolibri_dump(elsewhere, "0.16")
        program = self.start(path)
        program.wait_text("Restore the backup from 4 May")
        program.wait_text("40")
        self.answer(program, "Restore")
        program.wait_text("Restored the backup from 4 May")
        with open(os.path.join(self.home, ".data_version")) as f:
            self.assertEqual(f.read(), "0.16.2")

    def test_damaged_file_changes_nothing(self):
        self.make_home()
        before = homes.digest(self.home)
        path = self.sandbox.file("db-v0.19.5_2026-05-04_10-11-12.dump")
        with open(path, "w", encoding="utf-8") as f:
            f.write(homes.fixture_sql("0.19")[:400000])
        program = self.start(path)
        program.wait_text("This backup is damaged or incomplete.")
        program.wait_text("Nothing was restored. Your Kolibri data is as it was before.")
        self.assertEqual(homes.digest(self.home), before)

    def test_file_that_is_no_backup(self):
        self.make_home()
        before = homes.digest(self.home)
        program = self.start("/etc/passwd")
        program.wait_text("This file is not a backup of Kolibri.")
        self.assertEqual(homes.digest(self.home), before)


class TestLanguage(WindowCase):
    def test_spanish(self):
        self.make_home()
        program = self.start(env={"LANGUAGE": "es"})
        program.wait_text("Su última copia se está quedando antigua")
        name = program.wait_rows(1)[0]
        self.assertIn("Automática", name)
        program.press("Hacer una copia ahora")
        program.wait_text("Copia hecha y comprobada")

    def test_a_language_that_nobody_has(self):
        self.make_home()
        program = self.start(env={"LANGUAGE": "xx"})
        program.wait_text("Your last backup is getting old")


class TestProgram(WindowCase):
    def test_second_start_presents_the_first_window(self):
        self.make_home()
        program = self.start()
        program.wait_text("Kolibri 0.19.5")
        second = subprocess.run(
            [WINDOW, "--home", self.home], env=program.sandbox.env, timeout=20, stderr=subprocess.PIPE, check=False
        )
        self.assertEqual(second.returncode, 0, second.stderr)
        self.assertEqual(len(program.all("frame")), 1)

    def test_other_home_gets_its_own_window(self):
        self.make_home()
        homes.make_home(self.sandbox.file("other"), "0.16")
        program = self.start()
        program.wait_text("Kolibri 0.19.5")
        subprocess.run([WINDOW, "--home", self.sandbox.file("other")], env=program.sandbox.env, timeout=20, check=True)
        program.wait_text("Kolibri 0.16.2")
        self.assertEqual(len(program.all("frame")), 2)

    def test_interrupted_restore_is_put_right_and_told(self):
        self.make_home()
        os.makedirs(os.path.join(self.home, "backups", "protected"))
        with open(os.path.join(self.home, "backups", "protected", "restore.ini"), "w") as f:
            f.write("[Restore]\nold_version=0.19.5\nnew_version=0.16.2\nnew_id=0123\n")
            f.write("kept=replaced-v0.19.5_2026-05-05_10-00-00\n")
        with open(os.path.join(self.home, "db.sqlite3.restoring"), "w") as f:
            f.write("half")
        program = self.start()
        program.wait_text("A restore was interrupted before it happened")
        self.assertEqual(homes.leftovers(self.home), [])

    def test_no_slow_call_on_the_main_thread(self):
        self.make_home()
        log = self.sandbox.file("calls")
        program = self.start(
            env={"LD_PRELOAD": WATCH, "KB_WATCH_DIR": self.home, "KB_WATCH_LOG": log}
        )
        program.wait_rows(1)
        program.press("Back Up Now")
        program.wait_text("Backed up and checked")
        program.wait_rows(2)
        program.choose("Check")
        program.wait_text("The backup is sound")
        program.press("Restore…")
        program.find("dialog", "Restore")
        with open(log) as f:
            calls = f.read().splitlines()
        self.assertTrue(any(call.startswith("worker sqlite open") for call in calls))
        self.assertTrue(any(call.startswith("worker open") and ".dump" in call for call in calls))
        self.assertTrue(any(call.startswith("worker fsync") for call in calls))
        self.assertEqual([call for call in calls if call.startswith("main")], [])


if __name__ == "__main__":
    tap.main()
