"""What can go wrong in a push does here, for real: with what was there before and after.

Three things hold after every fault. The histories agree with each other and with the schema, up to
some migration: nothing is half-applied. What the exit code says is so. And the next push, without the
fault, ends with everything in place.

Faults over HTTPS are in test_api.py, and those with another program at work in test_push.py as well.
"""

from __future__ import annotations

import contextlib
import os
import re
import resource
import select
import signal
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from conftest import ROOT, SECONDS, Database, Project, Runner, Server
from management_api import TOKEN, Fault, ManagementApi
from proxy import Proxy
from test_api import LINKED, link
from test_push import both_at_head, named_place

IDS = ["20250101_000001", "20250102_000001", "20250103_000001"]
PLAIN = {"PGSSLMODE": "disable", "PGGSSENCMODE": "disable"}


def statements(number: int) -> list[str]:
    """Twice run, the second would leave a second row."""
    return [f"CREATE TABLE t{number} (id integer)", f"INSERT INTO t{number} VALUES ({number})"]


def add_pair(project: Project, number: int, lines: list[str]) -> None:
    """Adds the n-th pair, or replaces it."""
    revision = IDS[number - 1]
    python = project.add_revision(
        revision, f"t{number}", "\n".join(f"op.execute({x!r})" for x in lines), parent="?"
    )
    parent = repr(IDS[number - 2]) if number > 1 else "None"
    python.write_text(python.read_text().replace("'?'", parent))
    project.add_migration(revision, f"t{number}", "".join(f"{x};\n\n" for x in lines))


@pytest.fixture
def small(project: Project) -> Project:
    """Two pairs, of a table and a row each."""
    project.clear()
    for number in (1, 2):
        add_pair(project, number, statements(number))
    return project


def state(database: Database) -> int:
    """How many migrations are there; fails unless all that could tell says the same."""
    with database.connect() as connection:

        def column(sql: str) -> list:
            return [x for (x,) in connection.execute(sql).fetchall()]

        def rows_of(table: str, name: str) -> list:
            there = column(f"SELECT to_regclass('{table}') IS NOT NULL")[0]
            return column(f"SELECT {name} FROM {table} ORDER BY 1") if there else []

        versions = rows_of("supabase_migrations.schema_migrations", "version")
        heads = rows_of("public.alembic_version", "version_num")
        tables = column("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
                        " AND tablename ~ '^t[0-9]' ORDER BY 1")
        counts = [column(f"SELECT count(*) FROM {table}")[0] for table in tables]
    count = len(versions)
    assert versions == [x.replace("_", "") for x in IDS[:count]]
    assert heads == IDS[count - 1 : count] if count else heads == []
    assert tables == [f"t{number}" for number in range(1, count + 1)]
    assert counts == [1] * count
    return count


def empty(database: Database) -> None:
    database.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public;"
                   " DROP SCHEMA IF EXISTS supabase_migrations CASCADE")


@contextlib.contextmanager
def between(database: Database) -> Iterator[tuple[Proxy, Database]]:
    """A proxy, and the database as it is reached through it."""
    proxy = Proxy(database.url)
    try:
        yield proxy, Database(proxy.address, database.programs)
    finally:
        proxy.close()


def steps_of_a_push(tandem: Runner, database: Database) -> list[str]:
    with between(database) as (proxy, reached):
        tandem("push", "--yes", database=reached, env=PLAIN)
        steps = proxy.steps
    assert state(database) == 2
    empty(database)
    return steps


@contextlib.contextmanager
def reaching(
    via: str, tandem: Runner, project: Project, database: Database
) -> Iterator[tuple[tuple[str, ...], ManagementApi]]:
    """The words that lead to a database, by a connection or by the emulated API."""
    link(project)
    api = ManagementApi(database.url)
    tandem.variables |= {
        "SUPABASE_ACCESS_TOKEN": TOKEN,
        "SUPABASE_API_URL": api.address,
        "DATABASE_URL": database.url,
    }
    try:
        yield (LINKED if via == "api" else (), api)
    finally:
        api.close()


