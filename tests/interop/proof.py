# SPDX-License-Identifier: MIT
"""What the proofs on a real Kolibri share: its homes, our program, and how a run is called.

    test_….py [--cli PROGRAM] VERSION [CASE…]

VERSION is a series such as 0.19, or comes from KB_KOLIBRI; the program comes from KB_CLI. A Kolibri
that cannot be had is a reason to skip; where CI=true and it is one of MUST_RUN, to fail.
"""

import functools
import hashlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import tap  # noqa: E402
from kolibri import compare, lab  # noqa: E402
from kolibri.server import Server  # noqa: E402

# Tested on every change; a Kolibri that cannot be had there is a failure of the CI.
MUST_RUN = ("0.16", "0.19")
# Whose backups a Kolibri is asked to upgrade. 0.12 has nothing older here.
OLDER = {"0.13": "0.12", "0.14": "0.13", "0.15": "0.14", "0.16": "0.15"}
OLDER.update({"0.17": "0.16", "0.18": "0.16", "0.19": "0.16"})

CLI_TIMEOUT_S = 300
EXIT_OK, EXIT_BUSY = 0, 4
LOCK = ".kolibri-backup.lock"

SERIES = CLI = ROOT = None  # set by main()


def digest(path):
    """The SHA-256 of a file."""
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


def once(function):
    """Calls a function once for each argument: ever after the same answer, or the same error."""
    known = {}

    @functools.wraps(function)
    def wrapper(argument):
        if argument not in known:
            try:
                known[argument] = function(argument), None
            except Exception as error:  # pylint: disable=broad-except
                known[argument] = None, error
        answer, error = known[argument]
        if error:
            raise error
        return answer

    return wrapper


@once
def get_prepared(series):
    """An installed Kolibri with a prepared home."""
    kolibri = lab.install(series)
    lab.prepared_home(kolibri)
    return kolibri


def change(path, *statements):
    """Runs SQL on a database at rest."""
    db = sqlite3.connect(path)
    with db:
        for sql in statements:
            db.execute(sql)
    db.close()


