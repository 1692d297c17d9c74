# SPDX-License-Identifier: MIT
"""USB drives for tests: file systems in files, mounted. Where none may be mounted, the test is skipped."""

import os
import shutil
import subprocess
import tempfile
import time
import unittest

MIB = 1 << 20


class Drive:
    """A file system in a file, at the place of a USB drive; unmounted when the case ends."""

    def __init__(self, case, size, path=None):
        self.image = case.sandbox.file("image")
        self.path = path or case.sandbox.file("drive")
        self.daemon = None
        os.makedirs(self.path, exist_ok=True)
        with open(self.image, "wb") as f:
            f.truncate(size)
        case.addCleanup(self.unmount)

    def run(self, *command):
        if shutil.which(command[0]) is None:
            raise unittest.SkipTest("%s is not installed" % command[0])
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=False)
        if done.returncode != 0:
            raise unittest.SkipTest("%s: %s" % (" ".join(command), done.stdout.strip()))

    def unmount(self):
        if os.path.ismount(self.path) or self.daemon is not None:
            subprocess.run(["umount", "-l", self.path], stderr=subprocess.DEVNULL, check=False)
        self.daemon = None

    def free_bytes(self):
        info = os.statvfs(self.path)
        return info.f_bavail * info.f_frsize

    def fill(self, leave):
        """Leaves so many bytes free."""
        with open(os.path.join(self.path, "filler"), "wb") as f:
            f.write(bytes(self.free_bytes() - leave))


class Ext4(Drive):
    def __init__(self, case, size=16 * MIB, path=None):
        super().__init__(case, size, path)
        self.run("mkfs.ext4", "-q", "-m", "0", self.image)
        self.mount()

    def mount(self, *options):
        self.run("mount", "-o", ",".join(("loop", *options)), self.image, self.path)


class Fat(Drive):
    def __init__(self, case, size=16 * MIB, path=None):
        super().__init__(case, size, path)
        if not os.access("/dev/fuse", os.R_OK | os.W_OK):
            raise unittest.SkipTest("no /dev/fuse")
        self.run("mkfs.vfat", self.image)
        self.mount("rw+")

    def mount(self, options):
        if shutil.which("fusefat") is None:
            raise unittest.SkipTest("fusefat is not installed")
        self.daemon = subprocess.Popen(
            ["fusefat", "-f", "-s", "-o", options, self.image, self.path],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + 10
        while not os.path.ismount(self.path):
            if self.daemon.poll() is not None or time.monotonic() > until:
                raise unittest.SkipTest("fusefat may not mount")
            time.sleep(0.02)

    def unmount(self):
        daemon = self.daemon
        super().unmount()
        if daemon is not None:
            try:
                daemon.wait(10)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()


class Network(Drive):
    """A folder of another computer: a real sshfs, whose server is a process of this one."""

    SERVER = "/usr/lib/openssh/sftp-server"

    def __init__(self, case):
        super().__init__(case, 0)
        source, ssh = case.sandbox.file("far"), case.sandbox.file("ssh")
        os.mkdir(source)
        with open(ssh, "w", encoding="ascii") as f:
            f.write("#!/bin/sh\nexec %s\n" % self.SERVER)
        os.chmod(ssh, 0o755)
        if not os.path.exists(self.SERVER):
            raise unittest.SkipTest("sftp-server is not installed")
        self.run("sshfs", "-o", "ssh_command=" + ssh, "far:" + source, self.path)


class Memory(Drive):
    """A disk in memory, to be filled."""

    def __init__(self, case, size, path=None):
        super().__init__(case, 0, path)
        self.run("mount", "-t", "tmpfs", "-o", "size=%d" % size, "tmpfs", self.path)


def make_place(case):
    """Where a desktop would mount a drive. The name is nobody else's, and goes when the case ends."""
    if os.geteuid() != 0:
        raise unittest.SkipTest("needs root, to mount")
    os.makedirs("/media", exist_ok=True)
    path = tempfile.mkdtemp(prefix="KBTEST", dir="/media")
    os.chmod(path, 0o755)
    case.addCleanup(os.rmdir, path)  # runs after the drive's own
    return path
