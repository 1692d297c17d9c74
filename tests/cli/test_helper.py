#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Data of another user: kbteacher works on that of kbowner through the helper, which the real pkexec starts
where the real polkitd allows it. Without the helper nothing of the owner's is ever changed."""

import fcntl
import hashlib
import json
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import unittest

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")]
import homes  # noqa: E402
import other_user  # noqa: E402
import tap  # noqa: E402

OK, BUSY, NOT_FOUND, PERMISSION, NOT_ALLOWED, CANCELLED = 0, 4, 8, 9, 14, 130
OWNER = other_user.USERS["kbowner"]
THIRD = other_user.USERS["kbthird"]
COUNT = "SELECT count(*) FROM kolibriauth_membership"


def tree(path):
    """All that is in a folder: names, owners, modes, contents."""
    found = {}
    if os.path.islink(path):  # what it leads to is somebody else's
        return found
    for folder, folders, names in os.walk(path):
        for name in folders + names:
            full = os.path.join(folder, name)
            info = os.lstat(full)
            content = None
            if os.path.isfile(full) and not os.path.islink(full) and not name.endswith(("-shm", "-wal")):
                with open(full, "rb") as f:
                    content = hashlib.sha256(f.read()).hexdigest()
            found[full] = (info.st_uid, info.st_gid, info.st_mode, content)
    return found


def give(path, user):
    for folder, folders, names in os.walk(path):
        for name in [folder] + [os.path.join(folder, name) for name in folders + names]:
            os.chown(name, user, user, follow_symlinks=False)


@unittest.skipIf(other_user.why_not(), other_user.why_not())
class HelperCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sandbox = homes.Sandbox()
        os.chmod(cls.sandbox.path, 0o755)
        os.mkdir(cls.sandbox.file("computer"))
        cls.computer = other_user.Computer(cls.sandbox.file("computer"))
        cls.computer.write("etc/kolibri/username", "kbowner")
        cls.cli = shutil.copy(os.environ["KB_CLI"], cls.sandbox.file("kolibri-backup"))

    @classmethod
    def tearDownClass(cls):
        cls.computer.end()
        with open("/proc/self/mounts") as f:  # the innermost first
            mounted = [line.split()[1] for line in f]
        for path in reversed(mounted):
            if path in ("/etc", "/run", "/usr/share/polkit-1/actions") or path.startswith(cls.sandbox.path):
                subprocess.run(["umount", "-l", path], check=True)
        covered = os.environ["KB_HELPER_PATH"]
        while covered != "/":
            covered = os.path.dirname(covered)
            if covered in mounted:
                subprocess.run(["umount", "-l", covered], check=False)
                break
        cls.sandbox.remove()

    def setUp(self):
        self.home = self.computer.file("kbowner", ".kolibri")
        homes.make_home(self.home, "0.19")
        give(self.home, OWNER)

    def tearDown(self):
        if os.path.islink(self.home):
            os.remove(self.home)
        else:
            shutil.rmtree(self.home)

    def user_env(self, user):
        return {"HOME": self.computer.file(user), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "SHELL": "/bin/sh"}

    def run_cli(self, *args, user="kbteacher", code=OK, env=None):
        number = other_user.USERS[user]
        done = subprocess.run(
            [self.cli, "--json", *args],
            env=dict(self.user_env(user), **(env or {})),
            user=number, group=number, extra_groups=[], cwd="/",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            encoding="utf-8", timeout=120, check=False,
        )
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return json.loads(done.stdout) if done.stdout else None

    def assert_all_of_owner(self):
        for path, (uid, gid, mode, _) in tree(self.home).items():
            self.assertEqual((uid, gid), (OWNER, OWNER), path)
            self.assertFalse(mode & 0o022, path)
        self.assertEqual(homes.leftovers(self.home), [])

    def as_owner(self, sql):
        subprocess.run(["sqlite3", os.path.join(self.home, "db.sqlite3"), sql], user=OWNER, group=OWNER, check=True)

    def count(self):
        return int(subprocess.run(
            ["sqlite3", os.path.join(self.home, "db.sqlite3"), COUNT],
            user=OWNER, group=OWNER, stdout=subprocess.PIPE, check=True).stdout)


