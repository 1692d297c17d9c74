#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The installed program under Wine, from the first install to the uninstall: one class a step, in
the order of their names, on one Windows. test.sh says where everything is."""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
import unittest
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "tests")]
import homes  # noqa: E402
import tap  # noqa: E402
from wine import Windows  # noqa: E402

# Neither is ASCII: the folder of the program, and that of the data.
FOLDER = "Програми/Kolibri Backup ñ"
HOME = "users/%s/Kolibri für Zoë/日本" % os.environ.get("USER", "root")
KEY = r"HKLM\Software\Kolibri Backup"
UNINSTALL_KEY = r"HKLM\Software\Microsoft\Windows\CurrentVersion\Uninstall\Kolibri Backup"
WINDOW_WAIT_S = 60
# Where the button is in English, in a window of the size that it has at first, with its shadow.
BACK_UP_NOW = (730, 92)
UNDO = (65, 199)
# From the lower right corner of a dialog.
RESTORE = (75, 50)

windows = None


def setUpModule():
    global windows
    windows = Windows()
    windows.manager = subprocess.Popen(["openbox"], env=windows.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    windows.seen = os.environ["KB_SEEN"]
    windows.before = windows.listing()
    windows.older_files = set()
    windows.home = homes.make_home(windows.path(*HOME.split("/")), "0.19")
    windows.dump = homes.add_kolibri_dump(windows.home, "0.16")
    windows.data = windows.listing() - windows.before


def tearDownModule():
    windows.close()
    windows.manager.terminate()
    windows.manager.wait()


def installed(*names):
    return windows.path(*FOLDER.split("/"), *names)


def install(setup, settle=True):
    # NSIS wants /D last and without the quotes that Wine puts around a word with spaces
    done = windows.run(setup, "/S", *("/D=" + windows.on_windows(installed())).split(" "))
    if settle:
        windows.settle()
    return done


def command(*args, env=None):
    """The command line, as a person types it, on the data."""
    env = {"KOLIBRI_HOME": windows.on_windows(windows.home), **(env or {})}
    return windows.run(installed("bin", "kolibri-backup.exe"), *args, env=env)


def answer(*args):
    done = command(*args, "--json")
    return json.loads(done.out) if done.code == 0 else done


def show(name, lines):
    """Leaves a listing for people to read."""
    with open(os.path.join(windows.seen, name), "w", encoding="utf-8") as f:
        f.write("\n".join(sorted(lines)) + "\n")


def database_digest():
    db = sqlite3.connect(os.path.join(windows.home, "db.sqlite3"))
    try:
        return hashlib.sha256("\n".join(db.iterdump()).encode("utf-8", "surrogateescape")).hexdigest()
    finally:
        db.close()


def middle_digest(path):
    """Of a dump without its first and last line: what depends on the database alone."""
    with open(path, "rb") as f:
        lines = f.read().splitlines(keepends=True)
    return hashlib.sha256(b"".join(lines[1:-1])).hexdigest()


def wait_for(what, message):
    end = time.monotonic() + WINDOW_WAIT_S
    while time.monotonic() < end:
        found = what()
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError("waited %d s for %s" % (WINDOW_WAIT_S, message() if callable(message) else message))


class Window:
    """The window on the screen, and what a person does with it."""

    def __init__(self, *args, env=None):
        env = {"KOLIBRI_HOME": windows.on_windows(windows.home), **(env or {})}
        self.process = windows.start(installed("bin", "kolibri-backup-gtk.exe"), *args, env=env)
        self.id = self.wait_for_window()

    def wait_for_window(self):
        return self.dialog("Kolibri Backup")

    def dialog(self, title):
        """The number of a window that comes."""
        search = ["xdotool", "search", "--onlyvisible", "--name", "^%s$" % title]
        return wait_for(
            lambda: subprocess.run(
                search, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8", check=False
            ).stdout.split(),
            lambda: "%s: %s" % (title, windows.read(self.process.stem + ".err")),
        )[0]

    def click(self, x, y):
        """Clicks; pixels from the window's upper left corner. Letters cannot be typed: GTK asks
        Windows' keyboard layouts (kbdus.dll) what a key means, and Wine has none."""
        subprocess.run(["xdotool", "mousemove", "--window", self.id, str(x), str(y), "click", "1"], check=True)

    @staticmethod
    def click_from_the_end(window, x, y):
        geometry = ["xdotool", "getwindowgeometry", "--shell", window]
        told = subprocess.run(geometry, stdout=subprocess.PIPE, encoding="utf-8", check=True).stdout
        size = dict(line.split("=") for line in told.split())
        place = [str(int(size["WIDTH"]) - x), str(int(size["HEIGHT"]) - y)]
        subprocess.run(["xdotool", "mousemove", "--window", window, *place, "click", "1"], check=True)

    def picture(self, name, settle_s=4):
        """A screenshot; returns how many colours it has. A blank screen has few."""
        time.sleep(settle_s)
        path = os.path.join(windows.seen, name + ".png")
        subprocess.run(["import", "-window", "root", path], check=True)
        counted = subprocess.run(["identify", "-format", "%k", path], stdout=subprocess.PIPE, check=True)
        return int(counted.stdout)

    @staticmethod
    def leave(window):
        """As by Alt+F4, which the window manager hears."""
        subprocess.run(["xdotool", "windowactivate", "--sync", window, "key", "alt+F4"], check=True)

    def close(self):
        self.leave(self.id)
        return self.process.wait(WINDOW_WAIT_S)


