"""Odd values: a tab, a backslash, a colon, a percent sign"""
from alembic import op
import sqlalchemy as sa

revision = "20250101_000001"
down_revision = None


def upgrade():
    op.create_table(
        "odd",
        sa.Column("a", sa.Text(), server_default="tab\there \\ back : colon :x % percent '", comment="a\t\\ :x %"),
    )
    op.execute("INSERT INTO odd VALUES ('tab\there \\ back \\:x % percent; -- no comment')")
    op.execute("SELECT 1 -- last words")