class TestThroughHelper(HelperCase):
    def test_what_everybody_may_see_asks_for_nothing(self):
        homes.add_kolibri_dump(self.home, "0.16")
        give(self.home, OWNER)
        before = tree(self.home)
        status = self.run_cli("status", user="kbrefused")
        self.assertEqual(status["home"], self.home)
        self.assertTrue(status["asks_for_password"])
        self.assertFalse(status["homes"][0]["ours"])
        name = self.run_cli("list", user="kbrefused")["backups"][0]["name"]
        self.assertEqual(self.run_cli("check", name, user="kbrefused")["result"], "ok")
        self.assertEqual(tree(self.home), before)

    def test_back_up_restore_undo(self):
        made = self.run_cli("backup", "--note", "before the exams")
        self.assertTrue(made["protected"])
        self.assertEqual(made["summary"]["learners"], 39)
        self.assertTrue(os.path.exists(made["path"]))
        self.assert_all_of_owner()
        there = self.count()
        self.as_owner("DELETE FROM kolibriauth_membership")
        restored = self.run_cli("restore", "--latest", "--yes")
        self.assertEqual((restored["restored"], restored["version"]), (made["path"], "0.19.5"))
        self.assertEqual(self.count(), there)
        self.assert_all_of_owner()
        undone = self.run_cli("undo", "--yes")
        self.assertEqual((undone["undone"], self.count()), (restored["kept"], 0))
        self.assert_all_of_owner()

    def test_look_after(self):
        name = self.run_cli("backup")["name"]
        self.assertTrue(self.run_cli("keep", name)["keep"])
        self.assertEqual(self.run_cli("note", name, "“ñ” 😀")["note"], "“ñ” 😀")
        self.assertNotIn("note", self.run_cli("note", name, ""))
        self.run_cli("delete", name, "--yes")
        self.assertEqual(self.run_cli("list")["backups"], [])
        self.run_cli("delete", name, "--yes", code=NOT_FOUND)
        self.assert_all_of_owner()

    def test_a_file_of_the_caller(self):
        file = self.computer.file("kbteacher", "db-v0.19.5_2026-01-02_03-04-05.dump")
        with open(file, "w") as f:
            f.write(homes.fixture_sql("0.19"))
        os.chown(file, other_user.USERS["kbteacher"], -1)
        os.chmod(file, 0o600)
        before = set(os.listdir("/tmp"))
        self.assertEqual(self.run_cli("import", file)["name"], os.path.basename(file))
        there = self.count()
        self.as_owner("DELETE FROM kolibriauth_membership")
        self.run_cli("restore", file, "--yes")
        self.assertEqual(self.count(), there)
        self.assert_all_of_owner()
        self.assertEqual([name for name in set(os.listdir("/tmp")) - before if name.startswith("kolibri-")], [])
        with open(file, "w") as f:
            f.write("no backup")
        before = tree(self.home)
        self.run_cli("import", file, code=7)
        self.run_cli("restore", file, "--yes", code=7)
        self.assertEqual(tree(self.home), before)

    def test_what_nobody_else_may_read(self):
        """A database with 0600 has backups with 0600, in folders with 0700."""
        os.chmod(os.path.join(self.home, "db.sqlite3"), 0o600)
        name = self.run_cli("backup")["name"]
        self.assertEqual(os.stat(os.path.join(self.home, "backups")).st_mode & 0o777, 0o700)
        self.assertEqual([entry["name"] for entry in self.run_cli("list")["backups"]], [name])
        self.assertEqual(self.run_cli("check", name)["result"], "ok")
        self.assertEqual(self.run_cli("list")["backups"][0]["check_result"], "ok")
        drive = self.computer.file("kbteacher", "drive")
        os.mkdir(drive)
        os.chown(drive, other_user.USERS["kbteacher"], -1)
        copied = self.run_cli("copy", name, drive)
        with open(copied["path"], "rb") as copy, open(os.path.join(self.home, "backups", name), "rb") as backup:
            self.assertEqual(copy.read(), backup.read())
        self.assertEqual(os.stat(copied["path"]).st_uid, other_user.USERS["kbteacher"])
        self.run_cli("restore", name, "--yes")
        self.run_cli("undo", "--yes")
        self.run_cli("list", user="kbrefused", code=NOT_ALLOWED)
        self.assert_all_of_owner()


