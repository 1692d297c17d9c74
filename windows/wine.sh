#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs a program for Windows under Wine: meson's exe_wrapper. WINEPREFIX says in which Windows.
# /usr/bin/wine would ask for 32-bit parts, which nothing here needs.
export WINEDEBUG="${WINEDEBUG:--all}"
export WINEDLLOVERRIDES="${WINEDLLOVERRIDES:-mscoree,mshtml=}"
exec /usr/lib/wine/wine64 "$@"
