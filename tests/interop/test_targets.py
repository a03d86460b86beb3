"""One push over many databases: canary first, several at a time, gone on with after an end."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from conftest import Database, Project, Result, Runner, Server

FEW = 6


def write_list(path: Path, databases: list[Database], *more: str) -> Path:
    """A list that names each database by its own name, and its URL without a password."""
    lines = [f"{x.name} {x.url}" for x in databases]
    path.write_text("# tenants\n\n" + "\n".join([*lines, *more]) + "\n")
    path.chmod(0o600)
    return path


def report_of(result: Result) -> dict[str, dict]:
    return {x["name"]: x for x in json.loads(result.out)["items"]}


def outcomes(result: Result) -> dict[str, str]:
    return {name: x["outcome"] for name, x in report_of(result).items()}


@pytest.fixture
def few(databases: Callable[[], Database]) -> list[Database]:
    return [databases() for _ in range(FEW)]


def is_whole(database: Database, project: Project) -> bool:
    return (
        database.alembic_heads() == {project.revisions()[-1]}
        and database.supabase_versions() == project.supabase_versions()
    )


def test_all_targets_are_pushed_and_the_real_tools_agree(
    few: list[Database], project: Project, tandem: Runner, alembic: Runner, supabase: Runner, tmp_path: Path
) -> None:
    listed = write_list(tmp_path / "tenants", few)
    result = tandem("push", "--yes", "--targets", str(listed), "--format", "json")
    report = json.loads(result.out)
    assert report["result"] == "ok"
    assert report["summary"]["pushed"] == FEW
    assert all(is_whole(x, project) for x in few)
    for database in (few[0], few[-1]):
        assert "(head)" in alembic("current", database=database).out
        assert "up to date" in supabase("db", "push", "--dry-run", database=database).text.lower()

    again = tandem("push", "--yes", "--targets", str(listed), "--format", "json")
    assert set(outcomes(again).values()) == {"current"}