class TestWithoutHelper(HelperCase):
    def verbs(self, name):
        return (["backup"], ["restore", name, "--yes"], ["keep", name], ["note", name, "x"], ["delete", name, "--yes"],
                ["undo", "--yes"], ["import", os.path.join(self.home, "backups", name)])

    def check_nothing_happens(self, code, **keywords):
        name = self.run_cli("backup")["name"]
        self.run_cli("restore", name, "--yes")
        before = tree(self.home)
        for verb in self.verbs(name):
            answer = self.run_cli(*verb, code=code, **keywords)
            self.assertTrue(answer["error"]["message"], verb)
            self.assertEqual(tree(self.home), before, verb)

    def test_refused(self):
        self.check_nothing_happens(NOT_ALLOWED, user="kbrefused")

    def test_nobody_to_ask_for_the_password(self):
        self.check_nothing_happens(NOT_ALLOWED, user="kbalone")

    def test_the_question_is_closed(self):
        """A stand-in: only a person can close the dialog of polkit. pkexec(1) says 126 then."""
        self.computer.write("bin/pkexec", "#!/bin/sh\nexit 126\n")
        os.chmod(self.computer.file("bin/pkexec"), 0o755)
        self.check_nothing_happens(CANCELLED, env={"PATH": self.computer.file("bin") + ":/bin"}, user="kbalone")

    def test_no_pkexec(self):
        self.check_nothing_happens(PERMISSION, env={"PATH": self.computer.file("none")}, user="kbalone")

    def test_a_folder_that_anybody_may_write_to(self):
        """That it could be done without the helper is no reason to."""
        name = self.run_cli("backup")["name"]
        with open(os.path.join(self.home, "backups/protected", "kolibri-backup-x.dump.part"), "w"):
            pass
        for folder, folders, names in os.walk(self.home):
            for path in [folder] + [os.path.join(folder, n) for n in folders + names]:
                os.chmod(path, 0o777)
        before = tree(self.home)
        for verb in (["status"], ["list"], ["check", name]):
            self.run_cli(*verb, user="kbrefused")
        for verb in self.verbs(name)[:-2]:
            self.run_cli(*verb, user="kbrefused", code=NOT_ALLOWED)
        after = tree(self.home)
        for path in list(after):  # reading a database in WAL mode leaves these
            if path.endswith(("-shm", "-wal")) and path not in before:
                del after[path]
        self.assertEqual(after, before)

    def test_a_folder_that_no_installer_names(self):
        other = self.computer.file("kbthird", ".kolibri")
        homes.make_home(other, "0.19")
        give(other, THIRD)
        before = tree(other)
        self.run_cli("--home", other, "backup", code=PERMISSION)
        self.assertEqual(tree(other), before)
        shutil.rmtree(other)


class DirectCase(HelperCase):
    """Who has the right to start the helper, and speaks to it himself."""

    def start(self, *words, env=None, **keywords):
        return subprocess.Popen(
            [os.environ["KB_HELPER_PATH"], *words],
            env={"PKEXEC_UID": str(other_user.USERS["kbteacher"])} if env is None else env,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd="/", **keywords,
        )

    def ask(self, *words, data=b"", close=False, **keywords):
        """Returns the exit code and the last line."""
        process = self.start(*words, **keywords)
        if not close:
            process.stdin.write(data)
            process.stdin.flush()
        else:
            process.stdin.close()
        out = process.stdout.read()
        process.wait()
        process.stdout.close()
        process.stderr.close()
        if not process.stdin.closed:
            process.stdin.close()
        lines = out.decode().splitlines()
        return process.returncode, json.loads(lines[-1]) if lines else None

    def refuse(self, *words, **keywords):
        before = tree(self.home)
        code, answer = self.ask(*words, **keywords)
        self.assertNotEqual(code, 0, words)
        self.assertEqual({path: v for path, v in tree(self.home).items() if "/backups" not in path},
                         {path: v for path, v in before.items() if "/backups" not in path}, words)
        return answer["error"]["code"] if answer else None



