#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes a Kolibri-shaped database of a chosen size, for benchmarks and slow tests.

Schema and rows come from a real Kolibri (tests/fixtures): each table grows in proportion to what
schools with much imported content and years of logs have, by copies of real rows with new ids and
text of realistic length. The result is the same for the same seed.

Usage: make_database.py FILE MEGABYTES [--seed N]
"""

import argparse
import gzip
import os
import random
import sqlite3
import sys

FIXTURE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fixtures", "kolibri-0.19.dump.gz")

# Share of the bytes, after the report of a school server with some thirty channels: metadata of
# content first, then what learners did.
MIX = [
    ("content_contentnode", 0.30),
    ("content_file", 0.15),
    ("content_localfile", 0.06),
    ("content_assessmentmetadata", 0.09),
    ("content_contentnode_tags", 0.02),
    ("logger_attemptlog", 0.20),
    ("logger_contentsessionlog", 0.06),
    ("logger_contentsummarylog", 0.05),
    ("logger_masterylog", 0.03),
    ("logger_usersessionlog", 0.02),
    ("kolibriauth_facilityuser", 0.01),
    ("kolibriauth_membership", 0.01),
]

WORDS = (
    "mwalimu darasa somo hesabu jibu swali kitabu mtoto shule elimu learning fraction triangle water "
    "plants energy history river العلم الدرس पाठ विद्यालय número energía l'eau it's école"
).split()

# Columns of prose, with how many words they hold on average.
PROSE = {"title": 5, "description": 40, "interaction_history": 25, "answer": 8, "simple_answer": 2, "extra_fields": 6}


def prose(rnd, n_words):
    n = max(1, int(rnd.gauss(n_words, n_words / 3)))
    return " ".join(rnd.choice(WORDS) for _ in range(n))


def new_row(rnd, columns, row, serial):
    """A copy of a real row in which every id is new and every text another."""
    values = []
    for (name, decl, unique), value in zip(columns, row):
        if name in PROSE and isinstance(value, str):
            values.append(prose(rnd, PROSE[name]))
        elif decl.startswith("char(32)") or (isinstance(value, str) and len(value) == 32 and unique):
            values.append("%032x" % rnd.getrandbits(128))
        elif decl == "integer" and unique:
            values.append(None)
        elif isinstance(value, str) and unique:
            values.append("%s%d" % (value[:20], serial))
        elif isinstance(value, float):
            values.append(rnd.random() * 1000)
        else:
            values.append(value)
    return values


def columns_of(db, table):
    unique = set()
    for _, index, is_unique, *_ in db.execute('PRAGMA index_list("%s")' % table).fetchall():
        if is_unique:
            unique |= {row[2] for row in db.execute('PRAGMA index_info("%s")' % index)}
    return [
        (row[1], row[2].lower(), row[5] > 0 or row[1] in unique)
        for row in db.execute('PRAGMA table_info("%s")' % table)
    ]


def grow(db, rnd, table, target_bytes):
    columns = columns_of(db, table)
    rows = db.execute('SELECT * FROM "%s"' % table).fetchall()
    if not rows:
        return
    sample = [new_row(rnd, columns, rnd.choice(rows), i) for i in range(50)]
    # bytes of a row with its record header, and a key of 36 bytes in each index of text
    n_indexes = len(db.execute('PRAGMA index_list("%s")' % table).fetchall())
    row_bytes = sum(len(str(v).encode()) + 1 for row in sample for v in row if v is not None) / len(sample)
    n = int(0.69 * target_bytes / (row_bytes + 40 * n_indexes + 8))  # pages are not full
    marks = ",".join("?" * len(columns))
    db.executemany(
        'INSERT OR IGNORE INTO "%s" VALUES(%s)' % (table, marks),
        (new_row(rnd, columns, rnd.choice(rows), 1000 + i) for i in range(n)),
    )


def make(path, megabytes, seed=1):
    rnd = random.Random(seed)
    for suffix in ("", "-wal", "-shm", "-journal"):
        if os.path.exists(path + suffix):
            os.remove(path + suffix)
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode=OFF")
    db.execute("PRAGMA synchronous=OFF")
    db.execute("PRAGMA cache_size=-400000")
    with gzip.open(FIXTURE, "rt", encoding="utf-8") as dump:
        db.executescript(dump.read())
    indexes = db.execute("SELECT name, sql FROM sqlite_master WHERE type='index' AND sql NOT NULL").fetchall()
    for name, _ in indexes:
        db.execute('DROP INDEX "%s"' % name)
    db.execute("BEGIN")
    for table, share in MIX:
        grow(db, rnd, table, share * megabytes * 1e6)
    for _, sql in indexes:
        db.execute(sql)
    db.execute("COMMIT")
    db.execute("PRAGMA journal_mode=WAL")
    db.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("megabytes", type=int)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    make(args.file, args.megabytes, args.seed)
    print("%s: %.0f MB" % (args.file, os.path.getsize(args.file) / 1e6), file=sys.stderr)


if __name__ == "__main__":
    main()
