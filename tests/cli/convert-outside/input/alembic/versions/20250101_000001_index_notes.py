"""Index notes"""
from alembic import op

revision = "20250101_000001"
down_revision = None


def upgrade():
    op.execute("CREATE TABLE notes (id int)")
    with op.get_context().autocommit_block():
        op.execute("CREATE INDEX CONCURRENTLY ix_notes ON notes (id)")
