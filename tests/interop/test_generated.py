"""A generated history through every way to a database: they all end with the same schema."""

from __future__ import annotations

import pytest
from conftest import Project, Runner
from history import History


@pytest.fixture(params=[11, 12])
def generated(project: Project, request: pytest.FixtureRequest) -> Project:
    project.clear()
    History(project.versions, seed=request.param).write(120)
    return project


def test_a_server_takes_it_up_and_down(alembic: Runner, generated: Project, database) -> None:
    """The generator is worth something only if a server takes what it writes."""
    alembic("upgrade", "head", database=database)
    alembic("downgrade", "base", database=database)
    assert database.alembic_heads() == set()


def test_converted_it_makes_the_same_schema(
    tandem: Runner, alembic: Runner, supabase: Runner, generated: Project, databases
) -> None:
    tandem("convert")
    # Revisions that only move data may stand on Alembic's side alone.
    assert 100 <= len(generated.supabase_versions()) <= 120
    tandem("check")
    alembics, supabases, ours = databases(), databases(), databases()
    alembic("upgrade", "head", database=alembics)
    supabase("db", "push", "--yes", database=supabases)
    tandem("push", "--yes", database=ours)
    assert supabases.dump() == alembics.dump()
    assert ours.dump() == alembics.dump()
    assert ours.alembic_heads() == alembics.alembic_heads()
    assert ours.supabase_rows() == supabases.supabase_rows()
