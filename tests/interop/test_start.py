"""`tandem push` in the start script of a container, in place of `alembic upgrade head`.

What holds: of all that begin at once one applies, the others wait for it and go on, and the log of
each says what happened. A server that is not there yet is waited for, one that refuses is not. What
--on-error continue hides is nothing: the line says it, and something half applied ends with 7.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT, TANDEM, Database, Project, Runner
from management_api import Fault, ManagementApi
from proxy import Proxy
from test_api import LINKED, api, is_read, linked  # noqa: F401
from test_push import HEAD, both_at_head
from test_self_recording import assert_up_to_date, recording  # noqa: F401

START = ("push", "--yes", "--wait", "60", "--log", "json")
REPLICAS = 20


def lines(out: str) -> list[dict]:
    """The lines of a log, each of which is an object that says what it is."""
    found = [json.loads(line) for line in out.splitlines()]
    assert all({"level", "logger", "event", "message"} <= set(x) for x in found)
    return found


def events(out: str) -> list[str]:
    return [x["event"] for x in lines(out)]


def line(out: str, event: str) -> dict:
    (found,) = [x for x in lines(out) if x["event"] == event]
    return found


def start_all(
    tandem: Runner, *words: str, count: int = REPLICAS, database: Database | None = None
) -> dict[str, subprocess.Popen[str]]:
    """Each has its own name at the server."""
    names = [f"replica-{number}" for number in range(count)]
    return {
        name: tandem.start(*START, *words, database=database, env={"PGAPPNAME": name})
        for name in names
    }


def finish_all(tandem: Runner, replicas: dict[str, subprocess.Popen[str]]) -> dict[str, str]:
    """What each has logged; all must have ended well."""
    results = {name: tandem.finish(x, expect=None) for name, x in replicas.items()}
    assert {x.code for x in results.values()} == {0}, "\n".join(map(str, results.values()))
    assert {x.err for x in results.values()} == {""}
    return {name: x.out for name, x in results.items()}


def applied_by(out: str) -> list[str]:
    return [x["revision"] for x in lines(out) if x["event"] == "applied"]


# --- Many at once --------------------------------------------------------------------------------


def test_twenty_containers_on_an_empty_database(
    tandem: Runner, alembic: Runner, supabase: Runner, database: Database, project: Project
) -> None:
    database.watch_ddl()
    out = finish_all(tandem, start_all(tandem, database=database))
    appliers = [name for name in out if applied_by(out[name])]
    assert len(appliers) == 1
    assert applied_by(out[appliers[0]]) == project.revisions()
    done = line(out.pop(appliers[0]), "done")
    assert done["applied"] == len(project.revisions()) and done["duration_ms"] > 0
    for text in out.values():
        seen = events(text)
        assert seen[0] == "connected" and seen[-1] == "done"
        assert line(text, "done")["applied"] == 0
        assert "plan" not in seen
        if "waiting_for_lock" in seen:  # who came later found everything there
            assert "looking_again" in seen
    waits = [x for text in out.values() for x in lines(text) if x["event"] == "waiting_for_lock"]
    assert len([x for x in waits if f"({appliers[0]}," in x["holder"]]) >= 1
    ddl = database.ddl()
    assert len([x for x in ddl if x == ("CREATE TABLE", "public.projects")]) == 1
    both_at_head(alembic, supabase, database, project)


def test_twenty_containers_over_the_api(
    linked: Runner,  # noqa: F811
    api: ManagementApi,  # noqa: F811
    alembic: Runner,
    supabase: Runner,
    database: Database,
    project: Project,
) -> None:
    """There is no session to hold the lock in: they may take turns, and nothing runs twice."""
    database.watch_ddl()
    out = finish_all(linked, start_all(linked, *LINKED))
    applied = [x for text in out.values() for x in applied_by(text)]
    assert sorted(applied) == project.revisions()
    assert all(events(text)[-1] == "done" for text in out.values())
    assert database.ddl().count(("CREATE TABLE", "public.projects")) == 1
    both_at_head(alembic, supabase, database, project)


def add_slow_pair(project: Project, seconds: float) -> None:
    sleep = f"SELECT pg_sleep({seconds})"
    project.add_revision("20241203_000001", "slow", f"op.execute('{sleep}')")
    project.add_migration("20241203_000001", "slow", f"{sleep};")
    project.add_revision("20241204_000001", "after", "op.execute('CREATE TABLE after_it (i int)')")
    project.add_migration("20241204_000001", "after", "CREATE TABLE after_it (i int);")


def test_the_one_that_applies_is_killed(
    tandem: Runner, alembic: Runner, supabase: Runner, database: Database, project: Project
) -> None:
    """The server gives its lock to another one, which goes on where it stopped."""
    add_slow_pair(project, 4)
    replicas = start_all(tandem, database=database)
    database.wait_for_activity("pg_sleep", "replica-%")
    holder = database.value(
        "SELECT application_name FROM pg_stat_activity WHERE state = 'active'"
        " AND strpos(query, 'pg_sleep') > 0 AND application_name LIKE 'replica-%'"
    )
    victim = replicas.pop(holder)
    victim.kill()
    killed = tandem.finish(victim, expect=-signal.SIGKILL)
    # A program that is killed cannot cancel: the server sees it when it answers.
    out = finish_all(tandem, replicas)
    appliers = [name for name in out if applied_by(out[name])]
    assert len(appliers) == 1
    whole = applied_by(killed.out) + applied_by(out[appliers[0]])
    assert whole == project.revisions()
    both_at_head(alembic, supabase, database, project, "20241204_000001")


def test_one_starts_while_an_index_is_built(
    tandem: Runner, alembic: Runner, supabase: Runner, database: Database, project: Project
) -> None:
    """What is half done then is another push's, which is waited for."""
    tandem("push", "--yes", database=database)
    index = "CREATE INDEX CONCURRENTLY later ON projects (name)"
    project.add_revision(
        "20241203_000001",
        "later",
        f"with op.get_context().autocommit_block():\n    op.execute('{index}')",
    )
    project.add_migration("20241203_000001", "later", f"{index};")
    with database.connect(application_name="writer") as writer:
        writer.execute("BEGIN; LOCK TABLE projects IN ROW EXCLUSIVE MODE")
        first = tandem.start(*START, database=database)
        database.wait_for_activity("CREATE INDEX CONCURRENTLY")
        second = tandem.start(*START, database=database)
        assert second.stdout
        while "waiting_for_lock" not in second.stdout.readline():
            assert second.poll() is None
        writer.execute("COMMIT")
    assert applied_by(tandem.finish(first).out) == ["20241203_000001"]
    found = tandem.finish(second)
    assert applied_by(found.out) == [] and events(found.out)[-1] == "done"
    both_at_head(alembic, supabase, database, project, "20241203_000001")


