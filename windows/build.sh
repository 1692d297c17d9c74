#!/bin/bash
# SPDX-License-Identifier: MIT
# Makes dist/kolibri-backup-VERSION-setup.exe and dist/kolibri-backup-VERSION-portable.zip out of
# a checkout, on Debian 12:
#
#   windows/build.sh             in _build-windows; VERSION as meson.build says
#   windows/build.sh --version N as if it were version N (for trying an upgrade)
#
# KB_WINDOWS_BUILD and KB_WINDOWS_DIST name other folders. The first run builds GTK and the rest
# (build-deps.sh), later ones take that from its cache. docs/windows.md says more.
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
here=$top/windows
build=${KB_WINDOWS_BUILD:-$top/_build-windows}
dist=${KB_WINDOWS_DIST:-$top/dist}
host=x86_64-w64-mingw32
app_id=io.github.kolibri_backup.KolibriBackup
bundle=$build/bundle
prefix=$build/prefix

# shellcheck source=../tools/debian.sh
. "$top/tools/debian.sh"
# shellcheck source=packages.sh
. "$here/packages.sh"

# The dependencies, unpacked where they were not yet.
unpack_dependencies() {
    local archive
    archive=$("$here/build-deps.sh")
    if [ "$(cat "$build/prefix.name" 2>/dev/null)" != "$archive" ]; then
        rm -rf "$prefix" "$build/meson"
        mkdir -p "$prefix"
        tar -C "$prefix" -I zstd -xf "$archive"
        echo "$archive" >"$build/prefix.name"
    fi
    sed -e "s|@PREFIX@|$prefix|g" -e "s|@WINE@|$here/wine.sh|g" "$here/mingw-x86_64.txt" >"$build/cross.txt"
}

# The two programs, their translations and their settings.
build_programs() {
    local source=$top
    if [ -n "$as_version" ]; then
        source=$build/source
        rm -rf "$source" "$build/meson"
        mkdir -p "$source"
        git -C "$top" ls-files -z | (cd "$top" && xargs -0 cp --parents -t "$source")
        sed -i "s/^  version: '.*',$/  version: '$as_version',/" "$source/meson.build"
    fi
    if [ ! -f "$build/meson/build.ninja" ]; then
        env -u PKG_CONFIG_PATH -u PKG_CONFIG_LIBDIR meson setup "$build/meson" "$source" \
            --cross-file "$build/cross.txt" --prefix=/ --bindir=bin --buildtype=release --strip \
            -Dtests=false
    fi
    ninja -C "$build/meson"
    rm -rf "$bundle"
    DESTDIR=$bundle meson install -C "$build/meson" --no-rebuild --quiet
}

