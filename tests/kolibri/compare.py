# SPDX-License-Identifier: MIT
"""Compares two SQLite databases: schema, every table, every row and its number, every value exactly.

Nothing is left out but what the caller names.
"""

import contextlib
import datetime
import hashlib
import itertools
import os
import re
import sqlite3
import struct

DATABASE_IDS = "morango_databaseidmodel"
PRAGMAS = ("encoding", "user_version", "application_id")
MAX_REPORTED = 10


@contextlib.contextmanager
def reading(path):
    """A connection that only reads, and gives text as the bytes that are stored."""
    db = sqlite3.connect("file:%s?mode=ro" % os.path.abspath(path).replace("?", "%3f"), uri=True)
    db.text_factory = bytes
    try:
        yield db
    finally:
        db.close()


def query(path, sql, *values):
    """The rows of a query, with text as str."""
    with reading(path) as db:
        db.text_factory = str
        return db.execute(sql, values).fetchall()


def quoted(name):
    """A name of a table or column as SQL; the names that reading() gives are bytes."""
    text = name.decode("utf-8") if isinstance(name, bytes) else name
    return '"%s"' % text.replace('"', '""')


def normal_sql(sql):
    """The text of a schema row without the white space that says nothing."""
    return None if sql is None else re.sub(rb"\s+", b" ", sql).strip(b" ;")


def schema(db):
    """Every table, index, view and trigger, in an order of our own."""
    rows = db.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
    return sorted((row[:3] + (normal_sql(row[3]),) for row in rows), key=lambda row: row[:3])


def tables(db):
    """The names of all tables, SQLite's own included, such as sqlite_sequence."""
    return [row[1].decode("utf-8") for row in schema(db) if row[0] == b"table"]


def exact(value):
    """A value so that two are equal only when their bytes are: 0.0 is not -0.0, and nan is nan."""
    return struct.pack(">d", value) if isinstance(value, float) else value


def rows(db, table):
    """Yields each row of a table as (number, (type, value), …), in the order in which it is stored.

    The number of a row in SQLite's own tables says nothing, and no dump keeps it.
    """
    number = "0" if table.startswith("sqlite_") else "rowid"
    columns = [row[1] for row in db.execute("PRAGMA table_info(%s)" % quoted(table))]
    wanted = ", ".join("typeof(%s), %s" % (quoted(c), quoted(c)) for c in columns)
    for row in db.execute("SELECT %s, %s FROM %s ORDER BY rowid" % (number, wanted, quoted(table))):
        yield row[:1] + tuple(zip(row[1::2], map(exact, row[2::2])))


def _shown(row):
    text = "no row" if row is None else repr(row)
    return text if len(text) < 600 else text[:600] + "…"


def _differing_rows(table, left, right):
    for number, pair in enumerate(itertools.zip_longest(rows(left, table), rows(right, table)), 1):
        if pair[0] != pair[1]:
            yield "%s, row %d: %s is not %s" % (table, number, _shown(pair[0]), _shown(pair[1]))


def differences(left_path, right_path, without=()):
    """What differs between two databases, as sentences; the rows of the tables `without` may."""
    found = []
    with reading(left_path) as left, reading(right_path) as right:
        for pragma in PRAGMAS:
            values = [db.execute("PRAGMA " + pragma).fetchone()[0] for db in (left, right)]
            if values[0] != values[1]:
                found.append("%s: %r is not %r" % (pragma, values[0], values[1]))
        only = set(schema(left)) ^ set(schema(right))
        found += ["schema, only in one: %r" % (row,) for row in sorted(only, key=repr)]
        for table in tables(left) if not only else ():
            if table not in without:
                found += itertools.islice(_differing_rows(table, left, right), MAX_REPORTED)
    return found


def fingerprint(path):
    """A digest of the schema and every value, to see that nothing has changed."""
    digest = hashlib.sha256()
    with reading(path) as db:
        digest.update(repr(schema(db)).encode())
        for table in tables(db):
            digest.update(table.encode())
            for row in rows(db, table):
                digest.update(repr(row).encode())
    return digest.hexdigest()


def _is_new_id(row):
    name, current, when, instance = row
    datetime.datetime.strptime(when, "%Y-%m-%d %H:%M:%S.%f")
    return re.match(r"[0-9a-f]{32}$", name) and current == 1 and instance == ""


def new_database_id_problems(before_path, after_path):
    """What is wrong with Morango's ids after a restore.

    Right is: the old rows as they were but no longer current, and one new row that is.
    """
    sql = "SELECT id, current, date_generated, initial_instance_id FROM %s ORDER BY rowid" % DATABASE_IDS
    before, after = query(before_path, sql), query(after_path, sql)
    expected = [(row[0], 0) + row[2:] for row in before]
    found = []
    if after[: len(before)] != expected:
        found.append("the old ids are %r, not %r" % (after[: len(before)], expected))
    new = after[len(before) :]
    if len(new) != 1 or not _is_new_id(new[0]) or new[0][0] in (row[0] for row in before):
        found.append("the new ids are %r" % (new,))
    return found


def restore_differences(source_path, restored_path):
    """What differs between a database and a restored backup of it, but for the one new id."""
    found = differences(source_path, restored_path, without=(DATABASE_IDS,))
    return found + new_database_id_problems(source_path, restored_path)


def foreign_key_kinds(path):
    """Which foreign keys are broken, as (table, parent); real databases have such."""
    return {row[:2] for row in query(path, "PRAGMA foreign_key_check")}
