#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Whether Kolibri runs, how that is known, and how it is stopped and started again, for each kind of
installation: with a real dbus-daemon on private buses, real processes that hold the database, and
stand-ins for systemctl and pkexec (docs/testing.md)."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..")]
import homes  # noqa: E402
import tap  # noqa: E402
import trees  # noqa: E402

CLI = os.environ["KB_CLI"]
SYSTEM_PYTHON = "/usr/bin/python3"  # the one that has Debian's python3-gi
FAKE_KOLIBRI = os.path.join(HERE, "..", "core", "fake_kolibri.py")
OK, BUSY, NOT_ALLOWED, CANCELLED = 0, 4, 14, 130
NOBODY = 65534
NAME = "org.learningequality.Kolibri.Daemon"
DEVEL = "org.learningequality.Kolibri.Devel.Daemon"
KEY = "org.endlessos.Key.Daemon"
FLATPAK_HOME = trees.TEACHER + "/.var/app/org.learningequality.Kolibri/data/kolibri"
NO_BUS = "unix:path=/nonexistent/bus"

BUS = """<busconfig>
  <type>session</type><listen>unix:path=%s</listen><auth>EXTERNAL</auth><servicedir>%s</servicedir>
  <policy context="default">
    <allow send_destination="*"/><allow eavesdrop="false"/><allow own="*"/><allow user="*"/>
  </policy>
</busconfig>"""


def has_gi():
    return subprocess.run([SYSTEM_PYTHON, "-c", "from gi.repository import Gio"], stderr=subprocess.DEVNULL).returncode == 0


def wait_for(condition, what):
    for _ in range(1000):
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError(what)


# Below the 25 seconds that GLib waits by itself.
PATIENCE_S = 20


def let_in(bus):
    """The side of a bus in D-Bus's authentication, and nothing after it."""
    while True:
        try:
            peer = bus.accept()[0]
        except OSError:  # the test is over
            return
        threading.Thread(target=authenticate, args=(peer,), daemon=True).start()


def authenticate(peer):
    answers = {b"AUTH": b"OK 0123456789abcdef0123456789abcdef", b"NEGOTIATE_UNIX_FD": b"AGREE_UNIX_FD"}
    with peer, peer.makefile("rb") as lines:
        for line in lines:
            words = line.lstrip(b"\0").split()
            if words == [b"AUTH"]:
                peer.sendall(b"REJECTED EXTERNAL\r\n")
            elif words and words[0] in answers:
                peer.sendall(answers[words[0]] + b"\r\n")


