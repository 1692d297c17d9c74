# SPDX-License-Identifier: MIT
"""What the tests of the guides share: to open one, to read its steps, to press their buttons."""

import glob
import os

from journey import JourneyCase, wait_for

UPGRADE, BACK = "Before You Upgrade", "Go Back to an Older Version"


class GuideCase(JourneyCase):
    def record(self):
        return glob.glob(os.path.join(self.sandbox.env["XDG_DATA_HOME"], "kolibri-backup", "guide-*.ini"))

    def open_guide(self, title):
        self.program.choose(title + "…", menu="Menu")
        return self.program.find("dialog", title)

    def wait_step(self, number, *words):
        """Waits until a step says all that to who hears it."""
        start = "Step %d of " % number

        def steps():
            return [n for n in self.program.names(self.program.all("list item", showing=False)) if n.startswith("Step ")]

        return wait_for(
            lambda: next((n for n in steps() if n.startswith(start) and all(w in n for w in words)), None),
            message=lambda: "step %d with %s; there are %s" % (number, words, steps()),
        )

    def do(self, title, name):
        """Presses a button of the guide."""
        self.answer(title, name)

    def copy_to(self, folder, title):
        os.makedirs(folder, exist_ok=True)
        self.do(title, "Copy to a USB Drive…")
        self.answer("Copy a Backup", "Choose Another Folder…")
        self.choose_file(folder, "Copy Here", "Choose a Folder")
