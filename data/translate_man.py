#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the man pages of every language: the summary is translated, the rest is in English.

Usage: translate_man.py MSGFMT PO-FOLDER OUTPUT-FOLDER PAGE…

The summary is that of the desktop file: the English pages have it, too, in the manner of man pages.
"""

import gettext
import os
import re
import subprocess
import sys
import tempfile

SUMMARY = "Back up the data of Kolibri and bring it back"


def translate(msgfmt, catalogue):
    """The summary in the language of a catalogue."""
    with tempfile.TemporaryDirectory() as folder:
        compiled = os.path.join(folder, "catalogue.mo")
        subprocess.run([msgfmt, "-o", compiled, catalogue], check=True)
        with open(compiled, "rb") as f:
            return gettext.GNUTranslations(f).gettext(SUMMARY)


def main(msgfmt, po, output, *pages):
    with open(os.path.join(po, "LINGUAS"), encoding="utf-8") as f:
        languages = f.read().split()
    for language in languages:
        summary = translate(msgfmt, os.path.join(po, language + ".po"))
        folder = os.path.join(output, language, "man1")
        os.makedirs(folder, exist_ok=True)
        for page in pages:
            with open(page, encoding="utf-8") as f:
                text = f.read()
            text, n = re.subn(r"^\.Nd .*$", lambda _: ".Nd " + summary, text, flags=re.MULTILINE)
            assert n == 1, page
            with open(os.path.join(folder, os.path.basename(page)), "w", encoding="utf-8") as f:
                f.write(text)


main(*sys.argv[1:])
