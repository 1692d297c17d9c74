# SPDX-License-Identifier: MIT
"""All that a database holds, in a form that is equal when it is equal byte for byte."""

import sqlite3
import struct


def quoted(name):
    return '"%s"' % name.replace('"', '""')


def typed(value):
    if isinstance(value, float):
        return ("real", struct.pack("<d", value))
    return (type(value).__name__, value)


def rowid_of(db, table):
    columns = {row[1].decode().lower() for row in db.execute("PRAGMA table_xinfo(%s)" % quoted(table))}
    for name in ("rowid", "_rowid_", "oid"):
        if name not in columns:
            try:
                db.execute("SELECT %s FROM %s" % (name, quoted(table))).fetchone()
                return name
            except sqlite3.OperationalError:  # WITHOUT ROWID
                return None
    return None


def content(path, ours):
    """All that a database holds. What the header of a database says counts only through ours."""
    db = sqlite3.connect(path)
    db.text_factory = bytes
    found = {}
    rows = db.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
    for kind, name, sql in rows:
        name = name.decode()
        if name == "sqlite_sequence" and not any(b"AUTOINCREMENT" in (row[2] or b"") for row in rows):
            continue  # it cannot be made without such a table
        # Kolibri's cycle turns CR into LF in a schema, too, and so do we
        found[kind.decode(), name] = sql.rstrip() if sql is not None else None
        if kind == b"table" and not name.startswith("sqlite_stat"):
            rowid = rowid_of(db, name)
            hidden = [r for r in db.execute("PRAGMA table_xinfo(%s)" % quoted(name))]
            columns = ",".join(
                "typeof({0}), CAST({0} AS BLOB), {0}".format(quoted(r[1].decode())) for r in hidden
            )
            select = "SELECT %s%s FROM %s" % (rowid + ", " if rowid else "NULL, ", columns, quoted(name))
            found["rows", name] = [tuple(typed(v) for v in row) for row in db.execute(select)]
    if ours:
        for pragma in ("user_version", "application_id", "encoding"):
            found[pragma] = db.execute("PRAGMA " + pragma).fetchone()
    db.close()
    return found
