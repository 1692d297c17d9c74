# SPDX-License-Identifier: MIT
"""A Windows to try programs in: a Wine prefix of its own, with fonts, in a temporary folder."""

import os
import shutil
import subprocess
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
WINE = os.path.join(HERE, "wine.sh")
WINESERVER = "/usr/lib/wine/wineserver64"
TIMEOUT_S = 300

# Wine 8 would be Windows 7. Without the fonts all text is boxes: Wine's own do not reach GTK.
REGISTRY = r"""Windows Registry Editor Version 5.00

[HKEY_CURRENT_USER\Software\Wine]
"Version"="win10"

[HKEY_CURRENT_USER\Software\Wine\Fonts\Replacements]
"Tahoma"="DejaVu Sans"
"Segoe UI"="DejaVu Sans"
"Arial"="Liberation Sans"
"MS Shell Dlg"="DejaVu Sans"
"MS Shell Dlg 2"="DejaVu Sans"
"Courier New"="Liberation Mono"
"Times New Roman"="Liberation Serif"

[HKEY_LOCAL_MACHINE\Software\Microsoft\Windows NT\CurrentVersion\FontSubstitutes]
"MS Shell Dlg"="DejaVu Sans"
"MS Shell Dlg 2"="DejaVu Sans"
"""


class Done:
    """What a program left behind."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def __repr__(self):
        return "code %s\n%s\n%s" % (self.code, self.out, self.err)


class Windows:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="kb-wine-")
        self.number = 0
        self.env = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("KOLIBRI_", "KB_", "XDG_", "LC_", "LANGUAGE", "WINE", "GTK", "G_"))
        }
        for name in ("home", "run", "cache"):
            os.mkdir(os.path.join(self.folder, name), mode=0o700)
        self.env.update(
            HOME=os.path.join(self.folder, "home"),
            XDG_RUNTIME_DIR=os.path.join(self.folder, "run"),
            XDG_CACHE_HOME=os.path.join(self.folder, "cache"),
            WINEPREFIX=os.path.join(self.folder, "wine"),
            # UTF-8 for the names of files; with a dot, or gettext takes it for "C" and is silent
            LANG="C.UTF-8",
        )
        self.run("wineboot", "-i")
        self.settle()
        registry = self.path("first.reg")
        with open(registry, "w", encoding="utf-8") as f:
            f.write(REGISTRY)
        self.run("regedit", r"C:\first.reg")
        self.settle()
        os.remove(registry)

    def path(self, *names):
        """A path on drive C, as Linux has it."""
        return os.path.join(self.env["WINEPREFIX"], "drive_c", *names)

    def on_windows(self, path):
        """The same path as Windows has it."""
        drive = self.path("")
        path = os.path.abspath(path)
        if (path + "/").startswith(drive):
            return "C:\\" + path[len(drive):].replace("/", "\\")
        return "Z:" + path.replace("/", "\\")

    def start(self, program, *args, env=None):
        """Starts a program; its output goes to files, as a service that it starts keeps a pipe open."""
        self.number += 1
        stem = os.path.join(self.folder, str(self.number))
        with open(stem + ".out", "wb") as out, open(stem + ".err", "wb") as err:
            process = subprocess.Popen(
                [WINE, program, *args], env={**self.env, **(env or {})}, cwd=self.folder,
                stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True,
            )
        process.stem = stem
        return process

    def run(self, program, *args, env=None):
        """Runs a program to its end, and to that of all that it started."""
        process = self.start(program, *args, env=env)
        code = process.wait(TIMEOUT_S)
        return Done(code, *(self.read(process.stem + end) for end in (".out", ".err")))

    def settle(self):
        """Waits until nothing runs any more."""
        subprocess.run([WINESERVER, "-w"], env=self.env, check=True, timeout=TIMEOUT_S)

    @staticmethod
    def read(path):
        with open(path, encoding="utf-8", errors="replace", newline="") as f:
            return f.read().replace("\r\n", "\n")

    def listing(self):
        """Every file on drive C but Windows' own and what programs keep for a while."""
        found = set()
        for folder, folders, names in os.walk(self.path("")):
            if folder == self.path(""):
                folders.remove("windows")
            found.update(os.path.relpath(os.path.join(folder, name), self.path("")) for name in names)
        return {name for name in found if "/Temp/" not in name and "/INetCache/" not in name}

    def has_key(self, key):
        return self.run("reg", "query", key).code == 0

    def close(self):
        subprocess.run([WINESERVER, "-k"], env=self.env, check=False)
        time.sleep(1)
        shutil.rmtree(self.folder, ignore_errors=True)
