#!/usr/bin/env python3
"""How long a push of 1,000 migrations takes, beside psql, the Supabase CLI and Alembic.

    usage: tests/bench/push.py [--pairs N] [--runs N] [--tandem PROGRAM]

All of them bring the same history onto a database of their own, on one throwaway server on this
machine, in turn (A B C D A B C D ...), so that a machine whose speed drifts slows all of them alike;
medians are printed, and how often ours fits into theirs.

psql runs the statements of the files, a BEGIN and COMMIT around each file, in one process: the least
that could be sent. A push does more for each of them: it takes locks, compares both histories,
writes both and reads them back; `psql, all of the push` is that too, the very lines of
`tandem push --dry-run`.

Nothing is asserted about time: a figure is for people to read. That both histories are complete is
asserted. tests/all.sh has installed what this runs.
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
TOOLS = ROOT / "build/tools"
ALEMBIC = TOOLS / "venv/bin/alembic"
SUPABASE = TOOLS / "node/node_modules/.bin/supabase"

# What `alembic init` writes, with a transaction for each revision, as the others have one.
ENV = """import os

from alembic import context
from sqlalchemy import create_engine

engine = create_engine(os.environ["DATABASE_URL"].replace("postgresql:", "postgresql+psycopg:", 1))
with engine.connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
"""


class Server:
    """The throwaway PostgreSQL of the tests, with as many databases as are asked for."""

    def __init__(self):
        self.process = subprocess.Popen([ROOT / "tests/setup/server.sh", "serve"], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL)
        self.url = self.process.stdout.readline().strip()
        self.programs = pathlib.Path(self.process.stdout.readline().strip())
        self.count = 0
        if not self.url:
            sys.exit("the PostgreSQL server did not start")

    def ask(self, sql, database="postgres"):
        return subprocess.run([self.programs / "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql,
                               self.at(database)], check=True, capture_output=True,
                              text=True).stdout.strip()

    def at(self, database):
        return self.url.rsplit("/", 1)[0] + "/" + database

    def create(self):
        self.count += 1
        name = f"bench_{self.count}"
        self.ask(f"CREATE DATABASE {name} TEMPLATE template0")
        self.ask("CHECKPOINT")
        return name

    def drop(self, database):
        self.ask(f"DROP DATABASE {database} WITH (FORCE)")

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Project:
    def __init__(self, folder, pairs, server, tandem):
        self.root = pathlib.Path(folder) / "project"
        self.pairs, self.server, self.tandem = pairs, server, tandem
        histories.write(self.root, pairs)
        (self.root / "alembic/env.py").write_text(ENV)
        self.environment = {"PATH": os.environ["PATH"], "HOME": folder, "PGSSLMODE": "disable",
                            "SUPABASE_HOME": folder, "SUPABASE_TELEMETRY_DISABLED": "1",
                            "XDG_CACHE_HOME": folder + "/cache",
                            "SUPABASE_NO_UPDATE_NOTIFIER": "1", "DO_NOT_TRACK": "1"}
        files = sorted((self.root / "supabase/migrations").iterdir())
        self.plain = self.script("plain.sql", "".join(
            f"BEGIN;\n{path.read_text()}\nCOMMIT;\n" for path in files))
        database = server.create()
        self.whole = self.script("whole.sql", self.run(
            [tandem, "push", "--dry-run"], database, capture=True))
        server.drop(database)

    def script(self, name, text):
        path = self.root.parent / name
        path.write_text(text)
        return path

    def run(self, command, database, capture=False):
        done = subprocess.run(command, cwd=self.root, text=True, stdin=subprocess.DEVNULL,
                              env=self.environment | {"DATABASE_URL": self.server.at(database)},
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if done.returncode != 0:
            sys.exit(f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stderr}")
        return done.stdout if capture else ""

    def commands(self, database):
        url = self.server.at(database)
        psql = [self.server.programs / "psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-o", os.devnull]
        return {
            "tandem push": [self.tandem, "push", "--yes", "-q"],
            "psql, the files": [*psql, "-f", self.plain, url],
            "psql, all of the push": [*psql, "-f", self.whole, url],
            "supabase db push": [SUPABASE, "db", "push", "--yes", f"--remote={url}"],
            "alembic upgrade head": [ALEMBIC, "upgrade", "head"],
        }

    def check(self, database):
        """Both histories must be complete after our push."""
        counted = self.server.ask("SELECT count(*) FROM supabase_migrations.schema_migrations",
                                  database)
        heads = self.server.ask("SELECT count(*) FROM alembic_version", database)
        if (counted, heads) != (str(self.pairs), "1"):
            sys.exit(f"the push left {counted} versions and {heads} heads")


def timed(project, name, database):
    start = time.perf_counter()
    project.run(project.commands(database)[name], database)
    return time.perf_counter() - start


def measure(project, runs):
    taken = {name: [] for name in project.commands("")}
    idle = []
    for number in range(runs + 1):
        for name in taken:
            database = project.server.create()
            seconds = timed(project, name, database)
            if number:  # the first round warms caches
                taken[name].append(seconds)
            if name == "tandem push":
                project.check(database)
                idle.append(timed(project, name, database))
            project.server.drop(database)
    return {name: statistics.median(times) for name, times in taken.items()}, statistics.median(idle)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--tandem", default=ROOT / "build/release/tandem")
    chosen = parser.parse_args()
    server = Server()
    try:
        with tempfile.TemporaryDirectory() as folder:
            project = Project(folder, chosen.pairs, server, chosen.tandem)
            medians, idle = measure(project, chosen.runs)
    finally:
        server.close()
    ours = medians["tandem push"]
    for name, seconds in medians.items():
        print(f"{chosen.pairs:6}  {name:24} {seconds * 1000:9.1f} ms   1 : {seconds / ours:.2f}")
    print(f"{chosen.pairs:6}  {'tandem push, nothing to do':24} {idle * 1000:9.1f} ms")


if __name__ == "__main__":
    main()
