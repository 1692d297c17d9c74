# SPDX-License-Identifier: MIT
"""Drives the real window through AT-SPI, as a person with a screen reader would.

Runs within `xvfb-run -a dbus-run-session`; needs Debian's python3-gi and AT-SPI typelib.
"""

import os
import subprocess
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

TIMEOUT_S = 30


def wait_for(what, timeout=TIMEOUT_S, message=None):
    """Calls what() until it gives something true, and returns that."""
    end = time.monotonic() + timeout
    while True:
        try:
            result = what()
        except GLib.Error:  # a widget that has just gone
            result = None
        if result:
            return result
        if time.monotonic() > end:
            raise AssertionError("waited %d s for %s" % (timeout, message() if callable(message) else message or what))
        time.sleep(0.05)


def walk(node):
    """Every accessible below and with node, the shown and the hidden ones."""
    if node is None:
        return
    yield node
    try:
        children = [node.get_child_at_index(i) for i in range(node.get_child_count())]
    except GLib.Error:  # it has just gone
        return
    for child in children:
        yield from walk(child)


def is_showing(node):
    states = node.get_state_set()
    return states.contains(Atspi.StateType.SHOWING) and states.contains(Atspi.StateType.VISIBLE)


def is_sensitive(node):
    return node.get_state_set().contains(Atspi.StateType.SENSITIVE)


class Desktop:
    """What a desktop has beside windows: here, a service for notifications."""

    def __init__(self, folder):
        self.path = os.path.join(folder, "notifications")
        with open(self.path, "wb") as out:
            service = os.path.join(os.path.dirname(os.path.abspath(__file__)), "notifications.py")
            self.process = subprocess.Popen(["/usr/bin/python3", service], stdout=out, stderr=subprocess.DEVNULL)
        try:
            wait_for(lambda: "ready" in self.notifications(), message="the notification service")
        except AssertionError:
            self.stop()
            raise

    def notifications(self):
        with open(self.path, encoding="utf-8") as f:
            return f.read().splitlines()

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


class Program:
    """The window program, running. `stop` ends it, `text` is all that it shows."""

    def __init__(self, executable, sandbox, args, env=None, language="C.UTF-8"):
        self.sandbox = sandbox
        environment = dict(sandbox.env, LANG=language, NO_AT_BRIDGE="0", GTK_MODULES="")
        environment.update(env or {})
        environment["XDG_RUNTIME_DIR"] = sandbox.env["XDG_RUNTIME_DIR"]
        self.desktop = Desktop(sandbox.path)
        self.log = open(sandbox.file("program.log"), "ab")
        self.process = subprocess.Popen([executable] + args, env=environment, stdout=self.log, stderr=self.log)
        self.application = wait_for(self._find, message="the program on the accessibility bus")

    def _find(self):
        if self.process.poll() is not None:
            raise AssertionError("the program ended with %s: %s" % (self.process.returncode, self.messages()))
        desktop = Atspi.get_desktop(0)
        for i in range(desktop.get_child_count()):
            child = desktop.get_child_at_index(i)
            if child is not None and child.get_process_id() == self.process.pid:
                return child if child.get_child_count() > 0 else None
        return None

    def messages(self):
        with open(self.log.name, encoding="utf-8", errors="replace") as f:
            return f.read()

    def all(self, role=None, name=None, showing=True):
        return [node for node in walk(self.application) if self._matches(node, role, name, showing)]

    def _matches(self, node, role, name, showing):
        try:
            return (
                (role is None or node.get_role_name() == role)
                and (name is None or name in (node.get_name() or ""))
                and (not showing or is_showing(node))
            )
        except GLib.Error:  # it has just gone
            return False

    def find(self, role, name=None, timeout=TIMEOUT_S):
        return wait_for(
            lambda: next(iter(self.all(role, name)), None), timeout, "a %s with “%s” in its name" % (role, name)
        )

    def texts(self):
        return self.names(self.all())

    def names(self, nodes):
        found = []
        for node in nodes:
            try:
                found.append(node.get_name() or "")
            except GLib.Error:
                continue
        return [name for name in found if name]

    def wait_text(self, text, timeout=TIMEOUT_S):
        wait_for(
            lambda: any(text in shown for shown in self.texts()),
            timeout,
            lambda: "“%s” to be shown; shown is: %s" % (text, self.texts()),
        )

    def press(self, name, role="push button"):
        button = self.find(role, name)
        wait_for(lambda: is_sensitive(button), message="“%s” to be sensitive" % name)
        assert button.get_action_iface().do_action(0), name

    def choose(self, name, menu="More"):
        """Chooses an item of the menu below the list, or of another."""
        self.press(menu, "toggle button")
        item = wait_for(
            lambda: next((n for n in self.all(name=name) if "menu item" in n.get_role_name() or n.get_role_name() == "push button"), None),
            message="“%s” in the menu; shown is %s" % (name, [(n.get_role_name(), n.get_name()) for n in self.all()]),
        )
        wait_for(lambda: is_sensitive(item), message="“%s” to be sensitive" % name)
        assert item.get_action_iface().do_action(0), name

    def rows(self):
        """The rows of the list of backups; the cells of a flow box are list items, too."""
        return [node for node in self.all("list item") if self._parent_role(node) == "list box"]

    def _parent_role(self, node):
        try:
            return node.get_parent().get_role_name()
        except (GLib.Error, AttributeError):
            return None

    def row_names(self):
        return self.names(self.rows())

    def wait_rows(self, n):
        """Waits until the list has so many rows, and returns what they say."""
        wait_for(lambda: len(self.row_names()) == n, message=lambda: "%d rows; there are %s" % (n, self.row_names()))
        return self.row_names()

    def select(self, name):
        """Selects the row that says so, as the arrow keys would."""
        row = wait_for(lambda: next((r for r in self.rows() if name in r.get_name()), None), message=name)
        row.get_parent().get_selection_iface().select_child(row.get_index_in_parent())

    def close_window(self):
        """Presses the cross of the header bar."""
        self.press("Close")

    def screenshot(self, name):
        folder = os.environ.get("KB_SCREENSHOTS")
        if folder:
            os.makedirs(folder, exist_ok=True)
            subprocess.run(["import", "-window", "root", os.path.join(folder, name + ".png")], check=False)

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(20)
        self.desktop.stop()
        self.log.close()
