#!/bin/bash
# SPDX-License-Identifier: MIT
# Cross-builds what Kolibri Backup needs on Windows (GLib, SQLite, GTK 3 and what they
# stand on) from Debian's source packages, and leaves one archive:
#
#   windows/build-deps.sh              prints the archive's path; builds it if it is not there
#   windows/build-deps.sh PART...      only these parts, in KB_WINDOWS_WORK (to mend one)
#
# KB_WINDOWS_CACHE  where archives are kept   (/var/cache/kolibri-backup-windows)
# KB_WINDOWS_WORK   where it builds           (KB_WINDOWS_CACHE/work; removed afterwards)
# J                 how many jobs at a time   (2)
#
# The archive's name holds a hash of this script and of the cross file, so a change of
# either builds anew. What it holds can be unpacked anywhere. Needs the packages of
# windows/packages.sh and a mirror of Debian. docs/windows.md has times and sizes.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
cache=${KB_WINDOWS_CACHE:-/var/cache/kolibri-backup-windows}
work=${KB_WINDOWS_WORK:-$cache/work}
jobs=${J:-2}
host=x86_64-w64-mingw32
prefix=$work/prefix
sources=$work/sources
builds=$work/builds
logs=$work/logs

# suite/name=version of each source package. Debian 12's, where mirrors have it whole;
# of the others Debian 13's or newer. If a version is gone from the mirror, its successor
# in that suite is taken, and SOURCES.txt in the archive names it.
pins="bookworm/libffi=3.4.4-1
bookworm/gettext=0.21-12
trixie/pcre2=10.46-1~deb13u2
bookworm/glib2.0=2.74.6-2+deb12u9
bookworm/sqlite3=3.40.1-2+deb12u2
sid/json-glib=1.10.8+ds-2
bookworm/xxhash=0.8.1-1
trixie/libpng1.6=1.6.48-1+deb13u5
bookworm/pixman=0.42.2-1
bookworm/fribidi=1.0.8-2.1
bookworm/harfbuzz=6.0.0+dfsg-3
bookworm/cairo=1.16.0-7
bookworm/pango1.0=1.50.12+ds-1
bookworm/gdk-pixbuf=2.42.10+dfsg-1+deb12u4
trixie/at-spi2-core=2.56.2-1+deb13u2
bookworm/libepoxy=1.5.10-1
bookworm/gtk+3.0=3.24.38-2~deb12u3"

# The command line's needs come first: what has GLib, SQLite, json-glib and xxHash can
# build core, text and cli.
parts="fetch libffi libintl pcre2 glib sqlite json_glib xxhash
libpng pixman fribidi harfbuzz cairo pango gdk_pixbuf atk epoxy gtk finish"

# --- how things are built ------------------------------------------------------------

# autotools SOURCE OPTION...: configures out of the tree; leaves the shell in the build folder.
autotools() {
    local source=$sources/$1 build=$builds/$1
    shift
    rm -rf "$build"
    mkdir -p "$build"
    cd "$build"
    env CC=$host-gcc-posix \
        PKG_CONFIG_LIBDIR="$prefix/lib/pkgconfig:/usr/$host/lib/pkgconfig" \
        CPPFLAGS="-I$prefix/include" CFLAGS="-O2" LDFLAGS="-L$prefix/lib -static-libgcc" \
        "$source/configure" --host=$host --build=x86_64-linux-gnu --prefix="$prefix" \
        --enable-shared --disable-static "$@"
}

# meson_build SOURCE OPTION...
meson_build() {
    local source=$sources/$1 build=$builds/$1
    shift
    rm -rf "$build"
    env -u PKG_CONFIG_PATH -u PKG_CONFIG_LIBDIR \
        meson setup "$build" "$source" --cross-file "$work/cross.txt" --prefix="$prefix" \
        --libdir=lib --buildtype=release --default-library=shared --wrap-mode=nodownload \
        --strip "$@"
    ninja -C "$build" -j"$jobs" install
}

