"""`tandem revert` against a real server, and what Alembic and the Supabase CLI say afterwards."""

from __future__ import annotations

import json
import re

from conftest import Database, Project, Runner

HEAD = "20241202_000002"


def agree(
    alembic: Runner, supabase: Runner, database: Database, head: str | None, versions: list[str]
) -> None:
    """What the real tools say of a database in which both histories end at `head`."""
    assert database.alembic_heads() == ({head} if head else set())
    assert database.supabase_versions() == versions
    shown = alembic("current", database=database)
    assert (head or "") in shown.out
    listed = json.loads(
        supabase("migration", "list", "--output-format", "json", database=database).out
    )
    assert [x["remote"] for x in listed["migrations"] if x["remote"]] == versions
    assert all(x["local"] == x["remote"] or not x["remote"] for x in listed["migrations"])


def no_extension(dump: str) -> str:
    """The example's downgrade() leaves the extension to whoever else uses it."""
    return re.sub(r"--\n-- Name: (EXTENSION )?vector;.*?(?=--\n-- )", "", dump, flags=re.S)


# --- The worked example --------------------------------------------------------------------------


def test_each_revision_of_the_example_is_taken_back(
    tandem: Runner, alembic: Runner, supabase: Runner, database: Database, project: Project
) -> None:
    revisions = project.revisions()
    versions = project.supabase_versions()
    before = [database.dump()]
    for revision in revisions:
        tandem("push", "--yes", "--to", revision, database=database)
        before.append(database.dump())

    for left in range(len(revisions) - 1, -1, -1):
        tandem("revert", "-1", "--yes", database=database)
        assert no_extension(database.dump()) == no_extension(before[left]), revisions[left]
        agree(
            alembic, supabase, database, revisions[left - 1] if left else None, versions[:left]
        )

    tandem("push", "--yes", database=database)
    assert database.dump() == before[-1]
    agree(alembic, supabase, database, HEAD, versions)