class RunningCase(unittest.TestCase):
    """A computer in a tree, and one without systemd and buses."""

    def setUp(self):
        self.sandbox = homes.Sandbox()
        self.addCleanup(self.sandbox.remove)
        os.chmod(self.sandbox.path, 0o755)
        self.tree = trees.Tree(self.sandbox.file("root"))
        self.bin = self.sandbox.file("bin")
        os.mkdir(self.bin)
        self.env = dict(
            self.sandbox.env, HOME="/home/teacher", PATH=self.bin + ":/usr/bin:/bin",
            DBUS_SESSION_BUS_ADDRESS=NO_BUS, DBUS_SYSTEM_BUS_ADDRESS=NO_BUS,
        )
        del self.env["KOLIBRI_HOME"]

    def program(self, name, text):
        path = os.path.join(self.bin, name)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        os.chmod(path, 0o755)

    def copy(self, name):
        """A program of the tests, where every user can read it."""
        path = os.path.join(self.bin, name)
        shutil.copy(os.path.join(HERE, name), path)
        os.chmod(path, 0o644)
        return path

    def run_cli(self, *args, code=OK, user=None, **env):
        keywords = {} if user is None else {"user": user, "group": user, "extra_groups": []}
        done = subprocess.run(
            [CLI, *args], env=dict(self.env, **env), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, encoding="utf-8", timeout=120, check=False, **keywords,
        )
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def status(self, *args, **keywords):
        return json.loads(self.run_cli("status", "--root", self.tree.path, "--json", *args, **keywords).stdout)

    def text(self, *args, **keywords):
        return self.run_cli("status", "--root", self.tree.path, *args, **keywords).stdout

    def server(self, *args, **keywords):
        status = self.status(*args, **keywords)
        return tuple(status["server" + part] for part in ("", "_known_by", "_stopped_by", "_may_be_stopped"))

    def start(self, command, **keywords):
        child = subprocess.Popen(command, **keywords)
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        return child

    def start_kolibri(self, home, *options):
        """What answers like a Kolibri, in a process with its name."""
        program = self.tree.write("usr/lib/kolibri-fake/kolibri", "")
        shutil.copy(FAKE_KOLIBRI, program)
        command = [sys.executable, program, "start", "--foreground", *options]
        self.start(command, env=dict(self.env, KOLIBRI_HOME=home))
        wait_for(lambda: self.says_it_runs(home), "it does not start")

    def says_it_runs(self, home):
        try:
            with open(os.path.join(home, "server.pid"), encoding="ascii") as f:
                lines = f.read().split("\n")
            return len(lines) < 5 or lines[3] == "0"
        except OSError:
            return False

    def start_worker(self, home, *options, name="uwsgi"):
        """A process of kolibri-server, by its first word."""
        words = [name, os.path.join(HERE, "fake_uwsgi.py"), "--ini", "/etc/kolibri/dist/uwsgi.ini"]
        child = self.start(words + [*options, "--env=KOLIBRI_HOME=" + home], executable=sys.executable)
        wait_for(lambda: os.path.exists(os.path.join(home, "worker.ready")), "no worker")
        return child

    def use_tree(self, name):
        trees.INSTALLERS[name][0](self.tree)
        return self.tree.at(trees.INSTALLERS[name][1])

    def start_bus(self, services=""):
        """A bus of its own; `services` is a folder of what it may start."""
        path = self.sandbox.file("bus")
        config = self.sandbox.file("bus.conf")
        with open(config, "w", encoding="utf-8") as f:
            f.write(BUS % (path, services or self.sandbox.file("none")))
        bus = self.start(["dbus-daemon", "--nofork", "--print-address", "--config-file=" + config], stdout=subprocess.PIPE)
        self.addCleanup(bus.stdout.close)
        return bus.stdout.readline().decode().strip()  # with its guid, as every session has it

    def start_daemon(self, bus, name=NAME, **options):
        path = "/" + name.replace(".", "/") + "/Main"
        command = [SYSTEM_PYTHON, os.path.join(HERE, "fake_daemon.py"), name, path]
        for key, value in options.items():
            command += ["--" + key] if value is True else ["--" + key, value]
        child = self.start(command, env=dict(self.env, DBUS_SESSION_BUS_ADDRESS=bus), stdout=subprocess.PIPE)
        self.addCleanup(child.stdout.close)
        self.assertEqual(child.stdout.readline(), b"ready\n")
        return child

    def start_systemd(self, unit, command=(), state=""):
        """The stand-in for systemctl, with one unit."""
        folder = self.sandbox.file("systemd")
        os.mkdir(folder)
        os.chmod(folder, 0o777)
        for name, text in (("unit", unit), ("command", "\n".join(command)), ("state", state), ("log", "")):
            with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
                f.write(text)
            os.chmod(os.path.join(folder, name), 0o666)
        self.program("systemctl", "#!/bin/sh\nexec %s %s \"$@\"\n" % (SYSTEM_PYTHON, self.copy("fake_systemctl.py")))
        self.env["KB_SYSTEMD"] = folder
        self.addCleanup(self.stop_systemd)
        return folder

    def stop_systemd(self):
        try:
            with open(os.path.join(self.env["KB_SYSTEMD"], "pid"), encoding="ascii") as f:
                os.kill(int(f.read()), signal.SIGKILL)
        except (OSError, ValueError):
            pass

    def log(self, folder):
        with open(os.path.join(folder, "log"), encoding="utf-8") as f:
            return f.read().split("\n")[:-1]


# name of the tree: how its Kolibri would be stopped by root where systemd does not answer
WAYS = {
    "pip": "flag",
    "pip --user": "flag",
    "pipx": "flag",
    "pex": "flag",
    "debian": "flag",
    "debian, desktop user": "flag",
    "debian, moved": "flag",
    "kolibri-server": "service:kolibri-server",
    "raspberry pi": "service:kolibri-server",
    "flatpak": "session-dbus:" + NAME,
    "flatpak, development": "session-dbus:" + DEVEL,
    "endless os": "system-dbus:" + NAME,
    "endless key": "system-dbus:" + KEY,
    "internet-in-a-box": "flag",
}


