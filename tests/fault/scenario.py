# SPDX-License-Identifier: MIT
"""What is done to a data folder, and what may be there afterwards. A scenario makes its box once (a
folder with the data folder and what it needs); each run starts from a copy."""

import configparser
import copy
import glob
import json
import os
import shutil
import sqlite3
import subprocess
import sys

import sample
from sample import Content

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")]
import homes  # noqa: E402

CLI = os.environ["KB_CLI"]
FAULT_LIB = os.environ["KB_FAULT_LIB"]
DISK_KINDS = ("eio", "enospc", "eacces", "torn")
KILLED = -9
OTHER_USER = 65534


def version_key(version):
    return tuple(int(part) for part in version.split("."))


class Run:
    """How a run of the program ended."""

    def __init__(self, result, report, sticky):
        self.code = result.returncode
        self.stdout, self.stderr = result.stdout, result.stderr
        self.calls, self.struck = report
        self.sticky = sticky

    def answer(self):
        return json.loads(self.stdout)


class Box:
    """A place for one data folder, a folder of SQLite's own for temporary files, and the environment."""

    def __init__(self):
        self.sandbox = homes.Sandbox()
        self.path = self.sandbox.file("box")
        self.home = os.path.join(self.path, "home")
        self.disk = self.sandbox.file("disk")
        self.report = self.sandbox.file("report")
        self.env = dict(self.sandbox.env, PATH="/usr/bin:/bin", TMPDIR=os.path.join(self.path, "tmp"))
        self.env["G_DEBUG"] = "fatal-warnings"

    def remove(self):
        self.sandbox.remove()

    def file(self, *names):
        return os.path.join(self.home, *names)

    def run(self, *args, kind=None, at=0, sticky=False, cache=None, disk=False, lies=False):
        env = dict(self.env)
        if lies:
            env.update(LD_PRELOAD=FAULT_LIB, KB_FAULT_SPACE="1")
        if kind is not None:
            env.update(
                LD_PRELOAD=FAULT_LIB,
                KB_FAULT_DIR=self.path,
                KB_FAULT_KIND=kind,
                KB_FAULT_AT=str(at),
                KB_FAULT_REPORT=self.report,
            )
            env.update({"KB_FAULT_STICKY": "1"} if sticky else {})
            env.update({"KB_FAULT_CACHE": str(cache)} if cache else {})
            env.update({"KB_FAULT_DISK": self.disk} if disk else {})
        result = subprocess.run(
            [CLI, "--home", self.home, "--json", *args],
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        return Run(result, self.read_report() if kind is not None else (0, ""), sticky)

    def read_report(self):
        with open(self.report, "rb") as f:
            content = f.read()
        calls, _, rest = content.partition(b"\n")
        return int(calls), rest.strip(b"\0").decode()


def interrupted(case, **keywords):
    """The same scenario, from where a run was killed; what is run is only the next start."""
    case.reset()
    run = case.run(**keywords)
    after = copy.copy(case)
    after.template = case.box.sandbox.file("interrupted")
    shutil.rmtree(after.template, ignore_errors=True)
    case.copy_box(case.box.path, after.template)
    after.command = ("status",)
    after.check_answer = lambda run, done: None
    after.can_run_again = lambda done: False
    return after, run


def kill_after_commit(case):
    """The last call at which the new data counts and something is left to be put right."""
    case.reset()
    at = case.run(kind="kill").calls
    while True:
        case.reset()
        run = case.run(kind="kill", at=at)
        if case.leftovers():
            assert run.code == KILLED and case.check_data()
            return
        at -= 1


class Scenario:
    """`command` is what the program is asked to do."""

    name = command = ()
    journal_modes = ("delete", "wal")

    def __init__(self, journal_mode):
        self.journal_mode = journal_mode
        self.box = Box()
        self.template = self.box.sandbox.file("template")
        os.makedirs(os.path.join(self.box.path, "tmp"))
        self.prepare()
        if os.geteuid() == 0:  # root works for the owner of the data
            for folder, folders, names in os.walk(self.box.home):
                for name in [""] + folders + names:
                    os.chown(os.path.join(folder, name), OTHER_USER, OTHER_USER)
        os.rename(self.box.path, self.template)

    def reset(self):
        for path in (self.box.path, self.box.disk):
            shutil.rmtree(path, ignore_errors=True)
        self.copy_box(self.template, self.box.path)

    @staticmethod
    def copy_box(source, target):
        """With owners and hard links, as a disk image would."""
        subprocess.run(["cp", "-a", source, target], check=True)

    def run(self, **keywords):
        return self.box.run(*self.command, **keywords)

    def can_run_again(self, done):
        return True

    def remove(self):
        self.box.remove()

    # What is there.

    def read_live(self):
        return self.read_database(self.box.file("db.sqlite3"))

    def read_database(self, path):
        return Content.of_file(path)

    def read_version(self):
        try:
            with open(self.box.file(".data_version")) as f:
                return f.read()
        except FileNotFoundError:
            return None

    def read_kept(self):
        """What is kept of replaced data, by name: content, and the version that kept.ini says."""
        found = {}
        for path in glob.glob(self.box.file("backups", "protected", "replaced", "replaced-v*")):
            if not path.endswith(".part"):
                ini = configparser.ConfigParser(interpolation=None)
                ini.read(os.path.join(path, "kept.ini"))
                content = self.read_database(os.path.join(path, "db.sqlite3"))
                found[os.path.basename(path)] = (content, ini.get("Kept", "data_version", fallback=None))
        return found

    def leftovers(self):
        found = homes.leftovers(self.box.home)
        return found + glob.glob(self.box.file("db.sqlite3.restoring*"))

    def strangers(self):
        """Files of ours that do not belong to the owner of the data."""
        owner = os.stat(self.box.home).st_uid
        return [
            os.path.join(folder, name)
            for folder, folders, names in os.walk(self.box.home)
            for name in folders + names
            if os.lstat(os.path.join(folder, name)).st_uid != owner
        ]


class Backup(Scenario):
    """A new file, or none; the data as it was."""

    name = "backup"
    command = ("backup",)

    def prepare(self):
        sample.make_home(self.box.home, "0.19", "in use", self.journal_mode)
        self.old = self.read_live()
        self.old_version = self.read_version()

    def dumps(self):
        return glob.glob(self.box.file("backups", "**", "*.dump"), recursive=True)

    def check_data(self):
        """Before anything has been put right: what is there counts. Returns whether there is a backup."""
        assert self.read_live() == self.old, "the data has changed"
        assert self.read_version() == self.old_version, ".data_version has changed"
        for path in self.dumps():
            content = sample.load_dump(path)
            assert content == self.old, "%s: half a backup" % path
        return len(self.dumps()) > 0

    def check_answer(self, run, done):
        assert run.code != 0 or done, "it says that the backup is made"
        if run.code == 0:
            assert os.path.exists(run.answer()["path"]), "the backup is not where it is said to be"

    def check_done(self):
        assert self.check_data(), "no backup"
        assert len(self.dumps()) >= 2, "no protected backup"

    def check_recovered(self, done):
        assert self.check_data() >= done, "the backup is gone"
        listed = self.box.run("list").answer()["backups"]
        assert len(listed) == len({os.path.basename(path) for path in self.dumps()}), listed


class Replace(Scenario):
    """The old data or the new; when it is the new, the old is kept."""

    kept_states = {"complete"}

    def check_data(self):
        """Returns whether the new data is in use."""
        live = self.read_live()
        is_new = live is not None and self.is_new(live)
        assert is_new or live == self.old, "neither the old data nor the new"
        lower = min(self.old_version, self.new_version, key=version_key)
        right = self.new_version if is_new else self.old_version
        present = self.read_version()
        assert present in (right, lower), "%s data under .data_version %s" % ("new" if is_new else "old", present)
        kept = list(self.read_kept().values())
        for known in self.kept_before:
            assert known in kept, "kept data is gone"
        if is_new and self.old is not None:
            assert (self.old, self.old_version) in kept, "the old data is not kept: %s" % kept
        return is_new

    def is_new(self, live):
        return live.is_restored_from(self.new)

    def check_answer(self, run, done):
        assert run.code != 0 or done, "it says that it is done"
        assert run.code == 0 or run.sticky or not done, "it says that it has failed"
        if run.code == 0 and self.old is not None:
            kept = self.read_kept()[run.answer()["kept"]]
            assert kept == (self.old, self.old_version), "what it says is kept is not the old data"

    def check_done(self):
        assert self.check_data(), "not done"
        assert self.read_version() == self.new_version, ".data_version is %s" % self.read_version()

    def check_recovered(self, done):
        assert self.check_data() == done, "recovery has changed the data"
        right = self.new_version if done else self.old_version
        assert self.read_version() == right, ".data_version is %s" % self.read_version()
        kept = self.read_kept()
        expected = len(self.kept_before) + (done and self.old is not None)
        assert len(kept) == expected, "kept: %s" % kept
        listed = self.box.run("list").answer()["backups"]
        assert kept.keys() <= {entry["name"] for entry in listed}, listed
        assert {entry["state"] for entry in listed} <= self.kept_states, listed


class Restore(Replace):
    """Of a dump of `new_fixture`, over data of `old_fixture`."""

    old_fixture, new_fixture = "0.19", "0.16"
    kept_before = ()

    def prepare(self):
        sample.make_home(self.box.home, self.old_fixture, "in use", self.journal_mode)
        self.old = self.read_live()
        self.old_version = homes.VERSIONS[self.old_fixture]
        self.new_version = homes.VERSIONS[self.new_fixture]
        path = self.make_source()
        self.command = ("restore", "--yes", path)

    def make_source(self):
        path = os.path.join(self.box.path, "db-v%s_2026-05-04_10-11-12.dump" % self.new_version)
        sample.make_dump(path, self.new_fixture, "restored")
        self.new = sample.load_dump(path)
        return path


class RestoreOlder(Restore):
    name = "restore-older"


class RestoreSame(Restore):
    name = "restore-same"
    new_fixture = "0.19"


class RestoreNewer(Restore):
    name = "restore-newer"
    old_fixture, new_fixture = "0.16", "0.19"


class RestoreBinary(Restore):
    """Of a copy of a database with its log, of another page size."""

    name = "restore-binary"

    def make_source(self):
        folder = os.path.join(self.box.path, "stick")
        sample.make_home(folder, self.new_fixture, "restored", "wal", page_size=1024)
        path = os.path.join(folder, "db.sqlite3")
        self.new = Content.of_file(path)
        return path


class Undo(RestoreOlder):
    """Of a restore of an older backup: the data goes back as it was."""

    name = "undo"

    def prepare(self):
        super().prepare()
        self.prepare_undo()

    def prepare_undo(self):
        done = self.run()
        assert done.code == 0, done.stdout
        self.kept_before = tuple(self.read_kept().values())
        self.old, self.new = self.read_live(), self.old
        self.old_version, self.new_version = self.new_version, self.old_version
        self.command = ("undo", "--yes")

    def is_new(self, live):
        """Marked as used before the commit: one that failed costs the data its id, and nothing else."""
        return live == self.new or live.is_restored_from(self.new)

    def can_run_again(self, done):
        return not done  # the next undo would undo this one


class UndoAgain(Undo):
    """The kept data has been in use once more since: it needs a new id."""

    name = "undo-again"

    def prepare(self):
        super().prepare()
        first = next(iter(self.read_kept()))
        for words in (("undo", "--yes"), self.restore_command()):
            done = self.box.run(*words)
            assert done.code == 0, done.stdout
        self.kept_before = tuple(self.read_kept().values())
        self.old = self.read_live()
        self.command = ("undo", "--yes", first)

    def restore_command(self):
        dump = glob.glob(os.path.join(self.box.path, "*.dump"))[0]
        return ("restore", "--yes", dump)

    def is_new(self, live):
        return live.is_restored_from(self.new)


class Damaged:
    """Bytes that SQLite does not open, with a log beside them that belongs to them."""

    def __init__(self, path):
        with open(path, "rb") as f:
            self.bytes = f.read()

    def __eq__(self, other):
        return isinstance(other, Damaged) and self.bytes == other.bytes

    def is_restored_from(self, source):
        return False


class RestoreDamaged(RestoreOlder):
    """Over a database that is damaged: it is moved aside with its log, and the new file renamed in."""

    name = "restore-damaged"
    kept_states = {"complete", "incomplete"}
    log = b"the log of a damaged database" * 200

    def prepare(self):
        super().prepare()
        path = self.box.file("db.sqlite3")
        for target, content in ((path, b"no database " * 5000), (path + "-wal", self.log)):
            with open(target, "wb") as f:
                f.write(content)
        self.old = self.read_live()

    def read_database(self, path):
        try:
            return Content.of_file(path)
        except sqlite3.DatabaseError:
            return Damaged(path)

    def find_log(self, *folders):
        paths = [p for folder in folders for p in glob.glob(os.path.join(folder, "db.sqlite3*-wal"))]
        found = []
        for path in paths:
            with open(path, "rb") as f:
                found += [path] if f.read() == self.log else []
        return found

    def check_data(self):
        is_new = super().check_data()
        kept = glob.glob(self.box.file("backups", "protected", "replaced", "*"))
        assert self.find_log(self.box.home, *kept), "the log is gone"
        return is_new

    def check_recovered(self, done):
        super().check_recovered(done)
        assert bool(self.find_log(self.box.home)) != done, "the log is in the wrong place"


class RestoreMissing(RestoreOlder):
    """Where there is no database any more."""

    name = "restore-missing"

    def prepare(self):
        super().prepare()
        for path in glob.glob(self.box.file("db.sqlite3*")):
            os.remove(path)
        self.old = None


class UndoDamaged(RestoreDamaged):
    """What a restore has moved aside goes back, damaged as it was."""

    name = "undo-damaged"
    prepare_undo = Undo.prepare_undo
    can_run_again = Undo.can_run_again

    def prepare(self):
        super().prepare()
        self.prepare_undo()

    def is_new(self, live):
        return live == self.new

    def check_recovered(self, done):
        Replace.check_recovered(self, done)
        assert bool(self.find_log(self.box.home)) == done, "the log is in the wrong place"


class RestoreOverEmpty(RestoreOlder):
    """The database in use is nearly empty, so what comes in needs room in its file, too."""

    name = "restore-over-empty"

    def prepare(self):
        super().prepare()
        database = self.box.file("db.sqlite3")
        for path in glob.glob(database + "*"):
            os.remove(path)
        db = sqlite3.connect(database, isolation_level=None)
        db.execute("CREATE TABLE %s(id TEXT, current INTEGER)" % sample.ID_TABLE)
        db.execute("INSERT INTO %s VALUES('0123456789abcdef0123456789abcdef', 1)" % sample.ID_TABLE)
        db.execute("PRAGMA journal_mode=%s" % self.journal_mode)
        db.close()
        self.old = self.read_live()


class RestoreOverLongLog(RestoreOlder):
    """Somebody has left a log that is longer than the database."""

    name = "restore-over-long-log"

    def prepare(self):
        super().prepare()
        database = self.box.file("db.sqlite3")
        db = sqlite3.connect(database)
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA wal_autocheckpoint=0")
        for n in range(20):
            db.execute("UPDATE logger_attemptlog SET simple_answer=?", ("%d" % n * 50,))
            db.commit()
        copies = [(path, shutil.copyfile(path, path + "-copy")) for path in (database, database + "-wal")]
        db.close()
        for path, saved in copies:
            os.replace(saved, path)
        self.old = self.read_live()


OPERATIONS = (
    Backup,
    RestoreOlder,
    RestoreSame,
    RestoreNewer,
    RestoreBinary,
    RestoreDamaged,
    RestoreMissing,
    Undo,
    UndoAgain,
    UndoDamaged,
)
