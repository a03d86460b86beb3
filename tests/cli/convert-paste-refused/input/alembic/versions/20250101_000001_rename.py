"""Rename title"""
from alembic import op

revision = "20250101_000001"
down_revision = None


def upgrade():
    op.alter_column("notes", "title", new_column_name="name")
