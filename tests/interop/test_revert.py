"""`tandem revert` against a real server, and what Alembic and the Supabase CLI say afterwards."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from urllib.parse import urlsplit

import pytest
from conftest import SECONDS, Database, Project, Runner
from management_api import Fault
from test_api import is_push
from test_faults import PLAIN, between, reaching, small, state

__all__ = ["small"]  # a fixture

HEAD = "20241202_000002"


def agree(
    alembic: Runner, supabase: Runner, database: Database, head: str | None, versions: list[str]
) -> None:
    """What the real tools say of a database in which both histories end at `head`."""
    assert database.alembic_heads() == ({head} if head else set())
    assert database.supabase_versions() == versions
    shown = alembic("current", database=database)
    assert (head or "") in shown.out
    listed = json.loads(
        supabase("migration", "list", "--output-format", "json", database=database).out
    )
    assert [x["remote"] for x in listed["migrations"] if x["remote"]] == versions
    assert all(x["local"] == x["remote"] or not x["remote"] for x in listed["migrations"])


def no_extension(dump: str) -> str:
    """The example's downgrade() leaves the extension to whoever else uses it."""
    return re.sub(r"--\n-- Name: (EXTENSION )?vector;.*?(?=--\n-- )", "", dump, flags=re.S)


# --- The worked example --------------------------------------------------------------------------


def test_each_revision_of_the_example_is_taken_back(
    tandem: Runner, alembic: Runner, supabase: Runner, database: Database, project: Project
) -> None:
    revisions = project.revisions()
    versions = project.supabase_versions()
    before = [database.dump()]
    for revision in revisions:
        tandem("push", "--yes", "--to", revision, database=database)
        before.append(database.dump())

    for left in range(len(revisions) - 1, -1, -1):
        tandem("revert", "-1", "--yes", database=database)
        assert no_extension(database.dump()) == no_extension(before[left]), revisions[left]
        agree(
            alembic, supabase, database, revisions[left - 1] if left else None, versions[:left]
        )

    tandem("push", "--yes", database=database)
    assert database.dump() == before[-1]
    agree(alembic, supabase, database, HEAD, versions)


def test_what_stays_is_named_in_every_way(
    tandem: Runner, database: Database, project: Project
) -> None:
    versions = project.supabase_versions()
    tandem("push", "--yes", database=database)
    for words, left in (
        (["20241128_000003"], 6),
        (["--to", "20241128000002"], 5),
        (["20241128000001"], 4),
        (["-2"], 2),
        (["base"], 0),
    ):
        tandem("revert" if left else "downgrade", *words, "--yes", database=database)
        assert database.supabase_versions() == versions[:left], words


