"""Add curriculum

Revision ID: 20241202_000001
Revises: 20241128_000003
Create Date: 2024-12-02 11:20:47.903126

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

# revision identifiers, used by Alembic.
revision: str = "20241202_000001"
down_revision: Union[str, Sequence[str], None] = "20241128_000003"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    """Upgrade schema."""
    op.create_table(
        "curriculum",
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("project_id", sa.UUID(), nullable=False),
        sa.Column("parent_id", sa.UUID(), nullable=True),
        sa.Column("document_id", sa.UUID(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("objectives", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("estimated_minutes", sa.SmallInteger(), nullable=True),
        sa.Column("completed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("estimated_minutes > 0", name=op.f("ck_curriculum_estimated_minutes")),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["documents.id"],
            name=op.f("fk_curriculum_document_id_documents"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["curriculum.id"],
            name=op.f("fk_curriculum_parent_id_curriculum"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects.id"],
            name=op.f("fk_curriculum_project_id_projects"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_curriculum")),
        # Deferred to the end of the transaction, so that two steps can change places.
        sa.UniqueConstraint(
            "project_id",
            "parent_id",
            "position",
            name=op.f("uq_curriculum_position"),
            deferrable=True,
            initially="DEFERRED",
        ),
        comment="The learner's path through a project: the teacher's own order",
    )
    op.create_index(op.f("ix_curriculum_parent_id"), "curriculum", ["parent_id"], unique=False)


def downgrade() -> None:
    """Downgrade schema."""
    op.drop_index(op.f("ix_curriculum_parent_id"), table_name="curriculum")
    op.drop_table("curriculum")