class TestHostile(DirectCase):
    def test_it_does_work(self):
        code, answer = self.ask("backup", self.home, "")
        self.assertEqual(code, 0, answer)
        self.assert_all_of_owner()

    def test_only_pkexec_starts_it(self):
        for env in ({}, {"PKEXEC_UID": ""}, {"PKEXEC_UID": "-1"}, {"PKEXEC_UID": "0x1"}, {"PKEXEC_UID": "99999999999"}):
            self.assertEqual(self.ask("list", self.home, env=env), (2, None), env)
        self.assertEqual(self.ask("list", self.home, user=OWNER, group=OWNER), (2, None))

    def test_words_that_are_not_in_the_table(self):
        for words in (
            [], ["list"], ["rm", self.home], ["list", self.home, "x"], ["backup", self.home],
            ["backup", self.home, "", ""], ["restore", self.home, "x"], ["backup", self.home, "x" * 8000],
            ["backup", self.home, "x" * 100000], ["check", self.home, "x" * 300], ["keep", self.home, "db-v1_x.dump", "2"],
            ["import", self.home, "f", "-1"], ["import", self.home, "f", "1e3"], ["import", self.home, "f", "9" * 30],
            ["import", self.home, "..", "1"], ["import", self.home, "a/b", "1"], ["import", self.home, "", "1"],
            ["undo", self.home, "../x", "0", "0"], ["list", self.home, *["x"] * 20],
        ):
            self.refuse(*words)

    def test_names_that_lead_out(self):
        for name in ("../db.sqlite3", "/etc/passwd", "..", ".", "", "db-v1/../../x.dump", "db-v1\n.dump",
                     "replaced-v1/../../..", "protected", "restore.ini", "db-v1\\x.dump"):
            for verb in (["check"], ["delete"], ["delete-for-good"], ["undelete"], ["copy-out"]):
                self.refuse(*verb[:1], self.home, name)
            self.refuse("restore", self.home, name, "0", "0")
            self.refuse("note", self.home, name, "x")

    def test_other_folders(self):
        teacher = self.computer.file("kbteacher", ".kolibri")
        homes.make_home(teacher, "0.19")
        give(teacher, other_user.USERS["kbteacher"])
        before = tree(teacher)
        for home in (teacher, "/root", "/etc", "", "/", self.home + "/", self.home + "/.", self.home + "/../.kolibri",
                     "//" + self.home, os.path.dirname(self.home), "/root/.kolibri", "relative"):
            self.assertEqual(self.refuse("backup", home, ""), "permission", home)
        self.refuse("backup", teacher, "", env={"PKEXEC_UID": "61002", "KOLIBRI_HOME": teacher, "HOME": os.path.dirname(teacher)})
        self.assertEqual(tree(teacher), before)
        shutil.rmtree(teacher)

    def test_environment_is_not_believed(self):
        fake = self.sandbox.file("fake.sqlite3")
        env = {"PKEXEC_UID": "61002", "KOLIBRI_DATABASE_NAME": fake, "LD_PRELOAD": "/none.so", "TMPDIR": "/none",
               "G_MESSAGES_DEBUG": "all", "PATH": "/none", "SQLITE_TMPDIR": "/none"}
        self.assertEqual(self.ask("backup", self.home, "", env=env)[0], 0)

    def test_links_and_owners(self):
        """As the owner the helper can do what the owner can, and nothing of a third user's is touched."""
        database = os.path.join(self.home, "db.sqlite3")
        other = self.computer.file("kbthird", "db.sqlite3")
        shutil.move(database, other)
        os.chown(other, THIRD, THIRD)
        os.symlink(other, database)
        before = tree(self.computer.file("kbthird"))
        self.assertEqual(self.refuse("backup", self.home, ""), "permission")
        os.remove(database)
        shutil.move(other, database)
        self.assertEqual(self.refuse("backup", self.home, ""), "permission")  # it is of the third user
        os.chown(database, 0, 0)
        self.assertEqual(self.refuse("backup", self.home, ""), "permission")
        os.chown(database, OWNER, OWNER)
        os.symlink("/root", os.path.join(self.home, "backups"))
        root = sorted(os.listdir("/root"))
        self.refuse("backup", self.home, "")
        self.assertEqual(sorted(os.listdir("/root")), root)
        os.remove(os.path.join(self.home, "backups"))
        self.assertEqual(len(before), 1)
        self.assertEqual(self.ask("backup", self.home, "")[0], 0)

    def test_ways_that_a_third_user_bends(self):
        other = self.computer.file("kbthird", "data")
        os.rename(self.home, other)
        os.symlink(other, self.home)
        os.chown(self.home, OWNER, OWNER, follow_symlinks=False)
        self.assertEqual(self.refuse("backup", self.home, ""), "permission")  # /kbthird is on the way
        os.chown(self.home, THIRD, THIRD, follow_symlinks=False)
        self.assertEqual(self.refuse("backup", self.home, ""), "permission")
        os.remove(self.home)
        os.symlink("/root", self.home)
        self.assertEqual(self.refuse("backup", self.home, ""), "permission")
        os.remove(self.home)
        os.symlink(self.home, self.home)
        self.assertEqual(self.refuse("backup", self.home, ""), "permission")
        os.remove(self.home)
        os.rename(other, self.home)
        os.chmod(os.path.dirname(self.home), 0o777)
        self.assertEqual(self.refuse("backup", self.home, ""), "permission")
        os.chmod(os.path.dirname(self.home), 0o755)
        self.assertEqual(self.ask("backup", self.home, "")[0], 0)

    def test_pipes_that_close(self):
        self.assertEqual(self.refuse("import", self.home, "x.dump", "1000", data=b"x" * 10, close=True), "cancelled")
        process = self.start("import", self.home, "x.dump", "1000")
        process.stdin.write(b"x" * 10)
        process.stdin.close()
        process.stdout.close()
        self.assertNotEqual(process.wait(), 0)
        process.stderr.close()
        self.assertEqual(homes.leftovers(self.home), [])

    def test_rubbish_on_the_way_in(self):
        for data in (b"rubbish\n" * 50, b"x" * 60000, b"\0\xff\n", b"cancelx\nxcancel\n"):
            code, answer = self.ask("backup", self.home, "", data=data)
            self.assertEqual(code, 0, answer)

    def test_more_than_the_disk_holds(self):
        self.assertEqual(self.refuse("import", self.home, "x.dump", str(2**62)), "no-space")

    def test_two_at_once(self):
        os.makedirs(os.path.join(self.home, "backups/protected"))
        give(self.home, OWNER)
        with open(os.path.join(self.home, "backups/.kolibri-backup.lock"), "w") as lock:
            os.chown(lock.name, OWNER, OWNER)
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.assertEqual(self.refuse("backup", self.home, ""), "busy")
            self.run_cli("backup", code=BUSY)


