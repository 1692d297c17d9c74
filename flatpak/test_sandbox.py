#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The installed Flatpak: the main job, and what is different in a sandbox. Run by test.sh.

Usage, as an ordinary user within xvfb-run and dbus-run-session: test_sandbox.py PICTURE
"""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import unittest

APP = "io.github.kolibri_backup.KolibriBackup"
KOLIBRI = "org.learningequality.Kolibri"
HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.join(HERE, "..", "tests")
sys.path[:0] = [TESTS, os.path.join(TESTS, "gui")]

import homes  # noqa: E402
import tap  # noqa: E402
from driver import Atspi, Program, wait_for  # noqa: E402

EXIT_PERMISSION = 9
EXIT_BUSY = 4
ANIMATION_S = 1
PICTURE = sys.argv.pop(1) if len(sys.argv) > 1 else None
ANSWERS = "SELECT count(*) FROM logger_attemptlog"


class Window(Program):
    """The program in the sandbox: `flatpak run` is its parent, and it has another number in there."""

    def _find(self):
        if self.process.poll() is not None:
            raise AssertionError("the program ended with %s: %s" % (self.process.returncode, self.messages()))
        desktop = Atspi.get_desktop(0)
        for i in range(desktop.get_child_count()):
            child = desktop.get_child_at_index(i)
            if child is not None and child.get_name() == APP and child.get_child_count() > 0:
                return child
        return None


class SandboxCase(unittest.TestCase):
    def setUp(self):
        """A user of its own, whose Flatpaks are those of who runs this."""
        self.sandbox = homes.Sandbox()
        self.addCleanup(self.sandbox.remove)
        self.user = self.sandbox.user
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("KOLIBRI_", "XDG_DATA", "XDG_C"))}
        self.env.update(HOME=self.user, LC_ALL="C.UTF-8")
        self.env.pop("LANGUAGE", None)
        self.home = os.path.join(self.user, ".kolibri")

    def command(self, *words, options=()):
        return ["flatpak", "run", *options, "--command=kolibri-backup", APP, *words]

    def run_cli(self, *words, options=(), code=0):
        done = subprocess.run(
            self.command(*words, options=options), env=self.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            encoding="utf-8", timeout=120, check=False,
        )
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def run_json(self, *words, **options):
        return json.loads(self.run_cli("--json", *words, **options).stdout)

    def open_window(self, *words, options=()):
        self.sandbox.env = self.env
        wrapper = self.sandbox.file("window")
        with open(wrapper, "w", encoding="utf-8") as f:
            f.write('#!/bin/sh\nexec flatpak run %s %s "$@"\n' % (" ".join(options), APP))
        os.chmod(wrapper, 0o755)
        program = Window(wrapper, self.sandbox, list(words))
        self.addCleanup(self.close_window, program)
        return program

    def close_window(self, program):
        subprocess.run(["flatpak", "kill", APP], env=self.env, check=False)
        program.stop()


class TestMainJob(SandboxCase):
    def test_back_up_and_restore(self):
        homes.make_home(self.home, "0.19")
        rows = homes.query(self.home, ANSWERS)
        self.run_cli("backup", "--note", "before the upgrade")
        self.assertEqual(len(self.run_json("list")["backups"]), 1)
        with sqlite3.connect(os.path.join(self.home, "db.sqlite3")) as db:
            db.execute("DELETE FROM logger_attemptlog")
        db.close()
        self.assertEqual(homes.query(self.home, ANSWERS), [(0,)])
        self.run_cli("restore", "--latest", "--yes")
        self.assertEqual(homes.query(self.home, ANSWERS), rows)
        self.run_cli("undo", "--yes")
        self.assertEqual(homes.query(self.home, ANSWERS), [(0,)])
        self.assertEqual(homes.leftovers(self.home), [])

    def test_kolibri_that_is_a_flatpak(self):
        home = os.path.join(self.user, ".var", "app", KOLIBRI, "data", "kolibri")
        homes.make_home(home, "0.19")
        status = self.run_json("status")
        self.assertEqual(status["home"], home)
        self.assertIn("flatpak", [found["installation"] for found in status["homes"] if found["path"] == home])
        self.run_cli("backup")
        self.assertEqual(len(os.listdir(os.path.join(home, "backups", "protected"))), 2)

    def test_window(self):
        homes.make_home(self.home, "demo-0.19")
        homes.add_kolibri_dump(self.home, "demo-0.16")
        program = self.open_window()
        program.wait_rows(1)
        program.press("Back Up Now")
        program.wait_rows(2)
        program.wait_text("Backed up and checked")
        if PICTURE is not None:
            Atspi.generate_mouse_event(990, 750, "abs")
            time.sleep(ANIMATION_S)
            subprocess.run(["import", "-window", "root", "-trim", "+repage", PICTURE], check=True)
        self.assertEqual(homes.leftovers(self.home), [])


class TestSandbox(SandboxCase):
    """Each is a fact that was seen to be so, and what the program makes of it."""

    def make_elsewhere(self):
        path = os.path.join(self.user, "elsewhere")
        homes.make_home(path, "0.19")
        return path

    def assert_refused(self, path, *words, options=()):
        before = homes.digest(path)
        done = self.run_cli("--home", path, *words, options=options, code=EXIT_PERMISSION)
        self.assertIn("has not been allowed to use this folder", done.stderr)
        self.assertIn("Your Kolibri data has not been", done.stderr)
        self.assertEqual(homes.digest(path), before)

    def test_folder_that_is_not_granted(self):
        path = self.make_elsewhere()
        self.assert_refused(path, "status")
        self.assert_refused(path, "backup")
        self.run_cli("--home", path, "backup", options=["--filesystem=" + path])

    def test_grant_that_was_revoked(self):
        """Inside, ~/.kolibri is an empty folder in memory then: a restore there would vanish."""
        homes.make_home(self.home, "0.19")
        name = os.path.basename(self.run_json("backup")["path"])
        revoked = ["--nofilesystem=~/.kolibri"]
        self.assert_refused(self.home, "restore", "--yes", name, options=revoked)
        self.assert_refused(self.home, "backup", options=revoked)

    def test_window_without_the_grant(self):
        homes.make_home(self.home, "0.19")
        before = homes.digest(self.home)
        program = self.open_window(options=["--nofilesystem=~/.kolibri"])
        program.wait_text("has not been allowed to use this folder")
        self.assertNotIn("Back Up Now", program.texts())
        self.assertEqual(homes.digest(self.home), before)

    def test_grant_to_read_only(self):
        homes.make_home(self.home, "0.19")
        before = homes.digest(self.home)
        done = subprocess.run(
            self.command("backup", options=["--nofilesystem=~/.kolibri", "--filesystem=~/.kolibri:ro"]),
            env=self.env, stderr=subprocess.PIPE, encoding="utf-8", check=False,
        )
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("Your Kolibri data has not been", done.stderr)
        self.assertEqual(homes.digest(self.home), before)

    def test_home_that_is_a_link_to_another_folder(self):
        """Flatpak grants where the link leads at the start, or the folder stays invisible: never half."""
        path = self.make_elsewhere()
        os.symlink(path, self.home)
        before = homes.digest(path)
        done = subprocess.run(
            self.command("backup"), env=self.env, stderr=subprocess.PIPE, encoding="utf-8", check=False
        )
        if done.returncode == 0:
            self.assertEqual(len([n for n in os.listdir(os.path.join(path, "backups")) if n.endswith(".dump")]), 1)
        else:
            self.assertIn("has not been allowed to use this folder", done.stderr)
            self.assertEqual(homes.digest(path), before)

    def start_server(self):
        server = subprocess.Popen(
            [sys.executable, os.path.join(TESTS, "gui", "status_server.py"), self.home, "kolibri"],
            stdout=subprocess.PIPE,
        )
        self.addCleanup(server.stdout.close)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        server.stdout.readline()
        return server

    def test_processes_of_the_host_are_invisible(self):
        """What answers on loopback runs; where nothing does, nobody says that Kolibri is stopped."""
        homes.make_home(self.home, "0.19")
        server = self.start_server()
        seen = subprocess.run(
            ["flatpak", "run", "--command=ls", APP, "/proc/%d" % server.pid],
            env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
        )
        self.assertNotEqual(seen.returncode, 0)
        self.assertEqual(self.run_json("status")["server"], "running")
        self.run_cli("backup")
        before = homes.digest(self.home)
        self.run_cli("restore", "--latest", "--yes", code=EXIT_BUSY)
        self.assertEqual(homes.digest(self.home), before)
        server.send_signal(signal.SIGSTOP)
        self.addCleanup(server.send_signal, signal.SIGCONT)
        self.assertNotEqual(self.run_json("status")["server"], "stopped")

    def test_locks_of_the_host_count(self):
        homes.make_home(self.home, "0.19")
        self.run_cli("backup")
        db = sqlite3.connect(os.path.join(self.home, "db.sqlite3"), isolation_level=None)
        self.addCleanup(db.close)
        db.execute("SELECT count(*) FROM django_migrations").fetchone()
        before = homes.digest(self.home)
        self.run_cli("restore", "--latest", "--yes", code=EXIT_BUSY)
        self.assertEqual(homes.digest(self.home), before)

    def test_no_portal_for_files(self):
        """There is none in this session: GTK's own dialog comes in its place."""
        homes.make_home(self.home, "0.19")
        program = self.open_window()
        program.press("Create Your First Backup")
        program.wait_text("Backed up and checked")
        program.press("Open…")
        program.find("file chooser")

    def test_file_of_the_portal(self):
        """A copy of a database through the portal of documents: its locks do not work, so it is copied first."""
        if shutil.which("xdg-document-portal") is None and not os.path.exists("/usr/libexec/xdg-document-portal"):
            self.skipTest("xdg-document-portal is not installed")
        homes.make_home(self.home, "0.19")
        copy = os.path.join(self.user, "copy.sqlite3")
        shutil.copyfile(os.path.join(self.home, "db.sqlite3"), copy)
        with open(copy, "rb") as f:
            before = f.read()
        portal = subprocess.Popen(["/usr/libexec/xdg-document-portal", "-r"], env=self.env)
        self.addCleanup(portal.wait)
        self.addCleanup(portal.kill)  # it does not always heed SIGTERM
        exported = wait_for(
            lambda: subprocess.run(
                ["flatpak", "document-export", "--app=" + APP, "--allow-read", copy],
                env=self.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", check=False,
            ).stdout.strip(),
            message="a document of the portal",
        )
        self.assertIn("/doc/", exported)
        exported = "/run/user/%d/doc/%s" % (os.getuid(), exported.split("/doc/")[1])  # where it is in the sandbox
        self.run_cli("check", exported)
        with open(copy, "rb") as f:
            self.assertEqual(f.read(), before)
        os.remove(copy)
        done = subprocess.run(
            self.command("check", exported), env=self.env, stderr=subprocess.PIPE, encoding="utf-8", check=False
        )
        self.assertNotEqual(done.returncode, 0)
        self.assertNotEqual(done.stderr, "")

    def test_file_type(self):
        """The magic of the MIME type is dropped at export, the pattern of the name stays."""
        share = os.path.join(os.environ["FLATPAK_USER_DIR"], "exports", "share")
        local = os.path.join(self.user, "share")
        shutil.copytree(os.path.join(share, "mime"), os.path.join(local, "mime"))
        subprocess.run(["update-mime-database", os.path.join(local, "mime")], check=True)
        homes.make_home(self.home, None)
        path = homes.add_kolibri_dump(self.home, "0.19")
        env = dict(self.env, XDG_DATA_HOME=local)
        info = subprocess.run(
            ["gio", "info", "-a", "standard::content-type", path], env=env, stdout=subprocess.PIPE, encoding="utf-8",
            check=True,
        ).stdout
        self.assertIn("application/x-kolibri-backup", info)
        self.assertTrue(os.path.exists(os.path.join(share, "applications", APP + ".desktop")))
        self.assertTrue(os.path.exists(os.path.join(share, "icons", "hicolor", "scalable", "apps", APP + ".svg")))


if __name__ == "__main__":
    tap.main()
