#!/usr/bin/env python3
"""How long one push over many databases takes, beside one push after the other.

    usage: tests/bench/targets.py [--targets N] [--pairs N] [--jobs N,N] [--tandem PROGRAM]

All databases are on one throwaway server on this machine. Each way begins with the same empty
databases, emptied again by a fresh copy; `one after the other` is a process for each of them, as a
shell loop runs it. What a run costs in processor time is printed too, ours and not the server's: the
time on the clock depends on what else the machine does, and on how many cores the server has.

Nothing is asserted about time: a figure is for people to read. That every history is complete is
asserted. tests/all.sh has installed what this runs.
"""
import argparse
import pathlib
import resource
import sys
import tempfile
import time

import push


class Tenants:
    """So many databases, made anew for each way."""

    def __init__(self, server, count):
        self.server, self.count, self.names = server, count, []

    def make(self):
        for name in self.names:
            self.server.drop(name)
        self.names = [self.server.create() for _ in range(self.count)]

    def write(self, path):
        path.write_text("".join(f"{x} {self.server.at(x)}\n" for x in self.names))
        path.chmod(0o600)

    def check(self, pairs):
        for name in (self.names[0], self.names[len(self.names) // 2], self.names[-1]):
            counted = self.server.ask("SELECT count(*) FROM supabase_migrations.schema_migrations",
                                      name)
            if counted != str(pairs):
                sys.exit(f"{name} has {counted} versions of {pairs}")


def clocked(run):
    """Seconds on the clock, and of the processor in the programs that ran meanwhile."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    run()
    taken, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return taken, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def one_after_the_other(project, tenants):
    for name in tenants.names:
        project.run([project.tandem, "push", "--yes", "-q"], name)


def show(title, figures, base):
    taken, cpu = figures
    print(f"{title:34} {taken:8.2f} s   cpu {cpu:7.2f} s   1 : {base[0] / taken:.2f}", flush=True)


def measure(project, tenants, jobs):
    listed = project.root.parent / "tenants"
    tenants.make()
    base = clocked(lambda: one_after_the_other(project, tenants))
    tenants.check(project.pairs)
    show("one after the other", base, base)
    for number in jobs:
        command = [project.tandem, "push", "--yes", "-q", "--targets", listed, "--jobs", number]
        tenants.make()
        tenants.write(listed)
        figures = clocked(lambda: project.run(command, tenants.names[0]))
        tenants.check(project.pairs)
        show(f"--targets, {number} at a time", figures, base)
        again = clocked(lambda: project.run(command, tenants.names[0]))
        show(f"the same, nothing to do", again, base)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--targets", type=int, default=200)
    parser.add_argument("--pairs", type=int, default=20)
    parser.add_argument("--jobs", default="1,8")
    parser.add_argument("--tandem", default=push.ROOT / "build/release/tandem")
    chosen = parser.parse_args()
    server = push.Server()
    try:
        with tempfile.TemporaryDirectory() as folder:
            project = push.Project(folder, chosen.pairs, server, chosen.tandem)
            print(f"{chosen.targets} targets, {chosen.pairs} migrations each")
            measure(project, Tenants(server, chosen.targets), chosen.jobs.split(","))
    finally:
        server.close()


if __name__ == "__main__":
    main()
