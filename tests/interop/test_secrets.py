"""A password and a token are nowhere: in no argument and no environment of a program that is started, no
output of any command at any verbosity and in any format, no error, no file, no history row, and not in
the server's own log; over a connection and over HTTPS, where all goes well and where it does not.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from conftest import Database, Project, Runner
from management_api import TOKEN, Fault, ManagementApi
from test_api import LINKED, api, link, linked, pooled  # noqa: F401
from test_faults import BAD, IDS, add_pair, small, statements, throwaway_server  # noqa: F401
from test_outside import MIDDLE

LOUD = ([], ["-q"], ["-v"], ["-vv"], ["-vvv"])


class Watch:
    """Looks at the arguments of everything that a program has started, as long as it runs."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process, self.seen = process, set()
        self.thread = threading.Thread(target=self.look, daemon=True)
        self.thread.start()

    def look(self) -> None:
        while self.process.poll() is None:
            waiting = [self.process.pid]
            while waiting:
                pid = waiting.pop()
                try:
                    self.seen.add(Path(f"/proc/{pid}/cmdline").read_bytes().decode())
                    for thread in Path(f"/proc/{pid}/task").iterdir():
                        waiting += map(int, (thread / "children").read_text().split())
                except OSError:
                    continue
            time.sleep(0.005)


def run_watched(tandem: Runner, *words: str, env: dict[str, str] | None = None) -> str:
    process = tandem.start(*words, env=env)
    watch = Watch(process)
    limits = ""
    deadline = time.monotonic() + 5
    while process.poll() is None and time.monotonic() < deadline:
        limits = Path(f"/proc/{process.pid}/limits").read_text()
        if re.search(r"Max core file size\s+0\s", limits):
            break
        time.sleep(0.01)
    result = tandem.finish(process, expect=None)
    watch.thread.join(5)
    return result.text + "".join(watch.seen)


def files_with(secret: str, *folders: Path, but: tuple[Path, ...] = ()) -> list[Path]:
    found = []
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file() and path not in but and secret.encode() in path.read_bytes():
                found.append(path)
    return found


def every_command(tandem: Runner, words: list[str], env: dict[str, str], secret: str) -> None:
    """What reads, at every verbosity, and what writes, with its ways to fail."""
    for loud in LOUD:
        for command in (["status"], ["plan"], ["push", "--dry-run"], ["drift"]):
            shown = tandem(*command, *loud, *words, env=env, expect=None).text
            assert secret not in shown, (command, loud)
    for command in (["status"], ["plan"], ["drift"], ["repair", "--dry-run"]):
        shown = tandem(*command, "-vvv", "--format", "json", *words, env=env, expect=None).text
        assert secret not in shown, command


@pytest.mark.parametrize("way", ["variable", "url", "file"])
def test_a_password_is_nowhere(
    tandem: Runner, small: Project, tmp_path: Path, home: Path, way: str  # noqa: F811
) -> None:
    with throwaway_server(lambda: None) as server:
        database = server.create()
        database.query("ALTER SYSTEM SET log_statement = 'all'")
        database.query("ALTER SYSTEM SET log_min_duration_statement = 0")
        database.query("SELECT pg_reload_conf()")
        log = Path(database.value("SHOW data_directory")).parent / "log"
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
        programs = tmp_path / "programs"  # notes what it is started with
        programs.mkdir()
        noted = tmp_path / "noted"
        (programs / "pg_dump").write_text(
            f'#!/bin/sh\n{{ echo "$@"; env; }} >>{noted}\nexec {server.programs}/pg_dump "$@"\n'
        )
        (programs / "pg_dump").chmod(0o755)

        every_command(tandem, words, env, secret)
        backup = ["--backup", str(tmp_path / "all.sql"), "--pg-bin", str(programs)]
        shown = run_watched(tandem, "push", "--yes", "-vvv", *backup, *words, env=env)
        assert (tmp_path / "all.sql").exists(), shown
        assert noted.read_text() and secret not in noted.read_text()
        # Failures: of a statement, of a part, of the login, of the backup.
        add_pair(small, 3, [*statements(3), BAD])
        shown += run_watched(tandem, "push", "--yes", "-vvv", "--format", "ndjson", *words, env=env)
        add_pair(small, 3, [*statements(3)])
        small.migration_file(IDS[2].replace("_", "")).write_text(
            f"-- tandem: revision {IDS[2]}\n\n" + ";\n".join(MIDDLE) + ";\n")
        shown += run_watched(tandem, "push", "--yes", "-vvv", *words, env=env)
        shown += run_watched(tandem, "push", "--yes", "-vvv", *backup, *words, env=env)
        shown += tandem("status", "-vvv", "--format", "json", "--db-url", bare,
                        env={"PGPASSWORD": secret + "x"}, expect=4).text
        shown += tandem("status", "-vvv", "--db-url", database.url, expect=2).text
        for wrong in ("?sslmode=nonsense", "?nonsense=1", "?port=x"):
            shown += tandem("status", "-vvv", "--format", "json",
                            env={"DATABASE_URL": database.url + wrong}, expect=None).text
        shown += tandem("status", "-vvv", env={"DATABASE_URL": f"postgres:://x:{secret}@["},
                        expect=None).text
        assert secret not in shown
        assert secret not in log.read_text(errors="replace")
        assert "tandem" in log.read_text(errors="replace")  # it has said something of us
        rows = [database.query(f"SELECT * FROM {x}") for x in
                ("supabase_migrations.schema_migrations", "alembic_version")]
        assert secret not in str(rows) + database.dump()
        assert files_with(secret, small.root, home, tmp_path, but=(kept,)) == []