# one_library NAME VERSION SOURCE.c FLAG...: a library of one C file, with its .pc file.
one_library() {
    local name=$1 version=$2 file=$3
    shift 3
    mkdir -p "$prefix"/{bin,lib/pkgconfig}
    $host-gcc-posix -O2 -shared -static-libgcc -s -o "$prefix/bin/lib$name-0.dll" "$file" "$@" \
        -Wl,--out-implib,"$prefix/lib/lib$name.dll.a"
    printf '%s\n' "prefix=$prefix" "Name: $name" "Description: $name" "Version: $version" \
        "Libs: -L\${prefix}/lib -l$name" "Cflags: -I\${prefix}/include" \
        >"$prefix/lib/pkgconfig/${pc_name:-$name}.pc"
}

# --- the sources ---------------------------------------------------------------------

# apt with sources and lists of its own, so that the computer's stay as they are.
own_apt() {
    local apt=$work/apt
    "$@" -o Dir::Etc::SourceList="$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null \
        -o Dir::State::Lists="$apt/lists" -o Dir::Cache="$apt/cache"
}

# The mirror that this computer uses for NAME, a code name such as bookworm-security.
mirror_of() {
    apt-get indextargets --format '$(CODENAME) $(REPO_URI)' | sed -n "s/^$1 //p" | sort -u | head -n 1
}

list_sources() {
    local apt=$work/apt main security suite
    mkdir -p "$apt"/lists/partial "$apt"/cache/archives/partial
    main=$(mirror_of bookworm)
    security=$(mirror_of bookworm-security)
    for suite in bookworm trixie sid; do
        echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $main $suite main"
    done >"$apt/sources.list"
    for suite in bookworm trixie; do
        [ -z "$security" ] ||
            echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $security $suite-security main"
    done >>"$apt/sources.list"
    own_apt apt-get update
}

# fetch_one SUITE NAME VERSION: downloads and unpacks into sources/NAME.
fetch_one() {
    local suite=$1 name=$2 version=$3 folder=$work/packages/$2 dsc
    rm -rf "$folder" "${sources:?}/$name"
    mkdir -p "$folder" "$sources"
    cd "$folder"
    # Also where this fails, what the mirror had of it is there.
    own_apt apt-get source --download-only -y "$name=$version" || true
    if [ -z "$(find . -name '*.orig.tar.*' ! -name '*.asc')" ]; then
        own_apt apt-get source --download-only -y "$name/$suite-security" ||
            own_apt apt-get source --download-only -y "$name/$suite" || true
    fi
    dsc=$(find . -name '*.dsc' -size +0 | head -n 1)
    if [ -n "$dsc" ] && dpkg-source --no-check -x "$dsc" "$sources/$name"; then
        version=$(sed -n 's/^Version: //p' "$dsc" | head -n 1)
    else
        # Some mirrors lack Debian's part of a source: what its authors released does.
        rm -rf "${sources:?}/$name"
        mkdir -p "$sources/$name"
        tar -xf "${name}_"*.orig.tar.[gxb]z* -C "$sources/$name" --strip-components=1
        version="${version%-*} (without Debian's changes)"
    fi
    echo "$name $version" >>"$work/SOURCES.txt"
    keep_licences "$name"
}

# The licence texts of a source, where finish and the bundle find them.
keep_licences() {
    local name=$1 to=$prefix/share/licenses/$1 file
    mkdir -p "$to"
    for file in "$sources/$name"/{COPYING*,LICENSE*,LICENCE*,NOTICE*,debian/copyright}; do
        [ ! -f "$file" ] || cp "$file" "$to/"
    done
    [ -n "$(ls "$to")" ]
}

part_fetch() {
    local pin suite
    rm -f "$work/SOURCES.txt"
    list_sources
    for pin in $pins; do
        suite=${pin%%/*}
        pin=${pin#*/}
        fetch_one "$suite" "${pin%%=*}" "${pin#*=}"
    done
}

# --- the parts -----------------------------------------------------------------------

part_libffi() {
    autotools libffi --disable-docs --disable-multi-os-directory
    make -j"$jobs" install
}

# Of gettext only libintl.
part_libintl() {
    autotools gettext/gettext-runtime --disable-java --disable-csharp --disable-libasprintf --disable-rpath \
        --enable-threads=windows --enable-relocatable --without-libiconv-prefix --disable-curses
    make -C intl -j"$jobs" install
}

