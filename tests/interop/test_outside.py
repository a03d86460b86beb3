"""Migrations with statements that cannot run in a transaction: run in parts, each written down in
tandem.journal, and gone on with where a run was broken off."""

from __future__ import annotations

import json
import signal
import time

import psycopg
import pytest
from conftest import Database, Project, Runner
from management_api import Fault, ManagementApi
from test_api import LINKED, api, linked  # noqa: F401
from test_faults import PLAIN, Asked, between
from test_push import both_at_head

REVISION = "20241203_000001"
VERSION = "20241203000001"

# A unique index in the middle of a file; the rows decide whether it can be built.
MIDDLE = [
    "CREATE TABLE books (id integer, isbn text)",
    "INSERT INTO books VALUES (1, 'a'), (2, 'a')",
    "CREATE UNIQUE INDEX CONCURRENTLY books_isbn ON books (isbn)",
    "ALTER TABLE books ADD COLUMN title text",
]
MEND = "DELETE FROM books WHERE id = 2"


def add_pair(project: Project, statements: list[str], revision: str = REVISION) -> None:
    """A pair that says the statements on both sides, the concurrent ones in autocommit blocks."""
    lines = []
    for statement in statements:
        call = f"op.execute({json.dumps(statement)})"
        outside = any(x in statement for x in ("CONCURRENTLY", "VACUUM", "ALTER SYSTEM", "REINDEX"))
        if outside:
            lines += ["with op.get_context().autocommit_block():", "    " + call]
        else:
            lines.append(call)
    for path in project.versions.glob(f"{revision}_*.py"):
        path.unlink()
    project.add_revision(revision, "books", "\n".join(lines))
    project.add_migration(revision, "books", ";\n\n".join(statements) + ";")


def journal(database: Database) -> list[tuple]:
    if not database.has_table("tandem.journal"):
        return []
    return database.query(
        "SELECT position, statements, state, attempt FROM tandem.journal"
        " WHERE migration = %s ORDER BY position",
        [VERSION],
    )


def invalid_indexes(database: Database) -> list[str]:
    return [
        name
        for (name,) in database.query(
            "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid ORDER BY 1"
        )
    ]


def hold_a_snapshot(connection: psycopg.Connection) -> None:
    """An index that is built concurrently waits at its end for whoever could see the table as it
    was before."""
    connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
    connection.execute("SELECT count(*) FROM projects")


@pytest.fixture
def pushed(tandem: Runner, database: Database) -> Database:
    """A database that has the worked example."""
    tandem("push", "--yes", database=database)
    return database


def test_a_concurrent_index_in_the_middle_of_a_file(
    tandem: Runner, alembic: Runner, supabase: Runner, pushed: Database, project: Project
) -> None:
    assert not pushed.has_table("tandem.journal")
    add_pair(project, [MIDDLE[0], *MIDDLE[2:]])
    tandem("push", "--yes", database=pushed)
    assert journal(pushed) == [(1, 1, "recorded", 1), (2, 1, "recorded", 1)]
    assert invalid_indexes(pushed) == []
    both_at_head(alembic, supabase, pushed, project, REVISION)


def test_it_fails_is_mended_and_gone_on_with(
    tandem: Runner, alembic: Runner, supabase: Runner, pushed: Database, project: Project
) -> None:
    """Duplicate rows under a unique index: not stuck, and nothing is run twice."""
    add_pair(project, MIDDLE)
    pushed.watch_ddl()
    failed = tandem("push", "--yes", database=pushed, expect=7)
    assert "could not create unique index" in failed.err
    assert "invalid index public.books_isbn" in failed.err
    assert "2 of 4 statements are done and stay" in failed.err
    assert f"{VERSION}_books.sql:7" in failed.err
    assert invalid_indexes(pushed) == ["books_isbn"]
    assert VERSION not in (pushed.supabase_versions() or [])
    assert journal(pushed) == [(1, 2, "done", 1), (3, 1, "failed", 1)]

    shown = tandem("status", database=pushed)
    assert "partly applied" in shown.out and "public.books_isbn" in shown.out
    assert "2 of 4 statements are done" in tandem("plan", database=pushed).out
    planned = json.loads(tandem("plan", "--format", "json", database=pushed).out)
    assert "23505" in planned["items"][-1]["unfinished"]

    # Unmended it fails again at the same place, and does not pile anything up.
    again = tandem("push", "--yes", database=pushed, expect=7)
    assert "could not create unique index" in again.err
    assert journal(pushed) == [(1, 2, "done", 1), (3, 1, "failed", 2)]
    assert invalid_indexes(pushed) == ["books_isbn"]

    add_pair(project, [*MIDDLE[:2], MEND, *MIDDLE[2:]])
    tandem("push", "--yes", database=pushed)
    assert pushed.query("SELECT id, isbn, title FROM books") == [(1, "a", None)]
    assert invalid_indexes(pushed) == []
    made = [name for tag, name in pushed.ddl() if tag == "CREATE TABLE"]
    assert made == ["tandem.journal", "public.books"]
    pushed.query("DROP EVENT TRIGGER watch; DROP SCHEMA watch CASCADE")
    both_at_head(alembic, supabase, pushed, project, REVISION)


