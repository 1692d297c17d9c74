#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`guide`: the steps, the commands that do them, and that these commands are noticed."""

import glob
import os
import shlex
import shutil
import sys

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."), os.path.dirname(os.path.abspath(__file__))]
import homes  # noqa: E402
import tap  # noqa: E402
from test_cli import CliCase  # noqa: E402

USAGE, NOT_FOUND = 2, 8


class TestGuide(CliCase):
    def setUp(self):
        super().setUp()
        self.sandbox.env["PATH"] = self.sandbox.file("bin") + os.pathsep + self.sandbox.env["PATH"]
        self.site = self.sandbox.file("lib", "python3.11", "site-packages", "kolibri")
        os.makedirs(self.site)
        os.makedirs(self.sandbox.file("bin"))
        with open(self.sandbox.file("bin", "kolibri"), "w") as f:
            f.write("#!/bin/false\n")
        os.chmod(self.sandbox.file("bin", "kolibri"), 0o755)
        self.install("0.19.5")

    def install(self, version):
        with open(os.path.join(self.site, "VERSION"), "w") as f:
            f.write(version)

    def states(self, *words):
        """The steps, a letter each: d(one), n(ow), l(ater), f(ailed)."""
        self.guide = self.run_json("guide", *words)
        return "".join(step["state"][0] for step in self.guide["steps"])

    def do_next(self, folder="FOLDER"):
        """Runs the commands of the step that is to be done now, as they stand there."""
        [step] = [step for step in self.guide["steps"] if step["state"] == "now"]
        for line in step["commands"]:
            words = [folder if word == "FOLDER" else word for word in shlex.split(line)]
            self.assertEqual(words[0], "kolibri-backup")
            extra = ["--yes"] if "restore" in words else []
            self.run_cli(*(words[3:] if words[1] == "--home" else words[1:]), *extra)

    def test_there_and_back(self):
        homes.make_home(self.home, "0.19")
        homes.add_kolibri_dump(self.home, "0.16")
        away = self.sandbox.file("away")
        self.assertEqual(self.states("downgrade"), "nllll")
        self.assertEqual((self.guide["from"], self.guide["to"], self.guide["versions"]), ("0.19.5", "0.16.2", ["0.16.2"]))
        self.do_next()
        self.assertEqual(self.states(), "dnlll")
        self.do_next(away)
        self.assertEqual(self.states(), "ddnll")
        self.assertEqual(self.guide["copy"], os.path.join(away, "db-v0.16.2_2026-05-04_10-11-12.dump"))
        self.assertEqual(len(glob.glob(os.path.join(away, "*.dump"))), 2)
        self.install("0.16.2")
        shutil.rmtree(os.path.join(self.home, "backups"))  # an uninstaller
        with open(os.path.join(self.home, ".data_version"), "w") as f:
            f.write("0.16.2")
        self.assertEqual(self.run_json("status")["verdict"], "program-too-old")
        self.assertEqual(self.states(), "nddll")
        self.do_next()  # what is there now can still be saved
        self.assertEqual(self.states(), "dddnl")
        self.do_next()
        self.assertEqual(self.states(), "ddddn")
        self.assertIn("scanforcontent", self.guide["steps"][4]["text"])
        self.assertEqual(self.run_json("status")["verdict"], "safe")
        self.assertIn("Start Kolibri – Do this now", self.run_cli("guide").stdout)

    def test_what_cannot_be(self):
        homes.make_home(self.home, "0.19")
        self.assertIn("no backup that an older", self.run_cli("guide", "downgrade", code=NOT_FOUND).stderr)
        homes.add_kolibri_dump(self.home, "0.16")
        self.assertIn("Name an older version", self.run_cli("guide", "--to", "0.20.0", code=USAGE).stderr)
        self.run_cli("guide", "downgrade", "--to", "soon", code=USAGE)
        self.run_cli("guide", "upgrade", "--to", "0.16.2", code=USAGE)
        self.run_cli("guide", "sideways", code=USAGE)
        self.assertEqual(self.states("downgrade", "--to", "0.17.5"), "nllll")
        [record] = glob.glob(os.path.join(self.sandbox.env["XDG_DATA_HOME"], "kolibri-backup", "*"))
        self.assertEqual(self.run_json("guide")["to"], "0.17.5", "remembered")
        with open(record, "w") as f:
            f.write("rubbish")
        self.assertIn("the steps begin anew", self.run_cli("guide").stderr)
        self.run_cli("guide", "--start-over")
        self.assertFalse(os.path.exists(record))


if __name__ == "__main__":
    tap.main()
