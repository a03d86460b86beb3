"""Locks

Create Date: 2025-01-02 10:11:12
"""
from alembic import op

revision = "002_locks"
down_revision = "001_initial"


def upgrade():
    op.execute("LOCK TABLE notes IN EXCLUSIVE MODE")
    op.execute("ALTER TABLE notes ADD COLUMN title text")
