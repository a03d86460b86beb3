"""`tandem push` over the Management API, with every answer that can come back or stay away."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Database, Project, Runner
from management_api import REF, TOKEN, Fault, ManagementApi
from test_push import HEAD, POLICY, both_at_head, named_place

LINKED = ("--linked", "--via", "api")


@pytest.fixture
def api(database: Database) -> Iterator[ManagementApi]:
    emulator = ManagementApi(database.url)
    yield emulator
    emulator.close()
    assert emulator.violations == []


@pytest.fixture
def linked(tandem: Runner, project: Project, api: ManagementApi) -> Runner:
    """tandem in a project that is linked to the emulator's."""
    link(project)
    tandem.variables |= {"SUPABASE_ACCESS_TOKEN": TOKEN, "SUPABASE_API_URL": api.address}
    return tandem


def link(project: Project, pooler: str = "") -> None:
    folder = project.root / "supabase/.temp"
    folder.mkdir(exist_ok=True)
    (folder / "project-ref").write_text(REF)
    if pooler:
        (folder / "pooler-url").write_text(pooler)


def is_push(method: str, path: str, body: str) -> bool:
    """The request that carries a migration."""
    return method == "POST" and "pg_try_advisory_xact_lock" in body and "read_only" not in body


def is_read(method: str, path: str, body: str) -> bool:
    return '"read_only":true' in body


# --- What a push over HTTPS leaves behind --------------------------------------------------------


def test_push_over_the_api(
    linked: Runner, alembic: Runner, supabase: Runner, database: Database, databases, project
) -> None:
    reference = databases()
    supabase("db", "push", "--yes", database=reference)
    linked("push", "--yes", *LINKED)
    assert database.supabase_rows() == reference.supabase_rows()
    assert database.dump() == reference.dump()
    both_at_head(alembic, supabase, database, project)


def test_a_request_is_one_transaction_without_saying_so(
    linked: Runner, api: ManagementApi, project: Project
) -> None:
    linked("push", "--yes", *LINKED)
    pushes = [x for x in api.seen if is_push(x.method, x.path, x.body)]
    assert len(pushes) == len(project.revisions())
    for seen in pushes:
        sql = json.loads(seen.body)["query"]
        assert not re.search(r"(?im)^\s*(BEGIN|COMMIT|ROLLBACK|END|START TRANSACTION)\s*;", sql)
        assert seen.headers["Authorization"] == f"Bearer {TOKEN}"
        assert seen.headers["User-Agent"].startswith("tandem/")
    # An empty target is read by one request before, and one after.
    assert len(api.seen) == len(pushes) + 2


def test_status_and_plan_only_read(
    linked: Runner, api: ManagementApi, database: Database
) -> None:
    before = database.snapshot()
    linked("status", *LINKED)
    linked("plan", *LINKED)
    linked("push", "--dry-run", *LINKED)
    for seen in api.seen:
        assert '"read_only":true' in seen.body or "SET TRANSACTION READ ONLY" in seen.body
    assert database.snapshot() == before


def test_push_again_does_nothing(linked: Runner, api: ManagementApi, database: Database) -> None:
    linked("push", "--yes", *LINKED)
    before = database.snapshot()
    api.seen.clear()
    assert "nothing pending" in linked("push", "--yes", *LINKED).out
    assert all('"read_only":true' in x.body for x in api.seen)
    assert database.snapshot() == before


def test_adopting_over_the_api(
    linked: Runner, alembic: Runner, supabase: Runner, database: Database, project: Project
) -> None:
    alembic("upgrade", "20241128_000001", database=database)
    linked("push", "--adopt", "--yes", *LINKED)
    both_at_head(alembic, supabase, database, project)


def test_the_dry_run_is_what_is_sent(
    linked: Runner, api: ManagementApi, database: Database
) -> None:
    printed = linked("push", "--dry-run", *LINKED).out
    linked("push", "--yes", *LINKED)
    for seen in (x for x in api.seen if is_push(x.method, x.path, x.body)):
        sql = json.loads(seen.body)["query"]
        assert sql.split("\n", 1)[1] in printed


# --- A migration fails ---------------------------------------------------------------------------


