#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The language of the person, whatever locales the computer has; and English beneath a draft."""

import gettext
import os
import pty
import re
import subprocess
import sys
import unittest

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."), os.path.dirname(os.path.abspath(__file__))]
import homes  # noqa: E402
import tap  # noqa: E402
from test_cli import CLI, CliCase  # noqa: E402

LOCALE_DIR = os.environ["KB_LOCALE_DIR"]
PO = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "po")
LIST = "List the backups"
MONTHS = "January February March April May June July August September October November December".split()


def languages(confidence):
    with open(os.path.join(PO, "CONFIDENCE"), encoding="utf-8") as f:
        rows = [line.split("\t") for line in f if not line.startswith("#")]
    return [row[0] for row in rows if row[1] == confidence and row[0] != "en"]


def catalogue(language):
    """Exactly this one: Python would take es_ES for es."""
    with open(os.path.join(LOCALE_DIR, language, "LC_MESSAGES", "kolibri-backup.mo"), "rb") as f:
        return gettext.GNUTranslations(f)


class TestLanguages(CliCase):
    def help_in(self, **env):
        env.setdefault("KB_LOCALE_DIR", LOCALE_DIR)
        return self.run_cli("help", home=False, code=2, env=env).stderr

    def test_each_language_can_be_chosen(self):
        for language in languages("high") + languages("draft"):
            for locale in ("C", "C.UTF-8", "xx_YY.UTF-8"):
                with self.subTest(language=language, locale=locale):
                    self.assertIn(catalogue(language).gettext(LIST), self.help_in(LANGUAGE=language, LANG=locale))

    def test_man_pages(self):
        """The summary of each is in its language."""
        summary = "Back up the data of Kolibri and bring it back"
        for language in languages("high") + languages("draft"):
            path = os.path.join(os.environ["KB_MAN"], language, "man1", "kolibri-backup.1")
            with self.subTest(language=language), open(path, encoding="utf-8") as f:
                self.assertIn(".Nd %s\n" % catalogue(language).gettext(summary), f.read())

    def test_language_of_a_locale_that_is_not_installed(self):
        self.assertIn(catalogue("sw").gettext(LIST), self.help_in(LANGUAGE="", LANG="sw_TZ.UTF-8"))
        self.assertIn(catalogue("pt_BR").gettext(LIST), self.help_in(LANGUAGE="", LANG="pt_BR.UTF-8"))
        self.assertIn(catalogue("pt").gettext(LIST), self.help_in(LANGUAGE="", LANG="pt_MZ.UTF-8"))

    def test_nothing_to_be_had_is_english(self):
        self.assertIn(LIST, self.help_in(LANGUAGE="", LANG="xx_YY.UTF-8"))
        self.assertIn(LIST, self.help_in(LANGUAGE="xx:yy", LANG="C.UTF-8"))
        self.assertIn(LIST, self.help_in(LANGUAGE="es", LANG="C.UTF-8", KB_LOCALE_DIR="/nowhere"))
        self.assertIn(LIST, self.help_in(LANGUAGE="", LANG="C"))

    def test_no_month_in_a_language_of_its_own(self):
        """Nobody has installed the C library's names for Chichewa: it has none."""
        homes.make_home(self.home, "0.19")
        homes.add_kolibri_dump(self.home, "0.19", "2025-05-04_10-11-12")
        env = {"LANGUAGE": "ny", "LANG": "C.UTF-8", "KB_LOCALE_DIR": LOCALE_DIR}
        for words in (("list",), ("status",)):
            said = self.run_cli(*words, env=env).stdout
            self.assertIn("2025-05-04", said)
            self.assertFalse(re.search(r"\d (%s)\b" % "|".join(MONTHS), said), said)
        self.assertIn("4 May 2025", self.run_cli("status").stdout)

    def ask(self, language, *words):
        """What stands on a terminal when the question comes; the answer is no."""
        terminal, end = pty.openpty()
        env = dict(self.sandbox.env, LANGUAGE=language, KB_LOCALE_DIR=LOCALE_DIR)
        done = subprocess.Popen(
            [CLI, "--home", self.home, *words], env=env, stdin=end, stdout=end, stderr=end, close_fds=True
        )
        os.close(end)
        os.write(terminal, b"0\n")
        said = b""
        while True:
            try:
                piece = os.read(terminal, 4096)
            except OSError:  # how Linux tells the end of a terminal
                break
            if not piece:
                break
            said += piece
        os.close(terminal)
        self.assertNotEqual(done.wait(60), 0)
        return said.decode()

    def test_draft_languages_ask_in_english_as_well(self):
        homes.make_home(self.home, "0.19")
        path = self.run_json("backup")["path"]
        name = os.path.basename(path)
        before = homes.digest(self.home)
        for language in languages("draft"):
            with self.subTest(language=language):
                self.assertIn("Restore the backup from", self.ask(language, "restore", path))
                self.assertIn("Delete the backup from", self.ask(language, "delete", name))
        for language in languages("high")[:3]:
            with self.subTest(language=language):
                self.assertNotIn("Restore the backup", self.ask(language, "restore", path))
        self.assertEqual(homes.digest(self.home), before)


if __name__ == "__main__":
    tap.main()
