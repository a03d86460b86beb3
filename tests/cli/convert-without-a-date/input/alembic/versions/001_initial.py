"""Notes"""
from alembic import op

revision = "001_initial"
down_revision = None


def upgrade():
    op.execute("CREATE TABLE notes (id int)")