def test_a_failing_statement_is_found_by_its_line(
    linked: Runner, alembic: Runner, supabase: Runner, database: Database, project: Project
) -> None:
    revision = project.revisions()[4]
    python, sql = project.revision_file(revision), project.migration_file("20241128000002")
    good = python.read_text(), sql.read_text()
    bad = "SELECT no_such_column FROM projects"
    python.write_text(
        good[0].replace("\n\ndef downgrade", f'    op.execute("{bad}")\n\n\ndef downgrade', 1)
    )
    sql.write_text(good[1] + f"\n\n\n{bad};\n")
    failed = linked("push", "--yes", *LINKED, expect=5)
    assert "no_such_column" in failed.err and "42703" in failed.err
    path, line = named_place(failed, project, revision)
    assert "no_such_column" in path.read_text().splitlines()[line - 1]
    assert "rolled back" in failed.err
    assert database.alembic_heads() == {project.revisions()[3]}
    assert database.supabase_versions() == project.supabase_versions()[:4]
    assert not database.has_table("public.tasks")

    python.write_text(good[0])
    sql.write_text(good[1])
    linked("push", "--yes", *LINKED)
    both_at_head(alembic, supabase, database, project)


@pytest.mark.parametrize(
    "sql", ["BEGIN;\nCREATE TABLE x (i int);\nCOMMIT;", "CREATE TABLE x (i int);\nROLLBACK;"]
)
def test_transaction_control_is_refused_before_anything_is_sent(
    linked: Runner, api: ManagementApi, database: Database, project: Project, sql: str
) -> None:
    project.add_migration("20241203_000001", "own", sql)
    refused = linked("push", "--yes", *LINKED, expect=1)
    assert "20241203000001_own.sql" in refused.err
    assert all('"read_only":true' in x.body for x in api.seen)
    assert not database.has_table("public.x")


def test_what_an_earlier_caller_left_in_the_session_does_not_matter(
    linked: Runner, alembic: Runner, supabase: Runner, api: ManagementApi, database: Database,
    project: Project,
) -> None:
    database.query("CREATE SCHEMA elsewhere")
    api.query("SET search_path = elsewhere; SET statement_timeout = '1h'")
    linked("push", "--yes", *LINKED)
    both_at_head(alembic, supabase, database, project)
    assert api.query("SHOW search_path") == [{"search_path": "elsewhere"}]


def test_a_migration_that_changes_role_and_path_is_recorded_all_the_same(
    linked: Runner, api: ManagementApi, database: Database, project: Project
) -> None:
    linked("push", "--yes", *LINKED)
    api.query("CREATE ROLE tandem_other")
    api.roles.append("tandem_other")
    sql = "SET ROLE tandem_other;\nSELECT pg_catalog.set_config('search_path', '', false);"
    project.add_revision(
        "20241203_000001",
        "role",
        'op.execute("SET ROLE tandem_other")\n'
        "op.execute(\"SELECT pg_catalog.set_config('search_path', '', false)\")",
    )
    project.add_migration("20241203_000001", "role", sql)
    linked("push", "--yes", *LINKED)
    assert database.alembic_heads() == {"20241203_000001"}
    assert api.query("SELECT current_user::text AS u, current_setting('search_path') AS p") == [
        {"u": "postgres", "p": '"$user", public'}
    ]


# --- Answers that say no -------------------------------------------------------------------------


@pytest.mark.parametrize("status, words", [(401, "token"), (403, "may not"), (404, "no such")])
def test_a_refusal_is_code_4_and_nothing_is_done(
    linked: Runner, api: ManagementApi, database: Database, status: int, words: str
) -> None:
    before = database.snapshot()
    api.faults.append(Fault(status=status, times=99))
    refused = linked("push", "--yes", *LINKED, expect=4)
    assert words in refused.err and str(status) in refused.err
    assert database.snapshot() == before
    assert len(api.seen) == 1


def test_a_refusal_in_the_middle_leaves_whole_migrations(
    linked: Runner, alembic: Runner, supabase: Runner, api: ManagementApi, database: Database,
    project: Project,
) -> None:
    seen = []

    def third(method: str, path: str, body: str) -> bool:
        seen.append(is_push(method, path, body))
        return seen[-1] and sum(seen) >= 3

    api.faults.append(Fault(status=403, times=99, fits=third))
    stopped = linked("push", "--yes", *LINKED, expect=4)
    assert "2 applied" in stopped.err
    assert database.alembic_heads() == {project.revisions()[1]}
    assert database.supabase_versions() == project.supabase_versions()[:2]
    api.faults.clear()
    linked("push", "--yes", *LINKED)
    both_at_head(alembic, supabase, database, project)


