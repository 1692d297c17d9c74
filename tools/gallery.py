#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Makes a picture of every state of the window, in every dress: plain, dark, right to left, narrow
and with text of double size.

Usage, after a build, from the top of the project:
    xvfb-run -a -s "-screen 0 1400x1300x24 -noreset" dbus-run-session -- /usr/bin/python3 tools/gallery.py build FOLDER [LANGUAGE…]

With languages named, each gets the main window and the restore dialog in a folder of its own. Root
mounts a drive below /media for the states that need one; others go without them. Where openbox is
installed, dialogs have frames and titles.
"""

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
import time

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
sys.path[:0] = [os.path.join(TOP, "tests"), os.path.join(TOP, "tests", "gui")]

import homes  # noqa: E402
from driver import Program, wait_for  # noqa: E402

SETTLE_S = 0.7
SERVER = os.path.join(TOP, "tests", "gui", "status_server.py")
DRIVE = "/media/kb-gallery/KINGSTON"
DRESSES = {
    "plain": {},
    "dark": {"GTK_THEME": "Adwaita:dark"},
    "right-to-left": {"LANGUAGE": "ar"},
    "narrow": {"width": 420},
    "large-text": {"GDK_DPI_SCALE": "2", "width": 1000},
}
# What the buttons say is only known in English: in other languages they are found by their place
# among the actions, which is the same in all of them.
NEW = "2026-11-22_21-40-02"


class Stage:
    """One program in one dress, and the pictures of it."""

    def __init__(self, build, folder, dress):
        self.build, self.folder, self.dress = os.path.abspath(build), folder, dict(dress)
        self.width = self.dress.pop("width", None)
        self.sandbox = homes.Sandbox()
        self.home = self.sandbox.file("kolibri")
        self.sandbox.env.update(
            GSETTINGS_SCHEMA_DIR=os.path.join(self.build, "tests", "gui"),
            GSETTINGS_BACKEND="keyfile",
            KB_LOCALE_DIR=os.path.join(self.build, "po"),
            GTK_OVERLAY_SCROLLING="0",
        )
        os.makedirs(folder, exist_ok=True)
        if self.width is not None:
            self.set("window-width", self.width)
        self.program = None

    def set(self, key, value):
        folder = os.path.join(self.sandbox.env["XDG_CONFIG_HOME"], "glib-2.0", "settings")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "keyfile"), "a", encoding="utf-8") as f:
            f.write("[io/github/kolibri_backup/KolibriBackup]\n%s=%s\n" % (key, value))

    def start(self, *args, env=None):
        self.stop()
        window = os.path.join(self.build, "gui", "kolibri-backup-gtk")
        dress = dict(self.dress, **(env or {}))
        self.program = Program(window, self.sandbox, ["--home", self.home, *args], env=dress)
        return self.program

    def stop(self):
        if self.program is not None:
            self.program.stop()
        self.program = None

    def picture(self, name):
        time.sleep(SETTLE_S)
        path = os.path.join(self.folder, name + ".png")
        subprocess.run(["import", "-window", "root", "-trim", "+repage", path], check=True)

    def act(self, name, argument=""):
        """Activates an action of the window as D-Bus does, whatever its button is called."""
        object_path = "/io/github/kolibri_backup/KolibriBackup"
        scope = object_path + ("/window/1" if name.startswith("win.") else "")
        subprocess.run(
            ["gdbus", "call", "--session", "--dest", object_path[1:].replace("/", "."), "--object-path", scope,
             "--method", "org.gtk.Actions.Activate", name.split(".")[1], "[%s]" % argument, "{}"],
            check=True, stdout=subprocess.DEVNULL,
        )

    def close_dialog(self):
        """Without a window manager the keys go where the pointer is, now and then elsewhere."""
        for _ in range(20):
            subprocess.run(["xdotool", "mousemove", "200", "300", "key", "Escape"], check=False)
            time.sleep(SETTLE_S)
            if not self.program.all("dialog"):
                return
        raise AssertionError("the dialog stays open")

    def end(self):
        self.stop()
        self.sandbox.remove()


@contextlib.contextmanager
def drive():
    """A drive below /media, or nothing where we may not mount one."""
    os.makedirs(DRIVE, exist_ok=True)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "none", DRIVE], check=False).returncode == 0
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", DRIVE], check=True)
        os.rmdir(DRIVE)
        os.rmdir(os.path.dirname(DRIVE))


def first_run(stage):
    stage.start()
    stage.picture("01-no-kolibri")
    homes.make_home(stage.home, "demo-0.19")
    stage.start()
    stage.picture("02-first-run")
    with drive() as mounted:
        if mounted:
            source = homes.add_kolibri_dump(stage.sandbox.file("other"), "demo-0.16")
            shutil.copy(source, DRIVE)
            stage.start()
            stage.picture("03-found-on-a-drive")


def with_backups(stage):
    homes.add_kolibri_dump(stage.home, "demo-0.16")
    program = stage.start()
    wait_for(program.row_names, message="the list")
    stage.picture("04-getting-old")
    stage.act("win.backup")
    program.wait_rows(2)
    stage.picture("05-backed-up")
    stage.act("win.note")
    stage.picture("06-note")
    stage.close_dialog()
    stage.act("win.keep")
    stage.picture("07-kept")
    stage.act("win.inside")
    stage.picture("08-inside")
    stage.close_dialog()
    stage.act("win.restore")
    stage.picture("09-restore")
    stage.close_dialog()
    with drive():
        stage.act("win.copy")
        stage.picture("10-copy")
        stage.close_dialog()
    stage.act("win.delete")
    stage.picture("11-deleted")
    stage.act("win.undelete")
    program.wait_rows(2)


def dialogs(stage):
    for name, number in (("app.preferences", 12), ("app.help", 13), ("app.about", 14)):
        stage.start()
        wait_for(stage.program.row_names, message="the list")
        stage.act(name)
        stage.picture("%d-%s" % (number, name.split(".")[1]))
    stage.start()
    wait_for(stage.program.row_names, message="the list")
    stage.act("win.menu")
    stage.picture("15-menu")


def add_work(home, answers):
    """What learners did since the newest row: copies of rows, with new ids and times of now."""
    db = sqlite3.connect(os.path.join(home, "db.sqlite3"))
    db.executescript(
        "CREATE TEMP TABLE t AS SELECT * FROM logger_attemptlog LIMIT %d;"
        "UPDATE t SET id = lower(hex(randomblob(16))), end_timestamp = datetime('now');"
        "INSERT INTO logger_attemptlog SELECT * FROM t" % answers
    )
    db.close()


def restored(stage):
    homes.add_kolibri_dump(stage.home, "demo-0.19", NEW)
    add_work(stage.home, 312)
    program = stage.start()
    row = wait_for(lambda: program.rows()[1:2], message="the list")[0]
    row.get_parent().get_selection_iface().select_child(row.get_index_in_parent())
    stage.act("win.inside")
    wait_for(lambda: program.all("dialog"), message="what is inside")
    stage.picture("16-inside-older")
    stage.close_dialog()
    stage.act("win.restore")
    dialog = wait_for(lambda: program.all("dialog"), message="the question")[0]
    stage.picture("17-restore-older")
    button = [node for node in program.all("push button") if is_within(node, dialog)][-1]
    button.get_action_iface().do_action(0)
    wait_for(lambda: len(program.rows()) == 4, message="what was replaced in the list")
    stage.picture("18-restored")


def is_within(node, ancestor):
    while node is not None:
        if node == ancestor:
            return True
        node = node.get_parent()
    return False


def trouble(stage):
    path = stage.sandbox.file("db-v0.19.5_2026-05-04_10-11-12.dump")
    with open(path, "w", encoding="utf-8") as f:
        f.write(homes.fixture_sql("0.19")[:400000])
    program = stage.start(path)
    wait_for(lambda: program.all("alert"), message="the error")
    stage.picture("19-damaged")
    server = subprocess.Popen([sys.executable, SERVER, stage.home, "kolibri"], stdout=subprocess.PIPE)
    server.stdout.readline()
    try:
        stage.start()
        wait_for(stage.program.row_names, message="the list")
        stage.act("win.restore")
        wait_for(lambda: stage.program.all("dialog"), message="the question")
        stage.picture("20-kolibri-runs")
    finally:
        server.kill()
        server.wait()
    gate = stage.sandbox.file("gate")
    watch = os.path.join(stage.build, "tests", "gui", "libkb-watch.so")
    stage.start(env={"LD_PRELOAD": watch, "KB_WATCH_GATE": gate})
    wait_for(stage.program.row_names, message="the list")
    stage.act("win.backup")
    stage.picture("21-working")
    with open(gate, "w", encoding="ascii"):
        pass


def data_folders(stage):
    other = os.path.join(stage.sandbox.user, ".var/app/org.learningequality.Kolibri/data/kolibri")
    homes.make_home(other, "demo-0.16")
    stage.start()
    wait_for(stage.program.row_names, message="the list")
    stage.picture("23-other-folders")
    stage.act("win.homes")
    wait_for(lambda: stage.program.all("dialog"), message="the folders")
    stage.picture("24-data-folders")
    shutil.rmtree(other)
    old = [os.path.join(stage.home, "backups", "db-v0.9.%d_2018-05-01_10-11-12.dump" % n) for n in (3, 4)]
    for path in old:
        shutil.copy(homes.add_kolibri_dump(stage.home, "demo-0.19", NEW), path)
    stage.start()
    wait_for(stage.program.row_names, message="the list")
    stage.picture("25-in-danger")
    for path in old:
        os.remove(path)


def many(stage):
    for i in range(60):
        day = "2026-%02d-%02d_08-30-%02d" % (1 + i // 28, 1 + i % 28, i % 60)
        homes.add_kolibri_dump(stage.home, "demo-0.16", day)
    stage.start()
    wait_for(stage.program.row_names, message="the list")
    stage.act("win.find")
    stage.picture("22-many")


@contextlib.contextmanager
def window_manager():
    manager = subprocess.Popen(["openbox"], stderr=subprocess.DEVNULL) if shutil.which("openbox") else None
    try:
        yield
    finally:
        if manager is not None:
            manager.terminate()
            manager.wait()


def all_states(build, folder):
    for dress, env in DRESSES.items():
        stage = Stage(build, os.path.join(folder, dress), env)
        try:
            for part in (first_run, with_backups, dialogs, restored, trouble, data_folders, many):
                part(stage)
        finally:
            stage.end()


def languages(build, folder, codes):
    for code in codes:
        stage = Stage(build, os.path.join(folder, code), {"LANGUAGE": code})
        try:
            homes.make_home(stage.home, "demo-0.19")
            homes.add_kolibri_dump(stage.home, "demo-0.16")
            homes.add_kolibri_dump(stage.home, "demo-0.19", NEW)
            stage.start()
            wait_for(stage.program.row_names, message="the list")
            stage.picture("window")
            stage.act("win.restore")
            wait_for(lambda: stage.program.all("dialog"), message="the question")  # noqa: B023
            stage.picture("restore")
        finally:
            stage.end()


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    with window_manager():
        if len(sys.argv) == 3:
            all_states(*sys.argv[1:])
        else:
            languages(sys.argv[1], sys.argv[2], sys.argv[3:])
