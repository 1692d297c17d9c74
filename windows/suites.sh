#!/bin/bash
# SPDX-License-Identifier: MIT
# Runs the core and CLI suites as programs for Windows under Wine, without the window; and has a real
# Kolibri on Linux restore what they backed up.
#
#   windows/suites.sh            all of them
#   windows/suites.sh NAME...    these tests
#
# The dependencies come from the cache of build-deps.sh; KB_WINDOWS_PREFIX names a folder where they
# are unpacked already. docs/testing.md has the table of what runs there and what cannot.
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
here=$top/windows
build=${KB_WINDOWS_BUILD:-$top/_build-windows}
prefix=${KB_WINDOWS_PREFIX:-$build/prefix}
server=/usr/lib/wine/wineserver64

mkdir -p "$build"
if [ -z "${KB_WINDOWS_PREFIX:-}" ]; then
    archive=$("$here/build-deps.sh")
    if [ "$(cat "$build/prefix.name" 2>/dev/null)" != "$archive" ]; then
        rm -rf "$prefix" "$build/meson" "$build/suites"
        mkdir -p "$prefix"
        tar -C "$prefix" -I zstd -xf "$archive"
        echo "$archive" >"$build/prefix.name"
    fi
fi

# A Windows 10 of our own; its server stays for all tests, and goes with us.
export WINEPREFIX=$build/suites-wine LANG=C.UTF-8
export WINEPATH="Z:$prefix/bin;Z:/usr/lib/gcc/x86_64-w64-mingw32/12-posix;Z:/usr/x86_64-w64-mingw32/lib"
unset DISPLAY
if [ ! -f "$WINEPREFIX/system.reg" ]; then
    "$here/wine.sh" wineboot -i >"$build/wineboot.log" 2>&1
    "$here/wine.sh" reg add 'HKCU\Software\Wine' /v Version /d win10 /f >>"$build/wineboot.log" 2>&1
    "$server" -w
fi
"$server" -p >/dev/null 2>&1 </dev/null
trap '"$server" -k || true' EXIT
# Somebody who stays, so that no test starts the services of Windows: they would keep its pipes.
tail -f /dev/null | "$here/wine.sh" cmd >/dev/null 2>&1 &

sed -e "s|@PREFIX@|$prefix|g" -e "s|@WINE@|$here/wine.sh|g" "$here/mingw-x86_64.txt" >"$build/suites.txt"
[ -f "$build/suites/build.ninja" ] ||
    env -u PKG_CONFIG_PATH -u PKG_CONFIG_LIBDIR meson setup "$build/suites" "$top" \
        --cross-file "$build/suites.txt" -Dgui=disabled
ninja -C "$build/suites"
if [ $# -gt 0 ]; then
    meson test -C "$build/suites" --no-rebuild "$@"
else
    meson test -C "$build/suites" --no-rebuild --suite core --suite cli --suite interop
fi
