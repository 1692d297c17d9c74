#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The installer's own sentences, for NSIS: in every language that both it and we have.

Usage: words.py PO-FOLDER NSIS-FOLDER OUT.nsh

NSIS has its own words for everything else. Where a catalogue is missing they are in English.
"""

import gettext
import io
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
# Sentences that the programs have, too. The installer's own are in kb-installer-words.h.
SHARED = {"PROGRAM": "Kolibri Backup", "FILE_TYPE": "Kolibri backup"}

# What NSIS calls the languages of po/languages.tsv. It has no others of them.
NSIS_NAMES = {
    "en": "English",  # the first is what a Windows in any other language gets
    "ar": "Arabic",
    "bg": "Bulgarian",
    "de": "German",
    "el": "Greek",
    "es": "SpanishInternational",
    "es_ES": "Spanish",
    "fa": "Farsi",
    "fr": "French",
    "hi": "Hindi",
    "id": "Indonesian",
    "it": "Italian",
    "ka": "Georgian",
    "ko": "Korean",
    "pt": "Portuguese",
    "pt_BR": "PortugueseBR",
    "uk": "Ukrainian",
    "vi": "Vietnamese",
    "zh_CN": "SimpChinese",
}


def read_words():
    """Names of NSIS, and the English sentence of each."""
    with open(os.path.join(HERE, "kb-installer-words.h"), encoding="utf-8") as f:
        text = re.sub(r"/\*.*?\*/", "", f.read(), flags=re.S)
    own = {
        name: "".join(re.findall(r'"([^"]*)"', words))
        for name, words in re.findall(r'\{"([A-Z0-9_]+)",\s*N_ \(((?:\s*"[^"]*")+)\)\}', text)
    }
    return {**SHARED, **own}


def load(po):
    if not os.path.exists(po):
        return gettext.NullTranslations()
    compiled = subprocess.run(["msgfmt", "-o", "-", po], stdout=subprocess.PIPE, check=True).stdout
    return gettext.GNUTranslations(io.BytesIO(compiled))


def quote(text):
    for sign, written in (("$", "$$"), ('"', '$\\"'), ("\n", "$\\r$\\n")):
        text = text.replace(sign, written)
    return f'"{text}"'


def main():
    po, nsis, out = sys.argv[1:]
    words = read_words()
    lines = []
    for code, name in NSIS_NAMES.items():
        if not os.path.exists(os.path.join(nsis, "Contrib", "Language files", name + ".nlf")):
            sys.exit(f"words.py: this NSIS has no {name}")
        catalogue = load(os.path.join(po, code + ".po"))
        lines.append(f'!insertmacro MUI_LANGUAGE "{name}"')
        for key, text in words.items():
            lines.append(f"LangString {key} ${{LANG_{name.upper()}}} {quote(catalogue.gettext(text))}")
    with open(out, "w", encoding="utf-8") as f:
        f.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
