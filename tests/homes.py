# SPDX-License-Identifier: MIT
"""Data folders for tests: made from what a real Kolibri wrote (tests/fixtures), each in a temporary
folder of its own, with HOME and KOLIBRI_HOME leading there."""

import gzip
import hashlib
import os
import shutil
import sqlite3
import tempfile
import unittest

FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fixtures")
# kolibri-* is full of odd names and texts, demo-* is a school to show (tests/kolibri/cast.py).
VERSIONS = {"0.16": "0.16.2", "0.19": "0.19.5", "demo-0.16": "0.16.2", "demo-0.19": "0.19.5"}
LEARNERS = {"0.16": 40, "0.19": 39}


def fixture_sql(fixture):
    name = fixture if fixture.startswith("demo-") else "kolibri-" + fixture
    with gzip.open(os.path.join(FIXTURES, name + ".dump.gz"), "rt", encoding="utf-8") as f:
        return f.read()


def only_posix(reason):
    """For a test that makes no sense for the program for Windows."""
    return unittest.skipIf("KB_WINDOWS" in os.environ, "not on Windows: " + reason)


class Sandbox:
    """A temporary folder; `env` is what a program started in it gets to see."""

    def __init__(self):
        self.path = tempfile.mkdtemp(prefix="kb-test-")
        self.user = os.path.join(self.path, "user")
        os.makedirs(os.path.join(self.user, "run"), mode=0o700)
        self.env = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("KOLIBRI_", "XDG_", "LC_", "LANGUAGE"))
        }
        self.env.update(
            HOME=self.user,
            LANG="C.UTF-8",
            XDG_RUNTIME_DIR=os.path.join(self.user, "run"),
            XDG_CACHE_HOME=os.path.join(self.user, "cache"),
            XDG_CONFIG_HOME=os.path.join(self.user, "config"),
            XDG_DATA_HOME=os.path.join(self.user, "share"),
            TMPDIR=self.path,
            KOLIBRI_HOME=os.path.join(self.path, "none"),
            DBUS_SYSTEM_BUS_ADDRESS="unix:path=/nonexistent/bus",  # nobody else's Kolibri
        )

    def file(self, *names):
        return os.path.join(self.path, *names)

    def remove(self):
        shutil.rmtree(self.path)


def make_home(path, fixture):
    """A data folder as Kolibri leaves it: a database in WAL mode, and .data_version."""
    os.makedirs(path)
    if fixture is not None:
        db = sqlite3.connect(os.path.join(path, "db.sqlite3"))
        db.executescript(fixture_sql(fixture))
        db.execute("PRAGMA journal_mode=WAL")
        db.close()
        with open(os.path.join(path, ".data_version"), "w") as f:
            f.write(VERSIONS[fixture])
    return path


def add_kolibri_dump(home, fixture, when="2026-05-04_10-11-12"):
    """A backup as Kolibri itself makes one. Returns its path."""
    folder = os.path.join(home, "backups")
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "db-v%s_%s.dump" % (VERSIONS[fixture], when))
    with open(path, "w", encoding="utf-8", newline="") as f:
        f.write(fixture_sql(fixture))
    return path


def digest(home):
    """What "unchanged" means: the content of the database, .data_version, options.ini, backups."""
    found = {}
    database = os.path.join(home, "db.sqlite3")
    if os.path.exists(database):
        db = sqlite3.connect(database)
        found["db"] = hashlib.sha256("\n".join(db.iterdump()).encode("utf-8", "surrogateescape")).hexdigest()
        db.close()
    for name in (".data_version", "options.ini"):
        if os.path.exists(os.path.join(home, name)):
            with open(os.path.join(home, name), "rb") as f:
                found[name] = f.read()
    for folder, _, names in os.walk(os.path.join(home, "backups")):
        for name in names:
            if name.endswith((".dump", ".gz", ".sqlite3")):
                with open(os.path.join(folder, name), "rb") as f:
                    found[os.path.join(folder, name)] = hashlib.sha256(f.read()).hexdigest()
    return found


def leftovers(home):
    """Unfinished files that no run of ours may leave."""
    found = []
    for folder, folders, names in os.walk(home):
        found += [
            os.path.join(folder, name)
            for name in folders + names
            if name.endswith((".part", ".restoring", ".restoring-second")) or name == "restore.ini"
        ]
    return found


def query(home, sql):
    db = sqlite3.connect(os.path.join(home, "db.sqlite3"))
    try:
        return db.execute(sql).fetchall()
    finally:
        db.close()