def test_the_supabase_cli_is_stuck_with_the_same_file(
    tandem: Runner, supabase: Runner, databases, project: Project
) -> None:
    """For comparison: its second try begins at the top and fails on what the first one made."""
    database = databases()
    supabase("db", "push", "--yes", database=database)
    add_pair(project, MIDDLE)
    first = supabase("db", "push", "--yes", database=database, expect=1)
    assert "could not create unique index" in first.err
    assert invalid_indexes(database) == ["books_isbn"]
    add_pair(project, [*MIDDLE[:2], MEND, *MIDDLE[2:]])
    second = supabase("db", "push", "--yes", database=database, expect=1)
    assert 'relation "books" already exists' in second.err
    assert VERSION not in (database.supabase_versions() or [])


def test_mending_what_is_done_is_refused(
    tandem: Runner, pushed: Database, project: Project
) -> None:
    add_pair(project, MIDDLE)
    tandem("push", "--yes", database=pushed, expect=7)
    before = pushed.snapshot(), journal(pushed)
    add_pair(project, ["CREATE TABLE books (id bigint, isbn text)", *MIDDLE[1:]])
    refused = tandem("push", "--yes", database=pushed, expect=1)
    assert "statements 1 to 2" in refused.err and "have changed since" in refused.err
    assert (pushed.snapshot(), journal(pushed)) == before


def test_a_push_killed_while_the_index_is_built(
    tandem: Runner, alembic: Runner, supabase: Runner, pushed: Database, project: Project
) -> None:
    """Nobody saw the statement end: the catalog tells."""
    add_pair(project, [MIDDLE[0], *MIDDLE[2:]])
    with pushed.connect() as holder:
        hold_a_snapshot(holder)
        push = tandem.start("push", "--yes", database=pushed)
        pushed.wait_for_activity("CREATE UNIQUE INDEX CONCURRENTLY")
        time.sleep(0.3)
        push.send_signal(signal.SIGKILL)
        push.communicate()
        assert journal(pushed)[-1][2] == "running"
        assert "a run that was broken off began statement 2" in tandem(
            "plan", database=pushed
        ).out
        holder.execute("ROLLBACK")
    tandem("push", "--yes", database=pushed)
    assert invalid_indexes(pushed) == []
    assert pushed.has_table("books_isbn")
    both_at_head(alembic, supabase, pushed, project, REVISION)


def test_ctrl_c_while_the_index_is_built(
    tandem: Runner, alembic: Runner, supabase: Runner, pushed: Database, project: Project
) -> None:
    add_pair(project, [MIDDLE[0], *MIDDLE[2:]])
    with pushed.connect() as holder:
        hold_a_snapshot(holder)
        push = tandem.start("push", "--yes", database=pushed)
        pushed.wait_for_activity("CREATE UNIQUE INDEX CONCURRENTLY")
        time.sleep(0.3)
        push.send_signal(signal.SIGINT)
        stopped = tandem.finish(push, expect=None)
        holder.execute("ROLLBACK")
    assert stopped.code in (7, 130), str(stopped)
    assert journal(pushed)[-1][2] == "failed"
    tandem("push", "--yes", database=pushed)
    assert invalid_indexes(pushed) == []
    both_at_head(alembic, supabase, pushed, project, REVISION)


# --- Every kind of them --------------------------------------------------------------------------


