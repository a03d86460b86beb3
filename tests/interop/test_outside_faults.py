"""A migration that is run in parts, with a fault at every step of it: see test_faults.py for what must
hold after every fault. Here it is that nothing of a part runs twice, that nothing is left over, and
that the next push ends with everything in place.
"""

from __future__ import annotations

import signal

import psycopg
import pytest
from conftest import SECONDS, Database, Project, Runner
from management_api import Fault
from test_faults import IDS, PLAIN, add_pair, between, reaching, statements
from test_outside import invalid_indexes
from test_push import both_at_head

VERSION = IDS[1].replace("_", "")

# Parts of every kind; a second run of any of them would be seen.
PARTS = [
    *statements(2),
    "CREATE INDEX CONCURRENTLY t2_a ON t2 (id)",
    "ALTER TABLE t2 ADD COLUMN more integer",
    "INSERT INTO t2 VALUES (22)",
    "DROP INDEX CONCURRENTLY t2_a",
    "CREATE UNIQUE INDEX CONCURRENTLY t2_b ON t2 (id)",
    "VACUUM t2",
]
DONE = [1, 3, 4, 6, 7, 8]  # where the parts begin


def add_parts(project: Project, lines: list[str]) -> None:
    add_pair(project, 2, lines)
    python = project.revision_file(IDS[1])
    body = ""
    for line in python.read_text().splitlines():
        if "CONCURRENTLY" in line or "VACUUM" in line:
            body += "    with op.get_context().autocommit_block():\n    "
        body += line + "\n"
    python.write_text(body)


@pytest.fixture
def parted(tandem: Runner, database: Database, project: Project) -> Project:
    """The first pair is applied; the second one has parts."""
    project.clear()
    add_pair(project, 1, statements(1))
    tandem("push", "--yes", database=database)
    add_parts(project, PARTS)
    return project


def journal(database: Database) -> list[tuple]:
    if not database.has_table("tandem.journal"):
        return []
    return database.query("SELECT position, state FROM tandem.journal ORDER BY position")


def recorded(database: Database) -> bool:
    """Whether both histories have the second pair; fails unless they agree."""
    versions = database.supabase_versions() or []
    heads = database.alembic_heads()
    assert (VERSION in versions) == (heads == {IDS[1]}), (versions, heads)
    return VERSION in versions


def whole(database: Database) -> None:
    assert recorded(database)
    assert journal(database) == [(x, "recorded") for x in DONE]
    assert database.query("SELECT id, more FROM t2 ORDER BY 1") == [(2, None), (22, None)]
    assert invalid_indexes(database) == []
    assert database.query("SELECT indexname::text FROM pg_indexes WHERE tablename = 't2'") == [
        ("t2_b",)
    ]


def go_back(database: Database) -> None:
    database.query(
        "DROP TABLE IF EXISTS t2; DROP SCHEMA IF EXISTS tandem CASCADE;"
        f"DELETE FROM supabase_migrations.schema_migrations WHERE version = '{VERSION}';"
        f"UPDATE alembic_version SET version_num = '{IDS[0]}'"
    )


def steps_of_a_push(tandem: Runner, database: Database) -> list[str]:
    with between(database) as (proxy, reached):
        tandem("push", "--yes", database=reached, env=PLAIN)
        steps = proxy.steps
    whole(database)
    go_back(database)
    return steps


def numbers(steps: list[str], half: int) -> range:
    """Every other step: the tests run beside each other."""
    return range(1 + half, len(steps) + 1, 2)


@pytest.mark.parametrize("half", [0, 1])
def test_killed_at_every_step(
    tandem: Runner, database: Database, parted: Project, half: int
) -> None:
    steps = steps_of_a_push(tandem, database)
    assert len(steps) > 80
    for number in numbers(steps, half):
        with between(database) as (proxy, reached):
            push = tandem.start("push", "--yes", database=reached, env=PLAIN)
            proxy.fault = lambda count, sql: count == number
            proxy.before = push.kill
            push.communicate(timeout=SECONDS)
            assert push.returncode == -signal.SIGKILL, (number, steps[number - 1])
        if recorded(database):
            whole(database)
        tandem("push", "--yes", database=database)
        whole(database)
        go_back(database)


@pytest.mark.parametrize("half", [0, 1])
def test_cut_at_every_step(
    tandem: Runner, database: Database, parted: Project, half: int
) -> None:
    """What the push cannot find out by itself it says, and the next one goes on there."""
    steps = steps_of_a_push(tandem, database)
    first_commit = steps.index("COMMIT") + 1
    for number in numbers(steps, half):
        sql = steps[number - 1]
        with between(database) as (proxy, reached):
            proxy.fault = lambda count, sql: count == number
            result = tandem("push", "--yes", database=reached, env=PLAIN, expect=None)
        what = f"{number}: {sql}\n{result}"
        ended = sql == "COMMIT" or number > len(steps) - 2  # reading back, and the lock given back
        if ended:
            assert result.code == 0, what
            whole(database)
        else:
            assert result.code == (4 if number < first_commit else 7), what
            assert not recorded(database), what
            if result.code == 7:
                assert "nobody saw it end" in result.err or "are done and stay" in result.err or (
                    "its statement ran and is not recorded" in result.err), what
        tandem("push", "--yes", database=database)
        whole(database)
        go_back(database)