@pytest.mark.parametrize("header", ["Retry-After", "X-RateLimit-Reset"])
def test_too_many_requests_are_waited_for(
    linked: Runner, alembic: Runner, supabase: Runner, api: ManagementApi, database: Database,
    project: Project, header: str,
) -> None:
    api.faults.append(Fault(status=429, headers={header: "1"}, times=2, fits=is_push))
    start = time.monotonic()
    linked("push", "--yes", *LINKED)
    assert time.monotonic() - start >= 2
    both_at_head(alembic, supabase, database, project)


def test_a_wait_that_is_too_long_is_said(
    linked: Runner, api: ManagementApi, database: Database
) -> None:
    before = database.snapshot()
    api.faults.append(Fault(status=429, headers={"Retry-After": "86400"}, times=99))
    refused = linked("push", "--yes", *LINKED, expect=4)
    assert "86400 seconds" in refused.err
    assert database.snapshot() == before


# --- Answers that say nothing --------------------------------------------------------------------

NOTHING = {
    "500": Fault(status=500),
    "502 page": Fault(status=502, body="<html>bad gateway</html>", type="text/html"),
    "504": Fault(status=504, body='{"message":"upstream timed out"}'),
    "page": Fault(status=200, body="<html>please log in</html>", type="text/html"),
    "redirect": Fault(status=302, body="", headers={"Location": "http://127.0.0.1:1/"}),
    "cut": Fault(),
    "half": Fault(status=201, body='[{"heads": "20241'),
    "other rows": Fault(status=201, body='[{"count": 1}]'),
    "no SQL error": Fault(status=400, body='{"message":"Connection terminated"}'),
}


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("name", NOTHING)
def test_an_answer_that_says_nothing_is_resolved_by_reading(
    linked: Runner, alembic: Runner, supabase: Runner, api: ManagementApi, database: Database,
    project: Project, name: str, after: bool,
) -> None:
    """Whether or not the work was done: nothing runs twice, nothing is lost."""
    fault = NOTHING[name]
    database.watch_ddl()
    api.faults.append(
        Fault(fault.status, fault.body, fault.type, fault.headers, after, times=1, fits=is_push)
    )
    linked("push", "--yes", *LINKED)
    tables = [found for tag, found in database.ddl() if tag == "CREATE TABLE"]
    assert len(tables) == len(set(tables))
    database.query("DROP EVENT TRIGGER watch; DROP SCHEMA watch CASCADE")
    both_at_head(alembic, supabase, database, project)
    # Sent once more only when it had not been done.
    pushes = [x for x in api.seen if is_push(x.method, x.path, x.body)]
    assert len(pushes) == len(project.revisions()) + (0 if after else 1)


@pytest.mark.parametrize("name", [x for x in NOTHING if x != "no SQL error"])
def test_reading_is_asked_again(
    linked: Runner, alembic: Runner, supabase: Runner, api: ManagementApi, database: Database,
    project: Project, name: str,
) -> None:
    fault = NOTHING[name]
    if name in ("half", "other rows"):
        pytest.skip("an answer of the API that is none is not asked for twice")
    api.faults.append(Fault(fault.status, fault.body, fault.type, fault.headers, fits=is_read))
    linked("push", "--yes", *LINKED)
    both_at_head(alembic, supabase, database, project)


def test_an_outcome_that_nobody_tells_is_code_7(
    linked: Runner, api: ManagementApi, database: Database, project: Project
) -> None:
    """The answer is lost, and the API is gone afterwards."""
    gone: list[bool] = []

    def fits(method: str, path: str, body: str) -> bool:
        gone.append(is_push(method, path, body))
        return any(gone)

    api.faults.append(Fault(after=True, times=1, fits=fits))
    api.faults.append(Fault(status=503, times=999, fits=lambda *x: any(gone)))
    stopped = linked("push", "--yes", *LINKED, expect=7)
    assert "whether it is applied is not known" in stopped.err
    assert project.migration_file("20241126000001").name in stopped.err
    # It was done, whole; the next push finds that out.
    assert database.alembic_heads() == {project.revisions()[0]}
    api.faults.clear()
    linked("push", "--yes", *LINKED)
    assert database.alembic_heads() == {HEAD}


