#!/bin/bash
# SPDX-License-Identifier: MIT
# Makes a runtime and an SDK for Flatpak out of Debian packages, and puts them into an OSTree
# repository. They stand in for org.freedesktop.Platform and .Sdk where no remote can be reached: the
# sandbox, its mounts and its portals are Flatpak's own, only the libraries are Debian's.
#
#   flatpak/standin-runtime.sh FOLDER     makes FOLDER/repo, once; needs root and 3 GB; some minutes
set -euo pipefail
export LC_ALL=C DEBIAN_FRONTEND=noninteractive

top=$(mkdir -p "$1" && cd "$1" && pwd)
branch=25.08
suite=bookworm
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | head -n 1)
arch=x86_64

platform_packages="libgtk-3-0 libgtk-3-bin libgtk-3-common libsqlite3-0 libjson-glib-1.0-0 libxxhash0
libglib2.0-bin adwaita-icon-theme hicolor-icon-theme gsettings-desktop-schemas shared-mime-info
fontconfig fonts-dejavu-core librsvg2-common dconf-gsettings-backend dbus-bin locales tzdata
xkb-data libx11-data at-spi2-core procps ca-certificates"
sdk_packages="build-essential meson ninja-build gettext pkg-config python3 libglib2.0-dev libgtk-3-dev
libsqlite3-dev libjson-glib-dev libxxhash-dev sqlite3 desktop-file-utils appstream appstream-util
appstream-compose libxml2-utils elfutils gtk-update-icon-cache git file"

say() { printf '[%(%T)T] %s\n' -1 "$*"; }

# More packages for the tree $1. It is no system that boots: nothing is started.
add_packages() {
    local tree=$top/root-$1
    shift
    printf '#!/bin/sh\nexit 101\n' >"$tree/usr/sbin/policy-rc.d"
    chmod 755 "$tree/usr/sbin/policy-rc.d"
    echo force-unsafe-io >"$tree/etc/dpkg/dpkg.cfg.d/unsafe-io"
    cp /etc/resolv.conf "$tree/etc/"
    mount -t proc proc "$tree/proc"
    chroot "$tree" apt-get -qq update
    chroot "$tree" apt-get -qq install -y --no-install-recommends "$@" >>"$top/apt.log" 2>&1 ||
        { umount "$tree/proc"; tail -n 30 "$top/apt.log"; return 1; }
    chroot "$tree" apt-get clean
    umount "$tree/proc"
    rm -f "$tree/usr/sbin/policy-rc.d"
}

# The layout of a runtime: files/ becomes /usr in the sandbox, files/etc becomes /etc.
lay_out() {
    local tree=$top/root-$1 files=$top/runtime-$1/files
    rm -rf "$top/runtime-$1"
    mkdir -p "$top/runtime-$1"
    cp -a "$tree/usr" "$files"
    cp -a "$tree/etc" "$files/etc"
    # These are Flatpak's to make.
    rm -rf "$files"/etc/{passwd*,group*,shadow*,gshadow*,machine-id,resolv.conf,hosts,hostname,localtime,timezone,fstab,mtab}
    rm -rf "$files"/etc/{init.d,rc?.d,cron.*,systemd,apt,dpkg,pam.d,security,logrotate.d,kernel,skel,.pwd.lock}
    # An empty one makes Flatpak write its own, with /app/lib in it.
    : >"$files/etc/ld.so.conf"
    rm -rf "$files/etc/ld.so.conf.d" "$files/etc/ld.so.cache"
    rm -rf "$files"/share/{doc,man,info,lintian,bug,gtk-doc} "$files"/lib/{systemd,udev,init}
    mkdir -p "$files/cache"
    find "$files" -xdev -type f \( -perm -4000 -o -perm -2000 \) -exec chmod a-s {} +
    find "$files" -xdev \( -type p -o -type s -o -type b -o -type c \) -delete
    chmod -R u+rwX,go+rX "$files"
    cat >"$files/etc/fonts/conf.d/50-flatpak.conf" <<'XML'
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/app/share/fonts</dir>
  <dir>/run/host/fonts</dir>
  <cachedir>/usr/cache/fontconfig</cachedir>
</fontconfig>
XML
    cat >"$top/runtime-$1/metadata" <<INI
[Runtime]
name=$2
runtime=org.freedesktop.Platform/$arch/$branch
sdk=org.freedesktop.Sdk/$arch/$branch

[Environment]
GI_TYPELIB_PATH=/app/lib/girepository-1.0
XDG_DATA_DIRS=/app/share:/usr/share:/usr/share/runtime/share:/run/host/user-share:/run/host/share
INI
}

# xa.metadata repeats the file byte for byte, with its last newline, which $(…) would drop.
publish() {
    local ref=runtime/$2/$arch/$branch metadata
    metadata=$(cat "$top/runtime-$1/metadata" && printf x)
    ostree --repo="$top/repo" commit --branch="$ref" --tree=dir="$top/runtime-$1" \
        --owner-uid=0 --owner-gid=0 --no-xattrs --canonical-permissions --subject="$2 of Debian $suite" \
        --add-metadata-string=xa.metadata="${metadata%x}" --add-metadata-string=xa.ref="$ref" >/dev/null
}

[ ! -e "$top/done" ] || exit 0
say "a Debian of the least packages"
rm -rf "$top"/root-* "$top"/runtime-* "$top/repo"
debootstrap --variant=minbase --merged-usr "$suite" "$top/root-platform" "$mirror" >"$top/debootstrap.log"
say "the runtime: GTK 3, SQLite, json-glib, xxHash"
# shellcheck disable=SC2086 # lists of words
add_packages platform $platform_packages
for language in en_US es_ES fr_FR ar_EG; do
    chroot "$top/root-platform" localedef -i "$language" -f UTF-8 "$language.UTF-8"
done
say "the SDK: the same, with compilers"
cp -a "$top/root-platform" "$top/root-sdk"
# shellcheck disable=SC2086
add_packages sdk $sdk_packages
say "layout"
lay_out platform org.freedesktop.Platform
lay_out sdk org.freedesktop.Sdk
rm -rf "$top"/root-*
say "commit"
ostree --repo="$top/repo" init --mode=archive-z2
ostree --repo="$top/repo" config set archive.zlib-level 1
publish platform org.freedesktop.Platform
publish sdk org.freedesktop.Sdk
flatpak build-update-repo --no-update-appstream "$top/repo" >/dev/null
rm -rf "$top"/runtime-*
touch "$top/done"
say "done: $(du -sh "$top/repo" | cut -f1) in $top/repo"
