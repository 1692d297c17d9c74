#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What Kolibri Backup promises, proved on a real Kolibri; proof.py says how to call it."""

import glob
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, TESTS)

import proof  # noqa: E402
from kolibri import compare, history  # noqa: E402
from proof import Case, Home, change, digest  # noqa: E402

# Kolibri prunes by name and keeps two: these two outrank all others.
DECOYS = ("db-v0.9.4_2018-05-01_10-11-12.dump", "db-v0.7.2_2018-02-01_10-11-12.dump")
# A dump takes long enough for many writes to fall into it.
PADDING_ROWS = 64
PADDING_ROW_BYTES = 500 * 1000
ENOUGH_WRITES = 10
MOST_BACKUPS = 20


# What Kolibri itself never writes, but SQLite stores: a backup has to bring that back, too.
EXOTIC = (
    "9e999",
    "-9e999",
    "4.9e-324",
    "0.1+0.2",
    "1.7976931348623157e308",
    "CAST(X'00' AS TEXT)",
    "CAST(X'61006200' AS TEXT)",
    "CAST(X'C328FF' AS TEXT)",
    "X''",
    "X'00FF0A0D27'",
    "'a' || char(13) || 'b' || char(13,10) || char(10)",
    "9223372036854775807",
    "-9223372036854775808",
    "replace(hex(zeroblob(100000)), '0', '''')",
)


VERSIONS = (
    "0.6.2 0.7.1 0.9.4 0.10.3 0.12.9 0.14.7 0.15.8 0.15.10 0.16.0 0.16.0b9 0.16.0rc1 0.16.2 0.17.5 "
    "0.18.4 0.19.5 0.19.10 0.20.0 1.0.0 0.19.5.dev0+git.123.gabcdef0"
).split()
# What people and programs make of such names, and what is none.
NAME_FORMS = (
    ("db-v%s_%s.dump",) * 8
    + ("db-v%s_%s before exam.dump", "db-v%s_%s.dump.gz", "notifications_%s_%s.dump", "Db-v%s_%s.dump")
    + ("db-v%s_%s é.dump", "db-v%s_%s 𝄞.dump", "db-v%s_%s \ufffd.dump", "db-v%s\ue000%s.dump", "db-v%s-%s.dump")
)
MOMENTS = ((18, 27), (1, 13), (1, 29), (0, 24), (0, 60), (0, 60))
PRUNINGS = 200


def numbers(version):
    return tuple(int(part) for part in version.lstrip("v").split("."))


def make_names(chance):
    """Names at random for a folder of backups."""
    moment = "20%02d-%02d-%02d_%02d-%02d-%02d"
    names = set()
    for _ in range(chance.randrange(9)):
        when = moment % tuple(chance.randrange(low, high) for low, high in MOMENTS)
        names.add(chance.choice(NAME_FORMS) % (chance.choice(VERSIONS), when))
    return sorted(names)


class Prune:
    """Kolibri's own automatic backup and pruning on a home."""

    def __init__(self, home):
        self.home = home

    def run(self, cases):
        """Backs up and prunes for each (version, names); None: on what is there. Returns what is left."""
        kolibri = self.home.kolibri
        lines = [json.dumps({"version": version, "names": names}) + "\n" for version, names in cases]
        done = subprocess.run(
            [kolibri.python, "-I", os.path.join(TESTS, "kolibri", "prune.py")],
            input="".join(lines),
            env=kolibri.environment(self.home.folder, self.home.path),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            timeout=proof.CLI_TIMEOUT_S,
            check=False,
        )
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        answers = [line for line in done.stdout.splitlines() if line.startswith("[\"") or line == "[]"]
        return [json.loads(line) for line in answers]


