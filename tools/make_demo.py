#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the data folder of a demo: a school on Kolibri 0.19 with two backups, one of them from the
time when it had 0.16. Real Kolibris wrote all of it (tests/fixtures).

Usage: make_demo.py FOLDER          FOLDER is made anew
"""

import datetime
import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests"))

import homes  # noqa: E402

MARK = ".kolibri-backup-demo"
BACKUPS = (("demo-0.16", 23), ("demo-0.19", 4))  # fixture, days ago


def clear(folder):
    """Removes an earlier demo, and nothing else."""
    if not os.path.lexists(folder):
        return
    if not os.path.isfile(os.path.join(folder, MARK)):
        sys.exit("%s is no demo of ours; it stays as it is." % folder)
    shutil.rmtree(folder)


def main(folder):
    clear(folder)
    homes.make_home(folder, "demo-0.19")
    with open(os.path.join(folder, MARK), "w", encoding="ascii"):
        pass
    now = datetime.datetime.now().replace(hour=15, minute=42, second=7)
    for fixture, days in BACKUPS:
        when = now - datetime.timedelta(days=days)
        path = homes.add_kolibri_dump(folder, fixture, when.strftime("%Y-%m-%d_%H-%M-%S"))
        os.utime(path, (when.timestamp(), when.timestamp()))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