def test_statements_of_every_kind_in_one_file(
    tandem: Runner, alembic: Runner, supabase: Runner, pushed: Database, project: Project
) -> None:
    statements = [
        "SET search_path = shop, public",
        "CREATE SCHEMA shop",
        "CREATE TABLE shop.books (id integer, isbn text)",
        "VACUUM ANALYZE books",
        "CREATE INDEX CONCURRENTLY IF NOT EXISTS books_isbn ON books (isbn)",
        "REINDEX INDEX CONCURRENTLY books_isbn",
        "DROP INDEX CONCURRENTLY shop.books_isbn",
        "CREATE TABLE shelves (id integer)",
    ]
    add_pair(project, statements)
    tandem("push", "--yes", database=pushed)
    assert pushed.has_table("shop.shelves") and not pushed.has_table("shop.books_isbn")
    both_at_head(alembic, supabase, pushed, project, REVISION)


def test_a_new_label_is_committed_before_it_is_used(
    tandem: Runner, alembic: Runner, pushed: Database, project: Project
) -> None:
    """The server allows it in no transaction, and the Supabase CLI has no way to say so."""
    sql = [
        "ALTER TYPE mood ADD VALUE 'calm'",
        "INSERT INTO moods VALUES ('calm')",
    ]
    add_pair(project, ["CREATE TYPE mood AS ENUM ('sad')", "CREATE TABLE moods (m mood)"])
    second = "20241204_000001"
    project.add_revision(
        second,
        "calm",
        "with op.get_context().autocommit_block():\n"
        f'    op.execute("{sql[0]}")\nop.execute("{sql[1]}")',
    )
    project.add_migration(second, "calm", ";\n\n".join(sql) + ";")
    tandem("push", "--yes", database=pushed)
    assert pushed.value("SELECT count(*) FROM moods WHERE m = 'calm'") == 1
    assert "Running upgrade" not in alembic("upgrade", "head", database=pushed).text


@pytest.mark.parametrize("made_before", [False, True])
def test_only_the_catalog_knows_what_is_partitioned(
    tandem: Runner, pushed: Database, project: Project, made_before: bool
) -> None:
    """REINDEX of a partitioned table is refused in a transaction, of another one it is not."""
    table = "CREATE TABLE parts (id integer PRIMARY KEY) PARTITION BY RANGE (id)"
    if made_before:
        pushed.query(table)
    lines = ["REINDEX TABLE parts"] if made_before else [table, "REINDEX TABLE parts"]
    add_pair(project, lines)
    tandem("push", "--yes", database=pushed)
    assert journal(pushed)[-1][2] == "recorded"
    assert VERSION in (pushed.supabase_versions() or [])


def test_an_invalid_index_that_is_not_ours_is_left_alone(
    tandem: Runner, pushed: Database, project: Project
) -> None:
    """IF NOT EXISTS would take it for the index and record the migration."""
    pushed.query("CREATE TABLE books (isbn text); INSERT INTO books VALUES ('a'), ('a')")
    with pytest.raises(psycopg.errors.UniqueViolation):
        pushed.query("CREATE UNIQUE INDEX CONCURRENTLY books_isbn ON books (isbn)")
    add_pair(project, ["CREATE INDEX CONCURRENTLY IF NOT EXISTS books_isbn ON books (isbn)"])
    refused = tandem("push", "--yes", database=pushed, expect=5)
    assert "invalid index public.books_isbn is there already" in refused.err
    assert invalid_indexes(pushed) == ["books_isbn"]
    assert VERSION not in (pushed.supabase_versions() or [])
    pushed.query("DROP INDEX books_isbn")
    tandem("push", "--yes", database=pushed)
    assert invalid_indexes(pushed) == [] and pushed.has_table("books_isbn")


def test_a_failure_in_a_part_that_is_a_transaction(
    tandem: Runner, alembic: Runner, supabase: Runner, pushed: Database, project: Project
) -> None:
    good = [MIDDLE[0], MIDDLE[2], MIDDLE[3]]
    add_pair(project, [*good, "SELECT 1 / 0"])
    failed = tandem("push", "--yes", database=pushed, expect=7)
    assert "division by zero" in failed.err and "2 of 4 statements are done" in failed.err
    assert journal(pushed) == [(1, 1, "done", 1), (2, 1, "done", 1)]
    columns = "SELECT count(*) FROM information_schema.columns WHERE table_name = 'books'"
    assert pushed.value(columns) == 2
    add_pair(project, good)
    tandem("push", "--yes", database=pushed)
    assert pushed.value(columns) == 3
    both_at_head(alembic, supabase, pushed, project, REVISION)


