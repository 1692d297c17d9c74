# SPDX-License-Identifier: MIT
"""Runs within a real Kolibri (0.15 and later): lets it back up and prune, as an upgrade does.

Reads a JSON object a line: the version that an upgrade leaves, and names that lie in backups/,
or null for those that lie there.
Answers each with the names that are there afterwards.
"""

import json
import os
import sys

from kolibri.utils import env  # first: it brings the others along

import django  # isort: skip

env.set_env()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kolibri.deployment.default.settings.base")
django.setup()

from kolibri.core.deviceadmin.utils import default_backup_folder  # noqa: E402
from kolibri.utils.main import conditional_backup  # noqa: E402


def prune(folder, version, names):
    if names is not None:
        for name in os.listdir(folder):
            os.remove(os.path.join(folder, name))
    for name in names or ():
        with open(os.path.join(folder, name), "w", encoding="ascii"):
            pass
    conditional_backup("99.0.0", version)
    return sorted(os.listdir(folder))


for line in sys.stdin:
    case = json.loads(line)
    os.makedirs(default_backup_folder(), exist_ok=True)
    print(json.dumps(prune(default_backup_folder(), case["version"], case["names"])), flush=True)
