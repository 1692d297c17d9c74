#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Asks GIO which files are backups of Kolibri, as a file manager would.

Usage: mime.py PACKAGE-FILE
"""

import os
import shutil
import subprocess
import sys
import tempfile

OURS = "application/x-kolibri-backup"
NAME = "db-v0.17.5_2024-05-01_10-11-12.dump"

HEADER = b'-- kolibri-backup 1 {"program":"Kolibri Backup"}\nBEGIN TRANSACTION;\n'
KOLIBRI = b'BEGIN TRANSACTION;CREATE TABLE "device_devicesettings" ("id" integer);COMMIT;'
SHELL = b"PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE t(a);\nCOMMIT;\n"
SPACED = b"BEGIN TRANSACTION;\nCREATE TABLE t(a);\nCOMMIT;\n"
BINARY = b"\x00\x01\x02\x03 something else \xff\xfe" * 8

# the name of a file, what is in it, and whether it is a backup of Kolibri
CASES = (
    (NAME, HEADER, True),
    (NAME, KOLIBRI, True),
    (NAME, SHELL, True),
    ("db-v0.16.2.dev0+git.1_2024-05-01_10-11-12.dump", KOLIBRI, True),
    ("before the exams.dump", HEADER, True),
    ("before the exams", HEADER, True),
    ("before the exams.dump", KOLIBRI, True),
    ("x.dump", SHELL, False),
    ("x.dump", SPACED, False),
    ("x.dump", BINARY, False),
    ("x.dump", b"words, and -- kolibri-backup later\n", False),
    ("db.dump", SHELL, False),
    ("notes.txt", b"db-v0.17.5\n", False),
)


def ask(path, env):
    text = subprocess.run(["gio", "info", "-a", "standard::content-type", path], env=env,
                          stdout=subprocess.PIPE, check=True, text=True).stdout
    return [line.split()[-1] for line in text.splitlines() if "standard::content-type" in line][0]


def main():
    missing = [tool for tool in ("gio", "update-mime-database") if shutil.which(tool) is None]
    if missing:
        print(f"1..0 # SKIP there is no {missing[0]}")
        return 0
    folder = tempfile.mkdtemp(prefix="kb-mime-")
    failed = 0
    try:
        packages = f"{folder}/share/mime/packages"
        os.makedirs(packages)
        shutil.copy(sys.argv[1], packages)
        env = dict(os.environ, XDG_DATA_HOME=f"{folder}/share", GIO_USE_VFS="local", LC_ALL="C")
        subprocess.run(["update-mime-database", f"{folder}/share/mime"], env=env, check=True)
        print(f"1..{len(CASES)}")
        for number, (name, content, is_backup) in enumerate(CASES, 1):
            path = f"{folder}/{name}"
            with open(path, "wb") as file:
                file.write(content)
            kind = ask(path, env)
            right = (kind == OURS) == is_backup
            failed += not right
            print(f"{'ok' if right else 'not ok'} {number} - {name}: {content[:24]!r} is {kind}")
    finally:
        shutil.rmtree(folder)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
