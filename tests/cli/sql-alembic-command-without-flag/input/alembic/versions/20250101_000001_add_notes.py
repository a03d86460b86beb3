"""Add notes"""
from alembic import op
import sqlalchemy as sa

from app.settings import settings

revision = "20250101_000001"
down_revision = None


def upgrade():
    op.create_table("notes", sa.Column("id", sa.Integer(), nullable=False))
    op.execute(f"COMMENT ON TABLE notes IS '{settings.title}'")


def downgrade():
    op.drop_table("notes")