def test_ten_containers_still_run_alembic(
    recording: Project,  # noqa: F811
    tandem: Runner,
    alembic: Runner,
    supabase: Runner,
    database: Database,
) -> None:
    """While a deployment goes from one to the other, with the snippet in env.py. Several Alembics
    that begin at once stop each other on an empty database, as they always did."""
    upgrades = [alembic.start("upgrade", "head", database=database) for _ in range(10)]
    replicas = start_all(tandem, count=10, database=database)
    for upgrade in upgrades:
        alembic.finish(upgrade, expect=None)
    out = finish_all(tandem, replicas)
    assert all(events(text)[-1] == "done" for text in out.values())
    assert_up_to_date(supabase, alembic, database)
    assert database.supabase_versions() == recording.supabase_versions()


def test_an_old_container_does_not_wait_for_a_new_one(
    tandem: Runner, database: Database, project: Project
) -> None:
    """Where nothing is pending for it, whoever applies something else is not in its way."""
    tandem("push", "--yes", database=database)
    with database.connect(application_name="deployment") as other:
        other.execute("SELECT pg_advisory_lock(x'74616e64656d0001'::bigint)")
        begun = time.monotonic()
        found = tandem(*START, database=database)
        assert events(found.out) == ["connected", "done"]
        assert time.monotonic() - begun < 10


