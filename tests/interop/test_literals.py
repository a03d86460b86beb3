"""Values that online and offline SQL treat differently reach the database as the real Alembic
writes them: by push, and by a converted file that the Supabase CLI pushes."""

from __future__ import annotations

import pytest
from conftest import Database, Project, Runner

# A tab, a backslash, a colon before a word, a percent sign, both quotes, and more than ASCII.
VALUE = "tab\there, back\\slash, at 10:30 or :name, 100% %s, it's \"quoted\", naïve 日本"

REVISION = "20241203_000001"

UPGRADE = '''\
op.create_table(
    "literals",
    sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
    sa.Column("value", sa.Text(), nullable=True),
    sa.Column("by_string", sa.Text(), server_default={value!r}, nullable=True),
    sa.Column("by_text", sa.Text(), server_default=sa.text({escaped!r}), nullable=True),
    sa.Column("kind", sa.Enum("plain", {label!r}, name="literal_kind"), nullable=True),
    sa.Column("said", sa.Text(), nullable=True, comment={value!r}),
    sa.PrimaryKeyConstraint("id"),
    comment={value!r},
)
op.execute({insert!r})
op.execute(sa.text({insert_text!r}))
op.add_column("literals", sa.Column("later", sa.Text(), server_default={value!r}))
op.alter_column("literals", "said", server_default={value!r})
op.create_check_constraint("ck_literals", "literals", {check!r})'''


def quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def escaped(sql: str) -> str:
    """As text() wants a colon that starts no parameter."""
    return sql.replace(":name", "\\:name")


def upgrade() -> str:
    literal = quoted(VALUE)
    return UPGRADE.format(
        value=VALUE,
        label="50% off: \\half\\ it's",
        escaped=escaped(literal),
        insert=escaped(f"INSERT INTO literals (id, value) VALUES (1, {literal})"),
        insert_text=escaped(f"INSERT INTO literals (id, value) VALUES (2, {literal})"),
        check=escaped(f"value <> {quoted('no: :name 5% ' + chr(92))}"),
    )


def contents(database: Database) -> dict[str, list[tuple]]:
    return {
        "rows": database.query("SELECT * FROM literals ORDER BY id"),
        "defaults": database.query(
            "SELECT column_name, column_default FROM information_schema.columns"
            " WHERE table_name = 'literals' ORDER BY ordinal_position"
        ),
        "comments": database.query(
            "SELECT objsubid, description FROM pg_description"
            " WHERE objoid = 'literals'::regclass ORDER BY 1"
        ),
        "labels": database.query(
            "SELECT enumlabel FROM pg_enum WHERE enumtypid = 'literal_kind'::regtype"
            " ORDER BY enumsortorder"
        ),
        "checks": database.query(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'ck_literals'"
        ),
    }


@pytest.fixture
def reference(alembic: Runner, databases, project: Project) -> Database:
    """What the real online Alembic makes of it."""
    project.add_revision(REVISION, "literals", upgrade(), 'op.drop_table("literals")')
    database = databases()
    alembic("upgrade", "head", database=database)
    return database


def test_the_real_alembic_writes_the_value_itself(reference: Database) -> None:
    """Else the comparisons below would prove nothing."""
    made = contents(reference)
    assert made["rows"][0][1] == VALUE
    assert made["rows"][1][1] == VALUE
    assert made["rows"][0][2] == VALUE
    assert {text for _, text in made["comments"]} == {VALUE}


def test_by_convert_and_the_supabase_cli(
    tandem: Runner, supabase: Runner, databases, reference: Database
) -> None:
    tandem("convert", REVISION)
    tandem("check")
    database = databases()
    supabase("db", "push", "--yes", database=database)
    assert contents(database) == contents(reference)
    assert database.dump() == reference.dump()


def test_by_push(
    tandem: Runner, supabase: Runner, databases, reference: Database
) -> None:
    tandem("convert", REVISION)
    ours, theirs = databases(), databases()
    tandem("push", "--yes", database=ours)
    assert contents(ours) == contents(reference)
    assert ours.dump() == reference.dump()
    supabase("db", "push", "--yes", database=theirs)
    assert ours.supabase_rows() == theirs.supabase_rows()


def test_by_guarded_sql(tandem: Runner, alembic: Runner, databases, reference: Database) -> None:
    sql = tandem("convert", "--stdout", "--paste", REVISION).out
    database = databases()
    alembic("upgrade", "20241202_000002", database=database)
    database.query(sql)
    database.query(sql)
    assert contents(database) == contents(reference)


def test_offline_text_is_not_what_is_stored(
    tandem: Runner, alembic: Runner, reference: Database
) -> None:
    """`tandem sql` still prints Alembic's offline text, tabs and doubled backslashes included."""
    theirs = alembic("upgrade", "head", "--sql").out
    assert "back\\\\slash" in theirs and "tab    here" in theirs
    assert tandem("sql").out == theirs