class TestInstallers(RunningCase):
    def check(self, name):
        """Stopped, and running as its installer runs it."""
        home = self.use_tree(name)
        self.assertEqual(self.server()[:3], ("stopped", "nothing", WAYS[name]))
        if WAYS[name].startswith("service"):
            self.start_worker(home)
            self.assertEqual(self.server()[:3], ("running", "uwsgi", WAYS[name]))
        elif "dbus" not in WAYS[name]:
            self.start_kolibri(home)
            self.assertEqual(self.server()[:3], ("running", "answer", WAYS[name]))
        elif has_gi():
            bus = self.start_bus()
            kind, name_on_bus = WAYS[name].split(":")
            self.start_daemon(bus, name_on_bus, home=home, version="0.19.9", status="STARTED")
            self.env["DBUS_SESSION_BUS_ADDRESS" if kind == "session-dbus" else "DBUS_SYSTEM_BUS_ADDRESS"] = bus
            self.assertEqual(self.server(), ("running", "dbus", WAYS[name], "yes"))
            status = self.status()
            self.assertEqual((status["installed_version"], status["homes"][0]["running"]), ("0.19.9", True))


def add_installers():
    for name in trees.INSTALLERS:
        method = "test_" + "".join(c if c.isalnum() else "_" for c in name)
        setattr(TestInstallers, method, lambda self, name=name: self.check(name))


add_installers()


class TestProcesses(RunningCase):
    def test_old_server_has_no_flag(self):
        home = self.use_tree("pip")
        self.start_kolibri(home, "--old")
        self.assertEqual(self.server(), ("running", "answer", "signal", "yes"))

    def test_old_data_has_no_flag(self):
        home = self.use_tree("pip")
        self.tree.write(os.path.relpath(os.path.join(home, ".data_version"), self.tree.path), "0.14.7")
        self.assertEqual(self.server(), ("stopped", "nothing", "signal", "yes"))

    def test_data_of_another_user(self):
        if os.geteuid() != 0:
            self.skipTest("only root may give files away")
        home = self.use_tree("pip")
        self.assertEqual(self.server(user=NOBODY)[2:], ("flag", "no"))
        self.start_kolibri(home)
        self.assertIn("Kolibri cannot be stopped from here.", self.text(user=NOBODY))
        self.assertIn("can stop Kolibri and start it again.", self.text())

    def test_somebody_reads_the_database(self):
        """A program that is Kolibri's, without server.pid; and one that is not."""
        home = self.use_tree("pip")
        program = (
            "import sqlite3, time; db = sqlite3.connect('db.sqlite3'); db.execute('BEGIN IMMEDIATE'); "
            "open('worker.ready', 'w'); time.sleep(120)")
        other = self.start([sys.executable, "-c", program], cwd=home)
        ready = os.path.join(home, "worker.ready")
        wait_for(lambda: os.path.exists(ready), "it does not start")
        self.assertEqual(self.server()[:2], ("stopped", "nothing"))
        other.kill()
        other.wait()
        os.remove(ready)
        self.start_worker(home, name="kolibri")
        self.assertEqual(self.server()[:2], ("running", "database"))

    def test_workers_of_another_folder(self):
        self.use_tree("kolibri-server")
        self.start_worker(self.tree.data("srv/other", "0.19.3"))
        self.assertEqual(self.server()[:2], ("stopped", "nothing"))

    def test_hashi_has_no_database(self):
        home = self.use_tree("kolibri-server")
        self.start_worker(home, "--idle", "/etc/kolibri/dist/hashi_uwsgi.ini")
        self.assertEqual(self.server()[:2], ("stopped", "nothing"))

    def test_workers_by_their_pid_file(self):
        """Where the words of the process name no folder, kolibri-server's own file counts."""
        self.use_tree("kolibri-server")
        other = self.tree.data("srv/other", "0.19.3")
        command = ["uwsgi", "-c", "import time; time.sleep(120)"]
        child = self.start(command, executable=sys.executable)
        self.tree.write("var/run/kolibri-server/uwsgi.pid", "%d\n" % child.pid)
        self.assertEqual(self.server()[:2], ("running", "uwsgi"))
        self.assertEqual(self.server("--home", other)[:2], ("stopped", "nothing"))
        child.kill()
        child.wait()
        self.assertEqual(self.server()[:2], ("stopped", "nothing"))

    def test_pid_file_of_a_process_that_is_another(self):
        self.use_tree("kolibri-server")
        child = self.start(["sleep", "120"])
        self.tree.write("var/run/kolibri-server/uwsgi.pid", "%d\n" % child.pid)
        self.assertEqual(self.server()[:2], ("stopped", "nothing"))


