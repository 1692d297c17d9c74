#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Draws icons as PNG, for GTK on Windows, which has no reader of SVG.

Usage: make-icons.py ico OUT.ico ICON.svg               the icon inside a program
       make-icons.py symbolic OUT.gresource.xml ICON…   symbolic ones and the list that names them
       make-icons.py theme FOLDER ICON.svg              sizes of an icon, in folders of a theme
"""

import os
import subprocess
import sys
import tempfile

PROGRAM_SIZES = (16, 20, 24, 32, 40, 48, 64, 128, 256)
# The sizes that the window uses, and twice those for screens of 200 %.
SYMBOLIC_SIZES = (16, 24, 32, 48, 64, 96)
# Those that hicolor's index.theme lists; GTK scales to the others.
THEME_SIZES = (16, 24, 32, 48, 64, 128, 256)
PREFIX = "/io/github/kolibri_backup/KolibriBackup/icons"


def draw(svg, size, png):
    subprocess.run(["rsvg-convert", "-w", str(size), "-h", str(size), "-o", png, svg], check=True)


def make_ico(out, svg):
    with tempfile.TemporaryDirectory() as folder:
        pngs = []
        for size in PROGRAM_SIZES:
            pngs.append(os.path.join(folder, f"{size}.png"))
            draw(svg, size, pngs[-1])
        # Windows reads the largest as PNG, and the others as bitmaps in any version.
        subprocess.run(["icotool", "-c", "-o", out, *pngs[:-1], f"--raw={pngs[-1]}"], check=True)


def make_symbolic(out, svgs):
    folder = os.path.dirname(os.path.abspath(out))
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<gresources>", f'  <gresource prefix="{PREFIX}">']
    for svg in svgs:
        name = os.path.splitext(os.path.basename(svg))[0] + ".symbolic.png"
        for size in SYMBOLIC_SIZES:
            with tempfile.TemporaryDirectory() as made:
                subprocess.run(["gtk-encode-symbolic-svg", svg, f"{size}x{size}", "-o", made], check=True)
                os.replace(os.path.join(made, name), os.path.join(folder, f"{size}-{name}"))
            lines.append(f'    <file alias="{size}x{size}/actions/{name}">{size}-{name}</file>')
    lines += ["  </gresource>", "</gresources>", ""]
    with open(out, "w", encoding="utf-8") as f:
        f.write("\n".join(lines))


def make_theme(folder, svg):
    name = os.path.splitext(os.path.basename(svg))[0] + ".png"
    for size in THEME_SIZES:
        apps = os.path.join(folder, f"{size}x{size}", "apps")
        os.makedirs(apps, exist_ok=True)
        draw(svg, size, os.path.join(apps, name))


def main():
    kind, out, *svgs = sys.argv[1:]
    svgs = [svg for svg in svgs if svg.endswith(".svg")]
    if kind == "symbolic":
        make_symbolic(out, svgs)
    else:
        {"ico": make_ico, "theme": make_theme}[kind](out, svgs[0])


if __name__ == "__main__":
    main()
