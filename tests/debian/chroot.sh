# SPDX-License-Identifier: MIT
# Sourced by test.sh: clean Debian 12 systems in folders. Needs root and mmdebstrap.

# The apt configuration of this machine, as far as it says where packages come from.
machine_sources() {
    for file in /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list; do
        if [ -s "$file" ] && grep -q bookworm "$file"; then
            echo "$file"
            return 0
        fi
    done
}

machine_settings() {
    apt-config dump | grep -E '^Acquire::(https?::Proxy|Check-|Retries)' || :
}

# Makes the tarball of a minimal system, once: make_base TARBALL
make_base() {
    [ ! -e "$1" ] || return 0
    mkdir -p "$(dirname "$1")"
    machine_settings >"$1.conf"
    # shellcheck disable=SC2046 # no word where there is no file
    mmdebstrap --quiet --format=tar --variant=minbase --aptopt="$1.conf" bookworm "$1.part" $(machine_sources)
    mv "$1.part" "$1"
    rm "$1.conf"
}

# Unpacks it: new_root TARBALL FOLDER
new_root() {
    mkdir "$2"
    tar -xf "$1" -C "$2" --numeric-owner
    cp /etc/resolv.conf /etc/hosts "$2/etc/"
}

# Runs a command in it as root, in mounts and processes that end with it: in_root FOLDER COMMAND…
# With no_net=yes there is no network but loopback.
in_root() {
    root=$1
    shift
    # shellcheck disable=SC2016 # for the inner shell
    unshare --mount --pid --ipc --uts --fork --kill-child ${no_net:+--net} sh -euc '
        root=$1
        shift
        [ -z "${no_net:-}" ] || ip link set lo up
        mount -t proc proc "$root/proc"
        mount --rbind /dev "$root/dev"
        mount -t tmpfs tmpfs "$root/run"
        mount -t tmpfs tmpfs "$root/tmp"
        exec chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
            TERM=dumb DEBIAN_FRONTEND=noninteractive "$@"
    ' sh "$root" "$@"
}

# The same as an ordinary user: in_root_as FOLDER USER COMMAND…
in_root_as() {
    folder=$1
    user=$2
    shift 2
    in_root "$folder" runuser -u "$user" -- env HOME="/home/$user" "$@"
}