class Home:
    """A copy of a prepared home, the Kolibri that works on it, and ours."""

    def __init__(self, kolibri, folder, name="home", of=None):
        self.kolibri = kolibri
        self.folder = os.path.join(folder, name)
        os.mkdir(self.folder)
        self.path = os.path.join(self.folder, "home")
        self.info = lab.copy_home(of or kolibri, self.path)
        self.database = os.path.join(self.path, "db.sqlite3")
        self.backups = os.path.join(self.path, "backups")
        self.server = kolibri.server(self.folder, self.path)

    def begin(self, *words):
        """Begins to run our program on this home, on a machine where its Kolibri is installed."""
        return subprocess.Popen(
            (CLI, "--home", self.path) + words,
            env=self.kolibri.environment(self.folder, self.path),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    @staticmethod
    def finish(process):
        """Waits for what begin() began; returns (exit code, stdout, stderr)."""
        try:
            out, errors = process.communicate(timeout=CLI_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise
        return process.returncode, out, errors

    def cli(self, *words):
        """Runs our program; returns (exit code, its answer, what went to stderr)."""
        code, out, errors = self.finish(self.begin("--json", *words))
        return code, json.loads(out) if out else None, errors

    def ok(self, *words):
        """Runs our program, which must succeed; returns its answer."""
        code, answer, errors = self.cli(*words)
        if code != EXIT_OK:
            raise AssertionError("%s: exit code %d: %s %s" % (words, code, answer, errors))
        return answer

    def manage(self, *words):
        """Runs `kolibri manage …`, which must succeed; returns what it printed.

        Without --skip-update it may back up, prune and migrate first; 0.12 has no such option there.
        """
        if self.kolibri.numbers >= (0, 13):
            words = ("--skip-update",) + words
        code, out = self.kolibri.manage(self.folder, self.path, *words)
        if code != 0:
            raise AssertionError("%s: exit code %d: %s" % (words, code, out[-3000:]))
        return out

    def data_version(self):
        with open(os.path.join(self.path, ".data_version"), encoding="utf-8") as f:
            return f.read()

    def spoil(self):
        """Changes the data so that a restore has everything to do."""
        change(
            self.database,
            "DELETE FROM logger_attemptlog",
            "UPDATE kolibriauth_facilityuser SET full_name='spoilt'",
            "CREATE TABLE spoilt (x)",
            "INSERT INTO spoilt VALUES (1)",
        )

    def files(self):
        """The files but the databases that a refused restore must leave alone, with their digests."""
        settings = [os.path.join(self.path, name) for name in (".data_version", "options.ini")]
        found = {path: digest(path) for path in settings if os.path.exists(path)}
        for folder, _, names in os.walk(self.backups):
            for name in names:
                path = os.path.join(folder, name)
                if name != LOCK:
                    found[os.path.relpath(path, self.path)] = digest(path)
        return found

    def leftovers(self):
        """What an operation should have removed."""
        return [
            os.path.join(folder, name)
            for folder, folders, names in os.walk(self.path)
            for name in names + folders
            if name.endswith((".part", ".restoring", ".restoring-second")) or name == "restore.ini"
        ]


class Case(unittest.TestCase):
    """A case with a folder of its own and the Kolibri that this run is about."""

    maxDiff = None

    def setUp(self):
        self.kolibri = self.get_kolibri(SERIES)
        self.folder = tempfile.mkdtemp(dir=ROOT)
        self.addCleanup(shutil.rmtree, self.folder)

    def get_kolibri(self, series):
        """An installed Kolibri with a prepared home; skips the case when it cannot be had."""
        try:
            return get_prepared(series)
        except lab.Unavailable as error:
            return self.do_without(str(error))

    def do_without(self, reason):
        if os.environ.get("CI") == "true" and SERIES in MUST_RUN:
            self.fail(reason)
        self.skipTest(reason)

    def get_older(self):
        if SERIES not in OLDER:
            self.do_without("there is no Kolibri before %s here" % SERIES)
        return self.get_kolibri(OLDER[SERIES])

    def home(self, name="home", of=None):
        home = Home(self.kolibri, self.folder, name, of)
        self.addCleanup(home.server.kill)
        return home

    def assert_nothing(self, found):
        """Fails when a list of problems is not empty, and shows it."""
        if found:
            self.fail("\n".join(map(str, found)))

    def assert_restored(self, source, restored):
        self.assert_nothing(compare.restore_differences(source, restored))
        self.assertEqual(compare.query(restored, "PRAGMA integrity_check"), [("ok",)])

    def assert_comes_up(self, home, info):
        """The server starts, serves what a browser needs, and has the learners of `info`.

        The information page alone proves little: it answers on a database that was not migrated.
        """
        home.server.start()
        client = home.server.client()
        try:
            self.assertEqual(client.info()["kolibri_version"], self.kolibri.version)
            self.assertEqual([f["name"] for f in client.facilities()], [info["facility"]])
            counted = client.login(info["admin"], info["password"]).count()
            home.server.client().login(info["learner"], info["password"]).study("exercise")
        except OSError as error:
            self.fail("%s\n%s" % (error, home.server.log_tail()))
        self.assertEqual(counted, {name: info[name] for name in counted})

    def assert_new_instance(self, home):
        """Kolibri has taken the new database id, so that peers do not take new work for old."""
        ids = compare.query(home.database, "SELECT id FROM morango_databaseidmodel WHERE current=1")
        used = compare.query(home.database, "SELECT database_id FROM morango_instanceidmodel WHERE current=1")
        self.assertEqual(len(ids), 1)
        self.assertEqual(ids, used)


def on_terminated(*_):
    """meson ends a test that takes too long: end the servers and remove the folders first."""
    raise KeyboardInterrupt


def run(words):
    """Runs the cases in a folder that must be empty again at the end."""
    global ROOT  # pylint: disable=global-statement
    ROOT = tempfile.mkdtemp(prefix="kb-interop-")
    signal.signal(signal.SIGTERM, on_terminated)
    try:
        tap.main(words)
    except KeyboardInterrupt:
        Server.kill_all()
        shutil.rmtree(ROOT)
        os.mkdir(ROOT)
        raise
    finally:
        os.rmdir(ROOT)


def main():
    """Reads the command line and runs the cases."""
    global SERIES, CLI  # pylint: disable=global-statement
    words = sys.argv[1:]
    CLI = os.environ.get("KB_CLI")
    if "--cli" in words:
        at = words.index("--cli")
        CLI = CLI or words[at + 1]
        del words[at : at + 2]
    version = words.pop(0) if words and words[0][0].isdigit() else os.environ.get("KB_KOLIBRI")
    if not CLI or not version:
        sys.exit(__doc__)
    CLI = os.path.abspath(CLI)
    SERIES = lab.series_of(version)
    run(words)