def test_the_dry_run_is_the_exact_sql(
    tandem: Runner, databases, server, project: Project
) -> None:
    ours, by_hand = databases(), databases()
    for database in (ours, by_hand):
        tandem("push", "--yes", database=database)
    before = ours.snapshot()
    printed = tandem("revert", "-3", "--dry-run", database=ours)
    assert ours.snapshot() == before
    tandem("revert", "-3", "--yes", database=ours)
    subprocess.run(
        [server.programs / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", by_hand.url],
        input=printed.out,
        text=True,
        check=True,
        timeout=SECONDS,
    )
    assert by_hand.snapshot() == ours.snapshot() != before


def test_nothing_is_done_without_a_yes(tandem: Runner, small: Project, database: Database) -> None:
    tandem("push", "--yes", database=database)
    before = database.snapshot()
    refused = tandem("revert", "-1", "--accept-loss", database=database, expect=2)
    assert "DROP TABLE" in refused.err and "--yes" in refused.err
    assert "what stays is not said" in tandem("revert", database=database, expect=2).err
    assert database.snapshot() == before


# --- What is lost --------------------------------------------------------------------------------


def add(project: Project, number: int, sql: str, upgrade: str = "", downgrade: str = "pass") -> str:
    """One more pair; `upgrade` and `downgrade` are Python."""
    revision = f"2026010{number}_000001"
    project.add_revision(revision, f"s{number}", upgrade or f"op.execute({sql!r})", downgrade)
    project.add_migration(revision, f"s{number}", sql + ";")
    return revision


@pytest.fixture
def own(project: Project) -> Project:
    project.clear()
    return project


def test_rows_are_lost_only_with_consent(tandem: Runner, database: Database, own: Project) -> None:
    add(own, 1, "CREATE TABLE t (id integer)", downgrade="op.drop_table('t')")
    add(own, 2, "ALTER TABLE t ADD COLUMN a text", downgrade="op.drop_column('t', 'a')")
    tandem("push", "--yes", database=database)
    database.query("INSERT INTO t VALUES (1, 'x')")
    before = database.snapshot()

    refused = tandem("revert", "-1", "--yes", database=database, expect=1)
    assert "t.a goes with its values" in refused.err and "--accept-loss" in refused.err
    refused = tandem("revert", "base", "--yes", database=database, expect=1)
    assert "t goes with its rows" in refused.err
    assert database.snapshot() == before

    database.query("UPDATE t SET a = NULL")
    tandem("revert", "-1", "--yes", database=database)
    tandem("revert", "-1", "--yes", database=database, expect=1)
    tandem("revert", "-1", "--yes", "--accept-loss", database=database)
    assert not database.has_table("t")


def test_rows_that_come_in_between_are_not_lost(
    tandem: Runner, database: Database, own: Project
) -> None:
    add(own, 1, "CREATE TABLE t (id integer)", downgrade="op.drop_table('t')")
    tandem("push", "--yes", database=database)
    with between(database) as (proxy, reached):
        proxy.fault = lambda count, sql: sql.startswith("BEGIN") and not database.query("TABLE t")
        proxy.cuts = False
        proxy.before = lambda: database.query("INSERT INTO t VALUES (1)")
        stopped = tandem("revert", "-1", "--yes", database=reached, env=PLAIN, expect=1)
    assert "rows that would be lost have been written since the plan was made" in stopped.err
    assert database.query("TABLE t") == [(1,)]


def test_rows_nobody_sees_count_as_there(
    tandem: Runner, database: Database, own: Project, server
) -> None:
    add(own, 1, "CREATE TABLE t (id integer)", downgrade="op.drop_table('t')")
    tandem("push", "--yes", database=database)
    database.query(
        "ALTER TABLE t ENABLE ROW LEVEL SECURITY; ALTER TABLE t FORCE ROW LEVEL SECURITY;"
        "DROP ROLE IF EXISTS revert_owner; CREATE ROLE revert_owner LOGIN PASSWORD 'secret';"
        "ALTER TABLE t OWNER TO revert_owner; ALTER TABLE alembic_version OWNER TO revert_owner;"
        "ALTER SCHEMA supabase_migrations OWNER TO revert_owner;"
        "ALTER TABLE supabase_migrations.schema_migrations OWNER TO revert_owner"
    )
    parts = urlsplit(database.url)
    seen = Database(
        parts._replace(netloc=f"revert_owner:secret@{parts.hostname}:{parts.port}").geturl(),
        database.programs,
    )
    try:
        refused = tandem("revert", "-1", "--yes", database=seen, expect=1)
        assert "whether it is empty is not to be seen" in refused.err
    finally:
        database.query("REASSIGN OWNED BY revert_owner TO postgres; DROP OWNED BY revert_owner;"
                       "DROP ROLE revert_owner")


def test_what_was_dropped_comes_back_empty(
    tandem: Runner, database: Database, own: Project
) -> None:
    add(own, 1, "CREATE TABLE t (id integer NOT NULL, a text DEFAULT 'x')",
        downgrade="op.drop_table('t')")
    add(own, 2, "ALTER TABLE t DROP COLUMN a",
        downgrade="op.add_column('t', sa.Column('a', sa.Text(), server_default='x'))")
    tandem("push", "--yes", database=database)
    refused = tandem("revert", "-1", "--yes", database=database, expect=1)
    assert "t.a comes back without its values" in refused.err
    tandem("revert", "-1", "--yes", "--accept-loss", database=database)
    assert "a text DEFAULT 'x'" in database.dump()


def test_what_nothing_brings_back_is_refused(
    tandem: Runner, database: Database, own: Project
) -> None:
    add(own, 1, "CREATE TYPE mood AS ENUM ('sad')", downgrade="op.execute('DROP TYPE mood')")
    add(own, 2, "ALTER TYPE mood ADD VALUE 'glad'")
    tandem("push", "--yes", database=database)
    before = database.snapshot()
    refused = tandem("revert", "-1", "--yes", database=database, expect=1)
    assert "glad" in refused.err and "--accept-loss" in refused.err
    assert database.snapshot() == before
    tandem("revert", "-1", "--yes", "--accept-loss", database=database)
    assert len(database.supabase_versions()) == 1
    assert database.dump() == before[0]  # the label is there as before, and it was said
    tandem("revert", "-1", "--yes", database=database)


# --- Which way back ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("downgrade", "why"),
    {
        "raises": ("raise NotImplementedError('no')", "downgrade() raises NotImplementedError: no"),
        "empty": ("pass", "downgrade() does nothing"),
        "opaque": ("if op.get_bind().execute(sa.text('SELECT id FROM t')).fetchall():\n"
                   "    raise ValueError('rows')\nop.drop_table('t')", "what downgrade() does is not known"),
        "outside": (
            "with op.get_context().autocommit_block():\n"
            "    op.execute('DROP INDEX CONCURRENTLY ix')\nop.drop_table('t')",
            "downgrade() does not run in one transaction",
        ),
    }.values(),
    ids=["raises", "empty", "opaque", "outside"],
)
def test_the_inverse_is_derived_where_downgrade_is_of_no_use(
    tandem: Runner, database: Database, own: Project, downgrade: str, why: str
) -> None:
    empty = database.dump()
    revision = add(
        own,
        1,
        "CREATE TABLE t (id integer);\nCREATE INDEX ix ON t (id)",
        upgrade="op.execute('CREATE TABLE t (id integer)')\n"
        "op.execute('CREATE INDEX ix ON t (id)')",
        downgrade=downgrade,
    )
    tandem("push", "--yes", database=database)
    done = tandem("revert", "-1", "--yes", database=database)
    assert why in done.err and own.revision_file(revision).name in done.err
    assert "the derived inverse" in done.err
    assert database.dump() == empty
    assert (database.alembic_heads(), database.supabase_versions()) == (set(), [])