def test_a_huge_answer_is_not_taken(linked: Runner, api: ManagementApi) -> None:
    api.faults.append(
        Fault(status=200, body='"' + "x" * (70 << 20) + '"', times=99, fits=is_read)
    )
    refused = linked("status", *LINKED, expect=4)
    assert "larger" in refused.err


# --- Somebody else at the same time --------------------------------------------------------------


def test_two_and_twenty_pushes_at_once(
    linked: Runner, alembic: Runner, supabase: Runner, database: Database, project: Project
) -> None:
    for count in (2, 20):
        pushes = [linked.start("push", "--yes", *LINKED) for _ in range(count)]
        results = [linked.finish(push, expect=None) for push in pushes]
        assert {x.code for x in results} == {0}, "\n".join(map(str, results))
        both_at_head(alembic, supabase, database, project)


def test_push_waits_for_a_held_lock_and_names_the_holder(
    linked: Runner, database: Database, project: Project
) -> None:
    with database.connect(application_name="somebody") as holder:
        holder.execute("CREATE TABLE alembic_version (version_num varchar(32) primary key)")
        holder.execute("BEGIN; LOCK TABLE alembic_version IN ACCESS SHARE MODE")
        stopped = linked("push", "--yes", "--wait", "2s", *LINKED, expect=6)
        assert "somebody" in stopped.err
        holder.execute("ROLLBACK")
    linked("push", "--yes", *LINKED)
    assert database.alembic_heads() == {HEAD}


@pytest.mark.parametrize("number, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_cancels_on_the_server(
    linked: Runner, database: Database, project: Project, number: int, code: int
) -> None:
    linked("push", "--yes", *LINKED)
    sql = "SELECT pg_sleep(60);\n\nCREATE TABLE slow (id integer);"
    project.add_revision(
        "20241203_000001",
        "slow",
        'op.execute("SELECT pg_sleep(60)")\nop.execute("CREATE TABLE slow (id integer)")',
    )
    project.add_migration("20241203_000001", "slow", sql)
    before = database.snapshot()
    push = linked.start("push", "--yes", *LINKED)
    # The text that the server shows ends long before the statement.
    sleeping = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
    deadline = time.monotonic() + 30
    while database.value(sleeping) == 0:
        assert time.monotonic() < deadline, "the statement never ran"
        time.sleep(0.05)
    asked = time.monotonic()
    push.send_signal(number)
    linked.finish(push, expect=code)
    assert time.monotonic() - asked < 10
    assert database.snapshot() == before


# --- Ways to a project ---------------------------------------------------------------------------


def test_without_a_token_the_api_is_refused(linked: Runner) -> None:
    del linked.variables["SUPABASE_ACCESS_TOKEN"]
    refused = linked("status", *LINKED, expect=2)
    assert "SUPABASE_ACCESS_TOKEN" in refused.err


def test_plain_http_is_for_this_machine(linked: Runner) -> None:
    refused = linked(
        "status", *LINKED, env={"SUPABASE_API_URL": "http://api.example.org"}, expect=2
    )
    assert "https" in refused.err


