"""Two histories of any length that agree, for measuring.

Every pair does one thing that real projects do, and its migration says it as one of three people
would: as `tandem convert` writes it, which is Alembic's own text; by hand, in other letters that
PostgreSQL reads as the same; or guarded, as it is pasted into the SQL editor. The same length gives
the same bytes, whenever and wherever it is made.
"""
import datetime
import random

INI = """[alembic]
script_location = alembic
"""

ENV = """from alembic import context

context.configure(dialect_name="postgresql", literal_binds=True)
"""

REVISION = '''"""{title}

Revision ID: {id}
Revises: {parent_text}
Create Date: {created}

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

# revision identifiers, used by Alembic.
revision: str = "{id}"
down_revision: Union[str, Sequence[str], None] = {parent}
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
{upgrade}


def downgrade() -> None:
{downgrade}
'''

START = datetime.datetime(2015, 1, 5, 8, 0, 0)
NOUNS = ["account", "invoice", "project", "document", "canvas", "message", "task", "curriculum",
         "lesson", "upload", "webhook", "session", "comment", "label", "vector", "node"]
# SQLAlchemy's type, Alembic's text, and how people write it.
TYPES = [("sa.String(length=255)", "VARCHAR(255)", "character varying(255)"),
         ("sa.Integer()", "INTEGER", "int"),
         ("sa.Text()", "TEXT", "text"),
         ("sa.Boolean()", "BOOLEAN", "bool"),
         ("sa.DateTime(timezone=True)", "TIMESTAMP WITH TIME ZONE", "timestamptz"),
         ("postgresql.JSONB(astext_type=sa.Text())", "JSONB", "jsonb"),
         ("sa.UUID()", "UUID", "uuid"),
         ("sa.Numeric(precision=10, scale=2)", "NUMERIC(10, 2)", "decimal(10,2)")]


class History:
    """What has been made so far: later pairs change the tables of earlier ones."""

    def __init__(self):
        self.tables = []
        self.columns = {}


def create_table(history, chance, number):
    table = f"{chance.choice(NOUNS)}_{number:05d}"
    columns = [(f"{chance.choice(NOUNS)}_{i}", *chance.choice(TYPES), chance.random() < 0.5)
               for i in range(chance.randint(2, 9))]
    parent = chance.choice(history.tables[-40:]) if history.tables and chance.random() < 0.6 else None
    python = [f'    op.create_table("{table}",', '        sa.Column("id", sa.Integer(), nullable=False),']
    theirs = ["\tid SERIAL NOT NULL"]
    byhand = ["  id serial"]
    for name, kind, text, other, null in columns:
        python.append(f'        sa.Column("{name}", {kind}, nullable={null}),')
        theirs.append(f"\t{name} {text}" + ("" if null else " NOT NULL"))
        byhand.append(f"  {name} {other}" + ("" if null else " not null"))
    python.append('        sa.Column("created_at", sa.DateTime(timezone=True), '
                  'server_default=sa.text("now()"), nullable=False),')
    theirs.append("\tcreated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL")
    byhand.append("  created_at timestamptz not null default now()")
    if parent:
        python.append('        sa.Column("parent_id", sa.Integer(), nullable=True),')
        theirs.append("\tparent_id INTEGER")
        byhand.append("  parent_id int")
    python.append(f'        sa.PrimaryKeyConstraint("id", name="{table}_pk"),')
    theirs.append(f"\tCONSTRAINT {table}_pk PRIMARY KEY (id)")
    byhand.append(f"  constraint {table}_pk primary key (id)")
    if parent:
        python.append(f'        sa.ForeignKeyConstraint(["parent_id"], ["{parent}.id"], '
                      f'name="{table}_parent", ondelete="CASCADE"),')
        theirs.append(f"\tCONSTRAINT {table}_parent FOREIGN KEY(parent_id) REFERENCES {parent} (id) "
                      "ON DELETE CASCADE")
        byhand.append(f"  constraint {table}_parent foreign key (parent_id) references {parent} (id) "
                      "on delete cascade")
    python.append("    )")
    first = columns[0][0]
    python.append(f'    op.create_index("ix_{table}_{first}", "{table}", ["{first}", "created_at"])')
    history.tables.append(table)
    history.columns[table] = [column[0] for column in columns]
    index = f"ix_{table}_{first}"
    security = (f"alter table {table} enable row level security;\n\n"
                f"create policy {table}_read on {table} for select using (true);\n")
    return {
        "title": f"Add {table}",
        "upgrade": python,
        "downgrade": [f'    op.drop_table("{table}")'],
        "convert": "CREATE TABLE %s (\n%s\n);\n\nCREATE INDEX %s ON %s (%s, created_at);\n"
                   % (table, ", \n".join(theirs), index, table, first),
        "hand": "create table %s (\n%s\n);\n\ncreate index %s on %s using btree (%s, created_at);\n"
                % (table, ",\n".join(byhand), index, table, first),
        "guarded": "create table if not exists %s (\n%s\n);\n\n"
                   "create index if not exists %s on %s (%s, created_at);\n\n%s"
                   % (table, ",\n".join(byhand), index, table, first, security),
    }


