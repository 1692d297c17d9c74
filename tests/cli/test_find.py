#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`status` on the computers of tests/trees.py: which Kolibri, where its data is, what is odd."""

import json
import os
import shutil
import subprocess
import sys
import time
import unittest

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")]
import drives  # noqa: E402
import homes  # noqa: E402
import tap  # noqa: E402
import trees  # noqa: E402

CLI = os.environ["KB_CLI"]
FAKE_KOLIBRI = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "core", "fake_kolibri.py")
OWN = trees.TEACHER + "/.kolibri"
NOBODY = 65534


class FindCase(unittest.TestCase):
    def setUp(self):
        self.sandbox = homes.Sandbox()
        self.tree = trees.Tree(self.sandbox.file("root"))
        self.env = dict(self.sandbox.env, HOME="/home/teacher", PATH="/home/teacher/.local/bin:/usr/bin:/bin")
        del self.env["KOLIBRI_HOME"]

        self.addCleanup(self.sandbox.remove)

    def run_status(self, *args, code=0, **env):
        command = [CLI, "status", "--root", self.tree.path, *args]
        done = subprocess.run(
            command, env=dict(self.env, **env), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, encoding="utf-8", timeout=60, check=False,
        )
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def status(self, *args, **keywords):
        return json.loads(self.run_status("--json", *args, **keywords).stdout)

    def text(self, *args, **keywords):
        return self.run_status(*args, **keywords).stdout

    def relative(self, path):
        return os.path.relpath(path, self.tree.path)

    def places(self, status):
        return [self.relative(found["path"]) for found in status["homes"]]

    def problems(self, *args, **env):
        return self.status(*args, **env)["homes"][0]["problems"]


class TestInstallers(FindCase):
    def check(self, name):
        build, place, kind, reason, data, program, agreement = trees.INSTALLERS[name]
        build(self.tree)
        status = self.status()
        found = status["homes"][0]
        self.assertEqual(self.relative(status["home"]), place)
        self.assertEqual(self.places(status), [place])
        self.assertEqual((found["installation"], found["reason"]), (kind, reason))
        self.assertEqual((status["data_version"], status["installed_version"]), (data, program))
        self.assertEqual((found["data_version"], found["installed_version"]), (data, program))
        self.assertEqual((status["agreement"], found["agreement"]), (agreement, agreement))
        self.assertEqual((status["server"], found["running"]), ("stopped", False))
        self.assertEqual((found["problems"], found["ours"], found["empty"]), ([], True, False))
        self.assertIn(place, self.text())


def add_installers():
    for name in trees.INSTALLERS:
        method = "test_" + "".join(c if c.isalnum() else "_" for c in name)
        setattr(TestInstallers, method, lambda self, name=name: self.check(name))


add_installers()


