# SPDX-License-Identifier: MIT
"""A power cut: what kb-fault-disk.c has written down becomes the data folder. Either the disk has
only what was synced, or any part of the rest as well: blocks of files, folders as they were last."""

import os
import shutil

BLOCK = 512


def names_of(folder):
    """The names of a folder: inode and whether it is a folder."""
    found = {}
    for entry in os.scandir(folder):
        found[entry.name] = (entry.inode(), entry.is_dir(follow_symlinks=False))
    return found


def read(path):
    with open(path, "rb") as f:
        return f.read()


class Disk:
    """What the disk has of a data folder. Made before the run that gets cut."""

    def __init__(self, home, folder):
        self.home, self.folder = home, folder
        shutil.rmtree(folder, ignore_errors=True)
        os.mkdir(folder)
        for path, _, names in os.walk(home):
            lines = ["%d %s %s\n" % (inode, "d" if is_dir else "f", name)
                     for name, (inode, is_dir) in names_of(path).items()]
            with open(self.entry("dir", os.stat(path).st_ino), "w") as f:
                f.writelines(lines)
            for name in names:
                source = os.path.join(path, name)
                shutil.copyfile(source, self.entry("file", os.stat(source).st_ino))

    def entry(self, kind, inode):
        return os.path.join(self.folder, "%s-%d" % (kind, inode))

    def cut(self, rnd=None):
        """Makes the data folder what is left of it; with `rnd`, more than was synced may be left."""
        now_names, now_bytes = {}, {}
        for path, _, names in os.walk(self.home):
            now_names[os.stat(path).st_ino] = names_of(path)
            for name in names:
                source = os.path.join(path, name)
                now_bytes[os.stat(source).st_ino] = read(source)
        info = os.stat(self.home)
        made = {}
        left = self.home + "-left"
        self.make(left, info, info.st_ino, (now_names, now_bytes), made, rnd)
        shutil.rmtree(self.home)
        os.rename(left, self.home)

    def make(self, path, owner, inode, now, made, rnd):
        os.mkdir(path, 0o755)
        os.chown(path, owner.st_uid, owner.st_gid)
        for name, (child, is_dir) in self.choose_names(inode, now[0], rnd).items():
            target = os.path.join(path, name)
            if is_dir:
                self.make(target, owner, child, now, made, rnd)
            elif child in made:
                os.link(made[child], target)
            else:
                made[child] = target
                with open(target, "wb") as f:
                    f.write(self.choose_bytes(child, now[1], rnd))
                os.chown(target, owner.st_uid, owner.st_gid)

    def choose_names(self, inode, now, rnd):
        names = {}
        path = self.entry("dir", inode)
        if os.path.exists(path):
            with open(path) as f:
                for line in f:
                    child, kind, name = line.rstrip("\n").split(" ", 2)
                    names[name] = (int(child), kind == "d")
        return now[inode] if rnd is not None and inode in now and rnd.random() < 0.5 else names

    def choose_bytes(self, inode, now, rnd):
        path = self.entry("file", inode)
        synced = read(path) if os.path.exists(path) else b""
        if rnd is None or inode not in now:
            return synced
        latest = now[inode]
        size = len(rnd.choice((synced, latest)))
        share = rnd.choice((0.1, 0.5, 0.9))
        blocks = [
            (latest if rnd.random() < share else synced)[at : at + BLOCK].ljust(BLOCK, b"\0")
            for at in range(0, size, BLOCK)
        ]
        return b"".join(blocks)[:size]