# --- A program or a connection dies at any step --------------------------------------------------


def test_killed_at_every_step(tandem: Runner, database: Database, small: Project) -> None:
    """kill -9 once the server has run the n-th statement, for every n."""
    steps = steps_of_a_push(tandem, database)
    assert len(steps) > 30
    reached_states = set()
    for number in range(1, len(steps) + 1):
        with between(database) as (proxy, reached):
            push = tandem.start("push", "--yes", database=reached, env=PLAIN)
            proxy.fault = lambda count, sql: count == number
            proxy.before = push.kill
            push.communicate(timeout=SECONDS)
            assert push.returncode == -signal.SIGKILL, (number, steps[number - 1])
        there = state(database)
        committed = sum(x == "COMMIT" for x in steps[:number])
        assert there == committed, (number, steps[number - 1])
        reached_states.add(there)
        tandem("push", "--yes", database=database)
        assert state(database) == 2
        empty(database)
    assert reached_states == {0, 1, 2}


def test_cut_at_every_step(tandem: Runner, database: Database, small: Project) -> None:
    """The connection is lost with the answer of the n-th statement, for every n, and can be made
    again. After COMMIT the push finds out by itself that it is done, and goes on."""
    steps = steps_of_a_push(tandem, database)
    for number in range(1, len(steps) + 1):
        with between(database) as (proxy, reached):
            proxy.fault = lambda count, sql: count == number
            result = tandem("push", "--yes", database=reached, env=PLAIN, expect=None)
        there, what = state(database), f"{number}: {steps[number - 1]}\n{result}"
        committed = sum(x == "COMMIT" for x in steps[:number])
        if steps[number - 1] == "COMMIT" or number == len(steps):
            assert (result.code, there) == (0, 2), what
        else:
            assert (result.code, there) == (4, committed), what
            tandem("push", "--yes", database=database)
            assert state(database) == 2
        empty(database)


def test_a_lost_commit_that_nobody_can_ask_about_is_code_7(
    tandem: Runner, database: Database, small: Project
) -> None:
    with between(database) as (proxy, reached):
        proxy.fault = lambda count, sql: sql == "COMMIT"
        proxy.before = lambda: setattr(proxy, "refuses", True)
        stopped = tandem("push", "--yes", database=reached, env=PLAIN, expect=7)
    assert "whether it is applied is not known" in stopped.err
    assert small.migration_file("20250101000001").name in stopped.err
    assert state(database) == 1
    tandem("push", "--yes", database=database)
    assert state(database) == 2


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_at_every_request(
    tandem: Runner, database: Database, small: Project, after: bool
) -> None:
    """The same over HTTPS: before and after the work of each request."""
    with reaching("api", tandem, small, database) as (words, api):
        tandem("push", "--yes", *words)
        count = len(api.seen)
        assert count >= 4
        for number in range(1, count + 1):
            empty(database)
            api.seen.clear()
            fault = Fault(after=after, fits=lambda *_: len(api.seen) == number)
            api.faults.append(fault)
            push = tandem.start("push", "--yes", *words)
            fault.then = push.kill
            push.communicate(timeout=SECONDS)
            assert push.returncode == -signal.SIGKILL
            assert state(database) == min(2, max(0, number - 2 + after)), number
            tandem("push", "--yes", *words)
            assert state(database) == 2


# --- The server dies -----------------------------------------------------------------------------


def add_slow(project: Project) -> None:
    add_pair(project, 3, [*statements(3), "SELECT pg_sleep(30)"])


