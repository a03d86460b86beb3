"""20241203_000002

Revision ID: 20241203_000002
Revises: 20241202_000002
Create Date: 2024-12-03 08:00:00.000000

"""
from alembic import op
import sqlalchemy as sa

revision = "20241203_000002"
down_revision = "20241202_000002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE TABLE theirs (i int)")


def downgrade() -> None:
    pass
