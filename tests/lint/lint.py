#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the house style asks for and a program can hold. Each case names what to do instead.

A line may be excused by a comment "lint: NAME: why" on it.
"""

import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [os.path.join(TOP, "tests")]
import tap  # noqa: E402

SOURCES = ("core", "text", "cli", "gui", "helper")

# where, what, what to do instead
BANS = [
    ("core", r"\b(g_print|g_printerr|printf|fprintf|puts)\s*\(", "core prints nothing: return a GError or a result"),
    ("core", r"\bg_(warning|message|debug|info|critical)\s*\(", "core logs nothing: return a GError"),
    ("core", r"\bexit\s*\(|\babort\s*\(", "core ends no program: return a GError"),
    ("core", r"\bg_task_|_async\s*\(|g_main_(loop|context)|g_idle_add|g_timeout_add", "core blocks: no main loop"),
    ("core", r"\bGSettings\b|\bGApplication\b|\bGtk|\bGdk", "core knows no desktop"),
    ("core", r"\bg_file_(new|read|load|replace|copy|query|enumerate)", "use kb-file and kb-platform on the data path"),
    ("core", r"\b(_|N_|C_|NC_)\s*\(\"|\b(n|d|dn|dc)?gettext\s*\(", "words belong into text/"),
    ("core", r"\bg_thread_|\bpthread_", "core starts no threads but in kb-dump-rows and kb-dump-second"),
    ("text", r"sqlite3_|\bGtk|\bopen\s*\(|\bg_file_", "text/ only makes sentences"),
    ("gui", r"sqlite3_|\bkb_sqlite_", "no SQL in the window: a task in kb-tasks.c"),
    ("gui", r"\b(fopen|open|read|write|unlink|rename|g_unlink|g_rename|g_mkdir|g_stat)\s*\(", "no file I/O in the window"),
    ("gui", r"\bg_file_(get_contents|set_contents|test|load|query)", "no file I/O in the window"),
    ("gui", r"gtk_file_chooser_(native|dialog)_new", "kb-chooser, which knows what a sandbox lacks"),
    ("gui", r"\bg_thread_|\bpthread_", "threads only through kb-job"),
    ("*", r"glib/gi18n(-lib)?\.h", "kb-gettext.h, which can speak English as well"),
    ("*", r"\bgoto\b", "a helper function, or a block with g_autoptr"),
    ("*", r"\b(TODO|FIXME|XXX|HACK)\b", "do it, or file an issue"),
    ("*", r"\b(strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|atol|atof|scanf)\s*\(", "the bounded or GLib function"),
    ("*", r"\b(malloc|calloc|realloc|strdup|strndup)\s*\(", "g_malloc() and friends"),
    ("*", r"#ifdef\s+_WIN32|#if\s+defined\s*\(?\s*(_WIN32|G_OS_)|#ifdef\s+G_OS_", "kb-platform.h is where systems differ"),
    ("*", r"//", "comments are /* … */"),
    ("*", r"\t", "four spaces"),
]


def read(path):
    with open(os.path.join(TOP, path), encoding="utf-8") as f:
        return f.read()


def files(pattern):
    return sorted(os.path.relpath(p, TOP) for p in glob.glob(os.path.join(TOP, pattern)))


def code_files(folders=SOURCES):
    return [path for folder in folders for path in files(folder + "/*.[ch]")]


def all_c():
    return code_files() + files("tests/*/*.[ch]")


def system_neutral(path):
    """The name that a file of core has in docs/architecture.md."""
    return re.sub(r"((-process|-disk)?-(posix|win32))?\.[ch]$", "", os.path.basename(path))


def without_strings_and_comments(text):
    """The code alone, line for line."""

    def blank(match):
        return re.sub(r"[^\n]", " ", match.group(0)) if match.group(0).startswith("/") else '""'

    return re.sub(r'/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text, flags=re.S)


class Lint(unittest.TestCase):
    def complain(self, problems):
        self.assertEqual(problems, [], "\n" + "\n".join(problems))

    def test_format(self):
        clang_format = shutil.which("clang-format-14") or shutil.which("clang-format")
        if clang_format is None:
            self.skipTest("clang-format is not installed")
        done = subprocess.run(
            [clang_format, "--dry-run", "--Werror", "--ferror-limit=3", *all_c()],
            cwd=TOP,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            check=False,
        )
        self.assertEqual(done.returncode, 0, done.stderr[:4000] + "\nrun: clang-format -i FILE")

    def test_layering(self):
        """A file of core includes only what stands above it in docs/architecture.md."""
        order = re.findall(r"^\| `(kb-[a-z-]+)` \|", read("docs/architecture.md"), flags=re.M)
        known = {name: i for i, name in enumerate(order)}
        problems = []
        for path in files("core/*.[ch]"):
            own = system_neutral(path)
            if own not in known:
                problems.append("%s: not in the table of docs/architecture.md" % path)
                continue
            for name in re.findall(r'#include "(kb-[a-z-]+)\.h"', read(path)):
                if name != own and not name.endswith("-table") and known.get(name, 999) >= known[own]:
                    problems.append("%s: includes %s, which does not stand above it" % (path, name))
        there = {system_neutral(p) for p in files("core/*.c")}
        problems += ["docs/architecture.md: %s is gone" % name for name in order if name not in there]
        self.complain(problems)

    def test_folders(self):
        """text/ knows neither cli/ nor gui/, and so on."""
        headers = {folder: {os.path.basename(p) for p in files(folder + "/*.h")} for folder in SOURCES}
        allowed = {"core": ["core"], "text": ["core", "text"]}
        allowed.update({"cli": ["core", "text", "cli"], "gui": ["core", "text", "gui"]})
        allowed["helper"] = ["core", "helper"]
        engine_room = {"kb-sqlite.h", "kb-file.h", "kb-scratch.h", "kb-live.h", "kb-replace.h"}
        engine_room |= {name for name in headers["core"] if name.startswith("kb-dump-")}
        problems = []
        for folder in SOURCES:
            reach = set().union(*(headers[f] for f in allowed[folder]))
            for path in files(folder + "/*.[ch]"):
                for name in re.findall(r'#include "([^"]+)"', read(path)):
                    if not name.startswith("kb-") or name.endswith("-table.h"):
                        continue
                    if name not in reach or (folder not in ("core", "helper") and name in engine_room):
                        problems.append("%s: may not include %s" % (path, name))
        self.complain(problems)

    def test_bans(self):
        problems = []
        for path in code_files():
            lines = read(path).split("\n")
            code = without_strings_and_comments(read(path)).split("\n")
            for where, pattern, instead in BANS:
                if where not in ("*", path.split("/")[0]) or ("systems differ" in instead and "kb-platform" in path):
                    continue
                if "kb-dump-rows" in instead and re.search("kb-dump-(rows|second)", path):
                    continue
                if "kb-chooser" in instead and "kb-chooser" in path:
                    continue
                for number, line in enumerate(code, 1):
                    if re.search(pattern, line) and "lint: " not in lines[number - 1]:
                        problems.append("%s:%d: %s: %s" % (path, number, lines[number - 1].strip(), instead))
        self.complain(problems)

    def test_doc_comments(self):
        """What a header declares has a comment in a .c: arguments, errors, result."""
        problems = []
        for header in [p for p in code_files() if p.endswith(".h")]:
            stem = re.sub(r"(-private)?\.h$", "", header)
            bodies = [path for path in files(stem + "*.c") if stem.endswith("-win32") or not path.endswith("-win32.c")]
            text = "".join(read(body) for body in bodies)
            plain = without_strings_and_comments(read(header))
            for name in re.findall(r"\b(kb_[a-z0-9_]+) \(", re.sub(r"static inline.*?\n}", "", plain, flags=re.S)):
                comment = re.search(r"/\*\*\n \* %s:\n(.*?)\*/" % name, text, flags=re.S)
                definition = re.search(r"^(.*)\n%s \(([^{;]*?)\)\n\{" % name, text, flags=re.M)
                if definition is None:  # made by a macro
                    if not name.endswith(("_get_type", "_quark")):
                        problems.append("%s: %s is not defined" % (header, name))
                elif comment is None:
                    problems.append("%s: %s has no doc comment" % (bodies[0], name))
                else:
                    problems += self.check_comment(bodies[0], name, comment.group(1), *definition.groups())
        self.complain(problems)

    def check_comment(self, body, name, comment, result, arguments):
        problems = []
        for argument in arguments.replace("\n", " ").split(","):
            word = argument.strip().split()[-1].lstrip("*")
            if word not in ("void", "...") and "@%s:" % word not in comment:
                problems.append("%s: %s does not explain @%s" % (body, name, word))
        if result.strip() != "void" and "Returns:" not in comment:
            problems.append("%s: %s does not say what it returns" % (body, name))
        makes_errors = name.startswith("kb_error_set") or name == "kb_sqlite_set_error"
        if "GError **error" in arguments and body.startswith("core/") and not makes_errors:
            if "Errors:" not in comment:
                problems.append("%s: %s does not list its errors" % (body, name))
        return problems

    def test_sizes(self):
        """Files end at 800 lines; functions at 60, lines at 100."""
        problems = []
        for path in all_c():
            lines = read(path).split("\n")
            if len(lines) > 800:
                problems.append("%s: %d lines: split it" % (path, len(lines)))
            start = None
            for number, line in enumerate(lines, 1):
                if len(line) > 100:
                    problems.append("%s:%d: longer than 100 characters" % (path, number))
                if line == "{":
                    start = number
                if line == "}" and start is not None:
                    if number - start > 60:
                        problems.append("%s:%d: a function of %d lines: split it" % (path, start, number - start))
                    start = None
        self.complain(problems)

    def test_licence(self):
        kinds = [(all_c(), "/* SPDX-License-Identifier: MIT */")]
        kinds.append((files("tests/*.py") + files("tests/*/*.py"), "# SPDX-License-Identifier: MIT"))
        problems = []
        for paths, line in kinds:
            problems += ["%s: lacks %s" % (p, line) for p in paths if line not in "\n".join(read(p).split("\n")[:3])]
        self.complain(problems)

    def test_potfiles(self):
        """po/POTFILES has every file with words, and no other."""
        listed = {line for line in read("po/POTFILES").split("\n") if line and not line.startswith("#")}
        there = set()
        for path in code_files() + files("windows/*.h"):
            if os.path.basename(path) in ("kb-gettext.h", "kb-gettext.c"):
                continue
            if re.search(r"\b(_|N_|C_) \(|ngettext \(", without_strings_and_comments(read(path))):
                there.add(path)
        for path in files("gui/*.ui") + files("gui/gtk/*.ui"):
            if 'translatable="yes"' in read(path):
                there.add(path)
        there |= set(files("data/*.desktop.in") + files("data/*.metainfo.xml.in") + files("data/*.policy.in"))
        there |= {p for p in files("data/*.xml") if "mime-info" in read(p)}
        self.assertEqual(listed, there)

    def test_translations(self):
        """Each language has every sentence of today, with the same format specifiers."""
        with tempfile.TemporaryDirectory() as folder:
            template = os.path.join(folder, "all.pot")
            keywords = ["_", "N_", "C_:1c,2", "NC_:1c,2", "ngettext:1,2", "g_dngettext:2,3"]
            self.run_gettext(
                "xgettext", "--from-code=UTF-8", "--files-from=po/POTFILES", "--output=" + template,
                *["--keyword=" + word for word in keywords],
            )
            for language in read("po/LINGUAS").split():
                catalogue = "po/%s.po" % language
                self.run_gettext("msgfmt", "--check", "--output-file=" + os.devnull, catalogue)
                self.run_gettext("msgcmp", catalogue, template)

    def run_gettext(self, *command):
        done = subprocess.run(
            command, cwd=TOP, env=dict(os.environ, GETTEXTDATADIRS=os.path.join(TOP, "data")),
            stderr=subprocess.PIPE, encoding="utf-8", check=False,
        )
        self.assertEqual(done.returncode, 0, done.stderr[-3000:])

    def test_ui_files(self):
        """Words of the window are translatable, and every control has a name."""
        problems = []
        for path in files("gui/*.ui") + files("gui/gtk/*.ui"):
            for number, line in enumerate(read(path).split("\n"), 1):
                if re.search(r'name="(label|title|tooltip-text|placeholder-text|AtkObject::accessible-name)"', line):
                    if 'translatable="yes"' not in line and not re.search(r">\s*<", line):
                        problems.append("%s:%d: not translatable: %s" % (path, number, line.strip()))
        self.complain(problems)

    def test_windows(self):
        """All of core compiles for Windows, against GLib's headers turned to it."""
        compiler = shutil.which("x86_64-w64-mingw32-gcc")
        if compiler is None:
            self.skipTest("mingw-w64 is not installed")
        with tempfile.TemporaryDirectory() as folder:
            self.turn_headers(folder)
            flags = subprocess.run(
                ["pkg-config", "--cflags-only-I", "gio-2.0", "json-glib-1.0"], stdout=subprocess.PIPE, check=True
            ).stdout.decode().split()
            flags = [flag for flag in flags if flag.startswith("-I/usr/include/")]  # not glibconfig.h
            for header in ("sqlite3.h", "xxhash.h"):
                shutil.copy(os.path.join("/usr/include", header), folder)
            sources = [p for p in files("core/*.c") if not p.endswith(("-posix.c", "kb-migrations.c"))]
            done = subprocess.run(
                [compiler, "-std=gnu17", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-I" + folder, "-Icore"]
                + ["-Wno-format", "-D_FILE_OFFSET_BITS=64", *flags, *sources],
                cwd=TOP,
                stderr=subprocess.PIPE,
                encoding="utf-8",
                check=False,
            )
            self.assertEqual(done.returncode, 0, done.stderr[:4000])

    def turn_headers(self, folder):
        """glibconfig.h as it is on 64-bit Windows, where long has 32 bits."""
        native = subprocess.run(
            ["pkg-config", "--variable=libdir", "glib-2.0"], stdout=subprocess.PIPE, check=True
        ).stdout.decode().strip()
        with open(os.path.join(native, "glib-2.0", "include", "glibconfig.h"), encoding="utf-8") as f:
            text = f.read()
        text = text.replace("#define G_OS_UNIX", "#define G_OS_WIN32\n#define G_PLATFORM_WIN32")
        text = re.sub(r"typedef signed long (gint64|gssize|gintptr);", r"typedef signed long long \1;", text)
        text = re.sub(r"typedef unsigned long (guint64|gsize|guintptr);", r"typedef unsigned long long \1;", text)
        with open(os.path.join(folder, "glibconfig.h"), "w", encoding="utf-8") as f:
            f.write(text)


if __name__ == "__main__":
    tap.main()
