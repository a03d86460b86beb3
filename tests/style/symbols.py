#!/usr/bin/env python3
"""The shared library exports what the public headers declare, and nothing else.

    usage: tests/style/symbols.py LIBTANDEM.SO
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def declared():
    text = "".join(path.read_text() for path in ROOT.glob("include/tandem/*.h"))
    return set(re.findall(r"TDM_API[^;]*?\b(tdm_\w+)\(", text))


def exported(library):
    listing = subprocess.run(["nm", "-D", "--defined-only", library], capture_output=True,
                             text=True, check=True).stdout
    names = {line.split()[-1].split("@")[0] for line in listing.splitlines()}
    return names - {"TANDEM_0"}


def main():
    want, have = declared(), exported(sys.argv[1])
    for name in sorted(have - want):
        print(f"exported, but in no public header: {name}")
    for name in sorted(want - have):
        print(f"in a public header, but not exported: {name}")
    return 1 if want != have else 0


if __name__ == "__main__":
    sys.exit(main())
