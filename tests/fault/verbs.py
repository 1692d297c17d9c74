# SPDX-License-Identifier: MIT
"""What is done to single backups: scenarios as in scenario.py. The data and every other backup stay as
they are, whatever happens."""

import configparser
import glob
import os
import sys

import sample
from scenario import Scenario

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")]
import homes  # noqa: E402

NOTE = "before the exams"


def read(path):
    with open(path, "rb") as f:
        return f.read()


class Verb(Scenario):
    """With one backup of Kolibri's own, and what the verb needs."""

    journal_modes = ("delete",)  # the database is not touched

    def prepare(self):
        sample.make_home(self.box.home, "0.19", "in use", self.journal_mode)
        folder = self.box.file("backups")
        os.makedirs(folder)
        self.kolibris = "db-v0.16.2_2026-05-04_10-11-12.dump"
        sample.make_dump(os.path.join(folder, self.kolibris), "0.16", "of Kolibri")
        self.old = self.read_live()
        self.kolibris_bytes = read(self.public(self.kolibris))
        self.prepare_verb()

    def public(self, name):
        return self.box.file("backups", name)

    def protected(self, name):
        return self.box.file("backups", "protected", name)

    def list_names(self):
        return {entry["name"]: entry for entry in self.box.run("list").answer()["backups"]}

    def check_names(self, name, content):
        """Every name of a backup leads to all of it. Returns how many there are."""
        paths = [path for path in (self.public(name), self.protected(name)) if os.path.exists(path)]
        for path in paths:
            assert read(path) == content, "%s: half a backup" % path
        return len(paths)

    def check_data(self):
        assert self.read_live() == self.old, "the data has changed"
        assert self.check_names(self.kolibris, self.kolibris_bytes) >= 1, "a backup is gone"
        return self.is_done()

    def check_answer(self, run, done):
        assert run.code != 0 or done, "it says that it is done"

    def check_done(self):
        assert self.check_data(), "not done"

    def check_recovered(self, done):
        assert self.check_data() == done, "recovery has changed something"
        assert self.list_names()[self.kolibris]["state"] == "complete"


class Note(Verb):
    """Written or not; protected before it is."""

    name = "note"

    def prepare_verb(self):
        self.command = ("note", self.kolibris, NOTE)

    def is_done(self):
        ini = configparser.ConfigParser(interpolation=None)
        ini.read(self.protected(self.kolibris) + ".ini")
        note = ini.get("Backup", "note", fallback=None)
        assert note in (None, NOTE), "half a note: %s" % note
        assert note is None or os.path.exists(self.protected(self.kolibris)), "a note, and no protection"
        return note is not None

    def check_recovered(self, done):
        super().check_recovered(done)
        assert self.list_names()[self.kolibris].get("note") == (NOTE if done else None)


class Keep(Verb):
    """On top of a note, which stays."""

    name = "keep"

    def prepare_verb(self):
        assert self.box.run("note", self.kolibris, NOTE).code == 0
        self.command = ("keep", self.kolibris)

    def is_done(self):
        ini = configparser.ConfigParser(interpolation=None)
        ini.read(self.protected(self.kolibris) + ".ini")
        assert ini.get("Backup", "note", fallback=None) == NOTE, "the note is gone"
        return ini.getboolean("Backup", "keep", fallback=False)


class Delete(Verb):
    """Listed and whole, or gone."""

    name = "delete"

    def prepare_verb(self):
        made = self.box.run("backup", "--note", NOTE)
        assert made.code == 0, made.stdout
        self.made = made.answer()["name"]
        self.content = read(self.public(self.made))
        self.command = ("delete", "--yes", self.made)

    def slots(self):
        return self.box.file("backups", "protected", "deleted", self.made)

    def is_done(self):
        n = self.check_names(self.made, self.content)
        for path in glob.glob(os.path.join(self.slots(), "*.dump")):
            assert read(path) == self.content, "%s: half a backup waits" % path
        return n == 0

    def check_answer(self, run, done):
        super().check_answer(run, done)
        if run.code == 0:
            assert not os.path.exists(self.slots()), "it is still there"

    def check_recovered(self, done):
        super().check_recovered(done)
        assert (self.made in self.list_names()) != done

    def can_run_again(self, done):
        return not done or os.path.exists(self.slots())

    def check_done(self):
        super().check_done()
        left = glob.glob(self.box.file("backups", "**", self.made + "*"), recursive=True)
        assert left == [], "left: %s" % left


class Copy(Verb):
    """On the drive is a whole copy, or none under that name; what failed leaves nothing there."""

    name = "copy"

    def prepare_verb(self):
        assert self.box.run("note", self.kolibris, NOTE).code == 0
        self.stick = os.path.join(self.box.path, "stick")
        self.command = ("copy", self.kolibris, self.stick)

    def is_done(self):
        path = os.path.join(self.stick, self.kolibris)
        if os.path.exists(path):
            assert read(path) == self.kolibris_bytes, "half a copy"
        return os.path.exists(path)

    def check_answer(self, run, done):
        super().check_answer(run, done)
        if run.code != 0 and not run.sticky:
            assert not os.path.exists(self.stick), "left on the drive: %s" % os.listdir(self.stick)

    def check_done(self):
        super().check_done()
        names = sorted(os.listdir(self.stick))
        expected = ["How to restore.txt", self.kolibris, self.kolibris + ".ini"]
        assert names == expected, "on the drive: %s" % names


class Import(Verb):
    """In the list, whole, or not."""

    name = "import"

    def prepare_verb(self):
        self.brought = "db-v0.19.5_2026-05-05_10-11-12.dump"
        path = os.path.join(self.box.path, self.brought)
        sample.make_dump(path, "0.19", "brought")
        self.content = read(path)
        self.command = ("import", path)

    def is_done(self):
        return self.check_names(self.brought, self.content) > 0

    def check_recovered(self, done):
        super().check_recovered(done)
        assert (self.brought in self.list_names()) == done

    def check_done(self):
        super().check_done()
        assert os.path.exists(self.protected(self.brought)), "not protected"


OPERATIONS = (Note, Keep, Delete, Copy, Import)
