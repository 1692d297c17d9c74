#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Restoring while a real Kolibri runs: refused, or stopped for it and started again.

proof.py says how to call it.
"""

import os
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import proof  # noqa: E402
from kolibri import compare  # noqa: E402
from kolibri.server import has_ended  # noqa: E402
from proof import Case, change  # noqa: E402

NEW_LEARNER = "mpya"
WAIT_S = 60
POLL_S = 0.005


def wait_for(condition, what):
    """Waits until something is true."""
    give_up = time.monotonic() + WAIT_S
    while not condition():
        if time.monotonic() > give_up:
            raise RuntimeError("waited in vain until " + what)
        time.sleep(POLL_S)


class ControlCase(Case):
    """A case on one home whose server, if it is started again, is ended by its number."""

    def setUp(self):
        super().setUp()
        self.home = self.home()
        self.server = self.home.server
        self.addCleanup(self.server.kill_strays)

    def back_up_and_go_on(self):
        """A backup; then one learner more. Returns the backup."""
        made = self.home.ok("backup")
        change(
            self.home.database,
            "UPDATE kolibriauth_facilityuser SET username='%s', full_name='Mpya'"
            " WHERE username='mwanafunzi05'" % NEW_LEARNER,
        )
        return made

    def start(self, background):
        """Starts a server that has run for long."""
        self.server.start(background).age()

    def state(self):
        """All that a refused restore leaves alone."""
        return compare.fingerprint(self.home.database), self.home.files()

    def names(self):
        """The usernames that the running Kolibri shows to an admin."""
        info = self.home.info
        client = self.server.client().login(info["admin"], info["password"])
        users = client.call("GET", "/api/auth/facilityuser/")
        counted = client.count()
        self.assertEqual(counted, {name: info[name] for name in counted})
        return {user["username"] for user in users}

    def assert_serves(self, has_new_learner):
        """Kolibri answers with the right learners, and a learner can work."""
        info = self.home.info
        try:
            names = self.names()
        except OSError as error:
            self.fail("%s\n%s" % (error, self.server.log_tail()))
        self.assertEqual((NEW_LEARNER in names, "mwanafunzi05" in names), (has_new_learner, not has_new_learner))
        self.server.client().login(info["learner"], info["password"]).study("exercise")

    def assert_busy(self, *words):
        """Refused as busy, and everything is as before."""
        before = self.state()
        code, answer, errors = self.home.cli(*words)
        self.assertEqual((code, answer and answer["error"]["code"]), (proof.EXIT_BUSY, "busy"), errors)
        self.assertEqual(self.state(), before)
        self.assertEqual(self.home.leftovers(), [])

    def stop_for(self, *words):
        """Runs what stops Kolibri; returns its answer, when another process serves the home."""
        old = self.server.pid
        answer = self.home.ok(*words, "--stop-kolibri", "--yes")
        self.assertTrue(answer["kolibri_was_stopped"])
        self.assertTrue(answer["kolibri_was_started"])
        self.assertTrue(has_ended(old))
        self.server.forget()
        self.server.adopt().age()
        self.assertNotEqual(self.server.pid, old)
        self.assertEqual(self.home.leftovers(), [])
        return answer


class StopAndStart(ControlCase):
    """(h): `--stop-kolibri`."""

    def test_h_it_is_stopped_and_started_again(self):
        """First as somebody started it in a terminal, then as we have: in the background."""
        made = self.back_up_and_go_on()
        self.start(background=False)
        self.assert_serves(has_new_learner=True)
        code, out, errors = self.home.finish(self.home.begin("restore", made["path"], "--yes"))
        self.assertEqual((code, out), (proof.EXIT_BUSY, ""))
        self.assertIn("Kolibri is running", errors)
        self.assert_busy("restore", made["path"], "--yes")
        self.assertFalse(self.server.has_ended())

        answer = self.stop_for("restore", made["path"])

        self.assertEqual(answer["version"], self.kolibri.version)
        self.assert_serves(has_new_learner=False)
        self.assert_new_instance(self.home)
        kept = os.path.join(self.home.backups, "protected", "replaced", answer["kept"], "db.sqlite3")
        sql = "SELECT count(*) FROM kolibriauth_facilityuser WHERE username=?"
        self.assertEqual(compare.query(kept, sql, NEW_LEARNER), [(1,)])
        self.assert_busy("undo", "--yes")

        self.stop_for("undo")

        self.assert_serves(has_new_learner=True)
        self.server.stop()

    def test_h_a_bad_backup_does_not_stop_it(self):
        made = self.back_up_and_go_on()
        bad = os.path.join(self.folder, "bad.dump")
        with open(made["path"], "rb") as f, open(bad, "wb") as g:
            g.write(f.read()[:-5000])
        self.start(background=True)
        before, pid = self.state(), self.server.pid

        code, answer, _ = self.home.cli("restore", bad, "--stop-kolibri", "--yes")

        self.assertEqual(answer["error"]["code"], "corrupt")
        self.assertNotEqual(code, 0)
        self.assertFalse(has_ended(pid))
        self.assertEqual(self.state(), before)
        self.assert_serves(has_new_learner=True)


class Intruders(ControlCase):
    """(i): somebody comes in between, or only seems to be there."""

    def shell(self):
        """A real Kolibri process that has the database open, and no server.pid."""
        code = (
            "import time; from kolibri.core.auth.models import FacilityUser;"
            "print('open', FacilityUser.objects.count(), flush=True); time.sleep(600)"
        )
        skip = ["--skip-update"] if self.kolibri.numbers >= (0, 13) else []
        process = subprocess.Popen(
            [self.kolibri.python, "-m", "kolibri", "manage", *skip, "shell", "-c", code],
            env=self.kolibri.environment(self.home.folder, self.home.path),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
        )
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        wait_for(lambda: process.stdout.readline().startswith("open"), "the shell has the database open")
        return process

    def test_i_a_shell_has_it_open(self):
        made = self.back_up_and_go_on()
        process = self.shell()

        self.assert_busy("restore", made["path"], "--yes")

        process.kill()
        process.wait()
        self.home.ok("restore", made["path"], "--yes")

    def test_i_a_shell_has_it_open_while_it_runs(self):
        """Kolibri is stopped, but the shell is not: nothing changes, and Kolibri runs again."""
        made = self.back_up_and_go_on()
        self.start(background=True)
        self.shell()
        old = self.server.pid

        code, answer, _ = self.home.cli("restore", made["path"], "--stop-kolibri", "--yes")

        self.assertEqual((code, answer["error"]["code"]), (proof.EXIT_BUSY, "busy"))
        self.assertTrue(has_ended(old))
        self.server.forget()
        self.server.adopt()
        self.assert_serves(has_new_learner=True)
        self.assertEqual(self.home.data_version(), self.kolibri.version)
        self.assertEqual(self.home.leftovers(), [])

    def test_i_an_idle_connection_without_a_log(self):
        """Outside of WAL mode a connection that does nothing holds no lock."""
        made = self.back_up_and_go_on()
        change(self.home.database, "PRAGMA journal_mode=DELETE")
        code = "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); db.execute('SELECT * FROM"
        code += " django_migrations').fetchall(); print('open', flush=True); sys.stdin.read()"
        process = subprocess.Popen(
            [sys.executable, "-c", code, self.home.database], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        with process:
            self.assertEqual(process.stdout.readline(), b"open\n")
            self.assert_busy("restore", made["path"], "--yes")

        self.home.ok("restore", made["path"], "--yes")

    def stale(self, pid):
        with open(os.path.join(self.home.path, "server.pid"), "w", encoding="ascii") as f:
            f.write("%d\n%d\n%d\n0\n" % (pid, self.server.port, self.server.zip_port))

    def test_i_a_stale_pid_file(self):
        """Power cuts leave it behind; the next process with that number is somebody else."""
        made = self.back_up_and_go_on()
        expected = os.path.join(self.folder, "expected.sqlite3")
        self.home.ok("restore", made["path"], "--yes")
        shutil.copy(self.home.database, expected)
        other = subprocess.Popen(["sleep", "600"])
        self.addCleanup(other.wait)
        self.addCleanup(other.kill)
        for words in ((), ("--stop-kolibri",)):
            self.stale(other.pid)
            answer = self.home.ok("restore", made["path"], "--yes", *words)
            self.assertFalse(answer["kolibri_was_stopped"])
        self.assertIsNone(other.poll())
        other.kill()
        other.wait()
        for words in ((), ("--stop-kolibri",)):
            self.stale(other.pid)
            answer = self.home.ok("restore", made["path"], "--yes", *words)
            self.assertFalse(answer["kolibri_was_stopped"])
        ids = (compare.DATABASE_IDS,)
        self.assert_nothing(compare.differences(expected, self.home.database, without=ids))
        self.assert_comes_up(self.home, self.home.info)

    def halt(self, process):
        process.send_signal(signal.SIGSTOP)
        self.addCleanup(process.send_signal, signal.SIGKILL)

    def test_i_it_starts_again_at_once(self):
        """As a service does whose process has ended: while we still wait for that."""
        if self.kolibri.numbers < (0, 13):
            self.skipTest("Kolibri %s does not remove server.pid first" % self.kolibri.version)
        made = self.back_up_and_go_on()
        self.start(background=True)
        before = self.home.files()
        process = self.home.begin("--json", "restore", made["path"], "--stop-kolibri", "--yes")
        pid_file = os.path.join(self.home.path, "server.pid")
        wait_for(lambda: not os.path.exists(pid_file), "server.pid is gone")
        self.halt(process)
        wait_for(self.server.has_ended, "the server has ended")
        self.server.forget()
        with open(self.server.log, "ab") as log:
            subprocess.run(**self.server.command(True), stdout=log, stderr=log, timeout=WAIT_S, check=True)
        wait_for(lambda: os.path.exists(pid_file), "the next server comes")

        process.send_signal(signal.SIGCONT)
        code, _, errors = self.home.finish(process)

        self.assertEqual(code, proof.EXIT_BUSY, errors)
        self.server.adopt()
        self.assert_serves(has_new_learner=True)
        self.assertEqual(self.home.files(), before)
        self.assertEqual(self.home.leftovers(), [])


if __name__ == "__main__":
    proof.main()
