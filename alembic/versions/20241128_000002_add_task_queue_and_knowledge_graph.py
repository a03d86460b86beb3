"""Add asynchronous task queue and knowledge graph tables

Revision ID: 20241128_000002
Revises: 20241128_000001
Create Date: 2024-11-28 14:11:33.581204

"""
from typing import Sequence, Union

from alembic import op
from pgvector.sqlalchemy import Vector
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

# revision identifiers, used by Alembic.
revision: str = "20241128_000002"
down_revision: Union[str, Sequence[str], None] = "20241128_000001"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    """Upgrade schema."""
    op.create_table(
        "tasks",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("project_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column(
            "status",
            sa.Enum("queued", "running", "succeeded", "failed", "cancelled", name="task_status"),
            server_default="queued",
            nullable=False,
        ),
        sa.Column("priority", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "payload",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("max_attempts", sa.Integer(), server_default=sa.text("3"), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column(
            "run_after",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("attempts <= max_attempts", name=op.f("ck_tasks_attempts")),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects.id"],
            name=op.f("fk_tasks_project_id_projects"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )
    # What a worker asks for: the next task that may run.
    op.create_index(
        "ix_tasks_queued",
        "tasks",
        [sa.text("priority DESC"), "run_after"],
        unique=False,
        postgresql_where=sa.text("status = 'queued'"),
    )

    op.create_table(
        "graph_entities",
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("project_id", sa.UUID(), nullable=False),
        sa.Column("document_id", sa.UUID(), nullable=True),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("aliases", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("embedding", Vector(1536), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["documents.id"],
            name=op.f("fk_graph_entities_document_id_documents"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects.id"],
            name=op.f("fk_graph_entities_project_id_projects"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_graph_entities")),
    )
    op.create_index(
        op.f("ix_graph_entities_document_id"), "graph_entities", ["document_id"], unique=False
    )
    # One entity for one name, however it is written.
    op.create_index(
        "uq_graph_entities_name",
        "graph_entities",
        ["project_id", "kind", sa.text("lower(name)")],
        unique=True,
    )

    op.create_table(
        "graph_relations",
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("source_id", sa.UUID(), nullable=False),
        sa.Column("target_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column(
            "weight", sa.Numeric(precision=4, scale=3), server_default="1.0", nullable=False
        ),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("source_id <> target_id", name=op.f("ck_graph_relations_ends")),
        sa.CheckConstraint("weight BETWEEN 0 AND 1", name=op.f("ck_graph_relations_weight")),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["graph_entities.id"],
            name=op.f("fk_graph_relations_source_id_graph_entities"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["target_id"],
            ["graph_entities.id"],
            name=op.f("fk_graph_relations_target_id_graph_entities"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_graph_relations")),
        sa.UniqueConstraint(
            "source_id", "target_id", "kind", name=op.f("uq_graph_relations_source_id")
        ),
    )
    op.create_index(
        op.f("ix_graph_relations_target_id"), "graph_relations", ["target_id"], unique=False
    )


def downgrade() -> None:
    """Downgrade schema."""
    op.drop_index(op.f("ix_graph_relations_target_id"), table_name="graph_relations")
    op.drop_table("graph_relations")
    op.drop_index("uq_graph_entities_name", table_name="graph_entities")
    op.drop_index(op.f("ix_graph_entities_document_id"), table_name="graph_entities")
    op.drop_table("graph_entities")
    op.drop_index(
        "ix_tasks_queued",
        table_name="tasks",
        postgresql_where=sa.text("status = 'queued'"),
    )
    op.drop_table("tasks")
    op.execute("DROP TYPE task_status")