def test_a_file_that_holds_one_is_not_repeated(
    tandem: Runner, small: Project  # noqa: F811
) -> None:
    for line in ('url = "postgresql://postgres:hunter2-secret@127.0.0.1/x"',
                 'url_env = "postgresql://postgres:hunter2-secret@127.0.0.1/x"',
                 'password = "hunter2-secret"'):
        (small.root / "tandem.toml").write_text(f"[targets.production]\n{line}\n")
        for form in ([], ["--format", "json"]):
            shown = tandem("status", "-vvv", *form, "--remote=production", expect=None)
            assert "hunter2" not in shown.text, str(shown)


def test_a_token_is_nowhere(
    linked: Runner, api: ManagementApi, database: Database, project: Project, home: Path,  # noqa: F811
    tmp_path: Path,
) -> None:
    words = list(LINKED)
    every_command(linked, words, {}, TOKEN)
    shown = run_watched(linked, "push", "--yes", "-vvv", *words)
    said = json.dumps({"message": f"bad {TOKEN}", "error": TOKEN})
    for status in (400, 401, 403, 404, 429, 500, 503):
        wait = {"Retry-After": "1"} if status == 429 else {}
        api.faults.append(Fault(status=status, body=said, headers=wait, times=20))
        shown += linked("status", "-vvv", "--format", "json", *words, expect=None).text
        if status in (400, 500):  # where nothing is waited for; the others' words are the same
            shown += linked("push", "--yes", "-vvv", "--format", "ndjson", *words, expect=None).text
        api.faults.clear()
    wrong = TOKEN[:-1] + "g"
    shown += linked("status", "-vvv", *words, env={"SUPABASE_ACCESS_TOKEN": wrong}, expect=2).text
    rows = database.query("SELECT * FROM supabase_migrations.schema_migrations")
    assert TOKEN not in shown + str(rows) + database.dump() and wrong not in shown
    assert all(TOKEN not in seen.body + seen.path for seen in api.seen)
    assert files_with(TOKEN, project.root, home) == []


def test_the_password_of_a_login_role_is_nowhere(
    pooled: Runner, api: ManagementApi, database: Database, project: Project, home: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It comes in an answer of the API, and nobody has typed it."""
    given: list[str] = []
    create = api.v1_create_login_role

    def noted(**arguments: object) -> dict:
        answer = create(**arguments)
        given.append(answer["password"])
        return answer

    monkeypatch.setattr(api, "v1_create_login_role", noted)
    shown = run_watched(pooled, "push", "--yes", "-vvv", "--linked")
    assert given and database.alembic_heads(), shown
    shown += pooled("status", "-vvv", "--linked", "--format", "json", expect=None).text
    for secret in given:
        assert secret not in shown + database.dump()
        assert files_with(secret, project.root, home) == []