class TestRunning(FindCase):
    def start(self, home):
        """What answers like a Kolibri, in a process with its name."""
        program = self.tree.write("usr/lib/kolibri-fake/kolibri", "")
        shutil.copy(FAKE_KOLIBRI, program)
        done = subprocess.Popen([sys.executable, program, "start", "--foreground"], env=dict(self.env, KOLIBRI_HOME=home))
        self.addCleanup(done.wait)
        self.addCleanup(done.kill)
        for _ in range(500):
            if self.server_says(home, "0"):
                return
            time.sleep(0.02)
        self.fail("it does not start")

    def server_says(self, home, status):
        try:
            with open(os.path.join(home, "server.pid"), encoding="ascii") as f:
                return f.read().split("\n")[3] == status
        except (OSError, IndexError):
            return False

    def test_running(self):
        for name in ("pip", "debian", "flatpak"):
            with self.subTest(name):
                shutil.rmtree(self.tree.path)
                self.tree = trees.Tree(self.tree.path)
                trees.INSTALLERS[name][0](self.tree)
                self.start(self.tree.at(trees.INSTALLERS[name][1]))
                status = self.status()
                self.assertEqual((status["server"], status["homes"][0]["running"]), ("running", True))

    def test_the_one_in_use_comes_first(self):
        trees.pip(self.tree)
        trees.flatpak(self.tree)
        place = trees.INSTALLERS["flatpak"][1]
        self.assertEqual(self.relative(self.status()["home"]), OWN)
        self.start(self.tree.at(place))
        status = self.status()
        self.assertEqual(self.places(status), [place, OWN])
        self.assertEqual((status["server"], status["installed_version"]), ("running", "0.19.5"))
        self.assertIn("other folders too", self.text())

    def test_process_of_somebody_else(self):
        trees.pip(self.tree)
        other = subprocess.Popen(["sleep", "60"])
        self.addCleanup(other.wait)
        self.addCleanup(other.kill)
        self.tree.write(OWN + "/server.pid", "%d\n8080\n8081\n0\n" % other.pid)
        status = self.status()
        self.assertEqual((status["server"], status["homes"][0]["running"]), ("stopped", False))
        self.assertEqual(status["homes"][0]["problems"], ["foreign-pid"])
        self.assertIn("The file server.pid is a leftover", self.text())


class TestSeveral(FindCase):
    def test_environment_comes_first(self):
        trees.environment(self.tree)
        status = self.status(KOLIBRI_HOME="/srv/school")
        self.assertEqual(self.places(status), ["srv/school", OWN])
        self.assertEqual(status["homes"][0]["reason"], "environment")
        self.assertIn("The setting KOLIBRI_HOME names this folder.", self.text(KOLIBRI_HOME="/srv/school"))

    def test_environment_is_obeyed_even_when_nothing_is_there(self):
        trees.pip(self.tree)
        self.run_status("--json", code=8, KOLIBRI_HOME="/srv/none")

    def test_home_option_comes_first(self):
        trees.environment(self.tree)
        status = self.status("--home", self.tree.at("srv/school"))
        self.assertEqual(self.places(status), ["srv/school", OWN])
        self.assertEqual(status["homes"][0]["reason"], "given")
        status = self.status("--home", self.tree.at(OWN))
        self.assertEqual((status["homes"][0]["reason"], len(status["homes"])), ("own-folder", 1))

    def test_home_option_by_a_link(self):
        trees.pip(self.tree)
        os.symlink(self.tree.at(OWN), self.tree.at("link"))
        status = self.status("--home", self.tree.at("link"))
        self.assertEqual((self.relative(status["home"]), self.places(status)), ("link", [OWN]))

    def test_own_data_stays_the_one(self):
        """Though the other one is of today."""
        trees.pip(self.tree)
        trees.debian(self.tree)
        os.utime(self.tree.at(OWN + "/db.sqlite3"), (1, 1))
        status = self.status()
        self.assertEqual(self.places(status), [OWN, "var/kolibri/.kolibri"])

    def test_empty_own_folder_gives_way(self):
        """check_debian_user of kolibri/utils/debian_check.py warns of just that."""
        trees.debian(self.tree)
        self.tree.data(OWN, "0.19.3", people=False)
        status = self.status()
        self.assertEqual(self.places(status), ["var/kolibri/.kolibri", OWN])
        self.assertEqual([found["empty"] for found in status["homes"]], [False, True])
        self.assertEqual([found["problems"] for found in status["homes"]], [[], ["hides-another"]])
        self.assertIn("The file /etc/kolibri/username names this folder.", self.text())
        self.assertIn("started by the wrong user", self.text("--home", self.tree.at(OWN)))

    def test_folder_without_data_does_not_count(self):
        trees.debian(self.tree)
        os.makedirs(self.tree.at(OWN + "/logs"))
        self.assertEqual(self.places(self.status()), ["var/kolibri/.kolibri"])

    def test_nothing_anywhere(self):
        self.run_status(code=8)

    def test_link_is_the_same_folder(self):
        trees.debian(self.tree)
        os.symlink(self.tree.at("var/kolibri/.kolibri"), self.tree.at(OWN))
        self.assertEqual(self.places(self.status()), ["var/kolibri/.kolibri"])

    def test_settings_that_contradict_each_other(self):
        trees.debian_moved(self.tree)
        self.assertEqual(self.problems(), [])
        self.tree.data("var/kolibri/.kolibri", "0.19.3")
        self.assertEqual(self.problems(), ["settings-differ"])
        self.assertIn("name two folders with data", self.text())

    def test_settings_that_only_a_shell_understands(self):
        for line in ('KOLIBRI_HOME="$HOME/x"', "KOLIBRI_HOME=$(touch /tmp/x)", "KOLIBRI_HOME=`id`", "KOLIBRI_USER='a"):
            with self.subTest(line):
                shutil.rmtree(self.tree.path)
                self.tree = trees.Tree(self.tree.path)
                trees.debian(self.tree)
                self.tree.write("etc/kolibri/daemon.conf", line + "\n")
                self.assertEqual(self.problems(), ["settings-not-understood"])

    def test_data_of_another_user(self):
        if os.geteuid() != 0:
            self.skipTest("only root may give files away")
        trees.debian(self.tree)
        os.chmod(self.sandbox.path, 0o755)
        os.chown(self.tree.at("var/kolibri/.kolibri/db.sqlite3"), 12345, 12345)
        for path in (self.sandbox.file("user"), self.sandbox.file("user", "run")):
            os.chmod(path, 0o777)
        command = [CLI, "status", "--json", "--root", self.tree.path]
        done = subprocess.run(
            command, env=self.env, stdout=subprocess.PIPE, encoding="utf-8", user=NOBODY, group=NOBODY,
            extra_groups=[], timeout=60, check=True,
        )
        self.assertFalse(json.loads(done.stdout)["homes"][0]["ours"])