@pytest.mark.parametrize("how", ["terminated", "crashed"])
def test_the_server_goes_in_a_statement(
    tandem: Runner, database: Database, small: Project, how: str
) -> None:
    tandem("push", "--yes", database=database)
    add_slow(small)
    push = tandem.start("push", "--yes", database=database)
    database.wait_for_activity("pg_sleep")
    pid = database.value("SELECT pid FROM pg_stat_activity WHERE state = 'active'"
                         " AND datname = current_database() AND query ~ 'pg_sleep'"
                         " AND pid <> pg_backend_pid()")
    if how == "terminated":
        database.query("SELECT pg_terminate_backend(%s)", [pid])
    else:
        database.query("CHECKPOINT")  # this server does not wait for the disk at COMMIT
        with contextlib.suppress(psycopg.OperationalError):
            database.query(f"COPY (SELECT 1) TO PROGRAM 'kill -9 {pid}'")
    stopped = tandem.finish(push, expect=4)
    assert "rolled back: nothing of it was applied" in stopped.err
    deadline = time.monotonic() + 30
    while True:  # after a crash all sessions go, and the server recovers
        try:
            assert state(database) == 2
            break
        except psycopg.OperationalError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_over_https_the_server_goes_in_a_statement(
    tandem: Runner, alembic: Runner, supabase: Runner, database: Database, small: Project
) -> None:
    """The API says that its connection went: the push looks, finds nothing, and sends it again."""
    add_pair(small, 2, ["SELECT pg_sleep(3)", *statements(2)])
    with reaching("api", tandem, small, database) as (words, _):
        push = tandem.start("push", "--yes", *words)
        sleeping = ("SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
                    " AND datname = current_database()")
        deadline = time.monotonic() + 60
        while not database.query(sleeping):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        database.query("SELECT pg_terminate_backend(%s)", [database.value(sleeping)])
        result = tandem.finish(push, expect=None)
        assert result.code in (0, 5), str(result)
        if result.code:
            assert "rolled back: nothing of it was applied" in result.err, str(result)
            assert state(database) == 1
            tandem("push", "--yes", *words)
    assert state(database) == 2
    both_at_head(alembic, supabase, database, small, IDS[1])


@pytest.mark.parametrize("via", ["libpq", "api"])
def test_the_disk_is_full(tandem: Runner, small: Project, via: str) -> None:
    """A server of its own, whose files may not grow beyond 20 MB and half a page."""
    limit = (20 << 20) + 4096
    with throwaway_server(lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))) as server:
        database = server.create()
        tandem("push", "--yes", database=database)
        fill = "INSERT INTO t3 SELECT n, repeat('x', 1900) FROM generate_series(1, 13000) AS n"
        add_pair(small, 3, ["CREATE TABLE t3 (id integer, t text)", fill])
        with reaching(via, tandem, small, database) as (words, _):
            stopped = tandem("push", "--yes", *words, expect=5)
            assert "could not extend file" in stopped.err
            if via == "libpq":  # there the server does not say which statement, and gives no hint
                assert "free disk space" in stopped.err
                path, line = named_place(stopped, small, IDS[2])
                assert "generate_series" in path.read_text().splitlines()[line - 1]
            assert state(database) == 2
            add_pair(small, 3, statements(3))
            tandem("push", "--yes", *words)
            assert state(database) == 3


