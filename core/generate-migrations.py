#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Turns kolibri-migrations.tsv into a C array, sorted as strcmp() sorts.

Usage: generate-migrations.py kolibri-migrations.tsv kb-migrations-table.h
"""

import sys

# The folder of an app is its Django label, but for these (kolibri/core/{auth,tasks}/apps.py).
LABELS = {"auth": "kolibriauth", "tasks": "kolibritasks"}


def main(tsv, header):
    rows = []
    with open(tsv, encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            app, migration, release = line.rstrip("\n").split("\t")
            rows.append((LABELS.get(app, app), migration, release.lstrip("v")))
    rows.sort(key=lambda row: [part.encode() for part in row])
    with open(header, "w", encoding="utf-8") as out:
        out.write("/* Made by generate-migrations.py from kolibri-migrations.tsv. */\n")
        for row in rows:
            out.write('    {"%s", "%s", "%s"},\n' % row)


main(*sys.argv[1:])