def test_it_goes_on_under_the_lock_after_a_lost_commit(
    tandem: Runner, database: Database, parted: Project
) -> None:
    """Another push would take a statement that is running for one that was broken off."""
    held = []

    def look(count: int, sql: str) -> bool:
        if sql == "COMMIT" and "COMMIT" not in proxy.steps[:-1]:
            return True
        if sql.startswith("CREATE INDEX"):
            held.append(database.value(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            ))
        return False

    with between(database) as (proxy, reached):
        proxy.fault = look
        tandem("push", "--yes", database=reached, env=PLAIN)
    assert held == [1]
    whole(database)


def test_another_push_went_on_while_the_connection_was_lost(
    tandem: Runner, database: Database, parted: Project
) -> None:
    commits = []

    def second_commit(count: int, sql: str) -> bool:
        commits.append(sql == "COMMIT")
        return commits[-1] and sum(commits) == 2  # of the row that says that the first index is begun

    def other() -> None:
        proxy.refuses = True
        # Its session would end with the connection, and with it the lock.
        database.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
                       "datname = current_database() AND pid <> pg_backend_pid()")
        tandem("push", "--yes", database=database)
        proxy.refuses = False

    with between(database) as (proxy, reached):
        proxy.fault = second_commit
        proxy.before = other
        overtaken = tandem("push", "--yes", database=reached, env=PLAIN, expect=1)
    assert "another push has gone on with it since" in overtaken.err, str(overtaken)
    whole(database)


def test_a_lost_commit_of_a_part_that_nobody_can_ask_about_is_code_7(
    tandem: Runner, database: Database, parted: Project
) -> None:
    with between(database) as (proxy, reached):
        proxy.fault = lambda count, sql: sql == "COMMIT"
        proxy.before = lambda: setattr(proxy, "refuses", True)
        stopped = tandem("push", "--yes", database=reached, env=PLAIN, expect=7)
    assert "is not known" in stopped.err
    assert journal(database) == [(1, "done")]
    tandem("push", "--yes", database=database)
    whole(database)


def test_a_part_that_was_rolled_back_is_said_to_be(
    tandem: Runner, database: Database, parted: Project
) -> None:
    """The server ends the session before COMMIT reaches it."""
    commits = []

    def third_commit(count: int, sql: str) -> bool:
        commits.append(sql == "COMMIT")
        if sum(commits) == 3 and commits[-1]:
            with psycopg.connect(database.url, autocommit=True) as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
                    "datname = current_database() AND pid <> pg_backend_pid()"
                )
        return False

    with between(database) as (proxy, reached):
        proxy.fault = third_commit
        stopped = tandem("push", "--yes", database=reached, env=PLAIN, expect=7)
    assert "3 of 8 statements are done and stay" in stopped.err, str(stopped)
    assert journal(database) == [(1, "done"), (3, "done")]
    tandem("push", "--yes", database=database)
    whole(database)


# --- Over HTTPS ----------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_at_every_request(
    tandem: Runner, database: Database, parted: Project, after: bool
) -> None:
    with reaching("api", tandem, parted, database) as (words, api):
        tandem("push", "--yes", *words)
        whole(database)
        count = len(api.seen)
        assert count > 12
        for number in range(1, count + 1):
            go_back(database)
            api.seen.clear()
            fault = Fault(after=after, fits=lambda *_: len(api.seen) == number)
            api.faults.append(fault)
            push = tandem.start("push", "--yes", *words)
            fault.then = push.kill
            push.communicate(timeout=SECONDS)
            assert push.returncode == -signal.SIGKILL
            if recorded(database):
                whole(database)
            tandem("push", "--yes", *words)
            whole(database)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_every_answer_lost_once(
    tandem: Runner, alembic: Runner, supabase: Runner, database: Database, parted: Project,
    after: bool,
) -> None:
    """The push finds out by reading, and ends by itself."""
    with reaching("api", tandem, parted, database) as (words, api):
        tandem("push", "--yes", *words)
        count = len(api.seen)
        for number in range(1, count + 1):
            go_back(database)
            api.seen.clear()
            api.faults.append(
                Fault(status=504, after=after, times=1, fits=lambda *_: len(api.seen) == number)
            )
            tandem("push", "--yes", *words)
            whole(database)
        both_at_head(alembic, supabase, database, parted, IDS[1])