def test_two_pushes_of_such_a_file_at_once(
    tandem: Runner, alembic: Runner, supabase: Runner, pushed: Database, project: Project
) -> None:
    add_pair(project, [MIDDLE[0], *MIDDLE[2:]])
    pushes = [tandem.start("push", "--yes", database=pushed) for _ in range(3)]
    results = [tandem.finish(push, expect=None) for push in pushes]
    codes = sorted(result.code for result in results)
    assert codes[0] == 0 and set(codes) <= {0, 1, 6}, "\n".join(map(str, results))
    assert journal(pushed) == [(1, 1, "recorded", 1), (2, 1, "recorded", 1)]
    both_at_head(alembic, supabase, pushed, project, REVISION)


def test_the_journal_is_no_drift(tandem: Runner, pushed: Database, project: Project) -> None:
    add_pair(project, [MIDDLE[0], *MIDDLE[2:]])
    tandem("push", "--yes", database=pushed)
    assert pushed.has_table("tandem.journal")
    assert "tandem" not in tandem("drift", database=pushed, expect=None).out.replace("target:", "")


def test_the_journal_holds_no_statement(
    tandem: Runner, pushed: Database, project: Project
) -> None:
    secret = "INSERT INTO books VALUES (7, 'hunter2-secret')"
    add_pair(project, [MIDDLE[0], secret, *MIDDLE[2:]])
    tandem("push", "--yes", database=pushed)
    assert "hunter2" not in str(pushed.query("SELECT * FROM tandem.journal"))


# --- Over HTTPS ----------------------------------------------------------------------------------


def test_over_the_api_it_fails_is_mended_and_gone_on_with(
    linked: Runner, alembic: Runner, supabase: Runner, api: ManagementApi, database: Database,
    project: Project,
) -> None:
    """Each such statement is a request of its own."""
    linked("push", "--yes", *LINKED)
    add_pair(project, MIDDLE)
    failed = linked("push", "--yes", *LINKED, expect=7)
    assert "could not create unique index" in failed.err
    assert "invalid index public.books_isbn" in failed.err
    assert journal(database) == [(1, 2, "done", 1), (3, 1, "failed", 1)]
    alone = [x.body for x in api.seen if "CREATE UNIQUE INDEX CONCURRENTLY" in x.body]
    assert len([x for x in alone if "INSERT INTO" not in x]) == 1
    add_pair(project, [*MIDDLE[:2], MEND, *MIDDLE[2:]])
    linked("push", "--yes", *LINKED)
    assert invalid_indexes(database) == []
    assert database.query("SELECT id, isbn, title FROM books") == [(1, "a", None)]
    both_at_head(alembic, supabase, database, project, REVISION)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_over_the_api_a_lost_answer_to_such_a_statement(
    linked: Runner, alembic: Runner, supabase: Runner, api: ManagementApi, database: Database,
    project: Project, after: bool,
) -> None:
    linked("push", "--yes", *LINKED)
    add_pair(project, [MIDDLE[0], *MIDDLE[2:]])

    def is_index(method: str, path: str, body: str) -> bool:
        return "CREATE UNIQUE INDEX CONCURRENTLY" in body and "INSERT INTO" not in body

    api.faults.append(Fault(status=504, after=after, times=1, fits=is_index))
    linked("push", "--yes", *LINKED)
    sent = [x for x in api.seen if is_index(x.method, x.path, x.body)]
    assert len(sent) == (1 if after else 2)
    assert invalid_indexes(database) == []
    both_at_head(alembic, supabase, database, project, REVISION)


# --- Rows that are not true any more -------------------------------------------------------------


def break_off(tandem: Runner, database: Database, project: Project, *words: str) -> None:
    """Two statements are done, and the index fails on two rows."""
    add_pair(project, MIDDLE)
    python = project.revision_file(REVISION)
    python.write_text(
        python.read_text().replace("-> None:\n    pass", '-> None:\n    op.drop_table("books")')
    )
    reached = {} if words else {"database": database}
    tandem("push", "--yes", *words, **reached, expect=7)
    assert journal(database) == [(1, 2, "done", 1), (3, 1, "failed", 1)]


def finish_by_hand(alembic: Runner, supabase: Runner, database: Database) -> None:
    database.query("DROP INDEX books_isbn; " + MEND)
    for statement in MIDDLE[2:]:
        database.query(statement)
    supabase("migration", "repair", VERSION, "--status", "applied", "--yes", database=database)
    alembic("stamp", "head", database=database)


