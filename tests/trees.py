# SPDX-License-Identifier: MIT
"""Trees of small files that stand for a whole computer with Kolibri, one for each installer, for
`kolibri-backup status --root`. Each says where its facts come from; the short names are those of
kolibri-facts.md: repositories of learningequality unless another owner is named.

HOME of the person in front is /home/teacher.
"""

import os
import sqlite3
import zipfile

TEACHER = "home/teacher"

# debian/startup/kolibri.default of kolibri-installer-debian (4176c8d), what matters of it
ETC_DEFAULT = """\
# Do not change this script!
set -o allexport
if [ -f /etc/kolibri/username ]
then
  export KOLIBRI_USER=`cat /etc/kolibri/username`
  if [ "$KOLIBRI_USER" = "" ]
  then
    export KOLIBRI_USER="kolibri"
  fi
else
  export KOLIBRI_USER="kolibri"
fi
export KOLIBRI_INSTALLATION_TYPE="deb"
KOLIBRI_HOME="$(getent passwd $KOLIBRI_USER | awk -F ':' '{print $6}')/.kolibri"
KOLIBRI_COMMAND="kolibri"
if [ -e /etc/kolibri/daemon.conf ]
then
  . /etc/kolibri/daemon.conf
fi
"""

# roles/kolibri/templates/kolibri.service.j2 of iiab/iiab (0cd3f3c), filled in with its defaults
IIAB_UNIT = """\
[Unit]
Description=Kolibri

[Service]
Type=forking
RemainAfterExit=yes
Environment=KOLIBRI_USER=kolibri
Environment=KOLIBRI_HOME=/library/kolibri
Environment=KOLIBRI_HTTP_PORT=8009
Environment=KOLIBRI_URL_PATH_PREFIX=/kolibri/
User=kolibri
Group=www-data
ExecStart=/usr/bin/kolibri start
ExecStop=/usr/bin/kolibri stop
"""

PASSWD = """\
root:x:0:0:root:/root:/bin/bash
teacher:x:1000:1000:Teacher,,,:/home/teacher:/bin/bash
pi:x:1001:1001::/home/pi:/bin/bash
kolibri:x:998:998::/var/kolibri:/usr/sbin/nologin
"""


