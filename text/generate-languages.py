# SPDX-License-Identifier: MIT
"""Makes the table of languages that can be chosen: English, and those that have a catalogue."""

import sys


def main(linguas, names, output):
    with open(linguas, encoding="utf-8") as f:
        there = set(f.read().split()) | {"en"}
    with open(names, encoding="utf-8") as f:
        rows = [line.rstrip("\n").split("\t") for line in f if not line.startswith("#")]
    missing = there - {code for code, _ in rows}
    if missing:
        sys.exit("%s: no name for %s" % (names, " ".join(sorted(missing))))
    with open(output, "w", encoding="utf-8") as f:
        for code, name in rows:
            if code in there:
                f.write('    {"%s", "%s"},\n' % (code, name))


if __name__ == "__main__":
    main(*sys.argv[1:])