def test_a_downgrade_that_does_not_undo_is_told_with_its_line(
    tandem: Runner, database: Database, own: Project
) -> None:
    empty = database.dump()
    sql = "CREATE TYPE mood AS ENUM ('sad');\nCREATE TABLE t (m mood)"
    upgrade = (
        "op.execute(\"CREATE TYPE mood AS ENUM ('sad')\")\nop.execute('CREATE TABLE t (m mood)')"
    )
    revision = add(own, 1, sql, upgrade=upgrade, downgrade="op.drop_table('t')")
    tandem("push", "--yes", database=database)
    shown = tandem("revert", "-1", "--dry-run", database=database)
    assert "downgrade() leaves type mood behind" in shown.err
    assert f"{own.migration_file(revision.replace('_', '')).name}:3:1" in shown.err
    tandem("revert", "-1", "--derive", "--yes", database=database)
    assert database.dump() == empty


def test_a_migration_without_revision_is_taken_back_too(
    tandem: Runner, alembic: Runner, supabase: Runner, database: Database, own: Project
) -> None:
    first = add(own, 1, "CREATE TABLE t (id integer)", downgrade="op.drop_table('t')")
    path = own.migrations / "20260102000001_policy.sql"
    path.write_text(
        "ALTER TABLE t ENABLE ROW LEVEL SECURITY;\nCREATE POLICY p ON t USING (id = 1);\n"
    )
    tandem("push", "--yes", "--to", first, database=database)
    before = database.dump()
    tandem("push", "--yes", database=database)
    tandem("revert", "-1", "--yes", database=database)
    assert database.dump() == before
    agree(alembic, supabase, database, first, ["20260101000001"])
    tandem("push", "--yes", database=database)
    tandem("revert", first, "--yes", database=database)
    assert database.dump() == before


def test_branches_and_merges_step_as_alembic_does(
    tandem: Runner, alembic: Runner, databases, own: Project
) -> None:
    add(own, 1, "CREATE TABLE a (id integer)", downgrade="op.drop_table('a')")
    for number, name in ((2, "b"), (3, "c")):
        revision = f"2026010{number}_000001"
        own.add_revision(revision, name, f"op.execute('CREATE TABLE {name} (id integer)')",
                         f"op.drop_table('{name}')", parent="20260101_000001")
        own.add_migration(revision, name, f"CREATE TABLE {name} (id integer);")
    merge = own.add_revision("20260104_000001", "merge", "pass", parent="?")
    merge.write_text(
        merge.read_text().replace("'?'", "('20260102_000001', '20260103_000001')")
    )
    ours, theirs = databases(), databases()
    tandem("push", "--yes", database=ours)
    tandem("push", "--yes", database=theirs)
    before = ours.dump()

    tandem("revert", "-1", "--yes", database=ours)
    # Alembic's own -1 is ambiguous here.
    alembic("downgrade", "-1", database=theirs, expect=255)
    assert ours.alembic_heads() == {"20260102_000001", "20260103_000001"}
    assert ours.dump() == before

    tandem("revert", "-1", "--yes", database=ours)
    assert ours.alembic_heads() == {"20260102_000001"}
    assert ours.supabase_versions() == ["20260101000001", "20260102000001"]
    tandem("push", "--yes", database=ours)
    tandem("revert", "-1", "--yes", database=ours)
    alembic("downgrade", "20260102_000001", database=theirs)
    # Alembic takes a label that is none for no label.
    refused = tandem("revert", "labelled@base", "--yes", database=ours, expect=2)
    assert "labelled" in refused.err
    tandem("revert", "20260103_000001-1", "--yes", database=ours)
    alembic("downgrade", "20260103_000001-1", database=theirs)
    assert ours.alembic_heads() == theirs.alembic_heads() == {"20260101_000001"}
    assert ours.dump() == theirs.dump()
    tandem("revert", "base", "--yes", database=ours)
    assert ours.alembic_heads() == set()


