"""`tandem sql` prints, byte for byte, what `alembic upgrade --sql` prints."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from conftest import Project, Runner
from history import History


def same(ours: str, theirs: str) -> None:
    """Compares whole outputs, and on a difference shows the first line that differs."""
    if ours == theirs:
        return
    left, right = ours.splitlines(), theirs.splitlines()
    for number, (mine, yours) in enumerate(zip(left, right, strict=False), 1):
        if mine != yours:
            pytest.fail(f"line {number}\n  tandem:  {mine!r}\n  alembic: {yours!r}")
    pytest.fail(f"tandem printed {len(left)} lines, alembic {len(right)}")


def compare(tandem: Runner, alembic: Runner, scope: str, downgrade: bool = False) -> str:
    theirs = alembic("downgrade" if downgrade else "upgrade", scope, "--sql").out
    words = ["sql", scope, "--downgrade"] if downgrade else ["sql", scope]
    same(tandem(*words).out, theirs)
    return theirs


def test_example_upgrade(tandem: Runner, alembic: Runner) -> None:
    theirs = alembic("upgrade", "head", "--sql").out
    assert theirs.count("-- Running upgrade") == 8
    same(tandem("sql").out, theirs)


def test_example_downgrade(tandem: Runner, alembic: Runner) -> None:
    theirs = compare(tandem, alembic, "head:base", downgrade=True)
    assert theirs.count("-- Running downgrade") == 8


def test_example_every_range(tandem: Runner, alembic: Runner, project: Project) -> None:
    revisions = project.revisions()
    for older, newer in pairwise(revisions):
        compare(tandem, alembic, f"{older}:{newer}")
        compare(tandem, alembic, f"{newer}:{older}", downgrade=True)
    compare(tandem, alembic, f"{revisions[2]}:{revisions[5]}")
    compare(tandem, alembic, f"{revisions[2]}:head")
    compare(tandem, alembic, revisions[0])
    compare(tandem, alembic, "head:head")


@pytest.fixture
def thousand(project: Project) -> Project:
    """1,000 revisions in one line."""
    project.clear()
    History(project.versions, seed=2024).write(1000)
    return project


def test_thousand_revisions_upgrade(tandem: Runner, alembic: Runner, thousand: Project) -> None:
    theirs = alembic("upgrade", "head", "--sql").out
    assert theirs.count("-- Running upgrade") == 1000
    same(tandem("sql").out, theirs)


def test_thousand_revisions_downgrade(tandem: Runner, alembic: Runner, thousand: Project) -> None:
    theirs = compare(tandem, alembic, "head:base", downgrade=True)
    assert theirs.count("-- Running downgrade") == 1000


def test_thousand_revisions_with_branches(
    tandem: Runner, alembic: Runner, project: Project
) -> None:
    project.clear()
    History(project.versions, seed=7).write(1000, diamonds=12)
    theirs = alembic("upgrade", "head", "--sql").out
    assert len(re.findall(r"^-- Running upgrade \w+, \w+ -> ", theirs, re.MULTILINE)) == 12
    assert theirs.count("-- Running upgrade") == 1000
    same(tandem("sql").out, theirs)
