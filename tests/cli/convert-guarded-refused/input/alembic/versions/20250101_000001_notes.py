"""Notes"""
from alembic import op
import sqlalchemy as sa

revision = "20250101_000001"
down_revision = None


def upgrade():
    op.execute("DROP TABLE IF EXISTS notes")
    op.create_table("notes", sa.Column("id", sa.Integer()))