def take_back(alembic: Runner, supabase: Runner, database: Database) -> None:
    alembic("downgrade", "-1", database=database)
    supabase("migration", "repair", VERSION, "--status", "reverted", "--yes", database=database)


@pytest.mark.parametrize("via", ["libpq", "api"])
def test_finished_and_taken_back_by_others(
    linked: Runner, alembic: Runner, supabase: Runner, database: Database, project: Project,
    via: str,
) -> None:
    """The rows still say that two statements are done, of which nothing is there."""
    words = LINKED if via == "api" else ("--via", "libpq")
    linked.variables |= {"DATABASE_URL": database.url}
    linked("push", "--yes", *words)
    break_off(linked, database, project, *words)
    finish_by_hand(alembic, supabase, database)
    take_back(alembic, supabase, database)
    before = database.snapshot()
    refused = linked("push", "--yes", *words, expect=1)
    assert "alembic_version has been written since" in refused.err, str(refused)
    assert "DELETE FROM tandem.journal" in refused.err
    assert database.snapshot() == before
    database.query("DELETE FROM tandem.journal WHERE migration = %s", [VERSION])
    add_pair(project, [MIDDLE[0], *MIDDLE[2:]])
    linked("push", "--yes", *words)
    assert journal(database) == [(1, 1, "recorded", 1), (2, 1, "recorded", 1)]
    both_at_head(alembic, supabase, database, project, REVISION)


def test_rows_that_others_deleted_again_are_not_taken_for_done(
    tandem: Runner, alembic: Runner, supabase: Runner, pushed: Database, project: Project
) -> None:
    """Nothing in the catalog tells: only that Alembic has been there since."""
    pushed.query("CREATE TABLE books (id integer, isbn text)")
    add_pair(project, MIDDLE[1:])
    python = project.revision_file(REVISION)
    python.write_text(python.read_text().replace(
        "-> None:\n    pass", '-> None:\n    op.execute("DELETE FROM books")'))
    tandem("push", "--yes", database=pushed, expect=7)
    finish_by_hand(alembic, supabase, pushed)
    take_back(alembic, supabase, pushed)
    assert pushed.value("SELECT count(*) FROM books") == 0
    refused = tandem("push", "--yes", database=pushed, expect=1)
    assert "alembic_version has been written since" in refused.err, str(refused)
    assert VERSION not in (pushed.supabase_versions() or [])


@pytest.mark.parametrize(
    "sql, name",
    [
        ("DROP TABLE books", "table books"),
        ("ALTER TABLE books DROP COLUMN isbn", "column isbn of table books"),
        ("DROP TABLE books; CREATE TABLE books (id integer, isbn text)", "table books"),
    ],
)
def test_what_was_done_is_gone_or_not_the_same(
    tandem: Runner, pushed: Database, project: Project, sql: str, name: str
) -> None:
    break_off(tandem, pushed, project)
    pushed.query("ALTER TABLE books RENAME COLUMN id TO number; "
                 "ALTER TABLE books RENAME COLUMN number TO id; " + sql)
    refused = tandem("push", "--yes", database=pushed, expect=1)
    assert "which they made, is not there any more" in refused.err, str(refused)
    assert name.split()[0] in refused.err
    assert "cannot be known" in json.loads(
        tandem("plan", "--format", "json", database=pushed, expect=None).out
    )["items"][-1]["reason"]


def test_what_changes_between_plan_and_push_is_seen(
    tandem: Runner, pushed: Database, project: Project
) -> None:
    break_off(tandem, pushed, project)
    asked = Asked(tandem, pushed)
    pushed.query("DROP TABLE books")
    assert asked.answer("y") == 1
    assert not pushed.has_table("books")


def test_rows_are_closed_as_soon_as_others_are_seen_to_have_finished(
    tandem: Runner, alembic: Runner, supabase: Runner, pushed: Database, project: Project
) -> None:
    break_off(tandem, pushed, project)
    finish_by_hand(alembic, supabase, pushed)
    project.add_revision("20241204_000001", "later", 'op.execute("CREATE TABLE later (id int)")')
    project.add_migration("20241204_000001", "later", "CREATE TABLE later (id int);")
    tandem("push", "--yes", database=pushed)
    assert journal(pushed) == [(1, 2, "recorded", 1), (3, 1, "recorded", 1)]


