# SPDX-License-Identifier: MIT
# Sourced by start and check: installs what is missing on Debian 12.

say() {
    printf '\n== %s\n' "$*"
}

# Prints those of the named packages that are not installed.
missing_packages() {
    for package in "$@"; do
        dpkg-query -W -f='${Status}\n' "$package" 2>/dev/null | grep -q '^install ok installed$' ||
            printf '%s ' "$package"
    done
}

# Installs packages, as root or through sudo, and says which.
install_packages() {
    missing=$(missing_packages "$@")
    [ -n "$missing" ] || return 0
    if ! command -v apt-get >/dev/null; then
        echo "This needs Debian 12 or a relative of it. Missing here: $missing" >&2
        return 1
    fi
    if [ "$(id -u)" = 0 ]; then
        as_root=
        say "Installing, as root: $missing"
    elif command -v sudo >/dev/null; then
        as_root=sudo
        say "Installing, through sudo, which may ask for your password: $missing"
    else
        echo "Please install as root, then start again: apt-get install $missing" >&2
        return 1
    fi
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
    # shellcheck disable=SC2086 # a list of words
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
}

build_packages="build-essential meson ninja-build pkg-config gettext python3
libglib2.0-dev libgtk-3-dev libsqlite3-dev libjson-glib-dev libxxhash-dev
desktop-file-utils shared-mime-info gtk-update-icon-cache adwaita-icon-theme
librsvg2-common"

# A window without a screen, driven and photographed.
headless_packages="xvfb xauth dbus dbus-x11 at-spi2-core python3-gi gir1.2-atspi-2.0
imagemagick fonts-dejavu-core openbox xdotool"

test_packages="clang-format gcc-mingw-w64-x86-64-win32 sqlite3 procps psmisc util-linux
python3-venv python3-polib ca-certificates appstream libxml2-utils libglib2.0-bin mandoc
bash-completion flatpak-builder time e2fsprogs dosfstools fusefat fuse3 sshfs
openssh-sftp-server"
