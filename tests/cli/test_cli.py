#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The command line: the main job, and each kind of bad input with its exit code, nothing changed."""

import gzip
import json
import os
import pwd
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import unittest

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")]
import homes  # noqa: E402
import tap  # noqa: E402

CLI = os.environ["KB_CLI"]

OK, FAILED, USAGE, NO_SPACE, BUSY, CORRUPT, TOO_NEW, NOT_A_BACKUP, NOT_FOUND, PERMISSION, UNSUPPORTED = range(11)


class CliCase(unittest.TestCase):
    def setUp(self):
        self.sandbox = homes.Sandbox()
        self.sandbox.env["PATH"] = "/usr/bin:/bin"  # no Kolibri of this machine
        self.home = self.sandbox.file("home")

    def tearDown(self):
        self.sandbox.remove()

    def run_cli(self, *args, home=True, code=OK, env=None, prefix=()):
        command = [*prefix, CLI] + (["--home", self.home] if home else []) + list(args)
        result = subprocess.run(
            command,
            env=dict(self.sandbox.env, **(env or {})),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result

    def run_json(self, *args, **keywords):
        return json.loads(self.run_cli("--json", *args, **keywords).stdout)

    def write(self, name, content):
        path = self.sandbox.file(name)
        with open(path, "wb") as f:
            f.write(content if isinstance(content, bytes) else content.encode())
        return path


class TestMainJob(CliCase):
    def test_backup_list_restore(self):
        homes.make_home(self.home, "0.19")
        made = self.run_json("backup", "--note", "before the exams")
        self.assertTrue(made["protected"] and made["kolibri_can_restore"])
        self.assertEqual(made["version"], "0.19.5")
        self.assertEqual(made["summary"]["learners"], 39)
        listed = self.run_json("list")["backups"]
        self.assertEqual([entry["name"] for entry in listed], [made["name"]])
        self.assertEqual(listed[0]["note"], "before the exams")
        self.assertEqual((listed[0]["origin"], listed[0]["check_result"]), ("manual", "ok"))
        self.assertTrue(os.path.samefile(made["path"], self.protected(made["name"])))

        homes.query(self.home, "SELECT 1")
        db = sqlite3.connect(os.path.join(self.home, "db.sqlite3"))
        db.execute("DELETE FROM kolibriauth_membership")
        db.commit()
        db.close()
        restored = self.run_json("restore", "--latest", "--yes")
        self.assertEqual(restored["restored"], made["path"])
        self.assertEqual(homes.query(self.home, "SELECT count(*) FROM kolibriauth_membership"), [(64,)])
        self.assertEqual(homes.leftovers(self.home), [])

    def protected(self, name):
        return os.path.join(self.home, "backups", "protected", name)

    def test_backup_to_a_folder(self):
        homes.make_home(self.home, "0.16")
        folder = self.sandbox.file("stick")
        os.mkdir(folder)
        made = self.run_json("backup", folder)
        self.assertEqual(os.listdir(folder), [made["name"]])
        self.assertFalse(os.path.exists(os.path.join(self.home, "backups")))
        self.run_cli("check", made["path"], home=False)

    def test_two_backups_in_a_second_get_two_names(self):
        homes.make_home(self.home, "0.16")
        names = {self.run_json("backup")["name"] for _ in range(3)}
        self.assertEqual(len(names), 3)
        self.assertEqual(len(self.run_json("list")["backups"]), 3)

    def test_kolibris_own_backup(self):
        homes.make_home(self.home, "0.19")
        path = homes.add_kolibri_dump(self.home, "0.16")
        listed = self.run_json("list")["backups"][0]
        self.assertEqual((listed["origin"], listed["version"], listed["ours"]), ("automatic", "0.16.2", False))
        checked = self.run_json("check", os.path.basename(path))
        self.assertEqual(checked["summary"]["learners"], 40)
        self.assertEqual(self.run_json("list")["backups"][0]["summary"]["learners"], 40)
        self.run_cli("restore", "--yes", os.path.basename(path))
        with open(os.path.join(self.home, ".data_version")) as f:
            self.assertEqual(f.read(), "0.16.2")

    def test_what_pruning_deletes_stays(self):
        homes.make_home(self.home, "0.19")
        made = self.run_json("backup")
        os.remove(made["path"])
        listed = self.run_json("list")["backups"]
        self.assertEqual([entry["path"] for entry in listed], [self.protected(made["name"])])
        self.run_cli("check", made["name"])
        self.run_cli("restore", "--latest", "--yes")

    def test_status(self):
        homes.make_home(self.home, "0.19")
        status = self.run_json("status")
        self.assertEqual((status["verdict"], status["data_version"]), ("no-backup", "0.19.5"))
        self.assertEqual((status["server"], status["backups"]), ("stopped", 0))
        self.run_cli("backup")
        self.assertEqual(self.run_json("status")["verdict"], "safe")
        self.assertIn("Your data is safe", self.run_cli("status").stdout)

    def test_damaged_database_is_replaced_and_kept(self):
        homes.make_home(self.home, "0.19")
        path = homes.add_kolibri_dump(self.home, "0.19")
        database = os.path.join(self.home, "db.sqlite3")
        with open(database, "wb") as f:
            f.write(b"no database at all" * 1000)
        self.assertEqual(self.run_json("status")["verdict"], "damaged")
        self.run_cli("backup", code=CORRUPT)
        restored = self.run_json("restore", "--yes", path)
        self.assertTrue(restored["replaced_was_damaged"])
        self.assertEqual(homes.query(self.home, "SELECT count(*) FROM logger_attemptlog"), [(661,)])
        kept = os.path.join(self.home, "backups", "protected", "replaced", restored["kept"], "db.sqlite3")
        with open(kept, "rb") as f:
            self.assertTrue(f.read().startswith(b"no database at all"))

    def test_missing_database_comes_back(self):
        homes.make_home(self.home, "0.19")
        path = homes.add_kolibri_dump(self.home, "0.19")
        os.remove(os.path.join(self.home, "db.sqlite3"))
        self.assertNotIn("kept", self.run_json("restore", "--yes", path))
        self.assertEqual(homes.query(self.home, "SELECT count(*) FROM logger_attemptlog"), [(661,)])

    def test_every_form_that_a_teacher_may_have(self):
        homes.make_home(self.home, "0.16")
        other = homes.make_home(self.sandbox.file("other"), "0.19")
        database = os.path.join(other, "db.sqlite3")
        shell = subprocess.run(["sqlite3", database, ".dump"], stdout=subprocess.PIPE, check=True).stdout
        with open(database, "rb") as f:
            binary = f.read()
        sql = homes.fixture_sql("0.19")
        forms = {
            "shell.sql": shell,
            "windows.dump": sql.replace("\n", "\r\n"),
            "bom.dump": b"\xef\xbb\xbf" + sql.encode(),
            "copy.sqlite3": binary,
            "copy.sqlite3.gz": gzip.compress(binary, 1),
            "kolibri.dump.gz": gzip.compress(sql.encode(), 1),
        }
        for name, content in forms.items():
            with self.subTest(name):
                path = self.write(name, content)
                self.assertEqual(self.run_json("check", path, home=False)["summary"]["learners"], 39)
                self.run_cli("restore", "--yes", path)
                self.assertEqual(homes.query(self.home, "SELECT count(*) FROM logger_attemptlog"), [(661,)])

    def test_copy_with_its_log(self):
        other = homes.make_home(self.sandbox.file("other"), "0.19")
        homes.make_home(self.home, "0.16")
        db = sqlite3.connect(os.path.join(other, "db.sqlite3"))
        db.execute("DELETE FROM logger_attemptlog WHERE rowid > 10")
        db.commit()
        stick = self.sandbox.file("stick")
        os.mkdir(stick)
        for suffix in ("", "-wal"):
            shutil.copy(os.path.join(other, "db.sqlite3" + suffix), os.path.join(stick, "db.sqlite3" + suffix))
        db.close()
        before = {name: os.stat(os.path.join(stick, name)).st_mtime_ns for name in os.listdir(stick)}
        self.run_cli("restore", "--yes", os.path.join(stick, "db.sqlite3"))
        self.assertEqual(homes.query(self.home, "SELECT count(*) FROM logger_attemptlog"), [(10,)])
        after = {name: os.stat(os.path.join(stick, name)).st_mtime_ns for name in os.listdir(stick)}
        self.assertEqual(before, after)


class TestBadInput(CliCase):
    def setUp(self):
        super().setUp()
        homes.make_home(self.home, "0.19")
        homes.add_kolibri_dump(self.home, "0.16")
        self.before = homes.digest(self.home)

    def refuse(self, content, code, name="db-v0.19.5_2026-05-04_10-11-12.dump"):
        """Checked and restored, the file gives that code, and nothing has changed."""
        path = self.write(name, content)
        self.run_cli("check", path, code=code)
        result = self.run_cli("restore", "--yes", path, code=code)
        self.assertIn("Nothing was restored. Your Kolibri data is as it was before.", result.stderr)
        self.assertEqual(homes.digest(self.home), self.before)
        self.assertEqual(homes.leftovers(self.home), [])
        return result

    def test_zero_bytes(self):
        self.refuse(b"", NOT_A_BACKUP)

    def test_white_space(self):
        self.refuse(b" \n\n\t\n", NOT_A_BACKUP)

    def test_truncated(self):
        sql = homes.fixture_sql("0.19")
        for n in (30, 1000, len(sql) // 2, len(sql) - 8, len(sql) - 1):
            with self.subTest(n):
                self.refuse(sql[:n], CORRUPT)

    def test_binary_rubbish(self):
        self.refuse(os.urandom(100000), NOT_A_BACKUP)

    def test_zero_filled_tail(self):
        sql = homes.fixture_sql("0.19").encode()
        self.refuse(sql[: len(sql) // 2] + bytes(len(sql) - len(sql) // 2), CORRUPT)

    def test_foreign_sql(self):
        self.refuse("BEGIN TRANSACTION;CREATE TABLE t(a);INSERT INTO t VALUES(1);COMMIT;", NOT_A_BACKUP)
        self.refuse("-- MySQL dump 10.13\nCREATE TABLE `t` (`a` int);\n", NOT_A_BACKUP)

    def test_foreign_database(self):
        path = self.sandbox.file("other.sqlite3")
        db = sqlite3.connect(path)
        db.execute("CREATE TABLE t(a)")
        db.close()
        with open(path, "rb") as f:
            self.refuse(f.read(), NOT_A_BACKUP)

    def test_damaged_database(self):
        with open(os.path.join(self.home, "db.sqlite3"), "rb") as f:
            content = bytearray(f.read())
        content[8192 : 8192 + 40960] = os.urandom(40960)
        self.refuse(bytes(content), CORRUPT)

    def test_not_utf8(self):
        self.refuse("BEGIN TRANSACTION;".encode("utf-16"), NOT_A_BACKUP)
        self.refuse(b"BEGIN TRANSACTION;\xff\xfe\xfd;COMMIT;", CORRUPT)

    def test_newer_than_the_data_with_no_program_to_ask(self):
        path = self.write("db-v0.19.5_2026-05-04_10-11-12.dump", homes.fixture_sql("0.19"))
        with open(os.path.join(self.home, ".data_version"), "w") as f:
            f.write("0.16.2")
        result = self.run_cli("restore", path, code=USAGE)
        self.assertIn("This backup is of Kolibri 0.19.5", result.stderr)
        self.assertIn("Restored", self.run_cli("restore", "--yes", path).stdout)

    @homes.only_posix("a program with #!")
    def test_newer_than_the_installed_program(self):
        site = self.sandbox.file("venv", "lib", "python3.11", "site-packages", "kolibri")
        os.makedirs(site)
        os.makedirs(self.sandbox.file("venv", "bin"))
        with open(os.path.join(site, "VERSION"), "w") as f:
            f.write("0.17.5\n")
        program = self.sandbox.file("venv", "bin", "kolibri")
        with open(program, "w") as f:
            f.write("#!/bin/sh\n")
        os.chmod(program, 0o755)
        self.sandbox.env["PATH"] = os.path.dirname(program) + ":/usr/bin:/bin"
        path = self.write("db-v0.19.5_2026-05-04_10-11-12.dump", homes.fixture_sql("0.19"))
        self.run_cli("check", path)
        answer = self.run_cli("restore", "--yes", path, code=TOO_NEW)
        self.assertIn("This backup needs Kolibri 0.19.5 or later.", answer.stderr)
        self.assertIn("not damaged", answer.stderr)
        self.assertEqual(homes.digest(self.home), self.before)
        self.assertEqual(self.run_json("status")["installed_version"], "0.17.5")

    def test_made_by_a_newer_kolibri_backup(self):
        self.refuse('-- kolibri-backup 2 {"program":"Kolibri Backup"}\nBEGIN;COMMIT;\n', TOO_NEW)

    def test_postgresql(self):
        with open(os.path.join(self.home, "options.ini"), "w") as f:
            f.write("[Database]\nDATABASE_ENGINE = postgres\n")
        self.run_cli("backup", code=UNSUPPORTED)
        self.run_cli("restore", "--latest", "--yes", code=UNSUPPORTED)
        self.assertEqual(self.run_json("status")["verdict"], "unsupported")

    def test_options_that_do_not_parse(self):
        with open(os.path.join(self.home, "options.ini"), "w") as f:
            f.write("[Database\nDATABASE_NAME == 'x\n")
        result = self.run_cli("backup", code=UNSUPPORTED)
        self.assertIn("options.ini", result.stderr)

    def test_no_kolibri(self):
        for command in (["status"], ["list"], ["backup"], ["restore", "--latest", "--yes"]):
            with self.subTest(command):
                result = self.run_cli(*command, home=False, code=NOT_FOUND)
                self.assertIn("No Kolibri was found", result.stderr)

    def test_no_database(self):
        os.mkdir(self.sandbox.file("empty"))
        self.home = self.sandbox.file("empty")
        self.run_cli("backup", code=NOT_FOUND)
        self.assertEqual(self.run_json("status")["verdict"], "no-kolibri")

    def test_missing_file(self):
        self.run_cli("check", "nothing.dump", code=NOT_FOUND)
        self.run_cli("restore", "--yes", "nothing.dump", code=NOT_FOUND)
        self.run_cli("backup", self.sandbox.file("nowhere"), code=NOT_FOUND)

    @homes.only_posix("names that its disks do not take")
    def test_a_terminal_gets_no_control_characters(self):
        path = self.write("evil\x1b]0;title\x07.dump", b"rubbish")
        self.assertNotRegex(self.run_cli("check", path, code=NOT_A_BACKUP).stderr, "[\x00-\x09\x0b-\x1f]")

    def test_fifo_and_folder(self):
        os.mkfifo(self.sandbox.file("db-v0.19.5_2026-05-04_10-11-12.dump"))
        self.run_cli("check", self.sandbox.file("db-v0.19.5_2026-05-04_10-11-12.dump"), code=NOT_A_BACKUP)
        self.run_cli("check", self.sandbox.path, code=NOT_A_BACKUP)

    def test_the_data_in_use_is_no_backup(self):
        self.run_cli("restore", "--yes", os.path.join(self.home, "db.sqlite3"), code=UNSUPPORTED)
        self.assertEqual(homes.digest(self.home), self.before)

    def test_without_an_answer(self):
        self.run_cli("restore", "--latest", code=USAGE)
        self.assertEqual(homes.digest(self.home), self.before)

    def test_usage(self):
        for words in ([], ["nonsense"], ["check"], ["restore"], ["restore", "x", "--latest"], ["list", "x"], ["--bad"]):
            with self.subTest(words):
                self.run_cli(*words, code=USAGE)

    def test_json_errors(self):
        failure = self.run_json("check", self.write("x.dump", b""), code=NOT_A_BACKUP)["error"]
        self.assertEqual(failure["code"], "not-a-backup")
        self.assertTrue(failure["message"] and failure["detail"])


class TestOthers(CliCase):
    @homes.only_posix("flock; platform-win32 has its own")
    def test_another_program_of_ours(self):
        homes.make_home(self.home, "0.19")
        self.run_cli("backup")
        lock = os.path.join(self.home, "backups", ".kolibri-backup.lock")
        holder = subprocess.Popen(["flock", lock, "sleep", "30"])
        try:
            while subprocess.run(["flock", "-n", lock, "true"], check=False).returncode == 0:
                time.sleep(0.02)
            self.run_cli("backup", code=BUSY)
            self.run_cli("restore", "--latest", "--yes", code=BUSY)
            self.run_cli("list")
        finally:
            holder.terminate()
            holder.wait()

    def test_somebody_has_the_database_open(self):
        homes.make_home(self.home, "0.19")
        path = homes.add_kolibri_dump(self.home, "0.19")
        before = homes.digest(self.home)
        reader = subprocess.Popen(
            [sys.executable, "-c", READER, os.path.join(self.home, "db.sqlite3")], stdout=subprocess.PIPE
        )
        try:
            reader.stdout.readline()
            self.run_cli("restore", "--yes", path, code=BUSY)
        finally:
            reader.terminate()
            reader.wait()
            reader.stdout.close()
        self.assertEqual(homes.digest(self.home), before)
        self.assertEqual(homes.leftovers(self.home), [])

    def test_backup_while_somebody_writes(self):
        homes.make_home(self.home, "0.19")
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, os.path.join(self.home, "db.sqlite3")], stdout=subprocess.PIPE
        )
        try:
            writer.stdout.readline()
            for _ in range(5):
                made = self.run_json("backup")
                self.run_cli("check", made["path"])
                sums = self.load(made["path"]).execute("SELECT sum(a), count(*) FROM pairs").fetchone()
                self.assertEqual(sums[0], 0, "half a transaction")
                self.assertGreater(sums[1], 0)
        finally:
            writer.terminate()
            writer.wait()
            writer.stdout.close()

    def load(self, path):
        db = sqlite3.connect(":memory:")
        with open(path, encoding="utf-8") as f:
            db.executescript(f.read())
        return db

    @homes.only_posix("signals")
    def test_interrupt_leaves_nothing(self):
        homes.make_home(self.home, "0.19")
        folder = self.sandbox.file("fifo-stick")
        os.mkdir(folder)
        before = homes.digest(self.home)
        process = subprocess.Popen([CLI, "--home", self.home, "backup"], env=self.sandbox.env, stderr=subprocess.PIPE)
        process.send_signal(signal.SIGSTOP)
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGCONT)
        process.wait(20)
        process.stderr.close()
        self.assertIn(process.returncode, (0, 130, -signal.SIGINT))
        self.assertEqual(homes.leftovers(self.home), [])
        self.assertEqual({k: v for k, v in homes.digest(self.home).items() if k in before}, before)

    @unittest.skipUnless(os.geteuid() == 0, "needs root, to be two users")
    @homes.only_posix("another user")
    def test_data_of_another_user(self):
        homes.make_home(self.home, "0.19")
        path = homes.add_kolibri_dump(self.home, "0.19")
        owner = pwd.getpwnam("nobody")
        for folder, folders, names in os.walk(self.home):
            for name in [""] + folders + names:
                os.chown(os.path.join(folder, name), owner.pw_uid, owner.pw_gid)
        os.chmod(self.sandbox.path, 0o755)
        before = homes.digest(self.home)
        other = ("setpriv", "--reuid=2000", "--regid=2000", "--clear-groups")
        self.run_cli("restore", "--yes", path, code=PERMISSION, prefix=other)
        self.run_cli("backup", code=PERMISSION, prefix=other)
        self.assertEqual(homes.digest(self.home), before)

        # root hands everything that it makes to the owner
        self.run_cli("backup")
        self.run_cli("restore", "--latest", "--yes")
        for folder, folders, names in os.walk(self.home):
            for name in folders + names:
                info = os.lstat(os.path.join(folder, name))
                self.assertEqual((info.st_uid, info.st_gid), (owner.pw_uid, owner.pw_gid), name)
        owner_prefix = ("setpriv", "--reuid=%d" % owner.pw_uid, "--regid=%d" % owner.pw_gid, "--clear-groups")
        self.run_cli("backup", prefix=owner_prefix)
        self.run_cli("restore", "--latest", "--yes", prefix=owner_prefix)


READER = """
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1])
db.execute("SELECT count(*) FROM sqlite_master").fetchall()
print("open", flush=True)
time.sleep(60)
"""

# Two rows in each transaction whose sum is zero: a torn snapshot shows one of them.
WRITER = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
db.execute("CREATE TABLE IF NOT EXISTS pairs(a)")
n = 0
while True:
    n += 1
    db.execute("BEGIN IMMEDIATE")
    db.execute("INSERT INTO pairs VALUES(?)", (n,))
    db.execute("INSERT INTO pairs VALUES(?)", (-n,))
    db.execute("COMMIT")
    if n == 1:
        print("writing", flush=True)
"""


if __name__ == "__main__":
    tap.main()
