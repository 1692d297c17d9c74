#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Adds the migrations of newer releases of Kolibri to kolibri-migrations.tsv.

Usage: add-migrations.py VERSION|WHEEL…

All releases since the last that the table knows, the oldest first: a migration counts for the first
release that has it. A version is fetched from PyPI with pip (100 MB each, one at a time), a wheel is
read where it lies. The rows for 0.18 and 0.19 come from

    core/add-migrations.py 0.18.{0..4} 0.19.{0..5}

Only Kolibri's own apps: morango's migrations are not in the table, for its history before is not.
"""

import glob
import os
import re
import subprocess
import sys
import tempfile
import zipfile

TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "kolibri-migrations.tsv")
MIGRATION = re.compile(r"kolibri/core/(\w+)/migrations/(\d\w*)\.py$")


def read_wheel(path):
    """The version of a wheel, and its migrations as (folder of the app, name)."""
    version = re.match(r"kolibri-([^-]+)-", os.path.basename(path)).group(1)
    with zipfile.ZipFile(path) as wheel:
        return version, {m.groups() for m in map(MIGRATION.match, wheel.namelist()) if m}


def read(word):
    """As read_wheel(), of a wheel or of a version that is fetched."""
    if word.endswith(".whl"):
        return read_wheel(word)
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-cache-dir"]
        subprocess.run(pip + ["--dest", folder, "kolibri==" + word], check=True)
        return read_wheel(glob.glob(os.path.join(folder, "kolibri-*.whl"))[0])


def main(words):
    with open(TABLE, encoding="utf-8") as f:
        header, *lines = f.read().splitlines()
    first = {tuple(line.split("\t")[:2]): line.split("\t")[2] for line in lines}
    for word in words:
        version, there = read(word)
        new = sorted(there - set(first))
        print("%s: %d migrations, %d new" % (version, len(there), len(new)))
        first.update((migration, "v" + version) for migration in new)
    rows = ["\t".join(key + (release,)) for key, release in sorted(first.items())]
    with open(TABLE, "w", encoding="utf-8") as f:
        f.write("\n".join([header] + rows) + "\n")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1:])