def test_histories_that_are_apart_are_refused(
    tandem: Runner, alembic: Runner, database: Database, project: Project
) -> None:
    tandem("push", "--yes", "--to", "20241128_000003", database=database)
    alembic("upgrade", "+1", database=database)
    before = database.snapshot()
    refused = tandem("revert", "-1", "--yes", database=database, expect=1)
    assert "the histories are apart" in refused.err and "tandem status" in refused.err
    database.query("INSERT INTO supabase_migrations.schema_migrations VALUES"
                   " ('20251231000000', '{}', 'x')")
    refused = tandem("revert", "-1", "--yes", database=database, expect=1)
    assert "20251231000000, which has no file" in refused.err
    assert database.dump() == before[0]


def test_a_push_that_is_under_way_is_finished_first(
    tandem: Runner, database: Database, own: Project
) -> None:
    add(own, 1, "CREATE TABLE t (id integer)", downgrade="op.drop_table('t')")
    tandem("push", "--yes", database=database)
    upgrade = (
        "op.execute('CREATE TABLE u (id integer)')\n"
        "with op.get_context().autocommit_block():\n"
        "    op.execute('CREATE UNIQUE INDEX CONCURRENTLY ix ON t (id)')"
    )
    add(own, 2, "CREATE TABLE u (id integer);\nCREATE UNIQUE INDEX CONCURRENTLY ix ON t (id)",
        upgrade=upgrade, downgrade="op.drop_index('ix')\nop.drop_table('u')")
    database.query("INSERT INTO t VALUES (1), (1)")
    tandem("push", "--yes", database=database, expect=7)
    refused = tandem("revert", "-1", "--yes", "--accept-loss", database=database, expect=1)
    assert "is under way" in refused.err and "`tandem push` goes on" in refused.err
    database.query("TRUNCATE t")
    tandem("push", "--yes", database=database)
    tandem("revert", "-1", "--yes", database=database)
    assert not database.has_table("u") and len(database.supabase_versions()) == 1


def test_lines_for_programs(tandem: Runner, database: Database, small: Project) -> None:
    tandem("push", "--yes", database=database)
    done = tandem("revert", "base", "--yes", "--accept-loss", "--format", "ndjson",
                  database=database)
    events = [json.loads(x) for x in done.out.splitlines()]
    assert events[0]["event"] == "plan" and len(events[0]["steps"]) == 2
    assert events[0]["losses"] == 2 and events[0]["differing"] == events[0]["unknown"] == 0
    assert [x["event"] for x in events].count("committed") == 2
    assert events[-1] == {"event": "done", "target": events[0]["target"], "reverted": 2}


# --- When it goes wrong --------------------------------------------------------------------------

WORDS = ("revert", "base", "--yes", "--accept-loss")


def steps_of_a_revert(tandem: Runner, database: Database) -> list[str]:
    tandem("push", "--yes", database=database)
    with between(database) as (proxy, reached):
        tandem(*WORDS, database=reached, env=PLAIN)
        steps = proxy.steps
    assert state(database) == 0
    return steps


def test_killed_at_every_step(tandem: Runner, database: Database, small: Project) -> None:
    """kill -9 once the server has run the n-th statement, for every n."""
    steps = steps_of_a_revert(tandem, database)
    assert len(steps) > 30
    reached_states = set()
    for number in range(1, len(steps) + 1):
        tandem("push", "--yes", database=database)
        with between(database) as (proxy, reached):
            revert = tandem.start(*WORDS, database=reached, env=PLAIN)
            proxy.fault = lambda count, sql: count == number
            proxy.before = revert.kill
            revert.communicate(timeout=SECONDS)
            assert revert.returncode == -signal.SIGKILL, (number, steps[number - 1])
        there = state(database)
        committed = sum(x == "COMMIT" for x in steps[:number])
        assert there == 2 - committed, (number, steps[number - 1])
        reached_states.add(there)
        tandem(*WORDS, database=database)
        assert state(database) == 0
    assert reached_states == {0, 1, 2}