part_pcre2() {
    autotools pcre2 --enable-jit --enable-unicode --disable-pcre2grep-jit
    make -j"$jobs" install
}

part_glib() {
    meson_build glib2.0 -Dtests=false -Dinstalled_tests=false -Dnls=enabled -Dman=false \
        -Dgtk_doc=false -Dlibmount=disabled -Dselinux=disabled -Dlibelf=disabled \
        -Dbsymbolic_functions=false -Dglib_debug=disabled
}

# Its configure mixes up the two computers' tools: the one big file is made for this one,
# then compiled for the other. Options as in Debian's own, as far as we use them.
part_sqlite() {
    local build=$builds/sqlite3
    rm -rf "$build"
    mkdir -p "$build" "$prefix/include"
    cd "$build"
    "$sources/sqlite3/configure" --disable-tcl --disable-readline
    make sqlite3.c sqlite3.h
    install -m644 sqlite3.h sqlite3ext.h "$prefix/include/"
    one_library sqlite3 "$(cat "$sources/sqlite3/VERSION")" sqlite3.c \
        -DSQLITE_THREADSAFE=1 -DSQLITE_ENABLE_COLUMN_METADATA -DSQLITE_ENABLE_DBSTAT_VTAB \
        -DSQLITE_ENABLE_FTS3 -DSQLITE_ENABLE_FTS5 -DSQLITE_ENABLE_RTREE \
        -DSQLITE_ENABLE_MATH_FUNCTIONS -DSQLITE_ENABLE_UNLOCK_NOTIFY \
        -DSQLITE_MAX_VARIABLE_NUMBER=250000
}

# It asks for a newer meson than Debian 12 has, and uses nothing of it here.
part_json_glib() {
    sed -i "s/meson_version: '>= 1.2.0'/meson_version: '>= 1.0'/" "$sources/json-glib/meson.build"
    meson_build json-glib -Dintrospection=disabled -Ddocumentation=disabled -Dman=false \
        -Dtests=false -Dconformance=false
}

part_xxhash() {
    local version
    version=$(awk '/define XXH_VERSION_(MAJOR|MINOR|RELEASE)/ {printf "%s%s", dot, $NF; dot = "."}' \
        "$sources/xxhash/xxhash.h")
    install -D -m644 -t "$prefix/include" "$sources/xxhash/xxhash.h"
    pc_name=libxxhash one_library xxhash "$version" "$sources/xxhash/xxhash.c" -DXXH_EXPORT=1
}

part_libpng() {
    autotools libpng1.6 --disable-tools
    make -j"$jobs" install
}

part_pixman() {
    meson_build pixman -Dgtk=disabled -Dlibpng=disabled -Dtests=disabled -Dopenmp=disabled
}

part_fribidi() {
    meson_build fribidi -Ddocs=false
}

part_harfbuzz() {
    meson_build harfbuzz -Dglib=enabled -Dgobject=disabled -Dcairo=disabled -Dicu=disabled \
        -Dfreetype=disabled -Dgraphite2=disabled -Dchafa=disabled -Dtests=disabled \
        -Ddocs=disabled -Dintrospection=disabled -Dgdi=enabled -Ddirectwrite=enabled
}

# mingw's _FORTIFY_SOURCE would need libssp. Debian's patches touch configure.ac: newer
# times on what is made from it keep make from running an automake that is not there.
part_cairo() {
    cd "$sources/cairo"
    sed -i 's/-Wp,-D_FORTIFY_SOURCE=2//' configure
    touch -d '3 seconds ago' aclocal.m4 build/aclocal.*.m4
    find . \( -name Makefile.in -o -name config.h.in \) -exec touch -d '2 seconds ago' {} +
    touch -d '1 second ago' configure
    find . -name configure.ac -o -name Makefile.am | xargs touch -d '1 hour ago'
    autotools cairo --disable-dependency-tracking --disable-gtk-doc --enable-win32=yes \
        --enable-win32-font=yes --enable-png=yes --enable-gobject=yes --enable-ft=no \
        --enable-fc=no --enable-xlib=no --enable-xcb=no --enable-quartz=no \
        --enable-interpreter=no --enable-trace=no --enable-symbol-lookup=no \
        --enable-pthread=no --enable-ps=yes --enable-pdf=yes --enable-svg=yes
    make -C src -j"$jobs" install
    make -C util/cairo-gobject -j"$jobs" install
}