def test_the_lock_is_waited_for_no_longer_than_said(
    tandem: Runner, database: Database, project: Project
) -> None:
    with database.connect(application_name="deployment") as other:
        other.execute("SELECT pg_advisory_lock(x'74616e64656d0001'::bigint)")
        found = tandem(
            "push", "--yes", "--wait", "1", "--log", "json", database=database, expect=6
        )
    failed = line(found.out, "failed")
    assert failed["code"] == "locked" and "deployment" in failed["error"]
    assert database.alembic_heads() is None


# --- The server is not there yet -----------------------------------------------------------------


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def refusal(severity: str, code: str, text: str) -> bytes:
    """What a server says to a login, in whatever language."""
    fields = b"".join(
        kind + value.encode() + b"\0"
        for kind, value in ((b"S", severity), (b"V", "FATAL"), (b"C", code), (b"M", text))
    )
    return b"E" + struct.pack("!I", len(fields) + 5) + fields + b"\0"


def at_port(database: Database, port: int) -> Database:
    return Database(re.sub(r":\d+/", f":{port}/", database.url), database.programs)


def as_a_pooler(data: bytes) -> bytes:
    """What the server says at the login, with a process number that is the pooler's own."""
    return re.sub(rb"K\x00\x00\x00\x0c....", b"K\x00\x00\x00\x0c\x00\x00\x00\x07", data, count=1,
                  flags=re.DOTALL)