@pytest.mark.parametrize("by", ["alembic", "supabase"])
def test_adopting_closes_the_rows(
    tandem: Runner, alembic: Runner, supabase: Runner, pushed: Database, project: Project, by: str
) -> None:
    break_off(tandem, pushed, project)
    head = project.revisions()[-2]
    finish_by_hand(alembic, supabase, pushed)
    if by == "alembic":
        pushed.query("DELETE FROM supabase_migrations.schema_migrations WHERE version = %s",
                     [VERSION])
    else:
        alembic("stamp", head, database=pushed)
    tandem("push", "--adopt", "--yes", database=pushed)
    assert journal(pushed) == [(1, 2, "recorded", 1), (3, 1, "recorded", 1)]
    both_at_head(alembic, supabase, pushed, project, REVISION)


def test_a_repair_closes_the_rows(
    tandem: Runner, alembic: Runner, supabase: Runner, pushed: Database, project: Project
) -> None:
    break_off(tandem, pushed, project)
    pushed.query("DROP INDEX books_isbn; " + MEND)
    for statement in MIDDLE[2:]:
        pushed.query(statement)
    tandem("repair", VERSION, "--status", "applied", "--adopt", "--yes", database=pushed)
    assert journal(pushed) == [(1, 2, "recorded", 1), (3, 1, "recorded", 1)]
    both_at_head(alembic, supabase, pushed, project, REVISION)
    # Taken back whole, it is run again whole.
    alembic("downgrade", "-1", database=pushed)
    supabase("migration", "repair", VERSION, "--status", "reverted", "--yes", database=pushed)
    add_pair(project, [MIDDLE[0], *MIDDLE[2:]])
    tandem("push", "--yes", database=pushed)
    both_at_head(alembic, supabase, pushed, project, REVISION)


def test_a_migration_that_goes_before_does_not_get_in_the_way(
    tandem: Runner, alembic: Runner, supabase: Runner, pushed: Database, project: Project
) -> None:
    """It writes alembic_version, and is ours."""
    break_off(tandem, pushed, project)
    head = project.revisions()[-2]
    earlier = "20241202_500000"
    project.add_revision(earlier, "earlier", 'op.execute("CREATE TABLE earlier (id int)")',
                         parent=head)
    project.add_migration(earlier, "earlier", "CREATE TABLE earlier (id int);")
    add_pair(project, [*MIDDLE[:2], MEND, *MIDDLE[2:]])
    python = project.revision_file(REVISION)
    assert f"down_revision = '{earlier}'" in python.read_text()
    tandem("push", "--yes", database=pushed)
    assert pushed.query("SELECT id, isbn, title FROM books") == [(1, "a", None)]
    both_at_head(alembic, supabase, pushed, project, REVISION)


def test_an_index_that_was_there_before_is_not_the_one_that_was_to_be_made(
    tandem: Runner, pushed: Database, project: Project
) -> None:
    """The push is killed between its row and the statement, which the server would have refused."""
    pushed.query("CREATE TABLE books (id integer, isbn text);"
                 "CREATE INDEX books_isbn ON books (id)")
    add_pair(project, [MIDDLE[2]])
    with between(pushed) as (proxy, reached):
        push = tandem.start("push", "--yes", database=reached, env=PLAIN)
        proxy.fault = lambda count, sql: sql == "COMMIT"
        proxy.before = push.kill
        push.communicate()
    assert journal(pushed) == [(1, 1, "running", 1)]
    refused = tandem("push", "--yes", database=pushed, expect=5)
    assert "already exists" in refused.err, str(refused)
    assert VERSION not in (pushed.supabase_versions() or [])


# --- Before a connection is made -----------------------------------------------------------------

NOWHERE = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/x"}


