#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the command line does with single backups: keep, note, copy, import, delete, info. Copies go to
real file systems in files: ext4, and FAT through fusefat; full, read-only, and pulled in the middle."""

import glob
import gzip
import json
import os
import pwd
import signal
import sqlite3
import subprocess
import sys
import time
import unittest

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")]
import homes  # noqa: E402
import tap  # noqa: E402
from test_cli import BUSY, CLI, CORRUPT, NO_SPACE, NOT_A_BACKUP, NOT_FOUND, PERMISSION, UNSUPPORTED, USAGE  # noqa: E402
from drives import MIB, Ext4, Fat  # noqa: E402
from test_cli import CliCase  # noqa: E402

IO, FILE_TOO_LARGE, READ_ONLY = 11, 12, 13
GUIDE = "How to restore.txt"


def read(path):
    with open(path, "rb") as f:
        return f.read()


class VerbCase(CliCase):
    def setUp(self):
        super().setUp()
        homes.make_home(self.home, "0.19")

    def backups(self, *names):
        return os.path.join(self.home, "backups", *names)

    def listed(self):
        return self.run_json("list")["backups"]

    def add_kolibris(self, **keywords):
        return os.path.basename(homes.add_kolibri_dump(self.home, "0.16", **keywords))


class TestKeepAndNote(VerbCase):
    def test_keep(self):
        name = self.add_kolibris()
        self.assertFalse(self.listed()[0]["protected"])
        answer = self.run_json("keep", name)
        self.assertTrue(answer["keep"] and answer["protected"])
        os.remove(self.backups(name))  # as Kolibri's pruning does
        self.assertTrue(self.listed()[0]["keep"])
        self.assertFalse(self.run_json("keep", name, "--off")["keep"])
        self.assertIn("no longer", self.run_cli("keep", "--off", name).stdout)

    def test_note(self):
        name = self.add_kolibris()
        self.assertEqual(self.run_json("note", name, " before\nthe exams ")["note"], "before the exams")
        self.assertIn("“before the exams”", self.run_cli("list").stdout)
        self.assertTrue(os.path.samefile(self.backups(name), self.backups("protected", name)))
        self.assertNotIn("note", self.run_json("note", name, ""))
        self.run_cli("note", name, "--", "-x")
        self.run_cli("note", "--", name, "-x")
        self.assertEqual(self.listed()[0]["note"], "-x")

    def test_what_is_not_there(self):
        for words in (("keep", "x"), ("note", "../x", "y"), ("delete", "--yes", "x"), ("keep", "/etc/passwd")):
            with self.subTest(words):
                self.assertEqual(self.run_json(*words, code=NOT_FOUND)["error"]["code"], "not-found")

    def test_usage(self):
        for words in (["keep"], ["note", "x"], ["copy", "x"], ["import"], ["delete"], ["delete", "x", "y"]):
            with self.subTest(words):
                self.run_cli(*words, code=USAGE)

    @unittest.skipUnless(os.geteuid() == 0, "needs root, to be two users")
    @homes.only_posix("another user")
    def test_another_user(self):
        name = self.add_kolibris()
        owner = pwd.getpwnam("nobody")
        for folder, folders, names in os.walk(self.home):
            for entry in [""] + folders + names:
                os.chown(os.path.join(folder, entry), owner.pw_uid, owner.pw_gid)
        os.chmod(self.sandbox.path, 0o755)
        before = homes.digest(self.home)
        other = ("setpriv", "--reuid=2000", "--regid=2000", "--clear-groups")
        dump = self.write("db-v0.19.5_2026-05-05_10-11-12.dump", homes.fixture_sql("0.19"))
        for words in (("keep", name), ("note", name, "x"), ("delete", "--yes", name), ("import", dump)):
            with self.subTest(words):
                self.run_cli(*words, code=PERMISSION, prefix=other)
        self.assertEqual(homes.digest(self.home), before)

        # root hands everything that it makes to the owner
        self.run_cli("note", name, "a note")
        self.run_cli("import", dump)
        self.run_cli("delete", "--yes", os.path.basename(dump))
        for folder, folders, names in os.walk(self.home):
            for entry in folders + names:
                self.assertEqual(os.lstat(os.path.join(folder, entry)).st_uid, owner.pw_uid, entry)
        owner_prefix = ("setpriv", "--reuid=%d" % owner.pw_uid, "--regid=%d" % owner.pw_gid, "--clear-groups")
        self.run_cli("note", name, "another", prefix=owner_prefix)
        self.run_cli("delete", "--yes", name, prefix=owner_prefix)


class TestDelete(VerbCase):
    def test_asks_first(self):
        name = self.run_json("backup")["name"]
        self.run_cli("delete", name, code=USAGE)
        self.assertEqual(len(self.listed()), 1)

    def test_for_good(self):
        name = self.run_json("backup", "--note", "x")["name"]
        self.assertEqual(self.run_json("delete", "--yes", name), {"deleted": name})
        self.assertEqual(self.listed(), [])
        left = [files for _, _, files in os.walk(self.backups())]
        self.assertEqual(left, [[".kolibri-backup.lock"], [], []])
        self.run_cli("delete", "--yes", name, code=NOT_FOUND)

    def test_what_an_interrupted_run_left(self):
        name = self.run_json("backup")["name"]
        os.makedirs(self.backups("protected", "deleted", name))
        for number, folder in enumerate(("", "protected")):
            slot = ("public.dump", "protected.dump")[number]
            os.rename(self.backups(folder, name), self.backups("protected", "deleted", name, slot))
        self.assertEqual(self.listed(), [])
        self.run_cli("delete", "--yes", name)
        self.assertEqual(os.listdir(self.backups("protected", "deleted")), [])

    def test_replaced(self):
        path = homes.add_kolibri_dump(self.home, "0.16")
        kept = self.run_json("restore", "--yes", path)["kept"]
        before = homes.query(self.home, "SELECT count(*) FROM logger_attemptlog")
        self.run_cli("delete", "--yes", kept)
        self.assertEqual(homes.query(self.home, "SELECT count(*) FROM logger_attemptlog"), before)
        self.run_cli("undo", "--yes", code=NOT_FOUND)


class TestInfo(VerbCase):
    def test_difference(self):
        made = self.run_json("backup")
        info = self.run_json("info", made["name"])
        self.assertEqual(info["difference"], {"answers": 0, "users": 0})
        self.assertIs(info["same_device"], True)
        self.assertEqual(info["present"]["learners"], 39)
        db = sqlite3.connect(os.path.join(self.home, "db.sqlite3"))
        late = "UPDATE logger_attemptlog SET end_timestamp='2999-01-01 00:00:00' WHERE rowid IN "
        db.execute(late + "(SELECT rowid FROM logger_attemptlog LIMIT 5)")
        db.commit()
        db.close()
        self.assertEqual(self.run_json("info", made["name"])["difference"]["answers"], 5)
        said = self.run_cli("info", made["name"]).stdout
        self.assertRegex(said, r"5 answers to exercises since today, \d\d:\d\d would go\.")
        self.assertIn("What is there now:", said)
        self.assertNotIn("another device", said)

    def test_another_device(self):
        made = self.run_json("backup")
        self.assertEqual(self.run_json("status")["summary"]["device_id"], made["summary"]["device_id"])
        db = sqlite3.connect(os.path.join(self.home, "db.sqlite3"))
        db.execute("UPDATE morango_instanceidmodel SET system_id='another'")
        db.commit()
        db.close()
        self.assertIs(self.run_json("info", made["name"])["same_device"], False)
        self.assertIn("made on another device", self.run_cli("info", made["name"]).stdout)

    def test_unknown(self):
        path = self.write("backup.sql", homes.fixture_sql("0.16"))
        info = self.run_json("info", path)
        self.assertIsNone(info["same_device"])
        self.assertNotIn("difference", info)
        info = self.run_json("info", path, home=False)
        self.assertNotIn("present", info)


class TestImport(VerbCase):
    def test_from_one_computer_to_another(self):
        stick = self.sandbox.file("stick")
        made = self.run_json("backup", "--note", "before the exams")
        copied = self.run_json("copy", made["name"], stick)
        self.home = self.sandbox.file("other")
        os.mkdir(self.home)
        answer = self.run_json("import", copied["path"])
        self.assertEqual((answer["name"], answer["was_there_already"]), (made["name"], False))
        entry = self.listed()[0]
        self.assertEqual((entry["note"], entry["check_result"], entry["protected"]), ("before the exams", "ok", True))
        self.assertTrue(self.run_json("import", copied["path"])["was_there_already"])
        self.run_cli("restore", "--yes", "--latest")
        self.assertEqual(homes.query(self.home, "SELECT count(*) FROM logger_attemptlog"), [(661,)])
        self.assertEqual(homes.leftovers(self.home), [])

    def test_compressed(self):
        sql = homes.fixture_sql("0.16").encode()
        path = self.write("db-v0.16.2_2026-05-04_10-11-12.dump.gz", gzip.compress(sql, 1))
        name = "db-v0.16.2_2026-05-04_10-11-12.dump"
        self.assertEqual(self.run_json("import", path)["name"], name)
        self.assertFalse(os.path.exists(self.backups(name)), "dbrestore would take it")
        self.assertEqual([entry["name"] for entry in self.listed()], [name])
        self.run_cli("check", name)
        self.run_cli("restore", "--yes", name)

    def test_refused(self):
        before = homes.digest(self.home)
        cases = ((b"rubbish", NOT_A_BACKUP), (homes.fixture_sql("0.16")[:5000], CORRUPT))
        for content, code in cases:
            self.run_cli("import", self.write("db-v0.16.2_2026-05-04_10-11-12.dump", content), code=code)
        self.run_cli("import", os.path.join(self.home, "db.sqlite3"), code=UNSUPPORTED)
        self.run_cli("import", self.sandbox.file("nothing.dump"), code=NOT_FOUND)
        self.assertEqual(homes.digest(self.home), before)
        self.assertEqual(self.listed(), [])


class CopyToDrive:
    """For each file system."""

    drive = None

    def setUp(self):
        super().setUp()
        self.made = self.run_json("backup", "--note", "a note")
        self.before = homes.digest(self.home)

    def tearDown(self):
        if self.drive is not None:
            self.drive.unmount()
        self.assertEqual(homes.digest(self.home), self.before)
        self.assertEqual(homes.leftovers(self.home), [])
        super().tearDown()

    def copy(self, *names, **keywords):
        folder = os.path.join(self.drive.path, *names)
        return self.run_json("copy", self.made["name"], folder, **keywords)

    def files(self, *names):
        found = [os.path.basename(path) for path in glob.glob(os.path.join(self.drive.path, *names, "*"))]
        return sorted(set(found) - {"lost+found"})

    def test_copy(self):
        self.drive = self.Kind(self)
        copied = self.copy("Kolibri")
        self.assertEqual((copied["name"], copied["was_there_already"]), (self.made["name"], False))
        self.assertEqual(self.files("Kolibri"), sorted([GUIDE, self.made["name"], self.made["name"] + ".ini"]))
        self.drive.unmount()
        self.drive.mount(self.again)
        self.assertEqual(read(copied["path"]), read(self.made["path"]))
        self.assertTrue(self.copy("Kolibri")["was_there_already"])
        self.run_cli("check", copied["path"], home=False)
        said = self.run_cli("copy", self.made["name"], os.path.join(self.drive.path, "Kolibri")).stdout
        self.assertIn("has this backup already", said)

    def test_full(self):
        self.drive = self.Kind(self, 2 * MIB)
        self.drive.fill(300 * 1024)
        failure = self.copy("Kolibri", code=NO_SPACE)["error"]
        self.assertIn("needed", failure["message"])
        self.assertEqual(self.files(), ["filler"])

    def test_pulled(self):
        self.drive = self.Kind(self, 96 * MIB)
        path = self.write("db-v0.19.5_2026-05-04_10-11-12.dump", big_dump(64 * MIB))
        before = read(path)
        process = subprocess.Popen(
            [CLI, "--json", "--home", self.home, "copy", path, self.drive.path],
            env=self.sandbox.env,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        self.wait_for_part(process)
        self.pull()
        process.send_signal(signal.SIGCONT)
        answer = process.communicate(timeout=60)[0]
        self.assertEqual(process.returncode, IO, answer)
        self.assertEqual(json.loads(answer)["error"]["code"], "io")
        self.assertEqual(read(path), before)

    def wait_for_part(self, process):
        """Stops it while it writes."""
        parts = os.path.join(self.drive.path, "*.part")
        while process.poll() is None:
            process.send_signal(signal.SIGSTOP)
            found = glob.glob(parts)
            if found and 0 < os.path.getsize(found[0]) < 64 * MIB:
                return
            process.send_signal(signal.SIGCONT)
            time.sleep(0.001)
        self.skipTest("too fast to be caught")


def big_dump(size):
    line = b"-- " + b"x" * 1020 + b"\n"
    return b"BEGIN TRANSACTION;\n" + line * (size // len(line)) + b"COMMIT;\n"


class TestExt4(CopyToDrive, VerbCase):
    Kind = Ext4
    again = "rw"

    @homes.only_posix("Wine does not know a read-only disk of Linux")
    def test_read_only(self):
        self.drive = Ext4(self)
        self.drive.unmount()
        self.drive.mount("ro")
        failure = self.copy("Kolibri", code=READ_ONLY)["error"]
        self.assertEqual(failure["code"], "read-only")
        self.assertTrue(failure["message"])
        self.copy(code=READ_ONLY)

    @homes.only_posix("Wine does not know a read-only disk of Linux")
    def test_read_only_and_there_already(self):
        self.drive = Ext4(self)
        self.copy()
        self.drive.unmount()
        self.drive.mount("ro")
        self.assertTrue(self.copy()["was_there_already"])

    @homes.only_posix("another user")
    def test_root_leaves_it_to_the_owner(self):
        self.drive = Ext4(self)
        owner = pwd.getpwnam("nobody").pw_uid
        os.chown(self.made["path"], owner, owner)
        copied = self.copy("Kolibri")
        for path in (copied["path"], copied["path"] + ".ini", os.path.dirname(copied["path"])):
            self.assertEqual(os.stat(path).st_uid, owner, path)

    def pull(self):
        """The names go; what is open stays, as on a drive that comes back too late."""
        for path in glob.glob(os.path.join(self.drive.path, "*.part")):
            os.remove(path)


class TestFat(CopyToDrive, VerbCase):
    Kind = Fat
    again = "rw+"

    def pull(self):
        self.drive.daemon.kill()  # ours alone

    def test_read_only(self):
        self.drive = Fat(self)
        self.drive.unmount()
        self.drive.mount("ro")
        code = self.run_cli_code("copy", self.made["name"], os.path.join(self.drive.path, "Kolibri"))
        self.assertIn(code, (READ_ONLY, PERMISSION))

    def test_data_folder_without_links(self):
        """Where the disk has no hard links, the second name is a second file."""
        self.drive = Fat(self, 40 * MIB)
        own_home, self.home = self.home, os.path.join(self.drive.path, "home")
        os.makedirs(self.backups())
        name = self.add_kolibris()
        content = read(self.backups(name))
        self.assertTrue(self.run_json("note", name, "a note")["protected"])
        self.assertEqual(read(self.backups("protected", name)), content)
        os.remove(self.backups(name))  # as Kolibri's pruning does
        self.assertEqual([entry["note"] for entry in self.listed()], ["a note"])
        self.run_cli("delete", "--yes", name)
        self.assertEqual((self.listed(), homes.leftovers(self.home)), ([], []))
        self.home = own_home

    def run_cli_code(self, *words):
        command = [CLI, "--home", self.home, *words]
        return subprocess.run(command, env=self.sandbox.env, stderr=subprocess.DEVNULL, check=False).returncode


class TestCopy(VerbCase):
    @homes.only_posix("Wine does not know a FAT of Linux")
    def test_file_too_large_for_the_drive(self):
        name = self.run_json("backup")["name"]
        stick = self.sandbox.file("stick")
        os.mkdir(stick)
        small = ("sh", "-c", "trap '' XFSZ; ulimit -f 100; exec \"$@\"", "sh")
        failure = self.run_json("copy", name, stick, code=FILE_TOO_LARGE, prefix=small)["error"]
        self.assertEqual(failure["code"], "file-too-large")
        self.assertEqual(os.listdir(stick), [])

    def test_replaced(self):
        path = homes.add_kolibri_dump(self.home, "0.16")
        kept = self.run_json("restore", "--yes", path)["kept"]
        copied = self.run_json("copy", kept, self.sandbox.file("stick"))
        self.assertRegex(copied["name"], r"^db-v0\.19\.5_.*\.sqlite3$")
        self.run_cli("check", copied["path"], home=False)
        imported = self.run_json("import", copied["path"])
        self.assertEqual(imported["summary"]["learners"], 39)

    @homes.only_posix("signals")
    def test_interrupted(self):
        path = self.write("db-v0.19.5_2026-05-04_10-11-12.dump", big_dump(32 * MIB))
        stick = self.sandbox.file("stick")
        process = subprocess.Popen(
            [CLI, "copy", path, stick], env=self.sandbox.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        while process.poll() is None and not os.path.isdir(stick):
            time.sleep(0.001)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
        if process.returncode != 0:
            self.assertEqual(process.returncode, 130)
            self.assertFalse(os.path.exists(stick))

    def test_no_such_place(self):
        name = self.run_json("backup")["name"]
        failure = self.run_json("copy", name, self.sandbox.file("no", "stick"), code=NOT_FOUND)["error"]
        self.assertTrue(failure["message"])
        self.run_cli("copy", "nothing", self.sandbox.file("stick"), code=NOT_FOUND)
        self.run_cli("copy", self.write("x", "rubbish"), self.sandbox.file("stick"), code=NOT_A_BACKUP)
        self.run_cli("copy", os.path.join(self.home, "db.sqlite3"), self.sandbox.file("stick"), code=UNSUPPORTED)
        self.assertFalse(os.path.exists(self.sandbox.file("stick")))

    @homes.only_posix("flock; platform-win32 has its own")
    def test_busy_is_no_hindrance(self):
        name = self.run_json("backup")["name"]
        holder = subprocess.Popen(["flock", self.backups(".kolibri-backup.lock"), "sleep", "30"])
        try:
            while subprocess.run(["flock", "-n", self.backups(".kolibri-backup.lock"), "true"], check=False).returncode == 0:
                time.sleep(0.02)
            self.run_cli("copy", name, self.sandbox.file("stick"))
            for words in (("keep", name), ("note", name, "x"), ("delete", "--yes", name)):
                self.run_cli(*words, code=BUSY)
        finally:
            holder.terminate()
            holder.wait()


if __name__ == "__main__":
    tap.main()