def test_a_certificate_that_nobody_signed_is_refused(
    linked: Runner, tmp_path: Path, api: ManagementApi
) -> None:
    import ssl
    from http.server import BaseHTTPRequestHandler, HTTPServer
    from threading import Thread

    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key,
         "-out", certificate, "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
        check=True,
        capture_output=True,
    )

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(401)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(b'{"message":"no"}')

        def log_message(self, *arguments: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    Thread(target=server.serve_forever, daemon=True).start()
    url = {"SUPABASE_API_URL": f"https://localhost:{server.server_address[1]}"}
    refused = linked("status", *LINKED, env=url, expect=4)
    assert "certificate" in refused.err
    # Named as trusted, it gets as far as the answer.
    trusted = linked("status", *LINKED, env=url | {"SSL_CERT_FILE": str(certificate)}, expect=4)
    assert "401" in trusted.err
    server.shutdown()


@pytest.fixture
def pooled(linked: Runner, database: Database, tmp_path: Path) -> Runner:
    """The project's own host is nowhere, and its pooler is the test's server."""
    profile = tmp_path / "profile.toml"
    profile.write_text('name = "test"\nproject_host = "tandem.invalid"\npooler_host = "127.0.0.1"\n')
    linked.variables |= {"SUPABASE_PROFILE": str(profile)}
    return linked


def test_a_temporary_login_role_through_the_pooler(
    pooled: Runner, alembic: Runner, supabase: Runner, api: ManagementApi, database: Database,
    project: Project,
) -> None:
    database.query(
        "CREATE SCHEMA extensions;"
        f"ALTER ROLE postgres IN DATABASE {database.name} SET search_path = public, extensions"
    )
    pushed = pooled("push", "--yes", "--linked", "-v")
    assert "login role" in pushed.err and "session mode" in pushed.err
    assert any(x.path.endswith("/cli/login-role") for x in api.seen)
    assert not any(is_push(x.method, x.path, x.body) for x in api.seen)
    owners = database.query(
        "SELECT DISTINCT tableowner FROM pg_tables"
        " WHERE schemaname IN ('public', 'supabase_migrations')"
    )
    assert owners == [("postgres",)]
    both_at_head(alembic, supabase, database, project)


def test_when_no_connection_works_the_api_does(
    pooled: Runner, alembic: Runner, supabase: Runner, api: ManagementApi, database: Database,
    project: Project,
) -> None:
    link(project, f"postgresql://postgres.{REF}@127.0.0.1:1/postgres")
    pushed = pooled("push", "--yes", "--linked")
    assert "using the Management API" in pushed.err
    both_at_head(alembic, supabase, database, project)


def test_a_pooler_that_is_not_the_projects_gets_no_password(
    pooled: Runner, project: Project, api: ManagementApi
) -> None:
    link(project, f"postgresql://postgres.{'b' * 20}@127.0.0.1:1/postgres")
    pushed = pooled("push", "--yes", "--linked")
    assert "left aside" in pushed.err


def test_a_protected_target_wants_its_name(
    linked: Runner, database: Database, project: Project
) -> None:
    (project.root / "tandem.toml").write_text(
        f'[targets.production]\nproject = "{REF}"\nvia = "api"\nprotected = true\n'
    )
    for words in (["--remote=production"], [f"--remote={REF}", "--via=api"], [*LINKED]):
        refused = linked("push", "--yes", *words, expect=6)
        assert "--confirm production" in refused.err
    linked("status", "--remote=production")
    linked("push", "--yes", "--remote=production", "--confirm", "staging", expect=6)
    assert database.alembic_heads() is None
    linked("push", "--yes", "--remote=production", "--confirm", "production")
    assert database.alembic_heads() == {HEAD}


# --- Secrets -------------------------------------------------------------------------------------


def test_the_token_is_nowhere(
    linked: Runner, api: ManagementApi, database: Database, project: Project
) -> None:
    shown = ""
    for words in (["status"], ["plan"], ["push", "--dry-run"]):
        shown += linked(*words, *LINKED, "-vvv").text
    process = linked.start("push", "--yes", *LINKED, "-vvv")
    arguments = Path(f"/proc/{process.pid}/cmdline").read_bytes().decode()
    shown += linked.finish(process).text + arguments
    api.faults.append(Fault(status=401, body=json.dumps({"message": f"bad {TOKEN}"}), times=99))
    shown += linked("status", *LINKED, "-vvv", expect=4).text
    rows = database.query("SELECT * FROM supabase_migrations.schema_migrations")
    assert TOKEN not in shown + str(rows) + database.dump()
    assert all(TOKEN not in seen.body for seen in api.seen)


def test_a_token_by_file_and_by_descriptor(linked: Runner, home: Path) -> None:
    del linked.variables["SUPABASE_ACCESS_TOKEN"]
    (home / ".supabase").mkdir()
    (home / ".supabase/access-token").write_text(TOKEN + "\n")
    linked("status", *LINKED)
    (home / ".supabase/access-token").unlink()
    read, write = os.pipe()
    os.write(write, TOKEN.encode())
    os.close(write)
    done = subprocess.run(
        [*linked.command("status", *LINKED), "--token-fd", str(read)],
        cwd=linked.project.root,
        env=linked.environment(None),
        pass_fds=[read],
        capture_output=True,
        text=True,
        timeout=60,
    )
    os.close(read)
    assert done.returncode == 0, done.stderr
