"""Owners"""
from alembic import op
import sqlalchemy as sa

revision = "20250102_000001"
down_revision = "20250101_000001"


def upgrade():
    op.add_column("notes", sa.Column("found", sa.Boolean()))
    op.create_index("ix_notes_title", "notes", ["title"])
    op.execute("UPDATE notes SET found = false")
    op.alter_column("notes", "found", nullable=False)
    op.create_unique_constraint(None, "kinds", ["name"])
    op.alter_column("notes", "size", type_=sa.Integer(), postgresql_using="size::integer")
    op.alter_column("notes", "title", new_column_name="name")
    op.execute("CREATE POLICY readers ON notes FOR SELECT USING (true)")
    op.execute("INSERT INTO kinds VALUES ('letter')")
    op.drop_column("notes", "size")
