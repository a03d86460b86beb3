#!/usr/bin/env python3
"""The habits of the house, checked: who may include whom, and what may not be written.

The rooms and their directions are read from the tandem_room() lines of CMakeLists.txt, so that the
build and this check cannot disagree. Prints one line per breach; exit 1 when there is any.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
LONGEST_FILE = 700
LONGEST_LINE = 100
BANNED = re.compile(r"\b(strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|atol|atof|setlocale)\s*\(")
MARKS = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
# The library neither prints nor exits nor looks at the environment.
NOT_IN_LIBRARY = re.compile(r"\b(printf|puts|putchar|exit|abort|getenv|perror)\s*\(")


def rooms():
    """Room name -> the rooms it may include, from CMakeLists.txt."""
    allowed = {}
    text = (ROOT / "CMakeLists.txt").read_text()
    for name, rest in re.findall(r"^tandem_room\((\w+)([^)]*)\)", text, re.M):
        allowed[name] = {name} | {word for word in rest.split() if word in allowed}
    allowed["cli"] = {"cli", "report", "base"}
    return allowed


def breaches():
    allowed = rooms()
    for path in sorted([*ROOT.glob("src/**/*.[ch]"), *ROOT.glob("include/**/*.h")]):
        name = path.relative_to(ROOT).as_posix()
        room = path.parent.name if name.startswith("src/") else None
        lines = path.read_text().split("\n")
        if len(lines) > LONGEST_FILE:
            yield f"{name}: {len(lines)} lines, more than {LONGEST_FILE}"
        for number, line in enumerate(lines, 1):
            where = f"{name}:{number}:"
            if len(line) > LONGEST_LINE:
                yield f"{where} {len(line)} columns, more than {LONGEST_LINE}"
            if "\t" in line or line != line.rstrip():
                yield f"{where} a tab, or space at the end of the line"
            code = re.sub(r'"(\\.|[^"\\])*"', '""', line).split("//")[0]
            if BANNED.search(code):
                yield f"{where} a banned function"
            if MARKS.search(line):
                yield f"{where} an unfinished mark"
            if room not in (None, "cli") and NOT_IN_LIBRARY.search(code):
                yield f"{where} the library does not print, exit or read the environment"
            include = re.match(r'#include "(\w+)/', line)
            if include and room is None:
                yield f"{where} a public header includes an internal one"
            elif include and include[1] not in allowed.get(room, ()):
                yield f"{where} room {room} may not include {include[1]}"


def main():
    found = list(breaches())
    for line in found:
        print(line)
    print(f"style: {len(found)} breaches")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