class Step1Install(unittest.TestCase):
    def test_install_older(self):
        done = install(os.environ["KB_OLDER_SETUP"])
        self.assertEqual(done.code, 0, done)
        self.assertEqual(command("--version").out, "kolibri-backup 0.0.9\n")
        windows.older_files = windows.listing() - windows.before - windows.data
        show("listing-installed.txt", windows.older_files)

    def test_registered(self):
        for key in (KEY, UNINSTALL_KEY, r"HKLM\Software\Classes\KolibriBackup.Backup"):
            self.assertTrue(windows.has_key(key), key)
        done = windows.run("reg", "query", r"HKLM\Software\Classes\.dump", "/ve")
        self.assertIn("KolibriBackup.Backup", done.out)
        links = [name for name in windows.older_files if name.endswith(".lnk")]
        self.assertEqual(len(links), 2, links)
        self.assertTrue(all("ProgramData/Microsoft/Windows/Start Menu" in name for name in links), links)


class Step2CommandLine(unittest.TestCase):
    def test_1_status(self):
        status = answer("status")
        self.assertEqual(status["home"], windows.on_windows(windows.home))

    def test_2_back_up_restore_undo(self):
        old = database_digest()
        made = answer("backup")
        self.assertTrue(os.path.exists(os.path.join(windows.home, "backups")), made)
        done = command("restore", windows.on_windows(windows.dump), "--yes")
        self.assertEqual(done.code, 0, done)
        self.assertNotEqual(database_digest(), old)
        self.assertEqual(len(homes.query(windows.home, "SELECT 1 FROM kolibriauth_facilityuser")) > 0, True)
        done = command("undo", "--yes")
        self.assertEqual(done.code, 0, done)
        self.assertEqual(database_digest(), old)
        self.assertEqual(homes.leftovers(windows.home), [])

    def test_3_same_sql_as_on_linux(self):
        """One database, dumped by the program for Windows and by that for Linux."""
        there, here = (os.path.join(windows.folder, name) for name in ("there", "here"))
        for folder in (there, here):
            os.mkdir(folder)
        done = command("backup", windows.on_windows(there))
        self.assertEqual(done.code, 0, done)
        env = {**windows.env, "KOLIBRI_HOME": windows.home}
        subprocess.run([os.environ["KB_NATIVE"], "backup", here], env=env, stdout=subprocess.DEVNULL, check=True)
        digests = []
        for folder in (there, here):
            (name,) = os.listdir(folder)
            digests.append(middle_digest(os.path.join(folder, name)))
        print("# SHA-256 under Wine and on Linux: %s %s" % tuple(digests))
        self.assertEqual(*digests)

    def test_4_translated(self):
        """The catalogues are found beside the program, in a folder that is not ASCII."""
        done = command("status", env={"LANGUAGE": "es"})
        self.assertIn("Kolibri", done.out)
        self.assertNotIn("Your data", done.out)
        help_text = command("--help", env={"LANGUAGE": "es"})
        self.assertIn("Uso:", help_text.out + help_text.err)  # GLib's own word

    def test_5_names_that_are_not_ascii(self):
        done = command("note", os.path.basename(windows.dump), "antes del exámen – 期末")
        self.assertEqual(done.code, 0, done)
        self.assertIn("期末", command("list").out)

    def test_6_portable(self):
        """The zip runs from anywhere, without an installer."""
        folder = windows.path("Tragbar ü")
        with zipfile.ZipFile(os.environ["KB_PORTABLE"]) as f:
            f.extractall(folder)
        (name,) = os.listdir(folder)
        done = windows.run(os.path.join(folder, name, "bin", "kolibri-backup.exe"), "--version")
        self.assertEqual(done.out, "kolibri-backup %s\n" % os.environ["KB_VERSION"])
        shutil.rmtree(folder)


