#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Backups from a stranger's USB drive: each is refused, or comes to nothing, with the data as it
was, no file made elsewhere, in little memory and in bounded time."""

import collections
import gzip
import json
import os
import random
import sqlite3
import subprocess
import sys
import unittest
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..")]
import homes  # noqa: E402
import tap  # noqa: E402
from test_cli import CLI, CORRUPT, NOT_A_BACKUP, NOT_FOUND, OK, CliCase  # noqa: E402

CODES = {CORRUPT: "corrupt", NOT_A_BACKUP: "not-a-backup"}
MEMORY_KIB = 64 * 1024
MEASURES = "KB_SANITIZED" not in os.environ  # sanitizers take memory of their own
MIB = 1024 * 1024

# A process begins with the peak of the one that it was forked from: this one has to be small.
MEASURE = """
import os, sys
pid = os.spawnv(os.P_NOWAIT, sys.argv[1], sys.argv[1:])
_, status, usage = os.wait4(pid, 0)
print(os.waitstatus_to_exitcode(status), usage.ru_maxrss, usage.ru_utime + usage.ru_stime, file=sys.stderr)
"""

KOLIBRI = """
CREATE TABLE django_migrations(id INTEGER PRIMARY KEY, app, name);
INSERT INTO django_migrations VALUES(1,'exams','0001_initial');
CREATE TABLE kolibriauth_facilityuser(id, full_name);
CREATE TABLE kolibriauth_collection(id, name, kind);
CREATE TABLE morango_databaseidmodel(id PRIMARY KEY, current, date_generated, initial_instance_id);
CREATE TABLE t(a, b);
INSERT INTO t VALUES(1, 'x');
"""


def dump(*bodies):
    return "BEGIN TRANSACTION;%s%s\nCOMMIT;\n" % (KOLIBRI, "\n".join(bodies))


def gzip_of(pieces):
    """Compressed as tightly as deflate can."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join([packer.compress(piece) for piece in pieces] + [packer.flush()])


class HostileCase(CliCase):
    def setUp(self):
        super().setUp()
        homes.make_home(self.home, "0.19")
        homes.add_kolibri_dump(self.home, "0.16")
        self.before = homes.digest(self.home)

    def measured(self, *args):
        """Runs the program; returns its exit code, its JSON and its peak memory."""
        command = [sys.executable, "-S", "-c", MEASURE, CLI, "--home", self.home, "--json", *args]
        result = subprocess.run(
            command, env=self.sandbox.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=240, check=True
        )
        code, kib, seconds = result.stderr.decode().splitlines()[-1].split()
        print("# %s: exit %s, %d MiB, %s s" % (args[0], code, int(kib) / 1024, seconds))
        if MEASURES:
            self.assertLess(int(kib), MEMORY_KIB, "memory")
        return int(code), json.loads(result.stdout)

    def tree(self):
        return sorted(os.path.join(d, n) for d, _, names in os.walk(self.sandbox.path) for n in names)

    def assert_refused(self, path, codes=(CORRUPT,)):
        files = self.tree()
        for args in (("check", path), ("restore", "--yes", path)):
            code, answer = self.measured(*args)
            self.assertIn(code, codes, answer)
            self.assertEqual(answer["error"]["code"], CODES[code])
        self.assertEqual(homes.digest(self.home), self.before)
        self.assertEqual(homes.leftovers(self.home), [])
        created = [name for name in set(self.tree()) - set(files) if not name.endswith((".kolibri-backup.lock", "-wal", "-shm"))]
        self.assertEqual(created, [])

    def refuse(self, *bodies, codes=(CORRUPT,)):
        with self.subTest(bodies[0][:70]):
            self.assert_refused(self.write("evil.dump", dump(*bodies)), codes)

    def assert_harmless(self, path):
        """Restored, and nothing of it has run."""
        for args in (("check", path), ("restore", "--yes", path)):
            code, answer = self.measured(*args)
            self.assertEqual(code, OK, answer)



