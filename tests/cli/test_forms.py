#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Everything a teacher may have is readable: a database with all that SQLite can hold, in each form
in which somebody may have kept it, restored by the real program, is the same byte for byte.

tests/fixtures/shell-3.54.dump.gz is `sqlite3 FILE .dump` of the shell of SQLite 3.54.1, run on what
everything() makes; newer shells than Debian's write unistr().
"""

import gzip
import os
import shutil
import sqlite3
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..")]
import homes  # noqa: E402
import tap  # noqa: E402
from content import content  # noqa: E402
from test_cli import CliCase  # noqa: E402

SCHEMA = """
CREATE TABLE django_migrations(id INTEGER PRIMARY KEY AUTOINCREMENT, app, name);
CREATE TABLE kolibriauth_facilityuser(id CHAR(32) PRIMARY KEY, full_name);
CREATE TABLE kolibriauth_collection(id, name, kind);
CREATE TABLE morango_databaseidmodel(id CHAR(32) PRIMARY KEY, current BOOL, date_generated DATETIME, initial_instance_id VARCHAR(32));
CREATE TABLE "any thing"(id INTEGER PRIMARY KEY, value);
CREATE TABLE pairs(a TEXT, b TEXT, PRIMARY KEY (a, b DESC)) WITHOUT ROWID;
CREATE TABLE computed(a, b AS (a || '!') STORED, c AS (length(a)));
CREATE TABLE strictly(i INT, t TEXT, r REAL, b BLOB) STRICT;
CREATE INDEX partial ON kolibriauth_collection(lower(name)) WHERE kind IS NOT NULL; -- it's
CREATE VIEW seen AS SELECT value FROM "any thing";
CREATE TRIGGER fired AFTER INSERT ON computed BEGIN SELECT 'a;b'; END;
"""
TEXTS = ["", "it's", "a\nb", "\r", "a\r\nb\n", "\\n \\u000a \\\\", "\t\x01\x1f\x7f", "Ng'ombe العلم 😀\u0085\u2028", "';COMMIT;--"]
NUMBERS = [0, -1, 2**63 - 1, -(2**63), 0.1, 2.5, -1e100]
# The shells write -0.0 as 0, 1e15 as an integer, 17 digits as 16, and text up to its NUL.
SHELLS_CANNOT = [-0.0, 1.7976931348623157e308, 5e-324, 2.5e-308, 3.0000000000000004, 1e15, float("inf"), float("-inf"), b"\xff\xfe", b"a\0b", b"\xc0\x80"]


def everything(path, encoding="UTF-8", for_shells=True):
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA encoding='%s'" % encoding)
    db.executescript(SCHEMA)
    for number, text in enumerate(TEXTS):
        db.execute("INSERT INTO kolibriauth_facilityuser VALUES(?,?)", (number, text))
        db.execute("INSERT INTO pairs VALUES(?,?)", (text, "k%d" % number))
        db.execute("INSERT INTO computed(a) VALUES(?)", (text,))
    values = TEXTS + NUMBERS + [None, b"", b"\0\xff", b"'"]
    db.executemany('INSERT INTO "any thing"(value) VALUES(?)', [(value,) for value in values])
    db.execute('INSERT INTO "any thing" VALUES(-5, 1), (1000000000000, 2)')
    db.execute("INSERT INTO strictly VALUES(1, 'x', 1.0, x'00')")
    db.execute("INSERT INTO django_migrations VALUES(1,'exams','0001_initial'), (9,'x','y')")
    db.execute("DELETE FROM django_migrations WHERE id = 9")  # sqlite_sequence remembers it
    if not for_shells:
        for value in SHELLS_CANNOT:
            mark = "CAST(? AS TEXT)" if isinstance(value, bytes) else "?"
            db.execute('INSERT INTO "any thing"(value) VALUES(%s)' % mark, (value,))
        db.execute("DELETE FROM kolibriauth_facilityuser WHERE rowid % 2 = 0")  # gaps
        db.executescript("PRAGMA user_version=7; PRAGMA application_id=42")
    db.execute("ANALYZE")
    db.close()
    return path


def python_dump(path):
    """As Kolibri writes it: kolibri/core/deviceadmin/utils.py, dbbackup()."""
    db = sqlite3.connect(path)
    text = "".join(db.iterdump())
    db.close()
    return text


class TestForms(CliCase):
    def setUp(self):
        super().setUp()
        homes.make_home(self.home, "0.16")
        self.source = self.sandbox.file("source.sqlite3")

    def read(self, path):
        with open(path, "rb") as f:
            return f.read()

    def assert_restores(self, path, expected, ours):
        self.run_cli("check", path, home=False)
        self.run_cli("restore", "--yes", path)
        found = content(os.path.join(self.home, "db.sqlite3"), ours)
        del found["rows", "morango_databaseidmodel"]  # a restore adds one: facts 5.5
        del expected["rows", "morango_databaseidmodel"]
        self.assertEqual(expected.keys(), found.keys())
        for key, value in expected.items():
            self.assertEqual(value, found[key], key)

    def assert_all(self, name, dump, expected, ours=False):
        """Plain, and compressed."""
        self.assert_restores(self.write(name, dump), dict(expected), ours)
        self.assert_restores(self.write(name + ".gz", gzip.compress(dump, 1)), dict(expected), ours)

    def test_ours(self):
        for encoding in ("UTF-8", "UTF-16le", "UTF-16be"):
            with self.subTest(encoding):
                home = self.sandbox.file(encoding)
                os.mkdir(home)
                database = everything(os.path.join(home, "db.sqlite3"), encoding, False)
                self.write(os.path.join(encoding, ".data_version"), "0.16.2")
                self.home, into = home, self.home
                made = self.run_json("backup")
                self.home = into
                self.assert_all("ours.dump", self.read(made["path"]), content(database, True), True)

    def test_binary(self):
        everything(self.source, "UTF-8", False)
        self.assert_all("copy.sqlite3", self.read(self.source), content(self.source, True), True)

    def test_binary_of_another_page_size(self):
        everything(self.source, "UTF-16be", False)
        db = sqlite3.connect(self.source, isolation_level=None)
        db.executescript("PRAGMA page_size=512; VACUUM")
        db.close()
        self.assert_all("copy.sqlite3", self.read(self.source), content(self.source, True), True)

    def test_binary_with_its_log(self):
        everything(self.source, "UTF-8", False)
        db = sqlite3.connect(self.source, isolation_level=None)
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("INSERT INTO kolibriauth_facilityuser VALUES('late', 'comer')")
        folder = self.sandbox.file("stick")
        os.mkdir(folder)
        for suffix in ("", "-wal"):
            shutil.copy(self.source + suffix, os.path.join(folder, "db.sqlite3" + suffix))
        before = {name: self.read(os.path.join(folder, name)) for name in os.listdir(folder)}
        self.assert_restores(os.path.join(folder, "db.sqlite3"), content(self.source, True), True)
        self.assertEqual(before, {name: self.read(os.path.join(folder, name)) for name in os.listdir(folder)})
        os.remove(os.path.join(folder, "db.sqlite3-wal"))  # and without it: as it was before
        self.run_cli("restore", "--yes", os.path.join(folder, "db.sqlite3"))
        self.assertEqual(homes.query(self.home, "SELECT 1 FROM kolibriauth_facilityuser WHERE id='late'"), [])
        db.close()

    def test_binary_of_a_crashed_machine(self):
        """Its journal says what to undo."""
        everything(self.source, "UTF-8", False)
        folder = self.sandbox.file("stick")
        os.mkdir(folder)
        db = sqlite3.connect(self.source, isolation_level=None)
        db.executemany('INSERT INTO "any thing"(value) VALUES(?)', [(b"x" * 9000,)] * 50)
        expected = content(self.source, True)
        db.executescript("PRAGMA cache_size=1; BEGIN; UPDATE \"any thing\" SET value = zeroblob(9000)")
        for suffix in ("", "-journal"):
            shutil.copy(self.source + suffix, os.path.join(folder, "db.sqlite3" + suffix))
        db.execute("ROLLBACK")
        db.close()
        self.assert_restores(os.path.join(folder, "db.sqlite3"), expected, True)

    @homes.only_posix("reals as Kolibri's own SQLite would read them, to the last bit")
    def test_shell_of_debian(self):
        everything(self.source)
        dump = subprocess.run(["sqlite3", self.source, ".dump"], stdout=subprocess.PIPE, check=True).stdout
        self.assertIn(b"char(13)", dump)
        self.assert_all("shell.sql", dump, content(self.source, False))
        self.assert_restores(
            self.write("windows.sql", dump.replace(b"\n", b"\r\n")), content(self.source, False), False
        )

    @homes.only_posix("reals as Kolibri's own SQLite would read them, to the last bit")
    def test_newest_shell(self):
        everything(self.source)
        dump = gzip.decompress(self.read(os.path.join(homes.FIXTURES, "shell-3.54.dump.gz")))
        self.assertIn(b"unistr('", dump)
        self.assertIn(b"PRAGMA writable_schema=ON;", dump)
        self.assert_all("shell.sql", dump, content(self.source, False))

    @homes.only_posix("reals as Kolibri's own SQLite would read them, to the last bit")
    def test_kolibri(self):
        """Linux and Windows, with and without newlines; a CR comes back as Kolibri's restore gives it."""
        everything(self.source)
        db = sqlite3.connect(self.source, isolation_level=None)
        db.executescript("DROP VIEW seen; DROP INDEX partial")  # comments that break Python's own dump
        for table, column in (("kolibriauth_facilityuser", "full_name"), ("pairs", "a"), ("computed", "a"), ('"any thing"', "value")):
            db.execute("DELETE FROM %s WHERE typeof(%s)='text' AND instr(%s, char(13))" % (table, column, column))
        for table, columns in (("kolibriauth_facilityuser", "id, full_name"), ("computed", "a")):
            db.execute("CREATE TEMP TABLE k AS SELECT %s FROM %s ORDER BY rowid" % (columns, table))
            db.execute("DELETE FROM %s" % table)  # no gaps in rowids, which Python does not keep
            db.execute("INSERT INTO %s(%s) SELECT * FROM k" % (table, columns))
            db.execute("DROP TABLE k")
        db.close()
        text = python_dump(self.source)
        for dump in (text, text.replace("\n", "\r\n"), text.replace("\n", "\r")):
            self.assert_all("kolibri.dump", dump.encode(), content(self.source, False))

    @homes.only_posix("reals as Kolibri's own SQLite would read them, to the last bit")
    def test_several_members_of_gzip(self):
        everything(self.source)
        dump = gzip.decompress(self.read(os.path.join(homes.FIXTURES, "shell-3.54.dump.gz")))
        packed = b"".join(gzip.compress(dump[i : i + 700]) for i in range(0, len(dump), 700))
        self.assert_restores(self.write("split.gz", packed), content(self.source, False), False)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--make"]:  # the database of the fixture
        everything(sys.argv[2])
    else:
        tap.main()
