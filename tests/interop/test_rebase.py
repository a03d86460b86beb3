"""Two branches that both add a pair, through the real git: `tandem rebase` puts ours behind theirs,
and the real Alembic sees one head."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Project
from test_gate import Repository, start

OLD = "20241202_000002"
THEIRS = "20241203_000001"
OURS = "20241203_000002"


@pytest.fixture
def repository(project: Project, home: Path, tandem) -> Repository:
    tandem("lock")
    return start(project, project.root, home)


def add_pair(project: Project, revision: str, name: str, parent: str = OLD) -> None:
    sql = f"CREATE TABLE {name} (id integer)"
    project.add_revision(revision, name, f'op.execute("{sql}")', parent=parent)
    project.add_migration(revision, name, sql + ";")


def part(repository: Repository, tandem, *, lock: bool = True) -> None:
    """main gets one pair, the branch work another one, from the same commit."""
    for branch, revision in (("main", THEIRS), ("work", OURS)):
        if branch == "work":
            repository.git("checkout", "-q", "-b", "work", "main~1")
        add_pair(repository.project, revision, "of_" + branch)
        if lock:
            tandem("lock")
        repository.git("add", ".")
        repository.git("commit", "-qm", "on " + branch)


def text_of(path: Path) -> str:
    return path.read_text()


def check_result(repository: Repository, tandem, alembic) -> None:
    """One head, both versions in order, and the merge can be committed through the gate."""
    project = repository.project
    assert alembic("heads").out.split() == [OURS, "(head)"]
    assert "TD" not in tandem("check").text
    assert project.supabase_versions()[-2:] == ["20241203000001", "20241203000003"]
    moved = text_of(project.migration_file("20241203000003"))
    assert f"-- tandem: revision {OURS}" in moved
    revision = text_of(project.revision_file(OURS))
    assert f"down_revision = '{THEIRS}'" in revision and f"Revises: {THEIRS}\n" in revision


def test_a_merge_conflicts_on_the_lock_and_rebase_resolves_it(
    repository: Repository, tandem, alembic
) -> None:
    part(repository, tandem)
    # The version of ours comes first, so that it has to move too.
    project = repository.project
    old = project.migration_file("20241203000002")
    repository.git("mv", str(old), str(old.with_name("20241203000000_of_work.sql")))
    tandem("lock", "--refreeze", "20241203000002")
    repository.git("commit", "-qam", "an earlier version")
    merged = repository.git("merge", "main", expect=1)
    assert "CONFLICT" in merged and "tandem.lock" in merged
    assert "<<<<<<<" in text_of(repository.root / "supabase/tandem.lock")
    assert len(alembic("heads").out.split()) == 4
    out = tandem("rebase", "--dry-run").out
    assert "to be put behind " + THEIRS in out and "what is being merged" in out
    assert "<<<<<<<" in text_of(repository.root / "supabase/tandem.lock")
    result = tandem("rebase")
    assert f"{OLD} -> {THEIRS}" in result.out
    assert "no database was asked" in result.err
    assert alembic("heads").out.split() == [OURS, "(head)"]
    assert "TD" not in tandem("check").text
    assert project.supabase_versions()[-2:] == ["20241203000001", "20241203000003"]
    repository.git("add", ".")
    repository.git("commit", "-qm", "merged")
    assert "already" in tandem("rebase", "--onto", "main").out


@pytest.fixture
def conflict(repository: Repository, tandem) -> Repository:
    part(repository, tandem)
    repository.git("merge", "main", expect=1)
    return repository
