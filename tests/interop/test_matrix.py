"""Every tool first and second, and each of them interrupted in between: in the end all agree.

One database sees, in turn: another tool alone, a push that goes on from there, the other tool alone
again, a push that is killed, the other tool cut off in the middle, and the push that mends it all. The
other tool is the real Alembic, the real Supabase CLI, or the last one of its second major version,
whose program is another. Over a connection, and over HTTPS alone.
"""

from __future__ import annotations

import json
import re
import signal
import time
from pathlib import Path

import pytest
from conftest import SUPABASE, Database, Project, Runner
from test_faults import IDS, add_pair, reaching, state, statements
from test_push import both_at_head

SUPABASE_2 = SUPABASE.with_name("supabase-2")


class SecondSupabase(Runner):
    """Names its target by a URL, and takes what stands in the environment for its TLS."""

    def command(self, *arguments: str, database: Database | None = None) -> list[str]:
        target = ["--db-url", database.url] if database else []
        return [str(self.program), *arguments, *target]


@pytest.fixture
def supabase_2(project: Project, home: Path, supabase: Runner) -> Runner:
    return SecondSupabase(SUPABASE_2, project, home, variables=supabase.variables)


@pytest.fixture
def tools(
    alembic: Runner, supabase: Runner, supabase_2: Runner
) -> dict[str, tuple[Runner, tuple[str, ...]]]:
    """What brings a database to the newest file."""
    return {
        "alembic": (alembic, ("upgrade", "head")),
        "supabase": (supabase, ("db", "push", "--yes")),
        "supabase 2": (supabase_2, ("db", "push", "--yes")),
    }


def agreed(
    tandem: Runner, alembic: Runner, supabase: Runner, supabase_2: Runner, database: Database,
    project: Project, count: int, words: tuple[str, ...],
) -> None:
    """All four say that everything is there."""
    assert state(database) == count
    both_at_head(alembic, supabase, database, project, IDS[count - 1])
    listed = supabase_2("migration", "list", database=database).text
    for version in project.supabase_versions():
        assert len(re.findall(rf"\b{version}\b", listed)) == 2, listed
    assert "up to date" in supabase_2("db", "push", "--dry-run", database=database).text
    tandem("plan", "--exit-code", *words)
    shown = json.loads(tandem("status", "--format", "json", *words).out)
    assert shown["summary"]["pending"] == 0


def cut_off(database: Database) -> None:
    """Ends the session that sleeps."""
    database.wait_for_activity("pg_sleep")
    database.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                   " WHERE wait_event = 'PgSleep' AND datname = current_database()")


def wait_for_sleep(database: Database) -> None:
    deadline = time.monotonic() + 30
    while not database.value("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def wait_for_nobody(database: Database) -> None:
    deadline = time.monotonic() + 30
    while database.value("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
                         " AND datname = current_database()"):
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize(
    "other, via",
    [
        ("alembic", "libpq"),
        ("alembic", "api"),
        ("supabase", "libpq"),
        ("supabase", "api"),
        ("supabase 2", "libpq"),
        ("supabase 2", "api"),
    ],
)
def test_first_second_and_interrupted(
    tandem: Runner, alembic: Runner, supabase: Runner, supabase_2: Runner, tools: dict,
    database: Database, project: Project, other: str, via: str,
) -> None:
    tool, command = tools[other]
    project.clear()
    with reaching(via, tandem, project, database) as (words, _):

        def adopt() -> None:
            tandem("push", "--adopt", "--yes", *words)

        add_pair(project, 1, statements(1))
        tool(*command, database=database)  # the other one first
        assert database.value("SELECT count(*) FROM t1") == 1

        add_pair(project, 2, statements(2))
        adopt()  # ours second
        assert state(database) == 2

        slow = ["SELECT pg_sleep(20)", *statements(3)]
        add_pair(project, 3, slow)
        push = tandem.start("push", "--yes", *words)  # ours, killed
        wait_for_sleep(database)
        push.send_signal(signal.SIGKILL)
        push.communicate()
        database.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                       " WHERE wait_event = 'PgSleep' AND datname = current_database()")
        wait_for_nobody(database)
        assert state(database) == 2

        started = tool.start(*command, database=database)  # the other one, cut off
        wait_for_sleep(database)
        cut_off(database)
        assert Runner.finish(started, expect=None).code != 0
        wait_for_nobody(database)
        assert state(database) == 2

        add_pair(project, 3, statements(3))
        tool(*command, database=database)  # the other one second
        assert database.value("SELECT count(*) FROM t3") == 1
        adopt()
        agreed(tandem, alembic, supabase, supabase_2, database, project, 3, words)
        tool(*command, database=database)  # and has nothing left to do
        assert state(database) == 3