def lead(
    database: Database, listener: socket.socket, refusals: list[bytes] | None = None,
    pools: bool = False,
) -> None:
    """From now on the listener leads to the database, but for the first connections."""
    left = list(refusals or [])
    real = int(re.search(r":(\d+)/", database.url)[1])

    def forward(source: socket.socket, target: socket.socket, pools: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(as_a_pooler(data) if pools else data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    def serve() -> None:
        while True:
            client, _ = listener.accept()
            if left:
                with client, contextlib.suppress(OSError):
                    client.recv(1000)
                    client.sendall(left.pop(0))
                continue
            server = socket.create_connection(("127.0.0.1", real))
            for way in ((client, server, False), (server, client, pools)):
                threading.Thread(target=forward, args=way, daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()


PLAIN = {"PGSSLMODE": "disable", "PGGSSENCMODE": "disable"}


def test_a_server_that_is_not_there_yet(
    tandem: Runner, database: Database, project: Project
) -> None:
    port = free_port()
    started = tandem.start(*START, database=at_port(database, port), env=PLAIN)
    assert started.stdout
    first = json.loads(started.stdout.readline())
    assert first["event"] == "waiting_for_server" and "refused" in first["reason"]
    lead(database, socket.create_server(("127.0.0.1", port)))
    seen = events(tandem.finish(started).out)
    assert seen[0] == "connected" and seen[-1] == "done"
    assert database.alembic_heads() == {HEAD}


def test_a_server_that_starts_up(tandem: Runner, database: Database, project: Project) -> None:
    """Known by its code, whatever language it speaks; then it is there."""
    listener = socket.create_server(("127.0.0.1", 0))
    starts = refusal("FATAL", "57P03", "das Datenbanksystem startet")
    full = refusal("FATAL", "53300", "zu viele Verbindungen")
    lead(database, listener, [starts, starts, full])
    reached = at_port(database, listener.getsockname()[1])
    found = tandem(*START, database=reached, env=PLAIN)
    reasons = [x["reason"] for x in lines(found.out) if x["event"] == "waiting_for_server"]
    assert [re.search(r"SQLSTATE (.....)", x)[1] for x in reasons] == ["57P03", "53300"]
    assert "startet" in reasons[0]
    assert database.alembic_heads() == {HEAD}


def test_no_lock_is_left_behind_in_a_pool(
    tandem: Runner, alembic: Runner, supabase: Runner, database: Database, project: Project
) -> None:
    """Behind a pooler nobody holds a lock for longer than a transaction; they take turns."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=10)
    lead(database, listener, pools=True)
    pooled = at_port(database, listener.getsockname()[1])
    add_slow_pair(project, 2)
    names = [f"replica-{number}" for number in range(5)]
    replicas = {
        name: tandem.start(*START, database=pooled, env=PLAIN | {"PGAPPNAME": name})
        for name in names
    }
    database.wait_for_activity("pg_sleep", "replica-%")
    held = database.query("SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)"
                          " WHERE locktype = 'advisory' AND state = 'idle'")
    assert held == []
    out = finish_all(tandem, replicas)
    applied = [x for text in out.values() for x in applied_by(text)]
    assert sorted(applied) == project.revisions()
    both_at_head(alembic, supabase, database, project, "20241204_000001")


def test_a_name_that_is_not_known_yet_ends_with_the_time(
    tandem: Runner, database: Database, project: Project
) -> None:
    nowhere = Database("postgresql://me@nowhere.invalid:5432/x", database.programs)
    found = tandem("push", "--yes", "--wait", "2", "--log", "json", database=nowhere, expect=4)
    assert events(found.out) == ["waiting_for_server", "failed"]
    assert line(found.out, "failed")["exit_code"] == 4


def test_without_wait_nobody_is_waited_for(tandem: Runner, database: Database, project) -> None:
    nowhere = at_port(database, free_port())
    begun = time.monotonic()
    found = tandem("push", "--yes", "--log", "json", database=nowhere, expect=4)
    assert events(found.out) == ["failed"]
    assert time.monotonic() - begun < 10


def test_a_wrong_password_is_not_waited_for(
    tandem: Runner, database: Database, project: Project
) -> None:
    wrong = Database(re.sub(r":[0-9a-f]+@", ":nonsense@", database.url), database.programs)
    begun = time.monotonic()
    found = tandem(*START, database=wrong, expect=4)
    assert time.monotonic() - begun < 20
    assert events(found.out) == ["failed"] and "nonsense" not in found.text
    assert "28P01" in line(found.out, "failed")["error"]


def test_an_api_that_does_not_answer_yet(
    linked: Runner, api: ManagementApi, database: Database, project: Project  # noqa: F811
) -> None:
    api.faults.append(Fault(status=503, times=12, fits=is_read))
    found = linked(*START, *LINKED)
    assert "waiting_for_server" in events(found.out)
    assert database.alembic_heads() == {HEAD}


# --- Failures ------------------------------------------------------------------------------------


def add_failing_pair(project: Project) -> None:
    project.add_revision("20241203_000001", "bad", "op.execute('SELECT 1 / 0')")
    project.add_migration("20241203_000001", "bad", "SELECT 1 / 0;")


@pytest.mark.parametrize("mode, code", [("stop", 5), ("continue", 0)])
def test_a_migration_that_the_server_refuses(
    tandem: Runner, database: Database, project: Project, mode: str, code: int
) -> None:
    add_failing_pair(project)
    found = tandem(*START, "--on-error", mode, database=database, expect=code)
    failed = line(found.out, "failed")
    assert failed["level"] == "error" and failed["code"] == "server"
    assert failed["failed_with"] == 5 and failed["exit_code"] == code
    assert failed["continues"] is (mode == "continue") and failed["partly_applied"] is False
    assert failed["applied"] == 8 and failed["pending"] == 1
    assert failed["file"].endswith("_bad.sql") and failed["line"] == 3
    assert database.alembic_heads() == {HEAD}


def test_going_on_is_said_without_a_log_too(
    tandem: Runner, database: Database, project: Project
) -> None:
    add_failing_pair(project)
    found = tandem("push", "--yes", "--on-error", "continue", "--quiet", database=database)
    assert "division by zero" in found.err
    assert "exit code 0 in place of 5" in found.err


def test_something_half_applied_is_never_gone_on_from(
    tandem: Runner, database: Database, project: Project
) -> None:
    body = "CREATE TABLE half (i int);\nINSERT INTO half VALUES (1), (1);\n"
    index = "CREATE UNIQUE INDEX CONCURRENTLY half_i ON half (i)"
    project.add_revision(
        "20241203_000001",
        "half",
        "op.execute('CREATE TABLE half (i int)')\n"
        "op.execute('INSERT INTO half VALUES (1), (1)')\n"
        f"with op.get_context().autocommit_block():\n    op.execute('{index}')",
    )
    project.add_migration("20241203_000001", "half", f"{body}{index};")
    found = tandem(*START, "--on-error", "continue", database=database, expect=7)
    failed = line(found.out, "failed")
    assert failed["partly_applied"] is True and failed["continues"] is False
    assert failed["message"].startswith("PARTLY APPLIED")
    assert "half_i" in failed["error"]

    # The next start says it as well, until somebody mends it.
    tandem(*START, "--on-error", "continue", database=database, expect=7)
    database.query("DELETE FROM half WHERE ctid = (SELECT min(ctid) FROM half)")
    tandem(*START, database=database)
    assert database.alembic_heads() == {"20241203_000001"}


@pytest.mark.parametrize(
    "words, code",
    [(("--adpot",), 2), (("--to", "nothing"), 2), (("--format", "ndjson"), 2)],
)
def test_wrong_words_are_never_gone_on_from(
    tandem: Runner, database: Database, project: Project, words: tuple[str, ...], code: int
) -> None:
    tandem(*START, "--on-error", "continue", *words, database=database, expect=code)
    assert database.alembic_heads() is None


def test_histories_that_came_apart_are_said_and_gone_on_from(
    tandem: Runner, alembic: Runner, database: Database, project: Project
) -> None:
    alembic("upgrade", "20241127_000001", database=database)
    found = tandem(*START, "--on-error", "continue", database=database)
    failed = line(found.out, "failed")
    assert failed["code"] == "history" and failed["failed_with"] == 1
    assert database.alembic_heads() == {"20241127_000001"}


# --- What a container has not --------------------------------------------------------------------


def image(root: Path, project: Project) -> None:
    """The program, what it is linked with, libpq, a shell and the project: nothing else at all."""
    cache = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True).stdout
    libpq = re.search(r"libpq\.so\.5 .*=> (\S+)", cache)[1]
    needed = {libpq, "/bin/sh"}
    for path in (str(TANDEM), libpq, "/bin/sh"):
        listed = subprocess.run(["ldd", path], capture_output=True, text=True).stdout
        needed |= set(re.findall(r"(/\S+) \(0x", listed))
    for path in needed:
        target = root / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(os.path.realpath(path), target)
    shutil.copytree(project.root, root / "app")
    (root / "usr/bin").mkdir(parents=True, exist_ok=True)
    shutil.copy(TANDEM, root / "usr/bin/tandem")


@pytest.fixture
def container(tmp_path: Path, project: Project) -> list[str]:
    """Words before a command: it is process 1 of its own namespace, the root is read-only and holds
    nothing but the image, and its user is one that nobody knows."""
    root = tmp_path / "image"
    for name in ("proc", "dev"):  # which every container has
        (root / name).mkdir(parents=True)
    image(root, project)
    script = (
        'mount --bind "$0" "$0" && mount -t proc proc "$0/proc" &&'
        ' touch "$0/dev/null" && mount --bind /dev/null "$0/dev/null" &&'
        ' mount -o remount,ro,bind "$0" &&'
        ' exec env -i DATABASE_URL="$DATABASE_URL" ASAN_OPTIONS=detect_leaks=0'
        ' "$(PATH=$PATH:/usr/sbin command -v chroot)" --userspec=12345:12345 "$0" "$@"'
    )
    words = ["unshare", "--mount", "--pid", "--fork", "bash", "-c", script, str(root)]
    tried = subprocess.run([*words, "/usr/bin/tandem", "version"], capture_output=True, text=True)
    if "unshare: " in tried.stderr or "mount: " in tried.stderr:
        pytest.skip("no namespaces of our own here")
    assert tried.returncode == 0, tried.stderr
    return words


PROGRAM = ("/usr/bin/tandem", "-C", "/app")


def run_in(container: list[str], url: str, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*container, *words],
        env=dict(os.environ, DATABASE_URL=url),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def process_in(started: subprocess.Popen[str], first: str = PROGRAM[0]) -> int:
    """The first process of the container, below unshare."""
    children = Path(f"/proc/{started.pid}/task/{started.pid}/children")
    while True:
        for pid in map(int, children.read_text().split()):
            with contextlib.suppress(OSError):
                if Path(f"/proc/{pid}/cmdline").read_text().startswith(first):
                    return pid
        time.sleep(0.02)


def test_an_image_that_holds_nothing_else(container: list[str], database: Database) -> None:
    started = run_in(container, database.url, *PROGRAM, *START)
    out, err = started.communicate(timeout=60)
    assert started.returncode == 0, out + err
    assert err == ""
    assert database.alembic_heads() == {HEAD}


@pytest.mark.parametrize("where", ["server", "statement"])
def test_the_first_process_is_terminated(
    container: list[str], tmp_path: Path, project: Project, database: Database, where: str
) -> None:
    """The kernel gives process 1 no signal that it has not asked for."""
    add_slow_pair(Project(tmp_path / "image/app"), 30)
    nowhere = at_port(database, free_port())
    target = nowhere if where == "server" else database
    started = run_in(container, target.url, *PROGRAM, *START, "--on-error", "continue")
    pid = process_in(started)
    if where == "server":
        assert started.stdout and "waiting_for_server" in started.stdout.readline()
    else:
        database.wait_for_activity("pg_sleep")
    os.kill(pid, signal.SIGTERM)
    out, err = started.communicate(timeout=20)
    assert started.returncode == 143, out + err
    failed = line(out, "failed")
    assert failed["code"] == "interrupted" and failed["continues"] is False
    if where == "statement":
        assert database.alembic_heads() == {HEAD}
        sleeping = database.value(
            "SELECT count(*) FROM pg_stat_activity WHERE state = 'active'"
            " AND strpos(query, 'pg_sleep(') > 0 AND pid <> pg_backend_pid()"
        )
        assert sleeping == 0


# --- The guide -----------------------------------------------------------------------------------

GUIDE = (ROOT / "docs/deploy.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("stopped", [False, True])
def test_the_start_script_of_the_guide(
    container: list[str], tmp_path: Path, database: Database, stopped: bool
) -> None:
    """The shell is the first process, and hands on the signal."""
    (script,) = blocks("sh")
    start = tmp_path / "image/app/start.sh"
    lines_of_it = script.replace("tandem push", "tandem -C /app push").splitlines()
    assert lines_of_it[-1].startswith("exec uvicorn ")
    start.write_text("\n".join([*lines_of_it[:-1], "echo the application starts", ""]))
    start.chmod(0o755)
    if stopped:
        add_slow_pair(Project(tmp_path / "image/app"), 30)
    started = run_in(container, database.url, "/app/start.sh")
    if stopped:
        database.wait_for_activity("pg_sleep")
        os.kill(process_in(started, "/bin/sh"), signal.SIGTERM)
    out, err = started.communicate(timeout=60)
    assert started.returncode == (143 if stopped else 0), out + err
    assert ("the application starts" in out) is not stopped
    assert database.alembic_heads() == {HEAD}


def test_a_start_script_ends_where_the_push_fails(
    container: list[str], tmp_path: Path, database: Database
) -> None:
    (script,) = blocks("sh")
    start = tmp_path / "image/app/start.sh"
    start.write_text(script.replace("tandem push", "tandem -C /app push --to nothing"))
    start.chmod(0o755)
    started = run_in(container, database.url, "/app/start.sh")
    out, err = started.communicate(timeout=60)
    assert started.returncode == 2, out + err


def test_the_commands_of_the_guide_are_ours(tandem: Runner) -> None:
    shown = re.findall(r"^(?:    |.*?run: )(tandem [a-z].*)$", GUIDE, re.MULTILINE)
    listed = [" ".join(json.loads(x)) for x in re.findall(r"command: (\[\"tandem.*\])", GUIDE)]
    spoken = re.findall(r"`(tandem [a-z][^`]*)`", GUIDE)
    commands = [x for x in shown + listed + spoken if "|" not in x and "SECONDS" not in x]
    assert len(commands) > 8
    for command in commands:
        tandem(*command.split()[1:], "--help")


def test_the_image_of_the_guide_has_every_library() -> None:
    """By the packages of this system, where it is the one of the guide."""
    if "bookworm" not in Path("/etc/os-release").read_text():
        pytest.skip("another system")
    (image_of_guide,) = blocks("dockerfile")
    final = image_of_guide.split("FROM python")[1]
    dynamic = subprocess.run(["readelf", "-d", TANDEM], capture_output=True, text=True).stdout
    needed = set(re.findall(r"NEEDED.*\[(.*)\]", dynamic))
    needed = {x for x in needed if not re.match(r"lib(c|m|gcc_s|asan|ubsan)\.so", x)}
    for library in needed | {"libpq.so.5", "libcurl.so.4"}:
        found = subprocess.run(["dpkg", "-S", f"*/{library}"], capture_output=True, text=True)
        package = found.stdout.split(":")[0]
        assert re.search(rf"\b{re.escape(package)}\s", final), library


def test_the_release_before_on_a_newer_schema(
    tandem: Runner, database: Database, project: Project
) -> None:
    tandem("push", "--yes", database=database)
    project.revision_file(HEAD).unlink()
    project.migration_file(HEAD.replace("_", "")).unlink()
    before = database.snapshot()
    found = tandem(*START, database=database, expect=1)
    assert HEAD in line(found.out, "failed")["error"]
    tandem(*START, "--on-error", "continue", database=database)
    assert database.snapshot() == before


# --- The log -------------------------------------------------------------------------------------


def test_each_migration_has_its_line(tandem: Runner, database: Database, project: Project) -> None:
    found = tandem(*START, "--to", "20241127_000001", database=database)
    assert events(found.out) == ["connected", "plan", "applied", "applied", "done"]
    first = lines(found.out)[2]
    assert (first["revision"], first["version"]) == ("20241126_000001", "20241126000001")
    assert (first["step"], first["steps"]) == (1, 2) and first["duration_ms"] >= 0
    assert line(found.out, "plan")["pending"] == 2


def test_a_time_stands_there_when_it_is_asked_for(
    tandem: Runner, database: Database, project: Project
) -> None:
    found = tandem(*START, "--log-time", database=database)
    stamp = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
    assert all(stamp.fullmatch(x["timestamp"]) for x in lines(found.out))
    assert all("timestamp" not in x for x in lines(tandem(*START, database=database).out))
    text = tandem("push", "--yes", "--log", "text", "--log-time", database=database).out
    assert re.fullmatch(rf"({stamp.pattern} INFO  \[tandem\] .*\n){{2}}", text)


def test_a_log_holds_no_password(tandem: Runner, database: Database, project: Project) -> None:
    password = re.search(r":([0-9a-f]+)@", database.url)[1]
    found = tandem(*START, "-vv", database=database)
    assert password not in found.text
    with_proxy = Proxy(database.url)
    try:
        with_proxy.refuses = True
        cut = Database(with_proxy.address, database.programs)
        found = tandem("push", "--yes", "--wait", "1", "--log", "json", "-vv", database=cut,
                       expect=4, env=PLAIN)
    finally:
        with_proxy.close()
    assert password not in found.text
