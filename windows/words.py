#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The installer's own sentences, for NSIS: in every language that both it and we have.

Usage: words.py PO-FOLDER NSIS-FOLDER OUT.nsh

NSIS has its own words for everything else. Where a catalogue is missing they are in English.
"""

import gettext
import io
import os
import subprocess
import sys


def _(text):
    return text


WORDS = {
    "PROGRAM": _("Kolibri Backup"),
    "FILE_TYPE": _("Kolibri backup"),
    # Translators: the name of an entry in Windows' Start menu.
    "COMMAND_LINE": _("Kolibri Backup (command line)"),
    # Translators: by the installer for Windows, which cannot replace a program in use.
    "IS_OPEN": _("Kolibri Backup is open. Close it, then try again."),
    # Translators: by the uninstaller for Windows.
    "DATA_STAYS": _("Kolibri’s data and all backups stay where they are. Only the program goes."),
}

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
    lines = []
    for code, name in NSIS_NAMES.items():
        if not os.path.exists(os.path.join(nsis, "Contrib", "Language files", name + ".nlf")):
            sys.exit(f"words.py: this NSIS has no {name}")
        words = load(os.path.join(po, code + ".po"))
        lines.append(f'!insertmacro MUI_LANGUAGE "{name}"')
        for key, text in WORDS.items():
            lines.append(f"LangString {key} ${{LANG_{name.upper()}}} {quote(words.gettext(text))}")
    with open(out, "w", encoding="utf-8") as f:
        f.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
