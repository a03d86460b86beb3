"""profiles

Supabase: 20261123101010

Revision ID: 20261123_101010
Revises: 20241202_000002
Create Date: 2026-11-23 10:10:10

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '20261123_101010'
down_revision: Union[str, Sequence[str], None] = '20241202_000002'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    """Upgrade schema."""
    op.create_table('profiles',
    sa.Column('id', sa.UUID(), nullable=False),
    sa.Column('username', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('char_length(username) >= 3', name='username_length'),
    sa.ForeignKeyConstraint(['id'], ['auth.users.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('username'),
    schema='public'
    )
    op.create_index('profiles_created_at_idx', 'profiles', [sa.literal_column('created_at desc')], unique=False)
    op.execute('alter table profiles enable row level security')
    op.execute(
        """
create policy "Own profile" on profiles for select using ((select auth.uid()) = id)
"""
    )
    op.execute("insert into storage.buckets (id, name) values ('avatars', 'avatars')")


def downgrade() -> None:
    """Downgrade schema."""
    # The rows that this revision wrote stay as they are.
    op.execute('DROP POLICY "Own profile" ON profiles')
    op.drop_index('profiles_created_at_idx', table_name='profiles')
    op.drop_table('profiles')