part_pango() {
    meson_build pango1.0 -Dintrospection=disabled -Dgtk_doc=false -Dfontconfig=disabled \
        -Dfreetype=disabled -Dcairo=enabled -Dlibthai=disabled -Dxft=disabled \
        -Dsysprof=disabled -Dinstall-tests=false
}

part_gdk_pixbuf() {
    meson_build gdk-pixbuf -Dbuiltin_loaders=all -Dpng=enabled -Djpeg=disabled -Dtiff=disabled \
        -Dgtk_doc=false -Dman=false -Dtests=false -Dinstalled_tests=false \
        -Dintrospection=disabled -Dgio_sniffing=false -Drelocatable=true \
        -Dnative_windows_loaders=false
}

# Its D-Bus part, which needs libxml2, is of no use here; and meson looks for a function
# of libintl without linking libintl.
part_atk() {
    sed -i \
        -e "s/^libxml_dep = dependency('libxml-2.0', version: libxml_req_version)\$/libxml_dep = dependency('libxml-2.0', version: libxml_req_version, required: not get_option('atk_only'))/" \
        -e "s/^atk_inc = /at_spi_conf.set('HAVE_BIND_TEXTDOMAIN_CODESET', 1)\n&/" \
        "$sources/at-spi2-core/meson.build"
    meson_build at-spi2-core -Datk_only=true -Dintrospection=disabled -Ddocs=false -Dx11=disabled
}

part_epoxy() {
    meson_build libepoxy -Dglx=no -Degl=no -Dx11=false -Dtests=false -Ddocs=false
}

part_gtk() {
    meson_build gtk+3.0 -Dwin32_backend=true -Dx11_backend=false -Dwayland_backend=false \
        -Dbroadway_backend=false -Dintrospection=false -Ddemos=false -Dexamples=false \
        -Dtests=false -Dinstalled_tests=false -Dgtk_doc=false -Dman=false \
        -Dbuiltin_immodules=yes -Dcolord=no -Dprint_backends=auto -Dprofiler=false \
        -Dtracker3=false
}

# Makes the prefix one that can be unpacked anywhere.
part_finish() {
    local file
    find "$prefix" -name '*.la' -delete
    for file in "$prefix"/{lib,share}/pkgconfig/*.pc; do
        [ ! -f "$file" ] || sed -i -e "s|^prefix=.*|prefix=\${pcfiledir}/../..|" -e "s|$prefix|\${prefix}|g" "$file"
    done
    sort -u "$work/SOURCES.txt" >"$prefix/share/licenses/SOURCES.txt"
}

# --- which parts ---------------------------------------------------------------------

# Each part runs in a shell of its own, so that the first thing that fails ends it.
if [ "${1:-}" = --part ]; then
    "part_$2"
    exit
fi

key=$(cat "$here/build-deps.sh" "$here/mingw-x86_64.txt" | sha256sum | cut -c 1-16)
archive=$cache/dependencies-$key.tar.zst
if [ $# = 0 ] && [ -f "$archive" ]; then
    echo "$archive"
    exit
fi

mkdir -p "$prefix" "$sources" "$builds" "$logs"
sed -e "s|@PREFIX@|$prefix|g" -e "/@WINE@/d" "$here/mingw-x86_64.txt" >"$work/cross.txt"
for part in ${*:-$parts}; do
    start=$SECONDS
    if ! bash "$here/build-deps.sh" --part "$part" >"$logs/$part.log" 2>&1 </dev/null; then
        tail -n 40 "$logs/$part.log" >&2
        echo "build-deps.sh: $part failed; see $logs/$part.log" >&2
        exit 1
    fi
    echo "$part: $((SECONDS - start)) s" >&2
done
if [ $# = 0 ]; then
    tar -C "$prefix" -I 'zstd -q -10 -T0' -cf "$archive.part" .
    mv "$archive.part" "$archive"
    [ -n "${KB_WINDOWS_WORK:-}" ] || rm -rf "$work"
    echo "$archive"
fi
