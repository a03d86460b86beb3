"""Add notes"""
from alembic import op

revision = "abc"
down_revision = None


def upgrade():
    op.execute("CREATE TABLE notes (id int)")