@contextlib.contextmanager
def throwaway_server(limited: Callable[[], None]) -> Iterator[Server]:
    process = subprocess.Popen(
        [ROOT / "tests/setup/server.sh", "serve"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=limited,
    )
    try:
        yield Server(process.stdout.readline().strip(), Path(process.stdout.readline().strip()))
    finally:
        process.stdin.close()
        process.wait(SECONDS)


# --- Many at once --------------------------------------------------------------------------------


def test_twenty_pushes_at_once(
    tandem: Runner, alembic: Runner, supabase: Runner, database: Database, small: Project
) -> None:
    pushes = [tandem.start("push", "--yes", database=database) for _ in range(20)]
    results = [tandem.finish(push, expect=None) for push in pushes]
    assert {x.code for x in results} == {0}, "\n".join(map(str, results))
    assert state(database) == 2
    both_at_head(alembic, supabase, database, small, IDS[1])


@pytest.mark.parametrize("via", ["libpq", "api"])
def test_alembic_and_supabase_at_the_same_time(
    tandem: Runner, alembic: Runner, supabase: Runner, database: Database, small: Project,
    via: str,
) -> None:
    """Whoever is first: nothing runs twice, and a push that adopts ends the difference."""
    with reaching(via, tandem, small, database) as (words, _):
        started = [
            tandem.start("push", "--yes", *words),
            alembic.start("upgrade", "head", database=database),
            supabase.start("db", "push", "--yes", database=database),
        ]
        ours, *theirs = [Runner.finish(x, expect=None) for x in started]
        assert ours.code in (0, 1, 5, 6), str(ours)
        for table in ("t1", "t2"):
            if database.has_table(f"public.{table}"):
                assert database.value(f"SELECT count(*) FROM {table}") == 1
        tandem("push", "--adopt", "--yes", *words)
        assert state(database) == 2, "\n".join(map(str, [ours, *theirs]))
        both_at_head(alembic, supabase, database, small, IDS[1])


VERSIONS = "supabase_migrations.schema_migrations"


@pytest.mark.parametrize("via", ["libpq", "api"])
@pytest.mark.parametrize(
    "held, said",
    [
        # So that nobody may even read it: a push that is at work does this.
        ("alembic_version IN ACCESS EXCLUSIVE MODE", "the histories in"),
        (f"{VERSIONS} IN ACCESS EXCLUSIVE MODE", "the histories in"),
        # As whoever reads or writes it.
        ("alembic_version IN ACCESS SHARE MODE", "(somebody, "),
        (f"{VERSIONS} IN ROW EXCLUSIVE MODE", "(somebody, "),
        # What the migration changes.
        ("t1 IN ACCESS EXCLUSIVE MODE", "--lock-timeout"),
    ],
)
def test_a_lock_is_held_by_another_session(
    tandem: Runner, database: Database, small: Project, held: str, said: str, via: str
) -> None:
    tandem("push", "--yes", database=database)
    add_pair(small, 3, ["ALTER TABLE t1 ADD COLUMN t3 integer", *statements(3)])
    with reaching(via, tandem, small, database) as (words, _):
        with database.connect(application_name="somebody") as holder:
            holder.execute(f"BEGIN; LOCK TABLE {held}")
            stopped = tandem(
                "push", "--yes", "--wait", "1s", "--lock-timeout", "500ms", *words,
                env={"PGOPTIONS": "-c lock_timeout=1s"},
                expect=6,
            )
            # Over HTTPS it is not said which lock of a request was not to be had.
            assert said in stopped.err or via == "api", str(stopped)
            holder.execute("ROLLBACK")
        assert state(database) == 2
        tandem("push", "--yes", *words)
        assert state(database) == 3


# --- Not let in ----------------------------------------------------------------------------------


def changed(database: Database, **parts: str) -> Database:
    url = urlsplit(database.url)
    user, password = parts.get("user", url.username), parts.get("password", url.password)
    host, port = parts.get("host", url.hostname), parts.get("port", url.port)
    return Database(
        f"postgresql://{user}:{password}@{host}:{port}{url.path}", database.programs
    )


def test_a_wrong_password_is_code_4(tandem: Runner, database: Database, small: Project) -> None:
    wrong = changed(database, password="not-this-one")
    refused = tandem("push", "--yes", database=wrong, expect=4)
    assert "password authentication failed" in refused.err
    assert "not-this-one" not in refused.text
    assert state(database) == 0


def test_a_role_that_has_expired_is_code_4(
    tandem: Runner, database: Database, small: Project
) -> None:
    database.query("CREATE ROLE expired LOGIN SUPERUSER PASSWORD 'sesame'"
                   " VALID UNTIL '2020-01-01'")
    try:
        refused = tandem(
            "push", "--yes", database=changed(database, user="expired", password="sesame"),
            expect=4,
        )
        assert "expired" in refused.err and "sesame" not in refused.text
        assert state(database) == 0
        # It expires in the middle: who is in stays in.
        database.query("ALTER ROLE expired VALID UNTIL 'infinity'")
        add_pair(small, 3, [*statements(3), "ALTER ROLE expired VALID UNTIL '2020-01-01'"])
        tandem("push", "--yes", database=changed(database, user="expired", password="sesame"))
        assert state(database) == 3
    finally:
        database.query("REASSIGN OWNED BY expired TO postgres; DROP OWNED BY expired;"
                       " DROP ROLE expired")


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("certificate")
    key, made = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key,
         "-out", made, "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
        check=True,
        capture_output=True,
    )
    return key, made


