#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds the man page and the completion against the command line itself.

Usage: man.py MAN-PAGE COMPLETION-FILE CLI-FOLDER
"""

import pathlib
import re
import sys


def exit_codes(header):
    enum = re.search(r"enum \{(.*?)\};", header, re.S).group(1)
    return {int(code) for code in re.findall(r"KB_EXIT_\w+ = (\d+)", enum)}


def commands(main):
    table = re.search(r"commands\[\] = \{(.*?)\n\};", main, re.S).group(1)
    return set(re.findall(r'\{"([a-z]+)", kb_cli_', table))


def options(sources):
    found = re.findall(r'\{"([a-z][a-z-]+)",\s*(?:0|\'\w\'),\s*0,\s*G_OPTION_ARG', sources)
    return {"--" + name for name in found} | {"--help"}


def main():
    page, completion, folder = (pathlib.Path(name) for name in sys.argv[1:])
    page, completion = page.read_text("utf-8"), completion.read_text("utf-8")
    sources = "".join(path.read_text("utf-8") for path in sorted(folder.glob("*.c")))
    status = page.split(".Sh EXIT STATUS")[1].split(".Sh ")[0]
    described = page.split(".Ss Commands")[1].split(".Ss ")[0]
    listed = page.split(".Ss Options")[1].split(".Ss ")[0]
    items = "\n".join(line for line in listed.splitlines() if line.startswith(".It"))

    checks = (
        ("exit codes", exit_codes((folder / "kb-cli.h").read_text("utf-8")),
         {int(code) for code in re.findall(r"^\.It (\d+)$", status, re.M)}),
        ("commands", commands((folder / "main.c").read_text("utf-8")),
         set(re.findall(r"^\.It Cm (\w+)", described, re.M))),
        ("options", options(sources),
         {"-" + name for name in re.findall(r"(?<=Fl )-[a-z-]+", items)}),
        ("commands of the completion", commands((folder / "main.c").read_text("utf-8")),
         set(re.search(r"commands='(.*?)'", completion).group(1).split())),
        ("options of the completion", options(sources),
         set(re.findall(r"(?<=[ '])--[a-z-]+(?=[ '])",
                        "\n".join(re.findall(r"options\+?='.*?'", completion))))),
    )
    failed = 0
    print(f"1..{len(checks)}")
    for number, (name, wanted, got) in enumerate(checks, 1):
        if got != wanted or not wanted:
            failed += 1
            print(f"# missing: {sorted(wanted - got)}, too many: {sorted(got - wanted)}")
        print(f"{'ok' if got == wanted and wanted else 'not ok'} {number} - {name}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