class TestWarnings(FindCase):
    def test_cloud_folder_by_its_name(self):
        for name in ("Dropbox", "OneDrive - School", "nextcloud", "Google Drive"):
            home = self.tree.data("home/teacher/%s/kolibri" % name, "0.19.5")
            self.assertEqual(self.problems("--home", home), ["cloud-folder"])
        self.assertIn("copies this folder to the internet", self.text("--home", home))

    def test_cloud_folder_by_what_lies_there(self):
        home = self.tree.data("home/teacher/share/kolibri", "0.19.5")
        self.assertEqual(self.problems("--home", home), [])
        os.mkdir(self.tree.at("home/teacher/share/.stfolder"))
        self.assertEqual(self.problems("--home", home), ["cloud-folder"])

    def test_network_folder(self):
        far = drives.Network(self)
        home = self.tree.data(os.path.relpath(far.path, self.tree.path) + "/kolibri", "0.19.5")
        self.assertEqual(self.problems("--home", home), ["network-folder"])
        self.assertIn("This folder is on another computer.", self.text("--home", home))

    def test_fuse_that_is_no_network(self):
        near = drives.Fat(self)
        home = self.tree.data(os.path.relpath(near.path, self.tree.path) + "/kolibri", None)
        self.assertEqual(self.problems("--home", home), ["no-data-version"])

    def test_names_that_are_none(self):
        for name in ("Dropbox-old", "My OneDrive", "Syncthings"):
            home = self.tree.data("home/teacher/%s/kolibri" % name, "0.19.5")
            self.assertEqual(self.problems("--home", home), [])


