#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the Debian packages of HEAD in a clean Debian 12, twice, asks lintian, installs them in
# another clean Debian 12, and does the main job there. Needs root and a Debian mirror; takes ten
# minutes. What was made stays in FOLDER.
#
#   tests/debian/test.sh FOLDER       FOLDER is new
set -eu
[ $# = 1 ] || { sed -n '3,8s/^# \{0,1\}//p' "$0"; exit 2; }
[ "$(id -u)" = 0 ] || { echo "This needs root, for chroot and mounts." >&2; exit 1; }
mkdir "$1"
work=$(cd "$1" && pwd)
cd "$(dirname "$0")/../.."
. tools/debian.sh
. tests/debian/chroot.sh

base=${XDG_CACHE_HOME:-$HOME/.cache}/kolibri-backup-tests/debian/bookworm.tar
version=$(sed -n "s/^  version: '\(.*\)',/\1/p" meson.build)
source=kolibri-backup-$version

# Unpacks the sources of HEAD in a clean system that has what debian/control asks for.
prepare_builder() {
    new_root "$base" "$work/build"
    in_root "$work/build" useradd --create-home builder
    in_root "$work/build" apt-get update -qq
    git archive --prefix="$source/" HEAD | tar -x -C "$work/build/home/builder"
    in_root "$work/build" sh -euc "cd /home/builder/$source
        apt-get install -y -qq --no-install-recommends build-essential >/dev/null
        apt-get build-dep -y -qq --no-install-recommends ./ >/dev/null"
}

# Builds in a folder, without network, as an ordinary user: build_in FOLDER [NAME=VALUE…]
build_in() {
    where=/home/builder/$1
    shift
    in_root "$work/build" sh -euc "mkdir -p '$where'
        [ -e '$where/$source' ] || cp -a '/home/builder/$source' '$where/'
        chown -R builder: /home/builder"
    no_net=yes
    export no_net
    in_root_as "$work/build" builder env "$@" sh -euc "cd '$where/$source'
        umask \${UMASK:-022}
        dpkg-buildpackage -us -uc" >"$work/$(basename "$where").log" 2>&1 || {
        tail -n 60 "$work/$(basename "$where").log"
        return 1
    }
    unset no_net
}

compare_builds() {
    (cd "$work/build/home/builder/first" && sha256sum -- *.deb) >"$work/sha256"
    cat "$work/sha256"
    (cd "$work/build/home/builder/second" && sha256sum --check --quiet "$work/sha256")
}

ask_lintian() {
    in_root "$work/build" apt-get install -y -qq --no-install-recommends lintian >/dev/null
    in_root_as "$work/build" builder sh -euc "cd /home/builder/first
        lintian --version
        lintian --display-info --fail-on error,warning,info ./*.changes"
}

# A clean system with the packages, installed as apt would, and a teacher.
install_packages_in() {
    new_root "$base" "$work/$1"
    mkdir "$work/$1/packages"
    cp "$work"/packages/*.deb "$work/$1/packages/"
    in_root "$work/$1" apt-get update -qq
    in_root "$work/$1" sh -euc 'apt-get install -y -qq --no-install-recommends /packages/*.deb >/dev/null
        useradd --create-home --shell /bin/bash teacher'
}

list_packages() {
    for package in kolibri-backup kolibri-backup-gtk; do
        in_root "$work/fresh" dpkg -L "$package" | tee "$work/$package.files"
        in_root "$work/fresh" dpkg --verify "$package"
    done
}

# debian/tests, by autopkgtest itself; what they need besides comes from the mirror.
run_autopkgtest() {
    mkdir "$work/sources"
    git archive HEAD | tar -x -C "$work/sources"
    # shellcheck disable=SC2016 # for the inner shell
    unshare --mount sh -euc '
        mount -t proc proc "$1/fresh/proc"
        mount --rbind /dev "$1/fresh/dev"
        exec autopkgtest --user=teacher --output-dir="$1/autopkgtest" "$1"/packages/*.deb \
            "$1/sources" -- chroot "$1/fresh"
    ' sh "$work" >"$work/autopkgtest.log" 2>&1 || {
        tail -n 80 "$work/autopkgtest.log"
        return 1
    }
    cat "$work/autopkgtest/summary"
}

# Everything of the teacher that the packages could touch, by name, owner, mode and content.
list_home() {
    in_root "$work/removed" sh -euc 'cd /home/teacher
        find . -printf "%p %U %G %m %s\n" | sort
        find . -type f -print0 | sort -z | xargs -0 sha256sum'
}

# Purging takes what the packages brought, and nothing of the teacher's.
test_purge() {
    install_packages_in removed
    in_root "$work/removed" apt-get install -y -qq --no-install-recommends python3 >/dev/null
    cp -r "$work/sources" "$work/removed/sources"
    in_root_as "$work/removed" teacher sh -euc 'python3 /sources/tools/make_demo.py ~/.kolibri
        kolibri-backup backup --note "before the program goes"
        kolibri-backup restore --latest --yes'
    list_home >"$work/home-before"
    in_root "$work/removed" apt-get remove -y -qq kolibri-backup kolibri-backup-gtk >/dev/null
    in_root "$work/removed" dpkg --purge kolibri-backup kolibri-backup-gtk
    list_home >"$work/home-after"
    cmp "$work/home-before" "$work/home-after"
    grep -q protected/replaced/ "$work/home-after"
    left=$(cat "$work"/kolibri-backup*.files | sort -u | while read -r path; do
        [ -d "$work/removed$path" ] || [ ! -e "$work/removed$path" ] || echo "$path"
    done
    find "$work/removed/usr" "$work/removed/etc" "$work/removed/var" -iname '*kolibri*')
    [ -z "$left" ] || { echo "Left after purge: $left"; return 1; }
}

install_packages mmdebstrap autopkgtest iproute2
say "A clean Debian 12"
make_base "$base"
prepare_builder
say "Building $source"
build_in first DEB_BUILD_OPTIONS=parallel=2
grep -E '^(Ok|Expected Fail|Fail|Skipped|Timeout):' "$work/first.log"
say "Building it again: another folder, umask, language, time zone, one processor, no tests"
build_in second DEB_BUILD_OPTIONS="parallel=1 nocheck" UMASK=002 TZ=Pacific/Auckland LC_ALL=C
compare_builds
say "lintian"
ask_lintian
say "Installing in another clean Debian 12"
mkdir "$work/packages"
cp "$work"/build/home/builder/first/kolibri-backup_*.deb \
    "$work"/build/home/builder/first/kolibri-backup-gtk_*.deb "$work/packages/"
install_packages_in fresh
list_packages
say "debian/tests"
run_autopkgtest
say "Removing and purging"
test_purge
say "All is well. The packages are in $work/packages"