@pytest.mark.parametrize(
    "sql, words",
    [
        ("BEGIN;\nCREATE TABLE x (i int);", "never ended"),
        ("CREATE TABLE x (i int);\nCOMMIT;", "did not begin"),
        ("COMMIT;\nBEGIN;", "did not begin"),
        ("START TRANSACTION;\nBEGIN WORK;\nCOMMIT;", "inside another"),
        ("SET LOCAL work_mem = 64;\nCREATE INDEX CONCURRENTLY i ON documents (id);", "SET LOCAL"),
        ("CREATE TEMP TABLE t (i int);\nVACUUM documents;", "temporary table"),
    ],
)
def test_what_cannot_be_right_is_refused_before_connecting(
    tandem: Runner, project: Project, sql: str, words: str
) -> None:
    project.add_migration(REVISION, "wrong", sql)
    refused = tandem("push", "--yes", env=NOWHERE, expect=1)
    assert words in refused.err and f"{VERSION}_wrong.sql:" in refused.err


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$;",
        "-- tandem:ignore TD204 applied everywhere long ago\nBEGIN;\nSELECT 1;",
        "VACUUM documents;",
        "SELECT 'BEGIN;';",
    ],
)
def test_what_may_be_right_is_asked_of_the_target(
    tandem: Runner, project: Project, sql: str
) -> None:
    project.add_migration(REVISION, "right", sql)
    tandem("push", "--yes", env=NOWHERE, expect=4)


# --- A target that takes nothing -----------------------------------------------------------------


def test_a_read_only_target_is_found_first(tandem: Runner, database: Database) -> None:
    database.query(f"ALTER DATABASE {database.name} SET default_transaction_read_only = on")
    refused = tandem("push", "--yes", database=database, expect=1)
    assert "read-only" in refused.err
    tandem("status", database=database)


# --- Locks and time ------------------------------------------------------------------------------


def test_progress_of_a_long_build_and_whom_it_waits_for(
    tandem: Runner, pushed: Database, project: Project
) -> None:
    """From a second session, by PostgreSQL's own words."""
    add_pair(project, [MIDDLE[0], *MIDDLE[2:]])
    with pushed.connect(application_name="holder") as holder:
        hold_a_snapshot(holder)
        push = tandem.start("push", "--yes", "--format", "ndjson", database=pushed)
        pushed.wait_for_activity("CREATE UNIQUE INDEX CONCURRENTLY")
        time.sleep(2.5)
        process = holder.info.backend_pid
        holder.execute("ROLLBACK")
    done = tandem.finish(push)
    events = [json.loads(line) for line in done.out.splitlines()]
    (progress,) = [x["text"] for x in events if x["event"] == "progress"]
    assert progress.startswith("create index concurrently of index on books: waiting for old")
    (waiting,) = [x["text"] for x in events if x["event"] == "waiting"]
    assert f"pid {process} (holder, user postgres, idle in transaction, since 20" in waiting
    assert "count(*)" not in done.text


def test_a_held_lock_is_tried_for_again(
    tandem: Runner, alembic: Runner, supabase: Runner, pushed: Database, project: Project
) -> None:
    add_pair(project, ["CREATE TABLE books (id int)", "ALTER TABLE documents ADD COLUMN pages int"])
    with pushed.connect(application_name="holder") as holder:
        holder.execute("BEGIN; LOCK TABLE documents IN ACCESS SHARE MODE")
        push = tandem.start("push", "--yes", "--lock-timeout", "1500ms", database=pushed)
        time.sleep(4)
        # Between two tries nobody queues behind the push.
        pushed.query("SELECT count(*) FROM documents")
        holder.execute("ROLLBACK")
    done = tandem.finish(push)
    assert "rolled back, and tried again in" in done.err and "(holder, user postgres" in done.err
    both_at_head(alembic, supabase, pushed, project, REVISION)


def test_a_held_lock_is_given_up_on_naming_who_holds_it(
    tandem: Runner, pushed: Database, project: Project
) -> None:
    add_pair(project, ["ALTER TABLE documents ADD COLUMN pages int"])
    before = pushed.snapshot()
    with pushed.connect(application_name="holder") as holder:
        holder.execute("BEGIN; LOCK TABLE documents IN ACCESS SHARE MODE")
        failed = tandem(
            "push", "--yes", "--lock-timeout", "2s", "--wait", "3s", database=pushed, expect=6
        )
    assert "locked by pid" in failed.err and "holder" in failed.err
    assert pushed.snapshot() == before


def test_a_statement_that_takes_too_long(
    tandem: Runner, pushed: Database, project: Project
) -> None:
    add_pair(project, ["CREATE TABLE books (id int)", "SELECT pg_sleep(30)"])
    before = pushed.snapshot()
    started = time.monotonic()
    failed = tandem("push", "--yes", "--statement-timeout", "1s", database=pushed, expect=5)
    assert "statement timeout" in failed.err and time.monotonic() - started < 20
    assert pushed.snapshot() == before
