#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Presses Tab in a real bash and looks at what it makes of the line.

Usage: completion.py COMPLETION-FILE
"""

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time

OURS = "db-v0.17.5_2024-05-01_10-11-12.dump"
OLDER = "db-v0.16.2_2023-01-02_03-04-05.dump"
KEPT = "replaced-v0.17.5_2024-05-02_08-00-00"
TIMEOUT_S = 20

TAB = "\t"
ALL = "\x1b*"  # insert-completions: all that Tab would list
CLEAR = "\x15"  # kill the line
SHOW = "\x0f"  # bound below: prints the line

RC = r"""
PS1='ready> '
bind 'set bell-style none'
bind 'set enable-bracketed-paste off'
bind -x '"\C-o": printf "\nLINE<%s>\n" "$READLINE_LINE"'
"""


class Bash:
    """An interactive bash on a terminal of its own."""

    def __init__(self, completion, folder, env):
        rc = os.path.join(folder, "rc")
        with open(rc, "w", encoding="utf-8") as file:
            file.write(f"{RC}\nsource '{completion}'\ncd '{folder}/work'\n")
        main, side = pty.openpty()
        self.main = main
        self.process = subprocess.Popen(
            ["bash", "--noprofile", "--rcfile", rc, "-i"],
            stdin=side, stdout=side, stderr=side, env=env, start_new_session=True)
        os.close(side)
        self.wait_for(r"ready> ")

    def wait_for(self, pattern):
        """Reads until the pattern has come, and returns its match."""
        end = time.monotonic() + TIMEOUT_S
        text = ""
        while True:
            match = re.search(pattern, text, re.S)
            if match is not None:
                return match
            ready, _, _ = select.select([self.main], [], [], max(0, end - time.monotonic()))
            if not ready:
                raise TimeoutError(f"no {pattern!r} in {text!r}")
            text += os.read(self.main, 65536).decode("utf-8", "replace")

    def press(self, keys):
        """Types keys on an empty line, and returns the line that comes of it."""
        os.write(self.main, (CLEAR + keys + SHOW).encode())
        line = self.wait_for(r"LINE<(.*?)>\r?\n").group(1)
        return line

    def close(self):
        os.write(self.main, b"\x15exit\n")
        self.process.wait(TIMEOUT_S)
        os.close(self.main)


def make_home(path, names, protected):
    os.makedirs(os.path.join(path, "backups", "protected"))
    for folder, files in (("backups", names), ("backups/protected", protected)):
        for name in files:
            with open(os.path.join(path, folder, name), "w", encoding="utf-8"):
                pass


def prepare(folder):
    make_home(f"{folder}/user/.kolibri", [OURS, "notes.txt", "foreign.dump"], [OURS, OLDER])
    os.makedirs(f"{folder}/user/.kolibri/backups/protected/replaced/{KEPT}")
    os.makedirs(f"{folder}/user/.kolibri/backups/protected/replaced/{KEPT}.part")
    make_home(f"{folder}/other home", ["db-v0.19.0_2026-01-01_00-00-00.dump"], [])
    os.makedirs(f"{folder}/work/inner folder")
    os.makedirs(f"{folder}/work/sub")
    for name in ("my copy.dump", "db.sqlite3", "letter.txt"):
        with open(f"{folder}/work/{name}", "w", encoding="utf-8"):
            pass


P = "kolibri-backup "
THERE = "db-v0.19.0_2026-01-01_00-00-00.dump"

# what is typed, and the line that Tab makes of it
CASES = (
    ("the only command", P + "stat" + TAB, P + "status "),
    ("all commands", P + ALL, P + "backup check copy delete guide import info keep list note report restore status undo "),
    ("a command after options", P + "--json li" + TAB, P + "--json list "),
    ("options before the command", P + "--" + ALL, P + "--help --home --json --version "),
    ("options of status", P + "status --" + ALL, P + "status --help --home --json "),
    ("options of backup", P + "backup --" + ALL, P + "backup --help --home --json --note "),
    ("options of restore", P + "restore --" + ALL,
     P + "restore --help --home --json --latest --stop-kolibri --yes "),
    ("options of undo", P + "undo --" + ALL,
     P + "undo --help --home --json --stop-kolibri --yes "),
    ("what undo takes", P + "undo " + TAB, P + f"undo {KEPT} "),
    ("options of keep", P + "keep --" + ALL, P + "keep --help --home --json --off "),
    ("options of delete", P + "delete --" + ALL, P + "delete --help --home --json --yes "),
    ("what note takes", P + "note " + ALL, P + f"note {OLDER} {OURS} {KEPT} "),
    ("no text of a note", P + f"note {OURS} su" + TAB, P + f"note {OURS} su"),
    ("what delete takes", P + "delete repl" + TAB, P + f"delete {KEPT} "),
    ("what copy takes", P + "copy my" + TAB, P + "copy my\\ copy.dump "),
    ("a folder to copy to", P + f"copy {OURS} su" + TAB, P + f"copy {OURS} sub/"),
    ("what import takes", P + "import my" + TAB, P + "import my\\ copy.dump "),
    ("no backup of the list to import", P + "import db-v" + TAB, P + "import db-v"),
    ("nothing after status", P + "status " + TAB, P + "status "),
    ("each backup once", P + "check db-v" + ALL, P + f"check {OLDER} {OURS} "),
    ("a backup that only we have", P + "info db-v0.16" + TAB, P + f"info {OLDER} "),
    ("names and files", P + "restore " + ALL,
     P + f"restore {OLDER} {OURS} db.sqlite3 inner\\ folder my\\ copy.dump sub "),
    ("a folder with a space", P + "restore inner\\ fo" + TAB, P + "restore inner\\ folder/"),
    ("a path with a tilde", P + "backup ~/.kol" + TAB, P + "backup ~/.kolibri/"),
    ("a file with a space", P + "restore my" + TAB, P + "restore my\\ copy.dump "),
    ("any file where no other fits", P + "check let" + TAB, P + "check letter.txt "),
    ("a guide", P + "guide do" + TAB, P + "guide downgrade "),
    ("one file only", P + f"check {OURS} " + TAB, P + f"check {OURS} "),
    ("no file after --latest", P + "restore --latest db" + TAB, P + "restore --latest db"),
    ("a folder for backup", P + "backup su" + TAB, P + "backup sub/"),
    ("no file for backup", P + "backup let" + TAB, P + "backup let"),
    ("nothing for a note", P + "backup --note su" + TAB, P + "backup --note su"),
    ("a folder after a note", P + "backup --note=x su" + TAB, P + "backup --note=x sub/"),
    ("a folder for --home", P + "--home su" + TAB, P + "--home sub/"),
    ("a folder for --home=", P + "--home=su" + TAB, P + "--home=sub/"),
    ("backups of --home", P + "--home ../other\\ home check db-v" + TAB,
     P + f"--home ../other\\ home check {THERE} "),
    ("backups of --home=", P + "check --home='../other home' db-v" + TAB,
     P + f"check --home='../other home' {THERE} "),
    ("a home with a tilde", P + "--home=~/.kolibri check db-v0.16" + TAB,
     P + f"--home=~/.kolibri check {OLDER} "),
)


def main():
    missing = [tool for tool in ("bash",) if shutil.which(tool) is None]
    if missing:
        print(f"1..0 # SKIP there is no {missing[0]}")
        return 0
    completion = os.path.abspath(sys.argv[1])
    folder = tempfile.mkdtemp(prefix="kb-completion-")
    failed = 0
    try:
        prepare(folder)
        env = {"HOME": f"{folder}/user", "PATH": os.environ["PATH"], "TERM": "dumb",
               "LC_ALL": "C.UTF-8", "COLUMNS": "500"}
        print(f"1..{len(CASES) + 1}")
        bash = Bash(completion, folder, env)
        for number, (name, keys, wanted) in enumerate(CASES, 1):
            got = bash.press(keys)
            if got != wanted:
                failed += 1
                print(f"# wanted {wanted!r}\n# got    {got!r}")
            print(f"{'ok' if got == wanted else 'not ok'} {number} - {name}")
        bash.close()

        env["KOLIBRI_HOME"] = f"{folder}/other home"
        bash = Bash(completion, folder, env)
        got = bash.press(P + "info db-v" + TAB)
        bash.close()
        right = got == P + f"info {THERE} "
        failed += not right
        print(f"{'ok' if right else f'not ok # {got!r}'} {len(CASES) + 1} - KOLIBRI_HOME")
    finally:
        shutil.rmtree(folder)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
