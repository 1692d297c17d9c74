#!/bin/bash
# SPDX-License-Identifier: MIT
# Builds the Flatpak with its tests, installs it for an ordinary user, and tries in the sandbox what
# only happens there. Without a remote for Flatpak it runs on a runtime made of Debian packages
# (standin-runtime.sh), which is kept in CACHE.
#
#   flatpak/test.sh [CACHE]      as root; about 8 minutes, the second time 5
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/debian.sh

cache=${1:-/var/cache/kolibri-backup-flatpak}
user=kb-flatpak-test
home=/var/lib/$user
picture=$PWD/_flatpak-window.png
app=io.github.kolibri_backup.KolibriBackup

# shellcheck disable=SC2154,SC2086 # lists of words of tools/debian.sh
install_packages $headless_packages flatpak flatpak-builder debootstrap ostree bubblewrap \
    desktop-file-utils shared-mime-info xdg-utils fuse3 xdg-desktop-portal

say "A runtime"
flatpak/standin-runtime.sh "$cache"

bus=
cleanup() {
    pkill -u "$user" || true
    [ -z "$bus" ] || { kill "$bus" || true; rm -f /run/dbus/system_bus_socket; }
    userdel -r "$user" 2>/dev/null || true
}
trap cleanup EXIT
id "$user" >/dev/null 2>&1 && cleanup
useradd --create-home --home-dir "$home" --shell /bin/bash "$user"
mkdir "$home/source" "$home/run" "$home/tmp"
git archive HEAD | tar -x -C "$home/source"
chmod 700 "$home/run"
chown -R "$user" "$home"

as_user() {
    runuser -u "$user" -- env -C "$home" HOME="$home" XDG_RUNTIME_DIR="$home/run" TMPDIR="$home/tmp" \
        FLATPAK_USER_DIR="$home/flatpak" LC_ALL=C.UTF-8 "$@"
}

# Flatpak asks on the system's bus whether the user may install; a container has none.
if [ ! -S /run/dbus/system_bus_socket ]; then
    mkdir -p /run/dbus
    dbus-daemon --system --nofork --nopidfile &
    bus=$!
fi

# The portal of documents is a file system of its own. On a desktop, udev lets every user make one.
[ ! -e /dev/fuse ] || chmod 666 /dev/fuse

say "The runtime for $user"
as_user flatpak --user remote-add --no-gpg-verify standin "file://$cache/repo"
as_user flatpak --user install -y --noninteractive standin \
    org.freedesktop.Platform//25.08 org.freedesktop.Sdk//25.08 >/dev/null

say "flatpak-builder, with the tests of the manifest"
as_user dbus-run-session -- flatpak-builder --user --install --force-clean --disable-rofiles-fuse \
    --state-dir="$home/state" "$home/build" "$home/source/flatpak/$app.yml" >"$home/build.log" 2>&1 ||
    { tail -n 60 "$home/build.log"; exit 1; }
grep -E '^(Ok|Fail|Skipped):' "$home/build.log"

say "In the sandbox"
as_user xvfb-run -a -s '-screen 0 1000x760x24 -nolisten tcp -noreset' dbus-run-session -- \
    /usr/bin/python3 -W ignore "$home/source/flatpak/test_sandbox.py" "$home/window.png"
cp "$home/window.png" "$picture"
say "A picture of the window is in $picture"
git ls-tree HEAD flatpak/ data/ | sha256sum >.ci/flatpak-tested