def test_a_bad_certificate_is_code_4(
    tandem: Runner, database: Database, small: Project, certificate: tuple[Path, Path]
) -> None:
    key, made = certificate
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    proxy = Proxy(database.url, tls=context)
    try:
        by_name = changed(Database(proxy.address, database.programs), host="localhost")
        by_number = Database(proxy.address, database.programs)
        checked = {"PGSSLMODE": "verify-full", "PGGSSENCMODE": "disable"}
        trusted = checked | {"PGSSLROOTCERT": str(made)}
        unknown = tandem("push", "--yes", database=by_name, expect=4,
                         env=checked | {"PGSSLROOTCERT": "/etc/ssl/certs/ca-certificates.crt"})
        assert "certificate verify failed" in unknown.err and "sslrootcert" in unknown.err
        other = tandem("push", "--yes", database=by_number, env=trusted, expect=4)
        assert "does not match host name" in other.err
        plain = tandem("push", "--yes", database=database, env=trusted, expect=4)
        assert "SSL" in plain.err
        assert state(database) == 0
        tandem("push", "--yes", database=by_name, env=trusted)
        assert state(database) == 2
    finally:
        proxy.close()


# --- The history tables --------------------------------------------------------------------------

OLD = "CREATE TABLE supabase_migrations.schema_migrations (version text NOT NULL PRIMARY KEY)"
HOSTED = (
    "CREATE TABLE supabase_migrations.schema_migrations (version text NOT NULL PRIMARY KEY,"
    " statements text[], name text, created_by text, idempotency_key text UNIQUE, rollback text[])"
)


@pytest.mark.parametrize("via", ["libpq", "api"])
@pytest.mark.parametrize(
    "made",
    [
        "SELECT 1",
        "CREATE SCHEMA supabase_migrations",
        f"CREATE SCHEMA supabase_migrations; {OLD}",
        f"CREATE SCHEMA supabase_migrations; {HOSTED}",
        "CREATE TABLE alembic_version (version_num varchar(32) NOT NULL)",
        "CREATE TABLE alembic_version (version_num varchar(255) NOT NULL PRIMARY KEY)",
    ],
    ids=["none", "schema alone", "old", "hosted", "no key", "wide"],
)
def test_history_tables_of_every_age(
    tandem: Runner, alembic: Runner, supabase: Runner, database: Database, small: Project,
    made: str, via: str,
) -> None:
    database.query(made)
    with reaching(via, tandem, small, database) as (words, _):
        tandem("push", "--yes", *words)
    assert state(database) == 2
    rows = database.supabase_rows()
    assert [(x[1], len(x[2])) for x in rows] == [("t1", 2), ("t2", 2)]
    if OLD in made or HOSTED in made:
        both_at_head(alembic, supabase, database, small, IDS[1])


UNREADABLE = {
    "no right to the schema": ("", 4),
    "no right to the table": ("GRANT USAGE ON SCHEMA supabase_migrations TO visitor", 4),
    "rows are hidden": (
        "GRANT USAGE ON SCHEMA supabase_migrations TO visitor;"
        "GRANT ALL ON supabase_migrations.schema_migrations, alembic_version TO visitor;"
        "ALTER TABLE supabase_migrations.schema_migrations ENABLE ROW LEVEL SECURITY",
        1,
    ),
}


