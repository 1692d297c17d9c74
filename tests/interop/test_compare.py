#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The proofs themselves: compare.py sees every difference, history.py every torn copy."""

import os
import shutil
import sqlite3
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import tap  # noqa: E402
from kolibri import compare, history  # noqa: E402
from kolibri.history import ATTEMPT, SESSION, Write  # noqa: E402

SCHEMA = """
CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a);
CREATE INDEX i ON t (a);
CREATE TABLE plain (a, b);
CREATE TABLE morango_databaseidmodel (id, current, date_generated, initial_instance_id);
INSERT INTO t VALUES (1, 0.1), (2, 'x'), (3, 1), (4, NULL), (5, X'61'), (6, CAST(X'6100' AS TEXT));
INSERT INTO plain VALUES (1, 2), (3, 4), (1, 2);
INSERT INTO morango_databaseidmodel VALUES ('%s', 1, '2024-05-01 10:11:12.123456', '');
""" % ("a" * 32)
OLD_IDS = "UPDATE morango_databaseidmodel SET current=0"
NEW_ID = "INSERT INTO morango_databaseidmodel VALUES ('%s', %d, '2024-05-02 10:11:12.123456', '')"


class Compare(unittest.TestCase):
    """Each case breaks one thing."""

    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.left = self.make("left")

    def make(self, name, *statements, schema=SCHEMA):
        """A database of the schema above, changed."""
        path = os.path.join(self.folder, name)
        db = sqlite3.connect(path)
        db.executescript(schema + ";".join(statements))
        db.close()
        return path

    def assert_seen(self, *statements, schema=SCHEMA):
        right = self.make("right", *statements, schema=schema)
        self.assertNotEqual(compare.differences(self.left, right), [], statements)
        self.assertNotEqual(compare.fingerprint(self.left), compare.fingerprint(right), statements)
        os.remove(right)

    def test_equal(self):
        right = self.make("right", schema=SCHEMA.replace("TABLE plain (a, b)", "TABLE plain\n  (a,  b)"))
        self.assertEqual(compare.differences(self.left, right), [])
        self.assertEqual(compare.fingerprint(self.left), compare.fingerprint(right))

    def test_value_and_type(self):
        for value in ("0.1+1e-17*2", "'0.1'", "NULL", "X'302E31'"):
            self.assert_seen("UPDATE t SET a=%s WHERE id=1" % value)
        self.assert_seen("UPDATE t SET a='y' WHERE id=2")
        self.assert_seen("UPDATE t SET a=1.0 WHERE id=3")
        self.assert_seen("UPDATE t SET a='' WHERE id=4")
        self.assert_seen("UPDATE t SET a='a' WHERE id=5")
        self.assert_seen("UPDATE t SET a='a' WHERE id=6")

    def test_rows(self):
        self.assert_seen("DELETE FROM plain WHERE rowid=3")
        self.assert_seen("INSERT INTO plain VALUES (1, 2)")
        self.assert_seen("DELETE FROM plain WHERE rowid=1", "INSERT INTO plain VALUES (1, 2)")
        self.assert_seen("UPDATE plain SET rowid=9 WHERE rowid=3")
        self.assert_seen("UPDATE sqlite_sequence SET seq=99")

    def test_schema(self):
        self.assert_seen("DROP INDEX i")
        self.assert_seen("CREATE VIEW v AS SELECT 1")
        self.assert_seen("CREATE TABLE more (x)")
        self.assert_seen("DROP TABLE plain")
        self.assert_seen("ALTER TABLE plain ADD COLUMN c")
        self.assert_seen(schema=SCHEMA.replace("plain (a, b)", "plain (a, b NOT NULL)"))

    def test_settings(self):
        right = self.make("right", "PRAGMA user_version=7")
        self.assertNotEqual(compare.differences(self.left, right), [])
        right = self.make("wide", schema="PRAGMA encoding='UTF-16le';" + SCHEMA)
        self.assertNotEqual(compare.differences(self.left, right), [])

    def assert_ids(self, is_right, *statements):
        right = self.make("right", *statements)
        found = compare.restore_differences(self.left, right)
        self.assertEqual(found == [], is_right, (statements, found))
        os.remove(right)

    def test_new_database_id(self):
        self.assert_ids(True, OLD_IDS, NEW_ID % ("b" * 32, 1))
        self.assert_ids(False)
        self.assert_ids(False, OLD_IDS)
        self.assert_ids(False, NEW_ID % ("b" * 32, 1))
        self.assert_ids(False, OLD_IDS, NEW_ID % ("b" * 32, 0))
        self.assert_ids(False, OLD_IDS, NEW_ID % ("a" * 32, 1))
        self.assert_ids(False, OLD_IDS, NEW_ID % ("B" * 32, 1))
        self.assert_ids(False, OLD_IDS, NEW_ID % ("b" * 32, 1), NEW_ID % ("c" * 32, 1))
        self.assert_ids(False, "DELETE FROM morango_databaseidmodel", NEW_ID % ("b" * 32, 1))


class Moment(unittest.TestCase):
    """A learner in thread A, another in B: session, attempt, session, attempt, one after the other."""

    A = [Write(k, "a%d" % (n // 2), n, n + 0.9) for n, k in enumerate((SESSION, ATTEMPT) * 4)]
    B = [Write(k, "b%d" % (n // 2), n + 0.5, n + 1.4) for n, k in enumerate((SESSION, ATTEMPT) * 4)]

    def problems(self, held, begun=0.0, ended=9.0):
        writes = self.A + self.B
        return history.moment_problems(held, [w for w in writes if w not in held], begun, ended)

    def test_every_moment_passes(self):
        for n in range(8):
            self.assertEqual(self.problems(self.A[:n] + self.B[:n]), [])
            self.assertEqual(self.problems(self.A[: n + 1] + self.B[:n]), [])

    def test_a_later_table_fails(self):
        sessions = [w for w in self.A + self.B if w.kind == SESSION]
        attempts = [w for w in self.A + self.B if w.kind == ATTEMPT]
        self.assertNotEqual(self.problems(sessions + attempts[:1]), [])
        self.assertNotEqual(self.problems(sessions[:2] + attempts), [])

    def test_a_later_thread_fails(self):
        self.assertNotEqual(self.problems(self.A[:2] + self.B[:5]), [])

    def test_bounds(self):
        self.assertNotEqual(self.problems([], begun=2.0), [])
        self.assertNotEqual(self.problems(self.A + self.B, ended=3.0), [])

    def test_meanwhile(self):
        self.assertEqual(history.meanwhile(self.A, 1.5, 4.0), self.A[2:4])


if __name__ == "__main__":
    tap.main()