class Exchange(Case):
    """Backups of each side, restored by the other."""

    def test_a_kolibri_restores_our_backup(self):
        source, target = self.home("source"), self.home("target")
        target.spoil()
        # A connection that stays open keeps the newest rows out of db.sqlite3, in its -wal.
        db = sqlite3.connect(source.database)
        self.addCleanup(db.close)
        db.execute("PRAGMA wal_autocheckpoint=0")
        with db:
            values = ", ".join("(%s)" % value for value in EXOTIC)
            db.execute("CREATE TABLE exotic (anything)")
            db.execute("INSERT INTO exotic VALUES " + values)
            db.execute("UPDATE logger_attemptlog SET simple_answer='newest' WHERE rowid % 7 = 0")
            db.execute("DELETE FROM logger_attemptlog WHERE rowid % 11 = 3")
        before = digest(source.database), source.data_version()

        made = source.ok("backup", self.folder)

        self.assertEqual((digest(source.database), source.data_version()), before)
        self.assertEqual(made["version"], self.kolibri.version)
        self.assertTrue(made["kolibri_can_restore"])
        checked = source.ok("check", made["path"])
        self.assertEqual((checked["result"], checked["version_is_disputed"]), ("ok", False))
        self.assertIn("Restored database from", target.manage("dbrestore", made["path"]))
        self.assert_restored(source.database, target.database)

    def test_b_we_restore_kolibris_backup(self):
        source, theirs, ours = self.home("source"), self.home("theirs"), self.home("ours")
        theirs.spoil()
        ours.spoil()
        source.manage("dbbackup")
        [name] = os.listdir(source.backups)
        backup = os.path.join(source.backups, name)
        theirs.manage("dbrestore", backup)

        answer = ours.ok("restore", backup, "--yes")

        self.assertEqual((answer["version"], answer["version_is_disputed"]), (self.kolibri.version, False))
        self.assertEqual(ours.data_version(), self.kolibri.version)
        self.assertEqual(ours.leftovers(), [])
        ids = (compare.DATABASE_IDS,)
        self.assert_nothing(compare.differences(theirs.database, ours.database, without=ids))
        self.assert_nothing(compare.new_database_id_problems(source.database, theirs.database))
        self.assert_nothing(compare.new_database_id_problems(source.database, ours.database))

    def test_f_latest_of_kolibri_finds_our_backup(self):
        source = self.home()
        expected = os.path.join(self.folder, "expected.sqlite3")
        source.manage("dbbackup")
        older = os.path.join(source.backups, "db-v%s_2020-01-01_00-00-00.dump" % self.kolibri.version)
        os.rename(os.path.join(source.backups, os.listdir(source.backups)[0]), older)
        for name in DECOYS + ("notifications_2024-01-01.dump",):
            shutil.copy(older, os.path.join(source.backups, name))
        change(source.database, "UPDATE kolibriauth_facilityuser SET full_name='in ours only'")
        shutil.copy(source.database, expected)
        made = source.ok("backup")
        source.spoil()

        out = source.manage("dbrestore", "--latest")

        self.assertIn("Restored database from: " + made["path"], out)
        self.assert_restored(expected, source.database)