def add_column(history, chance, number):
    table = chance.choice(history.tables[-60:])
    column = f"{chance.choice(NOUNS)}_{number}"
    kind, text, other = chance.choice(TYPES)
    history.columns[table].append(column)
    statement = f"alter table {table} add column {column} {other}"
    return {
        "title": f"Add {column} to {table}",
        "upgrade": [f'    op.add_column("{table}", sa.Column("{column}", {kind}, nullable=True))'],
        "downgrade": [f'    op.drop_column("{table}", "{column}")'],
        "convert": f"ALTER TABLE {table} ADD COLUMN {column} {text};\n",
        "hand": statement + ";\n",
        "guarded": "DO $$\nBEGIN\n    IF NOT EXISTS (\n        SELECT 1 FROM information_schema.columns\n"
                   f"        WHERE table_name = '{table}' AND column_name = '{column}'\n"
                   f"    ) THEN\n        {statement};\n    END IF;\nEND $$;\n",
    }


def add_index(history, chance, number):
    table = chance.choice(history.tables[-60:])
    column = chance.choice(history.columns[table])
    name = f"ix_{number}_{column}"
    return {
        "title": f"Index {column} of {table}",
        "upgrade": [f'    op.create_index(op.f("{name}"), "{table}", ["{column}"], unique=False)'],
        "downgrade": [f'    op.drop_index(op.f("{name}"), table_name="{table}")'],
        "convert": f"CREATE INDEX {name} ON {table} ({column});\n",
        "hand": f"create index {name} on {table} using btree ({column});\n",
        "guarded": f"create index if not exists {name} on {table} ({column});\n",
    }


def add_enum(history, chance, number):
    table = chance.choice(history.tables[-60:])
    labels = [f"{chance.choice(NOUNS)}_{i}" for i in range(chance.randint(2, 5))]
    name = f"state_{number}"
    quoted = ", ".join(f"'{label}'" for label in labels)
    listed = ", ".join(f'"{label}"' for label in labels)
    column = f"state_{number}"
    history.columns[table].append(column)
    made = f"create type {name} as enum ({quoted})"
    return {
        "title": f"Give {table} a state",
        "upgrade": [f'    state = postgresql.ENUM({listed}, name="{name}", create_type=False)',
                    "    op.execute(\"CREATE TYPE %s AS ENUM (%s)\")" % (name, quoted),
                    f'    op.add_column("{table}", sa.Column("{column}", state, nullable=False, '
                    f'server_default="{labels[0]}"))'],
        "downgrade": [f'    op.drop_column("{table}", "{column}")',
                      f'    op.execute("DROP TYPE {name}")'],
        "convert": f"CREATE TYPE {name} AS ENUM ({quoted});\n\nALTER TABLE {table} ADD COLUMN {column} "
                   f"{name} DEFAULT '{labels[0]}' NOT NULL;\n",
        "hand": f"{made};\n\nalter table {table} add {column} {name} not null default '{labels[0]}';\n",
        "guarded": f"{made};\n\nalter table {table} add column if not exists {column} {name} not null "
                   f"default '{labels[0]}';\n",
    }


def fill_column(history, chance, number):
    table = chance.choice(history.tables[-60:])
    column = chance.choice(history.columns[table])
    words = f"UPDATE {table} SET {column} = {column} WHERE {column} IS NOT NULL AND id > {number}"
    return {
        "title": f"Clean {column} of {table}",
        "upgrade": [f'    op.execute("{words}")'],
        "downgrade": ["    pass"],
        "convert": words + ";\n",
        "hand": f"update {table}\n   set {column} = {column}\n where {column} is not null and id > {number};\n",
        "guarded": words + ";\n",
    }


def relax(history, chance, number):
    table = chance.choice(history.tables[-60:])
    return {
        "title": f"Let {table} go without created_at",
        "upgrade": [f'    op.alter_column("{table}", "created_at", '
                    "existing_type=sa.DateTime(timezone=True), nullable=True)"],
        "downgrade": [f'    op.alter_column("{table}", "created_at", '
                      "existing_type=sa.DateTime(timezone=True), nullable=False)"],
        "convert": f"ALTER TABLE {table} ALTER COLUMN created_at DROP NOT NULL;\n",
        "hand": f"alter table {table}\n    alter column created_at drop not null;\n",
        "guarded": f"alter table {table} alter created_at drop not null;\n",
    }


def change(history, chance, number):
    """One pair's worth, as often as real projects do it."""
    if number < 3:
        return create_table(history, chance, number)
    kinds = [create_table] * 5 + [add_column] * 7 + [add_index] * 4 + [add_enum] * 2 \
        + [fill_column] * 2 + [relax]
    return chance.choice(kinds)(history, chance, number)


def write(root, pairs):
    """Writes both histories of so many pairs below `root`."""
    versions = root / "alembic/versions"
    migrations = root / "supabase/migrations"
    versions.mkdir(parents=True)
    migrations.mkdir(parents=True)
    (root / "alembic.ini").write_text(INI)
    (root / "alembic/env.py").write_text(ENV)
    (root / "supabase/config.toml").write_text('project_id = "measured"\n')
    history, parent = History(), None
    for number in range(pairs):
        chance = random.Random(number)
        made = change(history, chance, number)
        created = START + datetime.timedelta(minutes=311 * number)
        revision = f"{chance.getrandbits(48):012x}"
        slug = made["title"].lower().replace(" ", "_")
        (versions / f"{revision}_{slug}.py").write_text(REVISION.format(
            title=made["title"], id=revision, parent_text=parent or "",
            parent=f'"{parent}"' if parent else None, created=created,
            upgrade="\n".join(made["upgrade"]), downgrade="\n".join(made["downgrade"])))
        words = chance.choices(["convert", "hand", "guarded"], [45, 43, 12])[0]
        heading = f"-- {made['title']}\n\n"
        (migrations / f"{created:%Y%m%d%H%M%S}_{slug}.sql").write_text(heading + made[words])
        parent = revision
