#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a glance at debian/ can say; tests/debian/test.sh builds and installs it.

KB_BUILD: the build folder of meson.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = pathlib.Path(HERE).parent.parent
sys.path[:0] = [os.path.join(TOP, "tests")]
import tap  # noqa: E402


def read(path):
    return (TOP / path).read_text(encoding="utf-8")


def paragraphs(path):
    """The paragraphs of a control file (deb822(5)), each as field and value."""
    found = []
    for text in re.split(r"\n\s*\n", read(path).strip()):
        fields = re.split(r"^([A-Za-z-]+):", text, flags=re.M)
        assert fields[0] == "", "%s: a paragraph begins with %r" % (path, fields[0])
        found.append({name: value.strip() for name, value in zip(fields[1::2], fields[2::2])})
    return found


def introspect(name):
    path = pathlib.Path(os.environ["KB_BUILD"]) / "meson-info" / ("intro-%s.json" % name)
    return json.loads(path.read_text(encoding="utf-8"))


def installed():
    """What meson installs, below a prefix of /usr."""
    prefix = next(option["value"] for option in introspect("buildoptions") if option["name"] == "prefix")
    paths = []
    for source, path in introspect("installed").items():
        inside = [file.relative_to(source) for file in pathlib.Path(source).rglob("*") if file.is_file()]
        paths += [os.path.join(path, file) for file in inside] or [path]
    return ["/usr/" + os.path.relpath(path, prefix) for path in paths]


def matches(path, pattern):
    """As dh_install reads a line: a glob, and a folder takes what is in it."""
    path = pathlib.PurePosixPath(path)
    return any(part.match("/" + pattern) for part in (path, *path.parents))


class Packaging(unittest.TestCase):
    def setUp(self):
        self.source, *self.packages = paragraphs("debian/control")
        self.names = [package["Package"] for package in self.packages]
        self.lists = {name: read("debian/%s.install" % name).split() for name in self.names}

    def test_control(self):
        self.assertEqual(self.source["Source"], "kolibri-backup")
        self.assertEqual(self.names, ["kolibri-backup", "kolibri-backup-gtk"])
        for package in self.packages:
            self.assertIn("${shlibs:Depends}", package["Depends"])
            self.assertLessEqual(len(package["Description"].split("\n")[0]), 80)

    def test_each_file_in_one_package(self):
        for path in installed():
            owners = [name for name in self.names if any(matches(path, line) for line in self.lists[name])]
            self.assertEqual(len(owners), 1, "%s is in %s: put it into one debian/*.install" % (path, owners))

    def test_each_line_means_a_file(self):
        for name, lines in self.lists.items():
            for line in lines:
                there = any(matches(path, line) for path in installed())
                self.assertTrue(there, "debian/%s.install: %s is no longer installed" % (name, line))

    def test_build_depends(self):
        """Debian's package of each library that meson.build asks for is named."""
        wanted = re.findall(r"\bdependency\('([^']+)'", read("meson.build"))
        self.assertGreater(len(wanted), 5)
        named = re.findall(r"^ ?([a-z0-9.+-]+)", self.source["Build-Depends"], flags=re.M)
        for name in wanted:
            folder = self.run_tool("pkg-config", "--variable=pcfiledir", name)
            package = self.run_tool("dpkg", "-S", "%s/%s.pc" % (folder, name)).split(":")[0]
            self.assertIn(package, named, "debian/control: Build-Depends lacks %s, for %s" % (package, name))

    def run_tool(self, *command):
        return subprocess.run(command, stdout=subprocess.PIPE, check=True, encoding="utf-8").stdout.strip()

    def test_version(self):
        version = introspect("projectinfo")["version"]
        said = {
            "debian/changelog": re.match(r"kolibri-backup \((.*?)\) ", read("debian/changelog")),
            "NEWS": re.match(r"Kolibri Backup ([0-9.]+)", read("NEWS")),
            "metainfo": re.search(r'<release version="(.*?)"', read(next(TOP.glob("data/*.metainfo.xml.in")))),
        }
        self.assertEqual({where: found.group(1) for where, found in said.items()}, dict.fromkeys(said, version))

    def test_autopkgtests(self):
        for paragraph in paragraphs("debian/tests/control"):
            for name in paragraph["Tests"].split():
                self.assertTrue(os.access(TOP / "debian/tests" / name, os.X_OK), name)


if __name__ == "__main__":
    tap.main()