class TestStatements(HostileCase):
    def test_other_files(self):
        outside = self.sandbox.file("outside.sqlite3")
        self.refuse("ATTACH DATABASE '%s' AS x;" % outside, "CREATE TABLE x.t(a);")
        self.refuse("ATTACH '%s' AS x;" % os.path.join(self.home, "db.sqlite3"), "DELETE FROM x.django_migrations;")
        self.refuse("VACUUM INTO '%s';" % outside)
        self.refuse("COMMIT;\nATTACH '%s' AS x;\nBEGIN;" % outside)
        self.refuse("INSERT INTO t SELECT writefile('%s', 'x'), 1;" % outside)
        self.refuse("INSERT INTO t VALUES(writefile('%s', 'x'), readfile('/etc/passwd'));" % outside)
        self.refuse("INSERT INTO t VALUES(edit('x'), 1);")
        self.assertFalse(os.path.exists(outside))

    def test_shell_commands(self):
        self.refuse(".shell touch outside\n")
        self.refuse(".read /etc/passwd\n;")

    def test_pragmas(self):
        for pragma in (
            "writable_schema=ON", "writable_schema(1)", "trusted_schema=1", "journal_mode=WAL", "foreign_keys=1",
            "temp_store_directory='/'", "max_page_count=4294967294", "mmap_size=1000000000", "cache_size=-9000000",
            "user_version=9", "encoding='UTF-16'", "wal_checkpoint", "integrity_check", "locking_mode=NORMAL",
        ):  # fmt: skip
            self.refuse("PRAGMA %s;" % pragma)
        with self.subTest("before BEGIN"):
            path = self.write("evil.dump", "PRAGMA writable_schema=ON;\n" + dump())
            self.assert_refused(path, (NOT_A_BACKUP,))

    def test_writable_schema(self):
        self.refuse("PRAGMA writable_schema=ON;", "UPDATE sqlite_master SET sql='x';")
        self.refuse("PRAGMA writable_schema=ON;", "INSERT INTO sqlite_master VALUES('table','x','x',2,'CREATE TABLE x(a)');")
        self.refuse("INSERT INTO sqlite_master VALUES('table','x','x',2,'CREATE TABLE x(a)');")
        self.refuse("INSERT INTO sqlite_schema VALUES('table','x','x',2,'CREATE TABLE x(a)');")
        self.refuse("DELETE FROM sqlite_master;")

    def test_extensions(self):
        library = self.write("evil.so", b"\x7fELF")
        self.refuse("SELECT load_extension('%s');" % library)
        self.refuse("INSERT INTO t VALUES(load_extension('%s'), 1);" % library)
        self.refuse("CREATE TABLE u(a DEFAULT (load_extension('%s')), b);" % library, "INSERT INTO u(b) VALUES(1);")
        self.refuse("CREATE INDEX i ON t(load_extension('%s'));" % library)
        self.refuse("CREATE TABLE u(a CHECK (load_extension('%s')));" % library)

    def test_virtual_tables(self):
        self.refuse("CREATE VIRTUAL TABLE v USING fts5(a);")
        self.refuse("CREATE VIRTUAL TABLE v USING dbstat(main);")
        self.refuse("CREATE VIRTUAL TABLE v USING csv(filename='/etc/passwd');")

    def test_what_no_dump_does(self):
        for sql in (
            "UPDATE t SET a=1", "DELETE FROM t", "DROP TABLE t", "ALTER TABLE t RENAME TO u", "REINDEX", "VACUUM",
            "SELECT 1", "CREATE TEMP TABLE u(a)", "CREATE TABLE u AS SELECT * FROM t", "INSERT INTO t SELECT * FROM t",
            "REPLACE INTO t VALUES(1,2)", "SAVEPOINT s", "ROLLBACK", "BEGIN", "EXPLAIN SELECT 1", "DETACH main", "",
            "INSERT INTO t VALUES(?,?)", "INSERT INTO t VALUES(1,(SELECT 2))", "INSERT OR REPLACE INTO sqlite_master VALUES(1)",
            "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c) INSERT INTO t SELECT x, x FROM c",
        ):  # fmt: skip
            self.refuse(sql + ";")

    def test_rows_after_a_trigger(self):
        trigger = "CREATE TRIGGER r AFTER INSERT ON t BEGIN DELETE FROM django_migrations; END;"
        self.refuse(trigger, "INSERT INTO t VALUES(2, 'y');")
        self.refuse(trigger, "INSERT INTO t VALUES(2, lower('y'));")

    def test_after_the_end(self):
        for tail in ("DROP TABLE t;", "BEGIN;COMMIT;", "\0DROP TABLE t;", ";", "\0"):
            with self.subTest(tail):
                self.assert_refused(self.write("evil.dump", dump() + tail))


