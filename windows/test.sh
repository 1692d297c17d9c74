#!/bin/bash
# SPDX-License-Identifier: MIT
# Builds the installer, twice (the second time as if it were older), and tries it under Wine:
# install, the main job, the window, upgrade, uninstall (test_windows.py, a class for each).
#
#   windows/test.sh                all
#   windows/test.sh --built        with what the last run has built
#   windows/test.sh NAME...        these classes or cases only; the order is theirs
#
# Screenshots and listings are left in _build-windows/seen. docs/windows.md says how long it takes.
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
here=$top/windows
build=${KB_WINDOWS_BUILD:-$top/_build-windows}
dist=${KB_WINDOWS_DIST:-$top/dist}

# shellcheck source=../tools/debian.sh
. "$top/tools/debian.sh"
# shellcheck source=packages.sh
. "$here/packages.sh"
# shellcheck disable=SC2086,SC2154 # lists of words of packages.sh and debian.sh
install_packages $build_packages $windows_test_packages

if [ "${1:-}" = --built ]; then
    shift
else
    "$here/build.sh"
    say "The same as an older version"
    KB_WINDOWS_BUILD=$build/older KB_WINDOWS_DIST=$build/older/dist "$here/build.sh" --version 0.0.9
    say "The same for this computer, to compare"
    [ -f "$build/native/build.ninja" ] || meson setup "$build/native" "$top" -Dgui=disabled -Dtests=false >/dev/null
    ninja -C "$build/native" --quiet
fi
version=$(sed -n "s/^  version: '\(.*\)',$/\1/p" "$top/meson.build")

say "Under Wine"
mkdir -p "$build/seen"
KB_SETUP=$dist/kolibri-backup-$version-setup.exe \
    KB_PORTABLE=$dist/kolibri-backup-$version-portable.zip \
    KB_OLDER_SETUP=$build/older/dist/kolibri-backup-0.0.9-setup.exe \
    KB_VERSION=$version KB_NATIVE=$build/native/cli/kolibri-backup KB_SEEN=$build/seen \
    xvfb-run -a -s '-screen 0 1100x900x24 -nolisten tcp -noreset' \
    python3 "$here/test_windows.py" "$@"