class TestSandbox(RunningCase):
    """Inside of a Flatpak other processes and services are hidden."""

    def setUp(self):
        super().setUp()
        self.tree.write(".flatpak-info", "")

    def test_no_server_pid(self):
        self.use_tree("pip")
        self.assertEqual(self.server(), ("stopped", "nothing", "flag", "yes"))

    def test_server_that_answers(self):
        self.start_kolibri(self.use_tree("pip"), "--hidden")
        self.assertEqual(self.server()[:2], ("running", "answer"))

    def test_server_pid_of_a_process_that_is_hidden_or_gone(self):
        home = self.use_tree("pip")
        self.tree.write(os.path.relpath(home, self.tree.path) + "/server.pid", "2147483646\n1\n2\n0\n")
        self.assertEqual(self.server()[:2], ("unknown", "nothing"))
        text = self.text()
        self.assertIn("perhaps running", text)
        self.assertIn("It cannot be seen from here whether Kolibri is running.", text)

    def test_kolibri_server_needs_no_server_pid(self):
        self.start_systemd("kolibri-server.service")
        self.use_tree("kolibri-server")
        self.assertEqual(self.server(), ("unknown", "nothing", "service:kolibri-server", "no"))


class TestServices(RunningCase):
    def test_service_that_runs(self):
        """Its workers belong to a user whose processes are hidden from us."""
        self.use_tree("kolibri-server")
        folder = self.start_systemd("kolibri-server.service")
        with open(os.path.join(folder, "state"), "w", encoding="ascii") as f:
            f.write("active running")
        self.assertEqual(self.server()[:3], ("running", "service", "service:kolibri-server"))

    def test_service_that_has_stopped(self):
        self.use_tree("kolibri-server")
        self.start_systemd("kolibri-server.service", state="active exited")
        self.assertEqual(self.server()[:2], ("stopped", "nothing"))

    def test_debian_of_another_user(self):
        if os.geteuid() != 0:
            self.skipTest("only root may give files away")
        home = self.use_tree("debian")
        os.chown(os.path.join(home, "db.sqlite3"), NOBODY, NOBODY)
        self.start_systemd("kolibri.service", state="active exited")
        self.assertEqual(self.server()[2:], ("service:kolibri", "yes"))
        self.assertEqual(self.server(user=NOBODY)[2:], ("flag", "yes"))
        self.assertEqual(self.server(user=NOBODY - 1)[2:], ("service:kolibri", "no" if not shutil.which("pkexec") else "password"))
        self.program("pkexec", "#!/bin/false\n")
        self.start_kolibri(home)
        self.assertIn("The computer will ask for the password", self.text(user=NOBODY - 1))

    def test_systemd_that_hangs(self):
        self.use_tree("kolibri-server")
        self.program("systemctl", "#!/bin/sh\nexec sleep 60\n")
        self.assertEqual(self.server()[0], "stopped")


