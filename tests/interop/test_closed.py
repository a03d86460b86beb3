"""The gate needs no network, no database and none of the project's code: it runs where none of these
can be had. The first tests show that there they cannot."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import TANDEM, Project
from test_gate import Repository, start

CLOSED = Path(__file__).with_name("closed.py")
ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "LC_ALL": "C.UTF-8",
    "HOME": "/nonexistent",  # else Python asks the name service for it
    "GIT_CONFIG_GLOBAL": "/dev/null",
    # The leak check of the sanitizers runs in a process of its own.
    "ASAN_OPTIONS": "detect_leaks=0",
}
MARK = "import pathlib\npathlib.Path({!r}).touch()\n"


def closed(*command: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, CLOSED, *map(str, command)],
        cwd=cwd,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize(
    "attempt",
    [
        "import socket; socket.socket()",
        "import socket; socket.create_connection(('127.0.0.1', 1))",
        "import os; os.fork()",
        "import os; os.system('true')",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.execv('/bin/true', ['true'])",
    ],
)
def test_there_nothing_can_be_reached_or_started(attempt: str) -> None:
    assert closed(sys.executable, "-c", "pass").returncode == 0
    assert closed(sys.executable, "-c", attempt).returncode == -signal.SIGSYS


def test_there_threads_can_be_started() -> None:
    code = "import threading; t = threading.Thread(target=print, args=('x',)); t.start(); t.join()"
    assert closed(sys.executable, "-c", code).stdout == "x\n"


@pytest.fixture
def marked(project: Project, home: Path, tmp_path: Path) -> Repository:
    """A chain that leaves a mark wherever its code runs: in env.py, in a revision, in a module that
    the revision imports."""
    app = project.root / "alembic/app"
    app.mkdir()
    (app / "__init__.py").write_text("")
    marks = {name: str(tmp_path / f"ran-{name}") for name in ("env", "revision", "module")}
    (app / "names.py").write_text(MARK.format(marks["module"]) + 'TABLE = "notes"\n')
    env = project.root / "alembic/env.py"
    env.write_text(MARK.format(marks["env"]) + env.read_text())
    path = project.add_revision(
        "20241203_000001", "notes", 'op.create_table(TABLE, sa.Column("id", sa.Integer()))'
    )
    head = MARK.format(marks["revision"]) + "from app.names import TABLE\n"
    path.write_text(path.read_text().replace("from alembic", head + "from alembic", 1))
    project.add_migration("20241203_000001", "notes", "CREATE TABLE notes (id INTEGER);")
    return start(project, project.root, home)


def marks_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("ran-*"))


def test_alembic_itself_leaves_the_marks(marked: Repository, alembic, tmp_path: Path) -> None:
    alembic("upgrade", "head", "--sql", env={"PYTHONPATH": str(marked.root / "alembic")})
    assert marks_in(tmp_path) == ["ran-env", "ran-module", "ran-revision"]


@pytest.mark.parametrize(
    "words", [["--staged"], ["--rev", "HEAD"], ["--staged", "--base", "HEAD"], []]
)
def test_the_gate_runs_there(marked: Repository, tmp_path: Path, words: list[str]) -> None:
    result = closed(TANDEM, "check", *words, cwd=marked.root)
    assert "notes" not in result.stdout, result.stdout
    assert result.returncode == 0, result.stdout + result.stderr
    assert marks_in(tmp_path) == []


def test_the_gate_still_finds_there(marked: Repository, tmp_path: Path) -> None:
    marked.project.migration_file("20241203000001").unlink()
    marked.git("add", ".")
    result = closed(TANDEM, "check", "--staged", cwd=marked.root)
    assert result.returncode == 1 and "TD301" in result.stdout, result.stdout + result.stderr
    assert marks_in(tmp_path) == []


def test_a_command_that_needs_a_server_cannot_run_there(marked: Repository) -> None:
    result = closed(TANDEM, "status", "--db-url", "host=127.0.0.1 port=1", cwd=marked.root)
    assert result.returncode == -signal.SIGSYS