class Step3Desktop(unittest.TestCase):
    """What GTK 3 does not do on Windows; poke.exe says what Windows would say."""

    @classmethod
    def setUpClass(cls):
        cls.poke = windows.path("poke.exe")
        subprocess.run(["x86_64-w64-mingw32-gcc", "-o", cls.poke, os.path.join(HERE, "poke.c")], check=True)

    def brightness(self, name):
        mean = ["identify", "-format", "%[fx:mean]", os.path.join(windows.seen, name + ".png")]
        return float(subprocess.run(mean, stdout=subprocess.PIPE, check=True).stdout)

    def test_1_one_program(self):
        """A second start brings up the first, and hands it the file that was double-clicked."""
        window = Window()
        program = installed("bin", "kolibri-backup-gtk.exe")
        env = {"KOLIBRI_HOME": windows.on_windows(windows.home)}
        self.assertEqual(windows.run(program, env=env).code, 0)
        self.assertEqual(windows.run(program, windows.on_windows(windows.dump), env=env).code, 0)
        dialog = window.dialog("Restore a Backup")
        window.picture("window-second-start")
        window.leave(dialog)
        self.assertEqual(window.close(), 0)

    def test_2_dark(self):
        window = Window()
        window.picture("window-light")
        key = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Themes\Personalize"
        windows.run("reg", "add", key, "/v", "AppsUseLightTheme", "/t", "REG_DWORD", "/d", "0", "/f")
        windows.run(self.poke, "colours")
        window.picture("window-dark")
        windows.run("reg", "delete", key, "/v", "AppsUseLightTheme", "/f")
        self.assertLess(self.brightness("window-dark"), self.brightness("window-light") / 2)
        self.assertEqual(window.close(), 0)

    def test_3_the_session_waits_for_the_work(self):
        large = windows.path("large")
        os.mkdir(large)
        maker = os.path.join(os.path.dirname(HERE), "tests", "bench", "make_database.py")
        subprocess.run([sys.executable, maker, os.path.join(large, "db.sqlite3"), "300"], check=True)
        window = Window(env={"KOLIBRI_HOME": windows.on_windows(large)})
        window.picture("window-large")
        self.assertEqual(windows.run(self.poke, "end").code, 1)
        window.click(*BACK_UP_NOW)
        safe = os.path.join(large, "backups", "protected")
        wait_for(lambda: os.path.isdir(safe) and any(n.endswith(".part") for n in os.listdir(safe)), "the work")
        self.assertEqual(windows.run(self.poke, "end").code, 0)
        wait_for(lambda: not any(n.endswith(".part") for n in os.listdir(safe)), "its end")
        time.sleep(2)
        self.assertEqual(windows.run(self.poke, "end").code, 1)
        self.assertEqual(window.close(), 0)
        shutil.rmtree(large)


