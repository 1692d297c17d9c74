#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Lets flatpak-builder read the manifest, and looks at what it asks for.

Usage: test-manifest.py MANIFEST APP-ID
"""

import json
import shutil
import subprocess
import sys

# What the program may ask for; each has its reason in the manifest.
ALLOWED = {
    "--socket=wayland",
    "--socket=fallback-x11",
    "--share=ipc",
    "--share=network",
    "--filesystem=~/.kolibri:create",
    "--filesystem=~/.var/app/org.learningequality.Kolibri",
    "--filesystem=~/.var/app/org.learningequality.Kolibri.Devel",
    "--filesystem=/run/media",
    "--filesystem=/media",
    "--talk-name=org.learningequality.Kolibri.Daemon",
}


def main():
    path, app_id = sys.argv[1:]
    if shutil.which("flatpak-builder") is None:
        print("1..0 # SKIP there is no flatpak-builder")
        return 0
    run = subprocess.run(["flatpak-builder", "--show-manifest", path], stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, text=True)
    manifest = json.loads(run.stdout) if run.returncode == 0 else {}
    own = manifest.get("modules", [{}])[-1]
    checks = (
        ("flatpak-builder reads it and has nothing to say",
         run.returncode == 0 and run.stderr == ""),
        ("its id", manifest.get("id") == app_id),
        ("its command", manifest.get("command") == "kolibri-backup-gtk"),
        ("no right but those we know", set(manifest.get("finish-args", [])) == ALLOWED),
        ("the tests run", own.get("run-tests") is True),
    )
    print(f"1..{len(checks)}")
    for number, (name, right) in enumerate(checks, 1):
        print(f"{'ok' if right else 'not ok'} {number} - {name}")
    if run.returncode != 0 or run.stderr:
        print("# " + run.stderr.replace("\n", "\n# "))
    return 0 if all(right for _, right in checks) else 1


if __name__ == "__main__":
    sys.exit(main())
