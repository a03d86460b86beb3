"""Add data to canvases

Revision ID: 20241127_000002
Revises: 20241127_000001
Create Date: 2024-11-27 16:40:05.120993

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

# revision identifiers, used by Alembic.
revision: str = "20241127_000002"
down_revision: Union[str, Sequence[str], None] = "20241127_000001"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    """Upgrade schema."""
    op.add_column(
        "canvases",
        sa.Column(
            "data",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
            comment="Canvas state: the snapshot of tldraw's store",
        ),
    )


def downgrade() -> None:
    """Downgrade schema."""
    op.drop_column("canvases", "data")
