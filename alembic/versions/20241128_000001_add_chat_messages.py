"""Add chat_messages

Revision ID: 20241128_000001
Revises: 20241127_000002
Create Date: 2024-11-28 09:27:41.006215

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

# revision identifiers, used by Alembic.
revision: str = "20241128_000001"
down_revision: Union[str, Sequence[str], None] = "20241127_000002"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    """Upgrade schema."""
    op.create_table(
        "chat_messages",
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("project_id", sa.UUID(), nullable=False),
        sa.Column("canvas_id", sa.UUID(), nullable=True),
        sa.Column(
            "role",
            sa.Enum("user", "assistant", "system", name="chat_role"),
            nullable=False,
        ),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column(
            "citations",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'::jsonb"),
            nullable=False,
            comment="Chunks that the answer rests on, best first",
        ),
        sa.Column("token_count", sa.Integer(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("content <> ''", name=op.f("ck_chat_messages_content")),
        sa.ForeignKeyConstraint(
            ["canvas_id"],
            ["canvases.id"],
            name=op.f("fk_chat_messages_canvas_id_canvases"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects.id"],
            name=op.f("fk_chat_messages_project_id_projects"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_messages")),
    )
    op.create_index(
        "ix_chat_messages_project_id_created_at",
        "chat_messages",
        ["project_id", "created_at"],
        unique=False,
    )


def downgrade() -> None:
    """Downgrade schema."""
    op.drop_index("ix_chat_messages_project_id_created_at", table_name="chat_messages")
    op.drop_table("chat_messages")
    op.execute("DROP TYPE chat_role")
