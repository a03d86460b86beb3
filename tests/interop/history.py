"""Generates a long, valid Alembic history: the same text for the same seed.

Each revision makes one to four changes of the kinds that autogenerate and people write, in one of
the shapes that the templates of the last years gave the file. What is changed exists at that
point, so a real server takes the whole history, up and down.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

FIRST_DAY = datetime(2023, 1, 1, 8, 0, 0, 123456)

NOUNS = "account album badge branch city client course device draft event folder grade".split()
WORDS = "amount body code color detail email flag height kind label level note owner phone".split()

# Type, then a default that fits it, or None.
TYPES: list[tuple[str, str | None]] = [
    ("sa.Integer()", "sa.text('0')"),
    ("sa.BigInteger()", "'42'"),
    ("sa.SmallInteger()", None),
    ("sa.String(length=255)", "'it\\'s'"),
    ("sa.String(64)", None),
    ("sa.VARCHAR(length=20)", "''"),
    ("sa.Text()", "'100%'"),
    ("sa.Boolean()", "sa.text('false')"),
    ("sa.Boolean()", "sa.true()"),
    ("sa.DateTime(timezone=True)", "sa.func.now()"),
    ("sa.DateTime()", "sa.text('now()')"),
    ("sa.TIMESTAMP(timezone=True)", "sa.text('CURRENT_TIMESTAMP')"),
    ("sa.Date()", None),
    ("sa.Time()", None),
    ("sa.Interval()", None),
    ("sa.Float()", "'0.5'"),
    ("sa.Numeric(precision=12, scale=2)", "sa.text('0.00')"),
    ("sa.Numeric(10)", None),
    ("sa.LargeBinary()", None),
    ("sa.JSON()", None),
    ("sa.UUID()", "sa.text('gen_random_uuid()')"),
    ("sa.Uuid()", None),
    ("postgresql.UUID(as_uuid=True)", None),
    ("postgresql.JSONB(astext_type=sa.Text())", "sa.text(\"'{}'::jsonb\")"),
    ("postgresql.ARRAY(sa.String(length=30))", "'{}'"),
    ("postgresql.ARRAY(sa.Integer())", None),
    ("postgresql.TIMESTAMP(timezone=True)", None),
    ("postgresql.INET()", None),
    ("postgresql.BYTEA()", None),
    ("postgresql.DOUBLE_PRECISION(precision=53)", None),
    ("postgresql.TSVECTOR()", None),
]

TEMPLATES = {
    "1.16": (
        "from typing import Sequence, Union\n\n",
        ": str",
        ": Union[str, Sequence[str], None]",
        " -> None",
        '    """{} schema."""\n',
    ),
    "1.11": (
        "from typing import Sequence, Union\n\n",
        ": str",
        ": Union[str, None]",
        " -> None",
        "",
    ),
    "1.8": ("", "", "", " -> None", ""),
    "1.0": ("", "", "", "", ""),
}


@dataclass
class Table:
    name: str
    columns: list[str] = field(default_factory=lambda: ["id"])
    indexes: list[tuple[str, str]] = field(default_factory=list)
    serial: int = 0

    def next(self) -> int:
        self.serial += 1
        return self.serial


class History:
    def __init__(self, versions: Path, seed: int = 1) -> None:
        self.versions = versions
        self.random = random.Random(seed)
        self.tables: list[Table] = []
        self.made = 0
        self.head: str | None = None

    def write(self, count: int, diamonds: int = 0) -> None:
        """Adds that many revisions; some of them make and merge a branch, if asked for."""
        forks = set(self.random.sample(range(20, count - 3), diamonds)) if diamonds else set()
        last = self.made + count
        while self.made < last:
            if self.made in forks and last - self.made >= 3:
                base = self.head
                left, right = self.revision(base), self.revision(base)
                self.emit((left, right), [], [])
            else:
                self.revision(self.head)

    def revision(self, parent: str | None) -> str:
        steps = [self.step() for _ in range(self.random.choice((1, 1, 1, 2, 2, 3, 4)))]
        up = [line for step in steps for line in step[0]]
        down = [line for step in reversed(steps) for line in step[1]]
        return self.emit(parent, up, down)

    def emit(self, parent: str | tuple[str, str] | None, up: list[str], down: list[str]) -> str:
        self.made += 1
        identity = f"{self.random.getrandbits(48):012x}"
        template = self.random.choice(list(TEMPLATES))
        imports, text, union, arrow, doc = TEMPLATES[template]
        body = "\n".join(up + down)
        revises = ", ".join(parent) if isinstance(parent, tuple) else parent or ""
        constants = "CHUNK = 'chunk'\n\n\n" if "CHUNK" in body else ""
        dialect = "from sqlalchemy.dialects import postgresql\n" if "postgresql." in body else ""

        def function(name: str, lines: list[str]) -> str:
            return (
                f"def {name}(){arrow}:\n"
                + doc.format(name.capitalize())
                + "".join(f"    {line}\n" if line else "\n" for line in lines or ["pass"])
            )

        source = (
            f'"""change {self.made}\n\nRevision ID: {identity}\nRevises: {revises}\n'
            f'Create Date: {FIRST_DAY + timedelta(hours=7, minutes=13) * self.made}\n\n"""\n'
            f"{imports}from alembic import op\nimport sqlalchemy as sa\n{dialect}\n"
            "# revision identifiers, used by Alembic.\n"
            f"revision{text} = '{identity}'\n"
            f"down_revision{union} = {parent!r}\n"
            f"branch_labels{union} = None\ndepends_on{union} = None\n\n\n{constants}"
            f"{function('upgrade', up)}\n\n{function('downgrade', down)}"
        )
        (self.versions / f"{identity}_change_{self.made}.py").write_text(source)
        self.head = identity
        return identity

    def step(self) -> tuple[list[str], list[str]]:
        if len(self.tables) < 5:
            return self.create_table()
        kinds: list[tuple[int, Callable[[], tuple[list[str], list[str]]]]] = [
            (12, self.create_table),
            (30, self.add_column),
            (16, self.create_index),
            (8, self.alter_nullable),
            (8, self.alter_type),
            (6, self.alter_default),
            (6, self.rename_column),
            (5, self.unique_constraint),
            (5, self.check_constraint),
            (6, self.foreign_key),
            (14, self.execute),
            (4, self.comments),
            (4, self.enum),
            (3, self.rename_table),
        ]
        weights = [weight for weight, _ in kinds]
        (chosen,) = self.random.choices([make for _, make in kinds], weights)
        return chosen()

    def table(self) -> Table:
        return self.random.choice(self.tables)

    def column(self, table: Table, key: bool = False) -> tuple[str, str]:
        """A new column's name and its sa.Column text."""
        name = f"{self.random.choice(WORDS)}_{table.next()}"
        if self.random.random() < 0.05:
            name = name.capitalize()
        kind, default = self.random.choice(TYPES)
        words = [repr(name), kind]
        nullable = self.random.random() < 0.6 or default is None
        if default is not None and (not nullable or self.random.random() < 0.5):
            words.append(f"server_default={default}")
        words.append(f"nullable={nullable}")
        if self.random.random() < 0.1:
            words.append(f"comment={self.sentence()!r}")
        table.columns.append(name)
        return name, f"sa.Column({', '.join(words)})"

    def sentence(self) -> str:
        return self.random.choice(
            ["the learner's own words", "say \"when\"", "50% of all", "a\\b", "naïve café", "it: 5"]
        )

    def create_table(self) -> tuple[list[str], list[str]]:
        table = Table(f"{self.random.choice(NOUNS)}_{len(self.tables) + 1}")
        key = self.random.choice(
            [
                "sa.Column('id', sa.Integer(), nullable=False)",
                "sa.Column('id', sa.BigInteger(), autoincrement=True, nullable=False)",
                "sa.Column('id', sa.UUID(), server_default=sa.text('gen_random_uuid()'),"
                " nullable=False)",
                "sa.Column('id', sa.Integer(), sa.Identity(always=True, start=1), nullable=False)",
            ]
        )
        items = [key]
        items += [self.column(table)[1] for _ in range(self.random.randint(1, 7))]
        if self.random.random() < 0.3:
            items.append(f"sa.CheckConstraint('id IS NOT NULL', name=op.f('ck_{table.name}_id'))")
        items.append("sa.PrimaryKeyConstraint('id'" + self.random.choice(
            [")", f", name=op.f('pk_{table.name}'))"]
        ))
        if self.random.random() < 0.2:
            items.append(f"comment={self.sentence()!r}")
        self.tables.append(table)
        up = [f"op.create_table('{table.name}',"]
        up += [item + "," for item in items[:-1]] + [items[-1], ")"]
        down = [f"op.drop_table('{table.name}')"]
        return up, down

    def add_column(self) -> tuple[list[str], list[str]]:
        table = self.table()
        name, text = self.column(table)
        return [f"op.add_column('{table.name}', {text})"], [
            f"op.drop_column('{table.name}', {name!r})"
        ]

    def create_index(self) -> tuple[list[str], list[str]]:
        table = self.table()
        name = f"ix_{table.name}_{table.next()}"
        options = self.random.choice(
            [
                ["['id']", "unique=False"],
                ["['id']", "unique=True"],
                ["[sa.text('id DESC')]", "unique=False"],
                ["['id']", "unique=False", "postgresql_where=sa.text('id IS NOT NULL')"],
                ["['id']", "unique=False", "postgresql_using='btree'"],
                ["['id']", "unique=False", "postgresql_with={'fillfactor': 70}"],
            ]
        )
        marked = self.random.choice([f"op.f('{name}')", f"'{name}'"])
        return [f"op.create_index({marked}, '{table.name}', {', '.join(options)})"], [
            f"op.drop_index({marked}, table_name='{table.name}')"
        ]

    def plain_column(self, table: Table, kind: str) -> tuple[str, list[str], list[str]]:
        """A nullable column of one type, made for the step that changes it."""
        name = f"{self.random.choice(WORDS)}_{table.next()}"
        table.columns.append(name)
        return (
            name,
            [f"op.add_column('{table.name}', sa.Column('{name}', {kind}, nullable=True))"],
            [f"op.drop_column('{table.name}', '{name}')"],
        )

    def alter_nullable(self) -> tuple[list[str], list[str]]:
        table = self.table()
        name, up, down = self.plain_column(table, "sa.Integer()")
        up.append(f'op.execute("UPDATE {table.name} SET {name} = 0")')
        up += [
            f"op.alter_column('{table.name}', '{name}',",
            "           existing_type=sa.INTEGER(),",
            "           nullable=False)",
        ]
        undo = [f"op.alter_column('{table.name}', '{name}', existing_type=sa.INTEGER(),"
                " nullable=True)"]
        return up, undo + down

    def alter_type(self) -> tuple[list[str], list[str]]:
        table = self.table()
        name, up, down = self.plain_column(table, "sa.VARCHAR(length=50)")
        new, using = self.random.choice(
            [
                ("sa.Text()", ""),
                ("sa.String(length=500)", ""),
                ("sa.Integer()", f", postgresql_using='{name}::integer'"),
            ]
        )
        up += [
            f"op.alter_column('{table.name}', '{name}',",
            "           existing_type=sa.VARCHAR(length=50),",
            f"           type_={new}{using},",
            "           existing_nullable=True)",
        ]
        back = ", postgresql_using='" + name + "::varchar'" if using else ""
        undo = [
            f"op.alter_column('{table.name}', '{name}', existing_type={new},"
            f" type_=sa.VARCHAR(length=50){back}, existing_nullable=True)"
        ]
        return up, undo + down

    def alter_default(self) -> tuple[list[str], list[str]]:
        table = self.table()
        name, up, down = self.plain_column(table, "sa.Text()")
        value = self.random.choice(["'plain'", "'it\\'s'", "sa.text(\"'x'::text\")", "'5%'"])
        up.append(f"op.alter_column('{table.name}', '{name}', server_default={value})")
        return up, [f"op.alter_column('{table.name}', '{name}', server_default=None)"] + down

    def rename_column(self) -> tuple[list[str], list[str]]:
        table = self.table()
        name, up, down = self.plain_column(table, "sa.Text()")
        up.append(f"op.alter_column('{table.name}', '{name}', new_column_name='{name}_new')")
        undo = [f"op.alter_column('{table.name}', '{name}_new', new_column_name='{name}')"]
        return up, undo + down

    def unique_constraint(self) -> tuple[list[str], list[str]]:
        table = self.table()
        name, up, down = self.plain_column(table, "sa.String(length=32)")
        key = f"uq_{table.name}_{table.next()}"
        up.append(f"op.create_unique_constraint('{key}', '{table.name}', ['id', '{name}'])")
        return up, [f"op.drop_constraint('{key}', '{table.name}', type_='unique')"] + down

    def check_constraint(self) -> tuple[list[str], list[str]]:
        table = self.table()
        name, up, down = self.plain_column(table, "sa.Integer()")
        key = f"ck_{table.name}_{table.next()}"
        up.append(
            f"op.create_check_constraint('{key}', '{table.name}', sa.text('{name} % 2 = 0'))"
        )
        return up, [f"op.drop_constraint('{key}', '{table.name}', type_='check')"] + down

    def foreign_key(self) -> tuple[list[str], list[str]]:
        """To a table of its own kind of key: made here, so that the types agree."""
        table = self.table()
        target = Table(f"{self.random.choice(NOUNS)}_{len(self.tables) + 1}")
        self.tables.append(target)
        name, up, down = self.plain_column(table, "sa.Integer()")
        key = f"fk_{table.name}_{table.next()}"
        options = self.random.choice(
            ["", ", ondelete='CASCADE'", ", ondelete='SET NULL', onupdate='CASCADE'",
             ", deferrable=True, initially='DEFERRED'"]
        )
        create = [
            f"op.create_table('{target.name}',",
            "sa.Column('id', sa.Integer(), nullable=False),",
            "sa.PrimaryKeyConstraint('id')",
            ")",
        ]
        up = create + up + [
            f"op.create_foreign_key('{key}', '{table.name}', '{target.name}', ['{name}'], ['id']"
            f"{options})"
        ]
        undo = [f"op.drop_constraint('{key}', '{table.name}', type_='foreignkey')"]
        return up, undo + down + [f"op.drop_table('{target.name}')"]

    def execute(self) -> tuple[list[str], list[str]]:
        name = self.table().name
        return self.random.choice(
            [
                ([f'op.execute("DELETE FROM {name} WHERE false")'], []),
                ([f"op.execute(sa.text('DELETE FROM {name} WHERE false'))"], []),
                (["op.execute(", f'    "DELETE FROM {name} "', '    "WHERE false"', ")"], []),
                ([f"op.execute(f\"COMMENT ON TABLE {name} IS '{{CHUNK}}'\")"], []),
                ([f"table = '{name}'", 'op.execute(f"ANALYZE {table}")'], []),
                (['op.execute("""', f"    SELECT '50%', '12:30'\n    FROM {name}", '""")'], []),
                ([f"op.execute('''DELETE FROM {name}\\n\\tWHERE id::text = 'a\\\\:b' ''')"], []),
                ([f'op.execute("DELETE FROM {name} WHERE false;")'], []),
            ]
        )

    def comments(self) -> tuple[list[str], list[str]]:
        name = self.table().name
        text = self.sentence()
        return [f"op.create_table_comment('{name}', {text!r}, existing_comment=None)"], [
            f"op.drop_table_comment('{name}', existing_comment={text!r})"
        ]

    def enum(self) -> tuple[list[str], list[str]]:
        table = Table(f"{self.random.choice(NOUNS)}_{len(self.tables) + 1}")
        kind = f"{table.name}_kind"
        self.tables.append(table)
        table.columns.append("kind")
        return [
            f"op.create_table('{table.name}',",
            "sa.Column('id', sa.Integer(), nullable=False),",
            f"sa.Column('kind', sa.Enum('one', 'two words', 'it\\'s', name='{kind}'),"
            " server_default='one', nullable=False),",
            "sa.PrimaryKeyConstraint('id')",
            ")",
        ], [f"op.drop_table('{table.name}')", f'op.execute("DROP TYPE {kind}")']

    def rename_table(self) -> tuple[list[str], list[str]]:
        table = Table(f"{self.random.choice(NOUNS)}_{len(self.tables) + 1}_new")
        old = table.name.removesuffix("_new")
        self.tables.append(table)
        return [
            f"op.create_table('{old}',",
            "sa.Column('id', sa.Integer(), nullable=False),",
            f"sa.PrimaryKeyConstraint('id', name=op.f('pk_{old}'))",
            ")",
            f"op.rename_table('{old}', '{table.name}')",
        ], [f"op.rename_table('{table.name}', '{old}')", f"op.drop_table('{old}')"]
