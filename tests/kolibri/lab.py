# SPDX-License-Identifier: MIT
"""Installs real Kolibris and prepares a home for each, once, in a cache outside the source tree.

The cache is $KB_TEST_CACHE, else kolibri-backup-tests in $XDG_CACHE_HOME or ~/.cache. Everything in
it is built beside its place and renamed into it, under a lock for each version; an old home is
replaced when what makes it has changed. Nothing touches the real home folder.
"""

import contextlib
import fcntl
import glob
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

from .server import Server

HERE = os.path.dirname(os.path.abspath(__file__))
DEBIAN_PYTHON = "/usr/bin/python3"
PIP_TIMEOUT_S = 900
MAKE_TIMEOUT_S = 600

# The newest patch release of each series, and the Pythons that run it, the best first (tried).
RELEASES = {
    "0.12": ("0.12.9", ("3.7", "3.6")),
    "0.13": ("0.13.3", ("3.7", "3.8", "3.6", "3.9")),
    "0.14": ("0.14.7", ("3.7", "3.8", "3.6", "3.9")),
    "0.15": ("0.15.12", ("3.11", "3.9", "3.8", "3.7", "3.6")),
    "0.16": ("0.16.2", ("3.11", "3.9", "3.10")),
    "0.17": ("0.17.5", ("3.11", "3.9", "3.10")),
    "0.18": ("0.18.4", ("3.11", "3.9", "3.10")),
    "0.19": ("0.19.5", ("3.11", "3.9", "3.10")),
}
# What decides how a prepared home looks; raise the number when prepare_home() does something else.
HOME_SOURCES = ("make_home.py", "cast.py")
HOME_EDITION = 1


class Unavailable(Exception):
    """This version of Kolibri cannot be had on this machine now."""


def cache_dir():
    """The folder of the cache; made when it is missing."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    path = os.environ.get("KB_TEST_CACHE") or os.path.join(base, "kolibri-backup-tests")
    os.makedirs(path, exist_ok=True)
    return os.path.abspath(path)


def environment(folder, **more):
    """The environment of a child process that lives wholly in `folder`."""
    strip = ("KOLIBRI_", "PYTHON", "DJANGO_", "XDG_", "VIRTUAL_ENV")
    env = {name: value for name, value in os.environ.items() if not name.startswith(strip)}
    for name, part in (("HOME", "h"), ("TMPDIR", "t")):
        env[name] = os.path.join(folder, part)
        os.makedirs(env[name], exist_ok=True)
    env["LC_ALL"] = "C.UTF-8"
    env.update(more)
    return env


def run(command, folder, env, timeout):
    """Runs a command in a folder; returns (code, all that it printed)."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=timeout,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    return done.returncode, done.stdout


class Kolibri:
    """One installed version."""

    def __init__(self, series, folder):
        self.series = series
        self.version = RELEASES[series][0]
        self.numbers = tuple(int(n) for n in series.split("."))
        self.bin = os.path.join(folder, "bin")
        self.python = os.path.join(self.bin, "python")

    def environment(self, folder, home, **more):
        """The environment of a process of this Kolibri: `folder` is its own, `home` its data.

        Before 0.16 it listens on all addresses, before 0.17 it announces itself to the network: they
        have no options against it.
        """
        return environment(
            folder,
            PATH=self.bin + os.pathsep + os.environ.get("PATH", os.defpath),
            KOLIBRI_HOME=home,
            KOLIBRI_LISTEN_ADDRESS="127.0.0.1",
            KOLIBRI_ZEROCONF_ENABLED="0",
            KOLIBRI_DISABLE_PING="1",
            KOLIBRI_RUN_MODE="test",
            **more,
        )

    def manage(self, folder, home, *words):
        """Runs `kolibri manage …` on a home; returns (code, all that it printed)."""
        command = [self.python, "-m", "kolibri", "manage"] + list(words)
        return run(command, folder, self.environment(folder, home), MAKE_TIMEOUT_S)

    def server(self, folder, home):
        """A server of this Kolibri on a home; not started."""
        return Server(self, folder, home)


