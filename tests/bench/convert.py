#!/usr/bin/env python3
"""How long converting one history into the other takes, both ways.

    usage: tests/bench/convert.py [--pairs N,N,...] [--runs N] [--tandem PROGRAM]

The histories are made by histories.py; one side is taken away and written again. The proof, which
reads every file back and compares its effect, is part of the time. Nothing is asserted about time:
a figure is for people to read. That `tandem check` finds nothing afterwards is asserted.
"""
import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import histories

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEMPLATE = next((ROOT / "build/tools/venv").glob("lib/*/site-packages/alembic/templates/generic"))
SIDES = {"alembic": "alembic/versions", "supabase": "supabase/migrations"}
WAYS = {"alembic": ["alembic", "--all"], "supabase": ["supabase"],
        "guarded": ["supabase", "--guarded"]}


def once(tandem, pairs, way):
    """Seconds for writing all files of a side, and how many of them the processor worked."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder) / "project"
        side, *more = WAYS[way]
        histories.write(root, pairs)
        shutil.copy(TEMPLATE / "script.py.mako", root / "alembic")
        written = root / SIDES[side]
        shutil.rmtree(written)
        written.mkdir()
        environment = {"PATH": os.environ["PATH"], "HOME": folder}
        start = time.perf_counter()
        process = subprocess.Popen([tandem, "convert", "--to", side, *more], cwd=root,
                                   env=environment, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        took = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode or not any(written.iterdir()):
            sys.exit(f"{way}: exit code {process.returncode}")
        subprocess.run([tandem, "check", "-q"], cwd=root, env=environment, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return took, usage.ru_utime + usage.ru_stime


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", default="100,1000")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--tandem", default=ROOT / "build/release/tandem")
    arguments = parser.parse_args()
    print(f"{'pairs':>6}  {'to':9} {'median':>9} {'worked':>9}")
    for pairs in map(int, arguments.pairs.split(",")):
        for way in WAYS:
            times = [once(arguments.tandem, pairs, way) for _ in range(arguments.runs)]
            took, worked = map(statistics.median, zip(*times))
            print(f"{pairs:6}  {way:9} {took:7.2f} s {worked:7.2f} s", flush=True)


if __name__ == "__main__":
    main()
