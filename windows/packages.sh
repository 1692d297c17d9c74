# SPDX-License-Identifier: MIT
# Sourced by build.sh and test.sh: what they need beside what tools/debian.sh lists. Not installed
# by start or check.

windows_packages="gcc-mingw-w64-x86-64-posix g++-mingw-w64-x86-64-posix libz-mingw-w64-dev
meson ninja-build pkgconf gettext dpkg-dev build-essential python3 tcl zip zstd
libglib2.0-dev libglib2.0-dev-bin libgdk-pixbuf2.0-bin libgtk-3-bin gtk-update-icon-cache
sassc librsvg2-bin icoutils hicolor-icon-theme nsis"

windows_test_packages="wine wine64 fonts-liberation fonts-dejavu-core xvfb xauth openbox xdotool
imagemagick"