class TestMuch(HostileCase):
    """Little that makes much."""

    def test_functions(self):
        for sql in ("zeroblob(1000000000)", "randomblob(1000000000)", "printf('%1000000000d', 1)", "format('%.*c', 900000000, 'x')"):
            self.refuse("INSERT INTO t VALUES(%s, 1);" % sql)
            self.refuse("CREATE TABLE u(a, b DEFAULT (%s));" % sql, "INSERT INTO u(a) VALUES(1);")
            self.refuse("CREATE TABLE u(a, b AS (%s));" % sql, "INSERT INTO u VALUES(1);")
            self.refuse("CREATE INDEX i ON t(%s);" % sql)

    def test_replace_that_grows(self):
        grows = "replace(replace(replace('xxxx','x','%s'),'x','%s'),'x','%s')" % (("x" * 60,) * 3)
        self.refuse("INSERT INTO t VALUES(%s, 1);" % "+".join(["length(%s)" % grows] * 60))
        wide = ",".join("c%d AS (%s)" % (i, grows) for i in range(150))
        self.refuse("CREATE TABLE u(a, %s);" % wide, "INSERT INTO u VALUES('xxxx');")
        check = " AND ".join("length(%s) > 0" % grows.replace("'xxxx'", "a") for _ in range(60))
        self.refuse("CREATE TABLE u(a CHECK (%s));" % check, "INSERT INTO u VALUES('xxxx');")

    def test_wide_and_deep(self):
        self.refuse("CREATE TABLE u(%s);" % ",".join("c%d" % i for i in range(1999)))
        self.refuse("INSERT INTO t VALUES(%s1%s, 1);" % ("(" * 5000, ")" * 5000))
        self.refuse("INSERT INTO t VALUES(%s1, 1);" % ("-" * 5001 + " ").replace("--", "- -"))
        self.refuse("CREATE VIEW v AS SELECT %s;" % "+".join(["1"] * 5000))
        self.refuse("CREATE TABLE u(a CHECK (a IN (%s)));" % ",".join(["1"] * 1000000))
        self.refuse("INSERT INTO t VALUES(1 IN (%s), 1);" % ",".join(["1"] * 1000000))
        self.refuse("CREATE VIEW v AS %s;" % " UNION ALL ".join(["SELECT 1"] * 100000))

    def test_many_things(self):
        for line in ("CREATE VIEW v%d AS SELECT 1;", "CREATE TABLE t%d(a);", "CREATE INDEX i%d ON t(a);"):
            self.refuse("".join(line % i for i in range(60000)))
        with self.subTest("compressed"):
            text = "".join("CREATE VIEW v%d AS SELECT 1;" % i for i in range(500000))
            self.assert_refused(self.write("evil.gz", gzip.compress(dump(text).encode(), 6)))

    def test_many_statements(self):
        self.refuse(";" * 5000000)
        with self.subTest("rows"):
            row = b"INSERT INTO t VALUES(1,2);" * 40000
            start = dump().encode().replace(b"COMMIT;\n", b"")
            self.assert_refused(self.write("evil.gz", gzip_of([start] + [row] * 200)))

    def test_bombs(self):
        for name, piece in (("zeros", b"\0"), ("spaces", b" "), ("text", b"x")):
            with self.subTest(name):
                start = dump("INSERT INTO t VALUES(1,'").encode().replace(b"\nCOMMIT;\n", b"")
                self.assert_refused(self.write("evil.gz", gzip_of([start] + [piece * MIB] * 600)))
        with self.subTest("in itself"):
            inner = gzip_of([b" " * MIB] * 600)
            self.assert_refused(self.write("evil.gz", gzip.compress(inner)), (CORRUPT, NOT_A_BACKUP))
        with self.subTest("database"):
            db = sqlite3.connect(self.sandbox.file("x.sqlite3"))
            db.executescript(KOLIBRI)
            db.close()
            with open(self.sandbox.file("x.sqlite3"), "rb") as f:
                start = f.read()
            os.remove(self.sandbox.file("x.sqlite3"))
            self.assert_refused(self.write("evil.gz", gzip_of([start] + [b"\0" * MIB] * 600)))

    def test_long_comments(self):
        for start in ("/*", "--"):
            self.refuse(start + "x" * (100 * MIB))

    def test_first_lines(self):
        for line in ("[" * 60000, '{"a":' * 9000, '{"summary":{"device":"%s"}}' % ("x" * 60000), "{" + "x" * MIB):
            with self.subTest(line[:30]):
                self.assert_refused(self.write("evil.dump", "-- kolibri-backup 1 " + line + "\n" + dump()))

    def test_bytes_that_are_no_text(self):
        self.refuse("INSERT INTO t VALUES('a\0b', 1);")
        path = self.write("evil.dump", dump("INSERT INTO t VALUES('@', 1);").encode().replace(b"@", b"\xff\xfe'';\xc0\x80"))
        self.assert_harmless(path)
        self.assertEqual(homes.query(self.home, "SELECT hex(a) FROM t WHERE b=1 AND a<>1"), [("FFFE273BC080",)])