class WhileItRuns(Case):
    """One server for all cases: what we do while Kolibri uses its data."""

    def setUp(self):
        super().setUp()
        self.shared = self.start()

    @classmethod
    @proof.once
    def start(cls):
        """The home on which the server runs."""
        folder = tempfile.mkdtemp(dir=proof.ROOT)
        cls.addClassCleanup(shutil.rmtree, folder)
        home = Home(proof.get_prepared(proof.SERIES), folder)
        cls.addClassCleanup(home.server.kill)
        cls.pad(home)
        home.server.start(background=True).settle()
        return home

    @staticmethod
    def pad(home):
        """Adds many bytes to the table whose new rows refer to those of the next table.

        Who reads one table after the other, each at its own moment, finds rows in the second that
        are much newer than the newest in the first.
        """
        sql = "SELECT name FROM pragma_table_info('logger_attemptlog')"
        names = [name for name, in compare.query(home.database, sql)]
        new = dict.fromkeys(("id", "_morango_source_id"), "lower(hex(randomblob(16)))")
        new["answer"] = '\'{"text": "%s"}\'' % ("it''s long, " * (PADDING_ROW_BYTES // 12))
        columns = ", ".join('"%s"' % name for name in names)
        values = ", ".join(new.get(name, '"%s"' % name) for name in names)
        insert = "INSERT INTO logger_attemptlog (%s) SELECT %s FROM logger_attemptlog LIMIT 1"
        change(home.database, *[insert % (columns, values)] * PADDING_ROWS)

    def writers(self):
        info = self.shared.info
        names = ["mwanafunzi%02d" % n for n in (2, 3)]
        writers = history.Writers(
            self.shared.server, names, info["password"], signs_up=self.kolibri.numbers >= (0, 16)
        )
        self.addCleanup(writers.stopping.set)
        return writers

    def back_up(self, writers):
        """Backs up once the writers write; returns (answer, begun, ended)."""
        start = writers.count()
        while writers.count() < start + 2 * len(writers.threads) and not writers.errors:
            time.sleep(0.01)
        begun = time.monotonic()
        answer = self.shared.ok("backup", self.folder)
        return answer, begun, time.monotonic()

    def load(self, path):
        """Loads a backup as Kolibri would; returns the path of the database."""
        place = path + ".sqlite3"
        with open(path, encoding="utf-8") as f:
            db = sqlite3.connect(place)
            db.executescript(f.read())
        db.close()
        return place

    def test_c_a_backup_is_one_moment(self):
        kinds = compare.foreign_key_kinds(self.shared.database)
        writers = self.writers()
        backups = []
        while len(backups) < MOST_BACKUPS:
            backups.append(self.back_up(writers))
            during = sum(len(history.meanwhile(writers.writes, *b[1:])) for b in backups)
            if len(backups) > 2 and during >= ENOUGH_WRITES:
                break
        writes = writers.stop()
        print("# %d backups, %d writes, %d of them while we backed up" % (len(backups), len(writes), during))
        self.assertGreaterEqual(during, ENOUGH_WRITES, "too few writes to prove anything")

        for answer, begun, ended in backups:
            database = self.load(answer["path"])
            held, missing = history.split(database, writes)
            self.assert_nothing(history.moment_problems(held, missing, begun, ended))
            self.assertEqual(compare.query(database, "PRAGMA integrity_check"), [("ok",)])
            self.assertLessEqual(compare.foreign_key_kinds(database), kinds)
            os.remove(database)
        held, missing = history.split(self.shared.database, writes)
        self.assertEqual(missing, [], "Kolibri has lost writes")
        checked = self.shared.ok("check", backups[-1][0]["path"])
        self.assertEqual((checked["result"], checked["version"]), ("ok", self.kolibri.version))

    def assert_refused(self, *whats):
        """A restore is refused, and every backup, .data_version and the settings are as before."""
        before = self.shared.files()
        for what in whats:
            code, answer, _ = self.shared.cli("restore", what, "--yes")
            self.assertEqual((code, answer["error"]["code"]), (proof.EXIT_BUSY, "busy"), answer)
        self.assertEqual(self.shared.files(), before)
        self.assertEqual(self.shared.leftovers(), [])

    def test_g_a_restore_is_refused_while_it_idles(self):
        made = self.shared.ok("backup")
        before = compare.fingerprint(self.shared.database)

        self.assert_refused(made["path"], made["name"], "--latest")

        self.assertEqual(compare.fingerprint(self.shared.database), before)
        self.assertEqual(self.shared.server.client().info()["kolibri_version"], self.kolibri.version)

    def test_g_a_restore_is_refused_while_it_writes(self):
        made = self.shared.ok("backup")
        ids = compare.query(self.shared.database, "SELECT * FROM morango_databaseidmodel")
        writers = self.writers()
        start = writers.count()

        self.assert_refused(made["path"], made["name"], "--latest")

        writes = writers.stop()
        self.assertGreater(len(writes), start)
        self.assertEqual(history.split(self.shared.database, writes)[1], [])
        self.assertEqual(compare.query(self.shared.database, "SELECT * FROM morango_databaseidmodel"), ids)

    def test_g_a_restore_is_refused_while_it_hangs(self):
        """Kolibri's own dbrestore would go on here: no answer counts as not running."""
        made = self.shared.ok("backup")
        before = compare.fingerprint(self.shared.database)
        self.shared.server.send_signal(signal.SIGSTOP)
        self.addCleanup(self.shared.server.send_signal, signal.SIGCONT)

        self.assert_refused(made["path"])

        self.assertEqual(compare.fingerprint(self.shared.database), before)


class AfterOurRestore(Case):
    """What Kolibri makes of a database that we have restored."""

    def test_d_kolibri_comes_up(self):
        home = self.home()
        expected = os.path.join(self.folder, "expected.sqlite3")
        shutil.copy(home.database, expected)
        made = home.ok("backup")
        home.spoil()
        change(home.database, "DELETE FROM kolibriauth_membership", "DELETE FROM kolibriauth_facilityuser")

        answer = home.ok("restore", "--latest", "--yes")

        self.assertEqual((answer["restored"], answer["kolibri_will_upgrade"]), (made["path"], False))
        self.assertEqual(home.data_version(), self.kolibri.version)
        self.assertEqual(home.leftovers(), [])
        self.assert_restored(expected, home.database)
        self.assert_comes_up(home, home.info)
        self.assert_new_instance(home)

        # The power goes, and the backup is brought back: no server.pid without a process is in the way.
        home.server.kill()
        self.assertTrue(os.path.exists(os.path.join(home.path, "server.pid")))
        home.ok("restore", made["name"], "--yes")
        self.assert_restored(expected, home.database)

    def test_e_kolibri_upgrades_an_older_backup(self):
        older = self.get_older()
        home, old_home = self.home(), self.home("older", of=older)
        fresh = set(compare.query(home.database, "SELECT app, name FROM django_migrations"))
        made = old_home.ok("backup", self.folder)
        self.assertEqual(made["version"], older.version)

        answer = home.ok("restore", made["path"], "--yes")

        self.assertEqual((answer["version"], answer["kolibri_will_upgrade"]), (older.version, True))
        self.assertEqual(home.data_version(), older.version)
        self.assert_restored(old_home.database, home.database)
        self.assert_comes_up(home, old_home.info)
        self.assert_new_instance(home)
        self.assertEqual(home.data_version(), self.kolibri.version)
        done = set(compare.query(home.database, "SELECT app, name FROM django_migrations"))
        self.assertEqual(fresh - done, set())


class Migrations(Case):
    """core/kolibri-migrations.tsv says what the wheel of this Kolibri holds, and its own data proves it."""

    def setUp(self):
        super().setUp()
        with open(os.path.join(TESTS, "..", "core", "kolibri-migrations.tsv"), encoding="utf-8") as f:
            rows = [line.rstrip("\n").split("\t") for line in list(f)[1:]]
        mine = numbers(self.kolibri.version)
        self.table = {(app, name): numbers(release) for app, name, release in rows if numbers(release) <= mine}

    def test_e_the_table_is_what_the_wheel_says(self):
        [core] = glob.glob(os.path.join(os.path.dirname(self.kolibri.bin), "lib/python3*/site-packages/kolibri/core"))
        paths = [path.split(os.sep) for path in glob.glob(core + "/*/migrations/[0-9]*.py")]
        there = {(path[-3], path[-1][: -len(".py")]) for path in paths}
        self.assertGreater(len(there), 50)
        # Those of 0.2 and 0.3 are in no release any more: that of 0.4 has them in one.
        self.assertEqual({row for row, release in self.table.items() if release >= (0, 4) or row in there}, there)

    def test_e_rows_prove_a_version(self):
        """A copy of the database alone: nothing but its rows says of which version it is."""
        home = self.home()
        checked = home.ok("check", shutil.copy(home.database, os.path.join(self.folder, "school.sqlite3")))
        self.assertEqual(numbers(checked["version"]), max(self.table.values()))
        self.assertEqual((checked["newer_than_known"], checked["version_is_disputed"]), (False, False))


class Pruning(Case):
    """What an upgrade of Kolibri leaves of the backups."""

    def test_f_our_copy_outlives_an_upgrade(self):
        older = self.get_older()
        home = self.home(of=older)
        made = home.ok("backup", "--note", "before the exams")
        for name in DECOYS + ("db-v%s_2020-01-01_00-00-00.dump" % older.version,):
            shutil.copy(made["path"], os.path.join(home.backups, name))
        before = digest(made["path"])
        time.sleep(1.1)  # Kolibri's own backup, of the same second, would get the same name

        home.server.start()

        left = sorted(name for name in os.listdir(home.backups) if name.startswith("db-v"))
        if self.kolibri.numbers >= (0, 15):  # before, nothing was pruned
            self.assertEqual(left, sorted(DECOYS))
        entries = [e for e in home.ok("list")["backups"] if e["name"] == made["name"]]
        self.assertEqual(len(entries), 1)
        [entry] = entries
        self.assertEqual((entry["state"], entry["protected"], entry["ours"]), ("complete", True, True))
        self.assertEqual((entry["version"], entry["note"]), (older.version, "before the exams"))
        self.assertEqual(digest(entry["path"]), before)
        checked = home.ok("check", made["name"])
        self.assertEqual((checked["result"], checked["version"]), ("ok", older.version))


    def test_f_automatic_backup_is_listed_and_kept(self):
        """A backup of its own is Automatic; what is marked outlives the next ones."""
        older = self.get_older()
        home = self.home(of=older)
        home.server.start()
        home.server.stop()
        [entry] = home.ok("list")["backups"]
        self.assertEqual((entry["origin"], entry["ours"], entry["state"]), ("automatic", False, "complete"))
        self.assertEqual((entry["protected"], entry["keep"]), (False, False))
        self.assertTrue(entry["name"].startswith("db-v%s_" % older.version))
        before = digest(entry["path"])
        checked = home.ok("check", entry["name"])
        self.assertEqual((checked["result"], checked["version_is_disputed"]), ("ok", False))

        if self.kolibri.numbers < (0, 15):
            return  # it prunes nothing
        home.ok("keep", entry["name"])
        for name in DECOYS:
            shutil.copy(entry["path"], os.path.join(home.backups, name))
        Prune(home).run([(home.data_version(), None)])

        [kept] = [e for e in home.ok("list")["backups"] if e["name"] == entry["name"]]
        self.assertEqual((kept["origin"], kept["keep"], kept["protected"]), ("automatic", True, True))
        self.assertEqual(digest(kept["path"]), before)
        self.assertNotIn(entry["name"], os.listdir(home.backups))

    def test_f_what_will_be_pruned_is_foreseen(self):
        """Names at random: ours says before what Kolibri's own code then does."""
        if self.kolibri.numbers < (0, 15):
            self.skipTest("before 0.15 nothing was pruned")
        home = self.home()
        chance = random.Random(self.kolibri.version)
        cases = [(chance.choice(VERSIONS), make_names(chance)) for _ in range(PRUNINGS)]
        foreseen = [self.foresee(home, *case) for case in cases]
        n_deleted = 0
        for (version, names), (gone, own), left in zip(cases, foreseen, Prune(home).run(cases)):
            self.assertEqual(sorted(set(names) - set(left)), sorted(gone), (version, names))
            made = set(left) - set(names)
            expects_own = "dev" not in version and not own
            self.assertEqual(len(made), 1 if expects_own else 0, (version, names, left))
            n_deleted += len(gone)
        self.assertGreater(n_deleted, PRUNINGS)

    def foresee(self, home, version, names):
        """What ours says of a folder with these names: (those that go, whether the new one goes)."""
        shutil.rmtree(home.backups, ignore_errors=True)
        os.mkdir(home.backups)
        for name in names:
            with open(os.path.join(home.backups, name), "w", encoding="ascii"):
                pass
        with open(os.path.join(home.path, ".data_version"), "w", encoding="ascii") as f:
            f.write(version)
        pruning = home.ok("status")["pruning"]
        return pruning["deleted"], pruning["deletes_its_own"]


if __name__ == "__main__":
    proof.main()
