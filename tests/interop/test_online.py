"""What tandem takes a revision to send to a server is what the real Alembic sends.

`tandem convert` writes the statements that compare, convert and push go by, each revision in a file
of its own. Alembic runs the same chain on a throwaway server, and SQLAlchemy's own event tells
every statement with its parameters.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from conftest import Database, Project, Runner
from history import History

# What is sent besides the statements of revisions: the bookkeeping, and questions.
BESIDES = [
    re.compile(r"(CREATE TABLE|INSERT INTO|UPDATE|DELETE FROM|SELECT .* FROM) alembic_version\b"),
    re.compile(r"SELECT alembic_version\.version_num\b"),
    re.compile(r"SELECT\b.*\b(information_schema|pg_catalog|pg_type|pg_class|pg_indexes)\b", re.I),
    re.compile(r"select (pg_catalog\.version|current_schema)\(\)"),
    re.compile(r"show (standard_conforming_strings|transaction isolation level)\b"),
]


ID = re.compile(r"^revision(?:: str)? = [\"'](\w+)", re.M)


def plain(sql: str) -> str:
    """One statement in one line."""
    return re.sub(r"\s+", " ", sql.strip().rstrip(";").strip())


def sent(project: Project, database: Database) -> dict[str, str]:
    """What Alembic sends for each revision, from nothing to the head."""
    engine = sa.create_engine(database.url, poolclass=sa.NullPool)
    log: list[str] = []
    found: dict[str, str] = {}

    @sa.event.listens_for(engine, "before_cursor_execute")
    def note(
        _connection: object, cursor: Any, sql: str, values: Any, _context: object, many: bool
    ) -> None:
        for each in values if many else [values]:
            text = plain(cursor.mogrify(sql, each).decode())
            if not any(x.match(text) for x in BESIDES):
                log.append(text)

    def applied(*, step: Any, **_: object) -> None:
        found[step.up_revision_id] = "; ".join(log)
        log.clear()

    config = Config()
    config.set_main_option("script_location", str(project.root / "alembic"))
    scripts = ScriptDirectory.from_config(config)
    with engine.connect() as connection, EnvironmentContext(config, scripts) as environment:
        environment.configure(
            connection=connection,
            target_metadata=None,
            fn=lambda at, _: scripts._upgrade_revs("heads", at),
            on_version_apply=applied,
        )
        with environment.begin_transaction():
            environment.run_migrations()
    engine.dispose()
    return found


def taken(project: Project, tandem: Runner) -> dict[str, str]:
    """What tandem says for each revision."""
    for path in project.migrations.iterdir():
        path.unlink()
    sources = [x.read_text() for x in project.versions.glob("*.py")]
    tandem("convert", *ID.findall("\n".join(sources)))
    found = {}
    for path in project.migrations.glob("*.sql"):
        head = re.compile(r"^-- tandem: revision (\S+)\n", re.M)
        comment, revision, sql = head.split(path.read_text(), maxsplit=1)
        assert all(x.startswith("--") for x in comment.splitlines())
        parts = re.split(r";\s*\n", sql.strip() + "\n")
        found[revision] = "; ".join(x for x in map(plain, parts) if x)
    return found


def same(mine: dict[str, str], theirs: dict[str, str]) -> None:
    assert set(mine) <= set(theirs)
    for revision, text in theirs.items():
        assert mine.get(revision, "") == text, revision  # what sends nothing has no migration


def test_the_example(project: Project, database: Database, tandem: Runner) -> None:
    theirs = sent(project, database)
    assert len(theirs) == 8 and all(theirs.values())
    same(taken(project, tandem), theirs)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_generated_chain(
    project: Project, database: Database, tandem: Runner, seed: int
) -> None:
    project.clear()
    History(project.versions, seed=seed).write(60)
    theirs = sent(project, database)
    assert len(theirs) == 60
    same(taken(project, tandem), theirs)


# --- Chains that ask ----------------------------------------------------------------------------

BIND = "bind = op.get_bind()\n"
INSPECT = "inspector = sa.inspect(op.get_bind())\n"

# Each does something only where the database needs it; {t}, {c} and {e} are from small pools, so
# that some of them find what earlier revisions made, and some do not.
STEPS = [
    INSPECT + "if not inspector.has_table('{t}'):\n"
    "    op.create_table('{t}', sa.Column('id', sa.Integer(), primary_key=True))",
    INSPECT + "if '{t}' in inspector.get_table_names():\n    op.drop_table('{t}')",
    INSPECT + "if inspector.has_table('{t}'):\n"
    "    names = [x['name'] for x in inspector.get_columns('{t}')]\n"
    "    if '{c}' not in names:\n"
    "        op.add_column('{t}', sa.Column('{c}', sa.String(30), server_default='it''s'))",
    INSPECT + "if inspector.has_table('{t}'):\n"
    "    names = {{x['name'] for x in inspector.get_columns('{t}')}}\n"
    "    if '{c}' in names:\n        op.drop_column('{t}', '{c}')",
    INSPECT + "if inspector.has_table('{t}'):\n"
    "    if not any(x['name'] == 'ix_{t}' for x in inspector.get_indexes('{t}')):\n"
    "        op.create_index('ix_{t}', '{t}', ['id'])",
    BIND + "sa.Enum('a', 'b', name='{e}').create(bind, checkfirst=True)",
    BIND + "postgresql.ENUM(name='{e}').drop(bind, checkfirst=True)",
    BIND + "sa.Table('{t}', sa.MetaData(), sa.Column('id', sa.Integer(), primary_key=True),\n"
    "         sa.Column('n', sa.Text())).create(bind, checkfirst=True)",
    BIND + "found = bind.execute(sa.text(\"SELECT 1 FROM information_schema.tables\"\n"
    "    \" WHERE table_schema = 'public' AND table_name = '{t}'\")).scalar()\n"
    "if found:\n    op.execute(\"INSERT INTO {t} DEFAULT VALUES\")",
    BIND + "found = bind.execute(sa.text(\"SELECT 1 FROM pg_type WHERE typname = '{e}'\"))"
    ".first()\n"
    "if found is None:\n    op.execute(\"CREATE TYPE {e} AS ENUM ('x', '100%')\")",
]


def write_asking(project: Project, seed: int, count: int) -> None:
    pick = random.Random(seed)
    project.clear()
    for number in range(count):
        names = {
            "t": pick.choice(["album", "badge", "city"]),
            "c": pick.choice(["note", "label"]),
            "e": pick.choice(["kind", "mood"]),
        }
        body = "from sqlalchemy.dialects import postgresql\n" + pick.choice(STEPS).format(**names)
        project.add_revision(f"20240101_{number:06}", f"step_{number}", body)


@pytest.mark.parametrize("seed", range(4))
def test_a_chain_that_asks_the_database(
    project: Project, database: Database, tandem: Runner, seed: int
) -> None:
    write_asking(project, seed, 40)
    theirs = sent(project, database)
    assert {bool(x) for x in theirs.values()} == {True, False}
    same(taken(project, tandem), theirs)


CHANGES: list[Callable[[str], str]] = [
    lambda text: text.replace("sa.String(30)", "sa.String(31)"),
    lambda text: text.replace("'ix_", "'iy_"),
    lambda text: text.replace("not in names", "in names"),
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_difference_is_found(
    project: Project, database: Database, tandem: Runner, change: Callable[[str], str]
) -> None:
    project.clear()
    table = {"t": "album", "c": "note", "e": "kind"}
    for number, step in enumerate([STEPS[0], STEPS[2], STEPS[4]]):
        project.add_revision(f"20240101_{number:06}", f"step_{number}", step.format(**table))
    theirs = sent(project, database)
    same(taken(project, tandem), theirs)
    for path in project.versions.glob("*.py"):
        path.write_text(change(path.read_text()))
    with pytest.raises(AssertionError):
        same(taken(project, tandem), theirs)