class TestBadInput(FindCase):
    def test_rubbish_in_version(self):
        for text in ("rubbish", "", "9" * 5000):
            with self.subTest(text[:10]):
                shutil.rmtree(self.tree.path)
                self.tree = trees.Tree(self.tree.path)
                trees.debian(self.tree)
                self.tree.write("usr/lib/python3/dist-packages/kolibri/VERSION", text)
                status = self.status()
                self.assertEqual(status["homes"][0]["problems"], ["bad-program-version"])
                self.assertEqual(status["installed_version"], "0.19.3")  # dpkg's word
                self.tree.write("var/lib/dpkg/status", "")
                status = self.status()
                self.assertEqual((status.get("installed_version"), status["agreement"]), (None, "unknown"))
        text = self.text()
        self.assertIn("The file VERSION of the installed Kolibri holds no version.", text)
        self.assertIn("The version of the installed Kolibri is not known.", text)

    def test_two_versions_of_the_program(self):
        trees.debian(self.tree)
        self.tree.dpkg(kolibri="0.18.1-0ubuntu1")
        status = self.status()
        self.assertEqual(status["homes"][0]["problems"], ["program-versions-differ"])
        self.assertEqual(status["installed_version"], "0.19.3")

    def test_package_that_was_removed(self):
        trees.debian(self.tree)
        self.tree.dpkg(kolibri="-0.18.1-0ubuntu1")
        os.remove(self.tree.at("usr/lib/python3/dist-packages/kolibri/VERSION"))
        self.assertNotIn("installed_version", self.status())

    def test_data_version_without_a_database(self):
        self.tree.write(OWN + "/.data_version", "0.19.5")
        self.assertEqual(self.problems(), ["no-database"])
        self.assertIn("its database is missing", self.text())

    def test_database_without_a_data_version(self):
        self.tree.data(OWN, None)
        self.assertEqual(self.problems(), ["no-data-version"])
        self.tree.write(OWN + "/.data_version", "")
        self.assertEqual(self.problems(), ["no-data-version"])
        self.assertIn("will take it for a new installation", self.text())

    def test_rubbish_in_data_version(self):
        for text in ("rubbish", "\xff\n", "1" * 10000):
            self.tree.data(OWN, text, database="db%d.sqlite3" % len(text))
            self.assertEqual([p for p in self.problems() if p != "no-database"], ["bad-data-version"])

    def test_options_that_nobody_understands(self):
        trees.pip(self.tree)
        self.tree.write(OWN + "/options.ini", "[Database\nrubbish\n")
        self.assertIn("options.ini cannot be understood", self.run_status(code=10).stderr)
        trees.flatpak(self.tree)
        status = self.status("--home", self.tree.at(trees.INSTALLERS["flatpak"][1]))
        self.assertEqual(status["homes"][1]["problems"], ["bad-options"])

    def test_database_outside_of_the_folder(self):
        self.tree.data("srv/big", None)
        self.tree.write(OWN + "/.data_version", "0.19.5")
        for name in ("/srv/big/db.sqlite3", "../../../srv/big/db.sqlite3"):
            self.tree.write(OWN + "/options.ini", "[Database]\nDATABASE_NAME = %s\n" % name)
            status = self.status()
            self.assertEqual(status["homes"][0]["problems"], ["database-elsewhere"])
            self.assertTrue(status["has_database"])
        self.assertIn("is in another folder", self.text())

    def test_program_older_than_the_data(self):
        trees.pip(self.tree)
        self.tree.write(OWN + "/.data_version", "0.20.0")
        self.assertEqual(self.status()["agreement"], "downgrade")
        self.assertIn("is too old for your data", self.text())

    def test_pex_that_is_none(self):
        trees.pex(self.tree)
        path = trees.TEACHER + "/Downloads/kolibri-0.17.5.pex"
        with open(self.tree.at(path), "rb") as f:
            whole = f.read()
        for bad in (b"", b"PK\5\6", whole[:-1], whole[:100], b"PK\5\6" + b"\xff" * 18, whole.replace(b"-0.17.5-", b"-no.17.5-")):
            self.tree.write(path, bad)
            self.assertNotIn("installed_version", self.status())


if __name__ == "__main__":
    tap.main()
