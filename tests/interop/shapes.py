"""Fifty tables of varied shape, and the changes that follow, as SQLAlchemy models.

`first` is made from nothing; `second` is what it becomes. Every table stands for a form of a column,
a constraint, an index or an option that autogenerate has a way of writing.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

CONVENTION = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

TYPES = [
    sa.Integer(),
    sa.BigInteger(),
    sa.SmallInteger(),
    sa.String(),
    sa.String(40),
    sa.Text(),
    sa.CHAR(3),
    sa.Boolean(),
    sa.Date(),
    sa.Time(),
    sa.Time(timezone=True),
    sa.DateTime(),
    sa.DateTime(timezone=True),
    sa.Interval(),
    sa.Numeric(),
    sa.Numeric(10, 2),
    sa.Float(),
    sa.Double(),
    sa.REAL(),
    sa.LargeBinary(),
    sa.JSON(),
    sa.Uuid(),
    pg.JSONB(),
    pg.UUID(),
    pg.ARRAY(sa.Text()),
    pg.ARRAY(sa.Integer(), dimensions=1),
    pg.INET(),
    pg.CIDR(),
    pg.MACADDR(),
    pg.TSVECTOR(),
    pg.TIMESTAMP(precision=3),
    pg.INT8RANGE(),
    pg.BIT(4),
    pg.BYTEA(),
    pg.OID(),
    pg.INT4RANGE(),
    pg.TSTZRANGE(),
    pg.DOUBLE_PRECISION(),
    pg.MONEY(),
    pg.MACADDR8(),
]
DEFAULTS = [
    (sa.Integer(), "0"),
    (sa.Text(), "it's"),
    (sa.Boolean(), sa.text("true")),
    (sa.Boolean(), sa.false()),
    (sa.DateTime(timezone=True), sa.func.now()),
    (sa.DateTime(timezone=True), sa.text("CURRENT_TIMESTAMP")),
    (sa.Uuid(), sa.text("gen_random_uuid()")),
    (pg.JSONB(), sa.text("'{}'::jsonb")),
    (pg.ARRAY(sa.Text()), "{}"),
    (sa.Numeric(8, 3), sa.text("1.5")),
]


def key() -> sa.Column:
    return sa.Column("id", sa.Integer(), primary_key=True)


def add_types(data: sa.MetaData) -> None:
    """One table for every four types, nullable or not in turn."""
    for start in range(0, len(TYPES), 4):
        columns = [
            sa.Column(f"c{number}", kind, nullable=number % 2 == 0)
            for number, kind in enumerate(TYPES[start : start + 4])
        ]
        sa.Table(f"types_{start // 4}", data, key(), *columns)


def add_defaults(data: sa.MetaData) -> None:
    for number, (kind, default) in enumerate(DEFAULTS):
        sa.Table(f"default_{number}", data, key(), sa.Column("c", kind, server_default=default))


def add_keys(data: sa.MetaData) -> None:
    sa.Table("pair", data, sa.Column("a", sa.Integer(), primary_key=True), sa.Column("b", sa.Uuid(), primary_key=True))
    sa.Table("plain_key", data, sa.Column("id", sa.BigInteger(), primary_key=True, autoincrement=False))
    sa.Table("always", data, sa.Column("id", sa.BigInteger(), sa.Identity(always=True), primary_key=True))
    sa.Table("from_ten", data, sa.Column("id", sa.Integer(), sa.Identity(start=10, increment=5), primary_key=True))
    sa.Table("no_key", data, sa.Column("a", sa.Integer()))
    sa.Table("computed", data, key(), sa.Column("a", sa.Integer()), sa.Column("b", sa.Integer(), sa.Computed("a * 2", persisted=True)))
    sa.Table("Mixed Case", data, key(), sa.Column("Some Name", sa.Text()), sa.Column("order", sa.Integer()))


def add_constraints(data: sa.MetaData) -> None:
    sa.Table("person", data, key(), sa.Column("mail", sa.Text(), unique=True), sa.Column("name", sa.Text(), index=True))
    sa.Table("named", data, key(), sa.Column("a", sa.Integer()), sa.UniqueConstraint("a", name="one_a"), sa.CheckConstraint("a > 0", name="positive"))
    sa.Table("two", data, key(), sa.Column("a", sa.Integer()), sa.Column("b", sa.Text()), sa.UniqueConstraint("a", "b"))
    for number, options in enumerate(
        [{}, {"ondelete": "CASCADE"}, {"ondelete": "SET NULL", "onupdate": "CASCADE"}, {"deferrable": True, "initially": "DEFERRED"}, {"name": "its_person"}]
    ):
        sa.Table(f"child_{number}", data, key(), sa.Column("person_id", sa.Integer(), sa.ForeignKey("person.id", **options), nullable=False))
    sa.Table("pair_child", data, key(), sa.Column("a", sa.Integer()), sa.Column("b", sa.Uuid()), sa.ForeignKeyConstraint(["a", "b"], ["pair.a", "pair.b"]))
    sa.Table("self_child", data, key(), sa.Column("parent", sa.Integer(), sa.ForeignKey("self_child.id")))
    sa.Table("unique_later", data, key(), sa.Column("a", sa.Integer()), sa.UniqueConstraint("a", deferrable=True, initially="DEFERRED"))
    sa.Table("no_nulls", data, key(), sa.Column("a", sa.Integer()), sa.UniqueConstraint("a", postgresql_nulls_not_distinct=True))


def add_indexes(data: sa.MetaData) -> None:
    table = sa.Table("indexed", data, key(), sa.Column("a", sa.Integer()), sa.Column("b", sa.Text()), sa.Column("doc", pg.JSONB()), sa.Column("at", sa.DateTime()))
    sa.Index("by_both", table.c.a, table.c.b)
    sa.Index("by_lower", sa.func.lower(table.c.b))
    sa.Index("by_latest", table.c.at.desc())
    sa.Index("by_nulls", table.c.a.asc().nulls_first())
    sa.Index("only_one", table.c.a, unique=True)
    sa.Index("in_part", table.c.a, postgresql_where=table.c.a > 0)
    sa.Index("by_doc", table.c.doc, postgresql_using="gin")
    sa.Index("by_path", table.c.doc, postgresql_using="gin", postgresql_ops={"doc": "jsonb_path_ops"})
    sa.Index("by_hash", table.c.b, postgresql_using="hash")
    sa.Index("covering", table.c.a, postgresql_include=["b"])
    sa.Index("filled", table.c.a, postgresql_with={"fillfactor": 70})
    sa.Index("by_pattern", table.c.b, postgresql_ops={"b": "text_pattern_ops"})
    sa.Index("without_nulls", table.c.b, unique=True, postgresql_nulls_not_distinct=True)


def add_others(data: sa.MetaData) -> None:
    sa.Table("moody", data, key(), sa.Column("mood", sa.Enum("sad", "it's", name="mood"), nullable=False), sa.Column("tone", pg.ENUM("low", "high", name="tone"), server_default="low"))
    sa.Table("said", data, key(), sa.Column("a", sa.Integer(), comment="what it's for"), comment="a table")
    sa.Table("inner_table", data, key(), sa.Column("a", sa.Integer(), index=True), schema="inside")
    sa.Table("inner_child", data, key(), sa.Column("up", sa.Integer(), sa.ForeignKey("inside.inner_table.id")), schema="inside")
    sa.Table("sorted", data, key(), sa.Column("a", sa.Text()))
    sa.Table("wide", data, *[sa.Column(f"c{number}", sa.Integer(), nullable=number % 3 > 0) for number in range(40)])
    sa.Table("long_" + "name_" * 11, data, key(), sa.Column("a", sa.Integer(), index=True))
    sa.Table("words", data, key(), sa.Column("user", sa.Text()), sa.Column("table", sa.Text(), unique=True))
    sa.Table("checked", data, key(), sa.Column("a", sa.Text()), sa.CheckConstraint("a IN ('x', 'y')", name="known"), sa.CheckConstraint("length(a) < 5", name="short"))
    sa.Table("leaving", data, key(), sa.Column("a", sa.Integer(), index=True))


def first(convention: bool = False) -> sa.MetaData:
    data = sa.MetaData(naming_convention=CONVENTION if convention else None)
    for add in (add_types, add_defaults, add_keys, add_constraints, add_indexes, add_others):
        add(data)
    return data


def second(convention: bool = False) -> sa.MetaData:
    """Columns, indexes, constraints and tables that come, go and change."""
    data = first(convention)
    data.remove(data.tables["leaving"])
    tables = data.tables
    sa.Table("coming", data, key(), sa.Column("a", sa.Integer(), sa.ForeignKey("person.id")))
    tables["types_0"].append_column(sa.Column("more", sa.Text(), server_default="x", nullable=False))
    tables["types_1"].append_column(sa.Column("kind", pg.JSONB()))
    tables["types_0"].c.c0.nullable = False
    tables["types_0"].c.c1.nullable = True
    tables["types_1"].c.c0.type = sa.String(80)
    tables["types_3"].c.c3.type = sa.Numeric(12, 4)
    tables["said"].c.a.comment = "something else"
    tables["said"].comment = "another table"
    tables["two"].append_constraint(sa.UniqueConstraint("b", name="one_b"))
    tables["no_key"].append_column(sa.Column("b", sa.Integer(), index=True))
    tables["pair_child"].append_column(sa.Column("person", sa.Integer()))
    tables["pair_child"].append_constraint(sa.ForeignKeyConstraint(["person"], ["person.id"], name="of_person", ondelete="CASCADE"))
    gone = next(index for index in tables["indexed"].indexes if index.name == "by_both")
    tables["indexed"].indexes.discard(gone)
    sa.Index("by_three", tables["indexed"].c.b, tables["indexed"].c.at)
    gone = next(c for c in tables["named"].constraints if c.name == "one_a")
    tables["named"].constraints.discard(gone)
    return data