# Each DLL that something in bin/ asks for, and those that they ask for. What is found nowhere is
# Windows' own.
copy_libraries() {
    local file dll dir
    local queue=("$bundle"/bin/*.exe)
    while [ ${#queue[@]} -gt 0 ]; do
        file=${queue[0]}
        queue=("${queue[@]:1}")
        for dll in $($host-objdump -p "$file" | sed -n 's/^\tDLL Name: //p'); do
            [ ! -e "$bundle/bin/$dll" ] || continue
            for dir in "$prefix/bin" "/usr/$host/lib" "/usr/lib/gcc/$host/12-posix"; do
                [ -f "$dir/$dll" ] || continue
                cp "$dir/$dll" "$bundle/bin/"
                $host-strip --strip-unneeded "$bundle/bin/$dll"
                queue+=("$bundle/bin/$dll")
                break
            done
        done
    done
}

# What GTK and GLib look for at run time. Icons are in GTK itself and in our resources; only the
# program's own is one of a theme. There is no gdbus.exe: with it GApplication would start a bus
# that outlives us, and a later start can hang on it.
copy_shared() {
    local language file
    cp "$prefix"/share/glib-2.0/schemas/org.gtk.Settings.*.xml "$bundle/share/glib-2.0/schemas/"
    glib-compile-schemas --strict "$bundle/share/glib-2.0/schemas"
    rm "$bundle"/share/glib-2.0/schemas/*.xml
    cp "$prefix/bin/gspawn-win64-helper.exe" "$prefix/bin/gspawn-win64-helper-console.exe" "$bundle/bin/"
    while IFS= read -r language; do
        for file in gtk30 glib20; do
            # "es_ES" may be only "es" there
            copy_catalogue "$language" $file || copy_catalogue "${language%%_*}" $file || true
        done
    done < <(grep -v '^#' "$top/po/LINGUAS")
    install -D -m644 -t "$bundle/share/icons/hicolor" /usr/share/icons/hicolor/index.theme
    python3 "$here/make-icons.py" theme "$bundle/share/icons/hicolor" \
        "$top/data/icons/hicolor/scalable/apps/$app_id.svg"
    gtk-update-icon-cache -q -f "$bundle/share/icons/hicolor"
}

copy_catalogue() {
    local from=share/locale/$1/LC_MESSAGES/$2.mo
    [ -f "$prefix/$from" ] && install -D -m644 "$prefix/$from" "$bundle/$from"
}

# Whose work the bundle holds, and on what terms.
copy_licences() {
    local to=$bundle/licenses package
    mkdir -p "$to"
    cp -r "$prefix/share/licenses/." "$to/"
    for package in libz-mingw-w64-dev mingw-w64-common gcc-mingw-w64-base nsis hicolor-icon-theme; do
        install -D -m644 "/usr/share/doc/$package/copyright" "$to/$package/copyright"
    done
    cp /usr/share/common-licenses/{LGPL-2,LGPL-2.1,LGPL-3,GPL-2,GPL-3} "$to/"
    cp "$here/licences.txt" "$to/README.txt"
    cp "$top/LICENSE" "$bundle/LICENSE.txt"
    # Readable with Windows' Notepad of any version.
    find "$to" "$bundle/LICENSE.txt" -type f -exec sed -i 's/\r*$/\r/' {} +
}

# The uninstaller takes away these files and no others, so that nothing of anybody else can go.
list_files() {
    local path
    (cd "$bundle" && find . -type f -printf '%P\n' | sort) | while IFS= read -r path; do
        printf 'Delete "$INSTDIR\\%s"\n' "${path//\//\\}"
    done
    (cd "$bundle" && find . -mindepth 1 -depth -type d -printf '%P\n') | while IFS= read -r path; do
        printf 'RMDir "$INSTDIR\\%s"\n' "${path//\//\\}"
    done
}

pack() {
    local version=$1 name
    name=kolibri-backup-$version
    mkdir -p "$dist"
    rm -f "$dist/$name-setup.exe" "$dist/$name-portable.zip"
    list_files >"$build/installed-files.nsh"
    python3 "$here/words.py" "$top/po" /usr/share/nsis "$build/words.nsh"
    cp "$build/meson/windows/kolibri-backup.ico" "$build/"
    makensis -V2 -INPUTCHARSET UTF8 -DVERSION="$version" -DBUNDLE="$bundle" -DBUILD="$build" \
        -DSIZE_KB="$(du -sk "$bundle" | cut -f 1)" -DOUT="$dist/$name-setup.exe" "$here/installer.nsi"
    rm -rf "${build:?}/$name"
    cp -r "$bundle" "$build/$name"
    (cd "$build" && zip -q -9 -r -X "$dist/$name-portable.zip" "$name")
    rm -rf "${build:?}/$name"
    ls -l "$dist/$name-setup.exe" "$dist/$name-portable.zip"
}

as_version=
if [ "${1:-}" = --version ]; then
    as_version=$2
fi
# shellcheck disable=SC2086 # a list of words
install_packages $windows_packages
mkdir -p "$build"
unpack_dependencies
build_programs
copy_shared
copy_libraries
copy_licences
version=$(sed -n "s/^  version: '\(.*\)',$/\1/p" "$top/meson.build")
pack "${as_version:-$version}"