class TestProcess(DirectCase):
    """What the processes of the helper are while they work, and what a kill leaves."""

    def wait_for_child(self, process):
        path = "/proc/%d/task/%d/children" % (process.pid, process.pid)
        for _ in range(200):
            with open(path) as f:
                children = f.read().split()
            if children:
                return int(children[0])
            time.sleep(0.01)
        raise AssertionError("no child")

    def test_who_it_is(self):
        limits = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (limits[1], limits[1]))
        secret = os.open("/etc/shadow", os.O_RDONLY)
        process = self.start("import", self.home, "x.dump", "1000", pass_fds=(secret,))
        resource.setrlimit(resource.RLIMIT_CORE, limits)
        os.close(secret)
        self.assertIn(b"ready", process.stdout.readline())
        self.assertEqual(homes.leftovers(self.home), [])  # what comes in has no name
        child = self.wait_for_child(process)
        with open("/proc/%d/status" % child) as f:
            status = dict(line.rstrip("\n").split(":\t", 1) for line in f if ":\t" in line)
        self.assertEqual(status["Uid"].split(), [str(OWNER)] * 4)
        self.assertEqual(status["Gid"].split(), [str(OWNER)] * 4)
        self.assertEqual(status["Groups"].split(), [str(OWNER)])
        self.assertEqual({status[c] for c in ("CapPrm", "CapEff", "CapInh")}, {"0" * 16})
        for pid in (child, process.pid):
            links = [os.readlink("/proc/%d/fd/%s" % (pid, fd)) for fd in os.listdir("/proc/%d/fd" % pid)]
            self.assertFalse([link for link in links if "shadow" in link], links)
            with open("/proc/%d/environ" % pid, "rb") as f:
                self.assertNotIn(b"LD_", f.read())
        with open("/proc/%d/limits" % child) as f:
            self.assertRegex(f.read(), r"Max core file size +0 ")
        process.stdin.close()
        process.stdout.close()
        process.stderr.close()
        process.wait()

    def kill_in_restore(self, delay, victim):
        name = self.ask("backup", self.home, "")[1]["result"]["name"]
        self.as_owner("DELETE FROM kolibriauth_membership")
        process = self.start("restore", self.home, name, "1", "0")
        child = self.wait_for_child(process)
        time.sleep(delay)
        try:
            os.kill(child if victim == "child" else process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.stdout.read()
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            stream.close()
        for _ in range(500):  # an orphan ends by itself
            if not os.path.exists("/proc/%d" % child):
                break
            time.sleep(0.02)

    def test_kills(self):
        there = self.count()
        self.assertGreater(there, 0)
        for victim in ("child", "parent"):
            for delay in (0.02, 0.08, 0.15, 0.3):
                self.kill_in_restore(delay, victim)
                self.assertIn(self.count(), (0, there))
                self.assertEqual(self.ask("backup", self.home, "")[0], 0)  # puts right what was left
                self.assert_all_of_owner()
                names = [n for n in os.listdir(os.path.join(self.home, "backups")) if n.endswith(".dump")]
                oldest = min(names, key=lambda n: os.stat(os.path.join(self.home, "backups", n)).st_mtime)
                self.assertEqual(self.ask("restore", self.home, oldest, "1", "0")[0], 0)
                self.assertEqual(self.count(), there)


if __name__ == "__main__":
    other_user.enter()
    tap.main()