@pytest.mark.parametrize("via", ["libpq", "api"])
@pytest.mark.parametrize("name", UNREADABLE)
def test_a_history_that_cannot_be_read_is_not_an_empty_one(
    tandem: Runner, database: Database, small: Project, name: str, via: str
) -> None:
    grants, code = UNREADABLE[name]
    tandem("push", "--yes", database=database)
    add_pair(small, 3, statements(3))
    database.query("CREATE ROLE visitor LOGIN PASSWORD 'sesame'; " + grants)
    try:
        visiting = changed(database, user="visitor", password="sesame")
        with reaching(via, tandem, small, visiting) as (words, _):
            refused = tandem("push", "--yes", *words, expect=code)
        assert "owns" in refused.err, str(refused)
        assert state(database) == 2
    finally:
        database.query("DROP OWNED BY visitor; DROP ROLE visitor")


def test_a_history_that_is_no_table(tandem: Runner, database: Database, small: Project) -> None:
    database.query("CREATE VIEW alembic_version AS SELECT 'x'::text AS version_num")
    refused = tandem("push", "--yes", database=database, expect=1)
    assert "is no table" in refused.err


# --- A statement fails ---------------------------------------------------------------------------

BAD = "SELECT 1 / 0"


@pytest.mark.parametrize("via", ["libpq", "api"])
@pytest.mark.parametrize("where", ["first", "middle", "last", "commit"])
@pytest.mark.parametrize("number", [1, 3])
def test_a_failing_statement_in_each_place(
    tandem: Runner, database: Database, small: Project, number: int, where: str, via: str
) -> None:
    add_pair(small, 3, statements(3))
    first, second = statements(number)
    unmet = [  # a row that refers to none, which only COMMIT looks at
        f"ALTER TABLE t{number} ADD COLUMN p integer UNIQUE",
        f"ALTER TABLE t{number} ADD FOREIGN KEY (id) REFERENCES t{number} (p)"
        " DEFERRABLE INITIALLY DEFERRED",
    ]
    lines = {
        "first": [BAD, first, second],
        "middle": [first, BAD, second],
        "last": [first, second, BAD],
        "commit": [first, *unmet, second],
    }[where]
    add_pair(small, number, lines)
    with reaching(via, tandem, small, database) as (words, _):
        failed = tandem("push", "--yes", *words, expect=5)
        assert "rolled back: nothing of it was applied" in failed.err, str(failed)
        assert state(database) == number - 1
        file = small.migration_file(IDS[number - 1].replace("_", ""))
        assert ("23503" if where == "commit" else "22012") in failed.err
        if where == "commit" or via == "api":  # there the server does not say which statement
            assert file.name in failed.err
        else:
            path, line = named_place(failed, small, IDS[number - 1])
            assert BAD in path.read_text().splitlines()[line - 1]
        add_pair(small, number, statements(number))
        tandem("push", "--yes", *words)
        assert state(database) == 3


# --- Between the plan and the push ---------------------------------------------------------------


class Asked:
    """A push on a terminal, where it has shown its plan and waits for an answer."""

    def __init__(self, tandem: Runner, database: Database | None, *words: str) -> None:
        self.primary, secondary = os.openpty()
        self.process = subprocess.Popen(
            tandem.command("push", *words, database=database),
            cwd=tandem.project.root,
            env=tandem.environment(database) | {"TERM": "dumb"},
            stdin=secondary,
            stdout=subprocess.DEVNULL,
            stderr=secondary,
            start_new_session=True,
        )
        os.close(secondary)
        seen = b""
        while b"[y/N]" not in seen:
            assert select.select([self.primary], [], [], SECONDS / 4)[0], seen
            seen += os.read(self.primary, 65536)

    def answer(self, word: str) -> int:
        os.write(self.primary, (word + "\n").encode())
        # A terminal that nobody reads would fill up and stop the program.
        with contextlib.suppress(OSError):
            while os.read(self.primary, 65536):
                pass
        os.close(self.primary)
        return self.process.wait(SECONDS)