# Work without an end for whoever asks: a view of it, a trigger that asks.
ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c) SELECT count(*) FROM c"
READ_BY_US = [  # what a summary looks into: kb-summary-reader.c, kb-migrations.c, kb-difference.c
    "kolibriauth_facility", "kolibriauth_facilitydataset", "kolibriauth_role", "kolibriauth_membership", "device_devicesettings",
    "lessons_lesson", "exams_exam", "logger_attemptlog", "logger_contentsessionlog", "logger_contentsummarylog", "logger_masterylog",
]  # fmt: skip
TRAPS = [
    "CREATE TRIGGER r%d AFTER %s ON %s BEGIN DELETE FROM django_migrations; INSERT INTO t SELECT *, 1 FROM (%s); END;"
    % (i, event, table, ENDLESS)
    for i, (event, table) in enumerate(
        [(e, t) for e in ("INSERT", "UPDATE", "DELETE") for t in ("morango_databaseidmodel", "django_migrations")]
    )
] + ["CREATE VIEW %s AS %s;" % (name, ENDLESS) for name in READ_BY_US]


class TestTraps(HostileCase):
    """Schemas that wait for somebody to touch them. We do not."""

    def binary(self, *statements, functions=()):
        path = self.sandbox.file("evil.sqlite3")
        if os.path.exists(path):
            os.remove(path)
        db = sqlite3.connect(path, isolation_level=None)
        db.executescript(KOLIBRI)
        for name in functions:
            db.create_function(name, -1, lambda *args: 1, deterministic=True)
        for sql in statements:
            db.execute(sql)
        db.close()
        return path

    def test_triggers_and_views(self):
        for path in (self.write("evil.dump", dump(*TRAPS)), self.binary(*TRAPS)):
            with self.subTest(path[-6:]):
                self.assert_harmless(path)
                self.assertEqual(homes.query(self.home, "SELECT count(*) FROM django_migrations"), [(1,)])
                self.assertEqual(homes.query(self.home, "SELECT count(*) FROM morango_databaseidmodel"), [(1,)])

    def test_functions_of_a_database(self):
        for sql in (
            "CREATE TABLE u(a CHECK (length(zeroblob(500000000)) > 0))",
            "CREATE TABLE u(a CHECK (length(printf('%500000000d', a)) > 0))",
            "CREATE TABLE u(a, b AS (printf('%9d', a)) NOT NULL)",
            "CREATE TABLE u(a CHECK (load_extension(a)))",
        ):
            with self.subTest(sql):
                path = self.binary(sql, "PRAGMA ignore_check_constraints=1", "INSERT INTO u VALUES(1)")
                self.assert_refused(path)

    def test_functions_of_a_program(self):
        path = self.binary("CREATE TABLE u(a CHECK (evil(a)))", "INSERT INTO u VALUES(1)", functions=["evil"])
        self.assert_refused(path)
        path = self.binary("CREATE INDEX i ON t(evil(a))", functions=["evil"])
        self.assert_refused(path)

    def test_schema_that_is_none(self):
        for sql in (
            "UPDATE sqlite_master SET sql='CREATE TABLE t(a, b); DROP TABLE django_migrations' WHERE name='t'",
            "UPDATE sqlite_master SET sql='DROP TABLE django_migrations' WHERE name='t'",
            "UPDATE sqlite_master SET sql=NULL WHERE name='t'",
            "UPDATE sqlite_master SET sql=zeroblob(900) WHERE name='t'",
            "UPDATE sqlite_master SET rootpage=1 WHERE name='t'",
            "UPDATE sqlite_master SET rootpage=(SELECT rootpage FROM sqlite_master WHERE name='django_migrations') WHERE name='t'",
            "UPDATE sqlite_master SET rootpage=99999 WHERE name='t'",
            "INSERT INTO sqlite_master VALUES('table','v','v',0,'CREATE VIRTUAL TABLE v USING fts5(a)')",
            "INSERT INTO sqlite_master VALUES('trigger','r','t',0,'CREATE TRIGGER r AFTER INSERT ON t BEGIN x')",
            "INSERT INTO sqlite_master VALUES('table','t','t',2,'CREATE TABLE t(a)')",
        ):
            with self.subTest(sql):
                path = self.binary("PRAGMA writable_schema=ON", sql)
                code, answer = self.measured("check", path)
                self.assertIn(code, (OK, CORRUPT, NOT_A_BACKUP), answer)
        self.assertEqual(homes.digest(self.home), self.before)

    def test_damaged_databases(self):
        path = self.binary("CREATE INDEX i ON t(b)", *["INSERT INTO t VALUES(%d, 'some text %d')" % (i, i) for i in range(300)])
        with open(path, "rb") as f:
            sound = f.read()
        rnd = random.Random(7)
        codes = collections.Counter()
        for _ in range(60):
            damaged = bytearray(sound)
            for _ in range(rnd.choice([1, 3, 30])):
                damaged[rnd.choice([rnd.randrange(100), rnd.randrange(len(sound))])] = rnd.getrandbits(8)
            with open(path, "wb") as f:
                f.write(damaged[: rnd.choice([len(sound), rnd.randrange(len(sound))])])
            code, answer = self.measured("check", path)
            self.assertIn(code, (OK, CORRUPT, NOT_A_BACKUP), answer)
            codes[code] += 1
        self.assertGreater(codes[CORRUPT] + codes[NOT_A_BACKUP], 40)
        self.assertEqual(homes.digest(self.home), self.before)


