#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a program can hold of a translation: whole, of the same shape, in Kolibri's terms, one key a control.

    /usr/bin/python3 tests/lint/catalogues.py --table    prints how complete each language is
"""

import os
import re
import sys
import unittest
import xml.etree.ElementTree

import polib

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
PO = os.path.join(TOP, "po")
sys.path[:0] = [os.path.join(TOP, "tests")]
import tap  # noqa: E402

# The labels of ours that Kolibri has as well, and its name for each.
TERMS = {
    "Facility": "facilityLabel",
    "Learners": "learnersLabel",
    "Coaches": "coachesLabel",
    "Classes": "classesLabel",
    "Lessons": "lessonsLabel",
    "Quizzes": "quizzesLabel",
}

# Kolibri's folder of a language, where it is not the language itself.
FOLDERS = {
    "bg": "bg_BG", "bn": "bn_BD", "es": "es_419", "ff": "ff_CM", "fr": "fr_FR", "gu": "gu_IN", "hi": "hi_IN",
    "pt": "pt_MZ", "sw": "sw_TZ", "ur": "ur_PK", "zh_CN": "zh_Hans",
}

GLOSSARY = """backup (noun), back up (verb), restore, keep, check, delete, undo, USB drive, data folder, computer, upgrade,
facility, learner, coach, class, lesson, quiz, teacher"""

# What stands in one window at the same time, apart from the dialogs, which are a window each.
MAIN_WINDOW = ("kb-window.ui", "kb-verdict-card.ui", "kb-backup-list.ui")

# The first plural forms of Arabic stand for one number each, and may have it as a word.
ARABIC_SINGLE_NUMBERS = 3

SPECIFIER = re.compile(r"%(?:\d+\$)?[-+0 '#^_]*\d*(?:\.\d+)?(?:l|ll|z)?[a-zA-Z%]")


def read_table(name):
    with open(os.path.join(PO, name), encoding="utf-8") as f:
        return [line.rstrip("\n").split("\t") for line in f if not line.startswith("#")]


def languages():
    with open(os.path.join(PO, "LINGUAS"), encoding="utf-8") as f:
        return [word for line in f if not line.startswith("#") for word in line.split()]


def catalogue(language):
    return polib.pofile(os.path.join(PO, language + ".po"))


def texts(entry):
    """The English and the translated forms of a message."""
    if entry.msgid_plural:
        return [entry.msgid, entry.msgid_plural], list(entry.msgstr_plural.values())
    return [entry.msgid], [entry.msgstr]


def mnemonic(text):
    """The key of a label, or None: a name like data_version has none."""
    if re.search(r"\.data_version|KOLIBRI_", text):
        return None
    found = re.findall(r"_(\w)", text)
    return found[0].lower() if len(found) == 1 else None


def specifiers(text):
    """Without positions and flags, in order of their arguments."""
    found = [(re.match(r"%(\d+)\$", s), s) for s in SPECIFIER.findall(text) if not s.endswith("%")]
    if any(position for position, _ in found):
        found.sort(key=lambda pair: int(pair[0].group(1)))
    return [s[-1] for _, s in found]


def plain(text):
    """Without case, and without the marks of Arabic vowels, which most texts leave out."""
    return "".join(c for c in text.casefold() if not "\u064b" <= c <= "\u0652")


def labels_with_keys(path, menu=None):
    """The English labels of a template that have a key."""
    tree = xml.etree.ElementTree.parse(path)
    top = tree.getroot() if menu is None else next(m for m in tree.iter("menu") if m.get("id") == menu)
    found = [e.text for e in top.iter() if e.get("translatable") == "yes" and e.text]
    return [text for text in dict.fromkeys(found) if mnemonic(text)]


def windows():
    """Name and English labels of what is on the screen together."""
    gui = os.path.join(TOP, "gui")
    menus = os.path.join(gui, "gtk", "menus.ui")
    for menu in xml.etree.ElementTree.parse(menus).iter("menu"):
        yield menu.get("id"), labels_with_keys(menus, menu.get("id"))
    yield "main window", [label for name in MAIN_WINDOW for label in labels_with_keys(os.path.join(gui, name))]
    for name in sorted(os.listdir(gui)):
        if name.endswith(".ui") and name not in MAIN_WINDOW:
            yield name, labels_with_keys(os.path.join(gui, name))


class TestCatalogues(unittest.TestCase):
    def complain(self, problems):
        self.assertFalse(problems, "\n" + "\n".join(problems[:60]))

    def each(self):
        for language in languages():
            for entry in catalogue(language):
                yield language, entry

    def test_all_languages_of_kolibri(self):
        named = {row[0] for row in read_table("languages.tsv")} - {"en"}
        self.assertEqual(set(languages()), named)
        self.assertEqual({row[0] for row in read_table("CONFIDENCE")}, named | {"en"})

    def test_complete(self):
        problems = []
        for language in languages():
            messages = catalogue(language)
            if messages.metadata.get("Language") != language:
                problems.append("%s: its header says %s" % (language, messages.metadata.get("Language")))
            for entry in messages:
                if not entry.translated() or entry.fuzzy or entry.obsolete:
                    problems.append("%s: %s" % (language, entry.msgid))
        self.complain(problems)

    def test_specifiers(self):
        """gettext looks at those of C; these are all, dates and templates included."""
        problems = []
        for language, entry in self.each():
            if entry.msgctxt in ("day heading", "date in a sentence", "time of day"):
                continue
            english, translated = texts(entry)
            allowed = [specifiers(text) for text in english]
            if language == "ar" and entry.msgid_plural:
                translated = translated[ARABIC_SINGLE_NUMBERS:]
            problems += ["%s: %s" % (language, text) for text in translated if specifiers(text) not in allowed]
        self.complain(problems)

    def test_edges(self):
        """Line ends, and the spaces around."""
        problems = []
        for language, entry in self.each():
            if entry.msgctxt == "two sentences":
                continue
            english, translated = texts(entry)
            for text in translated:
                if text.strip(" \n") != text and english[0].strip(" \n") == english[0]:
                    problems.append("%s: %r" % (language, text))
                if text.endswith("\n") != english[0].endswith("\n") or "\n" in text and "\n" not in english[0]:
                    problems.append("%s: %r" % (language, text))
        self.complain(problems)

    def test_one_key_a_label(self):
        problems = []
        for language, entry in self.each():
            if mnemonic(entry.msgid) is not None and mnemonic(entry.msgstr) is None:
                problems.append("%s: %s: no key, or several" % (language, entry.msgstr))
            if mnemonic(entry.msgid) is None and mnemonic(entry.msgstr) is not None and "_" not in entry.msgid:
                problems.append("%s: %s: a key where English has none" % (language, entry.msgstr))
        self.complain(problems)

    def test_no_key_twice_in_a_window(self):
        problems = []
        for language in ["en", *languages()]:
            known = {} if language == "en" else {e.msgid: e.msgstr for e in catalogue(language)}
            for window, labels in windows():
                keys = {}
                for label in labels:
                    keys.setdefault(mnemonic(known.get(label, label)), []).append(known.get(label, label))
                problems += [
                    "%s: %s: %s" % (language, window, " / ".join(same)) for same in keys.values() if len(same) > 1
                ]
        self.complain(problems)

    def test_kolibris_terms(self):
        """A teacher finds here the words that Kolibri uses (Kolibri's core.default_frontend-messages.json)."""
        head, *rows = read_table("kolibri-terms.tsv")
        theirs = {row[0]: dict(zip(head, row)) for row in rows}
        problems = []
        for language in languages():
            terms = theirs[FOLDERS.get(language, language)]
            ours = {e.msgid: e.msgstr for e in catalogue(language) if not e.msgctxt}
            for label, name in TERMS.items():
                if plain(ours[label]) != plain(terms[name]):
                    problems.append("%s: %s, and in Kolibri: %s" % (language, ours[label], terms[name]))
        self.complain(problems)

    def test_glossary(self):
        """po/glossary.tsv has each word in each language, once."""
        words = [word.strip() for word in GLOSSARY.replace("\n", " ").split(",")]
        rows = read_table("glossary.tsv")
        found = [(row[0], row[1]) for row in rows if row[1] in words]
        self.assertEqual(sorted(found), sorted((c, w) for c in languages() for w in words))
        self.assertFalse([row for row in rows if len(row) != 4 or not row[2]])


def print_table():
    trust = {row[0]: row[1] for row in read_table("CONFIDENCE")}
    print("%-8s %8s %13s %6s  %s" % ("language", "strings", "untranslated", "fuzzy", "confidence"))
    for language in languages():
        messages = catalogue(language)
        counts = (len(messages), len(messages.untranslated_entries()), len(messages.fuzzy_entries()))
        print("%-8s %8d %13d %6d  %s" % (language, *counts, trust[language]))


if __name__ == "__main__":
    if "--table" in sys.argv:
        print_table()
    else:
        tap.main()