@pytest.mark.parametrize("via", ["libpq", "api"])
def test_a_file_that_changes_while_the_question_waits(
    tandem: Runner, database: Database, small: Project, via: str
) -> None:
    """What runs and is recorded is what was read and shown; what the file says now is found to be
    something else."""
    with reaching(via, tandem, small, database) as (words, _):
        asked = Asked(tandem, None, *words)
        path = small.migration_file("20250102000001")
        path.write_text(path.read_text().replace("VALUES (2)", "VALUES (2), (22)"))
        assert asked.answer("y") == 0
    assert state(database) == 2
    (recorded,) = database.query("SELECT statements FROM supabase_migrations.schema_migrations"
                                 " WHERE version = '20250102000001'")
    assert "VALUES (2)" in recorded[0][1] and "22" not in recorded[0][1]


@pytest.mark.parametrize("via", ["libpq", "api"])
def test_histories_that_change_while_the_question_waits(
    tandem: Runner, database: Database, small: Project, via: str
) -> None:
    with reaching(via, tandem, small, database) as (words, _):
        asked = Asked(tandem, None, *words)
        tandem("push", "--yes", "--to", IDS[0], *words)
        assert asked.answer("y") == 1
        assert state(database) == 1


# --- Secrets -------------------------------------------------------------------------------------

def seen_of(process: subprocess.Popen[str]) -> str:
    """Arguments of a running program and of all that it has started."""
    seen, waiting = "", [process.pid]
    while waiting:
        pid = waiting.pop()
        with contextlib.suppress(OSError):
            seen += Path(f"/proc/{pid}/cmdline").read_bytes().decode()
            for thread in Path(f"/proc/{pid}/task").iterdir():
                waiting += map(int, (thread / "children").read_text().split())
    return seen


@pytest.mark.parametrize("way", ["variable", "url", "file"])
def test_a_password_is_nowhere(
    tandem: Runner, database: Database, small: Project, tmp_path: Path, way: str
) -> None:
    """In no argument, output, event, log of the server or history row, however much is said; and a
    program that dies leaves no core to look into."""
    url = urlsplit(database.url)
    secret = url.password
    bare = url._replace(netloc=f"{url.username}@{url.hostname}:{url.port}").geturl()
    kept = tmp_path / "password"
    kept.write_text(secret + "\n")
    words, env = {
        "variable": (["--db-url", bare], {"PGPASSWORD": secret}),
        "url": ([], {"DATABASE_URL": database.url}),
        "file": (["--db-url", bare, "--password-file", str(kept)], {}),
    }[way]
    add_pair(small, 3, ["SELECT pg_sleep(2)", *statements(3)])
    shown = ""
    for command in (["status"], ["plan"], ["push", "--dry-run"], ["plan", "--format", "json"]):
        shown += tandem(*command, "-vvv", *words, env=env).text
    push = tandem.start("push", "--yes", "-vvv", *words, env=env)
    database.wait_for_activity("pg_sleep")
    shown += seen_of(push)
    limits = Path(f"/proc/{push.pid}/limits").read_text()
    assert re.search(r"Max core file size\s+0\s", limits), limits
    shown += database.value("SELECT string_agg(a::text, ' ') FROM pg_stat_activity a")
    shown += tandem.finish(push).text
    add_pair(small, 3, [*statements(3), BAD])
    shown += tandem("push", "--yes", "-vvv", "--format", "ndjson", *words, env=env, expect=None).text
    shown += tandem("status", "-vvv", "--db-url", bare, env={"PGPASSWORD": secret + "x"},
                    expect=4).text
    rows = database.query("SELECT * FROM supabase_migrations.schema_migrations")
    assert state(database) == 3
    assert secret not in shown + str(rows) + database.dump()
