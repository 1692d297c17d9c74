# SPDX-License-Identifier: MIT
"""What all journeys through the window have in common: real files, real keys, and the preload that
writes down whatever the main thread does to the data folder."""

import os
import shutil
import subprocess
import sys
import time
import unittest

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")]
import homes  # noqa: E402
from driver import Atspi, Program, is_sensitive, wait_for, walk  # noqa: E402

WINDOW = os.environ["KB_WINDOW"]
WATCH = os.environ["KB_WATCH_LIB"]
SCHEMAS = os.environ["KB_SCHEMAS"]
LOCALE = os.environ["KB_LOCALE_DIR"]
HERE = os.path.dirname(os.path.abspath(__file__))
ITEM_ROLES = ("menu item", "check menu item", "push button", "check box", "toggle button")


def press_keys(*keys):
    """Real key events, to whatever has the keyboard."""
    subprocess.run(["xdotool", "key", "--delay", "40", *keys], check=True)


def type_text(text):
    subprocess.run(["xdotool", "type", "--delay", "20", text], check=True)


def has_state(node, state):
    return node.get_state_set().contains(state)


class JourneyCase(unittest.TestCase):
    """A desktop with a window manager, a data folder, and a window that is watched."""

    @classmethod
    def setUpClass(cls):
        for tool in ("openbox", "xdotool"):
            if shutil.which(tool) is None:
                raise unittest.SkipTest("%s is not installed" % tool)
        cls.manager = subprocess.Popen(["openbox"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    @classmethod
    def tearDownClass(cls):
        cls.manager.terminate()
        cls.manager.wait()

    def setUp(self):
        self.sandbox = homes.Sandbox()
        self.addCleanup(self.sandbox.remove)
        self.home = self.sandbox.file("home")
        self.calls = self.sandbox.file("calls")
        self.programs = []
        self.sandbox.env.update(
            GSETTINGS_SCHEMA_DIR=SCHEMAS,
            GSETTINGS_BACKEND="keyfile",
            G_DEBUG="fatal-warnings",
            KB_LOCALE_DIR=LOCALE,
            LD_PRELOAD=WATCH,
            KB_WATCH_DIR=self.home,
            KB_WATCH_LOG=self.calls,
        )

        self.set_up_chooser()

    def set_up_chooser(self):
        """The file chooser begins in a folder: among the files used last, none can be chosen."""
        folder = os.path.join(self.sandbox.user, "config", "glib-2.0", "settings")
        os.makedirs(folder)
        with open(os.path.join(folder, "keyfile"), "w") as f:
            f.write("[org/gtk/settings/file-chooser]\nstartup-mode='cwd'\n")

    def tearDown(self):
        for program in self.programs:
            if program.process.poll() is None:
                program.screenshot("journey-%s" % self.id().split(".")[-1])
            program.stop()
        for program in self.programs:
            messages = program.messages()
            self.assertNotIn("CRITICAL", messages)
            self.assertNotIn("WARNING", messages)
        if self.programs:
            self.check_calls()

    def check_calls(self):
        """The main thread makes no SQLite, file or network call, in no journey."""
        with open(self.calls) as f:
            calls = f.read().splitlines()
        self.assertTrue(any(call.startswith("worker open") for call in calls), "nothing was watched")
        self.assertEqual([call for call in calls if call.startswith("main")], [])

    # the data folder

    def make_home(self, fixture="0.19", old_dump=True):
        homes.make_home(self.home, fixture)
        if old_dump:
            homes.add_kolibri_dump(self.home, "0.16")

    def backups(self, *names):
        return os.path.join(self.home, "backups", *names)

    def content(self):
        found = homes.digest(self.home)
        return found["db"], found[".data_version"]

    # the window

    def start(self, *args, **keywords):
        for earlier in self.programs:  # whoever has ended by itself: its desktop, too
            earlier.stop()
        program = Program(WINDOW, self.sandbox, ["--home", self.home, *args], **keywords)
        self.programs.append(program)
        self.program = program
        return program

    def wait_active(self, role="frame", name=""):
        """Waits until the keyboard is with a window, and returns that."""
        return wait_for(
            lambda: next((n for n in self.program.all(role, name) if has_state(n, Atspi.StateType.ACTIVE)), None),
            message="a %s “%s” with the keyboard" % (role, name),
        )

    def focused(self):
        """What has the keyboard, in the window that has it."""
        for window in self.program.all():
            if window.get_role_name() in ("frame", "dialog", "alert", "file chooser", "window") and has_state(
                window, Atspi.StateType.ACTIVE
            ):
                for node in walk(window):
                    if has_state(node, Atspi.StateType.FOCUSED) and node != window:
                        return node
        return None

    def find_in(self, window, role, name):
        """The control of a window with exactly that name."""
        return wait_for(
            lambda: next((n for n in walk(window) if n.get_role_name() == role and n.get_name() == name), None),
            message="a %s “%s” in “%s”" % (role, name, window.get_name()),
        )

    def answer(self, title, name, role="dialog"):
        """Presses a button of a dialog."""
        dialog = self.program.find(role, title)
        button = self.find_in(dialog, "push button", name)
        wait_for(lambda: is_sensitive(button), message=name)
        button.get_action_iface().do_action(0)

    def wait_gone(self, role, name):
        wait_for(lambda: not self.program.all(role, name), message="“%s” to go" % name)

    def wait_row(self, *words):
        """Waits for a row that says all that, and returns its name."""
        return wait_for(
            lambda: next((n for n in self.program.row_names() if all(w in n for w in words)), None),
            message=lambda: "a row with %s; there are %s" % (words, self.program.row_names()),
        )

    def is_shown(self, text):
        return any(text in shown for shown in self.program.texts())

    def choose_file(self, path, accept, title=""):
        """Types a path into the file chooser of GTK, as who knows it would."""
        chooser = self.wait_active("file chooser", title)
        if not self._location_entries(chooser):
            press_keys("ctrl+l")
        entry = wait_for(lambda: next(iter(self._location_entries(chooser)), None), message="the place to type into")
        entry.get_editable_text_iface().set_text_contents(path)
        time.sleep(0.2)  # it looks up what was typed
        button = self.find_in(chooser, "push button", accept)
        if not is_sensitive(button):  # a folder is opened first
            press_keys("Return")
        wait_for(lambda: is_sensitive(button), message=accept)
        button.get_action_iface().do_action(0)
        self.wait_gone("file chooser", title)

    def _location_entries(self, chooser):
        return [
            node
            for node in walk(chooser)
            if node.get_role_name() == "text" and has_state(node, Atspi.StateType.SHOWING)
        ]