class Step3Window(unittest.TestCase):
    def test_1_start(self):
        window = Window()
        self.assertGreater(window.picture("window"), 100)
        self.assertEqual(window.close(), 0)

    def test_2_spanish(self):
        window = Window(env={"LANGUAGE": "es"})
        self.assertGreater(window.picture("window-es"), 100)
        self.assertEqual(window.close(), 0)

    def test_3_back_up(self):
        before = set(os.listdir(os.path.join(windows.home, "backups")))
        window = Window()
        window.picture("window-before")
        window.click(*BACK_UP_NOW)
        folder = os.path.join(windows.home, "backups")
        made = wait_for(lambda: {n for n in os.listdir(folder) if n.endswith(".dump")} - before, "a backup")
        window.picture("window-backed-up")
        self.assertEqual(len(made), 1)
        self.assertEqual(window.close(), 0)


    def test_4_restore_and_undo(self):
        """A backup that was double-clicked; then the undo in the bar."""
        old = database_digest()
        window = Window(windows.on_windows(windows.dump))
        dialog = window.dialog("Restore a Backup")
        window.picture("window-restore")
        window.click_from_the_end(dialog, *RESTORE)
        wait_for(lambda: database_digest() != old, "the restore")
        window.picture("window-restored")
        window.click(*UNDO)
        question = window.dialog("Undo a Restore")
        window.picture("window-undo")
        window.click_from_the_end(question, *RESTORE)
        wait_for(lambda: database_digest() == old, "the undo")
        window.picture("window-undone")
        self.assertEqual(window.close(), 0)

    def test_5_arabic(self):
        window = Window(env={"LANGUAGE": "ar"})
        self.assertGreater(window.picture("window-ar"), 100)
        self.assertEqual(window.close(), 0)


class Step4Upgrade(unittest.TestCase):
    def test_1_not_while_it_is_open(self):
        window = Window()
        done = install(os.environ["KB_SETUP"], settle=False)
        self.assertEqual(done.code, 2, done)
        self.assertEqual(window.close(), 0)
        self.assertEqual(command("--version").out, "kolibri-backup 0.0.9\n")

    def test_2_upgrade(self):
        stale = installed("share", "stale.txt")
        with open(stale, "w", encoding="utf-8") as f:
            f.write("somebody's own file\n")
        kept = homes.digest(windows.home)
        done = install(os.environ["KB_SETUP"])
        self.assertEqual(done.code, 0, done)
        self.assertEqual(command("--version").out, "kolibri-backup %s\n" % os.environ["KB_VERSION"])
        self.assertTrue(os.path.exists(stale))
        os.remove(stale)
        self.assertEqual(homes.digest(windows.home), kept)
        versions = windows.run("reg", "query", UNINSTALL_KEY, "/v", "DisplayVersion").out
        self.assertIn(os.environ["KB_VERSION"], versions)


class Step5Uninstall(unittest.TestCase):
    def test_uninstall(self):
        kept = homes.digest(windows.home)
        before = windows.listing()
        done = windows.run(installed("uninstall.exe"), "/S")
        self.assertEqual(done.code, 0, done)
        windows.settle()
        after = windows.listing()
        show("listing-before-uninstall.txt", before)
        show("listing-after-uninstall.txt", after)
        stayed = after - windows.before
        print("# what stayed: " + ", ".join(sorted(stayed)))
        self.assertTrue(all(name.startswith(HOME + "/") for name in stayed), stayed)
        self.assertLessEqual(windows.data, after)
        self.assertEqual(homes.digest(windows.home), kept)
        self.assertFalse(os.path.exists(installed()))
        for key in (KEY, UNINSTALL_KEY, r"HKLM\Software\Classes\KolibriBackup.Backup", r"HKLM\Software\Classes\.dump"):
            self.assertFalse(windows.has_key(key), key)


if __name__ == "__main__":
    tap.main()