class TestNames(HostileCase):
    """Names and special files, in the file and in the folder."""

    def test_names_in_the_file(self):
        names = ['a"b', "a'b", "../../x", "/etc/passwd", "new\nline", "\x1b[31mred", "-- x", "/* x", "%s%n", "😀", "n" * 5000, "a;b", "x\tx"]
        body = ""
        for name in names:
            quoted = '"%s"' % name.replace('"', '""')
            body += 'CREATE TABLE %s(%s);INSERT INTO %s VALUES(1);' % (quoted, quoted, quoted)
        self.assert_harmless(self.write("evil.dump", dump(body)))
        found = {row[0] for row in homes.query(self.home, "SELECT name FROM sqlite_master")}
        self.assertEqual(set(names) - found, set())

    @homes.only_posix("names that its disks do not take")
    def test_names_of_files(self):
        for name in ("quo'te\".dump", "new\nline.dump", "\x1b[31m.dump", "%s%n.dump", "-rf.dump", "'; DROP TABLE t; --.dump", "a?b=c#d.dump", "file:x?mode=rwc.dump"):
            with self.subTest(name):
                self.assert_harmless(self.write(name, dump()))
                self.run_cli("check", self.write(name, dump("ATTACH 'x' AS y;")), code=CORRUPT)
        folder = os.path.join(self.home, "backups")
        for name in ("db-v0.16.2_2026-05-04_10-11-12\n.dump", "db-v\x1b[31m_2026-05-04_10-11-13.dump", "db-v'_2026-05-04_10-11-14.dump"):
            with open(os.path.join(folder, name), "w") as f:
                f.write(dump())
        self.assertEqual(len(self.run_json("list")["backups"]), 2 + len(os.listdir(os.path.join(folder, "protected", "replaced"))))
        self.assertNotIn("\x1b", self.run_cli("list").stdout)

    def test_names_that_lead_away(self):
        secret = self.write("db-vsecret.dump", dump())
        for name in ("../../db-vsecret.dump", "protected/../../../db-vsecret.dump", "db-v/../../../db-vsecret.dump"):
            self.run_cli("restore", "--yes", name, code=NOT_FOUND)
        self.assertTrue(os.path.exists(secret))
        self.assertEqual(homes.digest(self.home), self.before)

    @homes.only_posix("special files")
    def test_special_files_in_the_folder(self):
        folder = os.path.join(self.home, "backups")
        away = self.write("away.dump", dump())
        os.symlink(away, os.path.join(folder, "db-v0.19.5_2026-06-01_00-00-00.dump"))
        os.mkfifo(os.path.join(folder, "db-v0.19.5_2026-06-02_00-00-00.dump"))
        os.mkdir(os.path.join(folder, "db-v0.19.5_2026-06-03_00-00-00.dump"))
        os.symlink("/dev/zero", os.path.join(folder, "db-v0.19.5_2026-06-04_00-00-00.dump"))
        os.symlink("nowhere", os.path.join(folder, "db-v0.19.5_2026-06-05_00-00-00.dump"))
        os.mkdir(os.path.join(folder, "protected"))
        os.mkfifo(os.path.join(folder, "protected", "db-v0.19.5_2026-06-06_00-00-00.dump"))
        os.mkfifo(os.path.join(folder, "protected", "db-v0.16.2_2026-05-04_10-11-12.dump.ini"))
        self.assertEqual(len(self.run_json("list")["backups"]), 1)
        for day in range(1, 7):
            name = "db-v0.19.5_2026-06-0%d_00-00-00.dump" % day
            for command in (["check", name], ["restore", "--yes", name]):
                self.assertIn(self.measured(*command)[0], (NOT_A_BACKUP, NOT_FOUND))
        self.assertEqual(self.run_json("status")["backups"], 1)
        os.remove(os.path.join(folder, "db-v0.19.5_2026-06-01_00-00-00.dump"))
        self.run_json("restore", "--latest", "--yes")

    @homes.only_posix("pipes that have a name in a folder")
    def test_fifo_beside_a_database(self):
        stick = self.sandbox.file("stick")
        homes.make_home(stick, "0.16")
        os.mkfifo(os.path.join(stick, "db.sqlite3-wal"))
        code, answer = self.measured("check", os.path.join(stick, "db.sqlite3"))
        self.assertIn(code, (CORRUPT, NOT_A_BACKUP), answer)

    def test_notes_of_somebody_else(self):
        folder = os.path.join(self.home, "backups", "protected")
        os.makedirs(folder)
        name = "db-v0.16.2_2026-05-04_10-11-12.dump"
        path = os.path.join(folder, name + ".ini")
        for text in (
            b"[Backup]\nnote=\x1b[31mred\\nline\nkeep=maybe\n", b"[Backup]\nnote=" + b"x" * MIB, b"\0" * 1000, b"\xff\xfe", b"[" * 5000,
            b"[Summary]\njson=" + b"[" * 50000 + b"\nsize=1\nmtime=1\n", b"[Check]\ntime=never\nresult=ok\nsize=-1\nmtime=x\n",
        ):  # fmt: skip
            with self.subTest(text[:30]):
                with open(path, "wb") as f:
                    f.write(text)
                self.assertEqual(len(self.run_json("list")["backups"]), 1)
                self.assertNotIn("\x1b", self.run_cli("list").stdout)

    def test_record_of_somebody_else(self):
        """A restore.ini that names files elsewhere."""
        folder = os.path.join(self.home, "backups", "protected")
        os.makedirs(os.path.join(folder, "replaced"))
        precious = self.sandbox.file("precious.part")
        os.mkdir(precious)
        for kept in ("../../../../precious", self.sandbox.file("precious"), "..", ".", "", "a/../../../../../precious"):
            for flags in ("", "moves_aside=true\n", "moves_aside=true\nundo=true\n"):
                with open(os.path.join(folder, "restore.ini"), "w") as f:
                    f.write("[Restore]\nnew_version=0.19.5\nold_version=0.19.5\nnew_id=x\nkept=%s\n%s" % (kept, flags))
                with self.subTest(kept + flags):
                    self.measured("list")
                    self.assertTrue(os.path.isdir(precious))
                    self.assertTrue(os.path.isdir(os.path.join(folder, "replaced")))
                    self.assertEqual(homes.digest(self.home)["db"], self.before["db"])


if __name__ == "__main__":
    tap.main()
