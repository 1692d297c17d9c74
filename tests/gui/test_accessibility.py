#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""For everyone: every control has a name, the keyboard comes everywhere and never gets lost, and no
window is too wide for a small screen, in no language."""

import glob
import os
import shutil
import sqlite3
import subprocess
import time

from journey import HERE, LOCALE, Atspi, JourneyCase, has_state, homes, press_keys, wait_for, walk

import drives  # noqa: E402  (journey has set the path)
import pseudo
import tap  # noqa: E402

CLI = os.environ["KB_CLI"]
SIZES = os.environ["KB_SIZES_LIB"]
TOP = os.path.join(HERE, "..", "..")
LINGUAS = os.path.join(TOP, "po", "LINGUAS")
APP_ID = "io.github.kolibri_backup.KolibriBackup"
APP_PATH = "/io/github/kolibri_backup/KolibriBackup"
WIDEST = {"1": 600, "2": 1000}  # by the size of the text
PSEUDO = "xx"
# GTK 3 gives fillers, panels, viewports, scroll bars and separators no name, and none is missed.
CONTROLS = {
    "alert", "check box", "check menu item", "combo box", "dialog", "entry", "frame", "list item",
    "menu item", "password text", "progress bar", "push button", "radio button", "slider", "spin button", "text",
    "toggle button",
}  # fmt: skip
FIELDS = {"combo box", "entry", "spin button", "text"}
NO_ROLES = {"", "invalid", "unknown"}


def get_label(node):
    """The label that is tied to a field."""
    for relation in node.get_relation_set():
        if relation.get_relation_type() == Atspi.RelationType.LABELLED_BY:
            return relation.get_target(0).get_name()
    return None


# Long words, a script from the right, tall letters; the suite "slow" has all.
SOME_LANGUAGES = ("en", "de", "ar", "my")


class ForEveryone(JourneyCase):
    def write_damaged(self):
        path = self.sandbox.file("db-v0.19.5_2026-05-05_10-11-12.dump")
        with open(path, "w", encoding="utf-8") as f:
            f.write(homes.fixture_sql("0.19")[:400000])
        return path

    def act(self, name, window=True):
        """Activates an action, as a shell of the desktop does: in every language."""
        path = APP_PATH + ("/window/1" if window else "")
        method = ["--method", "org.gtk.Actions.Activate", name, "[]", "{}"]
        command = ["gdbus", "call", "--session", "--dest", APP_ID, "--object-path", path, *method]
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)

    def unfold_details(self):
        """Whatever they are called."""
        bar = self.program.find("alert")
        fold = wait_for(lambda: next((n for n in walk(bar) if n.get_role_name() == "toggle button"), None))
        fold.get_action_iface().do_action(0)
        wait_for(lambda: has_state(fold, Atspi.StateType.EXPANDED), message="the details")

    def begin_backup_at_gate(self):
        self.act("backup")
        wait_for(lambda: glob.glob(self.backups("protected", "*.part")), message="a part")


class TestNames(ForEveryone):
    """The accessibility gate."""

    def setUp(self):
        super().setUp()
        self.walked, self.problems = 0, []

    def look(self, where):
        """Looks at every control that is shown now."""
        time.sleep(0.4)  # what unfolds has unfolded
        found = 0
        for node in self.program.all():
            role = node.get_role_name()
            if role in NO_ROLES:
                self.problems.append("%s: %r has no role" % (where, node.get_name()))
            if role not in CONTROLS:
                continue
            found += 1
            if not (node.get_name() or get_label(node) or "").strip():
                self.problems.append("%s: a %s without a name, in %r" % (where, role, self.path_of(node)))
            if role in FIELDS and not (get_label(node) or node.get_name()):
                self.problems.append("%s: a %s without a label" % (where, role))
        print("# %s: %d controls" % (where, found))
        self.walked += found

    def path_of(self, node):
        names = []
        while node is not None and node.get_role_name() != "application":
            names.insert(0, "%s “%s”" % (node.get_role_name(), node.get_name()))
            node = node.get_parent()
        return names

    def look_at_dialog(self, keys, title, role="dialog"):
        if keys:
            press_keys(*keys)
        self.wait_active(role, title)
        self.look(title)
        press_keys("Escape")
        self.wait_gone(role, title)
        self.wait_active()

    def look_at_popup(self, where, item, begin):
        begin()
        wait_for(lambda: self.is_shown(item), message=item)
        self.look(where)
        press_keys("Escape")
        time.sleep(0.3)

    def test_every_control_has_a_name(self):
        self.look_when_empty()
        self.look_with_backups()
        self.look_while_working()
        self.look_at_an_error()
        print("# %d controls walked" % self.walked)
        self.assertEqual(self.problems, [], "\n" + "\n".join(self.problems))
        self.assertGreater(self.walked, 300)

    def look_when_empty(self):
        self.start()
        self.program.wait_text("No Kolibri data found")
        self.look("no Kolibri")
        self.program.stop()
        self.make_home(old_dump=False)
        self.start()
        self.program.wait_text("No backup yet")
        self.look("no backup yet")
        self.program.stop()

    def look_with_backups(self):
        for when in range(1, 8):  # enough for the search to be shown
            homes.add_kolibri_dump(self.home, "0.16", "2026-05-0%d_10-11-12" % when)
        program = self.start()
        program.wait_text("getting old")
        self.wait_active()
        self.look("with backups")
        self.plug_in()
        for keys, title in (("ctrl+r", "Restore a Backup"), ("ctrl+i", "Inside"), ("F2", "Note"),
                            ("ctrl+u", "Copy a Backup"), ("ctrl+comma", "Preferences")):
            self.look_at_dialog([keys], title)
        self.act("homes")
        self.look_at_dialog([], "Data Folders")
        for action, title in (("guide-upgrade", "Before You Upgrade"), ("guide-downgrade", "Go Back to an Older")):
            self.act(action)
            wait_for(lambda: self.program.all(name="Step 1 of "), message="the steps")
            self.look_at_dialog([], title)
        self.look_at_dialog(["F1"], "Help", role="frame")
        self.look_at_popup("main menu", "Preferences", lambda: press_keys("F10"))
        self.look_at_popup("More menu", "Note…", lambda: program.press("More", role="toggle button"))
        self.look_at_popup("shortcuts", "Write a note", lambda: press_keys("ctrl+question"))
        self.look_at_popup("about", "Backs up Kolibri", lambda: self.act("about", window=False))
        program.rows()[0].get_component_iface().grab_focus()
        self.look_at_popup("context menu", "Note…", lambda: press_keys("shift+F10"))
        self.look_at_undo(program)
        program.stop()

    def plug_in(self):
        """A drive in the copy dialog, where one may be mounted."""
        if os.geteuid() == 0:
            place = drives.make_place(self)
            self.addCleanup(drives.Memory(self, 8 * drives.MIB, place).unmount)

    def look_at_undo(self, program):
        program.press("Restore…")
        self.answer("Restore a Backup", "Restore")
        program.wait_text("Restored the backup")
        self.look("after a restore")
        program.press("Undo")
        self.wait_active("dialog", "Undo a Restore")
        self.look("undo")
        press_keys("Escape")
        self.wait_gone("dialog", "Undo a Restore")

    def look_while_working(self):
        gate = self.sandbox.file("gate")
        program = self.start(env={"KB_WATCH_GATE": gate})
        program.wait_rows(1) if len(program.rows()) == 1 else wait_for(program.rows, message="rows")
        self.begin_backup_at_gate()
        self.look("working")
        self.wait_active()
        press_keys("alt+F4")
        program.find("alert")
        self.look("close question")
        press_keys("Escape")
        with open(gate, "w"):
            pass
        program.wait_text("Backed up and checked")
        self.look("after a backup")
        program.stop()

    def look_at_an_error(self):
        program = self.start(self.write_damaged())
        program.wait_text("This backup is damaged or incomplete.")
        self.unfold_details()
        self.look("error with details")


class TestFocus(ForEveryone):
    def tab_walk(self, key="Tab", limit=60):
        """What has the keyboard, one after the other, until it is the first one again."""
        seen = []
        for _ in range(limit):
            what = self.name_focused(seen)
            if seen and what == seen[0]:
                return seen
            self.assertNotEqual(seen[-1:], [what], "%s got stuck" % key)
            seen.append(what)
            press_keys(key)
            time.sleep(0.05)
        return self.fail("%s never comes back: %s" % (key, seen))

    def name_focused(self, seen):
        node = self.focused()
        if node is None:  # the button in a combo box is not told to anybody
            self.assertTrue([n for n in self.program.all("combo box")], "after %s nothing has the keyboard" % seen[-1:])
            self.wait_active("dialog")
            return ("combo box", None)
        return (node.get_role_name(), node.get_name() or get_label(node))

    def test_tab_goes_round_the_window(self):
        self.make_home()
        program = self.start()
        program.wait_rows(1)
        self.wait_active()
        wait_for(self.focused, message="something with the keyboard")
        first = self.focused().get_name()
        self.assertIn(first, ("Back Up Now", program.row_names()[0]))
        seen = self.tab_walk()
        names = [name for _, name in seen]
        for name in ("Open…", "Menu", "Back Up Now", "See Inside", "Copy to USB Drive…", "More", "Restore…"):
            self.assertIn(name, names)
        self.assertTrue(any(role == "list item" for role, _ in seen))
        self.assertLess(names.index("See Inside"), names.index("Restore…"), "in the order of reading")
        self.assertCountEqual(self.tab_walk("shift+Tab"), seen)

    def test_tab_goes_round_every_dialog(self):
        self.make_home()
        program = self.start()
        program.wait_rows(1)
        self.wait_active()
        first = {"ctrl+r": "Cancel", "ctrl+i": "Close", "F2": "_", "ctrl+u": "", "ctrl+comma": ""}
        for keys, wanted in first.items():
            press_keys(keys)
            dialog = self.wait_active("dialog")
            wait_for(self.focused, message="the keyboard in " + dialog.get_name())
            if wanted not in ("", "_"):
                self.assertEqual(self.focused().get_name(), wanted)
            elif wanted == "_":
                self.assertEqual(self.focused().get_role_name(), "text")
            title = dialog.get_name()
            self.assertGreater(len(self.tab_walk()), 1, title)
            press_keys("Escape")
            self.wait_gone("dialog", title)
            self.wait_active()


class TestWidth(ForEveryone):
    """What GTK says that a window needs at least."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with open(LINGUAS, encoding="utf-8") as f:
            every = ["en"] + f.read().split()
        cls.languages = every if "KB_EVERY_LANGUAGE" in os.environ else SOME_LANGUAGES

    def prepare(self):
        """A data folder with all that a list may show."""
        self.make_home()
        self.run_cli("backup", "--note", "before the exams of the upper classes")
        self.run_cli("restore", "--yes", glob.glob(self.backups("db-v0.16*"))[0])
        self.damaged = self.write_damaged()
        self.whole = self.sandbox.file("whole")
        shutil.copytree(self.home, self.whole)

    def run_cli(self, *words):
        env = dict(self.sandbox.env)
        del env["LD_PRELOAD"]
        subprocess.run([CLI, "--home", self.home, *words], env=env, stdout=subprocess.DEVNULL, check=True)

    def make_locale(self):
        source = pseudo.collect_messages(TOP, "kolibri-backup", self.sandbox.path)
        pseudo.make_catalogue(source, self.sandbox.file("po"), PSEUDO)
        return self.sandbox.file("po")

    def begin(self, language, scale, locale_dir, *args):
        self.log = self.sandbox.file("sizes")
        if os.path.exists(self.log):
            os.remove(self.log)
        env = {"LANGUAGE": language, "GDK_DPI_SCALE": scale, "KB_LOCALE_DIR": locale_dir,
               "GTK_MODULES": SIZES, "KB_SIZES_LOG": self.log, "KB_WATCH_GATE": self.sandbox.file("gate")}
        return self.start(*args, env=env)

    def sizes(self):
        try:
            with open(self.log, encoding="utf-8") as f:
                return [tuple(line.split("\t")) for line in f.read().splitlines()]
        except FileNotFoundError:
            return []

    def wait_window(self, kind, n=1):
        wait_for(
            lambda: sum(size[1] == kind for size in self.sizes()) >= n,
            message=lambda: "%d %s; there are %s" % (n, kind, self.sizes()),
        )

    def measure(self, language, scale, locale_dir=LOCALE):
        """Opens all windows at once, and returns how wide each has to be."""
        shutil.rmtree(self.home)
        os.makedirs(self.home)
        found = dict(self.measure_empty(language, scale, locale_dir))
        shutil.rmtree(self.home)
        shutil.copytree(self.whole, self.home)
        program = self.begin(language, scale, locale_dir, self.damaged)
        self.unfold_details()
        self.collect(found)
        self.measure_working(found)
        for action, kind in (("note", "KbNoteDialog"), ("copy", "KbCopyDialog"), ("inside", "KbInsideDialog"),
                             ("homes", "KbHomesDialog")):
            self.act(action)
            self.wait_window(kind)
        for action, kind in (("preferences", "KbPreferences"), ("help", "KbHelp"), ("about", "GtkAboutDialog")):
            self.act(action, window=False)
            self.wait_window(kind)
        for number, action in enumerate(("undo", "restore"), 1):
            self.act(action)
            self.wait_window("KbRestoreDialog", number)
        self.act("show-help-overlay")
        self.wait_window("GtkShortcutsWindow")
        self.collect(found)
        program.process.kill()
        program.stop()
        return found

    def measure_working(self, found):
        """The question before closing, and work under way; then the work goes on."""
        gate = self.sandbox.file("gate")
        self.begin_backup_at_gate()
        self.act("quit", window=False)
        self.wait_window("GtkMessageDialog")
        self.collect(found)
        question = wait_for(self.top_level_alert, message="the question")
        stay = wait_for(lambda: next((n for n in walk(question) if n.get_role_name() == "push button"), None))
        stay.get_action_iface().do_action(0)
        with open(gate, "w"):
            pass
        wait_for(lambda: len(glob.glob(self.backups("protected", "*.dump"))) == 2, message="the backup")
        wait_for(lambda: not self.program.all("progress bar"), message="the end of the work")
        os.remove(gate)

    def top_level_alert(self):
        alerts = self.program.all("alert")
        return next((n for n in alerts if n.get_parent().get_role_name() == "application"), None)

    def measure_empty(self, language, scale, locale_dir):
        with open(os.path.join(self.home, "db.sqlite3"), "w"):
            pass
        self.begin(language, scale, locale_dir)
        self.wait_window("KbWindow")
        time.sleep(0.5)
        found = {("KbWindow", "empty"): int(self.sizes()[0][0])}
        self.program.stop()
        return found

    def collect(self, found):
        time.sleep(0.3)  # the newest line
        for width, kind, title in self.sizes():
            found[kind, title] = max(int(width), found.get((kind, title), 0))

    def assert_narrow(self, language, found, scale):
        print("# %s, text × %s: %s" % (language, scale, ", ".join("%s %d" % (k[0], w) for k, w in found.items())))
        wide = {key: width for key, width in found.items() if width > WIDEST[scale]}
        self.assertEqual(wide, {}, "%s, text × %s" % (language, scale))
        self.assertGreaterEqual(len(found), 12)

    def test_no_window_is_too_wide(self):
        self.prepare()
        for scale in WIDEST:
            for language in self.languages:
                with self.subTest(language=language, scale=scale):
                    self.assert_narrow(language, self.measure(language, scale), scale)

    def test_no_window_is_too_wide_for_long_words(self):
        self.prepare()
        locale_dir = self.make_locale()
        for scale in WIDEST:
            with self.subTest(scale=scale):
                self.assert_narrow("long words", self.measure(PSEUDO, scale, locale_dir), scale)


if __name__ == "__main__":
    tap.main()
