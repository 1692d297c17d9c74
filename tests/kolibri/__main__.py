# SPDX-License-Identifier: MIT
"""Real Kolibris by hand; run it in the folder tests/.

Usage:
    python3 -m kolibri warm [VERSION…]             fill the cache, of all versions by default
    python3 -m kolibri home VERSION DIR [--demo]   a filled home that a server has run on
    python3 -m kolibri serve VERSION DIR           a server on it, until Ctrl+C or SIGTERM
"""

import argparse
import os
import shutil
import signal
import sys
import tempfile

from . import lab


def warm(versions):
    """Installs and prepares; returns the exit code."""
    code = 0
    for series in [lab.series_of(v) for v in versions] or lab.RELEASES:
        try:
            print(series, lab.prepared_home(lab.install(series)), flush=True)
        except lab.Unavailable as error:
            print(series, error, flush=True)
            code = 1
    return code


def home(version, place, demo):
    """Makes a home that is not from the cache."""
    kolibri = lab.install(lab.series_of(version))
    work = tempfile.mkdtemp(prefix="kolibri-home-")
    try:
        part = os.path.join(work, "part")
        lab.prepare_home(kolibri, part, demo)
        shutil.move(os.path.join(part, "home"), place)
    finally:
        shutil.rmtree(work)
    return 0


def serve(version, place):
    """Runs a server in the foreground of the terminal."""
    work = tempfile.mkdtemp(prefix="kolibri-serve-")
    server = lab.install(lab.series_of(version)).server(work, os.path.abspath(place))
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        server.start()
        print(server.client().base, flush=True)
        server.process.wait()
    except KeyboardInterrupt:
        server.stop()
    finally:
        server.kill()
        shutil.rmtree(work)
    return 0


def main():
    """Reads the command line."""
    parser = argparse.ArgumentParser(prog="kolibri", description="Real Kolibris by hand.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("warm").add_argument("versions", nargs="*")
    for verb in ("home", "serve"):
        words = verbs.add_parser(verb)
        words.add_argument("version")
        words.add_argument("place")
    verbs.choices["home"].add_argument("--demo", action="store_true")
    args = parser.parse_args()
    if args.verb == "warm":
        return warm(args.versions)
    if args.verb == "home":
        return home(args.version, args.place, args.demo)
    return serve(args.version, args.place)


if __name__ == "__main__":
    sys.exit(main())
