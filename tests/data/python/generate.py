#!/usr/bin/env python3.11
"""Writes what CPython 3.11 says into the cases of this folder.

A case is Python code followed by one line: "#> " and the repr() of the value, or "#! " and the
exception. The code is one expression, or statements that assign `out`. Run without arguments it
rewrites every *.txt in place; with --check it fails when anything would change.
"""

import pathlib
import sys


def answer(code):
    space = {"__name__": "case"}
    try:
        try:
            value = eval(compile(code.strip(), "case", "eval"), space)
        except SyntaxError:
            exec(compile(code, "case", "exec"), space)
            value = space["out"]
        return "#> " + repr(value)
    except Exception as error:
        return f"#! {type(error).__name__}: {error}".rstrip()


def regenerate(text):
    out, code = [], []
    for line in text.splitlines():
        if line.startswith(("#> ", "#! ", "#?")):
            out.append(answer("\n".join(code)))
            code = []
            continue
        out.append(line)
        if line or code:
            code.append(line)
    return "\n".join(out) + "\n"


def main():
    changed = []
    for path in sorted(pathlib.Path(__file__).parent.glob("*.txt")):
        old = path.read_text(encoding="utf-8")
        new = regenerate(old)
        if new != old:
            changed.append(path.name)
            if "--check" not in sys.argv:
                path.write_text(new, encoding="utf-8")
    if changed:
        print("changed:", *changed)
    return 1 if changed and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
