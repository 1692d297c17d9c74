#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Opens the window on a screen that nobody sees, presses Back Up Now, and takes a picture.

Usage, within xvfb-run and dbus-run-session: show_demo.py FOLDER PICTURE
"""

import os
import shutil
import subprocess
import sys
import time

ANIMATION_S = 1
CORNER = 990, 750
TESTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests")
sys.path[:0] = [TESTS, os.path.join(TESTS, "gui")]

import homes  # noqa: E402
from driver import Atspi, Program, wait_for  # noqa: E402


def back_up(program):
    """Presses the button, and waits for the new row of a checked backup."""
    before = len(wait_for(program.row_names, message="the list of backups"))
    program.press("Back Up Now")
    program.wait_rows(before + 1)
    program.wait_text("Backed up and checked")


def main(folder, picture):
    sandbox = homes.Sandbox()
    installed = {"XDG_DATA_DIRS": os.environ["XDG_DATA_DIRS"]}
    program = Program(shutil.which("kolibri-backup-gtk"), sandbox, ["--home", folder], env=installed)
    try:
        back_up(program)
        Atspi.generate_mouse_event(*CORNER, "abs")  # where no tooltip is in the picture
        time.sleep(ANIMATION_S)
        subprocess.run(["import", "-window", "root", "-trim", "+repage", picture], check=True)
    finally:
        program.stop()
        sandbox.remove()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