def find_python(series):
    """The best Python for a version: Debian's, else one of pyenv."""
    fitting = RELEASES[series][1]
    if os.path.exists(DEBIAN_PYTHON):
        command = [DEBIAN_PYTHON, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        code, out = run(command, "/", None, 60)
        if code == 0 and out.strip() in fitting:
            return DEBIAN_PYTHON
    for version in fitting:
        found = glob.glob(os.path.expanduser("~/.pyenv/versions/%s.*/bin/python3" % version))
        if found:
            return sorted(found)[-1]
    raise Unavailable("Kolibri %s needs Python %s" % (RELEASES[series][0], " or ".join(fitting)))


def download(version, python, folder):
    """Fetches the wheel of a version with whichever pip there is; returns its path."""
    reason = "there is no pip"
    for pip in dict.fromkeys((python, sys.executable, DEBIAN_PYTHON)):
        command = [pip, "-m", "pip", "download", "--quiet", "--no-deps", "--no-cache-dir", "--retries", "1"]
        command += ["--only-binary", ":all:", "--dest", folder, "kolibri==" + version]
        code, out = run(command, folder, environment(folder), PIP_TIMEOUT_S)
        wheels = glob.glob(os.path.join(folder, "kolibri-%s-*.whl" % version))
        if code == 0 and wheels:
            return wheels[0]
        if "No module named pip" not in out:
            reason = (out.strip() or "pip failed").splitlines()[-1]
            break
    raise Unavailable("Kolibri %s cannot be had from PyPI: %s" % (version, reason))


def make_environment(version, python, folder):
    """A virtual environment with one Kolibri in it.

    A wheel of Kolibri holds all that it needs but setuptools, for 0.12, so it is just unpacked: what
    pip writes holds paths, which the rename would break. Debian's Python may come without ensurepip.
    """
    scratch = folder + ".d"
    code, out = run([python, "-m", "venv", folder], scratch, environment(scratch), PIP_TIMEOUT_S)
    if code != 0:
        shutil.rmtree(folder, ignore_errors=True)
        command = [python, "-m", "venv", "--without-pip", folder]
        code, out = run(command, scratch, environment(scratch), PIP_TIMEOUT_S)
    packages = glob.glob(os.path.join(folder, "lib", "python3*", "site-packages"))
    if code != 0 or not packages:
        raise Unavailable("%s makes no virtual environment: %s" % (python, out.strip()[-200:]))
    with zipfile.ZipFile(download(version, python, scratch)) as wheel:
        wheel.extractall(packages[0])
    launcher = os.path.join(folder, "bin", "kolibri")
    with open(launcher, "w", encoding="utf-8") as f:
        f.write('#!/bin/sh\nexec "$(dirname "$(readlink -f "$0")")/python" -m kolibri "$@"\n')
    os.chmod(launcher, 0o755)


@contextlib.contextmanager
def locked(series, mode):
    """Holds the lock of a version: fcntl.LOCK_EX to make something, fcntl.LOCK_SH to copy it."""
    with open(os.path.join(cache_dir(), RELEASES[series][0] + ".lock"), "w", encoding="ascii") as f:
        fcntl.flock(f, mode)
        yield


@contextlib.contextmanager
def made_once(place):
    """Gives a folder beside `place` to build in; it gets that name when all went well."""
    work = tempfile.mkdtemp(prefix=".making-", dir=cache_dir())
    try:
        part = os.path.join(work, "part")
        yield part
        os.rename(part, place)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def install(series):
    """The Kolibri of a series such as "0.17", installed when it was not. Raises Unavailable."""
    version = RELEASES[series][0]
    place = os.path.join(cache_dir(), "kolibri-" + version)
    with locked(series, fcntl.LOCK_EX):
        if not os.path.isdir(place):
            python = find_python(series)
            with made_once(place) as part:
                make_environment(version, python, part)
    return Kolibri(series, place)


def wheel(series):
    """The wheel of a series, kept for who installs it with pip. Raises Unavailable."""
    version = RELEASES[series][0]
    place = os.path.join(cache_dir(), "wheel-" + version)
    with locked(series, fcntl.LOCK_EX):
        if not os.path.isdir(place):
            with made_once(place) as part:
                os.makedirs(part)
                download(version, find_python(series), part)
    return glob.glob(os.path.join(place, "*.whl"))[0]


class Virtual(Kolibri):
    """A virtual environment of the test's own, into which pip installs one Kolibri after the other."""

    def __init__(self, series, folder):
        super().__init__(series, folder)
        self.folder = folder
        code, out = run([find_python(series), "-m", "venv", folder], "/", None, PIP_TIMEOUT_S)
        if code != 0:
            raise Unavailable("no virtual environment: " + out.strip()[-200:])
        self.install(series)

    def install(self, series):
        """`pip install` of another version over the one that is there."""
        command = [self.python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", wheel(series)]
        code, out = run(command, self.folder, environment(self.folder + ".d"), PIP_TIMEOUT_S)
        if code != 0:
            raise RuntimeError("pip install: " + out[-3000:])
        super().__init__(series, self.folder)


def home_stamp():
    """Changes with whatever decides how a prepared home looks."""
    digest = hashlib.sha256(b"%d" % HOME_EDITION)
    for name in HOME_SOURCES:
        with open(os.path.join(HERE, name), "rb") as f:
            digest.update(f.read())
    return digest.hexdigest()[:12]


def make_home(kolibri, folder, home, demo=False):
    """Makes a filled home; returns what make_home.py says about it. `folder` is for scratch."""
    command = [kolibri.python, os.path.join(HERE, "make_home.py"), home, "--quiet"]
    command += ["--demo"] * demo
    env = kolibri.environment(folder, home)
    code, out = run(command, folder, env, MAKE_TIMEOUT_S)
    if code != 0:
        raise RuntimeError("make_home.py, Kolibri %s: %s" % (kolibri.version, out[-3000:]))
    return json.loads(out.strip().splitlines()[-1])


def prepare_home(kolibri, part, demo=False):
    """Makes a home, lets the server run on it once, and writes info.json beside it."""
    scratch, home = part + ".d", os.path.join(part, "home")
    os.makedirs(part)
    info = make_home(kolibri, scratch, home, demo)
    server = kolibri.server(scratch, home)
    try:
        server.start()
        learner = server.client().login(info["learner"], info["password"])
        learner.study("video")
        learner.study("exercise")
        learner.heartbeat()
        counted = server.client().login(info["admin"], info["password"]).count()
        server.stop()
    finally:
        server.kill()
    for name in ("learners", "users", "classes"):
        assert counted[name] == info[name], (counted, info)
    with open(os.path.join(part, "info.json"), "w", encoding="utf-8") as f:
        json.dump(info, f, sort_keys=True)


def prepared_home(kolibri):
    """The folder of a version's prepared home, made when it is missing or out of date."""
    prefix = os.path.join(cache_dir(), "home-%s-" % kolibri.version)
    place = prefix + home_stamp()
    with locked(kolibri.series, fcntl.LOCK_EX):
        if not os.path.isdir(place):
            with made_once(place) as part:
                prepare_home(kolibri, part)
            for old in glob.glob(prefix + "*"):
                if old != place:
                    shutil.rmtree(old)
    return place


def copy_home(kolibri, home):
    """Copies a version's prepared home to `home`; returns what is in it."""
    place = prepared_home(kolibri)
    with locked(kolibri.series, fcntl.LOCK_SH):
        shutil.copytree(os.path.join(place, "home"), home, symlinks=True)
        with open(os.path.join(place, "info.json"), encoding="utf-8") as f:
            return json.load(f)


def series_of(text):
    """The series that a person means by "0.17" or "0.17.5"."""
    match = re.match(r"(\d+\.\d+)(\.\d+)?$", text)
    if not match or match.group(1) not in RELEASES or not RELEASES[match.group(1)][0].startswith(text):
        raise ValueError("no such version in lab.py: " + text)
    return match.group(1)
