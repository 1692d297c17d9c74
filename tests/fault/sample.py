# SPDX-License-Identifier: MIT
"""Small data folders, cut from what a real Kolibri wrote, and what is in a database."""

import functools
import hashlib
import os
import shutil
import sqlite3
import sys
import tempfile

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")]
import homes  # noqa: E402

# What a database needs to count as Kolibri's, a table with indexes, and one whose rows are in use.
TABLES = {
    "django_migrations",
    "sqlite_sequence",
    "morango_databaseidmodel",
    "kolibriauth_facilityuser",
    "kolibriauth_collection",
    "kolibriauth_role",
    "device_devicesettings",
    "logger_attemptlog",
}
ID_TABLE = "morango_databaseidmodel"
ROWS_IN_USE = 30


def fast_folder():
    """Syncing costs nothing in memory, and a kill asks no disk."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


@functools.lru_cache(maxsize=None)
def database_bytes(*arguments):
    with tempfile.TemporaryDirectory(dir=fast_folder()) as folder:
        path = os.path.join(folder, "db.sqlite3")
        build_database(path, *arguments)
        with open(path, "rb") as f:
            return f.read()


def make_database(path, fixture, mark=None, journal_mode="delete", page_size=4096):
    """A database of about forty pages. `mark` makes its rows differ; closed, without a log."""
    with open(path, "wb") as f:
        f.write(database_bytes(fixture, mark, journal_mode, page_size))


def build_database(path, fixture, mark, journal_mode, page_size):
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA page_size=%d" % page_size)
    db.execute("PRAGMA synchronous=OFF")
    db.executescript(homes.fixture_sql(fixture))
    db.execute("PRAGMA foreign_keys=OFF")
    names = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type='table'")]
    for name in names:
        if name not in TABLES:
            db.execute('DROP TABLE "%s"' % name)
    db.execute("DELETE FROM logger_attemptlog WHERE rowid > %d" % ROWS_IN_USE)
    if mark is not None:
        db.execute("UPDATE logger_attemptlog SET answer=?", (mark,))
        db.execute("UPDATE %s SET id=? WHERE current=1" % ID_TABLE, (hashlib.md5(mark.encode()).hexdigest(),))
    db.execute("PRAGMA journal_mode=DELETE")
    db.execute("VACUUM")
    db.execute("PRAGMA journal_mode=%s" % journal_mode)
    db.close()


def make_home(path, fixture, mark, journal_mode, page_size=4096):
    """A data folder; in WAL mode its newest rows are only in the log, as after a crash of Kolibri."""
    os.makedirs(path)
    database = os.path.join(path, "db.sqlite3")
    with tempfile.TemporaryDirectory(dir=fast_folder()) as folder:
        work = os.path.join(folder, "db.sqlite3")
        make_database(work, fixture, mark, journal_mode, page_size)
        db = sqlite3.connect(work)
        db.execute("UPDATE logger_attemptlog SET simple_answer='newest ' || rowid")
        db.commit()
        for suffix in ("", "-wal"):
            if os.path.exists(work + suffix):
                shutil.copyfile(work + suffix, database + suffix)
        db.close()
    with open(os.path.join(path, ".data_version"), "w") as f:
        f.write(homes.VERSIONS[fixture])


def make_dump(path, fixture, mark):
    """A backup as Kolibri makes one: Python's iterdump."""
    with tempfile.TemporaryDirectory(dir=fast_folder()) as folder:
        work = os.path.join(folder, "db.sqlite3")
        make_database(work, fixture, mark)
        db = sqlite3.connect(work)
        with open(path, "w", encoding="utf-8", newline="") as f:
            f.writelines("%s\n" % line for line in db.iterdump())
        db.close()


def load_dump(path):
    db = sqlite3.connect(":memory:")
    with open(path, encoding="utf-8") as f:
        db.executescript(f.read())
    try:
        return Content.of_connection(db)
    finally:
        db.close()


class Content:
    """All that is in a database; the ids of Kolibri's sync apart, since a restore adds one."""

    def __init__(self, digest, ids):
        self.digest = digest
        self.ids = ids

    def __eq__(self, other):
        return isinstance(other, Content) and (self.digest, self.ids) == (other.digest, other.ids)

    def is_restored_from(self, source):
        """The same, under a new id."""
        current = [row for row in self.ids if row[1]]
        before = sorted((row[0], 0) for row in source.ids)
        return (
            self.digest == source.digest
            and len(current) == 1
            and current[0][0] not in {row[0] for row in source.ids}
            and sorted(row for row in self.ids if not row[1]) == before
        )

    @classmethod
    def of_connection(cls, db):
        digest = hashlib.sha256()
        schema = db.execute("SELECT type, name, sql FROM sqlite_master ORDER BY type, name").fetchall()
        digest.update(repr(schema).encode())
        for kind, name, _ in schema:
            if kind == "table" and name != ID_TABLE:
                rows = db.execute('SELECT * FROM "%s" ORDER BY rowid' % name).fetchall()
                digest.update(repr((name, rows)).encode("utf-8", "surrogateescape"))
        ids = sorted(db.execute("SELECT id, current FROM %s" % ID_TABLE).fetchall())
        return cls(digest.hexdigest(), ids)

    @classmethod
    def of_file(cls, path):
        """Looks at a copy, with its journals: what plain SQLite makes of it. None if there is none."""
        if not os.path.exists(path):
            return None
        with tempfile.TemporaryDirectory(dir=fast_folder()) as folder:
            copy = os.path.join(folder, "db.sqlite3")
            for suffix in ("", "-wal", "-journal"):
                if os.path.exists(path + suffix):
                    shutil.copyfile(path + suffix, copy + suffix)
            db = sqlite3.connect(copy)
            try:
                verdict = db.execute("PRAGMA integrity_check").fetchall()
                if verdict != [("ok",)]:
                    raise AssertionError("%s: integrity_check: %s" % (path, verdict))
                return cls.of_connection(db)
            finally:
                db.close()
