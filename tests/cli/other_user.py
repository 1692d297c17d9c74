# SPDX-License-Identifier: MIT
"""A computer of its own for tests of the helper: the files of this one, with other users in it, in a mount
namespace. What it has is real: the system bus, polkitd, pkexec and the policy that we install."""

import os
import shutil
import subprocess
import sys
import time

MARK = "KB_OWN_COMPUTER"
POLKITD = "/usr/lib/polkit-1/polkitd"
USERS = {"kbowner": 61001, "kbteacher": 61002, "kbthird": 61003, "kbrefused": 61004, "kbalone": 61005}
RULES = """
polkit.addRule(function(action, subject) {
    if (action.id == "io.github.kolibri_backup.KolibriBackup.manage") {
        if (subject.user == "kbteacher") return polkit.Result.YES;
        if (subject.user == "kbrefused") return polkit.Result.NO;
    }
});
"""


def why_not():
    """Why this machine cannot have one, or None."""
    if os.getuid() != 0:
        return "only root can become other users"
    for program in (POLKITD, "/usr/bin/pkexec", "/usr/bin/dbus-daemon"):
        if not os.path.exists(program):
            return "%s is not installed" % program
    if subprocess.run(["unshare", "-m", "true"], stderr=subprocess.DEVNULL, check=False).returncode != 0:
        return "no mount namespaces here"
    return None


def enter():
    """Starts this program again in a namespace of its own. Call it first of all."""
    if why_not() is None and MARK not in os.environ:
        os.environ[MARK] = "1"
        os.execvp("unshare", ["unshare", "-m", "--propagation", "private", sys.executable, *sys.argv])


def mount(*words):
    subprocess.run(["mount", *words], check=True)


class Computer:
    def __init__(self, path):
        """`path` is an empty folder below which everything is put; root's, for all to see."""
        self.path = path
        self.processes = []
        for name in ("etc", "actions"):
            shutil.copytree({"etc": "/etc", "actions": "/usr/share/polkit-1/actions"}[name], self.file(name), symlinks=True)
        self._add_users()
        shutil.rmtree(self.file("etc/polkit-1/rules.d"), ignore_errors=True)
        self.write("etc/polkit-1/rules.d/10-test.rules", RULES)
        shutil.copy(os.environ["KB_POLICY"], self.file("actions"))
        mount("--bind", self.file("etc"), "/etc")
        mount("--bind", self.file("actions"), "/usr/share/polkit-1/actions")
        mount("-t", "tmpfs", "tmpfs", "/run")
        os.makedirs("/run/dbus")
        self._install_helper(os.environ["KB_HELPER_PATH"])
        self._start("dbus-daemon", "--system", "--nofork", "--nopidfile")
        self._wait("/run/dbus/system_bus_socket")
        self._start(POLKITD, "--no-debug")
        self._wait_for_polkit()

    def file(self, *names):
        return os.path.join(self.path, *names)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.file(name)), exist_ok=True)
        with open(self.file(name), "w") as f:
            f.write(text)

    def _add_users(self):
        with open(self.file("etc/passwd"), "a") as passwd, open(self.file("etc/group"), "a") as group:
            for name, number in USERS.items():
                passwd.write("%s:x:%d:%d::%s:/bin/sh\n" % (name, number, number, self.file(name)))
                group.write("%s:x:%d:\n" % (name, number))
                os.mkdir(self.file(name), 0o755)
                os.chown(self.file(name), number, number)

    def _install_helper(self, path):
        """Where the build says it will be, without a trace outside of the namespace."""
        at = os.path.dirname(path)
        while not os.path.isdir(at):
            at, below = os.path.split(at)
        if at != os.path.dirname(path):
            os.mkdir(self.file("covered"))
            mount("--bind", at, self.file("covered"))
            mount("-t", "tmpfs", "tmpfs", at)
            for name in os.listdir(self.file("covered")):
                if name != below:
                    os.symlink(self.file("covered", name), os.path.join(at, name))
            os.makedirs(os.path.dirname(path))
        else:
            mount("-t", "tmpfs", "tmpfs", at)
        shutil.copy(os.environ["KB_HELPER"], path)
        os.chmod(path, 0o755)

    def _start(self, *command):
        with open(self.file("daemons.log"), "a") as log:
            self.processes.append(subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log))

    def _wait(self, path):
        for _ in range(200):
            if os.path.exists(path):
                return
            time.sleep(0.05)
        raise RuntimeError("no " + path)

    def _wait_for_polkit(self):
        command = ["dbus-send", "--system", "--print-reply", "--dest=org.freedesktop.DBus", "/",
                   "org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.PolicyKit1"]
        for _ in range(200):
            if b"true" in subprocess.run(command, stdout=subprocess.PIPE, check=False).stdout:
                return
            time.sleep(0.05)
        raise RuntimeError("no polkitd")

    def end(self):
        for process in reversed(self.processes):
            process.terminate()
            process.wait()