class TestDaemons(RunningCase):
    def setUp(self):
        super().setUp()
        if not has_gi():
            self.skipTest("python3-gi is not installed")

    def test_daemon_of_another_folder(self):
        self.use_tree("flatpak")
        bus = self.start_bus()
        other = self.tree.data("srv/other", "0.19.5")
        self.start_daemon(bus, home=other, version="0.19.5", status="STARTED")
        status = self.status("--home", self.tree.at(FLATPAK_HOME), DBUS_SESSION_BUS_ADDRESS=bus)
        self.assertEqual((status["server"], status["server_known_by"]), ("stopped", "nothing"))

    def test_folder_that_only_its_daemon_names(self):
        bus = self.start_bus()
        other = self.tree.data("srv/other", "0.19.5")
        self.start_daemon(bus, home=other, version="0.19.4", status="STOPPED")
        status = self.status(DBUS_SESSION_BUS_ADDRESS=bus)
        found = status["homes"][0]
        self.assertEqual((status["home"], found["installation"], found["reason"]), (other, "flatpak", "dbus"))
        self.assertEqual((found["installed_version"], found["installed_version_source"]), ("0.19.4", NAME))
        self.assertEqual((status["server"], found["agreement"]), ("stopped", "downgrade"))
        self.assertIn("says that it uses this folder", self.text(DBUS_SESSION_BUS_ADDRESS=bus))

    def test_daemon_by_a_link(self):
        home = self.use_tree("flatpak")
        os.symlink(home, self.tree.at("link"))
        bus = self.start_bus()
        self.start_daemon(bus, home=self.tree.at("link"), status="STARTING")
        self.assertEqual(self.server(DBUS_SESSION_BUS_ADDRESS=bus)[:2], ("starting", "dbus"))

    def test_daemon_of_before(self):
        home = self.use_tree("flatpak")
        bus = self.start_bus()
        self.start_daemon(bus, home=home, status="STARTED", old=True)
        self.assertEqual(self.server(DBUS_SESSION_BUS_ADDRESS=bus)[:2], ("running", "dbus"))

    def test_daemon_that_never_answers(self):
        self.use_tree("flatpak")
        bus = self.start_bus()
        self.start_daemon(bus, silent=True)
        self.assertEqual(self.server(DBUS_SESSION_BUS_ADDRESS=bus)[:2], ("not-responding", "dbus"))
        self.assertIn("Kolibri does not answer any more.", self.text(DBUS_SESSION_BUS_ADDRESS=bus))

    def test_bus_that_never_answers(self):
        home = self.use_tree("flatpak")
        path = self.sandbox.file("bus")
        with socket.socket(socket.AF_UNIX) as bus:
            bus.bind(path)
            bus.listen()
            self.assertEqual(self.server(DBUS_SESSION_BUS_ADDRESS="unix:path=" + path)[0], "stopped")
            self.start_kolibri(home)
            self.assertEqual(self.server(DBUS_SESSION_BUS_ADDRESS="unix:path=" + path)[0], "running")

    def test_bus_that_lets_us_in_and_says_nothing(self):
        """GLib itself would wait for 25 seconds for the answer to its Hello."""
        self.use_tree("flatpak")
        path = self.sandbox.file("bus")
        with socket.socket(socket.AF_UNIX) as bus:
            bus.bind(path)
            bus.listen()
            threading.Thread(target=let_in, args=(bus,), daemon=True).start()
            asked = subprocess.Popen(
                [CLI, "status", "--root", self.tree.path, "--json"],
                env=dict(self.env, DBUS_SESSION_BUS_ADDRESS="unix:path=" + path), stdout=subprocess.PIPE,
            )
            self.addCleanup(asked.stdout.close)
            self.addCleanup(asked.kill)
            self.assertEqual(json.loads(asked.communicate(timeout=PATIENCE_S)[0])["server"], "stopped")

    def test_asking_starts_nothing(self):
        """The bus may start a daemon; only a person may want that."""
        self.use_tree("flatpak")
        services, log = self.sandbox.file("services"), self.sandbox.file("log")
        os.mkdir(services)
        path = "/" + NAME.replace(".", "/") + "/Main"
        with open(os.path.join(services, NAME + ".service"), "w", encoding="utf-8") as f:
            f.write("[D-BUS Service]\nName=%s\nExec=%s %s/fake_daemon.py %s %s --log %s\n" % (
                NAME, SYSTEM_PYTHON, HERE, NAME, path, log))
        bus = self.start_bus(services)
        self.assertEqual(self.server(DBUS_SESSION_BUS_ADDRESS=bus)[:2], ("stopped", "nothing"))
        self.assertFalse(os.path.exists(log))
        subprocess.run(  # it would have come
            ["gdbus", "call", "--session", "--dest", NAME, "--object-path", path, "--method", "org.freedesktop.DBus.Peer.Ping"],
            env=dict(self.env, DBUS_SESSION_BUS_ADDRESS=bus), stdout=subprocess.DEVNULL, check=True,
        )
        self.assertTrue(os.path.exists(log))


