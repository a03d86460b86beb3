"""A target that takes nothing: a real standby of a real primary, and servers, databases and roles that
are set to read-only. Found before anything is done; and a standby that becomes the primary in the
middle of a push.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from conftest import SECONDS, Database, Project, Runner, Server
from proxy import Proxy
from test_faults import (
    IDS,
    PLAIN,
    add_pair,
    changed,
    reaching,
    small,  # noqa: F401
    state,
    statements,
    throwaway_server,
)
from test_push import both_at_head


@dataclass
class Standby:
    """A copy of a primary that follows it."""

    primary: Server
    folder: Path
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    def account(self) -> dict[str, object]:
        if os.geteuid() != 0:
            return {}
        user = pwd.getpwnam("nobody")
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}

    def run(self, program: str, *arguments: str) -> None:
        url = urlsplit(self.primary.url)
        subprocess.run(
            [self.primary.programs / program, *arguments],
            check=True,
            capture_output=True,
            cwd=self.folder,
            env={"PATH": os.defpath, "LC_ALL": "C", "PGPASSWORD": url.password},
            timeout=SECONDS,
            **self.account(),
        )

    def start(self) -> None:
        if account := self.account():
            os.chown(self.folder, account["user"], account["group"])
        url = urlsplit(self.primary.url)
        self.run("pg_basebackup", "-D", f"{self.folder}/data", "-h", "127.0.0.1", "-p",
                 str(url.port), "-U", str(url.username), "-R", "-X", "stream", "-c", "fast",
                 "--no-sync")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        with open(self.folder / "log", "wb") as log:
            self.process = subprocess.Popen(
                [self.primary.programs / "postgres", "-D", self.folder / "data",
                 "-c", f"port={self.port}", "-c", "listen_addresses=127.0.0.1",
                 "-c", f"unix_socket_directories={self.folder}", "-c", "fsync=off"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
                **self.account(),
            )
        self.wait_for("SELECT true")

    def url(self, name: str) -> str:
        url = urlsplit(self.primary.url)
        netloc = f"{url.username}:{url.password}@127.0.0.1:{self.port}"
        return url._replace(netloc=netloc, path=f"/{name}").geturl()

    def database(self, database: Database) -> Database:
        return Database(self.url(database.name), database.programs)

    def wait_for(self, question: str) -> None:
        deadline = time.monotonic() + SECONDS / 2
        while True:
            with contextlib.suppress(psycopg.OperationalError):
                with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
                    if connection.execute(question).fetchone() == (True,):
                        return
            assert time.monotonic() < deadline, (self.folder / "log").read_text()
            time.sleep(0.05)

    def catch_up(self) -> None:
        with psycopg.connect(self.primary.url, autocommit=True) as connection:
            # The server of the tests commits without waiting for its log; this waits for all of it.
            connection.execute("SET synchronous_commit = on")
            connection.execute("SELECT pg_logical_emit_message(true, 'tests', 'all of it')")
            (position,) = connection.execute("SELECT pg_current_wal_flush_lsn()").fetchone()
        self.wait_for(f"SELECT pg_last_wal_replay_lsn() >= '{position}'")

    def promote(self) -> None:
        self.run("pg_ctl", "promote", "-D", f"{self.folder}/data", "-w")

    def stop(self) -> None:
        if self.process:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(SECONDS)


@pytest.fixture
def primary() -> Iterator[Server]:
    with throwaway_server(lambda: None) as server:
        yield server


@pytest.fixture
def standby(primary: Server) -> Iterator[Standby]:
    made = Standby(primary, Path(tempfile.mkdtemp(prefix="tandem-standby-", dir="/tmp")))
    try:
        made.start()
        yield made
    finally:
        made.stop()
        shutil.rmtree(made.folder, ignore_errors=True)


def both_hosts(first: Database, second: Database) -> Database:
    """One URL for two servers, of which the one that takes writes is the target."""
    one, other = urlsplit(first.url), urlsplit(second.url)
    url = one._replace(
        netloc=f"{one.username}:{one.password}@127.0.0.1:{one.port},127.0.0.1:{other.port}",
        query="target_session_attrs=read-write",
    ).geturl()
    return Database(url, first.programs)


# --- A standby -----------------------------------------------------------------------------------


def test_a_standby_is_refused_before_anything(
    tandem: Runner, alembic: Runner, supabase: Runner, primary: Server, standby: Standby,
    small: Project, tmp_path: Path,  # noqa: F811
) -> None:
    database = primary.create()
    tandem("push", "--yes", "--to", IDS[0], database=database)
    standby.catch_up()
    copy = standby.database(database)
    for words in ([], ["--rehearse"], ["--backup", str(tmp_path / "dump.sql")], ["--adopt"]):
        refused = tandem("push", "--yes", *words, database=copy, expect=1)
        assert "standby" in refused.err and "push to its primary" in refused.err, str(refused)
        assert "could not" not in refused.err and "cannot execute" not in refused.err
    assert not (tmp_path / "dump.sql").exists()
    # Reading is what a standby is for.
    assert IDS[1] in tandem("status", database=copy).out
    assert "standby" in tandem("plan", database=copy, expect=None).text
    # Of two servers the one that takes it.
    tandem("push", "--yes", database=both_hosts(copy, database))
    assert state(database) == 2
    standby.catch_up()
    assert state(copy) == 2
    both_at_head(alembic, supabase, database, small, IDS[1])
    assert "nothing pending" in tandem("push", "--yes", database=copy).out


def test_over_https_a_standby_is_refused_as_well(
    tandem: Runner, primary: Server, standby: Standby, small: Project,  # noqa: F811
) -> None:
    database = primary.create()
    tandem("push", "--yes", "--to", IDS[0], database=database)
    standby.catch_up()
    copy = standby.database(database)
    with reaching("api", tandem, small, copy) as (words, api):
        refused = tandem("push", "--yes", *words, expect=1)
        assert "standby" in refused.err, str(refused)
        assert all('"read_only":true' in x.body for x in api.seen)


# --- Read-only -----------------------------------------------------------------------------------


@pytest.mark.parametrize("via", ["libpq", "api"])
@pytest.mark.parametrize("level", ["server", "database", "role"])
def test_a_target_that_is_set_to_read_only(
    tandem: Runner, primary: Server, small: Project, level: str, via: str,  # noqa: F811
) -> None:
    if (level, via) == ("role", "api"):
        pytest.skip("the API reads as a role that is read-only by itself")
    database = primary.create()
    database.query("CREATE ROLE somebody LOGIN SUPERUSER PASSWORD 'sesame'")
    setting, reset = {
        "server": ("ALTER SYSTEM SET default_transaction_read_only = on",
                   "ALTER SYSTEM RESET default_transaction_read_only"),
        "database": (f"ALTER DATABASE {database.name} SET default_transaction_read_only = on",
                     f"ALTER DATABASE {database.name} RESET default_transaction_read_only"),
        "role": ("ALTER ROLE somebody SET default_transaction_read_only = on",
                 "ALTER ROLE somebody RESET default_transaction_read_only"),
    }[level]
    reached = changed(database, user="somebody", password="sesame")

    def give(sql: str) -> None:
        with database.connect() as connection:
            connection.execute("SET default_transaction_read_only = off")
            connection.execute(sql)
            connection.execute("SELECT pg_reload_conf()")
        time.sleep(0.5)

    with reaching(via, tandem, small, reached) as (words, api):
        give(setting)
        refused = tandem("push", "--yes", *words, expect=1)
        assert "read-only" in refused.err and "cannot execute" not in refused.err, str(refused)
        assert state(database) == 0
        tandem("status", *words)
        give(reset)
        api.idle.clear()  # sessions keep what they found
        tandem("push", "--yes", *words)
        assert state(database) == 2


# --- The standby takes over ----------------------------------------------------------------------


def kill_primary(primary: Server) -> None:
    """As a machine dies: at once, and its sessions with it."""
    with psycopg.connect(primary.url, autocommit=True) as connection:
        (folder,) = connection.execute("SHOW data_directory").fetchone()
    pid = int((Path(folder) / "postmaster.pid").read_text().splitlines()[0])
    os.kill(pid, signal.SIGQUIT)


def test_the_primary_dies_in_a_statement(
    tandem: Runner, alembic: Runner, supabase: Runner, primary: Server, standby: Standby,
    small: Project,  # noqa: F811
) -> None:
    database = primary.create()
    tandem("push", "--yes", database=database)
    add_pair(small, 3, [*statements(3), "SELECT pg_sleep(30)"])
    standby.catch_up()
    copy = standby.database(database)
    reached = both_hosts(database, copy)
    push = tandem.start("push", "--yes", database=reached)
    database.wait_for_activity("pg_sleep")
    kill_primary(primary)
    stopped = tandem.finish(push, expect=4)
    assert "rolled back: nothing of it was applied" in stopped.err
    standby.promote()
    assert state(copy) == 2
    add_pair(small, 3, statements(3))
    tandem("push", "--yes", database=reached)
    assert state(copy) == 3
    both_at_head(alembic, supabase, copy, small, IDS[2])


def test_the_primary_dies_with_the_answer_to_a_commit(
    tandem: Runner, primary: Server, standby: Standby, small: Project,  # noqa: F811
) -> None:
    """The push finds the other server, asks there, and goes on."""
    database = primary.create()
    standby.catch_up()
    copy = standby.database(database)
    proxy = Proxy(database.url)

    def fail_over() -> None:
        standby.catch_up()
        kill_primary(primary)
        proxy.listener.shutdown(socket.SHUT_RDWR)  # nobody answers there any more
        standby.promote()

    proxy.fault = lambda count, sql: sql == "COMMIT"
    proxy.before = fail_over
    try:
        reached = both_hosts(Database(proxy.address, database.programs), copy)
        tandem("push", "--yes", database=reached, env=PLAIN)
    finally:
        proxy.close()
    assert state(copy) == 2
