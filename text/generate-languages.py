# SPDX-License-Identifier: MIT
"""Makes the table of languages that can be chosen: English, and those that have a catalogue."""

import sys


def read_rows(path, n):
    with open(path, encoding="utf-8") as f:
        rows = [line.rstrip("\n").split("\t") for line in f if not line.startswith("#")]
    if any(len(row) != n for row in rows):
        sys.exit("%s: each line has %d columns" % (path, n))
    return rows


def main(linguas, names, confidence, output):
    with open(linguas, encoding="utf-8") as f:
        there = set(f.read().split()) | {"en"}
    rows = read_rows(names, 4)
    trust = {code: word for code, word, _ in read_rows(confidence, 3)}
    missing = there - {row[0] for row in rows} or there - set(trust)
    if missing:
        sys.exit("%s or %s lacks %s" % (names, confidence, " ".join(sorted(missing))))
    if not set(trust.values()) <= {"high", "draft"}:
        sys.exit("%s: a language is high or draft" % confidence)
    with open(output, "w", encoding="utf-8") as f:
        for code, name, direction, locale in rows:
            if code in there:
                flags = [direction == "rtl", trust[code] == "draft"]
                f.write('    {"%s", "%s", "%s", %s, %s},\n' % (code, name, locale, *("TRUE" if x else "FALSE" for x in flags)))


if __name__ == "__main__":
    main(*sys.argv[1:])