class RestoreCase(RunningCase):
    """Restores with a data folder of a real Kolibri, without a tree."""

    def setUp(self):
        super().setUp()
        self.env["HOME"] = self.sandbox.user
        self.home = os.path.join(self.sandbox.user, ".var/app/org.learningequality.Kolibri/data/kolibri")
        homes.make_home(self.home, "0.19")
        self.dump = homes.add_kolibri_dump(self.home, "0.19")
        self.before = homes.digest(self.home)

    def give_away(self):
        subprocess.run(["chown", "-R", "%d:%d" % (NOBODY, NOBODY), self.sandbox.path], check=True)

    def restore(self, *args, code=OK, **keywords):
        done = self.run_cli("--home", self.home, "restore", "--json", "--yes", *args, code=code, **keywords)
        return json.loads(done.stdout)

    def assert_unchanged(self):
        self.assertEqual(homes.digest(self.home), self.before)
        self.assertEqual(homes.leftovers(self.home), [])

    def assert_restored(self, answer):
        self.assertEqual((answer["kolibri_was_stopped"], answer["kolibri_was_started"]), (True, True))
        self.assertEqual(homes.leftovers(self.home), [])
        self.assertEqual(len(homes.query(self.home, "SELECT * FROM morango_databaseidmodel WHERE current")), 1)


class TestRestoreWithDaemon(RestoreCase):
    def setUp(self):
        super().setUp()
        if not has_gi():
            self.skipTest("python3-gi is not installed")
        program = self.sandbox.file("kolibri")
        shutil.copy(FAKE_KOLIBRI, program)
        self.calls = self.sandbox.file("calls")
        self.env["DBUS_SESSION_BUS_ADDRESS"] = self.start_bus()
        self.start_daemon(
            self.env["DBUS_SESSION_BUS_ADDRESS"], home=self.home, status="STOPPED", server=program, log=self.calls)

    def log_calls(self):
        with open(self.calls, encoding="utf-8") as f:
            return f.read().split()

    def start_by_daemon(self):
        self.call("Start")
        wait_for(lambda: self.says_it_runs(self.home), "it does not start")
        then = time.time() - 100  # it has long announced itself
        os.utime(os.path.join(self.home, "server.pid"), (then, then))

    def call(self, method):
        subprocess.run(
            ["gdbus", "call", "--session", "--dest", NAME, "--object-path", "/" + NAME.replace(".", "/") + "/Main",
             "--method", NAME + "." + method], env=self.env, stdout=subprocess.DEVNULL, check=True)

    def tearDown(self):
        if self.says_it_runs(self.home):
            self.call("Stop")
            wait_for(lambda: not os.path.exists(os.path.join(self.home, "server.pid")), "it does not stop")

    def test_restore(self):
        self.start_by_daemon()
        self.restore(self.dump, code=BUSY)
        self.assert_unchanged()
        self.assert_restored(self.restore("--stop-kolibri", self.dump))
        self.assertEqual(self.log_calls(), ["came", "Start", "Stop", "Start"])
        self.assertTrue(self.says_it_runs(self.home))

    def test_bad_backup_stops_nothing(self):
        self.start_by_daemon()
        bad = self.sandbox.file("bad.dump")
        with open(self.dump, "rb") as f, open(bad, "wb") as g:
            g.write(f.read()[:-100])
        self.restore("--stop-kolibri", bad, code=5)
        self.assertEqual(self.log_calls(), ["came", "Start"])

    def test_daemon_that_hangs_is_left_alone(self):
        """Told to stop, it might do so at any time later."""
        self.start_daemon(self.env["DBUS_SESSION_BUS_ADDRESS"], DEVEL, silent=True)
        home = self.home.replace("Kolibri/", "Kolibri.Devel/")
        homes.make_home(home, "0.19")
        done = self.run_cli("--home", home, "restore", "--yes", "--stop-kolibri", self.dump, code=BUSY)
        self.assertIn("Stop Kolibri", done.stderr)

    def test_what_a_crash_left_stopped_is_started(self):
        """restore.ini of a program that was killed after it had stopped Kolibri."""
        os.makedirs(os.path.join(self.home, "backups/protected"))
        for way, calls in (("flag", ["came"]), ("session-dbus:" + NAME, ["came", "Start"])):
            with open(os.path.join(self.home, "backups/protected/restore.ini"), "w", encoding="ascii") as f:
                f.write("[Restore]\nold_version=0.19.5\nkept=replaced-v0.19.5_2026-01-01_00-00-00\n"
                        "kolibri_ran=true\nstopped_by=%s\n" % way)
            done = self.run_cli("--home", self.home, "status")
            self.assertIn("has been started again" if len(calls) > 1 else "start it again if it does not run", done.stderr)
            self.assertEqual(self.log_calls(), calls)
        wait_for(lambda: self.says_it_runs(self.home), "it does not start")


