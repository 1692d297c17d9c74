# SPDX-License-Identifier: MIT
"""A language that nobody speaks: English, with each word two fifths longer, as long ones are."""

import math
import os
import re
import struct
import subprocess

MAGIC = 0x950412DE
HEADER = b"Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=(n != 1);\n"
PLACEHOLDER_OR_WORD = re.compile(r"%(?:\d+\$)?[-+ 0'#^_]*\d*(?:\.\d+)?[a-zA-Z%]|\w+")


def lengthen(text):
    def longer(match):
        found = match.group(0)
        return found if found.startswith("%") else found + "ö" * math.ceil(0.4 * len(found))

    return PLACEHOLDER_OR_WORD.sub(longer, text)


def read_messages(path):
    """What there is to translate, with contexts and plurals, as in the file."""
    with open(path, "rb") as f:
        data = f.read()
    magic, _, n, table = struct.unpack_from("<4I", data)
    assert magic == MAGIC, path
    for i in range(n):
        length, start = struct.unpack_from("<2I", data, table + 8 * i)
        yield data[start : start + length]


def translate(message):
    if message == b"":
        return HEADER
    forms = message.split(b"\4")[-1].split(b"\0")
    return b"\0".join(lengthen(form.decode()).encode() for form in forms)


def collect_messages(top, domain, folder):
    """All that the sources have to translate, as a catalogue of English."""
    source = os.path.join(folder, domain)
    keywords = ["--keyword=" + k for k in ("_", "N_", "C_:1c,2", "NC_:1c,2", "ngettext:1,2")]
    command = ["xgettext", "--from-code=UTF-8", "--files-from=po/POTFILES", "--output=" + source + ".pot", *keywords]
    environment = dict(os.environ, GETTEXTDATADIRS=os.path.join(top, "data"))
    subprocess.run(command, cwd=top, env=environment, stderr=subprocess.DEVNULL, check=True)
    for command in (["msgen", "-o", source + ".po", source + ".pot"], ["msgfmt", "-o", source + ".mo", source + ".po"]):
        subprocess.run(command, stderr=subprocess.DEVNULL, check=True)
    return source + ".mo"


def make_catalogue(source, folder, language):
    """Writes the catalogue of a language, with the messages of another one."""
    pairs = [(message, translate(message)) for message in sorted(read_messages(source))]
    tables, texts = b"", b""
    start = 28 + 16 * len(pairs)
    for column in (0, 1):
        for pair in pairs:
            tables += struct.pack("<2I", len(pair[column]), start + len(texts))
            texts += pair[column] + b"\0"
    head = struct.pack("<7I", MAGIC, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 28 + 16 * len(pairs))
    path = os.path.join(folder, language, "LC_MESSAGES", os.path.basename(source))
    os.makedirs(os.path.dirname(path))
    with open(path, "wb") as f:
        f.write(head + tables + texts)