class Tree:
    """Files below a folder."""

    def __init__(self, path):
        self.path = path
        self.write("etc/passwd", PASSWD)
        os.makedirs(self.at(TEACHER))

    def at(self, name):
        return os.path.join(self.path, name.lstrip("/"))

    def write(self, name, text, mode=0o644):
        path = self.at(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(text if isinstance(text, bytes) else text.encode())
        os.chmod(path, mode)
        return path

    def link(self, name, target):
        path = self.at(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        os.symlink(target, path)

    def data(self, home, version, people=True, database="db.sqlite3"):
        """A data folder: just enough of a database to tell whether anybody uses it."""
        path = self.at(os.path.join(home, database))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        db = sqlite3.connect(path)
        db.execute("CREATE TABLE kolibriauth_collection (id text, name text, kind text, parent_id text)")
        if people:
            db.execute("INSERT INTO kolibriauth_collection VALUES ('1', 'School', 'facility', NULL)")
        db.commit()
        db.close()
        if version is not None:
            self.write(os.path.join(home, ".data_version"), version)
        return self.at(home)

    def python(self, packages, version, dist_info=True):
        """What pip leaves: PyPA, "Recording installed projects"."""
        self.write(os.path.join(packages, "kolibri/VERSION"), version + "\n")
        if dist_info:
            name = "kolibri-%s.dist-info/METADATA" % version
            self.write(os.path.join(packages, name), "Metadata-Version: 2.1\nName: kolibri\nVersion: %s\n" % version)

    def program(self, name):
        self.write(name, "#!/bin/false\n", 0o755)

    def dpkg(self, **packages):
        """/var/lib/dpkg/status: dpkg(1), FILES."""
        text = "Package: kolibri-like\nStatus: install ok installed\nVersion: 9.9.9\n\n"
        for name, version in packages.items():
            state = "install ok installed"
            if version.startswith("-"):
                version, state = version[1:], "deinstall ok config-files"
            text += "Package: %s\nStatus: %s\nPriority: optional\nVersion: %s\nDescription: x\n more\n\n" % (
                name.replace("_", "-"), state, version)
        self.write("var/lib/dpkg/status", text)


def pip(tree):
    """kolibri/utils/conf.py; a virtual environment, its program on the PATH."""
    tree.data(TEACHER + "/.kolibri", "0.19.5")
    tree.program("home/teacher/venv/bin/kolibri")
    tree.python("home/teacher/venv/lib/python3.11/site-packages", "0.19.5")
    tree.link("home/teacher/.local/bin/kolibri", "/home/teacher/venv/bin/kolibri")


def pip_user(tree):
    """pip install --user: site.USER_SITE of Python."""
    tree.data(TEACHER + "/.kolibri", "0.18.4")
    tree.python("home/teacher/.local/lib/python3.11/site-packages", "0.19.5")


def pipx(tree):
    """pipx, docs: PIPX_HOME is ~/.local/share/pipx since 1.2, ~/.local/pipx before."""
    tree.data(TEACHER + "/.kolibri", "0.19.5")
    tree.python("home/teacher/.local/share/pipx/venvs/kolibri/lib/python3.12/site-packages", "0.19.5")


def pex(tree):
    """The names in a file that pex 2.105 made from a wheel of that name."""
    tree.data(TEACHER + "/.kolibri", "0.17.5")
    path = tree.at(TEACHER + "/Downloads/kolibri-0.17.5.pex")
    os.makedirs(os.path.dirname(path))
    with open(path, "wb") as f:
        f.write(b"#!/usr/bin/env python3\n")
    with zipfile.ZipFile(path, "a") as f:
        f.writestr("PEX-INFO", "{}")
        f.writestr(".deps/Django-3.2.25-py3-none-any.whl/django/__init__.py", "")
        f.writestr(".deps/kolibri-0.17.5-py2.py3-none-any.whl/kolibri/VERSION", "0.17.5\n")
    os.chmod(path, 0o755)


def debian(tree):
    """kolibri-installer-debian, debian/: the account that the package makes lives in /var/kolibri."""
    tree.write("etc/kolibri/username", "kolibri")
    tree.write("etc/default/kolibri", ETC_DEFAULT)
    tree.dpkg(kolibri="0.19.3-0ubuntu1")
    tree.program("usr/bin/kolibri")
    tree.python("usr/lib/python3/dist-packages", "0.19.3", dist_info=False)
    tree.data("var/kolibri/.kolibri", "0.19.3")


def debian_desktop_user(tree):
    """The same; debconf suggests the first user of the desktop. The package is an old pre-release,
    and its VERSION is gone."""
    tree.write("etc/kolibri/username", "teacher")
    tree.write("etc/default/kolibri", ETC_DEFAULT)
    tree.dpkg(kolibri="0.16.0~b3-0ubuntu1")
    tree.data(TEACHER + "/.kolibri", "0.16.0b3")


def debian_moved(tree):
    """daemon.conf overrides KOLIBRI_HOME: comment in /etc/default/kolibri."""
    debian(tree)
    tree.write("etc/kolibri/conf.d/10-old.conf", "KOLIBRI_HOME=/srv/wrong\n")
    tree.write("etc/kolibri/conf.d/20-new.conf", "KOLIBRI_HOME='/srv/old'\n")
    tree.write("etc/kolibri/daemon.conf", '# moved\nexport KOLIBRI_HOME="/srv/kolibri data" # to the big disk\n')
    os.rename(tree.at("var/kolibri/.kolibri"), tree.at("var/kolibri/x"))
    tree.data("srv/kolibri data", "0.19.3")


def kolibri_server(tree):
    """kolibri-server 0.5.1: a package of its own beside `kolibri`."""
    debian(tree)
    tree.dpkg(kolibri="0.19.3-0ubuntu1", kolibri_server="0.5.1-0ubuntu1")


def raspberry_pi(tree):
    """pi-gen: user pi, kolibri-server, content on a partition of its own."""
    kolibri_server(tree)
    tree.write("etc/kolibri/username", "pi")
    tree.write("KOLIBRI_DATA/content/.keep", "")
    os.rename(tree.at("var/kolibri/.kolibri"), tree.at("var/kolibri/x"))
    home = "home/pi/.kolibri"
    tree.data(home, "0.19.3")
    tree.write(home + "/options.ini", "[Paths]\nCONTENT_DIR = /KOLIBRI_DATA/content\n")


def flatpak_app(tree, base, app_id, version):
    """flatpak(1), FILES; the yaml of flathub/org.learningequality.Kolibri for the path in it."""
    deploy = "%s/app/%s/x86_64/stable/0123abcd/files" % (base, app_id)
    tree.python(deploy + "/lib/python3.12/site-packages", version)
    tree.link("%s/app/%s/current" % (base, app_id), "x86_64/stable")
    tree.link("%s/app/%s/x86_64/stable/active" % (base, app_id), "0123abcd")


def flatpak(tree):
    flatpak_app(tree, "var/lib/flatpak", "org.learningequality.Kolibri", "0.19.5")
    tree.data(TEACHER + "/.var/app/org.learningequality.Kolibri/data/kolibri", "0.19.5")


def flatpak_devel(tree):
    """Installed for one user; the deployment's description names the release, newest first."""
    app = "org.learningequality.Kolibri.Devel"
    base = TEACHER + "/.local/share/flatpak"
    tree.link("%s/app/%s/current" % (base, app), "x86_64/master")
    tree.link("%s/app/%s/x86_64/master/active" % (base, app), "4567cdef")
    tree.write(
        "%s/app/%s/x86_64/master/4567cdef/files/share/metainfo/%s.metainfo.xml" % (base, app, app),
        '<component><releases><release date="2026-06-01" version="0.19.4"/>'
        '<release version="0.18.0" date="2025-06-01"/></releases></component>',
    )
    tree.data(TEACHER + "/.var/app/%s/data/kolibri" % app, "0.19.3")


def endless_os(tree):
    """eos-kolibri: the Flatpak, run by a service of the system."""
    flatpak_app(tree, "var/lib/flatpak", "org.learningequality.Kolibri", "0.16.2")
    tree.data("var/lib/kolibri/data", "0.16.2")


def endless_key(tree):
    """eos/gnome; the id of the Flatpak, org.endlessos.Key, is that on Flathub."""
    flatpak_app(tree, "var/lib/flatpak", "org.endlessos.Key", "0.16.2")
    tree.data("var/lib/endless-key/data", "0.16.2")


def iiab(tree):
    """iiab/iiab, roles/kolibri: defaults/main.yml, tasks/pip-install.yml, templates."""
    tree.write("etc/iiab/iiab.env", "IIAB_BASE_PATH=/opt/iiab\n")
    tree.write("etc/systemd/system/kolibri.service", IIAB_UNIT)
    tree.program("opt/iiab/kolibri-venv/bin/kolibri")
    tree.python("opt/iiab/kolibri-venv/lib/python3.11/site-packages", "0.18.4")
    tree.link("usr/bin/kolibri", "/opt/iiab/kolibri-venv/bin/kolibri")
    tree.data("library/kolibri", "0.17.5")


def environment(tree):
    """kolibri/utils/env.py: KOLIBRI_HOME comes first."""
    pip(tree)
    tree.data("srv/school", "0.19.5")


# name: (builder, data folder, installation, reason, data version, program version, agreement)
INSTALLERS = {
    "pip": (pip, TEACHER + "/.kolibri", "pip", "own-folder", "0.19.5", "0.19.5", "same"),
    "pip --user": (pip_user, TEACHER + "/.kolibri", "pip", "own-folder", "0.18.4", "0.19.5", "upgrade-pending"),
    "pipx": (pipx, TEACHER + "/.kolibri", "pip", "own-folder", "0.19.5", "0.19.5", "same"),
    "pex": (pex, TEACHER + "/.kolibri", "pex", "own-folder", "0.17.5", "0.17.5", "same"),
    "debian": (debian, "var/kolibri/.kolibri", "debian", "settings", "0.19.3", "0.19.3", "same"),
    "debian, desktop user": (
        debian_desktop_user, TEACHER + "/.kolibri", "debian", "settings", "0.16.0b3", "0.16.0b3", "same"),
    "debian, moved": (debian_moved, "srv/kolibri data", "debian", "settings", "0.19.3", "0.19.3", "same"),
    "kolibri-server": (
        kolibri_server, "var/kolibri/.kolibri", "kolibri-server", "settings", "0.19.3", "0.19.3", "same"),
    "raspberry pi": (raspberry_pi, "home/pi/.kolibri", "raspberry-pi", "settings", "0.19.3", "0.19.3", "same"),
    "flatpak": (
        flatpak, TEACHER + "/.var/app/org.learningequality.Kolibri/data/kolibri", "flatpak", "usual-place",
        "0.19.5", "0.19.5", "same"),
    "flatpak, development": (
        flatpak_devel, TEACHER + "/.var/app/org.learningequality.Kolibri.Devel/data/kolibri", "flatpak-devel",
        "usual-place", "0.19.3", "0.19.4", "upgrade-pending"),
    "endless os": (endless_os, "var/lib/kolibri/data", "endless-os", "usual-place", "0.16.2", "0.16.2", "same"),
    "endless key": (
        endless_key, "var/lib/endless-key/data", "endless-key", "usual-place", "0.16.2", "0.16.2", "same"),
    "internet-in-a-box": (
        iiab, "library/kolibri", "internet-in-a-box", "settings", "0.17.5", "0.18.4", "upgrade-pending"),
}
