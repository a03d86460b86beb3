#!/usr/bin/env python3
"""How long the gate takes on histories of 10 to 10,000 pairs, as ratios in one run.

    usage: tests/bench/gate.py [--pairs N,N,...] [--runs N] [--tandem PROGRAM]

`tandem check` runs in turn with `alembic heads` and `squawk` on the same files (A B C A B C ...), so
that a machine whose speed drifts slows all of them alike; medians are printed, and how often ours
fits into theirs. Files are in the page cache. Nothing is asserted about time: a figure is for people
to read. That the gate gives the answer it should is asserted, as a wrong one may be quick.

The two histories are made by histories.py and agree. tests/all.sh has installed what this runs.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import histories

ROOT = pathlib.Path(__file__).resolve().parents[2]
ALEMBIC = ROOT / "build/tools/venv/bin/alembic"
SQUAWK = ROOT / "build/tools/node/node_modules/.bin/squawk"
AGREES, DIFFERS = 0, 1


class Project:
    """Two histories of so many pairs in a repository of their own, and a cache folder beside it."""

    def __init__(self, folder, pairs):
        self.root = pathlib.Path(folder) / "project"
        self.cache = pathlib.Path(folder) / "cache"
        self.pairs = pairs
        self.cache.mkdir()
        histories.write(self.root, pairs)
        self.migrations = sorted((self.root / "supabase/migrations").iterdir())
        self.environment = {"PATH": os.environ["PATH"], "HOME": folder,
                            "XDG_CACHE_HOME": str(self.cache), "GIT_CONFIG_NOSYSTEM": "1"}
        self.git("init", "-q")
        self.git("config", "gc.auto", "0")  # the commit would start one behind our back
        self.git("add", "-A")
        self.git("-c", "user.name=measured", "-c", "user.email=measured@localhost",
                 "commit", "-q", "-m", "Both histories")
        self.git("gc", "-q")

    def git(self, *words):
        subprocess.run(["git", *words], cwd=self.root, env=self.environment, check=True,
                       stdout=subprocess.DEVNULL)

    def run(self, command, expected=None):
        """Seconds, and the most memory it held, in MB."""
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=self.root, env=self.environment,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if expected is not None and process.returncode != expected:
            sys.exit(f"{' '.join(map(str, command))}: exit code {process.returncode}")
        return seconds, usage.ru_maxrss / 1024

    def forget(self):
        """The next run is the first."""
        for path in sorted(self.cache.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()


def edited(project, tandem, path, text, expected):
    """One run of the gate after one file has changed since the last one."""
    before = path.read_bytes()
    project.run([tandem, "check"], AGREES)
    path.write_bytes(before + text.encode())
    took = project.run([tandem, "check"], expected)
    path.write_bytes(before)
    return took


def measures(project, tandem):
    """Name and function of each thing to be timed; ours come first, theirs are the last two."""
    middle, last = project.migrations[len(project.migrations) // 2], project.migrations[-1]

    def first(*words):
        project.forget()
        return project.run([tandem, "check", *words], AGREES)

    return {
        "check, first run": first,
        "check --staged, first run": lambda: first("--staged"),
        "check, nothing changed": lambda: project.run([tandem, "check"], AGREES),
        "check, a comment added in the middle":
            lambda: edited(project, tandem, middle, "-- looked at\n", AGREES),
        "check, a column added at the end":
            lambda: edited(project, tandem, last, "create table late (id int);\n", DIFFERS),
        "alembic heads": lambda: project.run([ALEMBIC, "heads"], 0),
        "squawk": lambda: project.run([SQUAWK, *project.migrations]),
    }


def measure(folder, tandem, pairs, runs):
    project = Project(folder, pairs)
    todo = measures(project, tandem)
    taken = {name: [] for name in todo}
    for number in range(runs + 1):
        for name, once in todo.items():
            result = once()
            if number:  # the first round warms the page cache
                taken[name].append(result)
    medians = {name: statistics.median(seconds for seconds, _ in taken[name]) for name in todo}
    for name in todo:
        memory = max(memory for _, memory in taken[name])
        line = f"{pairs:6}  {name:38} {medians[name] * 1000:9.1f} ms {memory:6.0f} MB"
        if name not in ("alembic heads", "squawk"):
            line += "".join(f"   1 : {medians[other] / medians[name]:<6.1f}"
                            for other in ("alembic heads", "squawk"))
        print(line, flush=True)
    return medians["check, first run"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", default="10,100,1000,10000")
    parser.add_argument("--runs", type=int, default=5, help="at 10,000 pairs at most 3")
    parser.add_argument("--tandem", default=ROOT / "build/release/tandem")
    chosen = parser.parse_args()
    print(f"{'pairs':>6}  {'':38} {'median':>12} {'most':>9}   {'alembic':10}   {'squawk':10}")
    growth = []
    for pairs in map(int, chosen.pairs.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            runs = min(chosen.runs, 3) if pairs >= 10000 else chosen.runs
            growth.append((pairs, measure(folder, chosen.tandem, pairs, runs)))
    print("first run, each pair: " +
          ", ".join(f"{seconds / pairs * 1e6:.0f} µs of {pairs}" for pairs, seconds in growth))


if __name__ == "__main__":
    main()
