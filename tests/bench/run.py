#!/usr/bin/env python3
"""How long tandem takes as a whole process, as ratios against the tools it stands beside.

    usage: tests/bench/run.py [--runs N]

Each line pairs a command of ours with a command of theirs: the two run in turn (A B A B ...), so
that a machine whose speed drifts slows both alike, and the medians and their ratio are printed.
Nothing is asserted: a figure is for people to read. tests/all.sh has installed what it runs.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
TANDEM = ROOT / "build/release/tandem"
ALEMBIC = ROOT / "build/tools/venv/bin/alembic"
SUPABASE = ROOT / "build/tools/node/node_modules/.bin/supabase"


def once(command, environment):
    start = time.perf_counter()
    subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - start


def pair(title, ours, theirs, runs, environment):
    """Runs both in turn and prints medians in milliseconds and their ratio."""
    once(ours, environment), once(theirs, environment)
    times = [(once(ours, environment), once(theirs, environment)) for _ in range(runs)]
    mine, other = (statistics.median(column) * 1000 for column in zip(*times))
    print(f"{title:42} {mine:9.1f} ms {other:9.1f} ms   1 : {other / mine:.0f}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=7)
    runs = parser.parse_args().runs
    alembic = [ALEMBIC, "-c", "alembic/alembic.ini"]
    with tempfile.TemporaryDirectory() as home:
        environment = {"PATH": os.environ["PATH"], "HOME": home, "SUPABASE_HOME": home}
        # No server is needed: `migration list` fails to connect only after it has started up and
        # read the folder, which is the part that is compared.
        supabase = [SUPABASE, "migration", "list", "--db-url",
                    "postgresql://postgres@127.0.0.1:1/postgres"]
        print(f"{'tandem / the other':42} {'tandem':>12} {'other':>12}   ratio")
        for title, ours, theirs in [
            ("--version / alembic --version", [TANDEM, "--version"], [ALEMBIC, "--version"]),
            ("check / alembic heads", [TANDEM, "check"], [*alembic, "heads"]),
            ("check / supabase migration list", [TANDEM, "check"], supabase),
            ("sql / alembic upgrade head --sql", [TANDEM, "sql"],
             [*alembic, "upgrade", "head", "--sql"]),
        ]:
            pair(title, ours, theirs, runs, environment)


if __name__ == "__main__":
    main()