class TestRestoreWithService(RestoreCase):
    """kolibri-server: workers that hold the database, and no server.pid."""

    def setUp(self):
        super().setUp()
        words = ["uwsgi", self.copy("fake_uwsgi.py"), "--env=KOLIBRI_HOME=" + self.home]
        self.systemd = self.start_systemd("kolibri-server.service", words)

    def start_service(self, **keywords):
        subprocess.run(["systemctl", "restart", "kolibri-server.service"], env=self.env, check=True, **keywords)
        wait_for(lambda: os.path.exists(os.path.join(self.home, "worker.ready")), "no worker")
        open(os.path.join(self.systemd, "log"), "w", encoding="ascii").close()

    def test_as_root(self):
        if os.geteuid() != 0:
            self.skipTest("root needs nobody's leave")
        self.start_service()
        self.restore(self.dump, code=BUSY)
        self.assert_unchanged()
        self.assertEqual(self.log(self.systemd), [])
        self.assert_restored(self.restore("--stop-kolibri", self.dump))
        self.assertEqual(self.log(self.systemd), ["stop kolibri-server.service", "restart kolibri-server.service"])

    def test_service_that_does_not_stop(self):
        if os.geteuid() != 0:
            self.skipTest("root needs nobody's leave")
        self.start_service()
        open(os.path.join(self.systemd, "fails"), "w", encoding="ascii").close()
        self.restore("--stop-kolibri", self.dump, code=BUSY)
        self.assert_unchanged()
        self.assertEqual(self.log(self.systemd), ["stop kolibri-server.service", "restart kolibri-server.service"])

    def as_nobody(self, pkexec):
        """A user who has the data, and not the service."""
        if os.geteuid() != 0:
            self.skipTest("only root may become somebody else")
        self.program("pkexec", "#!/bin/sh\n" + pkexec + "\n")
        self.give_away()
        self.start_service(user=NOBODY, group=NOBODY, extra_groups=[])

    def test_password_is_given(self):
        self.as_nobody('echo "$@" >>"$KB_SYSTEMD/pkexec.log"\nexec "$@"')
        self.assert_restored(self.restore("--stop-kolibri", self.dump, user=NOBODY))
        with open(os.path.join(self.systemd, "pkexec.log"), encoding="utf-8") as f:
            self.assertEqual(f.read(), "systemctl stop kolibri-server.service\nsystemctl restart kolibri-server.service\n")

    def test_password_is_not_given(self):
        self.as_nobody("exit 126")
        self.restore("--stop-kolibri", self.dump, code=CANCELLED, user=NOBODY)
        self.assert_unchanged()
        self.assertEqual(self.log(self.systemd), [])

    def test_user_may_not(self):
        self.as_nobody("exit 127")
        self.restore("--stop-kolibri", self.dump, code=NOT_ALLOWED, user=NOBODY)
        self.assert_unchanged()

    def test_nobody_to_ask(self):
        """Refused before there is any work: the backup is not even read."""
        self.as_nobody("exit 127")
        os.remove(os.path.join(self.bin, "pkexec"))
        for program in ("env", "sh"):
            os.symlink(shutil.which(program), os.path.join(self.bin, program))
        bad = self.sandbox.file("bad.dump")
        with open(bad, "wb") as f:
            f.write(b"BEGIN TRANSACTION;CREATE TABLE t (x")
        self.restore("--stop-kolibri", bad, code=BUSY, user=NOBODY, PATH=self.bin)
        self.assert_unchanged()


if __name__ == "__main__":
    tap.main()