def test_cut_at_every_step(tandem: Runner, database: Database, small: Project) -> None:
    """The connection is lost with the answer of the n-th statement, for every n. After COMMIT the
    revert finds out by itself that it is done, and goes on."""
    steps = steps_of_a_revert(tandem, database)
    for number in range(1, len(steps) + 1):
        tandem("push", "--yes", database=database)
        with between(database) as (proxy, reached):
            proxy.fault = lambda count, sql: count == number
            result = tandem(*WORDS, database=reached, env=PLAIN, expect=None)
        there, what = state(database), f"{number}: {steps[number - 1]}\n{result}"
        committed = sum(x == "COMMIT" for x in steps[:number])
        if steps[number - 1] == "COMMIT" or number == len(steps):
            assert (result.code, there) == (0, 0), what
        elif "EXISTS (SELECT FROM public.t" in steps[number - 1] or (
            "row_security_active(pg_catalog" in steps[number - 1]
        ):
            assert there == 2 or result.code == 0, what  # only looked: it counts as full
        else:
            assert (result.code, there) == (4, 2 - committed), what
        tandem(*WORDS, database=database)
        assert state(database) == 0


def test_a_lost_commit_that_nobody_can_ask_about_is_code_7(
    tandem: Runner, database: Database, small: Project
) -> None:
    tandem("push", "--yes", database=database)
    with between(database) as (proxy, reached):
        proxy.fault = lambda count, sql: sql == "COMMIT"
        proxy.before = lambda: setattr(proxy, "refuses", True)
        stopped = tandem(*WORDS, database=reached, env=PLAIN, expect=7)
    assert "was being taken back" in stopped.err
    assert "whether it is applied is not known" in stopped.err
    assert state(database) == 1
    tandem(*WORDS, database=database)
    assert state(database) == 0


def test_a_lock_is_waited_for_and_its_holder_named(
    tandem: Runner, database: Database, small: Project
) -> None:
    tandem("push", "--yes", database=database)
    with database.connect() as other:
        other.execute("BEGIN; LOCK TABLE t2 IN ACCESS SHARE MODE")
        stopped = tandem(*WORDS, "--lock-timeout", "1500ms", "--wait", "4s", database=database,
                         expect=6)
        assert "locked by pid" in stopped.err and "it is applied as before" in stopped.err
        assert state_without(database, other) == 2
    tandem(*WORDS, database=database)
    assert state(database) == 0


def state_without(database: Database, other) -> int:
    other.execute("ROLLBACK")
    return state(database)


def test_a_statement_that_fails_leaves_all_as_it_was(
    tandem: Runner, database: Database, own: Project
) -> None:
    add(own, 1, "CREATE TABLE t (id integer)", downgrade="op.drop_table('t')")
    add(own, 2, "CREATE TABLE u (id integer)", downgrade="op.drop_table('u')")
    tandem("push", "--yes", database=database)
    database.query("CREATE VIEW v AS SELECT * FROM t")
    stopped = tandem("revert", "base", "--yes", database=database, expect=5)
    assert "it is applied as before" in stopped.err and "20260101_000001_s1.py:" in stopped.err
    assert "1 taken back" in stopped.err
    assert database.has_table("t") and not database.has_table("u")
    assert database.supabase_versions() == ["20260101000001"]


# --- Over the API --------------------------------------------------------------------------------


def test_over_the_api(tandem: Runner, database: Database, small: Project) -> None:
    with reaching("api", tandem, small, database) as (words, api):
        tandem("push", "--yes", *words)
        refused = tandem("revert", "-1", "--yes", *words, expect=1)
        assert "t2 goes with its rows" in refused.err and state(database) == 2
        tandem("revert", "-1", "--yes", "--accept-loss", *words)
        assert state(database) == 1
        tandem("push", "--yes", *words)
        tandem(*WORDS, *words)
        assert state(database) == 0
        assert api.violations == []


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_lost_answer_of_the_api_is_resolved_by_reading(
    tandem: Runner, database: Database, small: Project, after: bool
) -> None:
    with reaching("api", tandem, small, database) as (words, api):
        tandem("push", "--yes", *words)
        api.faults.append(Fault(after=after, times=1, fits=is_push))
        tandem(*WORDS, *words)
        assert state(database) == 0


def test_an_empty_table_goes_over_the_api(
    tandem: Runner, database: Database, own: Project
) -> None:
    add(own, 1, "CREATE TABLE t (id integer)", downgrade="op.drop_table('t')")
    with reaching("api", tandem, own, database) as (words, _):
        tandem("push", "--yes", *words)
        tandem("revert", "-1", "--yes", *words)
        assert not database.has_table("t")
